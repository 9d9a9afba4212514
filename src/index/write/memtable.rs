//! The newest articles, in memory, found by their keys while more are added.
//!
//! One hash table of all keys of all kinds, with chains: a cell leads to the last link that was put
//! there, and every link to the one before. Nothing that was written is ever changed but the cells,
//! and an article is counted only when all its keys are in place; so one thread adds while any
//! number search, each as far as the articles it knows of, without a lock and with nothing but
//! atomic loads. Cells are small, so that they stay in a core's cache, and links are written one
//! after another.
//!
//! When a table is full, a larger one takes the articles over, which are shared. When there are [so
//! many](crate::index::segment::schema::Shape::recent_most) articles, or as many keys as a table holds, they go into
//! a segment.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::index::segment::entry::{Entry, Kind};
use crate::text::hash::mix;

/// Articles at most, but in tests, which have fewer.
pub(crate) const MOST: u32 = 4096;
/// Keys of the smallest table, and of the largest: the number of a link takes 20 bits.
const FEWEST_KEYS: usize = 1 << 12;
const MOST_KEYS: usize = 1 << 20;
/// Keys that an article may have.
pub(crate) const KEYS_OF_ARTICLE: usize = 1 << 13;

#[derive(Debug)]
pub(crate) struct Recent {
    articles: Box<[OnceLock<Arc<Entry>>]>,
    /// Articles whose keys are all in place.
    len: AtomicU32,
    /// For the lower half of the hash of a key, the last of its links plus one; 0 where nothing is.
    cells: Box<[AtomicU32]>,
    /// The upper half of the hash of a key 32 bits, an article 12, the link before in the cell plus
    /// one 20.
    links: Box<[AtomicU64]>,
    linked: AtomicU32,
}

fn hash(kind: Kind, key: u32) -> u64 {
    mix(kind.code() << 32 | u64::from(key))
}

fn link(tag: u32, article: u32, before: u32) -> u64 {
    u64::from(tag) << 32 | u64::from(article) << 20 | u64::from(before)
}

fn split(link: u64) -> (u32, u32, u32) {
    let lower = link as u32;
    ((link >> 32) as u32, lower >> 20, lower & ((1 << 20) - 1))
}

impl Recent {
    /// An empty table with room for so many articles, and so many keys or more.
    pub(crate) fn new(articles: u32, keys: usize) -> Self {
        let keys = keys.clamp(FEWEST_KEYS, MOST_KEYS).next_power_of_two();
        Recent {
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

    /// An empty table of the same size.
    pub(crate) fn renewed(&self) -> Self {
        Recent::new(self.articles.len() as u32, self.links.len())
    }

    /// Whether there are as many articles, or keys, as there may be.
    pub(crate) fn is_full(&self) -> bool {
        let linked = self.linked.load(Ordering::Relaxed) as usize;
        // The number of the last link takes 20 bits, too.
        linked + KEYS_OF_ARTICLE >= MOST_KEYS || self.len() as usize >= self.articles.len()
    }

    /// Whether the table has room for so many keys more.
    pub(crate) fn has_room(&self, keys: usize) -> bool {
        self.linked.load(Ordering::Relaxed) as usize + keys <= self.links.len()
    }

    /// The same articles in a table with room for at least so many keys more.
    pub(crate) fn grown(&self, keys: usize) -> Self {
        let linked = self.linked.load(Ordering::Relaxed) as usize;
        let articles = self.articles.len() as u32;
        let grown = Recent::new(articles, (linked + keys).max(2 * self.links.len()));
        for article in 0..self.len() {
            grown.push(Arc::clone(self.shared(article)));
        }
        grown
    }

    fn shared(&self, article: u32) -> &Arc<Entry> {
        // One below `len` has been set.
        self.articles[article as usize]
            .get()
            .unwrap_or_else(|| unreachable!("an article is set before it is counted"))
    }

    pub(crate) fn entry(&self, article: u32) -> &Entry {
        self.shared(article)
    }

    /// Adds an article under its keys, for which there must be room. One thread at a time.
    pub(crate) fn push(&self, entry: Arc<Entry>) {
        let article = self.len.load(Ordering::Relaxed);
        let mut next = self.linked.load(Ordering::Relaxed);
        // The cells are touched before they are changed, so that memory answers for all at once.
        let mut hashes = Vec::with_capacity(entry.keys());
        entry.for_each_key(|kind, key| hashes.push(hash(kind, key)));
        let touch = |&hash: &u64| self.cell(hash).load(Ordering::Relaxed);
        black_box(hashes.iter().map(touch).fold(0, |all, one| all ^ one));
        for hash in hashes {
            let cell = self.cell(hash);
            let new = link((hash >> 32) as u32, article, cell.load(Ordering::Relaxed));
            self.links[next as usize].store(new, Ordering::Relaxed);
            next += 1;
            // Who sees the cell sees the link.
            cell.store(next, Ordering::Release);
        }
        self.linked.store(next, Ordering::Relaxed);
        // Set once: only here, and the count grows below.
        let _ = self.articles[article as usize].set(entry);
        self.len.store(article + 1, Ordering::Release);
    }

    #[inline]
    fn cell(&self, hash: u64) -> &AtomicU32 {
        &self.cells[hash as usize & (self.cells.len() - 1)]
    }

    /// Reads what is looked at first for a key, so that memory answers for many keys at once.
    #[inline]
    pub(crate) fn touch(&self, kind: Kind, key: u32) -> u32 {
        self.cell(hash(kind, key)).load(Ordering::Relaxed)
    }

    /// The articles below `len` that have a key, the last first, as long as `f` says so. Very
    /// rarely one that has not.
    #[inline]
    pub(crate) fn find(&self, kind: Kind, key: u32, len: u32, mut f: impl FnMut(u32) -> bool) {
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
