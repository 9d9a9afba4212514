//! Banding: chooses how the slots of a signature are cut into bands, for few candidates and a
//! recall that is known.
//!
//! Two texts are candidates when all rows of some band agree. A band of r rows agrees with
//! probability J^r, so bands of r_1, r_2, ... rows propose a pair with probability
//! `1 - (1 - J^r_1)(1 - J^r_2)...`, the S-curve (Indyk and Motwani 1998; Leskovec, Rajaraman and
//! Ullman, "Mining of Massive Datasets", chapter 3). The slots of Fast Similarity Sketching are
//! slightly negatively correlated, so fewer pairs are missed than this product says.
//!
//! The usual choice of b bands of r rows leaves slots unused and jumps from one r to the next. Here
//! bands of r and of r + 1 rows are mixed. Of all mixtures that reach the recall target, the one
//! with the longest rows is chosen, since each row more divides the false candidates by hundreds.

use std::ops::Range;

use crate::error::Error;

/// How the slots of a signature are cut into bands.
///
/// ```
/// use newsprint::parts::Banding;
///
/// let banding = Banding::for_target(128, 0.7, 0.999)?;
/// assert!(banding.probability(0.7) >= 0.999); // of the pairs at the threshold
/// assert!(banding.probability(0.1) < 0.01); // of the unlike ones
/// assert!(banding.expected_candidates(100_000, 0.003) < 10.0);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banding {
    /// Rows of a short band; a long one has one more.
    rows: usize,
    /// How many bands are short.
    short: usize,
    /// How many bands are long; they come first.
    long: usize,
}

impl Banding {
    /// `bands` bands of `rows` rows each. They need `bands * rows` slots.
    ///
    /// # Errors
    /// If either is 0.
    pub fn new(bands: usize, rows: usize) -> Result<Self, Error> {
        if bands == 0 || rows == 0 {
            return Err(Error::range(
                "bands x rows",
                format!("{bands} x {rows}"),
                "at least 1 x 1",
            ));
        }
        Ok(Banding { rows, short: bands, long: 0 })
    }

    /// The most selective bands of at most `slots` slots that propose at least `recall` of the
    /// pairs whose Jaccard similarity is exactly `threshold` (and more of the pairs above it).
    /// O(slots²) time.
    ///
    /// # Errors
    /// If `threshold` is not above 0 and at most 1, if `recall` is not above 0 and below 1, if
    /// there are no slots, or if even bands of one row do not reach the recall.
    pub fn for_target(slots: usize, threshold: f64, recall: f64) -> Result<Self, Error> {
        if !(threshold > 0.0 && threshold <= 1.0) {
            return Err(Error::range("threshold", threshold, "above 0 and at most 1"));
        }
        if !(recall > 0.0 && recall < 1.0) {
            return Err(Error::range("recall", recall, "above 0 and below 1"));
        }
        if slots == 0 {
            return Err(Error::range("number of slots", slots, "at least 1"));
        }
        for rows in (1..=slots).rev() {
            for long in (0..=slots / (rows + 1)).rev() {
                let banding = Banding { rows, short: (slots - long * (rows + 1)) / rows, long };
                if banding.probability(threshold) >= recall {
                    return Ok(banding);
                }
            }
        }
        let best = Banding { rows: 1, short: slots, long: 0 };
        Err(Error::unreachable(threshold, recall, slots, best.probability(threshold)))
    }

    /// The rows of a short band, and how many bands are short and long.
    pub(crate) fn parts(&self) -> [usize; 3] {
        [self.rows, self.short, self.long]
    }

    /// The banding of some [parts](Self::parts), if it has at most `slots` slots.
    pub(crate) fn of_parts([rows, short, long]: [usize; 3], slots: usize) -> Option<Self> {
        let in_long = long.checked_mul(rows.checked_add(1)?)?;
        let used = short.checked_mul(rows)?.checked_add(in_long)?;
        (rows > 0 && (1..=slots).contains(&used)).then_some(Banding { rows, short, long })
    }

    /// The slots of each band, in order; the bands do not overlap.
    pub fn bands(&self) -> impl ExactSizeIterator<Item = Range<usize>> + use<> {
        let Banding { rows, long, short } = *self;
        let tail = long * (rows + 1);
        (0..long + short).map(move |band| match band.checked_sub(long) {
            None => band * (rows + 1)..(band + 1) * (rows + 1),
            Some(band) => tail + band * rows..tail + (band + 1) * rows,
        })
    }

    /// The number of slots used.
    pub fn slots(&self) -> usize {
        self.long * (self.rows + 1) + self.short * self.rows
    }

    /// The S-curve: the probability that a pair of Jaccard similarity `jaccard` becomes a
    /// candidate.
    pub fn probability(&self, jaccard: f64) -> f64 {
        let short = jaccard.clamp(0.0, 1.0).powi(self.rows as i32);
        1.0 - (1.0 - short).powi(self.short as i32) * (1.0 - short * jaccard).powi(self.long as i32)
    }

