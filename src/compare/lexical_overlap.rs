//! How much of their words two texts have in common, whether or not they stand in runs: what
//! remains of a text that was rewritten.
//!
//! *Containment* is the share of a text's words, each counted once and by weight, that stand
//! anywhere in the other. *Common subsequence* is the share of its key words (all but function
//! words) that are in a longest common subsequence of both texts' key words, whose length is
//! computed with bit-parallel rows (Crochemore, Iliopoulos, Pinzon and Reid 2001).
//!
//! O(n + m) time for the containment; O(nm / 64) for the subsequence, of at most
//! [`MAX_KEY_WORDS`] key words of each text, and only where it matters.

use super::sides::Sides;
use super::vocabulary::Vocabulary;
use crate::idf::FULL;

/// Key words of each text that are read for the common subsequence.
const MAX_KEY_WORDS: usize = 2048;

/// The common subsequence is computed only if one of the containments is at least this: two texts
/// with less in common cannot be rewrites of each other.
const MIN_CONTAINMENT: f64 = 0.4;

/// The words in common, as shares of each text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct LexicalOverlap {
    pub(crate) containment: Sides<f64>,
    pub(crate) common_subsequence: Sides<f64>,
}

impl LexicalOverlap {
    /// Measures two texts whose words are numbered by `vocabulary`.
    pub(crate) fn of(vocabulary: &Vocabulary) -> Self {
        const IN: [u8; 2] = [1, 2];
        let mut holders = vec![0u8; vocabulary.len()];
        for (ids, side) in vocabulary.ids.iter().zip(IN) {
            for &id in ids {
                holders[id as usize] |= side;
            }
        }
        // The weights of the words in neither text, in the left alone, the right alone, and both.
        let mut sums = [0u64; 4];
        for (&holders, &weight) in holders.iter().zip(&vocabulary.weights) {
            sums[usize::from(holders)] += u64::from(weight);
        }
        let [_, left, right, both] = sums.map(|sum| sum as f64);
        let containment =
            Sides { left: both / (left + both).max(1.0), right: both / (right + both).max(1.0) };
        if containment.left.max(containment.right) < MIN_CONTAINMENT {
            return LexicalOverlap { containment, common_subsequence: Sides::default() };
        }
        let is_key_word = |&&id: &&u32| vocabulary.weights[id as usize] >= FULL / 4;
        let key_words = |ids: &Vec<u32>| -> Vec<u32> {
            ids.iter().filter(is_key_word).take(MAX_KEY_WORDS).copied().collect()
        };
        let [l, r] = vocabulary.ids.each_ref().map(key_words);
        let length = longest_common_subsequence(&l, &r, vocabulary.len()) as f64;
        let common_subsequence =
            Sides { left: length / l.len().max(1) as f64, right: length / r.len().max(1) as f64 };
        LexicalOverlap { containment, common_subsequence }
    }
}

/// The length of a longest common subsequence of two lists of numbers below `count`.
fn longest_common_subsequence(left: &[u32], right: &[u32], count: usize) -> usize {
    const NONE: u32 = u32::MAX;
    // What both begin and end with is part of it. Of two copies that is nearly all.
    let equal = |pair: &(&u32, &u32)| pair.0 == pair.1;
    let begin = left.iter().zip(right).take_while(equal).count();
    let (left, right) = (&left[begin..], &right[begin..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(equal).count();
    let (left, right) = (&left[..left.len() - end], &right[..right.len() - end]);
    if left.is_empty() || right.is_empty() {
        return begin + end;
    }
    let width = left.len().div_ceil(64);
    // For each number on the left, a row of bits: the places where it stands.
    let mut rows = vec![NONE; count];
    let mut places: Vec<u64> = Vec::new();
    for (i, &id) in left.iter().enumerate() {
        let row = &mut rows[id as usize];
        if *row == NONE {
            *row = places.len() as u32;
            places.resize(places.len() + width, 0);
        }
        places[*row as usize + i / 64] |= 1 << (i % 64);
    }
    // Each zero bit is a step by which the subsequence grows.
    let mut steps = vec![u64::MAX; width];
    for row in right.iter().map(|&id| rows[id as usize]).filter(|&row| row != NONE) {
        let mut carry = false;
        for (step, place) in steps.iter_mut().zip(&places[row as usize..]) {
            let matching = *step & place;
            let (sum, over) = step.overflowing_add(matching);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            carry = over | over_again;
            *step = sum | (*step & !matching);
        }
    }
    begin + end + steps.iter().map(|step| step.count_zeros() as usize).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The textbook algorithm, with a table of lengths.
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
        fn bit_rows_agree_with_the_table(
            left in proptest::collection::vec(0..12u32, 0..300),
            right in proptest::collection::vec(0..12u32, 0..200),
            both in proptest::collection::vec(0..12u32, 0..9),
        ) {
            let [left, right] = [left, right].map(|middle| [&*both, &*middle, &*both].concat());
            prop_assert_eq!(longest_common_subsequence(&left, &right, 12), by_table(&left, &right));
        }
    }
}
