//! A text parsed for comparison with others: its words with their annotations, and its letters
//! where letters are aligned. The buffers are reused from text to text.

use super::align::{Alignment, ByLetters, ByWords};
use crate::text::annotations::Annotations;
use crate::text::fold::Folding;
use crate::text::words::Words;

/// A parsed text.
#[derive(Debug, Default)]
pub(crate) struct ParsedText {
    pub(crate) words: Words,
    pub(crate) annotations: Annotations,
    /// The letters, if the text is aligned letter by letter.
    letters: Words,
    by_letters: bool,
}

impl ParsedText {
    /// Parses one text completely.
    pub(crate) fn of(text: &str, folding: Folding, by_letters: bool) -> Self {
        let mut parsed = ParsedText::default();
        parsed.read_units(text, folding, by_letters);
        parsed.annotate(text, folding);
        parsed
    }

    /// Replaces this by the words or letters of `text`, which are enough to align it. O(bytes)
    /// time.
    pub(crate) fn read_units(&mut self, text: &str, folding: Folding, by_letters: bool) {
        self.by_letters = by_letters;
        match by_letters {
            true => self.letters.read_letters(text, folding),
            false => self.words.read(text, folding),
        }
    }

    /// Adds the annotations of the same text, and its words if only letters were read. O(bytes)
    /// time.
    pub(crate) fn annotate(&mut self, text: &str, folding: Folding) {
        if self.by_letters {
            self.words.read(text, folding);
        }
        self.annotations.read(text, &self.words);
    }

    /// Whether letters are aligned rather than words.
    pub(crate) fn by_letters(&self) -> bool {
        self.by_letters
    }

    /// What is aligned: words or letters.
    pub(crate) fn units(&self) -> &Words {
        if self.by_letters { &self.letters } else { &self.words }
    }

    /// Aligns two texts whose units were read.
    pub(crate) fn align(parsed: [&ParsedText; 2]) -> Alignment {
        let [left, right] = parsed.map(|parsed| parsed.units().hashes());
        match parsed[0].by_letters {
            true => Alignment::of::<ByLetters>(left, right),
            false => Alignment::of::<ByWords>(left, right),
        }
    }

    /// Whether two texts that have words are the same once folded, word for word or letter for
    /// letter. O(bytes) time.
    pub(crate) fn are_identical([left, right]: [&ParsedText; 2], texts: [&str; 2]) -> bool {
        !left.words.is_empty() && left.units().are_those_of(right.units(), texts)
    }
}
