//! Folding: the small differences between two printings of one sentence, removed.
//!
//! Folding is NFKC, full case folding, and NFKC again (so that folding twice changes nothing more).
//! [Equivalent characters](equivalents) are replaced by one of them, every other symbol by a full
//! stop, and characters without text of their own are dropped (see [`script`](super::script)).
//! Last, the blanks between single characters of Chinese and Japanese are
//! [removed](cjk_spaces).
//!
//! ASCII text is its own fold except for case, and case is cheapest to ignore where the bytes are
//! loaded anyway, so ASCII text is handed on untouched. Other text goes one of three ways: ranges
//! of [plain](crate::simd::fold) characters are folded side by side, most other characters take one
//! look-up in a [table], and the rest is normalised in segments of one starter with the marks that
//! follow it. The table is filled by the segment path, so the two cannot disagree.
//!
//! Cost: O(bytes). If asked to, it records a map back to the original bytes.

mod buffer;
mod cjk_spaces;
mod equivalents;
mod map;
mod options;
mod table;
mod variants;

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

pub(crate) use buffer::FoldedText;
pub(crate) use map::SpanMap;
#[cfg_attr(not(feature = "index"), allow(unused_imports))]
pub(crate) use options::FOLDING_VERSION;
pub use options::Folding;
use table::{Fold, FoldTable, TABLE, fold_segment, is_boundary};

use super::paragraphs::line_ends;
use super::script::is_dropped;
use super::utf8::decode;
use crate::simd::Isa;
use crate::simd::fold::plain;

impl Folding {
    /// The folded text, borrowed if nothing changes.
    ///
    /// Folding it again changes nothing. O(bytes) time.
    pub fn fold<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.is_ascii() && !self.join_hyphenated {
            return match text.bytes().any(|b| b.is_ascii_uppercase()) {
                true => Cow::Owned(text.to_ascii_lowercase()),
                false => Cow::Borrowed(text),
            };
        }
        let mut folded = FoldedText::default();
        folded.read(Isa::best(), *self, text, None);
        match folded.bytes() == text.as_bytes() {
            true => Cow::Borrowed(text),
            // Nothing is lost: whole characters were written.
            false => Cow::Owned(String::from_utf8_lossy(folded.bytes()).into_owned()),
        }
    }

    /// Whether `text` must be folded into a buffer. Otherwise it is ASCII whose words can be read
    /// in place, ignoring case.
    pub(crate) fn changes(&self, text: &str) -> bool {
        !text.is_ascii() || (self.join_hyphenated && has_divided_line(text.as_bytes()))
    }
}

fn has_divided_line(bytes: &[u8]) -> bool {
    // `str::trim_start`, which finds the end of the line, takes the vertical tab for white space.
    bytes.windows(2).any(|w| w[0] == b'-' && (w[1].is_ascii_whitespace() || w[1] == 0x0B))
}

impl FoldedText {
    /// Replaces it by the folded `text`, and `map` by the map back.
    pub(crate) fn read(
        &mut self,
        isa: Isa,
        folding: Folding,
        text: &str,
        map: Option<&mut SpanMap>,
    ) {
        self.len = 0;
        let mut map = map.map(|map| map.begin(text.len()));
        // The vector kernels leave umlauts as they are.
        let isa = if folding.spell_umlauts { Isa::Portable } else { isa };
        Folder {
            folding,
            has_options: folding != Folding::default(),
            isa,
            text,
            out: self,
            map: map.as_deref_mut(),
            starter: None,
        }
        .run();
        // A maximum, rather than a search, is computed side by side.
        self.is_wide = self.bytes().iter().fold(0, |max, &byte| max.max(byte)) >= 0xE0;
        if self.is_wide {
            cjk_spaces::remove(self, map);
        }
    }
}

/// Bytes that are folded at once where a hyphen may divide a word.
const LINE: usize = 256;

struct Folder<'t, 'm> {
    folding: Folding,
    /// Whether any option is on.
    has_options: bool,
    isa: Isa,
    text: &'t str,
    out: &'m mut FoldedText,
    map: Option<&'m mut SpanMap>,
    /// Where the last starter, with which a mark may combine, stands in the source and the output.
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

