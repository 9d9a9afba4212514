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
            println!("SKIPPED: example {name} is of another architecture and no runner is set: {error}");
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
        name.starts_with("CARGO_TARGET") && name.ends_with("_RUNNER") && name.contains(&architecture)
    };
    let runner = std::env::vars().find(|(name, _)| named(name)).map(|(_, runner)| runner).unwrap_or_default();
    runner.split_whitespace().map(OsString::from).collect()
}

/// Runs example `name`, or ends the test where that is impossible.
macro_rules! run {
    ($name:expr, $dir:expr, $args:expr) => {
        run!($name, $dir, $args, b"")
    };
    ($name:expr, $dir:expr, $args:expr, $input:expr) => {
        match run_with($name, $dir.path(), $args, $input) {
            Some(outcome) => outcome,
            None => return,
        }
    };
}

/// The path of an example, built from these sources with these features.
///
/// `cargo test` has built all examples, and then asking cargo again takes no time; `cargo test --test
/// examples` has not, and may have left old ones. Where there is no cargo to ask, those beside the folder
/// of the tests must do.
fn binary(name: &str) -> PathBuf {
    static BUILT: LazyLock<HashMap<String, PathBuf>> = LazyLock::new(|| build().unwrap_or_default());
    let beside = || profile_dir().join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
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
    if !cfg!(feature = "rayon") {
        cargo.arg("--no-default-features");
    }
    // target/<profile>, or target/<triple>/<profile> when built for a machine named.
    let above = dir.parent().expect("in target");
    if let Some(target) = above.parent().filter(|target| target.join(".rustc_info.json").exists()) {
        cargo.arg("--target").arg(above.file_name().expect("a triple")).arg("--target-dir").arg(target);
    } else {
        cargo.arg("--target-dir").arg(above);
    }
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output().ok()?;
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
        let path = std::env::temp_dir().join(format!("newsprint-examples-{}-{count}", std::process::id()));
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
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("lists").file_name().to_string_lossy().into_owned()).collect();
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

const RIVER: &str =
    "The river rose by two metres in a single night and the old bridge was closed to all traffic at dawn";
const LIBRARY: &str =
    "A new library opens its doors on Saturday with readings and music and a bookbinder at work";

