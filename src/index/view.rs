//! What a view of the index consists of: segments, and the newest articles, each less what is gone.

use std::sync::Arc;

use crate::error::Error;
use crate::index::segment::entry::{Facts, Kind, id_hash, key};
use crate::index::segment::key_table::Cursor;
use crate::index::segment::reader::Segment;
use crate::index::segment::texts::unpack;
use crate::index::segment::tombstones::Removed;
use crate::index::write::build::sort;
use crate::index::write::memtable::Recent;
use crate::sketch::story::Term;

/// A segment, and what of it is gone.
#[derive(Clone, Debug)]
pub(crate) struct SegmentPart {
    pub(crate) segment: Arc<Segment>,
    pub(crate) removed: Arc<Removed>,
}

/// The newest articles as far as a view knows of them.
#[derive(Clone, Debug)]
pub(crate) struct RecentPart {
    pub(crate) recent: Arc<Recent>,
    pub(crate) len: u32,
    /// What this commit takes away is gone.
    pub(crate) commit: u64,
}

#[derive(Clone, Debug)]
pub(crate) enum Part {
    Segment(SegmentPart),
    Recent(RecentPart),
}

impl Part {
    /// Articles, those that are gone among them.
    pub(crate) fn len(&self) -> u32 {
        match self {
            Part::Segment(part) => part.segment.articles(),
            Part::Recent(part) => part.len,
        }
    }

    pub(crate) fn is_gone(&self, article: u32) -> bool {
        match self {
            Part::Segment(part) => part.removed.contains(article),
            Part::Recent(part) => part.recent.entry(article).is_removed(part.commit),
        }
    }

    pub(crate) fn facts(&self, article: u32) -> Result<Facts, Error> {
        match self {
            Part::Segment(part) => part.segment.facts(article),
            Part::Recent(part) => Ok(part.recent.entry(article).facts),
        }
    }

    pub(crate) fn row(&self, article: u32) -> Result<&[u8], Error> {
        match self {
            Part::Segment(part) => part.segment.row(article),
            Part::Recent(part) => Ok(&part.recent.entry(article).row),
        }
    }

    pub(crate) fn id(&self, article: u32) -> Result<&str, Error> {
        match self {
            Part::Segment(part) => part.segment.id(article),
            Part::Recent(part) => Ok(&part.recent.entry(article).id),
        }
    }

    pub(crate) fn source(&self, article: u32) -> Result<Option<&str>, Error> {
        match self {
            Part::Segment(part) => part.segment.source(part.segment.facts(article)?.source),
            Part::Recent(part) => Ok(part.recent.entry(article).source.as_deref()),
        }
    }

    /// The name of the cluster that an article was put in.
    pub(crate) fn cluster(&self, article: u32) -> Result<Option<&str>, Error> {
        match self {
            Part::Segment(part) => part.segment.cluster(article),
            Part::Recent(part) => Ok(part.recent.entry(article).cluster.as_deref()),
        }
    }

    /// The compressed text of an article, where texts are kept.
    pub(crate) fn kept_text(&self, article: u32) -> Result<&[u8], Error> {
        match self {
            Part::Segment(part) => part.segment.text(article),
            Part::Recent(part) => Ok(&part.recent.entry(article).text),
        }
    }

    /// Puts the text of an article, where texts are kept, in the place of another.
    pub(crate) fn text(&self, article: u32, text: &mut String) -> Result<(), Error> {
        if unpack(self.kept_text(article)?, self.facts(article)?.length, text) {
            return Ok(());
        }
        let what = "a kept text cannot be unpacked";
        Err(match self {
            Part::Segment(part) => {
                part.segment.file.damaged(part.segment.directory.kept.bytes, what)
            }
            Part::Recent(_) => Error::damaged("log", 0, what),
        })
    }

