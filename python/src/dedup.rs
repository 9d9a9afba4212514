//! The copies in a collection: its pairs, clusters and stories, as columns.

use std::sync::Arc;

use newsprint::results::Stats;
use newsprint::{Clusters, Collection, Comparison, Date, Detector, Pair};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::articles::{Articles, Given};
use crate::columns::{PyColumn, PyTable, figures, flags, integers, some, texts};
use crate::config::{PyConfig, config_of};
use crate::errors::Ended;
use crate::run::{Runner, Watch};

/// The most pairs that are all listed without `every_pair`, as in the program.
const MAX_PAIRS: u64 = 10_000_000;
/// Pairs that are compared between two looks at whether to go on.
const CHUNK_PAIRS: usize = 1 << 12;
/// The stage in which pairs are compared.
const VERIFY: &str = "verify";

/// Finds the copies in a collection of articles: pairs, clusters, and what to keep.
///
/// ``texts`` is an iterable of ``str``, a column (of pyarrow, polars, pandas, ...), or a table or a
/// dictionary with a column ``text`` and perhaps ``id``, ``date``, ``source`` and ``title``. Columns
/// are read where they lie. Of a missing text nothing is compared. It runs on all cores without the
/// interpreter lock, and Ctrl-C ends it.
///
/// :param texts: the articles.
/// :param text: the name of the column of texts, if it is another.
/// :param ids: ids of the articles: a column, a list, or the name of a column of the table. So are
///     the next three. Ids break ties, and stand in the results.
/// :param dates: dates in any format that feeds use, ``datetime`` objects or a column of dates. The
///     earliest article of a cluster represents it. One that cannot be read is left out with a
///     warning.
/// :param sources: who published each article.
/// :param titles: the headline of each, which is compared as its first line.
/// :param every_pair: whether to list all pairs even if there are more than ten million; otherwise
///     identical articles are then paired with one of them only.
/// :param with_relation: with ``threshold``, whether to compare the pairs found, so that their
///     ``relation`` and ``confidence`` are known; takes some 100 µs of a core for each.
/// :param progress: called with a stage (``"sign"``, ``"join"``, ``"verify"``), the steps done and
///     their number, some times a second. If it returns ``False`` or raises, the work ends.
/// :param threads: how many threads to use; by default all cores.
/// :param config: a :class:`Config`, or its options as keywords: ``preset="story"``,
///     ``threshold=0.7``.
/// :raises InvalidInputError: if an option is out of its range, or columns differ in length.
/// :raises CancelledError: if ``progress`` returned ``False``.
///
/// >>> from newsprint import dedup
/// >>> found = dedup([
/// ...     "The river rose by two metres in a night, and the old bridge was closed at dawn.",
/// ...     "FLOOD. The river rose by two metres in a night and the old bridge was closed at dawn.",
/// ...     "A new library opens on Saturday with readings, music and a bookbinder at work.",
/// ... ], ids=["a", "b", "c"])
/// >>> found.pairs.to_pydict()["right_id"], found.kept.to_list()
/// (['b'], [False, True, True])
/// >>> found.clusters["article"].to_list(), found.clusters["cluster"].to_list()
/// ([1, 0], [1, 1])
#[pyfunction]
#[pyo3(signature = (
    texts, *, text=None, ids=None, dates=None, sources=None, titles=None, every_pair=false,
    with_relation=true, progress=None, threads=None, config=None, **options
))]
#[expect(clippy::too_many_arguments, reason = "Python has keywords")]
pub(crate) fn dedup<'py>(
    py: Python<'py>,
    texts: Bound<'py, PyAny>,
    text: Option<String>,
    ids: Option<Bound<'py, PyAny>>,
    dates: Option<Bound<'py, PyAny>>,
    sources: Option<Bound<'py, PyAny>>,
    titles: Option<Bound<'py, PyAny>>,
    every_pair: bool,
    with_relation: bool,
    progress: Option<Py<PyAny>>,
    threads: Option<usize>,
    config: Option<Bound<'py, PyConfig>>,
    options: Option<Bound<'py, PyDict>>,
) -> PyResult<PyDedup> {
    let detector = Detector::new(config_of(py, config, options)?.get().config);
    let given = Given { text, ids, dates, sources, titles: Some(titles) };
    let articles = Articles::read(&texts, &given)?;
    let found = Runner { threads, progress }.run(py, |watch| {
        let found = detector.try_cluster(&articles, watch.listener())?;
        let pairs = match every_pair || found.pairs.len() <= MAX_PAIRS {
            true => found.pairs.iter().collect(),
            false => found.pairs.by_text().collect(),
        };
        let pairs = Pairs::of(pairs, &detector, &articles, with_relation, watch)?;
        let (clusters, kept) = (clusters_table(&found, &articles), kept(&found, articles.len()));
        Ok((pairs.table(&articles), clusters, kept, found))
    })?;
    let (pairs, clusters, kept, found) = found;
    Ok(PyDedup {
        pairs: Py::new(py, pairs)?,
        clusters: Py::new(py, clusters)?,
        kept: Py::new(py, kept)?,
        stories: stories(py, &found)?.unbind(),
        stats: stats(py, &found.stats)?.unbind(),
    })
}

