//! What the work on a collection gives back: pairs, clusters, and how they were found.

use std::collections::{HashMap, HashSet};

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

/// An article of a cluster, or of a story. Numbers are those of articles in the collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ClusteredArticle {
    /// The article.
    pub article: usize,
    /// The representative of its cluster; the article itself if it has no copy.
    pub cluster: usize,
    /// The first report of its story; its `cluster` if it is in none.
    pub story: usize,
}

impl Clusters {
    /// All articles that are in a cluster or in a story, cluster by cluster in the order of their
    /// representatives, each of which comes before the other articles of its cluster. An article
    /// without a copy that belongs to a story represents itself.
    ///
    /// ```
    /// use newsprint::{Config, Detector};
    ///
    /// let texts = ["The river rose by two metres.", "Rain.", "THE RIVER rose by two metres!"];
    /// let found = Detector::new(Config::default()).cluster(&texts);
    /// let rows: Vec<_> = found.articles().iter().map(|it| (it.article, it.cluster)).collect();
    /// assert_eq!(rows, [(0, 0), (2, 0)]);
    /// ```
    ///
    /// O(n log n) time for n clusters and stories.
    pub fn articles(&self) -> Vec<ClusteredArticle> {
        let story_of: HashMap<usize, usize> = self
            .stories
            .iter()
            .flat_map(|story| story.texts.iter().map(|&text| (text, story.representative)))
            .collect();
        let representatives: HashSet<usize> =
            self.clusters.iter().map(|cluster| cluster.representative).collect();
        let alone = story_of.keys().filter(|text| !representatives.contains(text));
        let mut all: Vec<(usize, &[usize])> = alone.map(|&text| (text, &[][..])).collect();
        let clusters = self.clusters.iter();
        all.extend(clusters.map(|cluster| (cluster.representative, &*cluster.members)));
        all.sort_unstable_by_key(|of| of.0);
        let mut articles = Vec::with_capacity(all.iter().map(|of| 1 + of.1.len()).sum());
        for (cluster, members) in all {
            let story = story_of.get(&cluster).copied().unwrap_or(cluster);
            let of_cluster = std::iter::once(&cluster).chain(members);
            articles.extend(of_cluster.map(|&article| ClusteredArticle {
                article,
                cluster,
                story,
            }));
        }
        articles
    }
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
