//! A memtable: the newest articles, in memory, found by their keys while more are added.
//!
//! One hash table holds the keys of all kinds, with chains. A cell leads to the last link that was
//! put there, and every link to the one before. Nothing that was written ever changes but the
//! cells, and an article is counted only when all its keys are in place. So one thread adds while
//! any number of threads search, each as far as the articles it knows of, without a lock and with
//! nothing but atomic loads. Cells are small, so that they stay in a core's cache, and links are
//! written one after another.
//!
//! When the hash table is full, a larger memtable takes over the articles, which are shared. A
//! memtable with as many articles or keys as it may have becomes a segment.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::indexed::IndexedArticle;
use crate::error::Error;
use crate::index::limits::{
    MAX_ARTICLE_KEYS, MAX_BAND_BUCKET, MAX_MEMTABLE_KEYS, MIN_MEMTABLE_KEYS,
};
use crate::index::segment::entries::sort_entries;
use crate::index::segment::key_table::Bucket;
use crate::index::segment::keys::{KeyKind, key_of_hash};
use crate::index::segment::leaf::{Entries, Kept, LeafReader, LookupScratch};
use crate::index::segment::metadata::Metadata;
use crate::sketch::story::Term;
use crate::text::hash::mix;

#[derive(Debug)]
pub(crate) struct Memtable {
    articles: Box<[OnceLock<Arc<IndexedArticle>>]>,
    /// Articles whose keys are all in place.
    len: AtomicU32,
    /// For the lower half of the hash of a key: the number of its last link plus one, or 0.
    cells: Box<[AtomicU32]>,
    /// See [`link`].
    links: Box<[AtomicU64]>,
    linked: AtomicU32,
}

fn hash(kind: KeyKind, key: u32) -> u64 {
    mix(kind.code() << 32 | u64::from(key))
}

/// A link: the upper half of the hash of a key in 32 bits, an article in 12, the link before it in
/// the cell plus one in 20.
fn link(tag: u32, article: u32, before: u32) -> u64 {
    u64::from(tag) << 32 | u64::from(article) << 20 | u64::from(before)
}

fn split(link: u64) -> (u32, u32, u32) {
    let lower = link as u32;
    ((link >> 32) as u32, lower >> 20, lower & ((1 << 20) - 1))
}

impl Memtable {
    /// An empty memtable with room for `articles` articles, and for `keys` keys or more.
    pub(crate) fn new(articles: u32, keys: usize) -> Self {
        let keys = keys.clamp(MIN_MEMTABLE_KEYS, MAX_MEMTABLE_KEYS).next_power_of_two();
        Memtable {
            articles: (0..articles).map(|_| OnceLock::new()).collect(),
            len: AtomicU32::new(0),
            cells: (0..keys).map(|_| AtomicU32::new(0)).collect(),
            links: (0..keys).map(|_| AtomicU64::new(0)).collect(),
            linked: AtomicU32::new(0),
        }
    }

    pub(crate) fn len(&self) -> u32 {
        self.len.load(Ordering::Acquire)
    }

    /// An empty memtable of the same size.
    pub(crate) fn renewed(&self) -> Self {
        Memtable::new(self.articles.len() as u32, self.links.len())
    }

    /// Whether it has as many articles or keys as it may have.
    pub(crate) fn is_full(&self) -> bool {
        let linked = self.linked.load(Ordering::Relaxed) as usize;
        // The number of the last link takes 20 bits, too.
        linked + MAX_ARTICLE_KEYS >= MAX_MEMTABLE_KEYS || self.len() as usize >= self.articles.len()
    }

    /// Whether the hash table has room for `keys` more keys.
    pub(crate) fn has_room(&self, keys: usize) -> bool {
        self.linked.load(Ordering::Relaxed) as usize + keys <= self.links.len()
    }

    /// A memtable with the same articles and room for at least `keys` more keys.
    pub(crate) fn grown(&self, keys: usize) -> Self {
        let linked = self.linked.load(Ordering::Relaxed) as usize;
        let articles = self.articles.len() as u32;
        let grown = Memtable::new(articles, (linked + keys).max(2 * self.links.len()));
        for article in 0..self.len() {
            grown.push(Arc::clone(self.shared(article)));
        }
        grown
    }

    fn shared(&self, article: u32) -> &Arc<IndexedArticle> {
        self.articles[article as usize]
            .get()
            .unwrap_or_else(|| unreachable!("an article is set before it is counted"))
    }

