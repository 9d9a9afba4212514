//! Exact overlap of two texts' shingles.
//!
//! Signatures propose, this decides: the two texts are shingled again and their sets compared in a
//! hash table, about 5 ns a shingle, which costs no more than having signed them and needs no
//! memory between. Exact means exact for 64-bit hashes: two different shingles are taken for one
//! with probability 2⁻⁶⁴.

use crate::places::Places;

/// How much two sets of shingles share: the sizes of both and of what they have in common.
///
/// Jaccard similarity tells whether two texts are the same; containment, whether one stands in the
/// other, which stays high when a short piece is quoted in a long article. Broder 1997.
///
/// ```
/// use newsprint::{Overlap, Shingle, Shingler};
///
/// let words = Shingler::new(Shingle::Words(1))?;
/// let overlap = Overlap::of(&words.shingles("a b c d"), &words.shingles("c d e f g h"));
/// assert_eq!((overlap.shared, overlap.left, overlap.right), (2, 4, 6));
/// assert_eq!(overlap.jaccard(), 0.25);
/// assert_eq!(overlap.left_containment(), 0.5);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Overlap {
    /// Shingles in both texts.
    pub shared: usize,
    /// Distinct shingles of the left text.
    pub left: usize,
    /// Distinct shingles of the right text.
    pub right: usize,
}

impl Overlap {
    /// The overlap of two lists of hashes, repetitions ignored. O(n + m) time.
    pub fn of(left: &[u64], right: &[u64]) -> Self {
        let mut counter = OverlapCounter::default();
        counter.set_left(left);
        counter.overlap(right)
    }

    /// The share of all shingles that are in both texts, 0 to 1. 0 if neither has any: nothing is
    /// not a copy of nothing.
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.left + self.right - self.shared)
    }

    /// The share of the left text's shingles that stand in the right one too, 0 to 1.
    pub fn left_containment(&self) -> f64 {
        ratio(self.shared, self.left)
    }

    /// The share of the right text's shingles that stand in the left one too, 0 to 1.
    pub fn right_containment(&self) -> f64 {
        ratio(self.shared, self.right)
    }

    /// The same seen from the other side.
    #[must_use]
    pub fn swapped(self) -> Self {
        Overlap { left: self.right, right: self.left, ..self }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// How much two sets of shingles share when rare ones count more, see [`Idf`](crate::Idf): the sums
/// of the weights instead of the numbers.
///
/// What many texts have, such as mastheads, footers and formulas, weighs little here, so that two
/// texts with nothing else in common come out as different. The figures are exact, but a weight is
/// a multiple of 1/256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeightedOverlap {
    overlap: Overlap,
}

impl WeightedOverlap {
    /// The share of all weight that is in both texts, 0 to 1; 0 if there is none.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }

    /// The share of the left text's weight that stands in the right one too, 0 to 1.
    pub fn left_containment(&self) -> f64 {
        self.overlap.left_containment()
    }

    /// The share of the right text's weight that stands in the left one too, 0 to 1.
    pub fn right_containment(&self) -> f64 {
        self.overlap.right_containment()
    }

    /// The same seen from the other side.
    #[must_use]
    pub fn swapped(self) -> Self {
        WeightedOverlap { overlap: self.overlap.swapped() }
    }
}

/// The overlap of two lists of hashes, plain and weighted: each hash with its weight.
pub(crate) fn weigh(left: (&[u64], &[u32]), right: (&[u64], &[u32])) -> (Overlap, WeightedOverlap) {
    let (mut plain, mut weights) = (Overlap::default(), Overlap::default());
    let mut seen = Numbering::default();
    seen.reset(left.0.len() + right.0.len());
    for (&hash, &weight) in left.0.iter().zip(left.1) {
        if seen.number(hash) == plain.left {
            plain.left += 1;
            weights.left += weight as usize;
        }
    }
    // Of those that both have, which were met on the right.
    let mut met = vec![false; plain.left];
    for (&hash, &weight) in right.0.iter().zip(right.1) {
        let before = seen.len();
        let number = seen.number(hash);
        let new = match met.get_mut(number) {
            Some(met) => !std::mem::replace(met, true),
            None => number == before,
        };
        if new {
            plain.right += 1;
            weights.right += weight as usize;
            if number < met.len() {
                plain.shared += 1;
                weights.shared += weight as usize;
            }
        }
    }
    (plain, WeightedOverlap { overlap: weights })
}

/// Compares one left text with any number of right ones, in memory that is used again.
///
/// ```
/// use newsprint::{OverlapCounter, Shingle, Shingler};
///
/// let words = Shingler::new(Shingle::Words(1))?;
/// let mut counter = OverlapCounter::default();
/// counter.set_left(&words.shingles("a b c d"));
/// assert_eq!(counter.overlap(&words.shingles("c d e f g h")).shared, 2);
/// assert_eq!(counter.overlap(&words.shingles("a a a")).jaccard(), 0.25);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct OverlapCounter {
    seen: Numbering,
    /// How many hashes the left text has.
    left: usize,
    /// For each of those, the right text that had it last.
    met: Vec<u32>,
    right: u32,
}

impl OverlapCounter {
    /// Takes the hashes of a text as the left one, repetitions ignored. O(n) time.
    pub fn set_left(&mut self, hashes: &[u64]) {
        // Room for a right text as long.
        self.seen.reset(2 * hashes.len());
        hashes.iter().for_each(|&hash| _ = self.seen.number(hash));
        self.left = self.seen.len();
        self.met.clear();
        self.met.resize(self.left, 0);
        self.right = 0;
    }

