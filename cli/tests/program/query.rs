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

#[test]
fn passages_in_articles_that_are_no_match_follow_the_matches() {
    let dir = Dir::new();
    let word = |text: usize, i: usize| format!("w{}", text * 10_007 + i * i + 13 * i);
    let text = |text: usize| (0..400).map(|i| word(text, i)).collect::<Vec<_>>().join(" ");
    let statement = "The old bridge was closed at dawn on Monday after the river had risen by two \
        metres in a single night and nobody knows when it will be opened to traffic again";
    let line = |id: &str, text: String| {
        format!("{}\n", serde_json::json!({ "id": id, "text": text, "source": "Post" }))
    };
    let old = format!("{} {statement}. {}", text(1), text(2));
    dir.write("old.jsonl", line("old", old.clone()) + &line("other", text(3)));
    assert_eq!(run!("index", dir, &["i", "add", "--passages", "old.jsonl"]).code, 0);
    dir.write("new.txt", format!("{} {statement}. {}", text(4), text(5)));
    let outcome = run!("index", dir, &["i", "query", "new.txt", "--passages"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let expected = format!(
        "nothing matches\n\nno match, but with passages of it:\n\nold (Post)\n  32 words verbatim: \
         {statement}\n"
    );
    assert_eq!(outcome.stdout, expected);
    let outcome = run!("index", dir, &["i", "query", "new.txt", "--passages", "--json"]);
    let answer: Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(answer["others"][0]["id"], "old");
    let place = &answer["others"][0]["passages"][0]["right"];
    let at = |i: usize| place[i].as_u64().expect("a place") as usize;
    assert_eq!(&old[at(0)..at(1)], statement);
    // Another index is not made into one.
    assert_eq!(run!("index", dir, &["j", "add", "old.jsonl"]).code, 0);
    let outcome = run!("index", dir, &["j", "add", "--passages", "old.jsonl"]);
    let message = "the index finds no passages: --passages is for a new one";
    assert_eq!((outcome.code, outcome.stderr.contains(message)), (2, true), "{}", outcome.stderr);
}

#[test]
fn a_query_of_no_time_is_refused() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER));
    run!("index", dir, &["i", "add", "in.jsonl"]);
    let args = ["i", "query", "in.jsonl", "--until", "2020-01-01", "--since", "2020-01-02"];
    let refused = run!("index", dir, &args);
    let why = "newsprint index: --since 2020-01-02 is after --until 2020-01-01T23:59:59Z\n";
    assert_eq!((refused.code, refused.stderr.as_str()), (2, why));
    assert_eq!(run!("index", dir, &[&args[..6], &["2020-01-01"]].concat()).code, 0);
}
