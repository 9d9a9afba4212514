//! Replaces the letters and digits of ASCII text by their hashes, and skips all other characters.
//!
//! AVX-512 compresses the letters of 64 bytes before they are looked up. Other machines look up
//! every byte and write its hash; the next one overwrites it if the byte was no letter.

use super::isa::Isa;

/// Hashes by ASCII code; 0 for characters that are no letters or digits.
pub(crate) type Hashes = [u64; 128];

/// Appends the hashes of the letters and digits of `ascii`. The top bit of each byte is ignored.
pub(crate) fn look_up(isa: Isa, ascii: &[u8], table: &Hashes, hashes: &mut Vec<u64>) {
    match isa {
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { avx512(ascii, table, hashes) },
        _ => each_byte(ascii, table, hashes),
    }
}

fn each_byte(ascii: &[u8], table: &Hashes, hashes: &mut Vec<u64>) {
    let mut found = hashes.len();
    hashes.resize(found + ascii.len(), 0);
    for byte in ascii {
        let hash = table[usize::from(byte & 0x7F)];
        hashes[found] = hash;
        found += usize::from(hash != 0);
    }
    hashes.truncate(found);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi2,bmi1,bmi2,popcnt")]
fn avx512(ascii: &[u8], table: &Hashes, hashes: &mut Vec<u64>) {
    use std::arch::x86_64::*;

    const CHUNK: usize = 1024;
    let mut compressed = [0u8; CHUNK + 64];
    for chunk in ascii.chunks(CHUNK) {
        let mut found = 0;
        for block in chunk.chunks(64) {
            let mask = _bzhi_u64(u64::MAX, block.len() as u32);
            // SAFETY: only the bytes of the block are read.
            let bytes = unsafe { _mm512_maskz_loadu_epi8(mask, block.as_ptr().cast()) };
            let bytes = _mm512_and_si512(bytes, _mm512_set1_epi8(0x7F));
            let below = |x, limit| _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(limit));
            let small = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
            let letter = below(_mm512_sub_epi8(small, _mm512_set1_epi8(b'a' as i8)), 26)
                | below(_mm512_sub_epi8(bytes, _mm512_set1_epi8(b'0' as i8)), 10);
            let letters = _mm512_maskz_compress_epi8(letter, bytes);
            // SAFETY: the array has 64 bytes more than a chunk, and the slice is checked.
            unsafe {
                _mm512_storeu_si512(compressed[found..found + 64].as_mut_ptr().cast(), letters);
            };
            found += letter.count_ones() as usize;
        }
        hashes.extend(compressed[..found].iter().map(|&byte| table[usize::from(byte & 0x7F)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_isa_finds_the_same_letters(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), b'a'..=b'z', Just(b' ')], 0..1400),
            skipped in 0usize..64,
        ) {
            let table: Hashes = std::array::from_fn(|code| {
                if (code as u8).is_ascii_alphanumeric() { mix(u64::from((code as u8).to_ascii_lowercase())) } else { 0 }
            });
            let bytes = &bytes[skipped.min(bytes.len())..];
            let letters = bytes.iter().map(|byte| byte & 0x7F).filter(u8::is_ascii_alphanumeric);
            let expected: Vec<u64> =
                [7].into_iter().chain(letters.map(|letter| table[usize::from(letter)])).collect();
            for isa in Isa::all() {
                let mut hashes = vec![7];
                look_up(isa, bytes, &table, &mut hashes);
                prop_assert!(hashes == expected, "{isa:?}");
            }
        }
    }
}
