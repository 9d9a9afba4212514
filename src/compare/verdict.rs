//! The parts of a comparison that decide whether two articles of a collection are a pair, without what only a reader asks for.
//!
//! *One text*: the passages they share cover enough of both bodies, by the rule of [`relation`](super::relation).
//!
//! *One story*: by the rules of [`relation`](super::relation) and [`story`](super::story) where the weights of words are the default ones. Where they
//! are learnt from a large collection, a pair is one of hundreds of millions and not one that somebody has picked, and the
//! rules are
//!
//! | rule | why this figure |
//! |---|---|
//! | story score ≥ 0.48 and facts ≥ 0.25 | with 0.44 the accounts of 50 events are found better (F1 0.93 for 0.90), and four times as many strangers; with a third of the facts fewer accounts |
//! | or facts ≥ 0.60 and closeness ≥ 0.57 | the least of the paraphrases have 0.62 and 0.576 |
//!
//! Facts is the geometric mean of the shares of names and of numbers that both have.
//!
//! **Where the numbers come from.** 96 graded rewrites of 24 agency and broadcast stories and 150 articles on 50 events, among 24,000 others: all
//! paraphrases have facts of 0.62 or more and a closeness of 0.576 or more. Of all other articles 13 share as many facts with a version,
//! most of them short reports with few names; the floor of closeness leaves two. `evaluate --together --fit` prints such figures, and
//! `--explain` those of what is missed and of what is wrong.

use super::align::{Alignment, ByLetters, ByWords};
use super::body::Body;
use super::relation::{Evidence, FACTS, WORDING};
use super::story::{Story, Terms};
use super::vocabulary::Vocabulary;
use super::wording::Wording;
use crate::idf::Idf;
use crate::text::fold::Folding;
use crate::text::words::Words;

const SCORE_AMONG_MANY: (f64, f64) = (0.48, 0.25);
const FACTS_AMONG_MANY: (f64, f64) = (0.60, 0.57);

/// A text read to be compared with others, by words or by letters, in memory that is used again.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    units: Words,
    body: Body,
    by_letters: bool,
}

impl Reading {
    /// Reads the words of `text`, or the letters.
    pub(crate) fn read(&mut self, text: &str, folding: Folding, by_letters: bool) {
        let Reading { units, body, .. } = self;
        if by_letters {
            units.read_letters(text, folding);
            body.read_letters(text, units);
        } else {
            units.read(text, folding);
            body.read_words(text, units);
        }
        self.by_letters = by_letters;
    }

    /// The figures of the passages that two texts share, both read by words or both by letters.
    pub(crate) fn evidence(&self, other: &Reading) -> Evidence {
        let (left, right) = (self.units.hashes(), other.units.hashes());
        let aligned = match self.by_letters {
            true => Alignment::of::<ByLetters>(left, right),
            false => Alignment::of::<ByWords>(left, right),
        };
        Evidence::of([&self.units, &other.units], [&self.body, &other.body], &aligned)
    }
}

/// The story score, at least ½, if two texts, read by words, tell of one event.
pub(crate) fn story_in_common(texts: [&str; 2], readings: [&Reading; 2], idf: &Idf) -> Option<f64> {
    let words = readings.map(|reading| &reading.units);
    let vocabulary = Vocabulary::of(words, idf);
    let terms = Terms::of(texts, words, &vocabulary);
    let story = Story::of(&terms);
    let facts = story.facts();
    let one = match idf.texts() {
        Some(_) => {
            story.score >= SCORE_AMONG_MANY.0 && facts >= SCORE_AMONG_MANY.1
                || facts >= FACTS_AMONG_MANY.0 && story.closeness >= FACTS_AMONG_MANY.1
        }
        None => story.score >= 0.5 || facts >= FACTS || Wording::of(&vocabulary).sum() >= WORDING,
    };
    one.then(|| story.score.max(0.5))
}
