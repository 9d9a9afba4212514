//! A collection whose texts are read again from their file.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use super::{Dir, LIBRARY, PROGRAM, RIVER, corpus, line, run};

#[test]
fn every_preset_finds_in_a_file_what_it_finds_in_a_pipe() {
    let dir = Dir::new();
    // As editors on other systems write it, with empty lines, a line to skip, and lines in unusual ways.
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
            let told = run!("dedup", dir, &args, lines.as_bytes());
            assert_eq!(told.code, 0, "{}", told.stderr);
            let counts =
                ["articles", "skipped", "bytes", "pairs", "clusters"].map(|key| told.count(key));
            assert_eq!(counts[..2], [403, 1], "{}", told.stderr);
            let index = dir.read(&format!("{site}/index.html"));
            found.push((dir.read("p.tsv"), dir.read("c.tsv"), index, counts));
        }
        assert!(found[0] == found[1], "{preset}");
        assert!(!found[0].0.is_empty());
    }
}

/// Starts a run that has read `in.jsonl`, which has a line that is skipped, and waits for its standard input to end.
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
    // Byte by byte, so that nothing of what follows is taken.
    let mut reader = BufReader::with_capacity(1, child.stderr.as_mut()?);
    reader.read_line(&mut message).expect("UTF-8");
    assert!(message.starts_with("in.jsonl:4: not JSON"), "{message}");
    Some(child)
}

fn end(mut child: Child) -> (Option<i32>, String) {
    drop(child.stdin.take());
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
    (child.wait().expect("ends").code(), told)
}

#[test]
fn a_file_that_changes_under_the_run_is_noticed() {
    let dir = Dir::new();
    // Asks first whether the example runs here at all.
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
        let (code, told) = end(child);
        assert_eq!(code, Some(2), "{told}");
        assert!(told.contains(message), "{told}");
        assert!(!dir.path().join("p.tsv").exists() && !dir.path().join("c.tsv").exists());
    }
    // What is added meanwhile does no harm, and is not read; nor is what is no candidate.
    dir.write("in.jsonl", &lines);
    let Some(child) = start(&dir, &["--clusters", "c.tsv"]) else { return };
    dir.write("in.jsonl", lines.replace("library", "LIBRARY") + &line("d", RIVER));
    assert_eq!(end(child), (Some(0), String::new()));
    assert_eq!(dir.rows("c.tsv", 3), "a\ta\trepresentative\nc\ta\tmember\n");
}
