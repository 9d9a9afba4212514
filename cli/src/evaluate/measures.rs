//! Measures of agreement with labels.

use std::collections::HashMap;
use std::hash::Hash;

/// The counts of a binary confusion matrix.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) true_yes: usize,
    pub(crate) false_yes: usize,
    pub(crate) true_no: usize,
    pub(crate) false_no: usize,
}

impl Counts {
    /// The counts of scores and their labels, where a score from `threshold` on predicts yes.
    pub(crate) fn at(threshold: f64, scored: &[(f64, bool)]) -> Self {
        let mut counts = Counts::default();
        for &(score, label) in scored {
            counts.add(score >= threshold, label);
        }
        counts
    }

    pub(crate) fn add(&mut self, predicted: bool, label: bool) {
        *match (predicted, label) {
            (true, true) => &mut self.true_yes,
            (true, false) => &mut self.false_yes,
            (false, false) => &mut self.true_no,
            (false, true) => &mut self.false_no,
        } += 1;
    }

    /// The right predictions, of all.
    pub(crate) fn accuracy(&self) -> Share {
        let right = self.true_yes + self.true_no;
        Share { count: right, of: right + self.false_yes + self.false_no }
    }

    /// The items predicted yes, of those labelled yes.
    pub(crate) fn recall(&self) -> Share {
        Share { count: self.true_yes, of: self.true_yes + self.false_no }
    }

    /// The items labelled yes, of those predicted yes.
    pub(crate) fn precision(&self) -> Share {
        Share { count: self.true_yes, of: self.true_yes + self.false_yes }
    }

    /// The harmonic mean of recall and precision.
    pub(crate) fn f1(&self) -> f64 {
        let wrong = self.false_yes + self.false_no;
        Share { count: 2 * self.true_yes, of: 2 * self.true_yes + wrong }.value()
    }
}

/// A count of items of a total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) count: usize,
    pub(crate) of: usize,
}

impl Share {
    pub(crate) fn of<T>(items: &[T], counts: impl Fn(&T) -> bool) -> Self {
        Share { count: items.iter().filter(|item| counts(item)).count(), of: items.len() }
    }

    /// The items that are equal in both lists.
    pub(crate) fn same<T: PartialEq>(left: &[T], right: &[T]) -> Self {
        Share { count: left.iter().zip(right).filter(|(l, r)| l == r).count(), of: left.len() }
    }

    /// The quotient; NaN if the total is 0.
    pub(crate) fn value(self) -> f64 {
        self.count as f64 / self.of as f64
    }
}

/// The threshold with the greatest value of a measure, and the counts there. It lies halfway
/// between two scores, or on the least score; the highest of equally good ones is taken. None
/// without scores.
pub(crate) fn best_threshold(
    scored: &[(f64, bool)],
    measure: impl Fn(&Counts) -> f64,
) -> Option<(f64, Counts)> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let no = |label| sorted.iter().filter(|(_, labelled)| *labelled == label).count();
    let mut counts = Counts { false_no: no(true), true_no: no(false), ..Counts::default() };
    let mut best: Option<(f64, Counts)> = None;
    for (i, &(score, label)) in sorted.iter().enumerate() {
        if label {
            (counts.true_yes, counts.false_no) = (counts.true_yes + 1, counts.false_no - 1);
        } else {
            (counts.false_yes, counts.true_no) = (counts.false_yes + 1, counts.true_no - 1);
        }
        let next = sorted.get(i + 1).map_or(score, |next| next.0);
        let between = next < score || i + 1 == sorted.len();
        if between && best.is_none_or(|(_, best)| measure(&counts) > measure(&best)) {
            best = Some((f64::midpoint(score, next), counts));
        }
    }
    best
}

/// The average precision: the mean, over the items labelled yes, of the precision down to their
/// score.
pub(crate) fn average_precision(scored: &[(f64, bool)]) -> f64 {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut found, mut sum) = (0, 0.0);
    for (i, _) in sorted.iter().enumerate().filter(|(_, (_, label))| *label) {
        found += 1;
        sum += f64::from(found) / (i + 1) as f64;
    }
    sum / f64::from(found)
}

/// The expected calibration error: the mean difference of confidence and accuracy in ten bins,
/// weighted by the items of each bin.
pub(crate) fn calibration_error(confidences: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0); 10];
    for &(confidence, right) in confidences {
        let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
        *bin = (bin.0 + confidence, bin.1 + f64::from(u8::from(right)));
    }
    bins.iter().map(|(claimed, right): &(f64, f64)| (claimed - right).abs()).sum::<f64>()
        / confidences.len() as f64
}

/// The agreement of two groupings of the same items.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Agreement {
    /// The pairs of items: predicted and labelled to be in one group.
    pub(crate) pairs: Counts,
    /// The adjusted Rand index (Hubert and Arabie 1985): 1 for equal groups, 0 for chance.
    pub(crate) ari: f64,
    pub(crate) cubed: BCubed,
}

