//! Finds where words begin and end.
//!
//! The bytes of a 64-byte block are classified side by side and gathered into a mask of 64 bits,
//! one per byte. A word begins or ends where the mask differs from itself shifted by one, so the
//! loop runs once per edge and never looks at a byte again (as simdjson does: Langdale and Lemire
//! 2019).
//!
//! Cost with AVX-512: one cycle per word; the positions of all edges of a block are written at
//! once, by compressing the numbers from 0 to 63.

use super::isa::Isa;

/// Room that `edges` needs beyond the number of bytes.
pub(crate) const SLACK: usize = 64;

/// Writes the positions where maximal runs of word bytes begin and end, alternately, into `edges`,
/// and returns their number. A run that reaches the end of `bytes` ends there. Word bytes are ASCII
/// letters and digits, and, if `folded`, the bytes of longer characters.
///
/// # Panics
/// If `edges` is not longer than `bytes` by at least [`SLACK`].
pub(crate) fn edges(isa: Isa, bytes: &[u8], folded: bool, edges: &mut [u32]) -> usize {
    assert!(edges.len() >= bytes.len() + SLACK);
    match isa {
        Isa::Portable => by(bytes, edges, |block| word_mask(block, folded), each_bit),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { x86::edges_avx2(bytes, folded, edges) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { x86::edges_avx512(bytes, folded, edges) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => by(bytes, edges, |block| neon::word_mask(block, folded), each_bit),
    }
}

/// The loop over blocks. `mask` classifies the bytes of one; `write` writes the positions of the
/// bits of a mask, plus a base, and may write up to 64 numbers even if the mask has fewer bits.
#[inline(always)]
fn by(
    bytes: &[u8],
    edges: &mut [u32],
    mask: impl Fn(&[u8; 64]) -> u64,
    write: impl Fn(u64, u32, &mut [u32; 64]),
) -> usize {
    let (blocks, rest) = bytes.as_chunks::<64>();
    // The last block is padded with zeros, so that every run ends inside it or before it.
    let mut last = [0; 64];
    last[..rest.len()].copy_from_slice(rest);
    let (mut found, mut inside) = (0, 0);
    for (i, block) in blocks.iter().chain([&last]).enumerate() {
        let mask = mask(block);
        let turns = mask ^ (mask << 1 | inside);
        inside = mask >> 63;
        if let Some(room) = edges[found..].first_chunk_mut() {
            write(turns, 64 * i as u32, room);
        }
        found += turns.count_ones() as usize;
    }
    found
}

/// A bit per byte, the first one lowest: whether it is a word byte.
#[inline(always)]
fn word_mask(block: &[u8; 64], folded: bool) -> u64 {
    let mut flags = [0u8; 64];
    for (flag, &byte) in flags.iter_mut().zip(block) {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        *flag = u8::from(letter | digit | (folded & (byte >= 0x80)));
    }
    let (eights, _) = flags.as_chunks::<8>();
    // The multiplication gathers the eight flags in the top byte.
    let gather =
        |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.iter().enumerate().fold(0, |mask, (i, eight)| mask | gather(eight) << (8 * i))
}

#[inline(always)]
fn each_bit(mut turns: u64, base: u32, room: &mut [u32; 64]) {
    let mut at = 0;
    while turns != 0 {
        room[at % 64] = base + turns.trailing_zeros();
        turns &= turns - 1;
        at += 1;
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn edges_avx2(bytes: &[u8], folded: bool, edges: &mut [u32]) -> usize {
        super::by(
            bytes,
            edges,
            |block| mask_avx2(block, folded),
            |turns, base, room| eights(turns, base, room),
        )
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    fn mask_avx2(block: &[u8; 64], folded: bool) -> u64 {
        let half = |at: usize| {
            // SAFETY: 32 bytes from 0 or from 32 lie within the block.
            let bytes = unsafe { _mm256_loadu_si256(block.as_ptr().add(at).cast()) };
            let below =
                |x, limit| _mm256_cmpeq_epi8(_mm256_min_epu8(x, _mm256_set1_epi8(limit)), x);
            let small = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
            let letter = below(_mm256_sub_epi8(small, _mm256_set1_epi8(b'a' as i8)), 25);
            let digit = below(_mm256_sub_epi8(bytes, _mm256_set1_epi8(b'0' as i8)), 9);
            // `movemask` takes the top bit of each byte.
            let long = _mm256_and_si256(bytes, _mm256_set1_epi8(if folded { i8::MIN } else { 0 }));
            let word = _mm256_or_si256(_mm256_or_si256(letter, digit), long);
            u64::from(_mm256_movemask_epi8(word) as u32)
        };
        half(0) | half(32) << 32
    }

    /// Eight positions at a time, even if there are fewer: one branch per eight edges.
    #[target_feature(enable = "bmi1,bmi2,popcnt")]
    #[inline]
    fn eights(mut turns: u64, base: u32, room: &mut [u32; 64]) {
        let (eights, _) = room.as_chunks_mut::<8>();
        for eight in eights {
            // In pairs, because the compiler would assemble vectors of eight lane by lane.
            let (pairs, _) = eight.as_chunks_mut::<2>();
            for pair in pairs {
                let rest = turns & turns.wrapping_sub(1);
                let both =
                    u64::from(turns.trailing_zeros()) | u64::from(rest.trailing_zeros()) << 32;
                let both = both + (u64::from(base) << 32 | u64::from(base));
                *pair = [both as u32, (both >> 32) as u32];
                turns = rest & rest.wrapping_sub(1);
            }
            if turns == 0 {
                break;
            }
        }
    }

    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,lzcnt,popcnt"
    )]
    pub(super) fn edges_avx512(bytes: &[u8], folded: bool, edges: &mut [u32]) -> usize {
        super::by(
            bytes,
            edges,
            |block| mask_avx512(block, folded),
            |turns, base, room| compressed(turns, base, room),
        )
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn mask_avx512(block: &[u8; 64], folded: bool) -> u64 {
        // SAFETY: the block has the 64 bytes.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let below = |x, limit| _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(limit));
        let small = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
        let letter = below(_mm512_sub_epi8(small, _mm512_set1_epi8(b'a' as i8)), 26);
        let digit = below(_mm512_sub_epi8(bytes, _mm512_set1_epi8(b'0' as i8)), 10);
        letter | digit | (_mm512_movepi8_mask(bytes) & if folded { u64::MAX } else { 0 })
    }

    /// All positions at once: the numbers from 0 to 63, compressed by the mask and widened. More
    /// than 32 are rare.
    #[target_feature(enable = "avx512f,avx512vbmi2,popcnt")]
    #[inline]
    fn compressed(turns: u64, base: u32, room: &mut [u32; 64]) {
        let numbers: [u8; 64] = const {
            let mut numbers = [0; 64];
            let mut i = 0;
            while i < 64 {
                numbers[i] = i as u8;
                i += 1;
            }
            numbers
        };
        // SAFETY: the array has the 64 bytes.
        let numbers = unsafe { _mm512_loadu_si512(numbers.as_ptr().cast()) };
        let positions = _mm512_maskz_compress_epi8(turns, numbers);
        let base = _mm512_set1_epi32(base as i32);
        let mut write = |sixteen: __m128i, at: usize| {
            let wide = _mm512_add_epi32(_mm512_cvtepu8_epi32(sixteen), base);
            // SAFETY: `at` is 0, 16, 32 or 48, and 16 numbers from there lie within the room.
            unsafe { _mm512_storeu_si512(room.as_mut_ptr().add(at).cast(), wide) };
        };
        write(_mm512_castsi512_si128(positions), 0);
        write(_mm512_extracti32x4_epi32::<1>(positions), 16);
        if turns.count_ones() > 32 {
            write(_mm512_extracti32x4_epi32::<2>(positions), 32);
            write(_mm512_extracti32x4_epi32::<3>(positions), 48);
        }
    }
}

#[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
mod neon {
    use std::arch::aarch64::*;

    #[inline(always)]
    pub(super) fn word_mask(block: &[u8; 64], folded: bool) -> u64 {
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        // SAFETY: NEON is there, and every load is of 16 bytes inside an array: of the block from
        // 0, 16, 32 and 48.
        unsafe {
            let bits = vld1q_u8(BITS.as_ptr());
            let quarter = |at: usize| {
                let bytes = vld1q_u8(block.as_ptr().add(at));
                let small = vorrq_u8(bytes, vdupq_n_u8(0x20));
                let letter = vcltq_u8(vsubq_u8(small, vdupq_n_u8(b'a')), vdupq_n_u8(26));
                let digit = vcltq_u8(vsubq_u8(bytes, vdupq_n_u8(b'0')), vdupq_n_u8(10));
                let long = vcgeq_u8(bytes, vdupq_n_u8(0x80));
                let long = vandq_u8(long, vdupq_n_u8(if folded { 0xFF } else { 0 }));
                vandq_u8(vorrq_u8(vorrq_u8(letter, digit), long), bits)
            };
            // Repeated pairwise sums gather the bits of eight bytes in one.
            let halves = [vpaddq_u8(quarter(0), quarter(16)), vpaddq_u8(quarter(32), quarter(48))];
            let sums = vpaddq_u8(halves[0], halves[1]);
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(sums, sums)))
        }
    }
}
