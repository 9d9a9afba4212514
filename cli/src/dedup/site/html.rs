//! What all pages are made of: their frame, articles, moments and shares. All text is escaped.

use std::fmt::Write as _;

use newsprint::{Date, Relation, Report};

use super::super::stored_articles::Articles;
use super::super::summary::headline;
use crate::terminal::grouped;

/// How every page begins.
pub(super) const PREAMBLE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
     <meta name=\"generator\" content=\"newsprint dedup --html\">\n";
/// The style of lists and clusters, which comes after that of comparisons.
pub(super) const STYLE: &str = include_str!("site.css");
/// The most characters of an id or source.
const MAX_NAME_CHARS: usize = 300;
/// The most characters of a passage that are shown.
const MAX_PASSAGE_CHARS: usize = 3000;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY + 6 * HOUR;

/// The beginning of a page, up to its navigation. `title` is escaped already; `style` is added to
/// that of comparisons.
pub(super) fn head(title: &str, style: &str, navigation: &str) -> String {
    let header = match navigation {
        "" => String::new(),
        navigation => format!("<header>\n{navigation}</header>\n"),
    };
    format!(
        "{PREAMBLE}<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{}{style}</style>\n</head>\n<body>\n\
         {header}<main>\n",
        Report::STYLE
    )
}

/// The end of a page.
pub(super) const FOOT: &str = "</main>\n</body>\n</html>\n";

/// A navigation with a name for readers of screens; nothing if there are no links.
pub(super) fn navigation(name: &str, links: &[String]) -> String {
    if links.is_empty() {
        return String::new();
    }
    format!("<nav aria-label=\"{name}\">\n{}</nav>\n", links.concat())
}

/// A link to a page; `text` is escaped already.
pub(super) fn link(page: &str, text: &str) -> String {
    format!("<a href=\"{page}\">{text}</a>\n")
}

/// The headline of an article as HTML.
pub(super) fn title_of(articles: &Articles, i: usize) -> String {
    match headline(articles, i) {
        empty if empty.is_empty() => "without a headline".to_owned(),
        headline => name(&headline),
    }
}

/// Source and id of an article as HTML, as far as they are known.
pub(super) fn about(articles: &Articles, i: usize) -> String {
    let source = articles.records[i].source.as_deref().map(name);
    let id = format!("id {}", name(articles.id(i)));
    source.into_iter().chain([id]).collect::<Vec<_>>().join(" · ")
}

/// An id as HTML, with an ellipsis for its middle if it is long: for places where the full id is
/// not far.
pub(super) fn short_id(articles: &Articles, i: usize) -> String {
    const ENDS: usize = 24;
    let id = articles.id(i);
    match id.chars().count() {
        long if long > 2 * ENDS + 1 => {
            let head: String = id.chars().take(ENDS).collect();
            let tail: String = id.chars().skip(long - ENDS).collect();
            name(&format!("{head}…{tail}"))
        }
        _ => name(id),
    }
}

/// A name that articles came with as HTML, isolated from the direction of the text around it.
pub(super) fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

/// Text as HTML on one line: control characters are spaces, and a very long text is cut.
pub(super) fn escaped(text: &str) -> String {
    cut_and_escaped(text, MAX_NAME_CHARS)
}

/// The text of a passage as HTML, cut if it is very long.
pub(super) fn passage_text(text: &str) -> String {
    cut_and_escaped(text, MAX_PASSAGE_CHARS)
}

fn cut_and_escaped(text: &str, max_chars: usize) -> String {
    let text = text.trim();
    let mut out = String::with_capacity(text.len().min(4 * max_chars));
    for c in text.chars().take(max_chars) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    if text.chars().nth(max_chars).is_some() {
        out.push('…');
    }
    out
}

/// A share in whole percent, rounded down: 100 % means all, and a little is not shown as 0 %.
pub(super) fn percent(share: f64) -> String {
    match (share * 100.0 + 1e-9).floor() {
        _ if share > 0.0 && share < 0.01 => "under 1 %".to_owned(),
        whole => format!("{whole} %"),
    }
}

/// "1 article", "1,200 articles".
pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(number as u64), if number == 1 { "" } else { "s" })
}

