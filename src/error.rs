//! One opaque error type. Its message names the offending value and the limit it broke.

mod kind;

pub use kind::ErrorKind;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::{fmt, io};

/// Why a call was refused.
///
/// What works in memory fails only on *parameters*: a threshold outside 0..1, two sketches made
/// differently, a date that cannot be read. Work on a [`Collection`](crate::Collection) fails also
/// when a text cannot be read, or when the caller ends it; an index on disk when its files cannot
/// be read or written, are damaged, are of a newer format, or are in use by another writer. No
/// text, however strange, is an error.
///
/// [`kind`](Self::kind) is what a program acts on. The message is for people: it names the value
/// and the limit, and for an index its directory or file.
///
/// ```
/// let error = newsprint::Config::builder().threshold(1.5).build().unwrap_err();
/// assert_eq!(error.kind(), newsprint::ErrorKind::InvalidInput);
/// assert_eq!(error.to_string(), "threshold is 1.5, must be above 0 and at most 1");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Box<Inner>); // One word: results are returned often, errors seldom.

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    kind: Kind,
    /// The directory of the index that the error is about.
    index: Option<Arc<Path>>,
}

#[cfg_attr(not(feature = "index"), allow(dead_code))] // some happen to files alone
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Range { what: &'static str, value: String, limit: String },
    Mismatch { what: &'static str, left: String, right: String },
    Unreachable { threshold: f64, recall: f64, slots: usize, best: f64 },
    Date { value: String },
    Name { what: &'static str, value: String, known: &'static str },
    Stored { what: &'static str, is: String, kind: ErrorKind },
    Full { what: &'static str, limit: usize },
    Text { article: usize, cause: IoError },
    Cancelled { what: &'static str },
    Io { doing: &'static str, file: String, cause: IoError },
    NoIndex { cause: IoError },
    Damage { file: String, offset: u64, what: Cow<'static, str> },
    Newer { found: u32, known: u32 },
    Older { found: u32 },
    Folding { found: u32, known: u32 },
    Exists { what: String, instead: &'static str },
    Locked,
    Broken { file: String },
    Settings { what: &'static str, index: String, given: String },
}

/// An error of the operating system, shared by the clones of an [`Error`].
#[derive(Clone, Debug)]
struct IoError(Arc<io::Error>);

impl PartialEq for IoError {
    fn eq(&self, other: &Self) -> bool {
        self.0.kind() == other.0.kind() && self.0.to_string() == other.0.to_string()
    }
}

impl From<io::Error> for IoError {
    fn from(error: io::Error) -> Self {
        IoError(Arc::new(error))
    }
}

impl Error {
    fn of(kind: Kind) -> Self {
        Error(Box::new(Inner { kind, index: None }))
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

    /// A text of a collection that cannot be read.
    pub(crate) fn text(article: usize, cause: io::Error) -> Self {
        Error::of(Kind::Text { article, cause: cause.into() })
    }

    /// What the caller has ended.
    pub(crate) fn cancelled(what: &'static str) -> Self {
        Error::of(Kind::Cancelled { what })
    }

    /// Stored bytes that cannot be read, as in "the stored `what` `is`".
    pub(crate) fn stored(what: &'static str, is: impl Into<String>, kind: ErrorKind) -> Self {
        Error::of(Kind::Stored { what, is: is.into(), kind })
    }

    pub(crate) fn full(what: &'static str, limit: usize) -> Self {
        Error::of(Kind::Full { what, limit })
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        match &self.0.kind {
            Kind::Range { .. } | Kind::Unreachable { .. } => ErrorKind::InvalidInput,
            Kind::Date { .. } | Kind::Name { .. } => ErrorKind::InvalidInput,
            Kind::Stored { kind, .. } => *kind,
            Kind::Mismatch { .. } => ErrorKind::Mismatch,
            Kind::Full { .. } => ErrorKind::Full,
            Kind::Cancelled { .. } => ErrorKind::Cancelled,
            Kind::Text { .. } | Kind::Broken { .. } => ErrorKind::Io,
            Kind::NoIndex { .. } => ErrorKind::NotFound,
            Kind::Damage { .. } => ErrorKind::Damaged,
            Kind::Newer { .. } => ErrorKind::Newer,
            Kind::Older { .. } => ErrorKind::Older,
            Kind::Folding { found, known } if found > known => ErrorKind::Newer,
            Kind::Folding { .. } => ErrorKind::Older,
            Kind::Exists { .. } => ErrorKind::AlreadyExists,
            Kind::Locked => ErrorKind::Locked,
            Kind::Settings { .. } => ErrorKind::OtherSettings,
            Kind::Io { cause, .. } => match cause.0.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ErrorKind::StorageFull,
                io::ErrorKind::NotFound => ErrorKind::Damaged,
                _ => ErrorKind::Io,
            },
        }
    }

    /// What the operating system said, if it refused to read or write.
    ///
    /// The error itself, with the number that the system gave it, is the
    /// [`source`](std::error::Error::source).
    ///
    /// ```
    /// use std::io::ErrorKind;
    ///
    /// fn is_on_another_device(error: &newsprint::Error) -> bool {
    ///     error.io_kind() == Some(ErrorKind::CrossesDevices)
    /// }
    /// # assert!(!is_on_another_device(&"huge".parse::<newsprint::Preset>().unwrap_err()));
    /// ```
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        self.cause().map(io::Error::kind)
    }

    /// The file of the index and the byte in it, counted from 0, at which it was found damaged.
    ///
    /// ```
    /// // What to fetch from the backup.
    /// fn file_to_restore(error: &newsprint::Error) -> Option<&str> {
    ///     error.damage().map(|(file, _offset)| file)
    /// }
    /// # assert_eq!(file_to_restore(&"huge".parse::<newsprint::Preset>().unwrap_err()), None);
    /// ```
    pub fn damage(&self) -> Option<(&str, u64)> {
        match &self.0.kind {
            Kind::Damage { file, offset, .. } => Some((file, *offset)),
            _ => None,
        }
    }

    fn cause(&self) -> Option<&io::Error> {
        match &self.0.kind {
            Kind::Io { cause, .. } | Kind::NoIndex { cause } | Kind::Text { cause, .. } => {
                Some(&cause.0)
            }
            _ => None,
        }
    }
}

#[cfg(feature = "index")]
impl Error {
    /// What was being done, as in "cannot `doing` `file`".
    pub(crate) fn io(doing: &'static str, file: &str, cause: io::Error) -> Self {
        Error::of(Kind::Io { doing, file: file.to_owned(), cause: cause.into() })
    }

    /// There is no index in a directory, or no directory: the operating system's answer.
    pub(crate) fn no_index(cause: io::Error) -> Self {
        Error::of(Kind::NoIndex { cause: cause.into() })
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
        Error::of(Kind::Exists { what: what.into(), instead })
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

    /// The same error, whose message names the directory of the index.
    pub(crate) fn in_index(mut self, directory: &Arc<Path>) -> Self {
        self.0.index.get_or_insert_with(|| Arc::clone(directory));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, index } = &*self.0;
        let path_of = |file: &str| match index {
            Some(directory) => directory.join(file).display().to_string(),
            None => file.to_owned(),
        };
        let the_index = match index {
            Some(directory) => format!("the index {}", directory.display()),
            None => "the index".to_owned(),
        };
        match kind {
            Kind::Date { value } => write!(
                f,
                "date is {value:?}, must be like 2018-07-16, 2018-07-16T09:10:56-04:00 or 16 Jul 2018 09:10:56"
            ),
            Kind::Mismatch { what, left, right } => {
                write!(f, "made differently: {what} is {left} on the left and {right} on the right")
            }
            Kind::Unreachable { threshold, recall, slots, best } => {
                // Rounded, it may look as if it were enough.
                let rounded = format!("{best:.4}");
                let is_less = rounded.parse::<f64>().is_ok_and(|rounded| rounded < *recall);
                let best = if is_less { rounded } else { best.to_string() };
                write!(
                    f,
                    "{slots} slots find at most {best} of the pairs at threshold {threshold}, not \
                     the {recall} asked for: use more slots, a higher threshold or a lower recall"
                )
            }
            Kind::Range { what, value, limit } => {
                write!(f, "{what} is {value}, must be {limit}")?;
                in_index(f, index)
            }
            Kind::Name { what, value, known } => {
                write!(f, "{what} is {value:?}, must be one of {known}")?;
                in_index(f, index)
            }
            Kind::Full { what, limit } => {
                write!(f, "{what} is full: it holds at most {limit}")?;
                in_index(f, index)
            }
            Kind::Stored { what, is, .. } => write!(f, "the stored {what} {is}"),
            Kind::Text { article, cause } => {
                write!(f, "cannot read the text of article {article}: {}", cause.0)
            }
            Kind::Cancelled { what } => {
                write!(f, "{what} was cancelled")?;
                in_index(f, index)
            }
            Kind::Io { doing, file, cause } => {
                write!(f, "cannot {doing} {}: {}", path_of(file), cause.0)
            }
            Kind::NoIndex { cause } => match index {
                Some(directory) => {
                    write!(f, "there is no index in {}: {}", directory.display(), cause.0)
                }
                None => write!(f, "there is no index: {}", cause.0),
            },
            Kind::Damage { file, offset, what } => {
                write!(f, "{} is damaged at byte {offset}: {what}", path_of(file))
            }
            Kind::Newer { found, known } => {
                write!(f, "{the_index} is of format {found}, this version knows up to {known}")
            }
            Kind::Older { found } => {
                write!(
                    f,
                    "{the_index} is of format {found}, which this version does not read: make it anew"
                )
            }
            Kind::Folding { found, known } => {
                let (age, remedy) = match found < known {
                    true => ("an older", "it must be made anew from the texts"),
                    false => ("a newer", "a newer version of the library reads it"),
                };
                write!(
                    f,
                    "{the_index} was made by {age} folding ({found}, this version has {known}): {remedy}"
                )
            }
            Kind::Exists { what, instead } => {
                write!(f, "{what} is there already")?;
                in_index(f, index)?;
                write!(f, ": {instead}")
            }
            Kind::Locked => write!(f, "{the_index} is in use by another writer"),
            Kind::Broken { file } => {
                write!(
                    f,
                    "cannot write {}: a write before failed and could not be undone, reopen the index",
                    path_of(file)
                )
            }
            Kind::Settings { what, index, given } => {
                write!(f, "{the_index} was made with {what} {index}, not {given}")
            }
        }
    }
}

/// Names the directory of the index, if the error is about one.
fn in_index(f: &mut fmt::Formatter<'_>, index: &Option<Arc<Path>>) -> fmt::Result {
    match index {
        Some(directory) => write!(f, ", in {}", directory.display()),
        None => Ok(()),
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause().map(|cause| cause as _)
    }
}

#[cfg(all(test, feature = "index"))]
mod tests;
