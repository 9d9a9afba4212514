//! Tests of `index`: adding, querying, removing, repairing.

use std::fs;
use std::path::PathBuf;

use newsprint::Index;
use serde_json::{Value, json};

use super::{Dir, LIBRARY, Outcome, RIVER, corpus, line, run, run_with};

/// A line with a source and a date.
pub(super) fn row(id: &str, text: &str, source: &str, date: &str) -> String {
    format!("{}\n", json!({ "id": id, "text": text, "source": source, "date": date }))
}

/// RIVER with two words changed.
pub(super) fn changed() -> String {
    RIVER.replace("single night", "few hours")
}

fn three_papers() -> String {
    row("b", &changed(), "Ostra Post", "2018-07-17T09:00:00Z")
        + &row("a", RIVER, "Kolm Times", "2018-07-16")
        + &row("c", LIBRARY, "Kolm Times", "2018-07-18")
}

/// The ids of the matches.
pub(super) fn ids(answer: &Value) -> Vec<&str> {
    let matches = answer["matches"].as_array().expect("an array");
    matches.iter().map(|found| found["id"].as_str().expect("a string")).collect()
}

fn figure(summary: &Outcome, name: &str) -> String {
    let line = summary.stdout.lines().find(|line| line.split_whitespace().next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {} {}", summary.stdout, summary.stderr));
    line.split_whitespace().nth(1).expect("a figure").to_owned()
}

// ---- Adding and querying ----

#[test]
fn added_articles_are_found() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers());
    dir.write("asked.txt", RIVER.to_uppercase());
    let added = run!("index", dir, &["i", "add", "in.jsonl"]);
    assert_eq!((added.code, added.stderr.as_str()), (0, ""));
    assert_eq!(["added", "replaced", "skipped"].map(|name| figure(&added, name)), ["3", "0", "0"]);

    let outcome = run!("index", dir, &["i", "query", "asked.txt"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    // RIVER has 19 shingles of three words; the two changed words are in four of them.
    assert_eq!(
        outcome.stdout,
        "id  relation    score  jaccard  of asked  of match  date                  source\n\
         a   identical  1.0000   1.0000    1.0000    1.0000  2018-07-16            Kolm Times\n\
         b   copy       0.9047   0.6521    0.7894    0.7894  2018-07-17T09:00:00Z  Ostra Post\n\
         \n\
         first seen   a, Kolm Times, 2018-07-16\n\
         reach        2 articles of 2 sources, 2018-07-16 to 2018-07-17T09:00:00Z\n\
         cluster      b\n"
    );
    // --top limits the matches shown, not those counted.
    let outcome = run!("index", dir, &["i", "query", "asked.txt", "--top", "1"]);
    assert!(
        !outcome.stdout.contains("\nb ")
            && outcome.stdout.contains("\nand 1 more\n\nfirst seen   a,")
    );
    assert!(outcome.stdout.contains("2 articles of 2 sources"), "{}", outcome.stdout);

    let asked = run!("index", dir, &["i", "query", "asked.txt", "--json"]).json();
    assert_eq!(ids(&asked), ["a", "b"]);
    let b = &asked["matches"][1];
    assert_eq!((&b["relation"], &b["source"]), (&json!("copy"), &json!("Ostra Post")));
    assert_eq!((&b["date"], &b["jaccard"]), (&json!("2018-07-17T09:00:00Z"), &json!(15.0 / 23.0)));
    assert_eq!(b["containment"], json!({ "left": 15.0 / 19.0, "right": 15.0 / 19.0 }));
    assert_eq!(asked["id"], Value::Null);
    assert_eq!(
        asked["provenance"],
        json!({
            "first": "a", "first_source": "Kolm Times", "articles": 2, "sources": 2,
            "since": "2018-07-16", "until": "2018-07-17T09:00:00Z"
        })
    );
    dir.write(
        "asked.txt",
        "Quite another matter, of which no paper has written a single word so far.",
    );
    let outcome = run!("index", dir, &["i", "query", "asked.txt"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "nothing matches\n"));
}

#[test]
fn exported_articles_make_another_index() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers());
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    let all = run!("index", dir, &["i", "export"]);
    let parsed = |lines: &str| -> Vec<Value> {
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    };
    let (mut exported, mut given) = (parsed(&all.stdout), parsed(&three_papers()));
    let by_id =
        |articles: &mut Vec<Value>| articles.sort_by_key(|article| article["id"].to_string());
    by_id(&mut exported);
    by_id(&mut given);
    for (exported, given) in exported.iter().zip(&given) {
        assert!(
            ["id", "text", "source"].iter().all(|&name| exported[name] == given[name]),
            "{exported}"
        );
    }
    assert_eq!(exported.len(), 3);
    let made = run!("index", dir, &["j", "add", "-", "--preset", "story"], all.stdout.as_bytes());
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert_eq!(run!("index", dir, &["j", "export"]).stdout.lines().count(), 3);
    let got = run!("index", dir, &["i", "get", "b", "no\u{1b}ne"]);
    assert_eq!(parsed(&got.stdout), [exported[1].clone()]);
    assert!(
        got.stderr.starts_with("not there: no") && !got.stderr.contains('\u{1b}'),
        "{}",
        got.stderr
    );
    assert_eq!(run!("index", dir, &["i", "backup", "copy"]).code, 0);
    assert_eq!(run!("index", dir, &["copy", "export"]).stdout, all.stdout);
    let again = run!("index", dir, &["i", "backup", "copy"]);
    assert_eq!((again.code, again.stderr.contains("copy to an empty directory")), (2, true));
}

