//! What each member of a cluster is to its representative, from the pairs that were found.
//!
//! One pass over the pairs of texts, and no text is read, unless a threshold of similarity was
//! asked for: then the relation of each member is still to be found out.

use std::collections::HashMap;

use newsprint::parts::Overlap;
use newsprint::{Cluster, Clusters, Collection, Comparison, Detector, Pair, Relation};

use super::super::stored_articles::Articles;

/// What a member is to its representative.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) relation: Relation,
    /// The probability of the relation.
    pub(super) confidence: f64,
    /// What both share; the representative is on the left.
    pub(super) overlap: Overlap,
}

/// The links of the members of each cluster, in their order.
pub(super) fn links(
    articles: &Articles,
    found: &Clusters,
    clusters: &[&Cluster],
    detector: &Detector,
) -> Result<Vec<Vec<Link>>, String> {
    let stars = Stars::of(found, clusters);
    let known = |cluster: &&Cluster| -> Vec<Option<Link>> {
        cluster.members.iter().map(|&member| stars.known(cluster, member)).collect()
    };
    let mut links: Vec<Vec<Option<Link>>> = clusters.iter().map(known).collect();
    let places = |c: usize| (0..clusters[c].members.len()).map(move |i| (c, i));
    let unknown = (0..clusters.len()).flat_map(places).filter(|&(c, i)| links[c][i].is_none());
    let pair_of = |&(c, i): &(usize, usize)| stars.pair(clusters[c], clusters[c].members[i]);
    let (paired, unpaired): (Vec<_>, Vec<_>) = unknown.partition(|place| pair_of(place).is_some());
    let link = |pair: &Pair, comparison: Comparison| Link {
        relation: comparison.relation,
        confidence: comparison.confidence,
        overlap: pair.overlap,
    };
    let pairs = paired.iter().filter_map(pair_of);
    let compared = detector.try_compare_pairs(articles, pairs, link);
    let compared = compared.map_err(|error| error.to_string())?;
    for ((c, i), link) in paired.into_iter().zip(compared) {
        links[c][i] = Some(link);
    }
    // These were compared with their representative when the clusters were made.
    let mut buffers = [String::new(), String::new()];
    for (c, i) in unpaired {
        let sides = [clusters[c].representative, clusters[c].members[i]];
        let [left, right] = &mut buffers;
        let texts = [articles.text(sides[0], left), articles.text(sides[1], right)];
        let Comparison { relation, confidence, overlap, .. } =
            compare(articles, sides, texts, detector);
        links[c][i] = Some(Link { relation, confidence, overlap });
    }
    Ok(links.into_iter().map(|links| links.into_iter().flatten().collect()).collect())
}

/// Compares two articles, which have these texts.
pub(super) fn compare(
    articles: &Articles,
    [left, right]: [usize; 2],
    texts: [&str; 2],
    detector: &Detector,
) -> Comparison {
    let article = |i: usize, text| articles.article(i).with_text(text);
    detector.compare(&article(left, texts[0]), &article(right, texts[1]))
}

/// The pairs of the representatives' texts with the other texts of their clusters.
struct Stars {
    /// For an article with the text of an earlier one that one, which names the text in pairs.
    text_of: HashMap<usize, usize>,
    /// The pair of a text with that of its representative, which is on the left.
    pairs: HashMap<usize, Pair>,
    /// What the copies of a text share.
    copies: HashMap<usize, Overlap>,
}

impl Stars {
    fn of(found: &Clusters, clusters: &[&Cluster]) -> Self {
        let groups = found.pairs.copies();
        let text_of: HashMap<usize, usize> =
            groups.flat_map(|group| group[1..].iter().map(|&other| (other, group[0]))).collect();
        let mut stars = Stars { text_of, pairs: HashMap::new(), copies: HashMap::new() };
        let mut centre_of = HashMap::new();
        for cluster in clusters {
            let centre = stars.text(cluster.representative);
            centre_of.extend(cluster.members.iter().map(|&member| (stars.text(member), centre)));
        }
        for pair in found.pairs.by_text() {
            let [left, right] = [stars.text(pair.left), stars.text(pair.right)];
            if left == right {
                stars.copies.insert(left, pair.overlap);
            } else if centre_of.get(&right) == Some(&left) {
                stars.pairs.insert(right, pair);
            } else if centre_of.get(&left) == Some(&right) {
                stars.pairs.insert(left, swapped(pair));
            }
        }
        stars
    }

    fn text(&self, article: usize) -> usize {
        *self.text_of.get(&article).unwrap_or(&article)
    }

    /// The pair of the representative with a member of another text.
    fn pair(&self, cluster: &Cluster, member: usize) -> Option<Pair> {
        let mut pair = *self.pairs.get(&self.text(member))?;
        (pair.left, pair.right) = (cluster.representative, member);
        Some(pair)
    }

    /// The link of a member, if it follows from the pairs.
    fn known(&self, cluster: &Cluster, member: usize) -> Option<Link> {
        let text = self.text(member);
        if text == self.text(cluster.representative) {
            let overlap = *self.copies.get(&text)?;
            return Some(Link { relation: Relation::Identical, confidence: 1.0, overlap });
        }
        let pair = self.pairs.get(&text)?;
        let (relation, confidence) = pair.relation.zip(pair.confidence)?;
        Some(Link { relation, confidence, overlap: pair.overlap })
    }
}

/// The same pair with its sides exchanged.
fn swapped(mut pair: Pair) -> Pair {
    (pair.left, pair.right) = (pair.right, pair.left);
    pair.overlap = pair.overlap.swapped();
    pair
}
