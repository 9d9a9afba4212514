//! Candidates of a query held against the article: their texts are compared, where there are texts.

use std::collections::HashMap;
use std::hash::BuildHasher;

use crate::article::Article;
use crate::compare::figures::{Around, InCollection};
use crate::date::Date;
use crate::detector::reading::{Anchorer, Signer};
use crate::error::Error;
use crate::index::search::answer::{Query, Verified};
use crate::index::search::candidates::Candidate;
use crate::index::search::provenance::Hit;
use crate::index::segment::entry::estimate;
use crate::index::snapshot::{Shared, Snapshot};
use crate::shingle::Scratch;
use crate::sketch::anchors::for_each_shared;
use crate::sketch::minhash::equal_slots;
use crate::sketch::story::{Closeness, Term, TermReader, TermWeights, cosine};
use crate::verify::candidate::{self, Generator, Judge, is_worth_reading};
use crate::verify::pair::{self, Left, Pair};
use crate::verify::policy::{ANCHORS_ALONE, LEARNT_FROM, Spread};
use crate::verify::relation::Bond;

/// Where the texts of candidates come from.
pub(crate) type Texts<'t> = &'t mut dyn FnMut(&str, &mut String) -> bool;

/// Candidates of one query looked at.
pub(crate) struct Verifying<'v, 't> {
    pub(crate) snapshot: &'v Snapshot,
    pub(crate) query: &'v Query<'v>,
    pub(crate) judge: Judge<'v>,
    /// What terms are worth.
    pub(crate) weights: Option<&'v TermWeights>,
    /// The article's key terms as they are weighed, and how many articles are near to it, where
    /// stories are asked for.
    pub(crate) accounts: Option<(&'v [Term], u64)>,
    pub(crate) texts: Option<Texts<'t>>,
    pub(crate) left: Left<'v>,
    pub(crate) sketches: &'v mut Sketches,
    /// To sign candidates, and the slots of the article.
    pub(crate) signer: &'v mut Signer,
    pub(crate) slots: &'v [u32],
    /// What was told of texts that were looked at, by their hashes and what is known beside: many
    /// articles may have one. The hashes are the map's own, which nobody can foresee.
    pub(crate) known: HashMap<(u64, Around), Option<Verified>>,
}

/// Working memory that is used again from query to query.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) pair: pair::Memory,
    pub(crate) sketches: Sketches,
}

/// Terms and anchors of the article and of a candidate.
#[derive(Default)]
pub(crate) struct Sketches {
    reader: TermReader,
    weighed: Vec<Term>,
    /// Holds the article's terms, if they are asked for yet.
    closeness: Closeness,
    has_terms: bool,
    /// The article's, if they are asked for yet, and the candidate's.
    anchors: [Vec<u32>; 2],
    has_anchors: bool,
    rolled: Scratch,
    frequencies: Vec<usize>,
}

impl Sketches {
    /// Forgets those of the last article.
    pub(crate) fn of_another(&mut self) -> &mut Self {
        (self.has_terms, self.has_anchors) = (false, false);
        self
    }
}

/// A candidate whose text is at hand, before it is compared.
struct Known<'k, 'p, 'm> {
    pair: &'k mut Pair<'p, 'm>,
    sketches: &'k mut Sketches,
    weights: Option<&'k TermWeights>,
    /// The key terms of the candidate, not weighed yet, if the index keeps them.
    terms: Option<&'k [Term]>,
    cosine: Option<f64>,
    /// By the bits of signatures that are kept.
    similarity: f64,
    articles_with: &'k dyn Fn(u32) -> usize,
}

