//! Paragraphs: lines put together where a column's edge broke them, and what ends a sentence in
//! which script.

/// A line at least this many bytes long that does not end a sentence may go on in the next, unless
/// it is twice as long.
const COLUMN: usize = 45;

/// Calls `f` with each paragraph, without the white space behind it, and the byte where it ends.
pub(crate) fn for_each_paragraph(text: &str, mut f: impl FnMut(&str, usize)) {
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let trimmed = line.trim_end();
        let wraps = (COLUMN..2 * COLUMN).contains(&trimmed.len()) && !ends_a_sentence(trimmed);
        let blank_follows = text[end..].trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        if !wraps || blank_follows || end == text.len() {
            f(text[start..end].trim_end(), end);
            start = end;
        }
        at = end;
    }
}

/// Whether a paragraph ends as a sentence does, quotation marks and brackets aside. A comma or a
/// colon counts: a sentence that goes on in the next paragraph is no headline.
pub(crate) fn ends_a_sentence(paragraph: &str) -> bool {
    let end = paragraph.trim_end_matches(|c: char| c.is_whitespace() || closes(c));
    end.chars()
        .next_back()
        .is_some_and(|c| is_stop(c) || matches!(c, ':' | ';' | ',' | '：' | '；' | '，' | '、' | '،' | '؛'))
}

/// Quotation marks and brackets that may stand behind the end of a sentence.
fn closes(c: char) -> bool {
    "\"'”’»)]“‘›）］】〕」』》〉｣".contains(c)
}

/// Whether a character ends sentences, in any script. Of ASCII stops only those before white space
/// do, which the caller looks at.
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
