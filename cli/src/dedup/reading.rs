//! Reads the articles of a run, and signs them as they come.
//!
//! Lines are parsed while the next batch is read. What stays in memory is what is known of the articles, and the texts of those that
//! cannot be read again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::path::Path;

use newsprint::{Detector, Signing};

use super::articles::{Articles, POSITIONED, Source};
use crate::input::lines::{Batch, Lines};
use crate::input::problems::{Problem, Problems};
use crate::input::record::{Record, Text, shown};
use crate::input::{Input, parse, read_text_file, text_files};
use crate::progress::Display;

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
                // Where files cannot be read at any place, texts are held.
                let file = file.filter(|_| POSITIONED);
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
            let (read, filled) = rayon::join(read, || lines.fill(&mut next));
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
            let (record, warnings) = match parsed {
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
                if !warnings.is_empty() {
                    problems.warn(&self.articles.place((input, number)), warnings)?;
                }
            }
        }
        self.signing.add(&texts);
        self.buffers = buffers;
        match &batch.error {
            Some((number, error)) => {
                Err(format!("{}: {error}", self.articles.place((input, *number))))
            }
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
        for (id, path) in text_files(&self.articles.sources[input as usize].name, path, problems)? {
            match read_text_file(&path) {
                Ok((text, warning)) => {
                    let text = Text::Held(text.into());
                    let record = Record { text, place: (input, 0), ..Record::named(&id) };
                    if self.add(record, problems)? {
                        display.read(self.articles.records.len());
                        problems.warn(&path.display().to_string(), warning)?;
                    }
                }
                Err(problem) => problems.skip(&path.display().to_string(), problem)?,
            }
        }
        let texts = self.articles.records[self.signing.len()..].iter().filter_map(|record| {
            match &record.text {
                Text::Held(text) => Some(&**text),
                Text::Stored { .. } => None,
            }
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
