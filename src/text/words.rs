//! Words: the pieces of folded text that are compared, each with its place in the original.
//!
//! A word is remembered by its place in the folded text, and that is led back to the original when somebody asks: most
//! words are never asked for.

use std::ops::Range;

use super::fold::{Folding, SpanMap, same_spacing};
use super::hash::{mix, word_hash};
use super::scan::{Alphabet, Scanner};

/// The words of one text: a hash and a byte span for each.
///
/// **What a word is.** A word is a longest run of letters, digits and combining marks of the folded text;
/// everything else, apostrophes and hyphens included, only separates words ("don't" is `don`, `t`; "3.5" is
/// `3`, `5`). Where such a run holds characters of a script written without spaces (Chinese, Japanese, Thai,
/// Lao, Khmer, Myanmar), each unbroken stretch of them is read as overlapping pairs of characters, and the
/// rest of the run as words of its own. A single such character is a word.
///
/// Two words are the same exactly when their folded characters are (their hashes differ otherwise, up to one
/// chance in 2⁶⁴). Spans count bytes of the original text, never of the folded one; a span always begins and
/// ends at a character boundary.
///
/// ```
/// use newsprint::{Folding, Words};
///
/// let text = "Putin's “good friend” met 習近平 in Samarkand";
/// let words = Words::of(text, Folding::default());
/// let shown: Vec<&str> = words.iter().map(|(_, span)| &text[span]).collect();
/// assert_eq!(shown, ["Putin", "s", "good", "friend", "met", "習近", "近平", "in", "Samarkand"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Words {
    hashes: Vec<u64>,
    /// In the folded text.
    spans: Vec<(usize, usize)>,
    /// Empty where the words were read in place.
    folded: String,
    map: SpanMap,
    scanner: Scanner,
}

impl Words {
    /// The words of `text`.
    ///
    /// O(bytes) time; to read many texts without allocating for each, see [`read`](Words::read).
    pub fn of(text: &str, folding: Folding) -> Self {
        let mut words = Words::default();
        words.read(text, folding);
        words
    }

    /// Replaces these words by those of `text`, reusing the memory.
    pub fn read(&mut self, text: &str, folding: Folding) {
        let alphabet = self.fold(text, folding);
        let Words { hashes, spans, folded, scanner, .. } = self;
        let read = if alphabet == Alphabet::Ascii { text } else { folded.as_str() };
        hashes.reserve(read.len() / 5);
        spans.reserve(read.len() / 5);
        each_word(read, alphabet, scanner, |hash, start, end| {
            hashes.push(hash);
            spans.push((start, end));
        });
    }

    /// Each letter, digit and mark of `text` as a word of its own, for texts whose words are broken.
    pub(crate) fn letters_of(text: &str, folding: Folding) -> Self {
        let mut letters = Words::default();
        let alphabet = letters.fold(text, folding);
        let Words { hashes, spans, folded, .. } = &mut letters;
        let read = if alphabet == Alphabet::Ascii { text } else { folded.as_str() };
        for (start, c) in read.char_indices() {
            // Folded text holds no other characters above ASCII.
            if !c.is_ascii() || c.is_ascii_alphanumeric() {
                hashes.push(letter_hash(c.to_ascii_lowercase()));
                spans.push((start, start + c.len_utf8()));
            }
        }
        letters
    }

    /// Forgets the words and folds `text`, if it has to be folded at all.
    fn fold(&mut self, text: &str, folding: Folding) -> Alphabet {
        self.hashes.clear();
        self.spans.clear();
        self.folded.clear();
        self.map.clear();
        if !folding.changes(text) {
            return Alphabet::Ascii;
        }
        folding.fold_into(text, &mut self.folded, Some(&mut self.map));
        Alphabet::Folded
    }

    /// How many words there are.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// True when there is no word: an empty text, or one of punctuation alone.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The words' hashes, in the order of the text.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// The bytes of the original text where word `i` stands. O(1) time in ASCII text, O(log bytes) in other.
    ///
    /// # Panics
    /// If `i` is not below [`len`](Words::len).
    pub fn span(&self, i: usize) -> Range<usize> {
        let (start, end) = self.spans[i];
        let (start, end) = self.map.original(start, end);
        start..end
    }

