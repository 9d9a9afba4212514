//! The destination of an output: nothing, standard output, or a file that appears when it is whole.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::atomic_file::publish;
use crate::input::{is_dash, is_parquet};
use crate::terminal::ignore_broken_pipe;
use crate::text_file::TextFile;

/// The destination of an output of text.
pub(crate) enum Sink {
    None,
    Stdout(BufWriter<io::Stdout>),
    File(Box<TextFile>),
}

impl Sink {
    /// Opens the output. Returns an error if it cannot be written or is one of the inputs.
    pub(crate) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, String> {
        let Some(path) = path else { return Ok(Sink::None) };
        if is_dash(path) {
            return Ok(Sink::Stdout(BufWriter::with_capacity(1 << 16, io::stdout())));
        }
        refuse_input(path, inputs)?;
        if is_parquet(path) {
            let path = path.display();
            return Err(format!("cannot write {path}: this output is text, no table of rows"));
        }
        TextFile::open(path).map(|file| Sink::File(Box::new(file)))
    }

    pub(crate) fn is_stdout(&self) -> bool {
        matches!(self, Sink::Stdout(_))
    }

    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Sink::None)
    }

    pub(crate) fn write(&mut self, row: &str) -> Result<(), String> {
        match self {
            Sink::None => Ok(()),
            Sink::Stdout(writer) => ignore_broken_pipe(writer.write_all(row.as_bytes())),
            Sink::File(file) => file.write(row.as_bytes()),
        }
    }

    /// Completes the table.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self {
            Sink::None => Ok(()),
            Sink::Stdout(mut writer) => ignore_broken_pipe(writer.flush()),
            Sink::File(file) => publish(&[file.close()?]),
        }
    }
}

/// Returns an error if the file at `path` is one of the inputs.
pub(crate) fn refuse_input(path: &Path, inputs: &[PathBuf]) -> Result<(), String> {
    let real = fs::canonicalize(path).ok().filter(|path| !path.is_dir());
    if real.is_some() && inputs.iter().any(|input| fs::canonicalize(input).ok() == real) {
        return Err(format!("cannot write {}: it is an input", path.display()));
    }
    Ok(())
}
