//! The rounds of Fast Similarity Sketching, as described in [`minhash`](crate::sketch::minhash).
//!
//! The first round is plain stores, two cycles per hash. If there are many hashes, only those with
//! small values can win a slot, and AVX-512 filters out the others first; if that leaves a slot
//! empty, the round is repeated with all hashes. A later round searches for the one hash in a
//! hundred that falls into an open slot: eight hashes at once are tested against a bit set of the
//! slots.

use super::isa::Isa;
use crate::hash::mix;

/// The value of an open slot. No element has it.
pub(crate) const EMPTY: u32 = u32::MAX;
/// The largest number of slots.
pub(crate) const MAX_SLOTS: usize = 1024;

/// One bit per slot: whether it is open.
type Open = [u64; MAX_SLOTS / 64];

/// A round: the number of bits of a slot number, and the odd numbers that rehash each element to
/// another slot and value.
#[derive(Clone, Copy)]
struct Round {
    bits: u32,
    slot_factor: u32,
    value_factor: u32,
}

/// Writes the signature of some hashes into `slots`, of which there are a power of two, up to
/// [`MAX_SLOTS`].
pub(crate) fn sign(isa: Isa, hashes: &[u64], slots: &mut [u32]) {
    slots.fill(EMPTY);
    if hashes.is_empty() {
        return;
    }
    match isa {
        Isa::Portable => by(hashes, slots, first, landing),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { x86::sign_avx2(hashes, slots) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { x86::sign_avx512(hashes, slots) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => by(hashes, slots, first, landing),
    }
}

/// All rounds. `first` plays the first one; `landing` returns the mask of those of eight hashes
/// that fall into open slots in a later one.
#[inline(always)]
fn by(
    hashes: &[u64],
    slots: &mut [u32],
    first: impl Fn(&[u64], &mut [u32]),
    landing: impl Fn(&[u64; 8], Round, &Open) -> u32,
) {
    first(hashes, slots);
    let mut open = [0; MAX_SLOTS / 64];
    let (eights, rest) = hashes.as_chunks::<8>();
    for number in 1..slots.len() as u64 {
        if !mark_open(slots, &mut open) {
            return;
        }
        let round = Round::new(number, slots.len());
        for eight in eights {
            let mut landing = landing(eight, round, &open);
            while landing != 0 {
                round.play(eight[landing.trailing_zeros() as usize % 8], slots);
                landing &= landing - 1;
            }
        }
        for &hash in rest.iter().filter(|&&hash| round.lands(hash, &open)) {
            round.play(hash, slots);
        }
    }
    let all = slots.len();
    for (at, slot) in slots.iter_mut().enumerate().filter(|(_, slot)| **slot == EMPTY) {
        let round = Round::new((all + at) as u64, all);
        *slot = hashes.iter().map(|&hash| round.value(hash)).min().unwrap_or(EMPTY);
    }
}

impl Round {
    fn new(number: u64, slots: usize) -> Self {
        let mixed = mix(number ^ 0x5851_F42D_4C95_7F2D);
        Round {
            bits: slots.trailing_zeros(),
            slot_factor: (mixed >> 32) as u32 | 1,
            value_factor: mixed as u32 | 1,
        }
    }

    #[inline(always)]
    fn slot(self, hash: u64) -> usize {
        (((hash >> 32) as u32).wrapping_mul(self.slot_factor) >> (32 - self.bits)) as usize
    }

    #[inline(always)]
    fn value(self, hash: u64) -> u32 {
        (hash as u32).wrapping_mul(self.value_factor).min(EMPTY - 1)
    }

    #[inline(always)]
    fn lands(self, hash: u64, open: &Open) -> bool {
        let slot = self.slot(hash) % MAX_SLOTS;
        open[slot / 64] >> (slot % 64) & 1 == 1
    }

    fn play(self, hash: u64, slots: &mut [u32]) {
        let slot = &mut slots[self.slot(hash)];
        *slot = self.value(hash).min(*slot);
    }
}

/// The first round: every hash goes into the slot that its highest bits name.
#[inline(always)]
fn first(hashes: &[u64], slots: &mut [u32]) {
    let (shift, last) = (64 - slots.len().trailing_zeros(), slots.len() - 1);
    for &hash in hashes {
        let slot = &mut slots[(hash >> shift) as usize & last];
        *slot = (*slot).min((hash as u32).min(EMPTY - 1));
    }
}

#[inline(always)]
fn landing(eight: &[u64; 8], round: Round, open: &Open) -> u32 {
    eight
        .iter()
        .enumerate()
        .fold(0, |bits, (i, &hash)| bits | u32::from(round.lands(hash, open)) << i)
}

/// Marks the open slots before a round; false if there are none.
#[inline(always)]
fn mark_open(slots: &[u32], open: &mut Open) -> bool {
    let mut any = 0;
    for (word, group) in open.iter_mut().zip(slots.chunks(64)) {
        *word = group
            .iter()
            .enumerate()
            .fold(0, |bits, (i, &slot)| bits | u64::from(slot == EMPTY) << i);
        any |= *word;
    }
    any != 0
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{EMPTY, Open, Round};

    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn sign_avx2(hashes: &[u64], slots: &mut [u32]) {
        if slots.len() > 256 {
            super::by(hashes, slots, super::first, super::landing);
        } else {
            super::by(hashes, slots, super::first, |eight, round, open| {
                landing_avx2(eight, round, open)
            });
        }
    }

    /// For up to 256 slots, whose bit set is a single vector.
    #[target_feature(enable = "avx2")]
    #[inline]
    fn landing_avx2(eight: &[u64; 8], round: Round, open: &Open) -> u32 {
        let load = |pointer: *const u64| {
            // SAFETY: called for four hashes of the eight, and for four words of the sixteen.
            unsafe { _mm256_loadu_si256(pointer.cast()) }
        };
        let (low, high) = (load(eight.as_ptr()), load(eight[4..].as_ptr()));
        // The upper halves of 0 1 4 5 and 2 3 6 7.
        let upper = _mm256_castps_si256(_mm256_shuffle_ps::<0xDD>(
            _mm256_castsi256_ps(low),
            _mm256_castsi256_ps(high),
        ));
        let turned = _mm256_mullo_epi32(upper, _mm256_set1_epi32(round.slot_factor as i32));
        let slot = _mm256_srl_epi32(turned, _mm_cvtsi32_si128(32 - round.bits as i32));
        let word = _mm256_permutevar8x32_epi32(load(open.as_ptr()), _mm256_srli_epi32::<5>(slot));
        let past = _mm256_andnot_si256(slot, _mm256_set1_epi32(31));
        let bits = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_sllv_epi32(word, past))) as u32;
        // Back in order: the lanes are 0 1 4 5 2 3 6 7.
        bits & 0xC3 | (bits & 0x0C) << 2 | (bits & 0x30) >> 2
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2,lzcnt,popcnt")]
    pub(super) fn sign_avx512(hashes: &[u64], slots: &mut [u32]) {
        super::by(
            hashes,
            slots,
            |hashes, slots| first_avx512(hashes, slots),
            |eight, round, open| landing_avx512(eight, round, open),
        );
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
    #[inline]
    fn landing_avx512(eight: &[u64; 8], round: Round, open: &Open) -> u32 {
        let load = |words: &[u64; 8]| {
            // SAFETY: there are the eight words.
            unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
        };
        let turned = _mm512_mullo_epi32(
            load(eight),
            _mm512_set1_epi64((u64::from(round.slot_factor) << 32) as i64),
        );
        let slot = _mm512_srl_epi64(turned, _mm_cvtsi32_si128(64 - round.bits as i32));
        let [low, high] =
            [open.first_chunk(), open.last_chunk()].map(|half| half.map_or(turned, load));
        let word = _mm512_permutex2var_epi64(low, _mm512_srli_epi64::<6>(slot), high);
        u32::from(_mm512_test_epi64_mask(_mm512_rorv_epi64(word, slot), _mm512_set1_epi64(1)))
    }

    /// The first round; of many hashes, only those whose values are likely to win.
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,bmi1,bmi2,lzcnt,popcnt")]
    #[inline]
    fn first_avx512(hashes: &[u64], slots: &mut [u32]) {
        // As many that one slot in a hundred signatures stays empty.
        let enough = slots.len() * (slots.len().ilog2() as usize * 7 / 10 + 5);
        if hashes.len() < 2 * enough {
            super::first(hashes, slots);
            return;
        }
        let limit = ((enough as u64) << 32) / hashes.len() as u64;
        let (bound, low) = (_mm512_set1_epi64(limit as i64), _mm512_set1_epi64(0xFFFF_FFFF));
        let mut kept = [0u64; 256 + 8];
        for some in hashes.chunks(256) {
            let (eights, rest) = some.as_chunks::<8>();
            let mut count = 0;
            for eight in eights {
                // SAFETY: eight hashes are read, and written where eight fit: fewer than 256 were
                // kept before, and the array has room for eight more.
                unsafe {
                    let hashes = _mm512_loadu_si512(eight.as_ptr().cast());
                    let small = _mm512_cmplt_epu64_mask(_mm512_and_si512(hashes, low), bound);
                    let packed = _mm512_maskz_compress_epi64(small, hashes);
                    _mm512_storeu_si512(kept[count..count + 8].as_mut_ptr().cast(), packed);
                    count += small.count_ones() as usize;
                }
            }
            // Filtered like the others: a larger value in a slot would hide that it is still open.
            for &hash in rest.iter().filter(|&&hash| u64::from(hash as u32) < limit) {
                kept[count] = hash;
                count += 1;
            }
            super::first(&kept[..count], slots);
        }
        if slots.contains(&EMPTY) {
            super::first(hashes, slots);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, one slot after another.
    fn naive(hashes: &[u64], slots: usize) -> Vec<u32> {
        let mut signature = vec![EMPTY; slots];
        let bits = slots.trailing_zeros();
        for number in 0..slots as u64 {
            let round = match number {
                0 => Round { bits, slot_factor: 1, value_factor: 1 },
                _ => Round::new(number, slots),
            };
            let before = signature.clone();
            for &hash in hashes.iter().filter(|&&hash| before[round.slot(hash)] == EMPTY) {
                round.play(hash, &mut signature);
            }
        }
        for (at, slot) in signature.iter_mut().enumerate().filter(|(_, slot)| **slot == EMPTY) {
            let last = Round::new((slots + at) as u64, slots);
            *slot = hashes.iter().map(|&hash| last.value(hash)).min().unwrap_or(EMPTY);
        }
        signature
    }

    #[test]
    fn every_isa_plays_the_same_rounds() {
        let all: Vec<u64> = (0..9000).map(mix).collect();
        // Values next to that of an open slot, of which the filter keeps none.
        let largest: Vec<u64> = all.iter().map(|&hash| hash | 0xFFFF_FFFF).collect();
        for slots in [16, 64, 128, 256, 512, 1024] {
            for len in (0..20).chain([63, 64, 65, 100, 300, 301, 2000, 9000]) {
                for hashes in [&all[..len], &largest[..len], &all[9000 - len..]] {
                    let expected = if len == 0 { vec![EMPTY; slots] } else { naive(hashes, slots) };
                    for isa in Isa::all() {
                        let mut signature = vec![7; slots];
                        sign(isa, hashes, &mut signature);
                        assert!(signature == expected, "{len} hashes, {slots} slots, {isa:?}");
                    }
                }
            }
        }
    }
}
