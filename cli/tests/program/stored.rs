//! Tests of `dedup` on files whose texts are read a second time when they are needed.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use super::{Dir, LIBRARY, PROGRAM, RIVER, corpus, line, run};

#[test]
fn every_preset_finds_the_same_in_a_file_and_in_a_pipe() {
    let dir = Dir::new();
    // A byte-order mark, CRLF line ends, a line to skip, and unusual but valid JSON.
    let unusual = format!(
        "\u{FEFF}{}\n{{ \"more\": [1, {{\"text\": null}}],\t\"te\\u0078t\": \"{RIVER} \\ud83d\\ude00\", \"id\": 17}}\nnot JSON\n",
        line("first", &format!("“{RIVER}”\n\"{LIBRARY}\"")).trim_end()
    );
    let lines = (unusual + &corpus(400)).replace('\n', "\r\n") + line("last", RIVER).trim_end();
    dir.write("in.jsonl", &lines);
    for preset in ["wire", "story", "ocr", "strict"] {
        let mut found = Vec::new();
        for (input, site) in [("in.jsonl", "stored"), ("-", "held")] {
            let tables = ["--pairs", "p.tsv", "--clusters", "c.tsv", "--html", site];
            let args = [&[input, "--preset", preset, "--json"], &tables[..]].concat();
            let outcome = run!("dedup", dir, &args, lines.as_bytes());
            assert_eq!(outcome.code, 0, "{}", outcome.stderr);
            let counts =
                ["articles", "skipped", "bytes", "pairs", "clusters"].map(|key| outcome.count(key));
            assert_eq!(counts[..2], [403, 1], "{}", outcome.stderr);
            let index = dir.read(&format!("{site}/index.html"));
            found.push((dir.read("p.tsv"), dir.read("c.tsv"), index, counts));
        }
        assert!(found[0] == found[1], "{preset}");
        assert!(!found[0].0.is_empty());
    }
}

/// Starts a run and returns when it has read `in.jsonl`, whose last line is skipped with a message.
/// The run then waits for its standard input to end.
fn start(dir: &Dir, more: &[&str]) -> Option<Child> {
    let spawned = Command::new(PROGRAM)
        .arg("dedup")
        .args(["in.jsonl", "-"])
        .args(more)
        .current_dir(dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = spawned.ok()?;
    let mut message = String::new();
    // A buffer of one byte leaves the rest of the output to the caller.
    let mut reader = BufReader::with_capacity(1, child.stderr.as_mut()?);
    reader.read_line(&mut message).expect("UTF-8");
    assert!(message.starts_with("in.jsonl:4: not JSON"), "{message}");
    Some(child)
}

fn end(mut child: Child) -> (Option<i32>, String) {
    drop(child.stdin.take());
    let mut outcome = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut outcome).expect("UTF-8");
    (child.wait().expect("ends").code(), outcome)
}

#[test]
fn a_file_that_changes_during_the_run_is_an_error() {
    let dir = Dir::new();
    // Ends the test if the program cannot run on this machine.
    run!("dedup", dir, &["--help"]);
    let lines = line("a", RIVER) + &line("b", LIBRARY) + &line("c", RIVER) + "}\n";
    let id = lines.replace("\"c\"", "\"x\"");
    let text = lines.replace("two metres", "\\\"metres\\\"");
    let no_json = lines.replace("{\"id\":\"c\"", "{\"id\";\"c\"");
    let cut = lines[..lines.len() - 20].to_owned();
    for (now, message) in [
        (
            id,
            "in.jsonl:3: the line has changed since it was read, or cannot be read again: its id is \"x\", was \"c\"",
        ),
        (text, "its text has 97 bytes, had 99"),
        (
            no_json,
            "in.jsonl:3: the line has changed since it was read, or cannot be read again: not JSON",
        ),
        (cut, "in.jsonl:3: the line has changed since it was read, or cannot be read again: "),
    ] {
        dir.write("in.jsonl", &lines);
        let Some(child) =
            start(&dir, &["--pairs", "p.tsv", "--clusters", "c.tsv", "--html", "site"])
        else {
            return;
        };
        dir.write("in.jsonl", &now);
        let (code, outcome) = end(child);
        assert_eq!(code, Some(2), "{outcome}");
        assert!(outcome.contains(message), "{outcome}");
        assert!(!dir.path().join("p.tsv").exists() && !dir.path().join("c.tsv").exists());
    }
    // Appended lines are not read, and neither is a changed line whose article is no candidate.
    dir.write("in.jsonl", &lines);
    let Some(child) = start(&dir, &["--clusters", "c.tsv"]) else { return };
    dir.write("in.jsonl", lines.replace("library", "LIBRARY") + &line("d", RIVER));
    assert_eq!(end(child), (Some(0), String::new()));
    assert_eq!(dir.rows("c.tsv", 3), "a\ta\trepresentative\nc\ta\tmember\n");
}
