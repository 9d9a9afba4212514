//! Folding: the small differences between two printings of one sentence, removed.
//!
//! Folding is NFKC, full case folding, NFKC again (so that folding twice changes nothing more),
//! with the [same letters](letters) in other code points made one, typographic quotes, dashes and
//! spaces turned into their ASCII forms, every other symbol turned into a full stop, and characters
//! without text of their own dropped (see [`script`](super::script)). Last, the blanks between
//! single characters of Chinese and Japanese [go](spaced).
//!
//! ASCII text is its own fold but for case, and case is cheapest where bytes are loaded anyway, so
//! it is handed on untouched. Other text goes one of three ways: stretches of
//! [plain](crate::simd::fold) characters are folded side by side, most others are one look-up in a
//! [table], and the rest is normalised in segments of one starter with the marks that follow it.
//! The table is filled by the segment path, so the two cannot disagree.
//!
//! Cost: O(bytes). The folded text keeps, when asked, a map back to the original bytes.

mod letters;
mod map;
mod spaced;
mod table;

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;

pub(crate) use map::SpanMap;
use table::{Fold, TABLE, Table, fold_segment, is_boundary};

use super::paragraphs::line_ends;
use super::scan::Alphabet;
use super::script::is_dropped;
use crate::simd::Isa;
use crate::simd::fold::{SLACK, plain};

/// The version of folding: raised whenever some text folds otherwise than before, so that what was
/// made by another is not taken for the same. 2 made the same letters in other code points one.
#[cfg_attr(not(feature = "index"), allow(dead_code))] // nothing else is kept so long
pub(crate) const FOLDING_VERSION: u32 = 2;

/// How text is folded before it is compared.
///
/// The default folds everything that never tells two words apart, the same letters in other code
/// points among it: Persian yeh and Arabic yeh, digits of any script, s with cedilla and with comma
/// below, "新 华 社" and "新华社". The options, off by default, are for text set in narrow columns
/// and for languages in which a copy may be spelt without the letters that other keyboards lack.
///
/// ```
/// use newsprint::Folding;
///
/// assert_eq!(Folding::default().fold("“Straße” – ＡＢＣ ٢٠٢٧"), "\"strasse\" - abc 2027");
/// assert_eq!(Folding::default().fold("علی"), Folding::default().fold("علي"));
/// let column = Folding { join_hyphenated: true, ..Folding::default() };
/// assert_eq!(column.fold("the govern-\nment said"), "the government said");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Folding {
    /// Joins a word divided at the end of a line ("govern-⏎ment"), as in scanned columns. Off by
    /// default: on web text, where lines do not end inside words, it would join true compounds.
    pub join_hyphenated: bool,
    /// Makes the Turkish i without a dot (ı) and that with one (İ) a plain i. Off by default: in
    /// Turkish they tell words apart; to find copies typed without them, turn it on.
    ///
    /// ```
    /// # use newsprint::Folding;
    /// let turkish = Folding { plain_i: true, ..Folding::default() };
    /// assert_eq!(turkish.fold("İstanbul'da ışık"), "istanbul'da işik");
    /// ```
    pub plain_i: bool,
    /// Spells umlauts as two letters (ä as ae, ö as oe, ü as ue), as German does where they cannot
    /// be typed. Off by default: other languages replace them otherwise. Text that is not ASCII is
    /// folded more slowly with it.
    ///
    /// ```
    /// # use newsprint::Folding;
    /// let german = Folding { spell_umlauts: true, ..Folding::default() };
    /// assert_eq!(german.fold("Müller grüßt Köln"), "mueller gruesst koeln");
    /// ```
    pub spell_umlauts: bool,
}

impl Folding {
    /// What each option does, and whether it is on, in the order of its bit where foldings are
    /// stored.
    fn options(&mut self) -> [(&'static str, &mut bool); 3] {
        [
            ("joining of hyphenated words", &mut self.join_hyphenated),
            ("a plain i for the Turkish ones", &mut self.plain_i),
            ("spelling of umlauts", &mut self.spell_umlauts),
        ]
    }

    /// The options as bits.
    pub(crate) fn bits(mut self) -> u8 {
        self.options().iter().rev().fold(0, |bits, (_, on)| bits << 1 | u8::from(**on))
    }

    /// The options of such [bits](Self::bits), if there are no others.
    pub(crate) fn of_bits(bits: u8) -> Option<Self> {
        let mut folding = Folding::default();
        for ((_, on), at) in folding.options().into_iter().zip(0..) {
            *on = bits >> at & 1 == 1;
        }
        (folding.bits() == bits).then_some(folding)
    }

    /// The first option in which two differ, and whether it is on in each.
    pub(crate) fn difference(mut self, mut other: Self) -> Option<(&'static str, bool, bool)> {
        let mut options = self.options().into_iter().zip(other.options());
        options.find_map(|((what, a), (_, b))| (a != b).then_some((what, *a, *b)))
    }

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
    /// Whether there is a character of three bytes or more.
    is_wide: bool,
}

impl Folded {
    /// The text, which is UTF-8.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[..self.len]
    }

