//! MinHash by Fast Similarity Sketching.
//!
//! A signature has k slots, and each slot of two signatures is equal with probability J, the
//! Jaccard similarity of the two sets. So the share of equal slots estimates J without bias, and
//! any group of r slots agrees with probability J^r. Classic MinHash computes k hash functions of
//! every element. Here every element falls into one slot per round, and each slot keeps the
//! smallest value; only slots that are still empty take part in the next round; after k rounds the
//! remaining slots are filled one by one. Dahlgaard, Knudsen and Thorup, "Fast Similarity
//! Sketching", FOCS 2017 (arXiv 1704.04370).
//!
//! Cost: O(n + k log k) expected for n elements, against O(n k); one or two rounds for articles.
//! The variance of the estimate is below J(1-J)/k, that of the classic one, because slots draw
//! elements without replacement: see [`variance_factor`].
//!
//! Departure from the paper: rounds after the first rehash an element by multiplying its 32-bit
//! halves by odd constants, which suffices because the element is already a mixed 64-bit hash.

use crate::error::Error;
use crate::simd::equal::equal;
use crate::simd::{Isa, slots};

/// The least number of slots.
const MIN_SLOTS: usize = 16;
/// The greatest number of slots.
const MAX_SLOTS: usize = slots::MAX_SLOTS;

/// Computes MinHash [`Signature`]s of sets of 64-bit hashes.
///
/// The hashes must be strongly mixed, as those of [`Shingler`](crate::parts::Shingler) are. Their
/// order and repetitions do not matter.
///
/// ```
/// use newsprint::parts::{MinHasher, Shingler};
/// use newsprint::Shingle;
///
/// let shingler = Shingler::new(Shingle::Words(2))?;
/// let minhasher = MinHasher::new(128)?;
/// let a = minhasher.sign(&shingler.shingles("the cabinet met on monday to agree the budget"));
/// let b = minhasher.sign(&shingler.shingles("the cabinet met on tuesday to agree the budget"));
/// let estimate = a.estimate(&b)?;
/// assert!((estimate.jaccard - 0.6).abs() < 3.0 * estimate.standard_error); // 6 of 10 pairs of words
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinHasher {
    slots: usize,
}

impl Default for MinHasher {
    /// 128 slots.
    fn default() -> Self {
        MinHasher { slots: 128 }
    }
}

impl MinHasher {
    /// A hasher with `slots` slots, of four bytes each. More slots make estimates sharper (the
    /// error is proportional to one over the square root) and low thresholds reachable. 128 suits
    /// most uses.
    ///
    /// # Errors
    /// If `slots` is not a power of two from 16 to 1,024.
    pub fn new(slots: usize) -> Result<Self, Error> {
        if slots.is_power_of_two() && (MIN_SLOTS..=MAX_SLOTS).contains(&slots) {
            Ok(MinHasher { slots })
        } else {
            Err(Error::range("number of slots", slots, "a power of two from 16 to 1024"))
        }
    }

    /// The number of slots.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The signature of a set of hashes. Without hashes it is [empty](Signature::is_empty).
    pub fn sign(&self, hashes: &[u64]) -> Signature {
        let mut slots = vec![slots::EMPTY; self.slots];
        self.sign_into(hashes, &mut slots);
        Signature { slots: slots.into(), count: count(hashes) }
    }

    /// Writes the slots of a signature into `slots`, which must have the length that this hasher
    /// has.
    pub(crate) fn sign_into(&self, hashes: &[u64], slots: &mut [u32]) {
        debug_assert_eq!(slots.len(), self.slots);
        slots::sign(Isa::best(), hashes, slots);
    }
}

pub(crate) fn count(hashes: &[u64]) -> u32 {
    u32::try_from(hashes.len()).unwrap_or(u32::MAX)
}

/// A MinHash signature: a fixed number of 32-bit slots that represent a set.
///
/// Equality of two signatures is equality of all their slots.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    slots: Box<[u32]>,
    count: u32,
}

