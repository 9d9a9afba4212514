//! The folds of single characters: [`fold_segment`] defines folding, and a table keeps its results.

use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::equivalents::{ascii_punctuation, composed_letter, is_hamza, letter};
use crate::text::script::{is_cyrillic, is_dropped, is_stress_mark, is_word_char};

/// Whether normalisation cannot combine `c` with what stands before it.
pub(super) fn is_boundary(c: char) -> bool {
    let mut first = None;
    decompose_compatible(c, |d| {
        first.get_or_insert(d);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) == 0
        && is_nfc_quick(std::iter::once(first)) != IsNormalized::Maybe
        && is_nfc_quick(std::iter::once(c)) != IsNormalized::Maybe
}

/// The definition of folding, which every faster path must repeat. Appends the fold of `segment` to
/// the folded text `out`, the end of which decides whether marks are kept.
pub(super) fn fold_segment(segment: &str, out: &mut String) {
    let kept = segment.chars().filter(|&c| !is_dropped(c)).map(|c| letter(ascii_punctuation(c)));
    // A dropped mark lets the next one combine, hence the second normalisation.
    let cased = kept.nfkc().filter(|&c| !is_hamza(c)).flat_map(fold_case);
    let composed = cased.nfkc().filter(|&c| !is_dropped(c));
    for c in composed.map(|c| composed_letter(ascii_punctuation(c))) {
        let last = out.chars().next_back();
        if !is_word_char(c) {
            // Only white space becomes a space, because `cjk_spaces` removes some spaces.
            out.push(match c {
                _ if c.is_ascii() => c,
                _ if c.is_whitespace() => ' ',
                _ => '.',
            });
        } else if (c.is_alphanumeric() || last.is_some_and(is_word_char))
            && !(is_stress_mark(c) && last.is_some_and(is_cyrillic))
        {
            out.push(c);
        }
    }
}

/// Full case folding, up to the choice of the representative. Folding the upper case of the lower
/// case covers every special pair (ß and SS, ς and Σ) except dotless i, whose upper case is that of
/// another letter.
pub(super) fn fold_case(c: char) -> impl Iterator<Item = char> {
    let is_dotless = c == 'ı';
    let folded = c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    is_dotless.then_some(c).into_iter().chain(folded.filter(move |_| !is_dotless))
}

/// How a character folds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    /// To itself.
    Own,
    /// To a character of as many bytes: the first of these.
    Same([u8; 4]),
    /// To fewer bytes: the first of these, and their number.
    Other([u8; 4], u8),
    /// To nothing.
    Dropped,
    /// In a way that depends on its neighbours: see [`fold_segment`].
    Segment,
}

/// The folds of the basic multilingual plane, in pages of 256 characters. All pages on which every
/// character folds to itself, most of Han and Hangul, are one.
pub(super) struct FoldTable {
    pages: [u8; 256],
    entries: Vec<u32>,
}

// An entry holds the kind of a fold in its highest byte, and up to three bytes of the fold below.
const KIND: u32 = 0xFF << 24;
const SEGMENT: u32 = 0;
const DROPPED: u32 = 1 << 24;
const OWN: u32 = 2 << 24;
const SAME: u32 = 3 << 24;
/// The number of bytes is added to this kind.
const OTHER: u32 = 4 << 24;

pub(super) static TABLE: LazyLock<FoldTable> = LazyLock::new(|| {
    let mut table = FoldTable { pages: [0; 256], entries: vec![OWN; 256] };
    for (code, number) in (0..).step_by(256).zip(&mut table.pages) {
        // The full pages of Han and Hangul need not be computed.
        if matches!(code, 0x3400..0x4D00 | 0x4E00..0xA000 | 0xAC00..0xD700) {
            continue;
        }
        *number = (table.entries.len() / 256) as u8;
        table.entries.extend((code..code + 256).map(entry));
    }
    table
});

fn entry(code: u32) -> u32 {
    let Some(c) = char::from_u32(code).filter(|&c| c >= '\u{80}') else { return SEGMENT };
    if is_dropped(c) {
        return DROPPED;
    }
    let mut folded = String::new();
    fold_segment(c.encode_utf8(&mut [0; 4]), &mut folded);
    let mut chars = folded.chars();
    let (Some(single), None) = (chars.next(), chars.next()) else { return SEGMENT };
    if !is_boundary(c) || folded.len() > c.len_utf8() {
        return SEGMENT;
    }
    let mut bytes = [0; 4];
    single.encode_utf8(&mut bytes);
    let kind = match folded.len() {
        _ if single == c => OWN,
        len if len == c.len_utf8() => SAME,
        len => OTHER + ((len as u32) << 24),
    };
    kind | u32::from_le_bytes(bytes)
}

impl FoldTable {
    /// The fold of the character `code`.
    #[inline(always)]
    pub(super) fn get(&self, code: u32) -> Fold {
        let Some(&page) = self.pages.get((code >> 8) as usize) else {
            return if char::from_u32(code).is_some_and(is_dropped) {
                Fold::Dropped
            } else {
                Fold::Segment
            };
        };
        let entry = self.entries[usize::from(page) << 8 | (code & 0xFF) as usize];
        let (kind, bytes) = (entry & KIND, entry.to_le_bytes());
        match kind {
            OWN => Fold::Own,
            SAME => Fold::Same(bytes),
            SEGMENT => Fold::Segment,
            DROPPED => Fold::Dropped,
            _ => Fold::Other(bytes, ((kind - OTHER) >> 24) as u8),
        }
    }
}
