//! What is known of two articles apart from their texts.

use crate::article::Article;

/// What a collection says about two of its articles. An engine can count it with a JOIN and a GROUP
/// BY over key terms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct InCollection {
    /// The cosine of their key terms, weighted by how many texts have each term.
    pub(crate) cosine: f64,
    /// How many texts are about as near to one of them as accounts of one event may be: the
    /// geometric mean of both counts. If there are many, the two share a topic rather than an
    /// event.
    pub(crate) neighbours: u64,
    /// How many texts it has. Among more texts, more pairs are as close by chance.
    pub(crate) texts: u64,
}

/// What the dates and sources of two articles say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct PairMetadata {
    /// Seconds between their dates, if both are known.
    pub(crate) seconds_apart: Option<u64>,
    /// Whether they have the same source, if both are known.
    pub(crate) same_source: Option<bool>,
}

impl PairMetadata {
    /// The metadata of a pair of articles.
    pub(crate) fn of(left: &Article<'_>, right: &Article<'_>) -> Self {
        let dates = left.date.zip(right.date);
        PairMetadata {
            seconds_apart: dates.map(|(l, r)| l.unix_seconds().abs_diff(r.unix_seconds())),
            same_source: left.source.zip(right.source).map(|(l, r)| l == r),
        }
    }
}
