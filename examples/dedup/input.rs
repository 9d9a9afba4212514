//! Articles from JSON lines and from directories of text files.
//!
//! Lines are read in batches into one buffer that is used again, and parsed on all cores; what stays in memory is the articles.

use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use newsprint::{Article, AsArticle, Date};
use serde_json::{Map, Value};

use super::common::{decode, grouped};
use super::lines::{Batch, LONGEST, Line, Lines, uncompressed};
use super::options::is_dash;
use super::problems::{Problem, Problems};
use super::progress::Display;

/// So many characters of an offending value are shown.
const SHOWN: usize = 60;

/// An article as it was given.
pub(crate) struct Record {
    pub(crate) id: Box<str>,
    pub(crate) text: String,
    pub(crate) title: Option<Box<str>>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) date: Option<Date>,
    /// The input it came from, and the line, or 0 for a text file.
    place: (u32, u32),
}

impl AsArticle for Record {
    fn as_article(&self) -> Article<'_> {
        Article {
            id: Some(&self.id),
            date: self.date,
            source: self.source.as_deref(),
            ..Article::new(&self.text)
        }
    }
}

/// An input that can be read.
pub(crate) enum Input {
    Lines { name: String, lines: Lines },
    Directory { name: String, path: PathBuf },
}

/// Opens every input, so that a mistyped name is known before hours of work and not after.
pub(crate) fn open(paths: &[PathBuf]) -> Result<Vec<Input>, String> {
    paths.iter().map(|path| open_one(path)).collect()
}

