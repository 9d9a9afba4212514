//! `newsprint dedup`: finds the copies in a collection of articles and clusters them.

#[cfg(feature = "parquet")]
mod column_file;
mod kept_files;
#[cfg(feature = "parquet")]
mod kept_rows;
mod network;
mod options;
mod passages;
mod passages_alone;
mod reader;
mod site;
mod source_table;
mod stored_articles;
mod summary;
mod table;
mod tables;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::atomic_file::clear_on_interrupt;
use crate::input::problems::Problems;
use crate::input::{self, Input};
use crate::interrupt::{self, EXIT_INTERRUPTED};
use crate::progress::ProgressDisplay;
use crate::sink::Sink;
use crate::terminal::{is_quiet, print_note, print_stderr, print_stdout};
use kept_files::KeptFiles;
use newsprint::{Clusters, Collection, Comparison, Detector, Pair};
pub(crate) use options::Options;
use passages::PassageOutput;
use reader::{ArticleReader, SignedArticles};
use site::Site;
use summary::Summary;
use table::Table;
use tables::PairRows;

/// Reads the inputs, finds pairs and clusters, and writes the outputs.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    clear_on_interrupt();
    let config = options.config()?;
    if options.finds_passages_alone() {
        return passages_alone::run(options, config);
    }
    let started = Instant::now();
    // Open all inputs and outputs first, so that errors come before the long work.
    let inputs = input::open(&options.inputs, &options.fields)?;
    let have_fields = inputs.iter().any(Input::has_fields);
    options.fields.note_unless(have_fields, "every input is a directory of texts");
    let table = |path: &Option<PathBuf>, columns| {
        Table::open(path.as_deref(), &options.inputs, columns, !options.no_header)
    };
    let mut pairs = table(&options.pairs, tables::PAIRS)?;
    let mut clusters = table(&options.clusters, tables::CLUSTERS)?;
    let mut sources = table(&options.sources, source_table::SOURCES)?;
    let mut stories = Sink::open(options.stories.as_deref(), &options.inputs)?;
    let mut graph = Sink::open(options.graph.as_deref(), &options.inputs)?;
    let header = !options.no_header;
    let places = PassageOutput::open(options.passages.as_deref(), &options.inputs, header)?;
    let mut passage_graph = Sink::open(options.passage_graph.as_deref(), &options.inputs)?;
    let kept =
        KeptFiles::open(options.kept.as_deref(), options.removed.as_deref(), &options.inputs)?;
    let site = options
        .html
        .as_ref()
        .map(|dir| Site::open(dir, &options.inputs, options.pages()))
        .transpose()?;
    let pool = Pool::new(options.threads)?;

    let display = ProgressDisplay::new();
    let mut problems = Problems::new(options.strict, display.clone());
    let detector = Detector::new(config);
    let reader = ArticleReader::new(options, &detector);
    let read = pool.run(|| reader.read(inputs, &mut problems, &display));
    let SignedArticles { articles, signing, short } = read.inspect_err(|_| display.finish())?;
    let articles = &articles;
    let timer = display.time_stages();
    let found = interrupt::in_order(|| {
        let found = pool.run(|| match signing {
            Some(signing) => signing.cluster(articles, display.listener()),
            None => Ok(Clusters::default()),
        });
        let times = timer.stop();
        let shared = options
            .passages
            .as_ref()
            .map(|_| pool.run(|| detector.try_passages(articles, display.listener())));
        (found, times, shared)
    });
    display.finish();
    let Some((found, times, shared)) = found else {
        return Ok(ExitCode::from(EXIT_INTERRUPTED));
    };
    // The message names the line rather than the number of the article.
    articles.check()?;
    let found = found.map_err(|error| error.to_string())?;
    let shared = shared.transpose().map_err(|error| error.to_string())?;

    let compare = |pairs: &[Pair]| {
        let pairs = pairs.iter().copied();
        let verdict =
            |_: &Pair, comparison: Comparison| (comparison.relation, comparison.confidence);
        let compared = pool.run(|| detector.try_compare_pairs(articles, pairs, verdict));
        articles.check()?;
        compared.map_err(|error| error.to_string())
    };
    let rows = PairRows::of(&found.pairs, options.every_pair);
    if options.lists_pairs() {
        rows.note();
    }
    if articles.records.iter().all(|record| record.source.is_none()) {
        if options.sources.is_some() {
            print_note("warning: no article has a source, so --sources has no rows");
        }
        if options.not_same_source {
            print_note("warning: no article has a source, so --not-same-source has no effect");
        }
    }
    let relations = tables::write_pairs(&mut pairs, articles, &rows, compare)?;
    tables::write_clusters(&mut clusters, articles, &found)?;
    tables::write_stories(&mut stories, articles, &found)?;
    source_table::write_sources(&mut sources, articles, &found.pairs)?;
    network::write_graph(&mut graph, articles, &found, &rows)?;
    kept.write(&options.inputs, articles, &found)?;
    if let Some(shared) = &shared {
        passages::write_graph(&mut passage_graph, articles, shared)?;
    }
    let (tables, texts) = ([pairs, clusters, sources], [stories, graph, passage_graph]);
    let to_stdout = !tables.iter().any(Table::is_stdout)
        && !texts.iter().any(Sink::is_stdout)
        && !places.is_stdout();
    if let Some(shared) = &shared {
        places.write(articles, shared)?;
    }
    tables.into_iter().try_for_each(Table::finish)?;
    texts.into_iter().try_for_each(Sink::finish)?;
    let pages = site
        .map(|site| pool.run(|| site.write(articles, &found, shared.as_ref(), &detector)))
        .transpose()?;
    problems.conclude(&options.fields);
    if articles.is_empty() {
        print_note("warning: no articles in the input");
    }

    let summary = Summary {
        found: &found,
        shared: shared.as_ref(),
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
    Ok(problems.exit_code(articles.records.len() as u64))
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
