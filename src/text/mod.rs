//! Text: when are two words the same, and where do they stand?

pub(crate) mod annotations;
pub(crate) mod fold;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
pub(crate) mod paragraphs;
pub(crate) mod scan;
pub(crate) mod script;
pub(crate) mod terms;
pub(crate) mod utf8;
pub(crate) mod words;
