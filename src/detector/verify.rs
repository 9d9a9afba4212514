//! Verification: compares the texts of candidates, on all cores. Both texts are read again, a left
//! article once for all its candidates in a task.

use super::events::{EventContext, EventPair};
use super::input::{Candidate, Input};
use crate::article::Article;
use crate::cluster::Edge;
use crate::collection::Texts;
use crate::compare::overlap::Overlap;
use crate::parallel;
use crate::progress::Stage;
use crate::verify::candidate::{Generator, PairVerifier};
use crate::verify::pair::{ComparedPair, LeftArticle, PairScratch};
use crate::verify::policy::LEAST_EVENT;
use crate::verify::relation::LinkKind;

/// The most candidates that are compared in one task: many, so that a left article is read once,
/// but not so many that the cores cannot share them.
const MAX_TASK_CANDIDATES: usize = 64;
/// Fewer candidates are compared in a task if there would be fewer tasks than this.
const MANY_TASKS: usize = 1024;

/// Compares texts under one configuration.
#[derive(Clone, Copy)]
pub(super) struct Verifier<'a> {
    input: Input<'a>,
    judge: PairVerifier<'a>,
    /// Where stories are asked for.
    context: Option<EventContext<'a>>,
}

/// What verification found, in the order of the candidates.
#[derive(Default)]
pub(super) struct Verified {
    /// The candidates that are pairs.
    pub(super) edges: Vec<Edge>,
    /// The candidates that may be accounts of one event, where stories are asked for.
    pub(super) events: Vec<EventPair>,
}

/// Working memory, reused from text to text.
#[derive(Default)]
struct VerifierScratch {
    pair: PairScratch,
    /// Texts that are not in memory are read into these.
    left: String,
    right: String,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(input: Input<'a>, context: Option<EventContext<'a>>) -> Self {
        Verifier { input, judge: PairVerifier::new(input.config.criteria(), input.idf), context }
    }

    /// What articles `a` and `b` share.
    pub(super) fn overlap(&self, a: u32, b: u32) -> Overlap {
        self.compare(a, b, |pair| pair.overlap())
    }

    /// The edge between two different articles if one was made from the other.
    pub(super) fn common_text(&self, a: u32, b: u32) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        let edge = self.compare(a, b, |pair| self.edge(a, b, pair, Generator::Anchors));
        edge.filter(|edge| edge.found.kind == LinkKind::Text)
    }

    /// Compares candidates, which are sorted by their left article.
    pub(super) fn verify(&self, candidates: &[Candidate], generator: Generator) -> Verified {
        let tasks = tasks(candidates);
        let step = self.input.articles.begin(Stage::Verify, tasks.len(), 8);
        let found = parallel::map(tasks.len(), VerifierScratch::default, |scratch, i| {
            let (mut edges, mut events) = (Vec::new(), Vec::new());
            if self.input.articles.has_ended() {
                return (edges, events);
            }
            for of_left in tasks[i].chunk_by(|a, b| a.0 == b.0) {
                let (mut left, buffer) = self.left(of_left[0].0, scratch);
                for &(a, b) in of_left {
                    let mut pair = left.with(self.article(b, buffer));
                    edges.extend(self.edge(a, b, &mut pair, generator));
                    let event = pair.event().unwrap_or_default();
                    if self.context.is_some() && event >= LEAST_EVENT {
                        events.push(EventPair { left: a, right: b, event });
                    }
                }
            }
            step();
            (edges, events)
        });
        let (edges, events): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        Verified { edges: edges.concat(), events: events.concat() }
    }

    fn article<'t>(&self, i: u32, buffer: &'t mut String) -> Article<'t>
    where
        'a: 't,
    {
        let text = self.input.articles.text(i as usize, buffer);
        self.input.articles.article(i as usize).with_text(text)
    }

    /// Article `a`, to be compared with others, and a buffer for their texts.
    fn left<'m>(
        &self,
        a: u32,
        scratch: &'m mut VerifierScratch,
    ) -> (LeftArticle<'m>, &'m mut String)
    where
        'a: 'm,
    {
        let VerifierScratch { pair, left, right } = scratch;
        (self.judge.left(self.article(a, left), pair), right)
    }

    fn compare<T>(&self, a: u32, b: u32, read: impl FnOnce(&mut ComparedPair<'_, '_>) -> T) -> T {
        let mut scratch = VerifierScratch::default();
        let (mut left, buffer) = self.left(a, &mut scratch);
        read(&mut left.with(self.article(b, buffer)))
    }

    fn edge(
        &self,
        a: u32,
        b: u32,
        pair: &mut ComparedPair<'_, '_>,
        generator: Generator,
    ) -> Option<Edge> {
        if let Some(context) = self.context {
            pair.set_in_collection(context.of(a, b));
        }
        Some(Edge { left: a, right: b, found: self.judge.verify(pair, generator)? })
    }
}

/// The candidates in tasks of about the same size, so that a left article is in one task unless it
/// has very many.
fn tasks(candidates: &[Candidate]) -> Vec<&[Candidate]> {
    let enough = (candidates.len() / MANY_TASKS).clamp(1, MAX_TASK_CANDIDATES);
    let (mut tasks, mut task) = (Vec::new(), 0..0);
    for of_left in candidates.chunk_by(|a, b| a.0 == b.0) {
        for some in of_left.chunks(MAX_TASK_CANDIDATES) {
            task.end += some.len();
            if task.len() >= enough {
                tasks.push(&candidates[task.clone()]);
                task.start = task.end;
            }
        }
    }
    tasks.extend((!task.is_empty()).then(|| &candidates[task]));
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_candidate_is_in_one_task() {
        let of = |lefts: u32, rights: u32| -> Vec<Candidate> {
            (0..lefts).flat_map(|a| (0..rights).map(move |b| (a, 9_000 + b))).collect()
        };
        for (candidates, count) in
            [(of(0, 0), 0), (of(3, 2), 3), (of(1, 1000), 16), (of(90_000, 1), 1407)]
        {
            let tasks = tasks(&candidates);
            assert_eq!(tasks.len(), count);
            assert_eq!(tasks.concat(), candidates);
        }
    }
}
