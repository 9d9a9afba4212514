//! What all formats show: a comparison, its two texts, their titles and names, and their layout.

use std::ops::Range;

use super::layout::Layout;
use crate::comparison::Comparison;

/// The sides where the articles stand beside each other.
pub(super) const SIDE_NAMES: [&str; 2] = ["left", "right"];
/// The articles in sentences, for formats that call them by their sides.
pub(super) const BY_SIDE: [&str; 2] = ["the left article", "the right article"];

/// A comparison with the two texts, laid out.
#[derive(Clone, Debug)]
pub(super) struct Document<'a> {
    pub(super) comparison: &'a Comparison,
    pub(super) texts: [&'a str; 2],
    pub(super) titles: [&'a str; 2],
    /// What the page calls the articles; none if it is to use the titles.
    pub(super) names: Option<[&'a str; 2]>,
    pub(super) layout: Layout,
}

impl<'a> Document<'a> {
    pub(super) fn new(comparison: &'a Comparison, texts: [&'a str; 2]) -> Self {
        let layout = Layout::of(&comparison.shared.passages, texts);
        let titles = ["left article", "right article"];
        Document { comparison, texts, titles, names: None, layout }
    }

    /// A range of the text of one side.
    pub(super) fn slice(&self, side: usize, range: &Range<usize>) -> &'a str {
        &self.texts[side][range.clone()]
    }
}
