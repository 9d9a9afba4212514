//! Writes the tables of pairs, clusters and stories.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use newsprint::results::PairList;
use newsprint::{Article, Clusters, Collection, Pair, Relation};
use serde_json::json;

use super::stored_articles::Articles;
use crate::atomic_file::{OutputFile, publish};
use crate::input::is_dash;
use crate::terminal::{four_decimals, grouped, print_note, visible};

/// The most pairs that are all written without `--every-pair`: half a gigabyte.
const MAX_ROWS: u64 = 10_000_000;
/// The number of pairs to handle at a time.
const BLOCK_PAIRS: usize = 1 << 14;

/// The destination of a table.
pub(crate) enum Sink {
    None,
    Stdout(BufWriter<io::Stdout>),
    File(OutputFile),
}

impl Sink {
    /// Opens the output. Returns an error if it cannot be written or is one of the inputs.
    pub(crate) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Sink::None) };
        if is_dash(path) {
            return Ok(Sink::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())));
        }
        refuse_input(path, inputs)?;
        OutputFile::open(path).map(Sink::File)
    }

    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Sink::Stdout(_))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Sink::None)
    }

    pub(crate) fn write(&mut self, row: &str) -> Result<(), String> {
        match self {
            Sink::None => Ok(()),
            Sink::Stdout(writer) => ignore_broken_pipe(writer.write_all(row.as_bytes())),
            Sink::File(output) => output.write(row),
        }
    }

    /// Completes the table.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self {
            Sink::None => Ok(()),
            Sink::Stdout(mut writer) => ignore_broken_pipe(writer.flush()),
            Sink::File(output) => publish(&[output.close()?]),
        }
    }
}

/// Returns an error if the file at `path` is one of the inputs.
pub(crate) fn refuse_input(path: &Path, inputs: &[PathBuf]) -> Result<(), String> {
    let real = fs::canonicalize(path).ok().filter(|path| !path.is_dir());
    if real.is_some() && inputs.iter().any(|input| fs::canonicalize(input).ok() == real) {
        return Err(format!("cannot write {}: it is an input", path.display()));
    }
    Ok(())
}

/// The result of writing to standard output. It is no error if the reader has closed the pipe.
fn ignore_broken_pipe(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// How often each relation occurs.
pub(crate) type RelationCounts = BTreeMap<Relation, u64>;

/// The relation of a pair, and its probability.
pub(crate) type Verdict = (Relation, f64);

/// The columns of the pairs. Unknown values are empty.
const PAIRS: &str = "left\tright\trelation\tjaccard\tcontainment\tscore\tconfidence\tleft_containment\t\
    right_containment\tfirst\tleft_source\tright_source\tleft_date\tright_date\n";
/// The columns of the clusters.
const CLUSTERS: &str = "id\tcluster\trole\tstory\tsource\tdate\n";

/// The pairs to write: all of them; or each text once, if all are more than [`MAX_ROWS`] and
/// `--every-pair` was not given.
pub(crate) struct PairRows<'f> {
    pairs: &'f PairList,
    is_whole: bool,
}

impl<'f> PairRows<'f> {
    pub(crate) fn of(pairs: &'f PairList, every: bool) -> Self {
        PairRows { pairs, is_whole: every || pairs.len() <= MAX_ROWS }
    }

    /// Calls `use_them` with the pairs, [`BLOCK_PAIRS`] at a time.
    pub(crate) fn for_each(
        &self,
        mut use_them: impl FnMut(&[Pair]) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut rows = if self.is_whole { self.pairs.iter() } else { self.pairs.by_text() };
        loop {
            let block: Vec<Pair> = rows.by_ref().take(BLOCK_PAIRS).collect();
            if block.is_empty() {
                return Ok(());
            }
            use_them(&block)?;
        }
    }
}

