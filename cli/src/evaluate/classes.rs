//! The classes of the model, as bits, because a label may allow several.

/// The bits of `Example::classes`.
pub(crate) const REUSE: u8 = 1;
pub(crate) const SERIES: u8 = 2;
pub(crate) const PASSAGE: u8 = 4;
pub(crate) const STORY: u8 = 8;
pub(crate) const NONE: u8 = 16;
