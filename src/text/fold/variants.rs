//! The spellings that the options of folding replace: the Turkish i and umlauts.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::equivalents::ascii_punctuation;
use crate::text::script::is_dropped;

/// A segment with the dots removed from every i, and i for the Turkish dotless one.
pub(super) fn plain_i(segment: &str) -> String {
    let mut on_i = false;
    let replaced = |c: char| -> Option<char> {
        if canonical_combining_class(c) == 0 {
            on_i = matches!(c, 'i' | 'I' | 'ı');
        }
        match c {
            '\u{307}' if on_i => None,
            'ı' => Some('i'),
            _ => Some(c),
        }
    };
    let kept = segment.chars().filter(|&c| !is_dropped(c)).map(ascii_punctuation);
    kept.nfkd().filter_map(replaced).collect()
}

/// The two letters that spell an umlaut.
pub(super) fn umlaut(code: u32) -> Option<[u8; 2]> {
    match char::from_u32(code)? {
        'ä' | 'Ä' => Some(*b"ae"),
        'ö' | 'Ö' => Some(*b"oe"),
        'ü' | 'Ü' => Some(*b"ue"),
        _ => None,
    }
}

/// Folded text with its umlauts spelled as two letters, except those with a further mark.
pub(super) fn spell_umlauts(folded: &str) -> String {
    let mut chars = folded.chars().peekable();
    let mut spelled = String::with_capacity(folded.len());
    while let Some(c) = chars.next() {
        let is_marked = chars.peek().is_some_and(|&next| canonical_combining_class(next) != 0);
        match umlaut(c.into()).filter(|_| !is_marked) {
            Some(two) => spelled.extend(two.map(char::from)),
            None => spelled.push(c),
        }
    }
    spelled
}
