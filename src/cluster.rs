//! Clusters that cannot chain.
//!
//! Joining everything connected by similar pairs lets A ~ B ~ C ~ ... put A and Z together though they share nothing. Here a
//! cluster is a star: one representative, and members that were each compared with it. Articles are taken in the order of the
//! rule for representatives (earliest date, then longest, then smallest id); one that is similar to no representative so far becomes
//! one; every other joins the most similar. So the representative is the first of its cluster by the rule, and
//! the result depends on the articles alone.
//!
//! A pair that the join missed does not split a cluster: an article whose neighbours belong to a representative is
//! compared with that representative before it founds a cluster of its own.

use std::collections::HashMap;

use crate::compare::overlap::Overlap;
use crate::parallel;

/// A group of articles with one representative, to which each of the others is similar.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Cluster {
    /// The article that stands for the cluster: the earliest, then the longest, then the one with the smallest id.
    pub representative: usize,
    /// The other articles, ascending.
    pub members: Vec<usize>,
    /// The least similar two of the cluster. They may lie below the threshold, which each reaches with the representative.
    pub weakest: Weakest,
}

impl Cluster {
    /// The number of articles, at least two.
    #[expect(clippy::len_without_is_empty, reason = "a cluster is never empty")]
    pub fn len(&self) -> usize {
        self.members.len() + 1
    }
}

/// The least similar pair of a cluster.
///
/// Looked for among all pairs of a cluster of up to 64 different texts, and among those with the representative in a bigger
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weakest {
    /// The article earlier in the input.
    pub left: usize,
    /// The other.
    pub right: usize,
    /// What they share, exactly.
    pub overlap: Overlap,
}

/// Up to so many texts, all pairs of a cluster are compared for its weakest.
const COMPARED_WHOLLY: usize = 64;
/// So many representatives of its neighbours an article without one is compared with.
const RESCUES: usize = 4;

/// A similar pair, by number.
pub(crate) type Edge = (u32, u32, Overlap);

/// Groups the ends of `edges`. `rank` orders articles by the rule for representatives; `similar` gives the overlap of any two if it
/// reaches the threshold, `overlap` whatever it is. Returns stars, by representative, each with its weakest pair.
pub(crate) fn stars(
    edges: &[Edge],
    rank: &[u32],
    similar: impl Fn(u32, u32) -> Option<Overlap>,
    overlap: impl Fn(u32, u32) -> Overlap + Sync + Send,
) -> Vec<Star> {
    let mut neighbors: HashMap<u32, Vec<(u32, Overlap)>> = HashMap::new();
    for &(a, b, overlap) in edges {
        neighbors.entry(a).or_default().push((b, overlap));
        neighbors.entry(b).or_default().push((a, overlap.swapped()));
    }
    let mut order: Vec<u32> = neighbors.keys().copied().collect();
    order.sort_unstable_by_key(|&v| rank[v as usize]);

    let mut joined: HashMap<u32, (u32, Overlap)> = HashMap::new();
    let mut stars: HashMap<u32, Vec<(u32, Overlap)>> = HashMap::new();
    for &v in &order {
        let near = &neighbors[&v];
        let closest = near.iter().filter(|(u, _)| stars.contains_key(u));
        let better = |a: &&(u32, Overlap), b: &&(u32, Overlap)| {
            a.1.jaccard().total_cmp(&b.1.jaccard()).then(rank[b.0 as usize].cmp(&rank[a.0 as usize]))
        };
        let home = closest.max_by(better).map(|&(u, overlap)| (u, overlap.swapped())).or_else(|| {
            let mut homes: Vec<u32> = near.iter().filter_map(|(u, _)| Some(joined.get(u)?.0)).collect();
            homes.sort_unstable_by_key(|&u| rank[u as usize]);
            homes.dedup();
            homes.into_iter().take(RESCUES).find_map(|u| Some((u, similar(u, v)?)))
        });
        match home {
            Some((u, overlap)) => {
                joined.insert(v, (u, overlap));
                stars.entry(u).or_default().push((v, overlap));
            }
            None => {
                stars.insert(v, Vec::new());
            }
        }
    }
    let mut stars: Vec<(u32, Vec<(u32, Overlap)>)> =
        stars.into_iter().filter(|(_, members)| !members.is_empty()).collect();
    stars.sort_unstable_by_key(|star| star.0);

    parallel::map(
        stars.len(),
        || (),
        |(), i| {
            let (representative, members) = &stars[i];
            let mut weakest: Option<Edge> = None;
            let mut look = |a: u32, b: u32, overlap: Overlap| {
                let (a, b, overlap) = if a < b { (a, b, overlap) } else { (b, a, overlap.swapped()) };
                if weakest.is_none_or(|w| (overlap.jaccard(), a, b) < (w.2.jaccard(), w.0, w.1)) {
                    weakest = Some((a, b, overlap));
                }
            };
            for (n, &(a, with_representative)) in members.iter().enumerate() {
                look(*representative, a, with_representative);
                if members.len() < COMPARED_WHOLLY {
                    for &(b, _) in &members[n + 1..] {
                        look(a, b, overlap(a, b));
                    }
                }
            }
            let mut members: Vec<u32> = members.iter().map(|m| m.0).collect();
            members.sort_unstable();
            Star { representative: *representative, members, weakest }
        },
    )
}

/// A cluster of different texts.
#[derive(Debug)]
pub(crate) struct Star {
    pub(crate) representative: u32,
    pub(crate) members: Vec<u32>,
    pub(crate) weakest: Option<Edge>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(shared: usize) -> Overlap {
        Overlap { shared, left: 10, right: 10 }
    }

    fn grouped(
        edges: &[Edge],
        rank: &[u32],
        similar: impl Fn(u32, u32) -> Option<Overlap>,
    ) -> Vec<(u32, Vec<u32>)> {
        let stars = stars(edges, rank, similar, |_, _| overlap(1));
        stars.into_iter().map(|s| (s.representative, s.members)).collect()
    }

    #[test]
    fn a_chain_is_not_a_cluster() {
        let edges: Vec<Edge> = (0..5).map(|i| (i, i + 1, overlap(8))).collect();
        let rank: Vec<u32> = (0..6).collect();
        let clusters = grouped(&edges, &rank, |_, _| None);
        assert_eq!(clusters, [(0, vec![1]), (2, vec![3]), (4, vec![5])]);
    }

    #[test]
    fn a_missed_pair_does_not_split_a_cluster() {
        let edges = [(0, 1, overlap(8)), (1, 2, overlap(8))];
        let clusters = grouped(&edges, &[0, 1, 2], |a, b| (a == 0 && b == 2).then_some(overlap(7)));
        assert_eq!(clusters, [(0, vec![1, 2])]);
    }

    #[test]
    fn the_first_by_rank_represents_and_the_most_similar_attracts() {
        let edges = [(0, 1, overlap(6)), (1, 2, overlap(9)), (0, 3, overlap(9))];
        // 3 and 2 come first and are not similar to each other; 1 is closest to 2, 0 to 3.
        let clusters = grouped(&edges, &[3, 2, 1, 0], |_, _| None);
        assert_eq!(clusters, [(2, vec![1]), (3, vec![0])]);
    }

    #[test]
    fn the_weakest_pair_may_be_one_of_members() {
        let edges = [(0, 1, overlap(9)), (0, 2, overlap(8))];
        let stars = stars(&edges, &[0, 1, 2], |_, _| None, |_, _| overlap(3));
        assert_eq!(stars[0].weakest, Some((1, 2, overlap(3))));
    }
}
