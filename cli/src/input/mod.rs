//! Reads articles from JSON lines, from Parquet files and from directories of text files.
//!
//! Lines are parsed in batches, on all cores.

pub(crate) mod decode;
pub(crate) mod fields;
pub(crate) mod line;
pub(crate) mod lines;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod problems;
pub(crate) mod record;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::terminal::grouped;
use decode::decode;
use fields::FieldNames;
use line::read_line;
use lines::{Batch, Line, Lines, MAX_LINE_BYTES, Recognized, is_plain, uncompressed};
use problems::{Problem, Problems};
use record::{Record, Text};

/// Larger buffers are shrunk to this size before they are reused.
const MAX_KEPT_BUFFER_BYTES: usize = 1 << 16;

/// An input that can be read.
pub(crate) enum Input {
    /// `file` is set if it is uncompressed, so that texts can be read from it again.
    Lines {
        name: String,
        lines: Lines,
        file: Option<Arc<File>>,
    },
    #[cfg(feature = "parquet")]
    Parquet {
        name: String,
        rows: Box<parquet::Rows>,
    },
    Directory {
        name: String,
        path: PathBuf,
    },
}

impl Input {
    /// Whether its articles have fields, whose names the command line can set.
    pub(crate) fn has_fields(&self) -> bool {
        !matches!(self, Input::Directory { .. })
    }
}

/// The name of standard input.
pub(crate) const STDIN: &str = "<stdin>";

/// Opens every input, so that a mistyped name is reported before the work and not after it.
pub(crate) fn open(paths: &[PathBuf], fields: &FieldNames) -> Result<Vec<Input>, String> {
    fields.check()?;
    if paths.iter().filter(|path| is_dash(path)).count() > 1 {
        return Err("- is given twice, but standard input can be read only once".to_owned());
    }
    paths.iter().map(|path| open_one(path, fields)).collect()
}

fn open_one(path: &Path, fields: &FieldNames) -> Result<Input, String> {
    if is_dash(path) {
        let lines = Lines::read(Recognized::of(io::stdin()));
        return Ok(Input::Lines { name: STDIN.to_owned(), lines, file: None });
    }
    let name = path.display().to_string();
    let fail = |error: io::Error| format!("{name}: {error}");
    let kind = fs::metadata(path).map_err(fail)?;
    if kind.is_dir() {
        fs::read_dir(path).map_err(fail)?;
        return Ok(Input::Directory { name, path: path.to_owned() });
    }
    if kind.is_file() && is_parquet(path) {
        return open_parquet(path, fields);
    }
    // The name of a pipe or device, such as a shell's process substitution, has no extension.
    if kind.is_file() && !is_lines(path) {
        return Err(format!(
            "{name}: neither a .jsonl file, a .parquet file nor a directory; \
             for text files give their directory, for JSON lines under another name use - and standard input"
        ));
    }
    let file = Arc::new(File::open(path).map_err(fail)?);
    let lines = match kind.is_file() {
        true => Lines::of(Arc::clone(&file), path).map_err(fail)?,
        false => Lines::read(Recognized::of(Arc::clone(&file))),
    };
    let stored = kind.is_file() && is_plain(path);
    Ok(Input::Lines { name, lines, file: stored.then_some(file) })
}

#[cfg(feature = "parquet")]
fn open_parquet(path: &Path, fields: &FieldNames) -> Result<Input, String> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| format!("{name}: {error}"))?;
    let rows = Box::new(parquet::Rows::open(file, path, fields)?);
    Ok(Input::Parquet { name, rows })
}

#[cfg(not(feature = "parquet"))]
fn open_parquet(path: &Path, _: &FieldNames) -> Result<Input, String> {
    Err(without_parquet(path))
}

/// The error for a Parquet file if this program cannot read and write them.
#[cfg(not(feature = "parquet"))]
pub(crate) fn without_parquet(path: &Path) -> String {
    format!(
        "{}: this program was built without Parquet; \
         `cargo install --path cli --features parquet` builds it with it",
        path.display()
    )
}

/// Whether a file's name is that of a Parquet file.
pub(crate) fn is_parquet(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"))
}

/// Whether a path stands for standard input or output.
pub(crate) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether a file's name is that of a file of JSON lines.
pub(crate) fn is_lines(path: &Path) -> bool {
    let path = uncompressed(path);
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson")
}

/// Whether a file's name is that of JSON, as lines or not.
pub(crate) fn is_json(path: &Path) -> bool {
    let path = uncompressed(path);
    is_lines(&path)
        || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// An article and warnings about fields that were left out or changed, or the reason why it cannot
/// be used.
pub(crate) type Parsed = Result<(Record, Vec<Problem>), Problem>;

/// The input that lines come from.
pub(crate) struct LineSource<'i> {
    pub(crate) name: &'i str,
    /// The number of the input.
    pub(crate) input: u32,
    /// Whether texts can be read from the input again, so that records need not own them.
    pub(crate) stored: bool,
    pub(crate) fields: &'i FieldNames,
    /// What is added to the number of a line to make its `--auto-ids` id.
    pub(crate) ids_after: u64,
}

