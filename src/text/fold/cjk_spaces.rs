//! Removes spaces between the characters of Chinese and Japanese, as text from PDF files has them.
//!
//! "新 华 社" becomes "新华社": blanks are removed if the words on both sides are single characters of
//! Han or kana. Next to a word of two characters they stay, so texts that separate words by spaces
//! are left as they are, and folding again changes nothing more.

use std::ops::Range;

use super::buffer::FoldedText;
use super::map::SpanMap;
use crate::text::script::is_han_or_kana;
use crate::text::utf8::decode;

/// The lowest first byte of a Han or kana character.
const MIN_FIRST: u8 = 0xE2;
/// Bytes that are examined side by side.
const BLOCK: usize = 32;

/// Removes such blanks from folded text, and from the map back.
pub(super) fn remove(out: &mut FoldedText, map: Option<&mut SpanMap>) {
    let FoldedText { buffer, len, .. } = out;
    let gaps = gaps(&buffer[..*len]);
    let Some(first) = gaps.first() else { return };
    let mut kept = first.start;
    let ends = gaps.iter().skip(1).map(|gap| gap.start).chain([*len]);
    for (gap, end) in gaps.iter().zip(ends) {
        buffer.copy_within(gap.end..end, kept);
        kept += end - gap.end;
    }
    *len = kept;
    if let Some(map) = map {
        map.cut(&gaps);
    }
}

/// The blanks that are removed.
fn gaps(text: &[u8]) -> Vec<Range<usize>> {
    let mut gaps = Vec::new();
    let mut read = 0;
    let mut examine = |at: usize| {
        if at >= read && may_be_gap(text[at - 1], text[at], text[at + 1]) {
            read = at + text[at..].iter().take_while(|&&byte| is_blank(byte)).count();
            if begins_with_single(&text[read..]) && ends_with_single(&text[..at]) {
                gaps.push(at..read);
            }
        }
    };
    let mut at = 1;
    while let Some(block) = text[at - 1..].first_chunk::<{ BLOCK + 2 }>() {
        let [before, bytes, after] = [0, 1, 2].map(|skipped| &block[skipped..skipped + BLOCK]);
        let around = before.iter().zip(bytes).zip(after);
        if around.fold(0, |any, ((&a, &b), &c)| any | u8::from(may_be_gap(a, b, c))) != 0 {
            (at..at + BLOCK).for_each(&mut examine);
        }
        at += BLOCK;
    }
    (at..text.len() - 1).for_each(examine);
    gaps
}

/// Whether a byte may begin a blank that is removed, judging by the bytes around it. Free of
/// branches, so that many bytes are examined side by side.
#[inline(always)]
fn may_be_gap(before: u8, byte: u8, after: u8) -> bool {
    is_blank(byte) & (before >= 0x80) & (is_blank(after) | (after >= MIN_FIRST))
}

#[inline(always)]
fn is_blank(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\t')
}

/// Whether the first word of some text is a single character of Han or kana.
fn begins_with_single(text: &[u8]) -> bool {
    if text.first().is_none_or(|&first| first < MIN_FIRST) {
        return false;
    }
    let (code, len) = decode(text, 0);
    is_han_or_kana(code) && !text.get(len).is_some_and(is_of_word)
}

/// Whether the last word is.
fn ends_with_single(text: &[u8]) -> bool {
    let start = text.iter().rposition(|&byte| byte & 0xC0 != 0x80).unwrap_or(0);
    is_han_or_kana(decode(text, start).0) && !text[..start].last().is_some_and(is_of_word)
}

/// Whether a byte of folded text belongs to a word.
fn is_of_word(byte: &u8) -> bool {
    *byte >= 0x80 || byte.is_ascii_alphanumeric()
}
