//! `newsprint index DIR watch`: prints the matches of articles as they arrive, and adds them.
//!
//! ```text
//! standard input ──> a thread ──> lines ──┐
//! Ctrl-C ─────────────────────> stop ─────┴──> matched, added, committed
//! ```

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use newsprint::Index;

use super::add::{COMMIT_ARTICLES, refused};
use super::answer::{arrival_line, object};
use super::each_article::{article, last_auto_id};
use super::options::{WriterOptions, error_in};
use crate::input::fields::FieldNames;
use crate::input::lines::{Batch, Lines, Recognized};
use crate::input::problems::Problems;
use crate::input::{LineSource, STDIN, parse};
use crate::interrupt::on_interrupt;
use crate::progress::ProgressDisplay;
use crate::terminal::{grouped, print_stdout};

/// How long an article waits to be committed if no other follows.
const MAX_UNCOMMITTED_TIME: Duration = Duration::from_secs(1);
/// The most batches of input that wait in the queue.
const MAX_QUEUED_BATCHES: usize = 4;

enum Event {
    Lines(Batch),
    Stop,
}

/// Prints the matches of each article on standard input, and adds it to the index in a directory.
pub(crate) fn watch(dir: &Path, options: &WriterOptions, json: bool) -> Result<ExitCode, String> {
    options.fields.check()?;
    let index = options.open(dir)?;
    let ids_after = last_auto_id(&index, &options.fields).map_err(|error| error_in(dir, &error))?;
    let (sender, events) = mpsc::sync_channel(MAX_QUEUED_BATCHES);
    let stop = sender.clone();
    on_interrupt(move || {
        // This fails if the receiver is closed, and then the run is ending already.
        let _ = stop.send(Event::Stop);
    })?;
    thread::spawn(move || read(&sender));

    let problems = Problems::endless(ProgressDisplay::hidden());
    let mut watcher = Watcher {
        dir,
        fields: &options.fields,
        ids_after,
        index,
        json,
        problems,
        texts: Vec::new(),
        used: 0,
        uncommitted: 0,
        committed: Instant::now(),
    };
    let watched = watcher.follow(&events);
    watcher.problems.conclude(&options.fields);
    // Closing commits the articles reported before an error. If it fails, the message gives their
    // number.
    let lost = watcher.uncommitted;
    let closed = watcher.index.close();
    closed.map_err(|error| {
        format!(
            "{} ({} articles that were reported are not in the index)",
            error_in(dir, &error),
            grouped(lost)
        )
    })?;
    watched.map(|()| watcher.problems.exit_code(watcher.used))
}

/// Reads standard input to its end.
fn read(events: &SyncSender<Event>) {
    let mut lines = Lines::arriving(Recognized::of(io::stdin()));
    loop {
        let mut batch = Batch::default();
        if !lines.fill(&mut batch) {
            let _ = events.send(Event::Stop);
            return;
        }
        if events.send(Event::Lines(batch)).is_err() {
            return;
        }
    }
}

struct Watcher<'d> {
    dir: &'d Path,
    fields: &'d FieldNames,
    /// The number of the last article of earlier runs that has an `--auto-ids` id.
    ids_after: u64,
    index: Index,
    json: bool,
    problems: Problems,
    texts: Vec<String>,
    /// The number of articles.
    used: u64,
    /// How many of them came since the last commit.
    uncommitted: u64,
    /// The time of the last commit.
    committed: Instant,
}

impl Watcher<'_> {
    /// Handles events until the end of the input or Ctrl-C.
    fn follow(&mut self, events: &Receiver<Event>) -> Result<(), String> {
        loop {
            let event = match self.uncommitted {
                0 => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                _ => events
                    .recv_timeout(MAX_UNCOMMITTED_TIME.saturating_sub(self.committed.elapsed())),
            };
            match event {
                Ok(Event::Lines(batch)) => self.arrive(&batch)?,
                Err(RecvTimeoutError::Timeout) => self.commit()?,
                Ok(Event::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
        }
    }

    fn arrive(&mut self, batch: &Batch) -> Result<(), String> {
        let mut texts = std::mem::take(&mut self.texts);
        let source = LineSource {
            name: STDIN,
            input: 0,
            stored: true,
            fields: self.fields,
            ids_after: self.ids_after,
        };
        let parsed = parse(batch, &source, &mut texts);
        for ((&(number, _), text), parsed) in batch.lines.iter().zip(&texts).zip(parsed) {
            let place = format!("{STDIN}:{number}");
            let (record, warnings) = match parsed {
                None => continue,
                Some(Ok(parsed)) => parsed,
                Some(Err(skipped)) => {
                    self.problems.skip(&place, skipped)?;
                    continue;
                }
            };
            self.problems.warn(&place, warnings)?;
            // No texts are supplied, so an index without texts answers with estimates.
            match self.index.ingest(&article(&record, text)) {
                Ok(answer) => print_stdout(&match self.json {
                    true => format!("{}\n", object(Some(&record.id), &answer, usize::MAX, None)),
                    false => format!("{}\n", arrival_line(&record.id, &answer)),
                })?,
                Err(error) => {
                    let refused = refused(error).map_err(|error| error_in(self.dir, &error))?;
                    self.problems.skip(&place, refused)?;
                    continue;
                }
            }
            self.used += 1;
            self.uncommitted += 1;
            if self.uncommitted >= COMMIT_ARTICLES {
                self.commit()?;
            }
        }
        self.texts = texts;
        match &batch.error {
            Some((number, error)) => Err(format!("{STDIN}:{number}: {error}")),
            None => Ok(()),
        }
    }

    fn commit(&mut self) -> Result<(), String> {
        self.index.commit().map_err(|error| error_in(self.dir, &error))?;
        (self.uncommitted, self.committed) = (0, Instant::now());
        Ok(())
    }
}
