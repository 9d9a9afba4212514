//! Formats the answers of an index as tables, lines and JSON.

use std::fmt::Write as _;

use newsprint::results::Provenance;
use newsprint::{Answer, Date, Match};
use serde_json::{Value, json};

use super::passages::{SharedPassage, lines, values};
use crate::terminal::{four_decimals, grouped};

/// The most matches to name on the line of an arriving article.
const MAX_NAMED: usize = 5;

/// The first `top` matches as a table, with their passages if they are given; the provenance of the
/// text, and the cluster of the article. `id` is that of the article, unless a text was asked for.
pub(crate) fn table(
    id: Option<&str>,
    answer: &Answer,
    top: usize,
    passages: Option<&[Vec<SharedPassage>]>,
) -> String {
    if answer.matches.is_empty() {
        return "nothing matches\n".to_owned();
    }
    let headings = ["id", "relation", "score", "jaccard", "of asked", "of match", "date", "source"]
        .map(str::to_owned);
    let rows: Vec<[String; 8]> =
        std::iter::once(headings).chain(answer.matches.iter().take(top).map(row)).collect();
    let width = |column: usize| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default()
    };
    let widths: [usize; 8] = std::array::from_fn(width);
    let mut out = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let _ = match column {
                2..6 => write!(line, "{cell:>0$}  ", widths[column]),
                _ => write!(line, "{cell:<0$}  ", widths[column]),
            };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let more = answer.matches.len().saturating_sub(top);
    if more > 0 {
        let _ = writeln!(out, "and {} more", grouped(more as u64));
    }
    for (found, passages) in answer.matches.iter().zip(passages.unwrap_or_default()) {
        let _ = write!(out, "\n{}\n{}", plain(&found.id), lines(passages));
    }
    if let Some(provenance) = &answer.provenance {
        out.push_str(&provenance_lines(provenance, id.is_some()));
    }
    if let Some(cluster) = &answer.cluster {
        let _ = writeln!(out, "cluster      {}", plain(cluster));
    }
    out
}

fn row(found: &Match) -> [String; 8] {
    let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let verified = found.verified;
    let jaccard = verified.map_or(found.estimate.jaccard, |verified| verified.overlap.jaccard());
    [
        plain(&found.id),
        shown(verified.map(|verified| verified.relation.to_string())),
        figure(found, found.score()),
        figure(found, jaccard),
        shown(verified.map(|verified| four_decimals(verified.overlap.left_containment()))),
        shown(verified.map(|verified| four_decimals(verified.overlap.right_containment()))),
        shown(found.date.map(|date| date.to_string())),
        shown(found.source.as_deref().map(plain)),
    ]
}

/// A figure of a match, which is an estimate if the texts were not compared: `~` marks it.
fn figure(found: &Match, figure: f64) -> String {
    let mark = if found.verified.is_some() { "" } else { "~" };
    format!("{mark}{}", four_decimals(figure))
}

/// Where a text was first seen, and in how many articles and sources since: beside the article of
/// the query, if it is one and not a text.
fn provenance_lines(provenance: &Provenance, is_article: bool) -> String {
    let mut out = format!("\nfirst seen   {}\nreach        ", first_seen(provenance));
    let count = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number as u64)),
    };
    out += &match is_article {
        true => count(provenance.articles, "other article", "other articles"),
        false => count(provenance.articles, "article", "articles"),
    };
    if provenance.sources > 0 {
        let _ = write!(out, " of {}", count(provenance.sources, "source", "sources"));
    }
    if let (Some(since), Some(until)) = (provenance.since, provenance.until)
        && since != until
    {
        let with_it = if is_article { "with this one " } else { "" };
        let _ = write!(out, ", {with_it}{since} to {until}");
    }
    out.push('\n');
    out
}

