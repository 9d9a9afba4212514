//! What the files of an index are called.
//!
//! The name of a numbered file bears the id of its index, which is drawn at random:
//! `log-00000003-9f86d081884c7d65`. So files that belong to another program, or to another index,
//! are never mistaken for files of this one, and never touched. A number is used once in the life
//! of an index.

use std::fmt;

/// Says which other files count.
pub(crate) const MANIFEST: &str = "manifest";
/// A second copy of the manifest, to restore it from.
pub(crate) const MANIFEST_COPY: &str = "manifest.copy";
/// The file that a writer locks; its content does not matter.
pub(crate) const LOCK: &str = "lock";

/// The kinds of numbered files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum FileKind {
    /// Articles in their final form.
    Segment,
    /// The commits since the segments were written.
    Log,
    /// The tombstones of the segments: which of their articles are deleted.
    Removed,
}

impl FileKind {
    const ALL: [FileKind; 3] = [FileKind::Segment, FileKind::Log, FileKind::Removed];
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::Segment => "segment",
            FileKind::Log => "log",
            FileKind::Removed => "removed",
        })
    }
}

/// The names of the files of one index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileNames {
    id: u64,
}

impl FileNames {
    /// The names of the index with an id.
    pub(crate) fn of(id: u64) -> Self {
        FileNames { id }
    }

    /// The id of the index.
    pub(crate) fn id(self) -> u64 {
        self.id
    }

    /// The name of a numbered file. The number has eight digits, or more where eight are too few.
    pub(crate) fn numbered(self, kind: FileKind, number: u64) -> String {
        format!("{kind}-{number:08}-{:016x}", self.id)
    }

    pub(crate) fn segment(self, number: u64) -> String {
        self.numbered(FileKind::Segment, number)
    }

    pub(crate) fn log(self, number: u64) -> String {
        self.numbered(FileKind::Log, number)
    }

    pub(crate) fn removed(self, number: u64) -> String {
        self.numbered(FileKind::Removed, number)
    }

    /// The name of a manifest, or of its copy, while it is being written.
    pub(crate) fn unfinished(self, name: &str) -> String {
        format!("{name}-{:016x}", self.id)
    }
}

/// Reads the name of a numbered file: its kind, its number, and the index it belongs to. `None` if
/// it is no such name.
pub(crate) fn parse(name: &str) -> Option<(FileKind, u64, FileNames)> {
    let (_, rest) = name.split_once('-')?;
    let (number, id) = rest.split_once('-')?;
    let (number, id) = (number.parse().ok()?, FileNames::of(u64::from_str_radix(id, 16).ok()?));
    // A name that spells the same number differently, with a sign or more zeros, is not ours.
    let kind = FileKind::ALL.into_iter().find(|&kind| id.numbered(kind, number) == name)?;
    Some((kind, number, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written_and_not_otherwise() {
        for id in [0, 0x9f86_d081_884c_7d65, u64::MAX].map(FileNames::of) {
            for kind in FileKind::ALL {
                for number in [0, 1, 7, 99_999_999, 100_000_000, u64::MAX] {
                    assert_eq!(parse(&id.numbered(kind, number)), Some((kind, number, id)));
                }
            }
            assert_eq!(parse(&id.unfinished(MANIFEST)), None);
        }
        let names = FileNames::of(0xabc);
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
