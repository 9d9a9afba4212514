//! Tests of the oddities of feeds and exports, and of outputs that are written whole or not at all.

use std::fs;
use std::io::Write;

use serde_json::{Value, json};

use super::{Dir, LIBRARY, PROGRAM, RIVER, line, run};

fn rows(articles: &[Value]) -> String {
    articles.iter().map(|article| format!("{article}\n")).collect()
}

#[test]
fn the_earliest_article_represents_a_cluster_in_every_date_format() {
    let dir = Dir::new();
    // The earliest comes first.
    let dates = [
        json!("16-JUL-2018 09:10:56.12"),
        json!("Mon, 16 Jul 18 11:10:57 +0200"),
        json!(1_531_732_258),
        json!("Mon Jul 16 05:10:59 EDT 2018"),
        json!("20180716T091100Z"),
        json!("1531732261000"),
        json!("July 16, 2018 9:11:02 AM"),
        json!("Monday, 16-Jul-18 09:11:03 GMT"),
    ];
    for first in 0..dates.len() {
        let dated = dates[first..].iter().enumerate().rev();
        let articles: Vec<Value> = dated
            .map(|(i, date)| json!({ "id": (first + i).to_string(), "text": RIVER, "date": date }))
            .collect();
        dir.write("in.jsonl", rows(&articles));
        let outcome = run!("dedup", dir, &["in.jsonl", "--clusters", "-", "--json"]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("warning:"), "{}", outcome.stderr);
        if first + 1 < dates.len() {
            assert!(
                outcome.stdout.contains(&format!("{first}\t{first}\trepresentative")),
                "{}",
                outcome.stdout
            );
        }
    }
}

#[test]
fn problems_of_one_form_are_printed_once() {
    let dir = Dir::new();
    let dated = |i: usize, date: String| json!({ "id": i, "text": RIVER, "date": date });
    let mut articles: Vec<Value> =
        (0..1300).map(|i| dated(i, format!("{}/{}/2018", i % 28 + 1, i % 12 + 1))).collect();
    articles.extend((0..50).map(|i| dated(2000 + i, format!("il y a {i} jours"))));
    articles.extend(
        (0..50).map(|i| json!({ "id": 3000 + i, "text": RIVER, "source": { "name": "x" } })),
    );
    let halves =
        "{\"id\":\"half\",\"text\":\"cut \\ud83d\"}\n{\"id\":\"\\ud83d\",\"text\":\"cut\"}\n";
    dir.write("in.jsonl", rows(&articles) + halves);
    let outcome = run!("dedup", dir, &["in.jsonl", "--json"]);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    for (line, message) in lines.iter().zip([
        "in.jsonl:1: warning: date is \"1/1/2018\", must be like ",
        "in.jsonl:1301: warning: date is \"il y a 0 jours\", must be like ",
        "in.jsonl:1351: warning: field \"source\" is an object (\"{\\\"name\\\":\\\"x\\\"}\"), must be a string or a number; ",
        "in.jsonl:1401: warning: half a character (\\ud83d) at byte offset ",
        "and 1,398 more problems: 1,299 with a date that cannot be read of the form \"9/9/9\", \
         49 with a date that cannot be read of the form \"a a a 9 a\", 49 with a source that is no string or number (left out), 1 with half a character",
    ]) {
        assert!(line.starts_with(message), "{line}");
    }
    assert_eq!(lines.len(), 5, "{}", outcome.stderr);
    assert_eq!((outcome.count("articles"), outcome.count("skipped")), (1402, 0));
}

