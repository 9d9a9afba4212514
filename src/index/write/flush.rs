//! How the newest articles come into a segment.
//!
//! A table that is full takes no more; a thread of its own writes it, while the next articles go
//! into another. Meanwhile all of them are in the log. When the segment is there, the next commit
//! begins a log with what has come since, and then the manifest names both. At most one table is
//! being written: who fills the next before that waits.

use crate::error::Error;
use crate::index::write::merge::Merging;
use crate::index::writer::Index;

#[cfg(not(test))]
fn is_there(flushing: &Merging) -> bool {
    flushing.is_finished()
}

#[cfg(test)]
thread_local! {
    /// Whether segments are there only when somebody waits for them, as if the disk were slow: else
    /// at once.
    pub(crate) static SLOW: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

#[cfg(test)]
fn is_there(flushing: &Merging) -> bool {
    flushing.is_finished() && !SLOW.get()
}

impl Index {
    /// Makes room in memory for one more article.
    pub(crate) fn make_room(&mut self) -> Result<(), Error> {
        self.flush_full()?;
        self.freeze();
        self.start_flush()
    }

    /// Moves all articles that are in memory into segments, which no manifest names yet.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        self.flush_full()?;
        if self.state.recent.len() > 0 {
            self.freeze();
            self.flush_full()?;
        }
        // What the records say is in the segments, or in what is gone of them.
        self.moved |= !self.pending.bytes.is_empty();
        self.state.reshaped = true;
        self.forget_pending();
        self.carried = Vec::new();
        self.log = None;
        Ok(())
    }

    /// Moves those of the tables that are full, and waits for it.
    fn flush_full(&mut self) -> Result<(), Error> {
        // What has failed before may work now.
        if self.finish_flush(true).is_err() || !self.state.full.is_empty() {
            self.start_flush()?;
            self.finish_flush(true)?;
        }
        Ok(())
    }

    /// Begins a new table. None may be full that is in no segment.
    fn freeze(&mut self) {
        self.state.freeze();
        self.since.clear();
        self.pending_since = self.pending.bytes.len();
    }

    fn start_flush(&mut self) -> Result<(), Error> {
        let full = self.state.full_parts().collect();
        let (storage, number) = (self.storage.clone(), self.take_number());
        self.flushing = Some(Merging::start(
            storage,
            self.manifest.names,
            full,
            number,
            self.shared.shape,
            self.len(),
        )?);
        // So that the same calls make the same disk.
        #[cfg(test)]
        self.settle();
        Ok(())
    }

    /// Puts the new segment to the others, if it is there or is to be waited for. If it could not
    /// be written, it may be tried again.
    pub(crate) fn finish_flush(&mut self, wait: bool) -> Result<(), Error> {
        let Some(flushing) = self.flushing.take_if(|flushing| wait || is_there(flushing)) else {
            return Ok(());
        };
        flushing.install(&mut self.state.segments, self.state.commit + 1)?;
        self.state.full.clear();
        self.state.reshaped = true;
        // With one segment more, what has failed to be merged is tried again.
        self.merge_failed = None;
        self.carried = std::mem::take(&mut self.since);
        self.moved |= self.pending_since > 0;
        self.pending.bytes.drain(..self.pending_since);
        self.pending_since = 0;
        self.log = None;
        Ok(())
    }

    pub(crate) fn forget_pending(&mut self) {
        self.pending.bytes.clear();
        self.pending_since = 0;
    }
}