/// B-cubed (Bagga and Baldwin 1998). Precision is the share of an item's group that has its label,
/// recall the share of the items with its label that are in its group; both are means over the
/// items. Large groups therefore do not count by the square of their size, as they do in pairs.
/// Amigó et al. (2009) found that of the measures of groupings only this one meets all of their
/// criteria.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BCubed {
    pub(crate) precision: f64,
    pub(crate) recall: f64,
}

impl BCubed {
    /// The harmonic mean of precision and recall.
    pub(crate) fn f(&self) -> f64 {
        2.0 * self.precision * self.recall / (self.precision + self.recall)
    }
}

impl Agreement {
    pub(crate) fn of<T: Eq + Hash, L: Eq + Hash>(items: &[(T, L)]) -> Self {
        let predicted_sizes = sizes(items.iter().map(|(predicted, _)| predicted));
        let label_sizes = sizes(items.iter().map(|(_, label)| label));
        let both_sizes = sizes(items.iter());
        // Summed in the order of the items, not of a map, so that rounding does not vary.
        let count = items.len() as f64;
        let mean = |share: &dyn Fn(&(T, L)) -> f64| items.iter().map(share).sum::<f64>() / count;
        let cubed = BCubed {
            precision: mean(&|item| both_sizes[item] as f64 / predicted_sizes[&item.0] as f64),
            recall: mean(&|item| both_sizes[item] as f64 / label_sizes[&item.1] as f64),
        };
        let (predicted, labelled) = (pairs_within(&predicted_sizes), pairs_within(&label_sizes));
        let both = pairs_within(&both_sizes);
        let all = items.len() * items.len().saturating_sub(1) / 2;
        let pairs = Counts {
            true_yes: both,
            false_yes: predicted - both,
            false_no: labelled - both,
            true_no: all + both - predicted - labelled,
        };
        let expected = predicted as f64 * labelled as f64 / all.max(1) as f64;
        let most = (predicted + labelled) as f64 / 2.0;
        // Both groupings have all items apart, or all together.
        let ari = if most == expected { 1.0 } else { (both as f64 - expected) / (most - expected) };
        Agreement { pairs, ari, cubed }
    }
}

/// The size of each group.
fn sizes<T: Eq + Hash>(groups: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut sizes: HashMap<T, usize> = HashMap::new();
    groups.for_each(|group| *sizes.entry(group).or_default() += 1);
    sizes
}

/// The number of pairs of items in one group.
fn pairs_within<T>(sizes: &HashMap<T, usize>) -> usize {
    sizes.values().map(|size| size * (size - 1) / 2).sum()
}

