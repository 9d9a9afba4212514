//! The same letters in other code points: what keyboards, encodings and PDF files write in one way
//! or another, and readers take for one text.
//!
//! | of | are written as |
//! |---|---|
//! | Persian and Urdu yeh, Arabic alef maksura | Arabic yeh |
//! | Persian kaf | Arabic kaf |
//! | alef with hamza, madda or wasla | alef |
//! | heh goal and ae, with hamza or not; teh marbuta goal | heh; teh marbuta |
//! | s and t with a comma below (Romanian) | those with a cedilla |
//! | letters that are apostrophes (Ukrainian, Uzbek, Hawaiian) | apostrophes |
//! | decimal digits of any script | ASCII digits |
//!
//! A hamza or madda that combines with no letter, as that over a Persian heh, is left out like a
//! vowel point. Waw and yeh with hamza are letters of their own.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::table::plain;
use crate::text::script::is_dropped;

/// The representative of a letter that has no canonical decomposition.
pub(super) fn same(c: char) -> char {
    match c {
        'ی' | 'ى' => 'ي',
        'ک' => 'ك',
        'ٱ' => 'ا',
        'ہ' | 'ە' => 'ه',
        'ۃ' => 'ة',
        // Modifier letters, saltillos, and the apostrophes of Armenian and Hebrew.
        'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ʾ' | 'ʿ' | 'ˈ' | 'Ꞌ' | 'ꞌ' | '՚' | '׳' => '\'',
        'ʺ' | 'ˮ' | '״' => '"',
        _ if c.is_numeric() => decimal(c).unwrap_or(c),
        _ => c,
    }
}

/// The representative of a letter that normalisation composes: whoever replaced it before would
/// keep its mark from combining as in the decomposed text.
pub(super) fn same_composed(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' => 'ا',
        'ۀ' | 'ۂ' => 'ه',
        'ș' => 'ş',
        'ț' => 'ţ',
        _ => same(c),
    }
}

/// Madda and hamza as marks; after normalisation they stand only where they combine with nothing.
pub(super) fn is_hamza(c: char) -> bool {
    matches!(c, '\u{653}'..='\u{655}')
}

/// The ASCII form of a decimal digit, if normalisation does not find it.
fn decimal(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?];
    char::from_digit(code - zero, 10)
}

/// The zeros of the scripts that have digits of their own, in Unicode 16; the other nine follow.
#[rustfmt::skip]
const ZEROS: [u32; 67] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x10D40, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730,
    0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x16D70,
    0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// A segment with the dots taken from every i, and i for the Turkish i without one.
pub(super) fn plain_i(segment: &str) -> String {
    let mut on_i = false;
    let taken = |c: char| -> Option<char> {
        if canonical_combining_class(c) == 0 {
            on_i = matches!(c, 'i' | 'I' | 'ı');
        }
        match c {
            '\u{307}' if on_i => None,
            'ı' => Some('i'),
            _ => Some(c),
        }
    };
    segment.chars().filter(|&c| !is_dropped(c)).map(plain).nfkd().filter_map(taken).collect()
}

/// The two letters that stand for an umlaut where there is none to be had.
pub(super) fn umlaut(code: u32) -> Option<[u8; 2]> {
    match char::from_u32(code)? {
        'ä' | 'Ä' => Some(*b"ae"),
        'ö' | 'Ö' => Some(*b"oe"),
        'ü' | 'Ü' => Some(*b"ue"),
        _ => None,
    }
}

/// Folded text with its umlauts spelt out, but for those that have a further mark.
pub(super) fn spell_umlauts(folded: &str) -> String {
    let mut chars = folded.chars().peekable();
    let mut spelt = String::with_capacity(folded.len());
    while let Some(c) = chars.next() {
        let marked = chars.peek().is_some_and(|&next| canonical_combining_class(next) != 0);
        match umlaut(c.into()).filter(|_| !marked) {
            Some(two) => spelt.extend(two.map(char::from)),
            None => spelt.push(c),
        }
    }
    spelt
}
