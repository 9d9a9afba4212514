//! The key terms of a collection's articles, read for those that ask for them.

use crate::collection::Collection;
use crate::parallel;
use crate::sketch::story::{Closeness, Term, TermReader, TermWeights};
use crate::text::fold::Folding;

/// Terms weighed by how many articles have them.
pub(super) struct KeyTerms<'a> {
    articles: &'a dyn Collection,
    folding: Folding,
    weights: TermWeights,
    /// Of each article; none of those not read yet.
    terms: Vec<Option<Box<[Term]>>>,
}

impl<'a> KeyTerms<'a> {
    /// Learns the weights from `texts`, and reads their terms.
    pub(super) fn learn(articles: &'a dyn Collection, folding: Folding, texts: &[u32]) -> Self {
        let terms = read(articles, folding, texts);
        let mut all = KeyTerms {
            articles,
            folding,
            weights: TermWeights::learn(&terms),
            terms: vec![None; articles.len()],
        };
        all.put(texts, terms);
        all
    }

    /// Reads the terms of more texts.
    pub(super) fn read(&mut self, texts: impl Iterator<Item = u32>) {
        let mut new: Vec<u32> = texts.filter(|&text| self.terms[text as usize].is_none()).collect();
        new.sort_unstable();
        new.dedup();
        let terms = read(self.articles, self.folding, &new);
        self.put(&new, terms);
    }

    fn put(&mut self, texts: &[u32], terms: Vec<Box<[Term]>>) {
        for (&text, mut terms) in texts.iter().zip(terms) {
            self.weights.weigh(&mut terms);
            self.terms[text as usize] = Some(terms);
        }
    }

    /// The cosine of the terms of each of some pairs. Pairs with one left article should follow each other.
    pub(super) fn cosines(&self, pairs: &[(u32, u32)]) -> Vec<f64> {
        let groups: Vec<&[(u32, u32)]> = pairs.chunk_by(|a, b| a.0 == b.0).collect();
        let cosines = parallel::map(groups.len(), Closeness::default, |closeness, group| {
            closeness.set_left(self.of(groups[group][0].0));
            groups[group].iter().map(|&(_, right)| closeness.to(self.of(right))).collect::<Vec<f64>>()
        });
        cosines.concat()
    }

    /// The story keys of a text.
    pub(super) fn keys(&self, text: u32) -> Box<[u32]> {
        self.weights.keys(self.of(text)).into()
    }

    /// The terms of a text, which must have been read.
    fn of(&self, text: u32) -> &[Term] {
        self.terms[text as usize].as_deref().unwrap_or_default()
    }
}

fn read(articles: &dyn Collection, folding: Folding, texts: &[u32]) -> Vec<Box<[Term]>> {
    parallel::map(texts.len(), <(TermReader, String)>::default, |(reader, buffer), i| {
        Box::from(&*reader.read(articles.text(texts[i] as usize, buffer), folding))
    })
}
