//! All candidate pairs of a collection, one band at a time.
//!
//! The keys of twelve bands are [computed](super::band_keys) in one pass over the signatures, 4
//! bytes each. Then all cores take bands: a [prefilter](super::key_prefilter) keeps the articles
//! whose key another has, and these are sorted, key and number in 64 bits, so that the articles of
//! a bucket lie side by side. A pair is reported by the first band in which it agrees, so the list
//! has no repetitions without a set to remember them; and only if enough slots agree, which drops
//! nearly all chance candidates for some 20 ns each.
//!
//! A bucket of m articles holds m²/2 pairs. Up to a limit that is what it costs. A *large bucket*
//! is over the limit, as a rule pages of one template, and is returned as a whole, to be compared
//! by other means in linear time. The articles of a large bucket tend to meet in the other bands
//! too, in buckets just below the limit, band after band. So buckets of more than 32 wait until all
//! large buckets are known. Their articles that are in a large bucket are then sorted by the slots
//! that come after the band, which brings near copies together, and each is compared with the next
//! few alone (the sorted neighbourhood of Hernández and Stolfo, "The Merge/Purge Problem for Large
//! Databases", SIGMOD 1995).
//!
//! If large buckets connect more than a thousand articles, the buckets of 32 and fewer are no
//! better evidence: of so many pages with one frame, chance puts two of a like length into a small
//! bucket again and again. Such a pair must agree in as many slots as neighbours do.

use std::cell::LazyCell;
use std::ops::Range;

use super::band_keys::{BandKeys, PASS_BANDS};
use super::banding::{Banding, min_equal_slots};
use super::key_prefilter::KeyPrefilter;
use crate::parallel;
use crate::sketch::SketchMatrix;
use crate::sketch::minhash::equal_slots;

/// Finds the candidate pairs of a [`SketchMatrix`].
///
/// ```
/// use newsprint::parts::{Banding, Join, Sketcher};
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

/// A bucket of at most this many articles is compared before the large buckets are known.
pub(crate) const MAX_SMALL_BUCKET: usize = 32;

/// Large buckets that connect more articles are pages of one template, not one text in many
/// versions.
pub(crate) const MAX_VERSIONS: usize = 1024;

/// Articles that one is compared with, in the order of the slots, if both are in large buckets.
const NEIGHBORHOOD: usize = 2;
/// The share of the slots in which such neighbours must agree.
const MIN_NEIGHBOR_SHARE: f64 = 0.85;

/// What a band has found.
#[derive(Debug, Default)]
struct BandResult {
    candidates: Candidates,
    /// The rows of the buckets that are neither small nor large.
    waiting: Vec<Vec<u32>>,
}

