//! `newsprint index DIR remove`, `expire`, `stats`, `verify` and `repair`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use newsprint::{Config, Date, Index, Preset, Scope, Snapshot};
use serde_json::json;

use super::answer::plain;
use super::options::error_in;
use crate::detector_options::window_of;
use crate::progress::ProgressDisplay;
use crate::terminal::{grouped, print_stdout};

/// Removes articles, and names the ids that the index does not have.
pub(crate) fn remove(dir: &Path, ids: &[String]) -> Result<(), String> {
    let fail = |error| error_in(dir, &error);
    let mut index = Index::open(dir).map_err(fail)?;
    let (mut removed, mut missing) = (0, String::new());
    for id in ids {
        if index.remove(id).map_err(fail)? {
            removed += 1;
        } else {
            let _ = writeln!(missing, "not there: {}", plain(id));
        }
    }
    index.close().map_err(fail)?;
    print_stdout(&format!("removed {}\n{missing}", grouped(removed)))
}

/// Removes the articles with an earlier date.
pub(crate) fn expire(dir: &Path, date: Date) -> Result<(), String> {
    let fail = |error| error_in(dir, &error);
    let mut index = Index::open(dir).map_err(fail)?;
    let expired = index.expire(date).map_err(fail)?;
    let left = index.len();
    index.close().map_err(fail)?;
    print_stdout(&format!(
        "expired {} from before {date}, {} left\n",
        grouped(expired),
        grouped(left)
    ))
}

/// Prints the size of the index and how it was configured.
pub(crate) fn stats(dir: &Path, as_json: bool) -> Result<(), String> {
    let index = Snapshot::open(dir).map_err(|error| error_in(dir, &error))?;
    let (stats, config) = (index.stats(), index.config());
    let sketcher = config.sketcher();
    let (shingle, slots) =
        (sketcher.shingler().shingle().to_string(), sketcher.minhasher().slots());
    let scope = config.scope();
    let is_config = |preset: &Preset| {
        Config::builder().preset(*preset).build().is_ok_and(|preset| preset == *config)
    };
    let preset = Preset::ALL.into_iter().find(is_config);
    let each = stats.bytes as f64 / stats.articles.max(1) as f64;
    if as_json {
        let object = json!({
            "articles": stats.articles,
            "removed": stats.removed,
            "recent": stats.recent,
            "segments": stats.segments,
            "bytes": stats.bytes,
            "bytes_per_article": each,
            "commits": stats.commits,
            "shingle": shingle,
            "slots": slots,
            "preset": preset.map(|preset| preset.to_string()),
            "scope": scope.name(),
            "threshold": config.threshold(),
            "window": (scope == Scope::Story).then(|| window_of(config)),
            "texts": index.keeps_texts(),
            "passages": index.finds_passages(),
        });
        return print_stdout(&format!("{object}\n"));
    }
    let mut out = String::new();
    let mut line = |name: &str, value: String, more: &str| {
        let _ = writeln!(
            out,
            "{name:<14}{value:>13}{}{more}",
            if more.is_empty() { "" } else { "   " }
        );
    };
    line("articles", grouped(stats.articles), "");
    line("removed", grouped(stats.removed), "gone, but their place is not free yet");
    line("recent", grouped(stats.recent), "in memory and in the log");
    line("segments", grouped(stats.segments as u64), "files of older articles");
    line("bytes", grouped(stats.bytes), &format!("{each:.0} an article"));
    line("commits", grouped(stats.commits), "since the index was made");
    match preset {
        Some(preset) => line("preset", preset.to_string(), ""),
        None => {
            line("scope", scope.name().to_owned(), "");
            line("threshold", config.threshold().to_string(), "");
        }
    }
    line("shingle", shingle, "");
    line("slots", grouped(slots as u64), "");
    if scope == Scope::Story {
        line("window", window_of(config).to_string(), "days between two accounts, at most");
    }
    line("texts", if index.keeps_texts() { "kept" } else { "not kept" }.to_owned(), "");
    line("passages", if index.finds_passages() { "indexed" } else { "not indexed" }.to_owned(), "");
    print_stdout(&out)
}

/// Checks every file and prints the damage.
pub(crate) fn verify(dir: &Path) -> Result<ExitCode, String> {
    let display = ProgressDisplay::new();
    let damage = Index::verify_with(dir, display.checking());
    display.finish();
    let damage = damage.map_err(|error| error_in(dir, &error))?;
    if damage.is_empty() {
        return print_stdout("all is whole\n").map(|()| ExitCode::SUCCESS);
    }
    let lines: Vec<String> = damage.iter().map(|damage| format!("{damage}\n")).collect();
    print_stdout(&lines.concat()).map(|()| ExitCode::FAILURE)
}

/// Repairs a damaged index by keeping what is undamaged.
pub(crate) fn repair(dir: &Path) -> Result<(), String> {
    let display = ProgressDisplay::new();
    let repaired = Index::repair_with(dir, display.checking());
    display.finish();
    let repaired = repaired.map_err(|error| error_in(dir, &error))?;
    if repaired.damage.is_empty() {
        return print_stdout("all is whole, nothing to repair\n");
    }
    let mut out = String::new();
    for damage in &repaired.damage {
        let _ = writeln!(out, "{damage}");
    }
    let _ = writeln!(out, "kept {} articles", grouped(repaired.articles));
    let _ = writeln!(out, "lost {} articles of damaged segments", grouped(repaired.lost));
    for id in &repaired.lost_ids {
        let _ = writeln!(out, "lost, to be added again: {}", plain(id));
    }
    let of_log =
        |error: &newsprint::Error| error.damage().is_some_and(|(file, _)| file.starts_with("log"));
    if repaired.damage.iter().any(of_log) {
        out.push_str(
            "lost the damaged commits of the log; how many articles they had is not known\n",
        );
    }
    if repaired.removals_lost {
        out.push_str("it is not known any more what had been removed: it is there again\n");
    }
    print_stdout(&out)
}
