//! Reads an article from a JSON line.
//!
//! Fields are parsed as raw values first: a number used as an id keeps its digits, and a title that
//! is not a string is reported with its JSON.

use std::borrow::Cow;
use std::fmt;

use newsprint::Article;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::FieldNames;
use super::problems::{Problem, quoted};

/// The fields of an article that a line has, without the text.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fields {
    pub(crate) id: Box<str>,
    /// The length of the text in bytes.
    pub(crate) length: usize,
    pub(crate) title: Option<Box<str>>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) date: Option<Box<str>>,
    /// The fields that were left out or changed.
    pub(crate) warnings: Vec<Problem>,
}

/// Reads a JSON line into the fields of an article and, in `text`, its text with the title as the
/// first line. Returns an error that names what is wrong with the line.
///
/// `auto_id`, if given, replaces the id.
pub(crate) fn read_line(
    line: &[u8],
    names: &FieldNames,
    auto_id: Option<String>,
    text: &mut String,
) -> Result<Fields, Problem> {
    let mut fields = read_fields(line, names, auto_id, text)?;
    fields.put_title_first(text);
    Ok(fields)
}

impl Fields {
    /// Makes the title the first line of the text, unless it is already.
    pub(super) fn put_title_first(&mut self, text: &mut String) {
        let title = self.title.as_deref().unwrap_or_default();
        if let Cow::Owned(titled) = Article::titled(title, text) {
            *text = titled;
            self.length = text.len();
        }
    }
}

fn read_fields(
    line: &[u8],
    names: &FieldNames,
    auto_id: Option<String>,
    text: &mut String,
) -> Result<Fields, Problem> {
    let line = str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        Problem::new(
            "not UTF-8",
            format!("not UTF-8: byte 0x{:02X} at byte offset {at} of the line", line[at]),
        )
    })?;
    let (mended, half) = replace_lone_surrogates(line);
    let not_json = |error: serde_json::Error| {
        let error = error.to_string().replace(" at line 1 column", " at column");
        Problem::new("not JSON", format!("not JSON: {error} ({})", quoted(line)))
    };
    let mut json = serde_json::Deserializer::from_str(&mended);
    let read = ObjectSeed(names).deserialize(&mut json);
    let read = read.and_then(|object| json.end().map(|()| object));
    let object: Object<'_> = read.map_err(|error| {
        // Invalid JSON is reported first, a value that is not an object second.
        match serde_json::from_str::<&RawValue>(&mended) {
            Ok(value) if !value.get().starts_with('{') => {
                let message = format!("not an object but {} ({})", kind(value), quoted(line));
                Problem::new("not objects", message)
            }
            Ok(_) => not_json(error),
            Err(first) => not_json(first),
        }
    })?;
    names.see([object.title, object.source, object.date].map(|field| field.is_some()));
    let mut warnings = Vec::from_iter(half);
    let mut scalar = |field: &str, value: Option<&RawValue>, kind| match value.map(RawValue::get) {
        None | Some("null") => Ok(None),
        Some(string) if string.starts_with('"') => {
            serde_json::from_str(string).map(Some).map_err(not_json)
        }
        Some(number) if number.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
            Ok(Some(Box::from(number)))
        }
        Some(other) => {
            let wrong = value.map(|value| wrong_type(field, value, "a string or a number"));
            let kept = field == names.id;
            let instead =
                if kept { "its JSON is the id" } else { "the article is kept without it" };
            let message = format!("{}; {instead}", wrong.unwrap_or_default());
            warnings.push(Problem::new(kind, message).once());
            Ok(kept.then(|| Box::from(other)))
        }
    };
    let id = match auto_id {
        Some(id) => Some(id.into()),
        None => scalar(
            &names.id,
            object.id,
            "with an id that is no string or number (used as its JSON)",
        )?,
    };
    let title =
        scalar(&names.title, object.title, "with a title that is no string or number (left out)")?;
    let source = scalar(
        &names.source,
        object.source,
        "with a source that is no string or number (left out)",
    )?;
    let date =
        scalar(&names.date, object.date, "with a date that is no string or number (left out)")?;
    let needed = |field: &str, value: Option<&RawValue>| {
        let message = match value {
            Some(value) if field == names.id => wrong_type(field, value, "a string or a number"),
            Some(value) => wrong_type(field, value, "a string"),
            None => {
                let option = if field == names.id { "--id-field" } else { "--text-field" };
                format!("no field {field:?}; {option} names another ({})", quoted(line))
            }
        };
        Problem::new("without an id or a text", message)
    };
    let id: Box<str> = id.ok_or_else(|| needed(&names.id, object.id))?;
    if id.is_empty() {
        return Err(Problem::new(
            "with an empty id",
            format!("field {:?} is empty ({})", names.id, quoted(line)),
        ));
    }
    let found = object.text.filter(|text| text.get().starts_with('"'));
    let found = found.ok_or_else(|| needed(&names.text, object.text))?;
    text.clear();
    AppendString(text)
        .deserialize(&mut serde_json::Deserializer::from_str(found.get()))
        .map_err(not_json)?;
    Ok(Fields { id, length: text.len(), title, source, date, warnings })
}

