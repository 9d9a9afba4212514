//! One article held against candidates one at a time, on the calling thread.
//!
//! What [`roads`](super::roads) decides of all pairs of a collection, step by step, is decided here of one pair after another, by the
//! same [tests](super::exact) and [rules](super::formulas), so that both find the same pairs:
//!
//! | road | dropped before the texts are compared | test | dropped after |
//! |---|---|---|---|
//! | bands | | a text in common | what is a formula |
//! | anchors | what tells of different things | a text in common | what is a formula |
//! | story | what is not close | one event | |
//!
//! A pair comes with its relation too, which costs little once the passages are aligned.

use super::config::{Config, Scope};
use super::exact::{self, Both, Left};
use super::formulas::{Spread, is_doubtful, is_unlike, may_be_of_series};
use super::reading::Anchorer;
use super::roads::{LEARNT_FROM, is_close};
use crate::cluster::Bond;
use crate::compare::overlap::Overlap;
use crate::compare::relation::Relation;
use crate::idf::Idf;
use crate::shingle::Scratch;
use crate::sketch::story::{Closeness, Term, TermReader, TermWeights};

/// What a pair is told to be that only the weights of a large collection make a story.
pub(super) const TOLD_AMONG_MANY: (Relation, f64) = (Relation::SameStory, 0.5);

/// How a candidate was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// One band of both signatures is the same.
    Bands,
    /// They share rare anchors.
    Anchors,
    /// They share a pair of rare key terms.
    Story,
}

/// What a candidate turned out to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// The query is on the left, the candidate on the right.
    pub(crate) overlap: Overlap,
    pub(crate) bond: Bond,
    pub(crate) score: f64,
    pub(crate) relation: Relation,
    pub(crate) confidence: f64,
}

/// Tells which candidates of an article are pairs with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge<'a> {
    config: &'a Config,
    /// By which relations are told.
    idf: &'a Idf,
    /// By which stories are found.
    learnt: &'a Idf,
    weights: Option<&'a TermWeights>,
}

/// Working memory that is used again from query to query.
#[derive(Default)]
pub(crate) struct Memory {
    texts: exact::Memory,
    sketches: Sketches,
}

/// An article as it is given to the judge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'t> {
    pub(crate) text: &'t str,
    /// Its key terms as they were read, not weighed yet, if they are at hand: to read them again costs as much as to align the passages.
    pub(crate) terms: Option<&'t [Term]>,
}

impl<'t> From<&'t str> for Given<'t> {
    fn from(text: &'t str) -> Self {
        Given { text, terms: None }
    }
}

/// An article at hand, to be held against candidates.
pub(crate) struct Asked<'m> {
    left: Left<'m>,
    terms: Option<&'m [Term]>,
    sketches: &'m mut Sketches,
}

/// Terms and anchors of the article and of a candidate.
#[derive(Default)]
struct Sketches {
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

impl<'a> Judge<'a> {
    /// A judge by weights of words and of terms. There must be weights of terms where stories are asked for; and in a collection of words
    /// where they are learnt from enough articles to know formulas by, see [`LEARNT_FROM`].
    pub(crate) fn new(config: &'a Config, idf: &'a Idf, weights: Option<&'a TermWeights>) -> Self {
        Judge { config, idf, learnt: idf, weights }
    }

    /// The same judge, but stories are found by other weights of words, learnt from the collection, as
    /// [`find_pairs`](super::Detector::find_pairs) does in a large one.
    pub(crate) fn with_learnt(self, learnt: &'a Idf) -> Self {
        Judge { learnt, ..self }
    }

    /// Reads an article to be held against candidates.
    pub(crate) fn ask<'m>(&self, article: impl Into<Given<'m>>, memory: &'m mut Memory) -> Asked<'m> {
        let Given { text, terms } = article.into();
        let Memory { texts, sketches } = memory;
        (sketches.has_terms, sketches.has_anchors) = (false, false);
        let left = Left::new(self.config.sketcher().shingler(), text, texts).by_letters(!self.by_words());
        Asked { left, terms, sketches }
    }