#[test]
fn clusters_are_the_same_whether_articles_are_added_or_watched() {
    let dir = Dir::new();
    let longer = format!("{RIVER} said the mayor of the town on Monday");
    let lines = three_papers()
        + &row("d", &longer, "Lind & Sons", "2018-07-19")
        + &row("a", LIBRARY, "Kolm Times", "2018-07-20")
        + &row("e", RIVER, "Vester Blatt", "2018-07-18");
    dir.write("in.jsonl", &lines);
    dir.write("asked.txt", RIVER);
    let added = run!("index", dir, &["added", "add", "in.jsonl"]);
    assert_eq!(["added", "replaced"].map(|name| figure(&added, name)), ["5", "1"]);
    assert_eq!(run!("index", dir, &["watched", "watch"], lines.as_bytes()).code, 0);
    let of = |index: &str| {
        let exported = run_with("index", dir.path(), &[index, "export"], b"")?;
        let asked = run_with("index", dir.path(), &[index, "query", "asked.txt", "--json"], b"")?;
        Some((exported.stdout, asked.stdout))
    };
    let Some((exported, asked)) = of("added") else { return };
    assert_eq!(of("watched"), Some((exported.clone(), asked.clone())));
    // `a` left the cluster when its text changed.
    let clusters: Vec<(String, Value)> = exported
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|article| (article["id"].to_string(), article["cluster"].clone()))
        .collect();
    let of_id = |id: &str| &clusters.iter().find(|(of, _)| of == &format!("\"{id}\"")).expect(id).1;
    assert_eq!(["b", "d", "e"].map(of_id), [&Value::Null, &json!("b"), &json!("b")]);
    assert_eq!(["c", "a"].map(of_id), [&Value::Null, &json!("c")]);
    assert!(asked.contains("\"cluster\":\"b\""), "{asked}");

    // Without clusters each article begins one, and matches and provenance are the same.
    let added = run!("index", dir, &["fast", "add", "in.jsonl", "--no-clusters"]);
    assert_eq!(["added", "replaced"].map(|name| figure(&added, name)), ["5", "1"]);
    let Some((fast, fast_asked)) = of("fast") else { return };
    assert!(!fast.contains("\"cluster\""), "{fast}");
    let [asked, fast_asked] =
        [&asked, &fast_asked].map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    assert_eq!(asked["matches"], fast_asked["matches"]);
    assert_eq!(asked["provenance"], fast_asked["provenance"]);
}

