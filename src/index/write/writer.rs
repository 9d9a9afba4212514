//! The writer of an index: makes durable what is in memory.
//!
//! A commit appends a frame to the log. If segments have changed since the last manifest, it stores
//! instead their tombstones, a log with everything that is in no segment, and the manifest that
//! names them all. A file is durable, its name included, before the manifest names it; files that
//! the manifest no longer names are removed afterwards.
//!
//! A memtable that is full is frozen. A thread writes its segment while the next articles go into
//! another memtable; meanwhile all of them are in the log. Once the segment is there, the next
//! commit begins a log with what has come since, and the manifest names both. Only one memtable is
//! being written at a time: whoever fills the next one before that waits.

use std::ops::Range;
use std::sync::Arc;

use super::indexed::IndexedArticle;
use super::journal::Journal;
use super::merge::{MergeInput, NewSegment, RunningMerge, install};
use super::policy;
use super::record::{encode_expire, encode_insert, encode_remove};
use super::recovery::Recovered;
use super::state::IndexState;
use crate::error::Error;
use crate::index::limits::{Background, MAX_LOGGED_ARTICLES, MAX_SEGMENTS, WriterLimits};
use crate::index::segment::leaf::LeafReader;
use crate::index::segment::reader::SegmentReader;
use crate::index::segment::schema::Schema;
use crate::index::segment::tombstones::write_tombstones;
use crate::index::store::log::Log;
use crate::index::store::manifest::{Manifest, SegmentEntry};
use crate::index::store::names::{self, FileKind, MANIFEST, MANIFEST_COPY};
use crate::index::store::storage::Storage;
use crate::index::view::View;
use crate::progress::{Callback, Stage, Steps};

/// Everything that an index needs to be written to.
pub(crate) struct IndexWriter {
    pub(crate) storage: Arc<dyn Storage>,
    _lock: Box<dyn Send + Sync>,
    limits: WriterLimits,
    schema: Schema,
    manifest: Manifest,
    state: IndexState,
    journal: Journal,
    next_file: u64,
    /// The merge that writes the frozen memtables.
    flushing: Option<RunningMerge>,
    /// The merge of segments.
    merging: Option<RunningMerge>,
    merge_failed: Option<Error>,
    /// The articles as the last commit left them.
    published: Arc<View>,
}

