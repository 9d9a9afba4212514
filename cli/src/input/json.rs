//! The fields of an article in a line of JSON, read fast where the line is of the usual kind.
//!
//! A line as programs write them, one object without control characters or escapes in the names of its fields, is read in one
//! pass that copies nothing but what is kept. Whatever is unusual is left to the general reader, which also says what is wrong.

use memchr::memchr2;
use serde_json::Value;

use super::problems::Problem;

/// What a line says of an article.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fields {
    pub(crate) id: Box<str>,
    /// Bytes of the text.
    pub(crate) length: usize,
    pub(crate) title: Option<Box<str>>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) date: Option<Box<str>>,
    /// What was not read as it stands.
    pub(crate) warnings: Vec<Problem>,
}

/// The fields of a line, and its text in `text`. None for a line that is wrong, or right in an unusual way.
pub(crate) fn fields(line: &str, text: &mut String) -> Option<Fields> {
    // In strings they are errors, and between values rare. Not `any`, which would look at one byte at a time.
    if line.bytes().fold(false, |found, byte| found | (byte < b' ')) {
        return None;
    }
    let mut scanner = Scanner { line, at: 0 };
    let (mut fields, mut id, mut length) = (Fields::default(), None, None);
    scanner.take(b'{')?;
    loop {
        let key = scanner.key()?;
        scanner.take(b':')?;
        match key {
            "id" => id = Some(scanner.scalar()??),
            "text" => {
                text.clear();
                scanner.string(|piece| text.push_str(piece))?;
                length = Some(text.len());
            }
            "title" => fields.title = scanner.scalar()?,
            "source" => fields.source = scanner.scalar()?,
            "date" => fields.date = scanner.scalar()?,
            _ => scanner.pass_over()?,
        }
        if scanner.next()? == b',' {
            scanner.at += 1;
        } else {
            break;
        }
    }
    scanner.take(b'}')?;
    scanner.line[scanner.at..].bytes().all(|byte| byte == b' ').then_some(())?;
    (fields.id, fields.length) = (id?, length?);
    (!fields.id.is_empty()).then_some(fields)
}

/// A line, and how far it is read.
struct Scanner<'l> {
    line: &'l str,
    at: usize,
}

impl<'l> Scanner<'l> {
    /// The next byte that is no space.
    fn next(&mut self) -> Option<u8> {
        let bytes = self.line.as_bytes();
        while *bytes.get(self.at)? == b' ' {
            self.at += 1;
        }
        Some(bytes[self.at])
    }