fn open_one(path: &Path) -> Result<Input, String> {
    if is_dash(path) {
        return Ok(Input::Lines { name: "<stdin>".to_owned(), lines: Lines::read(Box::new(io::stdin())) });
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
    let lines = File::open(path).and_then(|file| Lines::of(file, path)).map_err(fail)?;
    Ok(Input::Lines { lines, name })
}

fn is_lines(path: &Path) -> bool {
    let path = uncompressed(path);
    let extension = path.extension().unwrap_or_default();
    extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson")
}

/// All articles, in the order of the inputs.
#[derive(Default)]
pub(crate) struct Collection {
    records: Vec<Record>,
    names: Vec<String>,
    /// The first article whose id has this hash. Ids are held once only, in `records`.
    ids: HashMap<u64, u32>,
    hasher: RandomState,
}

impl Collection {
    /// Reads the inputs to their ends, or to the first problem if `problems` is strict.
    pub(crate) fn read(
        inputs: Vec<Input>,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<Self, String> {
        let mut collection = Collection::default();
        for input in inputs {
            match input {
                Input::Lines { name, lines } => {
                    collection.names.push(name);
                    collection.read_lines(lines, problems, display)?;
                }
                Input::Directory { name, path } => {
                    collection.names.push(name);
                    collection.read_directory(&path, problems, display)?;
                }
            }
        }
        collection.records.shrink_to_fit();
        collection.ids = HashMap::new();
        Ok(collection)
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    fn read_lines(
        &mut self,
        mut lines: Lines,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<(), String> {
        let input = self.names.len() as u32 - 1;
        let mut batch = Batch::default();
        while lines.fill(&mut batch) {
            let parsed = parse(&batch);
            for (&(number, _), parsed) in batch.lines.iter().zip(parsed) {
                let place = (input, number);
                match parsed {
                    None => {}
                    Some(Ok((mut record, warning))) => {
                        record.place = place;
                        if self.add(record, problems)? {
                            display.read(self.records.len());
                            if let Some(warning) = warning {
                                problems.warn(&self.place(place), warning)?;
                            }
                        }
                    }
                    Some(Err(problem)) => problems.skip(&self.place(place), problem)?,
                }
            }
            if let Some((number, error)) = &batch.error {
                return Err(format!("{}: {error}", self.place((input, *number))));
            }
        }
        Ok(())
    }

    fn read_directory(
        &mut self,
        path: &Path,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<(), String> {
        let input = self.names.len() as u32 - 1;
        let mut files = Vec::new();
        list(path, &mut String::new(), &mut files, problems)?;
        files.sort_unstable();
        if files.is_empty() {
            problems.warn(
                &self.names[input as usize],
                Problem::new("empty directories", "a directory without texts"),
            )?;
        }
        for (id, path) in files {
            match read_text_file(&path) {
                Ok((text, warning)) => {
                    let record = Record {
                        id: id.into(),
                        text,
                        title: None,
                        source: None,
                        date: None,
                        place: (input, 0),
                    };
                    if self.add(record, problems)? {
                        display.read(self.records.len());
                        if let Some(warning) = warning {
                            problems.warn(&path.display().to_string(), warning)?;
                        }
                    }
                }
                Err(problem) => problems.skip(&path.display().to_string(), problem)?,
            }
        }
        Ok(())
    }

    /// Adds an article unless its id is taken.
    fn add(&mut self, record: Record, problems: &mut Problems) -> Result<bool, String> {
        let next = self.records.len() as u32;
        let hash = self.hasher.hash_one(&record.id);
        let first = *self.ids.entry(hash).or_insert(next);
        let taken = if first == next || self.records[first as usize].id == record.id {
            first
        } else {
            // Two ids with one hash, once in a thousand lifetimes: look at all.
            self.records.iter().position(|other| other.id == record.id).map_or(next, |i| i as u32)
        };
        if taken == next {
            self.records.push(record);
            return Ok(true);
        }
        let name = |record: &Record| match record.place {
            (input, 0) => format!("{}/{}", self.names[input as usize].trim_end_matches('/'), record.id),
            place => self.place(place),
        };
        let message = format!("id {} is taken by {}", shown(&record.id), name(&self.records[taken as usize]));
        let place = name(&record);
        problems.skip(&place, Problem::new("with an id that is taken", message))?;
        Ok(false)
    }

    fn place(&self, (input, line): (u32, u32)) -> String {
        format!("{}:{line}", self.names[input as usize])
    }
}

/// An article, and a warning if something about it had to be left out; or what is wrong with it.
type Parsed = Result<(Record, Option<Problem>), Problem>;

/// What each line of a batch holds, on all cores; empty lines hold nothing.
fn parse(batch: &Batch) -> Vec<Option<Parsed>> {
    let parse = |(number, line): &(u32, Line)| match line {
        Line::TooLong(length) => {
            let (length, longest) = (grouped(*length), grouped(LONGEST as u64));
            let message = format!("a line of {length} bytes, the longest allowed has {longest}");
            Some(Err(Problem::new("too long", message)))
        }
        Line::Whole(line) => {
            let bytes = batch.bytes(line);
            let bytes = match number {
                1 => bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes),
                _ => bytes,
            };
            (!bytes.trim_ascii().is_empty()).then(|| read_record(bytes))
        }
    };
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        batch.lines.par_iter().map(parse).collect()
    }
    #[cfg(not(feature = "rayon"))]
    batch.lines.iter().map(parse).collect()
}

/// The article in a line of JSON, and a warning if something about it had to be left out.
fn read_record(line: &[u8]) -> Parsed {
    let line = str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        Problem::new(
            "not UTF-8",
            format!("not UTF-8: byte 0x{:02X} at byte offset {at} of the line", line[at]),
        )
    })?;
    let value = serde_json::from_str(line).map_err(|error| {
        let error = error.to_string().replace(" at line 1 column", " at column");
        Problem::new("not JSON", format!("not JSON: {error} ({})", shown(line)))
    })?;
    let Value::Object(mut object) = value else {
        let message = format!("not an object but {} ({})", kind(&value), shown(line));
        return Err(Problem::new("not objects", message));
    };
    let id = match object.remove("id") {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) if id.is_i64() || id.is_u64() => id.to_string(),
        Some(other) => return Err(wrong_type("id", &other, "a string or an integer")),
        None => return Err(missing("id", line)),
    };
    if id.is_empty() {
        return Err(Problem::new("with an empty id", format!("field \"id\" is empty ({})", shown(line))));
    }
    let text = match object.remove("text") {
        Some(Value::String(text)) => text,
        Some(other) => return Err(wrong_type("text", &other, "a string")),
        None => return Err(missing("text", line)),
    };
    let title = optional(&mut object, "title")?;
    let source = optional(&mut object, "source")?;
    let date = optional(&mut object, "date")?.filter(|date| !date.is_empty());
    let (date, warning) = match date.map(|date| date.parse::<Date>()) {
        None => (None, None),
        Some(Ok(date)) => (Some(date), None),
        Some(Err(error)) => {
            let message = format!("{error}; the article is kept without it");
            (None, Some(Problem::new("with a date that cannot be read", message)))
        }
    };
    let [title, source] = [title, source].map(|field| field.map(String::into_boxed_str));
    Ok((Record { id: id.into(), text, title, source, date, place: (0, 0) }, warning))
}

/// A field that may be missing or null, but if it is there must be a string.
fn optional(object: &mut Map<String, Value>, field: &'static str) -> Result<Option<String>, Problem> {
    match object.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(value)) => Ok(Some(value)),
        Some(other) => Err(wrong_type(field, &other, "a string")),
    }
}

fn missing(field: &str, line: &str) -> Problem {
    Problem::new("without a field that is needed", format!("no field {field:?} ({})", shown(line)))
}

fn wrong_type(field: &str, value: &Value, needed: &str) -> Problem {
    let value = match value {
        Value::Null => "null".to_owned(),
        value => format!("{} ({})", kind(value), shown(&value.to_string())),
    };
    Problem::new("with a field of the wrong type", format!("field {field:?} is {value}, must be {needed}"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The beginning of a value, quoted, so that nothing in it can upset a terminal.
fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}...", &value[..end]),
        None => format!("{value:?}"),
    }
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
