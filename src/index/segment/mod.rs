//! Segments: many articles in one immutable file, found by their keys where they lie.

pub(crate) mod entry;
pub(crate) mod key_table;
pub(crate) mod reader;
pub(crate) mod schema;
pub(crate) mod texts;
pub(crate) mod tombstones;
