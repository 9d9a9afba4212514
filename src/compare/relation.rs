//! How two texts relate: six rules, the first that holds.
//!
//! Only the [body](super::body) of each text counts, so that share bars and captions do not turn a copy into something less. Let
//! `a` and `b` be the shares of the two bodies inside shared passages ([`align`](super::align)), edits included, and `v` and `w` those
//! that agree word for word.
//!
//! | relation | rule | why this figure |
//! |---|---|---|
//! | identical | the same words in the same order | |
//! | copy | √(ab) ≥ 0.21, and v, w ≥ 0.80 | the definition: about 80 % of both bodies word for word |
//! | excerpt | √(ab) ≥ 0.21, and the greater of v, w ≥ 0.75 | the definition says nearly contained, about 80 % |
//! | revised | √(ab) ≥ 0.21 | of 99 pairs of web articles, those with a common text reach 0.22 and up, those without 0.21 at most; the mean, as a short report may well quote a third of itself from a long one |
//! | rewrite | facts ≥ 0.72 or wording ≥ 0.90 | facts is the geometric mean of the shares of names and of numbers that both have: of 41 rewritten articles without a common text 37 reach it, of 189 pairs of independent accounts or related news one; wording is the mean share of known words plus that of key words in order: texts without names reach 0.93 when revised heavily, related news 0.84 |
//! | same story | story score ≥ ½ | see [`story`](super::story) |
//! | different | otherwise | |
//!
//! The figures were read off pairs that two people labelled independently (web news of three events of 2018-19), graded rewrites of
//! agency and broadcast news, graded revisions of encyclopaedia passages, and independent accounts of 50 events; half of each set was not
//! looked at. `cargo run --release --example evaluate` measures the rules on such sets.

use std::fmt;
use std::ops::Range;

use super::Sides;
use super::align::{Alignment, Run};
use super::body::Body;
use super::story::Story;
use super::wording::Wording;
use crate::text::words::Words;

/// How two texts relate, from the closest down.
///
/// The first five are *reuse*: one text was made from the other, or both from a third.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Relation {
    /// The same words in the same order; only case, punctuation and spacing may differ.
    Identical,
    /// One text: about four fifths or more of both bodies is the same, word for word.
    Copy,
    /// One body is nearly contained in the other, longer one.
    Excerpt,
    /// One source text, substantially reworked, cut or extended.
    Revised,
    /// Little text in common outside quotations, but written from the other or from one source: the same words in the same order.
    Rewrite,
    /// Independent accounts of one event.
    SameStory,
    /// Neither text nor story in common.
    Different,
}

impl Relation {
    /// The relation's name in outputs: `identical`, `copy`, `excerpt`, `revised`, `rewrite`, `same-story`, `different`.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Identical => "identical",
            Relation::Copy => "copy",
            Relation::Excerpt => "excerpt",
            Relation::Revised => "revised",
            Relation::Rewrite => "rewrite",
            Relation::SameStory => "same-story",
            Relation::Different => "different",
        }
    }

    /// Whether one text was made from the other, or both from a third.
    pub fn is_reuse(self) -> bool {
        self <= Relation::Rewrite
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

pub(crate) const ONE_TEXT: f64 = 0.21;
const COPY: f64 = 0.80;
const EXCERPT: f64 = 0.75;
pub(super) const FACTS: f64 = 0.72;
pub(super) const WORDING: f64 = 0.90;
/// How far from a border of text, or of story, the confidence is three quarters; twice as far, nine tenths.
const SPREAD: f64 = 0.04;
const STORY_SPREAD: f64 = 0.1;

/// What a [`Relation`] is told from.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Evidence {
    /// Whether both have the same words in the same order.
    pub identical: bool,
    /// The words of each text.
    pub words: Sides<usize>,
    /// The share of each body that stands inside common runs, 0 to 1. The body is the text without page clutter.
    pub covered: Sides<f64>,
    /// The share of each body that agrees word for word with the other text, 0 to 1.
    pub verbatim: Sides<f64>,
    /// The typical length of the runs of three or more words that both texts have, in words: the mean over the words in them.
    /// Counts letters where letters are compared.
    pub run: f64,
    /// The share of each text's words, by weight and each counted once, that the other has anywhere, 0 to 1. Not measured where
    /// letters are compared.
    pub known: Sides<f64>,
    /// The share of each text's key words that the other has in the same order, 0 to 1. Measured where four tenths of either are
    /// `known`.
    pub in_order: Sides<f64>,
    /// Names and numbers that both texts have, where they stand first in each, the weightiest first. Collected for rewrites and
    /// for the same story only.
    pub names_and_numbers: Vec<Sides<Range<usize>>>,
}

