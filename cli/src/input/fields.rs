//! Which fields of a line of JSON hold what.

use clap::Args;

/// The names of the fields.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Fields of JSON lines")]
pub(crate) struct FieldNames {
    /// The field of the id: a string, or anything else as its JSON
    #[arg(long = "id-field", value_name = "FIELD", default_value = "id")]
    pub(crate) id: String,
    /// The field of the text
    #[arg(long = "text-field", value_name = "FIELD", default_value = "text")]
    pub(crate) text: String,
    /// The field of the headline, which is compared as the first line of the text
    #[arg(long = "title-field", value_name = "FIELD", default_value = "title")]
    pub(crate) title: String,
    /// The field of the name of the publisher
    #[arg(long = "source-field", value_name = "FIELD", default_value = "source")]
    pub(crate) source: String,
    /// The field of the date of publication
    #[arg(long = "date-field", value_name = "FIELD", default_value = "date")]
    pub(crate) date: String,
    /// Gives each article the id FILE:LINE instead
    #[arg(long, conflicts_with = "id")]
    pub(crate) auto_ids: bool,
}

impl FieldNames {
    /// The names that a program gives if nothing is said.
    #[cfg(test)]
    pub(crate) fn usual() -> Self {
        let [id, text, title, source, date] =
            ["id", "text", "title", "source", "date"].map(str::to_owned);
        FieldNames { id, text, title, source, date, auto_ids: false }
    }
}