/// How many articles, of how many sources if that is known.
pub(super) fn size(articles: usize, sources: usize) -> String {
    match sources {
        0 => counted(articles, "article"),
        sources => format!("{} of {}", counted(articles, "article"), counted(sources, "source")),
    }
}

/// The day, and the minute if it is known, in UTC.
pub(super) fn moment(date: Date) -> String {
    format!("<time datetime=\"{date}\">{}</time>", plain_moment(date))
}

/// The same as text.
pub(super) fn plain_moment(date: Date) -> String {
    let exact = date.to_string();
    match exact.split_once('T') {
        Some((day, time)) => format!("{day} {} UTC", time.get(..5).unwrap_or(time)),
        None => exact,
    }
}

/// The day alone.
pub(super) fn day(date: Date) -> String {
    let exact = date.to_string();
    let day = exact.split_once('T').map_or(exact.as_str(), |(day, _)| day);
    format!("<time datetime=\"{exact}\">{day}</time>")
}

/// A time in the largest unit that fits; hours up to two days, days up to two years.
pub(super) fn duration(seconds: i64) -> String {
    match seconds {
        0 => "no time".to_owned(),
        1..60 => "under a minute".to_owned(),
        60..HOUR => format!("{} min", seconds / 60),
        s if s < 2 * DAY && s % DAY != 0 => format!("{} h", s / HOUR),
        s if s < 2 * YEAR => counted((s / DAY) as usize, "day"),
        s => counted((s / YEAR) as usize, "year"),
    }
}

/// The seconds from one moment to a later one.
pub(super) fn seconds_between(first: Date, date: Date) -> i64 {
    date.unix_seconds().saturating_sub(first.unix_seconds())
}

/// When an article was published, seen from the first one. A moment at midnight is a day.
pub(super) fn later(first: Date, date: Date) -> String {
    match seconds_between(first, date) {
        0 if date.unix_seconds() % DAY == 0 => "on the same day".to_owned(),
        0 => "at the same time".to_owned(),
        seconds => format!("{} later", duration(seconds)),
    }
}

/// What these relations mean, one line each.
pub(super) fn legend(relations: impl IntoIterator<Item = Relation>) -> String {
    let mut out = "<section class=\"meanings\" aria-labelledby=\"meanings\">\n\
         <h2 id=\"meanings\">What the relations mean</h2>\n<dl>\n"
        .to_owned();
    for relation in relations {
        let _ = writeln!(out, "<div><dt>{relation}</dt><dd>{}</dd></div>", relation.meaning());
    }
    out.push_str(
        "</dl>\n<p>The Jaccard similarity is the share of all short runs of words that both articles \
         have; containment is the share of one article's that the other has.</p>\n</section>\n",
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        let noon = Date::from_unix_seconds(DAY / 2);
        assert_eq!(later(noon, noon), "at the same time");
        let midnight = Date::from_unix_seconds(DAY);
        assert_eq!(later(midnight, midnight), "on the same day");
        for (seconds, told) in [
            (59, "under a minute later"),
            (60, "1 min later"),
            (3599, "59 min later"),
            (3 * HOUR + 5, "3 h later"),
            (DAY, "1 day later"),
            (DAY + HOUR, "25 h later"),
            (2 * DAY - 1, "47 h later"),
            (730 * DAY, "730 days later"),
            (731 * DAY, "2 years later"),
        ] {
            assert_eq!(later(noon, Date::from_unix_seconds(DAY / 2 + seconds)), told);
        }
        let date: Date = "2018-07-16T13:10:56Z".parse().expect("a date");
        let exact = "<time datetime=\"2018-07-16T13:10:56Z\">2018-07-16";
        assert_eq!(moment(date), format!("{exact} 13:10 UTC</time>"));
        assert_eq!(day(date), format!("{exact}</time>"));
    }

    #[test]
    fn shares_are_cut_and_never_promise_all_or_nothing() {
        let shares = [0.0, 0.0001, 0.57, 0.9999, 1.0].map(percent);
        assert_eq!(shares, ["0 %", "under 1 %", "57 %", "99 %", "100 %"]);
    }

    #[test]
    fn names_are_no_markup_and_end() {
        assert_eq!(escaped(" <a&\"'>\u{1b}\n."), "&lt;a&amp;&quot;&#39;&gt;  .");
        assert_eq!(escaped(&"x".repeat(301)), "x".repeat(300) + "…");
    }
}
