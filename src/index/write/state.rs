//! What an index holds, as the writer and those who open it for reading bring it up to date: by
//! records.
//!
//! A record adds an article, takes one away, or lets those of an earlier date expire. The records
//! of a commit are a payload of the [log](crate::index::store::log); who opens the index plays them again. To
//! play one twice changes nothing, so it does not matter if a segment was written in between.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::error::Error;
use crate::index::segment::entry::{Entry, Kind, id_hash, key};
use crate::index::segment::key_table::BUCKET;
use crate::index::segment::schema::Shape;
use crate::index::snapshot::View;
use crate::index::store::wire::{Fields, Writer};
use crate::index::view::{Part, RecentPart, SegmentPart};
use crate::index::write::memtable::Recent;

/// Bytes that the newest articles take at most, but for the last of them.
const MOST_BYTES: usize = 64 << 20;

const INSERT: u8 = 1;
const REMOVE: u8 = 2;
const EXPIRE: u8 = 3;

/// The articles of an index, with what no commit has acknowledged yet.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) segments: Vec<SegmentPart>,
    /// Newer articles in tables that take no more, until they are in a segment; then the newest.
    pub(crate) full: Vec<Arc<Recent>>,
    pub(crate) recent: Arc<Recent>,
    /// What the newest articles take in memory.
    recent_bytes: usize,
    /// The last commit.
    pub(crate) commit: u64,
    /// Articles that are not gone.
    pub(crate) len: u64,
    /// Whether the list of segments has changed since it was stored.
    pub(crate) reshaped: bool,
}

/// Articles of some segments that are not gone.
fn left(segments: &[SegmentPart]) -> u64 {
    segments.iter().map(|part| u64::from(part.segment.articles() - part.removed.len())).sum()
}

/// A record that was read.
enum Record<'a> {
    Insert(Entry),
    Remove(&'a str),
    Expire(i64),
}

impl State {
    pub(crate) fn new(segments: Vec<SegmentPart>, commit: u64, shape: &Shape) -> Self {
        let (len, recent) = (left(&segments), Arc::new(Recent::new(shape.recent_most, 0)));
        State { segments, full: Vec::new(), recent, recent_bytes: 0, commit, len, reshaped: false }
    }

    /// Makes room for as many keys as so many bytes of log have, about, so that the table need not
    /// grow on the way.
    pub(crate) fn expect_log(&mut self, bytes: usize, shape: &Shape) {
        self.recent = Arc::new(Recent::new(shape.recent_most, bytes / 8));
    }

    /// All parts, the newest articles last; with what the next commit adds and takes away.
    pub(crate) fn parts(&self) -> Vec<Part> {
        self.segments.iter().cloned().map(Part::Segment).chain(self.in_memory_parts()).collect()
    }

    fn in_memory_parts(&self) -> impl Iterator<Item = Part> {
        let recent = Some(&self.recent).filter(|recent| recent.len() > 0);
        self.full_parts().chain(recent.map(|recent| self.part(recent)))
    }

    /// The parts that are to be in a segment next.
    pub(crate) fn full_parts(&self) -> impl Iterator<Item = Part> {
        self.full.iter().map(|recent| self.part(recent))
    }

    fn part(&self, recent: &Arc<Recent>) -> Part {
        let (recent, len) = (Arc::clone(recent), recent.len());
        Part::Recent(RecentPart { recent, len, commit: self.commit + 1 })
    }

    /// All that is in memory, the newest last.
    fn in_memory(&self) -> impl DoubleEndedIterator<Item = &Recent> {
        self.full.iter().chain([&self.recent]).map(|recent| &**recent)
    }

    /// What the last commit left, once nothing is there that it has not acknowledged.
    pub(crate) fn committed(&self) -> View {
        let mut view = self.view();
        view.commit = self.commit;
        for part in &mut view.parts {
            if let Part::Recent(part) = part {
                part.commit = self.commit;
            }
        }
        view
    }

    pub(crate) fn view(&self) -> View {
        View { commit: self.commit + 1, parts: self.parts(), len: self.len, log_bytes: 0 }
    }

    /// Whether the newest articles are as many as they should be.
    pub(crate) fn is_full(&self) -> bool {
        self.recent_bytes >= MOST_BYTES || self.recent.is_full()
    }

