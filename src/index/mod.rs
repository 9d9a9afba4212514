//! An index of articles that keep arriving, are corrected and withdrawn, and grow old.
//!
//! ```text
//!                face: live, snapshot, open, backup, reindex, verify, repair
//!                  |                                   |
//!    write: memtable, log, merges          search: candidates, verdicts, answer
//!                  |                                   |
//!                  +------- view: all leaves ----------+
//!                                  |
//!                     segment: articles in one file
//!                                  |
//!                     store: files, checksums, names
//! ```
//!
//! Each line uses those below it alone, and `write` and `search` know nothing of each other.
//!
//! ```text
//! insert ──> memtable ──> segment ──> larger segments ──> dropped
//!    └─────> log, on commit
//!            every 4,096 articles     merged in fours     expired as a whole
//! ```
//!
//! The newest articles are in a [memtable](write::memtable), and in a [log](store::log) once a
//! commit has acknowledged them. Threads [write and merge](write::merge) older ones into immutable
//! [segments](segment::reader), files that are mapped into memory and [searched](search) where they
//! lie. A small [manifest](store::manifest) says which files count. It is replaced atomically, so
//! that at any moment there is one consistent state, and whoever has opened it keeps it.
//!
//! `FORMAT.md` describes the files byte by byte.
//!
//! **Why not an existing store.** Articles are written once and searched where they lie, in an
//! order that no store has: the first bits of every key. What is left for a store is the newest
//! articles and the list of files. Measured for that part, 600 bytes an article, synced in commits
//! of 1,000 (`benches/stores`, best of five rounds on one machine; the second figure with keys in
//! random order):
//!
//! | | articles/s | bytes written an article | read by other processes | crates |
//! |---|---|---|---|---|
//! | a log, as here | 1,130,000; 420,000 to 660,000 | 612 | yes | |
//! | redb 4.6 | 260,000 to 300,000; 33,000 | 1,040; 5,470 | experimental | 1, Rust 1.90 |
//! | fjall 3.1 | 378,000; 181,000 | 1,246 | no | 40, Rust 1.90 |
//! | SQLite 3.54, WAL, synchronous=FULL | 254,000; 15,000 | 1,446; 17,300 | yes | 12 and a C compiler |
//!
//! Article ids are keys in random order. At 60,000 articles a second redb and SQLite would fall
//! short by themselves, fjall cannot be read by a second process, and all write each article twice
//! or more. A log that is only appended to and read as a whole, and a list that is only replaced,
//! are some 400 lines, which are tested with faults, kills and power losses.

mod backup;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod limits;
mod live;
mod open;
mod reindex;
mod repair;
mod search;
mod segment;
mod snapshot;
mod store;
mod stored;
#[cfg(test)]
mod tests;
mod verify;
mod view;
mod write;

pub use live::Index;
pub use open::IndexOptions;
pub use repair::Repaired;
pub use search::answer::{Answer, IndexStats, Match, Provenance, Query, Verified};
pub use snapshot::Snapshot;
pub use stored::Stored;
