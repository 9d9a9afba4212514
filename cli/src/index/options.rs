//! The options of `newsprint index`, and how an index is opened by them.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use newsprint::{Date, Error, ErrorKind, Index, IndexOptions, Snapshot};

use crate::detector_options::{OtherOption, SearchOptions};
use crate::input::fields::FieldNames;

/// Maintains an index of articles on disk and finds matches in it
///
/// The index is the directory DIR; `add` and `watch` create it if it does not exist. It keeps the
/// texts, so that matches are compared in full. With --no-texts it keeps signatures only, and the
/// figures of matches are estimates. One process can write; others can query at the same time.
#[derive(Args)]
pub(crate) struct Options {
    /// The directory of the index
    pub(crate) dir: PathBuf,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Adds articles, and creates the index if it does not exist
    ///
    /// An article replaces the one with the same id, also one of the same input. Each is put in a
    /// cluster as it comes, so `add` and `watch` make the same index of the same articles in the
    /// same order. Lines and files that cannot be used, as those without an id or with an empty
    /// one, are skipped and counted; the first 20 are named on standard error, the rest counted by
    /// kind. Articles are committed in groups of 1,000; committed articles survive a crash, and a
    /// signal, which ends the program.
    Add {
        /// A .jsonl file, which may be compressed (.gz, .zst); a .parquet file, if the program was
        /// built with `--features parquet`; a directory of text files; or - for JSON lines on
        /// standard input, compressed or not
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Adds faster: does not look for the clusters of the articles
        ///
        /// Each then begins a cluster of its own, which later articles may join. Matches and
        /// provenance do not depend on this.
        #[arg(long)]
        no_clusters: bool,
        #[command(flatten)]
        options: WriterOptions,
    },
    Query(QueryOptions),
    /// Reads JSON lines from standard input, prints the matches of each article, and adds it
    ///
    /// A line names the article, its best matches with relation, source, date and score (`~` marks
    /// estimates), where the text was first seen, and the cluster that the article is in.
    ///
    /// Articles are committed after every 1,000; before, as soon as no more input waits, but at
    /// most once a second; at the end of the input; and on Ctrl-C, termination or a closed
    /// terminal, after which the exit code is 0. An answer is printed before its article is
    /// committed: if the program is killed or the power fails, the articles of the last answers may
    /// not be in the index. Sending them again is harmless where articles have ids: an article
    /// replaces itself.
    Watch {
        /// Prints a JSON object for each article, with the fields of those of `query --json`
        ///
        /// `cluster` is never null: an article that matches none begins a cluster of its own.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        options: WriterOptions,
    },
    /// Removes articles
    ///
    /// An id that the index does not have is named, and is no error.
    Remove {
        /// The ids of the articles
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Removes the articles with an earlier date; those without a date stay
    Expire {
        /// The first date that stays
        date: Date,
    },
    /// Prints the articles with these ids as JSON lines
    ///
    /// An id that the index does not have is named on standard error, and is no error.
    Get {
        /// The ids of the articles
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Prints all articles as JSON lines, which `add` can read
    ///
    /// The fields are `id`, `text` (if the index keeps texts; with the title as its first line),
    /// `source`, `date`, and `cluster` if the article is in the cluster of another; `add` makes
    /// clusters anew. An index of another preset is made so, in a directory of its own:
    /// `newsprint index DIR export | newsprint index NEW add - --preset story`.
    Export,
    /// Copies the index to another directory, even while another process writes to it
    Backup {
        /// An empty directory, or one that does not exist
        to: PathBuf,
    },
    /// Prints the number of articles, the size and the configuration of the index
    ///
    /// If the configuration is that of a preset, its name stands for the scope and the threshold.
    Stats {
        /// Prints one JSON object
        ///
        /// `articles`, `removed` (whose place is not free yet), `recent` (not in a segment yet),
        /// `segments`, `bytes`, `bytes_per_article`, `commits`; and of the configuration `preset`
        /// (null if it is that of none), `scope`, `shingle`, `slots`, `threshold`, `window` (days;
        /// null without --preset story), `texts` and `passages` (whether they are kept and found).
        #[arg(long)]
        json: bool,
    },
    /// Reads all files and prints the damage; the exit code is 1 if there is any
    Verify,
    /// Repairs a damaged index: keeps what is undamaged and reports what is lost
    Repair,
}

/// Finds the matches of a text file, of each article of a .jsonl or .parquet file or of a directory
/// of texts, or of standard input (-)
///
/// Parquet files need a program that was built with `--features parquet`.
///
/// For each match it prints the relation, the score, the Jaccard similarity, and the share of each
/// article's shingles that the other has; figures with `~` are estimates. After the matches it
/// prints the provenance of the text: where it was first seen, and in how many articles and
/// sources; and the cluster that the article belongs to. An article does not match itself.
#[derive(Args)]
pub(crate) struct QueryOptions {
    /// What to find matches for
    pub(crate) file: PathBuf,
    /// Prints a JSON object for each article of the query
    ///
    /// `id` (null for a text), `matches` (`id`, `relation`, `score`, `jaccard`, `containment` with
    /// `left` for the article of the query and `right` for the match, `date`, `source`), `cluster`
    /// (its name: the id of the article that it began with; null if nothing is like the article)
    /// and `provenance` (`first`, `first_source`, `since`, `until`, `articles`, `sources`; null if
    /// no article shares the text). `articles` and `sources` count the others; `first`, `since` and
    /// `until` take in the article of the query. A date without a time counts as the first second
    /// of its day. If the index has no texts, `relation` and `containment` are null, and `jaccard`
    /// and `score` are estimates.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints the passages that the article shares with each match
    ///
    /// Needs an index that keeps texts. If it was made with --passages, the articles that are no
    /// match but share 25 words in a row, or a lightly edited passage, follow with what they share;
    /// in JSON as `others` (`id`, `date`, `source`, `passages`). In JSON each match has `passages`:
    /// `left` and `right`, `kind` (`verbatim` or `edited`), `words` (how many agree) and `text`
    /// (the passage in the article of the query). `left` and `right` are start and end in bytes in
    /// UTF-8 of the texts that are compared, of the query and of the match: the title without the
    /// space around it, an empty line (two bytes), and the text; or the text alone, if there is no
    /// title or the text begins with it.
    #[arg(long)]
    pub(crate) passages: bool,
    /// Prints only the N best matches; the provenance counts all
    #[arg(long, value_name = "N", default_value_t = MAX_MATCHES,
        value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_MATCHES)))]
    pub(crate) top: u16,
    /// Finds only articles of this date or later
    #[arg(long, value_name = "DATE")]
    pub(crate) since: Option<Date>,
    /// Finds only articles of this date or earlier; a date without a time includes the whole day
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub(crate) until: Option<Date>,
    #[command(flatten)]
    pub(crate) fields: FieldNames,
}

