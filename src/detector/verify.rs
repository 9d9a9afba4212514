//! Candidates of a collection [compared exactly](super::exact): both texts are read again, on all cores, one left article with all its
//! candidates at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::Config;
use super::exact::{self, Both, Left};
use crate::cluster::{Bond, Edge};
use crate::collection::Collection;
use crate::compare::overlap::Overlap;
use crate::idf::Idf;
use crate::parallel;

/// Candidates of one left article are verified in pieces, so that it is read once, but short enough to share out.
const LONGEST: usize = 64;

/// Compares texts under one configuration.
#[derive(Clone, Copy)]
pub(super) struct Verifier<'a> {
    config: &'a Config,
    articles: &'a dyn Collection,
    idf: &'a Idf,
}

/// Working memory that is used again from text to text.
#[derive(Default)]
struct Memory {
    texts: exact::Memory,
    /// For texts that are not in memory.
    left: String,
    right: String,
}

/// What two articles are put to: what holds them together, and its score.
type Test<'a> = fn(&Verifier<'a>, &mut Both<'_, '_>) -> Option<(Bond, f64)>;

impl<'a> Verifier<'a> {
    pub(super) fn new(config: &'a Config, articles: &'a dyn Collection, idf: &'a Idf) -> Self {
        Verifier { config, articles, idf }
    }

    /// What articles `a` and `b` share.
    pub(super) fn overlap(&self, a: u32, b: u32) -> Overlap {
        self.with(a, b, |both| both.overlap())
    }

    /// The edge between two different articles if they have a text in common.
    pub(super) fn one_text(&self, a: u32, b: u32) -> Option<Edge> {
        self.edge(a.min(b), a.max(b), Self::one_text_of)
    }

    /// The edge between two different articles if they tell of one event.
    pub(super) fn one_story(&self, a: u32, b: u32) -> Option<Edge> {
        self.edge(a.min(b), a.max(b), Self::one_story_of)
    }

    /// Of the candidates, sorted by their left article, those with a text in common.
    pub(super) fn texts(&self, candidates: &[(u32, u32)], tell: &(dyn Fn(usize, usize) + Sync)) -> Vec<Edge> {
        self.verify(candidates, tell, Self::one_text_of)
    }

    /// Of the candidates, sorted by their left article, those that tell of one event.
    pub(super) fn stories(
        &self,
        candidates: &[(u32, u32)],
        tell: &(dyn Fn(usize, usize) + Sync),
    ) -> Vec<Edge> {
        self.verify(candidates, tell, Self::one_story_of)
    }

    fn verify(
        &self,
        candidates: &[(u32, u32)],
        tell: &(dyn Fn(usize, usize) + Sync),
        test: Test<'a>,
    ) -> Vec<Edge> {
        let groups: Vec<&[(u32, u32)]> =
            candidates.chunk_by(|a, b| a.0 == b.0).flat_map(|group| group.chunks(LONGEST)).collect();
        let verified = AtomicUsize::new(0);
        let found = parallel::map(groups.len(), Memory::default, |memory, i| {
            let group = groups[i];
            let (mut left, buffer) = self.left(group[0].0, memory);
            let mut edge = |&(a, b): &(u32, u32)| self.put(a, b, &mut left.with(self.text(b, buffer)), test);
            let edges: Vec<Edge> = group.iter().filter_map(&mut edge).collect();
            let done = verified.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(256) || done == groups.len() {
                tell(done, groups.len());
            }
            edges
        });
        found.into_iter().flatten().collect()
    }

    fn text<'t>(&self, i: u32, buffer: &'t mut String) -> &'t str
    where
        'a: 't,
    {
        self.articles.text(i as usize, buffer)
    }

    /// Article `a` to be compared with others, and a buffer for their texts.
    fn left<'m>(&self, a: u32, memory: &'m mut Memory) -> (Left<'m>, &'m mut String)
    where
        'a: 'm,
    {
        let Memory { texts, left, right } = memory;
        (Left::new(self.config.sketcher().shingler(), self.text(a, left), texts), right)
    }

    fn with<T>(&self, a: u32, b: u32, ask: impl FnOnce(&mut Both<'_, '_>) -> T) -> T {
        let mut memory = Memory::default();
        let (mut left, buffer) = self.left(a, &mut memory);
        ask(&mut left.with(self.text(b, buffer)))
    }

    fn edge(&self, a: u32, b: u32, test: Test<'a>) -> Option<Edge> {
        self.with(a, b, |both| self.put(a, b, both, test))
    }

    /// The edge between articles `a` and `b`, if they pass a test.
    fn put(&self, a: u32, b: u32, both: &mut Both<'_, '_>, test: Test<'a>) -> Option<Edge> {
        let (bond, score) = test(self, both)?;
        Some(Edge { left: a, right: b, overlap: both.overlap(), bond, score })
    }

    fn one_text_of(&self, both: &mut Both<'_, '_>) -> Option<(Bond, f64)> {
        both.one_text(self.config).map(|score| (Bond::Text, score))
    }

    fn one_story_of(&self, both: &mut Both<'_, '_>) -> Option<(Bond, f64)> {
        both.one_story(self.idf)
    }
}
