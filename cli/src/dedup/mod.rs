//! `newsprint dedup`: finds the copies in a collection of articles and groups them.

mod articles;
mod options;
mod output;
mod reading;
mod site;

use std::time::Instant;

use crate::input;
use crate::input::problems::Problems;
use crate::progress::Display;
use crate::terminal::{is_quiet, note, say, tell};
use newsprint::{Collection, Detector, Pair};
pub(crate) use options::Options;
use output::{Sink, Summary};
use site::Site;

/// Reads the inputs, finds pairs and clusters, and writes the outputs.
pub(crate) fn run(options: Options) -> Result<(), String> {
    let config = options.config()?;
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
    let detector = Detector::new(config).on_progress(display.listener());
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
        note("warning: no articles in the input");
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
    if is_quiet() && !options.json {
        return Ok(());
    }
    if to_stdout {
        return say(&report);
    }
    report.trim_end().lines().for_each(tell);
    Ok(())
}

/// The threads that do the work: those of a pool made for the number asked for, or all.
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
