//! Compares two articles and says whether one is a copy of the other.
//!
//! ```text
//! cargo run --release --example compare -- examples/articles/agency.txt examples/articles/reprint.txt
//!
//! compare LEFT RIGHT [--preset NAME] [--json] [--threshold T] [--shingle words:N|chars:N] [--slots N]
//!         [--recall R]
//! ```
//!
//! Both files are read as UTF-8 text. What is not UTF-8 is replaced, with a warning on standard error; a
//! file that is mostly something else is refused. `--json` prints one object: `relation` (`identical`,
//! `copy` or `different`), `jaccard`, `containment` with `left` (the share of the left article's shingles
//! that stand in the right one) and `right`, and the `threshold` applied. All figures are exact, not
//! estimates.
//!
//! The exit code is 0 whatever the relation, and 2 for a file that cannot be read or a wrong option.

#[path = "../support/common.rs"]
mod common;

use std::ffi::OsString;
use std::process::ExitCode;

use common::{TUNING_HELP, Tuning, decode, figure, grouped, say, tell, unexpected};
use lexopt::{Arg, Parser};
use newsprint::{Comparison, Config, Detector, Relation, Shingle, Words};

const USAGE: &str = "\
Compares two articles and says whether one is a copy of the other.

usage: compare LEFT RIGHT [OPTIONS]

  --json              one JSON object: relation, jaccard, containment {left, right}, threshold
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell(&format!("compare: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let Some(options) =
        Options::read().map_err(|error| format!("{error} (compare --help explains the options)"))?
    else {
        return say(&format!("{USAGE}{TUNING_HELP}  --help              this text\n"));
    };
    let [left, right] = [read(&options.left)?, read(&options.right)?];
    let comparison = Detector::new(options.config).compare(&left, &right);
    if options.json {
        say(&json(&comparison, &options.config))
    } else {
        say(&sentences(&comparison, &options, [&left, &right]))
    }
}

struct Options {
    left: OsString,
    right: OsString,
    json: bool,
    config: Config,
}

impl Options {
    /// The options of the command line; none if help is asked for.
    fn read() -> Result<Option<Self>, String> {
        let mut parser = Parser::from_env();
        let (mut files, mut json, mut tuning) = (Vec::new(), false, Tuning::default());
        while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("json") => json = true,
                Arg::Long(name) => {
                    let name = name.to_owned();
                    if !tuning.take(&name, &mut parser)? {
                        return Err(unexpected(Arg::Long(&name)));
                    }
                }
                Arg::Value(file) if files.len() < 2 => files.push(file),
                other => return Err(unexpected(other)),
            }
        }
        let config = tuning.config()?;
        let count = files.len();
        let [left, right] = files
            .try_into()
            .map_err(|_| format!("two files are needed, LEFT and RIGHT, and {count} given"))?;
        Ok(Some(Options { left, right, json, config }))
    }
}

fn read(file: &OsString) -> Result<String, String> {
    let name = file.display();
    let bytes = std::fs::read(file).map_err(|error| format!("{name}: {error}"))?;
    let (text, warning) = decode(bytes).map_err(|error| format!("{name}: {error}"))?;
    if let Some(warning) = warning {
        tell(&format!("{name}: warning: {warning}"));
    }
    Ok(text)
}

fn json(comparison: &Comparison, config: &Config) -> String {
    let overlap = comparison.overlap;
    let object = serde_json::json!({
        "relation": comparison.relation.name(),
        "jaccard": overlap.jaccard(),
        "containment": { "left": overlap.left_containment(), "right": overlap.right_containment() },
        "threshold": config.threshold(),
    });
    format!("{object}\n")
}

/// The result as a person would say it.
fn sentences(comparison: &Comparison, options: &Options, texts: [&str; 2]) -> String {
    let (overlap, config) = (comparison.overlap, options.config);
    let shingler = config.sketcher().shingler();
    let words = texts.map(|text| Words::of(text, shingler.folding()).len());
    let unit = match shingler.shingle() {
        Shingle::Words(1) => "words".to_owned(),
        Shingle::Words(n) => format!("runs of {n} words"),
        Shingle::Letters(1) => "letters".to_owned(),
        Shingle::Letters(n) => format!("runs of {n} letters"),
    };
    let verdict = match comparison.relation {
        Relation::Identical => "IDENTICAL: the same words in the same order".to_owned(),
        Relation::Copy => format!("COPY: the similarity reaches the threshold of {}", config.threshold()),
        Relation::Different if words.contains(&0) => {
            "DIFFERENT: an article without words is similar to nothing".to_owned()
        }
        Relation::Different => {
            format!("DIFFERENT: the similarity does not reach the threshold of {}", config.threshold())
        }
        other => other.name().to_uppercase(),
    };
    let name = |file: &OsString| file.display().to_string();
    let [left, right] = [name(&options.left), name(&options.right)];
    let width = left.chars().count().max(right.chars().count());
    format!(
        "left   {left:width$}  {:>7} words\nright  {right:width$}  {:>7} words\n\n{verdict}\n\n\
         Jaccard similarity  {}  {} of all {unit} in the two articles stand in both\n\
         left in right       {}  {} of the left article stands in the right one\n\
         right in left       {}  {} of the right article stands in the left one\n",
        grouped(words[0] as u64),
        grouped(words[1] as u64),
        figure(overlap.jaccard()),
        percent(overlap.jaccard()),
        figure(overlap.left_containment()),
        percent(overlap.left_containment()),
        figure(overlap.right_containment()),
        percent(overlap.right_containment()),
    )
}

/// A share in whole percent, cut like [`figure`]: all is all, and what is little is not called nothing.
fn percent(share: f64) -> String {
    match (share * 100.0 + 1e-9).floor() {
        _ if share > 0.0 && share < 0.01 => "under 1 %".to_owned(),
        whole => format!("{whole} %"),
    }
}
