//! What every format shows of two texts: the passages, cut into what agrees and what was edited,
//! and the text that only one side has.

use std::ops::Range;

use crate::compare::passages::{Passage, PassageKind};
use crate::text::fold::Folding;
use crate::text::paragraphs::for_each_paragraph;
use crate::text::words::Words;

/// Left and right, as indices of arrays.
pub(super) const SIDES: [usize; 2] = [0, 1];

/// A span in each of the two texts.
pub(super) type Spans = [Range<usize>; 2];

/// Two texts laid out.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The passages, in the order of the left text; their indices here are their numbers.
    pub(super) passages: Vec<ShownPassage>,
    /// Words inside passages that stand only on the one side.
    pub(super) edited: [usize; 2],
    /// For each side, all of its text, in pieces.
    pub(super) pieces: [Vec<TextPiece>; 2],
}

/// A passage to be shown. The spans of each side are not empty and do not overlap.
#[derive(Clone, Debug)]
pub(super) struct ShownPassage {
    pub(super) spans: Spans,
    pub(super) kind: PassageKind,
    /// The number of words that agree.
    pub(super) words: usize,
    /// Whether it stands in another order on the right.
    pub(super) moved: bool,
    /// The two spans, cut into parts.
    pub(super) parts: Vec<PassagePart>,
}

/// A part of a passage: the same on both sides, or different, or only on one side.
#[derive(Clone, Debug)]
pub(super) struct PassagePart {
    pub(super) spans: Spans,
    pub(super) agrees: bool,
}

/// A piece of the text of one side.
#[derive(Clone, Debug)]
pub(super) struct TextPiece {
    pub(super) range: Range<usize>,
    pub(super) kind: PieceKind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum PieceKind {
    /// Spaces and punctuation.
    Filler,
    /// The passage of this number, with the punctuation attached to it.
    Passage(usize),
    /// Words in no passage.
    Unshared(Unshared),
}

/// Text that only one side has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unshared {
    pub(super) words: usize,
    pub(super) paragraphs: usize,
    /// Whether no passage stands before it.
    pub(super) is_first: bool,
    /// Whether no passage follows.
    pub(super) is_last: bool,
}

impl Layout {
    /// Lays out two texts. Passages that do not fit them, because they were found in other texts,
    /// are left out.
    pub(super) fn of(passages: &[Passage], texts: [&str; 2]) -> Self {
        let words = texts.map(|text| Words::of(text, Folding::default()));
        let fits = |passage: &&Passage| {
            let runs = passage.runs.iter().map(|(left, right)| (left, right));
            std::iter::once((&passage.left, &passage.right)).chain(runs).all(|(left, right)| {
                texts[0].get(left.clone()).is_some() && texts[1].get(right.clone()).is_some()
            })
        };
        let spans = |passage: &Passage| [passage.left.clone(), passage.right.clone()];
        let mut found: Vec<(&Passage, Spans)> =
            passages.iter().filter(fits).map(|p| (p, spans(p))).collect();
        for side in SIDES {
            separate(&mut found, side);
        }
        found.retain(|(_, spans)| spans.iter().all(|span| !span.is_empty()));
        found.sort_by_key(|(_, spans)| spans[0].start);
        let mut passages: Vec<ShownPassage> = found
            .into_iter()
            .map(|(passage, spans)| ShownPassage {
                // Where letters were compared, the passage counts letters, which are not fewer than
                // its words.
                words: SIDES
                    .iter()
                    .fold(passage.words, |n, &side| n.min(count(&words[side], &spans[side]))),
                parts: parts(passage, &spans),
                kind: passage.kind,
                moved: false,
                spans,
            })
            .collect();
        mark_moved(&mut passages);
        let edits = |side: usize| {
            passages
                .iter()
                .flat_map(|passage| &passage.parts)
                .filter(|part| !part.agrees)
                .map(move |part| trim_to_words(texts[side], &part.spans[side]))
        };
        let edited = SIDES.map(|side| edits(side).map(|range| count(&words[side], &range)).sum());
        let pieces = SIDES.map(|side| pieces(texts[side], &words[side], &passages, side));
        Layout { passages, edited, pieces }
    }

    /// The text that only one side has, in its order.
    pub(super) fn unshared(
        &self,
        side: usize,
    ) -> impl Iterator<Item = (Range<usize>, Unshared)> + '_ {
        self.pieces[side].iter().filter_map(|piece| match piece.kind {
            PieceKind::Unshared(unshared) => Some((piece.range.clone(), unshared)),
            _ => None,
        })
    }
}

/// The number of words that begin in a range.
fn count(words: &Words, range: &Range<usize>) -> usize {
    words.before(range.end) - words.before(range.start)
}

/// Cuts off the beginning of each span that belongs to the passage before: words that are pairs of
/// characters overlap.
fn separate(found: &mut [(&Passage, Spans)], side: usize) {
    found.sort_by_key(|(_, spans)| spans[side].start);
    let mut end = 0;
    for (_, spans) in found {
        let span = &mut spans[side];
        span.start = span.start.max(end).min(span.end);
        end = end.max(span.end);
    }
}

