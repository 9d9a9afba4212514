//! A text parsed to be compared with others: its words and their marks, and its letters where
//! letters are aligned; in memory that is used again.

use crate::text::fold::Folding;
use crate::text::marks::Marks;
use crate::text::words::Words;

/// A parsed text.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) words: Words,
    pub(crate) marks: Marks,
    /// Of a text that is aligned letter by letter.
    letters: Words,
    by_letters: bool,
}

impl Parsed {
    /// That of one text.
    pub(crate) fn of(text: &str, folding: Folding, by_letters: bool) -> Self {
        let mut parsed = Parsed::default();
        parsed.read_units(text, folding, by_letters);
        parsed.read_marks(text, folding);
        parsed
    }

    /// Replaces this by the words or letters of `text`, which are enough to align it; without
    /// marks. O(bytes) time.
    pub(crate) fn read_units(&mut self, text: &str, folding: Folding, by_letters: bool) {
        self.by_letters = by_letters;
        match by_letters {
            true => self.letters.read_letters(text, folding),
            false => self.words.read(text, folding),
        }
    }

    /// Adds the marks of the same text, and the words where letters were read. O(bytes) time.
    pub(crate) fn read_marks(&mut self, text: &str, folding: Folding) {
        if self.by_letters {
            self.words.read(text, folding);
        }
        self.marks.read(text, &self.words);
    }

    /// Whether its letters are aligned and not its words.
    pub(crate) fn by_letters(&self) -> bool {
        self.by_letters
    }

    /// Whether two texts with words are the same, word for word or letter for letter, once folded.
    /// O(bytes) time.
    pub(crate) fn are_identical([left, right]: [&Parsed; 2], texts: [&str; 2]) -> bool {
        !left.words.is_empty() && left.units().are_those_of(right.units(), texts)
    }

    /// What is aligned: words or letters.
    pub(crate) fn units(&self) -> &Words {
        if self.by_letters { &self.letters } else { &self.words }
    }
}
