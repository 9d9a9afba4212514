//! What every stage reads: the articles, what is known of them, and what is asked for.

use std::cmp::Reverse;

use super::config::Config;
use super::exact_duplicates::ExactDuplicates;
use super::sources::Sources;
use crate::article::Article;
use crate::collection::Texts;
use crate::date::Date;
use crate::idf::Idf;
use crate::parallel;
use crate::run::Run;
use crate::sketch::signer::SignedCollection;

/// The input of the stages, the same for all.
#[derive(Clone, Copy)]
pub(super) struct Input<'a> {
    pub(super) config: &'a Config,
    /// The weights of words.
    pub(super) idf: &'a Idf,
    pub(super) articles: &'a Run<'a>,
    pub(super) signed: &'a SignedCollection,
    /// The place of each article in the [order for representatives](ranks).
    pub(super) rank: &'a [u32],
    pub(super) duplicates: &'a ExactDuplicates,
    /// Which articles may be a pair by their sources.
    pub(super) sources: &'a Sources,
    /// The pairs whose fate is asked for.
    pub(super) watched: &'a Watched,
}

impl<'a> Input<'a> {
    /// One article of every different text, ascending.
    pub(super) fn texts(&self) -> &'a [u32] {
        self.duplicates.representatives()
    }
}

/// Two different texts, the smaller number first.
pub(super) type Candidate = (u32, u32);

/// Pairs whose fate is asked for: stages return which of them they drop.
#[derive(Debug, Default)]
pub(super) struct Watched(Vec<Candidate>);

impl Watched {
    pub(super) fn new(pairs: impl IntoIterator<Item = Candidate>) -> Self {
        let mut pairs: Vec<Candidate> = pairs.into_iter().collect();
        pairs.sort_unstable();
        pairs.dedup();
        Watched(pairs)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn contains(&self, candidate: Candidate) -> bool {
        self.0.binary_search(&candidate).is_ok()
    }

    /// Those of some candidates, which are sorted.
    pub(super) fn among(&self, candidates: &[Candidate]) -> Vec<Candidate> {
        let is_among = |pair: &Candidate| candidates.binary_search(pair).is_ok();
        self.0.iter().copied().filter(is_among).collect()
    }
}

/// What the order for representatives goes by first: the date in Unix seconds, then the length in
/// bytes. Articles without a date come last.
pub(super) fn rank_key(date: Option<i64>, length: usize) -> ((u8, i64), Reverse<usize>) {
    (date.map_or((1, 0), |date| (0, date)), Reverse(length))
}

/// For each article its place in the order for representatives: earliest date, then longest, then
/// smallest id, then first in the input.
pub(super) fn ranks(articles: &dyn Texts, lengths: &[usize]) -> Vec<u32> {
    let key = |(&length, i): (&usize, u32)| {
        let Article { date, id, .. } = articles.article(i as usize);
        (rank_key(date.map(Date::unix_seconds), length), id, i)
    };
    let mut order: Vec<_> = lengths.iter().zip(0..).map(key).collect();
    parallel::sort(&mut order);
    let mut rank = vec![0; order.len()];
    for (place, &(.., i)) in order.iter().enumerate() {
        rank[i as usize] = place as u32;
    }
    rank
}
