//! The index on disk.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use newsprint::{Article, Collection, Error, Index, IndexOptions};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::answer::{PyAnswer, PyMatch, PyStored};
use crate::article::{OneArticle, date_of};
use crate::articles::{Articles, Given};
use crate::config::{PyConfig, config_of};
use crate::errors::{Ended, OrRaise, invalid};
use crate::run::Runner;
use crate::snapshot::{Asked, PySnapshot};

/// Articles that are committed together by :meth:`Index.add`.
const COMMIT_ARTICLES: usize = 1000;
/// The stage of articles that are added.
const SIGN: &str = "sign";

/// Articles that keep arriving, on disk, searched for copies.
///
/// An index is a directory. One process writes, any number read (:class:`Snapshot`). What
/// :meth:`commit` acknowledged survives a crash, a power cut or a full disk. In a ``with`` statement
/// it is closed at the end, with a commit; if an exception leaves the statement, what was not
/// committed is lost. Threads may share it.
///
/// >>> import os, tempfile
/// >>> from newsprint import Index
/// >>> path = os.path.join(tempfile.mkdtemp(), "news.index")
/// >>> river = "The river rose by two metres in a night, and the old bridge was closed at dawn."
/// >>> with Index.create(path) as index:
/// ...     _ = index.ingest(river, id="a", date="2018-07-16", source="Post")
/// ...     answer = index.ingest("FLOOD. " + river, id="b", date="2018-07-17")
/// >>> answer.matches[0].id, answer.matches[0].relation, answer.cluster
/// ('a', 'copy', 'a')
/// >>> answer.provenance.first, answer.provenance.first_source
/// ('a', 'Post')
/// >>> with Index.open(path) as index:
/// ...     len(index), "b" in index
/// (2, True)
#[pyclass(frozen, module = "newsprint", name = "Index")]
pub(crate) struct PyIndex {
    /// `None` when it is closed.
    index: Mutex<Option<Index>>,
}

impl PyIndex {
    fn new(index: Index) -> Self {
        PyIndex { index: Mutex::new(Some(index)) }
    }

    /// Uses the index while no other thread does. To be called without the interpreter lock, for
    /// whoever holds the index may be waiting for that.
    fn with<T>(&self, use_it: impl FnOnce(&mut Index) -> T) -> Option<T> {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        index.as_mut().map(use_it)
    }

    fn call<T: Send>(
        &self,
        py: Python<'_>,
        use_it: impl FnOnce(&mut Index) -> Result<T, Error> + Send,
    ) -> PyResult<T> {
        py.detach(|| self.with(use_it)).ok_or_else(closed)?.or_raise()
    }

    fn latest(&self, py: Python<'_>) -> PyResult<PySnapshot> {
        Ok(PySnapshot { snapshot: self.call(py, |index| Ok(index.latest()))? })
    }
}

fn closed() -> PyErr {
    invalid("the index is closed")
}