#[test]
fn articles_of_a_file_do_not_match_themselves() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers());
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    let asked = run!("index", dir, &["i", "query", "in.jsonl"]);
    assert!(asked.stdout.starts_with("b\nid  relation"), "{}", asked.stdout);
    assert!(
        asked.stdout.ends_with(
            "reach        1 other article of 1 source, with this one 2018-07-16 to \
             2018-07-17T09:00:00Z\ncluster      b\n\nc: nothing matches\n"
        ),
        "{}",
        asked.stdout
    );

    let lines = three_papers() + "{\n";
    for input in ["in.jsonl", "-"] {
        let asked = run!("index", dir, &["i", "query", input, "--json"], lines.as_bytes());
        assert_eq!(asked.code, 0);
        assert_eq!(asked.stderr.contains("<stdin>:4: not JSON"), input == "-", "{}", asked.stderr);
        let answers: Vec<Value> =
            asked.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(answers.iter().map(|answer| &answer["id"]).collect::<Vec<_>>(), ["b", "a", "c"]);
        assert_eq!(answers.iter().map(ids).collect::<Vec<_>>(), [vec!["a"], vec!["b"], vec![]]);
    }
    // Standard input may be a text too.
    let asked = run!("index", dir, &["i", "query", "-", "--json"], RIVER.as_bytes()).json();
    assert_eq!((ids(&asked), &asked["id"]), (vec!["a", "b"], &Value::Null));
}

#[test]
fn dates_bound_the_matches() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers() + &line("undated", RIVER));
    dir.write("asked.txt", RIVER);
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    for (bounds, expected) in [
        (&[][..], &["a", "undated", "b"][..]),
        (&["--since", "2018-07-17"], &["b"]),
        (&["--until", "2018-07-16"], &["a"]),
        // A day without a time includes its last moment.
        (&["--until", "2018-07-17"], &["a", "b"]),
        (&["--until", "2018-07-17T08:59"], &["a"]),
        (&["--since", "2018-07-17T09:00", "--until", "2018-07-17T09:00"], &["b"]),
        (&["--since", "2018-07-18"], &[]),
    ] {
        let args = [&["i", "query", "asked.txt", "--json"], bounds].concat();
        assert_eq!(ids(&run!("index", dir, &args).json()), expected, "{bounds:?}");
    }
}

#[test]
fn articles_are_replaced_and_bad_lines_skipped() {
    let dir = Dir::new();
    let long = "x".repeat(5000);
    let lines = [
        line("a", LIBRARY),
        "{\n".to_owned(),
        "\n".to_owned(),
        line(&long, RIVER),
        line("a", RIVER),
    ];
    dir.write("in.jsonl", lines.concat());
    dir.write("more/b.txt", RIVER);
    let added = run!("index", dir, &["i", "add", "in.jsonl", "more"]);
    assert_eq!(added.code, 0, "{}", added.stderr);
    assert!(added.stderr.starts_with("in.jsonl:2: not JSON"), "{}", added.stderr);
    assert!(
        added.stderr.contains("\nin.jsonl:4: bytes of an id is 5000, must be "),
        "{}",
        added.stderr
    );
    assert_eq!(["added", "replaced", "skipped"].map(|name| figure(&added, name)), ["2", "1", "2"]);
    let again = run!("index", dir, &["i", "add", "-"], line("b.txt", LIBRARY).as_bytes());
    assert_eq!(["added", "replaced", "skipped"].map(|name| figure(&again, name)), ["0", "1", "0"]);
    for (text, expected) in [(RIVER, "a"), (LIBRARY, "b.txt")] {
        let asked = run!("index", dir, &["i", "query", "-", "--json"], text.as_bytes()).json();
        assert_eq!(ids(&asked), [expected]);
    }
}

#[test]
fn without_texts_matches_are_estimates() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers());
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl", "--no-texts"]).code, 0);
    let outcome = run!("index", dir, &["i", "query", "-"], RIVER.as_bytes());
    assert!(
        outcome
            .stdout
            .contains("\na   -         ~1.0000  ~1.0000         -         -  2018-07-16 "),
        "{}",
        outcome.stdout
    );
    let asked = run!("index", dir, &["i", "query", "-", "--json"], RIVER.as_bytes()).json();
    assert_eq!(ids(&asked), ["a", "b"]);
    let b = &asked["matches"][1];
    assert_eq!((&b["relation"], &b["containment"]), (&Value::Null, &Value::Null));
    assert_eq!(b["jaccard"], b["score"]);
    assert_eq!(run!("index", dir, &["i", "stats", "--json"]).json()["texts"], json!(false));
}

