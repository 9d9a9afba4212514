//! Candidates that share key terms, as the [generator](crate::detector::generators::terms) finds
//! them. How many texts are near to a text must be known before a pair is judged, so the pairs that
//! are near are kept until all are counted.

use std::collections::HashMap;

use super::Shared;
use super::anchors::{PairCounts, TEXT_EDGES, collapsed};
use super::blocks::{Blocks, Given, Kind};
use super::records::{CandidateRecord, EventRecord, LeftRecord, Proposal, TermsRecord};
use super::sides::{WeighedTerms, neighbours, send_left, summed};
use super::sieve::{Known, edges_of};
use crate::detector::events::in_collection;
use crate::detector::generators::terms::{MIN_SHARED, is_in_window};
use crate::error::Error;
use crate::sketch::key_terms::{Closeness, TermWeights};
use crate::verify::policy::{LEAST_EVENT, is_close, is_near, not_worth_comparing};

/// The best key terms of each text, one by one.
pub(super) fn keys(shared: &Shared, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let Some(weights) = &shared.weights else { return Ok(()) };
    for TermsRecord { number, mut terms, .. } in given.records(Kind::Terms)? {
        weights.weigh(&mut terms);
        for term in weights.paired(&terms, 2, |_| false) {
            out.add(Kind::TermKey, u64::from(term.hash()), &(term.hash(), number));
        }
    }
    Ok(())
}

/// Groups the key terms: counts how many of the part two texts share.
pub(super) fn group(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut keys: Vec<(u32, u64)> = given.records(Kind::TermKey)?;
    keys.sort_unstable();
    let mut pairs = PairCounts::new(Kind::TermPair);
    for list in keys.chunk_by(|a, b| a.0 == b.0) {
        let numbers: Vec<u64> = list.iter().map(|key| key.1).collect();
        pairs.add_all(&numbers, out);
    }
    pairs.flush(out);
    Ok(())
}

/// Sends the left texts of pairs that share two key terms to the right ones.
pub(super) fn lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut proposals = summed(given.records(Kind::TermPair)?);
    proposals.retain(|pair| pair.by >= u32::from(MIN_SHARED));
    let known = Known::of(given)?;
    for of_left in proposals.chunk_by(|a: &Proposal, b| a.left == b.left) {
        send_left(Kind::TermLeft, known.left(of_left[0].left), of_left, out);
    }
    Ok(())
}

/// Two texts that are near to each other: their numbers, the cosine of their terms and the share
/// that both have, and the seconds between them if both dates are known.
type NearPair = ((u64, u64), (f64, f64), Option<u64>);

/// The pairs that are near, and how many there are of each text.
pub(super) fn near(shared: &Shared, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let Some(mut terms) = WeighedTerms::of(given, shared.weights.as_ref())? else {
        return Ok(());
    };
    let mut counts: HashMap<u64, u32> = HashMap::new();
    for left in given.records::<LeftRecord>(Kind::TermLeft)? {
        terms.set_left(left.terms);
        for &(right, _) in &left.rights {
            let Closeness { cosine, shared: in_both } = terms.closeness(right)?;
            if !is_near(cosine) {
                continue;
            }
            [left.number, right].iter().for_each(|&it| *counts.entry(it).or_default() += 1);
            let date = terms.of_text(right)?.date;
            let apart = left.date.zip(date).map(|(left, right)| left.abs_diff(right));
            if is_in_window(&shared.config, apart) {
                let pair: NearPair = ((left.number, right), (cosine, in_both), apart);
                out.add(Kind::NearPair, left.number, &pair);
            }
        }
    }
    counts.iter().for_each(|count| out.add(Kind::Near, *count.0, &(*count.0, *count.1)));
    Ok(())
}

/// Sends pairs that are near to their right texts, with how many are near to the left ones.
pub(super) fn near_lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let neighbours = neighbours(given)?;
    for pair in given.records::<NearPair>(Kind::NearPair)? {
        let (left, right) = pair.0;
        let near = neighbours.get(&left).copied().unwrap_or_default();
        out.add(Kind::NearPairLeft, right, &(pair, near));
    }
    Ok(())
}

/// The pairs that are close; those that are not worth comparing with the probability expected.
pub(super) fn close(shared: &Shared, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let neighbours = neighbours(given)?;
    let texts = shared.weights.as_ref().map_or(0, TermWeights::articles);
    let least = shared.config.min_confidence();
    for (pair, near) in given.records::<(NearPair, u32)>(Kind::NearPairLeft)? {
        let ((left, right), (cosine, in_both), apart) = pair;
        let near = [near, neighbours.get(&right).copied().unwrap_or_default()];
        let known = in_collection(near, cosine, texts as u64);
        if !is_close(known) {
            continue;
        }
        let closeness = Closeness { cosine, shared: in_both };
        match not_worth_comparing(closeness, known.neighbours, apart, texts, least) {
            Some(event) if event < LEAST_EVENT => {}
            Some(event) => out.add(Kind::Event, left, &EventRecord { left, right, event }),
            None => {
                let candidate = CandidateRecord { left, right, known: Some(known) };
                out.add(Kind::TermPairClose, left, &candidate);
            }
        }
    }
    Ok(())
}

/// Of the close pairs those that have no edge and whose left text is searched.
pub(super) fn searched_lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let (edges, collapsed) = (edges_of(given, &TEXT_EDGES)?, collapsed(given)?);
    for pair in given.records::<CandidateRecord>(Kind::TermPairClose)? {
        let is_known = edges.contains(&(pair.left, pair.right));
        if !is_known && !collapsed.contains(&pair.left) {
            out.add(Kind::TermPairSearched, pair.right, &pair);
        }
    }
    Ok(())
}

/// Of these, those whose right text is searched, too.
pub(super) fn candidates(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let collapsed = collapsed(given)?;
    for pair in given.records::<CandidateRecord>(Kind::TermPairSearched)? {
        if !collapsed.contains(&pair.right) {
            out.add(Kind::TermCandidate, pair.left, &pair);
        }
    }
    Ok(())
}
