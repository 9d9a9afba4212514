//! What the commands write to a terminal: figures that do not flatter, names without control
//! characters, and output that survives a closed pipe.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether `--quiet` was given: the one setting that everything written to the user obeys.
static QUIET: AtomicBool = AtomicBool::new(false);

/// From now on only results and errors are written.
pub(crate) fn silence() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether only results and errors are written.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A similarity with four decimals, cut and not rounded: 0.39996 must not look like a threshold of 0.4
/// reached, nor 0.99996 like the same text.
pub(crate) fn figure(value: f64) -> String {
    // A quotient such as 57/100 times 10,000 may come out just below 5,700; dividing back tells.
    let cut = (value * 1e4).floor();
    let cut = if (cut + 1.0) / 1e4 <= value { cut + 1.0 } else { cut };
    format!("{:.4}", cut / 1e4)
}

/// A number with commas between thousands.
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

/// A text without control characters, which could upset a terminal or pass for other lines: as JSON
/// escapes them, and but for those to be kept.
pub(crate) fn visible<'t>(text: &'t str, kept: &[char]) -> Cow<'t, str> {
    let is_bad = |c: char| c.is_control() && !kept.contains(&c);
    if !text.contains(is_bad) {
        return text.into();
    }
    let escaped =
        |c: char| if is_bad(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    text.chars().map(escaped).collect()
}

/// Writes to standard output, control characters escaped but line ends and tabs. A reader that has
/// seen enough and closed the pipe is no failure.
pub(crate) fn say(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(visible(text, &['\n', '\t']).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Writes a line to standard error, control characters escaped. If that is closed there is nobody
/// left to tell.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(line, &[]));
}

/// Writes a warning or a note to standard error, unless the user wants none.
pub(crate) fn note(line: &str) {
    if !is_quiet() {
        tell(line);
    }
}
