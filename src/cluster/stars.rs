//! Star clustering: clusters of texts that cannot chain.
//!
//! Connected components would let A ~ B ~ C ~ ... put A and Z together though they share nothing.
//! Here a cluster is a *star*: one representative, and members that were each compared with it
//! (Aslam, Pelekhov and Rus, "The star clustering algorithm for static and dynamic information
//! organization", 2004, but with another order of the texts). Texts are taken in the order for
//! representatives: earliest date, then longest, then smallest id. A text that is similar to no
//! representative so far becomes one; every other joins the most similar. So the representative is
//! the first text of its cluster, and the result depends on the articles alone.
//!
//! A weak edge, between texts that have little of each other's shingles, joins them only if they
//! have a common neighbour.
//!
//! A pair that the candidate generators missed does not split a cluster: a text whose neighbours
//! belong to a representative is compared with that representative before it becomes one itself;
//! with four such representatives at most.

use std::collections::HashMap;

use super::Edge;
use crate::compare::overlap::Overlap;
use crate::verify::candidate as verify;
use crate::verify::policy::STRONG;

/// Texts of a cluster up to which all its pairs are compared to find the weakest.
const MAX_ALL_PAIRS: usize = 64;
/// Representatives of its neighbours that a text without one is compared with.
const MAX_RESCUES: usize = 4;

/// Groups the texts that `edges` connect. `rank` is the order for representatives; `related`
/// compares two texts and returns their edge if they are a pair. Returns stars of two texts or
/// more, by representative.
pub(crate) fn stars<'e>(
    edges: impl IntoIterator<Item = &'e Edge>,
    rank: &[u32],
    related: impl Fn(u32, u32) -> Option<Edge>,
) -> Vec<Star> {
    let neighbors = Neighbors::of_edges(edges);
    let mut order = neighbors.texts();
    order.sort_unstable_by_key(|&v| rank[v as usize]);

    // For each member its representative, and for each representative its members.
    let mut joined: HashMap<u32, u32> = HashMap::new();
    let mut stars: HashMap<u32, Vec<Member>> = HashMap::new();
    for &v in &order {
        let near = neighbors.of(v);
        let is_held = |neighbor: &Member| {
            neighbor.is_strong() || have_common(neighbors.of(neighbor.text), near)
        };
        let closest = near.iter().filter(|neighbor| stars.contains_key(&neighbor.text));
        let closest = closest.map(Neighbor::member).filter(is_held);
        let better = |a: &Member, b: &Member| {
            a.score.total_cmp(&b.score).then(rank[b.text as usize].cmp(&rank[a.text as usize]))
        };
        let found = closest.max_by(better).map(|n| (n.text, n.overlap.swapped(), n.score));
        let home = found.or_else(|| {
            let mut homes: Vec<u32> =
                near.iter().filter_map(|n| joined.get(&n.text).copied()).collect();
            homes.sort_unstable_by_key(|&u| rank[u as usize]);
            homes.dedup();
            homes.into_iter().take(MAX_RESCUES).find_map(|u| {
                let edge = related(u, v)?;
                Some((
                    u,
                    if u < v { edge.found.overlap } else { edge.found.overlap.swapped() },
                    edge.found.score,
                ))
            })
        });
        match home {
            Some((u, overlap, score)) => {
                joined.insert(v, u);
                stars.entry(u).or_default().push(Member { text: v, overlap, score });
            }
            None => {
                stars.insert(v, Vec::new());
            }
        }
    }
    let mut stars: Vec<Star> = stars
        .into_iter()
        .filter(|(_, members)| !members.is_empty())
        .map(|(representative, mut members)| {
            members.sort_unstable_by_key(|member| member.text);
            Star { representative, members }
        })
        .collect();
    stars.sort_unstable_by_key(|star| star.representative);
    stars
}

/// A cluster of different texts: a representative, and members that were compared with it.
#[derive(Debug)]
pub(crate) struct Star {
    pub(crate) representative: u32,
    /// Ascending.
    pub(crate) members: Vec<Member>,
}

/// A text of a star.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) text: u32,
    /// What the representative and this text share.
    pub(crate) overlap: Overlap,
    score: f64,
}

impl Member {
    /// Whether enough of one of the two is in the other to need no common neighbour.
    fn is_strong(&self) -> bool {
        self.overlap.left_containment().max(self.overlap.right_containment()) >= STRONG
    }
}

/// One direction of an edge.
#[derive(Clone, Copy)]
struct Neighbor<'e> {
    /// The text whose neighbour this is.
    of: u32,
    /// The neighbour.
    text: u32,
    edge: &'e Edge,
}

impl Neighbor<'_> {
    /// The neighbour as a member of a star whose representative is `of`.
    fn member(&self) -> Member {
        let verify::PairLink { overlap, score, .. } = self.edge.found;
        let overlap = if self.edge.left == self.of { overlap } else { overlap.swapped() };
        Member { text: self.text, overlap, score }
    }
}

/// The neighbours of all texts, one text after the other, each in ascending order.
struct Neighbors<'e>(Vec<Neighbor<'e>>);

