//! Two texts, looked at closely.

pub(crate) mod align;
pub(crate) mod overlap;
pub(crate) mod passages;
pub(crate) mod relation;
