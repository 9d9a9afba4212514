//! The HTML pages: an index of the clusters, and a page for each member beside its representative.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use newsprint::{Cluster, Clusters, Collection, Detector, Report};

use super::stored_articles::Articles;
use super::summary::{by_size, headline, line_of, relation_counts};
use super::tables::RelationCounts;
use crate::atomic_file::{FinishedFile, OutputFile, TempPath, create_directories, publish};
use crate::input::record::Record;
use crate::terminal::{four_decimals, grouped};

/// The most members of a cluster that get a page.
const MAX_PAGES_PER_CLUSTER: usize = 20;
/// The most pages in all.
const MAX_PAGES: usize = 500;
/// The most clusters in the index.
const MAX_INDEX_CLUSTERS: usize = 1000;

const STYLE: &str = include_str!("../../../src/report/page.css");

/// A directory of pages that are being written.
pub(crate) struct Site {
    dir: PathBuf,
    index: OutputFile,
    pages: Vec<FinishedFile>,
    /// The directories that were created for it. They must be dropped last.
    _made: Vec<TempPath>,
}

impl Site {
    /// Creates the directory and begins the index, or returns an error.
    pub(crate) fn open(dir: &Path, inputs: &[PathBuf]) -> Result<Self, String> {
        let fail = |why: String| format!("cannot write {}: {why}", dir.display());
        let absolute = std::path::absolute(dir).map_err(|error| fail(error.to_string()))?;
        let there =
            absolute.ancestors().find_map(|path| fs::canonicalize(path).ok()).unwrap_or_default();
        for input in inputs.iter().filter(|input| input.is_dir()) {
            if fs::canonicalize(input).is_ok_and(|input| there.starts_with(input)) {
                let input = input.display();
                return Err(fail(format!(
                    "inside the input {input}, its pages would be taken for articles"
                )));
            }
        }
        let made = create_directories(dir).map_err(|error| fail(error.to_string()))?;
        let index = OutputFile::open(&dir.join("index.html"))?;
        Ok(Site { dir: dir.to_owned(), index, pages: Vec::new(), _made: made })
    }

    /// Writes all pages, and returns how many show a comparison. The files get their names when all
    /// are written.
    pub(crate) fn write(
        mut self,
        articles: &Articles,
        found: &Clusters,
        detector: &Detector,
    ) -> Result<usize, String> {
        let clusters = by_size(found);
        let (all, groups) = (grouped(found.stats.articles as u64), grouped(clusters.len() as u64));
        self.index.write(&format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{groups} clusters</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <h1>{groups} clusters <small>among {all} articles</small></h1>\n"
        ))?;
        for (i, cluster) in clusters.iter().take(MAX_INDEX_CLUSTERS).enumerate() {
            let section = self.section(i + 1, cluster, articles, detector)?;
            self.index.write(&section)?;
        }
        if clusters.len() > MAX_INDEX_CLUSTERS {
            let more = grouped((clusters.len() - MAX_INDEX_CLUSTERS) as u64);
            self.index.write(&format!("<p>And {more} smaller clusters.</p>\n"))?;
        }
        self.index.write("</body>\n</html>\n")?;
        articles.check()?;
        let comparisons = self.pages.len();
        self.pages.push(self.index.close()?);
        publish(&self.pages)?;
        Ok(comparisons)
    }

    /// Writes the pages of a cluster, and returns its entry in the index.
    fn section(
        &mut self,
        number: usize,
        cluster: &Cluster,
        articles: &Articles,
        detector: &Detector,
    ) -> Result<String, String> {
        let [mut left, mut right] = [String::new(), String::new()];
        let representative = cluster.representative;
        let text = articles.text(representative, &mut left);
        let compared =
            cluster.members.len().min(MAX_PAGES_PER_CLUSTER).min(MAX_PAGES - self.pages.len());
        let (mut items, mut relations) = (String::new(), RelationCounts::new());
        for (i, &member) in cluster.members[..compared].iter().enumerate() {
            let texts = [text, articles.text(member, &mut right)];
            let article = |i: usize, text| articles.article(i).with_text(text);
            let comparison =
                detector.compare(&article(representative, texts[0]), &article(member, texts[1]));
            let titles = [representative, member].map(|i| {
                let about = about(&articles.records[i]);
                std::iter::once(headline(articles, i)).chain(about).collect::<Vec<_>>().join(" · ")
            });
            let report =
                Report::new(&comparison, texts[0], texts[1]).titles(&titles[0], &titles[1]);
            let page = format!("{number}-{}.html", i + 1);
            self.page(&page, &report.html())?;
            *relations.entry(comparison.relation).or_default() += 1;
            let _ = writeln!(
                items,
                "<li><a href=\"{page}\">{}</a> {} {}</li>",
                comparison.relation,
                four_decimals(comparison.jaccard()),
                entry(articles, member)
            );
        }
        if compared < cluster.members.len() {
            let more = grouped((cluster.members.len() - compared) as u64);
            let _ = writeln!(items, "<li>and {more} more without a page</li>");
        }
        Ok(format!(
            "<section>\n<h2><bdi>{}</bdi> <small>{} articles{}</small></h2>\n<ul>\n<li>representative {}</li>\n{items}</ul>\n\
             <p>{}</p>\n</section>\n",
            escaped(&headline(articles, representative)),
            grouped(cluster.len() as u64),
            if relations.is_empty() {
                String::new()
            } else {
                format!(": {}", relation_counts(&relations))
            },
            entry(articles, representative),
            weakest(cluster, articles),
        ))
    }

    fn page(&mut self, name: &str, html: &str) -> Result<(), String> {
        let mut page = OutputFile::open(&self.dir.join(name))?;
        page.write(html)?;
        self.pages.push(page.close()?);
        Ok(())
    }
}

fn weakest(cluster: &Cluster, articles: &Articles) -> String {
    let weakest = cluster.weakest;
    let [left, right] = [weakest.left, weakest.right].map(|i| escaped(&line_of(articles.id(i))));
    let similarity = four_decimals(weakest.overlap.jaccard());
    format!(
        "Least similar: <bdi>{left}</bdi> and <bdi>{right}</bdi>, Jaccard similarity {similarity}"
    )
}

/// An article in the list of its cluster.
fn entry(articles: &Articles, i: usize) -> String {
    let known: Vec<String> =
        std::iter::once(line_of(articles.id(i))).chain(about(&articles.records[i])).collect();
    format!(
        "<bdi>{}</bdi> <small>{}</small>",
        escaped(&headline(articles, i)),
        escaped(&known.join(" · "))
    )
}

/// The source and date of an article, as far as they are given.
fn about(record: &Record) -> Option<String> {
    let source = record.source.as_deref().map(line_of);
    let known: Vec<String> =
        source.into_iter().chain(record.date.map(|date| date.to_string())).collect();
    (!known.is_empty()).then(|| known.join(", "))
}

/// A text without control characters as HTML.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
