//! Writes the articles that are left when copies are taken out, and those that were taken out, as they
//! were given.
//!
//! The inputs are read once more: lines are copied byte for byte, and a text file becomes a line of JSON.
//! An article is removed if it is a member of a cluster, whose representative is kept.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use newsprint::Clusters;
use serde_json::json;

use super::articles::Articles;
use crate::input::lines::{Batch, Line, Lines};
use crate::input::{Input, open};
use crate::whole_file::{Output, publish};

/// How hard Zstandard tries, from 1 to 22; the default of its own program.
const ZSTD_LEVEL: i32 = 3;

/// A file of articles, compressed as its name says.
pub(crate) enum Articled {
    Plain(Output),
    Gzip(GzEncoder<Output>),
    Zstd(zstd::Encoder<'static, Output>),
}

impl Articled {
    /// Begins the file, or says why it could not be written.
    pub(crate) fn open(path: &Path, inputs: &[PathBuf]) -> Result<Self, String> {
        super::tables::refuse_input(path, inputs)?;
        let output = Output::open(path)?;
        let is =
            |ending: &str| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending));
        if is("gz") {
            return Ok(Articled::Gzip(GzEncoder::new(output, Compression::default())));
        }
        if is("zst") {
            let fail = |error: io::Error| format!("cannot write {}: {error}", path.display());
            return zstd::Encoder::new(output, ZSTD_LEVEL).map(Articled::Zstd).map_err(fail);
        }
        Ok(Articled::Plain(output))
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Articled::Plain(output) => output,
            Articled::Gzip(encoder) => encoder,
            Articled::Zstd(encoder) => encoder,
        }
    }

    fn finish(self) -> io::Result<Output> {
        match self {
            Articled::Plain(output) => Ok(output),
            Articled::Gzip(encoder) => encoder.finish(),
            Articled::Zstd(encoder) => encoder.finish(),
        }
    }
}

/// The two files, where they were asked for, and their names.
pub(crate) struct Kept<'o> {
    kept: Option<(&'o Path, Articled)>,
    removed: Option<(&'o Path, Articled)>,
}

impl<'o> Kept<'o> {
    /// Begins the files. The inputs must be such as can be read twice.
    pub(crate) fn open(
        kept: Option<&'o Path>,
        removed: Option<&'o Path>,
        inputs: &[PathBuf],
    ) -> Result<Self, String> {
        if kept.or(removed).is_some() {
            let is_stream = |input: &&PathBuf| !input.is_file() && !input.is_dir();
            if let Some(input) = inputs.iter().find(is_stream) {
                return Err(format!(
                    "--kept and --removed read the input a second time, and {} is a stream: write it to a \
                     file first",
                    input.display()
                ));
            }
        }
        let open = |path: Option<&'o Path>| {
            path.map(|path| Articled::open(path, inputs).map(|file| (path, file))).transpose()
        };
        Ok(Kept { kept: open(kept)?, removed: open(removed)? })
    }

    /// Writes the files.
    pub(crate) fn write(
        mut self,
        inputs: &[PathBuf],
        articles: &Articles,
        found: &Clusters,
    ) -> Result<(), String> {
        if self.kept.is_none() && self.removed.is_none() {
            return Ok(());
        }
        let removed: HashSet<usize> =
            found.clusters.iter().flat_map(|cluster| &cluster.members).copied().collect();
        // Records stand in the order of the inputs, and those of an input in the order of its lines.
        let mut next = 0;
        for (number, input) in open(inputs)?.into_iter().enumerate() {
            let of_input = |i: usize| {
                articles.records.get(i).is_some_and(|record| record.place.0 as usize == number)
            };
            match input {
                Input::Directory { .. } => {
                    while of_input(next) {
                        let mut buffer = String::new();
                        let text = newsprint::Collection::text(articles, next, &mut buffer);
                        let line = json!({ "id": articles.id(next), "text": text }).to_string();
                        self.line(removed.contains(&next), line.as_bytes())?;
                        next += 1;
                    }
                }
                Input::Lines { name, lines, .. } => {
                    for_each_line(&name, lines, |line, bytes| {
                        if of_input(next) && articles.records[next].place.1 == line {
                            self.line(removed.contains(&next), bytes)?;
                            next += 1;
                        }
                        Ok(())
                    })?;
                }
            }
        }
        if next < articles.records.len() {
            let place = articles.origin(&articles.records[next]);
            return Err(format!("{place}: the input has changed since it was read"));
        }
        let files = [self.kept, self.removed].into_iter().flatten();
        let whole = files.map(|(path, file)| {
            let output = file.finish().map_err(|error| cannot_write(path, &error))?;
            output.close()
        });
        publish(&whole.collect::<Result<Vec<_>, String>>()?)
    }

    fn line(&mut self, is_removed: bool, line: &[u8]) -> Result<(), String> {
        let file = if is_removed { &mut self.removed } else { &mut self.kept };
        let Some((path, file)) = file else { return Ok(()) };
        let writer = file.writer();
        let written = writer.write_all(line).and_then(|()| writer.write_all(b"\n"));
        written.map_err(|error| cannot_write(path, &error))
    }
}

fn cannot_write(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}

/// Gives each line of an input, with its number and without its end.
fn for_each_line(
    name: &str,
    mut lines: Lines,
    mut use_it: impl FnMut(u32, &[u8]) -> Result<(), String>,
) -> Result<(), String> {
    let mut batch = Batch::default();
    while lines.fill(&mut batch) {
        for (number, line) in &batch.lines {
            if let Line::Whole(line) = line {
                use_it(*number, batch.bytes(line))?;
            }
        }
        if let Some((number, error)) = &batch.error {
            return Err(format!("{name}:{number}: {error}"));
        }
    }
    Ok(())
}