/// `count` texts without meaning; every third is the one before with two words changed.
fn corpus(count: u64) -> String {
    let mut state = 1u64;
    let mut next = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
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

// ---- compare ----

#[test]
fn compare_tells_the_bundled_reprint_from_another_story() {
    let dir = Dir::new();
    let (agency, reprint) = (bundled("agency.txt"), bundled("reprint.txt"));
    let told = run!("compare", dir, &[&agency, &reprint]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(
        told.stdout.contains("EXCERPT") && told.stdout.contains("of the left article stands in the right"),
        "{}",
        told.stdout
    );

    let json = run!("compare", dir, &["--json", &agency, &reprint]).json();
    let figure = |value: &Value| value.as_f64().expect("a number");
    assert_eq!(json["relation"], "excerpt");
    assert!((0.5..0.65).contains(&figure(&json["jaccard"])), "{json}");
    assert!(figure(&json["containment"]["right"]) > figure(&json["containment"]["left"]), "{json}");
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["containment", "jaccard", "relation", "threshold"]);

    let mirrored = run!("compare", dir, &["--json", &reprint, &agency]).json();
    assert_eq!(mirrored["containment"]["left"], json["containment"]["right"]);

    dir.write("other.txt", LIBRARY);
    assert_eq!(run!("compare", dir, &["--json", &agency, "other.txt"]).json()["relation"], "different");
    assert_eq!(run!("compare", dir, &["--json", &agency, &agency]).json()["relation"], "identical");
    let letters = run!("compare", dir, &[&agency, &reprint, "--shingle", "chars:7"]);
    assert!(letters.stdout.contains("runs of 7 letters"), "{}", letters.stdout);
}

#[test]
fn compare_mends_what_is_not_utf8_and_strips_the_mark() {
    let dir = Dir::new();
    dir.write("latin.txt", b"\xEF\xBB\xBFLe caf\xE9 de la gare a ferm\xE9 ses portes samedi soir");
    dir.write("clean.txt", "Le caf\u{FFFD} de la gare a ferm\u{FFFD} ses portes samedi soir");
    let told = run!("compare", dir, &["latin.txt", "clean.txt"]);
    assert_eq!(told.code, 0);
    let warning = "latin.txt: warning: 2 bytes are not UTF-8 and read as U+FFFD, the first at byte offset 9";
    assert!(told.stderr.contains(warning), "{}", told.stderr);
    assert!(told.stdout.contains("IDENTICAL"), "{}", told.stdout);
}

#[test]
fn compare_of_nothing() {
    let dir = Dir::new();
    dir.write("empty.txt", "");
    let told = run!("compare", dir, &["empty.txt", "empty.txt"]);
    assert_eq!(told.code, 0);
    assert!(told.stdout.contains("without words"), "{}", told.stdout);
}

#[test]
fn compare_refuses_by_name() {
    let dir = Dir::new();
    dir.write("a.txt", RIVER);
    dir.write("utf16.txt", RIVER.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    for (args, message) in [
        (&["a.txt"][..], "two files are needed, LEFT and RIGHT, and 1 given"),
        (&["a.txt", "a.txt", "b.txt"], "unexpected argument \"b.txt\""),
        (&["a.txt", "missing.txt"], "missing.txt: "),
        (&["a.txt", "."], ".: "),
        (&["a.txt", "utf16.txt"], "utf16.txt: not a text in UTF-8"),
        (&["a.txt", "a.txt", "--threshold", "1.5"], "threshold is 1.5"),
        (&["a.txt", "a.txt", "--threshold", "much"], "--threshold \"much\""),
        (&["a.txt", "a.txt", "--threshold", "NaN"], "threshold is NaN"),
        (&["a.txt", "a.txt", "--threshold"], "--threshold needs a value"),
        (&["a.txt", "a.txt", "--preset", "wires"], "\"wires\""),
        (&["a.txt", "a.txt", "--shingle", "runes:3"], "\"runes:3\""),
        (&["a.txt", "a.txt", "--shingle", "words:0"], "shingle length is 0"),
        (&["a.txt", "a.txt", "--slots", "100"], "slots is 100"),
        (&["a.txt", "a.txt", "--recall", "1"], "recall is 1"),
        (&["a.txt", "a.txt", "--html", "x"], "unknown option --html"),
        (&["a.txt", "a.txt", "-x"], "unknown option -x"),
    ] {
        let told = run!("compare", dir, args);
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{args:?}");
        assert!(told.stderr.contains(message), "{args:?}: {}", told.stderr);
    }
}

#[test]
fn help_is_no_error() {
    let dir = Dir::new();
    for name in ["compare", "dedup"] {
        let told = run!(name, dir, &["--help"]);
        assert_eq!((told.code, told.stderr.as_str()), (0, ""));
        for option in ["--preset", "--threshold", "--shingle", "--slots", "--recall", "--json", "--help"] {
            assert!(told.stdout.contains(&format!("\n  {option}")), "{name} {option}: {}", told.stdout);
        }
    }
}

// ---- dedup: results ----

#[test]
fn dedup_writes_pairs_and_clusters() {
    let dir = Dir::new();
    let changed = RIVER.replace("single night", "few hours");
    let articles = [
        line("late", &changed),
        line("tab\tand\\line\nend", &RIVER.to_uppercase()),
        line("b", RIVER),
        line("other", LIBRARY),
    ];
    dir.write("in.jsonl", articles.concat());
    let args = ["in.jsonl", "--pairs", "p.tsv", "--clusters", "c.tsv", "--json"];
    let told = run!("dedup", dir, &args);
    assert_eq!((told.code, told.stderr.as_str()), (0, ""));
    // 19 runs of three words, of which the two changed words touch four.
    let escaped = "tab\\tand\\\\line\\nend";
    assert_eq!(
        dir.read("p.tsv"),
        format!(
            "late\t{escaped}\tcopy\t0.6521\t0.7894\t0.6521\n\
             late\tb\tcopy\t0.6521\t0.7894\t0.6521\n\
             {escaped}\tb\tidentical\t1.0000\t1.0000\t1.0000\n"
        )
    );
    assert_eq!(dir.read("c.tsv"), format!("b\tb\trepresentative\nlate\tb\tmember\n{escaped}\tb\tmember\n"));
    let json = told.json();
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "articles",
            "bytes",
            "candidates",
            "clusters",
            "pairs",
            "peak_memory_bytes",
            "seconds",
            "skipped",
            "verified"
        ]
    );
    assert_eq!((told.count("articles"), told.count("pairs"), told.count("clusters")), (4, 3, 1));
    assert_eq!(told.count("bytes") as usize, changed.len() + 2 * RIVER.len() + LIBRARY.len());
    assert!(json["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    if cfg!(target_os = "linux") {
        assert!(told.count("peak_memory_bytes") > 1 << 20);
    }
    assert_eq!(dir.names(), ["c.tsv", "in.jsonl", "p.tsv"]);
}

#[test]
fn dedup_is_the_same_with_any_number_of_threads_and_from_standard_input() {
    let dir = Dir::new();
    let corpus = corpus(600);
    dir.write("in.jsonl", &corpus);
    let mut first: Option<(String, String)> = None;
    for (threads, input) in [("1", "in.jsonl"), ("2", "in.jsonl"), ("3", "in.jsonl"), ("2", "-")] {
        let args = [input, "--threads", threads, "--pairs", "p.tsv", "--clusters", "c.tsv", "--json"];
        let told = run!("dedup", dir, &args, corpus.as_bytes());
        assert_eq!(told.code, 0, "{}", told.stderr);
        assert_eq!(
            told.stderr.contains("no effect"),
            !cfg!(feature = "rayon") && threads != "1",
            "{}",
            told.stderr
        );
        assert_eq!((told.count("articles"), told.count("pairs"), told.count("clusters")), (600, 200, 200));
        let tables = (dir.read("p.tsv"), dir.read("c.tsv"));
        assert_eq!(first.get_or_insert_with(|| tables.clone()), &tables, "{threads} threads, {input}");
    }
}

#[test]
fn dedup_reads_a_directory() {
    let dir = Dir::new();
    dir.write("in/b/two.txt", RIVER);
    dir.write("in/a.txt", format!("\u{FEFF}{RIVER}\r\n"));
    dir.write("in/b/deep/latin.txt", [RIVER.as_bytes(), b" caf\xE9"].concat());
    dir.write("in/.hidden", RIVER);
    dir.write("in/.git/object", RIVER);
    dir.write("in/c.jsonl", line("x", RIVER));
    dir.write("in/picture.jpg", b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\xFF\xDB\x00\x43");
    let told = run!("dedup", dir, &["in", "--pairs", "-", "--threshold", "0.8"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    let rows: Vec<&str> = told.stdout.lines().collect();
    assert_eq!(rows.len(), 3, "{}", told.stdout);
    assert_eq!(rows[0], "a.txt\tb/deep/latin.txt\tcopy\t0.9500\t1.0000\t0.9500");
    assert_eq!(rows[1], "a.txt\tb/two.txt\tidentical\t1.0000\t1.0000\t1.0000");
    let warned = Path::new("deep").join("latin.txt").display().to_string() + ": warning: 1 byte is not UTF-8";
    for message in
        ["c.jsonl: JSON lines among texts", "picture.jpg: not a text in UTF-8", warned.as_str(), "clusters "]
    {
        assert!(told.stderr.contains(message), "{message}: {}", told.stderr);
    }
}

#[test]
fn dedup_shows_the_largest_clusters_when_no_table_is_asked_for() {
    let dir = Dir::new();
    let titled =
        serde_json::json!({ "id": 7, "text": RIVER, "title": "Flood\u{1b}[31m", "date": "1951-02-03" });
    dir.write("in.jsonl", format!("{titled}\n{}{}", line("b", RIVER), line("c", LIBRARY)));
    let told = run!("dedup", dir, &["in.jsonl"]);
    assert_eq!((told.code, told.stderr.as_str()), (0, ""));
    assert!(
        told.stdout.contains("2 articles, the least similar two 1.0000\n  * 7  Flood [31m\n    b  The river"),
        "{}",
        told.stdout
    );
    assert!(told.stdout.contains("MB/s") && told.stdout.contains("candidates"), "{}", told.stdout);
}

// ---- dedup: bad input ----

/// The bytes of a case's `in.jsonl`, what the message must hold, and how many articles are kept, skipped
/// and mended.
type Case = (&'static str, Vec<u8>, &'static str, (u64, u64, u64));

fn cases() -> Vec<Case> {
    let good = line("good", LIBRARY);
    let bad = |bad: &[u8]| [good.as_bytes(), bad, b"\n", line("after", RIVER).as_bytes()].concat();
    let long = [b"{\"id\": \"long\", \"text\": \"", vec![b'x'; 50 << 20].as_slice(), b"\"}"].concat();
    vec![
        (
            "not JSON",
            bad(b"{\"id\": \"a\", "),
            "in.jsonl:2: not JSON: EOF while parsing a value at column 12 (\"{\\\"id",
            (2, 1, 0),
        ),
        (
            "two values",
            bad(b"{\"id\":\"a\",\"text\":\"b\"} x"),
            "in.jsonl:2: not JSON: trailing characters",
            (2, 1, 0),
        ),
        ("lone surrogate", bad(br#"{"id":"a","text":"\ud800 x"}"#), "in.jsonl:2: not JSON: ", (2, 1, 0)),
        ("deep", bad("[".repeat(100_000).as_bytes()), "in.jsonl:2: not JSON: recursion limit", (2, 1, 0)),
        ("array", bad(b"[1, 2]"), "in.jsonl:2: not an object but an array (\"[1, 2]\")", (2, 1, 0)),
        ("string", bad(b"\"id\""), "in.jsonl:2: not an object but a string", (2, 1, 0)),
        ("no id", bad(br#"{"text": "b"}"#), "in.jsonl:2: no field \"id\"", (2, 1, 0)),
        ("no text", bad(br#"{"id": "b"}"#), "in.jsonl:2: no field \"text\"", (2, 1, 0)),
        ("null text", bad(br#"{"id": "b", "text": null}"#), "in.jsonl:2: field \"text\" is null", (2, 1, 0)),
        ("empty id", bad(br#"{"id": "", "text": "x"}"#), "in.jsonl:2: field \"id\" is empty", (2, 1, 0)),
        (
            "id 1.5",
            bad(br#"{"id": 1.5, "text": "x"}"#),
            "in.jsonl:2: field \"id\" is a number (\"1.5\")",
            (2, 1, 0),
        ),
        ("id 15", bad(br#"{"id": 15, "text": "x"}"#), "", (3, 0, 0)),
        (
            "text",
            bad(br#"{"id": "a", "text": ["x"]}"#),
            "in.jsonl:2: field \"text\" is an array (\"[\\\"x\\\"]\")",
            (2, 1, 0),
        ),
        (
            "title",
            bad(br#"{"id":"a","text":"x","title":true}"#),
            "field \"title\" is a truth value",
            (2, 1, 0),
        ),
        ("source", bad(br#"{"id":"a","text":"x","source":{}}"#), "field \"source\" is an object", (2, 1, 0)),
        (
            "date",
            bad(br#"{"id":"a","text":"x","date":19510203}"#),
            "field \"date\" is a number (\"19510203\")",
            (2, 1, 0),
        ),
        ("nulls", bad(br#"{"id":"a","text":"x","date":null,"title":null}"#), "", (3, 0, 0)),
        (
            "odd date",
            bad(br#"{"id":"a","text":"x","date":"soon"}"#),
            "in.jsonl:2: warning: date is \"soon\"",
            (3, 0, 1),
        ),
        (
            "duplicate",
            bad(good.trim_end().as_bytes()),
            "in.jsonl:2: id \"good\" is taken by in.jsonl:1",
            (2, 1, 0),
        ),
        (
            "Latin-1",
            bad(b"{\"id\":\"a\",\"text\":\"caf\xE9\"}"),
            "in.jsonl:2: not UTF-8: byte 0xE9 at byte offset 21",
            (2, 1, 0),
        ),
        (
            "50 MB",
            bad(&long),
            "in.jsonl:2: a line of 52,428,826 bytes, the longest allowed has 16,777,216",
            (2, 1, 0),
        ),
        ("50 MB, unended", long.clone(), "in.jsonl:1: a line of 52,428,826 bytes", (0, 1, 0)),
        ("empty lines", bad(b"\n \t \r\n\n"), "", (2, 0, 0)),
        (
            "CRLF",
            bad(b"").iter().flat_map(|&b| if b == b'\n' { vec![b'\r', b'\n'] } else { vec![b] }).collect(),
            "",
            (2, 0, 0),
        ),
        ("mark", [b"\xEF\xBB\xBF", bad(b"").as_slice()].concat(), "", (2, 0, 0)),
        (
            "mark inside",
            bad(b"\xEF\xBB\xBF{}"),
            "in.jsonl:2: not JSON: expected value at column 1",
            (2, 1, 0),
        ),
        ("no last line end", bad(b"").strip_suffix(b"\n").expect("ends").to_vec(), "", (2, 0, 0)),
        ("no words", bad(br#"{"id":"a","text":"..."}"#), "", (3, 0, 0)),
        ("nothing", Vec::new(), "warning: no articles", (0, 0, 0)),
    ]
}

#[test]
fn dedup_names_skips_and_counts_what_it_cannot_use() {
    let dir = Dir::new();
    for (name, bytes, message, (articles, skipped, mended)) in cases() {
        dir.write("in.jsonl", &bytes);
        let told = run!("dedup", dir, &["in.jsonl", "--json"]);
        assert_eq!(told.code, 0, "{name}: {}", told.stderr);
        assert!(told.stderr.contains(message), "{name}: {}", told.stderr);
        assert_eq!(told.stderr.is_empty(), message.is_empty(), "{name}: {}", told.stderr);
        assert!(told.stderr.len() < 500, "{name}: {}", told.stderr);
        assert_eq!((told.count("articles"), told.count("skipped")), (articles, skipped), "{name}");
        if bytes.len() > 40 << 20 && cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            assert!(told.count("peak_memory_bytes") < 45_000_000, "{name}: {}", told.stdout);
        }

        let strict = run!("dedup", dir, &["in.jsonl", "--json", "--strict", "--pairs", "p.tsv"]);
        let stops = skipped + mended > 0;
        assert_eq!(strict.code, if stops { 2 } else { 0 }, "{name}: {}", strict.stderr);
        assert!(strict.stderr.contains(message), "{name}: {}", strict.stderr);
        assert_eq!(strict.stdout.is_empty(), stops, "{name}");
        assert_eq!(dir.names().contains(&"p.tsv".to_owned()), !stops, "{name}");
        let _ = fs::remove_file(dir.path().join("p.tsv"));
    }
    assert_eq!(dir.names(), ["in.jsonl"]);
}

#[test]
fn dedup_tells_twenty_problems_in_full_and_counts_the_rest() {
    let dir = Dir::new();
    dir.write("in.jsonl", format!("{}{}", "{\n".repeat(1250), line("a", RIVER).repeat(5)));
    let told = run!("dedup", dir, &["in.jsonl", "--json"]);
    assert_eq!(told.stderr.lines().count(), 21, "{}", told.stderr);
    assert!(
        told.stderr.ends_with("and 1,234 more: 1,230 not JSON, 4 with an id that is taken\n"),
        "{}",
        told.stderr
    );
    assert_eq!((told.count("articles"), told.count("skipped")), (1, 1254));
}

#[test]
fn dedup_refuses_before_it_works() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER));
    dir.write("story.txt", RIVER);
    fs::create_dir(dir.path().join("empty")).expect("made");
    for (args, message) in [
        (&[][..], "no INPUT given"),
        (&["missing.jsonl"], "missing.jsonl: "),
        (&["in.jsonl", "missing"], "missing: "),
        (&["story.txt"], "story.txt: neither a .jsonl file nor a directory"),
        (&["-", "-"], "- is given twice"),
        (&["in.jsonl", "--pairs", "no/such/dir.tsv"], "cannot write no/such/dir.tsv: "),
        (&["in.jsonl", "--clusters", "empty"], "cannot write empty: it is a directory"),
        (&["in.jsonl", "--pairs", "./in.jsonl"], "cannot write ./in.jsonl: it is an input"),
        (&["in.jsonl", "--pairs", "x", "--clusters", "./x"], "--pairs and --clusters both write to x"),
        (&["in.jsonl", "--pairs", "-", "--clusters", "-"], "--pairs and --clusters both write to -"),
        (&["in.jsonl", "--pairs"], "--pairs needs a file name"),
        (&["in.jsonl", "--threads", "0"], "--threads is 0"),
        (&["in.jsonl", "--threads", "many"], "--threads \"many\""),
        (&["in.jsonl", "--threshold", "0"], "threshold is 0"),
        (&["in.jsonl", "--threads", "-1"], "--threads \"-1\""),
        (&["in.jsonl", "--verbose"], "unknown option --verbose"),
        (&["empty", "--strict"], "empty: warning: a directory without texts"),
    ] {
        let told = run!("dedup", dir, args);
        assert_eq!((told.code, told.stdout.as_str()), (2, ""), "{args:?}: {}", told.stderr);
        assert!(told.stderr.contains(message), "{args:?}: {}", told.stderr);
    }
    let told = run!("dedup", dir, &["empty", "--json"]);
    assert_eq!((told.code, told.count("articles")), (0, 0), "{}", told.stderr);
    assert_eq!(dir.names(), ["empty", "in.jsonl", "story.txt"]);
    assert_eq!(dir.read("in.jsonl"), line("a", RIVER));
}

#[test]
#[cfg(target_os = "linux")]
fn dedup_tells_a_full_disk() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(60));
    let told = run!("dedup", dir, &["in.jsonl", "--pairs", "/dev/full"]);
    assert_eq!(told.code, 2);
    assert!(told.stderr.contains("cannot write /dev/full: "), "{}", told.stderr);
}

#[test]
#[cfg(unix)]
fn dedup_outlives_the_reader_of_its_output() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(12_000));
    // Asks first whether the example runs here at all.
    run!("dedup", dir, &["--help"]);
    let spawned = Command::new(binary("dedup"))
        .args(["in.jsonl", "--pairs", "-", "--clusters", "c.tsv"])
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = spawned else { return };
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(dir.read("c.tsv").lines().count(), 8000);
}