#[test]
fn watch_prints_problems_of_one_form_once() {
    let dir = Dir::new();
    let articles: Vec<Value> =
        (0..100).map(|i| json!({ "id": i, "text": RIVER, "date": format!("{i}. Juli") })).collect();
    let bad = "{\r".repeat(30);
    let feed = format!("\u{FEFF}{}{bad}", rows(&articles).replace('\n', "\r"));
    let outcome = run!("index", dir, &["i", "watch", "--json"], feed.as_bytes());
    assert_eq!((outcome.code, outcome.stdout.lines().count()), (0, 100), "{}", outcome.stderr);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    assert!(lines[0].starts_with("<stdin>:1: warning: date is \"0. Juli\""), "{}", lines[0]);
    assert!(lines[1].starts_with("<stdin>:101: not JSON"), "{}", lines[1]);
    assert_eq!(
        (lines.len(), lines[31]),
        (32, "and 99 more problems: 99 with a date that cannot be read of the form \"9. a\"")
    );
    // `query` reads the same feed.
    let asked = run!("index", dir, &["i", "query", "-", "--json"], feed.as_bytes());
    assert_eq!((asked.code, asked.stdout.lines().count()), (0, 100), "{}", asked.stderr);
}

#[test]
fn until_includes_the_whole_day_but_not_after_a_time() {
    let dir = Dir::new();
    dir.write(
        "in.jsonl",
        rows(&[json!({ "id": "noon", "text": RIVER, "date": "2018-07-16T12:00:00Z" })]),
    );
    dir.write("asked.txt", RIVER);
    assert_eq!(run!("index", dir, &["i", "add", "in.jsonl"]).code, 0);
    for (until, found) in [
        ("2018-07-15", false),
        ("2018-07-16", true),
        ("July 16, 2018", true),
        ("20180716", true),
        ("20180716T115959Z", false),
        ("20180716T120000Z", true),
        ("1531742399", false),
        ("1531742400", true),
        ("2018-07-16T00:00", false),
    ] {
        let outcome = run!("index", dir, &["i", "query", "asked.txt", "--until", until]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        assert_eq!(outcome.stdout.contains("noon"), found, "{until}: {}", outcome.stdout);
    }
}

#[test]
fn ids_are_kept_as_written() {
    let dir = Dir::new();
    let ids = ["1.50", "1.5", "123456789012345678901", "-0", "{\"$oid\":\"5\"}", "\"cut \\ud83d\""];
    let lines: String =
        ids.iter().map(|id| format!("{{\"id\":{id},\"text\":\"{RIVER}\"}}\n")).collect();
    dir.write("in.jsonl", lines);
    let outcome = run!("dedup", dir, &["in.jsonl", "--clusters", "c.tsv", "--json"]);
    assert_eq!((outcome.count("articles"), outcome.count("skipped")), (6, 0), "{}", outcome.stderr);
    let table = dir.read("c.tsv");
    for id in ["1.50", "1.5", "123456789012345678901", "-0", "{\"$oid\":\"5\"}", "cut \u{FFFD}"] {
        assert!(table.lines().any(|row| row.starts_with(&format!("{id}\t"))), "{id}: {table}");
    }
}

#[test]
fn lines_may_end_in_any_way() {
    let dir = Dir::new();
    let lines: String = (0..50).map(|i| line(&format!("n{i}"), &format!("{RIVER} {i}"))).collect();
    let broken = lines.clone() + "{\n" + &line("last", LIBRARY);
    let mut first: Option<(String, String, String)> = None;
    for end in ["\n", "\r\n", "\r"] {
        for mark in ["", "\u{FEFF}"] {
            let bytes = format!("{mark}{broken}").replace('\n', end);
            dir.write("in.jsonl", &bytes);
            for input in ["in.jsonl", "-"] {
                let args = [input, "--pairs", "p.tsv", "--clusters", "c.tsv", "--json"];
                let outcome = run!("dedup", dir, &args, bytes.as_bytes());
                assert_eq!(
                    (outcome.count("articles"), outcome.count("skipped")),
                    (51, 1),
                    "{}",
                    outcome.stderr
                );
                let at = outcome.stderr.split_once(':').expect("a place").1.to_owned();
                let found = (dir.read("p.tsv"), dir.read("c.tsv"), at);
                assert!(found.2.starts_with("51: not JSON"), "{}", outcome.stderr);
                assert_eq!(
                    first.get_or_insert_with(|| found.clone()),
                    &found,
                    "{end:?} {mark:?} {input}"
                );
            }
        }
    }
}

#[test]
fn zeros_may_follow_compressed_lines_and_nothing_else() {
    let dir = Dir::new();
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    };
    let lines = line("a", RIVER) + &line("b", RIVER);
    let member = gzip(lines.as_bytes());
    let zeros = vec![0; 300_000];
    for (name, after, is_whole) in [
        ("one zero", &b"\0"[..], true),
        ("a tape's block", &zeros, true),
        ("a byte", b"x", false),
        ("a member after zeros", &[&zeros, &gzip(b"\n")[..]].concat(), false),
        ("a byte after zeros", &[&zeros[..], b"x"].concat(), false),
        ("half a member", &member[..20], false),
    ] {
        dir.write("in.jsonl.gz", [&member, after].concat());
        let outcome = run!("dedup", dir, &["in.jsonl.gz", "--json"]);
        assert_eq!(outcome.code, if is_whole { 0 } else { 2 }, "{name}: {}", outcome.stderr);
        if is_whole {
            assert_eq!((outcome.count("articles"), outcome.stderr.as_str()), (2, ""), "{name}");
        } else {
            assert!(
                outcome.stderr.starts_with("newsprint dedup: in.jsonl.gz:"),
                "{name}: {}",
                outcome.stderr
            );
        }
    }
}

