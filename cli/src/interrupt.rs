//! What happens when the program is told to end: by Ctrl-C, termination (SIGTERM) or a terminal
//! that is closed (SIGHUP).
//!
//! Each signal stands for itself. One that the parent process made this one ignore stays ignored:
//! `nohup` does so with SIGHUP, and a shell script with SIGINT for what it starts in the background.
//! The others are heeded all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// The exit code that shells use for an interrupted program.
pub(crate) const EXIT_INTERRUPTED: u8 = 130;

/// Calls `handler`, from a thread of its own, each time the program is told to end.
pub(crate) fn on_interrupt(handler: impl Fn() + Send + Sync + 'static) -> Result<(), String> {
    let handler = Arc::new(handler);
    #[cfg(unix)]
    unix::on_termination(Arc::clone(&handler))
        .map_err(|error| format!("cannot listen for signals: {error}"))?;
    match ctrlc::try_set_handler(move || handler()) {
        // Ctrl-C is ignored.
        Ok(()) | Err(ctrlc::Error::MultipleHandlers) => Ok(()),
        Err(error) => Err(format!("cannot listen for Ctrl-C: {error}")),
    }
}

#[cfg(unix)]
mod unix {
    use std::sync::Arc;
    use std::{fs, io, thread};

    use signal_hook::consts::{SIGHUP, SIGTERM};
    use signal_hook::iterator::Signals;

    pub(super) fn on_termination(
        handler: Arc<impl Fn() + Send + Sync + 'static>,
    ) -> io::Result<()> {
        let ignored = ignored_signals();
        // Where the system does not say what is ignored, SIGHUP probably keeps its behaviour.
        let is_ignored = |signal: &i32| {
            ignored.map_or(*signal == SIGHUP, |ignored| ignored >> (signal - 1) & 1 == 1)
        };
        let heeded = [SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(signal));
        let mut signals = Signals::new(heeded)?;
        let listen = move || signals.forever().for_each(|_| handler());
        thread::Builder::new().name("signals".to_owned()).spawn(listen).map(|_| ())
    }

    /// The signals that this process ignores, signal `n` in bit `n - 1`; none where the system does
    /// not say (only Linux does).
    fn ignored_signals() -> Option<u64> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
        u64::from_str_radix(ignored.trim(), 16).ok()
    }
}

/// An interrupt ends the program at once.
const AT_ONCE: u8 = 0;
/// The work that is going on ends itself.
const IN_ORDER: u8 = 1;
/// It has been asked to end.
const ASKED: u8 = 2;

static STATE: AtomicU8 = AtomicU8::new(AT_ONCE);

/// Does work that ends early when it [is asked to](is_asked_to_end): the first interrupt meanwhile
/// asks, and the next one ends the program at once. Returns nothing if there was an interrupt.
pub(crate) fn in_order<T>(work: impl FnOnce() -> T) -> Option<T> {
    STATE.store(IN_ORDER, Ordering::SeqCst);
    let done = work();
    let ended = STATE.compare_exchange(IN_ORDER, AT_ONCE, Ordering::SeqCst, Ordering::SeqCst);
    ended.is_ok().then_some(done)
}

/// Whether the work that is going on is to end early.
pub(crate) fn is_asked_to_end() -> bool {
    STATE.load(Ordering::Relaxed) == ASKED
}

/// Asks the work that is going on to end; false if there is none that would, or it was asked before.
pub(crate) fn ask_to_end() -> bool {
    STATE.compare_exchange(IN_ORDER, ASKED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
}
