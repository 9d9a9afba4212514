//! Hashes of all runs of so many units.
//!
//! The definition, a cyclic polynomial and a finaliser, is told in [`shingle`](crate::shingle). A
//! sliding sum needs three operations a run but waits for the run before; short runs are summed
//! each by itself instead, which leaves the lanes of vectors nothing to wait for. AVX-512 rotates
//! and multiplies 64-bit lanes itself and gains most, 0.6 ns a shingle; without it the finaliser's
//! products are what costs.

use super::isa::Isa;
use crate::hash::mix;

/// Odd, so that no two of up to 64 units are rotated alike.
const TURN: u32 = 23;

/// Appends to `shingles` the hash of every run of `width` of the units; there are as many or more.
pub(crate) fn roll(isa: Isa, units: &[u64], width: usize, seed: u64, shingles: &mut Vec<u64>) {
    match isa {
        Isa::Portable => any(units, width, seed, shingles),
        // SAFETY: an `Isa` with these instructions exists only where the machine has them.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { avx2(units, width, seed, shingles) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { avx512(units, width, seed, shingles) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => any(units, width, seed, shingles),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2")]
fn avx2(units: &[u64], width: usize, seed: u64, shingles: &mut Vec<u64>) {
    short(units, width, seed, shingles);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,bmi1,bmi2")]
fn avx512(units: &[u64], width: usize, seed: u64, shingles: &mut Vec<u64>) {
    short(units, width, seed, shingles);
}

/// The body for vectors: a loop for each of the short widths.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn short(units: &[u64], width: usize, seed: u64, shingles: &mut Vec<u64>) {
    match width {
        1 => each::<1>(units, seed, shingles),
        2 => each::<2>(units, seed, shingles),
        3 => each::<3>(units, seed, shingles),
        4 => each::<4>(units, seed, shingles),
        5 => each::<5>(units, seed, shingles),
        6 => each::<6>(units, seed, shingles),
        7 => each::<7>(units, seed, shingles),
        8 => each::<8>(units, seed, shingles),
        12 => each::<12>(units, seed, shingles),
        _ => any(units, width, seed, shingles),
    }
}

/// Each run by itself.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn each<const WIDTH: usize>(units: &[u64], seed: u64, shingles: &mut Vec<u64>) {
    let runs = units.windows(WIDTH).map(|run| {
        let turned =
            |(i, unit): (usize, &u64)| unit.rotate_left(TURN * (WIDTH - 1 - i) as u32 % 64);
        mix(run.iter().enumerate().map(turned).fold(seed, |sum, unit| sum ^ unit))
    });
    shingles.extend(runs);
}

/// The sum that slides.
#[inline(always)]
fn any(units: &[u64], width: usize, seed: u64, shingles: &mut Vec<u64>) {
    let join = |sum: u64, unit: &u64| sum.rotate_left(TURN) ^ unit;
    let (first, rest) = units.split_at(width);
    let mut sum = first.iter().fold(0, join);
    let out = TURN * width as u32 % 64;
    shingles.reserve(rest.len() + 1);
    shingles.push(mix(sum ^ seed));
    shingles.extend(rest.iter().zip(units).map(|(unit, left)| {
        sum = join(sum, unit) ^ left.rotate_left(out);
        mix(sum ^ seed)
    }));
}

/// The hash of fewer units than a run has, `missing` of them: not to be taken for the beginning of
/// a longer text's run.
pub(crate) fn beginning(units: &[u64], missing: usize, seed: u64) -> u64 {
    let sum = units.iter().fold(0u64, |sum, unit| sum.rotate_left(TURN) ^ unit);
    mix(sum ^ seed ^ mix(missing as u64))
}
