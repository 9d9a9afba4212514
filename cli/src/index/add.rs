//! `newsprint index DIR add`: adds the articles of files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use newsprint::{Article, Error, ErrorKind, Index};

use super::each_article::{Rejection, for_each, last_auto_id};
use super::options::{WriterOptions, error_in};
use crate::input::problems::{Problem, Problems};
use crate::input::{self, Input, is_dash};
use crate::progress::ProgressDisplay;
use crate::terminal::{grouped, is_quiet, print_note, print_stdout};

/// The number of articles per commit.
pub(crate) const COMMIT_ARTICLES: u64 = 1000;

/// Adds the articles of files to the index in a directory, and prints how many.
pub(crate) fn add(
    dir: &Path,
    options: &WriterOptions,
    files: &[PathBuf],
    no_clusters: bool,
) -> Result<ExitCode, String> {
    let started = Instant::now();
    // Opened first, so that a mistyped name makes no index.
    let inputs = input::open(files, &options.fields)?;
    let have_fields = inputs.iter().any(Input::has_fields);
    options.fields.note_unless(have_fields, "every input is a directory of texts");
    let index = options.open(dir)?;
    let ids_after = match files.iter().any(|file| is_dash(file)) {
        true => last_auto_id(&index, &options.fields).map_err(|error| error_in(dir, &error))?,
        false => 0,
    };
    let mut writer = Writer { dir, index, no_clusters, added: 0, replaced: 0, committed: 0 };
    let display = ProgressDisplay::new();
    let mut problems = Problems::new(false, display.clone());
    let result = inputs.into_iter().try_for_each(|input| {
        for_each(input, &options.fields, ids_after, &mut problems, |article| {
            display.read(writer.count() as usize + 1);
            writer.add(article)
        })
    });
    display.finish();
    problems.conclude(&options.fields);
    // If an input fails, the articles before the failure are kept.
    let counts = [writer.added, writer.replaced];
    let committed = writer.close();
    if let Err(error) = result {
        let kept = committed?;
        return Err(format!("{error} ({} articles before it are in the index)", grouped(kept)));
    }
    committed?;
    let seconds = started.elapsed().as_secs_f64();
    let [added, replaced] = counts;
    if added + replaced == 0 {
        print_note("warning: no articles in the input");
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
    if !is_quiet() {
        print_stdout(&out)?;
    }
    Ok(problems.exit_code(added + replaced))
}

/// An index and the number of articles added to it.
struct Writer<'d> {
    dir: &'d Path,
    index: Index,
    /// Whether each article begins a cluster of its own.
    no_clusters: bool,
    added: u64,
    replaced: u64,
    committed: u64,
}

impl Writer<'_> {
    fn count(&self) -> u64 {
        self.added + self.replaced
    }

    fn add(&mut self, article: &Article<'_>) -> Result<Rejection, String> {
        match self.put(article) {
            Ok(true) => self.replaced += 1,
            Ok(false) => self.added += 1,
            Err(error) => {
                return refused(error).map(Some).map_err(|error| error_in(self.dir, &error));
            }
        }
        if self.count() - self.committed >= COMMIT_ARTICLES {
            self.commit()?;
        }
        Ok(None)
    }

    /// Adds an article to the index; returns whether it took the place of another.
    fn put(&mut self, article: &Article<'_>) -> Result<bool, Error> {
        if self.no_clusters {
            return self.index.upsert(article);
        }
        let replaces = self.index.contains(article.id.unwrap_or_default())?;
        self.index.ingest(article).map(|_| replaces)
    }

    fn commit(&mut self) -> Result<(), String> {
        self.index.commit().map_err(|error| self.failed(&error))?;
        self.committed = self.count();
        Ok(())
    }

    /// Commits the rest, waits for background work, and returns the number of articles committed.
    fn close(mut self) -> Result<u64, String> {
        self.commit()?;
        let (dir, committed) = (self.dir, self.committed);
        self.index.close().map_err(|error| error_in(dir, &error))?;
        Ok(committed)
    }

    fn failed(&self, error: &Error) -> String {
        let committed = grouped(self.committed);
        format!("{} ({committed} articles were committed before)", error_in(self.dir, error))
    }
}

/// Turns the error of a refused article into a problem of its line. Errors of the index itself are
/// returned as they are.
pub(crate) fn refused(error: Error) -> Result<Problem, Error> {
    match error.kind() == ErrorKind::InvalidInput {
        true => Ok(Problem::new("refused by the index", error.to_string())),
        false => Err(error),
    }
}
