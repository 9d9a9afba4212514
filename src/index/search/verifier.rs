//! Compares the texts of candidates with the article of the query, where there are texts.

use std::collections::HashMap;
use std::hash::BuildHasher;

use super::answer::{Query, Verified};
use super::candidates::Candidate;
use super::cluster::{cluster_of, representative};
use super::hit::{Hit, push_hits};
use super::signed::TextKeys;
use crate::article::Article;
use crate::compare::context::{InCollection, PairMetadata};
use crate::compare::passages::Passages;
use crate::comparison::Comparison;
use crate::date::Date;
use crate::detector::config::Config;
use crate::error::Error;
use crate::idf::Idf;
use crate::index::segment::schema::Schema;
use crate::index::segment::signature::estimate;
use crate::index::view::{Address, View};
use crate::shingle::Scratch;
use crate::sketch::anchors::for_each_shared;
use crate::sketch::key_terms::{CosineCounter, Term, TermReader, TermWeights, cosine};
use crate::sketch::minhash::equal_slots;
use crate::sketch::signer::{Anchorer, Signer};
use crate::verify::candidate::{self, Generator, PairVerifier, is_worth_reading};
use crate::verify::pair::{ComparedPair, LeftArticle, PairScratch};
use crate::verify::policy::{ANCHORS_ALONE, LEARNT_FROM, Spread};
use crate::verify::relation::LinkKind;

/// Where the texts of candidates come from: writes the text of an id into the empty string, and
/// returns whether it could.
pub(crate) type TextSource<'t> = &'t mut dyn FnMut(&str, &mut String) -> bool;

/// What a query has to be verified with.
pub(crate) struct VerifierInput<'v, 't> {
    pub(crate) view: &'v View,
    pub(crate) config: &'v Config,
    pub(crate) schema: &'v Schema,
    pub(crate) query: &'v Query<'v>,
    pub(crate) signed: &'v TextKeys,
    pub(crate) judge: PairVerifier<'v>,
    /// The number of slots that must be equal.
    pub(crate) min_equal_slots: u32,
    /// The number of agreeing packed slots from which on they surely are.
    pub(crate) surely_equal_slots: u32,
    /// The weights of key terms.
    pub(crate) weights: Option<&'v TermWeights>,
    /// Where stories are searched for: the weighted key terms of the article, and how many texts
    /// are near it.
    pub(crate) accounts: Option<(&'v [Term], u64)>,
    /// How many texts have each anchor of the article.
    pub(crate) anchor_frequencies: &'v [u32],
    /// Texts that are given; otherwise those that the index keeps are compared.
    pub(crate) texts: Option<TextSource<'t>>,
}

/// Verifies the candidates of one query, one after another.
pub(crate) struct CandidateVerifier<'v, 't> {
    input: VerifierInput<'v, 't>,
    left: LeftArticle<'v>,
    sketches: &'v mut PairSketches,
    signer: &'v mut Signer,
    text: &'v mut String,
    /// The verdicts so far, by the hash of the text and its context, as many articles may have one
    /// text. The map's own hasher is keyed, so that nobody can foresee a collision.
    known: HashMap<(u64, PairMetadata), Option<Verified>>,
}

/// Buffers that are used again from query to query.
pub(crate) struct VerifierScratch {
    pair: PairScratch,
    sketches: PairSketches,
    /// Signs the texts of candidates.
    signer: Signer,
    text: String,
}

impl VerifierScratch {
    pub(crate) fn new(config: &Config) -> Self {
        VerifierScratch {
            pair: PairScratch::default(),
            sketches: PairSketches::default(),
            signer: Signer::new(config.sketcher(), config.uses_anchors()),
            text: String::new(),
        }
    }
}

/// Key terms and anchors of the article and of a candidate.
#[derive(Default)]
struct PairSketches {
    reader: TermReader,
    weighed: Vec<Term>,
    /// Holds the terms of the article once they were needed.
    closeness: CosineCounter,
    has_terms: bool,
    /// The anchors of the article, once they were needed, and those of the candidate.
    anchors: [Vec<u32>; 2],
    has_anchors: bool,
    rolled: Scratch,
    frequencies: Vec<usize>,
}

/// The outcome of looking at a candidate.
#[derive(Clone, Copy)]
enum Outcome {
    /// There was no text to compare.
    NoText,
    /// The texts were compared; `None` if they do not match.
    Compared(Option<Verified>),
}

impl<'v, 't> CandidateVerifier<'v, 't> {
    pub(crate) fn new(input: VerifierInput<'v, 't>, scratch: &'v mut VerifierScratch) -> Self {
        let VerifierScratch { pair, sketches, signer, text } = scratch;
        (sketches.has_terms, sketches.has_anchors) = (false, false);
        let left = input.judge.left(input.query.article, pair);
        CandidateVerifier { input, left, sketches, signer, text, known: HashMap::new() }
    }

