//! The names of the fields of a JSON line or of the columns of a Parquet file.

use clap::Args;

use crate::terminal::print_note;

/// The name of the field, or of the column, for each part of an article.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Fields of JSON lines, columns of Parquet files")]
pub(crate) struct FieldNames {
    /// The field with the id; a value that is not a string is used as its JSON
    #[arg(long = "id-field", value_name = "FIELD", default_value = "id")]
    pub(crate) id: String,
    /// The field with the text
    #[arg(long = "text-field", value_name = "FIELD", default_value = "text")]
    pub(crate) text: String,
    /// The field with the headline, which is compared as the first line of the text
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
    /// The lines of standard input are `<stdin>:1` and so on. If an index has such articles, `add` and
    /// `watch` count on from the last of them, so that none is replaced.
    #[arg(long, conflicts_with = "id")]
    pub(crate) auto_ids: bool,
}

impl FieldNames {
    /// A note if names are given and no input has fields: `what` are the inputs.
    pub(crate) fn note_unless(&self, have_fields: bool, what: &str) {
        let FieldNames { id, text, title, source, date, auto_ids } = Self::defaults();
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

    /// The default names.
    pub(crate) fn defaults() -> Self {
        let [id, text, title, source, date] =
            ["id", "text", "title", "source", "date"].map(str::to_owned);
        FieldNames { id, text, title, source, date, auto_ids: false }
    }
}
