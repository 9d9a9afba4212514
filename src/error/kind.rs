//! The kinds of errors, for programs that act on them.

use std::fmt;

/// What kind of error an [`Error`](crate::Error) is, for programs that act on it.
///
/// The message of an error is for people and may change; its kind is for programs.
///
/// ```
/// use newsprint::{Detector, Error, ErrorKind, Pairs, Progress};
///
/// fn show(found: Result<Pairs, Error>) -> String {
///     match found {
///         Ok(found) => format!("{} pairs", found.pairs.len()),
///         Err(error) if error.kind() == ErrorKind::Cancelled => "ended".to_owned(),
///         Err(error) if error.kind() == ErrorKind::Io => format!("try again: {error}"),
///         Err(error) => error.to_string(),
///     }
/// }
///
/// let texts = ["The river rose.", "The river rose!"];
/// assert_eq!(show(Detector::default().try_find_pairs(&texts, Progress::ignore)), "1 pairs");
/// ```
///
/// For those of an index, see the [recipes](crate::recipes#acting-on-errors).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter is out of its range: a threshold, a date, a name, the length of an id. The same
    /// call fails again.
    InvalidInput,
    /// Two things were made differently and cannot be compared: sketches of other shingles, bytes
    /// of another type.
    Mismatch,
    /// There is no index in the directory.
    NotFound,
    /// There is an index or an article already where one is to be made.
    AlreadyExists,
    /// Another writer has the index open. The same call may succeed later.
    Locked,
    /// The index, or the stored sketch, is of a newer format or a newer folding: a newer version
    /// of the library reads it.
    Newer,
    /// The index, or the stored sketch, is of an older format or an older folding, which this
    /// version does not read: it must be made anew from the texts.
    Older,
    /// The index was made with other settings than those given.
    OtherSettings,
    /// A file of the index is damaged or missing, or stored bytes are damaged:
    /// [`Error::damage`](crate::Error::damage) has the place if it is known, and
    /// [`repair`](crate::Index::repair) keeps what is whole.
    Damaged,
    /// The disk is full, or a quota is reached. Nothing is lost, and the same call may succeed when
    /// there is space.
    StorageFull,
    /// The operating system refused to read or write, or a text of a collection could not be read:
    /// [`Error::io_kind`](crate::Error::io_kind) says why.
    Io,
    /// A table or an index holds as much as it can.
    Full,
    /// The caller ended the work, by what its progress callback returned.
    Cancelled,
}

impl ErrorKind {
    /// The kind in words.
    fn name(self) -> &'static str {
        match self {
            ErrorKind::InvalidInput => "invalid input",
            ErrorKind::Mismatch => "made differently",
            ErrorKind::NotFound => "not found",
            ErrorKind::AlreadyExists => "already exists",
            ErrorKind::Locked => "locked",
            ErrorKind::Newer => "of a newer format",
            ErrorKind::Older => "of an older format",
            ErrorKind::OtherSettings => "made with other settings",
            ErrorKind::Damaged => "damaged",
            ErrorKind::StorageFull => "disk full",
            ErrorKind::Io => "cannot read or write",
            ErrorKind::Full => "full",
            ErrorKind::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
