//! How much of their wording two texts have in common, whether or not it runs together: what is
//! left of a text that was rewritten.
//!
//! *Known* is the share of a text's words, each counted once and by weight, that stand anywhere in
//! the other. *In order* is the share of its key words (all but the common ones) that stand in the
//! other in the same order: the length of a longest common subsequence, found with the bits of
//! whole rows at once (Crochemore, Iliopoulos, Pinzon and Reid 2001).
//!
//! O(n + m) time for the words; for the order, where it matters, O(nm / 64), of which [`READ`] key
//! words of each text are read.

use super::Sides;
use super::vocabulary::Vocabulary;
use crate::idf::FULL;

/// Key words read of each text for their order.
const READ: usize = 2048;

/// Where neither text knows more of the other's words, their order is not looked at: it could not
/// make a rewrite of it.
const UNKNOWN: f64 = 0.4;

/// Common wording, as shares of each text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Wording {
    pub(crate) known: Sides<f64>,
    pub(crate) in_order: Sides<f64>,
}

impl Wording {
    /// That of two texts whose words are numbered by `vocabulary`.
    pub(crate) fn of(vocabulary: &Vocabulary) -> Self {
        const IN: [u8; 2] = [1, 2];
        let mut sides = vec![0u8; vocabulary.len()];
        for (ids, held) in vocabulary.ids.iter().zip(IN) {
            for &id in ids {
                sides[id as usize] |= held;
            }
        }
        // The weights of the words in the left alone, in the right alone, in both.
        let mut sums = [0u64; 4];
        for (&held, &weight) in sides.iter().zip(&vocabulary.weights) {
            sums[usize::from(held)] += u64::from(weight);
        }
        let [_, left, right, both] = sums.map(|sum| sum as f64);
        let known =
            Sides { left: both / (left + both).max(1.0), right: both / (right + both).max(1.0) };
        if known.left.max(known.right) < UNKNOWN {
            return Wording { known, in_order: Sides::default() };
        }
        let is_key = |&&id: &&u32| vocabulary.weights[id as usize] >= FULL / 4;
        let key =
            |ids: &Vec<u32>| ids.iter().filter(is_key).take(READ).copied().collect::<Vec<u32>>();
        let [l, r] = vocabulary.ids.each_ref().map(key);
        let order = longest_common_subsequence(&l, &r, vocabulary.len()) as f64;
        let in_order =
            Sides { left: order / l.len().max(1) as f64, right: order / r.len().max(1) as f64 };
        Wording { known, in_order }
    }
}

/// The length of a longest common subsequence of two lists of numbers below `count`.
fn longest_common_subsequence(left: &[u32], right: &[u32], count: usize) -> usize {
    const NOWHERE: u32 = u32::MAX;
    let width = left.len().div_ceil(64);
    // For each number of the left, a row of bits: the places where it stands.
    let mut rows = vec![NOWHERE; count];
    let mut places: Vec<u64> = Vec::new();
    for (i, &id) in left.iter().enumerate() {
        let row = &mut rows[id as usize];
        if *row == NOWHERE {
            *row = places.len() as u32;
            places.resize(places.len() + width, 0);
        }
        places[*row as usize + i / 64] |= 1 << (i % 64);
    }
    // A zero bit for each step by which the subsequence grows.
    let mut steps = vec![u64::MAX; width];
    for row in right.iter().map(|&id| rows[id as usize]).filter(|&row| row != NOWHERE) {
        let mut carry = false;
        for (step, place) in steps.iter_mut().zip(&places[row as usize..]) {
            let matching = *step & place;
            let (sum, over) = step.overflowing_add(matching);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over | over_again;
            *step = sum | (*step & !matching);
        }
    }
    steps.iter().map(|step| step.count_zeros() as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook's table.
    fn by_table(left: &[u32], right: &[u32]) -> usize {
        let mut row = vec![0; right.len() + 1];
        for l in left {
            let mut diagonal = 0;
            for (j, r) in right.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if l == r { diagonal + 1 } else { above.max(row[j]) };
                diagonal = above;
            }
        }
        row[right.len()]
    }

    proptest! {
        #[test]
        fn bits_say_what_the_table_says(
            left in proptest::collection::vec(0..12u32, 0..300),
            right in proptest::collection::vec(0..12u32, 0..200),
        ) {
            prop_assert_eq!(longest_common_subsequence(&left, &right, 12), by_table(&left, &right));
        }
    }
}
