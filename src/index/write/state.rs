//! The state of an index: its segments and memtables, brought up to date change by change.
//!
//! Writers change it directly. Whoever opens an index replays the records of its log, commit by
//! commit. To replay a record twice changes nothing, so it does not matter if a segment was written
//! in between.

use std::sync::Arc;

use super::indexed::IndexedArticle;
use super::memtable::{Memtable, MemtableReader};
use super::record::Record;
use crate::error::Error;
use crate::index::limits::MAX_MEMTABLE_BYTES;
use crate::index::segment::keys::{KeyKind, key_of_hash};
use crate::index::segment::leaf::LeafReader;
use crate::index::segment::reader::SegmentReader;
use crate::index::segment::schema::Schema;
use crate::index::view::{Address, View};
use crate::wire::Decoder;

/// All articles of an index, committed or not.
#[derive(Debug)]
pub(crate) struct IndexState {
    pub(crate) segments: Vec<Arc<SegmentReader>>,
    /// Memtables that are full and not in a segment yet.
    frozen: Vec<Arc<Memtable>>,
    /// The memtable that articles are added to.
    active: Arc<Memtable>,
    /// What the active memtable takes, in bytes.
    active_bytes: usize,
    /// The last commit.
    pub(crate) commit: u64,
    /// Articles that are not deleted.
    pub(crate) len: u64,
    /// Whether the segments are not those of the stored manifest any more.
    pub(crate) is_manifest_dirty: bool,
}

fn live(segments: &[Arc<SegmentReader>]) -> u64 {
    segments.iter().map(|segment| u64::from(segment.live())).sum()
}

impl IndexState {
    /// A state with nothing in memory. `memtable_articles` is how many articles a memtable holds.
    pub(crate) fn new(
        segments: Vec<Arc<SegmentReader>>,
        commit: u64,
        memtable_articles: u32,
    ) -> Self {
        IndexState {
            len: live(&segments),
            segments,
            frozen: Vec::new(),
            active: Arc::new(Memtable::new(memtable_articles, 0)),
            active_bytes: 0,
            commit,
            is_manifest_dirty: false,
        }
    }

    /// Makes room for about as many keys as a log of `bytes` bytes has, so that the memtable need
    /// not grow step by step. Nothing may be in memory yet.
    pub(crate) fn reserve_for_log(&mut self, bytes: usize, memtable_articles: u32) {
        self.active = Arc::new(Memtable::new(memtable_articles, bytes / 8));
    }

    /// All articles, those included that the next commit adds, without those that it deletes.
    pub(crate) fn view(&self) -> View {
        self.view_at(self.commit + 1)
    }

    /// The articles that the last commit left. Nothing may have changed since.
    pub(crate) fn committed(&self) -> View {
        self.view_at(self.commit)
    }

    fn view_at(&self, commit: u64) -> View {
        let segments = self.segments.iter().map(|segment| Arc::clone(segment) as Arc<_>);
        let memtables = self.memtables().filter(|memtable| memtable.len() > 0);
        let readers = memtables.map(|memtable| Arc::new(reader(memtable, commit)) as Arc<_>);
        View { commit, leaves: segments.chain(readers).collect(), len: self.len, log_bytes: 0 }
    }

    /// All memtables, the newest last.
    fn memtables(&self) -> impl Iterator<Item = &Arc<Memtable>> {
        self.frozen.iter().chain([&self.active])
    }

    /// The memtables that are to become a segment next.
    pub(crate) fn frozen(&self) -> Vec<MemtableReader> {
        self.frozen.iter().map(|memtable| reader(memtable, self.commit + 1)).collect()
    }

    pub(crate) fn has_frozen(&self) -> bool {
        !self.frozen.is_empty()
    }

    /// Forgets the frozen memtables, which are in a segment now.
    pub(crate) fn forget_frozen(&mut self) {
        self.frozen.clear();
        self.is_manifest_dirty = true;
    }

    /// The number of articles in the active memtable.
    pub(crate) fn active_len(&self) -> u32 {
        self.active.len()
    }

    /// Whether the active memtable takes no more articles.
    pub(crate) fn is_full(&self) -> bool {
        self.active_bytes >= MAX_MEMTABLE_BYTES || self.active.is_full()
    }

    /// Begins a new memtable.
    pub(crate) fn freeze(&mut self) {
        let renewed = Arc::new(self.active.renewed());
        self.frozen.push(std::mem::replace(&mut self.active, renewed));
        self.active_bytes = 0;
    }

