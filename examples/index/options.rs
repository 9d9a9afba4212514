//! The command line, and how an index is opened for it.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use lexopt::{Arg, Parser, ValueExt};
use newsprint::{Config, Date, Error, Index, IndexOptions};

use super::common::{TUNING_HELP, Tuning, unexpected, value};
use super::input::is_dash;

const USAGE: &str = "\
Keeps an index of articles on disk, and asks it what copies what.

usage: index DIR COMMAND

  add FILE...         adds articles, and makes the index if it is not there: a .jsonl file, perhaps compressed as
                      .gz or .zst (a line an article: id, text; optional source, date), a directory of text files,
                      or - for JSON lines on standard input
  query FILE          what matches a text file, each article of a .jsonl file, or standard input (-)
  watch               reads JSON lines from standard input as they come, tells of each article what it matches,
                      and adds it
  remove ID...        takes articles away
  expire DATE         takes articles of an earlier date away
  get ID...           the articles of these ids, as JSON lines
  export              all articles, as JSON lines: what add reads, to make an index of another preset, say
  backup TO           copies the index into another directory, also while it is written to
  stats               what the index amounts to
  verify              reads everything and names the damage; exit code 1 if there is any
  repair              keeps what is whole of a damaged index

  --json              query, watch, stats: JSON, an object a line
  --top N             query: shows the N best matches, 1 to 1024
  --since DATE        query: only articles of this date or later
  --until DATE        query: only articles of this date or earlier
  --no-texts          add, watch: a new index without texts, whose matches are estimates

What counts as a copy is decided when the index is made (add, watch):

";

/// The text of `--help`.
pub(crate) fn help() -> String {
    format!("{USAGE}{TUNING_HELP}\n  --help              this text\n")
}

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    pub(crate) command: Command,
}

pub(crate) enum Command {
    Add { files: Vec<PathBuf>, making: Making },
    Query(Asking),
    Watch { making: Making, json: bool },
    Remove { ids: Vec<String> },
    Expire { date: Date },
    Get { ids: Vec<String> },
    Export,
    Backup { to: PathBuf },
    Stats { json: bool },
    Verify,
    Repair,
}

/// What is asked of an index.
pub(crate) struct Asking {
    pub(crate) file: PathBuf,
    pub(crate) json: bool,
    pub(crate) top: usize,
    pub(crate) since: Option<Date>,
    pub(crate) until: Option<Date>,
}

/// How a new index is made, and what one that exists must be like.
pub(crate) struct Making {
    /// What counts as a copy, if the command line says.
    config: Option<Config>,
    no_texts: bool,
}

impl Making {
    /// Opens the index in a directory, or makes one.
    pub(crate) fn open(&self, dir: &Path) -> Result<Index, String> {
        let options =
            IndexOptions::new(&self.config.unwrap_or_default()).keep_texts(!self.no_texts);
        let opened = match &self.config {
            Some(config) => Index::open_with(dir, config),
            None => Index::open(dir),
        };
        let index = match opened {
            Err(missing) if missing.io_kind() == Some(ErrorKind::NotFound) => {
                // If there is one after all, one of its files is missing: that is what must be told.
                let made = options.create(dir);
                made.map_err(|error| if error.io_kind().is_some() { error } else { missing })
            }
            opened => opened,
        };
        let index = index.map_err(|error| about(dir, &error))?;
        match self.no_texts && index.keeps_texts() {
            true => Err(format!(
                "{}: the index keeps texts: --no-texts is for a new one",
                dir.display()
            )),
            false => Ok(index),
        }
    }
}

/// What the library says of the index in a directory.
pub(crate) fn about(dir: &Path, error: &Error) -> String {
    format!("{}: {error}", dir.display())
}

/// The options beside those of [`Tuning`], and the commands that take them.
const TAKEN: [(&str, &[&str]); 5] = [
    ("json", &["query", "watch", "stats"]),
    ("top", &["query"]),
    ("since", &["query"]),
    ("until", &["query"]),
    ("no-texts", MAKING),
];
const MAKING: &[&str] = &["add", "watch"];
/// Matches that an index tells of.
const MOST: usize = 1024;

