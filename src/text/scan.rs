//! The scanner: where the words of a text stand.
//!
//! The text is read in chunks that stay in the cache together with what is found in them; a chunk
//! ends where a word does. Where words begin and end in a chunk is a matter of [bit
//! masks](crate::simd::edges).

use crate::simd::Isa;
use crate::simd::edges::{SLACK, edges};

/// What is a word byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// ASCII letters and digits.
    Ascii,
    /// ASCII letters and digits and every byte of a longer character: in folded text those are all
    /// word characters.
    Folded,
    /// The same, with characters of three bytes or more: no script without spaces has shorter ones.
    Wide,
}

/// Bytes of a chunk.
const CHUNK: usize = 4096;
/// A longer word is cut.
const LONGEST: usize = 1 << 30;

/// Memory for the edges of a chunk.
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
    /// A scanner that uses these instructions.
    pub(crate) fn with(isa: Isa) -> Self {
        Scanner { isa, chunk: CHUNK, edges: Vec::new() }
    }

    /// The instructions it uses.
    pub(crate) fn isa(&self) -> Isa {
        self.isa
    }

    /// Calls `words(base, spans)` for each chunk, with the spans of its maximal runs of word bytes,
    /// counted from `base`, in order.
    #[inline(always)]
    pub(crate) fn for_each_chunk(
        &mut self,
        bytes: &[u8],
        alphabet: Alphabet,
        mut words: impl FnMut(usize, &[[u32; 2]]),
    ) {
        let (mut base, mut longest) = (0, self.chunk);
        while base < bytes.len() {
            let chunk = &bytes[base..bytes.len().min(base + longest)];
            if self.edges.len() < chunk.len() + SLACK {
                self.edges.resize(longest + SLACK, 0);
            }
            let found = edges(self.isa, chunk, alphabet != Alphabet::Ascii, &mut self.edges);
            let (mut spans, _) = self.edges[..found].as_chunks::<2>();
            let mut next = base + chunk.len();
            if next < bytes.len()
                && let Some((&[start, end], before)) = spans.split_last()
                && end as usize == chunk.len()
            {
                // The last word may go on; it begins the next chunk, or this one, twice as long.
                if start > 0 {
                    (spans, next) = (before, base + start as usize);
                } else if longest < LONGEST {
                    longest *= 2;
                    continue;
                }
            }
            words(base, spans);
            (base, longest) = (next, self.chunk);
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
