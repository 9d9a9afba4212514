//! Tests of `dedup`: its tables and summary, and what it refuses.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Dir, LIBRARY, PROGRAM, RIVER, corpus, line, run};

#[test]
fn writes_pairs_and_clusters() {
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
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    // RIVER has 19 shingles of three words; the two changed words are in four of them.
    let escaped = "tab\\tand\\\\line\\nend";
    assert_eq!(
        dir.rows("p.tsv", 6),
        format!(
            "late\t{escaped}\tcopy\t0.6521\t0.7894\t0.9047\n\
             late\tb\tcopy\t0.6521\t0.7894\t0.9047\n\
             {escaped}\tb\tidentical\t1.0000\t1.0000\t1.0000\n"
        )
    );
    assert_eq!(
        dir.rows("c.tsv", 3),
        format!("b\tb\trepresentative\nlate\tb\tmember\n{escaped}\tb\tmember\n")
    );
    let json = outcome.json();
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "articles",
            "boilerplate",
            "bytes",
            "candidates",
            "clustered",
            "clusters",
            "distinct",
            "generators",
            "in_stories",
            "pages",
            "pairs",
            "pairs_written",
            "passages",
            "peak_memory_bytes",
            "relations",
            "seconds",
            "short",
            "skipped",
            "stages",
            "stories",
            "verified",
            "warnings",
            "wordless"
        ]
    );
    assert_eq!(
        (outcome.count("articles"), outcome.count("pairs"), outcome.count("clusters")),
        (4, 3, 1)
    );
    assert_eq!(outcome.count("bytes") as usize, changed.len() + 2 * RIVER.len() + LIBRARY.len());
    assert!(json["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    if cfg!(target_os = "linux") {
        assert!(outcome.count("peak_memory_bytes") > 1 << 20);
    }
    assert_eq!(dir.names(), ["c.tsv", "in.jsonl", "p.tsv"]);
}

#[test]
fn writes_the_story_of_each_text() {
    let dir = Dir::new();
    let account = "Mayor Lind said that the Kolm bridge stays shut. Some 340 people of Ostra left home by boat on Monday.";
    let other = "By boat on Monday some 340 residents fled Ostra. The Kolm bridge remains closed, according to Mayor Lind.";
    dir.write(
        "in.jsonl",
        line("a", account) + &line("b", other) + &line("c", RIVER) + &line("d", RIVER),
    );
    let args =
        ["in.jsonl", "--preset", "story", "--pairs", "p.tsv", "--clusters", "c.tsv", "--json"];
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(dir.rows("p.tsv", 6).starts_with("a\tb\tsame-story\t"), "{}", dir.read("p.tsv"));
    assert_eq!(
        dir.rows("c.tsv", 4),
        "a\ta\trepresentative\tb\nb\tb\trepresentative\tb\nc\tc\trepresentative\tc\nd\tc\tmember\tc\n"
    );
    assert_eq!(
        (outcome.count("stories"), outcome.json()["generators"]["story"]["pairs"].as_u64()),
        (1, Some(1))
    );
    // The window limits how many days apart two accounts may be.
    let dated = |id: &str, text: &str, date: &str| {
        format!("{}\n", serde_json::json!({ "id": id, "text": text, "date": date }))
    };
    dir.write("in.jsonl", dated("a", account, "2026-03-01") + &dated("b", other, "2026-03-03"));
    let args = ["in.jsonl", "--preset", "story", "--min-confidence", "0.4", "--json", "--window"];
    let outcome = run!("dedup", dir, &[&args[..], &["1"]].concat());
    assert_eq!((outcome.count("stories"), outcome.count("pairs")), (0, 0));
    let outcome = run!("dedup", dir, &[&args[..], &["2"]].concat());
    assert_eq!((outcome.count("stories"), outcome.count("pairs")), (1, 1));
}

#[test]
fn is_the_same_with_any_number_of_threads_and_from_standard_input() {
    let dir = Dir::new();
    let corpus = corpus(600);
    dir.write("in.jsonl", &corpus);
    let mut first: Option<(String, String)> = None;
    for (threads, input) in [("1", "in.jsonl"), ("2", "in.jsonl"), ("3", "in.jsonl"), ("2", "-")] {
        let args =
            [input, "--threads", threads, "--pairs", "p.tsv", "--clusters", "c.tsv", "--json"];
        let outcome = run!("dedup", dir, &args, corpus.as_bytes());
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert_eq!(
            (outcome.count("articles"), outcome.count("pairs"), outcome.count("clusters")),
            (600, 200, 200)
        );
        let tables = (dir.read("p.tsv"), dir.read("c.tsv"));
        assert_eq!(
            first.get_or_insert_with(|| tables.clone()),
            &tables,
            "{threads} threads, {input}"
        );
    }
}

