//! Measures the detector against labelled collections.
//!
//! ```text
//! cargo run --release --example evaluate -- DIR...
//!
//! evaluate DIR... [--learn] [--json | --markdown] [--preset NAME] [--threshold T]
//!          [--shingle words:N|chars:N] [--slots N] [--recall R]
//! ```
//!
//! A DIR holds `docs.jsonl`, an object with `id` and `text` (and perhaps `date`) a line, and any of these
//! tables, tab separated:
//!
//! | file | columns | what is measured |
//! |---|---|---|
//! | `relations.tsv` | id, id, relation | the relations told, and what `find_pairs` reports |
//! | `pairs.tsv` | answer, source, `cut` `light` `heavy` `non` | how well the comparison tells the grade |
//! | | version, source, `L1` to `L4` | relations by level of rewriting |
//! | | id, id, `same-story` or `different` | the story score |
//! | | id, id, 1 (same) to 4 (different) | its correlation with the grade |
//! | | id, id, `copy`, similarity | recall of `find_pairs`, of a list of some copies |
//! | | id, id | recall and precision of `find_pairs`, of a list of all copies |
//! | `clusters.tsv` | id, cluster | the story score of every two; the clusters of `cluster` |
//! | `exact_*.tsv` | id, id, Jaccard similarity | recall of `find_pairs`, of a list of all pairs |
//!
//! In the measures' names, *found* is what `find_pairs` reports, and *best* is at the best of all thresholds,
//! chosen with the labels in view. Grades are told by a logistic regression, those of a task by one fitted to
//! the other tasks; the task is what follows the last `_` of an id. Beside it stands the same on what shingles
//! of three words share. A list of exact similarities must have been made of the shingles configured.
//!
//! An id is looked up in its own DIR first, then in the others given; rows with an id that none has are
//! counted and left out. `--learn` learns the weights of words from each DIR's articles before they are
//! compared; otherwise the default weights are used, as `compare` does. `--json` prints an object with one
//! member a DIR, by the folder's name; each measure in it is an object with its `value`, and where they make
//! sense `count`, `of` and `threshold`.
//!
//! The exit code is 0 when all was measured and 2 for a wrong option or file.

#[path = "../support/common.rs"]
#[allow(dead_code, reason = "for examples that read files of any kind")]
mod common;
mod input;
mod logistic;
mod measures;
mod report;
mod tasks;

use std::path::PathBuf;
use std::process::ExitCode;

use common::{TUNING_HELP, Tuning, say, tell, unexpected};
use input::{Folder, Library};
use lexopt::{Arg, Parser};
use newsprint::{Config, Detector};

const USAGE: &str = "\
Measures the detector against labelled collections.

usage: evaluate DIR... [OPTIONS]

DIR holds docs.jsonl (a line an article: id, text) and any of relations.tsv, pairs.tsv, clusters.tsv and
exact_*.tsv.

  --learn             learns the weights of words from each DIR's articles first
  --json              one JSON object: a member a DIR, with its measures
  --markdown          the tables in Markdown
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            tell(&format!("evaluate: {message}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let Some(options) =
        Options::read().map_err(|error| format!("{error} (evaluate --help explains the options)"))?
    else {
        return say(&format!("{USAGE}{TUNING_HELP}  --help              this text\n"));
    };
    let folders =
        options.dirs.iter().map(|dir| Folder::read(dir)).collect::<Result<Vec<Folder>, String>>()?;
    for (i, folder) in folders.iter().enumerate() {
        if folders[..i].iter().any(|other| other.name == folder.name) {
            return Err(format!("two folders are called {:?}", folder.name));
        }
    }
    let library = Library::of(&folders);
    let mut object = serde_json::Map::new();
    for folder in &folders {
        let detector = Detector::new(options.config);
        let report = tasks::measure(folder, &library, detector, options.learn)?;
        if options.json {
            object.insert(report.folder.clone(), report.json());
        } else {
            say(&format!("{}\n", report.text(options.markdown)))?;
        }
    }
    if options.json { say(&format!("{}\n", serde_json::Value::Object(object))) } else { Ok(()) }
}

struct Options {
    dirs: Vec<PathBuf>,
    learn: bool,
    json: bool,
    markdown: bool,
    config: Config,
}

impl Options {
    /// The options of the command line; none if help is asked for.
    fn read() -> Result<Option<Self>, String> {
        let mut parser = Parser::from_env();
        let (mut dirs, mut tuning) = (Vec::new(), Tuning::default());
        let (mut learn, mut json, mut markdown) = (false, false, false);
        while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("learn") => learn = true,
                Arg::Long("json") => json = true,
                Arg::Long("markdown") => markdown = true,
                Arg::Long(name) => {
                    let name = name.to_owned();
                    if !tuning.take(&name, &mut parser)? {
                        return Err(unexpected(Arg::Long(&name)));
                    }
                }
                Arg::Value(dir) => dirs.push(PathBuf::from(dir)),
                other => return Err(unexpected(other)),
            }
        }
        if dirs.is_empty() {
            return Err("no DIR given".to_owned());
        }
        if json && markdown {
            return Err("--json and --markdown exclude each other".to_owned());
        }
        Ok(Some(Options { dirs, learn, json, markdown, config: tuning.config()? }))
    }
}
