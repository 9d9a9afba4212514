//! From the edges between different texts to what is reported: pairs, texts and stories of all
//! articles.

use std::collections::HashSet;

use super::config::Config;
use super::key_terms::{Account, KeyTerms};
use super::pairs::PairList;
use super::roads::Log;
use super::twins::Twins;
use super::verifier::Verifier;
use super::{Clusters, Pairs, Stats};
use crate::cluster::stars::stars;
use crate::cluster::{Cluster, Edge, StoryCluster, Weakest};
use crate::collection::Collection;
use crate::compare::overlap::Overlap;
use crate::idf::Idf;
use crate::parallel;
use crate::verify::relation::LinkKind;

/// The pairs of the different texts, before identical ones are put back.
pub(super) struct Found<'a> {
    pub(super) config: &'a Config,
    pub(super) articles: &'a dyn Collection,
    pub(super) rank: Vec<u32>,
    pub(super) twins: Twins,
    /// Sorted, each pair once.
    pub(super) edges: Vec<Edge>,
    /// What may be accounts of one event, if stories were asked for.
    pub(super) accounts: Vec<Account>,
    /// The key terms of all texts, if stories were asked for.
    pub(super) terms: Option<KeyTerms<'a>>,
    /// The weights of words they were found with.
    pub(super) idf: &'a Idf,
    pub(super) log: Log,
    pub(super) stats: Stats,
}

impl Found<'_> {
    fn verifier(&self) -> Verifier<'_> {
        Verifier::new(self.config, self.articles, self.idf, self.terms.as_ref())
    }

    /// What is reported of pairs.
    pub(super) fn into_pairs(mut self) -> Pairs {
        Pairs { pairs: self.pairs(), stats: self.stats }
    }

    /// What is reported of clusters.
    pub(super) fn into_clusters(mut self) -> Clusters {
        let (clusters, stories) = self.clusters();
        Clusters { clusters, stories, pairs: self.pairs(), stats: self.stats }
    }

    /// The pairs with identical texts put back; takes the edges.
    fn pairs(&mut self) -> PairList {
        let edges = std::mem::take(&mut self.edges);
        PairList::new(edges, self.identical(|_| true), self.config.bucket_limit())
    }

    /// Groups of identical texts, those whose representative is wanted, with what any two of a
    /// group share: all they have.
    fn identical(&self, wanted: impl Fn(u32) -> bool) -> impl Iterator<Item = (&[u32], Overlap)> {
        let groups: Vec<&[u32]> = self.twins.groups().filter(|group| wanted(group[0])).collect();
        let verifier = self.verifier();
        let overlaps = parallel::map(
            groups.len(),
            || (),
            |(), i| verifier.overlap(groups[i][0], groups[i][0]),
        );
        groups.into_iter().zip(overlaps)
    }

    /// The texts and the stories.
    fn clusters(&self) -> (Vec<Cluster>, Vec<StoryCluster>) {
        let texts = self.edges.iter().filter(|edge| edge.found.kind == LinkKind::Text);
        let stars = stars(texts, &self.rank, |a, b| self.verifier().one_text(a, b));
        let stories = self.stories(&stars);
        let overlap = |a, b| self.verifier().overlap(a, b);
        let weakest = parallel::map(stars.len(), || (), |(), i| stars[i].weakest(overlap));
        let mut clusters = Vec::with_capacity(stars.len());
        let mut placed = HashSet::new();
        for (star, (left, right, overlap)) in stars.iter().zip(weakest) {
            let texts = std::iter::once(star.representative)
                .chain(star.members.iter().map(|member| member.text));
            let mut members: Vec<usize> = Vec::new();
            for text in texts {
                placed.insert(text);
                members.extend(self.twins.of(text).iter().map(|&i| i as usize));
            }
            let weakest = Weakest { left: left as usize, right: right as usize, overlap };
            clusters.push(self.cluster(star.representative as usize, members, weakest));
        }
        for (group, overlap) in self.identical(|representative| !placed.contains(&representative)) {
            let (left, right) = (group[0].min(group[1]) as usize, group[0].max(group[1]) as usize);
            let members = group.iter().map(|&i| i as usize).collect();
            clusters.push(self.cluster(
                group[0] as usize,
                members,
                Weakest { left, right, overlap },
            ));
        }
        clusters.sort_unstable_by_key(|cluster| cluster.representative);
        (clusters, stories)
    }

    fn cluster(&self, representative: usize, mut members: Vec<usize>, weakest: Weakest) -> Cluster {
        members.retain(|&i| i != representative);
        members.sort_unstable();
        let sources = self.sources(std::iter::once(representative).chain(members.iter().copied()));
        Cluster { representative, members, sources, weakest }
    }

    /// How many sources some articles come from.
    fn sources(&self, articles: impl Iterator<Item = usize>) -> usize {
        articles.filter_map(|i| self.articles.article(i).source).collect::<HashSet<&str>>().len()
    }
}
