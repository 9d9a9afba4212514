//! What the pages show: the clusters, the largest first, with the links of their members and the
//! pages that they get.

use std::collections::{BTreeMap, HashMap};

use newsprint::results::StoryCluster;
use newsprint::{Cluster, Clusters, Date, Detector, Relation, SharedPassages};

use super::super::stored_articles::Articles;
use super::super::summary::by_size;
use super::links::{Link, links};
use super::plan;

/// The clusters and stories of a collection, in the order of the pages.
pub(super) struct Contents<'a> {
    pub(super) articles: &'a Articles,
    /// The largest first.
    pub(super) clusters: Vec<ShownCluster<'a>>,
    /// The number of articles in clusters.
    pub(super) clustered: usize,
    /// The number of clusters without a page of their own.
    pub(super) without_page: usize,
    /// The relations to the representatives, with the number of clusters that have each.
    pub(super) relations: BTreeMap<Relation, usize>,
    /// The largest first.
    pub(super) stories: Vec<&'a StoryCluster>,
    /// If they were searched for.
    pub(super) passages: Option<&'a SharedPassages>,
    /// The number of the story of a text, from 1.
    pub(super) story_of: HashMap<usize, usize>,
    /// The number of the cluster of an article, if the cluster has a page; for the passages.
    page_of: HashMap<usize, usize>,
    /// The place among the clusters of a representative.
    pub(super) cluster_of: HashMap<usize, usize>,
}

/// A cluster.
pub(super) struct ShownCluster<'a> {
    /// Its number on the pages, from 1.
    pub(super) number: usize,
    pub(super) cluster: &'a Cluster,
    /// The links of its members, in their order.
    links: Vec<Link>,
    /// How many comparisons get a page; none if the cluster has no page.
    pub(super) comparisons: Option<usize>,
    /// The first and last date.
    pub(super) dates: Option<[Date; 2]>,
}

/// An article of a cluster.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) article: usize,
    pub(super) date: Option<Date>,
    /// What it is to the representative; none if it is the representative.
    pub(super) link: Option<Link>,
    /// The number of its comparison in the cluster, from 1; none if it has no page.
    pub(super) comparison: Option<usize>,
}

impl<'a> Contents<'a> {
    /// Arranges what was found on at most `pages` pages of clusters and comparisons.
    pub(super) fn of(
        articles: &'a Articles,
        found: &'a Clusters,
        passages: Option<&'a SharedPassages>,
        detector: &Detector,
        pages: usize,
    ) -> Result<Self, String> {
        let clusters = by_size(found);
        let links = links(articles, found, &clusters, detector)?;
        let members: Vec<usize> = clusters.iter().map(|cluster| cluster.members.len()).collect();
        let plan = plan::comparisons(&members, pages);
        let cluster_of = clusters.iter().zip(0..).map(|(c, place)| (c.representative, place));
        let cluster_of = cluster_of.collect();
        let shown = |(i, ((cluster, links), comparisons)): (usize, ((&'a Cluster, _), _))| {
            let dates = || cluster.articles().filter_map(|i| articles.records[i].date);
            let dates = dates().min().zip(dates().max()).map(|(first, last)| [first, last]);
            ShownCluster { number: i + 1, cluster, links, comparisons, dates }
        };
        let clusters: Vec<ShownCluster<'_>> =
            clusters.into_iter().zip(links).zip(plan).enumerate().map(shown).collect();
        let mut stories: Vec<&StoryCluster> = found.stories.iter().collect();
        stories.sort_by_key(|story| (std::cmp::Reverse(story.articles), story.representative));
        let numbered = stories.iter().zip(1..);
        let story_of =
            numbered.flat_map(|(story, n)| story.texts.iter().map(move |&text| (text, n)));
        let story_of = story_of.collect();
        let with_pages =
            clusters.iter().filter(|it| passages.is_some() && it.comparisons.is_some());
        let page_of = with_pages.flat_map(|it| it.cluster.articles().map(|i| (i, it.number)));
        let page_of = page_of.collect();
        let mut relations = BTreeMap::new();
        for cluster in &clusters {
            cluster.relations().into_keys().for_each(|r| *relations.entry(r).or_default() += 1);
        }
        Ok(Contents {
            articles,
            clustered: clusters.iter().map(|shown| shown.cluster.len()).sum(),
            without_page: clusters.iter().filter(|shown| shown.comparisons.is_none()).count(),
            clusters,
            relations,
            stories,
            passages,
            page_of,
            story_of,
            cluster_of,
        })
    }

    /// The number of the cluster of an article, if passages are shown and it has a page.
    pub(super) fn page_of(&self, article: usize) -> Option<usize> {
        self.page_of.get(&article).copied()
    }
}

impl ShownCluster<'_> {
    /// How many members have each relation.
    pub(super) fn relations(&self) -> BTreeMap<Relation, usize> {
        let mut counts = BTreeMap::new();
        self.links.iter().for_each(|link| *counts.entry(link.relation).or_default() += 1);
        counts
    }

    /// The articles, by date; those without one come last, in the order of the input.
    pub(super) fn in_order(&self, articles: &Articles) -> Vec<Entry> {
        let members = self.cluster.members.iter().zip(&self.links);
        let members = members.map(|(&article, &link)| (article, Some(link)));
        let all = std::iter::once((self.cluster.representative, None)).chain(members);
        let date = |article: usize| articles.records[article].date;
        let mut entries: Vec<Entry> = all
            .map(|(article, link)| Entry { article, date: date(article), link, comparison: None })
            .collect();
        entries.sort_by_key(|entry| (entry.date.is_none(), entry.date, entry.article));
        let compared = entries.iter_mut().filter(|entry| entry.link.is_some());
        for (number, entry) in (1..=self.comparisons.unwrap_or_default()).zip(compared) {
            entry.comparison = Some(number);
        }
        entries
    }
}
