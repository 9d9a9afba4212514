//! Boosted oblivious decision trees (Friedman 2001; Prokhorenkova et al. 2018).
//!
//! All questions of a tree are asked of every input: "is this feature at least so large?". The
//! answers, as bits, are the number of a leaf, which holds what the tree adds to the score of each
//! class. Scores are whole numbers, in 1/256, so that all machines compute the same.

use crate::compare::features::FEATURES;

/// The number of relations that are predicted, all reuse being one class.
pub(super) const CLASSES: usize = 5;

/// A tree of `DEPTH` questions, and so of two to that power `LEAVES`, for `N` scores.
pub(super) struct Tree<const N: usize, const DEPTH: usize, const LEAVES: usize> {
    /// The number of a feature, and the least value that answers yes. The first question is the
    /// lowest bit of the leaf's number.
    pub(super) questions: [(u8, f32); DEPTH],
    pub(super) leaves: [[i16; N]; LEAVES],
}

/// The scores of all trees, added to those at the start.
pub(super) fn scores<const N: usize, const DEPTH: usize, const LEAVES: usize>(
    start: [i32; N],
    trees: &[Tree<N, DEPTH, LEAVES>],
    features: &[f32; FEATURES],
) -> [i32; N] {
    let mut scores = start;
    for tree in trees {
        let mut leaf = 0;
        for (bit, &(feature, threshold)) in tree.questions.iter().enumerate() {
            leaf |= usize::from(features[usize::from(feature)] >= threshold) << bit;
        }
        for (score, more) in scores.iter_mut().zip(tree.leaves[leaf]) {
            *score += i32::from(more);
        }
    }
    scores
}