    /// What its words are made of.
    pub(crate) fn alphabet(&self) -> Alphabet {
        if self.is_wide { Alphabet::Wide } else { Alphabet::Folded }
    }

    /// Forgets the text.
    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Replaces it by the folded `text`, and `map` by the way back.
    pub(crate) fn read(
        &mut self,
        isa: Isa,
        folding: Folding,
        text: &str,
        map: Option<&mut SpanMap>,
    ) {
        self.len = 0;
        let mut map = map.map(|map| map.begin(text.len()));
        // Vectors leave umlauts as they are.
        let isa = if folding.spell_umlauts { Isa::Portable } else { isa };
        let has_options = folding != Folding::default();
        let map_of_all = map.as_deref_mut();
        Folder { folding, has_options, isa, text, out: self, map: map_of_all, starter: None }.run();
        // The maximum of many is found side by side.
        self.is_wide = self.bytes().iter().fold(0, |most, &byte| most.max(byte)) >= 0xE0;
        if self.is_wide {
            spaced::join(self, map);
        }
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

/// So many bytes are folded at once where a hyphen may end a line.
const LINE: usize = 256;

struct Folder<'t, 'm> {
    folding: Folding,
    /// Whether any option is on.
    has_options: bool,
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

    /// Folds the character at `at` if an option says how; returns where it goes on.
    #[cold]
    #[inline(never)]
    fn optional(&mut self, at: usize, code: u32, len: usize) -> Option<usize> {
        if self.folding.join_hyphenated && matches!(code, 0x2010 | 0xAD | 0xAC) {
            let resume = self.divided(at + len)?;
            self.note(at, false);
            return Some(resume);
        }
        let two = if self.folding.spell_umlauts { letters::umlaut(code) } else { None };
        let folded: &[u8] = match &two {
            Some(two) => two,
            None if self.folding.plain_i && matches!(code, 0x130 | 0x131) => b"i",
            None => return None,
        };
        self.note(at, false);
        self.starter = Some((at, self.out.len));
        self.out.memory[self.out.len..][..folded.len()].copy_from_slice(folded);
        self.out.len += folded.len();
        Some(at + len)
    }

    /// Folds the plain stretch at `at`; returns where it ends.
    fn plain(&mut self, at: usize) -> usize {
        let (bytes, start) = (self.text.as_bytes(), self.out.len);
        let mut stretch = &bytes[at..];
        if self.folding.join_hyphenated {
            // As far as the next hyphen, lest what stands behind it is folded again for each.
            stretch = &stretch[..stretch.len().min(LINE)];
            let dash = stretch.iter().position(|&byte| byte == b'-');
            stretch = dash.map_or(stretch, |dash| &stretch[..=dash]);
        }
        let mut len = plain(self.isa, stretch, &mut self.out.memory[start..]);
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
            self.note(at, true);
            self.out.len += len;
            let stretch = &bytes[at..at + len];
            let back = stretch.iter().rev().take_while(|&&byte| byte & 0xC0 == 0x80).count() + 1;
            self.starter = Some((at + len - back, self.out.len - back));
        }
        if divided {
            self.note(at + len, false);
        }
        resume
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
        (goes_on && line_ends(gap).count() == 1).then_some(after + gap.len())
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
        // A soft hyphen may divide a word at a line's end.
        let stays = |c| !is_dropped(c) || (self.folding.join_hyphenated && c == '\u{AD}');
        let marks = rest.find(|c| is_boundary(c) && stays(c)).unwrap_or(rest.len());
        let end = self.text.len() - rest.len() + marks;
        self.note(from, false);
        self.starter = Some((from, self.out.len));
        // Whether a mark counts depends on the character before it.
        let mut folded: String = self.out.last_char().into_iter().collect();
        let before = folded.len();
        let segment = &self.text[from..end];
        match self.folding.plain_i {
            true => fold_segment(&letters::plain_i(segment), &mut folded),
            false => fold_segment(segment, &mut folded),
        }
        if self.folding.spell_umlauts {
            folded = folded[..before].to_owned() + &letters::spell_umlauts(&folded[before..]);
        }
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
