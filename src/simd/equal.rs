//! Counts the equal slots of two signatures.

use super::isa::Isa;

/// The number of positions at which two lists of one length are equal.
#[inline]
pub(crate) fn equal(isa: Isa, a: &[u32], b: &[u32]) -> u32 {
    match isa {
        Isa::Portable => portable(a, b),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { avx2(a, b) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { avx512(a, b) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => portable(a, b),
    }
}

#[inline(always)]
fn portable(a: &[u32], b: &[u32]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a == b)).sum()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(a: &[u32], b: &[u32]) -> u32 {
    portable(a, b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
fn avx512(a: &[u32], b: &[u32]) -> u32 {
    portable(a, b)
}

/// The number of positions at which two lists of 4-bit values are equal. Both have the same length,
/// a multiple of eight bytes.
#[cfg(feature = "index")]
#[inline]
pub(crate) fn equal_fours(isa: Isa, a: &[u8], b: &[u8]) -> u32 {
    match isa {
        Isa::Portable => portable_fours(a, b),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) | Isa::Avx512(_) => unsafe { avx2_fours(a, b) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => portable_fours(a, b),
    }
}

#[cfg(feature = "index")]
#[inline(always)]
fn portable_fours(a: &[u8], b: &[u8]) -> u32 {
    const ONES: u64 = 0x1111_1111_1111_1111;
    let ((words, _), (others, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut equal = 0;
    for (&word, &other) in words.iter().zip(others) {
        let x = u64::from_le_bytes(word) ^ u64::from_le_bytes(other);
        // The lowest bit of each four is set if any of them is.
        let halves = x | x >> 1;
        equal += 16 - ((halves | halves >> 2) & ONES).count_ones();
    }
    equal
}

#[cfg(all(feature = "index", target_arch = "x86_64"))]
#[target_feature(enable = "avx2,popcnt")]
fn avx2_fours(a: &[u8], b: &[u8]) -> u32 {
    use std::arch::x86_64::*;
    let ((chunks, rest), (others, other_rest)) = (a.as_chunks::<32>(), b.as_chunks::<32>());
    let mut equal = portable_fours(rest, other_rest);
    for (chunk, other) in chunks.iter().zip(others) {
        // SAFETY: both chunks have 32 bytes.
        let (chunk, other) = unsafe {
            (_mm256_loadu_si256(chunk.as_ptr().cast()), _mm256_loadu_si256(other.as_ptr().cast()))
        };
        let x = _mm256_xor_si256(chunk, other);
        for four in [0x0F, 0xF0u8] {
            let four = _mm256_and_si256(x, _mm256_set1_epi8(four as i8));
            let same = _mm256_cmpeq_epi8(four, _mm256_setzero_si256());
            equal += _mm256_movemask_epi8(same).count_ones();
        }
    }
    equal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn every_isa_counts_the_same() {
        let a: Vec<u32> = (0..1024).map(|i| mix(i) as u32 % 3).collect();
        let b: Vec<u32> = (0..1024).map(|i| mix(i + 7777) as u32 % 3).collect();
        for len in (0..70).chain([128, 256, 1000, 1024]) {
            for skipped in [0, 1, 5] {
                let (a, b) = (&a[skipped.min(len)..len], &b[skipped.min(len)..len]);
                let expected = a.iter().zip(b).filter(|(a, b)| a == b).count();
                for isa in Isa::all() {
                    assert_eq!(equal(isa, a, b) as usize, expected, "{len}, {isa:?}");
                }
            }
        }
    }

    #[cfg(feature = "index")]
    #[test]
    fn every_isa_counts_the_same_fours() {
        let bytes =
            |seed: u64| (0..128u64).map(|i| mix(i + seed) as u8 & 0x77).collect::<Vec<u8>>();
        let (a, b) = (bytes(0), bytes(7777));
        for len in (0..=128).step_by(8) {
            let fours = |bytes: &[u8]| {
                bytes.iter().flat_map(|&byte| [byte & 15, byte >> 4]).collect::<Vec<u8>>()
            };
            let (a, b) = (&a[..len], &b[..len]);
            let expected = fours(a).iter().zip(fours(b)).filter(|(a, b)| **a == *b).count();
            assert!(len < 64 || expected > 4);
            for isa in Isa::all() {
                assert_eq!(equal_fours(isa, a, b) as usize, expected, "{len}, {isa:?}");
            }
        }
    }
}
