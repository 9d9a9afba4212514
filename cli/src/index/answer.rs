//! What an index answers, for people and for programs.

use std::fmt::Write as _;

use newsprint::{Answer, Date, Match, Provenance};
use serde_json::{Value, json};

use crate::terminal::{figure, grouped};

/// Matches that are named on the line of an article that arrives.
const NAMED: usize = 5;

/// The matches as a table, the first `top`, and how far the text has come.
pub(crate) fn table(answer: &Answer, top: usize) -> String {
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
    if let Some(reach) = &answer.provenance {
        out.push_str(&how_far(reach));
    }
    out
}

fn row(found: &Match) -> [String; 8] {
    let shown = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let verified = found.verified;
    let jaccard = verified.map(|verified| figure(verified.overlap.jaccard()));
    [
        plain(&found.id),
        shown(verified.map(|verified| verified.relation.to_string())),
        figure(found.score()),
        jaccard.unwrap_or_else(|| format!("~{}", figure(found.estimate.jaccard))),
        shown(verified.map(|verified| figure(verified.overlap.left_containment()))),
        shown(verified.map(|verified| figure(verified.overlap.right_containment()))),
        shown(found.date.map(|date| date.to_string())),
        shown(found.source.as_deref().map(plain)),
    ]
}

/// Where a text was first seen, and where it has been since.
fn how_far(reach: &Provenance) -> String {
    let source = reach.first_source.as_deref().map(plain);
    let first = [Some(plain(&reach.first)), source, reach.since.map(|date| date.to_string())];
    let first: Vec<String> = first.into_iter().flatten().collect();
    let mut out = format!("\nfirst seen   {}\nreach        ", first.join(", "));
    let count = |number: usize, one: &str, many: &str| match number {
        1 => format!("1 {one}"),
        _ => format!("{} {many}", grouped(number as u64)),
    };
    out += &count(reach.articles, "article", "articles");
    if reach.sources > 0 {
        let _ = write!(out, " of {}", count(reach.sources, "source", "sources"));
    }
    if let (Some(since), Some(until)) = (reach.since, reach.until)
        && since != until
    {
        let _ = write!(out, ", {since} to {until}");
    }
    out.push('\n');
    out
}

/// The answer as an object.
pub(crate) fn object(id: Option<&str>, answer: &Answer, top: usize) -> Value {
    let matches = answer.matches.iter().take(top).map(|found| {
        let mut object = figures(found);
        object["date"] = json!(found.date.map(|date| date.to_string()));
        object["source"] = json!(found.source);
        object
    });
    let date = |date: Option<Date>| date.map(|date| date.to_string());
    let reach = answer.provenance.as_ref().map(|reach| {
        json!({
            "first": reach.first,
            "first_source": reach.first_source,
            "since": date(reach.since),
            "until": date(reach.until),
            "articles": reach.articles,
            "sources": reach.sources,
        })
    });
    let matches = matches.collect::<Vec<_>>();
    json!({ "id": id, "matches": matches, "cluster": answer.cluster, "provenance": reach })
}

/// What an article that arrives matches, as an object.
pub(crate) fn arrival(id: &str, answer: &Answer) -> Value {
    let matches: Vec<Value> = answer.matches.iter().map(figures).collect();
    json!({ "id": id, "matches": matches, "cluster": answer.cluster })
}

/// The same on a line.
pub(crate) fn arrival_line(id: &str, answer: &Answer) -> String {
    let named = answer.matches.iter().take(NAMED).map(|found| {
        let relation = found.verified.map_or("like", |verified| verified.relation.name());
        let mark = if found.verified.is_some() { "" } else { "~" };
        let source = found.source.as_deref().map(|source| format!(" ({})", plain(source)));
        let source = source.unwrap_or_default();
        format!("{relation} {}{source} {mark}{}", plain(&found.id), figure(found.score()))
    });
    let mut told = named.collect::<Vec<_>>().join(", ");
    match answer.matches.len() {
        0 => told.push_str("nothing like it"),
        all if all > NAMED => {
            let _ = write!(told, " and {} more", grouped((all - NAMED) as u64));
        }
        _ => {}
    }
    format!("{}: {told}", plain(id))
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

/// A name without characters that could upset a terminal or a table.
pub(crate) fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
