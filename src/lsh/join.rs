//! All candidate pairs of a collection, one band at a time.
//!
//! The keys of sixteen bands are [made ready](super::columns) in one pass over the signatures, 4
//! bytes each. Then each band is a piece of work of its own, for all cores: the articles whose keys
//! others have are [sieved out](super::sieve) and sorted, key and number in 64 bits, and articles
//! with one key lie side by side. A pair is reported by the first band in which it agrees, which
//! makes the list free of repetitions without remembering it, and only if enough slots agree, which
//! rids it of nearly all chance candidates for some 20 ns each.
//!
//! A bucket of m articles holds m²/2 pairs. Up to a limit that is what it costs; a bigger one is a
//! *crowd*, template pages as a rule, and is handed back whole, to be compared by other means in
//! linear time. Articles that are crowded in one band tend to meet in the others too, in buckets
//! just below the limit, band after band. So buckets of more than a few wait until all crowds are
//! known. The crowded articles in one are sorted by the slots that come after the band, which
//! brings near copies together, and each is compared with the next few alone.

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

/// Articles of a bucket that are compared before it is known which of them are crowded.
const FEW: usize = 32;

/// Crowded articles of a bucket that one is compared with, and the share of the slots in which they
/// must agree.
const NEXT: (usize, f64) = (2, 0.85);

/// What a band has found so far.
#[derive(Debug, Default)]
struct Band {
    candidates: Candidates,
    /// The buckets that wait, as rows.
    waiting: Vec<Vec<u32>>,
}

/// What a [`Join`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Pairs of rows, the smaller first, sorted, each once.
    pub pairs: Vec<(u32, u32)>,
    /// Rows that share a bucket of more than the limit, or each share one with a third; sorted,
    /// each once. Their pairs are *not* in `pairs` unless another band proposed them in a bucket of
    /// 32 or fewer.
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
    /// most articles share their keys; and 4 for each band in which it shares a bucket with more
    /// than 32.
    pub fn candidates(&self, matrix: &SketchMatrix) -> Candidates {
        let rows: Vec<u32> =
            (0..matrix.len() as u32).filter(|&i| matrix.count(i as usize) > 0).collect();
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
        // Buckets, each with the number of its band, that are neither small nor crowds.
        let mut waiting: Vec<(usize, Vec<u32>)> = Vec::new();
        for first in (0..bands.len()).step_by(TOGETHER) {
            let together = &bands[first..bands.len().min(first + TOGETHER)];
            columns.read(matrix, together, rows.len(), |place| rows[place] as usize);
            let found = parallel::map(
                together.len(),
                <(Sieve, Vec<u64>)>::default,
                |(sieve, entries), i| {
                    sieve.shared(columns.band(i), entries);
                    let found = self.pairs(matrix, rows, &bands[..=first + i], entries);
                    finished(first + i);
                    found
                },
            );
            for (number, band) in (first..).zip(found) {
                all.take(band.candidates);
                waiting.extend(band.waiting.into_iter().map(|bucket| (number, bucket)));
            }
            // The bands of a crowd have much the same rows.
            all.crowds = families(all.crowds, matrix.len());
        }
        let mut crowded = vec![false; if all.crowds.is_empty() { 0 } else { matrix.len() }];
        all.crowds.iter().flatten().for_each(|&row| crowded[row as usize] = true);
        let compared = parallel::map(
            waiting.len(),
            || (),
            |(), i| {
                let (number, bucket) = &waiting[i];
                let mut found = Candidates::default();
                let all_of = |row: u32| !crowded.get(row as usize).is_some_and(|&crowded| crowded);
                self.compare(matrix, &bands[..=*number], bucket, all_of, &mut found);
                let crowded = bucket.iter().copied().filter(|&row| !all_of(row)).collect();
                self.compare_next(matrix, bands[*number].end, crowded, &mut found);
                found
            },
        );
        all.pairs.reserve_exact(compared.iter().map(|found| found.pairs.len()).sum());
        compared.into_iter().for_each(|found| all.take(found));
        parallel::sort(&mut all.pairs);
        all.pairs.dedup();
        all
    }

    /// The pairs of a band's small buckets that no band before it has, and its other buckets;
    /// `bands` ends with it.
    fn pairs(
        &self,
        matrix: &SketchMatrix,
        rows: &[u32],
        bands: &[Range<usize>],
        entries: &[u64],
    ) -> Band {
        let row = |entry: &u64| rows[*entry as u32 as usize];
        let mut found = Band::default();
        let mut small = Vec::new();
        for bucket in entries.chunk_by(|a, b| a >> 32 == b >> 32).filter(|bucket| bucket.len() > 1)
        {
            if bucket.len() > self.bucket_limit {
                found.candidates.crowds.push(bucket.iter().map(row).collect());
            } else if bucket.len() > FEW {
                found.waiting.push(bucket.iter().map(row).collect());
            } else {
                small.clear();
                small.extend(bucket.iter().map(row));
                self.compare(matrix, bands, &small, |_| true, &mut found.candidates);
            }
        }
        found
    }

    /// Compares the rows of a bucket: those with `all_of` with all of them, the others with those.
    /// `bands` ends with that of the bucket.
    fn compare(
        &self,
        matrix: &SketchMatrix,
        bands: &[Range<usize>],
        bucket: &[u32],
        all_of: impl Fn(u32) -> bool,
        found: &mut Candidates,
    ) {
        let least =
            least_equal_slots(matrix.sketcher().minhasher().slots(), self.threshold, self.loss);
        for (i, &a) in bucket.iter().enumerate() {
            let (left, every) = (matrix.row(a as usize), all_of(a));
            for &b in bucket[i + 1..].iter().filter(|&&b| every || all_of(b)) {
                let right = matrix.row(b as usize);
                // Nearly always the first slot tells, which a call to compare memory would not make
                // use of.
                let agree = |band: &Range<usize>| {
                    left[band.clone()].iter().zip(&right[band.clone()]).all(|(l, r)| l == r)
                };
                let first = bands.iter().position(agree);
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

    /// Compares crowded rows of a bucket, each with the next few in the order of the slots from
    /// `from` on. A pair may be found again in another band.
    fn compare_next(
        &self,
        matrix: &SketchMatrix,
        from: usize,
        mut rows: Vec<u32>,
        found: &mut Candidates,
    ) {
        let slots = matrix.sketcher().minhasher().slots();
        let (next, share) = NEXT;
        let least =
            least_equal_slots(slots, self.threshold, self.loss).max((share * slots as f64) as u32);
        let order = |&row: &u32| {
            (&matrix.row(row as usize)[from..], &matrix.row(row as usize)[..from], row)
        };
        rows.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        for (i, &a) in rows.iter().enumerate() {
            for &b in rows[i + 1..].iter().take(next) {
                if equal_slots(matrix.row(a as usize), matrix.row(b as usize)) >= least {
                    found.proposed += 1;
                    found.pairs.push((a.min(b), a.max(b)));
                }
            }
        }
    }
}

impl Candidates {
    fn take(&mut self, mut more: Candidates) {
        self.proposed += more.proposed;
        self.pairs.append(&mut more.pairs);
        self.crowds.append(&mut more.crowds);
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
    members
        .chunk_by(|a, b| a.0 == b.0)
        .map(|family| family.iter().map(|&(_, row)| row).collect())
        .collect()
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
