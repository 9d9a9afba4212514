//! Clustering: the articles of one text form a [star](stars), and the texts of one event a story,
//! by [average linkage](linkage).

pub(crate) mod linkage;
pub(crate) mod stars;

use crate::compare::overlap::Overlap;
use crate::verify::candidate::PairLink;

/// The articles of one text: a representative, and others that each have text in common with it.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Cluster {
    /// The article that represents the cluster: the first to appear, where dates are given; of
    /// several, or without dates, the longest, then the one with the smallest id.
    pub representative: usize,
    /// The other articles, ascending.
    pub members: Vec<usize>,
    /// How many sources its articles come from; 0 if none is known.
    pub sources: usize,
    /// The least similar two of the cluster. They may lie below the threshold.
    pub weakest: Weakest,
}

impl Cluster {
    /// The number of articles, at least two.
    #[expect(clippy::len_without_is_empty, reason = "a cluster is never empty")]
    pub fn len(&self) -> usize {
        self.members.len() + 1
    }

    /// The representative, then the others.
    pub fn articles(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.representative).chain(self.members.iter().copied())
    }
}

/// The least similar pair of a cluster.
///
/// The least similar of all pairs, in a cluster of up to 64 different texts; in a bigger one, of
/// the pairs with the representative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Weakest {
    /// The article earlier in the input.
    pub left: usize,
    /// The other.
    pub right: usize,
    /// What they share, exactly.
    pub overlap: Overlap,
}

/// Texts about one event.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StoryCluster {
    /// The article that represents the story, its first report: of its texts' representatives the
    /// first in the same order, that is, by date.
    pub representative: usize,
    /// The representative of each of its texts, ascending, at least two: representatives of
    /// [clusters](Cluster), and articles that have no copy.
    pub texts: Vec<usize>,
    /// How many articles these texts have.
    pub articles: usize,
    /// How many sources they come from; 0 if none is known.
    pub sources: usize,
    /// The first article of each source, in the order of time; those without a date come last.
    pub by_source: Vec<usize>,
    /// At most five words that name it, the weightiest first: key terms that several of its texts
    /// have, as they stand in the first text.
    pub terms: Vec<String>,
    /// The text that is the least certain to belong to it.
    pub least_sure: LeastSure,
}

/// The text of a story that is the least likely to be of one event with the others.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LeastSure {
    /// Its representative.
    pub text: usize,
    /// The probability, the mean over the other texts, 0 to 1.
    pub event: f64,
}

/// Two articles found to be a pair, by number, the smaller first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) left: u32,
    pub(crate) right: u32,
    /// What they are to each other.
    pub(crate) found: PairLink,
}
