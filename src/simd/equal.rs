//! In how many slots two signatures agree.

use super::Isa;

/// How many numbers of two lists of one length are the same at the same place.
#[inline]
pub(crate) fn equal(isa: Isa, a: &[u32], b: &[u32]) -> u32 {
    match isa {
        Isa::Portable => plain(a, b),
        // SAFETY: the machine has the instructions, or there were no such `Isa`.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(_) => unsafe { avx2(a, b) },
        // SAFETY: as before.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(_) => unsafe { avx512(a, b) },
        #[cfg(all(target_arch = "aarch64", target_feature = "neon"))]
        Isa::Neon => plain(a, b),
    }
}

#[inline(always)]
fn plain(a: &[u32], b: &[u32]) -> u32 {
    a.iter().zip(b).map(|(a, b)| u32::from(a == b)).sum()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(a: &[u32], b: &[u32]) -> u32 {
    plain(a, b)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,popcnt")]
fn avx512(a: &[u32], b: &[u32]) -> u32 {
    plain(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::hash::mix;

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
}
