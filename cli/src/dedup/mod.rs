//! `newsprint dedup`: finds the copies in a collection of articles and clusters them.

mod kept_files;
mod network;
mod options;
mod reader;
mod site;
mod stored_articles;
mod summary;
mod tables;

use std::process::ExitCode;
use std::time::Instant;

use crate::atomic_file::clear_on_interrupt;
use crate::input;
use crate::input::problems::Problems;
use crate::progress::ProgressDisplay;
use crate::terminal::{is_quiet, print_note, print_stderr, print_stdout};
use kept_files::KeptFiles;
use newsprint::{Collection, Comparison, Detector, Pair};
pub(crate) use options::Options;
use reader::{ArticleReader, SignedArticles};
use site::Site;
use summary::Summary;
use tables::{PairRows, Sink};

/// The exit code if the input had lines or files and all of them were skipped.
const NOTHING_READ: u8 = 3;

/// Reads the inputs, finds pairs and clusters, and writes the outputs.
pub(crate) fn run(options: Options) -> Result<ExitCode, String> {
    clear_on_interrupt();
    let config = options.config()?;
    let started = Instant::now();
    // Open all inputs and outputs first, so that errors come before the long work.
    let inputs = input::open(&options.inputs)?;
    let mut pairs = Sink::open(options.pairs.as_deref(), &options.inputs)?;
    let mut clusters = Sink::open(options.clusters.as_deref(), &options.inputs)?;
    let mut stories = Sink::open(options.stories.as_deref(), &options.inputs)?;
    let mut sources = Sink::open(options.sources.as_deref(), &options.inputs)?;
    let mut graph = Sink::open(options.graph.as_deref(), &options.inputs)?;
    let kept =
        KeptFiles::open(options.kept.as_deref(), options.removed.as_deref(), &options.inputs)?;
    let site = options.html.as_ref().map(|dir| Site::open(dir, &options.inputs)).transpose()?;
    let pool = Pool::new(options.threads)?;

    let display = ProgressDisplay::new();
    let mut problems = Problems::new(options.strict, display.clone());
    let detector = Detector::new(config);
    let reader = ArticleReader::new(&options.fields, options.min_words, &detector);
    let read = pool.run(|| reader.read(inputs, &mut problems, &display));
    let SignedArticles { articles, signing, short } = read.inspect_err(|_| display.finish())?;
    let articles = &articles;
    let timer = display.time_stages();
    let found = pool.run(|| signing.cluster(articles, display.listener()));
    let times = timer.stop();
    display.finish();
    // The message names the line rather than the number of the article.
    articles.check()?;
    let found = found.map_err(|error| error.to_string())?;

    let compare = |pairs: &[Pair]| {
        let pairs = pairs.iter().copied();
        let verdict =
            |_: &Pair, comparison: Comparison| (comparison.relation, comparison.confidence);
        let compared = pool.run(|| detector.try_compare_pairs(articles, pairs, verdict));
        articles.check()?;
        compared.map_err(|error| error.to_string())
    };
    let (rows, header) = (PairRows::of(&found.pairs, options.every_pair), !options.no_header);
    let relations = tables::write_pairs(&mut pairs, articles, &rows, header, compare)?;
    tables::write_clusters(&mut clusters, articles, &found, header)?;
    tables::write_stories(&mut stories, articles, &found)?;
    network::write_sources(&mut sources, articles, &rows, header)?;
    network::write_graph(&mut graph, articles, &found, &rows)?;
    kept.write(&options.inputs, articles, &found)?;
    let outputs = [pairs, clusters, stories, sources, graph];
    let to_stdout = !outputs.iter().any(Sink::is_stdout);
    outputs.into_iter().try_for_each(Sink::finish)?;
    let pages = site.map(|site| site.write(articles, &found, &detector)).transpose()?;
    problems.conclude();
    if articles.is_empty() {
        print_note("warning: no articles in the input");
    }

    let summary = Summary {
        found: &found,
        relations: &relations,
        pages: pages.zip(options.html.as_deref()),
        short,
        skipped: problems.skipped(),
        warnings: problems.warnings(),
        seconds: started.elapsed().as_secs_f64(),
        times,
    };
    let mut report = if options.json { summary.json() } else { summary.text() };
    if !options.json && options.pairs.is_none() && options.clusters.is_none() {
        report.push_str(&summary::largest(articles, &found));
        articles.check()?;
    }
    match is_quiet() && !options.json {
        true => {}
        false if to_stdout => print_stdout(&report)?,
        false => report.trim_end().lines().for_each(print_stderr),
    }
    let is_nothing = articles.is_empty() && problems.skipped() > 0;
    Ok(if is_nothing { NOTHING_READ.into() } else { ExitCode::SUCCESS })
}

/// The threads that do the work: a pool of the requested number, or rayon's global pool.
struct Pool {
    pool: Option<rayon::ThreadPool>,
}

impl Pool {
    fn new(threads: Option<u16>) -> Result<Self, String> {
        let build = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build();
            pool.map_err(|error| format!("--threads {threads}: {error}"))
        };
        Ok(Pool { pool: threads.map(build).transpose()? })
    }

    fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.pool {
            Some(pool) => pool.install(work),
            None => work(),
        }
    }
}
