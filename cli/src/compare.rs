//! `newsprint compare`: reports how two articles relate, why, and what they share.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use newsprint::{Detector, Report};

use crate::detector_options::TextOptions;
use crate::input::decode::decode;
use crate::input::is_dash;
use crate::sink::Sink;
use crate::terminal::{print_note, print_stdout};

/// Compares two articles: reports how they relate, why, and what they share
///
/// Both files are read as UTF-8. Invalid bytes are replaced, with a warning on standard error; a
/// file that is mostly something else is refused. The exit code is 0 whatever the relation.
///
/// Two files are compared in full. Of --preset only the shingles matter here, and whether words
/// divided at line ends are joined: wire and story are the same.
#[derive(Args)]
pub(crate) struct Options {
    /// A text file
    left: OsString,
    /// The other
    right: OsString,
    /// Prints one JSON object on one line
    ///
    /// `relation` is `identical`, `copy`, `excerpt`, `revised`, `rewrite`, `shared-passage`,
    /// `series`, `same-story` or `different`; `confidence` its probability. `jaccard` is the
    /// Jaccard similarity. `containment` has `left`, the share of the left article's shingles that
    /// the right one has, and `right`. `coverage` has the share of each article's words that are in
    /// shared passages. `story` is the probability that both are about one event. `passages` lists
    /// `left` and `right` (start and end in bytes of the files), `kind` (`verbatim` or `edited`)
    /// and `words`. `weighted` has `jaccard` and `containment` with rare shingles counting more.
    /// `evidence` gives the reasons in sentences. All figures are exact, not estimates.
    #[arg(long)]
    json: bool,
    /// Also writes an HTML page with the two articles side by side
    ///
    /// If FILE is -, the page goes to standard output, in the place of the report. It is compressed
    /// if the name ends in .gz or .zst.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    detector: TextOptions,
}

/// Compares the two files and writes the report.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let config = options.detector.config()?;
    let [left, right] = [File::read(&options.left)?, File::read(&options.right)?];
    let comparison = Detector::new(config).compare(&left.text, &right.text);
    let report = Report::new(&comparison, &left.text, &right.text).titles(&left.name, &right.name);
    match &options.html {
        Some(path) if is_dash(path) && options.json => {
            return Err("--html - and --json both write to standard output".to_owned());
        }
        Some(path) if is_dash(path) => return print_stdout(&report.html()),
        Some(path) => write_page(path, [&options.left, &options.right], &report.html())?,
        None => {}
    }
    match options.json {
        true => print_stdout(
            &report.json_with_offsets(|place| left.offset(place), |place| right.offset(place)),
        ),
        false => print_stdout(&report.text()),
    }
}

/// A text, and the offsets of its bytes in the file.
struct File {
    name: String,
    text: String,
    /// Offsets in the text and in the file from which both advance by the same number of bytes.
    in_step: Vec<(usize, usize)>,
}

impl File {
    fn read(path: &OsString) -> Result<Self, String> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| format!("{name}: {error}"))?;
        let in_step = in_step(&bytes);
        let (text, warning) = decode(bytes).map_err(|error| format!("{name}: {error}"))?;
        if let Some(warning) = warning {
            print_note(&format!("{name}: warning: {warning}"));
        }
        Ok(File { name, text, in_step })
    }

    /// The offset in the file of an offset in the text.
    fn offset(&self, place: usize) -> usize {
        let next = self.in_step.partition_point(|&(in_text, _)| in_text <= place);
        let (in_text, in_file) = self.in_step[next - 1];
        in_file + place - in_text
    }
}

/// The pairs of offsets, in the text and in the file, where their difference changes: after a
/// byte-order mark, which the text lacks, and after invalid bytes, which the text has as U+FFFD.
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

/// Writes the page, unless that would overwrite one of the articles.
fn write_page(path: &Path, articles: [&OsString; 2], page: &str) -> Result<(), String> {
    let mut sink = Sink::open(Some(path), &articles.map(PathBuf::from))?;
    sink.write(page)?;
    sink.finish()
}
