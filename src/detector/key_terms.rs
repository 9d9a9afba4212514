//! The key terms of a collection's articles, read for those that ask for them.

use std::collections::HashMap;

use crate::article::Article;
use crate::parallel;
use crate::sketch::story::{Term, TermReader, TermWeights, closeness};
use crate::text::fold::Folding;

/// Terms weighed by how many articles have them.
#[derive(Debug)]
pub(super) struct KeyTerms<'a> {
    articles: &'a [Article<'a>],
    folding: Folding,
    weights: TermWeights,
    known: HashMap<u32, Box<[Term]>>,
}

impl<'a> KeyTerms<'a> {
    /// Learns the weights from `texts`, and knows their terms.
    pub(super) fn learn(articles: &'a [Article<'a>], folding: Folding, texts: &[u32]) -> Self {
        let mut terms = read(articles, folding, texts);
        let weights = TermWeights::learn(&terms);
        terms.iter_mut().for_each(|terms| weights.weigh(terms));
        let known = texts.iter().copied().zip(terms).collect();
        KeyTerms { articles, folding, weights, known }
    }

    /// Reads the terms of more texts, those it does not know yet.
    pub(super) fn read(&mut self, texts: impl Iterator<Item = u32>) {
        let mut new: Vec<u32> = texts.filter(|text| !self.known.contains_key(text)).collect();
        new.sort_unstable();
        new.dedup();
        let mut terms = read(self.articles, self.folding, &new);
        terms.iter_mut().for_each(|terms| self.weights.weigh(terms));
        self.known.extend(new.into_iter().zip(terms));
    }

    /// The cosine of two texts' terms, 0 to 1. Both must be known.
    pub(super) fn closeness(&self, a: u32, b: u32) -> f64 {
        closeness(self.of(a), self.of(b))
    }

    /// The story keys of a text.
    pub(super) fn keys(&self, text: u32) -> Box<[u32]> {
        self.weights.keys(self.of(text)).into()
    }

    fn of(&self, text: u32) -> &[Term] {
        self.known.get(&text).map_or(&[], |terms| terms)
    }
}

fn read(articles: &[Article<'_>], folding: Folding, texts: &[u32]) -> Vec<Box<[Term]>> {
    let text = |i: usize| articles[texts[i] as usize].text;
    parallel::map(texts.len(), TermReader::default, |reader, i| reader.read(text(i), folding))
}
