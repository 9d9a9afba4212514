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
use super::body::{Body, PARAGRAPH_LETTERS};
use super::relation::{EXCERPT, Evidence, FACTS, ONE_TEXT, WORDING};
use super::story::{Story, Terms};
use super::vocabulary::Vocabulary;
use super::wording::Wording;
use crate::idf::Idf;
use crate::text::fold::Folding;
use crate::text::words::Words;

const SCORE_AMONG_MANY: (f64, f64) = (0.48, 0.25);
const FACTS_AMONG_MANY: (f64, f64) = (0.60, 0.57);

/// Whether one of two texts stands nearly whole in the other, letter by letter: a copy or an excerpt by the rule of
/// [`relation`](super::relation).
pub(crate) fn nearly_whole(texts: [&str; 2], folding: Folding) -> bool {
    let letters = texts.map(|text| Words::letters_of(text, folding));
    let [l, r] = &letters;
    let aligned = Alignment::of::<ByLetters>(l.hashes(), r.hashes());
    let body = |text, letters| Body::with_paragraphs(text, letters, PARAGRAPH_LETTERS);
    let bodies = [body(texts[0], l), body(texts[1], r)];
    let verbatim = Evidence::of([l, r], [&bodies[0], &bodies[1]], &aligned).verbatim;
    verbatim.left.max(verbatim.right) >= EXCERPT
}

/// A text read to be compared with others.
#[derive(Debug, Default)]
pub(crate) struct Reading<'t> {
    text: &'t str,
    words: Words,
    body: Body,
}

impl<'t> Reading<'t> {
    pub(crate) fn of(text: &'t str, folding: Folding) -> Self {
        let words = Words::of(text, folding);
        let body = Body::of(text, &words);
        Reading { text, words, body }
    }

    /// How much of both bodies stands in shared passages, if that makes them one text.
    pub(crate) fn text_in_common(&self, other: &Reading<'_>) -> Option<f64> {
        let aligned = Alignment::of::<ByWords>(self.words.hashes(), other.words.hashes());
        let evidence = Evidence::of([&self.words, &other.words], [&self.body, &other.body], &aligned);
        Some(evidence.covered()).filter(|&covered| covered >= ONE_TEXT)
    }

    /// The story score, at least ½, if the two tell of one event.
    pub(crate) fn story_in_common(&self, other: &Reading<'_>, idf: &Idf) -> Option<f64> {
        let words = [&self.words, &other.words];
        let vocabulary = Vocabulary::of(words, idf);
        let terms = Terms::of([self.text, other.text], words, &vocabulary);
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
}
