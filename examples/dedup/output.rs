//! The tables, the summary, and the largest clusters.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use newsprint::{Cluster, Clusters, Collection, Relation, RoadStats};
use serde_json::json;

use super::articles::Articles;
use super::common::{figure, grouped};
use super::input::is_dash;
use super::progress::STAGES;

/// Clusters shown when no file was asked for, and articles shown of each.
const LARGEST: usize = 10;
const MEMBERS: usize = 4;

/// Where a table goes.
pub(crate) enum Sink {
    None,
    Stdout(BufWriter<io::Stdout>),
    /// Written under another name beside it and renamed when it is whole, so that nobody takes half a table
    /// for one.
    File {
        path: PathBuf,
        part: Part,
        writer: BufWriter<File>,
    },
    /// A pipe or device, which cannot be renamed.
    Device {
        path: PathBuf,
        writer: BufWriter<File>,
    },
}

/// An unfinished file, gone when this is.
pub(crate) struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // After the renaming there is none.
        let _ = fs::remove_file(&self.0);
    }
}

impl Sink {
    /// Opens the output, or says why it could not be written. It must not be one of the inputs.
    pub(crate) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Sink::None) };
        if is_dash(path) {
            return Ok(Sink::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())));
        }
        let fail = |error: io::Error| format!("cannot write {}: {error}", path.display());
        let buffered = |file| BufWriter::with_capacity(1 << 16, file);
        // A link stays a link: what it leads to is written.
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if let Ok(kind) = fs::metadata(&real) {
            if kind.is_dir() {
                return Err(format!("cannot write {}: it is a directory", path.display()));
            }
            let same = |input: &PathBuf| fs::canonicalize(input).is_ok_and(|input| input == real);
            if inputs.iter().any(same) {
                return Err(format!("cannot write {}: it is an input", path.display()));
            }
            let file = File::options().append(true).open(&real).map_err(fail)?;
            if !kind.is_file() {
                return Ok(Sink::Device { path: path.to_owned(), writer: buffered(file) });
            }
        }
        let Some(name) = real.file_name() else {
            return Err(format!("cannot write {}: no file name", path.display()));
        };
        let part = real.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
        let file = File::options().write(true).create_new(true).open(&part).map_err(fail)?;
        Ok(Sink::File { path: real, part: Part(part), writer: buffered(file) })
    }

    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Sink::Stdout(_))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Sink::None)
    }

    pub(crate) fn write(&mut self, row: &str) -> Result<(), String> {
        let written = match self {
            Sink::None => Ok(()),
            Sink::Stdout(writer) => writer.write_all(row.as_bytes()),
            Sink::File { writer, .. } | Sink::Device { writer, .. } => writer.write_all(row.as_bytes()),
        };
        self.judge(written)
    }

    /// Completes the table.
    pub(crate) fn finish(mut self) -> Result<(), String> {
        let finished = match &mut self {
            Sink::None => Ok(()),
            Sink::Stdout(writer) => writer.flush(),
            Sink::Device { writer, .. } => writer.flush(),
            Sink::File { path, part, writer } => writer.flush().and_then(|()| fs::rename(&part.0, path)),
        };
        self.judge(finished)
    }

    /// A reader of standard output that has seen enough is no failure.
    fn judge(&self, result: io::Result<()>) -> Result<(), String> {
        let target = match self {
            Sink::None => return Ok(()),
            Sink::Stdout(_) => "to standard output".to_owned(),
            Sink::File { path, .. } | Sink::Device { path, .. } => path.display().to_string(),
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && self.is_stdout() => Ok(()),
            result => result.map_err(|error| format!("cannot write {target}: {error}")),
        }
    }
}

/// Writes the similar pairs.
pub(crate) fn write_pairs(
    sink: &mut Sink,
    articles: &Articles,
    found: &Clusters,
    relations: &[Relation],
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    let mut row = String::new();
    for (pair, relation) in found.pairs.iter().zip(relations) {
        row.clear();
        escape(articles.id(pair.left), &mut row);
        row.push('\t');
        escape(articles.id(pair.right), &mut row);
        let containment = pair.overlap.left_containment().max(pair.overlap.right_containment());
        let [jaccard, containment, score] = [pair.jaccard(), containment, pair.score].map(figure);
        let _ = writeln!(row, "\t{relation}\t{jaccard}\t{containment}\t{score}");
        sink.write(&row)?;
    }
    Ok(())
}

