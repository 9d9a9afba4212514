//! Folding: the small differences between two printings of one sentence, removed.
//!
//! Folding is NFKC, full case folding, NFKC again (so that folding twice changes nothing more), with
//! typographic quotes, dashes and spaces turned into their ASCII forms, every other symbol turned
//! into a space, and characters without text of their own dropped (see [`script`](super::script)).
//!
//! ASCII text is its own fold but for case, and case is cheapest where bytes are loaded anyway, so it is
//! handed on untouched. Other text goes one of three ways: ASCII stretches are copied and lower-cased,
//! most letters are one look-up in a table, and the rest is normalised in segments of one starter with
//! the marks that follow it. The table is filled by the segment path, so the two cannot disagree.
//!
//! Cost: O(bytes). The folded text keeps, when asked, a map back to the original bytes.

use std::borrow::Cow;
use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, decompose_compatible, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::script::{is_cyrillic, is_dropped, is_spaceless, is_stress_mark, is_word_char};

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
        let mut folder = Folder::new(*self, text, None);
        folder.run();
        match folder.out == text {
            true => Cow::Borrowed(text),
            false => Cow::Owned(folder.out),
        }
    }

    /// Whether `text` must be folded into a buffer at all; otherwise it is ASCII whose words can be
    /// read, with their case ignored, where they stand.
    pub(crate) fn changes(&self, text: &str) -> bool {
        !text.is_ascii() || (self.join_hyphenated && has_divided_line(text.as_bytes()))
    }

    /// Folds into `out`, and into `map` the way back.
    pub(crate) fn fold_into(&self, text: &str, out: &mut String, map: Option<&mut SpanMap>) {
        out.clear();
        let map = map.map(|map| map.begin(text.len()));
        let mut folder = Folder::new(*self, text, map);
        std::mem::swap(&mut folder.out, out);
        folder.run();
        std::mem::swap(&mut folder.out, out);
    }
}

fn has_divided_line(bytes: &[u8]) -> bool {
    // The vertical tab is white space to `str::trim_start`, by which the line's end is found.
    bytes.windows(2).any(|w| w[0] == b'-' && (w[1].is_ascii_whitespace() || w[1] == 0x0B))
}

/// From bytes of the folded text to bytes of the original: pieces that tile both, each either copied
/// byte for byte or replaced as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct SpanMap {
    pieces: Vec<Piece>,
    original_len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    folded: usize,
    original: usize,
    copied: bool,
}

impl SpanMap {
    /// The identity, for text that was not folded into a buffer.
    pub(crate) fn clear(&mut self) {
        self.pieces.clear();
    }

    fn begin(&mut self, original_len: usize) -> &mut Self {
        self.pieces.clear();
        self.original_len = original_len;
        self
    }

    fn push(&mut self, folded: usize, original: usize, copied: bool) {
        if let Some(last) = self.pieces.last()
            && copied
            && last.copied
            && folded + last.original == original + last.folded
        {
            return;
        }
        self.pieces.push(Piece { folded, original, copied });
    }

    /// Forgets what was said from `folded` on, which is about to be written again.
    fn truncate(&mut self, folded: usize, original: usize) {
        while self.pieces.last().is_some_and(|p| p.folded >= folded && p.original >= original) {
            self.pieces.pop();
        }
    }

    /// The original span of the non-empty folded span `start..end`.
    pub(crate) fn original(&self, start: usize, end: usize) -> (usize, usize) {
        if self.pieces.is_empty() {
            return (start, end);
        }
        let holding = |byte: usize| self.pieces.partition_point(|p| p.folded <= byte) - 1;
        self.between(holding(start), holding(end - 1), start, end)
    }

    /// As [`original`](Self::original), for spans asked for in ascending order: `piece` remembers where the last began.
    pub(crate) fn original_next(&self, piece: &mut usize, start: usize, end: usize) -> (usize, usize) {
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

    /// The folded byte before which everything stands that begins before byte `end` of the original.
    pub(crate) fn folded(&self, end: usize) -> usize {
        let next = self.pieces.partition_point(|p| p.original < end);
        let limit = self.pieces.get(next).map_or(usize::MAX, |next| next.folded);
        match next.checked_sub(1).map(|last| self.pieces[last]) {
            Some(Piece { folded, original, copied: true }) => limit.min(folded + (end - original)),
            Some(_) => limit,
            None if self.pieces.is_empty() => end,
            None => 0,
        }
    }

    /// The original of a span that begins in one piece and ends in another.
    fn between(&self, first: usize, last: usize, start: usize, end: usize) -> (usize, usize) {
        let from = match self.pieces[first] {
            Piece { folded, original, copied: true } => original + (start - folded),
            Piece { original, .. } => original,
        };
        let to = match self.pieces[last] {
            Piece { folded, original, copied: true } => original + (end - folded),
            _ => self.pieces.get(last + 1).map_or(self.original_len, |next| next.original),
        };
        (from, to)
    }
}

struct Folder<'t, 'm> {
    folding: Folding,
    text: &'t str,
    out: String,
    map: Option<&'m mut SpanMap>,
    /// Source and output positions of the last starter written, with which a mark may combine.
    starter: Option<(usize, usize)>,
}

impl<'t, 'm> Folder<'t, 'm> {
    fn new(folding: Folding, text: &'t str, map: Option<&'m mut SpanMap>) -> Self {
        Folder { folding, text, out: String::new(), map, starter: None }
    }

