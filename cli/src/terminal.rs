//! Output to the user: standard output, standard error, and the formatting of numbers and names.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether `--quiet` was given. All notes and warnings obey this one setting.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Suppresses everything but results and errors from now on.
pub(crate) fn set_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether everything but results and errors is suppressed.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A similarity with four decimals, cut and not rounded: 0.39996 must not look as if it reached a
/// threshold of 0.4, and 0.99996 must not look like an identical text.
pub(crate) fn four_decimals(value: f64) -> String {
    // 57/100 times 10,000, for example, may be rounded to just below 5,700; dividing back shows it.
    let cut = (value * 1e4).floor();
    let cut = if (cut + 1.0) / 1e4 <= value { cut + 1.0 } else { cut };
    format!("{:.4}", cut / 1e4)
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The text with control characters escaped as in JSON, except those in `kept`. Raw ones could
/// change the state of a terminal or forge lines of output.
pub(crate) fn visible<'t>(text: &'t str, kept: &[char]) -> Cow<'t, str> {
    let is_bad = |c: char| c.is_control() && !kept.contains(&c);
    if !text.contains(is_bad) {
        return text.into();
    }
    let escaped =
        |c: char| if is_bad(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    text.chars().map(escaped).collect()
}

/// Writes to standard output, with control characters escaped except line ends and tabs.
pub(crate) fn print_stdout(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    let written = out.write_all(visible(text, &['\n', '\t']).as_bytes());
    ignore_broken_pipe(written.and_then(|()| out.flush()))
}

/// The result of writing to standard output. It is no error if the reader has closed the pipe.
pub(crate) fn ignore_broken_pipe(written: io::Result<()>) -> Result<(), String> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, with control characters escaped. Ignores errors, because there
/// is no other place to report them.
pub(crate) fn print_stderr(line: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(line, &[]));
}

/// Writes a warning or a note to standard error, unless `--quiet` was given.
pub(crate) fn print_note(line: &str) {
    if !is_quiet() {
        print_stderr(line);
    }
}
