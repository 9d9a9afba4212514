//! Verification: what two texts are to each other, and how likely that is.
//!
//! ```text
//! two parsed texts ──> features (compare/) ──> model ──> class probabilities ──> verdict
//! ```
//!
//! A single pair and a pair in a collection have the same features and the same model, so that a
//! comparison of two files, a batch and an index agree. Whether two texts tell of one event has a
//! second model, which also weighs what a collection says: most pairs that the first was fitted to
//! share text, and accounts of one event need not.
//!
//! [`policy`] holds every threshold that is set by hand; [`model`] and its [constants](fitted) hold
//! what was learned from labelled pairs. [`verdict`] combines them for two texts, [`pair`] computes
//! no more of a pair than is asked for, and [`candidate`] decides which candidates are reported.

pub(crate) mod candidate;
mod fitted;
pub(crate) mod model;
pub(crate) mod pair;
pub(crate) mod policy;
pub(crate) mod relation;
mod trees;
pub(crate) mod verdict;
