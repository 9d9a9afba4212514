//! The keys by which articles are found.

use xxhash_rust::xxh3::xxh3_64;

/// The kinds of keys. Each has a table of its own in a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// One band of the signature.
    Band(u32),
    Anchor,
    /// A key term.
    Term,
    /// A fingerprint, by which passages are found.
    Fingerprint,
    Id,
    /// The digest of the text.
    Digest,
    /// The name of the cluster.
    Cluster,
}

impl KeyKind {
    /// A number that no other kind has.
    pub(crate) fn code(self) -> u64 {
        match self {
            KeyKind::Anchor => 0,
            KeyKind::Term => 1,
            KeyKind::Id => 2,
            KeyKind::Digest => 3,
            KeyKind::Cluster => 4,
            KeyKind::Fingerprint => 5,
            KeyKind::Band(band) => 6 + u64::from(band),
        }
    }

    /// All kinds, in an index of some bands.
    pub(crate) fn all(bands: u32) -> impl Iterator<Item = KeyKind> {
        let others = [
            KeyKind::Anchor,
            KeyKind::Term,
            KeyKind::Fingerprint,
            KeyKind::Id,
            KeyKind::Digest,
            KeyKind::Cluster,
        ];
        (0..bands).map(KeyKind::Band).chain(others)
    }
}

/// The key of an article's id, or of a cluster's name.
pub(crate) fn name_key(name: &str) -> u32 {
    key_of_hash(name_hash(name))
}

/// The hash of which a [`name_key`] is the upper half.
pub(crate) fn name_hash(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}

/// The key of a 64-bit hash: its upper half.
pub(crate) fn key_of_hash(hash: u64) -> u32 {
    (hash >> 32) as u32
}