/// Cuts a passage into parts.
fn parts(passage: &Passage, spans: &Spans) -> Vec<PassagePart> {
    let mut parts = Vec::with_capacity(2 * passage.runs.len());
    let mut at = [spans[0].start, spans[1].start];
    let ends = [spans[0].end, spans[1].end];
    let mut push = |from: [usize; 2], to: [usize; 2], agrees: bool| {
        if SIDES.iter().any(|&side| from[side] < to[side]) {
            parts.push(PassagePart { spans: SIDES.map(|side| from[side]..to[side]), agrees });
        }
    };
    for (left, right) in &passage.runs {
        let clip = |side: usize, place: usize, least: usize| place.max(least).min(ends[side]);
        let from = [clip(0, left.start, at[0]), clip(1, right.start, at[1])];
        let to = [clip(0, left.end, from[0]), clip(1, right.end, from[1])];
        push(at, from, false);
        push(from, to, true);
        at = to;
    }
    push(at, ends, false);
    parts
}

/// Marks as moved the passages that are not in the heaviest ascending chain: the passages in the
/// same order on both sides that have the most words. O(n log n) time.
fn mark_moved(passages: &mut [ShownPassage]) {
    let mut by_right: Vec<usize> = (0..passages.len()).collect();
    by_right.sort_unstable_by_key(|&i| passages[i].spans[1].start);
    let mut rank = vec![0; passages.len()];
    for (place, &i) in by_right.iter().enumerate() {
        rank[i] = place + 1;
    }
    // A Fenwick tree of prefix maxima: the heaviest chain that ends at a passage up to a rank, as
    // its words and its last passage.
    let mut heaviest: Vec<(usize, Option<usize>)> = vec![(0, None); passages.len() + 1];
    let mut before = vec![None; passages.len()];
    let best = |heaviest: &[(usize, Option<usize>)], mut rank: usize| {
        let mut best = (0, None);
        while rank > 0 {
            best = best.max(heaviest[rank]);
            rank &= rank - 1;
        }
        best
    };
    for (i, passage) in passages.iter().enumerate() {
        let (words, last) = best(&heaviest, rank[i]);
        before[i] = last;
        let chain = (words + passage.words.max(1), Some(i));
        let mut rank = rank[i];
        while rank < heaviest.len() {
            heaviest[rank] = heaviest[rank].max(chain);
            rank += rank & rank.wrapping_neg();
        }
    }
    passages.iter_mut().for_each(|passage| passage.moved = true);
    let mut next = best(&heaviest, passages.len()).1;
    while let Some(i) = next {
        passages[i].moved = false;
        next = before[i];
    }
}

/// Cuts all of a text into pieces.
fn pieces(text: &str, words: &Words, passages: &[ShownPassage], side: usize) -> Vec<TextPiece> {
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_unstable_by_key(|&i| passages[i].spans[side].start);
    let mut pieces: Vec<TextPiece> = Vec::new();
    let mut at = 0;
    for i in 0..=order.len() {
        let next = order.get(i).map(|&number| (number, passages[number].spans[side].clone()));
        let (is_first, is_last) = (i == 0, next.is_none());
        let gap = at..next.as_ref().map_or(text.len(), |(_, span)| span.start);
        let words_range = trim_to_words(text, &gap);
        let (before, after) = (gap.start..words_range.start, words_range.end..gap.end);
        // Closing punctuation belongs to the piece before it, opening punctuation to the next one.
        let is_empty = words_range.is_empty();
        let closing = if is_first {
            0
        } else {
            text[before.clone()].find(char::is_whitespace).unwrap_or(before.len())
        };
        let rest = if is_empty { before.start + closing..gap.end } else { after };
        let opening = match after_last_space(&text[rest.clone()]) {
            Some(place) if !is_last => rest.len() - place,
            _ => 0,
        };
        if let Some(previous) = pieces.last_mut() {
            previous.range.end += closing;
        }
        let mut push = |range: Range<usize>, kind| {
            if !range.is_empty() {
                pieces.push(TextPiece { range, kind });
            }
        };
        if !is_empty {
            push(before.start + closing..before.end, PieceKind::Filler);
            let mut paragraphs = 0;
            for_each_paragraph(&text[words_range.clone()], |paragraph, _| {
                paragraphs += usize::from(has_words(paragraph));
            });
            let words = count(words, &words_range).max(1);
            push(
                words_range,
                PieceKind::Unshared(Unshared { words, paragraphs, is_first, is_last }),
            );
        }
        push(rest.start..rest.end - opening, PieceKind::Filler);
        if let Some((number, span)) = next {
            push(span.start - opening..span.end, PieceKind::Passage(number));
            at = span.end;
        }
    }
    pieces
}

/// The place after the last white space.
fn after_last_space(text: &str) -> Option<usize> {
    text.char_indices().rfind(|(_, c)| c.is_whitespace()).map(|(at, space)| at + space.len_utf8())
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// A range from its first word to its last, with the punctuation attached to them; empty, at the
/// end of the range, if it has no word.
pub(super) fn trim_to_words(text: &str, range: &Range<usize>) -> Range<usize> {
    let inside = &text[range.clone()];
    let Some(first) = inside.find(char::is_alphanumeric) else { return range.end..range.end };
    let last = inside.rfind(char::is_alphanumeric).unwrap_or(first);
    let start = after_last_space(&inside[..first]).unwrap_or(0);
    let end = inside[last..].find(char::is_whitespace).map_or(inside.len(), |space| last + space);
    range.start + start..range.start + end
}
