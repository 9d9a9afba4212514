//! Adds files of articles.

use std::path::{Path, PathBuf};
use std::time::Instant;

use newsprint::{Article, Error, Index};

use super::articles::{Used, for_each};
use super::options::{Making, about};
use crate::input;
use crate::input::problems::{Problem, Problems};
use crate::progress::Display;
use crate::terminal::{grouped, is_quiet, note, say};

/// Articles after which they are made durable.
pub(crate) const COMMIT: u64 = 1000;

/// Adds the articles of files to the index in a directory, and tells how many.
pub(crate) fn add(dir: &Path, making: &Making, files: &[PathBuf]) -> Result<(), String> {
    let started = Instant::now();
    // A mistyped name is known before anything is made.
    let inputs = input::open(files)?;
    let mut adding = Adding { dir, index: making.open(dir)?, added: 0, replaced: 0, committed: 0 };
    let display = Display::new();
    let mut problems = Problems::new(false, display.clone());
    let result = inputs.into_iter().try_for_each(|input| {
        for_each(input, &making.fields, &mut problems, |article| {
            display.read(adding.count() as usize + 1);
            adding.add(article)
        })
    });
    display.finish();
    problems.conclude();
    // What was read before an input failed is worth keeping.
    let counts = [adding.added, adding.replaced];
    let committed = adding.close();
    if let Err(error) = result {
        let kept = committed?;
        return Err(format!("{error} ({} articles before it are in the index)", grouped(kept)));
    }
    committed?;
    let seconds = started.elapsed().as_secs_f64();
    let [added, replaced] = counts;
    if added + replaced == 0 {
        note("warning: no articles in the input");
    }
    let rate = (added + replaced) as f64 / seconds.max(f64::MIN_POSITIVE);
    let mut out = String::new();
    for (name, value) in [
        ("added", grouped(added)),
        ("replaced", grouped(replaced)),
        ("skipped", grouped(problems.skipped())),
        ("seconds", format!("{seconds:.2}")),
        ("articles/s", grouped(rate as u64)),
    ] {
        out += &format!("{name:<14}{value:>13}\n");
    }
    if is_quiet() { Ok(()) } else { say(&out) }
}

/// An index that articles are being added to.
struct Adding<'d> {
    dir: &'d Path,
    index: Index,
    added: u64,
    replaced: u64,
    committed: u64,
}

impl Adding<'_> {
    fn count(&self) -> u64 {
        self.added + self.replaced
    }

    fn add(&mut self, article: &Article<'_>) -> Result<Used, String> {
        match self.index.upsert(article) {
            Ok(true) => self.replaced += 1,
            Ok(false) => self.added += 1,
            Err(error) => return refused(error).map(Some).map_err(|error| about(self.dir, &error)),
        }
        if self.count() - self.committed >= COMMIT {
            self.commit()?;
        }
        Ok(None)
    }

    fn commit(&mut self) -> Result<(), String> {
        self.index.commit().map_err(|error| self.failed(&error))?;
        self.committed = self.count();
        Ok(())
    }

    /// Commits the rest, waits for what goes on in the background, and says how many articles are in.
    fn close(mut self) -> Result<u64, String> {
        self.commit()?;
        let (dir, committed) = (self.dir, self.committed);
        self.index.close().map_err(|error| about(dir, &error))?;
        Ok(committed)
    }

    fn failed(&self, error: &Error) -> String {
        let committed = grouped(self.committed);
        format!("{} ({committed} articles were committed before)", about(self.dir, error))
    }
}

/// What is wrong with an article that an index refused; or the error, if it is not the article's fault.
pub(crate) fn refused(error: Error) -> Result<Problem, Error> {
    match error.io_kind().is_none() && error.damage().is_none() {
        true => Ok(Problem::new("refused by the index", error.to_string())),
        false => Err(error),
    }
}
