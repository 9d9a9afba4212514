//! Folds plain characters: those whose fold has as many bytes as they have.
//!
//! On all machines these are the ASCII characters, whose capitals are made small. Vector bodies
//! also fold the letters of western Europe (U+00C0 to U+00FF) and the basic Cyrillic ones (U+0400
//! to U+045F), of two bytes each: the lead byte and the upper half of the second determine which
//! byte changes and by how much. And they copy Han and kana, of three bytes each, which are their
//! own folds. All other characters are left to the [table](crate::text::fold), which folds the
//! plain ones alike.

use super::isa::Isa;

/// Room that `folded` needs beyond the length of `text`.
pub(crate) const SLACK: usize = 64;

/// Folds the beginning of `text`, which is UTF-8, into `folded`, as far as its characters are
/// plain, and returns the number of bytes folded. It may write up to 64 bytes more.
///
/// # Panics
/// If `folded` is not longer than `text` by at least [`SLACK`].
pub(crate) fn plain(isa: Isa, text: &[u8], folded: &mut [u8]) -> usize {
    assert!(folded.len() >= text.len() + SLACK);
    match isa {
        Isa::Portable => by(text, folded, ascii),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { x86::plain_avx2(text, folded) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { x86::plain_avx512(text, folded) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => by(text, folded, ascii),
    }
}

/// The loop over blocks. `block` folds one, and returns a mask of the bytes with which characters
/// begin that are not plain.
#[inline(always)]
fn by(text: &[u8], folded: &mut [u8], block: impl Fn(&[u8; 64], &mut [u8; 64]) -> u64) -> usize {
    let (mut at, mut last) = (0, [0; 64]);
    while let Some(room) = folded[at..].first_chunk_mut() {
        let rest = &text[at..];
        let bytes = rest.first_chunk().unwrap_or_else(|| {
            last[..rest.len()].copy_from_slice(rest);
            last[rest.len()..].fill(0);
            &last
        });
        let other = block(bytes, room);
        at += other.trailing_zeros() as usize;
        if at >= text.len() {
            return text.len();
        }
        // A character that is cut off by the end of this block begins the next one.
        if other != 0 && other.trailing_zeros() < 61 {
            break;
        }
    }
    at
}

#[inline(always)]
fn ascii(bytes: &[u8; 64], folded: &mut [u8; 64]) -> u64 {
    let mut all = 0;
    for (folded, &byte) in folded.iter_mut().zip(bytes) {
        *folded = byte + (u8::from(byte.wrapping_sub(b'A') < 26) << 5);
        all |= byte;
    }
    if all < 0x80 {
        return 0;
    }
    let (eights, _) = bytes.as_chunks::<8>();
    let gather = |eight: &[u8; 8]| {
        (u64::from_le_bytes(*eight) >> 7 & 0x0101_0101_0101_0101)
            .wrapping_mul(0x0102_0408_1020_4080)
            >> 56
    };
    eights.iter().enumerate().fold(0, |mask, (i, eight)| mask | gather(eight) << (8 * i))
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// How the bytes of longer characters change, as masks with one bit per byte.
    #[derive(Default)]
    struct Letters {
        /// The bytes that begin a character that is not plain, or one that ends in the next block.
        other: u64,
        /// The bytes that 0x20 is added to.
        add_32: u64,
        /// The bytes that 0x10 is added to.
        add_16: u64,
        /// The bytes that 0x20 is subtracted from.
        sub_32: u64,
        /// The bytes that 1 is added to.
        add_1: u64,
    }

    /// Classifies the bytes of longer characters. `long` is the mask of the bytes above 127, and
    /// `within(low, count)` that of the bytes from `low` to `low + count - 1`.
    #[inline(always)]
    fn letters(long: u64, within: impl Fn(u8, u8) -> u64) -> Letters {
        let is = |byte| within(byte, 1);
        // The common case of English, where all that is not ASCII is punctuation.
        if is(0xC3) | within(0xD0, 2) | within(0xE3, 7) == 0 {
            return Letters { other: long, ..Letters::default() };
        }
        let follows = within(0x80, 0x40);
        let [row8, row9, row_a] = [0x80, 0x90, 0xA0].map(|low| within(low, 0x10));
        // The second byte of a letter, by its lead byte. The multiplication and division signs and
        // the sharp s are excluded.
        let [after_c3, after_d0, after_d1] = [0xC3, 0xD0, 0xD1].map(|lead| is(lead) << 1);
        let odd = is(0x97) | is(0x9F) | is(0xB7);
        let second =
            (after_c3 & follows & !odd) | (after_d0 & follows) | (after_d1 & (row8 | row9));
        let mut plain = second | second >> 1;
        let wide = within(0xE3, 7);
        if wide != 0 {
            // Hexagrams among the Han, and signs, marks and ligatures among the kana, are excluded.
            let after_e3 = is(0xE3) << 1;
            let han = (wide << 1 & follows & !after_e3) & !(is(0xE4) << 1 & is(0xB7));
            let [kana1, kana2, kana3] = [0x81, 0x82, 0x83].map(|second| after_e3 & is(second));
            let odd = (kana1 << 1 & is(0x80))
                | (kana2 << 1 & (within(0x97, 6) | within(0x9F, 2)))
                | (kana3 << 1 & (is(0xBB) | is(0xBF)));
            let third = (han | kana1 | kana2 | kana3) << 1 & follows & !odd;
            plain |= third | third >> 1 | third >> 2;
        }
        let add_32 = (after_c3 & (row8 | row9)) | (after_d0 & row9);
        let (add_16, sub_32) = (after_d0 & row8, after_d0 & row_a);
        let add_1 = (add_16 | sub_32) >> 1;
        Letters { other: long & !plain, add_32, add_16, sub_32, add_1 }
    }

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn plain_avx2(text: &[u8], folded: &mut [u8]) -> usize {
        super::by(text, folded, |bytes, folded| block_avx2(bytes, folded))
    }

    #[target_feature(enable = "avx2,bmi1,bmi2")]
    #[inline]
    fn block_avx2(bytes: &[u8; 64], folded: &mut [u8; 64]) -> u64 {
        // SAFETY: the block has 32 bytes from 0 and from 32.
        let halves = unsafe {
            let pointer: *const __m256i = bytes.as_ptr().cast();
            [_mm256_loadu_si256(pointer), _mm256_loadu_si256(pointer.add(1))]
        };
        let all = |halves: [__m256i; 2]| {
            let [low, high] = halves.map(|half| u64::from(_mm256_movemask_epi8(half) as u32));
            low | high << 32
        };
        let small = halves.map(|half| {
            let rank = _mm256_sub_epi8(half, _mm256_set1_epi8(b'A' as i8));
            let capital = _mm256_cmpeq_epi8(_mm256_min_epu8(rank, _mm256_set1_epi8(25)), rank);
            _mm256_add_epi8(half, _mm256_and_si256(capital, _mm256_set1_epi8(0x20)))
        });
        let store = |folded: &mut [u8; 64], halves: [__m256i; 2]| {
            // SAFETY: the block has 32 bytes from 0 and from 32.
            unsafe {
                let pointer: *mut __m256i = folded.as_mut_ptr().cast();
                _mm256_storeu_si256(pointer, halves[0]);
                _mm256_storeu_si256(pointer.add(1), halves[1]);
            }
        };
        let long = all(halves);
        if long == 0 {
            store(folded, small);
            return 0;
        }
        let letters = letters(long, |low, count| {
            all(halves.map(|half| {
                let rank = _mm256_sub_epi8(half, _mm256_set1_epi8(low as i8));
                _mm256_cmpeq_epi8(_mm256_min_epu8(rank, _mm256_set1_epi8(count as i8 - 1)), rank)
            }))
        });
        let add = |half: __m256i, mask: u64, at: u32, by: i8| {
            let spread = spread((mask >> at) as u32);
            _mm256_add_epi8(half, _mm256_and_si256(spread, _mm256_set1_epi8(by)))
        };
        let changed = |half, at| {
            let half = add(half, letters.add_32, at, 0x20);
            let half = add(half, letters.add_16, at, 0x10);
            add(add(half, letters.sub_32, at, -0x20), letters.add_1, at, 1)
        };
        store(folded, [changed(small[0], 0), changed(small[1], 32)]);
        letters.other
    }

    /// A byte of ones or zeros for each bit of a mask.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn spread(mask: u32) -> __m256i {
        let four = _mm256_set1_epi32(mask as i32);
        // To each byte, the byte of the mask that has its bit; then the bit itself.
        let bytes = _mm256_shuffle_epi8(
            four,
            _mm256_setr_epi64x(
                0,
                0x0101_0101_0101_0101,
                0x0202_0202_0202_0202,
                0x0303_0303_0303_0303,
            ),
        );
        let bit = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
        _mm256_cmpeq_epi8(_mm256_and_si256(bytes, bit), bit)
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn plain_avx512(text: &[u8], folded: &mut [u8]) -> usize {
        super::by(text, folded, |bytes, folded| block_avx512(bytes, folded))
    }

    #[target_feature(enable = "avx512f,avx512bw")]
    #[inline]
    fn block_avx512(bytes: &[u8; 64], folded: &mut [u8; 64]) -> u64 {
        // SAFETY: the block has the 64 bytes.
        let bytes = unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) };
        let add = |to, mask, by| _mm512_mask_add_epi8(to, mask, to, _mm512_set1_epi8(by));
        let rank = _mm512_sub_epi8(bytes, _mm512_set1_epi8(b'A' as i8));
        let mut result = add(bytes, _mm512_cmplt_epu8_mask(rank, _mm512_set1_epi8(26)), 0x20);
        let long = _mm512_movepi8_mask(bytes);
        let mut other = 0;
        if long != 0 {
            let letters = letters(long, |low, count| {
                let rank = _mm512_sub_epi8(bytes, _mm512_set1_epi8(low as i8));
                _mm512_cmplt_epu8_mask(rank, _mm512_set1_epi8(count as i8))
            });
            result = add(result, letters.add_32, 0x20);
            result = add(result, letters.add_16, 0x10);
            result = add(result, letters.sub_32, -0x20);
            result = add(result, letters.add_1, 1);
            other = letters.other;
        }
        // SAFETY: the block has the 64 bytes.
        unsafe { _mm512_storeu_si512(folded.as_mut_ptr().cast(), result) };
        other
    }
}
