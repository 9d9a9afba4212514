//! An index on disk: articles are added, found and removed, and the process may die at any moment.

#![allow(dead_code)]

pub(crate) mod blocks;
pub(crate) mod log;
pub(crate) mod manifest;
pub(crate) mod names;
pub(crate) mod settings;
pub(crate) mod storage;
pub(crate) mod wire;
