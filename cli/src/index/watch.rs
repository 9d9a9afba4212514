//! Tells of articles as they arrive.
//!
//! ```text
//! standard input ──> a thread ──> lines ──┐
//! Ctrl-C ─────────────────────> stop ─────┴──> told, added, committed
//! ```

use std::io;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use newsprint::Index;

use super::add::{COMMIT, refused};
use super::answer::{arrival, arrival_line};
use super::articles::article;
use super::options::{Making, about};
use crate::input::fields::FieldNames;
use crate::input::lines::{Batch, Lines};
use crate::input::problems::Problems;
use crate::input::{Reading, parse};
use crate::progress::Display;
use crate::terminal::{grouped, say};

/// How long an article waits to be committed, if no other follows.
const WAIT: Duration = Duration::from_secs(1);
/// Pieces of the input that wait to be worked on.
const QUEUE: usize = 4;

enum Event {
    Lines(Batch),
    Stop,
}

/// Tells what each article on standard input matches, and adds it to the index in a directory.
pub(crate) fn watch(dir: &Path, making: &Making, json: bool) -> Result<(), String> {
    let index = making.open(dir)?;
    let (sender, events) = mpsc::sync_channel(QUEUE);
    let stop = sender.clone();
    let handler = ctrlc::set_handler(move || {
        // If nobody listens any more, the end has come already.
        let _ = stop.send(Event::Stop);
    });
    handler.map_err(|error| format!("cannot listen for Ctrl-C: {error}"))?;
    thread::spawn(move || read(&sender));

    let problems = Problems::endless(Display::hidden());
    let mut watching = Watching {
        dir,
        fields: &making.fields,
        index,
        json,
        problems,
        texts: Vec::new(),
        uncommitted: 0,
        committed: Instant::now(),
    };
    let watched = watching.follow(&events);
    watching.problems.conclude();
    // What was told before an error is kept, too, or named.
    let lost = watching.uncommitted;
    let closed = watching.index.close();
    closed.map_err(|error| {
        format!(
            "{} ({} articles that were told of are not in the index)",
            about(dir, &error),
            grouped(lost)
        )
    })?;
    watched
}

/// Reads standard input to its end.
fn read(events: &SyncSender<Event>) {
    let mut lines = Lines::arriving(Box::new(io::stdin()));
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

struct Watching<'d> {
    dir: &'d Path,
    fields: &'d FieldNames,
    index: Index,
    json: bool,
    problems: Problems,
    texts: Vec<String>,
    /// Articles since the last commit, and when that was.
    uncommitted: u64,
    committed: Instant,
}

impl Watching<'_> {
    /// Works on what comes until it is told to stop.
    fn follow(&mut self, events: &Receiver<Event>) -> Result<(), String> {
        loop {
            let event = match self.uncommitted {
                0 => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                _ => events.recv_timeout(WAIT.saturating_sub(self.committed.elapsed())),
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
        let reading = Reading { name: "<stdin>", input: 0, stored: true, fields: self.fields };
        let parsed = parse(batch, &reading, &mut texts);
        for ((&(number, _), text), parsed) in batch.lines.iter().zip(&texts).zip(parsed) {
            let place = format!("<stdin>:{number}");
            let (record, warnings) = match parsed {
                None => continue,
                Some(Ok(parsed)) => parsed,
                Some(Err(skipped)) => {
                    self.problems.skip(&place, skipped)?;
                    continue;
                }
            };
            self.problems.warn(&place, warnings)?;
            // An index without texts has none to ask for elsewhere.
            match self.index.ingest(&article(&record, text)) {
                Ok(answer) => say(&match self.json {
                    true => format!("{}\n", arrival(&record.id, &answer)),
                    false => format!("{}\n", arrival_line(&record.id, &answer)),
                })?,
                Err(error) => {
                    let refused = refused(error).map_err(|error| about(self.dir, &error))?;
                    self.problems.skip(&place, refused)?;
                    continue;
                }
            }
            self.uncommitted += 1;
            if self.uncommitted >= COMMIT {
                self.commit()?;
            }
        }
        self.texts = texts;
        match &batch.error {
            Some((number, error)) => Err(format!("<stdin>:{number}: {error}")),
            None => Ok(()),
        }
    }

    fn commit(&mut self) -> Result<(), String> {
        self.index.commit().map_err(|error| about(self.dir, &error))?;
        (self.uncommitted, self.committed) = (0, Instant::now());
        Ok(())
    }
}
