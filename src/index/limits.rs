//! The limits of an index, all in one place: how large its parts may be, and how much work a query
//! does at most.

/// Bytes of an id or a source.
pub(crate) const MAX_NAME_BYTES: usize = 4096;
/// Bytes of a text: more than any article has, and few enough to be signed in a fraction of a
/// second.
pub(crate) const MAX_TEXT_BYTES: usize = 16 << 20;
/// Keys of one article.
pub(crate) const MAX_ARTICLE_KEYS: usize = 1 << 13;
/// Fingerprints of one article in an index of passages: those of some 30,000 words. So many keys
/// are left beside 4,096 anchors, 1,024 bands and 64 key terms.
pub(crate) const MAX_FINGERPRINTS: usize = 2944;

/// Articles of a memtable.
pub(crate) const MAX_MEMTABLE_ARTICLES: u32 = 4096;
/// Bytes of a memtable, but for its last article.
pub(crate) const MAX_MEMTABLE_BYTES: usize = 64 << 20;
/// Keys of the smallest memtable, and of the largest: the number of a link takes 20 bits.
pub(crate) const MIN_MEMTABLE_KEYS: usize = 1 << 12;
pub(crate) const MAX_MEMTABLE_KEYS: usize = 1 << 20;
/// Articles of a segment.
pub(crate) const MAX_SEGMENT_ARTICLES: u32 = 1 << 20;
/// Keys of one kind in a segment: far more than a million ordinary articles have.
pub(crate) const MAX_SEGMENT_KEYS: u64 = 1 << 29;
/// Segments beyond which a commit waits for the merge that is running.
pub(crate) const MAX_SEGMENTS: usize = 40;
/// Articles that are left in the log when an index is closed, to be read by whoever opens it; more
/// are moved into a segment.
pub(crate) const MAX_LOGGED_ARTICLES: u32 = 1024;
/// Commits and files of an index. No index lives so long, so their numbers never overflow.
pub(crate) const MAX_COMMITS: u64 = u64::MAX / 2;
/// How often a reader starts over because the writer has replaced what it was reading.
pub(crate) const MAX_READ_TRIES: usize = 20;

/// Articles that are read from one bucket of a key table: the last ones.
pub(crate) const MAX_BUCKET: u32 = 1 << 16;
/// Articles that a query looks at under one band key in one leaf: the last ones.
pub(crate) const MAX_BAND_BUCKET: u32 = 1024;
/// Entries of one leaf under one anchor beyond which they are counted but not read: an anchor that
/// common generates no candidates.
pub(crate) const MAX_ANCHOR_BUCKET: u32 = 512;
/// Texts that a search for passages reads, those with the rarest fingerprints.
pub(crate) const MAX_PASSAGE_TEXTS: usize = 4096;
/// Matches of an answer.
pub(crate) const MAX_MATCHES: usize = 1024;
/// Members of a cluster that are counted.
pub(crate) const MAX_CLUSTER_MEMBERS: usize = 10_000;

/// What tests set differently, so that a small index has many segments and the same calls write
/// the same files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriterLimits {
    /// Articles of a memtable, and so of a segment of the lowest tier.
    pub(crate) memtable_articles: u32,
    pub(crate) background: Background,
}

/// When a segment that a thread writes in the background comes into use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Background {
    /// At the first commit after the thread has ended.
    Concurrent,
    /// At the first commit: whoever starts the thread waits for its end.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests ask for it"))]
    Settled,
    /// The same, but a flushed memtable stays until its segment is waited for, as if the disk were
    /// slow.
    #[cfg_attr(not(test), allow(dead_code, reason = "tests ask for it"))]
    Slow,
}

impl Default for WriterLimits {
    fn default() -> Self {
        let background = Background::Concurrent;
        WriterLimits { memtable_articles: MAX_MEMTABLE_ARTICLES, background }
    }
}
