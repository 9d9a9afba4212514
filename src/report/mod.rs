//! A comparison as people and programs read it: a summary for the terminal, an object of JSON, a
//! page of HTML.
//!
//! What is shown is laid out once, in `layout`, and put into words once, in `evidence`; the formats
//! only write it down.

mod evidence;
mod html;
mod json;
mod layout;
mod text;

use std::ops::Range;

use crate::compare::Comparison;
use layout::Layout;

/// Left and right, as places in arrays.
const SIDES: [usize; 2] = [0, 1];
const NAMES: [&str; 2] = ["left", "right"];

/// A [`Comparison`] presented with the two texts.
///
/// ```
/// use newsprint::{Detector, Report};
///
/// let left = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
/// let right = "The river rose by two metres in a night, and the old bridge was shut at dawn. Nobody was hurt.";
/// let comparison = Detector::default().compare(left, right);
/// let report = Report::new(&comparison, left, right).titles("agency", "local");
/// assert_eq!(report.evidence()[0], "One shared passage, edited, holds 100 % of the left article and 85 % of the right.");
/// assert!(report.text().contains("the old bridge was [-closed-] {+shut+} at dawn"));
/// assert!(report.json().starts_with(r#"{"relation":"copy","confidence":0."#));
/// assert!(report.html().contains("the old bridge was <del>closed</del> at dawn"));
/// ```
#[derive(Clone, Debug)]
pub struct Report<'a> {
    comparison: &'a Comparison,
    texts: [&'a str; 2],
    titles: [&'a str; 2],
    layout: Layout,
}

impl<'a> Report<'a> {
    /// A report of a comparison of these two texts. With other texts, passages that do not fit are
    /// left out.
    pub fn new(comparison: &'a Comparison, left: &'a str, right: &'a str) -> Self {
        let texts = [left, right];
        let layout = Layout::of(&comparison.shared.passages, texts);
        Report { comparison, texts, titles: ["left article", "right article"], layout }
    }

    /// The same report with names for the two articles: headlines, files, addresses.
    #[must_use]
    pub fn titles(self, left: &'a str, right: &'a str) -> Self {
        Report { titles: [left, right], ..self }
    }

    /// Why the two relate as they do: sentences, the weightiest first.
    pub fn evidence(&self) -> Vec<String> {
        evidence::sentences(self)
    }

    /// A summary for a terminal: the relation, the evidence, the figures, the passages, and what
    /// each article has alone.
    ///
    /// In a passage, `[-words-]` stand only on the left, `{+words+}` only on the right. Long
    /// stretches are shortened in the middle, and of many only the longest are shown. Control
    /// characters of the texts are left out.
    pub fn text(&self) -> String {
        text::write(self)
    }

    /// One object on one line, ended by a newline: `relation`, `confidence`, `jaccard`,
    /// `containment` {`left`, `right`}, `coverage` {`left`, `right`}, `story` (the score),
    /// `passages` [ {`left`: \[start, end\], `right`: \[start, end\], `kind`, `words`} ],
    /// `weighted` {`jaccard`, `containment`} and `evidence`, a list of sentences.
    ///
    /// Spans count bytes of the texts as given.
    pub fn json(&self) -> String {
        self.json_with_offsets(|place| place, |place| place)
    }

    /// As [`json`](Report::json), with spans that count bytes of something else, such as the files
    /// from which the texts were decoded: each place in a text is led through the function of its
    /// side.
    ///
    /// ```
    /// let text = "The river rose by two metres in a night.";
    /// let comparison = newsprint::Detector::default().compare(text, text);
    /// let report = newsprint::Report::new(&comparison, text, text);
    /// // The left file begins with a byte-order mark.
    /// let json = report.json_with_offsets(|place| place + 3, |place| place);
    /// assert!(json.contains(r#""left":[3,42],"right":[0,39]"#));
    /// ```
    pub fn json_with_offsets(
        &self,
        left: impl Fn(usize) -> usize,
        right: impl Fn(usize) -> usize,
    ) -> String {
        json::write(self, [&left, &right])
    }

    /// A page of its own: the articles side by side, with their shared passages in matching
    /// colours, linked to each other.
    ///
    /// It needs no script and no other file. Everything of the texts and titles is escaped.
    pub fn html(&self) -> String {
        html::write(self)
    }

    fn slice(&self, side: usize, range: &Range<usize>) -> &'a str {
        &self.texts[side][range.clone()]
    }
}
