//! Folding: the small differences between two printings of one sentence, removed.
//!
//! Folding is NFKC, full case folding, NFKC again (so that folding twice changes nothing more),
//! with typographic quotes, dashes and spaces turned into their ASCII forms, every other symbol
//! turned into a space, and characters without text of their own dropped (see
//! [`script`](super::script)).
//!
//! ASCII text is its own fold but for case, and case is cheapest where bytes are loaded anyway, so
//! it is handed on untouched. Other text goes one of three ways: stretches of
//! [plain](crate::simd::fold) characters are folded side by side, most others are one look-up in a
//! [table], and the rest is normalised in segments of one starter with the marks that follow it.
//! The table is filled by the segment path, so the two cannot disagree.
//!
//! Cost: O(bytes). The folded text keeps, when asked, a map back to the original bytes.

mod map;
mod table;

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

pub(crate) use map::SpanMap;
use table::{Fold, TABLE, Table, fold_segment, is_boundary};

use super::script::is_dropped;
use crate::simd::Isa;
use crate::simd::fold::{SLACK, plain};

/// How text is folded before it is compared.
///
/// The default folds everything that never tells two words apart; the one option is for text set in
/// narrow columns.
///
/// ```
/// use newsprint::Folding;
///
/// assert_eq!(Folding::default().fold("“Straße” – ＡＢＣ"), "\"strasse\" - abc");
/// let column = Folding { join_hyphenated: true };
/// assert_eq!(column.fold("the govern-\nment said"), "the government said");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Folding {
    /// Joins a word divided at the end of a line ("govern-⏎ment"), as in scanned columns. Off by
    /// default: on web text, where lines do not end inside words, it would join true compounds.
    pub join_hyphenated: bool,
}

impl Folding {
    /// The folded text, borrowed when nothing changes.
    ///
    /// Applying it twice is the same as applying it once. O(bytes) time.
    pub fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.is_ascii() && !self.join_hyphenated {
            return match text.bytes().any(|b| b.is_ascii_uppercase()) {
                true => Cow::Owned(text.to_ascii_lowercase()),
                false => Cow::Borrowed(text),
            };
        }
        let mut folded = Folded::default();
        folded.read(Isa::best(), *self, text, None);
        match folded.bytes() == text.as_bytes() {
            true => Cow::Borrowed(text),
            // It is UTF-8: whole characters were written.
            false => Cow::Owned(String::from_utf8_lossy(folded.bytes()).into_owned()),
        }
    }

    /// Whether `text` must be folded into a buffer at all; otherwise it is ASCII whose words can be
    /// read, with their case ignored, where they stand.
    pub(crate) fn changes(&self, text: &str) -> bool {
        !text.is_ascii() || (self.join_hyphenated && has_divided_line(text.as_bytes()))
    }
}

fn has_divided_line(bytes: &[u8]) -> bool {
    // The vertical tab is white space to `str::trim_start`, by which the line's end is found.
    bytes.windows(2).any(|w| w[0] == b'-' && (w[1].is_ascii_whitespace() || w[1] == 0x0B))
}

/// Folded text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    /// More than there is text, so that memory used again is not cleared for each.
    memory: Vec<u8>,
    len: usize,
}

impl Folded {
    /// The text, which is UTF-8.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[..self.len]
    }

    /// Forgets the text.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Replaces it by the folded `text`, and `map` by the way back.
    pub(crate) fn read(&mut self, isa: Isa, folding: Folding, text: &str, map: Option<&mut SpanMap>) {
        self.len = 0;
        let map = map.map(|map| map.begin(text.len()));
        Folder { folding, isa, text, out: self, map, starter: None }.run();
    }

    /// Makes room for so many bytes more.
    fn reserve(&mut self, more: usize) {
        let needed = self.len + more + SLACK;
        if self.memory.len() < needed {
            self.memory.resize(needed.max(2 * self.memory.len()), 0);
        }
    }

    fn last_char(&self) -> Option<char> {
        let start = (1..=4).map(|back| self.len.checked_sub(back)).find_map(|start| {
            let start = start?;
            (self.memory[start] & 0xC0 != 0x80).then_some(start)
        })?;
        str::from_utf8(&self.memory[start..self.len]).ok()?.chars().next()
    }
}