impl Signature {
    /// The slots. Each is equal in two signatures with a probability equal to the Jaccard
    /// similarity of the sets.
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// The number of hashes that were signed, with repetitions.
    pub fn count(&self) -> usize {
        self.count as usize
    }

    /// True for the signature of an empty set, which is similar to nothing.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Estimates the Jaccard similarity of the two sets.
    ///
    /// # Errors
    /// If the signatures have different numbers of slots.
    pub fn estimate(&self, other: &Signature) -> Result<Estimate, Error> {
        if self.slots.len() != other.slots.len() {
            return Err(Error::mismatch("number of slots", self.slots.len(), other.slots.len()));
        }
        Ok(self.view().estimate(other.view()))
    }

    pub(super) fn of_parts(slots: Box<[u32]>, count: u32) -> Self {
        Signature { slots, count }
    }

    pub(crate) fn view(&self) -> SignatureRef<'_> {
        SignatureRef { slots: &self.slots, count: self.count }
    }
}

/// A signature in a matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignatureRef<'a> {
    pub(crate) slots: &'a [u32],
    pub(crate) count: u32,
}

impl SignatureRef<'_> {
    /// Estimates the similarity of two signatures of one size.
    pub(crate) fn estimate(self, other: SignatureRef<'_>) -> Estimate {
        if self.count == 0 || other.count == 0 {
            return Estimate { jaccard: 0.0, standard_error: 0.0 };
        }
        let slots = self.slots.len() as f64;
        let equal = equal_slots(self.slots, other.slots) as f64;
        let jaccard = equal / slots;
        // Moved away from 0 and 1 (Agresti and Coull 1998), where the plain formula would claim
        // certainty.
        let likely = (equal + 2.0) / (slots + 4.0);
        let union = (f64::from(self.count) + f64::from(other.count)) / (1.0 + jaccard);
        let variance = likely * (1.0 - likely) / slots * variance_factor(union / slots);
        Estimate { jaccard, standard_error: variance.sqrt() }
    }
}

/// The number of slots in which two signatures agree.
#[inline]
pub(crate) fn equal_slots(a: &[u32], b: &[u32]) -> u32 {
    equal(Isa::best(), a, b)
}

/// An estimate of a Jaccard similarity, with its error.
///
/// The true value lies within one standard error in about 68 of 100 cases, and within two in about
/// 95.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// The estimated Jaccard similarity, 0 to 1; unbiased.
    pub jaccard: f64,
    /// Its standard error. 0 only if nothing was estimated because a set was empty.
    pub standard_error: f64,
}

/// The ratio of the variance of the estimate to that of classic MinHash, J(1-J)/k, for a number of
/// elements of the union of the two sets per slot: 0.5 for small sets, rising to 1.
///
/// Slots filled in one round hold different elements, as if drawn without replacement, and so vary
/// less than independent ones. The points that this interpolates were simulated (20,000 pairs each
/// at 64 and 128 slots and J = 0.3, 0.5 and 0.8, neither of which mattered by more than 0.015); a
/// test checks the estimator against them.
pub fn variance_factor(elements_per_slot: f64) -> f64 {
    const POINTS: [(f64, f64); 11] = [
        (0.25, 0.5),
        (0.5, 0.51),
        (1.0, 0.54),
        (1.5, 0.577),
        (2.0, 0.618),
        (3.0, 0.70),
        (4.0, 0.766),
        (6.0, 0.841),
        (8.0, 0.87),
        (16.0, 0.94),
        (64.0, 1.0),
    ];
    const LAST: usize = POINTS.len() - 1;
    let x = elements_per_slot.clamp(POINTS[0].0, POINTS[LAST].0);
    let after = POINTS.iter().position(|p| x <= p.0).unwrap_or(LAST).max(1);
    let ((x0, y0), (x1, y1)) = (POINTS[after - 1], POINTS[after]);
    // Linear between the points on a logarithmic axis.
    y0 + (y1 - y0) * (x / x0).ln() / (x1 / x0).ln()
}

#[cfg(test)]
mod tests;
