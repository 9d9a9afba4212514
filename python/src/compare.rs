//! Two texts compared.

use std::ops::Range;

use newsprint::results::{Passages, Sides};
use newsprint::{Comparison, Detector, Report};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::articles::backed;
use crate::config::{PyConfig, config_of};
use crate::overlap::PyOverlap;

/// Compares two texts: how they relate, why, and what they share.
///
/// Takes some hundred microseconds.
///
/// :param left: a text.
/// :param right: the other.
/// :param titles: two names by which the page calls them.
/// :param config: a :class:`Config`, or its options as keywords.
///
/// >>> from newsprint import compare
/// >>> agency = ("The river rose by two metres in a night, and the old bridge was closed at "
/// ...     "dawn on Monday, the mayor said.")
/// >>> paper = ("BRIDGE SHUT. The old bridge was closed at dawn on Monday, the mayor said. "
/// ...     "The river rose by two metres in a night.")
/// >>> found = compare(agency, paper)
/// >>> found.relation, found.confidence > 0.75
/// ('copy', True)
/// >>> start, end = found.passages[0].right
/// >>> paper[start:end]
/// 'The river rose by two metres in a night'
#[pyfunction]
#[pyo3(signature = (left, right, *, titles=None, config=None, **options))]
pub(crate) fn compare<'py>(
    py: Python<'py>,
    left: Bound<'py, PyString>,
    right: Bound<'py, PyString>,
    titles: Option<[String; 2]>,
    config: Option<Bound<'py, PyConfig>>,
    options: Option<Bound<'py, PyDict>>,
) -> PyResult<PyComparison> {
    let detector = Detector::new(config_of(py, config, options)?.get().config);
    let (left, right) = (backed(left)?, backed(right)?);
    Ok(py.detach(|| {
        let found = detector.compare(&*left, &*right);
        PyComparison { texts: [left.to_string(), right.to_string()], titles, found }
    }))
}

/// How two texts relate, and why. A notebook shows it as its page.
#[pyclass(frozen, module = "newsprint", name = "Comparison")]
pub(crate) struct PyComparison {
    texts: [String; 2],
    titles: Option<[String; 2]>,
    found: Comparison,
}

/// A passage that stands in both texts.
#[pyclass(frozen, get_all, module = "newsprint", name = "Passage")]
pub(crate) struct PyPassage {
    /// Where it begins and ends in the left text, in characters: ``left[start:end]``.
    left: (usize, usize),
    /// Where it begins and ends in the right text.
    right: (usize, usize),
    /// ``"verbatim"`` or ``"edited"``.
    kind: &'static str,
    /// How many of its words agree.
    words: usize,
    /// The runs that agree word for word, each as its span in the left text and in the right one.
    runs: Vec<((usize, usize), (usize, usize))>,
}

#[pymethods]
impl PyPassage {
    fn __repr__(&self) -> String {
        let PyPassage { left, right, kind, words, .. } = self;
        format!("<Passage of {words} words, {kind}: {left:?} and {right:?}>")
    }
}

/// Turns places in bytes, as Rust counts, into places in characters, as Python does. O(bytes) time
/// to make, O(1) for each place.
pub(crate) struct Characters<'t> {
    text: &'t [u8],
    /// The characters before each block of bytes; nothing if all are ASCII.
    before_block: Vec<usize>,
}

/// Bytes of a block.
const BLOCK: usize = 1024;

impl<'t> Characters<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let blocks = if text.is_ascii() { &[] } else { bytes };
        let before_block = blocks.chunks(BLOCK).scan(0, |before, block| {
            let here = *before;
            *before += begun(block);
            Some(here)
        });
        Characters { text: bytes, before_block: before_block.collect() }
    }

    /// How many characters there are before a byte that begins one, or before the end.
    fn before(&self, byte: usize) -> usize {
        let Some(last) = self.before_block.len().checked_sub(1) else { return byte };
        let block = (byte / BLOCK).min(last);
        self.before_block[block] + begun(&self.text[block * BLOCK..byte])
    }

    pub(crate) fn span(&self, bytes: &Range<usize>) -> (usize, usize) {
        (self.before(bytes.start), self.before(bytes.end))
    }
}

