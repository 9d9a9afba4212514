//! Candidate generators: which pairs of texts are worth a closer look.
//!
//! | generator | what two articles must share | finds |
//! |---|---|---|
//! | [`bands`] | one band of their signatures | near duplicates |
//! | [`anchors`] | two rare sampled shingles | excerpts, cuts, revised and garbled copies |
//! | [`terms`] | two of their best key terms, and much of the others | rewrites, independent accounts |

pub(super) mod anchors;
pub(super) mod bands;
pub(super) mod large_buckets;
pub(super) mod terms;
