//! Words: the units of folded text that are compared, each with its place in the original.
//!
//! A word is stored by its place in the folded text, which is mapped back to the original on
//! demand: most words are never asked for.

use std::ops::Range;

use super::fold::{FoldedText, Folding, SpanMap};
use super::scan::{Alphabet, Scanner};
use super::script::is_spaceless;
use super::utf8::{ascii_len, char_len, decode};
use crate::hash::{mix, word_hash};
use crate::simd::{Isa, letters, words};

/// The words of one text: a hash and a byte span for each.
///
/// **What a word is.** A word is a longest run of letters, digits and combining marks of the folded
/// text; everything else, apostrophes and hyphens included, only separates words ("don't" is `don`,
/// `t`; "3.5" is `3`, `5`). If such a run has characters of a script written without spaces
/// (Chinese, Japanese, Thai, Lao, Khmer, Myanmar), each unbroken sequence of these is read as
/// overlapping pairs of characters, and the rest of the run as words of its own. A single such
/// character is a word.
///
/// Two words are the same exactly if their folded characters are. Otherwise their hashes differ,
/// except with probability 2⁻⁶⁴; but someone who searches for two words with one hash can find
/// them. Spans count bytes of the original text, never of the folded one; a span always begins and
/// ends at a character boundary.
///
/// ```
/// use newsprint::parts::{Folding, Words};
///
/// let text = "Putin's “good friend” met 習近平 in Samarkand";
/// let words = Words::of(text, Folding::default());
/// let shown: Vec<&str> = words.iter().map(|(_, span)| &text[span]).collect();
/// assert_eq!(shown, ["Putin", "s", "good", "friend", "met", "習近", "近平", "in", "Samarkand"]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Words {
    hashes: Vec<u64>,
    /// Spans of the folded text.
    spans: Vec<(usize, usize)>,
    /// Empty if the words were read in place.
    folded: FoldedText,
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
        let read = if alphabet == Alphabet::Ascii { text.as_bytes() } else { folded.bytes() };
        hashes.reserve(read.len() / 5);
        spans.reserve(read.len() / 5);
        read_words(read, alphabet, scanner, hashes, |base, found| {
            spans.extend(
                found.iter().map(|&[start, end]| (base + start as usize, base + end as usize)),
            );
        });
    }

    /// Replaces these words by each letter, digit and mark of `text`, reusing the memory: for texts
    /// whose words are broken.
    pub(crate) fn read_letters(&mut self, text: &str, folding: Folding) {
        let alphabet = self.fold(text, folding);
        let Words { hashes, spans, folded, .. } = self;
        let read = if alphabet == Alphabet::Ascii { text.as_bytes() } else { folded.bytes() };
        let mut at = 0;
        while at < read.len() {
            let (code, len) = decode(read, at);
            // FoldedText text holds no other characters above ASCII.
            if code >= 0x80 || read[at].is_ascii_alphanumeric() {
                hashes.push(letter_hash(if code < 0x80 { code | 0x20 } else { code }));
                spans.push((at, at + len));
            }
            at += len;
        }
    }

    /// Removes the words, and folds `text` if that changes it.
    fn fold(&mut self, text: &str, folding: Folding) -> Alphabet {
        self.hashes.clear();
        self.spans.clear();
        self.folded.clear();
        self.map.clear();
        if !folding.changes(text) {
            return Alphabet::Ascii;
        }
        self.folded.read(Isa::best(), folding, text, Some(&mut self.map));
        self.folded.alphabet()
    }

    /// The number of words.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// True if there is no word: for an empty text, or one of punctuation alone.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The words' hashes, in the order of the text.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// The span of word `i` in the original text. O(1) time for ASCII text, O(log bytes) for other
    /// text.
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

    /// The number of words that begin before byte `end` of the original text. O(log bytes) time.
    pub(crate) fn before(&self, end: usize) -> usize {
        let end = self.map.folded(end);
        self.spans.partition_point(|&(start, _)| start < end)
    }

    /// Whether these words are those of another text. Compares their folded characters, not only
    /// their hashes, because words with one hash can be found on purpose. `texts` are the
    /// originals. O(bytes) time.
    pub(crate) fn are_those_of(&self, other: &Words, texts: [&str; 2]) -> bool {
        let mut spans = self.spans.iter().zip(&other.spans);
        let [left, right] =
            [(self, texts[0]), (other, texts[1])].map(|(words, text)| words.source(text));
        self.hashes == other.hashes
            && spans.all(|(l, r)| left[l.0..l.1].eq_ignore_ascii_case(&right[r.0..r.1]))
    }

    /// The bytes that the spans refer to: the folded text, or the original ASCII text.
    fn source<'t>(&'t self, text: &'t str) -> &'t [u8] {
        if self.folded.bytes().is_empty() { text.as_bytes() } else { self.folded.bytes() }
    }

    /// The hash of the first `letters` letters of word `i`; `text` is the original.
    #[inline(always)]
    pub(crate) fn stem(&self, text: &str, i: usize, letters: usize) -> u64 {
        let (start, end) = self.spans[i];
        let folded = self.folded.bytes();
        if folded.is_empty() {
            return word_hash(text.as_bytes(), start, end.min(start + letters), true);
        }
        let mut stem = end.min(start + letters);
        if !folded[start..stem].is_ascii() {
            stem =
                (0..letters).fold(start, |at, _| end.min(at + char_len(folded[at.min(end - 1)])));
        }
        word_hash(folded, start, stem, false)
    }
}

