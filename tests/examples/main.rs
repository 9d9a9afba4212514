//! The examples as their users meet them: run as processes, judged by output, messages and exit code.

#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

mod compare;
mod copies;
mod dedup;
mod evaluate;
mod feeds;
#[cfg(feature = "index")]
mod index;
mod stored;
#[cfg(feature = "index")]
mod watch;

// ---- Running an example ----

/// What a process left behind.
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

/// Runs example `name` in `dir`. None where this machine cannot run it: tests run under an emulator may be
/// unable to start other programs of that machine.
fn run_with(name: &str, dir: &Path, args: &[&str], input: &[u8]) -> Option<Outcome> {
    let binary = binary(name);
    let spawn = |program: Vec<OsString>| {
        Command::new(&program[0])
            .args(&program[1..])
            .args(args)
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    };
    let mut spawned = spawn(vec![binary.clone().into()]);
    if spawned.as_ref().is_err_and(is_foreign) {
        let mut emulated = emulator();
        emulated.push(binary.into());
        spawned = spawn(emulated);
    }
    let mut child = match spawned {
        Err(error) if is_foreign(&error) => {
            println!(
                "SKIPPED: example {name} is of another architecture and no runner is set: {error}"
            );
            return None;
        }
        child => child.expect("starts"),
    };
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // From a thread of its own: a process that writes much before it reads all would wait for us as we for
    // it.
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

/// The runner that cargo was given for this architecture, by which this very test is being run.
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

/// Runs example `name`, or ends the test where that is impossible.
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

/// The path of an example, built from these sources with these features.
///
/// `cargo test` has built all examples, and then asking cargo again takes no time; `cargo test --test
/// examples` has not, and may have left old ones. Where there is no cargo to ask, those beside the folder
/// of the tests must do.
fn binary(name: &str) -> PathBuf {
    static BUILT: LazyLock<HashMap<String, PathBuf>> =
        LazyLock::new(|| build().unwrap_or_default());
    let beside =
        || profile_dir().join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    BUILT.get(name).cloned().unwrap_or_else(beside)
}

/// The folder of the profile, such as `target/debug`.
fn profile_dir() -> PathBuf {
    let test = std::env::current_exe().expect("known");
    test.ancestors().nth(2).expect("in target/<profile>/deps").to_owned()
}

/// Builds the examples as this test was built, and says where they are. None if cargo cannot be started.
fn build() -> Option<HashMap<String, PathBuf>> {
    let dir = profile_dir();
    let mut cargo = Command::new(env!("CARGO"));
    let profile = match dir.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "test",
        Some(profile) => profile,
    };
    cargo.args(["build", "--examples", "--quiet", "--message-format=json", "--profile", profile]);
    let features = [("index", cfg!(feature = "index")), ("rayon", cfg!(feature = "rayon"))];
    if features.iter().any(|(_, on)| !on) {
        let on = features.iter().filter(|(_, on)| *on).map(|(name, _)| *name);
        cargo.args(["--no-default-features", "--features", &on.collect::<Vec<_>>().join(",")]);
    }
    // target/<profile>, or target/<triple>/<profile> when built for a machine named.
    let above = dir.parent().expect("in target");
    if let Some(target) = above.parent().filter(|target| target.join(".rustc_info.json").exists()) {
        cargo
            .arg("--target")
            .arg(above.file_name().expect("a triple"))
            .arg("--target-dir")
            .arg(target);
    } else {
        cargo.arg("--target-dir").arg(above);
    }
    let output =
        cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output().ok()?;
    assert!(output.status.success(), "cargo cannot build the examples");
    let messages = String::from_utf8(output.stdout).expect("UTF-8");
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binaries = messages.filter_map(|message| {
        let name = message["target"]["name"].as_str()?.to_owned();
        Some((name, PathBuf::from(message["executable"].as_str()?)))
    });
    Some(binaries.collect())
}

/// A folder of a test's own, gone when the test ends.
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

    /// Everything in it, by name.
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/articles").join(name);
    path.to_str().expect("a readable path").to_owned()
}

fn line(id: &str, text: &str) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "text": text }))
}

const RIVER: &str = "The river rose by two metres in a single night and the old bridge was closed to all traffic at dawn";
const LIBRARY: &str =
    "A new library opens its doors on Saturday with readings and music and a bookbinder at work";

/// `count` texts without meaning; every third is the one before with two words changed.
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
fn help_is_no_error() {
    let dir = Dir::new();
    for name in ["compare", "dedup"] {
        let told = run!(name, dir, &["--help"]);
        assert_eq!((told.code, told.stderr.as_str()), (0, ""));
        for option in
            ["--preset", "--threshold", "--shingle", "--slots", "--recall", "--json", "--help"]
        {
            assert!(
                told.stdout.contains(&format!("\n  {option}")),
                "{name} {option}: {}",
                told.stdout
            );
        }
    }
}