impl candidate::Sketches for Known<'_, '_, '_> {
    fn similarity(&mut self) -> f64 {
        self.similarity
    }

    fn cosine(&mut self) -> Option<f64> {
        let weights = self.weights?;
        let Sketches { reader, weighed, closeness, has_terms, .. } = &mut *self.sketches;
        Some(*self.cosine.get_or_insert_with(|| {
            let folding = self.pair.left().shingler().folding();
            let mut weigh = |text, terms: Option<&[Term]>, weighed: &mut Vec<Term>| {
                weighed.clear();
                weighed.extend_from_slice(terms.unwrap_or_else(|| reader.read(text, folding)));
                weights.weigh(weighed);
            };
            if !std::mem::replace(has_terms, true) {
                weigh(self.pair.left().text(), None, weighed);
                closeness.set_left(weighed);
            }
            weigh(self.pair.right(), self.terms, weighed);
            closeness.to(weighed)
        }))
    }

    fn spread(&mut self) -> Spread {
        let Sketches { anchors: [left, right], has_anchors, rolled, frequencies, .. } =
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

impl Verifying<'_, '_> {
    /// Compares a candidate with the article, and adds it to the matches if it is one.
    pub(crate) fn look_at(
        &mut self,
        candidate: &Candidate,
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Error> {
        let first = hits.len();
        self.snapshot.members(candidate, self.query, None, hits)?;
        let mut kept = first;
        // Articles of the same words may differ in layout, date and source.
        for i in first..hits.len() {
            let Hit { part, article, .. } = hits[i];
            let verified = self.verify(part, article, candidate, frequency, text)?;
            let keep = match verified {
                Some(found) => found.is_some(),
                // Without texts a story is no more than a guess, and a phrase in common no text.
                None => candidate.band || candidate.share >= ANCHORS_ALONE,
            };
            if keep {
                hits[kept] = Hit { verified: verified.flatten(), ..hits[i] };
                kept += 1;
            }
        }
        hits.truncate(kept);
        Ok(())
    }

    /// Compares the texts: none if there is none to compare with.
    fn verify(
        &mut self,
        part: u32,
        article: u32,
        candidate: &Candidate,
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
    ) -> Result<Option<Option<Verified>>, Error> {
        let place = &self.snapshot.view.parts[part as usize];
        let facts = place.facts(article)?;
        text.clear();
        let there = match &mut self.texts {
            Some(texts) => texts(place.id(article)?, text),
            None if self.snapshot.shared.shape.texts => {
                place.text(article, text)?;
                true
            }
            None => false,
        };
        if !there {
            return Ok(None);
        }
        let source = place.source(article)?;
        let right =
            Article { text, date: facts.date.map(Date::from_unix_seconds), source, id: None };
        let key =
            (self.known.hasher().hash_one(text.as_str()), Around::of(&self.query.article, &right));
        if let Some(&verified) = self.known.get(&key) {
            return Ok(Some(verified));
        }
        let terms = if self.snapshot.shared.shape.story { place.terms(article)? } else { None };
        let verified = self.judge(candidate, right, terms.as_deref(), frequency);
        self.known.insert(key, verified);
        Ok(Some(verified))
    }

    /// Puts an article to the judge by each of the ways that have led to it, one after another.
    fn judge(
        &mut self,
        candidate: &Candidate,
        right: Article<'_>,
        terms: Option<&[Term]>,
        articles_with: &dyn Fn(u32) -> usize,
    ) -> Option<Verified> {
        let Shared { least, sure, .. } = *self.snapshot.shared;
        // The bits of slots that are kept let some through that share a band, but not slots enough.
        let near = candidate.band
            && (candidate.agreeing >= sure
                || equal_slots(self.slots, self.signer.sign(right.text).slots) >= least);
        let text = match (near, candidate.share > 0.0) {
            (true, _) => Some(Generator::Bands),
            (false, true) => Some(Generator::Anchors),
            (false, false) => None,
        };
        let slots = self.snapshot.shared.shape.slots;
        let similarity = estimate(candidate.agreeing.min(slots as u32), slots).jaccard;
        let by_words = self.left.shingler().shingle().is_words();
        let mut pair = self.left.with(right);
        if let Some(((own, neighbours), weights)) = self.accounts.zip(self.weights) {
            let Sketches { reader, weighed, .. } = &mut *self.sketches;
            weighed.clear();
            let folding = pair.left().shingler().folding();
            weighed.extend_from_slice(terms.unwrap_or_else(|| reader.read(right.text, folding)));
            weights.weigh(weighed);
            pair.note(InCollection { cosine: cosine(own, weighed), neighbours });
        }
        let generators = text.into_iter().chain(candidate.story.then_some(Generator::Terms));
        let (judge, weights) = (self.judge, self.weights);
        let found = { generators }.find_map(|generator| {
            let knows = |weights: &&TermWeights| {
                by_words && (generator == Generator::Terms || weights.articles() >= LEARNT_FROM)
            };
            let mut known = Known {
                pair: &mut pair,
                sketches: self.sketches,
                weights: weights.filter(knows),
                terms,
                cosine: None,
                similarity,
                articles_with,
            };
            if !is_worth_reading(generator, &mut known) {
                return None;
            }
            let found = judge.judge(known.pair, generator)?;
            let common = !by_words
                && generator != Generator::Terms
                && found.is_common_stretch(candidate::Sketches::spread(&mut known));
            (!common).then_some(found)
        })?;
        let candidate::Found { overlap, told, bond, score, .. } = found;
        let (relation, confidence) = told.unwrap_or_else(|| judge.similar(&mut pair));
        Some(Verified { relation, confidence, overlap, bond, score })
    }

    /// The cluster of the article: of the matches that a cluster began with, that of the best; or
    /// else that of the best match, if the article that stands for it matches too. So no article is
    /// in a cluster that it has nothing in common with.
    pub(crate) fn cluster(
        &mut self,
        hits: &[Hit],
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
    ) -> Result<Option<String>, Error> {
        let snapshot = self.snapshot;
        let slots = snapshot.shared.shape.slots;
        let mut best: [Option<(f64, &str)>; 2] = [None, None];
        for hit in hits.iter().filter(|hit| hit.is_strong()) {
            let (cluster, stands) = snapshot.cluster_of(hit)?;
            let best = &mut best[usize::from(!stands)];
            if best.is_none_or(|best| hit.score(slots) > best.0) {
                *best = Some((hit.score(slots), cluster));
            }
        }
        if let Some((_, cluster)) = best[0] {
            return Ok(Some(cluster.to_owned()));
        }
        let Some((_, cluster)) = best[1] else { return Ok(None) };
        let Some((part, article)) = snapshot.stands_for(cluster)? else { return Ok(None) };
        let stands =
            Candidate { part, article, agreeing: u32::MAX, band: true, share: 0.0, story: false };
        let verified = self.verify(part, article, &stands, frequency, text)?;
        let related = matches!(verified, Some(Some(verified)) if verified.bond == Bond::Text);
        Ok(related.then(|| cluster.to_owned()))
    }
}
