//! Which candidates are pairs, by what a configuration asks for, and what the two are to each
//! other.
//!
//! A candidate is examined in the order of cost. Sketches come first: the cosine of key terms, and
//! the number of different texts that have the shared anchors, half a microsecond. Then the
//! passages, some ten microseconds, and for candidates with enough of them the verdict, as much
//! again.
//!
//! A batch and an index both ask here, so that both find the same pairs.

use super::pair::{ComparedPair, LeftArticle, PairScratch};
use super::policy::{self, Spread};
use super::relation::{LinkKind, Relation, Relations};
use crate::article::Article;
use crate::compare::overlap::Overlap;
use crate::idf::Idf;
use crate::shingle::Shingler;

/// What generated a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generator {
    /// One band of both signatures is the same.
    Bands,
    /// The two share rare anchors.
    Anchors,
    /// The two share two of their best key terms.
    Terms,
}

/// What is known of a candidate before its text is read.
pub(crate) trait SketchedPair {
    /// The Jaccard similarity as their signatures estimate it.
    fn similarity(&mut self) -> f64;
    /// The cosine of the key terms of both; `None` if the collection is too small to know what
    /// terms are worth, or texts are compared by letters.
    fn cosine(&mut self) -> Option<f64>;
    /// How many different texts have the anchors that both share.
    fn spread(&mut self) -> Spread;
}

/// Whether it depends on the key terms of a candidate whether its text is worth reading. If nearly
/// all of both texts is the same, their topic does not matter. `similarity` is the Jaccard
/// similarity as their signatures estimate it.
pub(crate) fn depends_on_terms(generator: Generator, similarity: impl FnOnce() -> f64) -> bool {
    match generator {
        Generator::Bands => !policy::is_whole(similarity()),
        Generator::Anchors => true,
        // Key terms generate only candidates that are close.
        Generator::Terms => false,
    }
}

/// Whether the text of a candidate is worth reading. What many different texts share is
/// boilerplate.
pub(crate) fn is_worth_reading(generator: Generator, pair: &mut impl SketchedPair) -> bool {
    if !depends_on_terms(generator, || pair.similarity()) {
        return true;
    }
    match pair.cosine() {
        None => true,
        Some(cosine) if policy::is_unlike(cosine) => false,
        Some(cosine) => {
            let may_be_of_series =
                generator == Generator::Anchors && policy::may_be_of_series(cosine);
            !(may_be_of_series && pair.spread().is_of_series())
        }
    }
}

/// What makes a candidate a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Criteria {
    pub(crate) shingler: Shingler,
    /// The least Jaccard similarity, where nothing else counts.
    pub(crate) min_jaccard: Option<f64>,
    /// The relations that are listed.
    pub(crate) relations: Relations,
    /// The least probability that a pair has any of them.
    pub(crate) min_confidence: f64,
}

/// What holds two articles together that are a pair. The article at hand is on the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PairLink {
    pub(crate) overlap: Overlap,
    /// The relation, with its probability; `None` where only similarity counts.
    pub(crate) relation: Option<(Relation, f64)>,
    pub(crate) kind: LinkKind,
    /// The strength of the link, 0 to 1.
    pub(crate) score: f64,
    /// The share of one body that agrees with the other, whichever share is larger.
    pub(crate) max_verbatim: f64,
}

impl PairLink {
    /// Whether two texts compared by letters share only a passage that many texts have. An excerpt
    /// is never in doubt.
    pub(crate) fn is_common_passage(&self, spread: Spread) -> bool {
        spread.is_common_passage(self.overlap.jaccard()) && self.max_verbatim < policy::EXCERPT
    }
}

/// Decides which candidates are pairs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairVerifier<'a> {
    criteria: Criteria,
    idf: &'a Idf,
}

impl<'a> PairVerifier<'a> {
    /// A verifier with these criteria and weights of words.
    pub(crate) fn new(criteria: Criteria, idf: &'a Idf) -> Self {
        PairVerifier { criteria, idf }
    }

    /// An article at hand, to be compared with candidates.
    pub(crate) fn left<'m>(
        &self,
        article: Article<'m>,
        scratch: &'m mut PairScratch,
    ) -> LeftArticle<'m> {
        LeftArticle::new(self.criteria.shingler, article, scratch)
    }

    /// The link between the two, if they are a pair.
    pub(crate) fn verify(
        &self,
        pair: &mut ComparedPair<'_, '_>,
        generator: Generator,
    ) -> Option<PairLink> {
        let Criteria { min_jaccard, relations, min_confidence, .. } = self.criteria;
        if let Some(least) = min_jaccard {
            let overlap = pair.overlap();
            let score = overlap.jaccard();
            let (relation, kind, max_verbatim) = (None, LinkKind::Text, 0.0);
            return (score >= least).then_some(PairLink {
                overlap,
                relation,
                kind,
                score,
                max_verbatim,
            });
        }
        if generator != Generator::Terms && !pair.may_be_reuse() {
            return None;
        }
        let verdict = pair.verdict(self.idf, relations);
        let (probability, (relation, confidence)) = verdict.requested?;
        if probability < min_confidence {
            return None;
        }
        let kind = LinkKind::of(relation);
        Some(PairLink {
            overlap: pair.overlap(),
            relation: Some((relation, confidence)),
            kind,
            score: if kind == LinkKind::Story { verdict.verdict.event } else { verdict.verbatim },
            max_verbatim: verdict.max_verbatim,
        })
    }

    /// The likeliest relation of two texts that are known to be similar, with its probability.
    #[cfg(feature = "index")]
    pub(crate) fn relation_if_similar(&self, pair: &mut ComparedPair<'_, '_>) -> (Relation, f64) {
        pair.verdict(self.idf, self.criteria.relations).if_similar
    }
}