/// Parses each line of a batch, on all cores; an empty line gives none. The text of line `i` is put
/// into `texts[i]`, and copied into the record only if it cannot be read again.
pub(crate) fn parse(
    batch: &Batch,
    source: &LineSource<'_>,
    texts: &mut Vec<String>,
) -> Vec<Option<Parsed>> {
    let LineSource { name, input, stored, fields: names, ids_after } = *source;
    texts.resize_with(batch.lines.len(), String::new);
    let parse = |((number, line), text): (&(u32, Line), &mut String)| match line {
        Line::TooLong(length) => {
            let (length, longest) = (grouped(*length), grouped(MAX_LINE_BYTES as u64));
            let message = format!("a line of {length} bytes, the longest allowed has {longest}");
            Some(Err(Problem::new("too long", message)))
        }
        Line::Whole(line) => {
            let mut line = line.clone();
            if *number == 1 && batch.bytes(&line).starts_with(b"\xEF\xBB\xBF") {
                line.start += 3;
            }
            let bytes = batch.bytes(&line);
            if bytes.trim_ascii().is_empty() {
                return None;
            }
            text.clear();
            text.shrink_to(MAX_KEPT_BUFFER_BYTES);
            let auto_id =
                names.auto_ids.then(|| format!("{name}:{}", ids_after + u64::from(*number)));
            Some(read_line(bytes, names, auto_id, text).map(|fields| {
                let (offset, line) = (batch.offset(&line), line.len() as u32);
                let text = match stored {
                    true => Text::Stored { offset, line, length: fields.length as u32 },
                    false => Text::Held(text.as_str().into()),
                };
                Record::of(fields, text, (input, *number))
            }))
        }
    };
    batch.lines.par_iter().zip(texts).map(parse).collect()
}

/// The files of a directory of texts, sorted by their ids.
pub(crate) fn text_files(
    name: &str,
    path: &Path,
    problems: &mut Problems,
) -> Result<Vec<(String, PathBuf)>, String> {
    let mut files = Vec::new();
    list(path, &mut String::new(), &mut files, problems)?;
    files.sort_unstable();
    if files.is_empty() {
        problems.warn(name, [Problem::new("empty directories", "a directory without texts")])?;
    }
    Ok(files)
}

/// Adds the files under `path` to `files`. The id of each is its path relative to the input, with
/// slashes on every system.
fn list(
    path: &Path,
    prefix: &mut String,
    files: &mut Vec<(String, PathBuf)>,
    problems: &mut Problems,
) -> Result<(), String> {
    let name = path.display().to_string();
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => return problems.skip(&name, Problem::new("unreadable", error.to_string())),
    };
    for entry in entries {
        let entry = entry.map_err(|error| format!("{name}: {error}"))?;
        let (path, id) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let linked = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let problem = match fs::metadata(&path) {
            Ok(kind) if kind.is_dir() && linked => {
                Problem::new("links", "a link to a directory, which could lead in circles")
            }
            Ok(kind) if kind.is_dir() => {
                list(&path, &mut format!("{id}/"), files, problems)?;
                continue;
            }
            Ok(kind) if !kind.is_file() => Problem::new("not files", "not a file"),
            Ok(_) if is_lines(&path) => Problem::new(
                "JSON lines among texts",
                "JSON lines among texts: give the file as an INPUT of its own",
            ),
            Ok(_) if is_parquet(&path) => Problem::new(
                "Parquet files among texts",
                "a Parquet file among texts: give it as an INPUT of its own",
            ),
            Ok(_) => {
                files.push((id, path));
                continue;
            }
            Err(error) => Problem::new("unreadable", error.to_string()),
        };
        problems.skip(&path.display().to_string(), problem)?;
    }
    Ok(())
}

/// The text of a file, and a warning if bytes had to be replaced.
pub(crate) fn read_text_file(path: &Path) -> Result<(String, Option<Problem>), Problem> {
    let unreadable = |error: io::Error| Problem::new("unreadable", error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::with_capacity((size as usize).min(MAX_LINE_BYTES) + 1);
    file.take(MAX_LINE_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_LINE_BYTES {
        let (size, longest) = (grouped(size), grouped(MAX_LINE_BYTES as u64));
        return Err(Problem::new(
            "too long",
            format!("a text of {size} bytes, the longest allowed has {longest}"),
        ));
    }
    let (mut text, warning) = decode(bytes).map_err(|error| Problem::new("not UTF-8", error))?;
    text.shrink_to_fit();
    Ok((text, warning.map(|warning| Problem::new("partly not UTF-8", warning))))
}
