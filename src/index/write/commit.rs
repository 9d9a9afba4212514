//! How what the writer holds becomes durable: commits, flushes, merges.
//!
//! A commit adds a frame to the log, or, if segments have changed, stores them, a log that holds
//! what is in none, and the manifest that names them all. A file is durable, name and all, before
//! the manifest names it; what the manifest does not name any more is removed after.

use std::ops::Range;
use std::sync::Arc;

use crate::error::Error;
use crate::index::open::write_removed;
use crate::index::snapshot::View;
use crate::index::store::log::Log;
use crate::index::store::manifest::{self, Manifest};
use crate::index::store::names::{self, Numbered};
use crate::index::view::Part;
use crate::index::write::merge::{self, Merging};
use crate::index::writer::Index;

/// Segments from which a commit waits for the merge that goes on.
const MANY_SEGMENTS: usize = 40;
/// Articles that are left in the log when an index is closed, which whoever opens it reads; more
/// are moved into a segment.
const MANY_RECENT: u32 = 1024;

impl Index {
    /// Makes everything since the last commit durable, and seen by others: all of it or nothing.
    ///
    /// When it returns, the operating system has been told to write and has said that it did
    /// (fsync). That takes milliseconds, so commit some hundred articles at a time, or every
    /// second.
    ///
    /// # Errors
    /// If the operating system refuses. What was to be committed is still here, and may be
    /// committed later, when there is room again.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.finish_merge(self.state.segments.len() >= MANY_SEGMENTS);
        if let Err(error) = self.finish_flush(false) {
            // What it was to write is in the log as well.
            self.merge_failed = Some(error);
        }
        // What another process has left in its log may not be durable, and whoever commits may rely
        // on it.
        if self.pending.bytes.is_empty() && self.carried.is_empty() && !self.state.reshaped {
            return Ok(());
        }
        if self.log.as_ref().is_some_and(Log::is_broken) {
            self.flush()?;
        }
        // That files have changed is no commit.
        let commit = self.state.commit + u64::from(self.moved || !self.pending.bytes.is_empty());
        let mut reshaped = self.state.reshaped;
        match &mut self.log {
            Some(log) => {
                if !self.pending.bytes.is_empty() {
                    log.append(commit, &self.pending.bytes)?;
                    self.acknowledge(commit);
                }
                if reshaped {
                    let synced = self.log.as_ref().map_or(0, Log::synced);
                    self.store_manifest(self.state.commit, self.manifest.log, synced)?;
                }
            }
            None => {
                let number = self.take_number();
                let Manifest { names, settings, .. } = &self.manifest;
                let mut log = Log::create(&*self.storage, *names, number, settings)?;
                self.carried.extend_from_slice(&self.pending.bytes);
                let carried = self.carried.len() - self.pending.bytes.len();
                let appended = match self.carried.is_empty() {
                    true => Ok(()),
                    false => log.append(commit, &self.carried),
                };
                self.carried.truncate(carried);
                appended?;
                self.store_manifest(commit, number, log.synced())?;
                self.carried = Vec::new();
                self.log = Some(log);
                self.acknowledge(commit);
                reshaped = true;
            }
        }
        self.publish();
        if reshaped {
            self.state.reshaped = false;
            self.sweep();
            self.start_merge();
        }
        Ok(())
    }

    /// Merges all segments into as few as possible, at once, and commits: for an index that will be
    /// asked more than it is added to. Takes some microseconds an article.
    ///
    /// # Errors
    /// If a file is damaged, or the operating system refuses to write. Nothing is lost then.
    pub fn merge(&mut self) -> Result<(), Error> {
        self.finish_merge(true);
        if self.state.recent.len() > 0 || !self.state.full.is_empty() {
            self.flush()?;
        }
        let mut at = 0;
        while at < self.state.segments.len() {
            let rest = &self.state.segments[at..];
            let count =
                (1..=rest.len()).rev().find(|&count| merge::fits(&rest[..count])).unwrap_or(1);
            if count > 1 || rest[0].removed.len() > 0 {
                let before = self.state.segments.len();
                self.merge_now(at..at + count)?;
                if before - count == self.state.segments.len() {
                    continue;
                }
            }
            at += 1;
        }
        self.commit()
    }

    /// Merges some segments on this thread.
    fn merge_now(&mut self, range: Range<usize>) -> Result<(), Error> {
        let parts: Vec<Part> =
            self.state.segments[range].iter().cloned().map(Part::Segment).collect();
        let number = self.take_number();
        let merged = merge::write(
            &*self.storage,
            self.manifest.names,
            &parts,
            number,
            &self.shared.shape,
            self.len(),
        )?;
        merge::put(merged, &parts, &mut self.state.segments, self.state.commit + 1);
        self.state.reshaped = true;
        Ok(())
    }

    /// Commits, and leaves few segments and little in the log, so that the index is soon opened and
    /// asked: every segment has as many articles as all later ones together, or more. That takes
    /// some microseconds an article after very many were added, and nothing to speak of after a
    /// few. To drop an index is to forget what was not committed.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn close(mut self) -> Result<(), Error> {
        self.commit()?;
        // If it fails, what it was to write is in the log.
        let _ = match self.state.recent.len() {
            0..=MANY_RECENT => self.finish_flush(true),
            _ => self.flush(),
        };
        self.commit()?;
        // Segments that wait to be merged, while more articles came than a thread can merge.
        while self.merging.is_some() {
            self.finish_merge(true);
            self.commit()?;
        }
        if let Some(small) = merge::small(&self.state.segments) {
            // If it fails, they are as they were.
            let _ = self.merge_now(small);
        }
        self.commit()?;
        // So that who opens it knows what was acknowledged.
        match self.log.as_ref().map(Log::synced) {
            Some(synced) if synced != self.manifest.log_bytes => {
                self.store_manifest(self.state.commit, self.manifest.log, synced)?;
                self.sweep();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Writes what is in memory, and all that names files, anew.
    pub(crate) fn rewrite(&mut self) -> Result<(), Error> {
        self.flush()?;
        self.commit()
    }

    pub(crate) fn take_number(&mut self) -> u64 {
        self.next_file += 1;
        self.next_file - 1
    }

    fn store_manifest(&mut self, commit: u64, log: u64, log_bytes: u64) -> Result<(), Error> {
        let segments = &self.state.segments;
        let entry = |part: &crate::index::view::SegmentPart| manifest::Entry {
            file: part.segment.number,
            length: part.segment.bytes(),
            articles: part.segment.articles(),
        };
        let entries = segments.iter().map(entry).collect();
        let removed = match segments.iter().any(|part| part.removed.len() > 0) {
            true => self.take_number(),
            false => 0,
        };
        if removed != 0 {
            write_removed(&*self.storage, self.manifest.names, removed, &self.state.segments)?;
        }
        let Manifest { names, settings, .. } = self.manifest;
        let (next_file, segments) = (self.next_file, entries);
        let manifest =
            Manifest { names, settings, commit, next_file, log, log_bytes, removed, segments };
        // The names of what it names come first.
        let synced = self.storage.sync_directory();
        synced.map_err(|error| Error::io("sync the directory of", names::MANIFEST, &error))?;
        manifest.store(&*self.storage)?;
        self.manifest = manifest;
        Ok(())
    }

    /// What was pending is durable, and seen.
    pub(crate) fn acknowledge(&mut self, commit: u64) {
        self.state.commit = commit;
        self.moved = false;
        if !self.state.full.is_empty() {
            self.since.extend_from_slice(&self.pending.bytes[self.pending_since..]);
        }
        self.forget_pending();
        self.publish();
    }

    pub(crate) fn log_bytes(&self) -> u64 {
        self.log.as_ref().map_or(self.carried.len() as u64, Log::len)
    }

    pub(crate) fn view(&self) -> View {
        View { log_bytes: self.log_bytes(), ..self.state.view() }
    }

    pub(crate) fn publish(&mut self) {
        let log_bytes = self.log_bytes();
        self.published = Arc::new(View { log_bytes, ..self.state.committed() });
    }

    /// Removes files that nothing names: what a process left that died, and what was merged or
    /// replaced. What cannot be removed now is removed another time.
    pub(crate) fn sweep(&self) {
        let Manifest { names: ours, log, removed, segments, .. } = &self.manifest;
        let written =
            [&self.merging, &self.flushing].map(|written| written.as_ref().map(|new| new.number));
        let named = |name: &str| match names::parse(name).filter(|(.., of)| of == ours) {
            Some((Numbered::Segment, number, _)) => {
                written.contains(&Some(number)) || segments.iter().any(|entry| entry.file == number)
            }
            Some((Numbered::Log, number, _)) => number == *log,
            Some((Numbered::Removed, number, _)) => number == *removed,
            None => ![names::MANIFEST, names::MANIFEST_COPY]
                .iter()
                .any(|new| name == ours.unfinished(new)),
        };
        for name in self.storage.list().unwrap_or_default() {
            if !named(&name) {
                let _ = self.storage.remove(&name);
            }
        }
    }

    /// Waits for the merges that go on, but does not put what was merged in its place: to make a
    /// test the same each time.
    #[cfg(test)]
    pub(crate) fn settle(&self) {
        for merging in [&self.merging, &self.flushing].into_iter().flatten() {
            while !merging.is_finished() {
                std::thread::yield_now();
            }
        }
    }

    pub(crate) fn start_merge(&mut self) {
        if self.merging.is_some() {
            return;
        }
        if let Some(range) = merge::choose(&self.state.segments, &self.shared.shape) {
            let inputs = self.state.segments[range].iter().cloned().map(Part::Segment).collect();
            let number = self.take_number();
            let storage = Arc::clone(&self.storage);
            match Merging::start(
                storage,
                self.manifest.names,
                inputs,
                number,
                self.shared.shape,
                self.len(),
            ) {
                Ok(merging) => self.merging = Some(merging),
                Err(error) => self.merge_failed = Some(error),
            }
        }
    }

    /// Puts what was merged in its place, if the merge is finished or is to be waited for.
    pub(crate) fn finish_merge(&mut self, wait: bool) {
        if let Some(merging) = self.merging.take_if(|merging| wait || merging.is_finished()) {
            let commit = self.state.commit + 1;
            self.merge_failed = merging.install(&mut self.state.segments, commit).err();
            self.state.reshaped |= self.merge_failed.is_none();
        }
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        // Their threads write, and must not outlive the lock.
        self.finish_merge(true);
        let _ = self.finish_flush(true);
    }
}
