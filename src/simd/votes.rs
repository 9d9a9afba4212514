//! Counts the votes of a SimHash in eight lanes.
//!
//! How votes are counted in bit planes is described in [`simhash`](crate::sketch::simhash). Here a
//! plane is eight words wide, one for each of eight features, so that a vector mixes and counts
//! eight features in one step; eight such steps are added through a tree of carry-save adders. Two
//! nanoseconds per feature with AVX-512 in all.

use super::isa::Isa;
use crate::hash::mix;

/// A word for each lane.
pub(crate) type Lanes = [u64; 8];

/// The number of features that are counted together.
const BLOCK: usize = 64;

/// The bit planes of the counters, which hold up to four billion votes per lane.
pub(crate) type Planes = [Lanes; 32];

/// Counts the votes of features, fewer than 2³² per lane. Bit b of plane p of a lane is bit p of
/// the number of its features whose mixed sum with `salt` has bit b. A lane has every eighth
/// feature.
pub(crate) fn count(isa: Isa, features: &[u64], salt: u64) -> Planes {
    match isa {
        Isa::Portable => any(features, salt),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { avx2(features, salt) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { avx512(features, salt) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => any(features, salt),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn avx2(features: &[u64], salt: u64) -> Planes {
    any(features, salt)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,bmi1,bmi2")]
fn avx512(features: &[u64], salt: u64) -> Planes {
    any(features, salt)
}

#[inline(always)]
fn any(features: &[u64], salt: u64) -> Planes {
    let mut planes = [[0; 8]; 32];
    let mut mixed = [0; BLOCK];
    for block in features.chunks(BLOCK) {
        for (mixed, feature) in mixed.iter_mut().zip(block) {
            *mixed = mix(feature.wrapping_add(salt));
        }
        // Missing features vote for no bit.
        mixed[block.len()..].fill(0);
        let (eights, _) = mixed.as_chunks::<8>();
        let x = |i: usize| eights[i];
        let [mut ones, mut twos, mut fours] = [planes[0], planes[1], planes[2]];
        let mut carries = [[0; 8]; 2];
        for (half, eights) in carries.iter_mut().enumerate() {
            let a = full_add(&mut ones, x(4 * half), x(4 * half + 1));
            let b = full_add(&mut ones, x(4 * half + 2), x(4 * half + 3));
            *eights = full_add(&mut twos, a, b);
        }
        let mut carry = full_add(&mut fours, carries[0], carries[1]);
        planes[..3].copy_from_slice(&[ones, twos, fours]);
        for plane in &mut planes[3..] {
            if carry == [0; 8] {
                break;
            }
            (*plane, carry) =
                (each(*plane, carry, |a, b| a ^ b), each(*plane, carry, |a, b| a & b));
        }
    }
    planes
}

#[inline(always)]
fn each(a: Lanes, b: Lanes, f: impl Fn(u64, u64) -> u64) -> Lanes {
    std::array::from_fn(|i| f(a[i], b[i]))
}

/// Adds two bits to each bit of `sum`; returns the carries.
#[inline(always)]
fn full_add(sum: &mut Lanes, a: Lanes, b: Lanes) -> Lanes {
    let before = *sum;
    *sum = std::array::from_fn(|i| before[i] ^ a[i] ^ b[i]);
    std::array::from_fn(|i| (before[i] & a[i]) | ((before[i] ^ a[i]) & b[i]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_isa_counts_as_counters_do() {
        let features: Vec<u64> = (0..64 * 40).map(|i| i * i).collect();
        for count_of in [0, 1, 7, 8, 63, 64, 65, 1000, 64 * 40] {
            let features = &features[..count_of];
            for isa in Isa::all() {
                let planes = count(isa, features, 99);
                for lane in 0..8 {
                    for bit in 0..64 {
                        let of_plane = |(p, plane): (usize, &Lanes)| (plane[lane] >> bit & 1) << p;
                        let in_planes: u64 = planes.iter().enumerate().map(of_plane).sum();
                        let voters = features.iter().skip(lane).step_by(8);
                        let counted =
                            voters.map(|&f| mix(f.wrapping_add(99)) >> bit & 1).sum::<u64>();
                        assert_eq!(
                            in_planes, counted,
                            "bit {bit} of lane {lane}, {count_of}, {isa:?}"
                        );
                    }
                }
            }
        }
    }
}
