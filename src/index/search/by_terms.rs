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
    let is_known =
        |term: &Term| query.terms.binary_search_by_key(&term.hash(), |known| known.hash()).is_ok();
    let mut near: Vec<(Address, Closeness)> = Vec::new();
    let mut counter = CosineCounter::default();
    counter.set_left(query.terms);
    let (mut repeated, mut articles) = (Repeated::default(), Vec::new());
    for (leaf, reader) in view.numbered() {
        articles.clear();
        for term in &best {
            reader.find(KeyKind::Term, term.hash(), &mut articles)?;
        }
        repeated.retain(&mut articles);
        for &article in &articles {
            let Some(mut terms) = reader.terms(article)? else { continue };
            query.weights.weigh(&mut terms);
            // Most are not near, and that is quicker to tell than which of their terms are best.
            if !is_near(counter.cosine(&terms)) {
                continue;
            }
            let theirs = query.weights.paired(&terms, 2, is_known);
            let is_best =
                |term: &&Term| best.binary_search_by_key(&term.hash(), |it| it.hash()).is_ok();
            if theirs.iter().filter(is_best).count() >= 2 {
                near.push((Address { leaf, article }, counter.closeness(&terms)));
            }
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

/// Tells which numbers a list has more than once: of thousands of articles that have one of the best
/// terms few have two. All are counted in a table, and sorted are those that seem to repeat.
struct Repeated {
    /// None, one or several of the numbers of a cell.
    counts: Box<[u8]>,
}

impl Default for Repeated {
    fn default() -> Self {
        Repeated { counts: vec![0; Self::CELLS].into() }
    }
}

impl Repeated {
    const CELLS: usize = 1 << 16;
    const SEVERAL: u8 = 2;

    /// Keeps the numbers that stand at least twice, each once, ascending.
    fn retain(&mut self, numbers: &mut Vec<u32>) {
        let counts = &mut self.counts;
        let cell = |number: u32| number as usize % Self::CELLS;
        counts.fill(0);
        for &number in &*numbers {
            let count = &mut counts[cell(number)];
            *count = (*count + 1).min(Self::SEVERAL);
        }
        numbers.retain(|&number| counts[cell(number)] == Self::SEVERAL);
        numbers.sort_unstable();
        let mut kept = 0;
        for i in 1..numbers.len() {
            let (number, last) = (numbers[i], numbers[..kept].last());
            if number == numbers[i - 1] && last != Some(&number) {
                numbers[kept] = number;
                kept += 1;
            }
        }
        numbers.truncate(kept);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_kept_once() {
        let mut repeated = Repeated::default();
        let far = 3 + Repeated::CELLS as u32;
        for (list, expected) in [
            (vec![], vec![]),
            (vec![5], vec![]),
            (vec![5, 9, 5, 1, 9, 9, 0], vec![5, 9]),
            (vec![7; 4], vec![7]),
            // Another number in the same cell does not repeat a number.
            (vec![3, far, 4, 4], vec![4]),
            (vec![far, 3, far, 8], vec![far]),
        ] {
            let mut numbers = list.clone();
            repeated.retain(&mut numbers);
            assert_eq!(numbers, expected, "{list:?}");
        }
    }
}
