//! Finds the copies in a collection of articles and groups them.
//!
//! ```text
//! cargo run --release --example dedup -- news.jsonl --pairs pairs.tsv --clusters clusters.tsv
//!
//! dedup INPUT... [--pairs FILE] [--every-pair] [--clusters FILE] [--html DIR] [--json] [--strict] [--threads N]
//!       [--preset NAME] [--threshold T] [--window DAYS] [--shingle words:N|chars:N] [--slots N] [--recall R]
//! ```
//!
//! An INPUT is
//!
//! - a `.jsonl` (or `.ndjson`) file, plain or compressed (`.jsonl.gz`, `.jsonl.zst`): one object a
//!   line with `id` and `text`, and optionally `title` (compared as the first line), `source` and
//!   `date` (in any form that `Date` reads); other fields are ignored, and so are empty lines. A
//!   number stands for its digits as they are. Lines end in LF, CR LF or CR;
//! - a directory of text files, read with its subdirectories: each file is an article whose id is its path
//!   relative to the directory; hidden files and directories are passed over;
//! - `-`: JSON lines on standard input, for instance from `xzcat news.jsonl.xz`.
//!
//! `--pairs` writes a row for each pair: id, id, relation, Jaccard similarity, containment (the larger of the
//! two directions), score. The score is the share of both bodies that agrees word for word, or of one event its probability; with
//! `--threshold`, the Jaccard similarity. Where all articles would make more than ten million rows, as a hundred versions of a text in a hundred
//! copies each do, each text is told of once: two texts by one article of each, and every identical copy by its pair with that article. A
//! message on standard error says so, and the summary how many pairs there are and how many are written; `--every-pair` writes all of them.
//!
//! `--clusters` writes a row for each article of a cluster: id, the cluster's id (its
//! representative's), `representative` or `member`; with `--preset story` also the id of the story, and rows for
//! articles that belong to a story without having a copy. Both are tab separated without a
//! header; in ids, tab, newline, carriage return and backslash are written `\t`, `\n`, `\r`, `\\`, and
//! other control characters like `\u001b`. Figures have four decimals and are cut, not rounded. A file
//! appears under its name only when it is complete, and nothing is left of it if the run fails or is
//! interrupted; `-` is standard output, and then the summary goes to standard error.
//!
//! `--stories`, with `--preset story`, writes a JSON object on a line for each story: `story` (the id of the
//! article that stands for it), `first` (the first report: `id`, `source`, `date`), `terms` (at most five words
//! that it is named by), `articles` (how many), `texts` (the ids of what stands for each), `sources` (the first
//! report of each source, in the order of time), and `least_sure` (the text that belongs to it least surely, and
//! the average probability that it is of one event with the others).
//!
//! `--html` writes pages into a directory, which is made if it is not there; other files in it are left
//! alone. `index.html` lists the clusters, the largest first, and leads to a page for each member, beside
//! its representative; up to 20 pages a cluster and 500 in all, and the index tells what was left out.
//! The pages appear together, when all are written.
//!
//! A line that cannot be used is named on standard error, skipped and counted. What can be mended is a
//! warning, and the article is kept: a date that cannot be read, and a title, source or date that is no
//! text, are left out; an id that is no text is its JSON; half a character (`\ud83d` alone) and bytes in a
//! text file that are not UTF-8 are U+FFFD. Warnings of one kind are told once, and of dates once for each
//! form, with a count at the end. `--strict` stops at the first of either.
//!
//! The exit code is 0 when the work was done, skipped lines or not, 2 for a wrong option, an input that
//! cannot be read, an output that cannot be written, or a stop under `--strict`, and 130 if it was
//! interrupted or terminated while it had outputs to write.
//!
//! Texts are signed as they are read. Of a plain `.jsonl` file only signatures, ids, dates, titles and sources stay in memory, 0.8 KB an
//! article, and the texts of candidates are read again from the file. The file must stay as it is meanwhile; a line that has another id or
//! another length than before, or cannot be read, ends the run with an error that names it, and exit code 2. What cannot be read
//! at any place (standard input, pipes, compressed files) and the texts of directories are held in memory.

