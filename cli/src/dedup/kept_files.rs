//! Writes the files of `--kept` and `--removed`: the articles without the copies, and the copies.
//!
//! The inputs are read a second time. Lines are copied byte for byte, and a text file becomes a
//! JSON line. The members of a cluster are removed, its representative is kept. Rows of Parquet
//! files are copied by `kept_rows`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use newsprint::Clusters;
use serde_json::json;

#[cfg(feature = "parquet")]
use super::kept_rows::RowFile;
use super::stored_articles::Articles;
use crate::atomic_file::{FinishedFile, publish};
use crate::input::lines::{Batch, Line, Lines};
#[cfg(not(feature = "parquet"))]
use crate::input::without_parquet;
use crate::input::{Input, is_dash, is_parquet, open};
use crate::sink::refuse_input;
use crate::text_file::TextFile;

/// The files that the options name.
pub(crate) enum KeptFiles {
    Lines(Box<LineFiles>),
    #[cfg(feature = "parquet")]
    Rows(Vec<RowFile>),
}

/// The two files of lines.
#[derive(Default)]
pub(crate) struct LineFiles {
    kept: Option<TextFile>,
    removed: Option<TextFile>,
}

impl KeptFiles {
    /// Begins the files. Returns an error if an input cannot be read twice, or has rows where an
    /// output has lines.
    pub(crate) fn open(
        kept: Option<&Path>,
        removed: Option<&Path>,
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
        let outputs: Vec<(&Path, bool)> =
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
        let open = |path: Option<&Path>| {
            path.map(|path| refuse_input(path, inputs).and_then(|()| TextFile::open(path)))
                .transpose()
        };
        Ok(KeptFiles::Lines(Box::new(LineFiles { kept: open(kept)?, removed: open(removed)? })))
    }

    #[cfg(feature = "parquet")]
    fn open_rows(outputs: &[(&Path, bool)], inputs: &[PathBuf]) -> Result<Self, String> {
        let open = |&(path, has_removed): &(&Path, bool)| {
            refuse_input(path, inputs)?;
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
    fn open_rows(outputs: &[(&Path, bool)], _: &[PathBuf]) -> Result<Self, String> {
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

impl LineFiles {
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
        [self.kept, self.removed].into_iter().flatten().map(TextFile::close).collect()
    }

    fn line(&mut self, is_removed: bool, line: &[u8]) -> Result<(), String> {
        let file = if is_removed { &mut self.removed } else { &mut self.kept };
        let Some(file) = file else { return Ok(()) };
        file.write(line)?;
        file.write(b"\n")
    }
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
