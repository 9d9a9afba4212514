//! How articles get into an index: first into memory and the log, then into segments.
//!
//! | file | |
//! |---|---|
//! | [`indexed`], [`memtable`] | the newest articles, in memory |
//! | [`record`], [`state`] | the changes of an index, and what they add up to |
//! | [`journal`] | the changes that are in no segment yet: logged, and pending |
//! | [`plan`], [`build`] | writes a segment of the articles of some leaves |
//! | [`merge`], [`policy`] | merges segments, in the background; which of them |
//! | [`recovery`] | the state that the files of an index stand for |
//! | [`writer`] | commits: what is in memory becomes durable |

pub(crate) mod build;
pub(crate) mod indexed;
pub(crate) mod journal;
pub(crate) mod memtable;
pub(crate) mod merge;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod record;
pub(crate) mod recovery;
pub(crate) mod state;
pub(crate) mod writer;
