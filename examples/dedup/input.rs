//! Articles from JSON lines and from directories of text files.
//!
//! Lines are read in batches and parsed on all cores while the next batch is read. What stays in memory is what is known of the articles,
//! and the texts of those that cannot be read again.

use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use newsprint::{Detector, Signing};

use super::articles::{Articles, POSITIONED, Source};
use super::common::{decode, grouped};
use super::lines::{Batch, LONGEST, Line, Lines, is_plain, uncompressed};
use super::options::is_dash;
use super::problems::{Problem, Problems};
use super::progress::Display;
use super::record::{Record, Text, read_line, shown};

/// Buffers of more bytes are not kept for other texts.
const KEPT: usize = 1 << 16;

/// An input that can be read.
pub(crate) enum Input {
    /// The file is there where texts can be read again from it.
    Lines {
        name: String,
        lines: Lines,
        file: Option<Arc<File>>,
    },
    Directory {
        name: String,
        path: PathBuf,
    },
}

/// Opens every input, so that a mistyped name is known before hours of work and not after.
pub(crate) fn open(paths: &[PathBuf]) -> Result<Vec<Input>, String> {
    paths.iter().map(|path| open_one(path)).collect()
}

fn open_one(path: &Path) -> Result<Input, String> {
    if is_dash(path) {
        let lines = Lines::read(Box::new(io::stdin()));
        return Ok(Input::Lines { name: "<stdin>".to_owned(), lines, file: None });
    }
    let name = path.display().to_string();
    let fail = |error: io::Error| format!("{name}: {error}");
    let kind = fs::metadata(path).map_err(fail)?;
    if kind.is_dir() {
        fs::read_dir(path).map_err(fail)?;
        return Ok(Input::Directory { name, path: path.to_owned() });
    }
    // A pipe or device, such as a shell's process substitution, has no name to go by.
    if kind.is_file() && !is_lines(path) {
        return Err(format!(
            "{name}: neither a .jsonl file nor a directory; \
             for text files give their directory, for JSON lines under another name use - and standard input"
        ));
    }
    let file = Arc::new(File::open(path).map_err(fail)?);
    let lines = Lines::of(Arc::clone(&file), path).map_err(fail)?;
    let stored = POSITIONED && kind.is_file() && is_plain(path);
    Ok(Input::Lines { name, lines, file: stored.then_some(file) })
}

fn is_lines(path: &Path) -> bool {
    let path = uncompressed(path);
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson")
}

/// Reads the inputs to their ends, or to the first problem if `problems` is strict.
pub(crate) fn read<'d>(
    inputs: Vec<Input>,
    detector: &'d Detector,
    problems: &mut Problems,
    display: &Display,
) -> Result<(Articles, Signing<'d>), String> {
    let mut reading = Reading {
        articles: Articles::default(),
        signing: detector.signing(),
        buffers: Vec::new(),
        ids: HashMap::new(),
        hasher: RandomState::new(),
    };
    for input in inputs {
        match input {
            Input::Lines { name, lines, file } => {
                reading.articles.sources.push(Source { name, file });
                reading.read_lines(lines, problems, display)?;
            }
            Input::Directory { name, path } => {
                reading.articles.sources.push(Source { name, file: None });
                reading.read_directory(&path, problems, display)?;
            }
        }
    }
    reading.articles.records.shrink_to_fit();
    Ok((reading.articles, reading.signing))
}

/// The articles read so far.
struct Reading<'d> {
    articles: Articles,
    signing: Signing<'d>,
    /// For the texts of a batch, used again for the next.
    buffers: Vec<String>,
    /// The first article whose id has this hash. Ids are held once only, in the articles.
    ids: HashMap<u64, u32>,
    hasher: RandomState,
}

