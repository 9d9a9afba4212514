//! Keeps an index of articles on disk, and asks it what copies what.
//!
//! ```text
//! cargo run --release --example index -- news.index add news.jsonl
//!
//! index DIR add FILE... [--no-texts] [--preset NAME ...]
//! index DIR query FILE [--json] [--top N] [--since DATE] [--until DATE]
//! index DIR watch [--json] [--no-texts] [--preset NAME ...]
//! index DIR remove ID...
//! index DIR expire DATE
//! index DIR get ID...
//! index DIR export
//! index DIR backup TO
//! index DIR stats [--json]
//! index DIR verify
//! index DIR repair
//! ```
//!
//! The index is the directory DIR. `add` and `watch` make it if it is not there; it keeps the texts, so that matches are compared in full, or
//! with `--no-texts` signatures alone, by which matches are estimates. `--preset`, and the other options of `dedup` that say what counts as a
//! copy, are for a new index; an index that was made otherwise refuses them.
//!
//! - **`add`** takes what `dedup` takes: `.jsonl` files, plain or compressed, directories of text files, `-` for JSON lines on standard input;
//!   of each line `id` and `text`, and where given `source` and `date`. An article of an id that is there replaces it. What cannot be used is
//!   named on standard error, skipped and counted. It commits every 1,000 articles: what was told as committed is there, whatever happens.
//! - **`query`** asks for what matches a text file, each article of a `.jsonl` file or a directory, or standard input, which may be a text or JSON
//!   lines. An article is not told of itself. Of each match it tells the relation, the score, the Jaccard similarity, and how much of the asked article and of the match
//!   both have; figures with `~` are estimates. Then how far the text has come: where it was first seen, in how many articles, of how many
//!   sources. `--top` limits what is shown, not what is counted. A day alone as `--until` is meant to its end.
//! - **`watch`** reads JSON lines from standard input as they come. For each article it prints a line, its id and what it matches, and then adds
//!   it. It commits every 1,000 articles and whenever a second has passed and nothing waits; at the end of the input and on Ctrl-C, too.
//!   Other processes may query meanwhile.
//! - **`remove`** takes articles away, **`expire`** those of an earlier date; those without a date stay.
//! - **`get`** and **`export`** give articles back, as JSON lines that `add` reads: `id`, `text` where the index keeps texts, `source`,
//!   `date`; and `cluster`, if one was put in another's. So `index OLD export | index NEW add - --preset story` makes another index of them.
//!   **`backup`** copies the index, while another process writes to it, too.
//! - **`verify`** reads everything and names the damage; **`repair`** keeps what is whole, and tells what is lost.
//!
//! With `--json`, `query` prints for each article asked an object on a line: `id` (null for a text), `matches` (`id`, `relation`, `score`,
//! `jaccard`, `containment` with `left` for the asked article and `right`, `date`, `source`), `cluster` (the id of the article that stands for what it belongs to) and `reach` (`first`, `first_source`, `since`, `until`, `articles`,
//! `sources`; null if nothing has a text in common). `watch` prints `id`, `matches` (`id`, `relation`, `jaccard`, `containment`, `score`) and
//! `cluster`, the id of the article that stands for the texts that it belongs to. Where no text was compared, `relation` and
//! `containment` are null, and `jaccard` is an estimate.
//!
//! The exit code is 0 when the work was done, whatever was found or skipped, 1 if `verify` finds damage, and 2 for a wrong option, an input that
//! cannot be read, or an index that cannot be read or written.

mod add;
mod answer;
mod articles;
#[path = "../support/common.rs"]
mod common;
mod options;
mod query;
mod read;
mod upkeep;
mod watch;

// The readers of `dedup`.
#[path = "../dedup/input.rs"]
#[allow(dead_code, reason = "dedup reads texts again from their file")]
mod input;
#[path = "../dedup/json.rs"]
mod json;
#[path = "../dedup/lines.rs"]
#[allow(dead_code, reason = "dedup reads texts again by their place")]
mod lines;
#[path = "../dedup/problems.rs"]
#[allow(dead_code, reason = "dedup counts warnings")]
mod problems;
#[path = "../dedup/progress.rs"]
#[allow(dead_code, reason = "dedup has a detector to listen to")]
mod progress;
#[path = "../dedup/record.rs"]
#[allow(dead_code, reason = "dedup shows titles and places")]
mod record;

use std::process::ExitCode;

use common::{say, tell};
use options::{Command, Options};

fn main() -> ExitCode {
    run().unwrap_or_else(|message| {
        tell(&format!("index: {message}"));
        ExitCode::from(2)
    })
}

fn run() -> Result<ExitCode, String> {
    let Some(Options { dir, command }) =
        Options::read().map_err(|error| format!("{error} (index --help explains the commands)"))?
    else {
        return say(&options::help()).map(|()| ExitCode::SUCCESS);
    };
    let done = match &command {
        Command::Add { files, making } => add::add(&dir, making, files),
        Command::Query(asking) => query::query(&dir, asking),
        Command::Watch { making, json } => watch::watch(&dir, making, *json),
        Command::Remove { ids } => upkeep::remove(&dir, ids),
        Command::Expire { date } => upkeep::expire(&dir, *date),
        Command::Get { ids } => read::get(&dir, ids),
        Command::Export => read::export(&dir),
        Command::Backup { to } => read::backup(&dir, to),
        Command::Stats { json } => upkeep::stats(&dir, *json),
        Command::Verify => return upkeep::verify(&dir),
        Command::Repair => upkeep::repair(&dir),
    };
    done.map(|()| ExitCode::SUCCESS)
}
