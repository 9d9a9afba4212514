//! SimHash: a few machine words whose Hamming distance follows the angle between two feature
//! vectors.
//!
//! Every feature votes on every bit with its weight, for or against as the bit of its hash says; a
//! bit is set if the votes for it have the majority. The share of differing bits estimates the
//! angle over pi. Charikar, STOC 2002; for near-duplicate pages, Manku, Jain and Das Sarma, WWW
//! 2007.
//!
//! The votes are counted in bit planes: plane p holds bit p of all counters side by side. Adding a
//! feature is a ripple of ands and xors over whole words, and eight features are added through a
//! tree of carry-save adders (Harley and Seal) at the price of about two ripples; vectors do that
//! in [eight lanes](crate::simd::votes). Cost: O(features x bits / 64) word operations.
//!
//! SimHash is for texts that are nearly the same. At 64 bits the error of a distance is about three
//! bits, and rewritten copies cannot be distinguished from articles on the same topic; MinHash does
//! that better. [`HammingIndex`](crate::parts::HammingIndex) finds neighbours.

use crate::error::Error;
use crate::hash::mix;
use crate::simd::{Isa, votes};

/// The number of words of the widest hash.
const MAX_WORDS: usize = 4;

/// Computes [`SimHash`]es of 64, 128 or 256 bits.
///
/// ```
/// use newsprint::parts::{Shingler, SimHasher};
/// use newsprint::Shingle;
///
/// let (words, simhasher) = (Shingler::new(Shingle::Words(1))?, SimHasher::new(64)?);
/// let a = simhasher.hash(&words.shingles("The cabinet met on Monday to agree the budget"));
/// let b = simhasher.hash(&words.shingles("The cabinet met on Tuesday to agree the budget"));
/// assert!(a.distance(&b)? < 32);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimHasher {
    words: usize,
}

impl SimHasher {
    /// A hasher with this many bits.
    ///
    /// # Errors
    /// If `bits` is not 64, 128 or 256.
    pub fn new(bits: usize) -> Result<Self, Error> {
        match bits {
            64 | 128 | 256 => Ok(SimHasher { words: bits / 64 }),
            _ => Err(Error::range("number of SimHash bits", bits, "64, 128 or 256")),
        }
    }

    /// The number of bits.
    pub fn bits(&self) -> usize {
        self.words * 64
    }

    /// The SimHash of features of equal weight; a repeated one counts as often as it occurs.
    pub fn hash(&self, features: &[u64]) -> SimHash {
        self.each_word(features.len() as u64, |word, votes| {
            // More would overflow the counters.
            for features in features.chunks(1 << 31) {
                let planes = votes::count(Isa::best(), features, salt(word));
                for (plane, lanes) in planes.iter().enumerate() {
                    lanes.iter().for_each(|&lane| votes.add(lane, plane));
                }
            }
        })
    }

    /// The SimHash of features with weights (such as their idf in hundredths). A feature with a
    /// weight of 0 is ignored.
    ///
    /// Weights are whole numbers, so that the result is the same on every machine.
    ///
    /// ```
    /// let simhasher = newsprint::parts::SimHasher::new(128)?;
    /// assert_eq!(simhasher.hash_weighted(&[(7, 2), (9, 1)]), simhasher.hash(&[7, 9, 7]));
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn hash_weighted(&self, features: &[(u64, u32)]) -> SimHash {
        let total = features.iter().map(|&(_, weight)| u64::from(weight)).sum();
        self.each_word(total, |word, votes| {
            for &(feature, weight) in features {
                let x = expand(feature, word);
                for plane in (0..32).filter(|p| weight >> p & 1 == 1) {
                    votes.add(x, plane);
                }
            }
        })
    }

    fn each_word(&self, total: u64, mut cast: impl FnMut(usize, &mut Votes)) -> SimHash {
        let mut words = [0; MAX_WORDS];
        for (i, word) in words[..self.words].iter_mut().enumerate() {
            let mut votes = Votes { planes: [0; 64] };
            cast(i, &mut votes);
            *word = votes.above_half(total);
        }
        SimHash { words, len: self.words as u8 }
    }
}

/// The votes of a feature on word number `word`. They are mixed even for the first word, so that
/// features need not be hashes of high quality.
fn expand(feature: u64, word: usize) -> u64 {
    mix(feature.wrapping_add(salt(word)))
}

