//! The passages that articles of a collection share.

use std::collections::HashMap;

use newsprint::results::Place;
use newsprint::{Detector, SharedPassages};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::articles::{Articles, Given};
use crate::columns::{PyTable, integers, texts};
use crate::compare::Characters;
use crate::config::{PyConfig, config_of};
use crate::run::Runner;

/// Finds every passage of at least 25 words (``passage_words``) that two or more articles share.
///
/// Every common run of so many words is found, typography aside, in a collection of any size; an
/// edited passage if two runs of six words are left near each other. Takes texts, columns, progress
/// and options as :func:`dedup`, except titles: a span counts characters of the text as given.
///
/// >>> from newsprint import passages
/// >>> statement = ("The old bridge was closed at dawn on Monday after the river had risen by two "
/// ...     "metres in a single night, and nobody knows when it will be opened again.")
/// >>> texts = [f"The mayor spoke late. {statement} Schools stay open.", f"{statement} Trains run."]
/// >>> found = passages(texts)
/// >>> found.passages[0].articles, found.passages[0].kind
/// (2, 'lifted')
/// >>> article, start, end = found.passages[0].places[0]
/// >>> texts[article][start:end] == statement[:-1]
/// True
#[pyfunction]
#[pyo3(signature = (
    texts, *, text=None, ids=None, dates=None, sources=None, progress=None, threads=None,
    config=None, **options
))]
#[expect(clippy::too_many_arguments, reason = "Python has keywords")]
pub(crate) fn passages<'py>(
    py: Python<'py>,
    texts: Bound<'py, PyAny>,
    text: Option<String>,
    ids: Option<Bound<'py, PyAny>>,
    dates: Option<Bound<'py, PyAny>>,
    sources: Option<Bound<'py, PyAny>>,
    progress: Option<Py<PyAny>>,
    threads: Option<usize>,
    config: Option<Bound<'py, PyConfig>>,
    options: Option<Bound<'py, PyDict>>,
) -> PyResult<PySharedPassages> {
    let detector = Detector::new(config_of(py, config, options)?.get().config);
    let articles = Articles::read(&texts, &Given { text, ids, dates, sources, titles: None })?;
    let found = Runner { threads, progress }.run(py, |watch| {
        let found = detector.try_passages(&articles, watch.listener())?;
        let mut characters = HashMap::new();
        let mut place_of = |place: &Place| {
            let of_article = || Characters::of(articles.own_text(place.article));
            let (start, end) =
                characters.entry(place.article).or_insert_with(of_article).span(&place.span);
            (place.article, start, end)
        };
        let passages = found.passages.iter().map(|passage| PySharedPassage {
            kind: passage.kind.name(),
            articles: passage.articles(),
            sources: passage.sources,
            places: passage.places.iter().map(&mut place_of).collect(),
        });
        Ok((passages.collect::<Vec<_>>(), found))
    })?;
    let (passages, found) = found;
    let passages: PyResult<Vec<_>> = passages.into_iter().map(|it| Py::new(py, it)).collect();
    Ok(PySharedPassages { passages: passages?, found, len: newsprint::Collection::len(&articles) })
}

/// The passages that articles share, those in most articles first.
#[pyclass(frozen, module = "newsprint", name = "SharedPassages")]
pub(crate) struct PySharedPassages {
    passages: Vec<Py<PySharedPassage>>,
    found: SharedPassages,
    len: usize,
}

/// A passage with all its places.
#[pyclass(frozen, get_all, module = "newsprint", name = "SharedPassage")]
pub(crate) struct PySharedPassage {
    /// What it is: ``"lifted"``, ``"quotation"``, ``"background"`` or ``"boilerplate"``.
    kind: &'static str,
    /// How many articles have it.
    articles: usize,
    /// How many sources have it, as far as they are known.
    sources: usize,
    /// Where it stands, the earliest first: the number of the article, and the characters where the
    /// passage begins and ends in its text.
    places: Vec<(usize, usize, usize)>,
}

#[pymethods]
impl PySharedPassage {
    fn __repr__(&self) -> String {
        format!("<SharedPassage in {} articles, {}>", self.articles, self.kind)
    }
}

#[pymethods]
impl PySharedPassages {
    /// The passages.
    #[getter]
    fn passages(&self, py: Python<'_>) -> Vec<Py<PySharedPassage>> {
        self.passages.iter().map(|passage| passage.clone_ref(py)).collect()
    }

    /// All places as columns, a row each: ``passage`` (its number), ``kind``, ``article``,
    /// ``start``, ``end``.
    fn places(&self, py: Python<'_>) -> PyTable {
        let passages = self.passages.iter().map(|passage| passage.bind(py).get());
        let rows: Vec<_> = passages
            .enumerate()
            .flat_map(|(i, passage)| passage.places.iter().map(move |&it| (i, passage.kind, it)))
            .collect();
        PyTable::new(vec![
            ("passage", integers(rows.iter().map(|row| row.0))),
            ("kind", texts(rows.iter().map(|row| Some(row.1)))),
            ("article", integers(rows.iter().map(|row| row.2.0))),
            ("start", integers(rows.iter().map(|row| row.2.1))),
            ("end", integers(rows.iter().map(|row| row.2.2))),
        ])
    }

    /// The share of an article's text that stands in no other article, or stood here first, 0 to 1.
    fn own_share(&self, article: usize) -> PyResult<f64> {
        match article < self.len {
            true => Ok(self.found.own_share(article)),
            false => {
                let message = format!("article {article} of {}", self.len);
                Err(PyIndexError::new_err(message))
            }
        }
    }

    fn __len__(&self) -> usize {
        self.passages.len()
    }

    fn __repr__(&self) -> String {
        format!("<SharedPassages: {} in {} articles>", self.passages.len(), self.len)
    }
}
