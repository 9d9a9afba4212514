//! What the examples need: the options that make a [`Config`], texts from files of uncertain encoding,
//! figures that do not flatter, and output that survives a closed pipe.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};
use std::str::FromStr;

use lexopt::{Arg, Parser, ValueExt};
use newsprint::{Config, Preset, Relation, Shingle};

/// The options that change what counts as a copy, as the examples explain them.
pub(crate) const TUNING_HELP: &str = "  \
  --preset NAME       wire (copies, excerpts, revised texts: the default), story (rewrites and independent
                      accounts too), ocr (scanned texts), strict (nearly verbatim)
  --threshold T       takes for a pair what reaches this Jaccard similarity, above 0 and at most 1, and nothing else
  --shingle KIND      what is compared: words:N (runs of N words) or chars:N (runs of N letters), N from 1 to 32
  --slots N           slots of a signature, a power of two from 16 to 1024
  --relations LIST    what two articles must be to each other, by commas: identical, copy, excerpt, revised, rewrite (reuse,
                      the default), shared-passage, series, same-story (preset story has it too)
  --min-confidence P  how likely it must be that they are so, from 0 to 1 (0.6; ocr 0.4)
  --window DAYS       the most days between accounts of one story, where dates are given (preset story: 14)
  --recall R          the share of the pairs at the threshold that must be found, above 0 and below 1
";

/// What the options of [`TUNING_HELP`] said; the preset decides the rest.
#[derive(Default)]
pub(crate) struct Tuning {
    preset: Preset,
    threshold: Option<f64>,
    shingle: Option<Shingle>,
    slots: Option<usize>,
    recall: Option<f64>,
    window: Option<u32>,
    relations: Option<Vec<Relation>>,
    min_confidence: Option<f64>,
}

impl Tuning {
    /// Reads the value of option `name` if it is one of these.
    pub(crate) fn take(&mut self, name: &str, parser: &mut Parser) -> Result<bool, String> {
        match name {
            "preset" => self.preset = value(parser, name)?,
            "threshold" => self.threshold = Some(value(parser, name)?),
            "shingle" => self.shingle = Some(value(parser, name)?),
            "slots" => self.slots = Some(value(parser, name)?),
            "window" => self.window = Some(value(parser, name)?),
            "relations" => {
                let list: String = value(parser, name)?;
                let read = list
                    .split(',')
                    .map(|name| name.trim().parse::<Relation>())
                    .collect::<Result<_, _>>();
                self.relations =
                    Some(read.map_err(|error| format!("--relations {list:?}: {error}"))?);
            }
            "min-confidence" => self.min_confidence = Some(value(parser, name)?),
            "recall" => self.recall = Some(value(parser, name)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The configuration, or what is wrong with it.
    pub(crate) fn config(&self) -> Result<Config, String> {
        let mut builder = Config::builder();
        builder.preset(self.preset);
        self.threshold.map(|threshold| builder.threshold(threshold));
        self.shingle.map(|shingle| builder.shingle(shingle));
        self.slots.map(|slots| builder.slots(slots));
        self.recall.map(|recall| builder.recall(recall));
        self.window.map(|days| builder.story_window(days));
        if let Some(relations) = &self.relations {
            builder.relations(relations);
        }
        self.min_confidence.map(|probability| builder.min_confidence(probability));
        builder.build().map_err(|error| error.to_string())
    }
}

/// The value of option `name`, of any type that can be read from a string.
pub(crate) fn value<T: FromStr<Err: Display>>(
    parser: &mut Parser,
    name: &str,
) -> Result<T, String> {
    let value = parser.value().map_err(|_| format!("--{name} needs a value"))?;
    let value = value.string().map_err(|error| format!("--{name}: {error}"))?;
    value.parse().map_err(|error: T::Err| match error.to_string() {
        error if error.contains(&value) && !value.is_empty() => format!("--{name}: {error}"),
        error => format!("--{name} {value:?}: {error}"),
    })
}

/// The message for an argument that no option takes.
pub(crate) fn unexpected(arg: Arg<'_>) -> String {
    match arg {
        Arg::Long(name) => format!("unknown option --{name}"),
        Arg::Short(letter) => format!("unknown option -{letter}"),
        Arg::Value(value) => format!("unexpected argument {value:?}"),
    }
}

/// The text of a file, and a warning if it had to be mended.
///
/// Archives hold files in older encodings. The bytes of a few accented letters are worth losing, an article
/// is not, so they are replaced and the loss is told. A file of which more than a third is no text is
/// refused: it is UTF-16, an alphabet in one byte a letter, or a picture, and nothing worth comparing would
/// be left of it.
pub(crate) fn decode(mut bytes: Vec<u8>) -> Result<(String, Option<String>), String> {
    let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let (mut damaged, mut first, mut at) = (0, None, 0);
    for chunk in bytes.utf8_chunks() {
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            first = first.or(Some(at));
            damaged += chunk.invalid().len();
            at += chunk.invalid().len();
        }
    }
    let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
    if (damaged + zeros) * 3 > bytes.len() {
        let (bad, all) = (grouped((damaged + zeros) as u64), grouped(bytes.len() as u64));
        return Err(format!(
            "not a text in UTF-8 ({bad} of its {all} bytes are not): convert it first"
        ));
    }
    bytes.drain(..mark);
    let Some(first) = first else {
        let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        return Ok((text, None));
    };
    let count = if damaged == 1 {
        "1 byte is".to_owned()
    } else {
        format!("{} bytes are", grouped(damaged as u64))
    };
    let warning = format!("{count} not UTF-8 and read as U+FFFD, the first at byte offset {first}");
    Ok((String::from_utf8_lossy(&bytes).into_owned(), Some(warning)))
}

/// A similarity with four decimals, cut and not rounded: 0.39996 must not look like a threshold of 0.4
/// reached, nor 0.99996 like the same text.
#[allow(dead_code, reason = "not every example writes figures")]
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
