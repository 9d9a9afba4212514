//! Candidates of a collection put to the [judge](crate::verify::candidate): both texts are read
//! again, on all cores, one left article with all its candidates at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::config::{Config, Scope};
use super::key_terms::{Account, KeyTerms};
use crate::article::Article;
use crate::cluster::Edge;
use crate::collection::Collection;
use crate::compare::overlap::Overlap;
use crate::idf::Idf;
use crate::parallel;
use crate::verify::candidate::{Generator, PairVerifier};
use crate::verify::pair::{ComparedPair, LeftArticle, PairScratch};
use crate::verify::policy::LEAST_EVENT;
use crate::verify::relation::LinkKind;

/// Candidates of one left article are verified in chunks, so that it is read once, but short enough
/// to share out.
const LONGEST: usize = 64;

/// Compares texts under one configuration.
#[derive(Clone, Copy)]
pub(super) struct Verifier<'a> {
    judge: PairVerifier<'a>,
    articles: &'a dyn Collection,
    /// The key terms of all texts, where stories are asked for.
    terms: Option<&'a KeyTerms<'a>>,
}

/// Working memory that is used again from text to text.
#[derive(Default)]
struct Memory {
    pair: PairScratch,
    /// For texts that are not in memory.
    left: String,
    right: String,
}

impl<'a> Verifier<'a> {
    pub(super) fn new(
        config: &'a Config,
        articles: &'a dyn Collection,
        idf: &'a Idf,
        terms: Option<&'a KeyTerms<'a>>,
    ) -> Self {
        let terms = terms.filter(|_| config.scope() >= Scope::Story);
        Verifier { judge: PairVerifier::new(config.criteria(), idf), articles, terms }
    }

    /// What articles `a` and `b` share.
    pub(super) fn overlap(&self, a: u32, b: u32) -> Overlap {
        self.with(a, b, |pair| pair.overlap())
    }

    /// The edge between two different articles if they are a pair.
    pub(super) fn edge(&self, a: u32, b: u32, generator: Generator) -> Option<Edge> {
        let (a, b) = (a.min(b), a.max(b));
        self.with(a, b, |pair| self.put(a, b, pair, generator))
    }

    /// The edge between two different articles if one was made from the other.
    pub(super) fn one_text(&self, a: u32, b: u32) -> Option<Edge> {
        self.edge(a, b, Generator::Anchors).filter(|edge| edge.found.kind == LinkKind::Text)
    }

    /// What the candidates are, sorted by their left article: those that are pairs, and those that
    /// may be of one event.
    pub(super) fn verify(
        &self,
        candidates: &[(u32, u32)],
        generator: Generator,
        tell: &(dyn Fn(usize, usize) + Sync),
    ) -> (Vec<Edge>, Vec<Account>) {
        let groups: Vec<&[(u32, u32)]> = candidates
            .chunk_by(|a, b| a.0 == b.0)
            .flat_map(|group| group.chunks(LONGEST))
            .collect();
        let verified = AtomicUsize::new(0);
        let found = parallel::map(groups.len(), Memory::default, |memory, i| {
            let group = groups[i];
            let (mut left, buffer) = self.left(group[0].0, memory);
            let (mut edges, mut accounts) = (Vec::new(), Vec::new());
            for &(a, b) in group {
                let mut pair = left.with(self.article(b, buffer));
                edges.extend(self.put(a, b, &mut pair, generator));
                let event = pair.event().unwrap_or_default();
                if self.terms.is_some() && event >= LEAST_EVENT {
                    accounts.push(Account { left: a, right: b, event });
                }
            }
            let done = verified.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(256) || done == groups.len() {
                tell(done, groups.len());
            }
            (edges, accounts)
        });
        let (edges, accounts): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        (edges.concat(), accounts.concat())
    }

    fn article<'t>(&self, i: u32, buffer: &'t mut String) -> Article<'t>
    where
        'a: 't,
    {
        let text = self.articles.text(i as usize, buffer);
        Article { text, ..self.articles.article(i as usize) }
    }

    /// Article `a` to be compared with others, and a buffer for their texts.
    fn left<'m>(&self, a: u32, memory: &'m mut Memory) -> (LeftArticle<'m>, &'m mut String)
    where
        'a: 'm,
    {
        let Memory { pair, left, right } = memory;
        (self.judge.left(self.article(a, left), pair), right)
    }

    fn with<T>(&self, a: u32, b: u32, ask: impl FnOnce(&mut ComparedPair<'_, '_>) -> T) -> T {
        let mut memory = Memory::default();
        let (mut left, buffer) = self.left(a, &mut memory);
        ask(&mut left.with(self.article(b, buffer)))
    }

    fn put(
        &self,
        a: u32,
        b: u32,
        pair: &mut ComparedPair<'_, '_>,
        generator: Generator,
    ) -> Option<Edge> {
        if let Some(terms) = self.terms {
            pair.set_in_collection(terms.known(a, b));
        }
        Some(Edge { left: a, right: b, found: self.judge.verify(pair, generator)? })
    }
}
