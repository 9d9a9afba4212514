//! The exact overlap of two texts' shingles.
//!
//! Signatures propose pairs, and this verifies them: both texts are shingled again, and their sets
//! are compared in a hash table, about 5 ns per shingle. That costs no more than having signed
//! them, and nothing needs to be kept in between. Exact means exact for 64-bit hashes: two
//! different shingles are taken for one with probability 2⁻⁶⁴.

use crate::keyed::{KeyedMap, map_with_capacity};
use crate::numbering::Numbering;

/// The overlap of two sets of shingles: the sizes of both and of their intersection.
///
/// The Jaccard similarity shows whether two texts are the same; the containment shows whether one
/// stands in the other, and stays high if a short text is quoted in a long article (Broder 1997).
///
/// ```
/// use newsprint::parts::{Overlap, Shingler};
/// use newsprint::Shingle;
///
/// let words = Shingler::new(Shingle::Words(1))?;
/// let overlap = Overlap::of(&words.shingles("a b c d"), &words.shingles("c d e f g h"));
/// assert_eq!((overlap.shared, overlap.left, overlap.right), (2, 4, 6));
/// assert_eq!(overlap.jaccard(), 0.25);
/// assert_eq!(overlap.left_containment(), 0.5);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Overlap {
    /// Shingles in both texts.
    pub shared: usize,
    /// Distinct shingles of the left text.
    pub left: usize,
    /// Distinct shingles of the right text.
    pub right: usize,
}

impl Overlap {
    /// The overlap of two lists of hashes, ignoring repetitions. O(n + m) time.
    pub fn of(left: &[u64], right: &[u64]) -> Self {
        let mut counter = OverlapCounter::default();
        counter.set_left(left);
        counter.overlap(right)
    }

    /// The share of all shingles that are in both texts, 0 to 1. It is 0 if neither has any: an
    /// empty text is not a copy of another.
    pub fn jaccard(&self) -> f64 {
        ratio(self.shared, self.left + self.right - self.shared)
    }

    /// The share of the left text's shingles that the right one has too, 0 to 1.
    pub fn left_containment(&self) -> f64 {
        ratio(self.shared, self.left)
    }

    /// The share of the right text's shingles that the left one has too, 0 to 1.
    pub fn right_containment(&self) -> f64 {
        ratio(self.shared, self.right)
    }

    /// The same with left and right exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        Overlap { left: self.right, right: self.left, ..self }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The overlap of two sets of shingles in which rare ones count more (see
/// [`Idf`](crate::parts::Idf)): sums of weights instead of numbers.
///
/// What many texts have, such as mastheads, footers and boilerplate, weighs little here, so that
/// two texts with nothing else in common come out as different. The sums are exact, but each weight
/// is a multiple of 1/256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeightedOverlap {
    overlap: Overlap,
}

impl WeightedOverlap {
    /// The share of all weight that is in both texts, 0 to 1; 0 if there is none.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }

    /// The share of the left text's weight that the right one has too, 0 to 1.
    pub fn left_containment(&self) -> f64 {
        self.overlap.left_containment()
    }

    /// The share of the right text's weight that the left one has too, 0 to 1.
    pub fn right_containment(&self) -> f64 {
        self.overlap.right_containment()
    }

    /// The same with left and right exchanged.
    #[must_use]
    pub fn swapped(self) -> Self {
        WeightedOverlap { overlap: self.overlap.swapped() }
    }
}

/// As the shares that it is read for.
#[cfg(feature = "serde")]
impl serde::Serialize for WeightedOverlap {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = serializer.serialize_struct("WeightedOverlap", 3)?;
        fields.serialize_field("jaccard", &self.jaccard())?;
        fields.serialize_field("left_containment", &self.left_containment())?;
        fields.serialize_field("right_containment", &self.right_containment())?;
        fields.end()
    }
}

/// The overlap of two lists of hashes, plain and weighted: each hash comes with its weight.
pub(crate) fn weigh(left: (&[u64], &[u32]), right: (&[u64], &[u32])) -> (Overlap, WeightedOverlap) {
    let (mut plain, mut weights) = (Overlap::default(), Overlap::default());
    // For each different hash, whether it was met on the right.
    let mut seen: KeyedMap<bool> = map_with_capacity(left.0.len() + right.0.len());
    for (&hash, &weight) in left.0.iter().zip(left.1) {
        if seen.insert(hash, false).is_none() {
            plain.left += 1;
            weights.left += weight as usize;
        }
    }
    for (&hash, &weight) in right.0.iter().zip(right.1) {
        let before = seen.insert(hash, true);
        if before != Some(true) {
            plain.right += 1;
            weights.right += weight as usize;
        }
        if before == Some(false) {
            plain.shared += 1;
            weights.shared += weight as usize;
        }
    }
    (plain, WeightedOverlap { overlap: weights })
}

/// Compares one left text with any number of right ones.
///
/// ```
/// use newsprint::parts::{OverlapCounter, Shingler};
/// use newsprint::Shingle;
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
    left: Numbering,
    /// For each hash of the left text, the number of the right text that had it last.
    last: Vec<u64>,
    /// The number of the last right text, from 1.
    right: u64,
    /// The hashes of the right text that the left one lacks.
    only_right: Numbering,
}

impl OverlapCounter {
    /// Takes the hashes of a text as the left one, ignoring repetitions. O(n) time.
    pub fn set_left(&mut self, hashes: &[u64]) {
        self.left.clear(hashes.len());
        hashes.iter().for_each(|&hash| _ = self.left.number(hash));
        self.last.clear();
        self.last.resize(self.left.len(), 0);
        self.right = 0;
    }

    /// The overlap of the left text with a right one, ignoring repetitions. O(m) time.
    pub fn overlap(&mut self, hashes: &[u64]) -> Overlap {
        self.right += 1;
        let mut shared = 0;
        self.only_right.clear(hashes.len());
        for &hash in hashes {
            match self.left.find(hash) {
                Some(number) => {
                    let last = std::mem::replace(&mut self.last[number as usize], self.right);
                    shared += usize::from(last != self.right);
                }
                None => _ = self.only_right.number(hash),
            }
        }
        Overlap { shared, left: self.left.len(), right: shared + self.only_right.len() }
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
    fn an_empty_text_is_no_copy() {
        assert_eq!(Overlap::of(&[], &[]).jaccard(), 0.0);
        assert_eq!(Overlap::of(&[1], &[]).left_containment(), 0.0);
        assert_eq!(Overlap::of(&[], &[1]).left_containment(), 0.0);
    }
}
