//! An index that lives: articles keep arriving, are changed and withdrawn, and grow old.
//!
//! ```text
//! insert ──> recent (memory) ──> segment ──> larger segments ──> dropped
//!    └─────> log (on commit)     every 4,096 articles, merged in fours, expired whole
//! ```
//!
//! The newest articles lie [in memory](recent), and in a [log](log) from the commit that acknowledged them; older ones in immutable
//! [segments](segment), files that are mapped into memory and [searched](search) where they lie. A small [manifest](manifest) says which
//! files count. It is replaced in one step, so that at any moment there is one consistent state, and who has opened it keeps it.
//!
//! **Why not a store that exists.** What changes is small and simple: a log of a few thousand articles and a list of files. The rest must be
//! written once and read in place.

mod answer;
pub(crate) mod blocks;
mod build;
mod check;
mod entry;
pub(crate) mod log;
pub(crate) mod manifest;
mod merge;
pub(crate) mod names;
mod open;
mod part;
#[cfg(any(test, fuzzing))]
pub(crate) mod proof;
mod recent;
mod removed;
mod search;
mod segment;
pub(crate) mod settings;
mod shape;
mod snapshot;
mod state;
pub(crate) mod storage;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod weights;
pub(crate) mod wire;
mod write;

pub use answer::{Answer, Match, Query, Reach, Verified};
pub use check::{Repaired, repair, verify};
pub use open::IndexOptions;
pub use snapshot::Snapshot;
pub use write::{Index, IndexStats};