/// Pearson's correlation of pairs of figures; NaN if one side is constant.
pub(crate) fn pearson(pairs: &[(f64, f64)]) -> f64 {
    let mean =
        |side: fn(&(f64, f64)) -> f64| pairs.iter().map(side).sum::<f64>() / pairs.len() as f64;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |product: &dyn Fn(f64, f64) -> f64| -> f64 {
        pairs.iter().map(|pair| product(pair.0 - x, pair.1 - y)).sum()
    };
    sum(&|x, y| x * y) / (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt()
}

/// Spearman's correlation: Pearson's correlation of the ranks.
pub(crate) fn spearman(pairs: &[(f64, f64)]) -> f64 {
    let (left, right): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let ranks: Vec<(f64, f64)> = ranks(&left).into_iter().zip(ranks(&right)).collect();
    pearson(&ranks)
}

/// The rank of each figure from 1; equal ones share the mean of their ranks.
fn ranks(figures: &[f64]) -> Vec<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |figure: &f64| {
        let below = sorted.partition_point(|other| other < figure);
        let upto = sorted.partition_point(|other| other <= figure);
        (below + 1 + upto) as f64 / 2.0
    };
    figures.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORED: [(f64, bool); 6] =
        [(0.9, true), (0.8, true), (0.6, false), (0.6, true), (0.3, false), (0.1, false)];

    #[test]
    fn shares_at_a_threshold() {
        let counts = Counts::at(0.6, &SCORED);
        assert_eq!(counts, Counts { true_yes: 3, false_yes: 1, true_no: 2, false_no: 0 });
        assert_eq!(counts.accuracy(), Share { count: 5, of: 6 });
        assert_eq!((counts.precision().value(), counts.recall().value()), (0.75, 1.0));
        assert_eq!(counts.f1(), 6.0 / 7.0);
        assert!(Counts::default().recall().value().is_nan());
    }

    #[test]
    fn best_thresholds_lie_between_scores_and_take_equal_scores_together() {
        // Accuracy is 5 of 6 at 0.8 (one missed) and at 0.6 (one too many). The higher one is
        // taken.
        let (threshold, counts) =
            best_threshold(&SCORED, |counts| counts.accuracy().value()).expect("scores");
        assert!((threshold - 0.7).abs() < 1e-12, "{threshold}");
        assert_eq!(counts, Counts { true_yes: 2, false_yes: 0, true_no: 3, false_no: 1 });
        // F1 is 4/5 there, and 6/7 with the next two items.
        let (threshold, counts) = best_threshold(&SCORED, Counts::f1).expect("scores");
        assert!((threshold - 0.45).abs() < 1e-12, "{threshold}");
        assert_eq!(counts, Counts::at(threshold, &SCORED));
        assert_eq!(best_threshold(&[], Counts::f1), None);
        assert_eq!(best_threshold(&[(0.2, true)], Counts::f1).map(|best| best.0), Some(0.2));
    }

    #[test]
    fn groups_agree_as_counted_by_hand() {
        // Predicted {0 1 2} {3 4} {5}, labelled {0 1} {2 3} {4 5}: of 15 pairs, 4 are predicted, 3
        // labelled, 1 both.
        let predicted = ["a", "a", "a", "b", "b", "c"];
        let items: Vec<(&str, usize)> = predicted.into_iter().zip([0, 0, 1, 1, 2, 2]).collect();
        let agreement = Agreement::of(&items);
        assert_eq!(agreement.pairs, Counts { true_yes: 1, false_yes: 3, true_no: 9, false_no: 2 });
        // Expected 4 · 3 / 15 = 0.8, most 3.5: 0.2 / 2.7.
        assert!((agreement.ari - 0.2 / 2.7).abs() < 1e-12, "{}", agreement.ari);
        // The precisions of the items are 2/3 2/3 1/3, 1/2 1/2 and 1: 11/3 of 6. The recalls are
        // 1 1, 1/2 1/2 and 1/2 1/2: 4 of 6. So F is 2 · 11/18 · 12/18 / (23/18).
        let BCubed { precision, recall } = agreement.cubed;
        assert!((precision - 11.0 / 18.0).abs() < 1e-12 && (recall - 2.0 / 3.0).abs() < 1e-12);
        assert!((agreement.cubed.f() - 44.0 / 69.0).abs() < 1e-12, "{}", agreement.cubed.f());
        let same: Vec<(usize, char)> = [0, 0, 1, 2].into_iter().zip(['x', 'x', 'y', 'z']).collect();
        assert_eq!((Agreement::of(&same).ari, Agreement::of(&same).cubed.f()), (1.0, 1.0));
        let apart: Vec<(usize, usize)> = (0..3).map(|i| (i, i)).collect();
        assert_eq!((Agreement::of(&apart).ari, Agreement::of(&[(0, 0); 3]).ari), (1.0, 1.0));
    }

    #[test]
    fn b_cubed_is_the_mean_over_items_by_definition() {
        // The mean over the items of the share of an item's group, itself included, that has its
        // label. Recall is the same with both sides exchanged.
        let by_definition = |items: &[(usize, usize)]| {
            let shares = items.iter().map(|item| {
                let predicted: Vec<_> = items.iter().filter(|other| other.0 == item.0).collect();
                let right = predicted.iter().filter(|other| other.1 == item.1).count();
                right as f64 / predicted.len() as f64
            });
            shares.sum::<f64>() / items.len() as f64
        };
        for step in 1..40 {
            let items: Vec<(usize, usize)> =
                (0..50).map(|i| (i * step % 53 % 7, i * i * step % 59 % (1 + step % 9))).collect();
            let turned: Vec<_> =
                items.iter().map(|&(predicted, label)| (label, predicted)).collect();
            let (precision, recall) = (by_definition(&items), by_definition(&turned));
            let cubed = Agreement::of(&items).cubed;
            assert!((cubed.precision - precision).abs() < 1e-12, "{step}");
            assert!((cubed.recall - recall).abs() < 1e-12, "{step}");
            assert!((cubed.f() - 2.0 / (1.0 / precision + 1.0 / recall)).abs() < 1e-12, "{step}");
        }
    }

    #[test]
    fn correlations_as_computed_by_hand() {
        // Deviations -1.5 -0.5 0.5 1.5 and -2 0 -1 3: products 3 + 0 - 0.5 + 4.5 = 7, squares 5 and
        // 14.
        let pairs = [(1.0, 2.0), (2.0, 4.0), (3.0, 3.0), (4.0, 7.0)];
        assert!((pearson(&pairs) - 7.0 / 70f64.sqrt()).abs() < 1e-12);
        // Ranks 1 2 3 4 and 1 3 2 4: 1 - 6 · 2 / (4 · 15).
        assert!((spearman(&pairs) - 0.8).abs() < 1e-12);
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 0.0]), [3.5, 2.0, 3.5, 1.0]);
        assert!((pearson(&pairs.map(|(x, _)| (x, -3.0 * x))) + 1.0).abs() < 1e-12);
        assert!(pearson(&[(1.0, 2.0), (1.0, 3.0)]).is_nan());
    }
}
