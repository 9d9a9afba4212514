//! What a collection says of two texts that may be accounts of one event.

use super::term_cache::TermCache;
use crate::compare::context::InCollection;
use crate::sketch::key_terms::cosine;

/// Two articles that may be accounts of one event, and the probability that they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventPair {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) event: f64,
}

/// What the collection says of two texts, where stories are asked for.
#[derive(Clone, Copy)]
pub(super) struct EventContext<'t> {
    /// Of all texts.
    pub(super) terms: &'t TermCache<'t>,
    pub(super) neighbours: &'t Neighbours,
}

impl EventContext<'_> {
    pub(super) fn of(self, left: u32, right: u32) -> InCollection {
        let cosine = cosine(self.terms.of(left), self.terms.of(right));
        self.neighbours.known(left, right, cosine)
    }
}

/// How many texts are near to each.
pub(super) struct Neighbours {
    /// For each article.
    pub(super) counts: Vec<u32>,
    /// How many texts there are.
    pub(super) texts: u64,
}

impl Neighbours {
    /// What the collection says of two texts whose terms have this cosine.
    pub(super) fn known(&self, left: u32, right: u32, cosine: f64) -> InCollection {
        in_collection([left, right].map(|text| self.counts[text as usize]), cosine, self.texts)
    }
}

/// What a collection of so many texts says of two whose terms have this cosine and that so many
/// others are near to.
pub(super) fn in_collection(neighbours: [u32; 2], cosine: f64, texts: u64) -> InCollection {
    let [left, right] = neighbours.map(u64::from);
    InCollection { cosine, neighbours: (left * right).isqrt(), texts }
}
