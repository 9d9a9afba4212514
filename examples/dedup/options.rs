//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser};
use newsprint::{Config, Scope};

use super::common::{TUNING_HELP, Tuning, unexpected, value};
use super::input::is_dash;

const USAGE: &str = "\
Finds the copies in a collection of articles and groups them.

usage: dedup INPUT... [OPTIONS]

INPUT is a .jsonl file, perhaps compressed as .gz or .zst (a line an article: id, text; optional title,
source, date), a directory of text files, or - for JSON lines on standard input.

  --pairs FILE        writes the pairs: id, id, relation, jaccard, containment, score
  --every-pair        writes all pairs, even where identical copies make more than ten million of them
  --clusters FILE     writes the clusters: id, cluster id, representative or member, and with --preset story the
                      id of the story; FILE may be - for standard output in one of the two
  --stories FILE      with --preset story: writes the stories, a JSON object a line, with the first report of each source
                      in the order of time; FILE may be -
  --html DIR          writes pages to read the clusters by; begin with DIR/index.html
  --json              the summary as one JSON object
  --strict            stops at the first line or file that is skipped or mended otherwise
  --threads N         works with N threads, by default one a core; the results are the same
";

/// More threads than any machine has cores, and few enough to start.
const MOST_THREADS: usize = 1024;

/// The text of `--help`.
pub(crate) fn help() -> String {
    format!("{USAGE}{TUNING_HELP}  --help              this text\n")
}

/// What the command line asks for.
pub(crate) struct Options {
    pub(crate) inputs: Vec<PathBuf>,
    pub(crate) pairs: Option<PathBuf>,
    pub(crate) every_pair: bool,
    pub(crate) clusters: Option<PathBuf>,
    pub(crate) stories: Option<PathBuf>,
    pub(crate) html: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) strict: bool,
    pub(crate) threads: Option<usize>,
    pub(crate) config: Config,
}

impl Options {
    /// The options of the command line; none if help is asked for.
    pub(crate) fn read() -> Result<Option<Self>, String> {
        let mut parser = Parser::from_env();
        let mut tuning = Tuning::default();
        let (mut inputs, mut pairs, mut clusters, mut stories, mut html) =
            (Vec::new(), None, None, None, None);
        let (mut every_pair, mut json, mut strict, mut threads) = (false, false, false, None);
        while let Some(arg) = parser.next().map_err(|error| error.to_string())? {
            match arg {
                Arg::Long("help") | Arg::Short('h') => return Ok(None),
                Arg::Long("json") => json = true,
                Arg::Long("strict") => strict = true,
                Arg::Long("pairs") => pairs = Some(path(&mut parser, "pairs", "file")?),
                Arg::Long("every-pair") => every_pair = true,
                Arg::Long("stories") => stories = Some(path(&mut parser, "stories", "file")?),
                Arg::Long("clusters") => clusters = Some(path(&mut parser, "clusters", "file")?),
                Arg::Long("html") => html = Some(path(&mut parser, "html", "directory")?),
                Arg::Long("threads") => {
                    threads = Some(thread_count(value(&mut parser, "threads")?)?);
                }
                Arg::Long(name) => {
                    let name = name.to_owned();
                    if !tuning.take(&name, &mut parser)? {
                        return Err(unexpected(Arg::Long(&name)));
                    }
                }
                Arg::Value(input) => inputs.push(PathBuf::from(input)),
                other => return Err(unexpected(other)),
            }
        }
        if inputs.is_empty() {
            return Err("no INPUT given".to_owned());
        }
        if inputs.iter().filter(|input| is_dash(input)).count() > 1 {
            return Err("- is given twice, but standard input can be read only once".to_owned());
        }
        if every_pair && pairs.is_none() {
            return Err("--every-pair says what --pairs FILE writes, and there is none".to_owned());
        }
        let outputs = [("pairs", &pairs), ("clusters", &clusters), ("stories", &stories)];
        for (i, &(name, path)) in outputs.iter().enumerate() {
            for &(other, other_path) in &outputs[i + 1..] {
                // Absolute, for `x` and `./x` are one file.
                let real = |path: &PathBuf| std::path::absolute(path).ok();
                if let (Some(path), Some(other_path)) = (path, other_path)
                    && real(path) == real(other_path)
                {
                    return Err(format!("--{name} and --{other} both write to {}", path.display()));
                }
            }
        }
        let config = tuning.config()?;
        if stories.is_some() && config.scope() < Scope::Story {
            return Err("--stories needs --preset story".to_owned());
        }
        Ok(Some(Options {
            inputs,
            pairs,
            every_pair,
            clusters,
            stories,
            html,
            json,
            strict,
            threads,
            config,
        }))
    }
}

fn path(parser: &mut Parser, name: &str, what: &str) -> Result<PathBuf, String> {
    let value: OsString = parser.value().map_err(|_| format!("--{name} needs a {what} name"))?;
    if value.is_empty() {
        return Err(format!("--{name} needs a {what} name, not an empty one"));
    }
    Ok(PathBuf::from(value))
}

fn thread_count(threads: usize) -> Result<usize, String> {
    match threads {
        1..=MOST_THREADS => Ok(threads),
        _ => Err(format!("--threads is {threads}, must be from 1 to {MOST_THREADS}")),
    }
}
