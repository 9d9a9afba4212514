//! What a relation was predicted from, for those who ask why.

use std::ops::Range;

use crate::compare::features::{Feature, Features};
use crate::compare::sides::Sides;
use crate::verify::model::feature_weights;
use crate::verify::relation::Relation;

/// What a [`Relation`](crate::Relation) was predicted from.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Evidence {
    /// Whether both texts have the same words in the same order.
    pub identical: bool,
    /// The number of words of each text.
    pub words: Sides<usize>,
    /// The share of each body that stands inside common runs, edits included, 0 to 1. The body is
    /// the text without page clutter.
    pub covered: Sides<f64>,
    /// The share of each body that agrees word for word with the other text, 0 to 1.
    pub verbatim: Sides<f64>,
    /// The typical length of the common runs of three or more words, in words: the mean over the
    /// words in them. Where letters are compared, it counts letters.
    pub mean_run: f64,
    /// The share of each text's words, by weight and each counted once, that the other text has
    /// anywhere, 0 to 1.
    pub lexical_containment: Sides<f64>,
    /// The share of each text's key words that is in a longest common subsequence of both texts'
    /// key words, 0 to 1. Measured where one `lexical_containment` is 0.4 or more.
    pub common_subsequence: Sides<f64>,
    /// Where names and numbers that both texts have stand first in each, the weightiest first.
    /// Collected for rewrites and for the same story only.
    pub names_and_numbers: Vec<Sides<Range<usize>>>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) features: Features,
}

impl Evidence {
    /// Each feature that the model weighs, with its name: shares from 0 to 1, amounts as logarithms
    /// to base 2, and −1 for what is not known.
    pub fn features(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        Feature::ALL.into_iter().map(|feature| (feature.name(), self.features.get(feature)))
    }

    /// What speaks for a relation, the strongest first: each feature with its name, its value, and
    /// its weight. The weight is how much the logarithm of the odds would fall if the feature had
    /// the median value of pairs that have nothing to do with each other; it is negative for what
    /// speaks against the relation.
    ///
    /// Some 50 µs.
    ///
    /// ```
    /// use newsprint::Detector;
    ///
    /// let monday = "Hog prices in Kolm were 41.50 on Monday, against 40.25 a week ago. Cattle stood at 62.00, unchanged.";
    /// let friday = "Hog prices in Kolm were 39.75 on Friday, against 42.00 a week ago. Cattle stood at 61.50, lower.";
    /// let comparison = Detector::default().compare(monday, friday);
    /// let (name, value, weight) = comparison.evidence.reasons(comparison.relation)[0];
    /// assert!(weight > 0.0, "{name} {value}");
    /// ```
    pub fn reasons(&self, relation: Relation) -> Vec<(&'static str, f64, f64)> {
        let weights = feature_weights(&self.features, relation).into_iter();
        weights
            .map(|(feature, weight)| (feature.name(), self.features.get(feature), weight))
            .collect()
    }
}
