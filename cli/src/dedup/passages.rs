//! The passages that articles share: as a table of places, as JSON lines, and as a network of who
//! took passages from whom.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use newsprint::results::Place;
use newsprint::{Collection, ReuseKind, SharedPassage, SharedPassages};
use serde_json::{Value, json};

use super::network::{data_element, graph_head};
use super::stored_articles::Articles;
use super::table::{Cell, Column, Kind, Table};
use crate::input::is_lines;
use crate::sink::Sink;

/// The columns of the table of places.
const PLACES: &[Column] = &[
    ("passage", Kind::Count),
    ("id", Kind::Text),
    ("start", Kind::Count),
    ("end", Kind::Count),
    ("kind", Kind::Text),
    ("words", Kind::Count),
    ("articles", Kind::Count),
    ("sources", Kind::Count),
    ("source", Kind::Text),
    ("date", Kind::Text),
];

/// The output of the passages: rows, or JSON lines if its name ends in .jsonl.
pub(crate) enum PassageOutput {
    Rows(Table),
    Lines(Sink),
}

impl PassageOutput {
    /// Opens the output, or returns an error.
    pub(crate) fn open(
        path: Option<&Path>,
        inputs: &[PathBuf],
        header: bool,
    ) -> Result<Self, String> {
        match path.is_some_and(is_lines) {
            true => Ok(PassageOutput::Lines(Sink::open(path, inputs)?)),
            false => Ok(PassageOutput::Rows(Table::open(path, inputs, PLACES, header)?)),
        }
    }

    pub(crate) fn is_stdout(&self) -> bool {
        match self {
            PassageOutput::Rows(table) => table.is_stdout(),
            PassageOutput::Lines(sink) => sink.is_stdout(),
        }
    }

    /// Writes all passages, and completes the output.
    pub(crate) fn write(self, articles: &Articles, found: &SharedPassages) -> Result<(), String> {
        let numbered = (1..).zip(&found.passages);
        match self {
            PassageOutput::Rows(mut table) => {
                for (number, passage) in numbered {
                    write_places(&mut table, articles, number, passage)?;
                }
                table.finish()
            }
            PassageOutput::Lines(mut sink) => {
                let mut buffer = String::new();
                for (number, passage) in numbered {
                    let text = articles.text(passage.first().article, &mut buffer);
                    let text = text.get(passage.first().span.clone()).unwrap_or_default();
                    sink.write(&format!("{}\n", object(articles, number, passage, text)))?;
                }
                articles.check()?;
                sink.finish()
            }
        }
    }
}

fn write_places(
    table: &mut Table,
    articles: &Articles,
    number: u64,
    passage: &SharedPassage,
) -> Result<(), String> {
    let count = passage.articles() as u64;
    for place in &passage.places {
        let article = articles.article(place.article);
        let date = article.date.map(|date| date.to_string());
        table.write(&[
            Cell::Count(number),
            Cell::Text(articles.id(place.article)),
            Cell::Count(place.span.start as u64),
            Cell::Count(place.span.end as u64),
            Cell::Text(passage.kind.name()),
            Cell::Count(place.words as u64),
            Cell::Count(count),
            Cell::Count(passage.sources as u64),
            article.source.into(),
            date.as_deref().into(),
        ])?;
    }
    Ok(())
}

/// A passage as a JSON object; `text` is that of its first place.
fn object(articles: &Articles, number: u64, passage: &SharedPassage, text: &str) -> Value {
    let place = |place: &Place| {
        let article = articles.article(place.article);
        json!({
            "id": articles.id(place.article),
            "start": place.span.start,
            "end": place.span.end,
            "words": place.words,
            "source": article.source,
            "date": article.date.map(|date| date.to_string()),
        })
    };
    json!({
        "passage": number,
        "kind": passage.kind.name(),
        "words": passage.first().words,
        "articles": passage.articles(),
        "sources": passage.sources,
        "text": text,
        "places": passage.places.iter().map(place).collect::<Vec<_>>(),
    })
}

/// Writes the sources as nodes of a directed GraphML network, with an edge from each source that
/// had a passage first to each that had it later, and how many passages of each kind these are.
/// Only places with a source and a date count, and no boilerplate.
pub(crate) fn write_graph(
    sink: &mut Sink,
    articles: &Articles,
    found: &SharedPassages,
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    let mut edges: BTreeMap<[&str; 2], [u64; 3]> = BTreeMap::new();
    for passage in found.passages.iter().filter(|it| it.kind != ReuseKind::Boilerplate) {
        let dated = passage.places.iter().map(|place| articles.article(place.article));
        let mut sources = dated.filter_map(|article| article.source.zip(article.date));
        let Some((first, date)) = sources.next() else { continue };
        let later = sources.filter(|(source, when)| *source != first && *when > date.last_second());
        let mut later: Vec<&str> = later.map(|(source, _)| source).collect();
        later.sort_unstable();
        later.dedup();
        for source in later {
            let counts = edges.entry([first, source]).or_default();
            let kinds = [ReuseKind::Lifted, ReuseKind::Quotation, ReuseKind::Background];
            for (count, kind) in counts.iter_mut().zip(kinds) {
                *count += u64::from(passage.kind == kind);
            }
        }
    }
    let counted = |kind| (kind, "edge", "long");
    let keys = [("source", "node", "string")];
    let keys = keys.into_iter().chain(["lifted", "quotation", "background"].map(counted));
    sink.write(&graph_head(keys, "directed"))?;
    let mut nodes: BTreeMap<&str, usize> = BTreeMap::new();
    for &source in edges.keys().flatten() {
        let next = nodes.len();
        nodes.entry(source).or_insert(next);
    }
    for (source, number) in &nodes {
        let data = data_element(("source", source));
        sink.write(&format!("<node id=\"n{number}\">{data}</node>\n"))?;
    }
    for ([from, to], counts) in &edges {
        let [lifted, quotation, background] = counts.map(|count| count.to_string());
        let data = [("lifted", &lifted), ("quotation", &quotation), ("background", &background)];
        sink.write(&format!(
            "<edge source=\"n{}\" target=\"n{}\">{}</edge>\n",
            nodes[from],
            nodes[to],
            data.map(|(key, count)| data_element((key, count))).concat()
        ))?;
    }
    sink.write("</graph>\n</graphml>\n")
}
