//! Gradient boosting of oblivious trees, which fits the constants of the model.
//!
//! A tree asks the same few questions about every pair: is this feature at least this value? The
//! answers select a leaf, which has a number to add to the score of each class (Kohavi 1994;
//! Prokhorenkova et al. 2018). Trees are fitted one after another to the gradient of the likelihood
//! (Friedman 2001), with steps by the second derivative (Chen and Guestrin 2016). A label is a set
//! of classes, because it is often unknown whether an account of one event is a copy; the
//! likelihood is that of the set.
//!
//! If a class can only become more likely as a feature grows, leaves that contradict this are made
//! equal. The gain of a question is computed with these leaves: otherwise the trees ask questions
//! whose answers are then averaged away.

use std::collections::BTreeMap;

use super::random::Random;

/// A score for each class.
type Scores<const N: usize> = [f64; N];

/// The parameters of the fit.
#[derive(Clone, Copy)]
pub(crate) struct BoostingOptions {
    pub(crate) trees: usize,
    /// The number of questions of a tree.
    pub(crate) depth: usize,
    /// The share of each step to take: the learning rate.
    pub(crate) rate: f64,
    /// A constant added to the second derivatives of a leaf: the regularisation.
    pub(crate) ridge: f64,
    /// The share of the pairs that each tree is fitted to.
    pub(crate) rows: f64,
    /// The share of the features that each tree may ask about.
    pub(crate) columns: f64,
    /// The most thresholds of a feature.
    pub(crate) borders: usize,
}

impl Default for BoostingOptions {
    fn default() -> Self {
        BoostingOptions {
            trees: 240,
            depth: 3,
            rate: 0.1,
            ridge: 6.0,
            rows: 0.8,
            columns: 0.4,
            borders: 24,
        }
    }
}

/// A labelled pair.
#[derive(Clone)]
pub(crate) struct TrainingRow {
    pub(crate) figures: Vec<f32>,
    /// The classes that the label allows, as bits.
    pub(crate) classes: u8,
    pub(crate) weight: f64,
}

/// Feature, class, sign: the score of the class must not fall as the feature grows, or must not
/// rise if the sign is negative.
pub(crate) type MonotoneConstraints = [(usize, usize, f64)];

/// A tree: its questions, and the scores that each leaf adds. The answer to the first question is
/// the lowest bit of the leaf's number.
#[derive(Clone)]
pub(crate) struct Tree<const N: usize> {
    pub(crate) questions: Vec<(usize, f32)>,
    pub(crate) leaves: Vec<Scores<N>>,
}

#[derive(Clone)]
pub(crate) struct BoostedTrees<const N: usize> {
    pub(crate) start: Scores<N>,
    pub(crate) trees: Vec<Tree<N>>,
}

impl<const N: usize> Tree<N> {
    fn leaf(&self, figures: &[f32]) -> usize {
        let bits = self.questions.iter().enumerate();
        bits.fold(0, |leaf, (bit, &(figure, border))| {
            leaf | usize::from(figures[figure] >= border) << bit
        })
    }
}

impl<const N: usize> BoostedTrees<N> {
    pub(crate) fn scores(&self, figures: &[f32]) -> Scores<N> {
        let mut scores = self.start;
        for tree in &self.trees {
            add(&mut scores, &tree.leaves[tree.leaf(figures)]);
        }
        scores
    }
}

fn add<const N: usize>(scores: &mut Scores<N>, more: &Scores<N>) {
    scores.iter_mut().zip(more).for_each(|(score, more)| *score += more);
}

/// The probabilities of the classes: the softmax of their scores.
pub(crate) fn probabilities<const N: usize>(scores: &Scores<N>, sharpness: f64) -> Scores<N> {
    let most = scores.iter().copied().fold(f64::MIN, f64::max);
    let powers = scores.map(|score| ((score - most) * sharpness).exp());
    let sum: f64 = powers.iter().sum();
    powers.map(|power| power / sum)
}

