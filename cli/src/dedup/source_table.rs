//! The table of `--sources`: how many pairs every two sources have, and which of the two was first.
//!
//! The pairs are counted without being made, since identical copies make very many: if a text has
//! `m` articles of one source, and a similar text `n` of another, the two sources have `m n` pairs
//! by these texts. Who was first in how many of them follows from both lists of dates, which are
//! merged in `O(m + n)` time. A date without a time may be any time of its day, so one article is
//! earlier than another if its last second is before the other's first.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::slice;

use newsprint::results::PairList;
use newsprint::{Collection, Date};

use super::stored_articles::Articles;
use super::table::{Cell, Column, Kind, Table};

/// The columns of the table.
pub(crate) const SOURCES: &[Column] = &[
    ("source", Kind::Text),
    ("other", Kind::Text),
    ("pairs", Kind::Count),
    ("source_first", Kind::Count),
    ("other_first", Kind::Count),
];

/// Writes the row of every two sources that have pairs, those with most first.
pub(crate) fn write_sources(
    table: &mut Table,
    articles: &Articles,
    pairs: &PairList,
) -> Result<(), String> {
    if table.is_none() {
        return Ok(());
    }
    let copies: HashMap<usize, Vec<OfSource<'_>>> =
        pairs.copies().map(|copies| (copies[0], by_source(articles, copies))).collect();
    let mut counts = Counts::default();
    for of_text in copies.values() {
        for (i, of_source) in of_text.iter().enumerate() {
            of_text[i + 1..].iter().for_each(|other| counts.add(of_source, other));
        }
    }
    for (left, right) in pairs.similar_texts() {
        let [mut alone, mut other_alone] = [Vec::new(), Vec::new()];
        let left = of_text(articles, &copies, &left, &mut alone);
        let right = of_text(articles, &copies, &right, &mut other_alone);
        for of_source in left {
            let others = right.iter().filter(|other| other.source != of_source.source);
            others.for_each(|other| counts.add(of_source, other));
        }
    }
    let mut rows: Vec<_> = counts.0.into_iter().collect();
    rows.sort_by_key(|&(names, [pairs, ..])| (Reverse(pairs), names));
    for ([source, other], [pairs, source_first, other_first]) in rows {
        table.write(&[
            Cell::Text(source),
            Cell::Text(other),
            Cell::Count(pairs),
            Cell::Count(source_first),
            Cell::Count(other_first),
        ])?;
    }
    Ok(())
}

/// The articles of one source that have one text.
struct OfSource<'a> {
    source: &'a str,
    articles: u64,
    /// The dates that are known, ascending.
    dates: Vec<Date>,
    /// Their last seconds, ascending.
    ends: Vec<Date>,
}

/// Some articles by their sources. Those without a source are left out.
fn by_source<'a>(articles: &'a Articles, of_text: &[usize]) -> Vec<OfSource<'a>> {
    let all = of_text.iter().map(|&i| articles.article(i));
    let mut known: Vec<(&str, Option<Date>)> =
        all.filter_map(|article| Some((article.source?, article.date))).collect();
    known.sort_unstable();
    let of_sources = known.chunk_by(|a, b| a.0 == b.0).map(|of_source| {
        let dates: Vec<Date> = of_source.iter().filter_map(|article| article.1).collect();
        let mut ends: Vec<Date> = dates.iter().map(|date| date.last_second()).collect();
        ends.sort_unstable();
        OfSource { source: of_source[0].0, articles: of_source.len() as u64, dates, ends }
    });
    of_sources.collect()
}

/// The articles of a text, which is given by its representative. If that is the only one, it is put
/// in `alone`.
fn of_text<'c, 'a>(
    articles: &'a Articles,
    copies: &'c HashMap<usize, Vec<OfSource<'a>>>,
    representative: &usize,
    alone: &'c mut Vec<OfSource<'a>>,
) -> &'c [OfSource<'a>] {
    copies.get(representative).unwrap_or_else(|| {
        *alone = by_source(articles, slice::from_ref(representative));
        alone
    })
}

/// Of every two sources, in the order of their names: how many pairs they have, and in how many
/// the first and the second source has the earlier date.
#[derive(Default)]
struct Counts<'a>(BTreeMap<[&'a str; 2], [u64; 3]>);

impl<'a> Counts<'a> {
    /// Adds the pairs of an article of the one and an article of the other.
    fn add(&mut self, a: &OfSource<'a>, b: &OfSource<'a>) {
        let [first, second] = if a.source < b.source { [a, b] } else { [b, a] };
        let counts = self.0.entry([first.source, second.source]).or_default();
        counts[0] += first.articles * second.articles;
        counts[1] += earlier(&first.ends, &second.dates);
        counts[2] += earlier(&second.ends, &first.dates);
    }
}

/// How many pairs of a last second and a later date there are. Both ascend.
fn earlier(ends: &[Date], dates: &[Date]) -> u64 {
    let mut before = 0;
    let counts = dates.iter().map(|date| {
        before += ends[before..].iter().take_while(|end| *end < date).count();
        before as u64
    });
    counts.sum()
}
