//! What results are made of: the types in the fields of [`Pairs`](crate::Pairs),
//! [`Clusters`](crate::Clusters), [`Comparison`](crate::Comparison),
//! [`SharedPassages`](crate::SharedPassages) and [`Answer`](crate::Answer).
//!
//! | of | types |
//! |---|---|
//! | a collection | [`PairList`], [`PairIter`], [`LinkKind`]; [`ClusteredArticle`], [`Weakest`], [`StoryCluster`], [`LeastSure`]; [`Stats`], [`GeneratorStats`]; [`Fate`] |
//! | two texts | [`Passages`], [`Passage`], [`PassageKind`]; [`Story`], [`Evidence`], [`WeightedOverlap`], [`Sides`] |
//! | passages | [`Place`], [`Origins`] |
//! | an index | [`Verified`], [`Provenance`], [`Stored`], [`IndexStats`], [`Repaired`] |

pub use crate::cluster::{LeastSure, StoryCluster, Weakest};
pub use crate::compare::overlap::WeightedOverlap;
pub use crate::compare::passages::{Passage, PassageKind, Passages};
pub use crate::compare::sides::Sides;
pub use crate::compare::story::Story;
pub use crate::comparison::evidence::Evidence;
pub use crate::detector::pairs::{PairIter, PairList};
pub use crate::detector::results::{ClusteredArticle, Fate, GeneratorStats, Stats};
#[cfg(feature = "index")]
pub use crate::index::{IndexStats, Provenance, Repaired, Stored, Verified};
pub use crate::passages::results::{Origins, Place};
pub use crate::verify::relation::LinkKind;
