//! Who published first: a line from the first article of a cluster to the last, with a mark for
//! the first report of each source.

use std::collections::HashSet;
use std::fmt::Write as _;

use newsprint::Date;

use super::super::stored_articles::Articles;
use super::contents::Entry;
use super::html::{duration, later, moment, name, seconds_between, short_id};
use crate::terminal::grouped;

/// The most marks; the rest is in the list of the articles.
const MAX_MARKS: usize = 20;

/// The figure; without two dates, a sentence that says so. `entries` are in the order of time.
pub(super) fn timeline(articles: &Articles, entries: &[Entry]) -> String {
    let dated: Vec<(&Entry, Date)> =
        entries.iter().filter_map(|entry| Some((entry, entry.date?))).collect();
    let ([(_, first), ..], [.., (_, last)]) = (&dated[..], &dated[..]) else {
        return "<p class=\"note\">No article has a date: the order is that of the input.</p>\n"
            .to_owned();
    };
    let after = |date: Date| seconds_between(*first, date);
    let undated = match entries.len() - dated.len() {
        0 => String::new(),
        1 => " One article without a date is at the end of the list.".to_owned(),
        undated => {
            format!(
                " {} articles without a date are at the end of the list.",
                grouped(undated as u64)
            )
        }
    };
    let source = |entry: &Entry| articles.records[entry.article].source.as_deref();
    // Several sources are shown once each. Articles of one source, or of none, are shown all.
    let sources: HashSet<&str> = dated.iter().filter_map(|(entry, _)| source(entry)).collect();
    let by_source = sources.len() > 1;
    let mut seen = HashSet::new();
    let mut is_shown =
        |entry: &Entry| !by_source || source(entry).is_none_or(|source| seen.insert(source));
    let marks: Vec<&(&Entry, Date)> = dated.iter().filter(|(entry, _)| is_shown(entry)).collect();
    let mut rows = String::new();
    for (entry, date) in marks.iter().take(MAX_MARKS) {
        let who = match source(entry).filter(|_| by_source) {
            Some(source) => name(source),
            None => short_id(articles, entry.article),
        };
        let when = match after(*date) {
            0 if entry.article == dated[0].0.article => format!("first, {}", moment(*date)),
            _ => later(*first, *date),
        };
        let at = after(*date) as f64 / after(*last).max(1) as f64;
        let _ = writeln!(
            rows,
            "<li><span class=\"who\">{who}</span> <span class=\"when\">{when}</span>\
             <span class=\"track\"><span style=\"--at:{at:.4}\"></span></span></li>"
        );
    }
    let what = if by_source { "The first report of each source" } else { "The articles" };
    let more = match marks.len().saturating_sub(MAX_MARKS) {
        0 => String::new(),
        more => format!(" {} more are only in the list below.", grouped(more as u64)),
    };
    let over = match after(*last) {
        0 => format!("all {}", later(*first, *last)),
        seconds => format!(
            "from the first article of the cluster to its last, {} later",
            duration(seconds)
        ),
    };
    format!(
        "<section aria-labelledby=\"first\">\n<h2 id=\"first\">Who was first</h2>\n<figure class=\"timeline\">\n<ol>\n{rows}</ol>\n\
         <figcaption>{what}, {over}.{more}{undated}</figcaption>\n</figure>\n</section>\n"
    )
}
