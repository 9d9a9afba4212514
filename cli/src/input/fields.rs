//! The names of the fields of a JSON line or of the columns of a Parquet file.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use crate::terminal::print_note;

/// The name of the field, or of the column, for each part of an article.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Fields of JSON lines, columns of Parquet files")]
pub(crate) struct FieldNames {
    /// The field with the id; a value that is not a string is used as its JSON, and a line whose id
    /// is null or empty is skipped
    #[arg(long = "id-field", value_name = "FIELD", default_value = "id")]
    pub(crate) id: String,
    /// The field with the text
    #[arg(long = "text-field", value_name = "FIELD", default_value = "text")]
    pub(crate) text: String,
    /// The field with the headline, which is compared as the first line of the text, with an empty
    /// line after it
    #[arg(long = "title-field", value_name = "FIELD", default_value = "title")]
    pub(crate) title: String,
    /// The field with the publisher's name
    #[arg(long = "source-field", value_name = "FIELD", default_value = "source")]
    pub(crate) source: String,
    /// The field with the date of publication
    #[arg(long = "date-field", value_name = "FIELD", default_value = "date")]
    pub(crate) date: String,
    /// Uses FILE:LINE as the id of each article; in Parquet, FILE:ROW
    ///
    /// The lines of standard input are `<stdin>:1` and so on. If an index has such articles, `add`
    /// and `watch` count on from the last of them, so that none is replaced. A file has no such
    /// memory: one that comes again under the same name with other content replaces, line by line,
    /// what an index had of it.
    #[arg(long, conflicts_with = "id")]
    pub(crate) auto_ids: bool,
    #[arg(skip)]
    seen: Arc<Seen>,
}

/// Which of the fields that an article need not have were in any line, or are columns. Clones of
/// the names share it.
#[derive(Debug, Default)]
struct Seen {
    lines: AtomicBool,
    /// The title, the source and the date.
    fields: [AtomicBool; 3],
}

impl FieldNames {
    /// A note if names are given and no input has fields: `what` are the inputs.
    pub(crate) fn note_unless(&self, have_fields: bool, what: &str) {
        let FieldNames { id, text, title, source, date, auto_ids, .. } = Self::defaults();
        let given = [
            ("--id-field", self.id != id),
            ("--text-field", self.text != text),
            ("--title-field", self.title != title),
            ("--source-field", self.source != source),
            ("--date-field", self.date != date),
            ("--auto-ids", self.auto_ids != auto_ids),
        ];
        for (option, _) in given.into_iter().filter(|(_, is_given)| *is_given && !have_fields) {
            print_note(&format!("warning: {option} has no effect: {what}"));
        }
    }

    /// Refuses a name that is given to two parts of an article: a line would have only one.
    pub(crate) fn check(&self) -> Result<(), String> {
        let names = [
            ("--id-field", &self.id),
            ("--text-field", &self.text),
            ("--title-field", &self.title),
            ("--source-field", &self.source),
            ("--date-field", &self.date),
        ];
        // With --auto-ids no field is the id.
        let names = &names[usize::from(self.auto_ids)..];
        for (i, (option, name)) in names.iter().enumerate() {
            if let Some((other, _)) = names[i + 1..].iter().find(|(_, other)| other == name) {
                return Err(format!(
                    "{option} and {other} are both {name:?}: a field can be one part of an article"
                ));
            }
        }
        Ok(())
    }

    /// Takes note that there is a line, or a file of rows, and whether it has a title, a source and
    /// a date.
    pub(super) fn see(&self, has: [bool; 3]) {
        let seen = std::iter::once(&self.seen.lines).chain(&self.seen.fields);
        for (seen, has) in seen.zip(std::iter::once(true).chain(has)) {
            // Reading first, as all threads share it.
            if has && !seen.load(Ordering::Relaxed) {
                seen.store(true, Ordering::Relaxed);
            }
        }
    }

    /// A warning for each name that is given and was in no line.
    pub(super) fn note_unseen(&self) {
        let FieldNames { title, source, date, .. } = Self::defaults();
        let given = [(&self.title, title), (&self.source, source), (&self.date, date)];
        for ((name, default), seen) in given.into_iter().zip(&self.seen.fields) {
            let has_lines = self.seen.lines.load(Ordering::Relaxed);
            if has_lines && *name != default && !seen.load(Ordering::Relaxed) {
                print_note(&format!("warning: no line or file has a field or column {name:?}"));
            }
        }
    }

    /// The default names.
    pub(crate) fn defaults() -> Self {
        let [id, text, title, source, date] =
            ["id", "text", "title", "source", "date"].map(str::to_owned);
        FieldNames { id, text, title, source, date, auto_ids: false, seen: Arc::default() }
    }
}
