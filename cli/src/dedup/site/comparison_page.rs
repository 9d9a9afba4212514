//! The page of a comparison: an article beside the representative of its cluster.

use newsprint::{Detector, Report};

use super::super::stored_articles::Articles;
use super::super::summary::headline;
use super::contents::{Contents, ShownCluster};
use super::files::{cluster_page, comparison_page};
use super::html::{FOOT, escaped, head, link, navigation, plain_moment, title_of};
use super::links::{Link, compare};
use super::lists::place_in_index;

/// A comparison that gets a page.
#[derive(Clone, Copy)]
pub(super) struct Job<'c> {
    pub(super) cluster: &'c ShownCluster<'c>,
    /// The member that is compared with the representative.
    pub(super) member: usize,
    pub(super) link: Link,
    /// The number of the comparison in its cluster, from 1.
    pub(super) number: usize,
}

impl Job<'_> {
    /// The name of the page.
    pub(super) fn page(&self) -> String {
        comparison_page(self.cluster.number, self.number)
    }

    /// The page.
    pub(super) fn html(&self, contents: &Contents<'_>, detector: &Detector) -> String {
        let articles = contents.articles;
        let sides = [self.cluster.cluster.representative, self.member];
        let mut buffers = [String::new(), String::new()];
        let [left, right] = &mut buffers;
        let texts = [articles.text(sides[0], left), articles.text(sides[1], right)];
        let mut comparison = compare(articles, sides, texts, detector);
        // What was found in the whole collection is what the tables say.
        (comparison.relation, comparison.confidence) = (self.link.relation, self.link.confidence);
        let [left, right] = sides.map(|i| title(articles, i));
        let report = Report::new(&comparison, texts[0], texts[1])
            .titles(&left, &right)
            .names(articles.id(sides[0]), articles.id(sides[1]));
        format!(
            "{}{}{FOOT}",
            head(
                &format!("{}: {} and {}", comparison.relation, escaped(&left), escaped(&right)),
                "",
                &self.navigation(contents)
            ),
            report.html_fragment()
        )
    }

    fn navigation(&self, contents: &Contents<'_>) -> String {
        let cluster = self.cluster.number;
        let headline = title_of(contents.articles, self.cluster.cluster.representative);
        let up = format!("Cluster {cluster}: {headline}");
        let index = place_in_index(contents, self.cluster);
        let mut links = vec![link(&index, "All clusters"), link(&cluster_page(cluster, 1), &up)];
        if self.number > 1 {
            let page = comparison_page(cluster, self.number - 1);
            links.push(format!("<a rel=\"prev\" href=\"{page}\">← Earlier article</a>\n"));
        }
        if self.number < self.cluster.comparisons.unwrap_or_default() {
            let page = comparison_page(cluster, self.number + 1);
            links.push(format!("<a rel=\"next\" href=\"{page}\">Later article →</a>\n"));
        }
        navigation("Cluster", &links)
    }
}

/// The headline of an article, its source and date.
fn title(articles: &Articles, i: usize) -> String {
    let record = &articles.records[i];
    let source = record.source.as_deref().map(str::to_owned);
    let known = source.into_iter().chain(record.date.map(plain_moment));
    // Each is isolated, so that a headline read from right to left does not turn the date around.
    let isolated = |part: String| format!("\u{2068}{part}\u{2069}");
    let parts = std::iter::once(headline(articles, i)).chain(known).map(isolated);
    parts.collect::<Vec<_>>().join(" · ")
}
