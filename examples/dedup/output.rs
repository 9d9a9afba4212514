//! The tables, the summary, and the largest clusters.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use newsprint::{Article, Cluster, Clusters, Collection, GeneratorStats, Pair, PairList, Relation};
use serde_json::json;

use super::articles::Articles;
use super::common::{figure, grouped, tell, visible};
use super::input::is_dash;
use super::progress::STAGES;
use super::unfinished::{Output, publish};

/// Clusters shown when no file was asked for, and articles shown of each.
const LARGEST: usize = 10;
const MEMBERS: usize = 4;

/// Rows of a file of pairs in which each identical copy has rows of its own: half a gigabyte.
const MOST_ROWS: u64 = 10_000_000;
/// Pairs that are made before they are written.
const BLOCK: usize = 1 << 14;

/// Where a table goes.
pub(crate) enum Sink {
    None,
    Stdout(BufWriter<io::Stdout>),
    File(Output),
}

impl Sink {
    /// Opens the output, or says why it could not be written. It must not be one of the inputs.
    pub(crate) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Sink::None) };
        if is_dash(path) {
            return Ok(Sink::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())));
        }
        let real = fs::canonicalize(path).ok().filter(|path| !path.is_dir());
        if real.is_some() && inputs.iter().any(|input| fs::canonicalize(input).ok() == real) {
            return Err(format!("cannot write {}: it is an input", path.display()));
        }
        Output::open(path).map(Sink::File)
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
            Sink::Stdout(writer) => judge(writer.write_all(row.as_bytes())),
            Sink::File(output) => output.write(row),
        }
    }

    /// Completes the table.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self {
            Sink::None => Ok(()),
            Sink::Stdout(mut writer) => judge(writer.flush()),
            Sink::File(output) => publish(&[output.close()?]),
        }
    }
}

