//! The files of an index: where they lie and what they are called, how they are written and
//! checked, and which of them count.
//!
//! | file | |
//! |---|---|
//! | [`storage`] | a flat set of files |
//! | [`fs`], `map` | a directory of the file system, and its files in memory |
//! | `faulty` | in tests, a disk that fails and loses power |
//! | [`names`] | what the files are called |
//! | [`blocks`] | files that are written once, with a checksum for every block |
//! | [`log`] | the file that every commit is appended to |
//! | [`settings`] | the configuration that an index was made with |
//! | [`manifest`] | the one file that says which others count |

pub(crate) mod blocks;
#[cfg(any(test, fuzzing))]
#[cfg_attr(fuzzing, allow(dead_code))] // fuzzing plans no faults
pub(crate) mod faulty;
pub(crate) mod fs;
pub(crate) mod log;
pub(crate) mod manifest;
mod map;
pub(crate) mod names;
pub(crate) mod settings;
pub(crate) mod storage;
