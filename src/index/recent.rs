//! The newest articles, in memory, found by their keys while more are added.
//!
//! One hash table of all keys of all kinds, by open addressing: a key leads to the last place where it was put, and every place to the one
//! before with that key. Nothing that was written is ever changed but the heads, and an article is counted only when all its keys
//! are in place; so one thread adds while any number search, each as far as the articles it knows of, without a lock and with nothing
//! but atomic loads.
//!
//! When a table is full, a larger one takes the articles over, which are shared. When there are [so many](super::shape::Shape::recent_most) articles they go into a segment.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use super::entry::{Entry, Kind};
use crate::text::hash::mix;

/// Articles at most, but in tests, which have fewer.
pub(super) const MOST: u32 = 4096;
/// Keys of the smallest table.
const FEWEST_KEYS: usize = 1 << 12;

#[derive(Debug)]
pub(super) struct Recent {
    articles: Box<[OnceLock<Arc<Entry>>]>,
    /// Articles whose keys are all in place.
    len: AtomicU32,
    /// The upper half of the hash of a key, and the last of its links plus one; 0 where nothing is.
    heads: Box<[AtomicU64]>,
    /// An article, and the link before plus one.
    links: Box<[AtomicU64]>,
    linked: AtomicU32,
}

fn hash(kind: Kind, key: u32) -> u64 {
    mix(kind.code() << 32 | u64::from(key))
}

fn zeros(len: usize) -> Box<[AtomicU64]> {
    (0..len).map(|_| AtomicU64::new(0)).collect()
}

fn halves(upper: u32, lower: u32) -> u64 {
    u64::from(upper) << 32 | u64::from(lower)
}

fn split(both: u64) -> (u32, u32) {
    ((both >> 32) as u32, both as u32)
}

impl Recent {
    /// An empty table with room for so many articles, and so many keys or more.
    pub(super) fn new(articles: u32, keys: usize) -> Self {
        let keys = keys.clamp(FEWEST_KEYS, 1 << 31).next_power_of_two();
        Recent {
            articles: (0..articles).map(|_| OnceLock::new()).collect(),
            len: AtomicU32::new(0),
            heads: zeros(2 * keys),
            links: zeros(keys),
            linked: AtomicU32::new(0),
        }
    }

    pub(super) fn len(&self) -> u32 {
        self.len.load(Ordering::Acquire)
    }

    /// An empty table of the same size.
    pub(super) fn renewed(&self) -> Self {
        Recent::new(self.articles.len() as u32, self.links.len())
    }

    /// Whether another article with so many keys has room: in the table, and among the articles.
    pub(super) fn has_room(&self, keys: usize) -> (bool, bool) {
        let linked = self.linked.load(Ordering::Relaxed) as usize;
        (linked + keys <= self.links.len(), (self.len() as usize) < self.articles.len())
    }

    /// The same articles in a table with room for at least so many keys more.
    pub(super) fn grown(&self, keys: usize) -> Self {
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

    pub(super) fn entry(&self, article: u32) -> &Entry {
        self.shared(article)
    }

    /// Adds an article under its keys, for which there must be room. One thread at a time.
    pub(super) fn push(&self, entry: Arc<Entry>) {
        let article = self.len.load(Ordering::Relaxed);
        let mask = self.heads.len() - 1;
        // All places are touched before one is looked at, so that memory answers for all at once.
        let mut hashes = Vec::with_capacity(entry.keys());
        entry.for_each_key(|kind, key| hashes.push(hash(kind, key)));
        let touch = |&hash: &u64| self.heads[hash as usize & mask].load(Ordering::Relaxed);
        black_box(hashes.iter().map(touch).fold(0, |all, one| all ^ one));
        let mut link = self.linked.load(Ordering::Relaxed);
        for hash in hashes {
            let (place, tag) = self.place(hash);
            let before = split(self.heads[place].load(Ordering::Relaxed)).1;
            self.links[link as usize].store(halves(article, before), Ordering::Relaxed);
            link += 1;
            // Who sees the head sees the link.
            self.heads[place].store(halves(tag, link), Ordering::Release);
        }
        self.linked.store(link, Ordering::Relaxed);
        // Set once: only here, and the count grows below.
        let _ = self.articles[article as usize].set(entry);
        self.len.store(article + 1, Ordering::Release);
    }

    /// The place of a key in the heads: its own, or the free one where it belongs.
    fn place(&self, hash: u64) -> (usize, u32) {
        let (tag, mask) = ((hash >> 32) as u32, self.heads.len() - 1);
        let mut place = hash as usize & mask;
        loop {
            let (other, link) = split(self.heads[place].load(Ordering::Acquire));
            if link == 0 || other == tag {
                return (place, tag);
            }
            place = (place + 1) & mask;
        }
    }

    /// The articles below `len` that have a key, the last first, as long as `f` says so. Very rarely one that has not.
    pub(super) fn find(&self, kind: Kind, key: u32, len: u32, mut f: impl FnMut(u32) -> bool) {
        let (place, _) = self.place(hash(kind, key));
        let mut link = split(self.heads[place].load(Ordering::Acquire)).1;
        while link != 0 {
            let (article, before) = split(self.links[link as usize - 1].load(Ordering::Relaxed));
            if article < len && !f(article) {
                return;
            }
            link = before;
        }
    }
}
