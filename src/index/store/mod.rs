//! Files: what they are called, how they are written and read, and which of them count.

pub(crate) mod blocks;
pub(crate) mod log;
pub(crate) mod manifest;
pub(crate) mod names;
pub(crate) mod settings;
pub(crate) mod storage;
pub(crate) mod wire;
