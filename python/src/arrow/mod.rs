//! Columns of other libraries, in and out, by the Arrow PyCapsule interface, without copying and
//! without depending on any of them.
//!
//! | file | what |
//! |---|---|
//! | `abi` | the C structures, and who releases them |
//! | `import` | texts, numbers and dates read where they lie |
//! | `export` | columns of results, lent to whoever asks |
//!
//! The interface hands over raw pointers, so these three files are the only ones with `unsafe`.

pub(crate) mod abi;
pub(crate) mod export;
pub(crate) mod import;
