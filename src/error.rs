//! One opaque error type. Its message names the offending value and the limit it broke.

use std::borrow::Cow;
use std::{fmt, io};

/// Why a call was refused.
///
/// What works in memory fails only on *parameters*: a threshold outside 0..1, two sketches made
/// differently, a date that cannot be read. An index on disk fails also when its files cannot be
/// read or written, are damaged, are of a newer format, or are in use by another writer. No text,
/// however strange, is an error.
///
/// ```
/// let error = newsprint::Config::builder().threshold(1.5).build().unwrap_err();
/// assert_eq!(error.to_string(), "threshold is 1.5, must be above 0 and at most 1");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Kind>); // One word: results are returned often, errors seldom.

#[cfg_attr(not(feature = "index"), allow(dead_code))] // some happen to files alone
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Range { what: &'static str, value: String, limit: String },
    Mismatch { what: &'static str, left: String, right: String },
    Unreachable { threshold: f64, recall: f64, slots: usize, best: f64 },
    Date { value: String },
    Name { what: &'static str, value: String, known: &'static str },
    Full { what: &'static str, limit: usize },
    Io { doing: &'static str, file: String, kind: io::ErrorKind, message: String },
    Damage { file: String, offset: u64, what: Cow<'static, str> },
    Newer { found: u32, known: u32 },
    Older { found: u32 },
    Folding { found: u32, known: u32 },
    Exists { what: String, instead: &'static str },
    Locked,
    Broken { file: String },
    Settings { what: &'static str, index: String, given: String },
}

impl Error {
    fn of(kind: Kind) -> Self {
        Error(Box::new(kind))
    }

    pub(crate) fn range(
        what: &'static str,
        value: impl fmt::Display,
        limit: impl fmt::Display,
    ) -> Self {
        Error::of(Kind::Range { what, value: value.to_string(), limit: limit.to_string() })
    }

    pub(crate) fn mismatch(
        what: &'static str,
        left: impl fmt::Display,
        right: impl fmt::Display,
    ) -> Self {
        Error::of(Kind::Mismatch { what, left: left.to_string(), right: right.to_string() })
    }

    pub(crate) fn unreachable(threshold: f64, recall: f64, slots: usize, best: f64) -> Self {
        Error::of(Kind::Unreachable { threshold, recall, slots, best })
    }

    pub(crate) fn date(value: &str) -> Self {
        Error::of(Kind::Date { value: value.chars().take(40).collect() })
    }

    pub(crate) fn name(what: &'static str, value: &str, known: &'static str) -> Self {
        Error::of(Kind::Name { what, value: value.chars().take(40).collect(), known })
    }

    pub(crate) fn full(what: &'static str, limit: usize) -> Self {
        Error::of(Kind::Full { what, limit })
    }

    /// What the operating system said, if it refused to read or write a file of an index.
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// // Whether it may do to free some space and try again.
    /// fn is_for_want_of_space(error: &newsprint::Error) -> bool {
    ///     matches!(error.io_kind(), Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
    /// }
    /// # assert!(!is_for_want_of_space(&"huge".parse::<newsprint::Preset>().unwrap_err()));
    /// ```
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        match &*self.0 {
            Kind::Io { kind, .. } => Some(*kind),
            _ => None,
        }
    }

    /// The file and the byte in it, counted from 0, at which an index was found damaged.
    ///
    /// ```
    /// // What to fetch from the backup.
    /// fn file_to_restore(error: &newsprint::Error) -> Option<&str> {
    ///     error.damage().map(|(file, _offset)| file)
    /// }
    /// # assert_eq!(file_to_restore(&"huge".parse::<newsprint::Preset>().unwrap_err()), None);
    /// ```
    pub fn damage(&self) -> Option<(&str, u64)> {
        match &*self.0 {
            Kind::Damage { file, offset, .. } => Some((file, *offset)),
            _ => None,
        }
    }
}

#[cfg(feature = "index")]
impl Error {
    /// What was being done, as in "cannot `doing` `file`".
    pub(crate) fn io(doing: &'static str, file: &str, error: &io::Error) -> Self {
        let (kind, message) = (error.kind(), error.to_string());
        Error::of(Kind::Io { doing, file: file.to_owned(), kind, message })
    }

    pub(crate) fn damaged(file: &str, offset: u64, what: impl Into<Cow<'static, str>>) -> Self {
        Error::of(Kind::Damage { file: file.to_owned(), offset, what: what.into() })
    }

    pub(crate) fn newer(found: u32, known: u32) -> Self {
        Error::of(Kind::Newer { found, known })
    }

    pub(crate) fn older(found: u32) -> Self {
        Error::of(Kind::Older { found })
    }

    /// An index whose texts were folded by another version than this one's.
    pub(crate) fn folding(found: u32, known: u32) -> Self {
        Error::of(Kind::Folding { found, known })
    }

    /// What is there already, and what to do about it.
    pub(crate) fn exists(what: impl Into<String>, instead: &'static str) -> Self {
        Error(Box::new(Kind::Exists { what: what.into(), instead }))
    }

    pub(crate) fn locked() -> Self {
        Error::of(Kind::Locked)
    }

    pub(crate) fn broken(file: &str) -> Self {
        Error::of(Kind::Broken { file: file.to_owned() })
    }

    pub(crate) fn settings(
        what: &'static str,
        index: impl fmt::Display,
        given: impl fmt::Display,
    ) -> Self {
        Error::of(Kind::Settings { what, index: index.to_string(), given: given.to_string() })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Range { what, value, limit } => write!(f, "{what} is {value}, must be {limit}"),
            Kind::Mismatch { what, left, right } => {
                write!(f, "made differently: {what} is {left} on the left and {right} on the right")
            }
            Kind::Unreachable { threshold, recall, slots, best } => write!(
                f,
                "{slots} slots find at most {best:.4} of the pairs at threshold {threshold}, \
                 not the {recall} asked for: use more slots, a higher threshold or a lower recall"
            ),
            Kind::Date { value } => write!(
                f,
                "date is {value:?}, must be like 2018-07-16, 2018-07-16T09:10:56-04:00 or 16 Jul 2018 09:10:56"
            ),
            Kind::Name { what, value, known } => {
                write!(f, "{what} is {value:?}, must be one of {known}")
            }
            Kind::Full { what, limit } => write!(f, "{what} is full: it holds at most {limit}"),
            Kind::Io { doing, file, message, .. } => write!(f, "cannot {doing} {file}: {message}"),
            Kind::Damage { file, offset, what } => {
                write!(f, "{file} is damaged at byte {offset}: {what}")
            }
            Kind::Newer { found, known } => {
                write!(f, "the index is of format {found}, this version knows up to {known}")
            }
            Kind::Older { found } => {
                write!(
                    f,
                    "the index is of format {found}, which this version does not read: make it anew"
                )
            }
            Kind::Folding { found, known } => {
                let (age, remedy) = match found < known {
                    true => ("an older", "it must be made anew from the texts"),
                    false => ("a newer", "a newer version of the library reads it"),
                };
                write!(
                    f,
                    "the index was made by {age} folding ({found}, this version has {known}): {remedy}"
                )
            }
            Kind::Exists { what, instead } => write!(f, "{what} is there already: {instead}"),
            Kind::Locked => f.write_str("the index is in use by another writer"),
            Kind::Broken { file } => {
                write!(
                    f,
                    "cannot write {file}: a write before failed and could not be undone, reopen the index"
                )
            }
            Kind::Settings { what, index, given } => {
                write!(f, "the index was made with {what} {index}, not {given}")
            }
        }
    }
}

impl std::error::Error for Error {}

#[cfg(all(test, feature = "index"))]
mod tests {
    use super::*;

    #[test]
    fn the_errors_of_an_index_say_what_and_where() {
        let no_space = io::Error::new(io::ErrorKind::StorageFull, "no space left");
        let io = Error::io("write", "log-00000003", &no_space);
        assert_eq!(io.to_string(), "cannot write log-00000003: no space left");
        assert_eq!((io.io_kind(), io.damage()), (Some(io::ErrorKind::StorageFull), None));
        let damage =
            Error::damaged("segment-00000007", 81920, "the checksum of its block does not match");
        assert_eq!(
            damage.to_string(),
            "segment-00000007 is damaged at byte 81920: the checksum of its block does not match"
        );
        assert_eq!((damage.io_kind(), damage.damage()), (None, Some(("segment-00000007", 81920))));
        assert_eq!(damage.clone(), damage);
        for (error, message) in [
            (Error::newer(2, 1), "the index is of format 2, this version knows up to 1"),
            (
                Error::folding(1, 2),
                "the index was made by an older folding (1, this version has 2): \
                 it must be made anew from the texts",
            ),
            (
                Error::folding(3, 2),
                "the index was made by a newer folding (3, this version has 2): \
                 a newer version of the library reads it",
            ),
            (Error::locked(), "the index is in use by another writer"),
            (
                Error::broken("log-00000003"),
                "cannot write log-00000003: a write before failed and could not be undone, reopen the index",
            ),
            (
                Error::settings("shingle", "words:3", "words:5"),
                "the index was made with shingle words:3, not words:5",
            ),
        ] {
            assert_eq!(error.to_string(), message);
        }
    }
}