    fn run(&mut self) {
        self.out.reserve(self.text.len());
        let bytes = self.text.as_bytes();
        let table = &*TABLE;
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] < 0x80 {
                at = self.ascii(at);
                continue;
            }
            let Some(c) = self.text[at..].chars().next() else { break };
            let next = at + c.len_utf8();
            if self.folding.join_hyphenated
                && matches!(c, '\u{2010}' | '\u{AD}' | '¬')
                && let Some(resume) = self.divided(next)
            {
                self.note(at, false);
                at = resume;
                continue;
            }
            match table.get(c) {
                Fold::Letter(folded) => {
                    self.note(at, true);
                    self.starter = Some((at, self.out.len()));
                    self.out.push(folded);
                }
                Fold::Ascii(folded) => {
                    self.note(at, false);
                    self.starter = Some((at, self.out.len()));
                    self.out.push(folded);
                }
                Fold::Dropped => self.drop(at, c),
                Fold::Segment => {
                    at = self.segment(at, c);
                    continue;
                }
            }
            at = next;
        }
    }

    /// Copies the ASCII stretch at `at`, lower-cased; returns where it ends.
    fn ascii(&mut self, at: usize) -> usize {
        let bytes = &self.text.as_bytes()[at..];
        let mut len = ascii_len(bytes);
        let mut resume = at + len;
        let mut divided = false;
        if self.folding.join_hyphenated {
            for dash in (0..len).filter(|&i| bytes[i] == b'-') {
                if let Some(next) = self.divided_after(at, dash) {
                    (len, resume, divided) = (dash, next, true);
                    break;
                }
            }
        }
        if len > 0 {
            self.note(at, true);
            let start = self.out.len();
            self.out.push_str(&self.text[at..at + len]);
            self.out[start..].make_ascii_lowercase();
            self.starter = Some((at + len - 1, self.out.len() - 1));
        }
        if divided {
            self.note(at + len, false);
        }
        resume
    }

    /// As [`divided`](Self::divided), for a hyphen at `at + dash` in an ASCII stretch not yet written.
    fn divided_after(&self, at: usize, dash: usize) -> Option<usize> {
        match dash {
            0 => self.divided(at + 1),
            _ if self.text.as_bytes()[at + dash - 1].is_ascii_alphabetic() => self.line_break(at + dash + 1),
            _ => None,
        }
    }

    /// If a word divided by a hyphen that ends at `after` goes on in the next line: where.
    fn divided(&self, after: usize) -> Option<usize> {
        let before = self.out.chars().next_back()?;
        if before.is_alphabetic() { self.line_break(after) } else { None }
    }

    fn line_break(&self, after: usize) -> Option<usize> {
        let rest = &self.text[after..];
        let word = rest.trim_start();
        let gap = &rest[..rest.len() - word.len()];
        let goes_on = word.chars().next().is_some_and(char::is_lowercase);
        (goes_on && gap.matches('\n').count() == 1).then_some(after + gap.len())
    }

    /// Normalises one starter with its marks; returns where the segment ends.
    fn segment(&mut self, at: usize, c: char) -> usize {
        let mut from = at;
        if !is_boundary(c)
            && let Some((source, written)) = self.starter
        {
            // Characters dropped since then stay dropped: they are filtered again below.
            from = source;
            self.out.truncate(written);
            if let Some(map) = self.map.as_deref_mut() {
                map.truncate(written, source);
            }
        }
        let rest = &self.text[at + c.len_utf8()..];
        let marks = rest.find(|c| is_boundary(c) && !is_dropped(c)).unwrap_or(rest.len());
        let end = at + c.len_utf8() + marks;
        self.note(from, false);
        self.starter = Some((from, self.out.len()));
        fold_segment(&self.text[from..end], &mut self.out);
        end
    }

    /// Leaves out the character at `at`. A mark still belongs to the span of what it stands on.
    fn drop(&mut self, at: usize, c: char) {
        match (self.map.as_deref_mut(), self.starter) {
            (Some(map), Some((source, written))) if is_combining_mark(c) => {
                map.truncate(written, source);
                map.push(written, source, false);
            }
            _ => self.note(at, false),
        }
    }

    fn note(&mut self, original: usize, copied: bool) {
        let folded = self.out.len();
        if let Some(map) = self.map.as_deref_mut() {
            map.push(folded, original, copied);
        }
    }
}

