//! Key terms: the words that a story is told by, and how much each counts.
//!
//! A *term* is a word cut to its first five letters, which does for inflection, or a whole number.
//! In a text it counts x / (x + 2), where x sums 40 / (40 + place) over its places, as news tells
//! the main thing first; times 1½ for a name (a word with a capital inside a sentence) and ½ for a
//! number. [`compare::story`](crate::compare::story) says where these figures come from.

use super::paragraphs::{is_line_end, line_ends};
use super::words::Words;

/// Words read of each text.
pub(crate) const READ: usize = 500;
/// Letters of a term.
pub(crate) const STEM: usize = 5;
/// A word at this place counts half.
const HALF: u32 = 40;

/// What a word counts at each place, in 1/65,536.
pub(crate) static AT_PLACE: [u32; READ] = {
    let mut counts = [0; READ];
    let mut i = 0;
    while i < READ {
        counts[i] = (HALF << 16) / (HALF + i as u32);
        i += 1;
    }
    counts
};

/// What a term counts whose places sum to so much, up to 3 x 1,024.
#[inline(always)]
pub(crate) fn count(places: u32, number: bool, name: bool) -> u64 {
    let saturated = (u64::from(places) << 10) / (u64::from(places) + (2 << 16));
    saturated * if number { 1 } else { 2 + u64::from(name) }
}

/// How a word looks in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// Begins with a digit.
    pub(crate) number: bool,
    /// Begins with a capital.
    pub(crate) capital: bool,
    /// Begins with a capital inside a sentence: a name, in most languages.
    pub(crate) name: bool,
}

/// Calls `f` with the place and look of each of the first `limit` words of `text`.
#[inline(always)]
pub(crate) fn for_each_look(
    text: &str,
    words: &Words,
    limit: usize,
    mut f: impl FnMut(usize, Look),
) {
    let mut end = 0;
    for (i, span) in words.spans().take(limit).enumerate() {
        let (number, capital) = match text.as_bytes()[span.start] {
            b'a'..=b'z' => (false, false),
            b'A'..=b'Z' => (false, true),
            b'0'..=b'9' => (true, false),
            _ => initial(&text[span.clone()]),
        };
        // Pairs of characters overlap, and so may words made of one character.
        let between = || text.get(end..span.start).unwrap_or_default();
        let name = capital && i > 0 && !between().contains(ends_a_sentence);
        end = span.end;
        f(i, Look { number, capital, name });
    }
}

/// How many words stand on the line of the first one; none if the text is one line.
pub(crate) fn first_line(text: &str, words: &Words) -> Option<usize> {
    let first = words.spans().next()?;
    let end = line_ends(&text[first.end..]).next()?.start;
    Some(words.before(first.end + end)).filter(|&line| line < words.len())
}

/// Whether a word is a number, or else begins with a capital.
fn initial(word: &str) -> (bool, bool) {
    let initial = word.chars().next().unwrap_or_default();
    let number = initial.is_numeric();
    (number, !number && initial.is_uppercase())
}

/// Whether a capital says nothing after a character.
fn ends_a_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | ':' | '…' | '»' | '”' | '。' | '！' | '？') || is_line_end(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folding;

    #[test]
    fn names_stand_inside_sentences() {
        let text = "Flood warning\nIn March 1987, Élise Müller left. Nobody saw 3 of them";
        let words = Words::of(text, Folding::default());
        let (mut names, mut numbers) = (Vec::new(), Vec::new());
        for_each_look(text, &words, usize::MAX, |i, look| {
            let word = &text[words.span(i)];
            if look.name {
                names.push(word);
            }
            if look.number {
                numbers.push(word);
            }
        });
        assert_eq!(names, ["March", "Élise", "Müller"]);
        assert_eq!(numbers, ["1987", "3"]);
        assert_eq!(first_line(text, &words), Some(2));
        for one_line in ["", "...", "Flood", "\nFlood warning\n", "Flood warning"] {
            assert_eq!(
                first_line(one_line, &Words::of(one_line, Folding::default())),
                None,
                "{one_line:?}"
            );
        }
    }
}
