//! The parts that can be used alone. They know hashes and numbers, so they serve other data than
//! text, too.
//!
//! | step | parts |
//! |---|---|
//! | text to words | [`Folding`], [`Words`] |
//! | words to shingles | [`Shingler`] of a [`Shingle`](crate::Shingle), with [`Scratch`] memory |
//! | a set to a signature | [`MinHasher`], [`Signature`], [`Estimate`]; [`SimHasher`], [`SimHash`] |
//! | text to sketch in one step | [`Sketcher`], [`Sketch`], [`SketchMatrix`] |
//! | signatures to candidates | [`Banding`]; [`Join`] of a whole matrix; [`LshTable`] of sketches that arrive; [`HammingIndex`] of SimHashes |
//! | exact figures | [`Overlap`], [`OverlapCounter`]; [`Idf`], the weights of words |
//!
//! A signature, a sketch, a matrix, a SimHash and a table can be stored: each has `to_bytes` and
//! `from_bytes`.

pub use crate::compare::overlap::{Overlap, OverlapCounter};
pub use crate::idf::Idf;
pub use crate::lsh::banding::Banding;
pub use crate::lsh::hamming::HammingIndex;
pub use crate::lsh::join::{Candidates, Join};
pub use crate::lsh::table::{LshTable, Neighbor};
pub use crate::shingle::{Scratch, Shingler};
pub use crate::sketch::minhash::{Estimate, MinHasher, Signature, variance_factor};
pub use crate::sketch::simhash::{SimHash, SimHasher};
pub use crate::sketch::{Sketch, SketchMatrix, Sketcher};
pub use crate::text::fold::Folding;
pub use crate::text::words::Words;