struct Folder<'t, 'm> {
    folding: Folding,
    isa: Isa,
    text: &'t str,
    out: &'m mut Folded,
    map: Option<&'m mut SpanMap>,
    /// Source and output positions of the last starter written, with which a mark may combine.
    starter: Option<(usize, usize)>,
}

impl Folder<'_, '_> {
    fn run(&mut self) {
        self.out.reserve(self.text.len());
        let (bytes, table) = (self.text.as_bytes(), &*TABLE);
        let mut at = 0;
        while at < bytes.len() {
            if may_be_plain(self.isa, &bytes[at..]) {
                at = self.plain(at);
            }
            if at < bytes.len() {
                at = self.others(at, table);
            }
        }
    }

    /// Folds the character at `at`, and more as long as they are not plain; returns where they end.
    #[inline(always)]
    fn others(&mut self, mut at: usize, table: &Table) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            let own = bytes[at..].first_chunk().copied().unwrap_or_else(|| filled(&bytes[at..]));
            let (code, len) = decode(&own, 0);
            if self.folding.join_hyphenated
                && matches!(code, 0x2010 | 0xAD | 0xAC)
                && let Some(resume) = self.divided(at + len)
            {
                self.note(at, false);
                return resume;
            }
            let (copied, folded, folded_len) = match table.get(code) {
                Fold::Own => (true, own, len),
                Fold::Same(folded) => (true, folded, len),
                Fold::Other(folded, folded_len) => (false, folded, usize::from(folded_len)),
                Fold::Dropped => return self.drop(at),
                Fold::Segment => return self.segment(at),
            };
            self.note(at, copied);
            self.starter = Some((at, self.out.len));
            if let Some(room) = self.out.memory[self.out.len..].first_chunk_mut() {
                *room = folded;
            }
            self.out.len += folded_len;
            at += len;
            if at >= bytes.len() || may_be_plain(self.isa, &bytes[at..]) {
                return at;
            }
        }
    }

    /// Folds the plain stretch at `at`; returns where it ends.
    fn plain(&mut self, at: usize) -> usize {
        let (bytes, start) = (self.text.as_bytes(), self.out.len);
        let end = at + plain(self.isa, &bytes[at..], &mut self.out.memory[start..]);
        // All of the stretch is folded before its hyphens are looked at: what follows a division
        // moves up, so that each byte is folded once and moved once.
        let place = |original: usize| start + (original - at);
        let mut from = at;
        if self.folding.join_hyphenated {
            for dash in (at..end).filter(|&i| bytes[i] == b'-') {
                self.take(place(from), from, dash);
                from = dash;
                if let Some(next) = self.divided(dash + 1) {
                    self.note(dash, false);
                    from = next;
                }
            }
        }
        if from < end {
            self.take(place(from), from, end);
        }
        from.max(end)
    }

    /// Takes `from..to` of the original, whose plain fold stands from `place` on, as what comes
    /// next.
    #[inline(always)]
    fn take(&mut self, place: usize, from: usize, to: usize) {
        if from == to {
            return;
        }
        let (len, written) = (to - from, self.out.len);
        if place != written {
            self.out.memory.copy_within(place..place + len, written);
        }
        self.note(from, true);
        self.out.len += len;
        let stretch = &self.text.as_bytes()[from..to];
        let back = stretch.iter().rev().take_while(|&&byte| byte & 0xC0 == 0x80).count() + 1;
        self.starter = Some((to - back, self.out.len - back));
    }

    /// If a word divided by a hyphen that ends at `after` goes on in the next line: where.
    fn divided(&self, after: usize) -> Option<usize> {
        if self.out.last_char()?.is_alphabetic() { self.line_break(after) } else { None }
    }

    fn line_break(&self, after: usize) -> Option<usize> {
        let rest = &self.text[after..];
        let word = rest.trim_start();
        let gap = &rest[..rest.len() - word.len()];
        let goes_on = word.chars().next().is_some_and(char::is_lowercase);
        (goes_on && gap.matches('\n').count() == 1).then_some(after + gap.len())
    }

    /// Normalises one starter with its marks; returns where the segment ends.
    #[cold]
    fn segment(&mut self, at: usize) -> usize {
        let mut chars = self.text[at..].chars();
        let combines = chars.next().is_some_and(|c| !is_boundary(c));
        let mut from = at;
        if combines && let Some((source, written)) = self.starter {
            // Characters dropped since then stay dropped: they are filtered again below.
            from = source;
            self.out.len = written;
            if let Some(map) = self.map.as_deref_mut() {
                map.truncate(written, source);
            }
        }
        let rest = chars.as_str();
        let marks = rest.find(|c| is_boundary(c) && !is_dropped(c)).unwrap_or(rest.len());
        let end = self.text.len() - rest.len() + marks;
        self.note(from, false);
        self.starter = Some((from, self.out.len));
        // Whether a mark counts depends on the character before it.
        let mut folded: String = self.out.last_char().into_iter().collect();
        let before = folded.len();
        fold_segment(&self.text[from..end], &mut folded);
        let folded = &folded.as_bytes()[before..];
        self.out.reserve(folded.len() + self.text.len() - end);
        self.out.memory[self.out.len..][..folded.len()].copy_from_slice(folded);
        self.out.len += folded.len();
        end
    }

    /// Leaves out the character at `at`; returns where it ends. A mark still belongs to the span of
    /// what it stands on.
    fn drop(&mut self, at: usize) -> usize {
        let mut chars = self.text[at..].chars();
        let is_mark = chars.next().is_some_and(is_combining_mark);
        match (self.map.as_deref_mut(), self.starter) {
            (Some(map), Some((source, written))) if is_mark => {
                map.truncate(written, source);
                map.push(written, source, false);
            }
            _ => self.note(at, false),
        }
        self.text.len() - chars.as_str().len()
    }

    #[inline(always)]
    fn note(&mut self, original: usize, copied: bool) {
        let folded = self.out.len;
        if let Some(map) = self.map.as_deref_mut() {
            map.push(folded, original, copied);
        }
    }
}

