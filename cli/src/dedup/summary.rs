//! The summary of a run, and the largest clusters.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use newsprint::results::GeneratorStats;
use newsprint::{Cluster, Clusters, ReuseKind, SharedPassages};
use serde_json::json;

use super::stored_articles::Articles;
use super::tables::RelationCounts;
use crate::progress::STAGES;
use crate::terminal::{four_decimals, grouped, visible};

/// The most clusters to show if no table is written.
const MAX_SHOWN_CLUSTERS: usize = 10;
/// The most passages to show if they are not written.
const MAX_SHOWN_PASSAGES: usize = 10;
/// The most members to show of each.
const MAX_SHOWN_MEMBERS: usize = 4;

/// The figures of a run.
pub(crate) struct Summary<'a> {
    pub(crate) found: &'a Clusters,
    /// The passages, if they were searched for.
    pub(crate) shared: Option<&'a SharedPassages>,
    /// The relations of the pairs that were written.
    pub(crate) relations: &'a RelationCounts,
    /// The number of HTML files written, and their directory.
    pub(crate) pages: Option<(usize, &'a Path)>,
    /// The number of articles with too few words to be compared.
    pub(crate) short: u64,
    pub(crate) skipped: u64,
    pub(crate) warnings: u64,
    pub(crate) seconds: f64,
    pub(crate) times: [Duration; 4],
}