/// What a [`Join`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidates {
    /// Pairs of rows, the smaller first, sorted, each once.
    pub pairs: Vec<(u32, u32)>,
    /// Groups of rows that large buckets connect: two rows are in one group if they share a bucket
    /// of more than the limit, or each shares one with a third. Sorted, each row once. Their pairs
    /// are *not* in `pairs` unless another band proposed them in a bucket of 32 or fewer, and if
    /// the group has more than 1,024 rows, they agree in 85 % of their slots.
    pub large_buckets: Vec<Vec<u32>>,
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

    /// The same with a limit on the size of a bucket whose pairs are all compared.
    #[must_use]
    pub fn with_bucket_limit(self, bucket_limit: usize) -> Self {
        Join { bucket_limit, ..self }
    }

    /// All candidates among the rows of `matrix`; texts without words have none.
    ///
    /// O(bands x n) time, plus that of sorting the articles that share a key, plus about 20 ns for
    /// each pair proposed. Beside the result 55 bytes an article, and on each core 3, or 8 where
    /// most articles share their keys; and 4 for each band in which it shares a bucket with more
    /// than 32.
    pub fn candidates(&self, matrix: &SketchMatrix) -> Candidates {
        let rows: Vec<u32> =
            (0..matrix.len() as u32).filter(|&i| matrix.count(i as usize) > 0).collect();
        self.among(matrix, &rows, &|_| {})
    }

    /// The candidates among some rows, which ascend; `finished` is called with the number of each
    /// band when it is done.
    pub(crate) fn among(
        &self,
        matrix: &SketchMatrix,
        rows: &[u32],
        finished: &(dyn Fn(usize) + Sync),
    ) -> Candidates {
        let slots = matrix.sketcher().minhasher().slots();
        let bands: Vec<_> = self.banding.bands().filter(|band| band.end <= slots).collect();
        let mut keys = BandKeys::default();
        let mut all = Candidates::default();
        // Buckets that are neither small nor large, each with the number of its band.
        let mut waiting: Vec<(usize, Vec<u32>)> = Vec::new();
        for first in (0..bands.len()).step_by(PASS_BANDS) {
            let pass = &bands[first..bands.len().min(first + PASS_BANDS)];
            keys.compute(matrix, pass, rows.len(), |place| rows[place] as usize);
            let found = parallel::map(
                pass.len(),
                <(KeyPrefilter, Vec<u64>)>::default,
                |(prefilter, entries), i| {
                    prefilter.shared(keys.band(i), entries);
                    let found = self.join_band(matrix, rows, &bands[..=first + i], entries);
                    finished(first + i);
                    found
                },
            );
            for (number, band) in (first..).zip(found) {
                all.append(band.candidates);
                waiting.extend(band.waiting.into_iter().map(|bucket| (number, bucket)));
            }
            // The large buckets of several bands have much the same rows: merge them early.
            all.large_buckets = merge_overlapping(all.large_buckets, matrix.len());
        }
        let rows_marked = if all.large_buckets.is_empty() { 0 } else { matrix.len() };
        let mut is_in_large = vec![false; rows_marked];
        all.large_buckets.iter().flatten().for_each(|&row| is_in_large[row as usize] = true);
        let compared = parallel::map(
            waiting.len(),
            || (),
            |(), i| {
                let (number, bucket) = &waiting[i];
                let mut found = Candidates::default();
                let is_apart = |row: u32| !is_in_large.get(row as usize).is_some_and(|&it| it);
                self.compare_all(matrix, &bands[..=*number], bucket, is_apart, &mut found);
                let in_large = bucket.iter().copied().filter(|&row| !is_apart(row)).collect();
                self.compare_neighbors(matrix, bands[*number].end, in_large, &mut found);
                found
            },
        );
        all.pairs.reserve_exact(compared.iter().map(|found| found.pairs.len()).sum());
        compared.into_iter().for_each(|found| all.append(found));
        parallel::sort(&mut all.pairs);
        all.pairs.dedup();
        // The number of the group of each row, if the group is too large for versions of one text.
        let mut template_of = vec![0; rows_marked];
        let groups = (1u32..).zip(&all.large_buckets);
        for (number, group) in groups.filter(|(_, group)| group.len() > MAX_VERSIONS) {
            group.iter().for_each(|&row| template_of[row as usize] = number);
        }
        all.pairs.retain(|&(a, b)| {
            let of = [a, b].map(|row| template_of.get(row as usize).copied().unwrap_or_default());
            of[0] == 0
                || of[0] != of[1]
                || self.are_near(matrix.row(a as usize), matrix.row(b as usize))
        });
        all
    }

    /// The pairs of a band's small buckets that no band before it has, and its other buckets.
    /// `bands` ends with this band.
    fn join_band(
        &self,
        matrix: &SketchMatrix,
        rows: &[u32],
        bands: &[Range<usize>],
        entries: &[u64],
    ) -> BandResult {
        let row = |entry: &u64| rows[*entry as u32 as usize];
        let mut found = BandResult::default();
        let mut small = Vec::new();
        for bucket in entries.chunk_by(|a, b| a >> 32 == b >> 32).filter(|bucket| bucket.len() > 1)
        {
            if bucket.len() > self.bucket_limit {
                found.candidates.large_buckets.push(bucket.iter().map(row).collect());
            } else if bucket.len() > MAX_SMALL_BUCKET {
                found.waiting.push(bucket.iter().map(row).collect());
            } else {
                small.clear();
                small.extend(bucket.iter().map(row));
                self.compare_all(matrix, bands, &small, |_| true, &mut found.candidates);
            }
        }
        found
    }

    /// Compares every two rows of a bucket, but for two that both are not `apart` from the large
    /// buckets. `bands` ends with the band of the bucket.
    fn compare_all(
        &self,
        matrix: &SketchMatrix,
        bands: &[Range<usize>],
        bucket: &[u32],
        is_apart: impl Fn(u32) -> bool,
        found: &mut Candidates,
    ) {
        let slots = matrix.sketcher().minhasher().slots();
        // Takes longer than most buckets, of which few have two that agree.
        let min_equal = LazyCell::new(|| self.min_equal(slots));
        for (i, &a) in bucket.iter().enumerate() {
            let (left, with_all) = (matrix.row(a as usize), is_apart(a));
            for &b in bucket[i + 1..].iter().filter(|&&b| with_all || is_apart(b)) {
                let right = matrix.row(b as usize);
                if !agree_first(left, right, bands) {
                    continue;
                }
                found.proposed += 1;
                if equal_slots(left, right) >= *min_equal {
                    found.pairs.push((a, b));
                }
            }
        }
    }

    /// Whether a bucket of the last of `bands` makes candidates of two signatures.
    #[cfg(feature = "distributed")]
    pub(crate) fn finds(&self, left: &[u32], right: &[u32], bands: &[Range<usize>]) -> bool {
        agree_first(left, right, bands) && equal_slots(left, right) >= self.min_equal(left.len())
    }

    /// Whether two signatures of one template agree in enough slots to be candidates without a
    /// look at what else the texts have.
    pub(crate) fn are_near(&self, left: &[u32], right: &[u32]) -> bool {
        let slots = left.len();
        let equal = equal_slots(left, right);
        // The first is as a rule the greater; the other takes a sum of probabilities.
        equal >= (MIN_NEIGHBOR_SHARE * slots as f64) as u32 && equal >= self.min_equal(slots)
    }

    /// The least equal slots of a candidate.
    fn min_equal(&self, slots: usize) -> u32 {
        min_equal_slots(slots, self.threshold, self.loss)
    }

    /// Compares rows of a bucket that are in large buckets too, each with the next few in the order
    /// of the slots from `from` on. Another band may find the same pair again.
    pub(crate) fn compare_neighbors(
        &self,
        matrix: &SketchMatrix,
        from: usize,
        mut rows: Vec<u32>,
        found: &mut Candidates,
    ) {
        let order = |&row: &u32| {
            (&matrix.row(row as usize)[from..], &matrix.row(row as usize)[..from], row)
        };
        rows.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
        for (i, &a) in rows.iter().enumerate() {
            for &b in rows[i + 1..].iter().take(NEIGHBORHOOD) {
                if self.are_near(matrix.row(a as usize), matrix.row(b as usize)) {
                    found.proposed += 1;
                    found.pairs.push((a.min(b), a.max(b)));
                }
            }
        }
    }
}