/// The most matches that a query returns.
const MAX_MATCHES: u16 = 1024;

/// How a new index is created, and what configuration an existing one must have.
#[derive(Args)]
pub(crate) struct WriterOptions {
    /// Creates an index without texts, whose figures of matches are estimates
    #[arg(long)]
    no_texts: bool,
    /// Creates an index that also finds passages in articles that are no match: see `query
    /// --passages`
    ///
    /// It takes some 300 bytes more for an article of a thousand words. Needs the texts.
    #[arg(long, conflicts_with = "no_texts")]
    passages: bool,
    #[command(flatten)]
    pub(crate) fields: FieldNames,
    #[command(flatten)]
    detector: SearchOptions,
}

impl WriterOptions {
    /// Opens the index in a directory, or creates one.
    pub(crate) fn open(&self, dir: &Path) -> Result<Index, String> {
        self.detector.check()?;
        // An index goes on with its own configuration; another one that is given is refused.
        let checked = match self.detector.are_given() {
            true => Snapshot::open(dir).map(|index| self.detector.difference(index.config())),
            false => Ok(None),
        };
        let opened = match checked {
            Ok(Some(other)) => return Err(other.message(dir)),
            Ok(None) => Index::open(dir),
            Err(error) => Err(error),
        };
        let index = match opened {
            Err(missing) if missing.kind() == ErrorKind::NotFound => {
                let options = IndexOptions::new(&self.detector.config()?);
                let options = options.keep_texts(!self.no_texts).passages(self.passages);
                return options.create(dir).map_err(|error| error_in(dir, &error));
            }
            opened => opened.map_err(|error| error_in(dir, &error))?,
        };
        let refuse = |why: String| Err(format!("{}: {why}", dir.display()));
        if self.no_texts && index.keeps_texts() {
            return refuse("the index keeps texts: --no-texts is for a new one".to_owned());
        }
        if self.passages && !index.finds_passages() {
            return refuse("the index finds no passages: --passages is for a new one".to_owned());
        }
        Ok(index)
    }
}

impl OtherOption {
    /// Says what differs, and for a preset how an index of the other is made.
    fn message(&self, dir: &Path) -> String {
        let OtherOption { ours, given, .. } = self;
        let dir = dir.display();
        let mut message = format!("the index {dir} was made with {ours}, not {given}");
        if self.is_goal {
            message += &format!(
                "; to make another of its articles: newsprint index {dir} export | \
                 newsprint index NEW add - {given}"
            );
        }
        message
    }
}

/// The message for an error of the index in a directory: the library names it.
pub(crate) fn error_in(_: &Path, error: &Error) -> String {
    error.to_string()
}

/// The last second that `--until` includes: the end of the day if the date has no time.
fn until(value: &str) -> Result<Date, Error> {
    let date: Date = value.parse()?;
    // Midnight as Unix time has no colons either, and is taken for the whole day.
    Ok(if value.contains(':') { date } else { date.last_second() })
}
