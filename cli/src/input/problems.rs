//! What is wrong with an input: told in full for the first few, counted for the rest.

use std::collections::BTreeMap;

use crate::progress::Display;
use crate::terminal::grouped;

/// Messages printed. One broken export has as many problems as it has lines.
const SHOWN: u64 = 20;
/// Forms that are told apart, where all messages are printed.
const FORMS: usize = 1000;
/// Characters of a form.
const FORM: usize = 40;

/// The characters of an offending value that are shown.
const SHOWN_CHARACTERS: usize = 60;

/// Something wrong with one line or file.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    /// What is wrong, without the particulars, in words that follow a number.
    kind: &'static str,
    /// What is wrong, with the offending value.
    pub(crate) message: String,
    /// Of its kind, those of one form are told once.
    form: Option<String>,
}

impl Problem {
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Problem { kind, message: message.into(), form: None }
    }

    /// One of a kind of which the first stands for all.
    pub(crate) fn once(self) -> Self {
        Problem { form: Some(String::new()), ..self }
    }

    /// One of a kind of which the first stands for all whose value differs in its digits and
    /// letters alone.
    pub(crate) fn once_a_form(self, value: &str) -> Self {
        Problem { form: Some(form(value)), ..self }
    }
}

/// A value with a 9 for each run of digits and an `a` for each run of letters, cut.
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
    form.into_iter().take(FORM).collect()
}

/// The problems so far.
pub(crate) struct Problems {
    strict: bool,
    display: Display,
    skipped: u64,
    warnings: u64,
    /// Messages printed, and the most.
    told: u64,
    most: u64,
    /// How many more there were of the kinds and forms that were told.
    forms: BTreeMap<(&'static str, String), u64>,
    /// How many there were that were not.
    silent: BTreeMap<&'static str, u64>,
}

impl Problems {
    /// With `strict`, the first problem is an error.
    pub(crate) fn new(strict: bool, display: Display) -> Self {
        let (forms, silent) = (BTreeMap::new(), BTreeMap::new());
        Problems { strict, display, skipped: 0, warnings: 0, told: 0, most: SHOWN, forms, silent }
    }

    /// Those of an input without an end, of which each is printed unless its form was.
    pub(crate) fn endless(display: Display) -> Self {
        Problems { most: u64::MAX, ..Problems::new(false, display) }
    }

    /// The line or file at `place` cannot be used.
    pub(crate) fn skip(&mut self, place: &str, problem: Problem) -> Result<(), String> {
        self.skipped += 1;
        self.report(place, "", problem)
    }

    /// The line or file at `place` is used, but not as it stands if there are any problems.
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
        let form = form.map(|form| (kind, form));
        if let Some(more) = form.as_ref().and_then(|form| self.forms.get_mut(form)) {
            *more += 1;
        } else if self.told < self.most {
            self.told += 1;
            self.display.print(&format!("{place}: {rank}{message}"));
            self.forms.extend(form.filter(|_| self.forms.len() < FORMS).map(|form| (form, 0)));
        } else {
            *self.silent.entry(kind).or_default() += 1;
        }
        if self.strict { Err("stopped by --strict".to_owned()) } else { Ok(()) }
    }

    /// Tells of those that were only counted.
    pub(crate) fn conclude(&self) {
        let of_forms = self.forms.iter().map(|((kind, form), &count)| match form.as_str() {
            "" => (count, (*kind).to_owned()),
            form => (count, format!("{kind} of the form {form:?}")),
        });
        let counted =
            of_forms.chain(self.silent.iter().map(|(kind, &count)| (count, (*kind).to_owned())));
        let counted: Vec<(u64, String)> = counted.filter(|(count, _)| *count > 0).collect();
        let total: u64 = counted.iter().map(|(count, _)| count).sum();
        if total > 0 {
            let kinds = counted.iter().map(|(count, kind)| format!("{} {kind}", grouped(*count)));
            let kinds: Vec<String> = kinds.collect();
            self.display.print(&format!("and {} more: {}", grouped(total), kinds.join(", ")));
        }
    }

    /// Lines and files not used.
    pub(crate) fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Lines and files used, but not as they stand.
    pub(crate) fn warnings(&self) -> u64 {
        self.warnings
    }
}

/// The beginning of a value, quoted, so that nothing in it can upset a terminal.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{:?}...", &value[..end]),
        None => format!("{value:?}"),
    }
}
