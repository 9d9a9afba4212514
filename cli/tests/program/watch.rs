//! Tests of `index watch`, and of an index on a full disk.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[cfg(unix)]
use super::feeds::is_ignored;
use super::index::{changed, ids, row};
use super::{Dir, LIBRARY, PROGRAM, RIVER, corpus, line, run};

/// Far longer than the program waits before it commits, even under an emulator.
const MAX_WAIT: Duration = Duration::from_secs(60);

/// A running `index watch`.
struct Watch {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Watch {
    fn start(dir: &Dir, more: &[&str]) -> Option<Self> {
        let spawned = Command::new(PROGRAM)
            .arg("index")
            .args(["i", "watch"])
            .args(more)
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = spawned.ok()?;
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Some(Watch { child, answers })
    }

    fn send(&mut self, lines: &str) {
        self.child.stdin.as_mut().expect("piped").write_all(lines.as_bytes()).expect("listens");
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("UTF-8");
        line
    }

    fn end(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        self.wait()
    }

    fn wait(mut self) -> (Option<i32>, String) {
        let mut outcome = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut outcome).expect("UTF-8");
        (self.child.wait().expect("ends").code(), outcome)
    }
}

#[test]
fn each_article_is_answered_as_it_arrives() {
    let dir = Dir::new();
    run!("index", dir, &["--help"]);
    let Some(mut watch) = Watch::start(&dir, &["--json"]) else { return };
    watch.send(&row("a", RIVER, "Kolm Times", "2018-07-16"));
    assert_eq!(
        watch.answer(),
        "{\"cluster\":\"a\",\"id\":\"a\",\"matches\":[],\"provenance\":null}\n"
    );
    // An article is answered when its line ends, not before.
    let copy = row("b", &changed(), "Ostra Post", "2018-07-17");
    let (first, rest) = copy.split_at(50);
    watch.send(&("{\n".to_owned() + first));
    watch.send(rest);
    let answer: Value = serde_json::from_str(&watch.answer()).expect("JSON");
    assert_eq!(
        answer,
        json!({ "id": "b", "cluster": "a", "matches": [{
            "id": "a", "relation": "copy", "jaccard": 15.0 / 23.0, "score": 19.0 / 21.0,
            "containment": { "left": 15.0 / 19.0, "right": 15.0 / 19.0 },
            "date": "2018-07-16", "source": "Kolm Times"
        }], "provenance": {
            "first": "a", "first_source": "Kolm Times", "since": "2018-07-16",
            "until": "2018-07-17", "articles": 1, "sources": 1
        } })
    );

    // The article is committed although none follows. Other processes can read it, but not write.
    let started = Instant::now();
    let asked = loop {
        let asked = run!("index", dir, &["i", "query", "-", "--json"], RIVER.as_bytes()).json();
        if ids(&asked).len() == 2 || started.elapsed() > MAX_WAIT {
            break asked;
        }
    };
    assert_eq!((ids(&asked), &asked["cluster"]), (vec!["a", "b"], &json!("a")));
    let locked = run!("index", dir, &["i", "add", "-"], line("x", RIVER).as_bytes());
    assert_eq!((locked.code, locked.stdout.as_str()), (2, ""));
    assert_eq!(locked.stderr, "newsprint index: the index i is in use by another writer\n");

    watch.send(&(line("c", LIBRARY) + line("d", RIVER).trim_end()));
    let (code, outcome) = watch.end();
    assert_eq!(code, Some(0), "{outcome}");
    assert!(
        outcome.starts_with("<stdin>:2: not JSON") && outcome.lines().count() == 1,
        "{outcome}"
    );
    // The end of the input commits the last two.
    assert_eq!(run!("index", dir, &["i", "stats", "--json"]).count("articles"), 4);
    let human =
        run!("index", dir, &["i", "watch"], (line("e", LIBRARY) + &line("f", "...")).as_bytes());
    assert_eq!(
        human.stdout,
        "e: identical c 1.0000; first seen c; cluster c\nf: nothing like it\n"
    );
    let human = run!("index", dir, &["i", "watch"], line("b", RIVER).as_bytes());
    assert_eq!(
        human.stdout,
        "b: identical a (Kolm Times, 2018-07-16) 1.0000, identical d 1.0000; \
         first seen a, Kolm Times, 2018-07-16; cluster a\n"
    );
    assert_eq!(run!("index", dir, &["i", "stats", "--json"]).count("articles"), 6);
}

