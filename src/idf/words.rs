//! Words stored of texts, from which weights are learned when the texts are no longer at hand.
//!
//! All that is needed of a word is its cell in each row: 20 bits each, five bytes. What is learned
//! from the stored words of some texts is, bit for bit, what [`Idf::learn_words`] learns from the
//! texts.

use super::{CELLS, Idf, cells};
use crate::shingle::Shingler;
use crate::text::fold::Folding;
use crate::text::words::Words;

/// The size of a word, in bytes.
const WORD_BYTES: usize = 5;
/// The number of different words that are stored of a text: more than a long article has.
const MAX_WORDS: usize = 1 << 14;

/// Reads the words of texts one after another.
#[derive(Debug, Default)]
pub(crate) struct WordReader {
    words: Words,
    hashes: Vec<u64>,
    kept: Vec<u8>,
}

impl WordReader {
    /// The different words of `text`, as they are stored; valid until the next text is read.
    pub(crate) fn read(&mut self, text: &str, folding: Folding) -> &[u8] {
        let WordReader { words, hashes, kept } = self;
        words.read(text, folding);
        hashes.clear();
        hashes.extend_from_slice(words.hashes());
        hashes.sort_unstable();
        hashes.dedup();
        hashes.truncate(MAX_WORDS);
        kept.clear();
        for [first, second] in hashes.iter().map(|&hash| cells(hash)) {
            let both = first as u64 | ((second - CELLS) as u64) << CELLS.ilog2();
            kept.extend_from_slice(&both.to_le_bytes()[..WORD_BYTES]);
        }
        kept
    }
}

/// Whether bytes can be the stored words of a text.
pub(crate) fn are_words(bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(WORD_BYTES) && bytes.len() <= MAX_WORDS * WORD_BYTES
}

/// Counts how many texts have each word, text by text.
pub(crate) struct WordCounts {
    texts: u64,
    counts: Vec<u32>,
}

impl WordCounts {
    /// The counts of no texts. 8 MB of memory.
    pub(crate) fn empty() -> Self {
        WordCounts { texts: 0, counts: vec![0; 2 * CELLS] }
    }

    /// Counts the stored words of one more text.
    pub(crate) fn add(&mut self, words: &[u8]) {
        self.texts += 1;
        for word in words.as_chunks::<WORD_BYTES>().0 {
            let &[a, b, c, d, e] = word;
            let both = u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]);
            self.counts[both as usize % CELLS] += 1;
            self.counts[CELLS + (both >> CELLS.ilog2()) as usize] += 1;
        }
    }

    /// The weights that follow from the counts.
    pub(crate) fn into_idf(self, shingler: Shingler) -> Idf {
        Idf::of_counts(shingler, self.texts, self.counts.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Run;
    use crate::shingle::Shingle;

    #[test]
    fn stored_words_and_texts_give_the_same_weights() {
        let many: String = (0..3_000).map(|n| format!("w{} ", n * n % 1_777)).collect();
        let mut texts = vec![
            "",
            "The mayor spoke, the MAYOR spoke.",
            "Là-bas, l’été: 習近平",
            &many,
            &many[..200],
        ];
        texts.extend(["The bridge"; 40]);
        let shingler = Shingler::new(Shingle::Words(3)).expect("valid");
        let (mut reader, mut counts) = (WordReader::default(), WordCounts::empty());
        texts.iter().for_each(|text| counts.add(reader.read(text, shingler.folding())));
        let learned = counts.into_idf(shingler);
        assert_eq!(learned.texts(), Some(texts.len() as u64));
        assert!(learned.to_bytes() == Idf::learn_words(&Run::new(&texts), shingler).to_bytes());
    }

    #[test]
    fn the_number_of_words_is_limited() {
        let mut reader = WordReader::default();
        let mut read = |words: usize| {
            let text: String = (0..words).map(|n| format!("w{n} ")).collect();
            let kept = reader.read(&text, Folding::default());
            assert!(are_words(kept));
            kept.len()
        };
        assert_eq!(
            [0, 7, MAX_WORDS, MAX_WORDS + 1, 3 * MAX_WORDS].map(&mut read),
            [0, 7, MAX_WORDS, MAX_WORDS, MAX_WORDS].map(|n| n * WORD_BYTES)
        );
        assert!(!are_words(&[0; 4]) && !are_words(&vec![0; WORD_BYTES * (MAX_WORDS + 1)]));
    }
}
