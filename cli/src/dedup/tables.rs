//! Writes the tables of pairs, clusters and stories.

use std::collections::BTreeMap;

use newsprint::results::{ClusteredArticle, PairList};
use newsprint::{Article, Clusters, Collection, Pair, Relation};
use serde_json::json;

use super::stored_articles::Articles;
use super::table::{Cell, Column, Kind, Table};
use crate::sink::Sink;
use crate::terminal::{grouped, print_note};

/// The most pairs that are all written without `--every-pair`: half a gigabyte.
const MAX_ROWS: u64 = 10_000_000;
/// The number of pairs to handle at a time.
const BLOCK_PAIRS: usize = 1 << 14;

/// How often each relation occurs.
pub(crate) type RelationCounts = BTreeMap<Relation, u64>;

/// The relation of a pair, and its probability.
pub(crate) type Verdict = (Relation, f64);

/// The columns of the pairs.
pub(crate) const PAIRS: &[Column] = &[
    ("left", Kind::Text),
    ("right", Kind::Text),
    ("relation", Kind::Text),
    ("jaccard", Kind::Figure),
    ("containment", Kind::Figure),
    ("score", Kind::Figure),
    ("confidence", Kind::Figure),
    ("left_containment", Kind::Figure),
    ("right_containment", Kind::Figure),
    ("first", Kind::Text),
    ("left_source", Kind::Text),
    ("right_source", Kind::Text),
    ("left_date", Kind::Text),
    ("right_date", Kind::Text),
];
/// The columns of the clusters.
pub(crate) const CLUSTERS: &[Column] = &[
    ("id", Kind::Text),
    ("cluster", Kind::Text),
    ("role", Kind::Text),
    ("story", Kind::Text),
    ("source", Kind::Text),
    ("date", Kind::Text),
];

/// The pairs to write: all of them; or each text once, if all are more than [`MAX_ROWS`] and
/// `--every-pair` was not given.
pub(crate) struct PairRows<'f> {
    pairs: &'f PairList,
    is_whole: bool,
}

impl<'f> PairRows<'f> {
    pub(crate) fn of(pairs: &'f PairList, every: bool) -> Self {
        PairRows { pairs, is_whole: every || pairs.len() <= MAX_ROWS }
    }

    /// Says on standard error if not all pairs are listed.
    pub(crate) fn note(&self) {
        if !self.is_whole {
            let all = grouped(self.pairs.len());
            let listed = grouped(self.pairs.by_text().size_hint().0 as u64);
            let most = grouped(MAX_ROWS);
            print_note(&format!(
                "{all} pairs are more than {most}, so each text is listed once, in {listed} pairs: \
                 identical copies are paired with one of them, and that one with what is similar \
                 (--every-pair lists all)"
            ));
        }
    }

    /// Calls `use_them` with the pairs, [`BLOCK_PAIRS`] at a time.
    pub(crate) fn for_each(
        &self,
        mut use_them: impl FnMut(&[Pair]) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut rows = if self.is_whole { self.pairs.iter() } else { self.pairs.by_text() };
        loop {
            let block: Vec<Pair> = rows.by_ref().take(BLOCK_PAIRS).collect();
            if block.is_empty() {
                return Ok(());
            }
            use_them(&block)?;
        }
    }
}

/// Writes the pairs, and counts them by relation. `verdicts` gives the verdicts of pairs that have
/// none yet.
pub(crate) fn write_pairs(
    table: &mut Table,
    articles: &Articles,
    rows: &PairRows<'_>,
    verdicts: impl Fn(&[Pair]) -> Result<Vec<Verdict>, String>,
) -> Result<RelationCounts, String> {
    let mut counts = RelationCounts::new();
    if table.is_none() {
        return Ok(counts);
    }
    rows.for_each(|block| {
        let known = |pair: &Pair| pair.relation.zip(pair.confidence);
        let unknown: Vec<Pair> =
            block.iter().copied().filter(|pair| known(pair).is_none()).collect();
        let compared = if unknown.is_empty() { Vec::new() } else { verdicts(&unknown)? };
        let mut compared = compared.into_iter();
        let verdicts = block.iter().map_while(|pair| known(pair).or_else(|| compared.next()));
        for (pair, (relation, confidence)) in block.iter().zip(verdicts) {
            *counts.entry(relation).or_default() += 1;
            let (left, right) = (pair.overlap.left_containment(), pair.overlap.right_containment());
            let first = Some(first_side(articles, pair)).filter(|side| !side.is_empty());
            let [a, b] = [pair.left, pair.right].map(|i| articles.article(i));
            let dates = [a.date, b.date].map(|date| date.map(|date| date.to_string()));
            table.write(&[
                Cell::Text(articles.id(pair.left)),
                Cell::Text(articles.id(pair.right)),
                Cell::Text(relation.name()),
                Cell::Figure(pair.jaccard()),
                Cell::Figure(left.max(right)),
                Cell::Figure(pair.score),
                Cell::Figure(confidence),
                Cell::Figure(left),
                Cell::Figure(right),
                first.into(),
                a.source.into(),
                b.source.into(),
                dates[0].as_deref().into(),
                dates[1].as_deref().into(),
            ])?;
        }
        Ok(())
    })?;
    Ok(counts)
}

/// The article of a pair with the earlier date, `left` or `right`; empty if that is not known: a
/// date without a time may be any time of its day.
pub(crate) fn first_side(articles: &Articles, pair: &Pair) -> &'static str {
    let [left, right] = [pair.left, pair.right].map(|i| articles.article(i).date);
    match left.zip(right) {
        Some((left, right)) if left.last_second() < right => "left",
        Some((left, right)) if right.last_second() < left => "right",
        _ => "",
    }
}

/// Writes the articles of the clusters, with their stories if there are any.
pub(crate) fn write_clusters(
    table: &mut Table,
    articles: &Articles,
    found: &Clusters,
) -> Result<(), String> {
    if table.is_none() {
        return Ok(());
    }
    for ClusteredArticle { article, cluster, story, .. } in found.articles() {
        let role = if article == cluster { "representative" } else { "member" };
        let story = (!found.stories.is_empty()).then(|| articles.id(story));
        let Article { source, date, .. } = articles.article(article);
        let date = date.map(|date| date.to_string());
        table.write(&[
            Cell::Text(articles.id(article)),
            Cell::Text(articles.id(cluster)),
            Cell::Text(role),
            story.into(),
            source.into(),
            date.as_deref().into(),
        ])?;
    }
    Ok(())
}

/// Writes the stories, one JSON object per line.
pub(crate) fn write_stories(
    sink: &mut Sink,
    articles: &Articles,
    found: &Clusters,
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    for story in &found.stories {
        let ids = |texts: &[usize]| texts.iter().map(|&text| articles.id(text)).collect::<Vec<_>>();
        let report = |&report: &usize| {
            let Article { source, date, .. } = articles.article(report);
            let date = date.map(|date| date.to_string());
            json!({ "id": articles.id(report), "source": source, "date": date })
        };
        let object = json!({
            "story": articles.id(story.representative),
            "first": report(&story.representative),
            "terms": story.terms,
            "articles": story.articles,
            "texts": ids(&story.texts),
            "sources": story.by_source.iter().map(report).collect::<Vec<_>>(),
            "least_sure": { "id": articles.id(story.least_sure.text), "event": story.least_sure.event },
        });
        sink.write(&format!("{object}\n"))?;
    }
    Ok(())
}