/// Writes the pairs, and counts them by relation. `verdicts` gives the verdicts of pairs that have
/// none yet.
pub(crate) fn write_pairs(
    sink: &mut Sink,
    articles: &Articles,
    rows: &PairRows<'_>,
    header: bool,
    verdicts: impl Fn(&[Pair]) -> Result<Vec<Verdict>, String>,
) -> Result<RelationCounts, String> {
    let mut counts = RelationCounts::new();
    if sink.is_none() {
        return Ok(counts);
    }
    if header {
        sink.write(PAIRS)?;
    }
    let mut row = String::new();
    rows.for_each(|block| {
        let known = block.iter().map(|pair| pair.relation.zip(pair.confidence));
        let known: Option<Vec<Verdict>> = known.collect();
        let verdicts = known.map_or_else(|| verdicts(block), Ok)?;
        for (pair, (relation, confidence)) in block.iter().zip(verdicts) {
            *counts.entry(relation).or_default() += 1;
            row.clear();
            escape(articles.id(pair.left), &mut row);
            row.push('\t');
            escape(articles.id(pair.right), &mut row);
            let (left, right) =
                (pair.overlap.left_containment(), pair.overlap.right_containment());
            let figures =
                [pair.jaccard(), left.max(right), pair.score, confidence, left, right].map(four_decimals);
            let [jaccard, containment, score, confidence, left, right] = figures;
            let _ = write!(
                row,
                "\t{relation}\t{jaccard}\t{containment}\t{score}\t{confidence}\t{left}\t{right}\t{}",
                first_side(articles, pair)
            );
            for i in [pair.left, pair.right] {
                row.push('\t');
                escape(articles.article(i).source.unwrap_or_default(), &mut row);
            }
            for i in [pair.left, pair.right] {
                row.push('\t');
                let _ = articles.article(i).date.map_or(Ok(()), |date| write!(row, "{date}"));
            }
            row.push('\n');
            sink.write(&row)?;
        }
        Ok(())
    })?;
    if !rows.is_whole {
        let [all, most, written] = [rows.pairs.len(), MAX_ROWS, counts.values().sum()].map(grouped);
        print_note(&format!(
            "{all} pairs are more than {most}, so each text is listed once, in {written} pairs: identical \
             copies are paired with one of them, and that one with what is similar (--every-pair writes all)"
        ));
    }
    Ok(counts)
}

/// The article of a pair with the earlier date, `left` or `right`; empty if that is not known.
pub(crate) fn first_side(articles: &Articles, pair: &Pair) -> &'static str {
    let [left, right] = [pair.left, pair.right].map(|i| articles.article(i).date);
    match left.zip(right) {
        Some((left, right)) if left < right => "left",
        Some((left, right)) if left > right => "right",
        _ => "",
    }
}

/// Writes the articles of the clusters, with their stories if there are any. An article without a
/// copy that belongs to a story is the representative of itself.
pub(crate) fn write_clusters(
    sink: &mut Sink,
    articles: &Articles,
    found: &Clusters,
    header: bool,
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    if header {
        sink.write(CLUSTERS)?;
    }
    let escaped = |text: &str| {
        let mut escaped = String::new();
        escape(text, &mut escaped);
        escaped
    };
    let story_of: HashMap<usize, usize> = found
        .stories
        .iter()
        .flat_map(|story| story.texts.iter().map(|&text| (text, story.representative)))
        .collect();
    let texts: HashSet<usize> =
        found.clusters.iter().map(|cluster| cluster.representative).collect();
    let alone =
        story_of.keys().copied().filter(|text| !texts.contains(text)).map(|text| (text, &[][..]));
    let mut all: Vec<(usize, &[usize])> = found
        .clusters
        .iter()
        .map(|cluster| (cluster.representative, &*cluster.members))
        .chain(alone)
        .collect();
    all.sort_unstable_by_key(|text| text.0);
    for (representative, members) in all {
        let name = escaped(articles.id(representative));
        let story = match found.stories.is_empty() {
            true => String::new(),
            false => {
                let story = *story_of.get(&representative).unwrap_or(&representative);
                escaped(articles.id(story))
            }
        };
        let roles = members.iter().map(|&member| (member, "member"));
        for (i, role) in std::iter::once((representative, "representative")).chain(roles) {
            let Article { source, date, .. } = articles.article(i);
            let (id, source) = (escaped(articles.id(i)), escaped(source.unwrap_or_default()));
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            sink.write(&format!("{id}\t{name}\t{role}\t{story}\t{source}\t{date}\n"))?;
        }
    }
    Ok(())
}

/// Writes the stories, one JSON object per line.
pub(crate) fn write_stories(
    sink: &mut Sink,
    articles: &Articles,
    found: &Clusters,
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    for story in &found.stories {
        let ids = |texts: &[usize]| texts.iter().map(|&text| articles.id(text)).collect::<Vec<_>>();
        let report = |&report: &usize| {
            let Article { source, date, .. } = articles.article(report);
            let date = date.map(|date| date.to_string());
            json!({ "id": articles.id(report), "source": source, "date": date })
        };
        let object = json!({
            "story": articles.id(story.representative),
            "first": report(&story.representative),
            "terms": story.terms,
            "articles": story.articles,
            "texts": ids(&story.texts),
            "sources": story.by_source.iter().map(report).collect::<Vec<_>>(),
            "least_sure": { "id": articles.id(story.least_sure.text), "event": story.least_sure.event },
        });
        sink.write(&format!("{object}\n"))?;
    }
    Ok(())
}

/// Appends an id with tabs, line ends, backslashes and control characters escaped.
pub(crate) fn escape(id: &str, row: &mut String) {
    for c in id.chars() {
        match c {
            '\t' => row.push_str("\\t"),
            '\n' => row.push_str("\\n"),
            '\r' => row.push_str("\\r"),
            '\\' => row.push_str("\\\\"),
            c if c.is_control() => row.push_str(&visible(c.encode_utf8(&mut [0; 4]), &[])),
            c => row.push(c),
        }
    }
}