/// What became of writing to standard output. A reader that has seen enough is no failure.
fn judge(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// How often each relation occurs.
pub(crate) type Counts = BTreeMap<Relation, u64>;

/// Writes the similar pairs: of all articles, or where these would be too many and not `every` one is asked for, of each
/// text once. `relations` tells those of pairs that have none yet. Counts the rows by their relations.
pub(crate) fn write_pairs(
    sink: &mut Sink,
    articles: &Articles,
    pairs: &PairList,
    every: bool,
    relations: impl Fn(&[Pair]) -> Vec<Relation>,
) -> Result<Counts, String> {
    let mut counts = Counts::new();
    if sink.is_none() {
        return Ok(counts);
    }
    let is_whole = every || pairs.len() <= MOST_ROWS;
    let mut rows = if is_whole { pairs.iter() } else { pairs.by_text() };
    let mut row = String::new();
    loop {
        let block: Vec<Pair> = rows.by_ref().take(BLOCK).collect();
        if block.is_empty() {
            break;
        }
        let told: Option<Vec<Relation>> = block.iter().map(|pair| pair.relation).collect();
        let told = told.unwrap_or_else(|| relations(&block));
        articles.check()?;
        for (pair, relation) in block.iter().zip(told) {
            *counts.entry(relation).or_default() += 1;
            row.clear();
            escape(articles.id(pair.left), &mut row);
            row.push('\t');
            escape(articles.id(pair.right), &mut row);
            let containment = pair.overlap.left_containment().max(pair.overlap.right_containment());
            let [jaccard, containment, score] =
                [pair.jaccard(), containment, pair.score].map(figure);
            let _ = writeln!(row, "\t{relation}\t{jaccard}\t{containment}\t{score}");
            sink.write(&row)?;
        }
    }
    if !is_whole {
        let [all, most, written] = [pairs.len(), MOST_ROWS, counts.values().sum()].map(grouped);
        tell(&format!(
            "dedup: {all} pairs are more than {most}, so {written} are written that tell of each text once: identical copies \
             are paired with one of them, and that one with what is similar (--every-pair writes all)"
        ));
    }
    Ok(counts)
}

/// Writes the clusters: the texts, and where there are stories the story of each; articles without a copy that belong to a story are
/// texts of their own.
pub(crate) fn write_clusters(
    sink: &mut Sink,
    articles: &Articles,
    found: &Clusters,
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    let escaped = |i: usize| {
        let mut name = String::new();
        escape(articles.id(i), &mut name);
        name
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
        let name = escaped(representative);
        let story = match found.stories.is_empty() {
            true => String::new(),
            false => {
                format!("\t{}", escaped(*story_of.get(&representative).unwrap_or(&representative)))
            }
        };
        sink.write(&format!("{name}\t{name}\trepresentative{story}\n"))?;
        for &member in members {
            sink.write(&format!("{}\t{name}\tmember{story}\n", escaped(member)))?;
        }
    }
    Ok(())
}

/// Writes the stories, an object a line.
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

/// Adds an id so that no character of it is taken for the end of a field or row.
fn escape(id: &str, row: &mut String) {
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

/// What the run amounted to.
pub(crate) struct Summary<'a> {
    pub(crate) found: &'a Clusters,
    /// Of the pairs that were written.
    pub(crate) relations: &'a Counts,
    /// Pages written, and where.
    pub(crate) pages: Option<(usize, &'a Path)>,
    pub(crate) skipped: u64,
    pub(crate) warnings: u64,
    pub(crate) seconds: f64,
    pub(crate) times: [Duration; 4],
}

impl Summary<'_> {
    /// How many pairs were written.
    fn written(&self) -> u64 {
        self.relations.values().sum()
    }

    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        let stats = self.found.stats;
        let road = |(name, road): (&str, GeneratorStats)| {
            let figures = json!({
                "keys": road.keys,
                "left_out": road.left_out,
                "candidates": road.candidates,
                "verified": road.verified,
                "pairs": road.pairs,
            });
            (name.to_owned(), figures)
        };
        let roads: serde_json::Map<_, _> = stats.generators().into_iter().map(road).collect();
        let object = json!({
            "articles": stats.articles,
            "skipped": self.skipped,
            "bytes": stats.bytes,
            "seconds": self.seconds,
            "candidates": stats.candidates,
            "verified": stats.verified,
            "pairs": self.found.pairs.len(),
            "pairs_written": self.written(),
            "clusters": self.found.clusters.len(),
            "stories": self.found.stories.len(),
            "roads": roads,
            "formulas": stats.boilerplate,
            "peak_memory_bytes": peak_memory(),
        });
        format!("{object}\n")
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let stats = self.found.stats;
        let megabytes = stats.bytes as f64 / 1e6;
        let clustered: usize = self.found.clusters.iter().map(Cluster::len).sum();
        let mut out = String::new();
        let mut line = |name: &str, value: String, more: String| {
            let _ = writeln!(
                out,
                "{name:<14}{value:>13}{}{more}",
                if more.is_empty() { "" } else { "   " }
            );
        };
        let count = |number: usize| grouped(number as u64);
        line("articles", count(stats.articles), format!("{megabytes:.1} MB of text"));
        line("skipped", grouped(self.skipped), String::new());
        if self.warnings > 0 {
            line("warnings", grouped(self.warnings), String::new());
        }
        if stats.empty > 0 {
            line("wordless", count(stats.empty), "similar to nothing".to_owned());
        }
        line("distinct", count(stats.distinct), "different texts".to_owned());
        for (name, road) in stats.generators().into_iter().filter(|(_, road)| road.keys > 0) {
            let [keys, verified, pairs] = [road.keys, road.verified, road.pairs].map(grouped);
            let rest =
                format!("by {keys} keys; {verified} compared, {pairs} pairs of different texts");
            line(name, grouped(road.candidates), rest);
        }
        if stats.boilerplate > 0 {
            line(
                "formulas",
                grouped(stats.boilerplate),
                "pairs with nothing in common but what many others have".to_owned(),
            );
        }
        if stats.in_large_buckets > 0 {
            line(
                "crowded",
                count(stats.in_large_buckets),
                "compared by the text that sets them apart".to_owned(),
            );
        }
        let (pairs, written) = (self.found.pairs.len(), self.written());
        let of_texts =
            format!("of which {} that tell of each text once are written", grouped(written));
        line(
            "pairs",
            grouped(pairs),
            if (1..pairs).contains(&written) { of_texts } else { String::new() },
        );
        if !self.relations.is_empty() {
            line("relations", String::new(), told(self.relations));
        }
        line(
            "clusters",
            count(self.found.clusters.len()),
            format!("with {} articles", count(clustered)),
        );
        if !self.found.stories.is_empty() {
            let articles: usize = self.found.stories.iter().map(|story| story.articles).sum();
            line(
                "stories",
                count(self.found.stories.len()),
                format!("with {} articles", count(articles)),
            );
        }
        if let Some((pages, dir)) = self.pages {
            let index = dir.join("index.html").display().to_string();
            line("pages", count(pages), format!("from {}", visible(&index, &[])));
        }
        let worked: f64 = self.times.iter().map(Duration::as_secs_f64).sum();
        let shares = STAGES.iter().zip(self.times).map(|(stage, time)| {
            format!("{stage} {:.0} %", 100.0 * time.as_secs_f64() / worked.max(f64::MIN_POSITIVE))
        });
        line("seconds", format!("{:.2}", self.seconds), shares.collect::<Vec<_>>().join(", "));
        line(
            "MB/s",
            format!("{:.1}", megabytes / self.seconds.max(f64::MIN_POSITIVE)),
            String::new(),
        );
        if let Some(bytes) = peak_memory() {
            line("peak memory", format!("{:.1} MB", bytes as f64 / 1e6), String::new());
        }
        out
    }
}

