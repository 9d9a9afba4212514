//! `newsprint index`: keeps an index of articles on disk, and asks it what copies what.

mod add;
mod answer;
mod articles;
mod options;
mod query;
mod read;
mod upkeep;
mod watch;

use std::process::ExitCode;

use options::Command;
pub(crate) use options::Options;

/// Does what the command says, and returns the exit code.
pub(crate) fn run(Options { dir, command }: Options) -> Result<ExitCode, String> {
    let done = match &command {
        Command::Add { files, making } => add::add(&dir, making, files),
        Command::Query(asking) => query::query(&dir, asking),
        Command::Watch { json, making } => watch::watch(&dir, making, *json),
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
