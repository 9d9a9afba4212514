//! The articles of an index as one commit left them, to be read.

use std::path::PathBuf;

use newsprint::{Query, Snapshot};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::answer::{PyAnswer, PyMatch, PyStored, matches_of};
use crate::article::{OneArticle, date_of};
use crate::errors::OrRaise;

/// The articles of an index as one commit left them. Any thread and any process may read one while
/// another writes; what is committed later is not in it.
///
/// >>> import os, tempfile
/// >>> from newsprint import Index, Snapshot
/// >>> path = os.path.join(tempfile.mkdtemp(), "news.index")
/// >>> with Index.create(path) as index:
/// ...     index.insert("The river rose in the night.", id="a", source="Post")
/// >>> snapshot = Snapshot.open(path)
/// >>> len(snapshot), "a" in snapshot, snapshot.get("a").source
/// (1, True, 'Post')
#[pyclass(frozen, module = "newsprint", name = "Snapshot")]
pub(crate) struct PySnapshot {
    pub(crate) snapshot: Snapshot,
}

/// What to report of a query.
pub(crate) struct Asked {
    pub(crate) article: OneArticle,
    since: Option<newsprint::Date>,
    until: Option<newsprint::Date>,
    top: Option<usize>,
    passages: bool,
}

impl Asked {
    pub(crate) fn new(
        article: OneArticle,
        since: Option<Bound<'_, PyAny>>,
        until: Option<Bound<'_, PyAny>>,
        top: Option<usize>,
        passages: bool,
    ) -> PyResult<Self> {
        let since = since.map(|date| date_of(&date)).transpose()?;
        let until = until.map(|date| date_of(&date)).transpose()?;
        Ok(Asked { article, since, until, top, passages })
    }

    fn query(&self) -> Query<'_> {
        let mut query = Query::from(self.article.article()).passages(self.passages);
        if let Some(since) = self.since {
            query = query.since(since);
        }
        if let Some(until) = self.until {
            query = query.until(until);
        }
        match self.top {
            Some(top) => query.top(top),
            None => query,
        }
    }
}

impl PySnapshot {
    pub(crate) fn answer(&self, py: Python<'_>, asked: &Asked) -> PyResult<PyAnswer> {
        let answer = py.detach(|| self.snapshot.query(asked.query())).or_raise()?;
        PyAnswer::new(py, answer, asked.article.article().text, |id| self.text_of(id))
    }

    pub(crate) fn sharing_passages(
        &self,
        py: Python<'_>,
        asked: &Asked,
    ) -> PyResult<Vec<Py<PyMatch>>> {
        let found = py.detach(|| self.snapshot.passages(asked.query())).or_raise()?;
        matches_of(py, found, asked.article.article().text, |id| self.text_of(id))
    }

    fn text_of(&self, id: &str) -> PyResult<Option<String>> {
        Ok(self.snapshot.get(id).or_raise()?.and_then(|it| it.text))
    }

    pub(crate) fn stats_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = self.snapshot.stats();
        let dict = PyDict::new(py);
        dict.set_item("articles", stats.articles)?;
        dict.set_item("removed", stats.removed)?;
        dict.set_item("recent", stats.recent)?;
        dict.set_item("segments", stats.segments)?;
        dict.set_item("bytes", stats.bytes)?;
        dict.set_item("commits", stats.commits)?;
        Ok(dict)
    }
}

#[pymethods]
impl PySnapshot {
    /// Opens the index in a directory to read, as the last commit left it.
    ///
    /// :raises NotFoundError: if there is no index.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Ok(PySnapshot { snapshot: py.detach(|| Snapshot::open(path)).or_raise()? })
    }

    /// The articles that match: see :meth:`Index.query`.
    #[pyo3(signature = (
        text, *, id=None, date=None, source=None, title=None, since=None, until=None, top=None,
        passages=false
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python has keywords")]
    pub(crate) fn query<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyString>,
        id: Option<Bound<'py, PyString>>,
        date: Option<Bound<'py, PyAny>>,
        source: Option<Bound<'py, PyString>>,
        title: Option<Bound<'py, PyString>>,
        since: Option<Bound<'py, PyAny>>,
        until: Option<Bound<'py, PyAny>>,
        top: Option<usize>,
        passages: bool,
    ) -> PyResult<PyAnswer> {
        let article = OneArticle::new(text, id, date, source, title)?;
        self.answer(py, &Asked::new(article, since, until, top, passages)?)
    }

    /// The articles that share a passage with a text: see :meth:`Index.passages`.
    #[pyo3(signature = (
        text, *, id=None, date=None, source=None, title=None, since=None, until=None, top=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python has keywords")]
    pub(crate) fn passages<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyString>,
        id: Option<Bound<'py, PyString>>,
        date: Option<Bound<'py, PyAny>>,
        source: Option<Bound<'py, PyString>>,
        title: Option<Bound<'py, PyString>>,
        since: Option<Bound<'py, PyAny>>,
        until: Option<Bound<'py, PyAny>>,
        top: Option<usize>,
    ) -> PyResult<Vec<Py<PyMatch>>> {
        let article = OneArticle::new(text, id, date, source, title)?;
        self.sharing_passages(py, &Asked::new(article, since, until, top, true)?)
    }

    /// The article of an id, or ``None``.
    pub(crate) fn get(&self, py: Python<'_>, id: &str) -> PyResult<Option<PyStored>> {
        Ok(py.detach(|| self.snapshot.get(id)).or_raise()?.map(PyStored::from))
    }

    /// All articles, about in the order of their arrival.
    pub(crate) fn articles(&self, py: Python<'_>) -> PyResult<Vec<PyStored>> {
        let read = || self.snapshot.articles().map(|it| it.map(PyStored::from)).collect();
        py.detach(|| -> Result<Vec<_>, newsprint::Error> { read() }).or_raise()
    }

    /// Its size: ``articles``, ``removed``, ``recent``, ``segments``, ``bytes``, ``commits``.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.stats_dict(py)
    }

    fn __len__(&self) -> usize {
        self.snapshot.len() as usize
    }

    fn __contains__(&self, id: &str) -> PyResult<bool> {
        self.snapshot.contains(id).or_raise()
    }

    fn __repr__(&self) -> String {
        format!("<Snapshot of {} articles>", self.snapshot.len())
    }
}
