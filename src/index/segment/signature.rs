//! The signature that is stored of an article: four bits of each slot (b-bit minwise hashing, Li
//! and König 2010).
//!
//! Two slots that differ agree in their four bits with probability 1/16. So two unrelated texts
//! agree in 8 slots of 128, give or take 3; two texts of similarity 0.4 agree in 56. That is enough
//! to tell which candidates are worth a look.

use crate::simd::Isa;
use crate::simd::equal::equal_fours;
use crate::sketch::minhash::Estimate;

/// The bits that are stored of each slot.
const SLOT_BITS: u32 = 4;

/// The probability that two different slots agree in the stored bits.
const CHANCE: f64 = 1.0 / (1 << SLOT_BITS) as f64;

/// The bytes of a stored signature.
pub(crate) fn signature_bytes(slots: usize) -> usize {
    slots * SLOT_BITS as usize / 8
}

/// Packs a signature: of each slot four bits that depend on all its bits, two slots a byte, the
/// first in the lower half.
pub(crate) fn pack_signature(slots: &[u32], packed: &mut Vec<u8>) {
    let four = |slot: u32| (slot.wrapping_mul(0x9E37_79B1) >> (32 - SLOT_BITS)) as u8;
    packed.clear();
    packed.extend(slots.chunks_exact(2).map(|two| four(two[0]) | four(two[1]) << SLOT_BITS));
}

/// In how many slots two packed signatures agree.
#[inline]
pub(crate) fn agreeing_slots(a: &[u8], b: &[u8]) -> u32 {
    equal_fours(Isa::best(), a, b)
}

/// The number of agreeing packed slots at which fewer than `least` of the whole slots are equal
/// with probability below 1e-6.
pub(crate) fn surely_equal(least: u32, slots: usize) -> u32 {
    let others = slots as f64 - f64::from(least);
    least + (others * CHANCE + 5.0 * (others * CHANCE * (1.0 - CHANCE)).sqrt()).ceil() as u32
}

/// Whether more packed slots agree than in two texts that have nothing in common: of those, one
/// pair in a thousand agrees in so many.
pub(crate) fn agree_above_chance(agreeing: u32, slots: usize) -> bool {
    let by_chance = slots as f64 * CHANCE;
    f64::from(agreeing) > by_chance + 3.1 * (by_chance * (1.0 - CHANCE)).sqrt()
}

/// The Jaccard similarity of two texts, estimated from the number of packed slots that agree. What
/// agrees by chance is subtracted, so the error is a little larger than with whole slots.
pub(crate) fn estimate(agreeing: u32, slots: usize) -> Estimate {
    let k = slots as f64;
    let share = f64::from(agreeing) / k;
    let jaccard = ((share - CHANCE) / (1.0 - CHANCE)).clamp(0.0, 1.0);
    let standard_error = (share * (1.0 - share) / k).max(0.0).sqrt() / (1.0 - CHANCE);
    Estimate { jaccard, standard_error }
}
