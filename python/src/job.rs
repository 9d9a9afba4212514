//! A distributed job: the steps of the detector for an engine that moves blocks of bytes.

use newsprint::distributed::{self, Block, ClusterRow, Job, Kind, PairRow, StoryRow};
use newsprint::{Article, Collection, Date};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyDict};

use crate::arrow::export::ExportedColumn;
use crate::arrow::import::{Column, Imported};
use crate::articles::{Articles, Given};
use crate::columns::{PyTable, figures, flags, integers, some, texts};
use crate::config::PyConfig;
use crate::dedup::first_side;
use crate::errors::{OrRaise, invalid};
use crate::run::Runner;

/// The kinds of the blocks of results.
const RESULTS: [(&str, Kind); 3] =
    [("pairs", Kind::Pair), ("clusters", Kind::Clustered), ("stories", Kind::Story)];

/// Blocks as lists: their kinds, their parts, and their records as bytes.
type PyBlocks<'py> = (Vec<u16>, Vec<u32>, Vec<Bound<'py, PyBytes>>);

/// The steps of a distributed search, for ``newsprint.spark``. Its methods are those of the crate's
/// ``distributed::Job``; kinds are numbers.
#[pyclass(module = "newsprint._newsprint", name = "Job")]
pub(crate) struct PyJob {
    job: Job,
    parts: u32,
    config: Py<PyConfig>,
}

#[pymethods]
impl PyJob {
    #[new]
    #[pyo3(signature = (parts, config, state=None))]
    fn new(parts: u32, config: Py<PyConfig>, state: Option<&[u8]>) -> PyResult<Self> {
        let job = Job::new(config.get().config, parts).or_raise()?;
        let job = match state {
            Some(state) => job.with_state(state).or_raise()?,
            None => job,
        };
        Ok(PyJob { job, parts, config })
    }

    fn __getnewargs__<'py>(&self, py: Python<'py>) -> (u32, Py<PyConfig>, Bound<'py, PyBytes>) {
        (self.parts, self.config.clone_ref(py), PyBytes::new(py, &self.job.state()))
    }

    /// Signs a batch with the columns ``number``, ``id``, ``text``, ``date`` and ``source``.
    fn sign<'py>(&self, py: Python<'py>, batch: &Bound<'py, PyAny>) -> PyResult<PyBlocks<'py>> {
        let articles = Articles::read(batch, &Given::default())?;
        let numbers = numbers(batch)?;
        let mut buffers = vec![String::new(); articles.len()];
        let mut numbered: Vec<(u64, Article<'_>)> = Vec::with_capacity(articles.len());
        for (i, (buffer, number)) in buffers.iter_mut().zip(numbers).enumerate() {
            let text = articles.text(i, buffer).map_err(|error| invalid(error.to_string()))?;
            numbered.push((number, articles.article(i).with_text(text)));
        }
        self.run(py, |job| job.sign(&numbered))
    }

    /// The next step: its name, the kinds that it reads, those of them that are mapped, and whether
    /// it gathers.
    fn next(&mut self) -> Option<(&'static str, Vec<u16>, Vec<u16>, bool)> {
        let step = self.job.next()?;
        let numbers = |kinds: Vec<Kind>| kinds.into_iter().map(|kind| kind as u16).collect();
        Some((step.name, numbers(step.inputs), numbers(step.mapped), step.gathers))
    }

    /// Says which kinds of blocks a step wrote.
    fn done(&mut self, kinds: Vec<u16>) -> PyResult<()> {
        self.job.done(kinds.into_iter().map(kind).collect::<PyResult<Vec<_>>>()?);
        Ok(())
    }

    /// Maps blocks.
    fn map<'py>(
        &self,
        py: Python<'py>,
        kinds: Vec<u16>,
        data: Vec<PyBackedBytes>,
    ) -> PyResult<PyBlocks<'py>> {
        let given = given(kinds, &data)?;
        self.run(py, |job| job.map(&given))
    }

    /// Reduces all blocks of some parts.
    fn reduce<'py>(
        &self,
        py: Python<'py>,
        kinds: Vec<u16>,
        data: Vec<PyBackedBytes>,
    ) -> PyResult<PyBlocks<'py>> {
        let given = given(kinds, &data)?;
        self.run(py, |job| job.reduce(&given))
    }

    /// Takes some blocks of a step that gathers all.
    fn gather(
        &mut self,
        py: Python<'_>,
        kinds: Vec<u16>,
        data: Vec<PyBackedBytes>,
    ) -> PyResult<()> {
        let given = given(kinds, &data)?;
        let job = &mut self.job;
        py.detach(|| job.gather(&given)).or_raise()
    }

    /// Does a step for which all blocks are gathered.
    fn gathered<'py>(&mut self, py: Python<'py>) -> PyResult<PyBlocks<'py>> {
        let job = &mut self.job;
        let made = py.detach(|| job.gathered()).or_raise()?;
        Ok(blocks(py, made))
    }

    /// How many articles there are, how many have no words, and how many texts are different.
    fn counts(&self) -> (u64, u64, u64) {
        self.job.counts().into()
    }

    /// The numbers of the kinds of results, by their names.
    #[staticmethod]
    fn results() -> Vec<(&'static str, u16)> {
        RESULTS.into_iter().map(|(name, kind)| (name, kind as u16)).collect()
    }

    /// The pairs of blocks of results.
    #[staticmethod]
    fn pairs(data: Vec<PyBackedBytes>) -> PyResult<PyTable> {
        Ok(pairs(&rows(&data, distributed::pairs)?))
    }

    /// The articles of clusters of blocks of results.
    #[staticmethod]
    fn clusters(data: Vec<PyBackedBytes>) -> PyResult<PyTable> {
        Ok(clusters(&rows(&data, distributed::clusters)?))
    }

    /// The stories of blocks of results, as dictionaries.
    #[staticmethod]
    fn stories<'py>(
        py: Python<'py>,
        data: Vec<PyBackedBytes>,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let stories = rows(&data, distributed::stories)?;
        stories.into_iter().map(|story| story_dict(py, story)).collect()
    }
}

