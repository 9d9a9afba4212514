//! The list of the passages that articles share, those in most articles first, each with its places
//! in the order of time.

use std::fmt::Write as _;

use newsprint::{ReuseKind, SharedPassage};

use super::contents::Contents;
use super::files::{PageFiles, all_clusters, all_passages, cluster_page, list_page};
use super::html::{
    FOOT, STYLE, about, counted, day, head, link, navigation, passage_text, size, title_of,
};
use super::pager::Pager;
use crate::terminal::grouped;

/// The number of passages on a page.
const PER_PAGE: usize = 100;
/// The most places of a passage that are shown.
const MAX_PLACES: usize = 50;

/// What a kind of passage is, in one line for a reader.
fn meaning(kind: ReuseKind) -> &'static str {
    match kind {
        ReuseKind::Lifted => "One author's text, taken over.",
        ReuseKind::Quotation => "A speaker's words, quoted by several authors.",
        ReuseKind::Background => "A source's own text, used again in reports of other events.",
        ReuseKind::Boilerplate => "A page frame, a notice or a form.",
        _ => "",
    }
}

/// Writes the list, if passages were searched for.
pub(super) fn write(files: &mut PageFiles, contents: &Contents<'_>) -> Result<(), String> {
    let Some(found) = contents.passages else { return Ok(()) };
    let pager = Pager { per_page: PER_PAGE, items: found.passages.len() };
    let title = counted(pager.items, "passage");
    for page in 1..=pager.pages() {
        let mut out = files.begin(list_page(&all_passages(), page))?;
        let links = [link(&list_page(&all_clusters(), 1), "All clusters")];
        out.write(&head(&title, STYLE, &navigation("Lists", &links)))?;
        out.write(&format!(
            "<h1>{title}</h1>\n<p class=\"meaning\">A passage stands in several articles, word for word or lightly \
             edited. Those in most articles come first, of these the longest.</p>\n"
        ))?;
        let links = pager.list_links(page, &all_passages());
        out.write(&links)?;
        for i in pager.items_of(page) {
            out.write(&passage(contents, i + 1, &found.passages[i]))?;
        }
        out.write(&links)?;
        out.write(&legend())?;
        out.write(FOOT)?;
        files.end(out)?;
    }
    Ok(())
}

fn passage(contents: &Contents<'_>, number: usize, passage: &SharedPassage) -> String {
    let articles = contents.articles;
    let first = passage.first();
    let mut buffer = String::new();
    let text = articles.text(first.article, &mut buffer).get(first.span.clone());
    let mut out = format!(
        "<section class=\"story\" id=\"passage-{number}\">\n<h2>Passage {number} <small>{} · {} · {}</small></h2>\n\
         <blockquote dir=\"auto\">{}</blockquote>\n<ol>\n",
        passage.kind,
        counted(first.words, "word"),
        size(passage.articles(), passage.sources),
        passage_text(text.unwrap_or_default()),
    );
    for place in passage.places.iter().take(MAX_PLACES) {
        let article = place.article;
        let headline = title_of(articles, article);
        let headline = match contents.page_of(article) {
            Some(number) => format!("<a href=\"{}\">{headline}</a>", cluster_page(number, 1)),
            None => headline,
        };
        let date = articles.records[article].date.map(|date| format!("{} · ", day(date)));
        let _ = writeln!(
            out,
            "<li>{headline} <small>{}{} · bytes {} to {}</small></li>",
            date.unwrap_or_default(),
            about(articles, article),
            grouped(place.span.start as u64),
            grouped(place.span.end as u64),
        );
    }
    out.push_str("</ol>\n");
    let more = passage.places.len().saturating_sub(MAX_PLACES);
    if more > 0 {
        let _ = writeln!(
            out,
            "<p class=\"note\">And {}; the table that <code>--passages</code> writes has all.</p>",
            counted(more, "place")
        );
    }
    out + "</section>\n"
}

fn legend() -> String {
    let mut out = "<section class=\"meanings\" aria-labelledby=\"meanings\">\n\
         <h2 id=\"meanings\">What the kinds mean</h2>\n<dl>\n"
        .to_owned();
    for kind in ReuseKind::ALL {
        let _ = writeln!(out, "<div><dt>{kind}</dt><dd>{}</dd></div>", meaning(kind));
    }
    out + "</dl>\n</section>\n"
}