#[test]
fn unfinished_outputs_are_removed() {
    let dir = Dir::new();
    let copies = line("a", RIVER) + &line("b", RIVER);
    dir.write("in.jsonl", copies.clone() + "{\n");
    dir.write("p.tsv", "before");
    // The beginning of a page of an earlier run.
    let page = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta name=\"generator\" content=\"newsprint dedup --html\">\nbefore";
    dir.write("site/index.html", page);
    // A killed run with another process id left this file.
    dir.write(".p.tsv.1-0.part", "half");
    let outputs = ["--pairs", "p.tsv", "--clusters", "c.tsv", "--html"];
    let strict = |site| [&["in.jsonl", "--strict"][..], &outputs, &[site]].concat();
    for site in ["site", "new/site", "./other/../other/site/"] {
        let outcome = run!("dedup", dir, &strict(site));
        assert_eq!(outcome.code, 2, "{}", outcome.stderr);
        assert_eq!(dir.names(), [".p.tsv.1-0.part", "in.jsonl", "p.tsv", "site"], "{site}");
        assert_eq!(
            (dir.read("p.tsv"), dir.read("site/index.html")),
            ("before".into(), page.into())
        );
    }
    dir.write("in.jsonl", copies);
    let outcome = run!("dedup", dir, &strict("new/site"));
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(dir.names(), [".p.tsv.1-0.part", "c.tsv", "in.jsonl", "new", "p.tsv", "site"]);
    assert!(dir.rows("p.tsv", 3).starts_with("a\tb\tidentical"));
    let pages = fs::read_dir(dir.path().join("new/site")).expect("made");
    let mut pages: Vec<String> =
        pages.map(|page| page.expect("lists").file_name().to_string_lossy().into_owned()).collect();
    pages.sort();
    assert_eq!(
        pages,
        [
            "cluster-1-article-1.html",
            "cluster-1.html",
            "index.html",
            "newsprint-pages.txt",
            "with-identical.html"
        ]
    );
}

