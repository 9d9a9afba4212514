//! The network of articles and their pairs, as GraphML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use newsprint::{Clusters, Collection};

use super::stored_articles::Articles;
use super::summary::line_of;
use super::tables::{PairRows, first_side};
use crate::sink::Sink;

/// Writes the articles that have pairs as nodes and the pairs as edges, in GraphML (Brandes et al.,
/// 2001), which Gephi, Cytoscape and networkx read.
pub(crate) fn write_graph(
    sink: &mut Sink,
    articles: &Articles,
    found: &Clusters,
    rows: &PairRows<'_>,
) -> Result<(), String> {
    if sink.is_none() {
        return Ok(());
    }
    let keys = [
        ("id", "node", "string"),
        ("headline", "node", "string"),
        ("source", "node", "string"),
        ("date", "node", "string"),
        ("cluster", "node", "string"),
        ("relation", "edge", "string"),
        ("jaccard", "edge", "double"),
        ("score", "edge", "double"),
        ("first", "edge", "string"),
    ];
    sink.write(&graph_head(keys, "undirected"))?;
    let mut nodes: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    for cluster in &found.clusters {
        nodes.extend(cluster.articles().map(|i| (i, Some(cluster.representative))));
    }
    rows.for_each(|block| {
        for i in block.iter().flat_map(|pair| [pair.left, pair.right]) {
            nodes.entry(i).or_default();
        }
        Ok(())
    })?;
    for (i, cluster) in nodes {
        let article = articles.article(i);
        let title = articles.records[i].title.as_deref().map(line_of).unwrap_or_default();
        let date = article.date.map(|date| date.to_string()).unwrap_or_default();
        let data = [
            ("id", articles.id(i)),
            ("headline", &title),
            ("source", article.source.unwrap_or_default()),
            ("date", &date),
            ("cluster", cluster.map_or("", |i| articles.id(i))),
        ];
        sink.write(&format!("<node id=\"n{i}\">{}</node>\n", data.map(data_element).concat()))?;
    }
    rows.for_each(|block| {
        for pair in block {
            let relation = pair.relation.map(|relation| relation.to_string()).unwrap_or_default();
            let (jaccard, score) = (pair.jaccard().to_string(), pair.score.to_string());
            let data = [
                ("relation", &*relation),
                ("jaccard", &jaccard),
                ("score", &score),
                ("first", first_side(articles, pair)),
            ];
            sink.write(&format!(
                "<edge source=\"n{}\" target=\"n{}\">{}</edge>\n",
                pair.left,
                pair.right,
                data.map(data_element).concat()
            ))?;
        }
        Ok(())
    })?;
    sink.write("</graph>\n</graphml>\n")
}

/// The beginning of a network, with the name of each value, what has it, and its type.
pub(super) fn graph_head<'k>(
    keys: impl IntoIterator<Item = (&'k str, &'k str, &'k str)>,
    edges: &str,
) -> String {
    let mut head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
        .to_owned();
    for (name, of, kind) in keys {
        let _ = writeln!(
            head,
            "<key id=\"{name}\" for=\"{of}\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        );
    }
    head + &format!("<graph edgedefault=\"{edges}\">\n")
}

/// The element with a value of a node or edge; empty if the value is.
pub(super) fn data_element((key, value): (&str, &str)) -> String {
    if value.is_empty() {
        return String::new();
    }
    let mut element = format!("<data key=\"{key}\">");
    for c in value.chars() {
        match c {
            '&' => element.push_str("&amp;"),
            '<' => element.push_str("&lt;"),
            '>' => element.push_str("&gt;"),
            // XML 1.0 allows no other control characters, even escaped.
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => element.push('\u{FFFD}'),
            c => element.push(c),
        }
    }
    element + "</data>"
}