    /// Compares a candidate with the article, and adds those of its articles that match.
    pub(crate) fn look_at(
        &mut self,
        candidate: &Candidate,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Error> {
        let first = hits.len();
        let VerifierInput { view, config, query, .. } = self.input;
        push_hits(view, query, config.story_window(), candidate, hits)?;
        let mut kept = first;
        // Exact duplicates may differ in layout, date and source, and so in their verdict.
        for i in first..hits.len() {
            let (keep, verified) = match self.verify(hits[i].address, candidate)? {
                Outcome::Compared(verified) => (verified.is_some(), verified),
                // Without texts, key terms are no more than a guess, and one phrase proves no copy.
                Outcome::NoText => {
                    (candidate.by_band || candidate.anchor_share >= ANCHORS_ALONE, None)
                }
            };
            if keep {
                hits[kept] = Hit { verified, ..hits[i] };
                kept += 1;
            }
        }
        hits.truncate(kept);
        Ok(())
    }

    /// Compares the text of an article with that of the query.
    fn verify(&mut self, address: Address, candidate: &Candidate) -> Result<Outcome, Error> {
        let VerifierInput { view, schema, .. } = self.input;
        let (leaf, article) = (view.leaf(address), address.article);
        if !self.read_text(address)? {
            return Ok(Outcome::NoText);
        }
        let text = std::mem::take(self.text);
        let right = article_of(view, address, &text)?;
        let around = PairMetadata::of(&self.input.query.article, &right);
        let key = (self.known.hasher().hash_one(text.as_str()), around);
        let verified = match self.known.get(&key) {
            Some(&verified) => verified,
            None => {
                let terms = if schema.stories { leaf.terms(article)? } else { None };
                let verified = self.judge(candidate, right, terms.as_deref());
                self.known.insert(key, verified);
                verified
            }
        };
        *self.text = text;
        Ok(Outcome::Compared(verified))
    }

    /// Reads the text of an article; false if there is none to read.
    fn read_text(&mut self, address: Address) -> Result<bool, Error> {
        let VerifierInput { view, schema, .. } = self.input;
        let (leaf, article) = (view.leaf(address), address.article);
        self.text.clear();
        match &mut self.input.texts {
            Some(texts) => Ok(texts(leaf.id(article)?, self.text)),
            None if schema.texts => leaf.text(article, self.text).map(|()| true),
            None => Ok(false),
        }
    }

    /// The passages that the text of a hit shares with that of the query, if there is one.
    pub(crate) fn passages(&mut self, hit: &Hit, idf: &Idf) -> Result<Option<Passages>, Error> {
        if !self.read_text(hit.address)? {
            return Ok(None);
        }
        let VerifierInput { view, config, query, .. } = self.input;
        let right = article_of(view, hit.address, self.text)?;
        let shingler = config.sketcher().shingler();
        Ok(Some(Comparison::of([&query.article, &right], &shingler, idf, None).shared))
    }

    /// Judges an article as a candidate of each generator that has found it, one after another.
    fn judge(
        &mut self,
        candidate: &Candidate,
        right: Article<'_>,
        terms: Option<&[Term]>,
    ) -> Option<Verified> {
        let VerifierInput { judge, weights, accounts, signed, schema, .. } = self.input;
        // The packed slots let some through that share a band but have too few equal slots.
        let by_bands = candidate.by_band
            && (candidate.agreeing >= self.input.surely_equal_slots
                || equal_slots(&signed.slots, self.signer.sign(right.text).slots)
                    >= self.input.min_equal_slots);
        let by_text = match (by_bands, candidate.anchor_share > 0.0) {
            (true, _) => Some(Generator::Bands),
            (false, true) => Some(Generator::Anchors),
            (false, false) => None,
        };
        let agreeing = candidate.agreeing.min(schema.slots as u32);
        let similarity = estimate(agreeing, schema.slots).jaccard;
        let by_words = self.left.shingler().shingle().is_words();
        let mut pair = self.left.with(right);
        if let Some(((own, neighbours), weights)) = accounts.zip(weights) {
            let PairSketches { reader, weighed, .. } = &mut *self.sketches;
            weighed.clear();
            let folding = pair.left().shingler().folding();
            weighed.extend_from_slice(terms.unwrap_or_else(|| reader.read(right.text, folding)));
            weights.weigh(weighed);
            pair.set_in_collection(InCollection {
                cosine: cosine(own, weighed),
                neighbours,
                texts: weights.articles() as u64,
            });
        }
        let articles_with = |anchor: u32| {
            let at = signed.anchors.binary_search(&anchor).ok();
            at.and_then(|at| self.input.anchor_frequencies.get(at)).map_or(0, |&it| it as usize)
        };
        let generators = by_text.into_iter().chain(candidate.by_terms.then_some(Generator::Terms));
        let found = { generators }.find_map(|generator| {
            let applies = |weights: &&TermWeights| {
                by_words && (generator == Generator::Terms || weights.articles() >= LEARNT_FROM)
            };
            let mut lazy = LazySketches {
                pair: &mut pair,
                sketches: self.sketches,
                weights: weights.filter(applies),
                own_terms: accounts.map(|(own, _)| own),
                terms,
                cosine: None,
                similarity,
                articles_with: &articles_with,
            };
            if !is_worth_reading(generator, &mut lazy) {
                return None;
            }
            let found = judge.verify(lazy.pair, generator)?;
            let is_common = !by_words
                && generator != Generator::Terms
                && found.is_common_passage(candidate::SketchedPair::spread(&mut lazy));
            (!is_common).then_some(found)
        })?;
        let candidate::PairLink { overlap, relation, kind, score, .. } = found;
        let (relation, confidence) =
            relation.unwrap_or_else(|| judge.relation_if_similar(&mut pair));
        Some(Verified { relation, confidence, overlap, kind, score })
    }

    /// The cluster of the article: that of the best match among those that represent one; or else
    /// that of the best match, if the article that represents it matches, too. So no article joins
    /// a cluster that it has nothing in common with.
    pub(crate) fn cluster(&mut self, hits: &[Hit]) -> Result<Option<String>, Error> {
        let VerifierInput { view, schema, .. } = self.input;
        // Of matches that represent a cluster, and of others: the best score, and the cluster.
        let mut best: [Option<(f64, &str)>; 2] = [None, None];
        for hit in hits.iter().filter(|hit| hit.is_strong()) {
            let (cluster, represents_it) = cluster_of(view, hit)?;
            let best = &mut best[usize::from(!represents_it)];
            if best.is_none_or(|best| hit.score(schema.slots) > best.0) {
                *best = Some((hit.score(schema.slots), cluster));
            }
        }
        if let Some((_, cluster)) = best[0] {
            return Ok(Some(cluster.to_owned()));
        }
        let Some((_, cluster)) = best[1] else { return Ok(None) };
        let Some(address) = representative(view, cluster)? else { return Ok(None) };
        let candidate = Candidate { by_band: true, ..Candidate::new(address, u32::MAX) };
        let outcome = self.verify(address, &candidate)?;
        let matches =
            matches!(outcome, Outcome::Compared(Some(verified)) if verified.kind == LinkKind::Text);
        Ok(matches.then(|| cluster.to_owned()))
    }
}

/// An article of the index with its text.
fn article_of<'a>(view: &'a View, address: Address, text: &'a str) -> Result<Article<'a>, Error> {
    let (leaf, article) = (view.leaf(address), address.article);
    let date = leaf.metadata(article)?.date.map(Date::from_unix_seconds);
    Ok(Article::new(text).date(date).source(leaf.source(article)?))
}

/// The sketches of a pair whose texts are at hand, made when they are asked for.
struct LazySketches<'k, 'p, 'm> {
    pair: &'k mut ComparedPair<'p, 'm>,
    sketches: &'k mut PairSketches,
    weights: Option<&'k TermWeights>,
    /// The key terms of the article, weighted, if they are known.
    own_terms: Option<&'k [Term]>,
    /// The key terms of the candidate, not weighted, if the index keeps them.
    terms: Option<&'k [Term]>,
    cosine: Option<f64>,
    /// The similarity by the packed signatures.
    similarity: f64,
    articles_with: &'k dyn Fn(u32) -> usize,
}

impl candidate::SketchedPair for LazySketches<'_, '_, '_> {
    fn similarity(&mut self) -> f64 {
        self.similarity
    }

