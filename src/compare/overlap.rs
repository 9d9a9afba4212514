//! Exact overlap of two texts' shingles.
//!
//! Signatures propose, this decides: the two texts are shingled again and their sets compared in two hash tables, about
//! 4 ns a shingle, which costs no more than having signed them and needs no memory between. Exact means exact for 64-bit hashes:
//! two different shingles are taken for one with probability 2⁻⁶⁴.

/// How much two sets of shingles share: the sizes of both and of what they have in common.
///
/// Jaccard similarity tells whether two texts are the same; containment, whether one stands in the other, which stays high
/// when a short piece is quoted in a long article. Broder 1997.
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
        let mut counter = Counter::default();
        counter.set_left(left);
        counter.overlap(right)
    }

    /// The share of all shingles that are in both texts, 0 to 1. 0 if neither has any: nothing is not a copy of nothing.
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

/// How much two sets of shingles share when rare ones count more, see [`Idf`](crate::Idf): the sums of the weights instead of the
/// numbers.
///
/// What many texts have, such as mastheads, footers and formulas, weighs little here, so that two texts with nothing else in common
/// come out as different. The figures are exact, but a weight is a multiple of 1/256.
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
    const LEFT: u8 = 1;
    const RIGHT: u8 = 2;
    let (mut plain, mut weights) = (Overlap::default(), Overlap::default());
    let mut seen = HashTable::default();
    seen.reset(left.0.len() + right.0.len());
    let mut sides = vec![0u8; seen.cells.len()];
    for (&hash, &weight) in left.0.iter().zip(left.1) {
        let side = &mut sides[seen.place(hash)];
        if *side == 0 {
            *side = LEFT;
            plain.left += 1;
            weights.left += weight as usize;
        }
    }
    for (&hash, &weight) in right.0.iter().zip(right.1) {
        let side = &mut sides[seen.place(hash)];
        if *side & RIGHT == 0 {
            plain.right += 1;
            weights.right += weight as usize;
            if *side == LEFT {
                plain.shared += 1;
                weights.shared += weight as usize;
            }
            *side |= RIGHT;
        }
    }
    (plain, WeightedOverlap { overlap: weights })
}

/// Compares one left text with any number of right ones.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    left: HashTable,
    right: HashTable,
}

impl Counter {
    pub(crate) fn set_left(&mut self, shingles: &[u64]) {
        self.left.reset(shingles.len());
        for &shingle in shingles {
            self.left.insert(shingle);
        }
    }

    pub(crate) fn overlap(&mut self, right: &[u64]) -> Overlap {
        self.right.reset(right.len());
        let mut shared = 0;
        for &shingle in right {
            if self.right.insert(shingle) && self.left.contains(shingle) {
                shared += 1;
            }
        }
        Overlap { shared, left: self.left.len, right: self.right.len }
    }
}

/// A set of mixed hashes: open addressing, at most half full, zero for an empty cell.
#[derive(Debug, Default)]
pub(crate) struct HashTable {
    cells: Vec<u64>,
    len: usize,
}

impl HashTable {
    pub(crate) fn reset(&mut self, capacity: usize) {
        self.cells.clear();
        self.cells.resize((2 * capacity).next_power_of_two().max(16), 0);
        self.len = 0;
    }

    /// The cell that holds `hash`, or the empty one where it belongs.
    #[inline(always)]
    fn cell(&self, hash: u64) -> usize {
        let mask = self.cells.len() - 1;
        let mut at = hash as usize & mask;
        while self.cells[at & mask] != 0 && self.cells[at & mask] != hash {
            at = (at + 1) & mask;
        }
        at & mask
    }

    /// Where `hash` is held from now on.
    #[inline(always)]
    fn place(&mut self, hash: u64) -> usize {
        let cell = self.cell(hash.max(1));
        self.cells[cell] = hash.max(1);
        cell
    }

    /// False if it was there already.
    #[inline(always)]
    pub(crate) fn insert(&mut self, hash: u64) -> bool {
        let hash = hash.max(1);
        let cell = self.cell(hash);
        let new = self.cells[cell] == 0;
        self.cells[cell] = hash;
        self.len += usize::from(new);
        new
    }

    #[inline(always)]
    pub(crate) fn contains(&self, hash: u64) -> bool {
        let hash = hash.max(1);
        !self.cells.is_empty() && self.cells[self.cell(hash)] == hash
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
            let (l, r): (HashSet<u64>, HashSet<u64>) = (
                left.iter().map(|&x| x.max(1)).collect(),
                right.iter().map(|&x| x.max(1)).collect(),
            );
            let overlap = Overlap::of(&left, &right);
            prop_assert_eq!(overlap, Overlap { shared: l.intersection(&r).count(), left: l.len(), right: r.len() });
            // A weight belongs to its hash.
            let weight = |x: &u64| (x.max(&1) % 7) as u32;
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
    fn nothing_is_no_copy_of_nothing() {
        assert_eq!(Overlap::of(&[], &[]).jaccard(), 0.0);
        assert_eq!(Overlap::of(&[1], &[]).left_containment(), 0.0);
        assert_eq!(Overlap::of(&[], &[1]).left_containment(), 0.0);
    }
}