    /// Adds an article whose id is new. The active memtable must not be [full](Self::is_full).
    pub(crate) fn insert(&mut self, mut article: IndexedArticle) {
        article.duplicate_of = self.duplicate_of(&article);
        let keys = article.keys();
        if !self.active.has_room(keys) {
            self.active = Arc::new(self.active.grown(keys));
        }
        self.active_bytes += article.bytes();
        self.active.push(Arc::new(article));
        self.len += 1;
    }

    /// The first article of the active memtable with the text of another.
    fn duplicate_of(&self, article: &IndexedArticle) -> Option<u32> {
        let text = |article: &IndexedArticle| (article.metadata.digest, article.metadata.shingles);
        if article.metadata.shingles == 0 {
            return None;
        }
        let mut first = None;
        let key = key_of_hash(article.metadata.digest);
        self.active.for_each(KeyKind::Digest, key, self.active.len(), |number| {
            let other = self.active.article(number);
            if text(other) == text(article) && other.signature == article.signature {
                first = Some(other.duplicate_of.unwrap_or(number));
            }
            first.is_none()
        });
        first
    }

    /// Deletes the article of an id with the next commit; false if there is none.
    pub(crate) fn remove(&mut self, id: &str) -> Result<bool, Error> {
        let Some(Address { leaf, article }) = self.view().with_id(id)? else { return Ok(false) };
        match self.segments.get_mut(leaf as usize) {
            Some(segment) => Arc::make_mut(segment).delete(article),
            None => {
                let at = leaf as usize - self.segments.len();
                let memtable = self.memtables().nth(at);
                memtable.into_iter().for_each(|it| it.article(article).delete(self.commit + 1));
            }
        }
        self.len -= 1;
        Ok(true)
    }

    /// Deletes the articles of an earlier date with the next commit, and returns how many. Segments
    /// that have no others are dropped.
    pub(crate) fn expire(&mut self, before: i64) -> Result<u64, Error> {
        let had = self.len;
        let mut kept = Vec::with_capacity(self.segments.len());
        // Everything that must be read is read before anything is changed.
        for mut segment in self.segments.iter().cloned() {
            let directory = &segment.file.directory;
            match directory.dates {
                Some((_, last)) if last < before && directory.undated == 0 => continue,
                Some((first, _)) if first < before => {
                    let expired = Arc::make_mut(&mut segment);
                    for article in 0..expired.len() {
                        let date = expired.metadata(article)?.date;
                        if date.is_some_and(|date| date < before) {
                            expired.delete(article);
                        }
                    }
                }
                _ => {}
            }
            kept.push(segment);
        }
        self.is_manifest_dirty |= kept.len() < self.segments.len();
        self.len = self.len - live(&self.segments) + live(&kept);
        self.segments = kept;
        let mut expired = 0;
        for memtable in self.memtables() {
            for article in (0..memtable.len()).map(|article| memtable.article(article)) {
                let is_early = article.metadata.date.is_some_and(|date| date < before);
                if is_early && !article.is_deleted(self.commit + 1) {
                    article.delete(self.commit + 1);
                    expired += 1;
                }
            }
        }
        self.len -= expired;
        Ok(had - self.len)
    }

    /// Replays a commit of the log. If the log has `gaps`, a record that deleted an article may be
    /// lost: then an article replaces the one of its id. Stops at the first record that cannot be
    /// decoded, with the error that `damaged` makes.
    pub(crate) fn replay(
        &mut self,
        commit: u64,
        payload: &[u8],
        schema: &Schema,
        gaps: bool,
        damaged: impl Fn(&'static str) -> Error,
    ) -> Result<(), Error> {
        // What a record deletes is deleted with this commit.
        self.commit = commit.saturating_sub(1);
        let replayed = self.replay_records(&mut Decoder::new(payload), schema, gaps, damaged);
        self.commit = commit;
        replayed
    }

    fn replay_records(
        &mut self,
        input: &mut Decoder<'_>,
        schema: &Schema,
        gaps: bool,
        damaged: impl Fn(&'static str) -> Error,
    ) -> Result<(), Error> {
        while !input.is_empty() {
            let record = Record::decode(input, schema);
            match record.ok_or_else(|| damaged("a record of a commit is malformed"))? {
                Record::Insert(article) => {
                    if self.is_full() {
                        self.freeze();
                    }
                    if gaps {
                        self.remove(&article.id)?;
                    }
                    self.insert(article);
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

/// A memtable as it is now, as of a commit.
fn reader(memtable: &Arc<Memtable>, commit: u64) -> MemtableReader {
    MemtableReader { memtable: Arc::clone(memtable), len: memtable.len(), commit }
}
