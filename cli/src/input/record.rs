//! The record of an article: what is kept in memory about it.

use newsprint::Date;

use super::line::Fields;
use super::problems::Problem;

/// The id, source and date of an article as given, and where its text is.
pub(crate) struct Record {
    pub(crate) id: Box<str>,
    pub(crate) text: Text,
    pub(crate) title: Option<Box<str>>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) date: Option<Date>,
    /// The number of its input, and its line, or 0 for a text file.
    pub(crate) place: (u32, u32),
}

/// Where the text of an article is.
pub(crate) enum Text {
    Held(Box<str>),
    /// In a line of its input: the offset and length of the line, and the length of the text, in
    /// bytes.
    Stored {
        offset: u64,
        line: u32,
        length: u32,
    },
}

impl Record {
    /// The record of an article with an id only. The caller keeps the text.
    pub(crate) fn named(id: &str) -> Self {
        let text = Text::Held(Box::default());
        Record { id: id.into(), text, title: None, source: None, date: None, place: (0, 0) }
    }

    /// The text, if it is held; the record has none then.
    #[cfg(feature = "parquet")]
    pub(crate) fn take_text(&mut self) -> Box<str> {
        match &mut self.text {
            Text::Held(text) => std::mem::take(text),
            Text::Stored { .. } => Box::default(),
        }
    }

    /// The record of a line's article, and a warning for each field that was left out or changed.
    pub(crate) fn of(fields: Fields, text: Text, place: (u32, u32)) -> (Self, Vec<Problem>) {
        let Fields { id, title, source, date, mut warnings, .. } = fields;
        let date = date.filter(|date| !date.trim().is_empty()).and_then(|date| {
            match date.parse::<Date>() {
                Ok(date) => Some(date),
                Err(error) => {
                    let message = format!("{error}; the article is kept without it");
                    warnings.push(
                        Problem::new("with a date that cannot be read", message)
                            .once_per_form(&date),
                    );
                    None
                }
            }
        });
        (Record { id, text, title, source, date, place }, warnings)
    }
}
