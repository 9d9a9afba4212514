//! The command line of `newsprint index`, and how an index is opened for it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use newsprint::{Date, Error, Index, IndexOptions};

use crate::input::fields::FieldNames;
use crate::judge_options::JudgeOptions;

/// Keeps an index of articles on disk, and asks it what copies what.
///
/// The index is the directory DIR. `add` and `watch` make it if it is not there; it keeps the texts,
/// so that matches are compared in full, or with --no-texts signatures alone, by which matches are
/// estimates. One process writes; others may query at the same time.
#[derive(Args)]
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Adds articles, and makes the index if it is not there
    ///
    /// An article replaces the one that has its id. What cannot be used is named on standard error,
    /// skipped and counted. Every 1,000 articles are committed: what was reported as committed is
    /// there, whatever happens.
    Add {
        /// What `dedup` reads: .jsonl files, perhaps compressed as .gz or .zst, directories of text
        /// files, or - for JSON lines on standard input
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        making: Making,
    },
    Query(Asking),
    /// Reads JSON lines from standard input as they come, reports what each article matches, and adds
    /// it
    ///
    /// It commits every 1,000 articles and whenever a second has passed and nothing waits; at the end
    /// of the input and on Ctrl-C, too.
    Watch {
        /// An object for each article: `id`, `matches` (`id`, `relation`, `jaccard`, `containment`,
        /// `score`), and `cluster`, the id of the article that represents the cluster it joined
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        making: Making,
    },
    /// Removes articles
    Remove {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Removes the articles of an earlier date; those without a date stay
    Expire {
        date: Date,
    },
    /// Writes the articles of these ids, as JSON lines
    Get {
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Writes all articles as JSON lines that `add` reads, to make an index of another preset, say
    ///
    /// `id`, `text` where the index keeps texts, `source`, `date`; and `cluster`, if an article was
    /// put in the cluster of another.
    Export,
    /// Copies the index into another directory, also while another process writes to it
    Backup {
        to: PathBuf,
    },
    /// What the index contains
    Stats {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Reads everything and names the damage; the exit code is 1 if there is any
    Verify,
    /// Keeps what is whole of a damaged index, and reports what is lost
    Repair,
}

/// Finds what matches a text file, each article of a .jsonl file, or standard input (-)
///
/// An article does not match itself. Of each match it shows the relation, the score, the Jaccard
/// similarity, and how much of the asked article and of the match both have; figures with `~` are
/// estimates. Then how far the text has come: where it was first seen, in how many articles, of how
/// many sources.
#[derive(Args)]
pub(crate) struct Asking {
    pub(crate) file: PathBuf,
    /// An object for each article asked about
    ///
    /// `id` (null for a text), `matches` (`id`, `relation`, `score`, `jaccard`, `containment` with
    /// `left` for the asked article and `right`, `date`, `source`), `cluster` (the id of the article
    /// that represents its cluster) and `provenance` (`first`, `first_source`, `since`, `until`,
    /// `articles`, `sources`; null if nothing shares a text with it). Where no text was compared,
    /// `relation` and `containment` are null, and `jaccard` is an estimate.
    #[arg(long)]
    pub(crate) json: bool,
    /// Shows the N best matches; all are counted
    #[arg(long, value_name = "N", default_value_t = MAX_MATCHES,
        value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_MATCHES)))]
    pub(crate) top: u16,
    /// Only articles of this date or later
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<Date>,
    /// Only articles of this date or earlier; a day alone is meant to its end
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub(crate) until: Option<Date>,
    #[command(flatten)]
    pub(crate) fields: FieldNames,
}

/// Matches that a query returns at most.
const MAX_MATCHES: u16 = 1024;

/// How a new index is made, and what one that exists must be like.
#[derive(Args)]
pub(crate) struct Making {
    /// A new index without texts, whose matches are estimates
    #[arg(long)]
    no_texts: bool,
    #[command(flatten)]
    pub(crate) fields: FieldNames,
    #[command(flatten)]
    judge: JudgeOptions,
}

impl Making {
    /// Opens the index in a directory, or makes one.
    pub(crate) fn open(&self, dir: &Path) -> Result<Index, String> {
        let config = self.judge.config()?;
        let options = IndexOptions::new(&config).keep_texts(!self.no_texts);
        let opened = match self.judge.are_given() {
            true => Index::open_with(dir, &config),
            false => Index::open(dir),
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

/// The last moment that a date allows: a day without a time is meant to its end.
fn until(value: &str) -> Result<Date, Error> {
    const REST_OF_DAY: i64 = 86_399;
    let date: Date = value.parse()?;
    // Midnight written without colons, as in Unix time, is taken for the day.
    let is_day = !value.contains(':') && date.unix_seconds() % 86_400 == 0;
    let rest = if is_day { REST_OF_DAY } else { 0 };
    Ok(Date::from_unix_seconds(date.unix_seconds() + rest))
}
