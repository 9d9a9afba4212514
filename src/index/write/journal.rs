//! The journal: the records of all changes that are in no segment yet.
//!
//! Changes are *pending* until a commit appends them to the log and so acknowledges them. When a
//! memtable is frozen, the records up to there will be in its segment; those after it will begin
//! the next log.

use crate::error::Error;
use crate::index::store::log::Log;
use crate::wire::Encoder;

#[derive(Default)]
pub(crate) struct Journal {
    /// The log that commits go to, once there is one. The log of another process is not continued:
    /// if that process could not make it durable, nobody can tell any more.
    log: Option<Log>,
    /// Acknowledged records that the next log begins with; none while there is a log.
    acknowledged: Vec<u8>,
    /// Acknowledged records since a memtable was frozen.
    acknowledged_after_freeze: Vec<u8>,
    pub(crate) pending: Encoder,
    /// Where in `pending` the records since then begin.
    freeze_mark: usize,
    /// Whether segments hold changes that no commit has acknowledged.
    unacknowledged_in_segments: bool,
}

impl Journal {
    /// The journal of an index whose log, written by another process, has these records.
    pub(crate) fn new(replayed: Vec<u8>) -> Self {
        Journal { acknowledged: replayed, ..Journal::default() }
    }

    pub(crate) fn log(&self) -> Option<&Log> {
        self.log.as_ref()
    }

    /// The bytes of the log, now or once it is written.
    pub(crate) fn log_bytes(&self) -> u64 {
        self.log.as_ref().map_or(self.acknowledged.len() as u64, Log::len)
    }

    /// Whether there is nothing to write. What another process has left in its log may not be
    /// durable, so it is to be written.
    pub(crate) fn is_clean(&self) -> bool {
        self.pending.bytes.is_empty() && self.acknowledged.is_empty()
    }

    /// Whether the next commit has changes to acknowledge.
    pub(crate) fn has_unacknowledged(&self) -> bool {
        self.unacknowledged_in_segments || !self.pending.bytes.is_empty()
    }

    /// Appends the pending records to the log, if there are any.
    pub(crate) fn append(&mut self, commit: u64) -> Result<(), Error> {
        match &mut self.log {
            Some(log) if !self.pending.bytes.is_empty() => log.append(commit, &self.pending.bytes),
            _ => Ok(()),
        }
    }

    /// Writes all records to a new log, which does not count before [`begin`](Self::begin).
    pub(crate) fn fill(&mut self, log: &mut Log, commit: u64) -> Result<(), Error> {
        let acknowledged = self.acknowledged.len();
        self.acknowledged.extend_from_slice(&self.pending.bytes);
        let appended = match self.acknowledged.is_empty() {
            true => Ok(()),
            false => log.append(commit, &self.acknowledged),
        };
        self.acknowledged.truncate(acknowledged);
        appended
    }

    /// Goes on with a new log that holds all records.
    pub(crate) fn begin(&mut self, log: Log) {
        self.acknowledged = Vec::new();
        self.log = Some(log);
    }

    /// The pending records are durable. `has_frozen`: a memtable waits to be a segment.
    pub(crate) fn acknowledge(&mut self, has_frozen: bool) {
        self.unacknowledged_in_segments = false;
        if has_frozen {
            let after = &self.pending.bytes[self.freeze_mark..];
            self.acknowledged_after_freeze.extend_from_slice(after);
        }
        self.forget_pending();
    }

    /// A memtable was frozen; no other may wait to be a segment.
    pub(crate) fn freeze(&mut self) {
        self.acknowledged_after_freeze.clear();
        self.freeze_mark = self.pending.bytes.len();
    }

    /// The frozen memtable is a segment: the next commit begins a log with the records after it.
    pub(crate) fn frozen_is_segment(&mut self) {
        self.acknowledged = std::mem::take(&mut self.acknowledged_after_freeze);
        self.unacknowledged_in_segments |= self.freeze_mark > 0;
        self.pending.bytes.drain(..self.freeze_mark);
        self.freeze_mark = 0;
        self.log = None;
    }

    /// All changes are in segments: the next commit begins an empty log.
    pub(crate) fn all_is_in_segments(&mut self) {
        self.unacknowledged_in_segments |= !self.pending.bytes.is_empty();
        self.forget_pending();
        self.acknowledged = Vec::new();
        self.log = None;
    }

    fn forget_pending(&mut self) {
        self.pending.bytes.clear();
        self.freeze_mark = 0;
    }
}
