//! Reads the articles of a run, and signs them as they come.
//!
//! Lines are parsed while the next batch is read. What stays in memory is what is known of the articles, and the texts of those that
//! cannot be read again.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::path::Path;

use newsprint::{Detector, Folding, Signing, Words};
use rayon::prelude::*;

use super::articles::{Articles, POSITIONED, Source};
use crate::input::fields::FieldNames;
use crate::input::lines::{Batch, Lines};
use crate::input::problems::shown;
use crate::input::problems::{Problem, Problems};
use crate::input::record::{Record, Text};
use crate::input::{self, Input, parse, read_text_file, text_files};
use crate::progress::Display;

/// What was read.
pub(crate) struct Read<'d> {
    pub(crate) articles: Articles,
    pub(crate) signing: Signing<'d>,
    /// Articles of fewer words than are compared.
    pub(crate) short: u64,
}

/// The articles read so far.
pub(crate) struct Reading<'d> {
    read: Read<'d>,
    min_words: usize,
    folding: Folding,
    /// For the texts of a batch, used again for the next.
    buffers: Vec<String>,
    /// The first article whose id has this hash. Ids are held once only, in the articles.
    ids: HashMap<u64, u32>,
    hasher: RandomState,
}

impl<'d> Reading<'d> {
    pub(crate) fn new(fields: &FieldNames, min_words: usize, detector: &'d Detector) -> Self {
        let (articles, signing) = (Articles::new(fields.clone()), detector.signing());
        Reading {
            read: Read { articles, signing, short: 0 },
            min_words,
            folding: detector.config().sketcher().shingler().folding(),
            buffers: Vec::new(),
            ids: HashMap::new(),
            hasher: RandomState::new(),
        }
    }

    /// Reads the inputs to their ends, or to the first problem if `problems` is strict.
    pub(crate) fn read(
        mut self,
        inputs: Vec<Input>,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<Read<'d>, String> {
        for input in inputs {
            match input {
                Input::Lines { name, lines, file } => {
                    // Where files cannot be read at any place, texts are held.
                    let file = file.filter(|_| POSITIONED);
                    self.read.articles.sources.push(Source { name, file });
                    self.read_lines(lines, problems, display)?;
                }
                Input::Directory { name, path } => {
                    self.read.articles.sources.push(Source { name, file: None });
                    self.read_directory(&path, problems, display)?;
                }
            }
        }
        self.read.articles.records.shrink_to_fit();
        Ok(self.read)
    }

    fn read_lines(
        &mut self,
        mut lines: Lines,
        problems: &mut Problems,
        display: &Display,
    ) -> Result<(), String> {
        let input = self.read.articles.sources.len() as u32 - 1;
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
        let Source { name, file } = &self.read.articles.sources[input as usize];
        let fields = &self.read.articles.fields;
        let lines = input::Reading { name, input, stored: file.is_some(), fields };
        let mut buffers = mem::take(&mut self.buffers);
        let parsed = parse(batch, &lines, &mut buffers);
        let mut texts: Vec<&str> = Vec::with_capacity(parsed.len());
        for ((&(number, _), text), parsed) in batch.lines.iter().zip(&buffers).zip(parsed) {
            let (record, warnings) = match parsed {
                None => continue,
                Some(Ok(parsed)) => parsed,
                Some(Err(problem)) => {
                    problems.skip(&self.read.articles.place((input, number)), problem)?;
                    continue;
                }
            };
            if self.add(record, problems)? {
                texts.push(text);
                display.read(self.read.articles.records.len());
                if !warnings.is_empty() {
                    problems.warn(&self.read.articles.place((input, number)), warnings)?;
                }
            }
        }
        self.read.short += leave_out_short(&mut texts, self.min_words, self.folding);
        self.read.signing.add(&texts);
        self.buffers = buffers;
        match &batch.error {
            Some((number, error)) => {
                Err(format!("{}: {error}", self.read.articles.place((input, *number))))
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
        let input = self.read.articles.sources.len() as u32 - 1;
        for (id, path) in
            text_files(&self.read.articles.sources[input as usize].name, path, problems)?
        {
            match read_text_file(&path) {
                Ok((text, warning)) => {
                    let text = Text::Held(text.into());
                    let record = Record { text, place: (input, 0), ..Record::named(&id) };
                    if self.add(record, problems)? {
                        display.read(self.read.articles.records.len());
                        problems.warn(&path.display().to_string(), warning)?;
                    }
                }
                Err(problem) => problems.skip(&path.display().to_string(), problem)?,
            }
        }
        let first = self.read.signing.len();
        let texts =
            self.read.articles.records[first..].iter().filter_map(|record| match &record.text {
                Text::Held(text) => Some(&**text),
                Text::Stored { .. } => None,
            });
        let mut texts: Vec<&str> = texts.collect();
        self.read.short += leave_out_short(&mut texts, self.min_words, self.folding);
        self.read.signing.add(&texts);
        Ok(())
    }

    /// Adds an article unless its id is taken.
    fn add(&mut self, record: Record, problems: &mut Problems) -> Result<bool, String> {
        let Articles { records, .. } = &mut self.read.articles;
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
        let other = self.read.articles.origin(&self.read.articles.records[taken as usize]);
        let message = format!("id {} is taken by {other}", shown(&record.id));
        let problem = Problem::new("with an id that is taken", message);
        problems.skip(&self.read.articles.origin(&record), problem)?;
        Ok(false)
    }
}

/// Puts an empty text, which matches nothing, in place of those of fewer words than `min_words`, and
/// counts them.
fn leave_out_short(texts: &mut [&str], min_words: usize, folding: Folding) -> u64 {
    if min_words == 0 {
        return 0;
    }
    let is_short = |text: &&str| Words::of(text, folding).len() < min_words;
    let short: Vec<bool> = texts.par_iter().map(is_short).collect();
    let mut count = 0;
    for (text, _) in texts.iter_mut().zip(short).filter(|(_, short)| *short) {
        *text = "";
        count += 1;
    }
    count
}
