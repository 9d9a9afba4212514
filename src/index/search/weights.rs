//! Learned weights: what key terms and words are worth in this index, learned from its articles as
//! from a collection.
//!
//! | scope | key terms | words |
//! |---|---|---|
//! | similar | | |
//! | text | of a sample | |
//! | story | of all texts | of a sample |
//!
//! The sample is of the texts with the smallest digests. It is learned from once there are enough
//! texts to tell what is common among unrelated ones; until then words have their [default
//! weights](Idf). Weights are learned when a query asks for them, and again when the index has
//! grown or shrunk by one in 64. A deleted text counts until its segment is merged. Of many
//! near-duplicates each counts, where in a collection only their representative does.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;
use crate::idf::Idf;
use crate::idf::words::WordCounts;
use crate::index::segment::schema::Schema;
use crate::index::view::View;
use crate::shingle::Shingler;
use crate::sketch::key_terms::{Term, TermWeights};
use crate::verify::policy::{LEARNT_FROM, LEARNT_SAMPLE};

/// The weights that were learned last.
#[derive(Default)]
pub(crate) struct WeightCache {
    last: Mutex<Option<Arc<LearnedWeights>>>,
}

pub(crate) struct LearnedWeights {
    /// The number of texts in the index.
    texts: u64,
    terms: TermWeights,
    words: Option<Idf>,
}

impl LearnedWeights {
    pub(crate) fn terms(&self) -> &TermWeights {
        &self.terms
    }

    /// The weights of words, if there are enough texts.
    pub(crate) fn words(&self) -> Option<&Idf> {
        self.words.as_ref()
    }
}

impl WeightCache {
    /// The weights for a view, if its schema has any.
    pub(crate) fn of(
        &self,
        view: &View,
        schema: &Schema,
        shingler: Shingler,
    ) -> Result<Option<Arc<LearnedWeights>>, Error> {
        // A text in several leaves counts several times.
        let texts = view.leaves.iter().map(|leaf| u64::from(leaf.texts())).sum::<u64>();
        if !schema.terms || !schema.stories && texts < LEARNT_FROM as u64 {
            return Ok(None);
        }
        // The lock is not held while learning: at worst two threads learn at once.
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) =
            last().as_ref().filter(|known| known.texts.abs_diff(texts) <= texts / 64)
        {
            return Ok(Some(Arc::clone(known)));
        }
        let words = if schema.words { learn_words(view, shingler)? } else { None };
        let new = Arc::new(LearnedWeights { texts, terms: learn_terms(view, schema)?, words });
        *last() = Some(Arc::clone(&new));
        Ok(Some(new))
    }

    /// Forgets the last weights.
    #[cfg(test)]
    pub(crate) fn forget(&self) {
        *self.last.lock().expect("nobody panicked") = None;
    }
}

fn learn_terms(view: &View, schema: &Schema) -> Result<TermWeights, Error> {
    let mut found: Vec<(u64, Box<[Term]>)> = Vec::new();
    for leaf in &view.leaves {
        for kept in leaf.kept_terms() {
            let (article, terms) = kept?;
            found.push((leaf.metadata(article)?.digest, terms));
        }
    }
    let mut weights = TermWeights::empty();
    let most = if schema.stories { usize::MAX } else { LEARNT_SAMPLE };
    smallest(found, most).iter().for_each(|(_, terms)| weights.add(terms));
    Ok(weights)
}

/// `None` where the words of too few texts are kept.
fn learn_words(view: &View, shingler: Shingler) -> Result<Option<Idf>, Error> {
    let mut found: Vec<(u64, &[u8])> = Vec::new();
    for leaf in &view.leaves {
        for kept in leaf.kept_words() {
            let (article, words) = kept?;
            found.push((leaf.metadata(article)?.digest, words));
        }
    }
    let sample = smallest(found, LEARNT_SAMPLE);
    if sample.len() < LEARNT_FROM {
        return Ok(None);
    }
    let mut counts = WordCounts::empty();
    sample.iter().for_each(|(_, words)| counts.add(words));
    Ok(Some(counts.into_idf(shingler)))
}

/// The `most` items with the smallest digests, without repeats: several leaves may have one text.
fn smallest<T>(mut found: Vec<(u64, T)>, most: usize) -> Vec<(u64, T)> {
    found.sort_by_key(|(digest, _)| *digest);
    found.dedup_by_key(|(digest, _)| *digest);
    found.truncate(most);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_come_once() {
        let found: Vec<(u64, u32)> = [5, 3, 9, 3, 1].into_iter().zip(0..).collect();
        assert_eq!(smallest(found, 3), [(1, 4), (3, 1), (5, 0)]);
    }
}
