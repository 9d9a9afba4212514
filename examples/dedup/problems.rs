//! What is wrong with an input: told in full for the first few, counted for the rest.

use std::collections::BTreeMap;

use super::common::grouped;
use super::progress::Display;

/// Messages printed in full. One broken export has as many as it has lines.
const SHOWN: u64 = 20;

/// Something wrong with one line or file.
pub(crate) struct Problem {
    /// What is wrong, without the particulars, in words that follow a number.
    pub(crate) kind: &'static str,
    /// What is wrong, with the offending value.
    pub(crate) message: String,
}

impl Problem {
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Problem { kind, message: message.into() }
    }
}

/// The problems so far.
pub(crate) struct Problems {
    strict: bool,
    display: Display,
    skipped: u64,
    warnings: u64,
    silent: BTreeMap<&'static str, u64>,
}

impl Problems {
    /// With `strict`, the first problem is an error.
    pub(crate) fn new(strict: bool, display: Display) -> Self {
        Problems { strict, display, skipped: 0, warnings: 0, silent: BTreeMap::new() }
    }

    /// The line or file at `place` cannot be used.
    pub(crate) fn skip(&mut self, place: &str, problem: Problem) -> Result<(), String> {
        self.skipped += 1;
        self.report(place, "", problem)
    }

    /// The line or file at `place` is used, but not as it stands.
    pub(crate) fn warn(&mut self, place: &str, problem: Problem) -> Result<(), String> {
        self.warnings += 1;
        self.report(place, "warning: ", problem)
    }

    fn report(&mut self, place: &str, rank: &str, problem: Problem) -> Result<(), String> {
        let line = format!("{place}: {rank}{}", problem.message);
        if self.strict {
            self.display.print(&line);
            return Err("stopped by --strict".to_owned());
        }
        if self.skipped + self.warnings <= SHOWN {
            self.display.print(&line);
        } else {
            *self.silent.entry(problem.kind).or_default() += 1;
        }
        Ok(())
    }

    /// Tells of those that were only counted.
    pub(crate) fn conclude(&self) {
        let total: u64 = self.silent.values().sum();
        if total > 0 {
            let kinds = self.silent.iter().map(|(kind, &count)| format!("{} {kind}", grouped(count)));
            let kinds: Vec<String> = kinds.collect();
            self.display.print(&format!("and {} more: {}", grouped(total), kinds.join(", ")));
        }
    }

    /// Lines and files not used.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Lines and files used, but not as they stand.
    pub(crate) fn warnings(&self) -> u64 {
        self.warnings
    }
}