fn salt(word: usize) -> u64 {
    (word as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Sixty-four counters, bit p of all of them in plane p.
struct Votes {
    planes: [u64; 64],
}

impl Votes {
    /// Adds 2^plane to the counters marked in `x`.
    fn add(&mut self, x: u64, plane: usize) {
        let mut carry = x;
        for plane in &mut self.planes[plane..] {
            if carry == 0 {
                break;
            }
            (*plane, carry) = (*plane ^ carry, *plane & carry);
        }
    }

    /// A mask of the counters above half of `total`, compared from the highest plane down.
    fn above_half(&self, total: u64) -> u64 {
        let half = total / 2;
        let (mut above, mut equal) = (0, u64::MAX);
        for (p, plane) in self.planes.iter().enumerate().rev() {
            if half >> p & 1 == 1 {
                equal &= plane;
            } else {
                above |= equal & plane;
                equal &= !plane;
            }
        }
        above
    }
}

/// A SimHash of 64, 128 or 256 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SimHash {
    words: [u64; MAX_WORDS],
    len: u8,
}

impl SimHash {
    /// A SimHash from its words.
    ///
    /// # Errors
    /// If there are not 1, 2 or 4 words.
    pub fn from_words(words: &[u64]) -> Result<Self, Error> {
        if !matches!(words.len(), 1 | 2 | 4) {
            return Err(Error::range("number of SimHash words", words.len(), "1, 2 or 4"));
        }
        let mut all = [0; MAX_WORDS];
        all[..words.len()].copy_from_slice(words);
        Ok(SimHash { words: all, len: words.len() as u8 })
    }

    /// The number of bits.
    pub fn bits(&self) -> usize {
        self.words().len() * 64
    }

    /// The bits, 64 to a word, lowest first.
    pub fn words(&self) -> &[u64] {
        &self.words[..usize::from(self.len)]
    }

    /// The number of bits in which the two differ: about bits x angle / pi.
    ///
    /// # Errors
    /// If they have different numbers of bits.
    pub fn distance(&self, other: &SimHash) -> Result<u32, Error> {
        if self.len != other.len {
            return Err(Error::mismatch("number of SimHash bits", self.bits(), other.bits()));
        }
        Ok(self.differing_bits(other))
    }

    /// [`distance`](SimHash::distance), for hashes known to be of one size.
    pub(crate) fn differing_bits(&self, other: &SimHash) -> u32 {
        self.words.iter().zip(&other.words).map(|(a, b)| (a ^ b).count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One counter at a time.
    fn naive(bits: usize, features: &[(u64, u32)]) -> Vec<u64> {
        (0..bits / 64)
            .map(|word| {
                (0..64).fold(0, |bits, b| {
                    let vote = |&(f, w): &(u64, u32)| match expand(f, word) >> b & 1 {
                        1 => i64::from(w),
                        _ => -i64::from(w),
                    };
                    bits | u64::from(features.iter().map(vote).sum::<i64>() > 0) << b
                })
            })
            .collect()
    }

    proptest! {
        #[test]
        fn planes_count_as_counters_do(
            features in proptest::collection::vec((any::<u64>(), prop_oneof![0..4u32, any::<u32>()]), 0..60),
            bits in prop_oneof![Just(64usize), Just(128), Just(256)],
        ) {
            let simhasher = SimHasher::new(bits).expect("valid");
            let weighted = simhasher.hash_weighted(&features);
            prop_assert_eq!(weighted.words(), naive(bits, &features));
            let plain: Vec<u64> = features.iter().map(|f| f.0).collect();
            let units: Vec<(u64, u32)> = plain.iter().map(|&f| (f, 1)).collect();
            let unweighted = simhasher.hash(&plain);
            prop_assert_eq!(unweighted.words(), naive(bits, &units));
        }
    }

    /// The angle law: the share of differing bits is the angle over pi, two-sided.
    #[test]
    fn distance_follows_the_angle() {
        let simhasher = SimHasher::new(256).expect("valid");
        for shared in [20, 50, 80] {
            let mut distance = 0.0;
            let trials = 400;
            for t in 0..trials {
                let set = |side: u64| -> Vec<u64> {
                    (0..100)
                        .map(|i| if i < shared { t * 1000 + i } else { t * 1000 + i + side * 100 })
                        .collect()
                };
                distance +=
                    f64::from(simhasher.hash(&set(1)).differing_bits(&simhasher.hash(&set(2))));
            }
            let mean = distance / (256.0 * trials as f64);
            let angle = (shared as f64 / 100.0).acos() / std::f64::consts::PI;
            // Bits are independent across 102,400 draws; ties, broken downwards, shift the mean by
            // under 0.004.
            let error = (angle * (1.0 - angle) / (256.0 * trials as f64)).sqrt();
            assert!((mean - angle).abs() < 4.0 * error + 0.004, "{shared}: {mean} for {angle}");
        }
    }

    #[test]
    fn refuses_other_sizes() {
        assert!(SimHasher::new(32).is_err());
        assert!(SimHash::from_words(&[1, 2, 3]).is_err());
        let one = SimHash::from_words(&[1]).expect("valid");
        let two = SimHash::from_words(&[1, 0]).expect("valid");
        let error = one.distance(&two).unwrap_err().to_string();
        assert!(error.contains("64") && error.contains("128"), "{error}");
    }
}
