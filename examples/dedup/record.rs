//! An article, and how a line of JSON tells of it.

use newsprint::Date;
use serde_json::{Map, Value};

use super::json::{self, Fields};
use super::problems::Problem;

/// So many characters of an offending value are shown.
const SHOWN: usize = 60;

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

    /// The article that a line tells of, and a warning if something about it had to be left out.
    pub(crate) fn of(fields: Fields, text: Text, place: (u32, u32)) -> (Self, Option<Problem>) {
        let Fields { id, title, source, date, .. } = fields;
        let (date, warning) = match date.filter(|date| !date.is_empty()).map(|date| date.parse::<Date>()) {
            None => (None, None),
            Some(Ok(date)) => (Some(date), None),
            Some(Err(error)) => {
                let message = format!("{error}; the article is kept without it");
                (None, Some(Problem::new("with a date that cannot be read", message)))
            }
        };
        (Record { id, text, title, source, date, place }, warning)
    }
}

/// What a line of JSON says of an article, and its text in `text`, with the title as its first line; or what is wrong with the line.
pub(crate) fn read_line(line: &[u8], text: &mut String) -> Result<Fields, Problem> {
    let mut fields = read_fields(line, text)?;
    // The same pairs are found whether the headline stands in the field or in the text.
    let title = fields.title.as_deref().unwrap_or_default().trim();
    if !title.is_empty() && !text.trim_start().starts_with(title) {
        text.insert_str(0, "\n\n");
        text.insert_str(0, title);
        fields.length = text.len();
    }
    Ok(fields)
}

fn read_fields(line: &[u8], text: &mut String) -> Result<Fields, Problem> {
    let line = str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        Problem::new(
            "not UTF-8",
            format!("not UTF-8: byte 0x{:02X} at byte offset {at} of the line", line[at]),
        )
    })?;
    if let Some(fields) = json::fields(line, text) {
        return Ok(fields);
    }
    let value = serde_json::from_str(line).map_err(|error| {
        let error = error.to_string().replace(" at line 1 column", " at column");
        Problem::new("not JSON", format!("not JSON: {error} ({})", shown(line)))
    })?;
    let Value::Object(mut object) = value else {
        let message = format!("not an object but {} ({})", kind(&value), shown(line));
        return Err(Problem::new("not objects", message));
    };
    let id = match object.remove("id") {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) if id.is_i64() || id.is_u64() => id.to_string(),
        Some(other) => return Err(wrong_type("id", &other, "a string or an integer")),
        None => return Err(missing("id", line)),
    };
    if id.is_empty() {
        return Err(Problem::new("with an empty id", format!("field \"id\" is empty ({})", shown(line))));
    }
    let found = match object.remove("text") {
        Some(Value::String(text)) => text,
        Some(other) => return Err(wrong_type("text", &other, "a string")),
        None => return Err(missing("text", line)),
    };
    let title = optional(&mut object, "title")?;
    let source = optional(&mut object, "source")?;
    let date = optional(&mut object, "date")?;
    let length = found.len();
    *text = found;
    Ok(Fields { id: id.into(), length, title, source, date })
}

/// A field that may be missing or null, but if it is there must be a string.
fn optional(object: &mut Map<String, Value>, field: &'static str) -> Result<Option<Box<str>>, Problem> {
    match object.remove(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(value)) => Ok(Some(value.into())),
        Some(other) => Err(wrong_type(field, &other, "a string")),
    }
}

fn missing(field: &str, line: &str) -> Problem {
    Problem::new("without a field that is needed", format!("no field {field:?} ({})", shown(line)))
}

fn wrong_type(field: &str, value: &Value, needed: &str) -> Problem {
    let value = match value {
        Value::Null => "null".to_owned(),
        value => format!("{} ({})", kind(value), shown(&value.to_string())),
    };
    Problem::new("with a field of the wrong type", format!("field {field:?} is {value}, must be {needed}"))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The beginning of a value, quoted, so that nothing in it can upset a terminal.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}...", &value[..end]),
        None => format!("{value:?}"),
    }
}