impl IndexWriter {
    /// A writer that goes on from what was recovered.
    pub(crate) fn new(
        storage: Arc<dyn Storage>,
        lock: Box<dyn Send + Sync>,
        limits: WriterLimits,
        recovered: Recovered,
    ) -> Self {
        let Recovered { manifest, schema, mut state, records, .. } = recovered;
        let published = Arc::new(state.committed());
        if state.has_frozen() {
            // The records are of articles that are all to be in the next segment.
            state.freeze();
        }
        IndexWriter {
            storage,
            _lock: lock,
            limits,
            schema,
            next_file: manifest.next_file,
            manifest,
            state,
            journal: Journal::new(records),
            flushing: None,
            merging: None,
            merge_failed: None,
            published,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.state.len
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// All articles, committed or not.
    pub(crate) fn view(&self) -> View {
        View { log_bytes: self.journal.log_bytes(), ..self.state.view() }
    }

    /// The articles as the last commit left them.
    pub(crate) fn published(&self) -> Arc<View> {
        Arc::clone(&self.published)
    }

    pub(crate) fn is_merging(&self) -> bool {
        self.merging.is_some()
    }

    pub(crate) fn merge_failed(&self) -> Option<&Error> {
        self.merge_failed.as_ref()
    }

    /// Makes room in memory for one more article.
    pub(crate) fn make_room(&mut self) -> Result<(), Error> {
        if !self.state.is_full() {
            return Ok(());
        }
        self.flush_frozen()?;
        self.freeze();
        self.start_flush()
    }

    /// Adds an article whose id is new, and for which there is [room](Self::make_room).
    pub(crate) fn insert(&mut self, article: IndexedArticle) {
        encode_insert(&article, &mut self.journal.pending);
        self.state.insert(article);
    }

    /// Deletes the article of an id; false if there is none.
    pub(crate) fn remove(&mut self, id: &str) -> Result<bool, Error> {
        let removed = self.state.remove(id)?;
        if removed {
            encode_remove(id, &mut self.journal.pending);
        }
        Ok(removed)
    }

    /// Deletes the articles of an earlier date, and returns how many.
    pub(crate) fn expire(&mut self, before: i64) -> Result<u64, Error> {
        let expired = self.state.expire(before)?;
        if expired > 0 {
            encode_expire(before, &mut self.journal.pending);
        }
        Ok(expired)
    }

    /// Makes all changes durable and visible to others.
    pub(crate) fn commit(&mut self) -> Result<(), Error> {
        self.finish_merge(self.state.segments.len() >= MAX_SEGMENTS);
        if let Err(error) = self.finish_flush(false) {
            // What the flush was to write is in the log as well.
            self.merge_failed = Some(self.storage.place().name_in(error));
        }
        if self.journal.is_clean() && !self.state.is_manifest_dirty {
            return Ok(());
        }
        if self.journal.log().is_some_and(Log::is_broken) {
            self.flush()?;
        }
        // A change of files alone is no commit.
        let commit = self.state.commit + u64::from(self.journal.has_unacknowledged());
        if self.journal.log().is_some() {
            self.journal.append(commit)?;
            self.acknowledge(commit);
            if !self.state.is_manifest_dirty {
                return Ok(());
            }
            let synced = self.journal.log().map_or(0, Log::synced);
            self.store_manifest(commit, self.manifest.log, synced)?;
        } else {
            let number = self.take_number();
            let Manifest { names, settings, .. } = &self.manifest;
            let mut log = Log::create(&*self.storage, *names, number, settings)?;
            self.journal.fill(&mut log, commit)?;
            self.store_manifest(commit, number, log.synced())?;
            self.journal.begin(log);
            self.acknowledge(commit);
        }
        self.state.is_manifest_dirty = false;
        self.publish();
        self.sweep();
        self.start_merge();
        Ok(())
    }

    /// Merges all segments into as few as possible, and commits. If `progress` ends it, what is
    /// merged by then is committed.
    pub(crate) fn merge_all(&mut self, progress: Callback<'_>) -> Result<(), Error> {
        self.finish_merge(true);
        if self.state.active_len() > 0 || self.state.has_frozen() {
            self.flush()?;
        }
        let steps = Steps::new(progress, Stage::Merge, self.state.segments.len(), 1);
        let mut at = 0;
        while at < self.state.segments.len() {
            let rest = &self.state.segments[at..];
            let count = policy::fitting(rest);
            if count > 1 || rest[0].tombstones.len() > 0 {
                let before = self.state.segments.len();
                self.merge_now(at..at + count)?;
                // If nothing was left of them, others have moved up.
                at += usize::from(self.state.segments.len() > before - count);
            } else {
                at += 1;
            }
            if (0..count.max(1)).any(|_| steps.step().is_break()) {
                self.commit()?;
                return Err(Error::cancelled("the merge"));
            }
        }
        self.commit()
    }

    /// Commits, and leaves few segments and little in the log: every segment has at least as many
    /// articles as all later ones together.
    pub(crate) fn close(mut self) -> Result<(), Error> {
        self.commit()?;
        // If the flush fails, what it was to write is in the log.
        let _ = match self.state.active_len() {
            0..=MAX_LOGGED_ARTICLES => self.finish_flush(true),
            _ => self.flush(),
        };
        self.commit()?;
        // If articles came faster than one thread could merge, several merges are due.
        while self.merging.is_some() {
            self.finish_merge(true);
            self.commit()?;
        }
        if let Some(small) = policy::small(&self.state.segments) {
            // If the merge fails, the segments are as they were.
            let _ = self.merge_now(small);
        }
        self.commit()?;
        // The manifest tells the next reader how much of the log was acknowledged.
        match self.journal.log().map(Log::synced) {
            Some(synced) if synced != self.manifest.log_bytes => {
                self.store_manifest(self.state.commit, self.manifest.log, synced)?;
                self.sweep();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Writes what is in memory into a segment, and all files that name files anew.
    pub(crate) fn rewrite(&mut self) -> Result<(), Error> {
        self.flush()?;
        self.commit()
    }

    /// Makes the manifest, which the process before may have left before its name was durable, and
    /// its copy durable; then removes files that it does not name. Until then, the manifest before
    /// it counts too.
    pub(crate) fn settle_manifest(&self) {
        if self.storage.sync_directory().is_ok() && self.manifest.store_copy(&*self.storage).is_ok()
        {
            self.sweep();
        }
    }

    fn take_number(&mut self) -> u64 {
        self.next_file += 1;
        self.next_file - 1
    }

    fn store_manifest(&mut self, commit: u64, log: u64, log_bytes: u64) -> Result<(), Error> {
        let entry = |segment: &Arc<SegmentReader>| SegmentEntry {
            file: segment.file.number,
            length: segment.file.blocks.file_len(),
            articles: segment.len(),
        };
        let segments: Vec<SegmentEntry> = self.state.segments.iter().map(entry).collect();
        let mut removed = 0;
        if self.state.segments.iter().any(|segment| segment.tombstones.len() > 0) {
            removed = self.take_number();
            let tombstones = self.state.segments.iter();
            let tombstones = tombstones.map(|segment| (segment.file.number, &segment.tombstones));
            write_tombstones(&*self.storage, self.manifest.names, removed, tombstones)?;
        }
        let Manifest { names, settings, .. } = self.manifest;
        let next_file = self.next_file;
        let manifest =
            Manifest { names, settings, commit, next_file, log, log_bytes, removed, segments };
        // The names of the files come before the manifest that names them.
        self.storage.sync_names(MANIFEST)?;
        manifest.store(&*self.storage)?;
        self.manifest = manifest;
        Ok(())
    }

    /// The pending changes are durable, and become visible.
    fn acknowledge(&mut self, commit: u64) {
        self.state.commit = commit;
        self.journal.acknowledge(self.state.has_frozen());
        self.publish();
    }

    fn publish(&mut self) {
        let log_bytes = self.journal.log_bytes();
        self.published = Arc::new(View { log_bytes, ..self.state.committed() });
    }

    /// Removes the files of the index that nothing names: those that a process left that died, and
    /// those that were merged or replaced. A file that cannot be removed now is removed later.
    fn sweep(&self) {
        let Manifest { names: ours, log, removed, segments, .. } = &self.manifest;
        let running = [&self.merging, &self.flushing];
        let is_written =
            |number| running.iter().any(|it| it.as_ref().is_some_and(|it| it.number == number));
        let is_named = |name: &str| match names::parse(name).filter(|(.., of)| of == ours) {
            Some((FileKind::Segment, number, _)) => {
                is_written(number) || segments.iter().any(|entry| entry.file == number)
            }
            Some((FileKind::Log, number, _)) => number == *log,
            Some((FileKind::Removed, number, _)) => number == *removed,
            None => ![MANIFEST, MANIFEST_COPY].iter().any(|new| name == ours.unfinished(new)),
        };
        for name in self.storage.list().unwrap_or_default() {
            if !is_named(&name) {
                let _ = self.storage.remove(&name);
            }
        }
    }

    /// Moves all articles that are in memory into segments, which no manifest names yet.
    fn flush(&mut self) -> Result<(), Error> {
        self.flush_frozen()?;
        if self.state.active_len() > 0 {
            self.freeze();
            self.flush_frozen()?;
        }
        self.state.is_manifest_dirty = true;
        self.journal.all_is_in_segments();
        Ok(())
    }

    /// Moves the frozen memtables into a segment, and waits for it.
    fn flush_frozen(&mut self) -> Result<(), Error> {
        // A flush that has failed before may work now.
        if self.finish_flush(true).is_err() || self.state.has_frozen() {
            self.start_flush()?;
            self.finish_flush(true)?;
        }
        Ok(())
    }

    /// Begins a new memtable. No other may be frozen.
    fn freeze(&mut self) {
        self.state.freeze();
        self.journal.freeze();
    }

    fn start_flush(&mut self) -> Result<(), Error> {
        let frozen = MergeInput::Memtables(self.state.frozen());
        self.flushing = Some(self.start(frozen)?);
        Ok(())
    }

    /// Puts the segment of the frozen memtables in their place, if it is written or `wait` is true.
    /// If it could not be written, the flush may be tried again.
    fn finish_flush(&mut self, wait: bool) -> Result<(), Error> {
        let is_slow = self.limits.background == Background::Slow;
        let is_ready = |merge: &mut RunningMerge| wait || merge.is_finished() && !is_slow;
        let Some(flushing) = self.flushing.take_if(is_ready) else { return Ok(()) };
        flushing.finish(&mut self.state.segments, self.state.commit + 1)?;
        self.state.forget_frozen();
        self.journal.frozen_is_segment();
        // With one more segment, a merge that has failed is tried again.
        self.merge_failed = None;
        Ok(())
    }

    /// Merges some segments on this thread.
    fn merge_now(&mut self, range: Range<usize>) -> Result<(), Error> {
        let input = MergeInput::Segments(self.state.segments[range].to_vec());
        let merged = self.new_segment().merge(&input)?;
        install(merged, &input, &mut self.state.segments, self.state.commit + 1);
        self.state.is_manifest_dirty = true;
        Ok(())
    }

    fn start_merge(&mut self) {
        if self.merging.is_some() {
            return;
        }
        let due = policy::choose(&self.state.segments, self.limits.memtable_articles);
        if let Some(range) = due {
            let input = MergeInput::Segments(self.state.segments[range].to_vec());
            match self.start(input) {
                Ok(merging) => self.merging = Some(merging),
                Err(error) => self.merge_failed = Some(self.storage.place().name_in(error)),
            }
        }
    }

    /// Puts the merged segment in its place, if it is written or `wait` is true.
    fn finish_merge(&mut self, wait: bool) {
        if let Some(merging) = self.merging.take_if(|merging| wait || merging.is_finished()) {
            let commit = self.state.commit + 1;
            let merged = merging.finish(&mut self.state.segments, commit);
            self.merge_failed = self.storage.place().name(merged).err();
            self.state.is_manifest_dirty |= self.merge_failed.is_none();
        }
    }

    fn start(&mut self, input: MergeInput) -> Result<RunningMerge, Error> {
        let merge = RunningMerge::start(self.new_segment(), input)?;
        if self.limits.background != Background::Concurrent {
            merge.wait();
        }
        Ok(merge)
    }

    fn new_segment(&mut self) -> NewSegment {
        NewSegment {
            storage: Arc::clone(&self.storage),
            names: self.manifest.names,
            number: self.take_number(),
            schema: self.schema,
            texts: self.state.len,
        }
    }
}

impl Drop for IndexWriter {
    fn drop(&mut self) {
        // The threads write, and must not outlive the lock.
        self.finish_merge(true);
        let _ = self.finish_flush(true);
    }
}