    /// The share of the pairs at or above `threshold` that are found, if their similarities are
    /// uniformly distributed from there to 1.
    pub fn expected_recall(&self, threshold: f64) -> f64 {
        const STEPS: usize = 1000;
        let at = |i: usize| threshold + (1.0 - threshold) * (i as f64 + 0.5) / STEPS as f64;
        (0..STEPS).map(|i| self.probability(at(i))).sum::<f64>() / STEPS as f64
    }

    /// How many pairs of `articles` unrelated articles become candidates by chance, if unrelated
    /// articles have a Jaccard similarity of `background`. Measured on random pairs: 0.0007 (BBC, 2
    /// KB) to 0.002 (American papers, 4 KB) on shingles of three words, 0.00003 on five words, 0.01
    /// to 0.05 on five letters.
    pub fn expected_candidates(&self, articles: usize, background: f64) -> f64 {
        let articles = articles as f64;
        articles * (articles - 1.0) / 2.0 * self.probability(background)
    }
}

/// The number of equal slots that all but a share `loss` of the pairs at `threshold` reach: a
/// binomial quantile, on the safe side because the slots vary less than independent ones.
pub(crate) fn min_equal_slots(slots: usize, threshold: f64, loss: f64) -> u32 {
    let (mut below, mut equal) = (0.0, 0);
    // Logarithms, as (1 - threshold)^slots may underflow.
    let log_miss = (1.0 - threshold).max(f64::MIN_POSITIVE).ln();
    let log_odds = threshold.ln() - log_miss;
    let mut log_term = slots as f64 * log_miss;
    while equal < slots {
        below += log_term.exp();
        if below > loss {
            break;
        }
        log_term += ((slots - equal) as f64 / (equal + 1) as f64).ln() + log_odds;
        equal += 1;
    }
    equal as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_met_with_the_longest_rows() {
        for slots in [16, 64, 128, 256, 1024] {
            for threshold in [0.2, 0.3, 0.5, 0.7, 0.9, 1.0] {
                for recall in [0.5, 0.9, 0.99, 0.999] {
                    let Ok(banding) = Banding::for_target(slots, threshold, recall) else {
                        assert!(1.0 - (1.0f64 - threshold).powi(slots as i32) < recall);
                        continue;
                    };
                    assert!(banding.probability(threshold) >= recall);
                    assert!(banding.slots() <= slots && slots - banding.slots() < banding.rows);
                    let longer = Banding::new(slots / (banding.rows + 1), banding.rows + 1);
                    if let Ok(longer) = longer {
                        assert!(
                            longer.probability(threshold) < recall,
                            "{slots} {threshold} {recall}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn bands_tile_the_slots() {
        for banding in
            [Banding { rows: 2, short: 7, long: 38 }, Banding { rows: 4, short: 32, long: 0 }]
        {
            let slots: Vec<usize> = banding.bands().flatten().collect();
            assert_eq!(slots, (0..banding.slots()).collect::<Vec<_>>());
            assert_eq!(banding.bands().len(), banding.short + banding.long);
        }
    }

    #[test]
    fn the_published_s_curve() {
        // Leskovec et al., section 3.4.2: 20 bands of 5 rows.
        let banding = Banding::new(20, 5).expect("valid");
        for (jaccard, probability) in
            [(0.2, 0.006), (0.4, 0.186), (0.5, 0.470), (0.6, 0.802), (0.8, 0.9996)]
        {
            assert!((banding.probability(jaccard) - probability).abs() < 0.0006, "{jaccard}");
        }
        assert_eq!(banding.probability(0.0), 0.0);
        assert_eq!(banding.probability(1.0), 1.0);
    }

    #[test]
    fn refusals_name_the_limit() {
        let error = |t, r| Banding::for_target(16, t, r).unwrap_err().to_string();
        assert_eq!(error(0.0, 0.9), "threshold is 0, must be above 0 and at most 1");
        assert_eq!(error(0.5, 1.0), "recall is 1, must be above 0 and below 1");
        assert_eq!(error(f64::NAN, 0.9), "threshold is NaN, must be above 0 and at most 1");
        assert!(
            error(0.05, 0.999).contains("16 slots find at most 0.5599"),
            "{}",
            error(0.05, 0.999)
        );
    }

    #[test]
    fn min_equal_slots_is_the_binomial_quantile() {
        // Against direct summation.
        for (slots, threshold, loss) in
            [(128, 0.5, 1e-3), (128, 0.7, 1e-5), (16, 0.9, 1e-2), (1024, 0.3, 1e-6)]
        {
            let term = |i: usize| -> f64 {
                let choose: f64 = (0..i).map(|x| ((slots - x) as f64 / (i - x) as f64).ln()).sum();
                (choose
                    + i as f64 * f64::ln(threshold)
                    + (slots - i) as f64 * f64::ln(1.0 - threshold))
                .exp()
            };
            let min = min_equal_slots(slots, threshold, loss) as usize;
            assert!((0..min).map(term).sum::<f64>() <= loss);
            assert!((0..=min).map(term).sum::<f64>() > loss);
        }
        assert_eq!(min_equal_slots(128, 1.0, 1e-5), 128);
    }
}
