//! Hashes of the words of a chunk.
//!
//! What a [`word_hash`] is stands in [`text::hash`](crate::text::hash). The one multiplication of 64 by 64 bits is not to be had
//! in vectors, so words are hashed one after the other; what vectors save is the way there. AVX-512 loads just the bytes of a word and no
//! other: five cycles a word.

use super::Isa;
use crate::text::hash::word_hash;

/// Appends the hashes of the words at `spans` of `bytes`; with `lower`, ASCII capitals count as small letters, and all bytes of the words
/// are ASCII.
///
/// # Panics
/// If a span is empty or does not lie within `bytes`.
pub(crate) fn hash(isa: Isa, bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
    match isa {
        Isa::Portable => any(bytes, spans, lower, hashes),
        // SAFETY: the machine has the instructions, or there were no such `Isa`.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { avx2(bytes, spans, lower, hashes) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { avx512(bytes, spans, lower, hashes) },
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
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn avx2(bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
    any(bytes, spans, lower, hashes);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,bmi1,bmi2")]
fn avx512(bytes: &[u8], spans: &[[u32; 2]], lower: bool, hashes: &mut Vec<u64>) {
    use std::arch::x86_64::*;

    use crate::text::hash::{long, short};

    let space = _mm_set1_epi8(if lower { 0x20 } else { 0 });
    let each = |&[start, end]: &[u32; 2]| {
        let word = &bytes[start as usize..end as usize];
        if word.len() > 16 {
            return long(word, lower);
        }
        let those = _bzhi_u32(0xFFFF, word.len() as u32) as __mmask16;
        // SAFETY: only the bytes of the word are read.
        let letters = unsafe { _mm_maskz_loadu_epi8(those, word.as_ptr().cast()) };
        let letters = _mm_or_si128(letters, _mm_maskz_mov_epi8(those, space));
        short([_mm_cvtsi128_si64(letters) as u64, _mm_extract_epi64::<1>(letters) as u64])
    };
    hashes.extend(spans.iter().map(each));
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
