//! The page of a cluster: who was first, and its articles, with what each is to the
//! representative. A cluster of very many articles has several pages.

use std::fmt::Write as _;

use newsprint::{Date, Relation};

use super::super::summary::headline;
use super::contents::{Contents, Entry, ShownCluster};
use super::files::{PageFiles, all_stories, cluster_page, comparison_page, list_page};
use super::html::{
    FOOT, STYLE, about, counted, escaped, head, later, legend, link, moment, navigation, percent,
    short_id, size, title_of,
};
use super::lists::place_in_index;
use super::pager::Pager;
use super::story_list;
use super::timeline::timeline;
use crate::terminal::grouped;

/// The number of articles on a page.
const PER_PAGE: usize = 500;

/// Writes the pages of a cluster, whose articles in the order of time are `entries`.
pub(super) fn write(
    files: &mut PageFiles,
    contents: &Contents<'_>,
    shown: &ShownCluster<'_>,
    entries: &[Entry],
) -> Result<(), String> {
    let pager = Pager { per_page: PER_PAGE, items: entries.len() };
    let first = entries[0].date;
    for page in 1..=pager.pages() {
        let mut out = files.begin(cluster_page(shown.number, page))?;
        out.write(&opening(contents, shown))?;
        if page == 1 {
            out.write(&timeline(contents.articles, entries))?;
        }
        out.write(&articles_heading(shown))?;
        let links = pager.links(page, |page| cluster_page(shown.number, page));
        out.write(&links)?;
        out.write(
            "<table class=\"list articles\">\n<thead>\n<tr><th scope=\"col\">Article</th><th scope=\"col\">Published</th>\
             <th scope=\"col\">What it is to the representative</th><th scope=\"col\">In common with it</th></tr>\n\
             </thead>\n<tbody>\n",
        )?;
        for entry in &entries[pager.items_of(page)] {
            out.write(&row(contents, shown, entry, first))?;
        }
        out.write("</tbody>\n</table>\n")?;
        out.write(&links)?;
        out.write(&legend(shown.relations().into_keys()))?;
        out.write(FOOT)?;
        files.end(out)?;
    }
    Ok(())
}

/// The navigation, the title, and what the cluster is as a whole.
fn opening(contents: &Contents<'_>, shown: &ShownCluster<'_>) -> String {
    let (articles, cluster, number) = (contents.articles, shown.cluster, shown.number);
    let mut links = vec![link(&place_in_index(contents, shown), "All clusters")];
    if let Some(&story) = contents.story_of.get(&cluster.representative) {
        let (page, place) = story_list::place(contents, story);
        let page = list_page(&all_stories(), page);
        links.push(link(&format!("{page}#{place}"), &format!("Its story, no. {story}")));
    }
    let has_page = |number: usize| {
        contents.clusters.get(number - 1).is_some_and(|other| other.comparisons.is_some())
    };
    if number > 1 {
        let page = cluster_page(number - 1, 1);
        links.push(format!("<a rel=\"prev\" href=\"{page}\">← Cluster {}</a>\n", number - 1));
    }
    if has_page(number + 1) {
        let page = cluster_page(number + 1, 1);
        links.push(format!("<a rel=\"next\" href=\"{page}\">Cluster {} →</a>\n", number + 1));
    }
    let title = escaped(&headline(articles, cluster.representative));
    let dates = match shown.dates {
        None => String::new(),
        Some([first, last]) if first == last => format!(" · {}", moment(first)),
        Some([first, last]) => format!(" · {} to {}", moment(first), moment(last)),
    };
    let mut out =
        head(&format!("Cluster {number}: {title}"), STYLE, &navigation("Clusters", &links));
    let [left, right] =
        [cluster.weakest.left, cluster.weakest.right].map(|i| short_id(articles, i));
    let _ = write!(
        out,
        "<h1>{} <small>Cluster {number} · {}{dates}</small></h1>\n\
         <p class=\"note\">The least similar two found in it are {left} and {right}, Jaccard similarity {}.</p>\n",
        title_of(articles, cluster.representative),
        size(cluster.len(), cluster.sources),
        percent(cluster.weakest.overlap.jaccard()),
    );
    out
}

/// The heading of the list, and how many of its articles have no comparison to show.
fn articles_heading(shown: &ShownCluster<'_>) -> String {
    let mut out = "<h2>The articles, first published first</h2>\n".to_owned();
    let (members, compared) = (shown.cluster.members.len(), shown.comparisons.unwrap_or_default());
    if compared < members {
        let first = match compared {
            0 => "none has a page that shows it".to_owned(),
            1 => "the first to appear has a page that shows it".to_owned(),
            some => {
                format!("the first {} to appear have pages that show them", grouped(some as u64))
            }
        };
        let _ = writeln!(
            out,
            "<p class=\"note\">Of {}, {first} beside the representative; <code>--pages</code> with a larger number writes more.</p>",
            counted(members, "member"),
        );
    }
    out
}

/// The row of an article. `first` is the date of the first one.
fn row(
    contents: &Contents<'_>,
    shown: &ShownCluster<'_>,
    entry: &Entry,
    first: Option<Date>,
) -> String {
    let articles = contents.articles;
    let title = title_of(articles, entry.article);
    let title = match entry.comparison {
        Some(number) => link(&comparison_page(shown.number, number), &title),
        None => title,
    };
    let published = match entry.date.zip(first) {
        None => "<span class=\"none\">no date</span>".to_owned(),
        Some((date, first)) if date == first => moment(date),
        Some((date, first)) => format!("{} <small>{}</small>", moment(date), later(first, date)),
    };
    let (relation, common) = match &entry.link {
        None => (
            "<strong>representative</strong> <small>Stands for the cluster: the first, or of several the longest.</small>"
                .to_owned(),
            String::new(),
        ),
        Some(link) => {
            let (own, others) = (link.overlap.right_containment(), link.overlap.left_containment());
            let (meaning, contained) = match link.relation {
                Relation::Excerpt if own >= others => (
                    "Nearly all of it stands in the longer representative.",
                    format!("Containment: {} of it is in the representative", percent(own)),
                ),
                Relation::Excerpt => (
                    "It is longer, and has nearly all of the representative.",
                    format!("Containment: {} of the representative is in it", percent(others)),
                ),
                relation => (relation.meaning(), String::new()),
            };
            (
                format!(
                    "<strong>{}</strong> <small>{meaning} Confidence {}.</small>",
                    link.relation,
                    percent(link.confidence)
                ),
                format!(
                    "Jaccard similarity {} <small>{contained}</small>",
                    percent(link.overlap.jaccard())
                ),
            )
        }
    };
    format!(
        "<tr><th scope=\"row\">{title} <small>{}</small></th><td>{published}</td><td>{relation}</td><td>{common}</td></tr>\n",
        about(articles, entry.article),
    )
}
