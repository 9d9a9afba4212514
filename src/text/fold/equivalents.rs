//! Characters that stand for the same: what keyboards, encodings and PDF files write in one way or
//! another, and readers take for one text. Each is replaced by one representative.
//!
//! | characters | representative |
//! |---|---|
//! | typographic quotation marks, dashes, slashes, commas and line ends | ASCII ones |
//! | Persian and Urdu yeh, Arabic alef maksura | Arabic yeh |
//! | Persian kaf | Arabic kaf |
//! | alef with hamza, madda or wasla | alef |
//! | heh goal and ae, with hamza or not; teh marbuta goal | heh; teh marbuta |
//! | s and t with a comma below (Romanian) | those with a cedilla |
//! | letters that are apostrophes (Ukrainian, Uzbek, Hawaiian) | apostrophes |
//! | decimal digits of any script | ASCII digits |
//!
//! A hamza or madda that combines with no letter, as that over a Persian heh, is dropped like a
//! vowel point. Waw and yeh with hamza are letters of their own.

/// Typographic punctuation in its ASCII form.
pub(super) fn ascii_punctuation(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '´' | '＇' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '「' | '」' | '『' | '』' | '〝' | '〞'
        | '〟' | '＂' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' => '-',
        '⁄' | '∕' | '／' => '/',
        '、' => ',',
        '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        _ => c,
    }
}

/// The representative of a letter without a canonical decomposition.
pub(super) fn letter(c: char) -> char {
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

/// The representative of a letter after normalisation has composed it. Replaced any earlier, its
/// mark would not combine as it does in the decomposed text.
pub(super) fn composed_letter(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' => 'ا',
        'ۀ' | 'ۂ' => 'ه',
        'ș' => 'ş',
        'ț' => 'ţ',
        _ => letter(c),
    }
}

/// Madda and hamza as marks. After normalisation they stand only where they combine with nothing.
pub(super) fn is_hamza(c: char) -> bool {
    matches!(c, '\u{653}'..='\u{655}')
}

/// The ASCII form of a decimal digit that normalisation does not replace.
fn decimal(c: char) -> Option<char> {
    let code = u32::from(c);
    let zero = ZEROS[ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?];
    char::from_digit(code - zero, 10)
}

/// The zeros of the scripts with digits of their own, in Unicode 16; the other nine follow each.
#[rustfmt::skip]
const ZEROS: [u32; 67] = [
    0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0x104A0, 0x10D30, 0x10D40, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730,
    0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x16D70,
    0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];