    /// Has a new table for the next articles.
    pub(crate) fn freeze(&mut self) {
        let renewed = Arc::new(self.recent.renewed());
        self.full.push(std::mem::replace(&mut self.recent, renewed));
        self.recent_bytes = 0;
    }

    /// Adds an article, whose id is not there; there must be [room](Self::is_full).
    pub(crate) fn insert(&mut self, mut entry: Entry) {
        entry.twin_of = self.first_of_text(&entry);
        let keys = entry.keys();
        if !self.recent.has_room(keys) {
            self.recent = Arc::new(self.recent.grown(keys));
        }
        self.recent_bytes += entry.bytes();
        self.recent.push(Arc::new(entry));
        self.len += 1;
    }

    /// The first of the newest articles that has the text of another.
    fn first_of_text(&self, entry: &Entry) -> Option<u32> {
        let facts = entry.facts;
        if facts.shingles == 0 {
            return None;
        }
        let mut first = None;
        self.recent.find(Kind::Digest, key(facts.digest), self.recent.len(), |article| {
            let other = self.recent.entry(article);
            let same = (other.facts.digest, other.facts.shingles) == (facts.digest, facts.shingles);
            if same && other.row == entry.row {
                first = Some(other.twin_of.unwrap_or(article));
            }
            first.is_none()
        });
        first
    }

    /// Whether there is an article of an id.
    pub(crate) fn contains(&self, id: &str) -> Result<bool, Error> {
        let key = key(id_hash(id));
        Ok(self.with_id_in_memory(id, key).is_some()
            || self.with_id_in_segments(id, key)?.is_some())
    }

    fn with_id_in_memory(&self, id: &str, key: u32) -> Option<&Entry> {
        self.in_memory().rev().find_map(|recent| {
            let mut found = None;
            recent.find(Kind::Id, key, recent.len(), |article| {
                let entry = recent.entry(article);
                found =
                    Some(entry).filter(|_| &*entry.id == id && !entry.is_removed(self.commit + 1));
                found.is_none()
            });
            found
        })
    }

    /// The number of the segment, and the article in it. It is looked up in all at once, so that
    /// memory answers for all at once: an id that is new is in none.
    fn with_id_in_segments(&self, id: &str, key: u32) -> Result<Option<(usize, u32)>, Error> {
        let segments =
            || self.segments.iter().map(|part| (&*part.segment, &part.segment.directory.by_id));
        for (segment, table) in segments() {
            segment.touch([table.touch(key)].into_iter());
        }
        let mut stretches = Vec::with_capacity(self.segments.len());
        for (segment, table) in segments() {
            stretches.push(table.stretch(&segment.file, key)?);
        }
        for ((segment, table), &stretch) in segments().zip(&stretches) {
            segment.touch(table.touch_stretch(key, stretch).into_iter());
        }
        let mut articles = Vec::new();
        for (number, (part, &stretch)) in self.segments.iter().zip(&stretches).enumerate() {
            let (table, file) = (&part.segment.directory.by_id, &part.segment.file);
            let bucket = table.bucket(file, key, stretch)?;
            articles.clear();
            table.articles(file, key, bucket, BUCKET, |article| articles.push(article))?;
            for &article in &articles {
                if part.segment.id(article)? == id && !part.removed.contains(article) {
                    return Ok(Some((number, article)));
                }
            }
        }
        Ok(None)
    }

