//! Drops pairs that share nothing but boilerplate: what many different texts have in common.
//!
//! Candidates are filtered by their sketches before their texts are read: equal slots, the cosine
//! of key terms, and how many texts have the anchors that both share. That takes half a microsecond
//! or less. Where texts are letters, key terms are unknown, and pairs are dropped after they are
//! compared, by their overlap and the anchors they share.

use super::generators::anchors::spread;
use super::input::{Candidate, Input};
use super::term_cache::TermCache;
use crate::cluster::Edge;
use crate::lsh::postings::Postings;
use crate::parallel;
use crate::sketch::minhash::equal_slots;
use crate::verify::candidate::{Generator, SketchedPair, depends_on_terms, is_worth_reading};
use crate::verify::policy::Spread;

/// Candidates whose sketches are compared together: few of very many may be kept.
const CHUNK_CANDIDATES: usize = 1 << 20;

/// The pairs that are kept.
pub(super) struct Filtered<T> {
    /// In their order.
    pub(super) kept: Vec<T>,
    /// How many were dropped.
    pub(super) count: u64,
    /// Watched pairs that were dropped.
    pub(super) dropped: Vec<Candidate>,
}

/// Keeps the candidates whose texts are [worth reading](is_worth_reading). `terms` are given if
/// enough texts are known, `postings` where candidates come from anchors.
pub(super) fn filter(
    input: Input<'_>,
    generator: Generator,
    mut candidates: Vec<Candidate>,
    mut terms: Option<&mut TermCache<'_>>,
    postings: Option<&Postings<'_>>,
) -> Filtered<Candidate> {
    let all = candidates.len();
    let (mut kept, mut dropped) = (0, Vec::new());
    for from in (0..all).step_by(CHUNK_CANDIDATES) {
        let chunk = &candidates[from..all.min(from + CHUNK_CANDIDATES)];
        // Terms have to be read from the texts, so signatures come first.
        let depends = parallel::map(
            chunk.len(),
            || (),
            |(), i| depends_on_terms(generator, || similarity(input, chunk[i])),
        );
        let of_terms = chunk.iter().zip(&depends).filter(|(_, depends)| **depends);
        let of_terms: Vec<Candidate> = of_terms.map(|(candidate, _)| *candidate).collect();
        let cosines = terms.as_mut().map(|terms| terms.cosines(&of_terms));
        let is_worth = parallel::map(of_terms.len(), Vec::new, |frequencies, i| {
            let cosine = cosines.as_ref().map(|cosines| cosines[i]);
            let candidate = of_terms[i];
            let mut sketches =
                CandidateSketches { input, candidate, cosine, postings, frequencies };
            is_worth_reading(generator, &mut sketches)
        });
        let mut is_worth = is_worth.into_iter();
        for (i, depends) in depends.into_iter().enumerate() {
            let candidate = candidates[from + i];
            if !depends || is_worth.next().unwrap_or(true) {
                candidates[kept] = candidate;
                kept += 1;
            } else if input.watched.contains(candidate) {
                dropped.push(candidate);
            }
        }
    }
    candidates.truncate(kept);
    candidates.shrink_to_fit();
    Filtered { kept: candidates, count: (all - kept) as u64, dropped }
}

/// Where texts are letters, drops the edges that share nothing but a stretch that many texts have.
pub(super) fn drop_common_stretches(
    input: Input<'_>,
    mut edges: Vec<Edge>,
    postings: &Postings<'_>,
) -> Filtered<Edge> {
    if input.config.sketcher().shingler().shingle().is_words() {
        return Filtered { kept: edges, count: 0, dropped: Vec::new() };
    }
    let all = edges.len();
    let (mut frequencies, mut dropped) = (Vec::new(), Vec::new());
    edges.retain(|edge| {
        let pair = (edge.left, edge.right);
        let spread = spread(input, postings, pair, &mut frequencies);
        let is_common = edge.found.is_common_passage(spread);
        dropped.extend((is_common && input.watched.contains(pair)).then_some(pair));
        !is_common
    });
    let count = (all - edges.len()) as u64;
    Filtered { kept: edges, count, dropped }
}

/// The Jaccard similarity of two texts as their signatures estimate it.
fn similarity(input: Input<'_>, (left, right): Candidate) -> f64 {
    let matrix = &input.signed.matrix;
    let equal = equal_slots(matrix.row(left as usize), matrix.row(right as usize));
    f64::from(equal) / matrix.sketcher().minhasher().slots() as f64
}

/// The sketches of a candidate.
struct CandidateSketches<'s> {
    input: Input<'s>,
    candidate: Candidate,
    cosine: Option<f64>,
    postings: Option<&'s Postings<'s>>,
    /// Scratch memory.
    frequencies: &'s mut Vec<usize>,
}

impl SketchedPair for CandidateSketches<'_> {
    fn similarity(&mut self) -> f64 {
        similarity(self.input, self.candidate)
    }

    fn cosine(&mut self) -> Option<f64> {
        self.cosine
    }

    fn spread(&mut self) -> Spread {
        self.postings.map_or(Spread::default(), |postings| {
            spread(self.input, postings, self.candidate, self.frequencies)
        })
    }
}