    /// An article below [`len`](Self::len).
    pub(crate) fn article(&self, article: u32) -> &IndexedArticle {
        self.shared(article)
    }

    /// Adds an article under its keys, for which there must be room. Only one thread may add.
    pub(crate) fn push(&self, new: Arc<IndexedArticle>) {
        let article = self.len.load(Ordering::Relaxed);
        let mut next = self.linked.load(Ordering::Relaxed);
        // All cells are prefetched before any is changed.
        let mut hashes = Vec::with_capacity(new.keys());
        new.for_each_key(|kind, key| hashes.push(hash(kind, key)));
        let cell = |&hash: &u64| self.cell(hash).load(Ordering::Relaxed);
        black_box(hashes.iter().map(cell).fold(0, |all, one| all ^ one));
        for hash in hashes {
            let cell = self.cell(hash);
            let link = link((hash >> 32) as u32, article, cell.load(Ordering::Relaxed));
            self.links[next as usize].store(link, Ordering::Relaxed);
            next += 1;
            // Whoever sees the cell sees the link.
            cell.store(next, Ordering::Release);
        }
        self.linked.store(next, Ordering::Relaxed);
        // Set once: only this function does, and `len` grows below.
        let _ = self.articles[article as usize].set(new);
        self.len.store(article + 1, Ordering::Release);
    }

    #[inline]
    fn cell(&self, hash: u64) -> &AtomicU32 {
        &self.cells[hash as usize & (self.cells.len() - 1)]
    }

    /// Reads the cells of some keys, so that memory delivers all at once.
    #[inline]
    fn prefetch(&self, keys: impl Iterator<Item = (KeyKind, u32)>) {
        let cell = |(kind, key)| self.cell(hash(kind, key)).load(Ordering::Relaxed);
        black_box(keys.map(cell).fold(0, |all, one| all ^ one));
    }

    /// Calls `f` with the articles below `len` that have a key, the last first, until it returns
    /// false. Very rarely one of them does not have the key.
    #[inline]
    pub(crate) fn for_each(
        &self,
        kind: KeyKind,
        key: u32,
        len: u32,
        mut f: impl FnMut(u32) -> bool,
    ) {
        let hash = hash(kind, key);
        let mut next = self.cell(hash).load(Ordering::Acquire);
        while next != 0 {
            let (tag, article, before) =
                split(self.links[next as usize - 1].load(Ordering::Relaxed));
            if tag == (hash >> 32) as u32 && article < len && !f(article) {
                return;
            }
            next = before;
        }
    }
}

/// A memtable as far as a view knows of it.
#[derive(Clone, Debug)]
pub(crate) struct MemtableReader {
    pub(crate) memtable: Arc<Memtable>,
    pub(crate) len: u32,
    /// What this commit deletes is deleted.
    pub(crate) commit: u64,
}

impl MemtableReader {
    fn get(&self, article: u32) -> &IndexedArticle {
        self.memtable.article(article)
    }

    fn articles(&self) -> impl Iterator<Item = (u32, &IndexedArticle)> {
        (0..self.len).map(|article| (article, self.get(article)))
    }
}

impl LeafReader for MemtableReader {
    fn len(&self) -> u32 {
        self.len
    }

    fn texts(&self) -> u32 {
        self.len
    }

    fn file_bytes(&self) -> Option<u64> {
        None
    }

    fn is_deleted(&self, article: u32) -> bool {
        self.get(article).is_deleted(self.commit)
    }

    fn metadata(&self, article: u32) -> Result<Metadata, Error> {
        Ok(self.get(article).metadata)
    }

    fn signature(&self, article: u32) -> Result<&[u8], Error> {
        Ok(&self.get(article).signature)
    }

    fn id(&self, article: u32) -> Result<&str, Error> {
        Ok(&self.get(article).id)
    }

    fn source(&self, article: u32) -> Result<Option<&str>, Error> {
        Ok(self.get(article).source.as_deref())
    }

    fn cluster(&self, article: u32) -> Result<Option<&str>, Error> {
        Ok(self.get(article).cluster.as_deref())
    }

    fn packed_text(&self, article: u32) -> Result<&[u8], Error> {
        Ok(&self.get(article).text)
    }

    fn damaged_text(&self) -> Error {
        Error::damaged("log", 0, "a kept text cannot be unpacked")
    }

    fn terms(&self, article: u32) -> Result<Option<Box<[Term]>>, Error> {
        let terms = &self.get(article).terms;
        Ok((!terms.is_empty()).then(|| terms.clone()))
    }

