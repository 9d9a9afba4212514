//! The words of two texts, numbered together: what is computed for each different word is computed
//! once and found by its number.
//!
//! O(n + m) time: one look-up in a hash table per word.

use crate::idf::Idf;
use crate::numbering::Numbering;
use crate::text::words::Words;

/// The different words of two texts.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// The number of each word of each text.
    pub(crate) ids: [Vec<u32>; 2],
    /// The weight of each different word.
    pub(crate) weights: Vec<u32>,
}

impl Vocabulary {
    /// Numbers the words of two texts in the order in which they come.
    pub(crate) fn of(words: [&Words; 2], idf: &Idf) -> Self {
        // Most words come more than once.
        let mut numbers = Numbering::with_capacity((words[0].len() + words[1].len()) / 2);
        let ids = words.map(|words| words.hashes().iter().map(|&it| numbers.number(it)).collect());
        let weights = numbers.hashes().iter().map(|&hash| idf.word(hash)).collect();
        Vocabulary { ids, weights }
    }

    /// The number of different words.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folding;

    #[test]
    fn a_word_has_one_number_in_both_texts() {
        let [left, right] = ["The bridge rose over the river", "the ferry rose"]
            .map(|text| Words::of(text, Folding::default()));
        let vocabulary = Vocabulary::of([&left, &right], &Idf::default());
        assert_eq!(vocabulary.ids, [vec![0, 1, 2, 3, 0, 4], vec![0, 5, 2]]);
        assert_eq!(vocabulary.len(), 6);
        assert!(vocabulary.weights[0] < vocabulary.weights[4], "common words weigh less");
    }
}
