//! An article as it was given.

use newsprint::Date;

use super::line::Fields;
use super::problems::Problem;

/// An article as it was given.
pub(crate) struct Record {
    pub(crate) id: Box<str>,
    pub(crate) text: Text,
    pub(crate) title: Option<Box<str>>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) date: Option<Date>,
    /// The input it came from, and the line, or 0 for a text file.
    pub(crate) place: (u32, u32),
}

/// Where the text of an article is.
pub(crate) enum Text {
    Held(Box<str>),
    /// In a line of its input, which begins at a place and has so many bytes; and so many has the text.
    Stored {
        offset: u64,
        line: u32,
        length: u32,
    },
}

impl Record {
    /// An article of which nothing but its id is known, of a text that is elsewhere.
    pub(crate) fn named(id: &str) -> Self {
        let text = Text::Held(Box::default());
        Record { id: id.into(), text, title: None, source: None, date: None, place: (0, 0) }
    }

    /// The article that a line tells of, and a warning for whatever about it had to be left out or
    /// mended.
    pub(crate) fn of(fields: Fields, text: Text, place: (u32, u32)) -> (Self, Vec<Problem>) {
        let Fields { id, title, source, date, mut warnings, .. } = fields;
        let date = date.filter(|date| !date.trim().is_empty()).and_then(|date| {
            match date.parse::<Date>() {
                Ok(date) => Some(date),
                Err(error) => {
                    let message = format!("{error}; the article is kept without it");
                    warnings.push(
                        Problem::new("with a date that cannot be read", message).once_a_form(&date),
                    );
                    None
                }
            }
        });
        (Record { id, text, title, source, date, place }, warnings)
    }
}
