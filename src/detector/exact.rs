//! Two texts compared exactly, step by step and only as far as somebody asks: their shingles counted, their passages aligned, their
//! stories told.
//!
//! A text is held against one candidate after another. What is made of it is made once, what is made of a candidate is made
//! once however often it is asked for, and all of it in memory that is used again.

use super::config::{Config, Scope};
use crate::cluster::Bond;
use crate::compare::Comparison;
use crate::compare::overlap::{Overlap, OverlapCounter};
use crate::compare::relation::{Evidence, Relation};
use crate::compare::verdict::{Reading, story_in_common};
use crate::idf::Idf;
use crate::shingle::{Scratch, Shingler};

/// Working memory that is used again from text to text.
#[derive(Default)]
pub(super) struct Memory {
    left: Side,
    right: Side,
    counter: OverlapCounter,
}

#[derive(Default)]
struct Side {
    scratch: Scratch,
    reading: Reading,
}

/// A text at hand, to be held against others.
pub(super) struct Left<'m> {
    shingler: Shingler,
    /// Whether passages are of letters. Stories are told by words only.
    by_letters: bool,
    text: &'m str,
    is_read: bool,
    memory: &'m mut Memory,
}

/// A text and one that it is held against.
pub(super) struct Both<'p, 'm> {
    left: &'p mut Left<'m>,
    right: &'p str,
    overlap: Option<Overlap>,
    is_read: bool,
    evidence: Option<Evidence>,
}

impl<'m> Left<'m> {
    /// Reads the shingles of `text`.
    pub(super) fn new(shingler: Shingler, text: &'m str, memory: &'m mut Memory) -> Self {
        memory.counter.set_left(shingler.read(text, &mut memory.left.scratch));
        Left { shingler, by_letters: false, text, is_read: false, memory }
    }

    /// The same, with its passages by letters.
    pub(super) fn by_letters(self, by_letters: bool) -> Self {
        Left { by_letters, ..self }
    }

    pub(super) fn shingler(&self) -> Shingler {
        self.shingler
    }

    pub(super) fn text(&self) -> &'m str {
        self.text
    }

    /// What its shingles were read from.
    pub(super) fn scratch(&self) -> &Scratch {
        &self.memory.left.scratch
    }

    /// This text and another.
    pub(super) fn with<'p>(&'p mut self, right: &'p str) -> Both<'p, 'm> {
        Both { left: self, right, overlap: None, is_read: false, evidence: None }
    }
}

impl<'m> Both<'_, 'm> {
    pub(super) fn left(&self) -> &Left<'m> {
        self.left
    }

    pub(super) fn right(&self) -> &str {
        self.right
    }

    /// What the two share.
    pub(super) fn overlap(&mut self) -> Overlap {
        *self.overlap.get_or_insert_with(|| {
            let Memory { right, counter, .. } = &mut *self.left.memory;
            counter.overlap(self.left.shingler.read(self.right, &mut right.scratch))
        })
    }

    /// What the right text's shingles were read from.
    pub(super) fn right_scratch(&mut self) -> &Scratch {
        self.overlap();
        &self.left.memory.right.scratch
    }

    /// The score of the two if they have a text in common.
    pub(super) fn one_text(&mut self, config: &Config) -> Option<f64> {
        let overlap = self.overlap();
        if overlap.jaccard() >= config.threshold() {
            return Some(match config.scope() {
                Scope::Similar => overlap.jaccard(),
                _ => (overlap.left_containment() * overlap.right_containment()).sqrt(),
            });
        }
        let by_words = self.left.shingler.shingle().is_words();
        if config.scope() == Scope::Similar || !by_words {
            return None;
        }
        self.covered()
    }

    /// What holds the two together, and its score, if they tell of one event.
    pub(super) fn one_story(&mut self, idf: &Idf) -> Option<(Bond, f64)> {
        let texts = [self.left.text, self.right];
        let score = story_in_common(texts, self.readings(), idf)?;
        // The keys of a story may find what the other roads missed.
        Some(self.covered().map_or((Bond::Story, score), |covered| (Bond::Text, covered)))
    }

    /// How much of both bodies stands in shared passages, if that makes them one text.
    fn covered(&mut self) -> Option<f64> {
        let evidence = self.evidence();
        evidence.one_text().then(|| evidence.covered())
    }

    /// The figures of their passages.
    pub(super) fn evidence(&mut self) -> &Evidence {
        if self.evidence.is_none() {
            let [left, right] = self.readings();
            self.evidence = Some(left.evidence(right));
        }
        self.evidence.get_or_insert_default()
    }

    /// How the two relate and how sure that is, as [`Comparison`] says. Of a text in common the passages alone tell.
    pub(super) fn relation(&mut self, idf: &Idf) -> (Relation, f64) {
        self.evidence().relation_of_text().unwrap_or_else(|| {
            let comparison = Comparison::of(self.left.text, self.right, &self.left.shingler, idf);
            (comparison.relation, comparison.confidence)
        })
    }

    /// Both texts, read.
    fn readings(&mut self) -> [&Reading; 2] {
        let Left { shingler, by_letters, text, is_read, memory } = &mut *self.left;
        let Memory { left, right, .. } = &mut **memory;
        for (side, text, is_read) in
            [(&mut *left, *text, is_read), (&mut *right, self.right, &mut self.is_read)]
        {
            if !*is_read {
                side.reading.read(text, shingler.folding(), *by_letters);
                *is_read = true;
            }
        }
        [&left.reading, &right.reading]
    }
}
