//! Candidates that share rare anchors, sampled shingles: excerpts, cuts, revised and garbled
//! copies.

use crate::collection::Texts;
use crate::detector::input::{Candidate, Input};
use crate::detector::results::GeneratorStats;
use crate::lsh::postings::Postings;
use crate::sketch::anchors::for_each_shared;
use crate::verify::policy::{ANCHOR_LIMIT, LEAST_ANCHORS, ONE_SOURCE, Spread};

/// Anchors that two texts must share.
pub(in crate::detector) const MIN_SHARED: u16 = 2;

/// What anchors propose.
pub(in crate::detector) struct ByAnchors {
    /// Sorted, each once.
    pub(in crate::detector) candidates: Vec<Candidate>,
    pub(in crate::detector) stats: GeneratorStats,
    /// Watched pairs that share too small a part of their anchors.
    pub(in crate::detector) dropped: Vec<Candidate>,
}

/// The posting lists of the anchors of `texts`, which ascend. Leaves out the anchors that too many
/// texts have, and those of the page frame of one source.
pub(in crate::detector) fn postings<'t>(input: Input<'_>, texts: &'t [u32]) -> Postings<'t> {
    let anchors = |text: u32| input.signed.anchors.get(text as usize);
    let source = |text: u32| input.articles.article(text as usize).source;
    let is_frame = |texts: &mut dyn Iterator<Item = u32>| have_one_source(&mut texts.map(source));
    Postings::new(texts, anchors, ANCHOR_LIMIT, is_frame)
}

/// The pairs that share two rare anchors, and enough of the rare anchors of the text that has
/// fewer. Leaves out what is `known`.
pub(in crate::detector) fn propose(
    input: Input<'_>,
    postings: &Postings<'_>,
    known: impl Fn(Candidate) -> bool + Sync + Send,
) -> ByAnchors {
    let (proposed, candidates) = postings.pairs(
        MIN_SHARED,
        || (),
        |(), a, b, share| share >= LEAST_ANCHORS && !known((a, b)),
    );
    let dropped = if input.watched.is_empty() {
        Vec::new()
    } else {
        let is_dropped = |a, b, share| share < LEAST_ANCHORS && input.watched.contains((a, b));
        postings.pairs(MIN_SHARED, || (), |(), a, b, share| is_dropped(a, b, share)).1
    };
    let stats = GeneratorStats {
        keys: postings.len() as u64,
        left_out: postings.left_out() as u64,
        candidates: proposed,
        ..GeneratorStats::default()
    };
    ByAnchors { candidates, stats, dropped }
}

/// How many different texts have the anchors that two texts share; `frequencies` is scratch memory.
pub(in crate::detector) fn spread(
    input: Input<'_>,
    postings: &Postings<'_>,
    (left, right): Candidate,
    frequencies: &mut Vec<usize>,
) -> Spread {
    let [left, right] = [left, right].map(|text| input.signed.anchors.get(text as usize));
    frequencies.clear();
    for_each_shared(left, right, |anchor| frequencies.push(postings.document_frequency(anchor)));
    Spread::of(frequencies)
}

/// Whether texts of these sources all have one, and are enough to conclude that the anchor they
/// share is of its page frame.
pub(in crate::detector) fn have_one_source<S: PartialEq>(
    sources: &mut impl Iterator<Item = Option<S>>,
) -> bool {
    let Some(Some(first)) = sources.next() else { return false };
    let mut count = 1;
    sources.all(|source| {
        count += 1;
        source.as_ref() == Some(&first)
    }) && count >= ONE_SOURCE
}
