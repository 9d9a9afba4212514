//! Tests of what `dedup` offers for data work: field names, kept and removed articles, sources,
//! graph.

use std::fs::File;
use std::io::Read;

use serde_json::json;

use super::{Dir, LIBRARY, RIVER, run};

/// A line whose fields have other names than the default ones.
fn row(id: u32, body: &str, site: &str, day: u32) -> String {
    format!(
        "{}\n",
        json!({ "nr": id, "body": body, "site": site, "published": format!("2026-03-{day:02}") })
    )
}

const FIELDS: [&str; 8] = [
    "--id-field",
    "nr",
    "--text-field",
    "body",
    "--source-field",
    "site",
    "--date-field",
    "published",
];

fn news() -> String {
    row(1, RIVER, "Ostra Post", 2)
        + &row(2, &format!("{RIVER} said the mayor"), "Kolm Times", 1)
        + "\n{}\n"
        + &row(3, LIBRARY, "Kolm Times", 3)
        + &row(4, RIVER, "Lind & Sons", 4)
}

#[test]
fn field_names_are_options_and_tables_have_sources_and_dates() {
    let dir = Dir::new();
    dir.write("in.jsonl", news());
    let args =
        ["in.jsonl", "--pairs", "p.tsv", "--clusters", "c.tsv", "--sources", "s.tsv", "--json"];
    let outcome = run!("dedup", dir, &[&args[..], &FIELDS].concat());
    assert_eq!(
        (outcome.code, outcome.count("articles"), outcome.count("skipped")),
        (0, 4, 1),
        "{}",
        outcome.stderr
    );
    assert!(outcome.stderr.contains("in.jsonl:4: no field \"nr\""), "{}", outcome.stderr);
    let pairs = dir.read("p.tsv");
    let columns: Vec<&str> = pairs.lines().next().expect("a header").split('\t').collect();
    assert_eq!(columns[..6], ["left", "right", "relation", "jaccard", "containment", "score"]);
    let first = pairs.lines().nth(1).expect("a pair");
    let fields: Vec<&str> = first.split('\t').collect();
    assert_eq!(fields.len(), columns.len(), "{first}");
    assert_eq!(fields[..2], ["1", "2"]);
    assert_eq!(fields[9..], ["right", "Ostra Post", "Kolm Times", "2026-03-02", "2026-03-01"]);
    assert_eq!(
        dir.read("c.tsv"),
        "id\tcluster\trole\tstory\tsource\tdate\n\
         2\t2\trepresentative\t\tKolm Times\t2026-03-01\n\
         1\t2\tmember\t\tOstra Post\t2026-03-02\n\
         4\t2\tmember\t\tLind & Sons\t2026-03-04\n"
    );
    assert_eq!(
        dir.read("s.tsv"),
        "source\tother\tpairs\tsource_first\tother_first\n\
         Kolm Times\tLind & Sons\t1\t1\t0\n\
         Kolm Times\tOstra Post\t1\t1\t0\n\
         Lind & Sons\tOstra Post\t1\t0\t1\n"
    );
    // An index reads the same fields.
    let added = run!("index", dir, &[&["i", "add", "in.jsonl"][..], &FIELDS].concat());
    assert_eq!(added.code, 0, "{}", added.stderr);
    let got = run!("index", dir, &["i", "get", "3"]).json();
    assert_eq!((&got["id"], &got["source"]), (&json!("3"), &json!("Kolm Times")));
}

#[test]
fn kept_and_removed_lines_are_copied_from_the_input() {
    let dir = Dir::new();
    let news = news();
    let lines: Vec<&str> = news.lines().collect();
    dir.write("in.jsonl", &news);
    let args = ["in.jsonl", "--kept", "kept.jsonl", "--removed", "removed.jsonl.gz"];
    let outcome = run!("dedup", dir, &[&args[..], &FIELDS].concat());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(dir.read("kept.jsonl"), format!("{}\n{}\n", lines[1], lines[4]));
    let removed = File::open(dir.path().join("removed.jsonl.gz")).expect("written");
    let mut text = String::new();
    flate2::read::GzDecoder::new(removed).read_to_string(&mut text).expect("gzip");
    assert_eq!(text, format!("{}\n{}\n", lines[0], lines[5]));

    // The kept articles have no copies, and compressed input gives the same result.
    run!("dedup", dir, &[&["kept.jsonl", "--kept", "in.jsonl.zst"][..], &FIELDS].concat());
    let again =
        run!("dedup", dir, &[&["in.jsonl.zst", "--kept", "again.jsonl"][..], &FIELDS].concat());
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(dir.read("again.jsonl"), dir.read("kept.jsonl"));

    // Text files become JSON lines.
    dir.write("texts/a.txt", RIVER);
    dir.write("texts/b.txt", RIVER);
    run!("dedup", dir, &["texts", "--kept", "kept.jsonl"]);
    assert_eq!(dir.read("kept.jsonl"), format!("{}\n", json!({ "id": "a.txt", "text": RIVER })));

    for (args, message) in [
        (&["-", "--kept", "k"][..], "- is a stream"),
        (&["in.jsonl", "--kept", "in.jsonl"], "it is an input"),
        (&["in.jsonl", "--kept", "k", "--removed", "./k"], "both write to k"),
    ] {
        let refused = run!("dedup", dir, args);
        assert!(refused.code == 2 && refused.stderr.contains(message), "{}", refused.stderr);
    }
    assert!(!dir.path().join("k").exists());
}

