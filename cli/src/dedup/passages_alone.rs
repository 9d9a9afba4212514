//! `newsprint dedup --preset passages`: finds what the articles share, and looks for no pairs.

use std::process::ExitCode;
use std::time::Instant;

use newsprint::{Clusters, Config, Detector};

use super::Pool;
use super::options::Options;
use super::passages::{PassageOutput, write_graph};
use super::reader::ArticleReader;
use super::site::Site;
use super::summary::PassageSummary;
use crate::input::problems::Problems;
use crate::input::{self, Input};
use crate::progress::ProgressDisplay;
use crate::sink::Sink;
use crate::terminal::{is_quiet, print_note, print_stderr, print_stdout};

/// Reads the inputs, finds passages, and writes the outputs.
pub(super) fn run(options: &Options, config: Config) -> Result<ExitCode, String> {
    let started = Instant::now();
    // Open all inputs and outputs first, so that errors come before the long work.
    let inputs = input::open(&options.inputs, &options.fields)?;
    let have_fields = inputs.iter().any(Input::has_fields);
    options.fields.note_unless(have_fields, "every input is a directory of texts");
    let (path, header) = (options.passages.as_deref(), !options.no_header);
    let places = PassageOutput::open(path, &options.inputs, header)?;
    let mut graph = Sink::open(options.passage_graph.as_deref(), &options.inputs)?;
    let site = options.html.as_ref().map(|dir| Site::open(dir, &options.inputs, options.pages()));
    let site = site.transpose()?;
    let pool = Pool::new(options.threads)?;

    let display = ProgressDisplay::new();
    let mut problems = Problems::new(options.strict, display.clone());
    let detector = Detector::new(config);
    let reader = ArticleReader::new(options, &detector);
    let read = pool.run(|| reader.read(inputs, &mut problems, &display));
    let articles = &read.inspect_err(|_| display.finish())?.articles;
    let shared = pool.run(|| detector.try_passages(articles, display.listener()));
    display.finish();
    articles.check()?;
    let shared = shared.map_err(|error| error.to_string())?;

    let to_stdout = !places.is_stdout() && !graph.is_stdout();
    write_graph(&mut graph, articles, &shared)?;
    places.write(articles, &shared)?;
    graph.finish()?;
    let none = Clusters::default();
    let pages = site.map(|site| pool.run(|| site.write(articles, &none, Some(&shared), &detector)));
    let pages = pages.transpose()?;
    problems.conclude(&options.fields);
    if articles.records.is_empty() {
        print_note("warning: no articles in the input");
    }
    let summary = PassageSummary {
        articles,
        shared: &shared,
        pages: pages.zip(options.html.as_deref()),
        skipped: problems.skipped(),
        warnings: problems.warnings(),
        seconds: started.elapsed().as_secs_f64(),
    };
    let report = match (options.json, options.passages.is_some()) {
        (true, _) => summary.json(),
        (false, true) => summary.text(),
        (false, false) => summary.text() + &summary.first(),
    };
    match is_quiet() && !options.json {
        true => {}
        false if to_stdout => print_stdout(&report)?,
        false => report.trim_end().lines().for_each(print_stderr),
    }
    Ok(problems.exit_code(articles.records.len() as u64))
}
