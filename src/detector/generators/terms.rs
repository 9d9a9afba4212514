//! Candidates that share key terms: rewrites, and independent accounts of one event.
//!
//! Two texts are candidates if they share two of their best terms and the cosine of all their terms
//! is high enough. It must be higher if many texts are near to both, as those on a current topic
//! are. Pairs that are hardly likely to be of one event are not worth comparing: the probability
//! that is expected of them counts instead.
//!
//! A nanosecond or two for each two texts with a term in common, of which each term has a thousand
//! at most, and 100 for each pair with two.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::collection::Texts;
use crate::detector::config::Config;
use crate::detector::events::{EventPair, Neighbours};
use crate::detector::input::{Candidate, Input};
use crate::detector::results::GeneratorStats;
use crate::detector::term_cache::TermCache;
use crate::lsh::postings::Postings;
use crate::parallel;
use crate::sketch::key_terms::CosineCounter;
use crate::sketch::lists::Lists;
use crate::verify::policy::{LEAST_EVENT, is_close, is_near, not_worth_comparing};

/// Key terms that two texts must share.
pub(in crate::detector) const MIN_SHARED: u16 = 2;

/// What key terms propose.
pub(in crate::detector) struct ByTerms {
    /// Sorted, each once.
    pub(in crate::detector) candidates: Vec<Candidate>,
    pub(in crate::detector) stats: GeneratorStats,
    /// Pairs that are close, but not worth comparing.
    pub(in crate::detector) unlikely: Vec<EventPair>,
    /// Watched pairs whose terms are not close enough.
    pub(in crate::detector) dropped: Vec<Candidate>,
}

/// The pairs of different texts that are close enough to be compared; and for each article, how
/// many others are near to it. Pairs further apart in time than the story window count as near but
/// are not proposed.
pub(in crate::detector) fn propose(
    input: Input<'_>,
    terms: &TermCache<'_>,
) -> (ByTerms, Neighbours) {
    let Input { config, articles, watched, .. } = input;
    let time_apart = time_apart(articles);
    let in_window = |a, b| is_in_window(config, time_apart(a, b));
    let Near { pairs: mut candidates, keys, proposed, neighbours } =
        join(terms, input.texts(), |a, b, is_near| {
            is_near && in_window(a, b) || watched.contains((a, b))
        });
    let closeness = parallel::map(candidates.len(), LeftTerms::default, |left, i| {
        left.set(terms, candidates[i].0).closeness(terms.of(candidates[i].1))
    });
    // The probability expected of the pairs that are not worth comparing; 0 if they are not close.
    let (texts, least) = (input.texts().len(), config.min_confidence());
    let not_worth = parallel::map(
        candidates.len(),
        || (),
        |(), i| {
            let (a, b) = candidates[i];
            let known = neighbours.known(a, b, closeness[i].cosine);
            let (near, apart) = (known.neighbours, time_apart(a, b));
            match in_window(a, b) && is_close(known) {
                true => not_worth_comparing(closeness[i], near, apart, texts, least),
                false => Some(0.0),
            }
        },
    );
    let mut not_worth = not_worth.into_iter();
    let (mut unlikely, mut dropped) = (Vec::new(), Vec::new());
    candidates.retain(|&(left, right)| {
        let Some(event) = not_worth.next().flatten() else { return true };
        unlikely.extend((event >= LEAST_EVENT).then_some(EventPair { left, right, event }));
        dropped.extend(watched.contains((left, right)).then_some((left, right)));
        false
    });
    let stats = GeneratorStats { keys, candidates: proposed, ..GeneratorStats::default() };
    (ByTerms { candidates, stats, unlikely, dropped }, neighbours)
}

/// Whether two articles so many seconds apart are in one story window, as far as that is known.
pub(in crate::detector) fn is_in_window(config: &Config, seconds_apart: Option<u64>) -> bool {
    let apart = seconds_apart.zip(config.story_window());
    apart.is_none_or(|(apart, window)| apart <= window)
}

/// For each article, how many of `texts`, which ascend, are near to it.
pub(in crate::detector) fn neighbours(terms: &TermCache<'_>, texts: &[u32]) -> Neighbours {
    join(terms, texts, |_, _, _| false).neighbours
}

/// What a join of texts by their key terms gives.
struct Near {
    pairs: Vec<Candidate>,
    keys: u64,
    /// How many pairs share two keys.
    proposed: u64,
    neighbours: Neighbours,
}

/// Joins texts that share two keys, counts for each how many are near to it, and returns the pairs
/// that `keep` accepts, given whether they are near.
fn join(
    terms: &TermCache<'_>,
    texts: &[u32],
    keep: impl Fn(u32, u32, bool) -> bool + Sync + Send,
) -> Near {
    let keys = Lists::of(parallel::map(texts.len(), || (), |(), i| terms.keys(texts[i])));
    let of = |text: u32| keys.get(texts.partition_point(|&other| other < text));
    // Terms of too many texts are no keys, so no list is too long.
    let postings = Postings::new(texts, of, usize::MAX, |_| false);
    let counts: Vec<AtomicU32> = (0..terms.articles()).map(|_| AtomicU32::new(0)).collect();
    let (proposed, pairs) = postings.pairs(MIN_SHARED, LeftTerms::default, |left, a, b, _| {
        let is_near = is_near(left.set(terms, a).cosine(terms.of(b)));
        for text in [a, b].into_iter().filter(|_| is_near) {
            counts[text as usize].fetch_add(1, Ordering::Relaxed);
        }
        keep(a, b, is_near)
    });
    let counts = counts.into_iter().map(AtomicU32::into_inner).collect();
    let neighbours = Neighbours { counts, texts: texts.len() as u64 };
    Near { pairs, keys: postings.len() as u64, proposed, neighbours }
}

/// The terms of one left text, to be compared with those of one right text after the other.
#[derive(Default)]
struct LeftTerms {
    counter: CosineCounter,
    /// The left text that is set.
    left: Option<u32>,
}

impl LeftTerms {
    fn set(&mut self, terms: &TermCache<'_>, left: u32) -> &CosineCounter {
        if self.left.replace(left) != Some(left) {
            self.counter.set_left(terms.of(left));
        }
        &self.counter
    }
}

/// The seconds between two articles, if both have a date.
fn time_apart(articles: &dyn Texts) -> impl Fn(u32, u32) -> Option<u64> + Sync + Send {
    let date = |text: usize| articles.article(text).date.map(|date| date.unix_seconds());
    let dates: Vec<Option<i64>> = (0..articles.len()).map(date).collect();
    move |a, b| dates[a as usize].zip(dates[b as usize]).map(|(a, b)| a.abs_diff(b))
}
