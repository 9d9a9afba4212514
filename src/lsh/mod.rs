//! Locality-sensitive hashing: from signatures to the pairs worth a look.

pub(crate) mod hamming;
pub(crate) mod join;
pub(crate) mod keys;
mod pieces;
pub(crate) mod table;
pub(crate) mod tuning;
