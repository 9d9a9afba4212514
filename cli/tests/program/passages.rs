//! Tests of `dedup --passages`: the table, the JSON lines, the network and the page.

use super::{Dir, LIBRARY, run};

/// A statement that two papers print, and the reports around it.
const STATEMENT: &str = "The old bridge was closed at dawn on Monday after the river had risen by two metres in a \
     single night, and nobody knows when it will be opened to traffic again.";

fn article(id: &str, text: &str, source: &str, date: &str) -> String {
    format!("{}\n", serde_json::json!({ "id": id, "text": text, "source": source, "date": date }))
}

/// Three articles, of which the second in the input had the statement first.
fn written(dir: &Dir) {
    let [late, early] = [
        format!("The mayor spoke late. {STATEMENT} Schools stay open & dry."),
        format!("{STATEMENT} Trains run as usual, the railway said in the morning."),
    ];
    dir.write(
        "in.jsonl",
        article("late", &late, "Post", "1951-02-04")
            + &article("early", &early, "Times <1>", "1951-02-03")
            + &article("other", LIBRARY, "Post", "1951-02-03"),
    );
}

#[test]
fn the_places_of_a_passage_come_in_the_order_of_time() {
    let dir = Dir::new();
    written(&dir);
    let outcome = run!("dedup", dir, &["in.jsonl", "--passages", "p.tsv"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.contains("\npassages                  1   "), "{}", outcome.stdout);
    let length = STATEMENT.len() - 1;
    let start = "The mayor spoke late. ".len();
    assert_eq!(
        dir.read("p.tsv"),
        format!(
            "passage\tid\tstart\tend\tkind\twords\tarticles\tsources\tsource\tdate\n\
             1\tearly\t0\t{length}\tlifted\t32\t2\t2\tTimes <1>\t1951-02-03\n\
             1\tlate\t{start}\t{}\tlifted\t32\t2\t2\tPost\t1951-02-04\n",
            start + length
        )
    );
    let outcome = run!("dedup", dir, &["in.jsonl", "--passages", "p.tsv", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!(summary["passages"]["lifted"], 1);
}

#[test]
fn passages_are_json_lines_if_the_name_says_so() {
    let dir = Dir::new();
    written(&dir);
    let outcome = run!("dedup", dir, &["in.jsonl", "--quiet", "--passages", "p.jsonl"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let passage: serde_json::Value = serde_json::from_str(&dir.read("p.jsonl")).expect("JSON");
    assert_eq!(passage["text"], STATEMENT.trim_end_matches('.'));
    assert_eq!(passage["places"][0]["id"], "early");
    assert_eq!((&passage["words"], &passage["sources"]), (&32.into(), &2.into()));
}

#[test]
fn the_network_leads_from_who_was_first() {
    let dir = Dir::new();
    written(&dir);
    let args = ["in.jsonl", "--quiet", "--passages", "p.tsv", "--passage-graph", "g.graphml"];
    assert_eq!(run!("dedup", dir, &args).code, 0);
    let graph = dir.read("g.graphml");
    assert!(graph.contains("<graph edgedefault=\"directed\">"));
    assert!(graph.contains("<node id=\"n0\"><data key=\"source\">Times &lt;1&gt;</data></node>"));
    let edge = "<edge source=\"n0\" target=\"n1\"><data key=\"lifted\">1</data>";
    assert!(graph.contains(edge), "{graph}");
}

#[test]
fn the_pages_list_the_passages() {
    let dir = Dir::new();
    written(&dir);
    let args = ["in.jsonl", "--quiet", "--passages", "p.tsv", "--html", "site"];
    assert_eq!(run!("dedup", dir, &args).code, 0);
    assert!(dir.read("site/index.html").contains("<a href=\"passages.html\">Passages"));
    let page = dir.read("site/passages.html");
    assert!(page.contains("lifted · 32 words · 2 articles of 2 sources"), "{page}");
    assert!(page.contains("Times &lt;1&gt;") && !page.contains("Times <1>"));
    // The next run, without passages, removes the page.
    assert_eq!(run!("dedup", dir, &["in.jsonl", "--quiet", "--html", "site"]).code, 0);
    assert!(!dir.path().join("site/passages.html").exists());
}

#[test]
fn the_least_length_can_be_chosen() {
    let dir = Dir::new();
    written(&dir);
    let outcome = run!("dedup", dir, &["in.jsonl", "--passages", "-", "--passage-words", "33"]);
    assert_eq!(outcome.stdout.lines().count(), 1, "only the names of the columns");
    let outcome = run!("dedup", dir, &["in.jsonl", "--passages", "-", "--passage-words", "9"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("words of a passage is 9, must be at least 10"));
    let outcome = run!("dedup", dir, &["in.jsonl", "--passage-words", "33"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("--passages <FILE>"));
}

#[test]
fn passages_alone_are_the_same_as_beside_pairs() {
    let dir = Dir::new();
    written(&dir);
    assert_eq!(run!("dedup", dir, &["in.jsonl", "--quiet", "--passages", "p.tsv"]).code, 0);
    let args = ["in.jsonl", "--preset", "passages", "--passages", "alone.tsv"];
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert_eq!(dir.read("alone.tsv"), dir.read("p.tsv"));
    let lines: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["articles", "3"]);
    assert!(lines[2].ends_with("background 0, boilerplate 0, lifted 1, quotation 0"), "{lines:?}");
    assert!(!outcome.stdout.contains("clusters"), "{}", outcome.stdout);
}

#[test]
fn passages_alone_need_no_more_than_the_input() {
    let dir = Dir::new();
    written(&dir);
    let outcome = run!("dedup", dir, &["--preset", "passages", "in.jsonl"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let shown = "\n2 articles of 2 sources, 32 words, lifted\n  early  The old bridge was closed";
    assert!(outcome.stdout.contains(shown), "{}", outcome.stdout);
    let outcome = run!("dedup", dir, &["--preset", "passages", "in.jsonl", "--json"]);
    let summary: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    assert_eq!((&summary["articles"], &summary["passages"]["lifted"]), (&3.into(), &1.into()));
    let args = ["--preset", "passages", "in.jsonl", "--passage-words", "33", "--json"];
    let summary: serde_json::Value =
        serde_json::from_str(&run!("dedup", dir, &args).stdout).expect("JSON");
    assert_eq!(summary["passages"]["lifted"], 0);
    // Letters are read as in scans.
    let args = ["--preset", "passages", "in.jsonl", "--shingle", "chars:5", "--json"];
    let summary: serde_json::Value =
        serde_json::from_str(&run!("dedup", dir, &args).stdout).expect("JSON");
    assert_eq!(summary["passages"]["lifted"], 1);
    let args = ["--preset", "passages", "in.jsonl", "--quiet", "--html", "site"];
    assert_eq!(run!("dedup", dir, &args).code, 0);
    assert!(dir.read("site/passages.html").contains("lifted · 32 words · 2 articles"));
}

#[test]
fn options_of_pairs_do_not_go_with_passages_alone() {
    let dir = Dir::new();
    written(&dir);
    for options in [
        &["--pairs", "p"][..],
        &["--clusters", "c"],
        &["--kept", "k.jsonl"],
        &["--removed", "r.jsonl"],
        &["--sources", "s"],
        &["--graph", "g"],
        &["--stories", "s"],
        &["--threshold", "0.3"],
        &["--relations", "copy"],
        &["--min-words", "3"],
        &["--not-same-source"],
    ] {
        let args = [&["in.jsonl", "--preset", "passages"], options].concat();
        let outcome = run!("dedup", dir, &args);
        let message = format!("--preset passages and {} do not go together", options[0]);
        assert_eq!((outcome.code, outcome.stderr.contains(&message)), (2, true), "{args:?}");
    }
    let outcome = run!("index", dir, &["i", "add", "in.jsonl", "--preset", "passages"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("--preset passages is for dedup alone"), "{}", outcome.stderr);
    let outcome = run!("dedup", dir, &["in.jsonl", "--preset", "passage"]);
    assert!(outcome.stderr.contains("wire, story, ocr, strict; passages, in dedup"));
}
