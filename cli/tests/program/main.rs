//! Tests of the program as its users meet it: each test runs it as a process and checks its output,
//! messages and exit code. This file has what the tests share, and tests of the command line.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

mod bad_input;
mod compare;
mod copies;
mod dedup;
mod evaluate;
mod feeds;
mod index;
mod options;
mod outputs;
mod pages;
mod parquet;
mod passages;
mod planted;
mod query;
mod stored;
mod watch;

// ---- Running the program ----

/// The exit code and the output of a finished process.
struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Outcome {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {:?}, {}", self.stdout, self.stderr))
    }

    fn count(&self, key: &str) -> u64 {
        self.json()[key].as_u64().unwrap_or_else(|| panic!("no {key} in {}", self.stdout))
    }
}

/// The path of the program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_newsprint");

/// Runs command `name` in `dir`. Returns none if this machine cannot run it: tests under an
/// emulator may be unable to start other programs of the emulated machine.
fn run_with(name: &str, dir: &Path, args: &[&str], input: &[u8]) -> Option<Outcome> {
    let spawn = |program: Vec<OsString>| {
        Command::new(&program[0])
            .args(&program[1..])
            .arg(name)
            .args(args)
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    };
    let mut spawned = spawn(vec![PROGRAM.into()]);
    if spawned.as_ref().is_err_and(is_foreign) {
        let mut emulated = emulator();
        emulated.push(PROGRAM.into());
        spawned = spawn(emulated);
    }
    let mut child = match spawned {
        Err(error) if is_foreign(&error) => {
            println!(
                "SKIPPED: the program is of another architecture and no runner is set: {error}"
            );
            return None;
        }
        child => child.expect("starts"),
    };
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // A separate thread avoids a deadlock: a process may write much output before it has read all
    // its input.
    let feeder = std::thread::spawn(move || {
        // A process that stops early closes its end.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("ends");
    feeder.join().expect("feeds");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("exits");
    let outcome = Outcome { code, stdout: text(output.stdout), stderr: text(output.stderr) };
    assert!(!outcome.stderr.contains("panicked"), "{}", outcome.stderr);
    Some(outcome)
}

fn is_foreign(error: &std::io::Error) -> bool {
    const ENOEXEC: i32 = 8;
    cfg!(unix) && error.raw_os_error() == Some(ENOEXEC)
}

/// The runner that cargo uses for this architecture, and so for this test.
fn emulator() -> Vec<OsString> {
    let architecture = format!("_{}_", std::env::consts::ARCH.to_uppercase());
    let named = |name: &str| {
        name.starts_with("CARGO_TARGET")
            && name.ends_with("_RUNNER")
            && name.contains(&architecture)
    };
    let runner = std::env::vars()
        .find(|(name, _)| named(name))
        .map(|(_, runner)| runner)
        .unwrap_or_default();
    runner.split_whitespace().map(OsString::from).collect()
}

/// Runs command `name`, or ends the test if this machine cannot run it.
macro_rules! run {
    ($name:expr, $dir:expr, $args:expr) => {
        $crate::run!($name, $dir, $args, b"")
    };
    ($name:expr, $dir:expr, $args:expr, $input:expr) => {
        match $crate::run_with($name, $dir.path(), $args, $input) {
            Some(outcome) => outcome,
            None => return,
        }
    };
}
use run;

/// A test's own folder, deleted when the test ends.
struct Dir(PathBuf);

impl Dir {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("newsprint-examples-{}-{count}", std::process::id()));
        fs::create_dir(&path).expect("a fresh folder");
        Dir(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("inside")).expect("makes folders");
        fs::write(path, bytes).expect("writes");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The first columns of a table, without the header.
    fn rows(&self, name: &str, columns: usize) -> String {
        let table = self.read(name);
        let rows = table.lines().skip(1);
        let cut = |row: &str| row.split('\t').take(columns).collect::<Vec<_>>().join("\t") + "\n";
        rows.map(cut).collect()
    }

    /// The sorted names of everything in the folder.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("lists");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("lists").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

// ---- Articles ----

fn bundled(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/articles").join(name);
    path.to_str().expect("a readable path").to_owned()
}

fn line(id: &str, text: &str) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "text": text }))
}

const RIVER: &str = "The river rose by two metres in a single night and the old bridge was closed to all traffic at dawn";
const LIBRARY: &str =
    "A new library opens its doors on Saturday with readings and music and a bookbinder at work";

/// The river's text with a word of its own behind it: with numbers there, short texts are a series
/// rather than copies.
fn version(i: usize) -> String {
    let letter = |digit: char| char::from(b'g' + (digit as u8 - b'0'));
    format!("{RIVER} {}", i.to_string().chars().map(letter).collect::<String>())
}

/// `count` texts of random words; every third is the one before it with two words changed.
fn corpus(count: u64) -> String {
    let mut state = 1u64;
    let mut next = |bound: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let (mut lines, mut words) = (String::new(), Vec::new());
    for i in 0..count {
        if i % 3 == 2 {
            for _ in 0..2 {
                let place = next(words.len() as u64) as usize;
                words[place] = format!("changed{i}");
            }
        } else {
            words = (0..80 + next(80)).map(|_| format!("w{}", next(5000))).collect();
        }
        lines.push_str(&line(&format!("n{i}"), &words.join(" ")));
    }
    lines
}

