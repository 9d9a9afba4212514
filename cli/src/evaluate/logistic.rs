//! Multinomial logistic regression, the smallest model that turns a few figures into grades.

use std::collections::BTreeSet;

/// The strength of the quadratic penalty on the weights, against the sum of the losses.
const PENALTY: f64 = 0.1;
/// The most steps of the descent.
const MAX_STEPS: usize = 20_000;
/// A shorter step ends the descent.
const MIN_STEP: f64 = 1e-9;

/// A fitted model of `N` figures.
pub(crate) struct LogisticRegression<const N: usize> {
    mean: [f64; N],
    deviation: [f64; N],
    classes: Vec<ClassWeights<N>>,
}

#[derive(Clone)]
struct ClassWeights<const N: usize> {
    bias: f64,
    weights: [f64; N],
}

impl<const N: usize> LogisticRegression<N> {
    /// Fits a model to rows of figures and the class of each, below `classes`.
    ///
    /// Gradient descent on standardised figures. The loss is convex. Its curvature is at most half
    /// the sum of the rows' squared lengths, plus the penalty, which gives the step size.
    pub(crate) fn fit(rows: &[([f64; N], usize)], classes: usize) -> Self {
        let count = rows.len().max(1) as f64;
        let each = |f: &dyn Fn(usize) -> f64| std::array::from_fn::<f64, N, _>(f);
        let mean = each(&|i| rows.iter().map(|(row, _)| row[i]).sum::<f64>() / count);
        let variance =
            each(&|i| rows.iter().map(|(row, _)| (row[i] - mean[i]).powi(2)).sum::<f64>() / count);
        // A constant figure becomes 0.
        let deviation = variance.map(|variance| if variance > 0.0 { variance.sqrt() } else { 1.0 });
        let classes = vec![ClassWeights { bias: 0.0, weights: [0.0; N] }; classes];
        let mut model = LogisticRegression { mean, deviation, classes };

        let rows: Vec<_> =
            rows.iter().map(|(row, class)| (model.standardised(row), *class)).collect();
        let step = 1.0 / (count * (N + 1) as f64 / 2.0 + PENALTY);
        for _ in 0..MAX_STEPS {
            let mut change = model.classes.clone();
            for (to, from) in change.iter_mut().zip(&model.classes) {
                *to = ClassWeights {
                    bias: 0.0,
                    weights: from.weights.map(|weight| -PENALTY * weight),
                };
            }
            for (row, class) in &rows {
                for (k, probability) in model.probabilities(row).into_iter().enumerate() {
                    let missing = f64::from(u8::from(k == *class)) - probability;
                    change[k].bias += missing;
                    change[k]
                        .weights
                        .iter_mut()
                        .zip(row)
                        .for_each(|(weight, x)| *weight += missing * x);
                }
            }
            let mut longest: f64 = 0.0;
            for (class, change) in model.classes.iter_mut().zip(&change) {
                class.bias += step * change.bias;
                class
                    .weights
                    .iter_mut()
                    .zip(change.weights)
                    .for_each(|(weight, by)| *weight += step * by);
                longest = change
                    .weights
                    .iter()
                    .fold(longest.max(change.bias.abs()), |l, by| l.max(by.abs()));
            }
            if step * longest < MIN_STEP {
                break;
            }
        }
        model
    }

    /// The most probable class of a row.
    pub(crate) fn predict(&self, row: &[f64; N]) -> usize {
        let probabilities = self.probabilities(&self.standardised(row));
        (0..probabilities.len())
            .max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]))
            .unwrap_or(0)
    }

    fn standardised(&self, row: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|i| (row[i] - self.mean[i]) / self.deviation[i])
    }

    fn probabilities(&self, row: &[f64; N]) -> Vec<f64> {
        let score = |class: &ClassWeights<N>| {
            class.bias + class.weights.iter().zip(row).map(|(w, x)| w * x).sum::<f64>()
        };
        let mut scores: Vec<f64> = self.classes.iter().map(score).collect();
        let most = scores.iter().copied().fold(f64::MIN, f64::max);
        scores.iter_mut().for_each(|score| *score = (*score - most).exp());
        let sum: f64 = scores.iter().sum();
        scores.iter_mut().for_each(|score| *score /= sum);
        scores
    }
}

/// The class of each row, predicted by a model fitted to the rows of all other groups.
pub(crate) fn leaving_one_out<const N: usize>(
    rows: &[[f64; N]],
    classes: &[usize],
    groups: &[&str],
) -> Vec<usize> {
    let count = classes.iter().max().map_or(0, |most| most + 1);
    let mut predicted = vec![0; rows.len()];
    for group in groups.iter().collect::<BTreeSet<_>>() {
        let (left_out, others): (Vec<usize>, Vec<usize>) =
            (0..rows.len()).partition(|&i| groups[i] == *group);
        let others: Vec<_> = others.into_iter().map(|i| (rows[i], classes[i])).collect();
        let model = LogisticRegression::fit(&others, count);
        left_out.into_iter().for_each(|i| predicted[i] = model.predict(&rows[i]));
    }
    predicted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_classes_that_are_separable() {
        // Three classes at the corners of a triangle, with very different scales.
        let corners = [[0.0, 1000.0], [1.0, 1000.0], [0.5, 3000.0]];
        let near =
            |corner: [f64; 2], i: usize| [corner[0] + i as f64 / 50.0, corner[1] - i as f64 * 20.0];
        let rows: Vec<_> =
            (0..3).flat_map(|k| (0..10).map(move |i| (near(corners[k], i), k))).collect();
        let model = LogisticRegression::fit(&rows, 3);
        assert!(rows.iter().all(|(row, class)| model.predict(row) == *class));
    }

    #[test]
    fn finds_the_optimum_of_noisy_data() {
        // Class 1 has three quarters of the rows at 1 and a quarter of those at -1.
        let rows: Vec<_> = [(-1.0, 30, 10), (1.0, 10, 30)]
            .into_iter()
            .flat_map(|(x, zeros, ones)| {
                (0..zeros + ones).map(move |i| ([x, 7.0], usize::from(i >= zeros)))
            })
            .collect();
        let model = LogisticRegression::fit(&rows, 2);
        // By symmetry the weights are -w and w, where 60 - 80 p = 0.1 w and p = 1 / (1 + exp(-2
        // w)). Without the penalty w would be ln 3 / 2 = 0.5493.
        let [zero, one] = &model.classes[..] else { panic!() };
        assert!((one.weights[0] - 0.5475).abs() < 5e-4, "{}", one.weights[0]);
        assert!((one.weights[0] + zero.weights[0]).abs() < 1e-6 && one.bias.abs() < 1e-6);
        assert_eq!(
            (one.weights[1], model.predict(&[-2.0, 7.0]), model.predict(&[0.3, 7.0])),
            (0.0, 0, 1)
        );
    }

    #[test]
    fn a_group_is_predicted_from_the_others_only() {
        // The same figure means opposite classes in the two groups.
        let (rows, classes) = ([[0.0], [1.0], [0.0], [1.0]], [0, 1, 1, 0]);
        assert_eq!(leaving_one_out(&rows, &classes, &["a", "a", "b", "b"]), [1, 0, 0, 1]);
    }
}