#[test]
fn reads_compressed_lines() {
    use std::io::Write;
    let dir = Dir::new();
    let lines = line("a", RIVER) + &line("b", RIVER) + &line("c", LIBRARY);
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    };
    let (first, rest) = lines.as_bytes().split_at(100);
    // Parallel compressors write a file of several members.
    let gzipped = [gzip(first), gzip(rest)].concat();
    dir.write("in.jsonl.gz", &gzipped);
    dir.write("in.JSONL.ZST", zstd::encode_all(lines.as_bytes(), 3).expect("memory"));
    for name in ["in.jsonl.gz", "in.JSONL.ZST"] {
        let outcome = run!("dedup", dir, &[name, "--json"]);
        assert_eq!(
            (outcome.code, outcome.count("articles"), outcome.count("pairs")),
            (0, 3, 1),
            "{}",
            outcome.stderr
        );
    }
    // One file is cut short, the other is not compressed.
    dir.write("cut.jsonl.gz", &gzipped[..gzipped.len() - 9]);
    dir.write("plain.jsonl.gz", &lines);
    for name in ["cut.jsonl.gz", "plain.jsonl.gz"] {
        let outcome = run!("dedup", dir, &[name]);
        assert_eq!(outcome.code, 2);
        assert!(outcome.stderr.contains(&format!("{name}:")), "{}", outcome.stderr);
    }
    dir.write("text.gz", gzip(b"text"));
    let outcome = run!("dedup", dir, &["text.gz"]);
    assert!(
        outcome.code == 2 && outcome.stderr.contains("neither a .jsonl file"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn reads_a_directory() {
    let dir = Dir::new();
    dir.write("in/b/two.txt", RIVER);
    dir.write("in/a.txt", format!("\u{FEFF}{RIVER}\r\n"));
    dir.write("in/b/deep/latin.txt", [RIVER.as_bytes(), b" caf\xE9"].concat());
    dir.write("in/.hidden", RIVER);
    dir.write("in/.git/object", RIVER);
    dir.write("in/c.jsonl", line("x", RIVER));
    dir.write("in/picture.jpg", b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\xFF\xDB\x00\x43");
    let outcome = run!("dedup", dir, &["in", "--pairs", "-", "--threshold", "0.8", "--no-header"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let rows: Vec<&str> = outcome.stdout.lines().collect();
    assert_eq!(rows.len(), 3, "{}", outcome.stdout);
    assert!(rows[0].starts_with("a.txt\tb/deep/latin.txt\tcopy\t0.9500\t1.0000\t0.9500\t"));
    assert!(rows[1].starts_with("a.txt\tb/two.txt\tidentical\t1.0000\t1.0000\t1.0000\t"));
    let warned = Path::new("deep").join("latin.txt").display().to_string()
        + ": warning: 1 byte is not UTF-8";
    for message in [
        "c.jsonl: JSON lines among texts",
        "picture.jpg: not a text in UTF-8",
        warned.as_str(),
        "clusters ",
    ] {
        assert!(outcome.stderr.contains(message), "{message}: {}", outcome.stderr);
    }
}

#[test]
fn shows_the_largest_clusters_when_no_table_is_asked_for() {
    let dir = Dir::new();
    let titled = serde_json::json!({ "id": 7, "text": RIVER, "title": "Flood\u{1b}[31m", "date": "1951-02-03" });
    dir.write("in.jsonl", format!("{titled}\n{}{}", line("b", RIVER), line("c", LIBRARY)));
    let outcome = run!("dedup", dir, &["in.jsonl"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(
        outcome.stdout.contains(
            "2 articles, the least similar two 0.9047\n  * 7  Flood [31m\n    b  The river"
        ),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("MB/s") && outcome.stdout.contains("\nanchors "),
        "{}",
        outcome.stdout
    );
}

#[test]
fn refuses_before_it_works() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER));
    dir.write("story.txt", RIVER);
    fs::create_dir(dir.path().join("empty")).expect("made");
    for (args, message) in [
        (&[][..], "<INPUT>"),
        (&["missing.jsonl"], "missing.jsonl: "),
        (&["in.jsonl", "missing"], "missing: "),
        (&["story.txt"], "story.txt: neither a .jsonl file, a .parquet file nor a directory"),
        (&["-", "-"], "- is given twice"),
        (&["in.jsonl", "--pairs", "no/such/dir.tsv"], "cannot write no/such/dir.tsv: "),
        (&["in.jsonl", "--clusters", "empty"], "cannot write empty: it is a directory"),
        (&["in.jsonl", "--pairs", "./in.jsonl"], "cannot write ./in.jsonl: it is an input"),
        (
            &["in.jsonl", "--pairs", "x", "--clusters", "./x"],
            "--pairs and --clusters both write to x",
        ),
        (
            &["in.jsonl", "--pairs", "-", "--clusters", "-"],
            "--pairs and --clusters both write to -",
        ),
        (&["in.jsonl", "--pairs"], "a value is required for '--pairs <FILE>'"),
        (&["in.jsonl", "--html"], "a value is required for '--html <DIR>'"),
        (&["in.jsonl", "--html", "story.txt"], "cannot write story.txt: "),
        (&["in.jsonl", "--pages", "7"], "--html <DIR>"),
        (&["in.jsonl", "--html", "site", "--pages", "all"], "'all' for '--pages <N>'"),
        (&["in.jsonl", "--html", "story.txt/site"], "cannot write story.txt/site: "),
        (
            &["in.jsonl", "empty", "--html", "empty/site"],
            "cannot write empty/site: inside the input empty",
        ),
        (&["in.jsonl", "--kept", "-"], "--kept and --removed write files, not standard output"),
        (&["in.jsonl", "--threads", "0"], "0 is not in 1..=1024"),
        (&["in.jsonl", "--threads", "many"], "'many' for '--threads <N>'"),
        (&["in.jsonl", "--threshold", "0"], "threshold is 0"),
        (&["in.jsonl", "--threads", "-1"], "unexpected argument '-1'"),
        (&["in.jsonl", "--verbose"], "unexpected argument '--verbose'"),
        (&["empty", "--strict"], "empty: warning: a directory without texts"),
    ] {
        let outcome = run!("dedup", dir, args);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{args:?}: {}",
            outcome.stderr
        );
        assert!(outcome.stderr.contains(message), "{args:?}: {}", outcome.stderr);
    }
    let outcome = run!("dedup", dir, &["empty", "--json"]);
    assert_eq!((outcome.code, outcome.count("articles")), (0, 0), "{}", outcome.stderr);
    assert_eq!(dir.names(), ["empty", "in.jsonl", "story.txt"]);
    assert_eq!(dir.read("in.jsonl"), line("a", RIVER));
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(60));
    let outcome = run!("dedup", dir, &["in.jsonl", "--pairs", "/dev/full"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("cannot write /dev/full: "), "{}", outcome.stderr);
}

#[test]
#[cfg(unix)]
fn a_closed_pipe_does_not_end_the_run() {
    let dir = Dir::new();
    dir.write("in.jsonl", corpus(12_000));
    // Ends the test if the program cannot run on this machine.
    run!("dedup", dir, &["--help"]);
    let spawned = Command::new(PROGRAM)
        .arg("dedup")
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
    assert_eq!(dir.rows("c.tsv", 3).lines().count(), 8000);
}

#[test]
fn stories_are_written_with_their_first_reports() {
    let dir = Dir::new();
    let reports = [
        (
            "b",
            "2026-03-04",
            "Post",
            "Farmers ask who will pay for the spill. When Jens Aker looked out of his window on Tuesday, the field that he had sown last week was white. Some of the fertiliser that leaked from the freight train derailed in Kolm had been blown over to his farm, two kilometres from Ostra. \"Too much of it burns the seed,\" said Aker, who grows barley and rape on 90 hectares. The farmers' union has asked Nordbane to pay for lost harvests, and has called its members to a meeting in the inn of Vester. A lawyer for the union, Pia Holm, said that claims must be made within a month. Nordbane would not comment.",
        ),
        (
            "a",
            "2026-03-03",
            "Agency",
            "Freight train derails near Kolm. A freight train with 40 wagons of fertiliser left the rails outside the station of Kolm on Monday night, and 300 people of the Ostra quarter had to leave their homes, Mayor Karin Lindberg said. Nobody was hurt. The line to Vester is closed until Thursday at least, the railway company Nordbane announced.",
        ),
    ];
    let lines: String = reports
        .iter()
        .map(|(id, date, source, text)| {
            format!("{}\n", json!({ "id": id, "date": date, "source": source, "text": text }))
        })
        .collect();
    dir.write("in.jsonl", lines);
    let args = ["in.jsonl", "--preset", "story", "--stories", "s.jsonl"];
    assert_eq!(run!("dedup", dir, &args).code, 0);
    let written = dir.read("s.jsonl");
    assert_eq!(written.lines().count(), 1, "{written}");
    for line in written.lines() {
        let story: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(
            (&story["story"], &story["first"]["source"]),
            (&json!("a"), &json!("Agency")),
            "{story}"
        );
        let ids: Vec<&Value> =
            story["sources"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
        assert_eq!(ids, [&json!("a"), &json!("b")]);
    }
    let refused = run!("dedup", dir, &["in.jsonl", "--stories", "s.jsonl"]);
    assert_eq!(
        (refused.code, refused.stderr.contains("--stories needs --preset story")),
        (2, true)
    );
    let refused = run!(
        "dedup",
        dir,
        &["in.jsonl", "--preset", "story", "--stories", "x", "--clusters", "./x"]
    );
    assert_eq!(
        (refused.code, refused.stderr.contains("--clusters and --stories both write to ")),
        (2, true)
    );
}
