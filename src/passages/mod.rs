//! Passages: what several articles of a collection share, wherever it stands in them.
//!
//! | stage | file |
//! |---|---|
//! | which shingles occur several times | [`counters`] |
//! | fingerprints are selected, and those kept that seem to occur several times | [`winnow`], [`fingerprints`] |
//! | texts to compare, for runs that are the same word for word | [`verbatim`], [`regions`] |
//! | texts to compare, for passages that were edited | [`edited`] |
//! | these are aligned | [`aligned`] |
//! | what is matched is joined to passages with many places | [`segments`], [`repeats`] |
//! | places are located in the texts, and it is told what a passage is | [`search`], [`kind`] |
//! | for an index, the fingerprints of one text | `fingerprinter` |
//!
//! Words are counted in *units*: words, or letters where the texts are scans.

pub(crate) mod aligned;
mod counters;
mod edited;
#[cfg(feature = "index")]
mod fingerprinter;
mod fingerprints;
mod grain;
pub(crate) mod kind;
mod regions;
mod repeats;
pub(crate) mod results;
pub(crate) mod search;
mod segments;
mod verbatim;
mod winnow;

#[cfg(feature = "index")]
pub(crate) use fingerprinter::Fingerprinter;
pub(crate) use grain::Grain;
