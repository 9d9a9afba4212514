//! Which words of a text stand inside the passages that it shares with another, which of these
//! agree, and which the other text quotes.

use std::ops::Range;

use super::align::Run;
use super::parsed::Parsed;
use crate::text::marks::QUOTED;
use crate::text::words::Words;

/// How a word stands in the shared passages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cover {
    /// Outside of them.
    #[default]
    None,
    /// Inside one, put in, left out or replaced there.
    Edited,
    /// The same on both sides.
    Same,
}

/// Replaces `cover` by that of each word of one side of some blocks of runs, whose places `side`
/// gives.
pub(crate) fn read(
    parsed: &Parsed,
    blocks: &[Vec<Run>],
    side: fn(&Run) -> usize,
    cover: &mut Vec<Cover>,
) {
    cover.clear();
    if !parsed.by_letters() {
        cover.resize(parsed.words.len(), Cover::None);
        fill(blocks, side, cover);
        return;
    }
    let letters = parsed.units();
    let mut of_letters = vec![Cover::None; letters.len()];
    fill(blocks, side, &mut of_letters);
    cover.extend(letters_of_words(&parsed.words, letters).map(|range| of_word(&of_letters[range])));
}

/// Marks as quoted the words of each side that agree with quoted ones of the other: what one text
/// quotes may stand without quotation marks in the other, as a paragraph set apart.
pub(crate) fn quote(blocks: &[Vec<Run>], marks: &mut [Vec<u8>; 2]) {
    let [left, right] = marks;
    for run in blocks.iter().flatten() {
        let both = left[run.left..run.left + run.len]
            .iter_mut()
            .zip(&mut right[run.right..run.right + run.len]);
        for (left, right) in both {
            let quoted = (*left | *right) & QUOTED;
            *left |= quoted;
            *right |= quoted;
        }
    }
}

fn fill(blocks: &[Vec<Run>], side: fn(&Run) -> usize, cover: &mut [Cover]) {
    for block in blocks {
        let (Some(first), Some(last)) = (block.first(), block.last()) else { continue };
        cover[side(first)..side(last) + last.len].fill(Cover::Edited);
        for run in block {
            cover[side(run)..side(run) + run.len].fill(Cover::Same);
        }
    }
}

/// A word is where more than half of its letters are.
fn of_word(letters: &[Cover]) -> Cover {
    let most =
        |least: Cover| 2 * letters.iter().filter(|cover| **cover >= least).count() > letters.len();
    match () {
        () if most(Cover::Same) => Cover::Same,
        () if most(Cover::Edited) => Cover::Edited,
        () => Cover::None,
    }
}

/// The letters of each word, by number.
fn letters_of_words<'a>(
    words: &'a Words,
    letters: &'a Words,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let (mut next, mut spans) = (0, letters.spans().peekable());
    let mut before = 0..0;
    words.spans().map(move |span| {
        // Pairs of characters share one with the pair before.
        let shared = if span.start < before.end { 1 } else { 0 };
        while spans.next_if(|letter| letter.start < span.start).is_some() {
            next += 1;
        }
        let start = next - shared.min(next);
        while spans.next_if(|letter| letter.start < span.end).is_some() {
            next += 1;
        }
        before = span;
        start..next
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::close::align;
    use crate::text::fold::Folding;

    #[test]
    fn words_are_where_most_of_their_letters_are() {
        let [left, right] = [
            "The river rose by two metres in a single night and the bridge was closed",
            "The river rose by two mctres in a single night and the bridge was closed",
        ];
        for by_letters in [false, true] {
            let parsed = [left, right].map(|text| Parsed::of(text, Folding::default(), by_letters));
            let aligned = align(parsed.each_ref());
            let mut cover = Vec::new();
            read(&parsed[0], &aligned.blocks, |run| run.left, &mut cover);
            assert_eq!(cover.len(), 15);
            // Of a word with one letter misread most agrees.
            assert_eq!(cover[5], if by_letters { Cover::Same } else { Cover::Edited }, "{cover:?}");
            assert_eq!(cover[9], Cover::Same);
        }
    }
}
