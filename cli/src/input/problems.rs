//! Problems of an input: the first few are printed, the rest are counted by kind.

use std::collections::BTreeMap;
use std::process::ExitCode;

use super::fields::FieldNames;
use crate::progress::ProgressDisplay;
use crate::terminal::{grouped, is_quiet, print_stderr};

/// The most messages to print. A broken export can have as many problems as it has lines.
const MAX_MESSAGES: u64 = 20;
/// The most forms to distinguish, if there is no limit on the messages.
const MAX_FORMS: usize = 1000;
/// The length of a form in characters.
const MAX_FORM_CHARS: usize = 40;

/// The most characters of an offending value to show.
const MAX_VALUE_CHARS: usize = 60;

/// The exit code if the input had lines or files and all of them were skipped.
const NOTHING_USED: u8 = 3;

/// A problem of one line or file.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    /// The kind of problem, worded to follow a number.
    kind: &'static str,
    /// The message, with the offending value.
    pub(crate) message: String,
    /// Problems of one kind and one form are printed once.
    form: Option<String>,
}

impl Problem {
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Problem { kind, message: message.into(), form: None }
    }

    /// Prints only the first problem of this kind.
    pub(crate) fn once(self) -> Self {
        Problem { form: Some(String::new()), ..self }
    }

    /// Prints only the first of the problems of this kind whose values differ only in their digits
    /// and letters.
    pub(crate) fn once_per_form(self, value: &str) -> Self {
        Problem { form: Some(form(value)), ..self }
    }
}

/// The value with each run of digits replaced by `9` and each run of letters by `a`, truncated.
fn form(value: &str) -> String {
    let mut form: Vec<char> = value
        .chars()
        .map(|c| match c {
            c if c.is_numeric() => '9',
            c if c.is_alphabetic() => 'a',
            c => c,
        })
        .collect();
    form.dedup_by(|a, b| a == b && a.is_alphanumeric());
    form.into_iter().take(MAX_FORM_CHARS).collect()
}

/// The problems so far.
pub(crate) struct Problems {
    strict: bool,
    display: ProgressDisplay,
    skipped: u64,
    /// Where the first of these is, and what is wrong with it.
    first_skipped: Option<String>,
    warnings: u64,
    /// The number of messages printed, and its limit.
    printed: u64,
    max_printed: u64,
    /// For each kind and form that was printed, how many more there were.
    forms: BTreeMap<(&'static str, String), u64>,
    /// For each kind, how many problems were neither printed nor of a printed form.
    unprinted: BTreeMap<&'static str, u64>,
}

impl Problems {
    /// If `strict`, the first problem is an error.
    pub(crate) fn new(strict: bool, display: ProgressDisplay) -> Self {
        let (forms, unprinted) = (BTreeMap::new(), BTreeMap::new());
        Problems {
            strict,
            display,
            skipped: 0,
            first_skipped: None,
            warnings: 0,
            printed: 0,
            max_printed: MAX_MESSAGES,
            forms,
            unprinted,
        }
    }

    /// Problems of an endless input: each is printed, unless its form was printed before.
    pub(crate) fn endless(display: ProgressDisplay) -> Self {
        Problems { max_printed: u64::MAX, ..Problems::new(false, display) }
    }

    /// Reports that the line or file at `place` cannot be used.
    pub(crate) fn skip(&mut self, place: &str, problem: Problem) -> Result<(), String> {
        self.skipped += 1;
        self.first_skipped.get_or_insert_with(|| format!("{place}: {}", problem.message));
        self.report(place, "", problem)
    }

    /// Reports that the line or file at `place` is used, but with changes if there are problems.
    pub(crate) fn warn(
        &mut self,
        place: &str,
        problems: impl IntoIterator<Item = Problem>,
    ) -> Result<(), String> {
        let mut problems = problems.into_iter().peekable();
        self.warnings += u64::from(problems.peek().is_some());
        problems.try_for_each(|problem| self.report(place, "warning: ", problem))
    }

    fn report(&mut self, place: &str, rank: &str, problem: Problem) -> Result<(), String> {
        let Problem { kind, message, form } = problem;
        let line = format!("{place}: {rank}{message}");
        if self.strict {
            return Err(format!("{line}; stopped by --strict"));
        }
        let form = form.map(|form| (kind, form));
        if let Some(more) = form.as_ref().and_then(|form| self.forms.get_mut(form)) {
            *more += 1;
        } else if self.printed < self.max_printed {
            self.printed += 1;
            self.display.print(&line);
            self.forms.extend(form.filter(|_| self.forms.len() < MAX_FORMS).map(|form| (form, 0)));
        } else {
            *self.unprinted.entry(kind).or_default() += 1;
        }
        Ok(())
    }

    /// Prints the counts of the problems that were not printed, and the fields that no line has.
    pub(crate) fn conclude(&self, fields: &FieldNames) {
        fields.note_unseen();
        let of_forms = self.forms.iter().map(|((kind, form), &count)| match form.as_str() {
            "" => (count, (*kind).to_owned()),
            form => (count, format!("{kind} of the form {form:?}")),
        });
        let counted =
            of_forms.chain(self.unprinted.iter().map(|(kind, &count)| (count, (*kind).to_owned())));
        let counted: Vec<(u64, String)> = counted.filter(|(count, _)| *count > 0).collect();
        let total: u64 = counted.iter().map(|(count, _)| count).sum();
        if total > 0 {
            let kinds = counted.iter().map(|(count, kind)| format!("{} {kind}", grouped(*count)));
            let kinds: Vec<String> = kinds.collect();
            self.display.print(&format!(
                "and {} more problems: {}",
                grouped(total),
                kinds.join(", ")
            ));
        }
    }

    /// The exit code of a run that used so many lines and files. If it used none of those there
    /// were, that is an error, which is printed even where the problems were not.
    pub(crate) fn exit_code(&self, used: u64) -> ExitCode {
        match &self.first_skipped {
            Some(first) if used == 0 => {
                let first =
                    if is_quiet() { format!("; the first: {first}") } else { String::new() };
                print_stderr(&format!(
                    "nothing in the input can be used, {} skipped{first}",
                    grouped(self.skipped)
                ));
                NOTHING_USED.into()
            }
            _ => ExitCode::SUCCESS,
        }
    }

    /// The number of lines and files that were not used.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The number of lines and files that were used with changes.
    pub(crate) fn warnings(&self) -> u64 {
        self.warnings
    }
}

/// The beginning of a value, quoted and escaped, so that it is safe to print.
pub(crate) fn quoted(value: &str) -> String {
    match value.char_indices().nth(MAX_VALUE_CHARS) {
        Some((end, _)) => format!("{:?}...", &value[..end]),
        None => format!("{value:?}"),
    }
}
