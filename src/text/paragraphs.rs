//! Lines, paragraphs and the ends of sentences, in any script. A paragraph is one line, or the
//! lines that the edge of a column has broken.

use std::ops::Range;

/// The length of a line in a column, in bytes: a line of this length, but less than twice it, that
/// does not end a sentence continues in the next.
const MIN_COLUMN: usize = 45;

/// Calls `f` with each paragraph, without trailing white space, and the byte where it ends.
pub(crate) fn for_each_paragraph(text: &str, mut f: impl FnMut(&str, usize)) {
    let (mut start, mut at) = (0, 0);
    for end in line_ends(text).map(|line_end| line_end.end).chain([text.len()]) {
        if end == at {
            break;
        }
        let trimmed = text[at..end].trim_end();
        let wraps =
            (MIN_COLUMN..2 * MIN_COLUMN).contains(&trimmed.len()) && !ends_a_sentence(trimmed);
        let blank_follows = text[end..].trim_start_matches([' ', '\t']).starts_with(is_line_end);
        if !wraps || blank_follows || end == text.len() {
            f(text[start..end].trim_end(), end);
            start = end;
        }
        at = end;
    }
}

/// Whether a character ends a line: line feed, vertical tab, form feed, carriage return, next line,
/// line separator or paragraph separator.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The line ends of a text; a carriage return with a line feed is one.
pub(crate) fn line_ends(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + line_end(&text.as_bytes()[at..])?;
        let c = text[start..].chars().next()?;
        at = start + if text[start..].starts_with("\r\n") { 2 } else { c.len_utf8() };
        Some(start..at)
    })
}

/// The position of the first line end.
fn line_end(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 32;
    let may_begin = |byte: u8| (byte.wrapping_sub(b'\n') < 4) | (byte == 0xC2) | (byte == 0xE2);
    let mut at = 0;
    loop {
        // Most blocks have no byte that may begin a line end, which is found for many at once.
        while let Some(block) = bytes[at..].first_chunk::<BLOCK>()
            && !block.iter().fold(false, |any, &byte| any | may_begin(byte))
        {
            at += BLOCK;
        }
        at += bytes[at..].iter().position(|&byte| may_begin(byte))?;
        match bytes[at..] {
            [b'\n'..=b'\r', ..] | [0xC2, 0x85, ..] | [0xE2, 0x80, 0xA8 | 0xA9, ..] => {
                return Some(at);
            }
            _ => at += 1,
        }
    }
}

/// Whether a paragraph ends as a sentence does, ignoring quotation marks and brackets. A comma or a
/// colon counts too: a sentence that continues in the next paragraph is not a headline.
pub(crate) fn ends_a_sentence(paragraph: &str) -> bool {
    let end = paragraph.trim_end_matches(|c: char| c.is_whitespace() || closes(c));
    end.chars().next_back().is_some_and(|c| {
        is_stop(c) || matches!(c, ':' | ';' | ',' | '：' | '；' | '，' | '、' | '،' | '؛')
    })
}

/// Whether a character is a quotation mark or bracket that may follow the end of a sentence.
fn closes(c: char) -> bool {
    "\"'”’»)]“‘›）］】〕」』》〉｣".contains(c)
}

/// Whether a character ends sentences, in any script. An ASCII one does so only before white space,
/// which the caller must check.
pub(crate) fn is_stop(c: char) -> bool {
    matches!(
        c,
        '.' | '!' | '?' | '…' // Latin, Greek, Cyrillic
            | '。' | '！' | '？' | '．' | '｡' // Chinese, Japanese
            | '।' | '॥' // Indic scripts
            | '۔' | '؟' // Arabic, Persian, Urdu
            | '։' | '՜' | '՞' // Armenian
            | '။' | '។' // Burmese, Khmer
            | '።' | '፧' // Ethiopic
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn paragraphs(text: &str) -> Vec<&str> {
        let mut paragraphs = Vec::new();
        let mut start = 0;
        for_each_paragraph(text, |paragraph, end| {
            paragraphs.push(&text[start..start + paragraph.len()]);
            start = end;
        });
        paragraphs
    }

    #[test]
    fn broken_lines_are_put_together() {
        let text = "The river rose by two metres in one night, and\nthe old bridge was closed at dawn on Monday as\nthe water rose.\nNobody was hurt.";
        assert_eq!(paragraphs(text), [&text[..109], "Nobody was hurt."]);
    }

    #[test]
    fn every_line_end_ends_a_line() {
        let text = "Flood\nThe river rose by two metres in one night, and\nthe old bridge was closed.\n\nNobody was hurt.\n";
        let whole: Vec<String> = paragraphs(text).iter().map(|p| p.replace('\n', "|")).collect();
        assert_eq!(whole.len(), 4);
        for end in ["\r\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}"] {
            let text = text.replace('\n', end);
            let found: Vec<String> =
                paragraphs(&text).iter().map(|p| p.replace(end, "|")).collect();
            assert_eq!(found, whole, "{end:?}");
            assert_eq!(line_ends(&text).count(), 5, "{end:?}");
        }
        let ends: Vec<Range<usize>> = line_ends("\r\r\n\né’\u{85}").collect();
        assert_eq!(ends, [0..1, 1..3, 3..4, 9..11]);
    }

    proptest! {
        #[test]
        fn lines_end_where_their_characters_stand(text in "[a-z \n\r\u{B}\u{85}\u{86}\u{2028}\u{2029}\u{202A}\u{A8}é’]{0,200}") {
            let found: Vec<usize> = line_ends(&text).map(|end| end.start).collect();
            let after_return = |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
            let expected: Vec<usize> =
                text.match_indices(is_line_end).map(|(at, _)| at).filter(|&at| !after_return(at)).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn sentences_end_in_every_script() {
        for end in [
            "It rose.",
            "“It rose.”",
            "雨。」",
            "他說：「封橋。」",
            "बाढ़।",
            "دریا۔",
            "ជំនន់។",
            "(It rose.)",
            "ውሃ።",
        ] {
            assert!(ends_a_sentence(end), "{end}");
        }
        for end in ["Flood warning", "大水", "", "Photo: the bridge at dawn"] {
            assert!(!ends_a_sentence(end), "{end}");
        }
    }
}