    /// Whether articles were put in a cluster of this name, and are there.
    pub(crate) fn has_cluster(&self, name: &str) -> Result<bool, Error> {
        let hash = id_hash(name);
        let segments =
            self.segments.iter().filter(|part| part.segment.directory.by_cluster.entries > 0);
        let segments = segments.cloned().map(Part::Segment);
        for part in segments.chain(self.in_memory_parts()) {
            let mut found = Vec::new();
            part.find(Kind::Cluster, hash, |article| found.push(article))?;
            for article in found {
                if part.cluster(article)? == Some(name) && !part.is_gone(article) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The cluster that the article of an id was put in, if that has a text of this digest.
    pub(crate) fn cluster_of_text(
        &self,
        id: &str,
        digest: u64,
    ) -> Result<Option<Option<String>>, Error> {
        for part in self.parts().iter().rev() {
            if let Some(article) = part.with_id(id)? {
                let cluster = part.cluster(article)?.map(str::to_owned);
                return Ok((part.facts(article)?.digest == digest).then_some(cluster));
            }
        }
        Ok(None)
    }

    /// Takes the article of an id away with the next commit; false if there is none.
    pub(crate) fn remove(&mut self, id: &str) -> Result<bool, Error> {
        let key = key(id_hash(id));
        if let Some(entry) = self.with_id_in_memory(id, key) {
            entry.removed.store(self.commit + 1, Ordering::Release);
        } else if let Some((number, article)) = self.with_id_in_segments(id, key)? {
            let part = &mut self.segments[number];
            Arc::make_mut(&mut part.removed).insert(article, part.segment.articles());
        } else {
            return Ok(false);
        }
        self.len -= 1;
        Ok(true)
    }

    /// Takes the articles of an earlier date away with the next commit, and says how many. Segments
    /// that have no others are dropped.
    pub(crate) fn expire(&mut self, before: i64) -> Result<u64, Error> {
        let had = self.len;
        let mut kept = Vec::with_capacity(self.segments.len());
        // Nothing is changed before all that must be read is.
        for mut part in self.segments.iter().cloned() {
            let directory = &part.segment.directory;
            match directory.dates {
                Some((_, last)) if last < before && directory.undated == 0 => continue,
                Some((first, _)) if first < before => {
                    let removed = Arc::make_mut(&mut part.removed);
                    for article in 0..directory.articles {
                        let date = part.segment.facts(article)?.date;
                        if date.is_some_and(|date| date < before) {
                            removed.insert(article, directory.articles);
                        }
                    }
                }
                _ => {}
            }
            kept.push(part);
        }
        self.reshaped |= kept.len() < self.segments.len();
        self.len = self.len - left(&self.segments) + left(&kept);
        self.segments = kept;
        let mut expired = 0;
        for recent in self.in_memory() {
            for entry in (0..recent.len()).map(|article| recent.entry(article)) {
                let is_early = entry.facts.date.is_some_and(|date| date < before);
                if is_early && !entry.is_removed(self.commit + 1) {
                    entry.removed.store(self.commit + 1, Ordering::Release);
                    expired += 1;
                }
            }
        }
        self.len -= expired;
        Ok(had - self.len)
    }

    /// Plays the records of the commit that follows; `damaged` makes the error for what is none.
    pub(crate) fn replay(
        &mut self,
        payload: &[u8],
        shape: &Shape,
        damaged: impl Fn(&'static str) -> Error,
    ) -> Result<(), Error> {
        self.play(payload, shape, false, damaged)
    }

    /// The same of a log with gaps: what took an article away may be lost, but an id is there once.
    pub(crate) fn salvage(
        &mut self,
        payload: &[u8],
        shape: &Shape,
        damaged: impl Fn(&'static str) -> Error,
    ) -> Result<(), Error> {
        self.play(payload, shape, true, damaged)
    }

    fn play(
        &mut self,
        payload: &[u8],
        shape: &Shape,
        gaps: bool,
        damaged: impl Fn(&'static str) -> Error,
    ) -> Result<(), Error> {
        let mut input = Fields::new(payload);
        while !input.is_empty() {
            match read(&mut input, shape).ok_or_else(|| damaged("a record of a commit is none"))? {
                Record::Insert(entry) => {
                    if self.is_full() {
                        self.freeze();
                    }
                    if gaps {
                        self.remove(&entry.id)?;
                    }
                    self.insert(entry);
                }
                Record::Remove(id) => {
                    self.remove(id)?;
                }
                Record::Expire(before) => {
                    self.expire(before)?;
                }
            }
        }
        Ok(())
    }
}

fn read<'a>(input: &mut Fields<'a>, shape: &Shape) -> Option<Record<'a>> {
    match input.u8()? {
        INSERT => Entry::decode(input, shape).map(Record::Insert),
        REMOVE => input.str().map(Record::Remove),
        EXPIRE => input.i64().map(Record::Expire),
        _ => None,
    }
}

/// Writes the record that adds an article.
pub(crate) fn record_insert(entry: &Entry, out: &mut Writer) {
    out.u8(INSERT);
    entry.encode(out);
}

/// Writes the record that takes an article away.
pub(crate) fn record_remove(id: &str, out: &mut Writer) {
    out.u8(REMOVE);
    out.bytes(id.as_bytes());
}

/// Writes the record that lets articles expire.
pub(crate) fn record_expire(before: i64, out: &mut Writer) {
    out.u8(EXPIRE);
    out.i64(before);
}