    fn for_each_text(&self, f: &mut dyn FnMut(&[u32]) -> Result<(), Error>) -> Result<(), Error> {
        let first = |article: u32| self.get(article).duplicate_of.unwrap_or(article);
        let mut order: Vec<u32> = (0..self.len).collect();
        order.sort_by_key(|&article| first(article));
        order.chunk_by(|&a, &b| first(a) == first(b)).try_for_each(f)
    }

    fn duplicates(&self, leader: u32, articles: &mut Vec<u32>) -> Result<(), Error> {
        let first = articles.len();
        let key = key_of_hash(self.get(leader).metadata.digest);
        self.memtable.for_each(KeyKind::Digest, key, self.len, |article| {
            if self.get(article).duplicate_of == Some(leader) {
                articles.push(article);
            }
            true
        });
        articles[first..].reverse();
        Ok(())
    }

    fn kept_terms(&self) -> Kept<'_, Box<[Term]>> {
        let kept = self.articles().filter(|(_, kept)| kept.leads() && !kept.terms.is_empty());
        Box::new(kept.map(|(article, kept)| Ok((article, kept.terms.clone()))))
    }

    fn kept_words(&self) -> Kept<'_, &[u8]> {
        let kept = self.articles().filter(|(_, kept)| kept.leads() && !kept.words.is_empty());
        Box::new(kept.map(|(article, kept)| Ok((article, &*kept.words))))
    }

    fn find(&self, kind: KeyKind, key: u32, articles: &mut Vec<u32>) -> Result<(), Error> {
        let first = articles.len();
        self.memtable.for_each(kind, key, self.len, |article| {
            articles.push(article);
            true
        });
        articles[first..].reverse();
        Ok(())
    }

    fn prefetch(&self, kind: KeyKind, key: u32, step: u32) {
        if step == 0 {
            self.memtable.prefetch([(kind, key)].into_iter());
        }
    }

    fn find_bands(
        &self,
        keys: &[u32],
        _: &mut LookupScratch,
        articles: &mut Vec<u32>,
    ) -> Result<(), Error> {
        let keys = || (0..).map(KeyKind::Band).zip(keys.iter().copied());
        self.memtable.prefetch(keys());
        for (kind, key) in keys() {
            let end = articles.len() + MAX_BAND_BUCKET as usize;
            self.memtable.for_each(kind, key, self.len, |article| {
                articles.push(article);
                articles.len() < end
            });
        }
        Ok(())
    }

    fn locate(
        &self,
        kind: KeyKind,
        keys: &[u32],
        _: &mut LookupScratch,
        buckets: &mut Vec<Bucket>,
    ) -> Result<(), Error> {
        self.memtable.prefetch(keys.iter().map(|&key| (kind, key)));
        buckets.resize(buckets.len() + keys.len(), Bucket::default());
        Ok(())
    }

    fn read_buckets(
        &self,
        kind: KeyKind,
        keys: &[u32],
        _: &[Bucket],
        most: u32,
        articles: &mut Vec<u32>,
        ends: &mut Vec<usize>,
    ) -> Result<(), Error> {
        for &key in keys {
            let end = articles.len() + most as usize;
            self.memtable.for_each(kind, key, self.len, |article| {
                articles.push(article);
                articles.len() < end
            });
            ends.push(articles.len());
        }
        Ok(())
    }

    fn has_bucket_per_key(&self, _: KeyKind) -> bool {
        false
    }

    fn entries(&self, kind: KeyKind, key_bits: u32, _: bool) -> Box<dyn Entries + '_> {
        let kept_bits = u32::MAX << (32 - key_bits);
        let mut entries = Vec::with_capacity(self.len as usize);
        for (article, keyed) in self.articles() {
            keyed.for_each_key_of(kind, |key| {
                entries.push(u64::from(key & kept_bits) << 32 | u64::from(article));
            });
        }
        sort_entries(&mut entries, &mut Vec::new());
        Box::new(MemtableEntries { entries, next: 0 })
    }
}

struct MemtableEntries {
    entries: Vec<u64>,
    next: usize,
}

impl Entries for MemtableEntries {
    fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    fn read_until(&mut self, limit: u64, entries: &mut Vec<u64>) -> Result<(), Error> {
        let rest = &self.entries[self.next..];
        let below = rest.partition_point(|entry| entry >> 32 < limit);
        entries.extend_from_slice(&rest[..below]);
        self.next += below;
        Ok(())
    }
}
