//! Two texts, looked at closely: overlap, alignment, passages, and the features that a verdict is
//! predicted from.
//!
//! [`analysis`] calls the others in order; none of them knows what the [verdict](crate::verify) is.

pub(crate) mod align;
pub(crate) mod analysis;
pub(crate) mod context;
mod coverage;
pub(crate) mod extraction;
pub(crate) mod features;
mod lexical_overlap;
pub(crate) mod overlap;
pub(crate) mod parsed;
pub(crate) mod passages;
pub(crate) mod sentence_pairs;
pub(crate) mod sides;
pub(crate) mod story;
pub(crate) mod vocabulary;
