//! Candidates that tell the same story: texts that share two of their best key terms, as in a
//! [collection](crate::sketch::key_terms).
//!
//! The index stores all key terms of an article, each a key, as it learns only while articles
//! arrive which of them are rare. A query looks up each of its best terms. Of the articles that
//! have two of them it takes those whose own best terms these are, by what is known now. A term
//! leads to a thousand articles at most, as commoner ones are left out.

use super::candidates::{CandidateList, own_text};
use crate::compare::context::InCollection;
use crate::error::Error;
use crate::index::segment::keys::KeyKind;
use crate::index::segment::signature::{agreeing_slots, estimate};
use crate::index::view::{Address, View};
use crate::sketch::key_terms::{Closeness, CosineCounter, Term, TermWeights};
use crate::verify::policy::{LARGE_GROUP, MANY_ACCOUNTS, is_close, is_near, not_worth_comparing};

/// What is searched for.
pub(crate) struct TermQuery<'a> {
    /// The key terms of the text, weighted, and what weights them.
    pub(crate) terms: &'a [Term],
    pub(crate) weights: &'a TermWeights,
    /// The packed signature.
    pub(crate) signature: &'a [u8],
    pub(crate) digest: u64,
    /// In seconds since 1970.
    pub(crate) date: Option<i64>,
    /// The least probability of one event that is reported.
    pub(crate) min_confidence: f64,
}

/// Adds the texts whose key terms are close. Returns the number of texts that are near.
pub(crate) fn find_by_terms(
    view: &View,
    query: &TermQuery<'_>,
    found: &mut CandidateList,
) -> Result<u64, Error> {
    let own = own_text(view, query.digest)?;
    let others = if own > 0 { 1 } else { 2 };
    let best = query.weights.paired(query.terms, others, |_| false);
    // Which articles have which of the best terms.
    let mut hits: Vec<(Address, u32)> = Vec::new();
    let mut articles = Vec::new();
    for (i, term) in (0..).zip(&best) {
        for (leaf, reader) in view.numbered() {
            articles.clear();
            reader.find(KeyKind::Term, term.hash(), &mut articles)?;
            hits.extend(articles.iter().map(|&article| (Address { leaf, article }, i)));
        }
    }
    hits.sort_unstable();
    let is_known =
        |term: &Term| query.terms.binary_search_by_key(&term.hash(), |known| known.hash()).is_ok();
    let mut near: Vec<(Address, Closeness)> = Vec::new();
    let mut counter = CosineCounter::default();
    counter.set_left(query.terms);
    for same in hits.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= 2) {
        let address = same[0].0;
        let Some(mut terms) = view.leaf(address).terms(address.article)? else { continue };
        query.weights.weigh(&mut terms);
        // Most are not near, and that is quicker to tell than which of their terms are best.
        if !is_near(counter.cosine(&terms)) {
            continue;
        }
        let theirs = query.weights.paired(&terms, 2, is_known);
        let has = |i: u32| {
            theirs.binary_search_by_key(&best[i as usize].hash(), |term| term.hash()).is_ok()
        };
        if same.iter().filter(|hit| has(hit.1)).count() >= 2 {
            near.push((address, counter.closeness(&terms)));
        }
    }
    // The text itself, if it is stored, is not its own neighbour.
    let neighbours = near.len().saturating_add_signed(own as isize - 1) as u64;
    if near.len() > MANY_ACCOUNTS {
        keep_representatives(view, &mut near)?;
    }
    let (texts, least) = (query.weights.articles(), query.min_confidence);
    for (address, closeness) in near {
        let date = view.leaf(address).metadata(address.article)?.date;
        let apart = query.date.zip(date).map(|(one, other)| one.abs_diff(other));
        let known = InCollection { cosine: closeness.cosine, neighbours, texts: texts as u64 };
        let not_worth = not_worth_comparing(closeness, neighbours, apart, texts, least);
        if is_close(known) && not_worth.is_none() {
            found.at(address, view, query.signature)?.by_terms = true;
        }
    }
    Ok(neighbours)
}

/// Keeps of large groups of near-duplicates the first text alone, as in a collection: otherwise
/// what they tell would look common.
fn keep_representatives(view: &View, texts: &mut Vec<(Address, Closeness)>) -> Result<(), Error> {
    let (large, similarity) = LARGE_GROUP;
    // The signature of the first text of each group, and how many follow it.
    let mut groups: Vec<(&[u8], usize)> = Vec::new();
    // For each text its group, and whether it is the first.
    let mut group_of = Vec::with_capacity(texts.len());
    for &(address, _) in texts.iter() {
        let signature = view.leaf(address).signature(address.article)?;
        let is_near = |other: &[u8]| {
            let slots = 2 * signature.len();
            estimate(agreeing_slots(signature, other), slots).jaccard >= similarity
        };
        match groups.iter().position(|(other, _)| is_near(other)) {
            Some(at) => {
                groups[at].1 += 1;
                group_of.push((at, false));
            }
            None => {
                group_of.push((groups.len(), true));
                groups.push((signature, 0));
            }
        }
    }
    let mut group_of = group_of.into_iter();
    texts.retain(|_| {
        group_of.next().is_none_or(|(group, is_first)| is_first || groups[group].1 < large)
    });
    Ok(())
}
