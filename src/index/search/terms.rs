//! From the key terms of a text to candidates: those that share two of their best terms, as in a
//! [collection](crate::sketch::story).
//!
//! An index keeps single terms, all of an article's, as it learns while articles arrive which of
//! them are rare. A query looks up each of its best terms, and of the articles that have two of
//! them takes those whose own best terms they are by what is known now. Each term leads to a
//! thousand articles at most, as commoner ones are left out.

use crate::compare::figures::InCollection;
use crate::error::Error;
use crate::index::search::candidates::{Candidate, candidate, itself};
use crate::index::segment::entry::{Kind, agreeing, estimate};
use crate::index::view::Part;
use crate::sketch::story::{Closeness, Term, TermWeights};
use crate::verify::policy::{LARGE_GROUP, MANY_ACCOUNTS, is_close, is_near, not_worth_comparing};

/// What is searched for: the weighed terms of a text, its row and its digest, and by what terms are
/// weighed.
pub(crate) struct Story<'a> {
    pub(crate) terms: &'a [Term],
    pub(crate) weights: &'a TermWeights,
    pub(crate) row: &'a [u8],
    pub(crate) digest: u64,
    /// When it appeared, in seconds, if that is known.
    pub(crate) date: Option<i64>,
    /// How likely one event must be to be told.
    pub(crate) least: f64,
}

/// Adds the texts whose key terms are close to those found, which are in the order of part and
/// article. Returns how many are near.
pub(crate) fn stories(
    parts: &[Part],
    story: &Story<'_>,
    found: &mut Vec<Candidate>,
) -> Result<u64, Error> {
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
    let is_known =
        |term: &Term| story.terms.binary_search_by_key(&term.hash(), |known| known.hash()).is_ok();
    let mut near: Vec<(u64, f64)> = Vec::new();
    let mut closeness = Closeness::default();
    closeness.set_left(story.terms);
    for same in hits.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= 2) {
        let (part, article) = split(same[0].0);
        let Some(mut terms) = parts[part as usize].terms(article)? else { continue };
        story.weights.weigh(&mut terms);
        // Most are not near, and that is told sooner than which terms are their best.
        let cosine = closeness.to(&terms);
        if !is_near(cosine) {
            continue;
        }
        let theirs = story.weights.paired(&terms, 2, is_known);
        let has = |i: u32| {
            theirs.binary_search_by_key(&best[i as usize].hash(), |term| term.hash()).is_ok()
        };
        if same.iter().filter(|hit| has(hit.1)).count() >= 2 {
            near.push((same[0].0, cosine));
        }
    }
    // Its own text, where it is there, is no neighbour.
    let neighbours = near.len().saturating_add_signed(itself as isize - 1) as u64;
    if near.len() > MANY_ACCOUNTS {
        drop_popular(parts, &mut near)?;
    }
    for (one, cosine) in near {
        let (part, article) = split(one);
        let date = parts[part as usize].facts(article)?.date;
        let apart = story.date.zip(date).map(|(one, other)| one.abs_diff(other));
        let known = InCollection { cosine, neighbours };
        if is_close(known) && not_worth_comparing(known, apart, story.least).is_none() {
            candidate(found, parts, (part, article), story.row)?.story = true;
        }
    }
    Ok(neighbours)
}

/// Of many near copies the first speaks for all, as in a collection: else what they tell would look
/// common.
fn drop_popular(parts: &[Part], texts: &mut Vec<(u64, f64)>) -> Result<(), Error> {
    let (size, similarity) = LARGE_GROUP;
    // Each the place of one that leads, and how many follow it.
    let mut leaders: Vec<(&[u8], usize)> = Vec::new();
    let mut leader_of = Vec::with_capacity(texts.len());
    for &(one, _) in texts.iter() {
        let (part, article) = split(one);
        let row = parts[part as usize].row(article)?;
        let near =
            |other: &[u8]| estimate(agreeing(row, other), 2 * row.len()).jaccard >= similarity;
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
