//! What key terms and words are worth in this index: learnt from its articles, as of a collection that is searched as a whole.
//!
//! | scope | key terms | words |
//! |---|---|---|
//! | similar | | |
//! | text | of a sample | |
//! | story | of all texts | of a sample |
//!
//! A sample is of the texts with the smallest digests, and is learnt from once there are texts enough to tell what is common among those that
//! have nothing to do with each other; until then words weigh what they do [by default](Idf). The weights are made when a query asks for
//! them, and again when the index has grown or shrunk by one in 64.

use std::sync::{Arc, Mutex, PoisonError};

use super::part::Part;
use super::shape::Shape;
use super::snapshot::View;
use crate::detector::roads::{LEARNT_FROM, LEARNT_SAMPLE};
use crate::error::Error;
use crate::idf::Idf;
use crate::idf::words::WordCounts;
use crate::shingle::Shingler;
use crate::sketch::story::{Term, TermWeights};

/// The weights that were learnt last.
#[derive(Default)]
pub(super) struct Weights {
    learnt: Mutex<Option<Arc<Learnt>>>,
}

pub(super) struct Learnt {
    /// Of so many texts.
    texts: u64,
    terms: TermWeights,
    words: Option<Idf>,
}

impl Learnt {
    pub(super) fn terms(&self) -> &TermWeights {
        &self.terms
    }

    /// The weights of words, if there are texts enough.
    pub(super) fn words(&self) -> Option<&Idf> {
        self.words.as_ref()
    }
}

/// Different texts of a view, but for those that several parts have.
fn texts(view: &View) -> u64 {
    let of = |part: &Part| match part {
        Part::Segment(part) => u64::from(part.segment.directory.texts),
        Part::Recent(part) => u64::from(part.len),
    };
    view.parts.iter().map(of).sum()
}

/// Whether the terms of a text with this digest are kept, in an index of so many texts.
pub(super) fn keeps_terms(digest: u64, texts: u64, shape: &Shape) -> bool {
    shape.terms && (shape.story || is_sampled(digest, texts))
}

/// Whether its words are.
pub(super) fn keeps_words(digest: u64, texts: u64, shape: &Shape) -> bool {
    shape.words && is_sampled(digest, texts)
}

/// Whether a text is of the sample: of more than are learnt from, so that some may be taken away.
fn is_sampled(digest: u64, texts: u64) -> bool {
    let share = 1.25 * LEARNT_SAMPLE as f64 / (texts.max(1) as f64);
    (digest as f64) < share * u64::MAX as f64
}

/// Of what was found under digests, that of the smallest so many, each once: several parts may have one text.
fn smallest<T>(mut found: Vec<(u64, T)>, most: usize) -> Vec<(u64, T)> {
    found.sort_by_key(|(digest, _)| *digest);
    found.dedup_by_key(|(digest, _)| *digest);
    found.truncate(most);
    found
}

impl Weights {
    /// The weights for a view, if it asks for any.
    pub(super) fn of(
        &self,
        view: &View,
        shape: &Shape,
        shingler: Shingler,
    ) -> Result<Option<Arc<Learnt>>, Error> {
        let texts = texts(view);
        if !shape.terms || !shape.story && texts < LEARNT_FROM as u64 {
            return Ok(None);
        }
        // The lock is held to look and to put, not while learning: at worst two do it at once.
        let last = || self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last().as_ref().filter(|known| known.texts.abs_diff(texts) <= texts / 64) {
            return Ok(Some(Arc::clone(known)));
        }
        let new = Arc::new(Learnt { texts, terms: terms(view, shape)?, words: words(view, shingler)? });
        *last() = Some(Arc::clone(&new));
        Ok(Some(new))
    }
}

fn terms(view: &View, shape: &Shape) -> Result<TermWeights, Error> {
    let mut found: Vec<(u64, Box<[Term]>)> = Vec::new();
    for part in &view.parts {
        part.for_each_termed(|termed| {
            let (article, terms) = termed?;
            found.push((part.facts(article)?.digest, terms.into()));
            Ok(())
        })?;
    }
    let mut weights = TermWeights::empty();
    let most = if shape.story { usize::MAX } else { LEARNT_SAMPLE };
    smallest(found, most).iter().for_each(|(_, terms)| weights.add(terms));
    Ok(weights)
}

/// None where there are too few texts whose words are kept.
fn words(view: &View, shingler: Shingler) -> Result<Option<Idf>, Error> {
    let mut found: Vec<(u64, &[u8])> = Vec::new();
    for part in &view.parts {
        part.for_each_worded(|worded| {
            let (article, words) = worded?;
            found.push((part.facts(article)?.digest, words));
            Ok(())
        })?;
    }
    let sample = smallest(found, LEARNT_SAMPLE);
    if sample.len() < LEARNT_FROM {
        return Ok(None);
    }
    let mut counts = WordCounts::empty();
    sample.iter().for_each(|(_, words)| counts.add(words));
    Ok(Some(counts.learnt(shingler)))
}
