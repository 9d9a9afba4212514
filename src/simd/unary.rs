//! Reads counts in unary code, one after another: a one for each item, then a zero.

use super::isa::Isa;

/// The range of items that belong to count number `place`: the ones right before the zero that has
/// `place` zeros before it. The code begins at bit `skipped` of the first byte, which is below 8.
/// `None` if the whole words of `bytes` do not have so many zeros.
#[inline]
pub(crate) fn counted(isa: Isa, bytes: &[u8], skipped: u32, place: u32) -> Option<(u64, u64)> {
    match isa {
        Isa::Portable => by(bytes, skipped, place, select),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) | Isa::Avx512(_) => unsafe { x86::counted(bytes, skipped, place) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => by(bytes, skipped, place, select),
    }
}

#[inline(always)]
fn by(
    bytes: &[u8],
    skipped: u32,
    place: u32,
    select: impl Fn(u64, u32) -> u32,
) -> Option<(u64, u64)> {
    let (words, _) = bytes.as_chunks::<8>();
    // Bits before the code are neither zeros nor ones of it.
    let code = |i: usize| if i == 0 { u64::MAX << skipped } else { u64::MAX };
    let mut zeros = place;
    for (i, &word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(word);
        let ends = !word & code(i);
        let passed = ends.count_ones();
        if zeros >= passed {
            zeros -= passed;
            continue;
        }
        let zero = select(ends, zeros);
        // The ones before it, which may begin in an earlier word. Zeros are shifted in.
        let mut ones = (word & code(i)).unbounded_shl(64 - zero).leading_ones();
        if ones == zero {
            for j in (0..i).rev() {
                let more = (u64::from_le_bytes(words[j]) & code(j)).leading_ones();
                ones += more;
                if more < 64 {
                    break;
                }
            }
        }
        let end = (64 * i as u64 + u64::from(zero)).checked_sub(u64::from(skipped + place))?;
        return Some((end.checked_sub(u64::from(ones))?, end));
    }
    None
}

/// The position of the one that has `before` ones below it in a word, which must have such a one.
///
/// The ones up to each byte are counted in all bytes at once (Vigna 2008).
#[inline(always)]
fn select(word: u64, before: u32) -> u32 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let pairs = word - (word >> 1 & 0x5555_5555_5555_5555);
    let fours = (pairs & 0x3333_3333_3333_3333) + (pairs >> 2 & 0x3333_3333_3333_3333);
    let upto = ((fours + (fours >> 4)) & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(EACH);
    // The bytes up to which there are at most `before` ones.
    let passed = (((u64::from(before) * EACH) | HIGH) - upto) & HIGH;
    let shift = 8 * passed.count_ones();
    let left = before - (upto << 8 >> shift) as u8 as u32;
    shift + u32::from(PLACES[(word >> shift) as u8 as usize][left as usize & 7])
}

/// For each byte, the positions of its ones.
static PLACES: [[u8; 8]; 256] = {
    let mut places = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut ones) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                places[byte][ones] = bit as u8;
                ones += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    places
};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::_pdep_u64;

    #[target_feature(enable = "bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn counted(bytes: &[u8], skipped: u32, place: u32) -> Option<(u64, u64)> {
        // Deposits a one at the position of the wanted one.
        super::by(bytes, skipped, place, |word, before| {
            _pdep_u64(1 << before, word).trailing_zeros()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn selects_every_one(word: u64, mask: u64) {
            for word in [word, word & mask, word | mask, u64::MAX, 1, 1 << 63] {
                let ones: Vec<u32> = (0..64).filter(|bit| word >> bit & 1 == 1).collect();
                for (before, &place) in ones.iter().enumerate() {
                    prop_assert_eq!(select(word, before as u32), place);
                }
            }
        }

        #[test]
        fn every_isa_tells_every_count(
            counts in prop::collection::vec(prop_oneof![0u64..3, 0u64..300], 0..80),
            before: u8,
            skipped in 0u32..8,
        ) {
            let mut bits: Vec<bool> = (0..skipped).map(|bit| before >> bit & 1 == 1).collect();
            for &count in &counts {
                bits.extend((0..count).map(|_| true));
                bits.push(false);
            }
            bits.resize(bits.len().next_multiple_of(64), true);
            let byte = |bits: &[bool]| (0..).zip(bits).fold(0, |byte, (i, &bit)| byte | u8::from(bit) << i);
            let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
            for isa in Isa::all() {
                let mut start = 0;
                for (place, count) in (0..).zip(&counts) {
                    prop_assert_eq!(counted(isa, &bytes, skipped, place), Some((start, start + count)), "{:?}", isa);
                    start += count;
                }
                prop_assert_eq!(counted(isa, &bytes, skipped, counts.len() as u32), None, "{:?}", isa);
            }
        }
    }
}
