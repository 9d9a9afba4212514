//! What can be asked of a set of articles: the one interface to a segment and to a memtable.
//!
//! As in Lucene, an index is searched *leaf* by leaf. The articles of a leaf are numbered from 0,
//! about in the order of their arrival; deleted ones keep their numbers until their leaf is merged
//! into another. All methods on one article expect a number below [`len`](LeafReader::len).
//!
//! A segment lies in memory that is in no cache. So a search looks up many keys in one leaf at a
//! time, in steps: [`locate`](LeafReader::locate) prefetches what it reads next of all of them
//! before it reads any.

use std::fmt;

use super::key_table::{Bucket, Superblock};
use super::keys::{KeyKind, name_key};
use super::metadata::Metadata;
use super::texts::unpack;
use crate::error::Error;
use crate::sketch::story::Term;

/// What is kept of some articles: their numbers and an item each, or an error for a damaged one.
pub(crate) type Kept<'l, T> = Box<dyn Iterator<Item = Result<(u32, T), Error>> + 'l>;

/// A set of articles, immutable but for deletions.
pub(crate) trait LeafReader: fmt::Debug + Send + Sync {
    /// The number of articles, deleted ones included.
    fn len(&self) -> u32;
    /// About the number of different texts with words.
    fn texts(&self) -> u32;
    /// The bytes of the file of a segment; `None` for a memtable.
    fn file_bytes(&self) -> Option<u64>;

    fn is_deleted(&self, article: u32) -> bool;
    fn metadata(&self, article: u32) -> Result<Metadata, Error>;
    /// The packed signature.
    fn signature(&self, article: u32) -> Result<&[u8], Error>;
    fn id(&self, article: u32) -> Result<&str, Error>;
    fn source(&self, article: u32) -> Result<Option<&str>, Error>;
    /// The name of the cluster that the article was put in; `None` if it may represent one itself.
    fn cluster(&self, article: u32) -> Result<Option<&str>, Error>;
    /// The compressed text, where texts are kept.
    fn packed_text(&self, article: u32) -> Result<&[u8], Error>;
    /// The error for a packed text that cannot be unpacked.
    fn damaged_text(&self) -> Error;
    /// The key terms, where they are kept. O(log articles) time.
    fn terms(&self, article: u32) -> Result<Option<Box<[Term]>>, Error>;

    /// Calls `f` for each text, with the articles that have it. The first of them leads: it alone
    /// has the keys by which texts are found.
    fn for_each_text(&self, f: &mut dyn FnMut(&[u32]) -> Result<(), Error>) -> Result<(), Error>;
    /// Appends the other articles with the text of the one that leads.
    fn duplicates(&self, leader: u32, articles: &mut Vec<u32>) -> Result<(), Error>;
    /// The leading articles whose key terms are kept, and these.
    fn kept_terms(&self) -> Kept<'_, Box<[Term]>>;
    /// The leading articles whose words are kept, and these.
    fn kept_words(&self) -> Kept<'_, &[u8]>;

    /// Appends the articles with a key, ascending, and now and then one that does not have it.
    fn find(&self, kind: KeyKind, key: u32, articles: &mut Vec<u32>) -> Result<(), Error>;
    /// Prefetches what the given step of finding a key reads: steps 0 and 1.
    fn prefetch(&self, kind: KeyKind, key: u32, step: u32);
    /// Appends the articles that share the key of a band, the last [few] of each. An article may
    /// come several times. Their signatures are prefetched.
    ///
    /// [few]: crate::index::limits::MAX_BAND_BUCKET
    fn find_bands(
        &self,
        keys: &[u32],
        scratch: &mut LookupScratch,
        articles: &mut Vec<u32>,
    ) -> Result<(), Error>;
    /// Appends the bucket of each key, to be [read](Self::read_buckets) next. In a memtable, which
    /// has no buckets, it is empty.
    fn locate(
        &self,
        kind: KeyKind,
        keys: &[u32],
        scratch: &mut LookupScratch,
        buckets: &mut Vec<Bucket>,
    ) -> Result<(), Error>;
    /// Appends the articles with each key, of the last `most` entries of its bucket, and where they
    /// end.
    fn read_buckets(
        &self,
        kind: KeyKind,
        keys: &[u32],
        buckets: &[Bucket],
        most: u32,
        articles: &mut Vec<u32>,
        ends: &mut Vec<usize>,
    ) -> Result<(), Error>;
    /// Whether the length of a bucket tells how many articles have its key.
    fn has_bucket_per_key(&self, kind: KeyKind) -> bool;
    /// All entries of a kind, in order. Of a key at most `key_bits` bits are kept. If `tolerant`,
    /// damaged entries are skipped.
    fn entries(&self, kind: KeyKind, key_bits: u32, tolerant: bool) -> Box<dyn Entries + '_>;

    /// The article with an id, unless it is deleted.
    fn with_id(&self, id: &str) -> Result<Option<u32>, Error> {
        let mut found = Vec::new();
        self.find(KeyKind::Id, name_key(id), &mut found)?;
        for article in found {
            if self.id(article)? == id && !self.is_deleted(article) {
                return Ok(Some(article));
            }
        }
        Ok(None)
    }

    /// Replaces `text` by the text of an article, where texts are kept.
    fn text(&self, article: u32, text: &mut String) -> Result<(), Error> {
        let text_bytes = self.metadata(article)?.text_bytes;
        match unpack(self.packed_text(article)?, text_bytes, text) {
            true => Ok(()),
            false => Err(self.damaged_text()),
        }
    }
}

/// The entries of a key table, in order: a key in the upper half and an article in the lower.
pub(crate) trait Entries {
    /// The number of all entries.
    fn len(&self) -> u64;
    /// Appends the next entries, those whose keys are below `limit`.
    fn read_until(&mut self, limit: u64, entries: &mut Vec<u64>) -> Result<(), Error>;
}

/// Buffers that look-ups use again.
#[derive(Debug, Default)]
pub(crate) struct LookupScratch {
    pub(super) superblocks: Vec<Superblock>,
    pub(super) buckets: Vec<Bucket>,
}