    /// Folds the character at `at`, and those that follow as long as they are not plain; returns
    /// where they end.
    #[inline(always)]
    fn others(&mut self, mut at: usize, table: &FoldTable) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            let own = bytes[at..].first_chunk().copied().unwrap_or_else(|| padded(&bytes[at..]));
            let (code, len) = decode(&own, 0);
            if self.has_options
                && let Some(resume) = self.optional(at, code, len)
            {
                return resume;
            }
            let (copied, folded, folded_len) = match table.get(code) {
                Fold::Own => (true, own, len),
                Fold::Same(folded) => (true, folded, len),
                Fold::Other(folded, folded_len) => (false, folded, usize::from(folded_len)),
                Fold::Dropped => return self.drop(at),
                Fold::Segment => return self.segment(at),
            };
            self.map(at, copied);
            self.starter = Some((at, self.out.len));
            if let Some(room) = self.out.buffer[self.out.len..].first_chunk_mut() {
                *room = folded;
            }
            self.out.len += folded_len;
            at += len;
            if at >= bytes.len() || may_be_plain(self.isa, &bytes[at..]) {
                return at;
            }
        }
    }

    /// Folds the character at `at` if an option says how; returns where to continue.
    #[cold]
    #[inline(never)]
    fn optional(&mut self, at: usize, code: u32, len: usize) -> Option<usize> {
        if self.folding.join_hyphenated && matches!(code, 0x2010 | 0xAD | 0xAC) {
            let resume = self.divided(at + len)?;
            self.map(at, false);
            return Some(resume);
        }
        let two = if self.folding.spell_umlauts { variants::umlaut(code) } else { None };
        let folded: &[u8] = match &two {
            Some(two) => two,
            None if self.folding.plain_i && matches!(code, 0x130 | 0x131) => b"i",
            None => return None,
        };
        self.map(at, false);
        self.starter = Some((at, self.out.len));
        self.out.push(folded);
        Some(at + len)
    }

    /// Folds the plain characters at `at`; returns where they end.
    fn plain(&mut self, at: usize) -> usize {
        let (bytes, start) = (self.text.as_bytes(), self.out.len);
        let mut range = &bytes[at..];
        if self.folding.join_hyphenated {
            // Only up to the next hyphen: what follows it would be folded again for each hyphen.
            range = &range[..range.len().min(LINE)];
            let dash = range.iter().position(|&byte| byte == b'-');
            range = dash.map_or(range, |dash| &range[..=dash]);
        }
        let mut len = plain(self.isa, range, &mut self.out.buffer[start..]);
        let mut resume = at + len;
        let mut divided = false;
        if self.folding.join_hyphenated && bytes[at..resume].ends_with(b"-") {
            self.out.len = start + len - 1;
            if let Some(next) = self.divided(resume) {
                (len, resume, divided) = (len - 1, next, true);
            }
            self.out.len = start;
        }
        if len > 0 {
            self.map(at, true);
            self.out.len += len;
            let range = &bytes[at..at + len];
            let back = range.iter().rev().take_while(|&&byte| byte & 0xC0 == 0x80).count() + 1;
            self.starter = Some((at + len - back, self.out.len - back));
        }
        if divided {
            self.map(at + len, false);
        }
        resume
    }

    /// Where a word continues in the next line, if the hyphen that ends at `after` divides one.
    fn divided(&self, after: usize) -> Option<usize> {
        if self.out.last_char()?.is_alphabetic() { self.next_line(after) } else { None }
    }

    /// Where the next line begins, if it begins with a small letter.
    fn next_line(&self, after: usize) -> Option<usize> {
        let rest = &self.text[after..];
        let word = rest.trim_start();
        let gap = &rest[..rest.len() - word.len()];
        let continues = word.chars().next().is_some_and(char::is_lowercase);
        (continues && line_ends(gap).count() == 1).then_some(after + gap.len())
    }

    /// Normalises one starter with its marks; returns where the segment ends.
    #[cold]
    fn segment(&mut self, at: usize) -> usize {
        let mut chars = self.text[at..].chars();
        let combines = chars.next().is_some_and(|c| !is_boundary(c));
        let mut from = at;
        if combines && let Some((source, written)) = self.starter {
            // Characters that were dropped since then are filtered again below.
            from = source;
            self.out.len = written;
            if let Some(map) = self.map.as_deref_mut() {
                map.truncate(written, source);
            }
        }
        let rest = chars.as_str();
        // A soft hyphen may divide a word at the end of a line.
        let ends_segment = |c| !is_dropped(c) || (self.folding.join_hyphenated && c == '\u{AD}');
        let marks = rest.find(|c| is_boundary(c) && ends_segment(c)).unwrap_or(rest.len());
        let end = self.text.len() - rest.len() + marks;
        self.map(from, false);
        self.starter = Some((from, self.out.len));
        // Whether a mark counts depends on the character before it.
        let mut folded: String = self.out.last_char().into_iter().collect();
        let before = folded.len();
        let segment = &self.text[from..end];
        match self.folding.plain_i {
            true => fold_segment(&variants::plain_i(segment), &mut folded),
            false => fold_segment(segment, &mut folded),
        }
        if self.folding.spell_umlauts {
            folded = folded[..before].to_owned() + &variants::spell_umlauts(&folded[before..]);
        }
        let folded = &folded.as_bytes()[before..];
        self.out.reserve(folded.len() + self.text.len() - end);
        self.out.push(folded);
        end
    }

    /// Drops the character at `at`; returns where it ends. A dropped mark still belongs to the span
    /// of the character it stands on.
    fn drop(&mut self, at: usize) -> usize {
        let mut chars = self.text[at..].chars();
        let is_mark = chars.next().is_some_and(is_combining_mark);
        match (self.map.as_deref_mut(), self.starter) {
            (Some(map), Some((source, written))) if is_mark => {
                map.truncate(written, source);
                map.push(written, source, false);
            }
            _ => self.map(at, false),
        }
        self.text.len() - chars.as_str().len()
    }

    /// Records that the next folded byte comes from `original`, copied or replaced.
    #[inline(always)]
    fn map(&mut self, original: usize, copied: bool) {
        let folded = self.out.len;
        if let Some(map) = self.map.as_deref_mut() {
            map.push(folded, original, copied);
        }
    }
}

/// Whether the first character of some text may be [plain].
#[inline(always)]
fn may_be_plain(isa: Isa, bytes: &[u8]) -> bool {
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) | Isa::Avx512(_) => match bytes {
            // The kana begin after the punctuation of this block.
            [0xE3, second, ..] => matches!(second, 0x81..=0x83 | 0x90..),
            [first, ..] => matches!(first, 0..0x80 | 0xC3 | 0xD0 | 0xD1 | 0xE4..=0xE9),
            [] => false,
        },
        _ => bytes.first().is_some_and(u8::is_ascii),
    }
}

/// The first four bytes, padded with zeros.
fn padded(bytes: &[u8]) -> [u8; 4] {
    std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests;
