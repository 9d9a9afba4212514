//! UTF-8, decoded without checks: the bytes come from strings.

/// The code point and the length of the character at `at`.
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

/// The length of a character, by its first byte.
#[inline(always)]
pub(crate) fn char_len(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// How many bytes stand before the first one that is not ASCII.
pub(crate) fn ascii_len(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(32).take_while(|block| block.is_ascii()).count();
    let rest = &bytes[32 * blocks..];
    32 * blocks + rest.iter().position(|b| !b.is_ascii()).unwrap_or(rest.len())
}