impl Reading<'_> {
    fn read_lines(
        &mut self,
        mut lines: Lines,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<(), String> {
        let input = self.articles.sources.len() as u32 - 1;
        let [mut batch, mut next] = [Batch::default(), Batch::default()];
        let mut more = lines.fill(&mut batch);
        while more {
            let read = || self.read_batch(&batch, input, problems, display);
            let (read, filled) = both(read, || lines.fill(&mut next));
            read?;
            mem::swap(&mut batch, &mut next);
            more = filled;
        }
        Ok(())
    }

    /// Parses the lines of a batch, takes and signs the articles.
    fn read_batch(
        &mut self,
        batch: &Batch,
        input: u32,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<(), String> {
        let stored = self.articles.sources[input as usize].file.is_some();
        let mut buffers = mem::take(&mut self.buffers);
        let parsed = parse(batch, input, stored, &mut buffers);
        let mut texts: Vec<&str> = Vec::with_capacity(parsed.len());
        for ((&(number, _), text), parsed) in batch.lines.iter().zip(&buffers).zip(parsed) {
            let (record, warning) = match parsed {
                None => continue,
                Some(Ok(parsed)) => parsed,
                Some(Err(problem)) => {
                    problems.skip(&self.articles.place((input, number)), problem)?;
                    continue;
                }
            };
            if self.add(record, problems)? {
                texts.push(text);
                display.read(self.articles.records.len());
                if let Some(warning) = warning {
                    problems.warn(&self.articles.place((input, number)), warning)?;
                }
            }
        }
        self.signing.add(&texts);
        self.buffers = buffers;
        match &batch.error {
            Some((number, error)) => Err(format!("{}: {error}", self.articles.place((input, *number)))),
            None => Ok(()),
        }
    }

    fn read_directory(
        &mut self,
        path: &Path,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<(), String> {
        let input = self.articles.sources.len() as u32 - 1;
        let mut files = Vec::new();
        list(path, &mut String::new(), &mut files, problems)?;
        files.sort_unstable();
        if files.is_empty() {
            problems.warn(
                &self.articles.sources[input as usize].name,
                Problem::new("empty directories", "a directory without texts"),
            )?;
        }
        for (id, path) in files {
            match read_text_file(&path) {
                Ok((text, warning)) => {
                    let record = Record {
                        id: id.into(),
                        text: Text::Held(text.into()),
                        title: None,
                        source: None,
                        date: None,
                        place: (input, 0),
                    };
                    if self.add(record, problems)? {
                        display.read(self.articles.records.len());
                        if let Some(warning) = warning {
                            problems.warn(&path.display().to_string(), warning)?;
                        }
                    }
                }
                Err(problem) => problems.skip(&path.display().to_string(), problem)?,
            }
        }
        let texts =
            self.articles.records[self.signing.len()..].iter().filter_map(|record| match &record.text {
                Text::Held(text) => Some(&**text),
                Text::Stored { .. } => None,
            });
        self.signing.add(&texts.collect::<Vec<&str>>());
        Ok(())
    }

    /// Adds an article unless its id is taken.
    fn add(&mut self, record: Record, problems: &mut Problems) -> Result<bool, String> {
        let Articles { records, .. } = &mut self.articles;
        let next = records.len() as u32;
        let hash = self.hasher.hash_one(&record.id);
        let first = *self.ids.entry(hash).or_insert(next);
        let taken = if first == next || records[first as usize].id == record.id {
            first
        } else {
            // Two ids with one hash, once in a thousand lifetimes: look at all.
            records.iter().position(|other| other.id == record.id).map_or(next, |i| i as u32)
        };
        if taken == next {
            records.push(record);
            return Ok(true);
        }
        let other = self.articles.origin(&self.articles.records[taken as usize]);
        let message = format!("id {} is taken by {other}", shown(&record.id));
        let problem = Problem::new("with an id that is taken", message);
        problems.skip(&self.articles.origin(&record), problem)?;
        Ok(false)
    }
}

/// An article, and a warning if something about it had to be left out; or what is wrong with it.
type Parsed = Result<(Record, Option<Problem>), Problem>;

/// What each line of a batch holds, on all cores; empty lines hold nothing. Their texts are put into `texts`, line by line.
fn parse(batch: &Batch, input: u32, stored: bool, texts: &mut Vec<String>) -> Vec<Option<Parsed>> {
    texts.resize_with(batch.lines.len(), String::new);
    let parse = |((number, line), text): (&(u32, Line), &mut String)| match line {
        Line::TooLong(length) => {
            let (length, longest) = (grouped(*length), grouped(LONGEST as u64));
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
            text.shrink_to(KEPT);
            Some(read_line(bytes, text).map(|fields| {
                let (offset, line) = (batch.offset(&line), line.len() as u32);
                let text = match stored {
                    true => Text::Stored { offset, line, length: fields.length as u32 },
                    false => Text::Held(text.as_str().into()),
                };
                Record::of(fields, text, (input, *number))
            }))
        }
    };
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        batch.lines.par_iter().zip(texts).map(parse).collect()
    }
    #[cfg(not(feature = "rayon"))]
    batch.lines.iter().zip(texts).map(parse).collect()
}

/// Does two things, at once where there are threads.
#[cfg(feature = "rayon")]
fn both<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    rayon::join(a, b)
}

#[cfg(not(feature = "rayon"))]
fn both<A, B>(a: impl FnOnce() -> A, b: impl FnOnce() -> B) -> (A, B) {
    (a(), b())
}

/// Adds the files under `path` to `files`, each with its id: its path relative to the input, with slashes
/// on every system.
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

fn read_text_file(path: &Path) -> Result<(String, Option<Problem>), Problem> {
    let unreadable = |error: io::Error| Problem::new("unreadable", error.to_string());
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    let mut bytes = Vec::with_capacity((size as usize).min(LONGEST) + 1);
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > LONGEST {
        let (size, longest) = (grouped(size), grouped(LONGEST as u64));
        return Err(Problem::new(
            "too long",
            format!("a text of {size} bytes, the longest allowed has {longest}"),
        ));
    }
    let (mut text, warning) = decode(bytes).map_err(|error| Problem::new("not UTF-8", error))?;
    text.shrink_to_fit();
    Ok((text, warning.map(|warning| Problem::new("partly not UTF-8", warning))))
}
