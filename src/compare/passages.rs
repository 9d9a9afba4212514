//! Shared passages: what two texts have in common, as byte spans of both originals.
//!
//! The words of both texts are aligned (see [`align`](super::align) for the method and its bounds),
//! and the blocks are turned into spans. About 20 ns per word.

use std::ops::Range;

use super::align::{Alignment, ByWords, Run};
use super::sides::Sides;
use crate::names::named;
use crate::text::words::Words;

/// How the two sides of a shared passage agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PassageKind {
    /// The same words on both sides, typography aside.
    Verbatim,
    /// The same except for words inserted, deleted or replaced inside it.
    Edited,
}

named! {
    PassageKind, "kind of passage":
    Verbatim "verbatim", Edited "edited"
}

/// A passage that stands in both texts.
///
/// Spans count bytes of the texts as given. They begin and end at words, and so at character
/// boundaries.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Passage {
    /// Where it stands in the left text.
    pub left: Range<usize>,
    /// Where it stands in the right text.
    pub right: Range<usize>,
    /// Whether it agrees word for word.
    pub kind: PassageKind,
    /// How many of its words agree.
    pub words: usize,
    /// The runs that agree word for word, ascending on both sides; a single one if the passage is
    /// verbatim. Where words are pairs of characters, neighbouring runs may share a character.
    pub runs: Vec<(Range<usize>, Range<usize>)>,
}

/// The shared passages of two texts, by their place in the left one.
///
/// A passage is a common run of six words or more, wherever it stands, or a chain of shorter runs.
/// Neighbouring runs with at most eight other words between them, on either side, are one
/// [edited](PassageKind::Edited) passage. Passages of one text do not overlap: a paragraph that
/// stands twice in one text and once in the other is matched once.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Passages {
    /// The passages, in the order of the left text. Those that stand in another order on the right
    /// were moved.
    pub passages: Vec<Passage>,
    /// The share of each side's words that stand inside passages, 0 to 1.
    pub coverage: Sides<f64>,
}

impl Passages {
    /// Finds the shared passages of two texts from their words.
    ///
    /// ```
    /// use newsprint::parts::{Folding, Words};
    /// use newsprint::results::{PassageKind, Passages};
    ///
    /// let left = "The old bridge was closed to traffic at dawn on Monday. Nobody was hurt, the mayor said.";
    /// let right = "Update: nobody was hurt, the mayor said. The old bridge was closed to traffic, again, at dawn on Monday";
    /// let [l, r] = [left, right].map(|text| Words::of(text, Folding::default()));
    /// let shared = Passages::of(&l, &r);
    /// assert_eq!(&left[shared.passages[0].left.clone()], "The old bridge was closed to traffic at dawn on Monday");
    /// assert_eq!(&right[shared.passages[0].right.clone()], "The old bridge was closed to traffic, again, at dawn on Monday");
    /// assert_eq!(shared.passages[0].kind, PassageKind::Edited);
    /// assert_eq!(&right[shared.passages[1].right.clone()], "nobody was hurt, the mayor said");
    /// assert_eq!(shared.coverage.left, 1.0);
    /// ```
    pub fn of(left: &Words, right: &Words) -> Self {
        Self::from_blocks(
            left,
            right,
            &Alignment::of::<ByWords>(left.hashes(), right.hashes()).blocks,
        )
    }

    /// Turns blocks of the given words or letters into passages.
    pub(crate) fn from_blocks(left: &Words, right: &Words, blocks: &[Vec<Run>]) -> Self {
        let mut found = Passages::overlapping(left, right, blocks);
        clip(&mut found.passages);
        found.passages.retain(|passage| !passage.left.is_empty() && !passage.right.is_empty());
        found
    }

    /// The same of blocks that may overlap, and so may the passages.
    pub(crate) fn overlapping(left: &Words, right: &Words, blocks: &[Vec<Run>]) -> Self {
        let (mut covered_left, mut covered_right) = (0, 0);
        let mut passages = Vec::with_capacity(blocks.len());
        for block in blocks {
            let (Some(first), Some(last)) = (block.first(), block.last()) else { continue };
            let bytes = |words: &Words, from: usize, to: usize| {
                words.span(from).start..words.span(to - 1).end
            };
            let spans = |first: &Run, last: &Run| {
                (
                    bytes(left, first.left, last.left + last.len),
                    bytes(right, first.right, last.right + last.len),
                )
            };
            covered_left += last.left + last.len - first.left;
            covered_right += last.right + last.len - first.right;
            let (in_left, in_right) = spans(first, last);
            passages.push(Passage {
                left: in_left,
                right: in_right,
                kind: if block.len() == 1 { PassageKind::Verbatim } else { PassageKind::Edited },
                words: block.iter().map(|run| run.len).sum(),
                runs: block.iter().map(|run| spans(run, run)).collect(),
            });
        }
        let share = |covered: usize, of: &Words| {
            if of.is_empty() { 0.0 } else { (covered as f64 / of.len() as f64).min(1.0) }
        };
        let coverage =
            Sides { left: share(covered_left, left), right: share(covered_right, right) };
        Passages { passages, coverage }
    }
}

/// Cuts each passage where the next one begins. Words may overlap: pairs of characters do, and so
/// do the words that a single character folds to, of which nothing may be left to one of the two.
fn clip(passages: &mut [Passage]) {
    let cut = |spans: &mut Vec<&mut Range<usize>>| {
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        for i in 1..spans.len() {
            let start = spans[i].start;
            let before = &mut spans[i - 1];
            before.end = before.end.min(start).max(before.start);
        }
    };
    cut(&mut passages.iter_mut().map(|passage| &mut passage.left).collect());
    cut(&mut passages.iter_mut().map(|passage| &mut passage.right).collect());
}
