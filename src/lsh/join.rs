//! All candidate pairs of a collection, one band at a time.
//!
//! For each band every article's key is packed with its number into 64 bits and the array is sorted; articles with one
//! key then lie side by side. Bands are independent, so they run on all cores, four at a time, and a core needs 40 bytes an article. A pair is
//! reported by the first band in which it agrees, which makes the list free of repetitions without remembering it, and
//! only if enough slots agree, which rids it of nearly all chance candidates for some 20 ns each.
//!
//! A bucket of m articles holds m²/2 pairs. Up to a limit that is what it costs; a bigger one is a *crowd*, template pages
//! as a rule, and is handed back whole, to be compared by other means in linear time.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pieces;
use crate::lsh::tuning::{Banding, least_equal_slots};
use crate::parallel;
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::equal_slots;

/// Bands whose keys are made in one pass over the signatures: four of four rows share a line of the cache.
const TOGETHER: usize = 4;

/// The keys of so many bands, and room to sort one of them.
#[derive(Default)]
struct Memory {
    keys: Vec<Vec<u64>>,
    room: Vec<u64>,
}

/// Finds the candidate pairs of a [`SketchMatrix`].
///
/// ```
/// use newsprint::{Banding, Join, Sketcher};
///
/// let texts = ["the cabinet met on monday", "The cabinet met on Monday.", "rain in the north"];
/// let matrix = Sketcher::default().sketch_all(&texts);
/// let join = Join::new(Banding::for_target(128, 0.5, 0.999)?, 0.5);
/// assert_eq!(join.candidates(&matrix).pairs, [(0, 1)]);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Join {
    banding: Banding,
    threshold: f64,
    loss: f64,
    bucket_limit: usize,
}

/// What a [`Join`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Pairs of rows, the smaller first, sorted, each once.
    pub pairs: Vec<(u32, u32)>,
    /// Rows that share a bucket of more than the limit, bucket by bucket. Their pairs are *not* in `pairs` unless another band
    /// proposed them.
    pub crowds: Vec<Vec<u32>>,
    /// Pairs that agreed in some band, before those with too few equal slots were dropped.
    pub proposed: u64,
}

impl Join {
    /// A join that looks for pairs of Jaccard similarity `threshold` or more, with no bucket limit.
    ///
    /// Candidates whose signatures agree in too few slots for the threshold are dropped; at most one pair at the
    /// threshold in 100,000 is lost by that.
    pub fn new(banding: Banding, threshold: f64) -> Self {
        Join { banding, threshold, loss: 1e-5, bucket_limit: usize::MAX }
    }

    /// The same with another limit on the size of a bucket whose pairs are all looked at.
    #[must_use]
    pub fn with_bucket_limit(self, bucket_limit: usize) -> Self {
        Join { bucket_limit, ..self }
    }

    /// All candidates among the rows of `matrix`; texts without words have none.
    ///
    /// O(bands x n log n) time plus about 20 ns for each pair proposed; 40 bytes an article and core.
    pub fn candidates(&self, matrix: &SketchMatrix) -> Candidates {
        let rows: Vec<u32> = (0..matrix.len() as u32).filter(|&i| matrix.count(i as usize) > 0).collect();
        self.among(matrix, &rows, &|_| {})
    }

    /// The candidates among some rows, in ascending order; `finished` is told the number of each finished band.
    pub(crate) fn among(
        &self,
        matrix: &SketchMatrix,
        rows: &[u32],
        finished: &(dyn Fn(usize) + Sync),
    ) -> Candidates {
        let slots = matrix.sketcher().minhasher().slots();
        let bands: Vec<_> = self.banding.bands().filter(|band| band.end <= slots).collect();
        let least = least_equal_slots(slots, self.threshold, self.loss);
        let id_bits = u64::BITS - (rows.len() as u64).leading_zeros();
        let ids = (1u64 << id_bits) - 1;
        let groups = bands.len().div_ceil(TOGETHER);
        // A thread that begins anew takes the memory that another has left.
        let spare: Mutex<Vec<Memory>> = Mutex::default();
        let found = parallel::map(
            groups,
            || (),
            |(), group| {
                let mut memory = lock(&spare).pop().unwrap_or_default();
                let Memory { keys, room } = &mut memory;
                let first = group * TOGETHER;
                let together = &bands[first..bands.len().min(first + TOGETHER)];
                keys.resize_with(TOGETHER, Vec::new);
                keys.iter_mut().for_each(|keys| keys.clear());
                for (i, &row) in rows.iter().enumerate() {
                    let row = matrix.row(row as usize);
                    for (band, keys) in together.iter().zip(keys.iter_mut()) {
                        keys.push(band_key(&row[band.clone()]) & !ids | i as u64);
                    }
                }
                let mut found = Candidates::default();
                for (band, keys) in (first..).zip(&mut keys[..together.len()]) {
                    pieces::retain_shared(keys, room);
                    for bucket in keys.chunk_by(|a, b| a | ids == b | ids).filter(|bucket| bucket.len() > 1) {
                        let row = |key: &u64| rows[(key & ids) as usize];
                        if bucket.len() > self.bucket_limit {
                            found.crowds.push(bucket.iter().map(row).collect());
                            continue;
                        }
                        for (i, a) in bucket.iter().enumerate() {
                            let a = row(a);
                            let left = matrix.row(a as usize);
                            for b in bucket[i + 1..].iter().map(row) {
                                let right = matrix.row(b as usize);
                                let agrees = |band: &Range<usize>| left[band.clone()] == right[band.clone()];
                                if !agrees(&bands[band]) || bands[..band].iter().any(agrees) {
                                    continue;
                                }
                                found.proposed += 1;
                                if equal_slots(left, right) >= least {
                                    found.pairs.push((a, b));
                                }
                            }
                        }
                    }
                    finished(band);
                }
                lock(&spare).push(memory);
                found
            },
        );
        let mut all = Candidates::default();
        for mut band in found {
            all.proposed += band.proposed;
            all.pairs.append(&mut band.pairs);
            all.crowds.append(&mut band.crowds);
        }
        parallel::sort(&mut all.pairs);
        all
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One key for the rows of a band, mixed best in its upper bits.
pub(crate) fn band_key(rows: &[u32]) -> u64 {
    // 2^64 by the golden ratio, odd.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    rows.iter().fold(0, |key: u64, &slot| (key ^ key >> 32 ^ u64::from(slot)).wrapping_mul(SPREAD))
}