#[test]
fn an_index_made_with_other_options_is_refused() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers());
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl", "--preset", "ocr"]).code, 0);
    for (args, message) in [
        (
            &["add", "in.jsonl", "--preset", "strict"][..],
            "newsprint index: the index i was made with ",
        ),
        (&["watch", "--preset", "wire"], "newsprint index: the index i was made with "),
        (
            &["add", "in.jsonl", "--no-texts"],
            "newsprint index: i: the index keeps texts: --no-texts is for a new one",
        ),
    ] {
        let outcome = run!("index", dir, &[&["i"], args].concat());
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{args:?}");
        assert!(outcome.stderr.starts_with(message), "{args:?}: {}", outcome.stderr);
    }
    // The message says what to do; options that are not given are not compared.
    let outcome = run!("index", dir, &["i", "add", "in.jsonl", "--preset", "story"]);
    assert_eq!(
        outcome.stderr,
        "newsprint index: the index i was made with --preset ocr, not --preset story; to make \
         another of its articles: newsprint index i export | newsprint index NEW add - --preset \
         story\n"
    );
    let made = ["--threshold", "0.5", "--slots", "256", "--recall", "0.9", "--shingle", "words:4"];
    let add = ["o", "add", "in.jsonl"];
    assert_eq!(run!("index", dir, &[&add[..], &made].concat()).code, 0);
    for same in made.chunks(2).chain([&made[..]]) {
        let outcome = run!("index", dir, &[&add[..], same].concat());
        assert_eq!(outcome.code, 0, "{same:?}: {}", outcome.stderr);
    }
    for (other, why) in [
        (["--threshold", "0.6"], "--threshold 0.5, not 0.6\n"),
        (["--slots", "128"], "--slots 256, not 128\n"),
        (["--recall", "0.999"], "--recall 0.9, not 0.999\n"),
        (["--shingle", "words:3"], "--shingle words:4, not words:3\n"),
        (["--preset", "strict"], "--shingle words:4, not words:5\n"),
        (["--preset", "wire"], "--threshold 0.5, not --preset wire; "),
    ] {
        let outcome = run!("index", dir, &[&add[..], &other].concat());
        let why = format!("newsprint index: the index o was made with {why}");
        assert_eq!(outcome.code, 2, "{other:?}");
        assert!(outcome.stderr.starts_with(&why), "{other:?}: {}", outcome.stderr);
    }
    for same in [&["--preset", "ocr"][..], &["--slots", "256"], &[]] {
        let outcome = run!("index", dir, &[&["i", "add", "in.jsonl"], same].concat());
        assert_eq!(
            (outcome.code, figure(&outcome, "replaced").as_str()),
            (0, "3"),
            "{}",
            outcome.stderr
        );
    }
    let stats = run!("index", dir, &["i", "stats", "--json"]).json();
    assert_eq!(
        (&stats["shingle"], &stats["slots"], &stats["scope"]),
        (&json!("chars:5"), &json!(256), &json!("text"))
    );
}

// ---- Removing, statistics, damage ----

#[test]
fn articles_are_removed_and_expired() {
    let dir = Dir::new();
    dir.write("in.jsonl", three_papers() + &line("undated", RIVER) + &line("-x", RIVER));
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    let outcome = run!("index", dir, &["i", "remove", "c", "nowhere", "c", "--", "-x"]);
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (0, "removed 2\nnot there: nowhere\nnot there: c\n")
    );
    let outcome = run!("index", dir, &["i", "expire", "2018-07-17"]);
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (0, "expired 1 from before 2018-07-17, 2 left\n")
    );
    assert_eq!(
        ids(&run!("index", dir, &["i", "query", "-", "--json"], RIVER.as_bytes()).json()),
        ["undated", "b"]
    );
}

#[test]
fn stats_add_up() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(5000));
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    assert_eq!(run!("index", dir, &["i", "remove", "n7", "n4999"]).code, 0);
    let outcome = run!("index", dir, &["i", "stats", "--json"]);
    assert_eq!((outcome.count("articles"), outcome.count("removed")), (4998, 2));
    assert_eq!((outcome.count("recent"), outcome.count("segments")), (5000 - 4096, 1));
    let files = fs::read_dir(dir.path().join("i")).expect("lists");
    let on_disk: u64 =
        files.map(|file| file.expect("lists").metadata().expect("there").len()).sum();
    // The manifest and the tombstones are small.
    assert!(
        (1..10_000).contains(&(on_disk - outcome.count("bytes"))),
        "{on_disk}, {}",
        outcome.stdout
    );
    let each = outcome.json()["bytes_per_article"].as_f64().expect("a number");
    assert!((each - outcome.count("bytes") as f64 / 4998.0).abs() < 1e-6, "{each}");
    assert_eq!(outcome.count("commits"), 6);
    let human = run!("index", dir, &["i", "stats"]);
    for (name, value) in [
        ("articles", "4,998"),
        ("removed", "2"),
        ("segments", "1"),
        ("shingle", "words:3"),
        ("texts", "kept"),
    ] {
        assert_eq!(figure(&human, name), value, "{}", human.stdout);
    }
}