impl Evidence {
    /// The figures of two texts' passages.
    pub(super) fn of(units: [&Words; 2], bodies: [&Body; 2], alignment: &Alignment) -> Self {
        let blocks = &alignment.blocks;
        let left = |first: &Run, last: &Run| first.left..last.left + last.len;
        let right = |first: &Run, last: &Run| first.right..last.right + last.len;
        let share = |body: &Body, mut ranges: Vec<Range<usize>>| {
            ranges.sort_unstable_by_key(|range| range.start);
            body.inside(ranges.into_iter()) as f64 / body.len.max(1) as f64
        };
        let whole = |side: &dyn Fn(&Run, &Run) -> Range<usize>| {
            blocks.iter().map(|block| side(&block[0], &block[block.len() - 1])).collect()
        };
        let runs = |side: &dyn Fn(&Run, &Run) -> Range<usize>| {
            blocks.iter().flatten().map(|run| side(run, run)).collect()
        };
        Evidence {
            identical: !units[0].is_empty() && units[0].hashes() == units[1].hashes(),
            covered: Sides { left: share(bodies[0], whole(&left)), right: share(bodies[1], whole(&right)) },
            verbatim: Sides { left: share(bodies[0], runs(&left)), right: share(bodies[1], runs(&right)) },
            run: alignment.run,
            ..Evidence::default()
        }
    }

    /// Whether the two have a text in common.
    pub(crate) fn one_text(&self) -> bool {
        self.covered() >= ONE_TEXT
    }

    /// Whether one of the two stands nearly whole in the other, word by word: a copy or an excerpt.
    pub(crate) fn nearly_whole(&self) -> bool {
        self.verbatim.left.max(self.verbatim.right) >= EXCERPT
    }

    /// How much of both bodies stands in common runs: the geometric mean.
    pub(crate) fn covered(&self) -> f64 {
        (self.covered.left * self.covered.right).sqrt()
    }

    fn wording(&self) -> f64 {
        Wording { known: self.known, in_order: self.in_order }.sum()
    }

    /// The first four rules, which look at no story: the relation of a text in common, and how sure it is; none if there is none.
    pub(crate) fn relation_of_text(&self) -> Option<(Relation, f64)> {
        if self.identical {
            return Some((Relation::Identical, 1.0));
        }
        if !self.one_text() {
            return None;
        }
        let one_text = sure(self.covered(), ONE_TEXT, SPREAD);
        let Sides { left, right } = self.verbatim;
        let (least, most) = (left.min(right), left.max(right));
        let copy = sure(least, COPY, SPREAD);
        if least >= COPY {
            return Some((Relation::Copy, one_text.min(copy)));
        }
        let excerpt = sure(most, EXCERPT, SPREAD);
        let (relation, sure) = match most >= EXCERPT {
            true => (Relation::Excerpt, excerpt.min(copy)),
            false => (Relation::Revised, excerpt),
        };
        Some((relation, one_text.min(sure)))
    }

    /// The relation by the rules above, and how sure it is.
    pub(super) fn relation(&self, story: &Story) -> (Relation, f64) {
        if let Some(told) = self.relation_of_text() {
            return told;
        }
        let one_text = sure(self.covered(), ONE_TEXT, SPREAD);
        let (facts, wording) = (story.facts(), self.wording());
        let rewrite = sure(facts, FACTS, SPREAD).min(sure(wording, WORDING, SPREAD));
        if facts >= FACTS || wording >= WORDING {
            let best = ((facts - FACTS).max(wording - WORDING)) / SPREAD;
            return (Relation::Rewrite, sure(best, 0.0, 1.0));
        }
        let same_story = sure(story.score, 0.5, STORY_SPREAD);
        let relation = if story.score >= 0.5 { Relation::SameStory } else { Relation::Different };
        (relation, same_story.min(rewrite).min(one_text))
    }
}

/// How sure it is on which side of a border a figure lies: ½ on it, towards 1 with the square of the distance.
fn sure(figure: f64, border: f64, spread: f64) -> f64 {
    let distance = (figure - border) / spread;
    1.0 - 0.5 / (1.0 + distance * distance)
}
