//! One article held against candidates: is each a pair with it, by what a configuration asks for,
//! and what are the two to each other?
//!
//! A candidate is looked at in the order of cost. Sketches first: the cosine of key terms, and in
//! how many different texts the anchors stand that both share, half a microsecond. Then the
//! passages, some ten microseconds, and for what has enough of them the verdict, as much again.
//!
//! A batch and an index both ask here, so that both find the same pairs.

use super::pair::{self, Left, Pair};
use super::policy::{self, Spread};
use super::relation::{Bond, Relation};
use crate::article::Article;
use crate::compare::overlap::Overlap;
use crate::detector::config::{Config, Scope};
use crate::idf::Idf;

/// How a candidate was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generator {
    /// One band of both signatures is the same.
    Bands,
    /// They share rare anchors.
    Anchors,
    /// They share two of their best key terms.
    Terms,
}

/// What is known of a candidate before its text is read.
pub(crate) trait Sketches {
    /// The Jaccard similarity as their signatures estimate it.
    fn similarity(&mut self) -> f64;
    /// The cosine of the key terms of both, if the collection is large enough to know what terms
    /// are worth, and of words.
    fn cosine(&mut self) -> Option<f64>;
    /// In how many different texts the anchors stand that both share.
    fn spread(&mut self) -> Spread;
}

/// Whether a candidate is worth reading its text. What many different texts share is boilerplate;
/// where nearly all of both is the same, what it is about does not matter.
pub(crate) fn is_worth_reading(generator: Generator, sketches: &mut impl Sketches) -> bool {
    match (generator, sketches.cosine()) {
        // Those that key terms propose are close.
        (Generator::Terms, _) => true,
        (Generator::Bands | Generator::Anchors, None) => true,
        (Generator::Bands, Some(cosine)) => {
            !policy::is_unlike(cosine) || policy::is_whole(sketches.similarity())
        }
        (Generator::Anchors, Some(cosine)) if policy::is_unlike(cosine) => false,
        (Generator::Anchors, Some(cosine)) => {
            !(policy::may_be_of_series(cosine) && sketches.spread().is_of_series())
        }
    }
}

/// What two articles that are a pair are to each other; the article at hand is on the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) overlap: Overlap,
    /// The relation, and the probability that it is right; none where nothing but similarity was
    /// looked at.
    pub(crate) told: Option<(Relation, f64)>,
    pub(crate) bond: Bond,
    /// How strong the bond is, 0 to 1.
    pub(crate) score: f64,
    /// How much of one of the two agrees with the other, where it is more.
    pub(crate) contained: f64,
}

impl Found {
    /// Whether texts of letters share nothing but a stretch that many have. Of an excerpt that is
    /// no doubt.
    pub(crate) fn is_common_stretch(&self, spread: Spread) -> bool {
        spread.is_common_stretch(self.overlap.jaccard()) && self.contained < policy::EXCERPT
    }
}

/// Tells of candidates whether they are pairs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge<'a> {
    config: &'a Config,
    idf: &'a Idf,
}

impl<'a> Judge<'a> {
    /// A judge by a configuration and weights of words.
    pub(crate) fn new(config: &'a Config, idf: &'a Idf) -> Self {
        Judge { config, idf }
    }

    /// An article to be held against candidates.
    pub(crate) fn left<'m>(&self, article: Article<'m>, memory: &'m mut pair::Memory) -> Left<'m> {
        Left::new(self.config.sketcher().shingler(), article, memory)
    }

    /// How likely it is that the two tell of one event; 0 where it was not looked at.
    pub(crate) fn one_event(&self, pair: &Pair<'_, '_>) -> f64 {
        pair.event().unwrap_or_default()
    }

    /// What the two are to each other, if that is asked for.
    pub(crate) fn judge(&self, pair: &mut Pair<'_, '_>, generator: Generator) -> Option<Found> {
        if self.config.scope() == Scope::Similar {
            let overlap = pair.overlap();
            let is_pair = overlap.jaccard() >= self.config.threshold();
            let (score, contained) = (overlap.jaccard(), 0.0);
            return is_pair.then_some(Found {
                overlap,
                told: None,
                bond: Bond::Text,
                score,
                contained,
            });
        }
        if generator != Generator::Terms && !pair.may_be_one_text() {
            return None;
        }
        let told = pair.told(self.idf, self.config.reported_relations());
        let (likely, (relation, confidence)) = told.asked?;
        if likely < self.config.min_confidence() {
            return None;
        }
        let bond = Bond::of(relation);
        let score = if bond == Bond::Story { told.verdict.event } else { told.agreeing };
        let overlap = pair.overlap();
        Some(Found {
            overlap,
            told: Some((relation, confidence)),
            bond,
            score,
            contained: told.contained,
        })
    }

    /// What two texts are to each other that are known to be similar, and how likely that is.
    #[cfg(feature = "index")]
    pub(crate) fn similar(&self, pair: &mut Pair<'_, '_>) -> (Relation, f64) {
        pair.told(self.idf, self.config.reported_relations()).similar
    }
}
