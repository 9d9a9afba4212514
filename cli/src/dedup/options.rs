//! The options of `newsprint dedup`.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use newsprint::{Config, Scope};

use crate::detector_options::{DetectorOptions, build, refuse_with_passages};
use crate::input::fields::FieldNames;
use crate::input::{is_lines, is_parquet};

/// Finds the copies in a collection of articles and clusters them
///
/// An article's `title` is compared as the first line of its text. The texts of uncompressed .jsonl
/// files are not kept in memory, those of other inputs are. Signatures, ids, dates, titles and
/// sources are: about 0.8 KB per article with --threshold, some 2 KB without. The texts of
/// candidates are read from the file again, so the file must not change during the run: a line with
/// a changed id or length ends it with an error that names the line. If passages are looked for,
/// which takes several readings, the texts of all inputs are kept in memory.
///
/// With --preset passages, no pairs are looked for, and the texts are all that is kept. The summary
/// then has the passages of each kind, and shows the first if --passages names no file.
///
/// A line that cannot be used is skipped: one without an id or a text, with an id that is null or
/// empty, or with an id that was there before, so that the first article of an id stays. Smaller
/// problems are warnings, and the article is kept: a date that cannot be read, and a title, source
/// or date that is not a string or a number, are left out; an id that is neither is used as its
/// JSON; a lone surrogate (`\ud83d` alone) and invalid UTF-8 in a text file become U+FFFD. The
/// first 20 problems are named on standard error, the rest are counted there by kind.
///
/// Output files are written whole or not at all, and compressed if their name ends in .gz or .zst.
/// In ids and sources, tab, newline, carriage return and backslash are written `\t`, `\n`, `\r` and
/// `\\`, other control characters as in `\u001b`. Figures have four decimals and are cut, not
/// rounded.
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("tables").args(["pairs", "clusters", "sources", "passages"]).multiple(true),
    group = ArgGroup::new("listings of pairs").args(["pairs", "graph"]).multiple(true)
)]
pub(crate) struct Options {
    /// A .jsonl file, which may be compressed (.gz, .zst); a .parquet file, if the program was
    /// built with `--features parquet`; a directory of text files; or - for JSON lines on standard
    /// input, compressed or not
    ///
    /// Each line is an object with `id` and `text`, and optionally `title`, `source` and `date` (in
    /// any format that feeds use); other fields are ignored. The columns of a Parquet file are the
    /// same: strings, or integers but for the text, and dates and timestamps too. In a directory,
    /// each file is an article whose id is its path in the directory; hidden files are ignored.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Writes one row for each pair: left, right, relation, jaccard, containment, score, ...
    ///
    /// `left` and `right` are ids. `left_containment` is the share of the left article's shingles
    /// that the right one has, `right_containment` the reverse, and `containment` the larger of
    /// both. `score` is the share of both bodies that agrees word for word, or the probability of
    /// one event; with --threshold it is the Jaccard similarity. `confidence` is the probability of
    /// the relation that is named, see --min-confidence. `first` is `left` or `right`, whichever
    /// has the earlier date; of two dates of one day, of which one has no time, that is not known.
    /// A time of exactly midnight in UTC counts as none, as many archives write days so. The last
    /// columns are the sources and dates. FILE may be - for standard output. If it ends in
    /// .parquet, it becomes a Parquet file with the same columns; so do those of --clusters,
    /// --sources and --passages.
    #[arg(long, value_name = "FILE")]
    pub(crate) pairs: Option<PathBuf>,
    /// Writes all pairs, even if there are more than ten million
    ///
    /// Without this option, more than ten million pairs are listed once per text by --pairs and
    /// --graph: one article represents each text in its pairs with other texts, and each identical
    /// copy is paired with that article only. The summary and --sources count all pairs in any
    /// case.
    ///
    /// If more than 256 different texts are nearly the same, not all of them are compared with each
    /// other, so some of their pairs are neither listed nor counted.
    #[arg(long, requires = "listings of pairs")]
    pub(crate) every_pair: bool,
    /// Writes one row for each article in a cluster: id, cluster, role, story, source, date
    ///
    /// `cluster` is the id of the representative: of the cluster's articles the one with the
    /// earliest date, of those with one date the longest, then the one whose id is first in order;
    /// articles without a date come after all others. So an excerpt that came first represents the
    /// longer text. `role` is `representative` or `member`. With --preset story, `story` is the id
    /// of the story's representative, and articles without a copy that belong to a story have a row
    /// too. FILE may be - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) clusters: Option<PathBuf>,
    /// Writes one JSON object for each story (needs --preset story)
    ///
    /// `story` (the id of its representative), `first` (the first report: `id`, `source`, `date`),
    /// `terms` (at most five words that name it), `articles` (how many), `texts` (the ids of the
    /// representatives of its texts), `sources` (the first report of each source, in order of
    /// time), and `least_sure` (the text whose membership is least certain: its `id`, and `event`,
    /// the average probability that it and the others are about one event). FILE may be - for
    /// standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) stories: Option<PathBuf>,
    /// Writes one row for each place of a passage that several articles share: passage, id, start,
    /// end, kind, ...
    ///
    /// Every run of 25 words that two articles have in common is found, wherever it stands, and
    /// most that were lightly edited. `passage` counts from 1, those in most articles first; its
    /// places come in the order of time, so the first row is where it stood first. `start` and
    /// `end` are bytes in UTF-8 of the text that is compared: the title without the space around
    /// it, an empty line (two bytes), and the text; or the text alone, if there is no title or the
    /// text begins with it. `kind` is `lifted` (one author's text), `quotation` (a speaker's),
    /// `background` (a source's own text, used again) or `boilerplate`. `words` are those of this
    /// place; `articles` and `sources` say how many have the passage; `source` and `date` are those
    /// of the article. If FILE ends in .jsonl (or .jsonl.gz, .jsonl.zst), each passage is a JSON
    /// object: `passage`, `kind`, `words`, `articles`, `sources`, `text` (as in its first place)
    /// and `places` (`id`, `start`, `end`, `words`, `source`, `date`). With --html, the pages have
    /// a list of the passages. FILE may be - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) passages: Option<PathBuf>,
    /// The least words of a passage, at least 10 (default: 25; needs --passages or --preset
    /// passages)
    #[arg(long, value_name = "N")]
    passage_words: Option<usize>,
    /// Writes who took passages from whom as a GraphML network of sources
    ///
    /// An edge leads from the source that had a passage first to each that had it on a later date,
    /// with the number of passages that are `lifted`, `quotation` and `background`. FILE may be -
    /// for standard output. Needs --passages or --preset passages.
    #[arg(long, value_name = "FILE")]
    pub(crate) passage_graph: Option<PathBuf>,
    /// Writes the input without the copies: representatives, and articles that have no copy
    ///
    /// Of each cluster it keeps the earliest article, not the longest: see --clusters.
    ///
    /// Lines are copied unchanged; a text file becomes a JSON line with `id` and `text`. If the
    /// inputs are Parquet files of one schema, it is a Parquet file, whose name must end in
    /// .parquet; rows are copied with all columns. Lines, rows and files that were skipped are in
    /// neither this file nor that of --removed; each was named on standard error or counted.
    #[arg(long, value_name = "FILE")]
    pub(crate) kept: Option<PathBuf>,
    /// Writes the copies that --kept leaves out
    #[arg(long, value_name = "FILE")]
    pub(crate) removed: Option<PathBuf>,
    /// Writes one row for every two sources with common pairs: source, other, pairs, source_first,
    /// other_first
    ///
    /// `source_first` says in how many of the pairs the article of `source` has the earlier date,
    /// `other_first` that of `other`, as `first` of --pairs does. FILE may be - for standard
    /// output.
    #[arg(long, value_name = "FILE")]
    pub(crate) sources: Option<PathBuf>,
    /// Writes articles and pairs as a GraphML network, for Gephi, Cytoscape or networkx
    ///
    /// Articles that are in no pair are left out. FILE may be - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
    /// Writes tables without the row of column names
    #[arg(long, requires = "tables")]
    pub(crate) no_header: bool,
    /// Does not compare articles of fewer words; they count as having no copy
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) min_words: usize,
    /// Reports no pair of two articles of one source
    ///
    /// For syndication between papers, without the templates and updates of one. An article without
    /// a source counts as of a source of its own. A cluster has the texts that are pairs with its
    /// representative's text, and all articles of these texts, so a paper's second copy of a text
    /// is a member too. Stories have all accounts of an event. Candidates of one source are not
    /// compared, except with --preset story. If more than 16 texts of one source are near copies of
    /// each other, an excerpt of them in another source may be missed.
    #[arg(long)]
    pub(crate) not_same_source: bool,
    /// Writes HTML pages that show the clusters, beginning with DIR/index.html
    ///
    /// The index lists every cluster, the largest first, and there are lists of the clusters with
    /// copies, with excerpts and so on, and of the stories. A cluster's page lists its articles in
    /// the order of their dates, with what each is to the representative, and leads to pages that
    /// show the two beside each other. See --pages.
    ///
    /// DIR is created if it does not exist. The pages appear together, when all are written; then
    /// the pages that an earlier run wrote into DIR are deleted. DIR/newsprint-pages.txt names the
    /// pages. Other files are left alone: if one has the name of a page, the run ends with an
    /// error.
    #[arg(long, value_name = "DIR")]
    pub(crate) html: Option<PathBuf>,
    /// The most pages of single clusters and of comparisons that --html writes (default: 2000)
    ///
    /// The largest clusters come first: each gets its page and one comparison; what is left is for
    /// a second comparison of each, a third one, and so on. Articles without a comparison are on
    /// the page of their cluster, and the ids of clusters without a page are in the lists, which
    /// are not counted. A page has some 20 KB.
    #[arg(long, value_name = "N", requires = "html")]
    pages: Option<usize>,
    /// Prints the summary as one JSON object
    ///
    /// Of the input: `articles`, `skipped` (lines, rows and files that cannot be used), `warnings`
    /// (those that were used with changes),
    /// `short` (fewer words than --min-words), `wordless`, `distinct` (different texts), `bytes`
    /// (of text). Of the results: `pairs` (all), `pairs_written` (by --pairs), `relations` (of
    /// these, by name), `clusters`, `clustered` (articles in them), `stories`, `in_stories`
    /// (articles in them), `passages` (by kind; null without --passages), `pages` (HTML files). Of
    /// the work: `seconds`, `stages` (seconds of each), `candidates` (pairs of texts that were
    /// proposed), `verified` (those whose texts were compared), `generators` (of `bands`, `anchors`
    /// and `story`: `keys`, `left_out` (keys that too many articles have), `candidates`,
    /// `verified`, `pairs` of different texts), `boilerplate` (pairs left out, with nothing
    /// else in common), and `peak_memory_bytes` (null if the system does not say). With an output
    /// on standard output, it goes to standard error.
    ///
    /// With --preset passages: `articles`, `skipped`, `warnings`, `seconds`, `passages` (by kind),
    /// `pages` and `peak_memory_bytes`.
    #[arg(long)]
    pub(crate) json: bool,
    /// Stops with an error at the first line or file that has a problem
    #[arg(long)]
    pub(crate) strict: bool,
    /// The number of threads, by default one per core; the results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) fields: FieldNames,
    #[command(flatten)]
    detector: DetectorOptions,
}

