//! Articles read back, and the index copied.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use newsprint::{Snapshot, Stored};
use serde_json::json;

use super::answer::plain;
use super::options::about;
use crate::terminal::{note, say, tell};

/// Prints the articles of some ids, and names those that are not there.
pub(crate) fn get(dir: &Path, ids: &[String]) -> Result<(), String> {
    let told = |error| about(dir, &error);
    let snapshot = Snapshot::open(dir).map_err(told)?;
    let mut out = String::new();
    for id in ids {
        match snapshot.get(id).map_err(told)? {
            Some(stored) => out.push_str(&line(&stored)),
            None => tell(&format!("not there: {}", plain(id))),
        }
    }
    say(&out)
}

/// Prints all articles.
pub(crate) fn export(dir: &Path) -> Result<(), String> {
    let told = |error| about(dir, &error);
    let snapshot = Snapshot::open(dir).map_err(told)?;
    if !snapshot.keeps_texts() {
        note("the index keeps no texts: the exported articles have none");
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for stored in snapshot.articles() {
        let line = line(&stored.map_err(told)?);
        match out.write_all(line.as_bytes()) {
            Ok(()) => {}
            // Whoever reads has read enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(format!("cannot write: {error}")),
        }
    }
    out.flush().map_err(|error| format!("cannot write: {error}"))
}

/// Copies the index.
pub(crate) fn backup(dir: &Path, to: &Path) -> Result<(), String> {
    newsprint::backup(dir, to)
        .map_err(|error| format!("{} to {}: {error}", dir.display(), to.display()))
}

fn line(stored: &Stored) -> String {
    let mut object = json!({ "id": stored.id });
    let date = stored.date.map(|date| date.to_string());
    let fields = [
        ("text", &stored.text),
        ("source", &stored.source),
        ("date", &date),
        ("cluster", &stored.cluster),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            object[name] = json!(value);
        }
    }
    format!("{object}\n")
}
