//! Two parsed texts compared closely: aligned, their words numbered together, and the figures made
//! that a verdict is told from.

use super::Sides;
use super::align::{Alignment, ByLetters, ByWords};
use super::figures::{self, Around, Compared, Figures};
use super::parsed::Parsed;
use super::story::{Story, Terms};
use super::vocabulary::Vocabulary;
use super::wording::Wording;
use crate::idf::Idf;

/// What a close look at two texts finds.
#[derive(Debug)]
pub(crate) struct Close {
    pub(crate) aligned: Alignment,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) terms: Terms,
    pub(crate) story: Story,
    pub(crate) wording: Wording,
    pub(crate) figures: Figures,
    pub(crate) shares: Shares,
}

/// How much of each body stands in shared passages.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Shares {
    /// Inside passages, edits included.
    pub(crate) covered: Sides<f64>,
    /// Word for word.
    pub(crate) same: Sides<f64>,
}

impl Shares {
    /// How much of both agrees word for word: the geometric mean.
    pub(crate) fn mean(&self) -> f64 {
        (self.same.left * self.same.right).sqrt()
    }
}

/// The shared runs of two texts.
pub(crate) fn align(parsed: [&Parsed; 2]) -> Alignment {
    let [left, right] = parsed.map(|parsed| parsed.units().hashes());
    match parsed[0].by_letters() {
        true => Alignment::of::<ByLetters>(left, right),
        false => Alignment::of::<ByWords>(left, right),
    }
}

impl Close {
    /// Looks at two texts whose alignment is known.
    pub(crate) fn of(
        texts: [&str; 2],
        parsed: [&Parsed; 2],
        aligned: Alignment,
        around: Around,
        idf: &Idf,
        memory: &mut figures::Memory,
    ) -> Self {
        let words = parsed.map(|parsed| &parsed.words);
        let vocabulary = Vocabulary::of(words, idf);
        let terms = Terms::of(texts, words, &vocabulary);
        let story = Story::of(&terms);
        let wording = Wording::of(&vocabulary);
        let compared = Compared {
            parsed,
            vocabulary: &vocabulary,
            blocks: &aligned.blocks,
            run: aligned.run,
            story: &story,
            wording: &wording,
        };
        let (figures, shares) = Figures::of(&compared, around, memory);
        Close { aligned, vocabulary, terms, story, wording, figures, shares }
    }
}
