//! The scanner: finds the runs of word bytes in a text.
//!
//! The text is read in chunks that stay in the cache together with what is found in them; a chunk
//! ends at the end of a word. Within a chunk, [bit masks](crate::simd::edges) show where words
//! begin and end.

use crate::simd::Isa;
use crate::simd::edges::{SLACK, edges};

/// Which bytes are word bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// ASCII letters and digits.
    Ascii,
    /// ASCII letters and digits, and every byte of a longer character: in folded text all of these
    /// are word characters.
    Folded,
    /// The same, for text with characters of three bytes or more, as all scripts without spaces
    /// have.
    Wide,
}

/// The size of a chunk, in bytes.
const CHUNK: usize = 4096;
/// The length of a word from which it is cut, in bytes.
const MAX_WORD: usize = 1 << 30;

/// A buffer for the edges of the words of a chunk.
#[derive(Clone, Debug)]
pub(crate) struct Scanner {
    isa: Isa,
    chunk: usize,
    edges: Vec<u32>,
}

impl Default for Scanner {
    fn default() -> Self {
        Scanner::with(Isa::best())
    }
}

impl Scanner {
    /// A scanner that uses this set of instructions.
    pub(crate) fn with(isa: Isa) -> Self {
        Scanner { isa, chunk: CHUNK, edges: Vec::new() }
    }

    /// The set of instructions that it uses.
    pub(crate) fn isa(&self) -> Isa {
        self.isa
    }

    /// Calls `words(base, spans)` for each chunk, with the spans of its maximal runs of word bytes,
    /// in order, relative to `base`.
    #[inline(always)]
    pub(crate) fn for_each_chunk(
        &mut self,
        bytes: &[u8],
        alphabet: Alphabet,
        mut words: impl FnMut(usize, &[[u32; 2]]),
    ) {
        let (mut base, mut size) = (0, self.chunk);
        while base < bytes.len() {
            let chunk = &bytes[base..bytes.len().min(base + size)];
            if self.edges.len() < chunk.len() + SLACK {
                self.edges.resize(size + SLACK, 0);
            }
            let found = edges(self.isa, chunk, alphabet != Alphabet::Ascii, &mut self.edges);
            let (mut spans, _) = self.edges[..found].as_chunks::<2>();
            let mut next = base + chunk.len();
            if next < bytes.len()
                && let Some((&[start, end], before)) = spans.split_last()
                && end as usize == chunk.len()
            {
                // The last word may continue: start the next chunk with it, or double this chunk.
                if start > 0 {
                    (spans, next) = (before, base + start as usize);
                } else if size < MAX_WORD {
                    size *= 2;
                    continue;
                }
            }
            words(base, spans);
            (base, size) = (next, self.chunk);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, byte by byte.
    fn naive(bytes: &[u8], alphabet: Alphabet) -> Vec<(usize, usize)> {
        let is_word =
            |b: u8| b.is_ascii_alphanumeric() || (alphabet != Alphabet::Ascii && b >= 0x80);
        let mut words = Vec::new();
        let mut start = None;
        for (i, &b) in bytes.iter().chain(&[0]).enumerate() {
            match (is_word(b), start) {
                (true, None) => start = Some(i),
                (false, Some(s)) => {
                    words.push((s, i));
                    start = None;
                }
                _ => {}
            }
        }
        words
    }

    fn scanned(bytes: &[u8], alphabet: Alphabet, isa: Isa, chunk: usize) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        Scanner { isa, chunk, edges: Vec::new() }.for_each_chunk(bytes, alphabet, |base, spans| {
            words.extend(spans.iter().map(|&[s, e]| (base + s as usize, base + e as usize)));
        });
        words
    }

    #[test]
    fn every_byte_in_every_place() {
        for isa in Isa::all() {
            for alphabet in [Alphabet::Ascii, Alphabet::Folded, Alphabet::Wide] {
                for byte in 0..=255u8 {
                    for len in [1, 7, 8, 63, 64, 65, 128, 130] {
                        for at in [0, len / 2, len - 1] {
                            for around in [b' ', b'x'] {
                                let mut bytes = vec![around; len];
                                bytes[at] = byte;
                                let expected = naive(&bytes, alphabet);
                                let found = scanned(&bytes, alphabet, isa, CHUNK);
                                assert_eq!(found, expected, "{byte} at {at} of {len}, {isa:?}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_word_may_be_longer_than_a_chunk() {
        let text = [" ".repeat(70), "x".repeat(5000), " ".into(), "y".repeat(9000)].concat();
        let expected = naive(text.as_bytes(), Alphabet::Ascii);
        for chunk in [64, 128, CHUNK] {
            assert_eq!(scanned(text.as_bytes(), Alphabet::Ascii, Isa::best(), chunk), expected);
        }
    }

    proptest! {
        #[test]
        fn as_the_definition(
            bytes in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'a'), any::<u8>()], 0..400),
            skipped in 0usize..64,
        ) {
            let bytes = &bytes[skipped.min(bytes.len())..];
            for isa in Isa::all() {
                for alphabet in [Alphabet::Ascii, Alphabet::Folded, Alphabet::Wide] {
                    for chunk in [64, 128, CHUNK] {
                        prop_assert_eq!(scanned(bytes, alphabet, isa, chunk), naive(bytes, alphabet));
                    }
                }
            }
        }
    }
}