    /// Passes over this byte, and over spaces before it.
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    /// The name of a field, without escapes.
    fn key(&mut self) -> Option<&'l str> {
        self.take(b'"')?;
        let start = self.at;
        let end = start + memchr2(b'"', b'\\', &self.line.as_bytes()[start..])?;
        self.at = end + 1;
        (self.line.as_bytes()[end] == b'"').then(|| &self.line[start..end])
    }

    /// A string, given piece by piece.
    fn string(&mut self, mut piece: impl FnMut(&str)) -> Option<()> {
        self.take(b'"')?;
        let bytes = self.line.as_bytes();
        loop {
            let start = self.at;
            let end = start + memchr2(b'"', b'\\', &bytes[start..])?;
            piece(&self.line[start..end]);
            self.at = end + 1;
            if bytes[end] == b'"' {
                return Some(());
            }
            piece(self.escaped()?.encode_utf8(&mut [0; 4]));
        }
    }

    /// The character after a backslash.
    fn escaped(&mut self) -> Option<char> {
        let escape = *self.line.as_bytes().get(self.at)?;
        self.at += 1;
        Some(match escape {
            b'"' | b'\\' | b'/' => char::from(escape),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => match self.unit()? {
                high @ 0xD800..=0xDBFF => {
                    self.line.as_bytes()[self.at..].starts_with(b"\\u").then(|| self.at += 2)?;
                    let low = self.unit().filter(|low| (0xDC00..=0xDFFF).contains(low))?;
                    char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00))?
                }
                unit => char::from_u32(unit)?,
            },
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.line.as_bytes().get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)?))
    }

    fn owned(&mut self) -> Option<Box<str>> {
        let mut owned = String::new();
        self.string(|piece| owned.push_str(piece))?;
        Some(owned.into())
    }

    /// A string, a number as it stands, or null.
    fn scalar(&mut self) -> Option<Option<Box<str>>> {
        if self.next()? == b'"' {
            return self.owned().map(Some);
        }
        let start = self.at;
        match self.value()? {
            Value::Number(_) => Some(Some(self.line[start..self.at].into())),
            Value::Null => Some(None),
            _ => None,
        }
    }

    /// Any value, which must be right but is not looked at.
    fn pass_over(&mut self) -> Option<()> {
        match self.next()? {
            b'"' => self.string(|_| {}),
            _ => self.value().map(|_| ()),
        }
    }

    fn value(&mut self) -> Option<Value> {
        let mut values = serde_json::Deserializer::from_str(&self.line[self.at..]).into_iter();
        let value = values.next()?.ok()?;
        self.at += values.byte_offset();
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_lines_are_read() {
        let line = r#"{"id":"a\u00e9","text":"one \"two\"\n\ud83d\ude00 \/\\\t\b\f\r", "title" : null,"n":[1,{"x":"]"}],"date":"1951-02-03"} "#;
        let mut text = "before".to_owned();
        let read = fields(line, &mut text).expect("usual");
        assert_eq!(text, "one \"two\"\n\u{1F600} /\\\t\u{8}\u{c}\r");
        let date = Some("1951-02-03".into());
        assert_eq!(read, Fields { id: "aé".into(), length: text.len(), date, ..Fields::default() });
        // The last of several counts, as in the general reader.
        let twice =
            r#"{"text":"a","id":-7,"text":"","url":"x","score":1.5e3,"id":18446744073709551615}"#;
        let read = fields(twice, &mut text).expect("usual");
        assert_eq!((&*read.id, read.length, &*text), ("18446744073709551615", 0, ""));
        // Numbers are what they look like.
        let numbers = r#"{"id":1.50,"text":"","title":1984,"date":1531746656 ,"source":null}"#;
        let read = fields(numbers, &mut text).expect("usual");
        let [title, date] = ["1984", "1531746656"].map(|number| Some(number.into()));
        assert_eq!(read, Fields { id: "1.50".into(), title, date, ..Fields::default() });
    }

    #[test]
    fn what_is_unusual_or_wrong_is_left_to_the_general_reader() {
        for line in [
            "",
            "{}",
            "[]",
            r#"{"id":"a"}"#,
            r#"{"id":"a","text":"b"}}"#,
            r#"{"id":"a","text":"b",}"#,
            r#"{"id":"a","text":"b" "x":1}"#,
            r#"{"id":"","text":"b"}"#,
            r#"{"id":null,"text":"b"}"#,
            r#"{"id":["a"],"text":"b"}"#,
            r#"{"id":"a","text":null}"#,
            r#"{"id":"a","text":"b","title":true}"#,
            r#"{"id":"a","text":"b","x":1e999}"#,
            r#"{"id":"a","text":"\ud83d"}"#,
            r#"{"id":"a","text":"\ude00"}"#,
            r#"{"id":"a","text":"\ud83d\u0041"}"#,
            r#"{"id":"a","text":"\u+041"}"#,
            r#"{"id":"a","text":"\x"}"#,
            r#"{"id":"a","text":"b\"#,
            r#"{"id":"a","te\u0078t":"b"}"#,
            "{\"id\":\"a\",\"text\":\"b\tc\"}",
            "{\"id\":\"a\",\t\"text\":\"b\"}",
        ] {
            assert_eq!(fields(line, &mut String::new()), None, "{line}");
        }
    }
}
