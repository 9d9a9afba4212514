//! Segments: articles in an immutable file that is searched where it lies.
//!
//! | file | |
//! |---|---|
//! | [`schema`] | which columns the segments of an index have |
//! | [`keys`], [`signature`], [`metadata`], [`terms`], [`texts`] | what is stored of an article |
//! | [`strings`], [`key_table`] | the two kinds of columns whose items differ in length |
//! | [`entries`] | sorts the entries of key tables
//! | [`directory`] | where the columns lie |
//! | [`leaf`] | what can be asked of a segment, and of a memtable |
//! | [`reader`], [`tombstones`] | a segment that is open, and which of its articles are deleted |

pub(crate) mod directory;
pub(crate) mod entries;
pub(crate) mod key_table;
pub(crate) mod keys;
pub(crate) mod leaf;
pub(crate) mod metadata;
pub(crate) mod reader;
pub(crate) mod schema;
pub(crate) mod signature;
pub(crate) mod strings;
pub(crate) mod terms;
pub(crate) mod texts;
pub(crate) mod tombstones;