/// How many characters begin in some bytes of UTF-8.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

/// Passages as Python has them.
pub(crate) fn passages_of(shared: &Passages, [left, right]: [&str; 2]) -> Vec<PyPassage> {
    let (left, right) = (Characters::of(left), Characters::of(right));
    let passage = |passage: &newsprint::results::Passage| PyPassage {
        left: left.span(&passage.left),
        right: right.span(&passage.right),
        kind: passage.kind.name(),
        words: passage.words,
        runs: passage.runs.iter().map(|(l, r)| (left.span(l), right.span(r))).collect(),
    };
    shared.passages.iter().map(passage).collect()
}

impl PyComparison {
    fn report(&self) -> Report<'_> {
        let report = Report::new(&self.found, &self.texts[0], &self.texts[1]);
        match &self.titles {
            Some([left, right]) => report.titles(left, right),
            None => report,
        }
    }
}

#[pymethods]
impl PyComparison {
    /// How the two relate: ``"identical"``, ``"copy"``, ``"excerpt"``, ``"revised"``,
    /// ``"rewrite"``, ``"shared-passage"``, ``"series"``, ``"same-story"`` or ``"different"``.
    #[getter]
    fn relation(&self) -> &'static str {
        self.found.relation.name()
    }

    /// The probability that the relation is right.
    #[getter]
    fn confidence(&self) -> f64 {
        self.found.confidence
    }

    /// What the relation says, in one line.
    #[getter]
    fn meaning(&self) -> &'static str {
        self.found.relation.meaning()
    }

    /// The probability that both tell of one event, 0 to 1.
    #[getter]
    fn story(&self) -> f64 {
        self.found.story.score
    }

    /// The share of all shingles that both have, 0 to 1, exact.
    #[getter]
    fn jaccard(&self) -> f64 {
        self.found.jaccard()
    }

    /// How many shingles they share, exactly.
    #[getter]
    fn overlap(&self) -> PyOverlap {
        self.found.overlap.into()
    }

    /// The passages that both have, in the order of the left text.
    #[getter]
    fn passages(&self) -> Vec<PyPassage> {
        passages_of(&self.found.shared, [&self.texts[0], &self.texts[1]])
    }

    /// The share of each text's words that stand inside passages, 0 to 1.
    #[getter]
    fn coverage(&self) -> (f64, f64) {
        let Sides { left, right } = self.found.shared.coverage;
        (left, right)
    }

    /// Why the two relate as they do: sentences, the weightiest first.
    #[getter]
    fn evidence(&self) -> Vec<String> {
        self.report().evidence()
    }

    /// What speaks for the relation, the strongest first: the name of each feature, its value, and
    /// how much it adds to the logarithm of the odds.
    fn reasons(&self, py: Python<'_>) -> Vec<(&'static str, f64, f64)> {
        py.detach(|| self.found.evidence.reasons(self.found.relation))
    }

    /// A summary for a terminal.
    fn text(&self) -> String {
        self.report().text()
    }

    /// One JSON object. Spans count characters.
    fn json(&self) -> String {
        let [left, right] = self.texts.each_ref().map(|text| Characters::of(text));
        self.report().json_with_offsets(|byte| left.before(byte), |byte| right.before(byte))
    }

    /// A page of HTML that needs no other file: the texts side by side, their passages in matching
    /// colours.
    fn html(&self) -> String {
        self.report().html()
    }

    /// The page in a frame, so that its style stays its own.
    fn _repr_html_(&self) -> String {
        let page = self.report().html().replace('&', "&amp;").replace('"', "&quot;");
        format!(r#"<iframe srcdoc="{page}" style="width:100%;height:40em;border:0"></iframe>"#)
    }

    fn __repr__(&self) -> String {
        let shared = self.found.shared.passages.len();
        let (relation, confidence) = (self.relation(), self.confidence());
        format!("<Comparison: {relation}, confidence {confidence:.2}, {shared} passages>")
    }
}
