//! All candidate pairs of a collection, one band at a time.
//!
//! The keys of sixteen bands are [made ready](super::columns) in one pass over the signatures, 4
//! bytes each. Then each band is a piece of work of its own, for all cores: the articles whose keys
//! others have are [sieved out](super::sieve) and sorted, key and number in 64 bits, and articles
//! with one key lie side by side. A pair is reported by the first band in which it agrees, which
//! makes the list free of repetitions without remembering it, and only if enough slots agree, which
//! rids it of nearly all chance candidates for some 20 ns each.
//!
//! A bucket of m articles holds m²/2 pairs. Up to a limit that is what it costs; a bigger one is a *crowd*, template pages
//! as a rule, and is handed back whole, to be compared by other means in linear time.

use std::ops::Range;

use super::columns::{Columns, TOGETHER};
use super::sieve::Sieve;
use super::tuning::{Banding, least_equal_slots};
use crate::parallel;
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::equal_slots;

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
    /// Rows that share a bucket of more than the limit, or each share one with a third; sorted, each
    /// once. Their pairs are *not* in `pairs` unless another band proposed them.
    pub crowds: Vec<Vec<u32>>,
    /// Pairs that agreed in some band, before those with too few equal slots were dropped.
    pub proposed: u64,
}

impl Join {
    /// A join that looks for pairs of Jaccard similarity `threshold` or more, with no bucket limit.
    ///
    /// Candidates whose signatures agree in too few slots for the threshold are dropped; at most
    /// one pair at the threshold in 100,000 is lost by that.
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
    /// O(bands x n) time, plus that of sorting the articles that share a key, plus about 20 ns for
    /// each pair proposed. Beside the result 70 bytes an article, and on each core 3, or 8 where
    /// most articles share their keys.
    pub fn candidates(&self, matrix: &SketchMatrix) -> Candidates {
        let rows: Vec<u32> = (0..matrix.len() as u32).filter(|&i| matrix.count(i as usize) > 0).collect();
        self.among(matrix, &rows, &|_| {})
    }

    /// The candidates among some rows, in ascending order; `finished` is told the number of each
    /// finished band.
    pub(crate) fn among(
        &self,
        matrix: &SketchMatrix,
        rows: &[u32],
        finished: &(dyn Fn(usize) + Sync),
    ) -> Candidates {
        let slots = matrix.sketcher().minhasher().slots();
        let bands: Vec<_> = self.banding.bands().filter(|band| band.end <= slots).collect();
        let mut columns = Columns::default();
        let mut all = Candidates::default();
        for first in (0..bands.len()).step_by(TOGETHER) {
            let together = &bands[first..bands.len().min(first + TOGETHER)];
            columns.read(matrix, together, rows.len(), |place| rows[place] as usize);
            let found = parallel::map(together.len(), <(Sieve, Vec<u64>)>::default, |(sieve, entries), i| {
                sieve.shared(columns.band(i), entries);
                let found = self.pairs(matrix, rows, &bands[..=first + i], entries);
                finished(first + i);
                found
            });
            for mut band in found {
                all.proposed += band.proposed;
                all.pairs.append(&mut band.pairs);
                all.crowds.append(&mut band.crowds);
            }
            // The bands of a crowd have much the same rows.
            all.crowds = families(all.crowds, matrix.len());
        }
        parallel::sort(&mut all.pairs);
        all
    }

    /// The pairs of a band's buckets that no band before it has; `bands` ends with it.
    fn pairs(
        &self,
        matrix: &SketchMatrix,
        rows: &[u32],
        bands: &[Range<usize>],
        entries: &[u64],
    ) -> Candidates {
        let least = least_equal_slots(matrix.sketcher().minhasher().slots(), self.threshold, self.loss);
        let row = |entry: &u64| rows[*entry as u32 as usize];
        let mut found = Candidates::default();
        for bucket in entries.chunk_by(|a, b| a >> 32 == b >> 32).filter(|bucket| bucket.len() > 1) {
            if bucket.len() > self.bucket_limit {
                found.crowds.push(bucket.iter().map(row).collect());
                continue;
            }
            for (i, a) in bucket.iter().enumerate() {
                let a = row(a);
                let left = matrix.row(a as usize);
                for b in bucket[i + 1..].iter().map(row) {
                    let right = matrix.row(b as usize);
                    let first = bands.iter().position(|band| left[band.clone()] == right[band.clone()]);
                    if first.is_none_or(|first| first + 1 < bands.len()) {
                        continue;
                    }
                    found.proposed += 1;
                    if equal_slots(left, right) >= least {
                        found.pairs.push((a, b));
                    }
                }
            }
        }
        found
    }
}

/// The crowds of some bands, those with a common row put together, each sorted; of so many `rows`.
fn families(crowds: Vec<Vec<u32>>, rows: usize) -> Vec<Vec<u32>> {
    if crowds.is_empty() {
        return crowds;
    }
    /// The smallest row known to be of the family of `row`.
    fn root(above: &mut [u32], mut row: u32) -> u32 {
        while above[row as usize] != row {
            above[row as usize] = above[above[row as usize] as usize];
            row = above[row as usize];
        }
        row
    }
    let mut above: Vec<u32> = (0..rows as u32).collect();
    let mut is_crowded = vec![false; rows];
    for crowd in &crowds {
        for &row in crowd {
            is_crowded[row as usize] = true;
            let (a, b) = (root(&mut above, crowd[0]), root(&mut above, row));
            above[a.max(b) as usize] = a.min(b);
        }
    }
    drop(crowds);
    let crowded = (0..rows as u32).filter(|&row| is_crowded[row as usize]);
    let mut members: Vec<(u32, u32)> = crowded.map(|row| (root(&mut above, row), row)).collect();
    members.sort_unstable();
    members.chunk_by(|a, b| a.0 == b.0).map(|family| family.iter().map(|&(_, row)| row).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The definition: buckets lead from each row of a family to every other.
        #[test]
        fn a_family_is_all_that_buckets_connect(
            crowds in proptest::collection::vec(proptest::collection::vec(0u32..24, 1..5), 0..9),
        ) {
            let families = families(crowds.clone(), 24);
            let mut reached: Vec<Vec<u32>> = Vec::new();
            for start in 0..24u32 {
                let mut known: std::collections::BTreeSet<u32> = [start].into();
                for _ in 0..24 {
                    let near = crowds.iter().filter(|crowd| crowd.iter().any(|row| known.contains(row)));
                    known = known.iter().chain(near.flatten()).copied().collect();
                }
                let is_first = known.first() == Some(&start) && crowds.iter().flatten().any(|row| *row == start);
                reached.extend(is_first.then(|| known.into_iter().collect()));
            }
            prop_assert_eq!(families, reached);
        }
    }
}