/// How many bytes there are before the first that is not ASCII.
fn ascii_len(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(32).take_while(|block| block.is_ascii()).count();
    let rest = &bytes[32 * blocks..];
    32 * blocks + rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len())
}

/// True where normalisation cannot combine `c` with what stands before it.
fn is_boundary(c: char) -> bool {
    let mut first = None;
    decompose_compatible(c, |d| {
        first.get_or_insert(d);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) == 0
        && is_nfc_quick(std::iter::once(first)) != IsNormalized::Maybe
        && is_nfc_quick(std::iter::once(c)) != IsNormalized::Maybe
}

/// The definition of folding, which every faster path repeats.
fn fold_segment(segment: &str, out: &mut String) {
    let kept = segment.chars().filter(|&c| !is_dropped(c)).map(plain);
    let folded = kept.nfkc().flat_map(fold_case).nfkc().filter(|&c| !is_dropped(c)).map(plain);
    for c in folded {
        let last = out.chars().next_back();
        if !is_word_char(c) {
            out.push(if c.is_ascii() { c } else { ' ' });
        } else if (c.is_alphanumeric() || last.is_some_and(is_word_char))
            && !(is_stress_mark(c) && last.is_some_and(is_cyrillic))
        {
            out.push(c);
        }
    }
}

/// Typographic punctuation in its ASCII form.
fn plain(c: char) -> char {
    match c {
        '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '´' | '＇' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' | '「' | '」' | '『' | '』' | '〝' | '〞' | '〟' | '＂' => {
            '"'
        }
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹘' | '﹣' | '－' => '-',
        '⁄' | '∕' | '／' => '/',
        _ => c,
    }
}

/// Full case folding, up to the choice of representative: folding the upper case of the lower case meets
/// every special pair (ß and SS, ς and Σ) but dotless i, whose upper case is that of another letter.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    let keep = c == 'ı';
    let folded = c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    keep.then_some(c).into_iter().chain(folded.filter(move |_| !keep))
}

enum Fold {
    /// A letter that takes as many bytes as before.
    Letter(char),
    Ascii(char),
    Dropped,
    /// Anything else: see [`fold_segment`].
    Segment,
}

/// The folds of single characters up to the end of the kana; above, Han and Hangul are their own.
struct Table(Vec<u16>);

const TABLE_END: u32 = 0x3100;
const SEGMENT: u16 = 0;
const DROPPED: u16 = 1;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let entry = |code: u32| {
        let Some(c) = char::from_u32(code).filter(|&c| c >= '\u{80}') else { return SEGMENT };
        if is_dropped(c) {
            return DROPPED;
        }
        let mut folded = String::new();
        fold_segment(c.encode_utf8(&mut [0; 4]), &mut folded);
        let mut chars = folded.chars();
        match (chars.next(), chars.next()) {
            (Some(f), None) if is_boundary(c) && (f.is_ascii() || f.len_utf8() == c.len_utf8()) => {
                // An ASCII letter stands for a longer original: its piece cannot be copied.
                u16::try_from(u32::from(f)).unwrap_or(SEGMENT)
            }
            _ => SEGMENT,
        }
    };
    Table((0..TABLE_END).map(entry).collect())
});

impl Table {
    fn get(&self, c: char) -> Fold {
        let code = u32::from(c);
        if code >= TABLE_END {
            return match code {
                0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7A3 => Fold::Letter(c),
                _ if is_dropped(c) => Fold::Dropped,
                _ => Fold::Segment,
            };
        }
        match self.0[code as usize] {
            SEGMENT => Fold::Segment,
            DROPPED => Fold::Dropped,
            folded => match char::from_u32(u32::from(folded)) {
                Some(f) if f.is_ascii() => Fold::Ascii(f),
                Some(f) => Fold::Letter(f),
                None => Fold::Segment,
            },
        }
    }
}

/// The piece of a run of word characters, starting at its first byte, that is written without spaces or
/// wholly with them: its length in bytes and which of the two it is.
pub(crate) fn same_spacing(run: &str) -> (usize, bool) {
    let spaceless = run.chars().next().is_some_and(is_spaceless);
    (run.find(|c| is_spaceless(c) != spaceless).unwrap_or(run.len()), spaceless)
}

#[cfg(test)]
mod tests;