/// Fits a model.
pub(crate) fn fit<const N: usize>(
    rows: &[TrainingRow],
    monotone: &MonotoneConstraints,
    options: &BoostingOptions,
) -> BoostedTrees<N> {
    let figures = rows.first().map_or(0, |row| row.figures.len());
    let borders: Vec<Vec<f32>> =
        (0..figures).map(|figure| borders(rows, figure, options.borders)).collect();
    // For each feature, the bin of each pair's value.
    let bins: Vec<Vec<u8>> = (0..figures)
        .map(|figure| {
            let bin = |row: &TrainingRow| {
                borders[figure].partition_point(|&border| border <= row.figures[figure]) as u8
            };
            rows.iter().map(bin).collect()
        })
        .collect();
    let start = start(rows);
    let mut model = BoostedTrees { start, trees: Vec::with_capacity(options.trees) };
    let mut scores: Vec<Scores<N>> = vec![start; rows.len()];
    let mut random = Random(0x9E37_79B9);
    for _ in 0..options.trees {
        let mut gradients: Vec<Derivatives<N>> = Vec::with_capacity(rows.len());
        for (row, scores) in rows.iter().zip(&scores) {
            let taken = if random.share() < options.rows { row.weight } else { 0.0 };
            gradients.push(gradient(row, &probabilities(scores, 1.0), taken));
        }
        let columns: Vec<usize> =
            (0..figures).filter(|_| random.share() < options.columns).collect();
        let tree = grow(&bins, &borders, &columns, &gradients, monotone, options);
        for (i, scores) in scores.iter_mut().enumerate() {
            add(scores, &tree.leaves[tree.leaf(&rows[i].figures)]);
        }
        model.trees.push(tree);
    }
    model
}

/// The first and second derivatives of the log-likelihood of pairs by the score of each class.
#[derive(Clone)]
struct Derivatives<const N: usize> {
    first: Scores<N>,
    /// With the sign turned, so that they are positive.
    second: Scores<N>,
}

impl<const N: usize> Default for Derivatives<N> {
    fn default() -> Self {
        Derivatives { first: [0.0; N], second: [0.0; N] }
    }
}

impl<const N: usize> Derivatives<N> {
    /// Adds those of other pairs, so many times.
    fn add(&mut self, other: &Self, times: f64) {
        for class in 0..N {
            self.first[class] += times * other.first[class];
            self.second[class] += times * other.second[class];
        }
    }
}

/// The derivatives of one pair.
fn gradient<const N: usize>(row: &TrainingRow, likely: &Scores<N>, weight: f64) -> Derivatives<N> {
    let may_be = |class: usize| row.classes >> class & 1 == 1;
    let possible: f64 = (0..N).filter(|&class| may_be(class)).map(|class| likely[class]).sum();
    let mut of_pair = Derivatives::default();
    for (class, likely) in likely.iter().enumerate() {
        let target = if may_be(class) { likely / possible.max(1e-9) } else { 0.0 };
        of_pair.first[class] = weight * (target - likely);
        of_pair.second[class] = weight * (likely * (1.0 - likely)).max(1e-3);
    }
    of_pair
}

/// The initial scores: the logarithms of the class frequencies, with mean 0.
fn start<const N: usize>(rows: &[TrainingRow]) -> Scores<N> {
    let mut sums = [1.0; N];
    for row in rows {
        let share = row.weight / f64::from(row.classes.count_ones());
        (0..N).filter(|class| row.classes >> class & 1 == 1).for_each(|class| sums[class] += share);
    }
    let mean = sums.iter().map(|sum: &f64| sum.ln()).sum::<f64>() / N as f64;
    sums.map(|sum| sum.ln() - mean)
}

/// Thresholds between the values of a feature, with about equally many pairs between any two, and
/// one between what is unknown and what is known.
fn borders(rows: &[TrainingRow], figure: usize, most: usize) -> Vec<f32> {
    let mut values: BTreeMap<u32, usize> = BTreeMap::new();
    // Features are never below −1. The bits of non-negative floats sort like the floats.
    rows.iter()
        .for_each(|row| *values.entry((row.figures[figure] + 1.0).to_bits()).or_default() += 1);
    let known = rows.iter().filter(|row| row.figures[figure] >= 0.0).count();
    let (each, mut held) = (known / (most + 1), 0);
    let mut borders: Vec<f32> = Vec::new();
    let mut before: Option<f32> = None;
    for (bits, count) in values {
        let value = f32::from_bits(bits) - 1.0;
        if let Some(before) = before.filter(|before| held >= each.max(1) || *before < 0.0) {
            // The middle, rounded to as few digits as possible.
            let border = round((before + value) / 2.0, before, value);
            borders.push(border);
            held = 0;
        }
        held += count;
        before = Some(value);
    }
    borders
}

