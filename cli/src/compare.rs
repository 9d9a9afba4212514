//! `newsprint compare`: how two articles relate, why, and what they share.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use clap::Args;
use newsprint::{Detector, Report};

use crate::input::decode::decode;
use crate::judge_options::JudgeOptions;
use crate::terminal::{note, say};
use crate::whole_file;

/// Compares two articles: says how they relate, why, and shows what they share.
///
/// Both files are read as UTF-8 text. What is not UTF-8 is replaced, with a warning on standard error;
/// a file that is mostly something else is refused. The exit code is 0 whatever the relation.
///
/// The options of the search for copies, --threshold, --slots and --recall, are accepted, so that one
/// set of options serves all commands, but two files are always compared in full.
#[derive(Args)]
pub(crate) struct Options {
    left: OsString,
    right: OsString,
    /// One JSON object on one line
    ///
    /// `relation` (`identical`, `copy`, `excerpt`, `revised`, `rewrite`, `shared-passage`, `series`,
    /// `same-story` or `different`), `confidence` (the probability of the relation), `jaccard`,
    /// `containment` and `coverage` (`left`: the share of the left article's shingles, or words, that
    /// the right one has, or that stand in shared passages; and `right`), `story` (the probability of
    /// one event), `passages` (`left` and `right`: start and end in bytes of the files as they are;
    /// `kind`: `verbatim` or `edited`; `words`), `weighted` (`jaccard` and `containment` with rare
    /// shingles counting more) and `evidence`, in sentences. The figures are exact, not estimates.
    #[arg(long)]
    json: bool,
    /// Writes a page with the two articles side by side, too
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    judge: JudgeOptions,
}

/// Compares the two files and writes the report.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let config = options.judge.config()?;
    let [left, right] = [File::read(&options.left)?, File::read(&options.right)?];
    let comparison = Detector::new(config).compare(&left.text, &right.text);
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
            note(&format!("{name}: warning: {warning}"));
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
fn write_page(path: &PathBuf, articles: &[&OsString], page: &str) -> Result<(), String> {
    let real = fs::canonicalize(path).ok();
    if real.is_some() && articles.iter().any(|article| fs::canonicalize(article).ok() == real) {
        return Err(format!("cannot write {}: it is one of the articles", path.display()));
    }
    whole_file::write(path.as_ref(), page)
}