/// Makes an index of these articles with one segment, and returns its file.
fn merged(dir: &Dir, articles: &str) -> Option<PathBuf> {
    let added = run_with("index", dir.path(), &["i", "add", "-"], articles.as_bytes())?;
    assert_eq!(added.code, 0, "{}", added.stderr);
    Index::open(dir.path().join("i")).expect("opens").merge().expect("merges");
    let mut files =
        fs::read_dir(dir.path().join("i")).expect("lists").map(|file| file.expect("lists").path());
    files.find(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("segment"))
    })
}

#[test]
fn damage_is_named_and_repaired() {
    let dir = Dir::new();
    let Some(segment) = merged(&dir, &corpus(300)) else { return };
    let whole = run!("index", dir, &["i", "verify"]);
    assert_eq!((whole.code, whole.stdout.as_str()), (0, "all is whole\n"), "{}", whole.stderr);
    let outcome = run!("index", dir, &["i", "repair"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, "all is whole, nothing to repair\n"));

    let mut bytes = fs::read(&segment).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&segment, bytes).expect("writes");
    let name = segment.file_name().expect("a file").to_string_lossy().into_owned();
    let outcome = run!("index", dir, &["i", "verify"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (1, ""));
    assert!(
        outcome.stdout.starts_with(&format!("i/{name} is damaged at byte ")),
        "{}",
        outcome.stdout
    );

    let outcome = run!("index", dir, &["i", "repair"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(
        outcome.stdout.starts_with(&format!("i/{name} is damaged at byte ")),
        "{}",
        outcome.stdout
    );
    let [kept, lost] =
        ["kept", "lost"].map(|name| figure(&outcome, name).parse::<u64>().expect("a number"));
    assert_eq!(kept + lost, 300);
    // Those that it names are no longer there; the ids of some can be part of the damage.
    let named =
        outcome.stdout.lines().filter_map(|line| line.strip_prefix("lost, to be added again: "));
    for id in named {
        assert_eq!(run!("index", dir, &["i", "get", id]).stdout.as_str(), "", "{id}");
    }
    let whole = run!("index", dir, &["i", "verify"]);
    assert_eq!((whole.code, whole.stdout.as_str()), (0, "all is whole\n"));
    assert_eq!(run!("index", dir, &["i", "stats", "--json"]).count("articles"), kept);
}

#[test]
fn a_missing_file_is_damage_and_makes_no_new_index() {
    let dir = Dir::new();
    let Some(segment) = merged(&dir, &corpus(30)) else { return };
    fs::remove_file(&segment).expect("removes");
    let name = segment.file_name().expect("a file").to_string_lossy().into_owned();
    let outcome = run!("index", dir, &["i", "add", "-"], line("a", RIVER).as_bytes());
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains(&name), "{}", outcome.stderr);
    assert_eq!(run!("index", dir, &["i", "verify"]).code, 1);
}

#[test]
fn stats_name_the_preset_and_another_window_is_refused() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER));
    let stats =
        |index: &str| run_with("index", dir.path(), &[index, "stats"], b"").map(|it| it.stdout);
    for preset in ["wire", "story", "ocr", "strict"] {
        let added = run!("index", dir, &[preset, "add", "in.jsonl", "--preset", preset]);
        assert_eq!(added.code, 0, "{}", added.stderr);
        let Some(human) = stats(preset) else { return };
        assert!(human.contains(&format!("preset        {preset:>13}\n")), "{human}");
        assert!(!human.contains("threshold") && !human.contains("scope"), "{human}");
        assert_eq!(human.contains("window"), preset == "story", "{human}");
        let json = run!("index", dir, &[preset, "stats", "--json"]).json();
        assert_eq!(json["preset"], json!(preset));
        assert!(json["scope"].is_string() && json["threshold"].is_number(), "{json}");
    }
    assert_eq!(run!("index", dir, &["t", "add", "in.jsonl", "--threshold", "0.45"]).code, 0);
    let Some(human) = stats("t") else { return };
    assert!(
        human.contains("threshold              0.45\n") && !human.contains("preset"),
        "{human}"
    );
    assert_eq!(run!("index", dir, &["t", "stats", "--json"]).json()["preset"], Value::Null);

    let story = ["--preset", "story"];
    let add = |more: &[&str]| {
        let args = [&["w", "add", "in.jsonl"], &story[..], more].concat();
        run_with("index", dir.path(), &args, b"")
    };
    let Some(made) = add(&["--window", "30"]) else { return };
    assert_eq!(made.code, 0, "{}", made.stderr);
    for (more, code) in [(&["--window", "30"][..], 0), (&[], 0), (&["--window", "14"], 2)] {
        let Some(added) = add(more) else { return };
        assert_eq!(added.code, code, "{more:?}: {}", added.stderr);
        let refused = "newsprint index: the index w was made with --window 30, not 14\n";
        assert_eq!(added.stderr, if code == 2 { refused } else { "" });
    }
    assert_eq!(run!("index", dir, &["w", "stats", "--json"]).json()["window"], json!(30));
}

