//! `newsprint index DIR get`, `export` and `backup`.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use newsprint::Snapshot;
use newsprint::results::Stored;
use serde_json::json;

use super::answer::plain;
use super::options::error_in;
use crate::terminal::{ignore_broken_pipe, print_note, print_stderr, print_stdout};

/// Prints the articles with these ids, and names the ids that the index does not have.
pub(crate) fn get(dir: &Path, ids: &[String]) -> Result<(), String> {
    let fail = |error| error_in(dir, &error);
    let snapshot = Snapshot::open(dir).map_err(fail)?;
    let mut out = String::new();
    for id in ids {
        match snapshot.get(id).map_err(fail)? {
            Some(stored) => out.push_str(&line(&stored)),
            None => print_stderr(&format!("not there: {}", plain(id))),
        }
    }
    print_stdout(&out)
}

/// Prints all articles.
pub(crate) fn export(dir: &Path) -> Result<(), String> {
    let fail = |error| error_in(dir, &error);
    let snapshot = Snapshot::open(dir).map_err(fail)?;
    if !snapshot.keeps_texts() {
        print_note("the index keeps no texts: the exported articles have none");
    }
    let mut out = BufWriter::new(std::io::stdout().lock());
    for stored in snapshot.articles() {
        let line = line(&stored.map_err(fail)?);
        match out.write_all(line.as_bytes()) {
            Ok(()) => {}
            // The reader has closed the pipe.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return ignore_broken_pipe(Err(error)),
        }
    }
    ignore_broken_pipe(out.flush())
}

/// Copies the index.
pub(crate) fn backup(dir: &Path, to: &Path) -> Result<(), String> {
    newsprint::Index::backup(dir, to).map_err(|error| error.to_string())
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
