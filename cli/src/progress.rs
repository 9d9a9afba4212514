//! The progress bar, on standard error and only when that is a terminal, and where the time went.

use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use newsprint::{Progress, Stage};

use crate::terminal::{is_quiet, note};

/// The stages as the bar and the summary name them, in order; the first comes before, grouping after what the
/// detector tells of.
pub(crate) const STAGES: [&str; 4] = ["reading and signing", "joining", "verifying", "grouping"];

/// The bar and the moments at which stages ended. Copies share them.
#[derive(Clone)]
pub(crate) struct Display {
    bar: ProgressBar,
    started: Instant,
    ends: Arc<Mutex<[Option<Instant>; 2]>>,
}

impl Display {
    pub(crate) fn new() -> Self {
        let display = Display::hidden();
        if std::io::stderr().is_terminal() && !is_quiet() {
            display.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        display
    }

    /// No bar, for what writes lines of its own all the time.
    pub(crate) fn hidden() -> Self {
        let bar = ProgressBar::no_length();
        bar.set_draw_target(ProgressDrawTarget::hidden());
        bar.set_message(STAGES[0]);
        bar.set_style(style("{msg:10} {human_pos} articles, {elapsed}"));
        Display { bar, started: Instant::now(), ends: Arc::default() }
    }

    /// Tells how many articles have been read.
    pub(crate) fn read(&self, articles: usize) {
        self.bar.set_position(articles as u64);
    }

    /// Prints a line above the bar.
    pub(crate) fn print(&self, line: &str) {
        self.bar.suspend(|| note(line));
    }

    /// What the detector calls as it goes, from any thread.
    pub(crate) fn listener(&self) -> impl Fn(Progress) + Send + Sync + 'static {
        let (bar, ends) = (self.bar.clone(), Arc::clone(&self.ends));
        move |progress| {
            let (place, name) = match progress.stage {
                Stage::Join => (0, STAGES[1]),
                Stage::Verify => (1, STAGES[2]),
                _ => return,
            };
            ends.lock().unwrap_or_else(PoisonError::into_inner)[place] = Some(Instant::now());
            if !bar.is_hidden() {
                bar.set_message(name);
                bar.set_length(progress.total as u64);
                bar.set_position(progress.done as u64);
            }
        }
    }

    /// Reading has ended, and the detector tells how far it is.
    pub(crate) fn watch(&self) -> Watch {
        self.bar.set_style(style("{msg:10} [{bar:40}] {human_pos}/{human_len}, {elapsed}"));
        Watch { started: self.started, read: Instant::now(), ends: Arc::clone(&self.ends) }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Measures how long each stage takes.
pub(crate) struct Watch {
    started: Instant,
    read: Instant,
    ends: Arc<Mutex<[Option<Instant>; 2]>>,
}

impl Watch {
    /// The time of each of [`STAGES`]. A stage without work ends where it began.
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
