//! What a key term is worth in this index: learnt from its articles, as of a collection that is searched as a whole.
//!
//! Where stories are asked for, from all texts; else from a sample, the texts with the smallest digests, once there are texts enough to
//! tell what is common among those that have nothing to do with each other. The weights are made when a query asks for them, and again when the
//! index has grown or shrunk by one in 64.

use std::sync::{Arc, Mutex, PoisonError};

use super::part::Part;
use super::shape::Shape;
use super::snapshot::View;
use crate::detector::roads::{LEARNT_FROM, LEARNT_SAMPLE};
use crate::error::Error;
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
}

impl Learnt {
    pub(super) fn terms(&self) -> &TermWeights {
        &self.terms
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

/// Whether the terms of a text with this digest are kept, in an index of so many texts: more than are learnt from, so that some may
/// be taken away.
pub(super) fn keeps_terms(digest: u64, texts: u64, shape: &Shape) -> bool {
    let share = 1.25 * LEARNT_SAMPLE as f64 / (texts.max(1) as f64);
    shape.story || shape.terms && (digest as f64) < share * u64::MAX as f64
}

impl Weights {
    /// The weights for a view, if it asks for any.
    pub(super) fn of(&self, view: &View, shape: &Shape) -> Result<Option<Arc<Learnt>>, Error> {
        let texts = texts(view);
        if !shape.terms || !shape.story && texts < LEARNT_FROM as u64 {
            return Ok(None);
        }
        // The lock is held to look and to put, not while learning: at worst two do it at once.
        let last = || self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last().as_ref().filter(|known| known.texts.abs_diff(texts) <= texts / 64) {
            return Ok(Some(Arc::clone(known)));
        }
        let mut sample: Vec<(u64, Box<[Term]>)> = Vec::new();
        for part in &view.parts {
            part.for_each_termed(|found| {
                let (article, terms) = found?;
                sample.push((part.facts(article)?.digest, terms.into()));
                Ok(())
            })?;
        }
        sample.sort_by_key(|(digest, _)| *digest);
        sample.dedup_by_key(|(digest, _)| *digest);
        if !shape.story {
            sample.truncate(LEARNT_SAMPLE);
        }
        let mut terms = TermWeights::empty();
        sample.iter().for_each(|(_, text)| terms.add(text));
        let new = Arc::new(Learnt { texts, terms });
        *last() = Some(Arc::clone(&new));
        Ok(Some(new))
    }
}
