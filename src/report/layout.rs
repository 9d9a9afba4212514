//! What every format shows of two texts: the passages, cut into what agrees and what was edited;
//! and what each text has alone.

use std::ops::Range;

use super::SIDES;
use crate::compare::passages::{Passage, PassageKind};
use crate::text::fold::Folding;
use crate::text::paragraphs::for_each_paragraph;
use crate::text::words::Words;

/// A place in each of the two texts.
pub(super) type Spans = [Range<usize>; 2];

/// Two texts laid out.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// By their place in the left text; the number of a passage is its place here.
    pub(super) passages: Vec<Shown>,
    /// Words inside passages that stand on one side only.
    pub(super) edited: [usize; 2],
    /// For each side, all of its text in pieces.
    pub(super) pieces: [Vec<Piece>; 2],
}

/// A passage to be shown. The spans of one side are not empty and do not overlap.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) spans: Spans,
    pub(super) kind: PassageKind,
    /// Words that agree.
    pub(super) words: usize,
    /// Whether it stands in another order on the right.
    pub(super) moved: bool,
    /// What the two spans consist of.
    pub(super) parts: Vec<Part>,
}

/// A part of a passage: it agrees, or each side has something else or nothing.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) spans: Spans,
    pub(super) agrees: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) range: Range<usize>,
    pub(super) kind: PieceKind,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum PieceKind {
    /// Spaces and punctuation.
    Filler,
    /// The passage of this number, and the punctuation that clings to it.
    Passage(usize),
    /// Words in no passage.
    Alone(Alone),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Alone {
    pub(super) words: usize,
    pub(super) paragraphs: usize,
    /// Whether no passage stands before it, and whether none follows.
    pub(super) first: bool,
    pub(super) last: bool,
}

impl Layout {
    /// Passages that do not fit the texts are left out: they were found in others.
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
        let mut passages: Vec<Shown> = found
            .into_iter()
            .map(|(passage, spans)| Shown {
                // Where letters are compared, the passage counts letters; it has no more words than
                // letters.
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
                .map(move |part| own_words(texts[side], &part.spans[side]))
        };
        let edited = SIDES.map(|side| edits(side).map(|range| count(&words[side], &range)).sum());
        let pieces = SIDES.map(|side| pieces(texts[side], &words[side], &passages, side));
        Layout { passages, edited, pieces }
    }

    /// What a side has alone, in its order.
    pub(super) fn alone(&self, side: usize) -> impl Iterator<Item = (Range<usize>, Alone)> + '_ {
        self.pieces[side].iter().filter_map(|piece| match piece.kind {
            PieceKind::Alone(alone) => Some((piece.range.clone(), alone)),
            _ => None,
        })
    }
}

/// The words that begin in a range.
fn count(words: &Words, range: &Range<usize>) -> usize {
    words.before(range.end) - words.before(range.start)
}

/// Cuts off the beginnings that belong to the passage before: words may be pairs of characters,
/// which overlap.
fn separate(found: &mut [(&Passage, Spans)], side: usize) {
    found.sort_by_key(|(_, spans)| spans[side].start);
    let mut end = 0;
    for (_, spans) in found {
        let span = &mut spans[side];
        span.start = span.start.max(end).min(span.end);
        end = end.max(span.end);
    }
}

fn parts(passage: &Passage, spans: &Spans) -> Vec<Part> {
    let mut parts = Vec::with_capacity(2 * passage.runs.len());
    let mut at = [spans[0].start, spans[1].start];
    let ends = [spans[0].end, spans[1].end];
    let mut push = |from: [usize; 2], to: [usize; 2], agrees: bool| {
        if SIDES.iter().any(|&side| from[side] < to[side]) {
            parts.push(Part { spans: SIDES.map(|side| from[side]..to[side]), agrees });
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

/// Marks the passages outside the chain with the most words that ascends on both sides. O(n log n).
fn mark_moved(passages: &mut [Shown]) {
    let mut by_right: Vec<usize> = (0..passages.len()).collect();
    by_right.sort_unstable_by_key(|&i| passages[i].spans[1].start);
    let mut rank = vec![0; passages.len()];
    for (place, &i) in by_right.iter().enumerate() {
        rank[i] = place + 1;
    }
    // The heaviest chain that ends at a passage of so low a rank, in a Fenwick tree: its words and
    // last passage.
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

/// All of a text in pieces.
fn pieces(text: &str, words: &Words, passages: &[Shown], side: usize) -> Vec<Piece> {
    let mut order: Vec<usize> = (0..passages.len()).collect();
    order.sort_unstable_by_key(|&i| passages[i].spans[side].start);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    for i in 0..=order.len() {
        let next = order.get(i).map(|&number| (number, passages[number].spans[side].clone()));
        let (first, last) = (i == 0, next.is_none());
        let gap = at..next.as_ref().map_or(text.len(), |(_, span)| span.start);
        let alone = own_words(text, &gap);
        let (before, after) = (gap.start..alone.start, alone.end..gap.end);
        // Closing punctuation belongs to what stands before it, opening punctuation to what
        // follows.
        let is_empty = alone.is_empty();
        let closing = if first {
            0
        } else {
            text[before.clone()].find(char::is_whitespace).unwrap_or(before.len())
        };
        let rest = if is_empty { before.start + closing..gap.end } else { after };
        let opening = match behind_spaces(&text[rest.clone()]) {
            Some(place) if !last => rest.len() - place,
            _ => 0,
        };
        if let Some(previous) = pieces.last_mut() {
            previous.range.end += closing;
        }
        let mut push = |range: Range<usize>, kind| {
            if !range.is_empty() {
                pieces.push(Piece { range, kind });
            }
        };
        if !is_empty {
            push(before.start + closing..before.end, PieceKind::Filler);
            let mut paragraphs = 0;
            for_each_paragraph(&text[alone.clone()], |paragraph, _| {
                paragraphs += usize::from(has_words(paragraph));
            });
            let words = count(words, &alone).max(1);
            push(alone, PieceKind::Alone(Alone { words, paragraphs, first, last }));
        }
        push(rest.start..rest.end - opening, PieceKind::Filler);
        if let Some((number, span)) = next {
            push(span.start - opening..span.end, PieceKind::Passage(number));
            at = span.end;
        }
    }
    pieces
}

/// The place behind the last space.
fn behind_spaces(text: &str) -> Option<usize> {
    text.char_indices().rfind(|(_, c)| c.is_whitespace()).map(|(at, space)| at + space.len_utf8())
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// From the first word of a range to its last, with the punctuation that clings to them; empty at
/// its end if there is no word.
pub(super) fn own_words(text: &str, range: &Range<usize>) -> Range<usize> {
    let inside = &text[range.clone()];
    let Some(first) = inside.find(char::is_alphanumeric) else { return range.end..range.end };
    let last = inside.rfind(char::is_alphanumeric).unwrap_or(first);
    let start = behind_spaces(&inside[..first]).unwrap_or(0);
    let end = inside[last..].find(char::is_whitespace).map_or(inside.len(), |space| last + space);
    range.start + start..range.start + end
}
