//! Large groups of near duplicates, each collapsed to its representative.
//!
//! A text with many near duplicates would make its anchors and terms look common. So in a group of
//! more than sixteen only the representative takes part in the search for further candidates. If it
//! has text in common with another text, the other members of the group are compared with that text
//! then.

use super::input::Candidate;
use crate::cluster::Edge;
use crate::cluster::stars::{Member, stars};
use crate::verify::policy::LARGE_GROUP;
use crate::verify::relation::LinkKind;

/// The large groups: the representative of each, ascending, and the other members.
#[derive(Default)]
pub(super) struct LargeGroups(Vec<(u32, Vec<u32>)>);

impl LargeGroups {
    /// The groups that the edges of near duplicates form. `rank` is the order for representatives.
    pub(super) fn new(edges: &[Edge], rank: &[u32]) -> Self {
        let (size, similarity) = LARGE_GROUP;
        let near = edges.iter().filter(|edge| edge.found.overlap.jaccard() >= similarity);
        let large =
            stars(near, rank, |_, _| None).into_iter().filter(|star| star.members.len() >= size);
        let others = |members: &[Member]| members.iter().map(|member| member.text).collect();
        LargeGroups(large.map(|star| (star.representative, others(&star.members))).collect())
    }

    /// The groups: the representative of each, ascending, and the other members.
    #[cfg(feature = "distributed")]
    pub(super) fn into_iter(self) -> impl Iterator<Item = (u32, Vec<u32>)> {
        self.0.into_iter()
    }

    /// Whether a text represents a group.
    pub(super) fn has(&self, text: u32) -> bool {
        self.0.binary_search_by_key(&text, |group| group.0).is_ok()
    }

    /// Those of `texts`, which ascend, that are not collapsed to another.
    pub(super) fn collapse(&self, texts: &[u32]) -> Vec<u32> {
        let mut collapsed: Vec<u32> =
            self.0.iter().flat_map(|(_, members)| members).copied().collect();
        collapsed.sort_unstable();
        let is_left = |text: &u32| collapsed.binary_search(text).is_err();
        texts.iter().copied().filter(is_left).collect()
    }

    /// The candidates among the members of the groups whose representatives have an edge of common
    /// text: sorted, without what is `known`. Groups of more than `max_members` are not expanded.
    pub(super) fn expand(
        &self,
        edges: &[Edge],
        known: impl Fn(Candidate) -> bool,
        max_members: usize,
    ) -> Vec<Candidate> {
        let members = |text: u32| match self.0.binary_search_by_key(&text, |group| group.0) {
            Ok(at) if self.0[at].1.len() <= max_members => self.0[at].1.as_slice(),
            _ => &[],
        };
        let mut candidates = Vec::new();
        for edge in edges.iter().filter(|edge| edge.found.kind == LinkKind::Text) {
            let (left, right) = (members(edge.left), members(edge.right));
            let mut pair = |text: u32, others: &[u32]| {
                candidates.extend(others.iter().map(|&other| (text.min(other), text.max(other))));
            };
            pair(edge.left, right);
            pair(edge.right, left);
            left.iter().for_each(|&text| pair(text, right));
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates.retain(|&candidate| !known(candidate));
        candidates
    }
}