/// The most pages of clusters and comparisons, unless --pages says how many.
const DEFAULT_PAGES: usize = 2000;
/// More threads than a machine has cores, and few enough to start.
const MAX_THREADS: i64 = 1024;

impl Options {
    /// The configuration, or an error if options contradict each other.
    pub(crate) fn config(&self) -> Result<Config, String> {
        let outputs = [
            ("pairs", &self.pairs),
            ("clusters", &self.clusters),
            ("stories", &self.stories),
            ("kept", &self.kept),
            ("removed", &self.removed),
            ("sources", &self.sources),
            ("graph", &self.graph),
            ("passages", &self.passages),
            ("passage-graph", &self.passage_graph),
        ];
        for (i, &(name, path)) in outputs.iter().enumerate() {
            for &(other, other_path) in &outputs[i + 1..] {
                // Compare absolute paths, because `x` and `./x` are one file.
                let real = |path: &PathBuf| std::path::absolute(path).ok();
                if let (Some(path), Some(other_path)) = (path, other_path)
                    && real(path) == real(other_path)
                {
                    return Err(format!("--{name} and --{other} both write to {}", path.display()));
                }
            }
        }
        let mut tables =
            [&self.pairs, &self.clusters, &self.sources, &self.passages].into_iter().flatten();
        if self.no_header && tables.all(|table| is_parquet(table) || is_lines(table)) {
            return Err(
                "--no-header has no effect: Parquet files and JSON lines have no header".to_owned()
            );
        }
        let alone = self.detector.passages_alone()?;
        let needy = [
            ("--passage-words", self.passage_words.is_some()),
            ("--passage-graph", self.passage_graph.is_some()),
        ];
        if alone.is_none()
            && self.passages.is_none()
            && let Some((option, _)) = needy.iter().find(|(_, is_given)| *is_given)
        {
            return Err(format!("{option} needs --passages <FILE> or --preset passages"));
        }
        if alone.is_some() {
            refuse_with_passages(&[
                ("--pairs", self.pairs.is_some()),
                ("--clusters", self.clusters.is_some()),
                ("--stories", self.stories.is_some()),
                ("--kept", self.kept.is_some()),
                ("--removed", self.removed.is_some()),
                ("--sources", self.sources.is_some()),
                ("--graph", self.graph.is_some()),
                ("--min-words", self.min_words > 0),
                ("--pages", self.pages.is_some()),
                ("--not-same-source", self.not_same_source),
            ])?;
        }
        let builder = match alone {
            Some(builder) => builder,
            None => self.detector.builder()?.across_sources(self.not_same_source),
        };
        let config = build(match self.passage_words {
            Some(words) => builder.passage_words(words),
            None => builder,
        })?;
        if self.stories.is_some() && config.scope() < Scope::Story {
            return Err("--stories needs --preset story".to_owned());
        }
        Ok(config)
    }

    /// The most pages of clusters and comparisons.
    pub(crate) fn pages(&self) -> usize {
        self.pages.unwrap_or(DEFAULT_PAGES)
    }

    /// Whether passages are looked for and nothing else.
    pub(crate) fn finds_passages_alone(&self) -> bool {
        matches!(self.detector.passages_alone(), Ok(Some(_)))
    }

    /// Whether there is an output that lists pairs.
    pub(crate) fn lists_pairs(&self) -> bool {
        self.pairs.is_some() || self.graph.is_some()
    }
}
