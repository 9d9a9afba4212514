//! The map from folded text back to the original.

use std::ops::Range;

/// Maps bytes of the folded text to bytes of the original. It is a list of pieces that tile both
/// texts; each piece was either copied byte for byte or replaced as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpanMap {
    pieces: Vec<MappedPiece>,
    original_len: usize,
}

#[derive(Clone, Copy, Debug)]
struct MappedPiece {
    folded: usize,
    original: usize,
    copied: bool,
}

impl SpanMap {
    /// Makes it the identity, for text that was not folded into a buffer.
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
    }

    pub(super) fn begin(&mut self, original_len: usize) -> &mut Self {
        self.pieces.clear();
        self.original_len = original_len;
        self
    }

    pub(super) fn push(&mut self, folded: usize, original: usize, copied: bool) {
        if let Some(last) = self.pieces.last()
            && copied
            && last.copied
            && folded + last.original == original + last.folded
        {
            return;
        }
        self.pieces.push(MappedPiece { folded, original, copied });
    }

    /// Removes the pieces from `folded` on, which are about to be written again.
    pub(super) fn truncate(&mut self, folded: usize, original: usize) {
        while self.pieces.last().is_some_and(|p| p.folded >= folded && p.original >= original) {
            self.pieces.pop();
        }
    }

    /// Removes gaps from the folded text. They ascend, and none is at its end.
    pub(super) fn cut(&mut self, gaps: &[Range<usize>]) {
        let whole = self.clone();
        self.pieces.clear();
        let (mut next, mut removed) = (0, 0);
        let (mut at_start, mut at_end) = (0, 0);
        for gap in gaps {
            // The start and the end of the gap in the original.
            let (start, _) = whole.original_next(&mut at_start, gap.start, gap.start + 1);
            at_end = at_end.max(at_start);
            let (end, _) = whole.original_next(&mut at_end, gap.end, gap.end + 1);
            let kept = whole.pieces[next..]
                .iter()
                .take_while(|p| p.folded < gap.start || p.original < start);
            let before = self.pieces.len();
            self.pieces.extend(kept.map(|p| MappedPiece { folded: p.folded - removed, ..*p }));
            next = (next + self.pieces.len() - before).max(at_end + 1);
            // The piece before the gap ends where the gap begins.
            let folded = gap.start - removed;
            self.pieces.push(MappedPiece { folded, original: start, copied: false });
            self.pieces.push(MappedPiece {
                folded,
                original: end,
                copied: whole.pieces[at_end].copied,
            });
            removed += gap.len();
        }
        self.pieces.extend(
            whole.pieces[next..].iter().map(|p| MappedPiece { folded: p.folded - removed, ..*p }),
        );
    }

    /// The original span of the non-empty folded span `start..end`.
    pub(crate) fn original(&self, start: usize, end: usize) -> (usize, usize) {
        if self.pieces.is_empty() {
            return (start, end);
        }
        let holding = |byte: usize| self.pieces.partition_point(|p| p.folded <= byte) - 1;
        self.between(holding(start), holding(end - 1), start, end)
    }

    /// The same as [`original`](Self::original), for spans in ascending order: `piece` is kept from
    /// one call to the next.
    pub(crate) fn original_next(
        &self,
        piece: &mut usize,
        start: usize,
        end: usize,
    ) -> (usize, usize) {
        if self.pieces.is_empty() {
            return (start, end);
        }
        let holding = |mut piece: usize, byte: usize| {
            while self.pieces.get(piece + 1).is_some_and(|next| next.folded <= byte) {
                piece += 1;
            }
            piece
        };
        *piece = holding(*piece, start);
        self.between(*piece, holding(*piece, end - 1), start, end)
    }

    /// The end, in the folded text, of everything that begins before byte `end` of the original.
    pub(crate) fn folded(&self, end: usize) -> usize {
        let next = self.pieces.partition_point(|p| p.original < end);
        let limit = self.pieces.get(next).map_or(usize::MAX, |next| next.folded);
        match next.checked_sub(1).map(|last| self.pieces[last]) {
            Some(MappedPiece { folded, original, copied: true }) => {
                limit.min(folded + (end - original))
            }
            Some(_) => limit,
            None if self.pieces.is_empty() => end,
            None => 0,
        }
    }

    /// The original span of a folded one that begins in piece `first` and ends in piece `last`.
    fn between(&self, first: usize, last: usize, start: usize, end: usize) -> (usize, usize) {
        let from = match self.pieces[first] {
            MappedPiece { folded, original, copied: true } => original + (start - folded),
            MappedPiece { original, .. } => original,
        };
        let to = match self.pieces[last] {
            MappedPiece { folded, original, copied: true } => original + (end - folded),
            _ => self.pieces.get(last + 1).map_or(self.original_len, |next| next.original),
        };
        (from, to)
    }
}
