//! The names of an index's files, in one place.
//!
//! A numbered file bears the id of its index, which is drawn by chance:
//! `log-00000003-9f86d081884c7d65`. So what another program has put in the directory, or another
//! index, is never taken for a file of this one, and left alone. Numbered files never change their
//! meaning, and a number is used once in the life of an index.

use std::fmt;

/// What is on disk, and which files count.
pub(crate) const MANIFEST: &str = "manifest";
/// The same once more, for when that is lost.
pub(crate) const MANIFEST_COPY: &str = "manifest.copy";
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

/// The names of the files of one index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    id: u64,
}

impl Names {
    /// Those of the index with an id.
    pub(crate) fn of(id: u64) -> Self {
        Names { id }
    }

    /// The id of the index.
    pub(crate) fn id(self) -> u64 {
        self.id
    }

    /// The name of a numbered file: of eight digits, or more where eight do not do.
    pub(crate) fn numbered(self, kind: Numbered, number: u64) -> String {
        format!("{kind}-{number:08}-{:016x}", self.id)
    }

    pub(crate) fn segment(self, number: u64) -> String {
        self.numbered(Numbered::Segment, number)
    }

    pub(crate) fn log(self, number: u64) -> String {
        self.numbered(Numbered::Log, number)
    }

    pub(crate) fn removed(self, number: u64) -> String {
        self.numbered(Numbered::Removed, number)
    }

    /// The name of a manifest or a copy while it is written.
    pub(crate) fn unfinished(self, name: &str) -> String {
        format!("{name}-{:016x}", self.id)
    }
}

/// The kind and number of a file of this name, and the id of its index, if it is a numbered file's.
pub(crate) fn parse(name: &str) -> Option<(Numbered, u64, Names)> {
    let (_, rest) = name.split_once('-')?;
    let (number, id) = rest.split_once('-')?;
    let (number, id) = (number.parse().ok()?, Names::of(u64::from_str_radix(id, 16).ok()?));
    // Spelt in another way, as with a sign or with more zeros, it is not ours.
    let kind = Numbered::ALL.into_iter().find(|&kind| id.numbered(kind, number) == name)?;
    Some((kind, number, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written_and_not_otherwise() {
        for id in [0, 0x9f86_d081_884c_7d65, u64::MAX].map(Names::of) {
            for kind in Numbered::ALL {
                for number in [0, 1, 7, 99_999_999, 100_000_000, u64::MAX] {
                    assert_eq!(parse(&id.numbered(kind, number)), Some((kind, number, id)));
                }
            }
            assert_eq!(parse(&id.unfinished(MANIFEST)), None);
        }
        let names = Names::of(0xabc);
        assert_eq!(names.segment(7), "segment-00000007-0000000000000abc");
        assert_eq!(names.log(3), "log-00000003-0000000000000abc");
        assert_eq!(names.removed(12), "removed-00000012-0000000000000abc");
        for name in [
            MANIFEST,
            MANIFEST_COPY,
            LOCK,
            "",
            "-",
            "log",
            "log-",
            "log-3",
            // Those of other programs.
            "log-20261128",
            "segment-00000001",
            "log-3-0000000000000abc",
            "log-+0000003-0000000000000abc",
            "log-000000003-0000000000000abc",
            "log--0000003-0000000000000abc",
            "Log-00000003-0000000000000abc",
            "logs-00000003-0000000000000abc",
            "log-00000003-0000000000000ABC",
            "log-00000003-abc",
            "segment-00000007-0000000000000abc.bak",
            "segment-99999999999999999999-0000000000000abc",
            "log-００００００03-0000000000000abc",
        ] {
            assert_eq!(parse(name), None, "{name}");
        }
    }
}
