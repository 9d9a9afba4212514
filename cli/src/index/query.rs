//! Asks an index what matches a text, or each article of a file.

use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;

use newsprint::{Article, Query, Snapshot};

use super::answer::{object, plain, table};
use super::articles::for_each;
use super::options::{Asking, about};
use crate::input::decode::decode;
use crate::input::lines::Lines;
use crate::input::problems::Problems;
use crate::input::{self, Input, is_dash, is_lines};
use crate::progress::Display;
use crate::terminal::{note, say};

/// Prints what the index in a directory has of a file.
pub(crate) fn query(dir: &Path, asking: &Asking) -> Result<(), String> {
    let asked = Asked::open(&asking.file)?;
    let snapshot = Snapshot::open(dir).map_err(|error| about(dir, &error))?;
    let ask = |article: &Article<'_>| {
        let mut query = Query::from(article);
        query = asking.since.map_or(query, |since| query.since(since));
        query = asking.until.map_or(query, |until| query.until(until));
        // All of them, so that the reach is that of the text.
        let answer = snapshot.query(query).map_err(|error| about(dir, &error))?;
        let told = || table(&answer, usize::from(asking.top));
        say(&match article.id {
            id if asking.json => format!("{}\n", object(id, &answer, usize::from(asking.top))),
            Some(id) if answer.matches.is_empty() => format!("{}: {}", plain(id), told()),
            Some(id) => format!("{}\n{}\n", plain(id), told()),
            None => told(),
        })
    };
    match asked {
        Asked::Text(text) => ask(&Article::new(&text)),
        Asked::Articles(input) => {
            let mut problems = Problems::new(false, Display::hidden());
            for_each(input, &asking.fields, &mut problems, |article| ask(article).map(|()| None))?;
            problems.conclude();
            Ok(())
        }
    }
}

enum Asked {
    Text(String),
    Articles(Input),
}

impl Asked {
    fn open(path: &Path) -> Result<Self, String> {
        let name = path.display().to_string();
        let fail = |error: io::Error| format!("{}: {error}", path.display());
        if is_lines(path) || path.is_dir() {
            return input::open(&[path.to_owned()])?.pop().map(Asked::Articles).ok_or(name);
        }
        let (bytes, name) = if is_dash(path) {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).map_err(fail)?;
            (bytes, "<stdin>".to_owned())
        } else {
            (fs::read(path).map_err(fail)?, name)
        };
        // What has no name to go by may be either, and no article begins with a brace.
        let beginning = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii_start();
        if !path.is_file() && beginning.starts_with(b"{") {
            let lines = Lines::read(Box::new(Cursor::new(bytes)));
            return Ok(Asked::Articles(Input::Lines { name, lines, file: None }));
        }
        let (text, warning) = decode(bytes).map_err(|error| format!("{name}: {error}"))?;
        if let Some(warning) = warning {
            note(&format!("{name}: warning: {warning}"));
        }
        Ok(Asked::Text(text))
    }
}