// ---- The command line ----

#[test]
fn help_names_every_command() {
    let dir = Dir::new();
    let outcome = run!("index", dir, &["--help"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    for name in [
        "add", "query", "watch", "remove", "expire", "get", "export", "backup", "stats", "verify",
        "repair",
    ] {
        assert!(outcome.stdout.contains(&format!("\n  {name} ")), "{name}: {}", outcome.stdout);
    }
    assert!(dir.names().is_empty());
}

#[test]
fn refuses_before_it_works() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER));
    dir.write("story.txt", RIVER);
    for (args, message) in [
        (&[][..], "Usage: newsprint index"),
        (&["i"], "Usage: newsprint index"),
        (&["i", "ask"], "unexpected argument 'ask'"),
        (&["i", "add"], "<FILE>"),
        (&["i", "add", "-", "-"], "- is given twice"),
        (&["i", "add", "in.jsonl", "missing.jsonl"], "missing.jsonl: "),
        (
            &["i", "add", "story.txt"],
            "story.txt: neither a .jsonl file, a .parquet file nor a directory",
        ),
        (&["i", "add", "in.jsonl", "--json"], "unexpected argument '--json'"),
        (&["i", "add", "in.jsonl", "--preset", "wires"], "\"wires\""),
        (&["i", "add", "in.jsonl", "--threshold", "2"], "threshold is 2"),
        (&["i", "add", "in.jsonl", "--relations", "copy"], "unexpected argument '--relations'"),
        (&["i", "add", "in.jsonl", "--window", "2"], "--window needs --preset story"),
        (&["story.txt", "add", "in.jsonl"], "cannot open story.txt: "),
        (&["i", "query"], "<FILE>"),
        (&["i", "query", "missing.txt"], "missing.txt: "),
        (&["i", "query", "story.txt"], "there is no index in i: "),
        (&["i", "query", "story.txt", "--top", "0"], "0 is not in 1..=1024"),
        (
            &["i", "query", "story.txt", "--since", "soon"],
            "'soon' for '--since <DATE>': date is \"soon\"",
        ),
        (&["i", "query", "story.txt", "--until"], "a value is required for '--until <DATE>'"),
        (&["i", "query", "story.txt", "--preset", "wire"], "unexpected argument '--preset'"),
        (&["i", "remove"], "<ID>"),
        (&["i", "remove", "a"], "there is no index in i: "),
        (&["i", "expire"], "<DATE>"),
        (&["i", "expire", "soon"], "date is \"soon\""),
        (&["i", "expire", "2018-07-16", "--since", "2018-07-16"], "unexpected argument '--since'"),
        (&["i", "stats", "more"], "unexpected argument 'more'"),
        (&["i", "verify", "--no-texts"], "unexpected argument '--no-texts'"),
        (&["i", "verify"], "there is no index in i: "),
        (&["i", "repair"], "there is no index in i: "),
        (&["i", "watch", "in.jsonl"], "unexpected argument 'in.jsonl'"),
        (&["i", "watch", "-x"], "unexpected argument '-x'"),
        (&["i", "watch", "--follow"], "unexpected argument '--follow'"),
    ] {
        let outcome = run!("index", dir, args);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{args:?}: {}",
            outcome.stderr
        );
        assert!(outcome.stderr.contains(message), "{args:?}: {}", outcome.stderr);
    }
    assert_eq!(dir.names(), ["in.jsonl", "story.txt"]);
}
