//! The hash of a word, 64 bits from its folded bytes, and a finaliser.
//!
//! A word of up to sixteen bytes, which is nearly every word, is loaded whole into two registers,
//! which are multiplied once, 64 x 64 to 128 bits, and the halves of the product xored. This is the
//! construction of wyhash, and of XXH3 for short inputs, without the branches on length that a
//! general hash needs. Longer words are hashed by XXH3. Short words are padded with zero bytes,
//! which no word contains, so the length need not be mixed in.
//!
//! The hash feeds the rolling sum of [`shingle`](crate::shingle), whose finaliser mixes once more;
//! the statistical tests examine the end of that chain. It is the same on every machine, and
//! frozen.

use xxhash_rust::xxh3::xxh3_64;

// Digits of pi, as good as any. The second is odd, so that multiplying by it loses nothing if the
// word has only the first half.
const LEFT: u64 = 0x243F_6A88_85A3_08D3;
const RIGHT: u64 = 0x1319_8A2E_0370_7345;

/// The hash of `bytes[start..end]`, a non-empty word. With `lower`, the word is ASCII and its case
/// is ignored; otherwise its bytes are hashed as they are.
#[inline(always)]
pub(crate) fn word_hash(bytes: &[u8], start: usize, end: usize, lower: bool) -> u64 {
    let len = end - start;
    if len > 16 {
        return long(&bytes[start..end], lower);
    }
    let sixteen = match bytes.get(start..start + 16).and_then(|s| s.try_into().ok()) {
        Some(sixteen) => u128::from_le_bytes(sixteen),
        None => padded(&bytes[start..end]),
    };
    let mut halves = [sixteen as u64, (sixteen >> 64) as u64];
    for (half, keep) in halves.iter_mut().zip(KEEP[len]) {
        *half = (*half | if lower { 0x2020_2020_2020_2020 } else { 0 }) & keep;
    }
    short(halves)
}

/// The hash of up to sixteen bytes, padded with zeros.
#[inline(always)]
pub(crate) fn short(halves: [u64; 2]) -> u64 {
    let product = u128::from(halves[0] ^ LEFT) * u128::from(halves[1] ^ RIGHT);
    product as u64 ^ (product >> 64) as u64
}

/// Masks that keep the first 0 to 16 of sixteen bytes. A look-up costs less than a shift by up to
/// 128 bits.
pub(crate) static KEEP: [[u64; 2]; 17] = {
    let mut masks = [[0; 2]; 17];
    let mut len = 1;
    while len <= 16 {
        let mask = u128::MAX >> (128 - 8 * len);
        masks[len] = [mask as u64, (mask >> 64) as u64];
        len += 1;
    }
    masks
};

/// Loads a word that has fewer than sixteen bytes after its start: the last of a text.
#[cold]
fn padded(word: &[u8]) -> u128 {
    let mut sixteen = [0; 16];
    sixteen[..word.len()].copy_from_slice(word);
    u128::from_le_bytes(sixteen)
}

/// The hash of a word of more than sixteen bytes.
#[inline(never)]
fn long(word: &[u8], lower: bool) -> u64 {
    if !lower || !word.iter().any(u8::is_ascii_uppercase) {
        return xxh3_64(word);
    }
    let mut streamed = xxhash_rust::xxh3::Xxh3Default::new();
    for part in word.chunks(64) {
        let mut small = [0; 64];
        small[..part.len()].copy_from_slice(part);
        small.make_ascii_lowercase();
        streamed.update(&small[..part.len()]);
    }
    streamed.digest()
}

/// A strong finaliser for 64-bit values: the avalanche of SplitMix64 (Stafford's thirteenth mix).
#[inline(always)]
pub(crate) fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(word: &str, lower: bool) -> u64 {
        word_hash(word.as_bytes(), 0, word.len(), lower)
    }

    #[test]
    fn only_the_words_own_bytes_count() {
        let long = "supercalifragilisticexpialidocious".repeat(5);
        for len in 1..long.len() {
            let alone = hash(&long[..len], false);
            let inside = format!("--{}-and a good deal more text after it", &long[..len]);
            assert_eq!(word_hash(inside.as_bytes(), 2, 2 + len, false), alone, "{len}");
            assert_eq!(hash(&long[..len].to_uppercase(), true), alone, "{len}");
            assert_eq!(hash(&long[..len], true), alone, "{len}");
        }
    }

    #[test]
    fn no_collisions_among_short_words_and_numbers() {
        let mut seen = std::collections::HashSet::new();
        let mut words = 0;
        for a in b'a'..=b'z' {
            for b in b'a'..=b'z' {
                for c in b'a'..=b'z' {
                    for tail in ["", "s", "ing", "ation", "abcdefghij"] {
                        let word = format!("{}{}{}{tail}", a as char, b as char, c as char);
                        words += usize::from(seen.insert(hash(&word, true)));
                    }
                }
            }
        }
        for number in 0..200_000 {
            words += usize::from(seen.insert(hash(&number.to_string(), true)));
        }
        assert_eq!(words, 26 * 26 * 26 * 5 + 200_000);
    }
}