impl Summary<'_> {
    /// The number of pairs that were written.
    fn written(&self) -> u64 {
        self.relations.values().sum()
    }

    /// The summary as one JSON object.
    pub(crate) fn json(&self) -> String {
        let stats = self.found.stats;
        let figures = |(name, generator): (&str, GeneratorStats)| {
            let figures = json!({
                "keys": generator.keys,
                "left_out": generator.left_out,
                "candidates": generator.candidates,
                "verified": generator.verified,
                "pairs": generator.pairs,
            });
            (name.to_owned(), figures)
        };
        let generators: serde_json::Map<_, _> =
            stats.generators().into_iter().map(figures).collect();
        let relations: serde_json::Map<_, _> =
            self.relations.iter().map(|(relation, &n)| (relation.to_string(), n.into())).collect();
        let stages: serde_json::Map<_, _> = STAGES
            .iter()
            .zip(self.times)
            .map(|(&stage, time)| (stage.to_owned(), time.as_secs_f64().into()))
            .collect();
        let clustered: usize = self.found.clusters.iter().map(Cluster::len).sum();
        let in_stories: usize = self.found.stories.iter().map(|story| story.articles).sum();
        let object = json!({
            "articles": stats.articles,
            "skipped": self.skipped,
            "warnings": self.warnings,
            "short": self.short,
            "wordless": stats.empty as u64 - self.short,
            "distinct": stats.distinct,
            "bytes": stats.bytes,
            "seconds": self.seconds,
            "candidates": stats.candidates,
            "verified": stats.verified,
            "pairs": self.found.pairs.len(),
            "pairs_written": self.written(),
            "relations": relations,
            "clusters": self.found.clusters.len(),
            "clustered": clustered,
            "stories": self.found.stories.len(),
            "in_stories": in_stories,
            "passages": self.shared.map(kind_counts),
            "pages": self.pages.map_or(0, |(pages, _)| pages),
            "stages": stages,
            "generators": generators,
            "boilerplate": stats.boilerplate,
            "peak_memory_bytes": peak_memory(),
        });
        format!("{object}\n")
    }

    /// The summary as text.
    pub(crate) fn text(&self) -> String {
        let stats = self.found.stats;
        let megabytes = stats.bytes as f64 / 1e6;
        let clustered: usize = self.found.clusters.iter().map(Cluster::len).sum();
        let mut out = String::new();
        let mut line = |name: &str, value: String, more: String| {
            push_line(&mut out, name, &value, &more);
        };
        let count = |number: usize| grouped(number as u64);
        line("articles", count(stats.articles), format!("{megabytes:.1} MB of text"));
        line("skipped", grouped(self.skipped), String::new());
        if self.warnings > 0 {
            line("warnings", grouped(self.warnings), String::new());
        }
        if self.short > 0 {
            line("short", grouped(self.short), "compared with nothing".to_owned());
        }
        let wordless = stats.empty as u64 - self.short;
        if wordless > 0 {
            line("wordless", grouped(wordless), "compared with nothing".to_owned());
        }
        line("distinct", count(stats.distinct), "different texts".to_owned());
        for (name, generator) in
            stats.generators().into_iter().filter(|(_, generator)| generator.keys > 0)
        {
            let [keys, verified, pairs] =
                [generator.keys, generator.verified, generator.pairs].map(grouped);
            let rest =
                format!("by {keys} keys; {verified} compared, {pairs} pairs of different texts");
            line(name, grouped(generator.candidates), rest);
        }
        if stats.boilerplate > 0 {
            line(
                "boilerplate",
                grouped(stats.boilerplate),
                "pairs with nothing in common but what many others have".to_owned(),
            );
        }
        if stats.in_large_buckets > 0 {
            line(
                "large buckets",
                count(stats.in_large_buckets),
                "compared by the text that sets them apart".to_owned(),
            );
        }
        let (pairs, written) = (self.found.pairs.len(), self.written());
        let of_texts =
            format!("of which {} that list each text once are written", grouped(written));
        line(
            "pairs",
            grouped(pairs),
            if (1..pairs).contains(&written) { of_texts } else { String::new() },
        );
        if !self.relations.is_empty() {
            line("relations", String::new(), relation_counts(self.relations));
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
            line("pages", count(pages), from_index(dir));
        }
        let worked: f64 = self.times.iter().map(Duration::as_secs_f64).sum();
        let shares = STAGES.iter().zip(self.times).map(|(stage, time)| {
            format!("{stage} {:.0} %", 100.0 * time.as_secs_f64() / worked.max(f64::MIN_POSITIVE))
        });
        line("seconds", format!("{:.2}", self.seconds), shares.collect::<Vec<_>>().join(", "));
        if let Some(shared) = self.shared {
            line("passages", count(shared.passages.len()), of_kinds(shared));
        }
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

/// The figures of a run that looks for passages alone.
pub(crate) struct PassageSummary<'a> {
    pub(crate) articles: &'a Articles,
    pub(crate) shared: &'a SharedPassages,
    /// The number of HTML files written, and their directory.
    pub(crate) pages: Option<(usize, &'a Path)>,
    pub(crate) skipped: u64,
    pub(crate) warnings: u64,
    pub(crate) seconds: f64,
}

impl PassageSummary<'_> {
    /// The summary as one JSON object.
    pub(crate) fn json(&self) -> String {
        let object = json!({
            "articles": self.articles.records.len(),
            "skipped": self.skipped,
            "warnings": self.warnings,
            "seconds": self.seconds,
            "passages": kind_counts(self.shared),
            "pages": self.pages.map_or(0, |(pages, _)| pages),
            "peak_memory_bytes": peak_memory(),
        });
        format!("{object}\n")
    }

    /// The summary as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        let mut line =
            |name: &str, value: String, more: &str| push_line(&mut out, name, &value, more);
        let count = |number: usize| grouped(number as u64);
        line("articles", count(self.articles.records.len()), "");
        line("skipped", grouped(self.skipped), "");
        if self.warnings > 0 {
            line("warnings", grouped(self.warnings), "");
        }
        line("passages", count(self.shared.passages.len()), &of_kinds(self.shared));
        if let Some((pages, dir)) = self.pages {
            line("pages", count(pages), &from_index(dir));
        }
        line("seconds", format!("{:.2}", self.seconds), "");
        if let Some(bytes) = peak_memory() {
            line("peak memory", format!("{:.1} MB", bytes as f64 / 1e6), "");
        }
        out
    }

    /// The passages in most articles as text, for a first look at the results.
    pub(crate) fn first(&self) -> String {
        let (mut out, mut buffer) = (String::new(), String::new());
        for passage in self.shared.passages.iter().take(MAX_SHOWN_PASSAGES) {
            let (first, sources) = (passage.first(), passage.sources as u64);
            let of = if sources > 1 {
                format!(" of {} sources", grouped(sources))
            } else {
                String::new()
            };
            let [articles, words] = [passage.articles(), first.words].map(|it| grouped(it as u64));
            let _ = writeln!(out, "\n{articles} articles{of}, {words} words, {}", passage.kind);
            let text = self.articles.text(first.article, &mut buffer);
            let text = text.get(first.span.clone()).unwrap_or_default();
            let _ =
                writeln!(out, "  {}  {}", line_of(self.articles.id(first.article)), line_of(text));
        }
        let more = self.shared.passages.len().saturating_sub(MAX_SHOWN_PASSAGES);
        if more > 0 {
            let more = grouped(more as u64);
            let _ = writeln!(out, "\nand {more} more passages; --passages FILE writes them all");
        }
        out
    }
}

