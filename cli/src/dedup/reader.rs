//! Reads the articles of a run and signs them batch by batch.
//!
//! Each batch of lines is parsed while the next is read. Records and sketches stay in memory, and
//! so do the texts that cannot be read again, or that are read several times to find passages.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::path::Path;

use newsprint::parts::{Folding, Words};
use newsprint::{Detector, Signing};
use rayon::prelude::*;

use super::options::Options;
use super::stored_articles::{Articles, POSITIONED, Source};
use crate::input::lines::{Batch, Lines};
#[cfg(feature = "parquet")]
use crate::input::parquet::{RowBatch, Rows};
use crate::input::problems::quoted;
use crate::input::problems::{Problem, Problems};
use crate::input::record::{Record, Text};
use crate::input::{self, Input, Parsed, parse, read_text_file, text_files};
use crate::progress::ProgressDisplay;

/// The articles of all inputs, with their sketches.
pub(crate) struct SignedArticles<'d> {
    pub(crate) articles: Articles,
    /// None if passages alone are looked for.
    pub(crate) signing: Option<Signing<'d>>,
    /// The number of articles with too few words to be compared.
    pub(crate) short: u64,
}

/// Reads articles; holds those read so far.
pub(crate) struct ArticleReader<'d> {
    read: SignedArticles<'d>,
    min_words: usize,
    folding: Folding,
    /// Whether all texts are kept in memory.
    hold_texts: bool,
    /// Buffers for the texts of a batch, reused for the next.
    buffers: Vec<String>,
    /// The first article whose id has this hash. The ids themselves are in the records only.
    ids: HashMap<u64, u32>,
    hasher: RandomState,
}

impl<'d> ArticleReader<'d> {
    pub(crate) fn new(options: &Options, detector: &'d Detector) -> Self {
        let articles = Articles::new(options.fields.clone());
        let finds_passages_alone = options.finds_passages_alone();
        let signing = (!finds_passages_alone).then(|| detector.signing());
        ArticleReader {
            read: SignedArticles { articles, signing, short: 0 },
            min_words: options.min_words,
            hold_texts: finds_passages_alone || options.passages.is_some(),
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
        display: &ProgressDisplay,
    ) -> Result<SignedArticles<'d>, String> {
        for input in inputs {
            match input {
                Input::Lines { name, lines, file } => {
                    // Texts are kept in memory if the system cannot read at an offset.
                    let file = file.filter(|_| POSITIONED && !self.hold_texts);
                    self.read.articles.sources.push(Source { name, file });
                    self.read_lines(lines, problems, display)?;
                }
                #[cfg(feature = "parquet")]
                Input::Parquet { name, rows } => {
                    self.read.articles.sources.push(Source { name, file: None });
                    self.read_rows(*rows, problems, display)?;
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
        display: &ProgressDisplay,
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

    /// Parses the lines of a batch, adds the articles and signs them.
    fn read_batch(
        &mut self,
        batch: &Batch,
        input: u32,
        problems: &mut Problems,
        display: &ProgressDisplay,
    ) -> Result<(), String> {
        let Source { name, file } = &self.read.articles.sources[input as usize];
        let fields = &self.read.articles.fields;
        let lines = input::LineSource { name, input, stored: file.is_some(), fields, ids_after: 0 };
        let mut buffers = mem::take(&mut self.buffers);
        let parsed = parse(batch, &lines, &mut buffers);
        let mut texts: Vec<&str> = Vec::with_capacity(parsed.len());
        for ((&(number, _), text), parsed) in batch.lines.iter().zip(&buffers).zip(parsed) {
            let Some(parsed) = parsed else { continue };
            if self.add_parsed((input, number), parsed, problems, display)? {
                texts.push(text);
            }
        }
        self.read.short += leave_out_short(&mut texts, self.min_words, self.folding);
        if let Some(signing) = &mut self.read.signing {
            signing.add(&texts);
        }
        self.buffers = buffers;
        match &batch.error {
            Some((number, error)) => {
                Err(format!("{}: {error}", self.read.articles.place((input, *number))))
            }
            None => Ok(()),
        }
    }

    #[cfg(feature = "parquet")]
    fn read_rows(
        &mut self,
        mut rows: Rows,
        problems: &mut Problems,
        display: &ProgressDisplay,
    ) -> Result<(), String> {
        let input = self.read.articles.sources.len() as u32 - 1;
        let [mut batch, mut next] = [RowBatch::default(), RowBatch::default()];
        let mut more = rows.fill(&mut batch);
        while more {
            let read = || -> Result<(), String> {
                for (number, parsed) in batch.rows.drain(..) {
                    let place = (input, number);
                    let parsed =
                        parsed.map(|(record, warnings)| (Record { place, ..record }, warnings));
                    self.add_parsed(place, parsed, problems, display)?;
                }
                self.sign_held();
                match batch.error.take() {
                    Some(error) => {
                        Err(format!("{}: {error}", self.read.articles.sources[input as usize].name))
                    }
                    None => Ok(()),
                }
            };
            let (read, filled) = rayon::join(read, || rows.fill(&mut next));
            read?;
            mem::swap(&mut batch, &mut next);
            more = filled;
        }
        Ok(())
    }

    fn read_directory(
        &mut self,
        path: &Path,
        problems: &mut Problems,
        display: &ProgressDisplay,
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
        self.sign_held();
        Ok(())
    }

    /// Signs the articles that are not signed yet, whose texts are in memory.
    fn sign_held(&mut self) {
        let Some(signing) = &self.read.signing else { return };
        let first = signing.len();
        let texts =
            self.read.articles.records[first..].iter().filter_map(|record| match &record.text {
                Text::Held(text) => Some(&**text),
                Text::Stored { .. } => None,
            });
        let mut texts: Vec<&str> = texts.collect();
        self.read.short += leave_out_short(&mut texts, self.min_words, self.folding);
        if let Some(signing) = &mut self.read.signing {
            signing.add(&texts);
        }
    }

    /// Adds the article of a line or row, and reports its problems. Returns whether it was added.
    fn add_parsed(
        &mut self,
        place: (u32, u32),
        parsed: Parsed,
        problems: &mut Problems,
        display: &ProgressDisplay,
    ) -> Result<bool, String> {
        let (record, warnings) = match parsed {
            Ok(parsed) => parsed,
            Err(problem) => {
                problems.skip(&self.read.articles.place(place), problem)?;
                return Ok(false);
            }
        };
        let is_added = self.add(record, problems)?;
        if is_added {
            display.read(self.read.articles.records.len());
            if !warnings.is_empty() {
                problems.warn(&self.read.articles.place(place), warnings)?;
            }
        }
        Ok(is_added)
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
            // Two ids have the same hash. This is so rare that all ids may be searched.
            records.iter().position(|other| other.id == record.id).map_or(next, |i| i as u32)
        };
        if taken == next {
            records.push(record);
            return Ok(true);
        }
        let other = self.read.articles.origin(&self.read.articles.records[taken as usize]);
        let message = format!("id {} is taken by {other}", quoted(&record.id));
        let problem = Problem::new("with an id that is taken", message);
        problems.skip(&self.read.articles.origin(&record), problem)?;
        Ok(false)
    }
}

/// Replaces texts of fewer than `min_words` words by empty ones, which match nothing. Returns their
/// number.
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
