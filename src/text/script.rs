//! Which characters belong to words, and which scripts are written without spaces.

use unicode_normalization::char::is_combining_mark;

/// True for scripts written without spaces between words, whose text is split into pairs of
/// characters: Han, Hiragana, Katakana, Bopomofo, Thai, Lao, Khmer and Myanmar.
///
/// The ranges are for text after NFKC, so half-width katakana and compatibility ideographs need no
/// entry.
#[inline(always)]
pub(crate) fn is_spaceless(code: u32) -> bool {
    is_han_or_kana(code)
        || matches!(code,
            0x0E00..=0x0EFF // Thai, Lao
            | 0x1000..=0x109F | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F // Myanmar and its extensions
            | 0x1780..=0x17FF | 0x19E0..=0x19FF) // Khmer and its symbols
}

/// True for Han, Hiragana, Katakana and Bopomofo.
#[inline(always)]
pub(crate) fn is_han_or_kana(code: u32) -> bool {
    matches!(code,
        0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3038..=0x303B // Han radicals, marks, numerals
        | 0x3041..=0x30FF | 0x3100..=0x312F | 0x31A0..=0x31BF | 0x31F0..=0x31FF // kana, Bopomofo
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF // Han
        | 0x1B000..=0x1B16F | 0x20000..=0x3FFFF) // kana and Han beyond the basic plane
}

/// True for the characters of words: letters, digits, and combining marks.
pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// True for characters without text of their own, which folding drops: soft hyphens, zero-width and
/// bidi controls, variation selectors, byte-order marks, and the vowel points that Arabic and
/// Hebrew print only sometimes (with tatweel, the Arabic stretching stroke).
pub(crate) fn is_dropped(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x061C | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFF9..=0xFFFB | 0xE0000..=0xE0FFF
        | 0x0591..=0x05BD | 0x05BF | 0x05C1..=0x05C2 | 0x05C4..=0x05C5 | 0x05C7 // Hebrew points
        | 0x0610..=0x061A | 0x0640 | 0x064B..=0x0652 | 0x0656..=0x065F | 0x0670
        | 0x06D6..=0x06DC | 0x06DF..=0x06E4 | 0x06E7..=0x06E8 | 0x06EA..=0x06ED // Arabic points
        | 0xFCF2..=0xFCF4 | 0xFE71 | 0xFE77 | 0xFE79 | 0xFE7B | 0xFE7D | 0xFE7F) // on a tatweel
}

/// True for the stress marks that Cyrillic prints over a vowel only in dictionaries. In other
/// scripts an accent that NFKC leaves uncomposed belongs to its letter.
pub(crate) fn is_stress_mark(c: char) -> bool {
    matches!(c, '\u{300}' | '\u{301}')
}

pub(crate) fn is_cyrillic(c: char) -> bool {
    matches!(u32::from(c), 0x0400..=0x052F)
}
