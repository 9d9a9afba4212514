//! How articles get into an index: in memory, in the log, in segments.

pub(crate) mod build;
pub(crate) mod commit;
pub(crate) mod flush;
pub(crate) mod memtable;
pub(crate) mod merge;
pub(crate) mod state;