    /// Whether a candidate is a pair with the article, and what they are to each other. `articles_with` tells how many different texts of
    /// the collection have an anchor.
    pub(crate) fn judge<'c>(
        &self,
        asked: &mut Asked<'_>,
        candidate: impl Into<Given<'c>>,
        road: Road,
        articles_with: &dyn Fn(u32) -> usize,
    ) -> Option<Verdict> {
        let Given { text, terms } = candidate.into();
        let terms = [asked.terms, terms];
        let both = asked.left.with(text);
        let mut case = Case { both, terms, cosine: None, sketches: asked.sketches };
        let (bond, score) = match road {
            Road::Bands => (Bond::Text, self.text(&mut case, articles_with)?),
            // Cheaper than to compare the texts. What the bands find are mostly copies, which need no look at the terms.
            Road::Anchors if self.formulas().is_some_and(|weights| is_unlike(case.cosine(weights))) => {
                return None;
            }
            Road::Anchors => (Bond::Text, self.text(&mut case, articles_with)?),
            Road::Story if is_close(case.cosine(self.weights?)) => case.both.one_story(self.learnt)?,
            Road::Story => return None,
        };
        let (relation, confidence) = match (bond, case.both.relation(self.idf)) {
            (Bond::Story, (Relation::Different, _)) => TOLD_AMONG_MANY,
            (_, told) => told,
        };
        Some(Verdict { overlap: case.both.overlap(), bond, score, relation, confidence })
    }

    /// The score of two texts if they have one in common that is no formula.
    fn text(&self, case: &mut Case<'_, '_>, articles_with: &dyn Fn(u32) -> usize) -> Option<f64> {
        let score = case.both.one_text(self.config)?;
        if self.config.scope() == Scope::Similar || !is_doubtful(score) {
            return Some(score);
        }
        let is_formula = match self.formulas() {
            Some(weights) => {
                let cosine = case.cosine(weights);
                is_unlike(cosine) || may_be_of_series(cosine) && case.spread(articles_with).is_of_series()
            }
            None if self.by_words() => false,
            None => {
                case.spread(articles_with).is_common_stretch(case.both.overlap())
                    && !case.both.evidence().nearly_whole()
            }
        };
        (!is_formula).then_some(score)
    }

    fn by_words(&self) -> bool {
        self.config.sketcher().shingler().shingle().is_words()
    }

    /// The weights of terms, where they are of enough articles to know formulas by.
    fn formulas(&self) -> Option<&'a TermWeights> {
        self.weights.filter(|weights| self.by_words() && weights.articles() >= LEARNT_FROM)
    }
}

/// An article and a candidate, with what is made of their sketches.
struct Case<'c, 'm> {
    both: Both<'c, 'm>,
    terms: [Option<&'c [Term]>; 2],
    cosine: Option<f64>,
    sketches: &'c mut Sketches,
}

impl Case<'_, '_> {
    /// The cosine of the key terms of both.
    fn cosine(&mut self, weights: &TermWeights) -> f64 {
        let Sketches { reader, weighed, closeness, has_terms, .. } = &mut *self.sketches;
        *self.cosine.get_or_insert_with(|| {
            let folding = self.both.left().shingler().folding();
            let mut weigh = |text, terms: Option<&[Term]>, weighed: &mut Vec<Term>| {
                weighed.clear();
                weighed.extend_from_slice(terms.unwrap_or_else(|| reader.read(text, folding)));
                weights.weigh(weighed);
            };
            if !std::mem::replace(has_terms, true) {
                weigh(self.both.left().text(), self.terms[0], weighed);
                closeness.set_left(weighed);
            }
            weigh(self.both.right(), self.terms[1], weighed);
            closeness.to(weighed)
        })
    }

    /// In how many texts the anchors stand that both have.
    fn spread(&mut self, articles_with: &dyn Fn(u32) -> usize) -> Spread {
        let Sketches { anchors: [left, right], has_anchors, rolled, frequencies, .. } = &mut *self.sketches;
        let anchorer = Anchorer::new(self.both.left().shingler());
        if !std::mem::replace(has_anchors, true) {
            anchorer.read(self.both.left().scratch(), rolled, left);
        }
        anchorer.read(self.both.right_scratch(), rolled, right);
        Spread::of([left, right], articles_with, frequencies)
    }
}

#[cfg(test)]
mod tests;