/// Pairs with their verdicts.
struct Pairs {
    pairs: Vec<Pair>,
    relations: Vec<Option<&'static str>>,
    confidences: Vec<Option<f64>>,
}

impl Pairs {
    /// The verdicts that pairs have, or those of comparisons.
    fn of(
        pairs: Vec<Pair>,
        detector: &Detector,
        articles: &Articles,
        with_relation: bool,
        watch: &Watch,
    ) -> Result<Self, Ended> {
        let mut verdicts: Vec<_> =
            pairs.iter().map(|pair| pair.relation.zip(pair.confidence)).collect();
        // The verdicts of identical articles are known.
        let unknown: Vec<usize> = match with_relation {
            true => (0..pairs.len()).filter(|&i| verdicts[i].is_none()).collect(),
            false => Vec::new(),
        };
        let verdict = |_: &Pair, found: Comparison| Some((found.relation, found.confidence));
        for (chunk, done) in unknown.chunks(CHUNK_PAIRS).zip((CHUNK_PAIRS..).step_by(CHUNK_PAIRS)) {
            let of_chunk = chunk.iter().map(|&i| pairs[i]);
            let compared = detector.try_compare_pairs(articles, of_chunk, verdict)?;
            chunk.iter().zip(compared).for_each(|(&i, verdict)| verdicts[i] = verdict);
            if watch.step(VERIFY, done.min(unknown.len()), unknown.len()).is_break() {
                return Err(Ended::Cancelled);
            }
        }
        let relations = verdicts.iter().map(|verdict| verdict.map(|it| it.0.name())).collect();
        let confidences = verdicts.iter().map(|verdict| verdict.map(|it| it.1)).collect();
        Ok(Pairs { pairs, relations, confidences })
    }

    fn table(self, articles: &Articles) -> PyTable {
        let Pairs { pairs, relations, confidences } = self;
        let column = |figure: fn(&Pair) -> f64| figures(pairs.iter().map(figure));
        let mut columns = vec![
            ("left", integers(pairs.iter().map(|pair| pair.left))),
            ("right", integers(pairs.iter().map(|pair| pair.right))),
            ("relation", texts(relations)),
            ("jaccard", column(Pair::jaccard)),
            (
                "containment",
                column(|pair| {
                    pair.overlap.left_containment().max(pair.overlap.right_containment())
                }),
            ),
            ("score", column(|pair| pair.score)),
            ("confidence", some(confidences, figures)),
            ("left_containment", column(|pair| pair.overlap.left_containment())),
            ("right_containment", column(|pair| pair.overlap.right_containment())),
        ];
        if articles.dates.is_some() {
            let first =
                |pair: &Pair| first_side([pair.left, pair.right].map(|i| articles.article(i).date));
            columns.push(("first", texts(pairs.iter().map(first))));
        }
        if let Some(ids) = &articles.ids {
            columns.push(("left_id", texts(pairs.iter().map(|pair| ids.get(pair.left)))));
            columns.push(("right_id", texts(pairs.iter().map(|pair| ids.get(pair.right)))));
        }
        if let Some(sources) = &articles.sources {
            columns.push(("left_source", texts(pairs.iter().map(|pair| sources.get(pair.left)))));
            columns.push(("right_source", texts(pairs.iter().map(|pair| sources.get(pair.right)))));
        }
        PyTable::new(columns)
    }
}

