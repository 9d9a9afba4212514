//! Spaces between the characters of Chinese and Japanese, as texts taken from PDF files have them.
//!
//! "新 华 社" is "新华社": blanks go where the words on both sides are one character of Han or kana.
//! A word of two characters stays apart, so texts whose words are set apart are left as they are,
//! and folding twice changes nothing more.

use std::ops::Range;

use super::{Folded, SpanMap, decode};
use crate::text::script::is_han_or_kana;

/// No Han or kana begins with a lower byte.
const FIRST: u8 = 0xE2;
/// Bytes that are looked at side by side.
const BLOCK: usize = 32;

/// Takes such blanks out of folded text, and out of the way back.
pub(super) fn join(out: &mut Folded, map: Option<&mut SpanMap>) {
    let Folded { memory, len, .. } = out;
    let gaps = gaps(&memory[..*len]);
    let Some(first) = gaps.first() else { return };
    let mut kept = first.start;
    let ends = gaps.iter().skip(1).map(|gap| gap.start).chain([*len]);
    for (gap, end) in gaps.iter().zip(ends) {
        memory.copy_within(gap.end..end, kept);
        kept += end - gap.end;
    }
    *len = kept;
    if let Some(map) = map {
        map.cut(&gaps);
    }
}

/// Where the blanks stand that go.
fn gaps(text: &[u8]) -> Vec<Range<usize>> {
    let mut gaps = Vec::new();
    let mut read = 0;
    let mut look = |at: usize| {
        if at >= read && may_go(text[at - 1], text[at], text[at + 1]) {
            read = at + text[at..].iter().take_while(|&&byte| is_blank(byte)).count();
            if begins_with_one(&text[read..]) && ends_with_one(&text[..at]) {
                gaps.push(at..read);
            }
        }
    };
    let mut at = 1;
    while let Some(block) = text[at - 1..].first_chunk::<{ BLOCK + 2 }>() {
        let [before, bytes, after] = [0, 1, 2].map(|skipped| &block[skipped..skipped + BLOCK]);
        let around = before.iter().zip(bytes).zip(after);
        if around.fold(0, |any, ((&a, &b), &c)| any | u8::from(may_go(a, b, c))) != 0 {
            (at..at + BLOCK).for_each(&mut look);
        }
        at += BLOCK;
    }
    (at..text.len() - 1).for_each(look);
    gaps
}

/// Whether a byte may begin a blank that goes, by those around it. Without branches, as many are
/// looked at side by side.
#[inline(always)]
fn may_go(before: u8, byte: u8, after: u8) -> bool {
    is_blank(byte) & (before >= 0x80) & (is_blank(after) | (after >= FIRST))
}

#[inline(always)]
fn is_blank(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\t')
}

/// Whether the first word of some text is one character of Han or kana.
fn begins_with_one(text: &[u8]) -> bool {
    if text.first().is_none_or(|&first| first < FIRST) {
        return false;
    }
    let (code, len) = decode(text, 0);
    is_han_or_kana(code) && !text.get(len).is_some_and(is_of_word)
}

/// The same of the last word.
fn ends_with_one(text: &[u8]) -> bool {
    let start = text.iter().rposition(|&byte| byte & 0xC0 != 0x80).unwrap_or(0);
    is_han_or_kana(decode(text, start).0) && !text[..start].last().is_some_and(is_of_word)
}

/// Whether a byte of folded text belongs to a word.
fn is_of_word(byte: &u8) -> bool {
    *byte >= 0x80 || byte.is_ascii_alphanumeric()
}