    /// The overlap of the left text with a right one, repetitions ignored. O(m) time.
    pub fn overlap(&mut self, hashes: &[u64]) -> Overlap {
        self.right = self.right.wrapping_add(1);
        if self.right == 0 {
            (self.right, self.met) = (1, vec![0; self.left]);
        }
        self.seen.reserve(hashes.len());
        let mut shared = 0;
        for &hash in hashes {
            if let Some(met) = self.met.get_mut(self.seen.number(hash)) {
                shared += usize::from(*met != self.right);
                *met = self.right;
            }
        }
        let right = shared + self.seen.len() - self.left;
        self.seen.truncate(self.left);
        Overlap { shared, left: self.left, right }
    }
}

/// Numbers different hashes in the order in which they come.
///
/// The table is sparse, so that a hash is nearly always found where it is looked for first, and
/// small all the same, as it holds the numbers only.
#[derive(Clone, Debug, Default)]
pub(crate) struct Numbering {
    /// Open addressing: the number plus one, 0 in an empty cell.
    cells: Vec<u32>,
    hashes: Vec<u64>,
    /// The cell of each number.
    taken: Vec<u32>,
    places: Places,
}

impl Numbering {
    /// Forgets all hashes and makes room for so many.
    pub(crate) fn reset(&mut self, capacity: usize) {
        self.hashes.clear();
        self.taken.clear();
        self.cells.clear();
        self.reserve(capacity);
    }

    /// How many hashes have a number.
    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Makes room for so many more.
    fn reserve(&mut self, more: usize) {
        self.hashes.reserve(more);
        self.taken.reserve(more);
        let cells = (2 * (self.len() + more)).next_power_of_two().max(16);
        if cells > self.cells.len() {
            self.cells.clear();
            self.cells.resize(cells, 0);
            for number in 0..self.len() {
                let (at, _) = self.find(self.hashes[number]);
                self.cells[at] = number as u32 + 1;
                self.taken[number] = at as u32;
            }
        }
    }

    /// Forgets all but the first so many. As these came first, none of them stands behind one of
    /// the others.
    fn truncate(&mut self, len: usize) {
        self.taken.drain(len..).for_each(|place| self.cells[place as usize] = 0);
        self.hashes.truncate(len);
    }

    /// The cell of `hash`, or the empty one where it belongs, and what is in it.
    #[inline(always)]
    fn find(&self, hash: u64) -> (usize, u32) {
        let is_it = |cell: u32| self.hashes[cell as usize - 1] == hash;
        self.places.find(&self.cells, hash, |cell| cell == 0 || is_it(cell))
    }

    /// The number of `hash`, a new one if it has none. There must be room.
    #[inline(always)]
    pub(crate) fn number(&mut self, hash: u64) -> usize {
        let (at, cell) = self.find(hash);
        if cell > 0 {
            return cell as usize - 1;
        }
        self.hashes.push(hash);
        self.taken.push(at as u32);
        self.cells[at] = self.hashes.len() as u32;
        self.hashes.len() - 1
    }

    /// Whether `hash` has a number.
    #[inline(always)]
    pub(crate) fn contains(&self, hash: u64) -> bool {
        !self.cells.is_empty() && self.find(hash).1 > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    proptest! {
        #[test]
        fn as_sets_say(
            left in proptest::collection::vec(0..60u64, 0..80),
            right in proptest::collection::vec(0..60u64, 0..80),
        ) {
            let (l, r): (HashSet<u64>, HashSet<u64>) =
                (left.iter().copied().collect(), right.iter().copied().collect());
            let overlap = Overlap::of(&left, &right);
            prop_assert_eq!(overlap, Overlap { shared: l.intersection(&r).count(), left: l.len(), right: r.len() });
            // A weight belongs to its hash.
            let weight = |x: &u64| (x % 7) as u32;
            let weights = |list: &[u64]| list.iter().map(weight).collect::<Vec<u32>>();
            let (plain, weighted) = weigh((&left, &weights(&left)), (&right, &weights(&right)));
            prop_assert_eq!(plain, overlap);
            let sum = |set: &mut dyn Iterator<Item = &u64>| set.map(|x| weight(x) as usize).sum::<usize>();
            let expected = Overlap {
                shared: sum(&mut l.intersection(&r)),
                left: sum(&mut l.iter()),
                right: sum(&mut r.iter()),
            };
            prop_assert_eq!(weighted.overlap, expected);
            prop_assert_eq!(overlap.swapped(), Overlap::of(&right, &left));
            prop_assert!(overlap.jaccard() <= overlap.left_containment().min(overlap.right_containment()) + 1e-12);
        }
    }

    #[test]
    fn one_left_text_and_many_right_ones() {
        let mut counter = OverlapCounter::default();
        for left in [0..0u64, 3..10, 0..1000, 5..6] {
            let left: Vec<u64> = left.map(|x| (x << 40) | (x % 3)).collect();
            counter.set_left(&left);
            for right in [0..0u64, 7..9, 0..5000, 4..8, 900..1000] {
                let right: Vec<u64> =
                    right.clone().chain(right).map(|x| (x << 40) | (x % 3)).collect();
                assert_eq!(counter.overlap(&right), Overlap::of(&left, &right));
                let sets = [&left, &right].map(|list| list.iter().collect::<HashSet<_>>());
                assert_eq!(counter.overlap(&right).shared, sets[0].intersection(&sets[1]).count());
                assert_eq!(counter.overlap(&right).right, sets[1].len());
            }
        }
    }

    #[test]
    fn nothing_is_no_copy_of_nothing() {
        assert_eq!(Overlap::of(&[], &[]).jaccard(), 0.0);
        assert_eq!(Overlap::of(&[1], &[]).left_containment(), 0.0);
        assert_eq!(Overlap::of(&[], &[1]).left_containment(), 0.0);
    }
}
