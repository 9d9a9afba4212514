//! Explains what became of pairs of articles on the way to the pairs of their collection.
//!
//! The pairs asked about are watched: each stage returns which of them it drops.

use std::collections::HashMap;

use super::exact_duplicates::ExactDuplicates;
use super::input::{Candidate, Input, Watched};
use super::pipeline::{Found, has_edge};
use super::results::Fate;

/// The texts of some pairs of articles, to be watched.
pub(super) fn watched(pairs: &[(usize, usize)], duplicates: &ExactDuplicates) -> Watched {
    let texts = texts(duplicates);
    Watched::new(pairs.iter().filter_map(|&pair| texts(pair)))
}

/// What became of each of some pairs of articles, all of which were watched.
pub(super) fn fates(pairs: &[(usize, usize)], input: Input<'_>, found: &Found<'_>) -> Vec<Fate> {
    let texts = texts(input.duplicates);
    let fate = |&pair: &(usize, usize)| match texts(pair) {
        Some(_) if !input.sources.may_be_pair(pair.0, pair.1) => Fate::SameSource,
        Some((a, b)) if a == b => Fate::Found,
        Some(texts) => fate(found, texts),
        None => Fate::Apart,
    };
    pairs.iter().map(fate).collect()
}

/// What became of two different texts. If several stages dropped them, the last in the order of
/// [`Fate`] counts.
fn fate(found: &Found<'_>, texts: Candidate) -> Fate {
    if has_edge(&found.edges, texts) {
        return Fate::Found;
    }
    let start = found.dropped.partition_point(|dropped| dropped.0 < texts);
    let dropped = found.dropped[start..].iter().take_while(|dropped| dropped.0 == texts);
    dropped.map(|dropped| dropped.1).max().unwrap_or(Fate::Apart)
}

/// Maps two articles to the articles that represent their texts, if both have words.
fn texts(duplicates: &ExactDuplicates) -> impl Fn((usize, usize)) -> Option<Candidate> {
    let representatives: HashMap<u32, u32> = duplicates.representative_of_each();
    move |(a, b)| {
        let text = |i: usize| representatives.get(&u32::try_from(i).ok()?).copied();
        let (a, b) = (text(a)?, text(b)?);
        Some((a.min(b), a.max(b)))
    }
}
