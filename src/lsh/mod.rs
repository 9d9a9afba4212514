//! Locality-sensitive hashing: from signatures to the pairs worth a look.

pub(crate) mod columns;
pub(crate) mod hamming;
mod heads;
pub(crate) mod join;
pub(crate) mod keys;
mod pieces;
mod sieve;
pub(crate) mod table;
pub(crate) mod tuning;