mod articles;
#[path = "../support/common.rs"]
mod common;
mod input;
mod json;
mod lines;
mod options;
mod output;
mod problems;
mod progress;
mod reading;
mod record;
mod site;
#[path = "../support/unfinished.rs"]
mod unfinished;

use std::process::ExitCode;
use std::time::Instant;

use common::{say, tell};
use newsprint::{Collection, Detector, Pair};
use options::Options;
use output::{Sink, Summary};
use problems::Problems;
use progress::Display;
use site::Site;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell(&format!("dedup: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let Some(options) =
        Options::read().map_err(|error| format!("{error} (dedup --help explains the options)"))?
    else {
        return say(&options::help());
    };
    let started = Instant::now();
    // All that can be refused is refused before the long work starts.
    let inputs = input::open(&options.inputs)?;
    let mut pairs = Sink::open(options.pairs.as_deref(), &options.inputs)?;
    let mut clusters = Sink::open(options.clusters.as_deref(), &options.inputs)?;
    let mut stories = Sink::open(options.stories.as_deref(), &options.inputs)?;
    let site = options.html.as_ref().map(|dir| Site::open(dir, &options.inputs)).transpose()?;
    let pool = Pool::new(options.threads)?;

    let display = Display::new();
    let mut problems = Problems::new(options.strict, display.clone());
    let detector = Detector::new(options.config).on_progress(display.listener());
    let read = pool.run(|| reading::read(inputs, &detector, &mut problems, &display));
    let (articles, signing) = read.inspect_err(|_| display.finish())?;
    let articles = &articles;
    let watch = display.watch();
    let found = pool.run(|| signing.cluster(articles));
    let times = watch.stop();
    display.finish();
    articles.check()?;

    let compare = |pairs: &[Pair]| {
        let pairs = pairs.iter().copied();
        pool.run(|| detector.compare_pairs(articles, pairs, |_, comparison| comparison.relation))
    };
    let relations =
        output::write_pairs(&mut pairs, articles, &found.pairs, options.every_pair, compare)?;
    output::write_clusters(&mut clusters, articles, &found)?;
    output::write_stories(&mut stories, articles, &found)?;
    let outputs = [pairs, clusters, stories];
    let to_stdout = !outputs.iter().any(Sink::is_stdout);
    outputs.into_iter().try_for_each(Sink::finish)?;
    let pages = site.map(|site| site.write(articles, &found, &detector)).transpose()?;
    problems.conclude();
    if articles.is_empty() {
        tell("dedup: warning: no articles in the input");
    }

    let summary = Summary {
        found: &found,
        relations: &relations,
        pages: pages.zip(options.html.as_deref()),
        skipped: problems.skipped(),
        warnings: problems.warnings(),
        seconds: started.elapsed().as_secs_f64(),
        times,
    };
    let mut report = if options.json { summary.json() } else { summary.text() };
    if !options.json && options.pairs.is_none() && options.clusters.is_none() {
        report.push_str(&output::largest(articles, &found));
        articles.check()?;
    }
    if to_stdout {
        say(&report)
    } else {
        report.trim_end().lines().for_each(tell);
        Ok(())
    }
}

/// The threads that do the work: those of a pool made for the number asked for, or all.
struct Pool {
    #[cfg(feature = "rayon")]
    pool: Option<rayon::ThreadPool>,
}

impl Pool {
    #[cfg(feature = "rayon")]
    fn new(threads: Option<usize>) -> Result<Self, String> {
        let build = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            pool.map_err(|error| format!("--threads {threads}: {error}"))
        };
        Ok(Pool { pool: threads.map(build).transpose()? })
    }

    #[cfg(feature = "rayon")]
    fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }

    #[cfg(not(feature = "rayon"))]
    fn new(threads: Option<usize>) -> Result<Self, String> {
        if let Some(threads) = threads.filter(|&threads| threads != 1) {
            tell(&format!(
                "dedup: --threads {threads} has no effect: built without the feature `rayon`"
            ));
        }
        Ok(Pool {})
    }

    #[cfg(not(feature = "rayon"))]
    fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }
}
