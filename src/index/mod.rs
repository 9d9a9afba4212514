//! An index that lives: articles keep arriving, are changed and withdrawn, and grow old.
//!
//! ```text
//! insert ──> recent (memory) ──> segment ──> larger segments ──> dropped
//!    └─────> log (on commit)     every 4,096 articles, merged in fours, expired whole
//! ```
//!
//! The newest articles lie [in memory](recent), and in a [log](log) from the commit that
//! acknowledged them; threads [write](flush) and [merge](merge) older ones into immutable
//! [segments](segment), files that are mapped into memory and [searched](search) where they lie. A
//! small [manifest](manifest) says which files count. It is replaced in one step, so that at any
//! moment there is one consistent state, and who has opened it keeps it.
//!
//! Byte by byte the files are described in `FORMAT.md`.
//!
//! **Why not a store that exists.** The articles are written once and searched where they lie, in
//! an order that no store has: the first bits of every key. What is left for a store is the newest
//! articles and the list of files. Measured for that part, 600 bytes an article, synced in commits
//! of 1,000 (`benches/stores`, best of five rounds on one machine; the second figure with keys in
//! no order):
//!
//! | | articles/s | bytes written an article | read by other processes | crates |
//! |---|---|---|---|---|
//! | a log, as here | 1,130,000; 420,000 to 660,000 | 612 | yes | |
//! | redb 4.6 | 260,000 to 300,000; 33,000 | 1,040; 5,470 | experimental | 1, Rust 1.90 |
//! | fjall 3.1 | 378,000; 181,000 | 1,246 | no | 40, Rust 1.90 |
//! | SQLite 3.54, WAL, synchronous=FULL | 254,000; 15,000 | 1,446; 17,300 | yes | 12 and a C compiler |
//!
//! Article ids are keys in no order. At 60,000 articles a second redb and SQLite would fall short
//! by themselves, fjall cannot be read by a second process, and all write each article twice or
//! more. A log that is only appended to and read whole, and a list that is only replaced, are some
//! 400 lines, which faults, kills and power losses are tested on.

mod backup;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod open;
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
mod writer;

pub use backup::backup;
pub use open::IndexOptions;
pub use repair::{Repaired, repair};
pub use search::answer::{Answer, IndexStats, Match, Query, Reach, Verified};
pub use snapshot::Snapshot;
pub use stored::Stored;
pub use verify::verify;
pub use writer::Index;
