//! Hashes the words of a chunk.
//!
//! The [`word_hash`] is defined in [`hash`](crate::hash). Vectors cannot multiply 64 by 64 bits, so
//! words are hashed one after another; what vectors save is loading and masking them: twenty
//! instructions per word.

use super::isa::Isa;
use crate::hash::word_hash;

/// Appends the hashes of the words at `spans` of `bytes`. With `lower`, the words are ASCII and
/// their case is ignored.
///
/// # Panics
/// If a span is empty or does not lie within `bytes`.
pub(crate) fn hash(isa: Isa, bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
    match isa {
        Isa::Portable => any(bytes, spans, lower, hashes),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { x86::avx2(bytes, spans, lower, hashes) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { x86::avx512(bytes, spans, lower, hashes) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => any(bytes, spans, lower, hashes),
    }
}

#[inline(always)]
fn any(bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
    let each = |&[start, end]: &[u32; 2]| word_hash(bytes, start as usize, end as usize, lower);
    hashes.extend(spans.iter().map(each));
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use crate::hash::{KEEP, short, word_hash};

    #[target_feature(enable = "avx2,bmi1,bmi2")]
    pub(super) fn avx2(bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
        sixteen(bytes, spans, lower, hashes);
    }

    #[target_feature(enable = "avx512f,avx512vl,bmi1,bmi2")]
    pub(super) fn avx512(bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
        sixteen(bytes, spans, lower, hashes);
    }

    /// Loads sixteen bytes into one register and clears those after the word.
    #[inline(always)]
    fn sixteen(bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
        // Sixteen bytes can be read from positions below this.
        let places = bytes.len().saturating_sub(15);
        let space = if lower { 0x2020_2020_2020_2020 } else { 0 };
        let before = hashes.len();
        hashes.resize(before + spans.len(), 0);
        // A loop, because the closure of an iterator would be compiled without the instructions.
        for (hash, &[start, end]) in hashes[before..].iter_mut().zip(spans) {
            let (start, len) = (start as usize, end.wrapping_sub(start) as usize);
            if len > 16 || start >= places {
                *hash = word_hash(bytes, start, end as usize, lower);
                continue;
            }
            // SAFETY: sixteen bytes from `start` lie within `bytes`, and each mask has sixteen
            // bytes. Every x86-64 has these instructions.
            let [low, high] = unsafe {
                let read = _mm_loadu_si128(bytes.as_ptr().add(start).cast());
                let read = _mm_or_si128(read, _mm_set1_epi64x(space));
                let word = _mm_and_si128(read, _mm_loadu_si128(KEEP[len].as_ptr().cast()));
                [_mm_cvtsi128_si64(word), _mm_cvtsi128_si64(_mm_unpackhi_epi64(word, word))]
            };
            *hash = short([low as u64, high as u64]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_isa_hashes_as_the_plain_code(
            text in "[a-zA-Z0-9]{0,300}",
            cuts in proptest::collection::vec((0usize..300, 1usize..40), 0..40),
            lower: bool,
        ) {
            let spans: Vec<[u32; 2]> = cuts
                .into_iter()
                .filter(|(start, len)| start + len <= text.len())
                .map(|(start, len)| [start as u32, (start + len) as u32])
                .collect();
            let mut expected = vec![1];
            hash(Isa::Portable, text.as_bytes(), &spans, lower, &mut expected);
            for isa in Isa::all() {
                let mut hashes = vec![1];
                hash(isa, text.as_bytes(), &spans, lower, &mut hashes);
                prop_assert!(hashes == expected, "{isa:?}");
            }
        }
    }
}
