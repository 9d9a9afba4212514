//! A cache of the key terms of a collection's articles, weighed by their rarity and read when they
//! are needed.

use super::config::Scope;
use super::input::{Candidate, Input};
use crate::collection::Texts;
use crate::parallel;
use crate::sketch::key_terms::{CosineCounter, Term, TermReader, TermWeights};
use crate::text::fold::Folding;
use crate::verify::policy::{LEARNT_FROM, LEARNT_SAMPLE};

/// Texts whose terms are cached beside those that the weights were learned from. They take some
/// half a kilobyte a text.
const MAX_CACHED: usize = 1 << 17;

/// Whether there are enough texts to know what is common among texts that have nothing to do with
/// each other.
pub(super) fn knows_boilerplate(input: Input<'_>) -> bool {
    input.texts().len() >= LEARNT_FROM
}

/// Key terms weighed by how many articles have them. Answers do not depend on which terms are read
/// already.
pub(super) struct TermCache<'a> {
    articles: &'a dyn Texts,
    folding: Folding,
    weights: TermWeights,
    /// For each article its terms, by hash; none if they are not read.
    terms: Vec<Option<Box<[Term]>>>,
    /// The texts that were read after the weights were learned.
    cached: Vec<u32>,
}

impl<'a> TermCache<'a> {
    /// Learns the weights that the scope needs: for stories from all texts, otherwise from a sample
    /// if there are enough to know boilerplate by; none where texts are letters.
    pub(super) fn for_scope(input: Input<'a>) -> Option<Self> {
        let Input { config, articles, .. } = input;
        let shingler = config.sketcher().shingler();
        let learn = |texts: &[u32]| TermCache::learn(articles, shingler.folding(), texts);
        match config.scope() {
            _ if !shingler.shingle().is_words() => None,
            Scope::Similar => None,
            Scope::Text => knows_boilerplate(input).then(|| learn(&sample(input))),
            Scope::Story => Some(learn(input.texts())),
        }
    }

    /// Learns the weights from `texts`, and keeps their terms.
    pub(super) fn learn(articles: &'a dyn Texts, folding: Folding, texts: &[u32]) -> Self {
        let terms = read(articles, folding, texts);
        let mut all = TermCache {
            articles,
            folding,
            weights: TermWeights::learn(&terms),
            terms: vec![None; articles.len()],
            cached: Vec::new(),
        };
        all.keep(texts, terms);
        all
    }

    /// Terms that were read and weighed elsewhere, one list for each article.
    #[cfg(feature = "distributed")]
    pub(super) fn of_weighed(
        articles: &'a dyn Texts,
        folding: Folding,
        terms: Vec<Option<Box<[Term]>>>,
    ) -> Self {
        let weights = TermWeights::empty();
        TermCache { articles, folding, weights, terms, cached: Vec::new() }
    }

    /// How many articles there are.
    pub(super) fn articles(&self) -> usize {
        self.terms.len()
    }

    /// The terms of a text, which must have been read.
    pub(super) fn of(&self, text: u32) -> &[Term] {
        self.terms[text as usize].as_deref().unwrap_or_default()
    }

    /// The hashes of the best terms of a text, without those that no other text has.
    pub(super) fn keys(&self, text: u32) -> Box<[u32]> {
        self.weights.paired(self.of(text), 2, |_| false).iter().map(|term| term.hash()).collect()
    }

    /// The cosines of the terms of some pairs; reads the terms that are not read yet. Pairs with
    /// the same left text should follow each other.
    pub(super) fn cosines(&mut self, pairs: &[Candidate]) -> Vec<f64> {
        let mut cosines = Vec::with_capacity(pairs.len());
        for pairs in pairs.chunks(MAX_CACHED / 2) {
            self.read(pairs.iter().flat_map(|&(a, b)| [a, b]));
            cosines.append(&mut self.cosines_of_read(pairs));
            if self.cached.len() > MAX_CACHED {
                self.cached.drain(..).for_each(|text| self.terms[text as usize] = None);
            }
        }
        cosines
    }

    fn cosines_of_read(&self, pairs: &[Candidate]) -> Vec<f64> {
        let groups: Vec<&[Candidate]> = pairs.chunk_by(|a, b| a.0 == b.0).collect();
        let cosines = parallel::map(groups.len(), CosineCounter::default, |closeness, group| {
            closeness.set_left(self.of(groups[group][0].0));
            groups[group]
                .iter()
                .map(|&(_, right)| closeness.cosine(self.of(right)))
                .collect::<Vec<f64>>()
        });
        cosines.concat()
    }

    /// The first words of a text that have these terms, one for each term that is found.
    pub(super) fn words(&self, text: u32, terms: &[u32]) -> Vec<String> {
        let mut buffer = String::new();
        let text = self.articles.text(text as usize, &mut buffer);
        let places = TermReader::default().places(text, self.folding, terms);
        places.into_iter().flatten().map(|place| text[place].to_owned()).collect()
    }

    /// Reads the terms of the texts that are not read yet.
    fn read(&mut self, texts: impl Iterator<Item = u32>) {
        let mut new: Vec<u32> = texts.filter(|&text| self.terms[text as usize].is_none()).collect();
        new.sort_unstable();
        new.dedup();
        let terms = read(self.articles, self.folding, &new);
        self.keep(&new, terms);
        self.cached.extend(new);
    }

    fn keep(&mut self, texts: &[u32], terms: Vec<Box<[Term]>>) {
        for (&text, mut terms) in texts.iter().zip(terms) {
            self.weights.weigh(&mut terms);
            self.terms[text as usize] = Some(terms);
        }
    }
}

/// Some of the texts: by digest, so that the order of the input does not matter.
fn sample(input: Input<'_>) -> Vec<u32> {
    let mut sample = input.texts().to_vec();
    if sample.len() > LEARNT_SAMPLE {
        let key = |&text: &u32| (input.signed.digests[text as usize], input.rank[text as usize]);
        sample.select_nth_unstable_by_key(LEARNT_SAMPLE, key);
        sample.truncate(LEARNT_SAMPLE);
    }
    sample
}

fn read(articles: &dyn Texts, folding: Folding, texts: &[u32]) -> Vec<Box<[Term]>> {
    parallel::map(texts.len(), <(TermReader, String)>::default, |(reader, buffer), i| {
        Box::from(&*reader.read(articles.text(texts[i] as usize, buffer), folding))
    })
}
