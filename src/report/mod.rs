//! A comparison as people and programs read it: a summary for the terminal, a JSON object, an HTML
//! page.
//!
//! What is shown is laid out once, in `layout`, and put into words once, in `sentences`; each
//! format only writes that down.

mod document;
mod format;
mod html;
mod json;
mod layout;
mod names;
mod sentences;
mod text;

use crate::comparison::Comparison;
use document::Document;

/// A [`Comparison`] presented with the two texts.
///
/// ```
/// use newsprint::{Detector, Report};
///
/// let left = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
/// let right = "The river rose by two metres in a night, and the old bridge was shut at dawn. Nobody was hurt.";
/// let comparison = Detector::default().compare(left, right);
/// let report = Report::new(&comparison, left, right).titles("agency", "local");
/// assert_eq!(report.evidence()[0], "One shared passage, edited, holds 100 % of the left article and 85 % of the right article.");
/// assert!(report.text().contains("the old bridge was [-closed-] {+shut+} at dawn"));
/// assert!(report.json().starts_with(r#"{"relation":"copy","confidence":0."#));
/// assert!(report.html().contains("the old bridge was <del>closed</del> at dawn"));
/// ```
#[derive(Clone, Debug)]
pub struct Report<'a> {
    document: Document<'a>,
}

impl<'a> Report<'a> {
    /// A report of a comparison of these two texts. If they are other texts, passages that do not
    /// fit are left out.
    pub fn new(comparison: &'a Comparison, left: &'a str, right: &'a str) -> Self {
        Report { document: Document::new(comparison, [left, right]) }
    }

    /// The same report with names for the two articles: headlines, files, addresses.
    #[must_use]
    pub fn titles(self, left: &'a str, right: &'a str) -> Self {
        Report { document: Document { titles: [left, right], ..self.document } }
    }

    /// The same report with short names, such as ids, by which the sentences and tables of the
    /// [page](Report::html) call the two articles. Without them it calls them by their titles.
    ///
    /// A name of more than 40 characters is shortened in its middle.
    ///
    /// ```
    /// let text = "The river rose by two metres in a night, and the old bridge was closed at dawn.";
    /// let longer = format!("{text} The mayor of the town said that nobody was hurt.");
    /// let comparison = newsprint::Detector::default().compare(text, &longer);
    /// let report = newsprint::Report::new(&comparison, text, &longer);
    /// let page = report.titles("River rises", "River rises").names("a-17", "b-4").html();
    /// assert!(page.contains("<bdi>River rises</bdi> <small><bdi>a-17</bdi> · 17 words</small>"));
    /// ```
    #[must_use]
    pub fn names(self, left: &'a str, right: &'a str) -> Self {
        Report { document: Document { names: Some([left, right]), ..self.document } }
    }

    /// Why the two relate as they do: sentences, the weightiest first.
    pub fn evidence(&self) -> Vec<String> {
        sentences::sentences(&self.document, document::BY_SIDE)
    }

    /// A summary for a terminal: the relation, the evidence, the figures, the passages, and what
    /// only one article has.
    ///
    /// In a passage, `[-words-]` stand only on the left and `{+words+}` only on the right. Long
    /// passages are shortened in the middle, and only the longest of many are shown. Control
    /// characters of the texts are left out.
    pub fn text(&self) -> String {
        text::write(&self.document)
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
    /// that the texts were decoded from: each offset in a text is mapped by the function of its
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
        json::write(&self.document, [&left, &right])
    }

    /// An HTML page: the articles side by side, with their shared passages in matching colours,
    /// linked to each other.
    ///
    /// It needs no script and no other file, fits screens of any width, and is light or dark as the
    /// reader's system is. All text, titles and names are escaped.
    pub fn html(&self) -> String {
        html::page(&self.document)
    }

    /// The content of the main element of [that page](Report::html), for a page of your own with
    /// this [style sheet](Report::STYLE). Its only first-level heading is the relation; the ids of
    /// its elements are `left`, `right`, and `l` or `r` and a number.
    ///
    /// ```
    /// let text = "The river rose by two metres in a night.";
    /// let comparison = newsprint::Detector::default().compare(text, text);
    /// let report = newsprint::Report::new(&comparison, text, text);
    /// assert!(report.html().contains(&report.html_fragment()));
    /// assert!(report.html().contains(newsprint::Report::STYLE));
    /// ```
    pub fn html_fragment(&self) -> String {
        html::fragment(&self.document)
    }

    /// The style sheet of the [page](Report::html). It styles elements by name (body, headings,
    /// lists, links, tables), and has colours as custom properties that follow the reader's choice
    /// of light or dark: `--page`, `--ink`, `--soft`, `--line`, `--accent`.
    pub const STYLE: &'static str = html::STYLE;
}
