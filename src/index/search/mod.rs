//! How an index is searched: from a text to candidates, to matches, to an answer.
//!
//! | file | |
//! |---|---|
//! | [`answer`] | queries and answers |
//! | [`signed`] | the text of a query, signed |
//! | [`candidates`] | texts that may match |
//! | [`by_bands`], [`by_anchors`], [`by_terms`] | the three candidate generators |
//! | [`by_passages`] | articles that have a passage of the text, in an index that finds them |
//! | [`weights`] | what key terms and words are worth, learned from the index |
//! | [`verifier`] | compares the texts of candidates |
//! | [`hit`], [`cluster`], [`provenance`] | what the answer says of the matches |
//! | [`searcher`] | all of these, one after another |

pub(crate) mod answer;
pub(crate) mod by_anchors;
pub(crate) mod by_bands;
pub(crate) mod by_passages;
pub(crate) mod by_terms;
pub(crate) mod candidates;
pub(crate) mod cluster;
pub(crate) mod hit;
pub(crate) mod provenance;
pub(crate) mod searcher;
pub(crate) mod signed;
pub(crate) mod verifier;
pub(crate) mod weights;
