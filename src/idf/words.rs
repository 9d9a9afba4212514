//! Words kept of texts, to learn their weights from when the texts are not at hand any more.
//!
//! All that the weights ask of a word is in which cell of each row it is counted: 20 bits each,
//! five bytes. What is learnt from the words of some texts is what [`Idf::learn_words`] learns from
//! these texts, bit for bit.

use super::{CELLS, Idf, cells};
use crate::shingle::Shingler;
use crate::text::fold::Folding;
use crate::text::words::Words;

/// Bytes of a word.
const WORD: usize = 5;
/// Different words that are kept of a text at most: more than a long article has.
const MOST: usize = 1 << 14;

/// Reads the words of texts one after another.
#[derive(Debug, Default)]
pub(crate) struct WordReader {
    words: Words,
    hashes: Vec<u64>,
    kept: Vec<u8>,
}

impl WordReader {
    /// The different words of `text`, to be kept; until the next text is read.
    pub(crate) fn read(&mut self, text: &str, folding: Folding) -> &[u8] {
        let WordReader { words, hashes, kept } = self;
        words.read(text, folding);
        hashes.clear();
        hashes.extend_from_slice(words.hashes());
        hashes.sort_unstable();
        hashes.dedup();
        hashes.truncate(MOST);
        kept.clear();
        for [first, second] in hashes.iter().map(|&hash| cells(hash)) {
            let both = first as u64 | ((second - CELLS) as u64) << CELLS.ilog2();
            kept.extend_from_slice(&both.to_le_bytes()[..WORD]);
        }
        kept
    }
}

/// Whether bytes can be the words of a text.
pub(crate) fn are_words(bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(WORD) && bytes.len() <= MOST * WORD
}

/// In how many texts words are, counted text by text.
pub(crate) struct WordCounts {
    texts: u64,
    counts: Vec<u32>,
}

impl WordCounts {
    /// Those of no texts. 8 MB of memory.
    pub(crate) fn empty() -> Self {
        WordCounts { texts: 0, counts: vec![0; 2 * CELLS] }
    }

    /// Counts the words of one more text, as they were kept.
    pub(crate) fn add(&mut self, words: &[u8]) {
        self.texts += 1;
        for word in words.as_chunks::<WORD>().0 {
            let &[a, b, c, d, e] = word;
            let both = u64::from_le_bytes([a, b, c, d, e, 0, 0, 0]);
            self.counts[both as usize % CELLS] += 1;
            self.counts[CELLS + (both >> CELLS.ilog2()) as usize] += 1;
        }
    }

    /// The weights of words by what was counted.
    pub(crate) fn learnt(self, shingler: Shingler) -> Idf {
        Idf::of_counts(shingler, self.texts, self.counts.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shingle::Shingle;

    #[test]
    fn learnt_from_what_is_kept_as_from_the_texts() {
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
        let learnt = counts.learnt(shingler);
        assert_eq!(learnt.texts(), Some(texts.len() as u64));
        assert!(learnt.to_bytes() == Idf::learn_words(&texts.as_slice(), shingler).to_bytes());
    }

    #[test]
    fn a_text_has_so_many_words_and_no_more() {
        let mut reader = WordReader::default();
        let mut read = |words: usize| {
            let text: String = (0..words).map(|n| format!("w{n} ")).collect();
            let kept = reader.read(&text, Folding::default());
            assert!(are_words(kept));
            kept.len()
        };
        assert_eq!(
            [0, 7, MOST, MOST + 1, 3 * MOST].map(&mut read),
            [0, 7, MOST, MOST, MOST].map(|n| n * WORD)
        );
        assert!(!are_words(&[0; 4]) && !are_words(&vec![0; WORD * (MOST + 1)]));
    }
}
