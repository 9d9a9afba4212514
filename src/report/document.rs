//! What all formats show: a comparison, its two texts, and their layout.

use std::ops::Range;

use super::layout::Layout;
use crate::comparison::Comparison;

/// The names of the sides.
pub(super) const NAMES: [&str; 2] = ["left", "right"];

/// A comparison with the two texts, laid out.
#[derive(Clone, Debug)]
pub(super) struct Document<'a> {
    pub(super) comparison: &'a Comparison,
    pub(super) texts: [&'a str; 2],
    pub(super) titles: [&'a str; 2],
    pub(super) layout: Layout,
}

impl<'a> Document<'a> {
    pub(super) fn new(comparison: &'a Comparison, texts: [&'a str; 2]) -> Self {
        let layout = Layout::of(&comparison.shared.passages, texts);
        Document { comparison, texts, titles: ["left article", "right article"], layout }
    }

    /// A range of the text of one side.
    pub(super) fn slice(&self, side: usize, range: &Range<usize>) -> &'a str {
        &self.texts[side][range.clone()]
    }
}
