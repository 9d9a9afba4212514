//! Searches a view, from a text to an answer.

use std::sync::{Mutex, PoisonError};

use super::answer::{Answer, Match, Query};
use super::by_anchors::{AnchorScratch, find_by_anchors};
use super::by_bands::{BandScratch, find_by_bands};
use super::by_passages::{PassageQuery, find_by_passages};
use super::by_terms::{TermQuery, find_by_terms};
use super::candidates::{Candidate, CandidateList};
use super::hit::{Hit, push_hits};
use super::provenance::provenance;
use super::signed::{TextKeys, TextSigner, band_keys};
use super::verifier::{CandidateVerifier, TextSource, VerifierInput, VerifierScratch};
use super::weights::{LearnedWeights, WeightCache};
use crate::date::Date;
use crate::detector::config::Config;
use crate::error::Error;
use crate::idf::Idf;
use crate::index::limits::MAX_MATCHES;
use crate::index::segment::schema::Schema;
use crate::index::segment::signature::{estimate, pack_signature, surely_equal};
use crate::index::store::storage::Place;
use crate::index::view::View;
use crate::lsh::banding::min_equal_slots;
use crate::sketch::Sketch;
use crate::sketch::key_terms::Term;
use crate::verify::candidate::PairVerifier;

/// What all searches of an index have in common.
pub(crate) struct Searcher {
    pub(crate) config: Config,
    pub(crate) schema: Schema,
    /// Where the index is, for errors.
    pub(crate) place: Place,
    idf: Idf,
    pub(crate) weights: WeightCache,
    /// The number of slots that must be equal in two texts that share a band.
    min_equal_slots: u32,
    /// The number of agreeing packed slots from which on they surely are, so that the whole slots
    /// need not be counted.
    surely_equal_slots: u32,
    /// Scratch of queries that have ended: as much as there were queries at the same time.
    free: Mutex<Vec<QueryScratch>>,
}

/// Buffers that are used again from query to query.
struct QueryScratch {
    signer: TextSigner,
    search: SearchScratch,
}

struct SearchScratch {
    bands: BandScratch,
    anchors: AnchorScratch,
    verifier: VerifierScratch,
    /// The key terms of the article, weighted.
    terms: Vec<Term>,
}

impl QueryScratch {
    fn new(config: &Config) -> Self {
        QueryScratch {
            signer: TextSigner::new(config),
            search: SearchScratch {
                bands: BandScratch::default(),
                anchors: AnchorScratch::default(),
                verifier: VerifierScratch::new(config),
                terms: Vec::new(),
            },
        }
    }
}

impl Searcher {
    pub(crate) fn new(config: Config, schema: Schema, place: Place) -> Self {
        let min_equal_slots = min_equal_slots(schema.slots, config.band_threshold(), 1e-5);
        Searcher {
            config,
            schema,
            place,
            idf: Idf::default(),
            weights: WeightCache::default(),
            min_equal_slots,
            surely_equal_slots: surely_equal(min_equal_slots, schema.slots),
            free: Mutex::default(),
        }
    }

    /// Lends scratch to a search.
    fn with_scratch<R>(&self, f: impl FnOnce(&mut QueryScratch) -> R) -> R {
        let free = || self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let scratch = free().pop();
        let mut scratch = scratch.unwrap_or_else(|| QueryScratch::new(&self.config));
        let result = f(&mut scratch);
        free().push(scratch);
        result
    }

    /// Answers a query.
    pub(crate) fn answer(
        &self,
        view: &View,
        query: &Query<'_>,
        texts: Option<TextSource<'_>>,
    ) -> Result<Answer, Error> {
        self.with_scratch(|QueryScratch { signer, search }| {
            let signed = signer.sign(query.article.text, &self.config, &self.schema);
            self.search(view, query, signed, texts, search)
        })
    }

    /// Answers a query whose text is signed already.
    pub(crate) fn answer_signed(
        &self,
        view: &View,
        query: &Query<'_>,
        signed: &TextKeys,
        texts: Option<TextSource<'_>>,
    ) -> Result<Answer, Error> {
        self.with_scratch(|scratch| self.search(view, query, signed, texts, &mut scratch.search))
    }