/// The most memory this process has held, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The clusters, the largest first.
pub(crate) fn by_size(found: &Clusters) -> Vec<&Cluster> {
    let mut clusters: Vec<&Cluster> = found.clusters.iter().collect();
    clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.len()), cluster.representative));
    clusters
}

/// How often each relation occurs: "copy 12, excerpt 3".
pub(crate) fn told(counts: &Counts) -> String {
    let counts = counts.iter().map(|(relation, &count)| format!("{relation} {}", grouped(count)));
    counts.collect::<Vec<_>>().join(", ")
}

/// The largest clusters, so that a first look shows what was found.
pub(crate) fn largest(articles: &Articles, found: &Clusters) -> String {
    let clusters = by_size(found);
    let mut out = String::new();
    for cluster in clusters.iter().take(LARGEST) {
        let weakest = figure(cluster.weakest.overlap.jaccard());
        let sources = match cluster.sources {
            0 | 1 => String::new(),
            sources => format!(" of {} sources", grouped(sources as u64)),
        };
        let size = grouped(cluster.len() as u64);
        let _ = writeln!(out, "\n{size} articles{sources}, the least similar two {weakest}");
        let shown = cluster.articles().take(MEMBERS + 1);
        let ids: Vec<(usize, String)> = shown.map(|i| (i, line_of(articles.id(i)))).collect();
        let width = ids.iter().map(|(_, id)| id.chars().count()).max().unwrap_or_default();
        for (i, id) in ids {
            let mark = if i == cluster.representative { '*' } else { ' ' };
            let _ = writeln!(out, "  {mark} {id:width$}  {}", headline(articles, i));
        }
        if cluster.members.len() > MEMBERS {
            let _ =
                writeln!(out, "    and {} more", grouped((cluster.members.len() - MEMBERS) as u64));
        }
    }
    if clusters.len() > LARGEST {
        let more = grouped((clusters.len() - LARGEST) as u64);
        let _ = writeln!(
            out,
            "\nand {more} more clusters; --clusters FILE and --pairs FILE write them all"
        );
    }
    out
}

/// The title, or else the first line of the text that is long enough to be one: scraped pages begin with
/// "Print" and "Share".
pub(crate) fn headline(articles: &Articles, i: usize) -> String {
    const SHORTEST: usize = 20;
    if let Some(title) =
        articles.records[i].title.as_deref().filter(|title| !title.trim().is_empty())
    {
        return line_of(title);
    }
    let mut buffer = String::new();
    let text = articles.text(i, &mut buffer);
    let mut lines = text.split(|c| matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}'));
    line_of(lines.find(|line| line.trim().chars().nth(SHORTEST).is_some()).unwrap_or(text))
}

/// The beginning of `text` on one line, without characters that could upset a terminal.
pub(crate) fn line_of(text: &str) -> String {
    const WIDTH: usize = 70;
    let mut line: String =
        text.trim().chars().take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().chars().nth(WIDTH).is_some() {
        line.push_str("...");
    }
    line
}
