//! Progress: how far long work is, reported to the caller, who can end it.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::names::named;

/// How far long work is: that on a collection, or on a whole index.
///
/// A callback of type `Fn(Progress) -> ControlFlow<()>` is called now and then, from any thread.
/// If it returns [`ControlFlow::Break`], the work ends soon after, with an error of the kind
/// [`Cancelled`](crate::ErrorKind::Cancelled).
///
/// ```
/// use std::ops::ControlFlow;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// use newsprint::{Detector, ErrorKind, Progress};
///
/// static STOP: AtomicBool = AtomicBool::new(true); // set by a button, or by Ctrl-C
/// let watch = |_: Progress| match STOP.load(Ordering::Relaxed) {
///     true => ControlFlow::Break(()),
///     false => ControlFlow::Continue(()),
/// };
/// let texts = ["The river rose.", "The river rose!"];
/// let error = Detector::default().try_cluster(&texts, watch).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Cancelled);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Steps of this stage done: articles signed, bands joined, candidate groups verified, segments
    /// merged, files checked.
    pub done: usize,
    /// Steps this stage has.
    pub total: usize,
}

impl Progress {
    /// The callback of a caller who does not want to know.
    ///
    /// ```
    /// use newsprint::{Detector, Progress};
    ///
    /// let found = Detector::default().try_find_pairs(&["Rain.", "Rain!"], Progress::ignore)?;
    /// assert_eq!(found.pairs.len(), 1);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn ignore(self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A stage of long work. The first three are those of the work on a collection, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// Texts are folded, shingled and signed.
    Sign,
    /// Bands are joined to candidates.
    Join,
    /// Candidates are compared exactly.
    Verify,
    /// Segments of an index are merged.
    Merge,
    /// Files of an index are read and checked.
    Check,
}

named! {
    Stage, "stage":
    Sign "sign", Join "join", Verify "verify", Merge "merge", Check "check"
}

/// The caller's function.
pub(crate) type Callback<'a> = &'a (dyn Fn(Progress) -> ControlFlow<()> + Sync);

/// Counts the steps of a stage, from any thread, and reports them.
pub(crate) struct Steps<'r> {
    report: Callback<'r>,
    stage: Stage,
    total: usize,
    interval: usize,
    done: AtomicUsize,
}

impl<'r> Steps<'r> {
    /// Begins a stage of `total` steps, of which every `interval`th and the last are reported.
    pub(crate) fn new(report: Callback<'r>, stage: Stage, total: usize, interval: usize) -> Self {
        Steps { report, stage, total, interval, done: AtomicUsize::new(0) }
    }

    /// One step more is done; breaks if the caller wants the work to end.
    pub(crate) fn step(&self) -> ControlFlow<()> {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        match done.is_multiple_of(self.interval) || done == self.total {
            true => (self.report)(Progress { stage: self.stage, done, total: self.total }),
            false => ControlFlow::Continue(()),
        }
    }
}