/// Appends a line of a summary.
fn push_line(out: &mut String, name: &str, value: &str, more: &str) {
    let gap = if more.is_empty() { "" } else { "   " };
    let _ = writeln!(out, "{name:<14}{value:>13}{gap}{more}");
}

/// The page that a site begins with.
fn from_index(dir: &Path) -> String {
    let index = dir.join("index.html").display().to_string();
    format!("from {}", visible(&index, &[]))
}

/// The number of passages of each kind.
fn kind_counts(shared: &SharedPassages) -> serde_json::Map<String, serde_json::Value> {
    let of_kind = |kind: ReuseKind| {
        let count = shared.passages.iter().filter(|passage| passage.kind == kind).count();
        (kind.to_string(), count.into())
    };
    ReuseKind::ALL.into_iter().map(of_kind).collect()
}

/// The same as text: "lifted 12, quotation 3".
fn of_kinds(shared: &SharedPassages) -> String {
    let counts = kind_counts(shared);
    let kinds = counts.iter().map(|(kind, count)| format!("{kind} {count}"));
    kinds.collect::<Vec<_>>().join(", ")
}

/// The peak resident memory of this process in bytes; none where the system does not say (only
/// Linux does).
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The clusters, largest first.
pub(crate) fn by_size(found: &Clusters) -> Vec<&Cluster> {
    let mut clusters: Vec<&Cluster> = found.clusters.iter().collect();
    clusters.sort_by_key(|cluster| (std::cmp::Reverse(cluster.len()), cluster.representative));
    clusters
}

/// How often each relation occurs: "copy 12, excerpt 3".
pub(crate) fn relation_counts(counts: &RelationCounts) -> String {
    let counts = counts.iter().map(|(relation, &count)| format!("{relation} {}", grouped(count)));
    counts.collect::<Vec<_>>().join(", ")
}

/// The largest clusters as text, for a first look at the results.
pub(crate) fn largest(articles: &Articles, found: &Clusters) -> String {
    let clusters = by_size(found);
    let mut out = String::new();
    for cluster in clusters.iter().take(MAX_SHOWN_CLUSTERS) {
        let weakest = four_decimals(cluster.weakest.overlap.jaccard());
        let sources = match cluster.sources {
            0 | 1 => String::new(),
            sources => format!(" of {} sources", grouped(sources as u64)),
        };
        let size = grouped(cluster.len() as u64);
        let _ = writeln!(out, "\n{size} articles{sources}, the least similar two {weakest}");
        let shown = cluster.articles().take(MAX_SHOWN_MEMBERS + 1);
        let ids: Vec<(usize, String)> = shown.map(|i| (i, line_of(articles.id(i)))).collect();
        let width = ids.iter().map(|(_, id)| id.chars().count()).max().unwrap_or_default();
        for (i, id) in ids {
            let mark = if i == cluster.representative { '*' } else { ' ' };
            let _ = writeln!(out, "  {mark} {id:width$}  {}", headline(articles, i));
        }
        if cluster.members.len() > MAX_SHOWN_MEMBERS {
            let _ = writeln!(
                out,
                "    and {} more",
                grouped((cluster.members.len() - MAX_SHOWN_MEMBERS) as u64)
            );
        }
    }
    if clusters.len() > MAX_SHOWN_CLUSTERS {
        let more = grouped((clusters.len() - MAX_SHOWN_CLUSTERS) as u64);
        let _ = writeln!(
            out,
            "\nand {more} more clusters; --clusters FILE and --pairs FILE write them all"
        );
    }
    out
}

/// The title; or else the first line of the text that is long enough to be one, because scraped
/// pages begin with lines like "Print" and "Share".
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

/// The beginning of `text` on one line, with control characters replaced by spaces.
pub(crate) fn line_of(text: &str) -> String {
    const WIDTH: usize = 70;
    let mut line: String =
        text.trim().chars().take(WIDTH).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().chars().nth(WIDTH).is_some() {
        line.push_str("...");
    }
    line
}
