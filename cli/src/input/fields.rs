//! The names of the fields of a JSON line.

use clap::Args;

/// The name of the field for each part of an article.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Fields of JSON lines")]
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
    /// Uses FILE:LINE as the id of each article
    #[arg(long, conflicts_with = "id")]
    pub(crate) auto_ids: bool,
}

impl FieldNames {
    /// The default names.
    #[cfg(test)]
    pub(crate) fn defaults() -> Self {
        let [id, text, title, source, date] =
            ["id", "text", "title", "source", "date"].map(str::to_owned);
        FieldNames { id, text, title, source, date, auto_ids: false }
    }
}
