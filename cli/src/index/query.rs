//! `newsprint index DIR query`: finds the matches of a text, or of each article of a file.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::process::ExitCode;

use newsprint::{Article, Query, Snapshot};

use super::answer::{object, other_lines, other_values, plain, table};
use super::each_article::for_each;
use super::options::{QueryOptions, error_in};
use super::passages::PassageFinder;
use crate::input::decode::decode;
use crate::input::fields::FieldNames;
use crate::input::lines::{Lines, Recognized};
use crate::input::problems::Problems;
use crate::input::{self, Input, STDIN, is_dash, is_lines, is_parquet};
use crate::progress::ProgressDisplay;
use crate::terminal::{print_note, print_stdout};

/// Prints the matches that the index in a directory has for a file.
pub(crate) fn query(dir: &Path, options: &QueryOptions) -> Result<ExitCode, String> {
    if let (Some(since), Some(until)) = (options.since, options.until)
        && since > until
    {
        return Err(format!("--since {since} is after --until {until}"));
    }
    let input = QueryInput::open(&options.file, &options.fields)?;
    let snapshot = Snapshot::open(dir).map_err(|error| error_in(dir, &error))?;
    let finder = options.passages.then(|| PassageFinder::new(dir, &snapshot)).transpose()?;
    let top = usize::from(options.top);
    let ask = |article: &Article<'_>| {
        let mut query = Query::from(article);
        query = options.since.map_or(query, |since| query.since(since));
        query = options.until.map_or(query, |until| query.until(until));
        // All matches are fetched, because the provenance is computed from them.
        let answer = snapshot.query(query).map_err(|error| error_in(dir, &error))?;
        let find = |finder: &PassageFinder<'_>| finder.find(article, &answer, top);
        let passages = finder.as_ref().map(find).transpose()?;
        let passages = passages.as_deref();
        let find = |finder: &PassageFinder<'_>| finder.find_others(article, query, &answer, top);
        let others = finder.as_ref().map(find).transpose()?.unwrap_or_default();
        let text = || table(article.id, &answer, top, passages) + &other_lines(&others);
        print_stdout(&match article.id {
            id if options.json => {
                let mut object = object(id, &answer, top, passages);
                if snapshot.finds_passages() && options.passages {
                    object["others"] = other_values(&others).into();
                }
                format!("{object}\n")
            }
            Some(id) if answer.matches.is_empty() && others.is_empty() => {
                format!("{}: {}", plain(id), text())
            }
            Some(id) => format!("{}\n{}\n", plain(id), text()),
            None => text(),
        })
    };
    let have_fields = matches!(&input, QueryInput::Articles(input) if input.has_fields());
    options.fields.note_unless(have_fields, "the query is of text files");
    match input {
        QueryInput::Text(text) => ask(&Article::new(&text)).map(|()| ExitCode::SUCCESS),
        QueryInput::Articles(input) => {
            let mut problems = Problems::new(false, ProgressDisplay::hidden());
            let mut asked = 0;
            for_each(input, &options.fields, 0, &mut problems, |article| {
                asked += 1;
                ask(article).map(|()| None)
            })?;
            problems.conclude(&options.fields);
            Ok(problems.exit_code(asked))
        }
    }
}

/// What to find matches for.
enum QueryInput {
    Text(String),
    Articles(Input),
}

impl QueryInput {
    fn open(path: &Path, fields: &FieldNames) -> Result<Self, String> {
        fields.check()?;
        let name = path.display().to_string();
        let fail = |error: io::Error| format!("{}: {error}", path.display());
        if is_lines(path) || is_parquet(path) || path.is_dir() {
            return input::open(&[path.to_owned()], fields)?
                .pop()
                .map(QueryInput::Articles)
                .ok_or(name);
        }
        let mut bytes = Vec::new();
        let name = if is_dash(path) {
            Recognized::of(io::stdin()).read_to_end(&mut bytes).map_err(fail)?;
            STDIN.to_owned()
        } else if path.is_file() {
            bytes = fs::read(path).map_err(fail)?;
            name
        } else {
            let pipe = File::open(path).map_err(fail)?;
            Recognized::of(pipe).read_to_end(&mut bytes).map_err(fail)?;
            name
        };
        // A pipe's name does not say what it contains. No article begins with a brace, so that is
        // the sign of JSON lines.
        let beginning = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes).trim_ascii_start();
        if !path.is_file() && beginning.starts_with(b"{") {
            let lines = Lines::read(Box::new(Cursor::new(bytes)));
            return Ok(QueryInput::Articles(Input::Lines { name, lines, file: None }));
        }
        let (text, warning) = decode(bytes).map_err(|error| format!("{name}: {error}"))?;
        if let Some(warning) = warning {
            print_note(&format!("{name}: warning: {warning}"));
        }
        Ok(QueryInput::Text(text))
    }
}
