//! An article, and how a line of JSON tells of it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use newsprint::Date;
use serde_json::value::RawValue;

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
    let (mended, half) = whole_characters(line);
    let not_json = |error: serde_json::Error| {
        let error = error.to_string().replace(" at line 1 column", " at column");
        Problem::new("not JSON", format!("not JSON: {error} ({})", shown(line)))
    };
    let value: &RawValue = serde_json::from_str(&mended).map_err(not_json)?;
    if !value.get().starts_with('{') {
        let message = format!("not an object but {} ({})", kind(value), shown(line));
        return Err(Problem::new("not objects", message));
    }
    let object: BTreeMap<String, &RawValue> =
        serde_json::from_str(value.get()).map_err(not_json)?;
    let mut warnings = Vec::from_iter(half);
    let mut scalar = |field, kind| match object.get(field).map(|value| value.get()) {
        None | Some("null") => Ok(None),
        Some(string) if string.starts_with('"') => {
            serde_json::from_str(string).map(Some).map_err(not_json)
        }
        Some(number) if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            Ok(Some(number.to_owned()))
        }
        Some(other) => {
            let (wrong, kept) =
                (wrong_type(field, object[field], "a string or a number"), field == "id");
            let instead =
                if kept { "its JSON is the id" } else { "the article is kept without it" };
            warnings.push(Problem::new(kind, format!("{wrong}; {instead}")).once());
            Ok(kept.then(|| other.to_owned()))
        }
    };
    let id = scalar("id", "with an id that is no text")?;
    let title = scalar("title", "with a title that is no text")?;
    let source = scalar("source", "with a source that is no text")?;
    let date = scalar("date", "with a date that is no text")?;
    let needed = |field| {
        let message = match object.get(field) {
            Some(value) if field == "id" => wrong_type(field, value, "a string or a number"),
            Some(value) => wrong_type(field, value, "a string"),
            None => format!("no field {field:?} ({})", shown(line)),
        };
        Problem::new("without a field that is needed", message)
    };
    let id = id.ok_or_else(|| needed("id"))?;
    if id.is_empty() {
        return Err(Problem::new(
            "with an empty id",
            format!("field \"id\" is empty ({})", shown(line)),
        ));
    }
    let found = object
        .get("text")
        .filter(|text| text.get().starts_with('"'))
        .ok_or_else(|| needed("text"))?;
    *text = serde_json::from_str(found.get()).map_err(not_json)?;
    let [title, source, date] =
        [title, source, date].map(|field| field.map(String::into_boxed_str));
    Ok(Fields { id: id.into(), length: text.len(), title, source, date, warnings })
}

/// A line in which each escape that is half a character, as of a text that was cut in the middle of
/// an emoji, is one of U+FFFD; and a warning if there are any. It has the length that it had.
fn whole_characters(line: &str) -> (Cow<'_, str>, Option<Problem>) {
    let bytes = line.as_bytes();
    let unit = |at: usize| {
        let digits = line.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))
    };
    let is_high = |unit: u16| (0xD800..0xDC00).contains(&unit);
    let is_low = |unit: u16| (0xDC00..0xE000).contains(&unit);
    let (mut mended, mut first, mut at) = (Cow::Borrowed(line), None, 0);
    while let Some(backslash) = memchr::memchr(b'\\', &bytes[at..]) {
        let start = at + backslash;
        at = start
            + match unit(start) {
                Some(high) if is_high(high) && unit(start + 6).is_some_and(is_low) => 12,
                Some(half) if is_high(half) || is_low(half) => {
                    first.get_or_insert(start);
                    mended.to_mut().replace_range(start..start + 6, "\\ufffd");
                    6
                }
                Some(_) => 6,
                None => 2,
            };
        at = at.min(bytes.len());
    }
    let warning = first.map(|at| {
        let half = &line[at..at + 6];
        let message =
            format!("half a character ({half}) at byte offset {at} of the line is read as U+FFFD");
        Problem::new("with half a character", message).once()
    });
    (mended, warning)
}

fn wrong_type(field: &str, value: &RawValue, needed: &str) -> String {
    let value = match value.get() {
        "null" => "null".to_owned(),
        json => format!("{} ({})", kind(value), shown(json)),
    };
    format!("field {field:?} is {value}, must be {needed}")
}

fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes()[0] {
        b'n' => "null",
        b't' | b'f' => "a truth value",
        b'"' => "a string",
        b'[' => "an array",
        b'{' => "an object",
        _ => "a number",
    }
}

/// The beginning of a value, quoted, so that nothing in it can upset a terminal.
pub(crate) fn shown(value: &str) -> String {
    match value.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}...", &value[..end]),
        None => format!("{value:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_characters_are_replaced_and_nothing_else() {
        for (given, mended) in [
            (r"\ud83d", r"\ufffd"),
            (r"\ud83d\ude00", r"\ud83d\ude00"),
            (r"\\ud83d", r"\\ud83d"),
            (r"a\ud83d", r"a\ufffd"),
            (r"\ud83d\u2026", r"\ufffd\u2026"),
            (r"\ude00\ud83d", r"\ufffd\ufffd"),
            (r"\uD83D\uD83D\uDE00\n", r"\ufffd\uD83D\uDE00\n"),
            (r"\\\ud83d é \u00e9", r"\\\ufffd é \u00e9"),
            (r"\ud8", r"\ud8"),
            (r"\u+d83", r"\u+d83"),
            (r"\udéé", r"\udéé"),
            (r"\", r"\"),
            (r"é\é", r"é\é"),
        ] {
            let (line, warning) = whole_characters(given);
            assert_eq!(line, mended, "{given}");
            assert_eq!(warning.is_some(), given != mended, "{given}");
        }
    }

    #[test]
    fn both_readers_read_alike() {
        for line in [
            r#"{"id":"a","text":"b","title":"t","source":"s","date":"d"}"#,
            r#"{"id":7,"text":"b","title":1e3,"source":-0.5,"date":1531746656000,"x":[{}]}"#,
            r#"{"id":12345678901234567890123,"text":"","title":null,"text":"\ud83d\ude00"}"#,
        ] {
            let [mut fast, mut general] = [String::new(), String::new()];
            let fields = json::fields(line, &mut fast).expect("usual");
            assert_eq!(
                read_fields(format!("\t{line}").as_bytes(), &mut general),
                Ok(fields),
                "{line}"
            );
            assert_eq!(fast, general);
        }
    }
}
