//! The names of an index's files, in one place.
//!
//! Numbered files never change their meaning, and a number is used once in the life of an index.
//! What bears the name of no kind is not of the index and is left alone.

use std::fmt;

/// What is on disk, and which files count.
pub(crate) const MANIFEST: &str = "manifest";
/// The next manifest while it is written.
pub(crate) const MANIFEST_NEW: &str = "manifest.new";
/// What a writer holds; its content does not matter.
pub(crate) const LOCK: &str = "lock";

/// The kinds of numbered files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Numbered {
    /// Articles in their final form.
    Segment,
    /// What came since.
    Log,
    /// Which articles of the segments were removed.
    Removed,
}

impl Numbered {
    const ALL: [Numbered; 3] = [Numbered::Segment, Numbered::Log, Numbered::Removed];
}

impl fmt::Display for Numbered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Numbered::Segment => "segment",
            Numbered::Log => "log",
            Numbered::Removed => "removed",
        })
    }
}

/// The name of a numbered file: of eight digits, or more where eight do not do.
pub(crate) fn numbered(kind: Numbered, number: u64) -> String {
    format!("{kind}-{number:08}")
}

pub(crate) fn segment(number: u64) -> String {
    numbered(Numbered::Segment, number)
}

pub(crate) fn log(number: u64) -> String {
    numbered(Numbered::Log, number)
}

pub(crate) fn removed(number: u64) -> String {
    numbered(Numbered::Removed, number)
}

/// The kind and number of a file of this name, if it is a numbered file's.
pub(crate) fn parse(name: &str) -> Option<(Numbered, u64)> {
    let (_, number) = name.split_once('-')?;
    let number = number.parse().ok()?;
    // Spelt in another way, as with a sign or with more zeros, it is not ours.
    Numbered::ALL
        .into_iter()
        .map(|kind| (kind, number))
        .find(|&(kind, number)| numbered(kind, number) == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written_and_not_otherwise() {
        for kind in Numbered::ALL {
            for number in [0, 1, 7, 99_999_999, 100_000_000, u64::MAX] {
                assert_eq!(parse(&numbered(kind, number)), Some((kind, number)));
            }
        }
        assert_eq!(segment(7), "segment-00000007");
        assert_eq!((log(3), removed(12)), ("log-00000003".to_owned(), "removed-00000012".to_owned()));
        for name in [
            MANIFEST,
            MANIFEST_NEW,
            LOCK,
            "",
            "-",
            "log",
            "log-",
            "log-3",
            "log-+0000003",
            "log-000000003",
            "log--0000003",
            "Log-00000003",
            "logs-00000003",
            "segment-00000007.bak",
            "segment-99999999999999999999",
            "log-００００００03",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
