//! The scanner's inner loop: where words begin and end in a run of bytes.
//!
//! The bytes of a 64-byte block are classified side by side, in whatever vectors the compiler has, and gathered into a
//! mask of 64 bits. A word starts where the mask differs upwards from itself shifted by one, and ends where it differs downwards, so the
//! loop runs once a word and never looks at a byte again. About 1 ns a word. (Masks and their edges are the idea of simdjson,
//! Langdale and Lemire 2019; plain operations keep it the same on every machine.)

/// What is a word byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// ASCII letters and digits.
    Ascii,
    /// ASCII letters and digits and every byte of a longer character: in folded text those are all
    /// word characters.
    Folded,
}

/// One bit a byte, the first lowest: does it belong to a word?
#[inline(always)]
fn word_mask(block: &[u8; 64], folded: bool) -> u64 {
    let mut flags = [0u8; 64];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *flag = u8::from(letter | digit | (folded & (byte >= 0x80)));
    }
    let mut mask = 0;
    for (i, eight) in flags.chunks_exact(8).enumerate() {
        let eight = [eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7]];
        // The product gathers the eight flags in its top byte.
        mask |= (u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    mask
}

/// Calls `word(start, end)` for every maximal run of word bytes, in order.
///
/// Inlined into its callers, which are few, so that each gets a loop of its own.
#[inline(always)]
pub(crate) fn for_each_word(bytes: &[u8], alphabet: Alphabet, mut word: impl FnMut(usize, usize)) {
    let folded = alphabet == Alphabet::Folded;
    let (blocks, rest) = bytes.as_chunks::<64>();
    // The last block is filled up with zeros, so that every word ends inside it or before it.
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    let mut inside = 0; // 1 while a word is open
    let mut start = 0;
    for (i, block) in blocks.iter().chain([&last]).enumerate() {
        let base = 64 * i;
        let mask = word_mask(block, folded);
        let shifted = mask << 1 | inside;
        let (mut starts, mut ends) = (mask & !shifted, shifted & !mask);
        let mut next_start = || {
            let start = base + starts.trailing_zeros() as usize;
            starts &= starts.wrapping_sub(1);
            start
        };
        if inside == 0 {
            start = next_start();
        }
        while ends != 0 {
            word(start, base + ends.trailing_zeros() as usize);
            ends &= ends - 1;
            start = next_start();
        }
        inside = mask >> 63;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The definition, byte by byte.
    fn naive(bytes: &[u8], alphabet: Alphabet) -> Vec<(usize, usize)> {
        let is_word = |b: u8| b.is_ascii_alphanumeric() || (alphabet == Alphabet::Folded && b >= 0x80);
        let mut words = Vec::new();
        let mut start = None;
        for (i, &b) in bytes.iter().chain(&[0]).enumerate() {
            match (is_word(b), start) {
                (true, None) => start = Some(i),
                (false, Some(s)) => {
                    words.push((s, i));
                    start = None;
                }
                _ => {}
            }
        }
        words
    }

    fn scanned(bytes: &[u8], alphabet: Alphabet) -> Vec<(usize, usize)> {
        let mut words = Vec::new();
        for_each_word(bytes, alphabet, |s, e| words.push((s, e)));
        words
    }

    #[test]
    fn every_byte_in_every_place() {
        for alphabet in [Alphabet::Ascii, Alphabet::Folded] {
            for byte in 0..=255u8 {
                for len in [1, 7, 8, 63, 64, 65, 128, 130] {
                    for at in [0, len / 2, len - 1] {
                        for around in [b' ', b'x'] {
                            let mut bytes = vec![around; len];
                            bytes[at] = byte;
                            assert_eq!(
                                scanned(&bytes, alphabet),
                                naive(&bytes, alphabet),
                                "{byte} at {at} of {len}"
                            );
                        }
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn as_the_definition(bytes in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'a'), any::<u8>()], 0..400)) {
            for alphabet in [Alphabet::Ascii, Alphabet::Folded] {
                prop_assert_eq!(scanned(&bytes, alphabet), naive(&bytes, alphabet));
            }
        }
    }
}
