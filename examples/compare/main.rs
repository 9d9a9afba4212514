//! Compares two articles: says how they relate, why, and shows what they share.
//!
//! ```text
//! cargo run --release --example compare -- examples/articles/agency.txt examples/articles/reprint.txt
//!
//! compare LEFT RIGHT [--preset NAME] [--json] [--html FILE] [--shingle words:N|chars:N]
//! ```
//!
//! Both files are read as UTF-8 text. What is not UTF-8 is replaced, with a warning on standard error; a
//! file that is mostly something else is refused.
//!
//! `--json` prints one object on one line: `relation` (`identical`, `copy`, `excerpt`, `revised`, `rewrite`,
//! `same-story` or `different`), `confidence` (0 to 1), `jaccard`, `containment` and `coverage` (`left`: the
//! share of the left article's shingles, or words, that the right one has, or that stand in shared passages;
//! and `right`), `story` (the likelihood of one event, 0 to 1), `passages` (`left` and `right`: start and
//! end in bytes of the files as they are, a byte-order mark and replaced bytes counted as they stand there;
//! `kind`: `verbatim` or `edited`; `words`), `weighted` (`jaccard` and `containment` with rare shingles
//! counting more) and `evidence`, in sentences. All figures are exact, not estimates.
//!
//! `--html` writes a page with the two articles side by side and prints as well.
//!
//! The options of the search for copies, `--threshold`, `--slots` and `--recall`, are understood, so that
//! one set of options serves all examples, but two files are always compared in full.
//!
//! The exit code is 0 whatever the relation, and 2 for a file that cannot be read or written or a wrong
//! option.

#[path = "../support/common.rs"]
mod common;
#[path = "../support/unfinished.rs"]
mod unfinished;

use std::ffi::OsString;
use std::fs;
use std::process::ExitCode;

use common::{TUNING_HELP, Tuning, decode, say, tell, unexpected};
use lexopt::{Arg, Parser};
use newsprint::{Config, Detector, Report};

const USAGE: &str = "\
Compares two articles: says how they relate, why, and shows what they share.

usage: compare LEFT RIGHT [OPTIONS]

  --json              one JSON object: relation, confidence, jaccard, containment, coverage, story, passages
  --html FILE         writes a page with the two articles side by side, too
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
    let Some(options) = Options::read()
        .map_err(|error| format!("{error} (compare --help explains the options)"))?
    else {
        return say(&format!("{USAGE}{TUNING_HELP}  --help              this text\n"));
    };
    let [left, right] = [File::read(&options.left)?, File::read(&options.right)?];
    let comparison = Detector::new(options.config).compare(&left.text, &right.text);
    let report = Report::new(&comparison, &left.text, &right.text).titles(&left.name, &right.name);
    if let Some(path) = &options.html {
        write_page(path, &[&options.left, &options.right], &report.html())?;
    }
    match options.json {
        true => {
            say(&report.json_with_offsets(|place| left.offset(place), |place| right.offset(place)))
        }
        false => say(&report.text()),
    }
}

struct Options {
    left: OsString,
    right: OsString,
    json: bool,
    html: Option<OsString>,
    config: Config,
}

impl Options {
    /// The options of the command line; none if help is asked for.
    fn read() -> Result<Option<Self>, String> {
        let mut parser = Parser::from_env();
        let (mut files, mut json, mut html, mut tuning) =
            (Vec::new(), false, None, Tuning::default());
        while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("json") => json = true,
                Arg::Long("html") => {
                    let file = parser.value().ok().filter(|file| !file.is_empty());
                    html = Some(file.ok_or("--html needs a file name")?);
                }
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
        Ok(Some(Options { left, right, json, html, config }))
    }
}

/// A text and where its bytes stand in the file.
struct File {
    name: String,
    text: String,
    /// Places in the text and in the file from which on the two run in step.
    in_step: Vec<(usize, usize)>,
}

impl File {
    fn read(path: &OsString) -> Result<Self, String> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
        let in_step = in_step(&bytes);
        let (text, warning) = decode(bytes).map_err(|error| format!("{name}: {error}"))?;
        if let Some(warning) = warning {
            tell(&format!("{name}: warning: {warning}"));
        }
        Ok(File { name, text, in_step })
    }

    /// The place in the file of a place in the text.
    fn offset(&self, place: usize) -> usize {
        let next = self.in_step.partition_point(|&(in_text, _)| in_text <= place);
        let (in_text, in_file) = self.in_step[next - 1];
        in_file + place - in_text
    }
}

/// Where a file and its text get out of step: at a byte-order mark, which the text lacks, and behind bytes
/// for which it has U+FFFD.
fn in_step(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut in_file = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut in_text = 0;
    let mut places = vec![(in_text, in_file)];
    for chunk in bytes[in_file..].utf8_chunks() {
        let bad = chunk.invalid().len();
        in_text += chunk.valid().len();
        in_file += chunk.valid().len();
        if bad > 0 {
            in_text += char::REPLACEMENT_CHARACTER.len_utf8();
            in_file += bad;
            places.push((in_text, in_file));
        }
    }
    places
}

/// Writes the page, unless that would destroy an article.
fn write_page(path: &OsString, articles: &[&OsString], page: &str) -> Result<(), String> {
    let real = fs::canonicalize(path).ok();
    if real.is_some() && articles.iter().any(|article| fs::canonicalize(article).ok() == real) {
        return Err(format!("cannot write {}: it is one of the articles", path.display()));
    }
    unfinished::write(path.as_ref(), page)
}