/// The raw values of an article's fields. If a field is given twice, the last one counts.
#[derive(Default)]
struct Object<'l> {
    id: Option<&'l RawValue>,
    text: Option<&'l RawValue>,
    title: Option<&'l RawValue>,
    source: Option<&'l RawValue>,
    date: Option<&'l RawValue>,
}

/// Reads an [`Object`] by the names of its fields.
struct ObjectSeed<'n>(&'n FieldNames);

impl<'l> DeserializeSeed<'l> for ObjectSeed<'_> {
    type Value = Object<'l>;

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Object<'l>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'l> Visitor<'l> for ObjectSeed<'_> {
    type Value = Object<'l>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'l>>(self, mut map: M) -> Result<Object<'l>, M::Error> {
        let FieldNames { id, text, title, source, date, auto_ids, .. } = self.0;
        let mut object = Object::default();
        while let Some(key) = map.next_key::<Cow<'l, str>>()? {
            let place = match &*key {
                key if key == text => &mut object.text,
                key if key == id && !auto_ids => &mut object.id,
                key if key == title => &mut object.title,
                key if key == source => &mut object.source,
                key if key == date => &mut object.date,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *place = Some(map.next_value()?);
        }
        Ok(object)
    }
}

/// Appends a JSON string to a reused buffer.
struct AppendString<'t>(&'t mut String);

impl<'l> DeserializeSeed<'l> for AppendString<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for AppendString<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push_str(text);
        Ok(())
    }
}

/// The line with each escaped lone surrogate replaced by `\ufffd`, which has the same length, and a
/// warning if there was one. Texts that were cut in the middle of an emoji have them.
fn replace_lone_surrogates(line: &str) -> (Cow<'_, str>, Option<Problem>) {
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
        json => format!("{} ({})", kind(value), quoted(json)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_with_escapes_undone() {
        let line = r#"{"id":"a\u00e9","text":"one \"two\"\n\ud83d\ude00 \/\\\t\b\f\r", "title" : null,"n":[1,{"x":"]"}],"date":"1951-02-03"} "#;
        let mut text = "before".to_owned();
        let read =
            read_fields(line.as_bytes(), &FieldNames::defaults(), None, &mut text).expect("read");
        assert_eq!(text, "one \"two\"\n\u{1F600} /\\\t\u{8}\u{c}\r");
        let date = Some("1951-02-03".into());
        assert_eq!(read, Fields { id: "aé".into(), length: text.len(), date, ..Fields::default() });
        // If a field is given twice, the last one counts.
        let twice =
            r#"{"text":"a","id":-7,"text":"","url":"x","score":1.5e3,"id":18446744073709551615}"#;
        let read =
            read_fields(twice.as_bytes(), &FieldNames::defaults(), None, &mut text).expect("read");
        assert_eq!((&*read.id, read.length, &*text), ("18446744073709551615", 0, ""));
        // Numbers keep their digits.
        let numbers = r#"{"id":1.50,"text":"","title":1984,"date":1531746656 ,"source":null}"#;
        let read = read_fields(numbers.as_bytes(), &FieldNames::defaults(), None, &mut text)
            .expect("read");
        let [title, date] = ["1984", "1531746656"].map(|number| Some(number.into()));
        assert_eq!(read, Fields { id: "1.50".into(), title, date, ..Fields::default() });
    }

    #[test]
    fn lone_surrogates_are_replaced_and_nothing_else() {
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
            let (line, warning) = replace_lone_surrogates(given);
            assert_eq!(line, mended, "{given}");
            assert_eq!(warning.is_some(), given != mended, "{given}");
        }
    }
}