    fn cosine(&mut self) -> Option<f64> {
        let weights = self.weights?;
        let PairSketches { reader, weighed, closeness, has_terms, .. } = &mut *self.sketches;
        Some(*self.cosine.get_or_insert_with(|| {
            let folding = self.pair.left().shingler().folding();
            let mut weigh = |text, terms: Option<&[Term]>, weighed: &mut Vec<Term>| {
                weighed.clear();
                weighed.extend_from_slice(terms.unwrap_or_else(|| reader.read(text, folding)));
                weights.weigh(weighed);
            };
            if !std::mem::replace(has_terms, true) {
                match self.own_terms {
                    Some(own) => closeness.set_left(own),
                    None => {
                        weigh(self.pair.left().text(), None, weighed);
                        closeness.set_left(weighed);
                    }
                }
            }
            weigh(self.pair.right(), self.terms, weighed);
            closeness.cosine(weighed)
        }))
    }

    fn spread(&mut self) -> Spread {
        let PairSketches { anchors: [left, right], has_anchors, rolled, frequencies, .. } =
            &mut *self.sketches;
        let anchorer = Anchorer::new(self.pair.left().shingler());
        if !std::mem::replace(has_anchors, true) {
            anchorer.read(self.pair.left().scratch(), rolled, left);
        }
        anchorer.read(self.pair.right_scratch(), rolled, right);
        frequencies.clear();
        for_each_shared(left, right, |anchor| frequencies.push((self.articles_with)(anchor)));
        Spread::of(frequencies)
    }
}
