//! The baseline that stories are measured against: TF-IDF and average linkage.
//!
//! An article is a vector of its words, weighted by tf = 1 + ln count and idf = ln((1 + n) / (1 +
//! df)) + 1 and scaled to length 1, as by scikit-learn's `TfidfVectorizer(sublinear_tf=True)`
//! (Salton and Buckley 1988). Each article begins as a group of its own. The two groups with the
//! highest mean cosine are merged (UPGMA; Sokal and Michener 1958), as long as that mean is 0.2 or
//! more.
//!
//! The two groups are found by a nearest-neighbour chain (Murtagh 1983; Müllner 2011): from any
//! group to its nearest, from there to its nearest, and so on, until two groups are nearest to each
//! other. These are merged at once, even if others are nearer. No other merge can come between
//! them, because a mean is never above the greater of its terms. For the same reason the rest of
//! the chain stays valid, a group never merges at a greater mean than its parts did, and a group
//! whose nearest is too far away is finished. The resulting groups are those of merging the nearest
//! two of all first, in another order, so the merges need not be sorted before the cut.
//!
//! Cost: O(n²) time and 4 n² bytes for n articles; for the cosines, one step for each word that two
//! articles share, through inverted lists. 6,000 articles of 5,000 characters take 144 MB and five
//! seconds on one core, most of it for the cosines.

use std::collections::HashMap;

use newsprint::parts::{Folding, Words};

use super::input::Doc;
use super::labels::Case;

/// The least mean cosine of groups to merge. It is the same for every set, because choosing the
/// best for each would use its labels.
const MIN_COSINE: f32 = 0.2;
/// The most articles to group; their cosines take 256 MB.
pub(crate) const MAX_ARTICLES: usize = 8000;

/// A text's words by hash, each with its weight.
type Vector = Vec<(u64, f32)>;

/// The group of each text; none if there are more than [`MAX_ARTICLES`] texts.
pub(crate) fn groups(texts: &[&str]) -> Option<Vec<usize>> {
    if texts.len() > MAX_ARTICLES {
        return None;
    }
    Some(average_linkage(cosines(&vectors(texts)), MIN_COSINE))
}

