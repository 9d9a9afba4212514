//! The articles of a run. Records are kept in memory; a text is kept too, or read again from its
//! file.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::sync::{Arc, OnceLock};

use newsprint::{Article, Collection};

use crate::input::fields::FieldNames;
use crate::input::line::read_line;
use crate::input::problems::quoted;
use crate::input::record::{Record, Text};

/// An input that articles came from.
pub(crate) struct Source {
    pub(crate) name: String,
    /// The file to read texts from again; none if they are kept in memory.
    pub(crate) file: Option<Arc<File>>,
}

/// All articles, in the order of the inputs.
pub(crate) struct Articles {
    pub(crate) records: Vec<Record>,
    pub(crate) sources: Vec<Source>,
    pub(crate) fields: FieldNames,
    /// The first error of reading a text again.
    failure: OnceLock<String>,
}

impl Articles {
    /// An empty collection for lines with these fields.
    pub(crate) fn new(fields: FieldNames) -> Self {
        Articles { records: Vec::new(), sources: Vec::new(), fields, failure: OnceLock::new() }
    }

    /// An error if a text could not be read again unchanged. Then all results since are unreliable.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.failure.get().map_or(Ok(()), |failure| Err(failure.clone()))
    }

    /// The text of article `i`, to be shown; empty if it cannot be read again, which
    /// [`check`](Self::check) tells.
    pub(crate) fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> &'t str {
        Collection::text(self, i, buffer).unwrap_or_default()
    }

    /// The id of article `i`.
    pub(crate) fn id(&self, i: usize) -> &str {
        &self.records[i].id
    }

    /// The input and number of a line, as messages name it.
    pub(crate) fn place(&self, (input, line): (u32, u32)) -> String {
        format!("{}:{line}", self.sources[input as usize].name)
    }

    /// The line or file that an article came from, as messages name it.
    pub(crate) fn origin(&self, record: &Record) -> String {
        match record.place {
            (input, 0) => {
                format!("{}/{}", self.sources[input as usize].name.trim_end_matches('/'), record.id)
            }
            place => self.place(place),
        }
    }

    /// Reads the line of an article again.
    fn read_again(&self, record: &Record, buffer: &mut String) -> Result<(), String> {
        thread_local!(static LINE: RefCell<Vec<u8>> = RefCell::default());
        let Text::Stored { offset, line, length } = record.text else { return Ok(()) };
        let source = &self.sources[record.place.0 as usize];
        LINE.with_borrow_mut(|bytes| {
            bytes.resize(line as usize, 0);
            let file = source.file.as_deref().ok_or_else(|| "it is not open".to_owned())?;
            read_exact_at(file, bytes, offset).map_err(|error| error.to_string())?;
            let auto_id = self.fields.auto_ids.then(|| record.id.to_string());
            let fields = read_line(bytes, &self.fields, auto_id, buffer)
                .map_err(|problem| problem.message)?;
            match (&fields.id, fields.length) {
                (id, _) if *id != record.id => {
                    Err(format!("its id is {}, was {}", quoted(id), quoted(&record.id)))
                }
                (_, now) if now != length as usize => {
                    Err(format!("its text has {now} bytes, had {length}"))
                }
                _ => Ok(()),
            }
        })
    }
}

impl Collection for Articles {
    fn len(&self) -> usize {
        self.records.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        let Record { id, date, source, .. } = &self.records[i];
        Article::new("").id(id).date(*date).source(source.as_deref())
    }

    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str> {
        let record = &self.records[i];
        if let Text::Held(text) = &record.text {
            return Ok(text);
        }
        match self.read_again(record, buffer) {
            Ok(()) => Ok(buffer),
            Err(why) => {
                let place = self.place(record.place);
                let message = format!(
                    "{place}: the line has changed since it was read, or cannot be read again: {why}"
                );
                // Only the first error is kept; the others probably have the same reason.
                let first = self.failure.get_or_init(|| message);
                Err(io::Error::other(first.clone()))
            }
        }
    }
}

/// Whether the system can read at an offset of a file from several threads.
pub(crate) const POSITIONED: bool = cfg!(any(unix, windows));

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                bytes = &mut bytes[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(any(unix, windows)))]
fn read_exact_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
