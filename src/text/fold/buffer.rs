//! A buffer of folded text.

use crate::simd::fold::SLACK;
use crate::text::scan::Alphabet;

/// Folded text.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoldedText {
    /// The text, and memory beyond it that was used before and need not be cleared again.
    pub(super) buffer: Vec<u8>,
    pub(super) len: usize,
    /// Whether there is a character of three bytes or more.
    pub(super) is_wide: bool,
}

impl FoldedText {
    /// The text, which is UTF-8.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// What its words are made of.
    pub(crate) fn alphabet(&self) -> Alphabet {
        if self.is_wide { Alphabet::Wide } else { Alphabet::Folded }
    }

    /// Removes the text.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Makes room for `more` bytes.
    pub(super) fn reserve(&mut self, more: usize) {
        let needed = self.len + more + SLACK;
        if self.buffer.len() < needed {
            self.buffer.resize(needed.max(2 * self.buffer.len()), 0);
        }
    }

    /// Appends some bytes, for which there must be room.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer[self.len..][..bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
    }

    pub(super) fn last_char(&self) -> Option<char> {
        let start = (1..=4).map(|back| self.len.checked_sub(back)).find_map(|start| {
            let start = start?;
            (self.buffer[start] & 0xC0 != 0x80).then_some(start)
        })?;
        str::from_utf8(&self.buffer[start..self.len]).ok()?.chars().next()
    }
}
