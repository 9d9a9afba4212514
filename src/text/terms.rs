//! Key terms: the words that tell a story, and their weight in a text.
//!
//! A *term* is a word cut to its first five letters, which does for inflection, or a whole number.
//! Its weight in a text is x / (x + 2), where x sums 40 / (40 + place) over its places, because
//! news puts the main thing first; times 1½ for a name (a word with a capital inside a sentence)
//! and ½ for a number.

use super::paragraphs::{is_line_end, line_ends};
use super::words::Words;

/// Words that are read of a text.
pub(crate) const MAX_WORDS: usize = 500;
/// Letters of a term.
pub(crate) const STEM_LETTERS: usize = 5;
/// A word at this place has half the weight of the first.
const HALF_WEIGHT: u32 = 40;

/// The weight of each place, in 1/65,536.
pub(crate) static WEIGHT_AT: [u32; MAX_WORDS] = {
    let mut weights = [0; MAX_WORDS];
    let mut i = 0;
    while i < MAX_WORDS {
        weights[i] = (HALF_WEIGHT << 16) / (HALF_WEIGHT + i as u32);
        i += 1;
    }
    weights
};

/// The weight of a term in a text, up to 3 x 1,024, from the sum of the weights of its places.
#[inline(always)]
pub(crate) fn weight_in_text(place_weights: u32, is_number: bool, is_name: bool) -> u64 {
    let saturated = (u64::from(place_weights) << 10) / (u64::from(place_weights) + (2 << 16));
    saturated * if is_number { 1 } else { 2 + u64::from(is_name) }
}

/// The shape of a word in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WordShape {
    /// It begins with a digit.
    pub(crate) is_number: bool,
    /// It begins with a capital.
    pub(crate) is_capitalized: bool,
    /// It begins with a capital inside a sentence: a name, in most languages.
    pub(crate) is_name: bool,
}

/// Calls `f` with the place and shape of each of the first `limit` words of `text`.
#[inline(always)]
pub(crate) fn for_each_shape(
    text: &str,
    words: &Words,
    limit: usize,
    mut f: impl FnMut(usize, WordShape),
) {
    let mut end = 0;
    for (i, span) in words.spans().take(limit).enumerate() {
        let (is_number, is_capitalized) = match text.as_bytes()[span.start] {
            b'a'..=b'z' => (false, false),
            b'A'..=b'Z' => (false, true),
            b'0'..=b'9' => (true, false),
            _ => initial(&text[span.clone()]),
        };
        // Words may overlap: pairs of characters do, and the words that one character folds to.
        let between = || text.get(end..span.start).unwrap_or_default();
        let is_name = is_capitalized && i > 0 && !between().contains(ends_a_sentence);
        end = span.end;
        f(i, WordShape { is_number, is_capitalized, is_name });
    }
}

/// The number of words on the line of the first word; `None` if the text is one line.
pub(crate) fn first_line(text: &str, words: &Words) -> Option<usize> {
    let first = words.spans().next()?;
    let end = line_ends(&text[first.end..]).next()?.start;
    Some(words.before(first.end + end)).filter(|&line| line < words.len())
}

/// Whether a word is a number, and whether it begins with a capital.
fn initial(word: &str) -> (bool, bool) {
    let initial = word.chars().next().unwrap_or_default();
    let is_number = initial.is_numeric();
    (is_number, !is_number && initial.is_uppercase())
}

/// Whether a capital after this character says nothing, because a sentence begins there.
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
        for_each_shape(text, &words, usize::MAX, |i, shape| {
            let word = &text[words.span(i)];
            if shape.is_name {
                names.push(word);
            }
            if shape.is_number {
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
