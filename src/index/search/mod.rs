//! How an index is asked: from a text to candidates, to matches, to an answer.

pub(crate) mod answer;
pub(crate) mod candidates;
pub(crate) mod provenance;
pub(crate) mod terms;
pub(crate) mod verifying;
pub(crate) mod weights;