impl Options {
    /// The options of the command line; none if help is asked for.
    pub(crate) fn read() -> Result<Option<Self>, String> {
        let mut parser = Parser::from_env();
        let (mut values, mut given) = (Vec::new(), Vec::new());
        let (mut tuning, mut tuned) = (Tuning::default(), false);
        let (mut top, mut since, mut until) = (MOST, None, None);
        while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long(name) => {
                    let name = name.to_owned();
                    match name.as_str() {
                        "json" | "no-texts" => {}
                        "top" => top = checked_top(value(&mut parser, "top")?)?,
                        "since" => since = Some(value(&mut parser, "since")?),
                        "until" => until = Some(value::<Until>(&mut parser, "until")?.0),
                        other if tuning.take(other, &mut parser)? => tuned = true,
                        other => return Err(unexpected(Arg::Long(other))),
                    }
                    given.push(name);
                }
                Arg::Value(value) => values.push(value),
                other => return Err(unexpected(other)),
            }
        }
        let mut values = values.into_iter();
        let dir = values.next().filter(|dir| !dir.is_empty()).ok_or("no DIR given")?;
        let name = values.next().ok_or("no command given")?;
        let name = name.to_str().ok_or_else(|| format!("unknown command {name:?}"))?;
        let said = |option: &str| given.iter().any(|given| given == option);
        let making = Making {
            config: tuned.then(|| tuning.config()).transpose()?,
            no_texts: said("no-texts"),
        };
        let rest: Vec<OsString> = values.collect();
        let json = said("json");
        let command = match name {
            "add" => Command::Add { files: inputs(rest)?, making },
            "query" => Command::Query(Asking {
                file: one(rest, "query", "FILE")?.into(),
                json,
                top,
                since,
                until,
            }),
            "watch" => none(&rest).map(|()| Command::Watch { making, json })?,
            "remove" => Command::Remove { ids: ids(rest, name)? },
            "get" => Command::Get { ids: ids(rest, name)? },
            "export" => none(&rest).map(|()| Command::Export)?,
            "backup" => Command::Backup { to: one(rest, "backup", "directory")?.into() },
            "expire" => {
                let date =
                    one(rest, "expire", "DATE")?.string().map_err(|error| error.to_string())?;
                Command::Expire { date: date.parse().map_err(|error: Error| error.to_string())? }
            }
            "stats" => none(&rest).map(|()| Command::Stats { json })?,
            "verify" => none(&rest).map(|()| Command::Verify)?,
            "repair" => none(&rest).map(|()| Command::Repair)?,
            other => return Err(format!("unknown command {other:?}")),
        };
        for option in &given {
            let taken =
                TAKEN.iter().find(|(taken, _)| taken == option).map_or(MAKING, |(_, by)| by);
            if !taken.contains(&name) {
                return Err(format!("{name} takes no --{option}"));
            }
        }
        Ok(Some(Options { dir: dir.into(), command }))
    }
}

/// The last moment that a date allows: a day without a time is meant to its end.
struct Until(Date);

impl std::str::FromStr for Until {
    type Err = Error;

    fn from_str(value: &str) -> Result<Self, Error> {
        const REST_OF_DAY: i64 = 86_399;
        let date: Date = value.parse()?;
        // Midnight told without colons, as in Unix time, is taken for the day.
        let day = !value.contains(':') && date.unix_seconds() % 86_400 == 0;
        let rest = if day { REST_OF_DAY } else { 0 };
        Ok(Until(Date::from_unix_seconds(date.unix_seconds() + rest)))
    }
}

fn checked_top(top: usize) -> Result<usize, String> {
    match top {
        1..=MOST => Ok(top),
        _ => Err(format!("--top is {top}, must be from 1 to {MOST}")),
    }
}

fn inputs(values: Vec<OsString>) -> Result<Vec<PathBuf>, String> {
    let files: Vec<PathBuf> = values.into_iter().map(PathBuf::from).collect();
    match files.iter().filter(|file| is_dash(file)).count() {
        _ if files.is_empty() => Err("add needs a FILE".to_owned()),
        0 | 1 => Ok(files),
        _ => Err("- is given twice, but standard input can be read only once".to_owned()),
    }
}

fn ids(values: Vec<OsString>, command: &str) -> Result<Vec<String>, String> {
    if values.is_empty() {
        return Err(format!("{command} needs an ID"));
    }
    values.into_iter().map(|value| value.string().map_err(|error| error.to_string())).collect()
}

fn one(values: Vec<OsString>, command: &str, what: &str) -> Result<OsString, String> {
    let count = values.len();
    let [value] = <[OsString; 1]>::try_from(values)
        .map_err(|_| format!("{command} needs one {what}, and {count} given"))?;
    Ok(value)
}

fn none(values: &[OsString]) -> Result<(), String> {
    values.first().map_or(Ok(()), |value| Err(unexpected(Arg::Value(value.clone()))))
}