#[test]
fn auto_ids_are_made_and_short_articles_are_kept() {
    let dir = Dir::new();
    let text = |text: &str| format!("{}\n", json!({ "text": text }));
    dir.write("in.jsonl", text("Sold out") + &text(RIVER) + &text("Sold out") + &text(RIVER));
    let args = [
        "in.jsonl",
        "--auto-ids",
        "--min-words",
        "5",
        "--pairs",
        "p.tsv",
        "--kept",
        "k.jsonl",
        "--json",
    ];
    let outcome = run!("dedup", dir, &args);
    assert_eq!(
        (outcome.code, outcome.count("short"), outcome.count("wordless")),
        (0, 2, 0),
        "{}",
        outcome.stderr
    );
    assert_eq!(dir.rows("p.tsv", 3), "in.jsonl:2\tin.jsonl:4\tidentical\n");
    assert_eq!(dir.read("k.jsonl"), text("Sold out") + &text(RIVER) + &text("Sold out"));
    let outcome = run!("dedup", dir, &["in.jsonl", "--json"]);
    assert_eq!((outcome.code, outcome.count("articles"), outcome.count("skipped")), (3, 0, 4));
}

#[test]
fn every_output_is_compressed_by_its_name() {
    let dir = Dir::new();
    // Twice thirty words, for passages.
    let long = format!("{RIVER} {LIBRARY}");
    dir.write("in.jsonl", news() + &row(5, &long, "Post", 5) + &row(6, &long, "Times", 6));
    let outputs = ["pairs", "clusters", "stories", "sources", "graph", "kept", "removed"];
    let all = |ending: &str, passages: &str| {
        let options = outputs.map(|name| [format!("--{name}"), format!("{name}{ending}")]);
        let passages = ["--passages".to_owned(), format!("{passages}{ending}")];
        let graph = ["--passage-graph".to_owned(), format!("networks{ending}")];
        let all: Vec<String> = options.into_iter().chain([passages, graph]).flatten().collect();
        all
    };
    let read = |name: String| {
        let mut bytes = Vec::new();
        File::open(dir.path().join(name))
            .and_then(|mut it| it.read_to_end(&mut bytes))
            .expect("there");
        bytes
    };
    for passages in ["passages", "passages.jsonl"] {
        for ending in ["", ".gz", ".ZST"] {
            let options = all(ending, passages);
            let mut args = vec!["in.jsonl", "--preset", "story"];
            args.extend(FIELDS);
            args.extend(options.iter().map(String::as_str));
            let outcome = run!("dedup", dir, &args);
            assert_eq!(outcome.code, 0, "{}", outcome.stderr);
            for name in outputs.into_iter().chain([passages, "networks"]) {
                let (plain, bytes) = (read(name.to_owned()), read(format!("{name}{ending}")));
                let mut text = Vec::new();
                match ending {
                    ".gz" => drop(flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut text)),
                    ".ZST" => text = zstd::decode_all(&*bytes).expect("zstd"),
                    _ => text = bytes,
                }
                assert!(
                    text == plain && (name == "stories" || !plain.is_empty()),
                    "{name}{ending}"
                );
            }
        }
    }
    assert!(dir.read("passages.jsonl").starts_with('{'));
}

#[test]
fn the_help_names_every_field_of_the_summary() {
    let dir = Dir::new();
    dir.write("in.jsonl", news());
    let summary = run!("dedup", dir, &[&["in.jsonl", "--json"][..], &FIELDS].concat()).json();
    let help = run!("dedup", dir, &["--help"]).stdout;
    let generator = summary["generators"]["bands"].as_object().expect("an object");
    for field in summary.as_object().expect("an object").keys().chain(generator.keys()) {
        assert!(help.contains(&format!("`{field}`")), "{field}: {help}");
    }
}

#[test]
fn the_network_is_graphml() {
    let dir = Dir::new();
    dir.write("in.jsonl", news() + &row(5, RIVER, "\u{1}<&>", 5));
    let outcome =
        run!("dedup", dir, &[&["in.jsonl", "--graph", "g.graphml"][..], &FIELDS].concat());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let graph = dir.read("g.graphml");
    assert!(graph.starts_with("<?xml") && graph.ends_with("</graph>\n</graphml>\n"));
    assert_eq!((graph.matches("<node ").count(), graph.matches("<edge ").count()), (4, 6));
    assert!(graph.contains("<data key=\"source\">Lind &amp; Sons</data>"), "{graph}");
    assert!(graph.contains("<data key=\"source\">\u{FFFD}&lt;&amp;&gt;</data>"), "{graph}");
    assert!(graph.contains("<data key=\"first\">right</data>"), "{graph}");
}

#[test]
#[cfg(not(feature = "parquet"))]
fn without_the_feature_parquet_files_are_refused() {
    let dir = Dir::new();
    dir.write("in.jsonl", super::line("a", RIVER));
    dir.write("in.parquet", "PAR1");
    for (args, name) in [
        (&["in.parquet"][..], "in.parquet"),
        (&["in.jsonl", "--kept", "k.parquet"], "k.parquet"),
        (&["in.jsonl", "--removed", "r.Parquet"], "r.Parquet"),
        (&["in.jsonl", "--pairs", "p.parquet"], "p.parquet"),
    ] {
        let outcome = run!("dedup", dir, args);
        let message = format!("{name}: this program was built without Parquet; `cargo install");
        assert!(outcome.code == 2 && outcome.stderr.contains(&message), "{}", outcome.stderr);
    }
    assert_eq!(dir.names(), ["in.jsonl", "in.parquet"]);
}
