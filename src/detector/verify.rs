//! Candidates compared exactly: both texts are read again and their shingles counted.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::Config;
use crate::article::Article;
use crate::cluster::Edge;
use crate::compare::overlap::{Counter, Overlap};
use crate::parallel;
use crate::shingle::Scratch;

/// Compares texts under one configuration.
#[derive(Clone, Copy)]
pub(super) struct Verifier<'a> {
    config: &'a Config,
    articles: &'a [Article<'a>],
}

impl<'a> Verifier<'a> {
    pub(super) fn new(config: &'a Config, articles: &'a [Article<'a>]) -> Self {
        Verifier { config, articles }
    }

    /// What articles `a` and `b` share.
    pub(super) fn overlap(&self, a: u32, b: u32) -> Overlap {
        let shingler = self.config.sketcher().shingler();
        let (mut scratch, mut counter) = (Scratch::default(), Counter::default());
        counter.set_left(shingler.read(self.articles[a as usize].text, &mut scratch));
        counter.overlap(shingler.read(self.articles[b as usize].text, &mut scratch))
    }

    /// Those of the candidates, sorted by their left article, whose similarity reaches the threshold.
    pub(super) fn verify(
        &self,
        candidates: &[(u32, u32)],
        tell: &(dyn Fn(usize, usize) + Sync),
    ) -> Vec<Edge> {
        let shingler = self.config.sketcher().shingler();
        // Pieces of one left article, so that it is read once, but short enough to share out.
        const LONGEST: usize = 64;
        let groups: Vec<&[(u32, u32)]> =
            candidates.chunk_by(|a, b| a.0 == b.0).flat_map(|group| group.chunks(LONGEST)).collect();
        let verified = AtomicUsize::new(0);
        let found = parallel::map(
            groups.len(),
            || (Scratch::default(), Counter::default()),
            |(scratch, counter), i| {
                let group = groups[i];
                let text = |i: u32| self.articles[i as usize].text;
                counter.set_left(shingler.read(text(group[0].0), scratch));
                let edges: Vec<Edge> = group
                    .iter()
                    .map(|&(a, b)| (a, b, counter.overlap(shingler.read(text(b), scratch))))
                    .filter(|(_, _, overlap)| overlap.jaccard() >= self.config.threshold())
                    .collect();
                let done = verified.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of(256) || done == groups.len() {
                    tell(done, groups.len());
                }
                edges
            },
        );
        found.into_iter().flatten().collect()
    }
}
