//! The body of an article: its paragraphs, without what the page hung around them.
//!
//! Web pages come with share bars, captions, bylines, subscription notes and lists of other headlines. They are short lines, or lines
//! that are not sentences; a paragraph has some words and ends as a sentence does. Lines broken at a column's edge are put
//! together first. Where little would be left, as in poems, tables and texts without punctuation, everything is body.

use std::ops::Range;

use crate::text::words::Words;

/// Words that make a sentence on a line of its own part of the body.
const PARAGRAPH: usize = 10;
/// Letters that do, where letters are compared.
pub(crate) const PARAGRAPH_LETTERS: usize = 50;
/// If less than this part of the words would be body, all of them are.
const LEAST: f64 = 0.4;
/// A line at least this long that does not end a sentence may go on in the next, unless it is twice as long.
const COLUMN: usize = 45;

/// The words of a text that belong to its body.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Body {
    /// Ascending ranges of word numbers.
    pub(crate) ranges: Vec<Range<usize>>,
    /// How many words they hold.
    pub(crate) len: usize,
}

impl Body {
    pub(crate) fn of(text: &str, words: &Words) -> Self {
        Self::with_paragraphs(text, words, PARAGRAPH)
    }

    /// As [`of`](Body::of), with paragraphs of so many units.
    pub(crate) fn with_paragraphs(text: &str, words: &Words, least: usize) -> Self {
        let mut body = Body::default();
        body.read(text, words, least);
        body
    }

    /// Replaces this body by that of `text`, reusing the memory.
    fn read(&mut self, text: &str, words: &Words, least: usize) {
        let Body { ranges, len } = self;
        ranges.clear();
        *len = 0;
        let mut start = 0;
        for_each_paragraph(text, |paragraph, end| {
            let next = if end == text.len() { words.len() } else { words.before(end) };
            if next - start >= least && ends_a_sentence(paragraph) {
                ranges.push(start..next);
                *len += next - start;
            }
            start = next;
        });
        if (*len as f64) < LEAST * words.len() as f64 {
            ranges.clear();
            ranges.push(0..words.len());
            *len = words.len();
        }
    }

    /// Replaces this body by that of a text of words.
    pub(crate) fn read_words(&mut self, text: &str, words: &Words) {
        self.read(text, words, PARAGRAPH);
    }

    /// Replaces this body by that of a text of letters.
    pub(crate) fn read_letters(&mut self, text: &str, letters: &Words) {
        self.read(text, letters, PARAGRAPH_LETTERS);
    }

    /// How many of its words stand inside the ranges, which ascend.
    pub(crate) fn inside(&self, ranges: impl Iterator<Item = Range<usize>>) -> usize {
        let mut body = self.ranges.iter().peekable();
        let mut inside = 0;
        for range in ranges {
            while let Some(paragraph) = body.peek() {
                let common = paragraph.end.min(range.end).saturating_sub(paragraph.start.max(range.start));
                inside += common;
                if paragraph.end > range.end {
                    break;
                }
                body.next();
            }
        }
        inside
    }
}

/// Calls `f` with each paragraph and the byte where it ends.
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

fn ends_a_sentence(paragraph: &str) -> bool {
    let end = paragraph.trim_end_matches(|c: char| c.is_whitespace() || "\"'”’»)]“‘".contains(c));
    end.ends_with(['.', '!', '?', '…', '。', '！', '？', '।', '۔', '؟', ':', ';', ','])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folding;

    fn body(text: &str) -> Vec<&str> {
        let words = Words::of(text, Folding::default());
        let span = |range: Range<usize>| words.span(range.start).start..words.span(range.end - 1).end;
        Body::of(text, &words).ranges.into_iter().map(|range| &text[span(range)]).collect()
    }

    #[test]
    fn page_clutter_is_left_out() {
        let text = "Share on Facebook\nBy Jane Smith\nThe river rose by two metres in a night, and the old bridge was closed.\n\
                    \nPhoto: the bridge at dawn, seen from the north bank of the river\n\n\
                    “Nobody was hurt,” the mayor said, “but it will take weeks to mend.”\nRead more\nSign up for our newsletter";
        assert_eq!(
            body(text),
            [
                "The river rose by two metres in a night, and the old bridge was closed",
                "Nobody was hurt,” the mayor said, “but it will take weeks to mend"
            ]
        );
    }

    #[test]
    fn broken_lines_are_put_together() {
        let text = "The river rose by two metres in a night, and\nthe old bridge was closed at dawn on Monday as\nthe water rose.";
        assert_eq!(body(text).len(), 1);
    }

    #[test]
    fn without_sentences_all_is_body() {
        let text = "one two three\nfour five six\n\nseven";
        assert_eq!(body(text), ["one two three\nfour five six\n\nseven"]);
        assert_eq!(Body::of("", &Words::default()), Body::default());
    }

    #[test]
    fn words_inside_are_counted_once() {
        let body = Body { ranges: vec![2..5, 8..10, 12..20], len: 13 };
        assert_eq!(body.inside([0..3, 4..9, 9..13].into_iter()), 1 + 1 + 1 + 1 + 1);
        assert_eq!(body.inside(std::iter::once(0..100)), 13);
        assert_eq!(body.inside(std::iter::empty()), 0);
    }
}