#[test]
#[cfg(unix)]
fn outputs_keep_their_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER) + &line("b", RIVER));
    dir.write("private.tsv", "before");
    dir.write("left.txt", RIVER);
    let private = dir.path().join("private.tsv");
    fs::set_permissions(&private, fs::Permissions::from_mode(0o600)).expect("own");
    symlink("private.tsv", dir.path().join("link.tsv")).expect("links");
    let outcome = run!("dedup", dir, &["in.jsonl", "--pairs", "link.tsv"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(fs::symlink_metadata(dir.path().join("link.tsv")).expect("there").is_symlink());
    assert!(dir.rows("private.tsv", 3).starts_with("a\tb\t"));
    assert_eq!(fs::metadata(&private).expect("there").permissions().mode() & 0o777, 0o600);
    // `compare --html` writes in the same way.
    let outcome = run!("compare", dir, &["left.txt", "left.txt", "--html", "link.tsv"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(dir.read("private.tsv").starts_with("<!DOCTYPE html>"));
    assert_eq!(fs::metadata(&private).expect("there").permissions().mode() & 0o777, 0o600);
}

#[test]
fn who_was_first_on_a_day_without_a_time_is_not_known() {
    let dir = Dir::new();
    let row = |id: &str, source: &str, date: &str| {
        format!("{}\n", json!({ "id": id, "text": RIVER, "source": source, "date": date }))
    };
    dir.write(
        "in.jsonl",
        row("a", "Post", "2026-03-02")
            + &row("b", "Times", "2026-03-02T08:00:00Z")
            + &row("c", "Agency", "2026-03-03")
            + &row("d", "Lind", "2026-03-02T09:00:00Z"),
    );
    let args = ["in.jsonl", "--pairs", "p.tsv", "--sources", "s.tsv"];
    assert_eq!(run!("dedup", dir, &args).code, 0);
    let pairs = dir.read("p.tsv");
    let first: Vec<String> = pairs
        .lines()
        .skip(1)
        .map(|row| row.split('\t').collect::<Vec<_>>())
        .map(|row| format!("{}{} {}", row[0], row[1], row[9]))
        .collect();
    assert_eq!(first, ["ab ", "ac left", "ad ", "bc left", "bd left", "cd right"]);
    assert_eq!(
        dir.rows("s.tsv", 5),
        "Agency\tLind\t1\t0\t1\nAgency\tPost\t1\t0\t1\nAgency\tTimes\t1\t0\t1\n\
         Lind\tPost\t1\t0\t0\nLind\tTimes\t1\t0\t1\nPost\tTimes\t1\t0\t0\n"
    );
}

/// Whether this process ignores a signal; false where the system does not say.
#[cfg(unix)]
pub(super) fn is_ignored(signal: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    ignored.is_some_and(|bits| bits >> (signal - 1) & 1 == 1)
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_nothing() {
    use std::process::{Command, Stdio};
    let dir = Dir::new();
    run!("dedup", dir, &["--help"]);
    // What is ignored, and what ends the program. A child ignores the signals that its parent
    // ignores: a shell's background jobs ignore SIGINT, and jobs under nohup SIGHUP.
    for (ignored, signal, number) in [
        ("", "INT", 2),
        ("", "TERM", 15),
        ("", "HUP", 1),
        ("INT", "TERM", 15),
        ("HUP", "INT", 2),
        ("INT HUP", "TERM", 15),
    ] {
        if is_ignored(number) || (signal == "HUP" && !cfg!(target_os = "linux")) {
            continue;
        }
        dir.write("p.tsv", "before");
        let trap = if ignored.is_empty() { ":".to_owned() } else { format!("trap '' {ignored}") };
        let spawned = Command::new("sh")
            .args(["-c", &format!("{trap}; exec \"$0\" \"$@\"")])
            .arg(PROGRAM)
            .arg("dedup")
            .args(["-", "--pairs", "p.tsv", "--html", "new/site"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = spawned else { return };
        // The program reads its input after it has begun all outputs.
        let begun =
            || dir.path().join("new/site").read_dir().is_ok_and(|mut files| files.next().is_some());
        while !begun() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(dir.names().len(), 3, "{:?}", dir.names());
        let send = |signal: &str| {
            let sent = Command::new("kill")
                .args([&format!("-{signal}"), &child.id().to_string()])
                .status();
            assert!(sent.expect("kill is there").success());
        };
        ignored.split_whitespace().for_each(send);
        if !ignored.is_empty() {
            std::thread::sleep(std::time::Duration::from_millis(50));
            assert_eq!(dir.names().len(), 3, "{ignored} is ignored: {:?}", dir.names());
        }
        send(signal);
        // `wait` would close the child's input, and that end of input would race with the signal.
        let input = child.stdin.take();
        assert_eq!(child.wait().expect("ends").code(), Some(130), "{signal}");
        drop(input);
        assert_eq!(
            (dir.names(), dir.read("p.tsv")),
            (vec!["p.tsv".to_owned()], "before".to_owned())
        );
    }
}

#[test]
#[cfg(unix)]
fn control_characters_are_escaped() {
    let dir = Dir::new();
    let (name, id) = ("a\u{1b}[31m\nb.jsonl", "id\u{1b}[2J\u{9b}1m");
    dir.write(name, line(id, RIVER) + &line(id, RIVER) + &line("other", RIVER) + "{\u{7f}\n");
    let args: [&[&str]; 5] = [
        &[name],
        &[name, "--pairs", "-", "--no-header"],
        &[name, "--clusters", "-"],
        &[name, "--html", "si\u{1b}te"],
        &["no\u{1b}such.jsonl"],
    ];
    for args in args {
        let outcome = run!("dedup", dir, args);
        for text in [&outcome.stdout, &outcome.stderr] {
            assert!(
                !text.contains(|c: char| c.is_control() && !"\n\t".contains(c)),
                "{args:?}: {text:?}"
            );
        }
        assert!(
            !outcome.stderr.lines().any(|line| line.starts_with("b.jsonl")),
            "{}",
            outcome.stderr
        );
    }
    let table = run!("dedup", dir, &[name, "--pairs", "-", "--no-header"]).stdout;
    assert!(table.starts_with("id\\u001b[2J\\u009b1m\tother\t"), "{table}");
    {
        let outcome = run!("index", dir, &["i", "add", name]);
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        for args in [&["i", "query", name][..], &["i", "query", name, "--json"]] {
            let outcome = run!("index", dir, args).stdout;
            assert!(
                !outcome.is_empty() && !outcome.contains(['\u{1b}', '\u{9b}', '\u{7f}']),
                "{args:?}: {outcome:?}"
            );
        }
    }
}

#[test]
fn compressed_standard_input_is_recognised() {
    let dir = Dir::new();
    let lines = line("a", RIVER) + &line("b", RIVER);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    gzip.write_all(lines.as_bytes()).expect("room");
    let gzip = gzip.finish().expect("room");
    let zstd = zstd::encode_all(lines.as_bytes(), 3).expect("room");
    for (bytes, name) in [(lines.as_bytes(), "plain"), (&gzip, "gzip"), (&zstd, "zstd")] {
        assert_eq!(run!("dedup", dir, &["-", "--json"], bytes).count("pairs"), 1, "{name}");
        for command in ["add", "watch"] {
            let index = format!("{name}-{command}");
            let args = [&index, "add", "-"];
            let args = if command == "add" { &args[..] } else { &[&index, "watch"] };
            assert_eq!(run!("index", dir, args, bytes).code, 0, "{index}");
            let stats = run!("index", dir, &[&index, "stats", "--json"]);
            assert_eq!(stats.count("articles"), 2, "{index}");
        }
        let asked = run!("index", dir, &["plain-add", "query", "-", "--json"], bytes);
        assert_eq!(asked.stdout.lines().count(), 2, "{name}: {}", asked.stderr);
    }
    // What only begins like it is no compressed data.
    for (odd, why) in [(&b"("[..], "not JSON"), (b"\x1F\x8B\x08", "<stdin>:1: ")] {
        let outcome = run!("dedup", dir, &["-"], odd);
        assert!(outcome.code > 1 && outcome.stderr.contains(why), "{}", outcome.stderr);
    }
}