    /// Gives the first article of each text, and all that have it, in order.
    pub(crate) fn for_each_text(
        &self,
        mut f: impl FnMut(u32, &[u32]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut members = Vec::new();
        match self {
            Part::Segment(part) => {
                for article in 0..part.segment.articles() {
                    if !part.segment.facts(article)?.twin && !members.is_empty() {
                        f(members[0], &members)?;
                        members.clear();
                    }
                    members.push(article);
                }
            }
            Part::Recent(part) => {
                let first = |article: u32| part.recent.entry(article).twin_of.unwrap_or(article);
                let mut order: Vec<u32> = (0..part.len).collect();
                order.sort_by_key(|&article| first(article));
                for text in order.chunk_by(|&a, &b| first(a) == first(b)) {
                    f(text[0], text)?;
                }
            }
        }
        match members.first() {
            Some(&first) => f(first, &members),
            None => Ok(()),
        }
    }

    /// The other articles with the text of the first that has it.
    pub(crate) fn for_each_twin(&self, first: u32, mut f: impl FnMut(u32)) -> Result<(), Error> {
        match self {
            Part::Segment(part) => {
                let mut article = first + 1;
                while article < part.segment.articles() && part.segment.facts(article)?.twin {
                    f(article);
                    article += 1;
                }
            }
            Part::Recent(part) => {
                let entry = part.recent.entry(first);
                let mut twins = Vec::new();
                part.recent.find(Kind::Digest, key(entry.facts.digest), part.len, |article| {
                    if part.recent.entry(article).twin_of == Some(first) {
                        twins.push(article);
                    }
                    true
                });
                twins.into_iter().rev().for_each(f);
            }
        }
        Ok(())
    }

    /// The articles with a key of a kind that lies in the whole hash of something; some others too.
    pub(crate) fn find(&self, kind: Kind, hash: u64, mut f: impl FnMut(u32)) -> Result<(), Error> {
        match self {
            Part::Segment(part) => {
                let segment = &*part.segment;
                segment.directory.table(kind).find(&segment.file, key(hash), f)
            }
            Part::Recent(part) => {
                let mut found = Vec::new();
                part.recent.find(kind, key(hash), part.len, |article| {
                    found.push(article);
                    true
                });
                found.into_iter().rev().for_each(&mut f);
                Ok(())
            }
        }
    }

    /// The article with an id, if it is there.
    pub(crate) fn with_id(&self, id: &str) -> Result<Option<u32>, Error> {
        let mut found = Vec::new();
        self.find(Kind::Id, id_hash(id), |article| found.push(article))?;
        for article in found {
            if self.id(article)? == id && !self.is_gone(article) {
                return Ok(Some(article));
            }
        }
        Ok(None)
    }

    /// Gives the articles whose key terms are kept, and these; what is damaged is an error of its
    /// own.
    pub(crate) fn for_each_termed(
        &self,
        mut f: impl FnMut(Result<(u32, &[Term]), Error>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Part::Segment(part) => {
                (0..part.segment.termed()).try_for_each(|i| match part.segment.terms(i) {
                    Ok((article, terms)) => f(Ok((article, &terms))),
                    Err(error) => f(Err(error)),
                })
            }
            Part::Recent(part) => (0..part.len).try_for_each(|article| {
                let entry = part.recent.entry(article);
                let has_keys = !entry.terms.is_empty() && entry.twin_of.is_none();
                if has_keys { f(Ok((article, &entry.terms))) } else { Ok(()) }
            }),
        }
    }

    /// Gives the articles whose words are kept, and these; what is damaged is an error of its own.
    pub(crate) fn for_each_worded<'p>(
        &'p self,
        mut f: impl FnMut(Result<(u32, &'p [u8]), Error>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        match self {
            Part::Segment(part) => {
                (0..part.segment.worded()).try_for_each(|i| f(part.segment.words(i)))
            }
            Part::Recent(part) => (0..part.len).try_for_each(|article| {
                let entry = part.recent.entry(article);
                let leads = !entry.words.is_empty() && entry.twin_of.is_none();
                if leads { f(Ok((article, &entry.words))) } else { Ok(()) }
            }),
        }
    }

    /// The key terms of an article, where they are kept, as they were read. O(log articles) time.
    pub(crate) fn terms(&self, article: u32) -> Result<Option<Box<[Term]>>, Error> {
        match self {
            Part::Segment(part) => part.segment.terms_of(article),
            Part::Recent(part) => {
                let terms = &part.recent.entry(article).terms;
                Ok((!terms.is_empty()).then(|| terms.clone()))
            }
        }
    }

    /// The entries of a table, in order, of each key at most so many bits.
    pub(crate) fn table(&self, kind: Kind, key_bits: u32) -> PartTable<'_> {
        match self {
            Part::Segment(part) => {
                let table = *part.segment.directory.table(kind);
                PartTable::Segment(table.entries, Cursor::new(&part.segment.file, table))
            }
            Part::Recent(part) => {
                let kept = u32::MAX << (32 - key_bits);
                let mut entries: Vec<u64> = Vec::with_capacity(part.len as usize);
                for article in 0..part.len {
                    part.recent.entry(article).for_each_key_of(kind, |key| {
                        entries.push(u64::from(key & kept) << 32 | u64::from(article));
                    });
                }
                sort(&mut entries, &mut Vec::new());
                PartTable::Recent(entries.into_iter().peekable())
            }
        }
    }
}

/// The entries of a table of a part.
pub(crate) enum PartTable<'a> {
    Segment(u64, Cursor<'a>),
    Recent(std::iter::Peekable<std::vec::IntoIter<u64>>),
}

impl PartTable<'_> {
    pub(crate) fn entries(&self) -> u64 {
        match self {
            PartTable::Segment(entries, _) => *entries,
            PartTable::Recent(entries) => entries.len() as u64,
        }
    }

    /// The same, but that entries which are damaged are passed over.
    pub(crate) fn tolerant(self, tolerant: bool) -> Self {
        match self {
            PartTable::Segment(entries, cursor) => {
                PartTable::Segment(entries, cursor.tolerant(tolerant))
            }
            recent => recent,
        }
    }

    /// Gives the next entries, those with keys below `limit`.
    pub(crate) fn until(&mut self, limit: u64, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        match self {
            PartTable::Segment(_, cursor) => cursor.until(limit, f),
            PartTable::Recent(entries) => {
                while let Some(entry) = entries.next_if(|entry| entry >> 32 < limit) {
                    f((entry >> 32) as u32, entry as u32);
                }
                Ok(())
            }
        }
    }
}
