//! All candidate pairs of a collection, one band at a time.
//!
//! For each band every article's key is packed with its number into 64 bits and the array is sorted; articles with one
//! key then lie side by side. Bands are independent, so they run on all cores, and a core needs 8 bytes an article. A pair is
//! reported by the first band in which it agrees, which makes the list free of repetitions without remembering it, and
//! only if enough slots agree, which rids it of nearly all chance candidates for some 20 ns each.
//!
//! A bucket of m articles holds m²/2 pairs. Up to a limit that is what it costs; a bigger one is a *crowd*, template pages
//! as a rule, and is handed back whole, to be compared by other means in linear time.

use crate::lsh::tuning::{Banding, least_equal_slots};
use crate::parallel;
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::equal_slots;
use crate::text::hash::mix;

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
    /// O(bands x n log n) time plus about 20 ns for each pair proposed; 8 bytes an article and core.
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
        let found = parallel::map(bands.len(), Vec::new, |keys: &mut Vec<u64>, band| {
            let range = bands[band].clone();
            let id_bits = u64::BITS - (rows.len() as u64).leading_zeros();
            let ids = (1u64 << id_bits) - 1;
            keys.clear();
            keys.extend(
                rows.iter()
                    .enumerate()
                    .map(|(i, &row)| band_key(&matrix.row(row as usize)[range.clone()]) & !ids | i as u64),
            );
            keys.sort_unstable();
            let mut found = Candidates::default();
            for bucket in keys.chunk_by(|a, b| a | ids == b | ids) {
                if bucket.len() > self.bucket_limit {
                    found.crowds.push(bucket.iter().map(|key| rows[(key & ids) as usize]).collect());
                    continue;
                }
                for (i, a) in bucket.iter().enumerate() {
                    let a = rows[(a & ids) as usize];
                    let left = matrix.row(a as usize);
                    for b in &bucket[i + 1..] {
                        let b = rows[(b & ids) as usize];
                        let right = matrix.row(b as usize);
                        let agrees =
                            |band: &std::ops::Range<usize>| left[band.clone()] == right[band.clone()];
                        if !agrees(&range) || bands[..band].iter().any(agrees) {
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
            found
        });
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

/// One key for the rows of a band.
pub(crate) fn band_key(rows: &[u32]) -> u64 {
    rows.iter().fold(0, |key, &slot| mix(key ^ u64::from(slot)))
}
