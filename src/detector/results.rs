//! What the work on a collection gives back: pairs, clusters, and how they were found.

use super::pairs::PairList;
use crate::cluster::{Cluster, StoryCluster};
use crate::names::named;

/// The similar pairs of a collection.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Pairs {
    /// The pairs, sorted by `left`, then `right`.
    pub pairs: PairList,
    /// How they were found.
    pub stats: Stats,
}

/// The similar pairs of a collection and the clusters they form.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Clusters {
    /// The texts of two articles or more, by representative; no article is in two.
    pub clusters: Vec<Cluster>,
    /// The stories of two texts or more, by representative; no text is in two. Empty unless the
    /// scope is [`Scope::Story`](crate::Scope).
    pub stories: Vec<StoryCluster>,
    /// The pairs, sorted by `left`, then `right`.
    pub pairs: PairList,
    /// How they were found.
    pub stats: Stats,
}

/// Counts of the work on a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Stats {
    /// Articles given.
    pub articles: usize,
    /// Articles without a word, which match nothing.
    pub empty: usize,
    /// Bytes of text given.
    pub bytes: usize,
    /// Different texts: exact duplicates count once.
    pub distinct: usize,
    /// Candidate pairs of different texts, from all generators.
    pub candidates: u64,
    /// Candidates whose sketches were close enough to compare the texts themselves.
    pub verified: u64,
    /// Near duplicates, by the bands of their signatures.
    pub bands: GeneratorStats,
    /// Texts in common, by rare sampled shingles.
    pub anchors: GeneratorStats,
    /// Stories, by two key terms in common.
    pub story: GeneratorStats,
    /// Pairs dropped because they share nothing but boilerplate: what many different texts have in
    /// common, such as the phrases of death notices.
    pub boilerplate: u64,
    /// Texts in buckets larger than the bucket limit, which were compared by their own text instead
    /// of pair by pair.
    pub in_large_buckets: usize,
}

impl Stats {
    /// The candidate generators by name.
    pub fn generators(&self) -> [(&'static str, GeneratorStats); 3] {
        [("bands", self.bands), ("anchors", self.anchors), ("story", self.story)]
    }
}

/// Counts of one candidate generator: each counts what was left of the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GeneratorStats {
    /// Keys of all articles together.
    pub keys: u64,
    /// Different keys left out because too many articles have them.
    pub left_out: u64,
    /// Pairs of articles that share enough keys.
    pub candidates: u64,
    /// Those whose sketches were close enough to compare the texts themselves.
    pub verified: u64,
    /// Those that are pairs, without the pairs that an earlier generator found.
    pub pairs: u64,
}

/// What became of two articles of a collection on the way to its pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fate {
    /// They are a pair.
    Found,
    /// No generator proposed them: they share no band, too few rare anchors, no two key terms.
    Apart,
    /// They were proposed, but their sketches have too little in common: rare anchors or key terms.
    Sketch,
    /// They were compared, and neither similarity nor passages nor story were enough.
    Compared,
    /// They share nothing but boilerplate, which many texts have.
    Boilerplate,
    /// They have one source, and only pairs [of different
    /// sources](crate::ConfigBuilder::across_sources) are asked for.
    SameSource,
}

named! {
    Fate, "fate":
    Found "found", Apart "apart", Sketch "sketch", Compared "compared", Boilerplate "boilerplate",
    SameSource "same-source"
}
