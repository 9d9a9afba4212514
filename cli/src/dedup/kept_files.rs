//! Writes the files of `--kept` and `--removed`: the articles without the copies, and the copies.
//!
//! The inputs are read a second time. Lines are copied byte for byte, and a text file becomes a
//! JSON line. The members of a cluster are removed, its representative is kept. Rows of Parquet
//! files are copied by `kept_rows`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use newsprint::Clusters;
use serde_json::json;

#[cfg(feature = "parquet")]
use super::kept_rows::RowFile;
use super::stored_articles::Articles;
use crate::atomic_file::{FinishedFile, OutputFile, publish};
use crate::input::lines::{Batch, Line, Lines};
#[cfg(not(feature = "parquet"))]
use crate::input::without_parquet;
use crate::input::{Input, is_dash, is_parquet, open};

/// The compression level, from 1 to 22; 3 is the default of the program `zstd`.
const ZSTD_LEVEL: i32 = 3;

/// An output file, compressed if its name ends in `.gz` or `.zst`.
pub(crate) enum ArticleFile {
    Plain(OutputFile),
    Gzip(GzEncoder<OutputFile>),
    Zstd(zstd::Encoder<'static, OutputFile>),
}

impl ArticleFile {
    /// Begins the file, or returns an error if it cannot be written.
    pub(crate) fn open(path: &Path, inputs: &[PathBuf]) -> Result<Self, String> {
        super::sink::refuse_input(path, inputs)?;
        let output = OutputFile::open(path)?;
        let is =
            |ending: &str| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending));
        if is("gz") {
            return Ok(ArticleFile::Gzip(GzEncoder::new(output, Compression::default())));
        }
        if is("zst") {
            let fail = |error: io::Error| format!("cannot write {}: {error}", path.display());
            return zstd::Encoder::new(output, ZSTD_LEVEL).map(ArticleFile::Zstd).map_err(fail);
        }
        Ok(ArticleFile::Plain(output))
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            ArticleFile::Plain(output) => output,
            ArticleFile::Gzip(encoder) => encoder,
            ArticleFile::Zstd(encoder) => encoder,
        }
    }

    fn finish(self) -> io::Result<OutputFile> {
        match self {
            ArticleFile::Plain(output) => Ok(output),
            ArticleFile::Gzip(encoder) => encoder.finish(),
            ArticleFile::Zstd(encoder) => encoder.finish(),
        }
    }
}

/// The files that the options name.
pub(crate) enum KeptFiles<'o> {
    Lines(Box<LineFiles<'o>>),
    #[cfg(feature = "parquet")]
    Rows(Vec<RowFile<'o>>),
}

/// The two files of lines, with their names.
#[derive(Default)]
pub(crate) struct LineFiles<'o> {
    kept: Option<(&'o Path, ArticleFile)>,
    removed: Option<(&'o Path, ArticleFile)>,
}

impl<'o> KeptFiles<'o> {
    /// Begins the files. Returns an error if an input cannot be read twice, or has rows where an
    /// output has lines.
    pub(crate) fn open(
        kept: Option<&'o Path>,
        removed: Option<&'o Path>,
        inputs: &[PathBuf],
    ) -> Result<Self, String> {
        if [kept, removed].into_iter().flatten().any(is_dash) {
            return Err("--kept and --removed write files, not standard output".to_owned());
        }
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
        let outputs: Vec<(&'o Path, bool)> =
            [kept.map(|path| (path, false)), removed.map(|path| (path, true))]
                .into_iter()
                .flatten()
                .collect();
        if outputs.iter().any(|(path, _)| is_parquet(path)) {
            return Self::open_rows(&outputs, inputs);
        }
        if let Some((path, input)) =
            outputs.first().zip(inputs.iter().find(|input| is_parquet(input)))
        {
            let ((path, _), input) = (path, input.display());
            return Err(format!(
                "{} takes lines, and {input} has rows: give it a name that ends in .parquet",
                path.display()
            ));
        }
        let open = |path: Option<&'o Path>| {
            path.map(|path| ArticleFile::open(path, inputs).map(|file| (path, file))).transpose()
        };
        Ok(KeptFiles::Lines(Box::new(LineFiles { kept: open(kept)?, removed: open(removed)? })))
    }

    #[cfg(feature = "parquet")]
    fn open_rows(outputs: &[(&'o Path, bool)], inputs: &[PathBuf]) -> Result<Self, String> {
        let open = |&(path, has_removed): &(&'o Path, bool)| {
            super::sink::refuse_input(path, inputs)?;
            match is_parquet(path) {
                true => RowFile::open(path, has_removed, inputs),
                false => Err(format!(
                    "{} takes lines, and the other file of --kept and --removed rows",
                    path.display()
                )),
            }
        };
        outputs.iter().map(open).collect::<Result<_, _>>().map(KeptFiles::Rows)
    }

    #[cfg(not(feature = "parquet"))]
    fn open_rows(outputs: &[(&'o Path, bool)], _: &[PathBuf]) -> Result<Self, String> {
        let named = outputs.iter().find(|(path, _)| is_parquet(path));
        Err(named.map_or_else(String::new, |(path, _)| without_parquet(path)))
    }

    /// Writes the files.
    pub(crate) fn write(
        self,
        inputs: &[PathBuf],
        articles: &Articles,
        found: &Clusters,
    ) -> Result<(), String> {
        let removed: HashSet<usize> =
            found.clusters.iter().flat_map(|cluster| &cluster.members).copied().collect();
        publish(&match self {
            KeptFiles::Lines(files) => files.write(inputs, articles, &removed)?,
            #[cfg(feature = "parquet")]
            KeptFiles::Rows(files) => super::kept_rows::write(files, inputs, articles, &removed)?,
        })
    }
}

impl LineFiles<'_> {
    /// Writes the lines of the inputs, and completes the files.
    fn write(
        mut self,
        inputs: &[PathBuf],
        articles: &Articles,
        removed: &HashSet<usize>,
    ) -> Result<Vec<FinishedFile>, String> {
        if self.kept.is_none() && self.removed.is_none() {
            return Ok(Vec::new());
        }
        // Records are in the order of the inputs, and within an input in the order of its lines.
        let mut next = 0;
        for (number, input) in open(inputs, &articles.fields)?.into_iter().enumerate() {
            let of_input = |i: usize| {
                articles.records.get(i).is_some_and(|record| record.place.0 as usize == number)
            };
            match input {
                Input::Directory { .. } => {
                    while of_input(next) {
                        let mut buffer = String::new();
                        let text = articles.text(next, &mut buffer);
                        let line = json!({ "id": articles.id(next), "text": text }).to_string();
                        self.line(removed.contains(&next), line.as_bytes())?;
                        next += 1;
                    }
                }
                #[cfg(feature = "parquet")]
                Input::Parquet { name, .. } => return Err(format!("{name}: has rows, no lines")),
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
        whole.collect()
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

/// Calls `use_it` with the number and the bytes of each line, without its end.
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