impl PyJob {
    /// Runs work of a task, which has one core.
    fn run<'py>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&Job) -> Result<Vec<Block>, newsprint::Error> + Send,
    ) -> PyResult<PyBlocks<'py>> {
        let runner = Runner { threads: Some(1), progress: None };
        let job = &self.job;
        let made = runner.run(py, |_| Ok(work(job)?))?;
        Ok(blocks(py, made))
    }
}

fn kind(number: u16) -> PyResult<Kind> {
    let known = Kind::ALL.get(usize::from(number)).copied();
    known.ok_or_else(|| invalid(format!("{number} is no kind of block")))
}

fn given(kinds: Vec<u16>, data: &[PyBackedBytes]) -> PyResult<Vec<(Kind, &[u8])>> {
    if kinds.len() != data.len() {
        return Err(invalid(format!("there are {} kinds and {} blocks", kinds.len(), data.len())));
    }
    kinds.into_iter().zip(data).map(|(number, data)| Ok((kind(number)?, &**data))).collect()
}

fn blocks(py: Python<'_>, blocks: Vec<Block>) -> PyBlocks<'_> {
    let kinds = blocks.iter().map(|block| block.kind as u16).collect();
    let parts = blocks.iter().map(|block| block.part).collect();
    (kinds, parts, blocks.iter().map(|block| PyBytes::new(py, &block.data)).collect())
}

/// The column ``number`` of a batch.
fn numbers(batch: &Bound<'_, PyAny>) -> PyResult<Vec<u64>> {
    let missing = || invalid("the batch has no column \"number\" of integers");
    let imported = Imported::read(batch)?.ok_or_else(missing)?;
    let place = imported.names().and_then(|names| names.iter().position(|it| it == "number"));
    let column = imported.column(Some(place.ok_or_else(missing)?)).map_err(invalid)?;
    let Column::Integers(numbers) = column else { return Err(missing()) };
    let numbers: Option<Vec<u64>> = numbers.into_iter().map(|it| u64::try_from(it?).ok()).collect();
    numbers.ok_or_else(missing)
}

/// The rows of all blocks.
fn rows<T>(
    data: &[PyBackedBytes],
    read: impl Fn(&[u8]) -> Result<Vec<T>, newsprint::Error>,
) -> PyResult<Vec<T>> {
    let mut rows = Vec::new();
    for block in data {
        rows.append(&mut read(block).or_raise()?);
    }
    Ok(rows)
}

fn dates(values: impl IntoIterator<Item = Option<i64>>) -> ExportedColumn {
    let values = values.into_iter().map(|date| date.map(|date| date as usize)).collect();
    some(values, integers)
}

fn pairs(rows: &[PairRow]) -> PyTable {
    let first = rows.iter().map(|row| {
        first_side([row.left_date, row.right_date].map(|date| date.map(Date::from_unix_seconds)))
    });
    let containment =
        |row: &PairRow| row.overlap.left_containment().max(row.overlap.right_containment());
    PyTable::new(vec![
        ("left", texts(rows.iter().map(|row| Some(&*row.left)))),
        ("right", texts(rows.iter().map(|row| Some(&*row.right)))),
        ("relation", texts(rows.iter().map(|row| Some(row.relation.name())))),
        ("jaccard", figures(rows.iter().map(|row| row.overlap.jaccard()))),
        ("containment", figures(rows.iter().map(containment))),
        ("score", figures(rows.iter().map(|row| row.score))),
        ("confidence", figures(rows.iter().map(|row| row.confidence))),
        ("left_containment", figures(rows.iter().map(|row| row.overlap.left_containment()))),
        ("right_containment", figures(rows.iter().map(|row| row.overlap.right_containment()))),
        ("first", texts(first)),
        ("left_source", texts(rows.iter().map(|row| row.left_source.as_deref()))),
        ("right_source", texts(rows.iter().map(|row| row.right_source.as_deref()))),
        ("left_date", dates(rows.iter().map(|row| row.left_date))),
        ("right_date", dates(rows.iter().map(|row| row.right_date))),
    ])
}

fn clusters(rows: &[ClusterRow]) -> PyTable {
    let is_representative: Vec<bool> = rows.iter().map(|row| row.id == row.cluster).collect();
    PyTable::new(vec![
        ("id", texts(rows.iter().map(|row| Some(&*row.id)))),
        ("cluster", texts(rows.iter().map(|row| Some(&*row.cluster)))),
        ("is_representative", flags(&is_representative)),
        ("story", texts(rows.iter().map(|row| row.story.as_deref()))),
        ("source", texts(rows.iter().map(|row| row.source.as_deref()))),
        ("date", dates(rows.iter().map(|row| row.date))),
    ])
}

fn story_dict(py: Python<'_>, story: StoryRow) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("story", story.story)?;
    dict.set_item("terms", story.terms)?;
    dict.set_item("articles", story.articles)?;
    dict.set_item("texts", story.texts)?;
    dict.set_item("by_source", story.by_source)?;
    dict.set_item("least_sure", story.least_sure)?;
    dict.set_item("least_event", story.least_event)?;
    Ok(dict)
}
