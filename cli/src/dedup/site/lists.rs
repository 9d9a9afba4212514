//! The lists of clusters, the largest first: of all, and of those with an article of one relation.
//! These lists are the filter of the pages, so no script is needed.

use std::fmt::Write as _;

use newsprint::{Collection, Relation};

use super::super::summary::relation_counts;
use super::contents::{Contents, ShownCluster};
use super::files::{self, PageFiles, all_clusters, clusters_with, list_page};
use super::html::{
    FOOT, STYLE, about, counted, day, duration, head, legend, link, name, navigation,
    seconds_between, title_of,
};
use super::pager::Pager;
use crate::terminal::grouped;

/// The number of clusters on a page.
const PER_PAGE: usize = 200;
/// The sizes with which the ranges of the list begin.
const SIZES: [usize; 8] = [100, 50, 20, 10, 5, 4, 3, 2];

/// Writes all lists.
pub(super) fn write(files: &mut PageFiles, contents: &Contents<'_>) -> Result<(), String> {
    write_list(files, contents, None)?;
    contents.relations.keys().try_for_each(|&only| write_list(files, contents, Some(only)))
}

/// The place of a cluster in the list of all.
pub(super) fn place_in_index(contents: &Contents<'_>, cluster: &ShownCluster<'_>) -> String {
    let pager = Pager { per_page: PER_PAGE, items: contents.clusters.len() };
    let page = pager.page_of(cluster.number - 1);
    format!("{}#c{}", list_page(&all_clusters(), page), cluster.number)
}

fn write_list(
    files: &mut PageFiles,
    contents: &Contents<'_>,
    only: Option<Relation>,
) -> Result<(), String> {
    let has = |cluster: &&ShownCluster<'_>| {
        only.is_none_or(|relation| cluster.relations().contains_key(&relation))
    };
    let clusters: Vec<&ShownCluster<'_>> = contents.clusters.iter().filter(has).collect();
    let list = only.map_or_else(all_clusters, clusters_with);
    let pager = Pager { per_page: PER_PAGE, items: clusters.len() };
    let ranges = ranges(&clusters);
    for page in 1..=pager.pages() {
        let mut out = files.begin(list_page(&list, page))?;
        out.write(&opening(contents, only, clusters.len()))?;
        out.write(&sizes(&ranges, pager, &list))?;
        out.write(&pager.list_links(page, &list))?;
        if !clusters.is_empty() {
            out.write(
                "<table class=\"list clusters\">\n<thead>\n<tr><th scope=\"col\">No.</th>\
                 <th scope=\"col\">Representative</th><th scope=\"col\">Articles</th>\
                 <th scope=\"col\">Sources</th><th scope=\"col\">First</th><th scope=\"col\">Over</th>\
                 <th scope=\"col\">Others, by relation to it</th></tr>\n</thead>\n<tbody>\n",
            )?;
            for place in pager.items_of(page) {
                let range = ranges.iter().find(|range| range.start == place);
                out.write(&row(contents, clusters[place], range.map(|range| range.size)))?;
            }
            out.write("</tbody>\n</table>\n")?;
        }
        out.write(&pager.list_links(page, &list))?;
        out.write(&legend(contents.relations.keys().copied()))?;
        out.write(FOOT)?;
        files.end(out)?;
    }
    Ok(())
}

/// The beginning of a page: the title, what is listed, and the links to the other lists.
fn opening(contents: &Contents<'_>, only: Option<Relation>, listed: usize) -> String {
    let all = contents.clusters.len();
    let articles = grouped(contents.articles.len() as u64);
    let clustered = grouped(contents.clustered as u64);
    let (title, meaning) = match only {
        None => (
            counted(listed, "cluster"),
            format!(
                "{clustered} of {articles} articles are in a cluster: an article, and others with its text, whole, cut, edited or \
             rewritten. The largest come first."
            ),
        ),
        Some(relation) => (
            format!("{} with relation {relation}", counted(listed, "cluster")),
            relation.meaning().to_owned(),
        ),
    };
    let mut pages = Vec::new();
    let others = !contents.stories.is_empty() || contents.passages.is_some();
    if only.is_some() || others {
        let page = list_page(&all_clusters(), 1);
        pages.push(current(&page, "All clusters", all, only.is_none()));
    }
    if !contents.stories.is_empty() {
        let page = list_page(&files::all_stories(), 1);
        pages.push(current(&page, "Stories", contents.stories.len(), false));
    }
    if let Some(found) = contents.passages {
        let page = list_page(&files::all_passages(), 1);
        pages.push(current(&page, "Passages", found.passages.len(), false));
    }
    let with: Vec<String> = contents
        .relations
        .iter()
        .map(|(&relation, &count)| {
            let page = list_page(&clusters_with(relation), 1);
            current(&page, relation.name(), count, only == Some(relation))
        })
        .collect();
    let with = match with.is_empty() {
        true => String::new(),
        false => {
            let label = "<span>Only clusters with</span>\n".to_owned();
            navigation("Clusters by relation", &[vec![label], with].concat())
        }
    };
    let mut out = head(&title, STYLE, &navigation("Lists", &pages));
    let _ = write!(out, "<h1>{title}</h1>\n<p class=\"meaning\">{meaning}</p>\n");
    if contents.without_page > 0 {
        let shown = counted(all - contents.without_page, "cluster");
        let _ = writeln!(
            out,
            "<p class=\"note\">The first {shown} of the list of all have pages. Of the other {}, the ids of all articles are \
             listed; <code>--pages</code> with a larger number writes more pages.</p>",
            grouped(contents.without_page as u64)
        );
    }
    out.push_str(&with);
    out
}