/// The article in which a text was first seen, its source and its date.
fn first_seen(provenance: &Provenance) -> String {
    let source = provenance.first_source.as_deref().map(plain);
    let first =
        [Some(plain(&provenance.first)), source, provenance.since.map(|date| date.to_string())];
    first.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The answer as an object, with the passages of the first `top` matches if they are given.
pub(crate) fn object(
    id: Option<&str>,
    answer: &Answer,
    top: usize,
    passages: Option<&[Vec<SharedPassage>]>,
) -> Value {
    let matches = answer.matches.iter().take(top).enumerate().map(|(i, found)| {
        let mut object = figures(found);
        object["date"] = json!(found.date.map(|date| date.to_string()));
        object["source"] = json!(found.source);
        if let Some(passages) = passages.and_then(|passages| passages.get(i)) {
            object["passages"] = values(passages).into();
        }
        object
    });
    let date = |date: Option<Date>| date.map(|date| date.to_string());
    let provenance = answer.provenance.as_ref().map(|provenance| {
        json!({
            "first": provenance.first,
            "first_source": provenance.first_source,
            "since": date(provenance.since),
            "until": date(provenance.until),
            "articles": provenance.articles,
            "sources": provenance.sources,
        })
    });
    let matches = matches.collect::<Vec<_>>();
    json!({ "id": id, "matches": matches, "cluster": answer.cluster, "provenance": provenance })
}

/// The articles that are no match but share passages, as text.
pub(crate) fn other_lines(others: &[(Match, Vec<SharedPassage>)]) -> String {
    let mut out = String::new();
    for (i, (found, passages)) in others.iter().enumerate() {
        let known = [found.source.as_deref().map(plain), found.date.map(|date| date.to_string())];
        let known = known.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { known } else { format!(" ({known})") };
        let heading = if i == 0 { "\nno match, but with passages of it:\n" } else { "" };
        let _ = write!(out, "{heading}\n{}{known}\n{}", plain(&found.id), lines(passages));
    }
    out
}

/// The same as values of a list.
pub(crate) fn other_values(others: &[(Match, Vec<SharedPassage>)]) -> Vec<Value> {
    let value = |(found, passages): &(Match, Vec<SharedPassage>)| {
        let date = found.date.map(|date| date.to_string());
        json!({
            "id": found.id,
            "date": date,
            "source": found.source,
            "passages": values(passages),
        })
    };
    others.iter().map(value).collect()
}

/// An arriving article as a line: its matches, where its text was first seen, its cluster.
pub(crate) fn arrival_line(id: &str, answer: &Answer) -> String {
    let named = answer.matches.iter().take(MAX_NAMED).map(|found| {
        let relation = found.verified.map_or("like", |verified| verified.relation.name());
        let known = [found.source.as_deref().map(plain), found.date.map(|date| date.to_string())];
        let known = known.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { known } else { format!(" ({known})") };
        format!("{relation} {}{known} {}", plain(&found.id), figure(found, found.score()))
    });
    let mut line = named.collect::<Vec<_>>().join(", ");
    match answer.matches.len() {
        0 => line.push_str("nothing like it"),
        all if all > MAX_NAMED => {
            let _ = write!(line, " and {} more", grouped((all - MAX_NAMED) as u64));
        }
        _ => {}
    }
    if let Some(provenance) = &answer.provenance {
        let _ = write!(line, "; first seen {}", first_seen(provenance));
    }
    // A text that is like none begins a cluster of its own.
    if let Some(cluster) = answer.cluster.as_deref().filter(|_| !answer.matches.is_empty()) {
        let _ = write!(line, "; cluster {}", plain(cluster));
    }
    format!("{}: {line}", plain(id))
}

fn figures(found: &Match) -> Value {
    let verified = found.verified;
    let containment = verified.map(|verified| {
        json!({ "left": verified.overlap.left_containment(), "right": verified.overlap.right_containment() })
    });
    json!({
        "id": found.id,
        "relation": verified.map(|verified| verified.relation.name()),
        "jaccard": verified.map_or(found.estimate.jaccard, |verified| verified.overlap.jaccard()),
        "containment": containment,
        "score": found.score(),
    })
}

/// The name with control characters replaced by U+FFFD, so that it is safe to print in a table.
pub(crate) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
