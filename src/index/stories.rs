//! From the key terms of a text to candidates: those that share a pair of terms, as in a [collection](crate::sketch::story).
//!
//! In a collection the pairs are made when it is known which terms are rare. An index learns that as articles arrive, so it keeps single terms, all
//! of an article's, and a query makes the pairs: it looks up each of its best terms, and of the articles that have two of them takes
//! those that pair the two by what is known now. What it costs grows with the number of articles that share a term, of which the
//! common ones are left out: at most one in fifty of all.

use std::collections::HashMap;

use super::entry::{Kind, agreeing, estimate};
use super::part::Part;
use super::search::{Candidate, candidate, itself};
use crate::error::Error;
use crate::sketch::story::{Term, TermWeights};
use crate::verify::policy::LARGE_GROUP;

/// What is searched for: the weighed terms of a text, its row and its digest, and by what terms are weighed.
pub(super) struct Story<'a> {
    pub(super) terms: &'a [Term],
    pub(super) weights: &'a TermWeights,
    pub(super) row: &'a [u8],
    pub(super) digest: u64,
    /// A pair of terms in more texts is no road.
    pub(super) limit: usize,
}

/// Adds the texts that share a pair of key terms to those found, which are in the order of part and article.
pub(super) fn stories(parts: &[Part], story: &Story<'_>, found: &mut Vec<Candidate>) -> Result<(), Error> {
    let itself = itself(parts, story.digest)?;
    let others = if itself > 0 { 1 } else { 2 };
    let best = story.weights.paired(story.terms, others, |_| false);
    // Which articles have which of them.
    let mut hits: Vec<(u64, u32)> = Vec::new();
    for (i, term) in (0..).zip(&best) {
        for (number, part) in (0u64..).zip(parts) {
            // A term is a key as it is.
            part.find(Kind::Story, u64::from(term.hash()) << 32, |article| {
                hits.push((number << 32 | u64::from(article), i));
            })?;
        }
    }
    hits.sort_unstable();
    let is_known = |term: &Term| story.terms.binary_search_by_key(&term.hash(), |known| known.hash()).is_ok();
    let mut pairing: Vec<(u64, u32)> = Vec::new();
    for same in hits.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= 2) {
        let (part, article) = split(same[0].0);
        let Some(mut terms) = parts[part as usize].terms(article)? else { continue };
        story.weights.weigh(&mut terms);
        let theirs = story.weights.paired(&terms, 2, is_known);
        let has = |i: u32| theirs.binary_search_by_key(&best[i as usize].hash(), |term| term.hash()).is_ok();
        let shared = same.iter().map(|hit| hit.1).filter(|&i| has(i)).fold(0u32, |all, i| all | 1 << i);
        if shared.count_ones() >= 2 {
            pairing.push((same[0].0, shared));
        }
    }
    if pairing.len() > story.limit {
        drop_popular(parts, &mut pairing)?;
    }
    let mut texts_with: HashMap<(u32, u32), usize> = HashMap::new();
    for pair in pairing.iter().flat_map(|&(_, shared)| pairs(shared)) {
        *texts_with.entry(pair).or_default() += 1;
    }
    for (one, shared) in pairing {
        let rare = |pair| texts_with[&pair].saturating_add_signed(itself as isize) <= story.limit;
        if pairs(shared).any(rare) {
            candidate(found, parts, split(one), story.row)?.story = true;
        }
    }
    Ok(())
}

/// Of many near copies the first speaks for all, as in a collection: else what they tell would look common.
fn drop_popular(parts: &[Part], texts: &mut Vec<(u64, u32)>) -> Result<(), Error> {
    let (size, similarity) = LARGE_GROUP;
    // Each the place of one that leads, and how many follow it.
    let mut leaders: Vec<(&[u8], usize)> = Vec::new();
    let mut leader_of = Vec::with_capacity(texts.len());
    for &(one, _) in texts.iter() {
        let (part, article) = split(one);
        let row = parts[part as usize].row(article)?;
        let near = |other: &[u8]| estimate(agreeing(row, other), 2 * row.len()).jaccard >= similarity;
        match leaders.iter().position(|(other, _)| near(other)) {
            Some(at) => {
                leaders[at].1 += 1;
                leader_of.push((at, false));
            }
            None => {
                leader_of.push((leaders.len(), true));
                leaders.push((row, 0));
            }
        }
    }
    let mut leader_of = leader_of.into_iter();
    texts.retain(|_| leader_of.next().is_none_or(|(at, leads)| leads || leaders[at].1 < size));
    Ok(())
}

fn split(one: u64) -> (u32, u32) {
    ((one >> 32) as u32, one as u32)
}

/// The pairs of the bits that are set.
fn pairs(bits: u32) -> impl Iterator<Item = (u32, u32)> {
    let set = move |after: u32| (after..u32::BITS).filter(move |i| bits >> i & 1 == 1);
    set(0).flat_map(move |a| set(a + 1).map(move |b| (a, b)))
}
