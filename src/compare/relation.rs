//! How two texts relate.

use std::fmt;

use super::overlap::Overlap;

/// How two texts relate, from the closest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Relation {
    /// The same words in the same order; only case, punctuation and spacing may differ.
    Identical,
    /// One text, changed here and there: the Jaccard similarity reaches the threshold.
    Copy,
    /// Neither.
    Different,
}

impl Relation {
    /// The relation's name in outputs: `identical`, `copy`, `different`.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Identical => "identical",
            Relation::Copy => "copy",
            Relation::Different => "different",
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a comparison of two texts found. All figures are exact.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// How the two relate.
    pub relation: Relation,
    /// What their shingles share.
    pub overlap: Overlap,
}

impl Comparison {
    /// The share of all shingles that both have, 0 to 1.
    pub fn jaccard(&self) -> f64 {
        self.overlap.jaccard()
    }
}
