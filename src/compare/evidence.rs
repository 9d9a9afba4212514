//! What a relation is told from, for those who ask why.

use std::ops::Range;

use super::Sides;
use super::figures::{Figure, Figures};
use crate::verify::model::weights;
use crate::verify::relation::Relation;

/// What a [`Relation`](crate::Relation) is told from.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// Whether both have the same words in the same order.
    pub identical: bool,
    /// The words of each text.
    pub words: Sides<usize>,
    /// The share of each body that stands inside common runs, edits included, 0 to 1. The body is
    /// the text without page clutter.
    pub covered: Sides<f64>,
    /// The share of each body that agrees word for word with the other text, 0 to 1.
    pub verbatim: Sides<f64>,
    /// The typical length of the runs of three or more words that both texts have, in words: the
    /// mean over the words in them. Counts letters where letters are compared.
    pub run: f64,
    /// The share of each text's words, by weight and each counted once, that the other has
    /// anywhere, 0 to 1.
    pub known: Sides<f64>,
    /// The share of each text's key words that the other has in the same order, 0 to 1. Measured
    /// where four tenths of either are `known`.
    pub in_order: Sides<f64>,
    /// Names and numbers that both texts have, where they stand first in each, the weightiest
    /// first. Collected for rewrites and for the same story only.
    pub names_and_numbers: Vec<Sides<Range<usize>>>,
    pub(crate) figures: Figures,
}

impl Evidence {
    /// Each figure that the model goes by, with its name: shares from 0 to 1, amounts as logarithms
    /// to base 2, and −1 for what is not known.
    pub fn figures(&self) -> impl Iterator<Item = (&'static str, f64)> + '_ {
        Figure::ALL.into_iter().map(|figure| (figure.name(), self.figures.get(figure)))
    }

    /// What speaks for a relation, the most first: each figure with its name, its value, and by how
    /// much the logarithm of the odds would fall if the figure were what it is in half of the pairs
    /// that have nothing to do with each other. Negative for what speaks against it.
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
        let weights = weights(&self.figures, relation).into_iter();
        weights.map(|(figure, weight)| (figure.name(), self.figures.get(figure), weight)).collect()
    }
}
