//! `newsprint index`: maintains an index of articles on disk and queries it.

mod add;
mod answer;
mod each_article;
mod maintenance;
mod options;
mod passages;
mod query;
mod read;
mod watch;

use std::process::ExitCode;

use options::Command;
pub(crate) use options::Options;

/// Runs the command and returns the exit code.
pub(crate) fn run(Options { dir, command }: Options) -> Result<ExitCode, String> {
    let done = match &command {
        Command::Add { files, no_clusters, options } => {
            return add::add(&dir, options, files, *no_clusters);
        }
        Command::Query(options) => return query::query(&dir, options),
        Command::Watch { json, options } => return watch::watch(&dir, options, *json),
        Command::Remove { ids } => maintenance::remove(&dir, ids),
        Command::Expire { date } => maintenance::expire(&dir, *date),
        Command::Get { ids } => read::get(&dir, ids),
        Command::Export => read::export(&dir),
        Command::Backup { to } => read::backup(&dir, to),
        Command::Stats { json } => maintenance::stats(&dir, *json),
        Command::Verify => return maintenance::verify(&dir),
        Command::Repair => maintenance::repair(&dir),
    };
    done.map(|()| ExitCode::SUCCESS)
}
