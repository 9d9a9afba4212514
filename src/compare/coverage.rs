//! How each word of a text stands in the passages it shares with another: outside, edited or
//! verbatim; and which words the other text quotes.

use std::ops::Range;

use super::align::Run;
use super::parsed::ParsedText;
use crate::text::annotations::QUOTED;
use crate::text::words::Words;

/// How a word stands in the shared passages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Coverage {
    /// Outside all passages.
    #[default]
    Outside,
    /// Inside a passage, but inserted, deleted or replaced there.
    Edited,
    /// Inside a passage and the same on both sides.
    Verbatim,
}

/// Replaces `coverage` by that of each word of one side of some blocks of runs; `start` gives the
/// place of a run on that side.
pub(super) fn of_words(
    parsed: &ParsedText,
    blocks: &[Vec<Run>],
    start: fn(&Run) -> usize,
    coverage: &mut Vec<Coverage>,
) {
    coverage.clear();
    if !parsed.by_letters() {
        coverage.resize(parsed.words.len(), Coverage::Outside);
        fill(blocks, start, coverage);
        return;
    }
    let letters = parsed.units();
    let mut of_letters = vec![Coverage::Outside; letters.len()];
    fill(blocks, start, &mut of_letters);
    let ranges = letters_of_words(&parsed.words, letters);
    coverage.extend(ranges.map(|range| of_word(&of_letters[range])));
}

/// Flags as quoted the words of each side that agree with quoted words of the other: what one text
/// quotes, the other may print without quotation marks, as a paragraph of its own.
pub(super) fn share_quotes(blocks: &[Vec<Run>], flags: &mut [Vec<u8>; 2]) {
    let [left, right] = flags;
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

fn fill(blocks: &[Vec<Run>], start: fn(&Run) -> usize, coverage: &mut [Coverage]) {
    for block in blocks {
        let (Some(first), Some(last)) = (block.first(), block.last()) else { continue };
        coverage[start(first)..start(last) + last.len].fill(Coverage::Edited);
        for run in block {
            coverage[start(run)..start(run) + run.len].fill(Coverage::Verbatim);
        }
    }
}

/// A word stands where more than half of its letters do.
fn of_word(letters: &[Coverage]) -> Coverage {
    let most = |least: Coverage| {
        2 * letters.iter().filter(|coverage| **coverage >= least).count() > letters.len()
    };
    match () {
        () if most(Coverage::Verbatim) => Coverage::Verbatim,
        () if most(Coverage::Edited) => Coverage::Edited,
        () => Coverage::Outside,
    }
}

/// The letters of each word, as ranges of their numbers.
fn letters_of_words<'a>(
    words: &'a Words,
    letters: &'a Words,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let (mut next, mut spans) = (0, letters.spans().peekable());
    let mut previous = 0..0;
    words.spans().map(move |span| {
        // A pair of characters shares one with the pair before.
        let shared = if span.start < previous.end { 1 } else { 0 };
        while spans.next_if(|letter| letter.start < span.start).is_some() {
            next += 1;
        }
        let start = next - shared.min(next);
        while spans.next_if(|letter| letter.start < span.end).is_some() {
            next += 1;
        }
        previous = span;
        start..next
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold::Folding;

    #[test]
    fn words_are_where_most_of_their_letters_are() {
        let [left, right] = [
            "The river rose by two metres in a single night and the bridge was closed",
            "The river rose by two mctres in a single night and the bridge was closed",
        ];
        for by_letters in [false, true] {
            let parsed =
                [left, right].map(|text| ParsedText::of(text, Folding::default(), by_letters));
            let aligned = ParsedText::align(parsed.each_ref());
            let mut coverage = Vec::new();
            of_words(&parsed[0], &aligned.blocks, |run| run.left, &mut coverage);
            assert_eq!(coverage.len(), 15);
            // One letter is misread: most letters of the word agree, the word does not.
            assert_eq!(
                coverage[5],
                if by_letters { Coverage::Verbatim } else { Coverage::Edited },
                "{coverage:?}"
            );
            assert_eq!(coverage[9], Coverage::Verbatim);
        }
    }
}