/// Whether the character with which some text begins may be [plain].
#[inline(always)]
fn may_be_plain(isa: Isa, bytes: &[u8]) -> bool {
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) | Isa::Avx512(_) => match bytes {
            // Punctuation comes before the kana.
            [0xE3, second, ..] => matches!(second, 0x81..=0x83 | 0x90..),
            [first, ..] => matches!(first, 0..0x80 | 0xC3 | 0xD0 | 0xD1 | 0xE4..=0xE9),
            [] => false,
        },
        _ => bytes.first().is_some_and(u8::is_ascii),
    }
}

/// The first four bytes, filled up with zeros.
fn filled(bytes: &[u8]) -> [u8; 4] {
    std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(0))
}

/// The code and length of the character at `at` of UTF-8.
#[inline(always)]
pub(crate) fn decode(bytes: &[u8], at: usize) -> (u32, usize) {
    let lower = |i: usize| u32::from(bytes[at + i]) & 0x3F;
    let first = u32::from(bytes[at]);
    match first {
        0..0x80 => (first, 1),
        0x80..0xE0 => ((first & 0x1F) << 6 | lower(1), 2),
        0xE0..0xF0 => ((first & 0x0F) << 12 | lower(1) << 6 | lower(2), 3),
        _ => ((first & 0x07) << 18 | lower(1) << 12 | lower(2) << 6 | lower(3), 4),
    }
}

#[cfg(test)]
mod tests;
