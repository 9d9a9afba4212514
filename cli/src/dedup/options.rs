//! The options of `newsprint dedup`.

use std::path::PathBuf;

use clap::Args;
use newsprint::{Config, Scope};

use crate::input::fields::FieldNames;
use crate::judge_options::JudgeOptions;

/// Finds the copies in a collection of articles and groups them.
///
/// An article's `title` is compared as the first line of its text. Texts of plain `.jsonl` files are
/// not held in memory: signatures, ids, dates, titles and sources are, 0.8 KB an article, and the
/// texts of candidates are read from the file again. The file must stay as it is meanwhile; a line that
/// has another id or another length than before ends the run with an error that names it.
///
/// A line that cannot be used is named on standard error, skipped and counted. What can be mended is a
/// warning, and the article is kept: a date that cannot be read, and a title, source or date that is
/// no text, are left out; an id that is no text is its JSON; half a character (`\ud83d` alone) and
/// bytes in a text file that are not UTF-8 become U+FFFD.
///
/// Output files are written whole or not at all. In their ids, tab, newline, carriage return and
/// backslash are written `\t`, `\n`, `\r`, `\\`, and other control characters like `\u001b`.
/// Figures have four decimals and are cut, not rounded.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// A .jsonl file, perhaps compressed as .gz or .zst; a directory of text files; or - for standard
    /// input
    ///
    /// JSON lines have an object on each line with `id` and `text`, and optionally `title`, `source`
    /// and `date` (in any form that feeds use); other fields are ignored. Of a directory, each file is
    /// an article whose id is its path in the directory; hidden files are passed over.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Writes the pairs, a row each: left, right, relation, jaccard, containment, score, ...
    ///
    /// `left` and `right` are ids. `containment` is the larger of `left_containment` and
    /// `right_containment`, the share of the left or right article's shingles that the other has.
    /// `score` is the share of both bodies that agrees word for word, or the probability of one event;
    /// with --threshold, the Jaccard similarity. `confidence` is the probability of the relation.
    /// `first` is `left` or `right`, whichever has the earlier date. Then come both sources and
    /// both dates. FILE may be - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) pairs: Option<PathBuf>,
    /// Writes all pairs, even where identical copies make more than ten million of them
    ///
    /// Otherwise each text is then listed once: two texts by one article of each, and every identical
    /// copy by its pair with that article.
    #[arg(long, requires = "pairs")]
    pub(crate) every_pair: bool,
    /// Writes the clusters, a row an article: id, cluster, role, story, source, date
    ///
    /// `cluster` is the id of the representative, `role` `representative` or `member`. With --preset
    /// story, `story` is the id of the story's representative, and there are rows for articles that
    /// belong to a story without having a copy. FILE may be - for standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) clusters: Option<PathBuf>,
    /// With --preset story: writes the stories, a JSON object a line
    ///
    /// `story` (the id of the article that represents it), `first` (the first report: `id`, `source`,
    /// `date`), `terms` (at most five words that name it), `articles` (how many), `texts` (the ids of
    /// the representatives of its texts), `sources` (the first report of each source, in the order of
    /// time), and `least_sure` (the text that belongs to it least surely, and the average probability
    /// that it is about one event with the others). FILE may be -.
    #[arg(long, value_name = "FILE")]
    pub(crate) stories: Option<PathBuf>,
    /// Writes the input without the copies: of each cluster the representative, and what has no copy
    ///
    /// Lines are copied as they are; of a directory, each file is a line of JSON with its `id` and
    /// `text`. FILE is compressed if its name ends in .gz or .zst.
    #[arg(long, value_name = "FILE")]
    pub(crate) kept: Option<PathBuf>,
    /// Writes the copies that --kept leaves out
    #[arg(long, value_name = "FILE")]
    pub(crate) removed: Option<PathBuf>,
    /// Writes how many pairs every two sources have, and who was first: source, other, pairs,
    /// source_first, other_first
    #[arg(long, value_name = "FILE")]
    pub(crate) sources: Option<PathBuf>,
    /// Writes articles and pairs as a network in GraphML, for Gephi, Cytoscape or networkx
    #[arg(long, value_name = "FILE")]
    pub(crate) graph: Option<PathBuf>,
    /// Tables begin with their first row, not with the names of the columns
    #[arg(long)]
    pub(crate) no_header: bool,
    /// Compares no article of fewer words; it is kept
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) min_words: usize,
    /// Writes pages to read the clusters by; begin with DIR/index.html
    ///
    /// DIR is made if it is not there; other files in it are left alone. The index lists the clusters,
    /// the largest first, and leads to a page for each member beside its representative; up to 20
    /// pages a cluster and 500 in all. The pages appear together, when all are written.
    #[arg(long, value_name = "DIR")]
    pub(crate) html: Option<PathBuf>,
    /// The summary as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Stops at the first line or file that would be skipped or mended
    #[arg(long)]
    pub(crate) strict: bool,
    /// Works with N threads, by default one a core; the results are the same
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS))]
    pub(crate) threads: Option<u16>,
    #[command(flatten)]
    pub(crate) fields: FieldNames,
    #[command(flatten)]
    judge: JudgeOptions,
}

/// More threads than any machine has cores, and few enough to start.
const MAX_THREADS: i64 = 1024;

impl Options {
    /// The configuration, or which options do not go together.
    pub(crate) fn config(&self) -> Result<Config, String> {
        let outputs = [
            ("pairs", &self.pairs),
            ("clusters", &self.clusters),
            ("stories", &self.stories),
            ("kept", &self.kept),
            ("removed", &self.removed),
            ("sources", &self.sources),
            ("graph", &self.graph),
        ];
        for (i, &(name, path)) in outputs.iter().enumerate() {
            for &(other, other_path) in &outputs[i + 1..] {
                // Absolute, for `x` and `./x` are one file.
                let real = |path: &PathBuf| std::path::absolute(path).ok();
                if let (Some(path), Some(other_path)) = (path, other_path)
                    && real(path) == real(other_path)
                {
                    return Err(format!("--{name} and --{other} both write to {}", path.display()));
                }
            }
        }
        let config = self.judge.config()?;
        if self.stories.is_some() && config.scope() < Scope::Story {
            return Err("--stories needs --preset story".to_owned());
        }
        Ok(config)
    }
}
