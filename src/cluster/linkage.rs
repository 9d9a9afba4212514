//! Average linkage: groups texts by the probability that every two of them are of one event.
//!
//! Agglomerative clustering (Sokal and Michener 1958): every text starts as a group. The two groups
//! with the highest mean probability over all pairs between them are merged, as long as that mean
//! reaches a threshold. So one false link does not merge two stories, and a long affair does not
//! chain: the reports of its first day and of its last have little in common on average. A pair
//! with no known probability counts as 0.
//!
//! Only groups with a known pair between them are considered. A merge takes time proportional to
//! the neighbours of both groups, so n texts of one story, all known to each other, take O(n² log
//! n) time, and stories of a bounded size linear time. Merging the most similar pair first is done
//! with a heap of links; links of groups that have changed since are skipped.

use std::collections::{BinaryHeap, HashMap};

/// Two groups, and the mean probability between them. Ordered by that mean, then by the numbers of
/// the groups, the smaller ones last, so that a heap returns the likeliest with the smallest
/// numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Link {
    mean: f64,
    groups: (usize, usize),
    /// The versions of both groups when the link was made: a link of an older version is skipped.
    versions: (u32, u32),
}

impl Eq for Link {}

impl PartialOrd for Link {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Link {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.mean.total_cmp(&other.mean).then_with(|| other.groups.cmp(&self.groups))
    }
}

#[derive(Default)]
struct Group {
    texts: Vec<u32>,
    /// The sum of the probabilities of the pairs with each other group.
    sums: HashMap<usize, f64>,
    /// How often the group has changed; `u32::MAX` once it is merged into another.
    version: u32,
}

