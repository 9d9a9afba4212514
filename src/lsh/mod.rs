//! Locality-sensitive hashing: from signatures and keys to candidate pairs.
//!
//! | file | what it does |
//! |---|---|
//! | [`banding`] | cuts a signature into bands, for a threshold and a recall |
//! | [`band_keys`] | hashes the bands of many signatures, a few bands at a time |
//! | [`key_prefilter`] | drops the keys of a band that only one article has |
//! | [`join`] | all candidate pairs of a collection, band by band |
//! | [`bucket_table`] | the hash table of one band, for articles that arrive one by one |
//! | [`table`] | insert signatures, query at any time |
//! | [`stored`] | such a table as bytes |
//! | [`partition`] | drops the entries of any list of keys that only one article has |
//! | [`postings`] | all pairs of articles that share enough keys of a list |
//! | [`hamming`] | SimHash neighbours within a Hamming distance |

pub(crate) mod band_keys;
pub(crate) mod banding;
mod bucket_table;
pub(crate) mod hamming;
pub(crate) mod join;
mod key_prefilter;
mod partition;
pub(crate) mod postings;
mod stored;
pub(crate) mod table;
