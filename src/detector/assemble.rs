//! Assembles the results: from the edges between different texts to the pairs, clusters and stories
//! of all articles, with exact duplicates put back.

use std::collections::HashSet;

use super::input::Input;
use super::pairs::PairList;
use super::pipeline::Found;
use super::results::{Clusters, Pairs};
use super::story_clusters::story_clusters;
use super::verify::Verifier;
use crate::cluster::stars::{Star, stars};
use crate::cluster::{Cluster, Weakest};
use crate::collection::Texts;
use crate::compare::overlap::Overlap;
use crate::parallel;
use crate::verify::relation::LinkKind;

/// The pairs of all articles.
pub(super) fn pairs(input: Input<'_>, found: Found<'_>) -> Pairs {
    let stats = found.stats;
    Pairs { pairs: pair_list(input, found), stats }
}

/// The clusters, the stories and the pairs of all articles.
pub(super) fn clusters(input: Input<'_>, found: Found<'_>) -> Clusters {
    let verifier = Verifier::new(input, found.terms.context());
    let texts = found.edges.iter().filter(|edge| edge.found.kind == LinkKind::Text);
    let stars = stars(texts, input.rank, |a, b| {
        input.sources.may_be_texts(a, b).then(|| verifier.common_text(a, b)).flatten()
    });
    let stories = story_clusters(input, &found, &stars);
    let clusters = article_clusters(input, verifier, &stars);
    let stats = found.stats;
    Clusters { clusters, stories, pairs: pair_list(input, found), stats }
}

fn pair_list(input: Input<'_>, found: Found<'_>) -> PairList {
    let verifier = Verifier::new(input, found.terms.context());
    let groups = duplicate_groups(input, verifier, |_| true);
    let sources = input.sources.of_articles().to_vec();
    PairList::new(found.edges, groups, sources)
}

/// The groups of exact duplicates whose representative is `wanted`, with what any two of a group
/// share: all they have.
fn duplicate_groups<'a>(
    input: Input<'a>,
    verifier: Verifier<'_>,
    wanted: impl Fn(u32) -> bool,
) -> Vec<(&'a [u32], Overlap)> {
    let groups: Vec<&[u32]> = input.duplicates.groups().filter(|group| wanted(group[0])).collect();
    let overlaps =
        parallel::map(groups.len(), || (), |(), i| verifier.overlap(groups[i][0], groups[i][0]));
    groups.into_iter().zip(overlaps).collect()
}

/// A cluster for each star, and for each group of exact duplicates that is in none.
fn article_clusters(input: Input<'_>, verifier: Verifier<'_>, stars: &[Star]) -> Vec<Cluster> {
    let overlap = |a, b| verifier.overlap(a, b);
    let weakest = parallel::map(stars.len(), || (), |(), i| stars[i].weakest(overlap));
    let mut clusters = Vec::with_capacity(stars.len());
    let mut clustered = HashSet::new();
    for (star, (left, right, overlap)) in stars.iter().zip(weakest) {
        clustered.extend(star.texts());
        let articles = star.texts().flat_map(|text| input.duplicates.of(text));
        let weakest = Weakest { left: left as usize, right: right as usize, overlap };
        clusters.push(cluster(input, star.representative, articles, weakest));
    }
    let is_left = |representative| {
        !clustered.contains(&representative) && input.sources.may_be_copies(representative)
    };
    for (group, overlap) in duplicate_groups(input, verifier, is_left) {
        let (left, right) = (group[0].min(group[1]) as usize, group[0].max(group[1]) as usize);
        let weakest = Weakest { left, right, overlap };
        clusters.push(cluster(input, group[0], group.iter(), weakest));
    }
    clusters.sort_unstable_by_key(|cluster| cluster.representative);
    clusters
}

/// A cluster of some articles, among them its representative.
fn cluster<'a>(
    input: Input<'_>,
    representative: u32,
    articles: impl Iterator<Item = &'a u32> + Clone,
    weakest: Weakest,
) -> Cluster {
    let source = |&i: &u32| input.articles.article(i as usize).source;
    let sources = articles.clone().filter_map(source).collect::<HashSet<&str>>().len();
    let others = articles.filter(|&&i| i != representative);
    let mut members: Vec<usize> = others.map(|&i| i as usize).collect();
    members.sort_unstable();
    Cluster { representative: representative as usize, members, sources, weakest }
}