#[test]
#[cfg(unix)]
fn answered_articles_are_kept_after_an_interrupt() {
    let dir = Dir::new();
    run!("index", dir, &["--help"]);
    for (signal, number, articles) in [("TERM", 15, 500), ("INT", 2, 1000)] {
        // What the parent of the tests ignores, the program does too.
        if is_ignored(number) {
            continue;
        }
        let Some(mut watch) = Watch::start(&dir, &[]) else { return };
        let lines = corpus(articles);
        let fed: Vec<&str> = lines.lines().skip(articles as usize - 500).collect();
        for line in fed {
            watch.send(&format!("{line}\n"));
            assert!(watch.answer().starts_with('n'));
        }
        let pid = watch.child.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), &pid])
            .status()
            .expect("kill is there");
        assert!(sent.success());
        assert_eq!(watch.wait(), (Some(0), String::new()), "{signal}");
        assert_eq!(run!("index", dir, &["i", "stats", "--json"]).count("articles"), articles);
    }
    assert_eq!(run!("index", dir, &["i", "verify"]).code, 0);
}

#[test]
fn ids_of_lines_go_on_after_those_of_earlier_runs() {
    let dir = Dir::new();
    let text = |text: &str| format!("{}\n", json!({ "text": text }));
    let watch = ["i", "watch", "--auto-ids", "--json"];
    let first = run!("index", dir, &watch, (text(RIVER) + "\n" + &text(LIBRARY)).as_bytes());
    assert_eq!((first.code, first.stderr.as_str()), (0, ""));
    assert_eq!(run!("index", dir, &["i", "remove", "<stdin>:1"]).code, 0);
    let second = run!("index", dir, &watch, text(&changed()).as_bytes());
    let note = "the index has articles up to <stdin>:3: ids go on from there\n";
    assert_eq!((second.code, second.stderr.as_str()), (0, note));
    assert_eq!(second.json()["id"], json!("<stdin>:4"));
    let added = run!("index", dir, &["i", "add", "-", "--auto-ids"], text(RIVER).as_bytes());
    assert_eq!(added.code, 0, "{}", added.stderr);
    let exported = run!("index", dir, &["i", "export"]).stdout;
    let ids: Vec<Value> = exported
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone())
        .collect();
    assert_eq!(ids, [json!("<stdin>:3"), json!("<stdin>:4"), json!("<stdin>:5")]);
    // The lines of a named file keep their ids.
    dir.write("in.jsonl", text(RIVER));
    for count in ["added                     1", "replaced                  1"] {
        let added = run!("index", dir, &["i", "add", "in.jsonl", "--auto-ids"]).stdout;
        assert!(added.contains(count), "{added}");
    }
}

/// A limit on the size of files acts like a full disk: some writes fail.
#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_full_disk_is_an_error_and_loses_no_committed_article() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(6000));
    for (index, command, input) in [("i", "add", "in.jsonl"), ("j", "watch", "--json")] {
        let output = Command::new("sh")
            .args(["-c", "trap '' XFSZ; ulimit -f 6000; exec \"$0\" \"$@\""])
            .arg(PROGRAM)
            .arg("index")
            .args([index, command, input])
            .current_dir(dir.path())
            .stdin(fs::File::open(dir.path().join("in.jsonl")).expect("opens"))
            .output()
            .expect("sh is there");
        let outcome = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{command}: {outcome}");
        assert!(
            outcome.contains(&format!("newsprint index: cannot write {index}/")),
            "{command}: {outcome}"
        );
        let named = outcome.rsplit_once('(').and_then(|(_, named)| named.split_whitespace().next());
        let named: u64 = named.unwrap_or_default().replace(',', "").parse().expect("a number");
        let there = run!("index", dir, &[index, "stats", "--json"]).count("articles");
        assert!((1000..6000).contains(&there), "{command}: {there}");
        // The message gives the number of articles in the index (`add`), or of answered articles
        // that are not in it (`watch`).
        let lines = output.stdout.iter().filter(|&&byte| byte == b'\n').count() as u64;
        assert_eq!(
            named,
            if command == "add" { there } else { lines - there },
            "{command}: {outcome}"
        );
        assert_eq!(run!("index", dir, &[index, "verify"]).code, 0, "{command}");
    }
}
