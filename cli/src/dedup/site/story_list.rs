//! The list of the stories, the largest first, with all texts of each.

use std::fmt::Write as _;

use newsprint::results::StoryCluster;

use super::contents::Contents;
use super::files::{PageFiles, all_clusters, all_stories, cluster_page, list_page};
use super::html::{
    FOOT, STYLE, about, counted, day, duration, escaped, head, link, moment, navigation, percent,
    seconds_between, short_id, size, title_of,
};
use super::lists::place_in_index;
use super::pager::Pager;
use crate::terminal::grouped;

/// The number of stories on a page.
const PER_PAGE: usize = 100;

fn pager(contents: &Contents<'_>) -> Pager {
    Pager { per_page: PER_PAGE, items: contents.stories.len() }
}

/// The page of a story, and the id of its place there.
pub(super) fn place(contents: &Contents<'_>, story: usize) -> (usize, String) {
    (pager(contents).page_of(story - 1), format!("story-{story}"))
}

/// Writes the list, if there are stories.
pub(super) fn write(files: &mut PageFiles, contents: &Contents<'_>) -> Result<(), String> {
    if contents.stories.is_empty() {
        return Ok(());
    }
    let pager = pager(contents);
    let stories = if pager.items == 1 { "story" } else { "stories" };
    let title = format!("{} {stories}", grouped(pager.items as u64));
    for page in 1..=pager.pages() {
        let mut out = files.begin(list_page(&all_stories(), page))?;
        let links = [link(&list_page(&all_clusters(), 1), "All clusters")];
        out.write(&head(&title, STYLE, &navigation("Lists", &links)))?;
        out.write(&format!(
            "<h1>{title}</h1>\n<p class=\"meaning\">A story has the reports of one event: clusters, and articles \
             without a copy. The largest come first.</p>\n"
        ))?;
        let links = pager.list_links(page, &all_stories());
        out.write(&links)?;
        for i in pager.items_of(page) {
            out.write(&story(contents, i + 1, contents.stories[i]))?;
        }
        out.write(&links)?;
        out.write(FOOT)?;
        files.end(out)?;
    }
    Ok(())
}

fn story(contents: &Contents<'_>, number: usize, story: &StoryCluster) -> String {
    let articles = contents.articles;
    let date = |text: usize| articles.records[text].date;
    let mut texts = story.texts.clone();
    texts.sort_by_key(|&text| (date(text).is_none(), date(text), text));
    let first = texts.iter().find_map(|&text| date(text));
    let last = texts.iter().filter_map(|&text| date(text)).max();
    let over = match first.zip(last) {
        None => String::new(),
        Some((first, last)) => match seconds_between(first, last) {
            0 => format!(" · {}", day(first)),
            seconds => format!(" · {}, its texts over {}", day(first), duration(seconds)),
        },
    };
    let terms: Vec<String> = story.terms.iter().map(|term| escaped(term)).collect();
    let terms = match terms.is_empty() {
        true => String::new(),
        false => format!(" · about <bdi>{}</bdi>", terms.join(", ")),
    };
    let (_, place) = place(contents, number);
    let mut out = format!(
        "<section class=\"story\" id=\"{place}\">\n<h2>{} <small>Story {number} · {}{over}{terms}</small></h2>\n<ol>\n",
        title_of(articles, story.representative),
        size(story.articles, story.sources),
    );
    for &text in &texts {
        let headline = title_of(articles, text);
        let (headline, copies) = match contents.cluster_of.get(&text) {
            None => (headline, String::new()),
            Some(&at) => {
                let shown = &contents.clusters[at];
                let page = match shown.comparisons {
                    Some(_) => cluster_page(shown.number, 1),
                    None => place_in_index(contents, shown),
                };
                let copies = counted(shown.cluster.members.len(), "other");
                (link(&page, &headline), format!(", with {copies} of its text"))
            }
        };
        let date = date(text).map(|date| format!("{} · ", moment(date))).unwrap_or_default();
        let about = about(articles, text);
        let _ = writeln!(out, "<li>{headline} <small>{date}{about}{copies}</small></li>");
    }
    let least = story.least_sure;
    let _ = write!(
        out,
        "</ol>\n<p class=\"note\">Least sure to belong to it: {}, with a probability of {}.</p>\n</section>\n",
        short_id(articles, least.text),
        percent(least.event)
    );
    out
}