/// A number near `value` with few digits, above `low` and at most `high`.
fn round(value: f32, low: f32, high: f32) -> f32 {
    (1..6)
        .map(|digits| {
            let power = 10f32.powi(digits);
            (value * power).round() / power
        })
        .find(|&round| round > low && round <= high)
        .unwrap_or(high)
}

fn grow<const N: usize>(
    bins: &[Vec<u8>],
    borders: &[Vec<f32>],
    columns: &[usize],
    gradient: &[Derivatives<N>],
    monotone: &MonotoneConstraints,
    options: &BoostingOptions,
) -> Tree<N> {
    let mut leaf_of = vec![0usize; gradient.len()];
    let mut questions: Vec<(usize, usize)> = Vec::new();
    for bit in 0..options.depth {
        let leaves = 1 << bit;
        let mut best: Option<(f64, usize, usize)> = None;
        for &figure in columns {
            let all = borders[figure].len() + 1;
            let mut sums = vec![Derivatives::default(); leaves * all];
            for (i, of_row) in gradient.iter().enumerate() {
                sums[leaf_of[i] * all + usize::from(bins[figure][i])].add(of_row, 1.0);
            }
            // Those at least as large as a border move from the left leaves to the right ones.
            let mut sides = vec![Derivatives::default(); 2 * leaves];
            for (leaf, of_leaf) in sums.chunks(all).enumerate() {
                of_leaf.iter().for_each(|sum| sides[leaves + leaf].add(sum, 1.0));
            }
            questions.push((figure, 0));
            for border in 0..all - 1 {
                for leaf in 0..leaves {
                    let moved = &sums[leaf * all + border];
                    sides[leaf].add(moved, 1.0);
                    sides[leaves + leaf].add(moved, -1.0);
                }
                let gain = gain(&sides, &steps(&sides, &questions, monotone, options), options);
                if best.is_none_or(|(most, ..)| gain > most + 1e-12) {
                    best = Some((gain, figure, border));
                }
            }
            questions.pop();
        }
        let Some((_, figure, border)) = best else { break };
        for (leaf, &bin) in leaf_of.iter_mut().zip(&bins[figure]) {
            *leaf |= usize::from(usize::from(bin) > border) << bit;
        }
        questions.push((figure, border));
    }
    let mut sums = vec![Derivatives::default(); 1 << questions.len()];
    gradient.iter().zip(&leaf_of).for_each(|(of_row, &leaf)| sums[leaf].add(of_row, 1.0));
    let mut leaves = steps(&sums, &questions, monotone, options);
    leaves.iter_mut().flatten().for_each(|score| *score *= options.rate);
    let questions =
        questions.into_iter().map(|(figure, border)| (figure, borders[figure][border])).collect();
    Tree { questions, leaves }
}

/// The scores of leaves that raise the likelihood most and satisfy the constraints.
fn steps<const N: usize>(
    sums: &[Derivatives<N>],
    questions: &[(usize, usize)],
    monotone: &MonotoneConstraints,
    options: &BoostingOptions,
) -> Vec<Scores<N>> {
    let step = |sum: &Derivatives<N>| -> Scores<N> {
        std::array::from_fn(|class| sum.first[class] / (sum.second[class] + options.ridge))
    };
    let mut leaves: Vec<Scores<N>> = sums.iter().map(step).collect();
    enforce_monotone(&mut leaves, sums, questions, monotone);
    leaves
}

/// By how much these scores of leaves raise the likelihood, to second order, times two.
fn gain<const N: usize>(
    sums: &[Derivatives<N>],
    leaves: &[Scores<N>],
    options: &BoostingOptions,
) -> f64 {
    let of_class = |(sum, leaf): (&Derivatives<N>, &Scores<N>), class: usize| {
        leaf[class] * (2.0 * sum.first[class] - (sum.second[class] + options.ridge) * leaf[class])
    };
    let of_leaf = |it| (0..N).map(|class| of_class(it, class)).sum::<f64>();
    sums.iter().zip(leaves).map(of_leaf).sum()
}

/// Rounds in which violating leaves are replaced by their mean.
const MAX_ROUNDS: usize = 8;

