//! Candidates compared exactly: both texts are read again, their shingles counted and, where these do not decide, their passages and
//! their stories compared.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::{Config, Scope};
use crate::cluster::{Bond, Edge};
use crate::collection::Collection;
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
    articles: &'a dyn Collection,
    idf: &'a Idf,
}

/// Working memory that is used again from text to text.
#[derive(Default)]
struct Memory {
    scratch: Scratch,
    counter: OverlapCounter,
    /// For texts that are not in memory.
    left: String,
    right: String,
}

/// A left article at hand, so that it is not read again for each of its candidates.
struct Left<'m> {
    scratch: &'m mut Scratch,
    counter: &'m mut OverlapCounter,
    number: u32,
    text: &'m str,
    /// Read when it is first needed.
    reading: Option<Reading<'m>>,
}

/// What a candidate is put to: a left article, and the number and the text of a right one.
type Judge<'a> = fn(&Verifier<'a>, &mut Left<'_>, u32, &str) -> Option<Edge>;

impl<'a> Verifier<'a> {
    pub(super) fn new(config: &'a Config, articles: &'a dyn Collection, idf: &'a Idf) -> Self {
        Verifier { config, articles, idf }
    }

    /// What articles `a` and `b` share.
    pub(super) fn overlap(&self, a: u32, b: u32) -> Overlap {
        self.with(a, b, Self::count)
    }

    /// The edge between two different articles if they have a text in common.
    pub(super) fn one_text(&self, a: u32, b: u32) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        self.with(a, b, Self::judge_text)
    }

    /// The edge between two different articles if they tell of one event.
    pub(super) fn one_story(&self, a: u32, b: u32) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        self.with(a, b, Self::judge_story)
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
        judge: Judge<'a>,
    ) -> Vec<Edge> {
        let groups: Vec<&[(u32, u32)]> =
            candidates.chunk_by(|a, b| a.0 == b.0).flat_map(|group| group.chunks(LONGEST)).collect();
        let verified = AtomicUsize::new(0);
        let found = parallel::map(groups.len(), Memory::default, |memory, i| {
            let group = groups[i];
            let (mut left, buffer) = self.left(group[0].0, memory);
            let mut judged = |&(_, b): &(u32, u32)| judge(self, &mut left, b, self.text(b, buffer));
            let edges: Vec<Edge> = group.iter().filter_map(&mut judged).collect();
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

    fn read<'t>(&self, text: &'t str) -> Reading<'t> {
        Reading::of(text, self.config.sketcher().shingler().folding())
    }

    /// Article `a` to be compared with others, and a buffer for their texts.
    fn left<'m>(&self, a: u32, memory: &'m mut Memory) -> (Left<'m>, &'m mut String)
    where
        'a: 'm,
    {
        let Memory { scratch, counter, left, right } = memory;
        let text = self.text(a, left);
        counter.set_left(self.config.sketcher().shingler().read(text, scratch));
        (Left { scratch, counter, number: a, text, reading: None }, right)
    }

    fn with<T>(&self, a: u32, b: u32, judge: impl FnOnce(&Self, &mut Left<'_>, u32, &str) -> T) -> T {
        let mut memory = Memory::default();
        let (mut left, buffer) = self.left(a, &mut memory);
        judge(self, &mut left, b, self.text(b, buffer))
    }

    fn count(&self, left: &mut Left<'_>, _: u32, text: &str) -> Overlap {
        left.counter.overlap(self.config.sketcher().shingler().read(text, left.scratch))
    }

    fn judge_text(&self, left: &mut Left<'_>, b: u32, text: &str) -> Option<Edge> {
        let config = self.config;
        let overlap = self.count(left, b, text);
        let edge = |score| Edge { left: left.number, right: b, overlap, bond: Bond::Text, score };
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
        let right = self.read(text);
        let reading = left.reading.get_or_insert_with(|| self.read(left.text));
        reading.text_in_common(&right).map(edge)
    }

    fn judge_story(&self, left: &mut Left<'_>, b: u32, text: &str) -> Option<Edge> {
        let right = self.read(text);
        let reading = left.reading.get_or_insert_with(|| self.read(left.text));
        let score = reading.story_in_common(&right, self.idf)?;
        // The keys of a story may find what the other roads missed.
        let common = reading.text_in_common(&right);
        let (bond, score) = common.map_or((Bond::Story, score), |covered| (Bond::Text, covered));
        Some(Edge { left: left.number, right: b, overlap: self.count(left, b, text), bond, score })
    }
}