    /// Every word's hash and span.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u64, Range<usize>)> + '_ {
        self.hashes.iter().copied().zip(self.spans())
    }

    /// Every word's span.
    pub(crate) fn spans(&self) -> impl ExactSizeIterator<Item = Range<usize>> + '_ {
        let mut piece = 0;
        self.spans.iter().map(move |&(start, end)| {
            let (start, end) = self.map.original_next(&mut piece, start, end);
            start..end
        })
    }

    /// How many words begin before byte `end` of the original text. O(log bytes) time.
    pub(crate) fn before(&self, end: usize) -> usize {
        let end = self.map.folded(end);
        self.spans.partition_point(|&(start, _)| start < end)
    }

    /// The hash of the first `letters` letters of word `i`; `text` is the original.
    #[inline(always)]
    pub(crate) fn stem(&self, text: &str, i: usize, letters: usize) -> u64 {
        let (start, end) = self.spans[i];
        if self.folded.is_empty() {
            return word_hash(text.as_bytes(), start, end.min(start + letters), true);
        }
        let bytes = self.folded.as_bytes();
        let stem = end.min(start + letters);
        if bytes[start..stem].is_ascii() {
            return word_hash(bytes, start, stem, false);
        }
        let word = &self.folded[start..end];
        let stem = word.char_indices().nth(letters).map_or(word.len(), |(stem, _)| stem);
        word_hash(bytes, start, start + stem, false)
    }
}

/// Calls `word(hash, start, end)` for each word of `text`, which is folded, or ASCII as it came.
#[inline(always)]
pub(crate) fn each_word(
    text: &str,
    alphabet: Alphabet,
    scanner: &mut Scanner,
    mut word: impl FnMut(u64, usize, usize),
) {
    let bytes = text.as_bytes();
    let lower = alphabet == Alphabet::Ascii;
    if lower || !may_be_spaceless(bytes) {
        scanner.for_each_chunk(bytes, alphabet, |base, spans| {
            for &[start, end] in spans {
                let (start, end) = (base + start as usize, base + end as usize);
                word(word_hash(bytes, start, end, lower), start, end);
            }
        });
    } else {
        scanner.for_each_chunk(bytes, alphabet, |base, spans| {
            for &[start, end] in spans {
                let (start, end) = (base + start as usize, base + end as usize);
                if may_be_spaceless(&bytes[start..end]) {
                    each_piece(text, start, end, &mut word);
                } else {
                    word(word_hash(bytes, start, end, false), start, end);
                }
            }
        });
    }
}

/// Whether there is a character of three bytes or more: no script without spaces has shorter ones.
#[inline(always)]
fn may_be_spaceless(bytes: &[u8]) -> bool {
    // The maximum of many is found side by side.
    bytes.iter().fold(0, |most, &byte| most.max(byte)) >= 0xE0
}

/// The words of one run that may hold characters of a script without spaces.
fn each_piece(text: &str, mut start: usize, end: usize, word: &mut impl FnMut(u64, usize, usize)) {
    let bytes = text.as_bytes();
    while start < end {
        let (len, spaceless) = same_spacing(&text[start..end]);
        let stop = start + len;
        let mut piece = text[start..stop].char_indices().map(|(i, c)| (start + i, start + i + c.len_utf8()));
        match piece.next() {
            Some((_, first)) if spaceless && first < stop => {
                let mut from = start;
                for (next, until) in piece {
                    word(word_hash(bytes, from, until, false), from, until);
                    from = next;
                }
            }
            _ => word(word_hash(bytes, start, stop, false), start, stop),
        }
        start = stop;
    }
}

/// Replaces `hashes` by those of each letter, digit and mark of `text`, as if nothing stood between them.
pub(crate) fn read_letters(text: &str, alphabet: Alphabet, hashes: &mut Vec<u64>) {
    // Every hash is written, and the next one over it if it was none of a letter: no branch to mispredict.
    hashes.clear();
    hashes.resize(text.len(), 0);
    let letters = &*ASCII_LETTERS;
    let mut found = 0;
    let mut keep = |hash: u64| {
        hashes[found] = hash;
        found += usize::from(hash != 0);
    };
    match alphabet {
        Alphabet::Ascii => text.bytes().for_each(|b| keep(letters[usize::from(b & 0x7F)])),
        Alphabet::Folded => text.chars().for_each(|c| match letters.get(c as usize) {
            Some(&hash) => keep(hash),
            None => keep(letter_hash(c)),
        }),
    }
    hashes.truncate(found);
}

fn letter_hash(c: char) -> u64 {
    mix(u64::from(u32::from(c)))
}

/// Hashes of ASCII letters, capitals as small ones, and digits; zero for the rest.
static ASCII_LETTERS: std::sync::LazyLock<[u64; 128]> = std::sync::LazyLock::new(|| {
    std::array::from_fn(|code| {
        let c = (code as u8).to_ascii_lowercase();
        if c.is_ascii_alphanumeric() { letter_hash(char::from(c)) } else { 0 }
    })
});