#[test]
fn help_names_every_option() {
    const TEXT: &[&str] = &["preset", "shingle"];
    const SEARCH: &[&str] = &["preset", "shingle", "threshold", "slots", "window", "recall"];
    const REPORTED: &[&str] = &["relations", "min-confidence"];
    let detector = [SEARCH, REPORTED].concat();
    let dir = Dir::new();
    for (command, configured, others) in [
        (&["compare"][..], TEXT, &["json", "html"][..]),
        (
            &["dedup"],
            &detector,
            &[
                "pairs",
                "every-pair",
                "clusters",
                "stories",
                "html",
                "pages",
                "json",
                "strict",
                "threads",
            ],
        ),
        (&["evaluate"], &detector, &["explain", "fit", "together", "learn", "json", "markdown"]),
        (&["index", "i", "add"], SEARCH, &["no-texts"]),
        (&["index", "i", "watch"], SEARCH, &["no-texts", "json"]),
    ] {
        let args = [&command[1..], &["--help"]].concat();
        let help = run!(command[0], dir, &args);
        assert_eq!((help.code, help.stderr.as_str()), (0, ""));
        for option in configured.iter().chain(others).chain(&["quiet", "help"]) {
            assert!(help.stdout.contains(&format!("--{option}")), "{command:?} {option}");
        }
        for option in detector.iter().filter(|option| !configured.contains(option)) {
            assert!(!help.stdout.contains(&format!("--{option}")), "{command:?} {option}");
        }
    }
    assert!(dir.names().is_empty());
}

#[test]
fn completions_and_manual_pages_are_written() {
    let dir = Dir::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = run!("completions", dir, &[shell]);
        assert!(script.code == 0 && script.stdout.contains("min-confidence"), "{shell}");
    }
    // The synopsis is one that can be run, whichever way the command is named.
    let add = "newsprint index <DIR> add";
    for (command, option) in [
        (&[][..], "quiet"),
        (&["dedup"], "every\\-pair"),
        (&["index-add"], add),
        (&["index", "add"], add),
    ] {
        let page = run!("man", dir, command);
        assert!(page.code == 0 && page.stdout.contains(option), "{command:?}: {}", page.stdout);
    }
    assert_eq!(run!("man", dir, &["cook"]).code, 2);
    assert_eq!(run!("--version", dir, &[]).stdout, "newsprint 0.1.0\n");
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_error() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER));
    dir.write("a.txt", RIVER);
    run!("index", dir, &["i", "add", "in.jsonl"]);
    for args in [
        "completions bash",
        "man",
        "man dedup",
        "compare a.txt a.txt",
        "dedup in.jsonl",
        "dedup in.jsonl --pairs - --quiet",
        "index i stats",
        "index i export",
        "index i query a.txt",
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let child = Command::new(PROGRAM)
            .args(args.split(' '))
            .current_dir(dir.path())
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn();
        let Ok(child) = child else { return };
        let outcome = child.wait_with_output().expect("ends");
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        assert!(outcome.status.success() && stderr.is_empty(), "{args}: {stderr}");
    }
}

#[test]
fn quiet_writes_results_and_errors_only() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER) + "{\n");
    let quiet = run!("dedup", dir, &["in.jsonl", "--quiet", "--clusters", "-", "--no-header"]);
    assert_eq!((quiet.code, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    let quiet = run!("dedup", dir, &["in.jsonl", "--quiet", "--json"]);
    assert_eq!((quiet.count("skipped"), quiet.stderr.as_str()), (1, ""));
    let missing = run!("dedup", dir, &["missing.jsonl", "--quiet"]);
    assert!(missing.code == 2 && missing.stderr.contains("missing.jsonl: "));
    // An error says what decided the exit code.
    let strict = run!("dedup", dir, &["in.jsonl", "--quiet", "--strict"]);
    let why = "newsprint dedup: in.jsonl:2: not JSON: EOF while parsing an object at column 1";
    assert!(strict.code == 2 && strict.stderr.starts_with(why), "{}", strict.stderr);
    let why = "nothing in the input can be used, 2 skipped; the first: <stdin>:1: not JSON";
    let wrong = b"{\n{\n";
    for (command, args) in [
        ("dedup", &["-", "--quiet"][..]),
        ("dedup", &["-", "--quiet", "--preset", "passages"]),
        ("index", &["i", "add", "-", "--quiet"]),
        ("index", &["i", "watch", "--quiet"]),
        ("index", &["i", "query", "-", "--quiet"]),
    ] {
        let unused = run!(command, dir, args, wrong);
        assert!(unused.code == 3 && unused.stderr.starts_with(why), "{args:?}: {}", unused.stderr);
    }
    let told = run!("index", dir, &["i", "watch"], wrong);
    assert!(told.stderr.ends_with("nothing in the input can be used, 2 skipped\n"));
}

#[test]
fn an_unknown_set_of_instructions_is_refused() {
    let dir = Dir::new();
    dir.write("a.txt", RIVER);
    // Ends the test if the program cannot run on this machine.
    run!("compare", dir, &["a.txt", "a.txt"]);
    for (value, code) in [("sse9", 2), ("portable", 0), ("avx2", 0), ("neon", 0)] {
        let run = Command::new(PROGRAM)
            .args(["compare", "a.txt", "a.txt"])
            .env("NEWSPRINT_ISA", value)
            .current_dir(dir.path())
            .output();
        let Ok(run) = run else { return };
        let stderr = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.code(), Some(code), "{value}: {stderr}");
        assert_eq!(stderr.contains("NEWSPRINT_ISA is \"sse9\""), code == 2, "{stderr}");
    }
}