/// Which of two articles, left and right, has the earlier date, as far as that is known.
pub(crate) fn first_side(dates: [Option<Date>; 2]) -> Option<&'static str> {
    match (dates[0]?, dates[1]?) {
        (left, right) if left.last_second() < right => Some("left"),
        (left, right) if right.last_second() < left => Some("right"),
        _ => None,
    }
}

/// What :func:`dedup` found.
#[pyclass(frozen, module = "newsprint", name = "Dedup")]
pub(crate) struct PyDedup {
    /// The pairs, sorted by ``left``, then ``right``, which are row numbers of the input:
    /// ``relation``, ``jaccard``, ``containment``, ``score``, ``confidence``,
    /// ``left_containment``, ``right_containment``; with dates ``first``, with ids ``left_id`` and
    /// ``right_id``, with sources ``left_source`` and ``right_source``. Figures are exact.
    #[pyo3(get)]
    pairs: Py<PyTable>,
    /// A row for each article in a cluster or a story: ``article`` and ``cluster`` (row numbers;
    /// the cluster is that of its representative), ``is_representative``; with ``preset="story"``
    /// also ``story`` (the row of its first report); with ids ``id`` and ``cluster_id``.
    #[pyo3(get)]
    clusters: Py<PyTable>,
    /// For each row of the input whether to keep it: it has no copy, or represents its cluster.
    #[pyo3(get)]
    kept: Py<PyColumn>,
    /// The stories, with ``preset="story"``: dictionaries with ``story`` (the row of the first
    /// report), ``terms``, ``texts`` (rows), ``by_source`` (rows) and ``articles`` (how many).
    #[pyo3(get)]
    stories: Py<PyList>,
    /// Figures of the work: articles, distinct texts, candidates and so on.
    #[pyo3(get)]
    stats: Py<PyDict>,
}

#[pymethods]
impl PyDedup {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let (pairs, clusters) = (self.pairs.bind(py).len()?, self.clusters.bind(py).len()?);
        let rows = self.kept.bind(py).len()?;
        Ok(format!("<Dedup of {rows} articles: {pairs} pairs, {clusters} articles in clusters>"))
    }
}

/// The articles of clusters and of stories.
fn clusters_table(found: &Clusters, articles: &Articles) -> PyTable {
    let rows = found.articles();
    let is_first: Vec<bool> = rows.iter().map(|row| row.article == row.cluster).collect();
    let mut columns = vec![
        ("article", integers(rows.iter().map(|row| row.article))),
        ("cluster", integers(rows.iter().map(|row| row.cluster))),
        ("is_representative", flags(&is_first)),
    ];
    if !found.stories.is_empty() {
        columns.push(("story", integers(rows.iter().map(|row| row.story))));
    }
    if let Some(ids) = &articles.ids {
        columns.push(("id", texts(rows.iter().map(|row| ids.get(row.article)))));
        columns.push(("cluster_id", texts(rows.iter().map(|row| ids.get(row.cluster)))));
    }
    PyTable::new(columns)
}

fn kept(found: &Clusters, articles: usize) -> PyColumn {
    let mut kept = vec![true; articles];
    let members = found.clusters.iter().flat_map(|cluster| &cluster.members);
    members.for_each(|&member| kept[member] = false);
    PyColumn { column: Arc::new(flags(&kept)) }
}

fn stories<'py>(py: Python<'py>, found: &Clusters) -> PyResult<Bound<'py, PyList>> {
    let stories = PyList::empty(py);
    for story in &found.stories {
        let dict = PyDict::new(py);
        dict.set_item("story", story.representative)?;
        dict.set_item("terms", &story.terms)?;
        dict.set_item("articles", story.articles)?;
        dict.set_item("texts", &story.texts)?;
        dict.set_item("by_source", &story.by_source)?;
        stories.append(dict)?;
    }
    Ok(stories)
}

fn stats<'py>(py: Python<'py>, stats: &Stats) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("articles", stats.articles)?;
    dict.set_item("empty", stats.empty)?;
    dict.set_item("bytes", stats.bytes)?;
    dict.set_item("distinct", stats.distinct)?;
    dict.set_item("candidates", stats.candidates)?;
    dict.set_item("verified", stats.verified)?;
    dict.set_item("boilerplate", stats.boilerplate)?;
    dict.set_item("in_large_buckets", stats.in_large_buckets)?;
    Ok(dict)
}
