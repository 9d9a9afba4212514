//! How much of their wording two texts have in common, whether or not it runs together: what is left of a text that was rewritten.
//!
//! *Known* is the share of a text's words, each counted once and by weight, that stand anywhere in the other. *In order* is the
//! share of its key words (all but the common ones) that stand in the other in the same order: the length of a longest common
//! subsequence, found with the bits of whole rows at once (Crochemore, Iliopoulos, Pinzon and Reid 2001).
//!
//! O(n + m) time for the words, O(nm / 64) for the order, of which [`READ`] key words of each text are read.

use std::collections::HashMap;

use super::Sides;
use super::body::Body;
use super::overlap::weigh;
use crate::idf::FULL;
use crate::text::words::Words;

/// Key words read of each text for their order.
const READ: usize = 2048;

/// Common wording, as shares of each text's body.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Wording {
    pub(super) known: Sides<f64>,
    pub(super) in_order: Sides<f64>,
}

impl Wording {
    pub(super) fn of(words: [&Words; 2], bodies: [&Body; 2], weights: [&[u32]; 2]) -> Self {
        let body = |side: usize| bodies[side].ranges.iter().cloned().flatten();
        let text = |side: usize| {
            let hashes: Vec<u64> = body(side).map(|i| words[side].hashes()[i]).collect();
            let weights: Vec<u32> = body(side).map(|i| weights[side][i]).collect();
            (hashes, weights)
        };
        let (left, right) = (text(0), text(1));
        let (_, known) = weigh((&left.0, &left.1), (&right.0, &right.1));
        let key = |(hashes, weights): &(Vec<u64>, Vec<u32>)| -> Vec<u64> {
            let key = hashes.iter().zip(weights).filter(|(_, weight)| **weight >= FULL / 4);
            key.map(|(&hash, _)| hash).take(READ).collect()
        };
        let (l, r) = (key(&left), key(&right));
        let common = longest_common_subsequence(&l, &r) as f64;
        Wording {
            known: Sides { left: known.left_containment(), right: known.right_containment() },
            in_order: Sides { left: common / l.len().max(1) as f64, right: common / r.len().max(1) as f64 },
        }
    }
}

/// The length of a longest common subsequence.
fn longest_common_subsequence(left: &[u64], right: &[u64]) -> usize {
    let width = left.len().div_ceil(64);
    // For each word of the left, where it stands, a bit a place.
    let mut rows: HashMap<u64, usize> = HashMap::with_capacity(left.len());
    let mut places: Vec<u64> = Vec::with_capacity(left.len() * width);
    for (i, &word) in left.iter().enumerate() {
        let row = *rows.entry(word).or_insert_with(|| {
            places.resize(places.len() + width, 0);
            places.len() - width
        });
        places[row + i / 64] |= 1 << (i % 64);
    }
    // A zero bit for each step by which the subsequence grows.
    let mut steps = vec![u64::MAX; width];
    for row in right.iter().filter_map(|word| rows.get(word)) {
        let mut carry = false;
        for (step, place) in steps.iter_mut().zip(&places[*row..]) {
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
    fn by_table(left: &[u64], right: &[u64]) -> usize {
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
            left in proptest::collection::vec(0..12u64, 0..300),
            right in proptest::collection::vec(0..12u64, 0..200),
        ) {
            prop_assert_eq!(longest_common_subsequence(&left, &right), by_table(&left, &right));
        }
    }
}
