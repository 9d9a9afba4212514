//! Key tables: which articles of a segment have a key.

mod cursor;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use cursor::Cursor;
pub(crate) use table::{Bucket, KeyTable, Superblock};
pub(crate) use writer::KeyTableWriter;