/// Whether two signatures agree in the last of `bands` and in none before it.
fn agree_first(left: &[u32], right: &[u32], bands: &[Range<usize>]) -> bool {
    // Nearly always the first slot differs; a call to memcmp would cost more.
    let agree = |band: &Range<usize>| {
        left[band.clone()].iter().zip(&right[band.clone()]).all(|(l, r)| l == r)
    };
    bands.iter().position(agree).is_some_and(|first| first + 1 == bands.len())
}

impl Candidates {
    fn append(&mut self, mut more: Candidates) {
        self.proposed += more.proposed;
        self.pairs.append(&mut more.pairs);
        self.large_buckets.append(&mut more.large_buckets);
    }
}

/// Merges buckets that have a row in common, directly or through others; each result is sorted. The
/// rows are below `rows`. Union-find with path halving (Tarjan and van Leeuwen 1984).
fn merge_overlapping(buckets: Vec<Vec<u32>>, rows: usize) -> Vec<Vec<u32>> {
    if buckets.is_empty() {
        return buckets;
    }
    /// The smallest row known to be connected to `row`.
    fn root(parents: &mut [u32], mut row: u32) -> u32 {
        while parents[row as usize] != row {
            parents[row as usize] = parents[parents[row as usize] as usize];
            row = parents[row as usize];
        }
        row
    }
    let mut parents: Vec<u32> = (0..rows as u32).collect();
    let mut is_member = vec![false; rows];
    for bucket in &buckets {
        for &row in bucket {
            is_member[row as usize] = true;
            let (a, b) = (root(&mut parents, bucket[0]), root(&mut parents, row));
            parents[a.max(b) as usize] = a.min(b);
        }
    }
    drop(buckets);
    let members = (0..rows as u32).filter(|&row| is_member[row as usize]);
    let mut by_root: Vec<(u32, u32)> = members.map(|row| (root(&mut parents, row), row)).collect();
    by_root.sort_unstable();
    by_root
        .chunk_by(|a, b| a.0 == b.0)
        .map(|merged| merged.iter().map(|&(_, row)| row).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// By definition, buckets lead from each row of a result to every other.
        #[test]
        fn buckets_are_merged_as_far_as_they_connect(
            buckets in proptest::collection::vec(proptest::collection::vec(0u32..24, 1..5), 0..9),
        ) {
            let merged = merge_overlapping(buckets.clone(), 24);
            let mut reached: Vec<Vec<u32>> = Vec::new();
            for start in 0..24u32 {
                let mut known: std::collections::BTreeSet<u32> = [start].into();
                for _ in 0..24 {
                    let is_near = |bucket: &&Vec<u32>| bucket.iter().any(|row| known.contains(row));
                    let near = buckets.iter().filter(is_near);
                    known = known.iter().chain(near.flatten()).copied().collect();
                }
                let is_member = buckets.iter().flatten().any(|row| *row == start);
                let is_first = known.first() == Some(&start) && is_member;
                reached.extend(is_first.then(|| known.into_iter().collect()));
            }
            prop_assert_eq!(merged, reached);
        }
    }
}