    /// The articles whose signatures share a band with a sketch, and enough slots, the most similar
    /// first.
    pub(crate) fn by_signature(&self, view: &View, sketch: &Sketch) -> Result<Vec<Match>, Error> {
        self.config.sketcher().check(sketch.sketcher())?;
        if sketch.signature().is_empty() {
            return Ok(Vec::new());
        }
        let slots = sketch.signature().slots();
        let (mut bands, mut signature) = (Vec::new(), Vec::new());
        band_keys(&self.config, slots, &mut bands);
        pack_signature(slots, &mut signature);
        let (mut scratch, mut found) = (BandScratch::default(), CandidateList::default());
        find_by_bands(view, &signature, &bands, self.min_equal_slots, &mut scratch, &mut found)?;
        let mut hits = Vec::new();
        for candidate in &found.candidates {
            push_hits(view, &Query::from(""), None, candidate, &mut hits)?;
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.agreeing));
        hits.iter().map(|hit| hit.to_match(view, self.schema.slots)).collect()
    }

    /// The articles that have a passage of the article of a query, those that share most first.
    pub(crate) fn by_passages(&self, view: &View, query: &Query<'_>) -> Result<Vec<Match>, Error> {
        let Searcher { config, schema, .. } = self;
        if !schema.passages {
            return Err(Error::settings("search for passages", false, true));
        }
        self.with_scratch(|QueryScratch { signer, .. }| {
            let signature = &signer.sign(query.article.text, config, schema).signature;
            find_by_passages(&PassageQuery { view, config, schema, query, signature })
        })
    }

    fn search(
        &self,
        view: &View,
        query: &Query<'_>,
        signed: &TextKeys,
        texts: Option<TextSource<'_>>,
        scratch: &mut SearchScratch,
    ) -> Result<Answer, Error> {
        let Searcher { config, schema, min_equal_slots, .. } = self;
        let SearchScratch { bands, anchors, verifier, terms } = scratch;
        if signed.shingles == 0 {
            return Ok(Answer::default());
        }
        let weights = self.weights.of(view, schema, config.sketcher().shingler())?;
        let weights = weights.as_deref().map(LearnedWeights::terms);

        let mut found = CandidateList::default();
        let TextKeys { signature, bands: keys, .. } = signed;
        find_by_bands(view, signature, keys, *min_equal_slots, bands, &mut found)?;
        let mut anchor_frequencies: &[u32] = &[];
        if schema.anchors {
            let source = query.article.source;
            anchor_frequencies = find_by_anchors(view, signed, source, anchors, &mut found)?;
        }
        let mut accounts = None;
        if let Some(weights) = weights.filter(|_| schema.stories) {
            terms.clear();
            terms.extend_from_slice(&signed.terms);
            weights.weigh(terms);
            let query = TermQuery {
                terms,
                weights,
                signature,
                digest: signed.digest,
                date: query.article.date.map(Date::unix_seconds),
                min_confidence: config.min_confidence(),
            };
            let near = find_by_terms(view, &query, &mut found)?;
            accounts = Some((terms.as_slice(), near));
        }

        let input = VerifierInput {
            view,
            config,
            schema,
            query,
            signed,
            judge: PairVerifier::new(config.criteria(), &self.idf),
            min_equal_slots: *min_equal_slots,
            surely_equal_slots: self.surely_equal_slots,
            weights,
            accounts,
            anchor_frequencies,
            texts,
        };
        let mut verifier = CandidateVerifier::new(input, verifier);
        // The candidates that promise most come first.
        let mut candidates = found.candidates;
        let slots = schema.slots;
        let promise = |c: &Candidate| estimate(c.agreeing, slots).jaccard.max(c.anchor_share);
        candidates.sort_by(|a, b| promise(b).total_cmp(&promise(a)));
        let most = if query.top < MAX_MATCHES { 2 * query.top + 16 } else { usize::MAX };
        let mut hits: Vec<Hit> = Vec::new();
        for candidate in candidates.iter().take(most) {
            verifier.look_at(candidate, &mut hits)?;
        }
        let cluster = verifier.cluster(&hits)?;

        let score = |hit: &Hit| hit.score(slots);
        hits.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.address.cmp(&b.address)));
        let mut matches = Vec::new();
        for hit in hits.iter().take(query.top) {
            let mut found = hit.to_match(view, slots)?;
            if query.passages {
                found.passages = verifier.passages(hit, &self.idf)?;
            }
            matches.push(found);
        }
        Ok(Answer {
            matches,
            provenance: provenance(view, query, (signature, slots), &hits, cluster.as_deref())?,
            cluster,
        })
    }
}