/// The cosine of each case's two articles, with idf from the articles of all cases.
pub(crate) fn cosines_of(cases: &[Case<'_>]) -> Vec<f64> {
    let mut docs: Vec<&Doc> = cases.iter().flat_map(Case::pair).collect();
    docs.sort_unstable_by_key(|doc| doc.number);
    docs.dedup_by_key(|doc| doc.number);
    let texts: Vec<&str> = docs.iter().map(|doc| doc.text.as_str()).collect();
    let numbers = docs.iter().map(|doc| doc.number);
    let vectors: HashMap<usize, Vector> = numbers.zip(vectors(&texts)).collect();
    let cosine = |[left, right]: [&Doc; 2]| {
        let weights: HashMap<u64, f32> = vectors[&left.number].iter().copied().collect();
        let shared = vectors[&right.number].iter();
        let shared = shared.filter_map(|(word, weight)| Some(weights.get(word)? * weight));
        f64::from(shared.sum::<f32>())
    };
    cases.iter().map(|case| cosine(case.pair())).collect()
}

/// The weights of each text's words.
fn vectors(texts: &[&str]) -> Vec<Vector> {
    let counted: Vec<Vec<(u64, usize)>> = texts.iter().map(|text| counted(text)).collect();
    let mut having: HashMap<u64, usize> = HashMap::new();
    counted.iter().flatten().for_each(|(word, _)| *having.entry(*word).or_default() += 1);
    let weight = |&(word, count): &(u64, usize)| {
        let idf = ((1 + texts.len()) as f64 / (1 + having[&word]) as f64).ln() + 1.0;
        (word, (1.0 + (count as f64).ln()) * idf)
    };
    let vector = |words: &Vec<(u64, usize)>| {
        let weights: Vec<(u64, f64)> = words.iter().map(weight).collect();
        let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
        weights.into_iter().map(|(word, weight)| (word, (weight / length) as f32)).collect()
    };
    counted.iter().map(vector).collect()
}

/// The words of a text with their counts, in a fixed order.
fn counted(text: &str) -> Vec<(u64, usize)> {
    let mut words = Words::of(text, Folding::default()).hashes().to_vec();
    words.sort_unstable();
    words.chunk_by(|a, b| a == b).map(|same| (same[0], same.len())).collect()
}

/// The cosine of every two vectors.
fn cosines(vectors: &[Vector]) -> Vec<Vec<f32>> {
    let mut rows = vec![vec![0.0; vectors.len()]; vectors.len()];
    let mut having: HashMap<u64, Vec<(usize, f32)>> = HashMap::new();
    for (i, vector) in vectors.iter().enumerate() {
        for &(word, weight) in vector {
            let before = having.entry(word).or_default();
            before.iter().for_each(|&(j, other)| rows[i][j] += weight * other);
            before.push((i, weight));
        }
        let (before, own) = rows.split_at_mut(i);
        before.iter_mut().zip(&own[0]).for_each(|(row, cosine)| row[i] = *cosine);
    }
    rows
}

/// Groups items by average linkage: merges groups, at first of one item each, while two have a mean
/// similarity of `least`. `rows` has the similarity of every two items. Returns the group of each.
fn average_linkage(mut rows: Vec<Vec<f32>>, least: f32) -> Vec<usize> {
    let mut alive: Vec<usize> = (0..rows.len()).collect();
    let (mut groups, mut sizes) = (alive.clone(), vec![1.0; rows.len()]);
    let (mut chain, mut merges) = (Vec::new(), Vec::new());
    while let Some(&last) = chain.last().or(alive.last()) {
        if chain.is_empty() {
            chain.push(last);
        }
        let before = chain.len().checked_sub(2).map(|place| chain[place]);
        match nearest(&rows[last], &alive, last, before) {
            Some((near, mean)) if mean >= least && before == Some(near) => {
                merges.push((last, near));
                chain.truncate(chain.len() - 2);
                alive.retain(|group| *group != last);
                merge(&mut rows, &alive, &sizes, last, near);
                sizes[near] += sizes[last];
            }
            Some((near, mean)) if mean >= least => chain.push(near),
            // This is the first group of the chain: every later one is near enough to its
            // predecessor.
            _ => {
                alive.retain(|group| *group != last);
                chain.clear();
            }
        }
    }
    // Backwards, so that `groups[kept]` is final when it is read.
    for (merged_away, kept) in merges.into_iter().rev() {
        groups[merged_away] = groups[kept];
    }
    groups
}

/// The nearest other group. The predecessor in the chain wins ties, or the chain could run in a
/// circle.
fn nearest(row: &[f32], alive: &[usize], of: usize, before: Option<usize>) -> Option<(usize, f32)> {
    let mut best = before.map(|before| (before, row[before]));
    for &other in alive.iter().filter(|other| **other != of) {
        if best.is_none_or(|(_, most)| row[other] > most) {
            best = Some((other, row[other]));
        }
    }
    best
}

/// Gives `kept` the means of both groups.
fn merge(rows: &mut [Vec<f32>], alive: &[usize], sizes: &[f64], merged_away: usize, kept: usize) {
    for &other in alive.iter().filter(|other| **other != kept) {
        let [a, b] = [merged_away, kept].map(|group| f64::from(rows[group][other]) * sizes[group]);
        // Even rounded, the mean is not above the greater of both, which the chain relies on: an
        // f32 times a size is exact in f64.
        let mean = ((a + b) / (sizes[merged_away] + sizes[kept])) as f32;
        (rows[kept][other], rows[other][kept]) = (mean, mean);
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    /// How similar every two of `count` are, made by `figure` of random numbers of 31 bits.
    fn random(count: usize, seed: u64, figure: impl Fn(u64) -> f32) -> Vec<Vec<f32>> {
        let mut bits = Random(seed);
        let mut rows = vec![vec![0.0; count]; count];
        for (i, j) in (0..count).flat_map(|i| (0..i).map(move |j| (i, j))) {
            rows[i][j] = figure(bits.bits());
            rows[j][i] = rows[i][j];
        }
        rows
    }

    /// The two groups that are nearest by the mean over all their pairs, and that mean.
    fn nearest_two(rows: &[Vec<f32>], groups: &[Vec<usize>]) -> Option<(f64, usize, usize)> {
        let mean = |(a, b): (usize, usize)| {
            let (left, right): (&[usize], &[usize]) = (&groups[a], &groups[b]);
            let pairs = left.iter().flat_map(|&i| right.iter().map(move |&j| rows[i][j]));
            (pairs.map(f64::from).sum::<f64>() / (left.len() * right.len()) as f64, a, b)
        };
        let pairs = (0..groups.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
        pairs.map(mean).max_by(|x, y| x.0.total_cmp(&y.0))
    }

    /// The members of each group.
    fn members(groups: &[usize]) -> Vec<Vec<usize>> {
        let mut members = vec![Vec::new(); groups.len()];
        groups.iter().enumerate().for_each(|(i, &group)| members[group].push(i));
        sorted(members)
    }

    fn sorted(mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        groups.retain(|group| !group.is_empty());
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort_unstable();
        groups
    }

    #[test]
    fn merges_like_the_algorithm_that_merges_the_nearest_two_of_all() {
        for seed in 0..120 {
            let count = seed as usize % 31;
            let rows = random(count, seed, |bits| bits as f32 / (1u64 << 31) as f32);
            let mut groups: Vec<Vec<usize>> = (0..count).map(|i| vec![i]).collect();
            for least in [0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.45, 0.4, 0.0] {
                let near = |two: &(f64, usize, usize)| two.0 >= f64::from(least);
                while let Some((_, a, b)) = nearest_two(&rows, &groups).filter(near) {
                    let merged_away = groups.swap_remove(b);
                    groups[a].extend(merged_away);
                }
                let merged = members(&average_linkage(rows.clone(), least));
                assert_eq!(merged, sorted(groups.clone()), "seed {seed}, from {least}");
            }
        }
    }

    #[test]
    fn ends_when_many_groups_are_equally_near() {
        for seed in 0..60 {
            let rows = random(40, seed, |bits| (bits % 4) as f32 / 4.0);
            let groups = members(&average_linkage(rows.clone(), 0.5));
            let (mean, ..) = nearest_two(&rows, &groups).expect("two groups");
            assert!(mean < 0.5 + 1e-6, "seed {seed}: {mean}");
        }
        assert_eq!(members(&average_linkage(vec![vec![0.2; 9]; 9], 0.2)).len(), 1);
    }

    #[test]
    fn weights_as_computed_by_hand() {
        // Words of two of four texts weigh ln(5 / 3) + 1 = 1.5108, of one ln(5 / 2) + 1 = 1.9163,
        // and one that stands twice 1 + ln 2 = 1.6931 times that: so the first is 3.1962 long.
        let rows = cosines(&vectors(&["Flood, flood: rain!", "town FLOOD", "town", "..."]));
        assert!((rows[0][1] - 2.5580 / 3.1962 / 2f32.sqrt()).abs() < 1e-4, "{}", rows[0][1]);
        assert!((rows[1][2] - 1.0 / 2f32.sqrt()).abs() < 1e-6, "{}", rows[1][2]);
        assert_eq!((rows[0][2], rows[3][0], rows[1][0]), (0.0, 0.0, rows[0][1]));
    }

    #[test]
    fn groups_texts_that_are_similar_on_average() {
        let members_of = |texts: &[&str]| groups(texts).map(|groups| members(&groups));
        // The second and third are alike by 0.4, which is 0.1 of the two groups that they end in.
        let texts = ["a b c", "a b c x y", "d e f x y", "d e f", "", "..."];
        assert_eq!(members_of(&texts), Some(vec![vec![0, 1], vec![2, 3], vec![4], vec![5]]));
        // Two characters are a word where there are no spaces.
        assert_eq!(members_of(&["東京で地震", "東京で火事"]), Some(vec![vec![0, 1]]));
        assert_eq!((groups(&[]), groups(&[""; MAX_ARTICLES + 1])), (Some(Vec::new()), None));
    }
}
