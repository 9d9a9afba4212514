//! Long work: it runs on threads of its own without the interpreter lock, while the calling thread
//! reports progress and listens for signals.
//!
//! Python's signal handlers run on the main thread alone, so the threads that do the work could not
//! notice Ctrl-C. Each call has its own pool, because a global one would not outlive a fork.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use newsprint::Progress;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyBool;
use rayon::ThreadPoolBuilder;

use crate::errors::{Ended, invalid};

/// How often signals are looked for and progress is reported.
const TICK: Duration = Duration::from_millis(50);

/// How far the work is, and whether it is to end.
#[derive(Default)]
pub(crate) struct Watch {
    latest: Mutex<Option<(&'static str, usize, usize)>>,
    is_ended: AtomicBool,
}

impl Watch {
    /// Steps of a stage are done, of so many; says whether to go on.
    pub(crate) fn step(&self, stage: &'static str, done: usize, total: usize) -> ControlFlow<()> {
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some((stage, done, total));
        match self.is_ended.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// The callback for the crate.
    pub(crate) fn listener(&self) -> impl Fn(Progress) -> ControlFlow<()> + Sync + '_ {
        |progress| self.step(progress.stage.name(), progress.done, progress.total)
    }

    fn end(&self) {
        self.is_ended.store(true, Ordering::Relaxed);
    }
}

/// How a call runs: on how many threads, and who wants to know of its progress.
pub(crate) struct Runner {
    pub(crate) threads: Option<usize>,
    pub(crate) progress: Option<Py<PyAny>>,
}

impl Runner {
    /// Does the work, and returns what it makes; or raises what a signal handler or the callback
    /// raised.
    pub(crate) fn run<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&Watch) -> Result<T, Ended> + Send,
    ) -> PyResult<T> {
        if self.threads == Some(0) {
            return Err(invalid("the number of threads is 0, must be at least 1"));
        }
        let pool = ThreadPoolBuilder::new().num_threads(self.threads.unwrap_or_default()).build();
        let pool = pool.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
        let watch = &Watch::default();
        let wait = || {
            pool.in_place_scope(|scope| {
                let (sender, receiver) = channel();
                // The receiver lives until the work is done.
                scope.spawn(move |_| drop(sender.send(work(watch))));
                let mut raised = Ok(());
                loop {
                    let result = receiver.recv_timeout(TICK);
                    if raised.is_ok() {
                        raised = self.look_up(watch);
                    }
                    match result {
                        Ok(made) => return raised.and(made.map_err(PyErr::from)),
                        Err(RecvTimeoutError::Timeout) => {}
                        // It panicked, which the scope passes on.
                        Err(RecvTimeoutError::Disconnected) => {
                            return Err(PyRuntimeError::new_err("the work has no result"));
                        }
                    }
                }
            })
        };
        py.detach(wait)
    }

    /// Runs the signal handlers and the callback, and ends the work if they say so.
    fn look_up(&self, watch: &Watch) -> PyResult<()> {
        let latest = watch.latest.lock().unwrap_or_else(PoisonError::into_inner).take();
        let goes_on = Python::attach(|py| {
            py.check_signals()?;
            // Who has ended the work is not asked again while it ends.
            let is_asked = !watch.is_ended.load(Ordering::Relaxed);
            let callback = self.progress.as_ref().filter(|_| is_asked);
            let Some((callback, progress)) = callback.zip(latest) else {
                return Ok(true);
            };
            let answer = callback.call1(py, progress)?;
            Ok(!answer.bind(py).is(PyBool::new(py, false)))
        });
        if !matches!(goes_on, Ok(true)) {
            watch.end();
        }
        goes_on.map(drop)
    }
}