/// Groups texts. `pairs` has the known probabilities, each pair once; `rank` is the order for
/// representatives; groups are merged while their mean probability is `threshold` or more. Returns
/// the groups of two texts or more, each in the order of rank, sorted by their first text.
pub(crate) fn average_linkage(
    pairs: &[(u32, u32, f64)],
    rank: &[u32],
    threshold: f64,
) -> Vec<Vec<u32>> {
    let mut texts: Vec<u32> = pairs.iter().flat_map(|&(a, b, _)| [a, b]).collect();
    texts.sort_unstable_by_key(|&text| rank[text as usize]);
    texts.dedup();
    let number: HashMap<u32, usize> = texts.iter().zip(0..).map(|(&text, i)| (text, i)).collect();
    let mut groups: Vec<Group> =
        texts.iter().map(|&text| Group { texts: vec![text], ..Group::default() }).collect();
    let mut links = BinaryHeap::with_capacity(pairs.len());
    for &(a, b, event) in pairs {
        let (a, b) = (number[&a].min(number[&b]), number[&a].max(number[&b]));
        groups[a].sums.insert(b, event);
        groups[b].sums.insert(a, event);
        if event >= threshold {
            links.push(Link { mean: event, groups: (a, b), versions: (0, 0) });
        }
    }
    while let Some(Link { groups: (a, b), versions, .. }) = links.pop() {
        if (groups[a].version, groups[b].version) != versions {
            continue;
        }
        // The group of fewer texts is merged into the other. As the number of neighbours is not
        // asked for, nothing depends on pairs with groups that these two never merge with.
        let (into, from) =
            if groups[a].texts.len() >= groups[b].texts.len() { (a, b) } else { (b, a) };
        let merged = std::mem::take(&mut groups[from]);
        groups[from].version = u32::MAX;
        groups[into].texts.extend(merged.texts);
        groups[into].version += 1;
        groups[into].sums.remove(&from);
        for (other, sum) in merged.sums.into_iter().filter(|(other, _)| *other != into) {
            groups[other].sums.remove(&from);
            *groups[other].sums.entry(into).or_default() += sum;
            *groups[into].sums.entry(other).or_default() += sum;
        }
        for (&other, &sum) in &groups[into].sums {
            let mean = sum / (groups[into].texts.len() * groups[other].texts.len()) as f64;
            if mean >= threshold {
                let (a, b) = (into.min(other), into.max(other));
                links.push(Link {
                    mean,
                    groups: (a, b),
                    versions: (groups[a].version, groups[b].version),
                });
            }
        }
    }
    let mut merged: Vec<Vec<u32>> =
        groups.into_iter().map(|group| group.texts).filter(|texts| texts.len() > 1).collect();
    merged.iter_mut().for_each(|texts| texts.sort_unstable_by_key(|&text| rank[text as usize]));
    merged.sort_unstable_by_key(|texts| texts[0]);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RANK: [u32; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

    #[test]
    fn a_bridge_does_not_join_two_stories() {
        let triangle =
            |a: u32, event: f64| [(a, a + 1, event), (a, a + 2, event), (a + 1, a + 2, event)];
        let mut likely: Vec<(u32, u32, f64)> = [triangle(0, 0.9), triangle(3, 0.8)].concat();
        likely.push((2, 3, 0.6));
        likely.push((6, 7, 0.5));
        assert_eq!(
            average_linkage(&likely, &RANK, 0.4),
            [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7]]
        );
    }

    #[test]
    fn a_chain_is_no_story() {
        let chain: Vec<(u32, u32, f64)> = (0..7).map(|i| (i, i + 1, 0.9)).collect();
        let groups = average_linkage(&chain, &RANK, 0.5);
        assert!(groups.iter().all(|group| group.len() == 2), "{groups:?}");
        // Where nearly all is known to be one event, it is.
        let all: Vec<(u32, u32, f64)> =
            (0..8).flat_map(|a| (a + 1..8).map(move |b| (a, b, 0.6))).collect();
        assert_eq!(average_linkage(&all, &RANK, 0.5), [RANK.to_vec()]);
    }

    /// The definition: all pairs of groups looked at each time. Probabilities are multiples of
    /// 2^-20, so that sums are exact.
    fn by_definition(likely: &[(u32, u32, f64)], line: f64) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = (0..8).map(|text| vec![text]).collect();
        loop {
            let mut best: Option<(f64, usize, usize)> = None;
            for a in 0..groups.len() {
                for b in a + 1..groups.len() {
                    let between = |&&(l, r, _): &&(u32, u32, f64)| {
                        groups[a].contains(&l) && groups[b].contains(&r)
                            || groups[a].contains(&r) && groups[b].contains(&l)
                    };
                    let sum: f64 = likely.iter().filter(between).map(|pair| pair.2).sum();
                    let mean = sum / (groups[a].len() * groups[b].len()) as f64;
                    if mean >= line && best.is_none_or(|best| mean > best.0) {
                        best = Some((mean, a, b));
                    }
                }
            }
            let Some((_, a, b)) = best else { break };
            let moved = groups.remove(b);
            groups[a].extend(moved);
        }
        groups.retain(|group| group.len() > 1);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort_unstable();
        groups
    }

    proptest! {
        #[test]
        fn agrees_with_its_definition(
            sums in proptest::collection::vec(1u32..1 << 20, 28),
            known in 0u32..1 << 28,
        ) {
            // All means differ, so that there is one right answer.
            let pairs = (0..8u32).flat_map(|a| (a + 1..8).map(move |b| (a, b)));
            let likely: Vec<(u32, u32, f64)> = pairs
                .zip(sums)
                .enumerate()
                .filter(|(i, _)| known >> i & 1 == 1)
                .map(|(_, ((a, b), event))| (a, b, f64::from(event) / f64::from(1 << 20)))
                .collect();
            let found = average_linkage(&likely, &RANK, 0.3);
            prop_assert_eq!(&found, &by_definition(&likely, 0.3));
            let mut reversed = likely.clone();
            reversed.reverse();
            prop_assert_eq!(average_linkage(&reversed, &RANK, 0.3), found);
        }
    }
}