/// Replaces pairs of leaves that violate a constraint by their weighted mean. Raises the higher
/// leaf of pairs that still violate one after [`MAX_ROUNDS`].
fn enforce_monotone<const N: usize>(
    leaves: &mut [Scores<N>],
    sums: &[Derivatives<N>],
    questions: &[(usize, usize)],
    monotone: &MonotoneConstraints,
) {
    for class in 0..N {
        // The bits of the leaf's number with a constraint for this class, each with its sign.
        let sign = |figure: usize| {
            monotone
                .iter()
                .find(|(of, to, _)| (*of, *to) == (figure, class))
                .map(|(.., sign)| *sign)
        };
        let bits: Vec<(usize, f64)> = questions
            .iter()
            .enumerate()
            .filter_map(|(bit, &(figure, _))| Some((1 << bit, sign(figure)?)))
            .collect();
        let falling: usize = bits.iter().filter(|(_, sign)| *sign < 0.0).map(|(bit, _)| bit).sum();
        // From the leaf that must have the lowest score to the one with the highest.
        let order: Vec<usize> = (0..leaves.len()).map(|leaf| leaf ^ falling).collect();
        let above = |leaf: usize| {
            let up = bits.iter().filter(move |(bit, _)| (leaf ^ falling) & bit == 0);
            up.map(move |(bit, _)| leaf ^ bit)
        };
        for round in 0..=MAX_ROUNDS {
            for &low in &order {
                for high in above(low) {
                    if leaves[low][class] <= leaves[high][class] {
                        continue;
                    }
                    if round == MAX_ROUNDS {
                        leaves[high][class] = leaves[low][class];
                        continue;
                    }
                    let (a, b) = (sums[low].second[class] + 1e-6, sums[high].second[class] + 1e-6);
                    let mean = (a * leaves[low][class] + b * leaves[high][class]) / (a + b);
                    (leaves[low][class], leaves[high][class]) = (mean, mean);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs whose class depends on the first feature only.
    fn rows() -> Vec<TrainingRow> {
        let row = |i: usize| TrainingRow {
            figures: vec![(i % 100) as f32 / 100.0, (i * 37 % 100) as f32 / 100.0],
            classes: if i % 100 < 50 {
                1
            } else if i.is_multiple_of(3) {
                0b110
            } else {
                0b10
            },
            weight: 1.0,
        };
        (0..1000).map(row).collect()
    }

    #[test]
    fn learns_the_feature_that_decides_the_class() {
        let options = BoostingOptions { columns: 1.0, ..BoostingOptions::default() };
        let model = fit::<3>(&rows(), &[], &options);
        let likely = |figures: [f32; 2]| probabilities(&model.scores(&figures), 1.0);
        assert!(likely([0.2, 0.9])[0] > 0.95);
        assert!(likely([0.8, 0.1])[1] > 0.9, "the class that all of a set have in common");
        assert!(model.trees.iter().all(|tree| tree.leaves.len() == 1 << tree.questions.len()));
    }

    #[test]
    fn scores_are_monotone_where_constrained() {
        let model = fit::<3>(
            &rows(),
            &[(0, 0, 1.0)],
            &BoostingOptions { columns: 1.0, ..BoostingOptions::default() },
        );
        let scores: Vec<f64> =
            (0..100).map(|i| model.scores(&[i as f32 / 100.0, 0.5])[0]).collect();
        assert!(scores.windows(2).all(|pair| pair[1] >= pair[0] - 1e-9));
        let free =
            fit::<3>(&rows(), &[], &BoostingOptions { columns: 1.0, ..BoostingOptions::default() });
        assert!(free.scores(&[0.9, 0.5])[0] < free.scores(&[0.1, 0.5])[0]);
    }

    #[test]
    fn questions_are_chosen_that_the_constraints_leave_something_of() {
        // The first feature tells the class best, but the wrong way round; the second tells half.
        let row = |i: usize| TrainingRow {
            figures: vec![f32::from(i.is_multiple_of(2)), f32::from(i % 4 == 1)],
            classes: if i.is_multiple_of(2) { 0b10 } else { 0b01 },
            weight: 1.0,
        };
        let rows: Vec<TrainingRow> = (0..1000).map(row).collect();
        let options = BoostingOptions { depth: 1, columns: 1.0, ..BoostingOptions::default() };
        let model = fit::<2>(&rows, &[(0, 0, 1.0), (0, 1, -1.0)], &options);
        let likely = |figures: [f32; 2]| probabilities(&model.scores(&figures), 1.0)[0];
        assert!(likely([0.0, 1.0]) > likely([0.0, 0.0]) + 0.3);
    }
}
