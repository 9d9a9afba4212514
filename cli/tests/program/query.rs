//! Tests of queries to an index: passages, and queries of which nothing can be used.

use serde_json::{Value, json};

use super::{Dir, RIVER, line, run};

#[test]
fn passages_are_shown_on_request() {
    let dir = Dir::new();
    let (first, second) = ("Nobody was hurt, the mayor of Kolm said.", "The school stays shut.");
    let titled = json!({ "id": "b", "title": "Flood", "text": format!("{second}\n{RIVER}") });
    dir.write("in.jsonl", line("a", &format!("{RIVER}\n\n{first}")) + &format!("{titled}\n"));
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    let asked = format!("{first} {}\n", RIVER.replace(" and ", "\nand "));
    dir.write("asked.txt", &asked);
    let shown = run!("index", dir, &["i", "query", "asked.txt", "--passages"]);
    assert_eq!((shown.code, shown.stderr.as_str()), (0, ""));
    let a = format!("\na\n  8 words verbatim: {}\n  21 words verbatim: {RIVER}\n", &first[..39]);
    let b = format!("\nb\n  21 words verbatim: {RIVER}\n");
    assert!(shown.stdout.contains(&a) && shown.stdout.contains(&b), "{}", shown.stdout);

    let shown = run!("index", dir, &["i", "query", "asked.txt", "--passages", "--json"]).json();
    let stored = [format!("{RIVER}\n\n{first}"), format!("Flood\n\n{second}\n{RIVER}")];
    for (found, stored) in shown["matches"].as_array().expect("a list").iter().zip(&stored) {
        for passage in found["passages"].as_array().expect("a list") {
            let span = |side: &str, text: &str| {
                let place = |i: usize| passage[side][i].as_u64().expect("a place") as usize;
                text[place(0)..place(1)].split_whitespace().collect::<Vec<_>>().join(" ")
            };
            let words = span("left", &asked);
            assert_eq!(words, span("right", stored));
            assert_eq!(passage["text"].as_str().map(|text| text.replace('\n', " ")), Some(words));
            assert_eq!(passage["kind"], json!("verbatim"));
        }
    }
    // Without the option there are none, and without texts there can be none.
    let plain = run!("index", dir, &["i", "query", "asked.txt", "--json"]).json();
    assert_eq!(plain["matches"][0]["passages"], Value::Null);
    assert_eq!(run!("index", dir, &["j", "add", "in.jsonl", "--no-texts"]).code, 0);
    let refused = run!("index", dir, &["j", "query", "asked.txt", "--passages"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("j: --passages needs an index with texts"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_exit_code_says_if_nothing_could_be_used() {
    let dir = Dir::new();
    dir.write("bad.jsonl", "{\n[]\n");
    dir.write("empty.jsonl", "\n\n");
    dir.write("in.jsonl", "{\n".to_owned() + &line("a", RIVER));
    for (name, code) in [("bad.jsonl", 3), ("empty.jsonl", 0), ("in.jsonl", 0)] {
        for args in [&["i", "add", name], &["i", "query", name]] {
            let outcome = run!("index", dir, args);
            assert_eq!(outcome.code, code, "{args:?}: {}", outcome.stderr);
        }
    }
}
