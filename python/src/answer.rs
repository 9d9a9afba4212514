//! What an index answers, and an article as it stores it.

use newsprint::results::{Provenance, Stored};
use newsprint::{Answer, Date, Match};
use pyo3::prelude::*;

use crate::compare::{PyPassage, passages_of};
use crate::overlap::PyOverlap;

/// The answer of an index to a query.
#[pyclass(frozen, get_all, module = "newsprint", name = "Answer")]
pub(crate) struct PyAnswer {
    /// The articles that match, the best first.
    matches: Vec<Py<PyMatch>>,
    /// The name of the cluster that the article belongs to, or would belong to, if to any.
    cluster: Option<String>,
    /// Where the text was first seen and how far it has spread, if anything shares it.
    provenance: Option<Py<PyProvenance>>,
}

/// An article of the index that matches.
#[pyclass(frozen, get_all, module = "newsprint", name = "Match")]
pub(crate) struct PyMatch {
    /// Its id.
    id: String,
    /// Its date, as in ``2018-07-16`` or ``2018-07-16T13:10:56Z``, if it has one.
    date: Option<String>,
    /// Its source, if it has one.
    source: Option<String>,
    /// How strong the match is, 0 to 1.
    score: f64,
    /// Its Jaccard similarity, estimated from its signature.
    estimate: f64,
    /// How the two relate; ``None``, as the next three, if there was no text to compare.
    relation: Option<&'static str>,
    /// The probability that the relation is right.
    confidence: Option<f64>,
    /// What the two share, exactly; ``left`` is the article of the query.
    overlap: Option<PyOverlap>,
    /// What both have; ``left`` is the article of the query. ``None`` unless it was asked for.
    passages: Option<Vec<Py<PyPassage>>>,
}

/// Where a text was first seen, and how far it has spread.
#[pyclass(frozen, get_all, module = "newsprint", name = "Provenance")]
pub(crate) struct PyProvenance {
    /// The id of the first article; it may be that of the query.
    first: String,
    /// Its source, if it has one.
    first_source: Option<String>,
    /// The earliest date, that of the query included.
    since: Option<String>,
    /// The latest date, that of the query included.
    until: Option<String>,
    /// The number of articles beside that of the query.
    articles: usize,
    /// The number of their sources; 0 if none is known.
    sources: usize,
}

/// An article as an index stores it.
#[pyclass(frozen, get_all, module = "newsprint", name = "Stored")]
pub(crate) struct PyStored {
    /// Its id.
    id: String,
    /// Its date, if it has one.
    date: Option<String>,
    /// Its source, if it has one.
    source: Option<String>,
    /// Its text, if the index keeps texts.
    text: Option<String>,
    /// The name of the cluster that it was put in; ``None`` if it represents one of its own.
    cluster: Option<String>,
}

fn written(date: Option<Date>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// The matches of a text. `text_of` gives the text of a match, in which its passages stand.
pub(crate) fn matches_of(
    py: Python<'_>,
    matches: Vec<Match>,
    text: &str,
    text_of: impl Fn(&str) -> PyResult<Option<String>>,
) -> PyResult<Vec<Py<PyMatch>>> {
    let with_passages = |found: Match| {
        let passages = match &found.passages {
            Some(shared) => {
                let stored = text_of(&found.id)?.unwrap_or_default();
                let passages = passages_of(shared, [text, &stored]).into_iter();
                Some(passages.map(|it| Py::new(py, it)).collect::<PyResult<Vec<_>>>()?)
            }
            None => None,
        };
        Py::new(py, PyMatch::new(found, passages))
    };
    matches.into_iter().map(with_passages).collect()
}

impl PyAnswer {
    /// The answer to a text. `text_of` gives the text of a match, in which its passages stand.
    pub(crate) fn new(
        py: Python<'_>,
        answer: Answer,
        text: &str,
        text_of: impl Fn(&str) -> PyResult<Option<String>>,
    ) -> PyResult<Self> {
        let matches = matches_of(py, answer.matches, text, text_of)?;
        let provenance = answer.provenance.map(|it| Py::new(py, PyProvenance::new(it)));
        Ok(PyAnswer { matches, cluster: answer.cluster, provenance: provenance.transpose()? })
    }
}

impl PyMatch {
    fn new(found: Match, passages: Option<Vec<Py<PyPassage>>>) -> Self {
        PyMatch {
            score: found.score(),
            estimate: found.estimate.jaccard,
            relation: found.verified.map(|verified| verified.relation.name()),
            confidence: found.verified.map(|verified| verified.confidence),
            overlap: found.verified.map(|verified| verified.overlap.into()),
            passages,
            id: found.id,
            date: written(found.date),
            source: found.source,
        }
    }
}

impl PyProvenance {
    fn new(it: Provenance) -> Self {
        PyProvenance {
            first: it.first,
            first_source: it.first_source,
            since: written(it.since),
            until: written(it.until),
            articles: it.articles,
            sources: it.sources,
        }
    }
}

impl From<Stored> for PyStored {
    fn from(it: Stored) -> Self {
        let Stored { id, date, source, text, cluster, .. } = it;
        PyStored { id, date: written(date), source, text, cluster }
    }
}

#[pymethods]
impl PyAnswer {
    fn __repr__(&self) -> String {
        format!("<Answer of {} matches, cluster {:?}>", self.matches.len(), self.cluster)
    }
}

#[pymethods]
impl PyMatch {
    fn __repr__(&self) -> String {
        let PyMatch { id, relation, score, .. } = self;
        format!("<Match {id:?}: {}, score {score:.2}>", relation.unwrap_or("not compared"))
    }
}

#[pymethods]
impl PyProvenance {
    fn __repr__(&self) -> String {
        let PyProvenance { first, articles, sources, .. } = self;
        format!("<Provenance: first {first:?}, {articles} articles, {sources} sources>")
    }
}

#[pymethods]
impl PyStored {
    fn __repr__(&self) -> String {
        format!("<Stored {:?}>", self.id)
    }
}
