//! Two texts, looked at closely.

pub(crate) mod overlap;
pub(crate) mod relation;