/// A link to a list with the number of its items, marked if it is the one that is shown.
fn current(page: &str, text: &str, count: usize, is_current: bool) -> String {
    let count = grouped(count as u64);
    let mark = if is_current { " aria-current=\"page\"" } else { "" };
    format!("<a href=\"{page}\"{mark}>{text} <small>({count})</small></a>\n")
}

/// Clusters of one range of sizes, which stand together.
struct SizeRange {
    /// The place of the first in the list.
    start: usize,
    len: usize,
    /// The least size.
    size: usize,
    /// The sizes as text.
    label: String,
}

/// The ranges of sizes that occur in a list.
fn ranges(clusters: &[&ShownCluster<'_>]) -> Vec<SizeRange> {
    let place = |size: usize| clusters.partition_point(|shown| shown.cluster.len() >= size);
    let range = |(i, &size): (usize, &usize)| {
        let above = i.checked_sub(1).map(|i| SIZES[i]);
        let (start, end) = (above.map_or(0, place), place(size));
        let label = match above {
            None => format!("{size} and more"),
            Some(above) if above == size + 1 => size.to_string(),
            Some(above) => format!("{size} to {}", above - 1),
        };
        SizeRange { start, len: end - start, size, label }
    };
    SIZES.iter().enumerate().map(range).filter(|range| range.len > 0).collect()
}

/// Links to where each range of sizes begins.
fn sizes(ranges: &[SizeRange], pager: Pager, list: &str) -> String {
    if ranges.len() < 2 {
        return String::new();
    }
    let mut links = vec!["<span>Number of articles</span>\n".to_owned()];
    links.extend(ranges.iter().map(|range| {
        let page = list_page(list, pager.page_of(range.start));
        let text = format!("{} <small>({})</small>", range.label, grouped(range.len as u64));
        link(&format!("{page}#size-{}", range.size), &text)
    }));
    navigation("Clusters by size", &links)
}

/// The row of a cluster. `range` is the size with which a range of the list begins here.
fn row(contents: &Contents<'_>, shown: &ShownCluster<'_>, range: Option<usize>) -> String {
    let (articles, cluster, number) = (contents.articles, shown.cluster, shown.number);
    let headline = title_of(articles, cluster.representative);
    let anchor = range.map(|size| format!(" id=\"size-{size}\"")).unwrap_or_default();
    let headline = match shown.comparisons {
        Some(_) => format!("<a href=\"{}\">{headline}</a>", files::cluster_page(number, 1)),
        None => headline,
    };
    let ids = match shown.comparisons {
        Some(_) => String::new(),
        None => {
            let ids: Vec<String> =
                cluster.articles().map(|i| format!("<li>{}</li>", name(articles.id(i)))).collect();
            format!(
                "<details><summary>no page of its own; the ids of its {}</summary><ul>{}</ul></details>",
                counted(ids.len(), "article"),
                ids.concat()
            )
        }
    };
    let unknown = || "<span class=\"none\">unknown</span>".to_owned();
    let sources = match cluster.sources {
        0 => unknown(),
        sources => unit(sources, "source"),
    };
    let (first, over) = match shown.dates {
        None => (unknown(), String::new()),
        Some([first, last]) => {
            let seconds = seconds_between(first, last);
            let over = if seconds == 0 { String::new() } else { duration(seconds) };
            (day(first), over)
        }
    };
    let relations =
        relation_counts(&shown.relations().into_iter().map(|(r, n)| (r, n as u64)).collect());
    format!(
        "<tr id=\"c{number}\"><td{anchor} class=\"number\">{number}</td>\
         <th scope=\"row\">{headline} <small>{}</small>{ids}</th>\
         <td class=\"number\">{}</td><td class=\"number\">{sources}</td><td>{first}</td><td>{over}</td><td>{relations}</td></tr>\n",
        about(articles, cluster.representative),
        unit(cluster.len(), "article"),
    )
}

/// A number, with its unit where the column has no header.
fn unit(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{}<span class=\"unit\"> {what}{plural}</span>", grouped(number as u64))
}
