//! The progress bar on standard error, shown only if that is a terminal, and the time of each
//! stage.

use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use newsprint::{Progress, Stage};

use crate::interrupt::is_asked_to_end;
use crate::terminal::{is_quiet, print_note};

/// The stages in order, as the bar and the summary name them. The detector reports the second and
/// the third; the first ends when all input is read, the last when the results are there.
pub(crate) const STAGES: [&str; 4] = ["reading and signing", "joining", "verifying", "grouping"];

/// The bar and the times at which stages ended. Clones share them.
#[derive(Clone)]
pub(crate) struct ProgressDisplay {
    bar: ProgressBar,
    started: Instant,
    ends: Arc<Mutex<[Option<Instant>; 2]>>,
}

impl ProgressDisplay {
    pub(crate) fn new() -> Self {
        let display = ProgressDisplay::hidden();
        if std::io::stderr().is_terminal() && !is_quiet() {
            display.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        display
    }

    /// A display without a bar, for commands that print lines all the time.
    pub(crate) fn hidden() -> Self {
        let bar = ProgressBar::no_length();
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_message(STAGES[0]);
        bar.set_style(style("{msg:10} {human_pos} articles, {elapsed}"));
        ProgressDisplay { bar, started: Instant::now(), ends: Arc::default() }
    }

    /// Shows how many articles have been read.
    pub(crate) fn read(&self, articles: usize) {
        self.bar.set_position(articles as u64);
    }

    /// Prints a line above the bar.
    pub(crate) fn print(&self, line: &str) {
        self.bar.suspend(|| print_note(line));
    }

    /// The callback for the detector, which calls it from any thread. It ends the work after an
    /// interrupt.
    pub(crate) fn listener(&self) -> impl Fn(Progress) -> ControlFlow<()> + Send + Sync + 'static {
        let (bar, ends) = (self.bar.clone(), Arc::clone(&self.ends));
        move |progress| {
            if is_asked_to_end() {
                return ControlFlow::Break(());
            }
            let (place, name) = match progress.stage {
                Stage::Join => (0, STAGES[1]),
                Stage::Verify => (1, STAGES[2]),
                _ => return ControlFlow::Continue(()),
            };
            ends.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(Instant::now());
            show(&bar, name, progress);
            ControlFlow::Continue(())
        }
    }

    /// The callback for an index whose files are checked.
    pub(crate) fn checking(&self) -> impl Fn(Progress) -> ControlFlow<()> + Send + Sync + 'static {
        self.bar.set_style(style(STEPS));
        let bar = self.bar.clone();
        move |progress| {
            show(&bar, "checking files", progress);
            ControlFlow::Continue(())
        }
    }

    /// Marks the end of reading and starts the timer; from now on the detector reports progress.
    pub(crate) fn time_stages(&self) -> StageTimer {
        self.bar.set_style(style(STEPS));
        StageTimer { started: self.started, read: Instant::now(), ends: Arc::clone(&self.ends) }
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The form of a bar whose length is known.
const STEPS: &str = "{msg:10} [{bar:40}] {human_pos}/{human_len}, {elapsed}";

/// Shows how far some work is.
fn show(bar: &ProgressBar, name: &'static str, progress: Progress) {
    if !bar.is_hidden() {
        bar.set_message(name);
        bar.set_length(progress.total as u64);
        bar.set_position(progress.done as u64);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Measures the time of each stage.
pub(crate) struct StageTimer {
    started: Instant,
    read: Instant,
    ends: Arc<Mutex<[Option<Instant>; 2]>>,
}

impl StageTimer {
    /// The time of each of [`STAGES`]. A stage without work ends when it begins.
    pub(crate) fn stop(self) -> [Duration; 4] {
        let ends = *self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last = self.started;
        [Some(self.read), ends[0], ends[1], Some(Instant::now())].map(|end| {
            let end = end.unwrap_or(last).max(last);
            let time = end - last;
            last = end;
            time
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupt::{ask_to_end, in_order};
    use newsprint::{Detector, ErrorKind};

    /// The only test that interrupts, because that changes the state of the process.
    #[test]
    fn the_first_interrupt_ends_the_search_in_order_and_the_next_at_once() {
        let texts = ["The river rose in the night.", "The river rose in the night!"];
        let search =
            || Detector::default().try_cluster(&texts, ProgressDisplay::hidden().listener());
        assert!(!ask_to_end(), "there is no work to end in order");
        let found = in_order(search).expect("no interrupt");
        assert!(found.is_ok() && !ask_to_end());
        let interrupted = in_order(|| {
            assert!(ask_to_end() && !ask_to_end());
            let ended = search().expect_err("is asked to end");
            assert_eq!(ended.kind(), ErrorKind::Cancelled);
        });
        assert_eq!(interrupted, None);
        assert!(!ask_to_end(), "it was asked before");
        assert_eq!(in_order(|| 7), Some(7));
    }
}
