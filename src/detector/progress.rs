//! Progress: how far the work on a collection is, reported to the caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::names::named;

/// How far the work on a collection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps of this stage done: articles signed, bands joined, candidate groups verified.
    pub done: usize,
    /// Steps this stage has.
    pub total: usize,
}

/// A stage of the work on a collection, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Texts are folded, shingled and signed.
    Sign,
    /// Bands are joined to candidates.
    Join,
    /// Candidates are compared exactly.
    Verify,
}

named! {
    Stage, "stage":
    Sign "sign", Join "join", Verify "verify"
}

/// The caller's function, if there is one.
#[derive(Clone, Default)]
pub(super) struct Reporter(Option<Arc<dyn Fn(Progress) + Send + Sync>>);

impl Reporter {
    pub(super) fn new(report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Reporter(Some(Arc::new(report)))
    }

    /// Begins a stage of `total` steps, of which every `interval`th and the last are reported.
    pub(super) fn begin(&self, stage: Stage, total: usize, interval: usize) -> Steps<'_> {
        Steps { reporter: self, stage, total, interval, done: AtomicUsize::new(0) }
    }
}

/// Counts the steps of a stage, from any thread.
pub(super) struct Steps<'r> {
    reporter: &'r Reporter,
    stage: Stage,
    total: usize,
    interval: usize,
    done: AtomicUsize,
}

impl Steps<'_> {
    /// One step more is done.
    pub(super) fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let is_reported = done.is_multiple_of(self.interval) || done == self.total;
        if let Some(report) = self.reporter.0.as_ref().filter(|_| is_reported) {
            report(Progress { stage: self.stage, done, total: self.total });
        }
    }
}