/// Writes the clusters: the texts, and where there are stories the story of each; articles without a copy that belong to a story are
/// texts of their own.
pub(crate) fn write_clusters(sink: &mut Sink, articles: &Articles, found: &Clusters) -> Result<(), String> {
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
    let texts: HashSet<usize> = found.clusters.iter().map(|cluster| cluster.representative).collect();
    let alone = story_of.keys().copied().filter(|text| !texts.contains(text)).map(|text| (text, &[][..]));
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
            false => format!("\t{}", escaped(*story_of.get(&representative).unwrap_or(&representative))),
        };
        sink.write(&format!("{name}\t{name}\trepresentative{story}\n"))?;
        for &member in members {
            sink.write(&format!("{}\t{name}\tmember{story}\n", escaped(member)))?;
        }
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
            c => row.push(c),
        }
    }
}

/// What the run amounted to.
pub(crate) struct Summary<'a> {
    pub(crate) found: &'a Clusters,
    /// Of the pairs, if they were asked for.
    pub(crate) relations: &'a [Relation],
    /// Pages written, and where.
    pub(crate) pages: Option<(usize, &'a Path)>,
    pub(crate) skipped: u64,
    pub(crate) warnings: u64,
    pub(crate) seconds: f64,
    pub(crate) times: [Duration; 4],
}

impl Summary<'_> {
    /// As one JSON object.
    pub(crate) fn json(&self) -> String {
        let stats = self.found.stats;
        let road = |(name, road): (&str, RoadStats)| {
            let figures = json!({
                "keys": road.keys,
                "left_out": road.left_out,
                "candidates": road.candidates,
                "verified": road.verified,
                "pairs": road.pairs,
            });
            (name.to_owned(), figures)
        };
        let roads: serde_json::Map<_, _> = stats.roads().into_iter().map(road).collect();
        let object = json!({
            "articles": stats.articles,
            "skipped": self.skipped,
            "bytes": stats.bytes,
            "seconds": self.seconds,
            "candidates": stats.candidates,
            "verified": stats.verified,
            "pairs": self.found.pairs.len(),
            "clusters": self.found.clusters.len(),
            "stories": self.found.stories.len(),
            "roads": roads,
            "formulas": stats.formulas,
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
            let _ = writeln!(out, "{name:<14}{value:>13}{}{more}", if more.is_empty() { "" } else { "   " });
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
        for (name, road) in stats.roads().into_iter().filter(|(_, road)| road.keys > 0) {
            let [keys, verified, pairs] = [road.keys, road.verified, road.pairs].map(grouped);
            let rest = format!("by {keys} keys; {verified} compared, {pairs} pairs of different texts");
            line(name, grouped(road.candidates), rest);
        }
        if stats.formulas > 0 {
            line(
                "formulas",
                grouped(stats.formulas),
                "pairs with nothing in common but what many others have".to_owned(),
            );
        }
        if stats.crowded > 0 {
            line("crowded", count(stats.crowded), "compared by the text that sets them apart".to_owned());
        }
        line("pairs", count(self.found.pairs.len()), String::new());
        if !self.relations.is_empty() {
            line("relations", String::new(), counts(self.relations));
        }
        line("clusters", count(self.found.clusters.len()), format!("with {} articles", count(clustered)));
        if !self.found.stories.is_empty() {
            let articles: usize = self.found.stories.iter().map(|story| story.articles).sum();
            line("stories", count(self.found.stories.len()), format!("with {} articles", count(articles)));
        }
        if let Some((pages, dir)) = self.pages {
            line("pages", count(pages), format!("from {}", dir.join("index.html").display()));
        }
        let worked: f64 = self.times.iter().map(Duration::as_secs_f64).sum();
        let shares = STAGES.iter().zip(self.times).map(|(stage, time)| {
            format!("{stage} {:.0} %", 100.0 * time.as_secs_f64() / worked.max(f64::MIN_POSITIVE))
        });
        line("seconds", format!("{:.2}", self.seconds), shares.collect::<Vec<_>>().join(", "));
        line("MB/s", format!("{:.1}", megabytes / self.seconds.max(f64::MIN_POSITIVE)), String::new());
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
pub(crate) fn counts(relations: &[Relation]) -> String {
    let mut sorted = relations.to_vec();
    sorted.sort_unstable();
    let counts = sorted.chunk_by(|a, b| a == b).map(|of| format!("{} {}", of[0], grouped(of.len() as u64)));
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
            let _ = writeln!(out, "    and {} more", grouped((cluster.members.len() - MEMBERS) as u64));
        }
    }
    if clusters.len() > LARGEST {
        let more = grouped((clusters.len() - LARGEST) as u64);
        let _ = writeln!(out, "\nand {more} more clusters; --clusters FILE and --pairs FILE write them all");
    }
    out
}

/// The title, or else the first line of the text that is long enough to be one: scraped pages begin with
/// "Print" and "Share".
pub(crate) fn headline(articles: &Articles, i: usize) -> String {
    const SHORTEST: usize = 20;
    if let Some(title) = articles.records[i].title.as_deref().filter(|title| !title.trim().is_empty()) {
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
