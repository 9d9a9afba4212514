//! The fitted model: from the figures of two texts to the chance of each class.
//!
//! Boosted oblivious trees: each asks a few questions, "is this figure at least so much?", and the
//! answers name a leaf that holds what it adds to the score of each class, in 1/256; the chances
//! are the soft maximum of the sums (Friedman 2001; Prokhorenkova et al. 2018). Scores are whole
//! numbers, and the exponential is a polynomial, so that all machines tell the same. About a
//! microsecond.
//!
//! `evaluate --fit` makes the [constants](super::fitted) and tells how right they are on what they
//! were not fitted to.

use super::fitted::{EVENT, EVENT_START, SHARPNESS, START, TREES, TYPICAL};
use super::relation::Relation;
use crate::compare::figures::{FIGURES, Figure, Figures, InCollection};
use crate::idf::log2_in_eighths;

/// Classes that are told apart.
pub(super) const CLASSES: usize = 5;
/// Questions of a tree.
pub(super) const DEPTH: usize = 3;

/// A tree. The answer to the first question is the lowest bit of the leaf's number.
pub(super) struct Tree<const N: usize> {
    pub(super) questions: [(u8, f32); DEPTH],
    pub(super) leaves: [[i16; N]; 1 << DEPTH],
}

/// How likely each class is. They sum to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Chances {
    pub(crate) reuse: f64,
    pub(crate) series: f64,
    pub(crate) shared_passage: f64,
    pub(crate) same_story: f64,
    pub(crate) different: f64,
}

/// What trees add to the scores of classes.
fn scores<const N: usize>(
    start: [i32; N],
    trees: &[Tree<N>],
    figures: &[f32; FIGURES],
) -> [i32; N] {
    let mut scores = start;
    for tree in trees {
        let mut leaf = 0;
        for (bit, &(figure, border)) in tree.questions.iter().enumerate() {
            leaf |= usize::from(figures[usize::from(figure)] >= border) << bit;
        }
        for (score, more) in scores.iter_mut().zip(tree.leaves[leaf]) {
            *score += i32::from(more);
        }
    }
    scores
}

/// How likely it is that two texts with these figures tell of one event, whether or not one was
/// made from the other.
pub(crate) fn one_event(figures: &Figures) -> f64 {
    let [score] = scores(EVENT_START, &EVENT, &figures.0);
    logistic(f64::from(score) / 256.0)
}

/// How likely it is to be told that two texts tell of one event, before they are read: by what
/// their collection tells of them, and how many seconds they are apart. About 50 ns.
///
/// Logistic regression on what [`one_event`] tells of 81,905 pairs with dates and close key terms
/// in a collection of 44,557 articles (root of the mean squared error .115, where telling the mean
/// of all makes .179). What it tells is told by the days; of texts without dates too little is
/// known.
pub(crate) fn expected_event(known: InCollection, apart: u64) -> f64 {
    const HOUR: u64 = 3600;
    let doublings = |number: u64| f64::from(log2_in_eighths(number)) / 8.0;
    let days = doublings(24 + apart / HOUR) - doublings(24);
    logistic(3.06 * known.cosine - 0.076 * doublings(known.neighbours + 1) - 0.81 * days - 1.34)
}

fn logistic(score: f64) -> f64 {
    let odds_against = power(score.abs());
    let against = odds_against / (1.0 + odds_against);
    if score >= 0.0 { 1.0 - against } else { against }
}

/// The chances of the classes of two texts with these figures.
pub(crate) fn chances(figures: &Figures) -> Chances {
    let scores = scores(START, &TREES, &figures.0);
    let most = scores.into_iter().max().unwrap_or_default();
    let powers = scores.map(|score| power(f64::from(most - score) / 256.0 * SHARPNESS));
    let sum: f64 = powers.iter().sum();
    let [reuse, series, shared_passage, same_story, different] = powers.map(|power| power / sum);
    Chances { reuse, series, shared_passage, same_story, different }
}

/// e to the power of −x, for an x of 0 or more: (1 − y + y²/2 − ...)¹⁶ with a sixteenth of it, and
/// 0 from 40 on.
fn power(x: f64) -> f64 {
    if x >= 40.0 {
        return 0.0;
    }
    let y = -x / 16.0;
    let mut sum = 1.0;
    for n in (1..=14).rev() {
        sum = 1.0 + sum * y / f64::from(n);
    }
    let square = |x: f64| x * x;
    square(square(square(square(sum))))
}

/// What each figure adds to the score of a relation beside the most likely other one, the most
/// first: by how much it falls if the figure is taken to be what it is in half of the pairs of
/// strangers.
pub(crate) fn weights(figures: &Figures, relation: Relation) -> Vec<(Figure, f64)> {
    let class = match relation {
        _ if relation.is_reuse() => 0,
        Relation::Series => 1,
        Relation::SharedPassage => 2,
        Relation::SameStory => 3,
        _ => 4,
    };
    let ahead = |figures: &[f32; FIGURES]| {
        let scores = scores(START, &TREES, figures);
        let others = scores.iter().enumerate().filter(|(other, _)| *other != class);
        scores[class] - others.map(|(_, score)| *score).max().unwrap_or_default()
    };
    let told = ahead(&figures.0);
    let mut weights: Vec<(Figure, f64)> = Figure::ALL
        .into_iter()
        .map(|figure| {
            let mut without = figures.0;
            without[figure as usize] =
                TYPICAL.get(figure as usize).map_or(0.0, |&(_, typical)| typical);
            (figure, f64::from(told - ahead(&without)) / 256.0)
        })
        .collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_power_is_that_of_the_library() {
        for i in 0..4000 {
            let x = f64::from(i) / 100.0;
            assert!((power(x) - (-x).exp()).abs() < 1e-12, "{x}");
        }
        assert_eq!(power(41.0), 0.0);
    }

    #[test]
    fn the_constants_were_fitted_to_these_figures() {
        let fitted: Vec<&str> = TYPICAL.iter().map(|(name, _)| *name).collect();
        assert_eq!(fitted, Figure::ALL.map(Figure::name), "run evaluate --fit");
    }

    #[test]
    fn chances_sum_to_one_and_questions_are_of_figures() {
        let Chances { reuse, series, shared_passage, same_story, different } =
            chances(&Figures::default());
        assert!((reuse + series + shared_passage + same_story + different - 1.0).abs() < 1e-12);
        assert!(
            TREES
                .iter()
                .flat_map(|tree| &tree.questions)
                .all(|&(figure, _)| usize::from(figure) < FIGURES)
        );
    }
}
