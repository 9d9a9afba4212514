//! Candidates compared exactly: both texts are read again, their shingles counted and, where these do not decide, their passages and
//! their stories compared.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::{Config, Scope};
use crate::article::Article;
use crate::cluster::{Bond, Edge};
use crate::compare::overlap::{Overlap, OverlapCounter};
use crate::compare::verdict::Reading;
use crate::idf::Idf;
use crate::parallel;
use crate::shingle::Scratch;

/// Candidates of one left article are verified in pieces, so that it is read once, but short enough to share out.
const LONGEST: usize = 64;

/// Compares texts under one configuration.
#[derive(Clone, Copy)]
pub(super) struct Verifier<'a> {
    config: &'a Config,
    articles: &'a [Article<'a>],
    idf: &'a Idf,
}

/// The articles at hand, so that one is not read again for each of its candidates.
#[derive(Default)]
struct Memory<'a> {
    scratch: Scratch,
    counter: OverlapCounter,
    left: Option<(u32, Reading<'a>)>,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(config: &'a Config, articles: &'a [Article<'a>], idf: &'a Idf) -> Self {
        Verifier { config, articles, idf }
    }

    /// What articles `a` and `b` share.
    pub(super) fn overlap(&self, a: u32, b: u32) -> Overlap {
        let mut memory = Memory::default();
        self.set_left(&mut memory, a);
        self.count(&mut memory, b)
    }

    /// The edge between two different articles if they have a text in common.
    pub(super) fn one_text(&self, a: u32, b: u32) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        let mut memory = Memory::default();
        self.set_left(&mut memory, a);
        self.judge_text(&mut memory, a, b)
    }

    /// The edge between two different articles if they tell of one event.
    pub(super) fn one_story(&self, a: u32, b: u32) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        let mut memory = Memory::default();
        self.set_left(&mut memory, a);
        self.judge_story(&mut memory, a, b)
    }

    /// Of the candidates, sorted by their left article, those with a text in common.
    pub(super) fn texts(&self, candidates: &[(u32, u32)], tell: &(dyn Fn(usize, usize) + Sync)) -> Vec<Edge> {
        self.verify(candidates, tell, Self::judge_text)
    }

    /// Of the candidates, sorted by their left article, those that tell of one event.
    pub(super) fn stories(
        &self,
        candidates: &[(u32, u32)],
        tell: &(dyn Fn(usize, usize) + Sync),
    ) -> Vec<Edge> {
        self.verify(candidates, tell, Self::judge_story)
    }

    fn verify(
        &self,
        candidates: &[(u32, u32)],
        tell: &(dyn Fn(usize, usize) + Sync),
        judge: fn(&Self, &mut Memory<'a>, u32, u32) -> Option<Edge>,
    ) -> Vec<Edge> {
        let groups: Vec<&[(u32, u32)]> =
            candidates.chunk_by(|a, b| a.0 == b.0).flat_map(|group| group.chunks(LONGEST)).collect();
        let verified = AtomicUsize::new(0);
        let found = parallel::map(groups.len(), Memory::default, |memory, i| {
            let group = groups[i];
            self.set_left(memory, group[0].0);
            let edges: Vec<Edge> = group.iter().filter_map(|&(a, b)| judge(self, memory, a, b)).collect();
            let done = verified.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(256) || done == groups.len() {
                tell(done, groups.len());
            }
            edges
        });
        found.into_iter().flatten().collect()
    }

    fn text(&self, i: u32) -> &'a str {
        self.articles[i as usize].text
    }

    fn set_left(&self, memory: &mut Memory<'a>, a: u32) {
        let shingler = self.config.sketcher().shingler();
        memory.counter.set_left(shingler.read(self.text(a), &mut memory.scratch));
    }

    fn count(&self, memory: &mut Memory<'a>, b: u32) -> Overlap {
        let shingler = self.config.sketcher().shingler();
        memory.counter.overlap(shingler.read(self.text(b), &mut memory.scratch))
    }

    fn read(&self, i: u32) -> Reading<'a> {
        Reading::of(self.text(i), self.config.sketcher().shingler().folding())
    }

    /// The left article read, once for all its candidates.
    fn left<'m>(&self, memory: &'m mut Memory<'a>, a: u32) -> &'m Reading<'a> {
        match &mut memory.left {
            Some((held, _)) if *held == a => {}
            left => *left = Some((a, self.read(a))),
        }
        memory.left.as_ref().map_or_else(|| unreachable!("it was just read"), |(_, reading)| reading)
    }

    fn judge_text(&self, memory: &mut Memory<'a>, a: u32, b: u32) -> Option<Edge> {
        let config = self.config;
        let overlap = self.count(memory, b);
        let edge = |score| Edge { left: a, right: b, overlap, bond: Bond::Text, score };
        if overlap.jaccard() >= config.threshold() {
            return Some(edge(match config.scope() {
                Scope::Similar => overlap.jaccard(),
                _ => (overlap.left_containment() * overlap.right_containment()).sqrt(),
            }));
        }
        let by_words = config.sketcher().shingler().shingle().is_words();
        if config.scope() == Scope::Similar || !by_words {
            return None;
        }
        let right = self.read(b);
        self.left(memory, a).text_in_common(&right).map(edge)
    }

    fn judge_story(&self, memory: &mut Memory<'a>, a: u32, b: u32) -> Option<Edge> {
        let right = self.read(b);
        let left = self.left(memory, a);
        let score = left.story_in_common(&right, self.idf)?;
        // The keys of a story may find what the other roads missed.
        let text = left.text_in_common(&right);
        let (bond, score) = text.map_or((Bond::Story, score), |covered| (Bond::Text, covered));
        Some(Edge { left: a, right: b, overlap: self.count(memory, b), bond, score })
    }
}
