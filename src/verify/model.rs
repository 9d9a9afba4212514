//! The fitted model: from the features of two texts to the probability of each class.
//!
//! The [trees] give each class a score, and the probabilities are the softmax of the scores. The
//! exponential is a polynomial, so that all machines compute the same. About a microsecond.
//!
//! `evaluate --fit` makes the [constants](super::fitted) and reports how right they are on pairs
//! they were not fitted to.

use super::fitted::{EVENT, EVENT_START, SHARPNESS, START, TREES, TYPICAL};
use super::relation::Relation;
use super::trees::{self, CLASSES};
use crate::compare::features::{FEATURES, Feature, Features};
use crate::idf::log2_in_eighths;

/// Scores are counted in parts of this.
const SCORE_UNIT: f64 = 256.0;

/// The probability of each class. They sum to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ClassProbabilities {
    pub(crate) reuse: f64,
    pub(crate) series: f64,
    pub(crate) shared_passage: f64,
    pub(crate) same_story: f64,
    pub(crate) different: f64,
}

/// The probability of each class for two texts with these features.
pub(crate) fn class_probabilities(features: &Features) -> ClassProbabilities {
    let scores = trees::scores(START, &TREES, &features.0);
    let max = scores.into_iter().max().unwrap_or_default();
    let odds = scores.map(|score| exp_minus(f64::from(max - score) / SCORE_UNIT * SHARPNESS));
    let sum: f64 = odds.iter().sum();
    let [reuse, series, shared_passage, same_story, different] = odds.map(|odds| odds / sum);
    ClassProbabilities { reuse, series, shared_passage, same_story, different }
}

/// The probability that two texts with these features tell of one event, whether or not one was
/// made from the other.
pub(crate) fn one_event(features: &Features) -> f64 {
    let [score] = trees::scores(EVENT_START, &EVENT, &features.0);
    logistic(f64::from(score) / SCORE_UNIT)
}

/// What [`one_event`] is expected to be, before the two texts are read: from the
/// [share](crate::sketch::key_terms::Closeness::shared) of their key terms that both have, from how
/// many texts of the collection are near to them, and from the seconds between them if both have a
/// date. About 50 ns.
///
/// Logistic regression on what [`one_event`] said of the 314,000 pairs with close key terms in
/// three collections of 21,578 to 44,557 articles, two of them with dates, each with the weight of
/// the root of its pairs. On the largest, fitted to the two others, the root of the mean squared
/// error is .143; predicting the mean has .176.
pub(crate) fn expected_event(shared: f64, neighbours: u64, seconds_apart: Option<u64>) -> f64 {
    const HOUR: u64 = 3600;
    let doublings = |number: u64| f64::from(log2_in_eighths(number)) / 8.0;
    let time = match seconds_apart {
        Some(seconds) => 0.77 * (doublings(24 + seconds / HOUR) - doublings(24)),
        None => 0.57,
    };
    // In parts of 1,024, and 2 % more, so that the logarithm of nothing is not infinite.
    let shared = doublings((1024.0 * (shared + 0.02)) as u64) - 10.0;
    logistic(1.24 * shared - 0.07 * doublings(neighbours + 1) - time + 1.23)
}

/// How much each feature adds to the score of a relation relative to the likeliest other one, the
/// most first: by how much that falls if the feature is replaced by the median of unrelated pairs.
pub(crate) fn feature_weights(features: &Features, relation: Relation) -> Vec<(Feature, f64)> {
    let class = match relation {
        _ if relation.is_reuse() => 0,
        Relation::Series => 1,
        Relation::SharedPassage => 2,
        Relation::SameStory => 3,
        _ => 4,
    };
    let margin = |features: &[f32; FEATURES]| {
        let scores: [i32; CLASSES] = trees::scores(START, &TREES, features);
        let others = scores.iter().enumerate().filter(|(other, _)| *other != class);
        scores[class] - others.map(|(_, score)| *score).max().unwrap_or_default()
    };
    let full = margin(&features.0);
    let weight = |feature: Feature| {
        let mut without = features.0;
        let typical = TYPICAL.get(feature as usize);
        without[feature as usize] = typical.map_or(0.0, |&(_, typical)| typical);
        (feature, f64::from(full - margin(&without)) / SCORE_UNIT)
    };
    let mut weights: Vec<(Feature, f64)> = Feature::ALL.into_iter().map(weight).collect();
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    weights
}

fn logistic(score: f64) -> f64 {
    let odds_against = exp_minus(score.abs());
    let against = odds_against / (1.0 + odds_against);
    if score >= 0.0 { 1.0 - against } else { against }
}

/// e to the power of −x, for an x of 0 or more: the series 1 − y + y²/2 − ... of a sixteenth of x,
/// to the power of 16; 0 from 40 on.
fn exp_minus(x: f64) -> f64 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_library() {
        for i in 0..4000 {
            let x = f64::from(i) / 100.0;
            assert!((exp_minus(x) - (-x).exp()).abs() < 1e-12, "{x}");
        }
        assert_eq!(exp_minus(41.0), 0.0);
    }

    #[test]
    fn the_constants_were_fitted_to_these_features() {
        let fitted: Vec<&str> = TYPICAL.iter().map(|(name, _)| *name).collect();
        assert_eq!(fitted, Feature::ALL.map(Feature::name), "run evaluate --fit");
    }

    #[test]
    fn one_event_is_less_likely_among_more_texts() {
        let mut features = Features(std::array::from_fn(|i| TYPICAL[i].1));
        let mut among = |doublings: f32| {
            features.0[Feature::Texts as usize] = doublings;
            one_event(&features)
        };
        let all: Vec<f64> = (12..=24).map(|doublings| among(doublings as f32)).collect();
        assert!(all.is_sorted_by(|few, many| few >= many), "{all:?}");
        assert!(all[0] > 1.5 * all[12], "{all:?}");
    }

    #[test]
    fn probabilities_sum_to_one_and_questions_are_of_features() {
        let ClassProbabilities { reuse, series, shared_passage, same_story, different } =
            class_probabilities(&Features::default());
        assert!((reuse + series + shared_passage + same_story + different - 1.0).abs() < 1e-12);
        assert!(
            TREES
                .iter()
                .flat_map(|tree| &tree.questions)
                .all(|&(feature, _)| usize::from(feature) < FEATURES)
        );
    }
}