/// Appends the hash of each word of a text, which is folded or original ASCII. `spans(base, spans)`
/// is called with the spans of the same words, relative to the base, some at a time.
#[inline(always)]
pub(crate) fn read_words(
    bytes: &[u8],
    alphabet: Alphabet,
    scanner: &mut Scanner,
    hashes: &mut Vec<u64>,
    mut spans: impl FnMut(usize, &[[u32; 2]]),
) {
    let isa = scanner.isa();
    let lower = alphabet == Alphabet::Ascii;
    if alphabet != Alphabet::Wide {
        scanner.for_each_chunk(bytes, alphabet, |base, runs| {
            words::hash(isa, &bytes[base..], runs, lower, hashes);
            spans(base, runs);
        });
    } else {
        scanner.for_each_chunk(bytes, alphabet, |base, runs| {
            let bytes = &bytes[base..];
            for &[start, end] in runs {
                split_run(bytes, start as usize, end as usize, &mut |start, end| {
                    hashes.push(word_hash(bytes, start, end, false));
                    spans(base, &[[start as u32, end as u32]]);
                });
            }
        });
    }
}

/// Calls `word(start, end)` for the words of one run of word characters: overlapping pairs of the
/// characters of scripts without spaces, and the parts between these.
#[inline(always)]
fn split_run(bytes: &[u8], start: usize, end: usize, word: &mut impl FnMut(usize, usize)) {
    let mut at = start;
    while at < end {
        let (mut from, mut next) = (at, at + spaceless_len(bytes, at, end));
        if next > at {
            // All pairs of Han and kana have six bytes.
            let han = han_or_kana_len(&bytes[at..end]);
            for pair in (at..(at + han).saturating_sub(3)).step_by(3) {
                word(pair, pair + 6);
            }
            if han >= 6 {
                (from, next) = (at + han - 3, at + han);
            }
            let mut last = spaceless_len(bytes, next, end);
            if last == 0 && from == at {
                word(from, next);
            }
            while last > 0 {
                word(from, next + last);
                (from, next) = (next, next + last);
                last = spaceless_len(bytes, next, end);
            }
        } else {
            while next < end && spaceless_len(bytes, next, end) == 0 {
                next += char_len(bytes[next]);
            }
            word(at, next);
        }
        at = next;
    }
}

/// The length of the character at `at` if it stands before `end` and belongs to a script without
/// spaces; otherwise 0. No such character is shorter than three bytes.
#[inline(always)]
fn spaceless_len(bytes: &[u8], at: usize, end: usize) -> usize {
    let here = &bytes[at..end];
    if here.len() < 3 || here[0] < 0xE0 {
        return 0;
    }
    match decode(bytes, at) {
        (code, len) if is_spaceless(code) => len,
        _ => 0,
    }
}

/// The number of bytes of Han and kana that some text begins with.
#[inline(always)]
fn han_or_kana_len(bytes: &[u8]) -> usize {
    let mut len = 0;
    while let Some(&[first, second, _]) = bytes[len..].first_chunk() {
        // One branch for both ranges, because Han and kana alternate unpredictably.
        let two = u16::from_be_bytes([first, second]);
        if (two.wrapping_sub(0xE381) >= 3) & (two.wrapping_sub(0xE480) >= 0x0600) {
            break;
        }
        len += 3;
    }
    len
}

/// Replaces `hashes` by those of each letter, digit and mark of a text, ignoring all else.
pub(crate) fn read_letters(isa: Isa, bytes: &[u8], hashes: &mut Vec<u64>) {
    hashes.clear();
    hashes.reserve(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let len = ascii_len(&bytes[at..]);
        letters::look_up(isa, &bytes[at..at + len], &ASCII_LETTERS, hashes);
        at += len;
        // FoldedText text holds no other characters above ASCII.
        while at < bytes.len() && bytes[at] >= 0x80 {
            let (code, len) = decode(bytes, at);
            hashes.push(letter_hash(code));
            at += len;
        }
    }
}

fn letter_hash(code: u32) -> u64 {
    mix(u64::from(code))
}

/// The hashes of ASCII letters, ignoring case, and of digits; 0 for all other characters.
static ASCII_LETTERS: std::sync::LazyLock<letters::Hashes> = std::sync::LazyLock::new(|| {
    std::array::from_fn(|code| {
        let c = (code as u8).to_ascii_lowercase();
        if c.is_ascii_alphanumeric() { letter_hash(u32::from(c)) } else { 0 }
    })
});