#[pymethods]
impl PyIndex {
    /// Makes an index in a directory, which is created if it is missing.
    ///
    /// :param keep_texts: whether to keep the texts too, compressed; without them matches are known
    ///     by their signatures alone.
    /// :param passages: whether :meth:`passages` works; it is refused without ``keep_texts``, and
    ///     takes some 300 bytes more for an article of 970 words.
    /// :param config: a :class:`Config`, or its options as keywords.
    /// :raises AlreadyExistsError: if there is an index already.
    #[staticmethod]
    #[pyo3(signature = (path, *, keep_texts=true, passages=false, config=None, **options))]
    fn create<'py>(
        py: Python<'py>,
        path: PathBuf,
        keep_texts: bool,
        passages: bool,
        config: Option<Bound<'py, PyConfig>>,
        options: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let config = config_of(py, config, options)?.get().config;
        let options = IndexOptions::new(&config).keep_texts(keep_texts).passages(passages);
        py.detach(|| options.create(path)).map(PyIndex::new).or_raise()
    }

    /// Opens the index in a directory to write. With a config or options, only if it was made with
    /// such.
    ///
    /// :raises NotFoundError: if there is no index.
    /// :raises LockedError: if another process writes.
    /// :raises OtherSettingsError: if it was made with other settings.
    #[staticmethod]
    #[pyo3(signature = (path, *, config=None, **options))]
    fn open<'py>(
        py: Python<'py>,
        path: PathBuf,
        config: Option<Bound<'py, PyConfig>>,
        options: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let has_options = options.as_ref().is_some_and(|options| !options.is_empty());
        let has_config = config.is_some() || has_options;
        let config = config_of(py, config, options)?.get().config;
        let open = || match has_config {
            true => Index::open_with(path, &config),
            false => Index::open(path),
        };
        py.detach(open).map(PyIndex::new).or_raise()
    }

    /// Opens the index in a directory, or makes one. Raises as :meth:`create` and :meth:`open`.
    #[staticmethod]
    #[pyo3(signature = (path, *, keep_texts=true, passages=false, config=None, **options))]
    fn open_or_create<'py>(
        py: Python<'py>,
        path: PathBuf,
        keep_texts: bool,
        passages: bool,
        config: Option<Bound<'py, PyConfig>>,
        options: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let config = config_of(py, config, options)?.get().config;
        let options = IndexOptions::new(&config).keep_texts(keep_texts).passages(passages);
        py.detach(|| options.open_or_create(path)).map(PyIndex::new).or_raise()
    }

    /// Adds an article; :meth:`upsert` replaces the one of its id.
    ///
    /// :param title: is compared as the first line of the text.
    /// :raises AlreadyExistsError: if there is one of this id.
    #[pyo3(signature = (text, *, id, date=None, source=None, title=None))]
    fn insert<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyString>,
        id: Bound<'py, PyString>,
        date: Option<Bound<'py, PyAny>>,
        source: Option<Bound<'py, PyString>>,
        title: Option<Bound<'py, PyString>>,
    ) -> PyResult<()> {
        let article = OneArticle::new(text, Some(id), date, source, title)?;
        self.call(py, |index| index.insert(&article.article()))
    }

    /// Adds an article in the place of the one of its id; returns whether there was one.
    #[pyo3(signature = (text, *, id, date=None, source=None, title=None))]
    fn upsert<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyString>,
        id: Bound<'py, PyString>,
        date: Option<Bound<'py, PyAny>>,
        source: Option<Bound<'py, PyString>>,
        title: Option<Bound<'py, PyString>>,
    ) -> PyResult<bool> {
        let article = OneArticle::new(text, Some(id), date, source, title)?;
        self.call(py, |index| index.upsert(&article.article()))
    }

    /// What to do with an article that arrives: finds what it matches, puts it in the cluster of
    /// what it shares text with, and adds it in the place of the one of its id.
    #[pyo3(signature = (text, *, id, date=None, source=None, title=None))]
    fn ingest<'py>(
        &self,
        py: Python<'py>,
        text: Bound<'py, PyString>,
        id: Bound<'py, PyString>,
        date: Option<Bound<'py, PyAny>>,
        source: Option<Bound<'py, PyString>>,
        title: Option<Bound<'py, PyString>>,
    ) -> PyResult<PyAnswer> {
        let article = OneArticle::new(text, Some(id), date, source, title)?;
        let answer = self.call(py, |index| index.ingest(&article.article()))?;
        // Passages are not asked for, so no text of a match is needed.
        PyAnswer::new(py, answer, "", |_| Ok(None))
    }

    /// Adds many articles, each in the place of the one of its id, and commits now and then and at
    /// the end. Takes texts and columns as :func:`dedup`; ids are needed. Returns how many were new,
    /// and how many replaced another. If it is ended, what was committed stays.
    #[pyo3(signature = (
        texts, *, text=None, ids=None, dates=None, sources=None, titles=None, progress=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python has keywords")]
    fn add<'py>(
        &self,
        py: Python<'py>,
        texts: Bound<'py, PyAny>,
        text: Option<String>,
        ids: Option<Bound<'py, PyAny>>,
        dates: Option<Bound<'py, PyAny>>,
        sources: Option<Bound<'py, PyAny>>,
        titles: Option<Bound<'py, PyAny>>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(usize, usize)> {
        let given = Given { text, ids, dates, sources, titles: Some(titles) };
        let articles = Articles::read(&texts, &given)?;
        let added = Runner { threads: Some(1), progress }.run(py, |watch| {
            let add = |index: &mut Index| {
                let (mut replaced, mut buffer) = (0, String::new());
                for i in 0..articles.len() {
                    replaced += usize::from(index.upsert(&whole(&articles, i, &mut buffer))?);
                    if (i + 1) % COMMIT_ARTICLES == 0 {
                        index.commit()?;
                    }
                    if watch.step(SIGN, i + 1, articles.len()).is_break() {
                        index.commit()?;
                        return Err(Ended::Cancelled);
                    }
                }
                index.commit()?;
                Ok((articles.len() - replaced, replaced))
            };
            self.with(add).transpose()
        })?;
        added.ok_or_else(closed)
    }

    /// The articles that match a text, committed or not, without adding it.
    ///
    /// :param id: the article of this id is no match of itself. The other three are as in
    ///     :meth:`insert`.
    /// :param since: reports only articles of this date or later.
    /// :param until: reports only articles of this date or earlier.
    /// :param top: reports only so many, the best; a few are found faster.
    /// :param passages: whether to report what each match shares with the text.
    #[pyo3(signature = (
        text, *, id=None, date=None, source=None, title=None, since=None, until=None, top=None,
        passages=false
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python has keywords")]
    fn query<'py>(
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
        let asked = Asked::new(article, since, until, top, passages)?;
        self.latest(py)?.answer(py, &asked)
    }

    /// The articles that share a passage with a text, whatever the rest of them is, without adding
    /// it; those that share most words first, at most ``top`` or 1,024. Their ``relation`` is
    /// ``None``. At most 4,096 texts are read, those with the rarest of the fingerprints first. The
    /// other parameters are as in :meth:`query`.
    ///
    /// >>> import os, tempfile
    /// >>> from newsprint import Index
    /// >>> river = ("The river rose by two metres in a single night, and the old bridge was closed at"
    /// ...     " dawn on Monday after a boat had hit one of its pillars, the mayor said.")
    /// >>> path = os.path.join(tempfile.mkdtemp(), "news.index")
    /// >>> with Index.create(path, passages=True) as index:
    /// ...     index.insert(river + " Schools stay open this week." * 100, id="a")
    /// ...     [match] = index.passages("A boat sank in the harbour. " * 100 + river)
    /// >>> match.id, match.relation, match.passages[0].words
    /// ('a', None, 32)
    ///
    /// :raises OtherSettingsError: if the index was made without ``passages``.
    #[pyo3(signature = (
        text, *, id=None, date=None, source=None, title=None, since=None, until=None, top=None
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python has keywords")]
    fn passages<'py>(
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
        self.latest(py)?.passages(py, text, id, date, source, title, since, until, top)
    }

    /// Deletes the article of an id; ``False`` if there is none.
    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<bool> {
        self.call(py, |index| index.remove(id))
    }

    /// Deletes the articles of an earlier date, and returns how many.
    fn expire(&self, py: Python<'_>, before: Bound<'_, PyAny>) -> PyResult<u64> {
        let before = date_of(&before)?;
        self.call(py, |index| index.expire(before))
    }

    /// Makes everything since the last commit durable, and visible to others.
    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        self.call(py, Index::commit)
    }

    /// Merges all segments, and commits: for an index that will be queried more than added to.
    #[pyo3(signature = (*, progress=None))]
    fn merge(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<()> {
        let merged = Runner { threads: None, progress }.run(py, |watch| {
            Ok(self.with(|index| index.merge_with(watch.listener())).transpose()?)
        })?;
        merged.ok_or_else(closed)
    }

    /// Commits and closes the index. Closing it again does nothing.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let close = || {
            let index = self.index.lock().unwrap_or_else(PoisonError::into_inner).take();
            index.map_or(Ok(()), Index::close)
        };
        py.detach(close).or_raise()
    }

    /// The articles as the last commit left them.
    fn snapshot(&self, py: Python<'_>) -> PyResult<PySnapshot> {
        Ok(PySnapshot { snapshot: self.call(py, |index| Ok(index.snapshot()))? })
    }

    /// The article of an id, or ``None``.
    fn get(&self, py: Python<'_>, id: &str) -> PyResult<Option<PyStored>> {
        self.latest(py)?.get(py, id)
    }

    /// Its size: ``articles``, ``removed``, ``recent``, ``segments``, ``bytes``, ``commits``.
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.latest(py)?.stats_dict(py)
    }

    /// Reads all of the index in a directory against its checksums, and returns the damage: a
    /// message for each, which names the file and the byte.
    #[staticmethod]
    #[pyo3(signature = (path, *, progress=None))]
    fn verify(py: Python<'_>, path: PathBuf, progress: Option<Py<PyAny>>) -> PyResult<Vec<String>> {
        let damage = Runner { threads: None, progress }
            .run(py, |watch| Ok(Index::verify_with(path, watch.listener())?))?;
        Ok(damage.iter().map(Error::to_string).collect())
    }

    /// Makes the index in a directory whole again, with everything that is whole of it. Returns
    /// ``damage`` (messages), ``articles``, ``lost`` (how many), ``lost_ids`` (of
    /// those that can be told, to be added again) and ``removals_lost``.
    #[staticmethod]
    #[pyo3(signature = (path, *, progress=None))]
    fn repair<'py>(
        py: Python<'py>,
        path: PathBuf,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let repaired = Runner { threads: None, progress }
            .run(py, |watch| Ok(Index::repair_with(path, watch.listener())?))?;
        let dict = PyDict::new(py);
        let damage: Vec<String> = repaired.damage.iter().map(Error::to_string).collect();
        dict.set_item("damage", damage)?;
        dict.set_item("articles", repaired.articles)?;
        dict.set_item("lost", repaired.lost)?;
        dict.set_item("lost_ids", repaired.lost_ids)?;
        dict.set_item("removals_lost", repaired.removals_lost)?;
        Ok(dict)
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (kind, error, traceback))]
    fn __exit__(
        &self,
        py: Python<'_>,
        kind: Option<Bound<'_, PyAny>>,
        error: Option<Bound<'_, PyAny>>,
        traceback: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        drop((error, traceback));
        if kind.is_none() {
            return self.close(py);
        }
        py.detach(|| drop(self.index.lock().unwrap_or_else(PoisonError::into_inner).take()));
        Ok(())
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.call(py, |index| Ok(index.len() as usize))
    }

    fn __contains__(&self, py: Python<'_>, id: &str) -> PyResult<bool> {
        self.call(py, |index| index.contains(id))
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        match self.__len__(py) {
            Ok(articles) => format!("<Index of {articles} articles>"),
            Err(_) => "<Index, closed>".to_owned(),
        }
    }
}

/// An article of a collection with its text.
fn whole<'t>(articles: &'t Articles, i: usize, buffer: &'t mut String) -> Article<'t> {
    articles.article(i).with_text(articles.whole_text(i, buffer))
}