impl<'e> Neighbors<'e> {
    fn of_edges(edges: impl IntoIterator<Item = &'e Edge>) -> Self {
        let both = |edge: &'e Edge| {
            let &Edge { left, right, .. } = edge;
            [Neighbor { of: left, text: right, edge }, Neighbor { of: right, text: left, edge }]
        };
        let mut all: Vec<Neighbor<'e>> = edges.into_iter().flat_map(both).collect();
        all.sort_unstable_by_key(|neighbor| (neighbor.of, neighbor.text));
        Neighbors(all)
    }

    /// The texts that have neighbours, ascending.
    fn texts(&self) -> Vec<u32> {
        self.0.chunk_by(|a, b| a.of == b.of).map(|near| near[0].of).collect()
    }

    fn of(&self, text: u32) -> &[Neighbor<'e>] {
        let near = &self.0[self.0.partition_point(|neighbor| neighbor.of < text)..];
        &near[..near.partition_point(|neighbor| neighbor.of == text)]
    }
}

/// Whether two texts have a neighbour in common. O(n log m) time, n the fewer.
fn have_common(left: &[Neighbor<'_>], right: &[Neighbor<'_>]) -> bool {
    let (fewer, more) = if left.len() < right.len() { (left, right) } else { (right, left) };
    fewer
        .iter()
        .any(|neighbor| more.binary_search_by_key(&neighbor.text, |other| other.text).is_ok())
}

impl Star {
    /// The representative, then the others.
    pub(crate) fn texts(&self) -> impl Iterator<Item = u32> + Clone {
        let others = self.members.iter().map(|member| member.text);
        std::iter::once(self.representative).chain(others)
    }

    /// The least similar two texts, and what they share; `overlap` compares any two.
    pub(crate) fn weakest(&self, overlap: impl Fn(u32, u32) -> Overlap) -> (u32, u32, Overlap) {
        let mut weakest: Option<(u32, u32, Overlap)> = None;
        let mut look = |a: u32, b: u32, overlap: Overlap| {
            let (a, b, overlap) = if a < b { (a, b, overlap) } else { (b, a, overlap.swapped()) };
            if weakest.is_none_or(|w| (overlap.jaccard(), a, b) < (w.2.jaccard(), w.0, w.1)) {
                weakest = Some((a, b, overlap));
            }
        };
        for (n, member) in self.members.iter().enumerate() {
            look(self.representative, member.text, member.overlap);
            if self.members.len() < MAX_ALL_PAIRS {
                for other in &self.members[n + 1..] {
                    look(member.text, other.text, overlap(member.text, other.text));
                }
            }
        }
        weakest.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::candidate::PairLink;
    use crate::verify::relation::LinkKind;

    fn overlap(shared: usize) -> Overlap {
        Overlap { shared, left: 10, right: 10 }
    }

    fn edge(left: u32, right: u32, shared: usize) -> Edge {
        let score = overlap(shared).jaccard();
        let found = PairLink {
            overlap: overlap(shared),
            relation: None,
            kind: LinkKind::Text,
            score,
            max_verbatim: score,
        };
        Edge { left, right, found }
    }

    fn grouped(
        edges: &[Edge],
        rank: &[u32],
        related: impl Fn(u32, u32) -> Option<Edge>,
    ) -> Vec<(u32, Vec<u32>)> {
        let members = |star: &Star| star.members.iter().map(|member| member.text).collect();
        stars(edges, rank, related)
            .iter()
            .map(|star| (star.representative, members(star)))
            .collect()
    }

    #[test]
    fn a_chain_is_not_a_cluster() {
        let edges: Vec<Edge> = (0..5).map(|i| edge(i, i + 1, 8)).collect();
        let rank: Vec<u32> = (0..6).collect();
        let clusters = grouped(&edges, &rank, |_, _| None);
        assert_eq!(clusters, [(0, vec![1]), (2, vec![3]), (4, vec![5])]);
    }

    #[test]
    fn a_missed_pair_does_not_split_a_cluster() {
        let edges = [edge(0, 1, 8), edge(1, 2, 8)];
        let clusters =
            grouped(&edges, &[0, 1, 2], |a, b| (a == 0 && b == 2).then(|| edge(0, 2, 7)));
        assert_eq!(clusters, [(0, vec![1, 2])]);
    }

    #[test]
    fn the_first_by_rank_represents_and_the_most_similar_attracts() {
        let edges = [edge(0, 1, 6), edge(1, 2, 9), edge(0, 3, 9)];
        // 3 and 2 come first and are not similar to each other; 1 is closest to 2, 0 to 3.
        let clusters = grouped(&edges, &[3, 2, 1, 0], |_, _| None);
        assert_eq!(clusters, [(2, vec![1]), (3, vec![0])]);
    }

    #[test]
    fn the_weakest_pair_may_be_one_of_members() {
        let edges = [edge(0, 1, 9), edge(0, 2, 8)];
        let stars = stars(&edges, &[0, 1, 2], |_, _| None);
        assert_eq!(stars[0].weakest(|_, _| overlap(3)), (1, 2, overlap(3)));
    }
}
