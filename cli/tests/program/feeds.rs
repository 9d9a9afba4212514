//! What feeds and exports do to a file, and files that are written whole or not at all.

use std::fs;
use std::io::Write;

use serde_json::{Value, json};

use super::{Dir, LIBRARY, PROGRAM, RIVER, line, run};

fn rows(articles: &[Value]) -> String {
    articles.iter().map(|article| format!("{article}\n")).collect()
}

#[test]
fn the_earliest_stands_for_a_cluster_however_dates_are_written() {
    let dir = Dir::new();
    // From the earliest on.
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
        let told = run!("dedup", dir, &["in.jsonl", "--clusters", "-", "--json"]);
        assert_eq!(told.code, 0, "{}", told.stderr);
        assert!(!told.stderr.contains("warning:"), "{}", told.stderr);
        if first + 1 < dates.len() {
            assert!(
                told.stdout.contains(&format!("{first}\t{first}\trepresentative")),
                "{}",
                told.stdout
            );
        }
    }
}

#[test]
fn problems_of_one_form_are_told_once() {
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
    let told = run!("dedup", dir, &["in.jsonl", "--json"]);
    let lines: Vec<&str> = told.stderr.lines().collect();
    for (line, message) in lines.iter().zip([
        "in.jsonl:1: warning: date is \"1/1/2018\", must be like ",
        "in.jsonl:1301: warning: date is \"il y a 0 jours\", must be like ",
        "in.jsonl:1351: warning: field \"source\" is an object (\"{\\\"name\\\":\\\"x\\\"}\"), must be a string or a number; ",
        "in.jsonl:1401: warning: half a character (\\ud83d) at byte offset ",
        "and 1,398 more: 1,299 with a date that cannot be read of the form \"9/9/9\", \
         49 with a date that cannot be read of the form \"a a a 9 a\", 49 with a source that is no text, 1 with half a character",
    ]) {
        assert!(line.starts_with(message), "{line}");
    }
    assert_eq!(lines.len(), 5, "{}", told.stderr);
    assert_eq!((told.count("articles"), told.count("skipped")), (1402, 0));
}

#[test]
fn a_feed_that_goes_on_is_told_of_a_form_once() {
    let dir = Dir::new();
    let articles: Vec<Value> =
        (0..100).map(|i| json!({ "id": i, "text": RIVER, "date": format!("{i}. Juli") })).collect();
    let bad = "{\r".repeat(30);
    let feed = format!("\u{FEFF}{}{bad}", rows(&articles).replace('\n', "\r"));
    let told = run!("index", dir, &["i", "watch", "--json"], feed.as_bytes());
    assert_eq!((told.code, told.stdout.lines().count()), (0, 100), "{}", told.stderr);
    let lines: Vec<&str> = told.stderr.lines().collect();
    assert!(lines[0].starts_with("<stdin>:1: warning: date is \"0. Juli\""), "{}", lines[0]);
    assert!(lines[1].starts_with("<stdin>:101: not JSON"), "{}", lines[1]);
    assert_eq!(
        (lines.len(), lines[31]),
        (32, "and 99 more: 99 with a date that cannot be read of the form \"9. a\"")
    );
    // What the index has is asked in the same way.
    let asked = run!("index", dir, &["i", "query", "-", "--json"], feed.as_bytes());
    assert_eq!((asked.code, asked.stdout.lines().count()), (0, 100), "{}", asked.stderr);
}

#[test]
fn a_day_is_meant_to_its_end_and_a_time_is_not() {
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
        let told = run!("index", dir, &["i", "query", "asked.txt", "--until", until]);
        assert_eq!(told.code, 0, "{}", told.stderr);
        assert_eq!(told.stdout.contains("noon"), found, "{until}: {}", told.stdout);
    }
}

#[test]
fn ids_are_what_stands_in_the_line() {
    let dir = Dir::new();
    let ids = ["1.50", "1.5", "123456789012345678901", "-0", "{\"$oid\":\"5\"}", "\"cut \\ud83d\""];
    let lines: String =
        ids.iter().map(|id| format!("{{\"id\":{id},\"text\":\"{RIVER}\"}}\n")).collect();
    dir.write("in.jsonl", lines);
    let told = run!("dedup", dir, &["in.jsonl", "--clusters", "c.tsv", "--json"]);
    assert_eq!((told.count("articles"), told.count("skipped")), (6, 0), "{}", told.stderr);
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
                let told = run!("dedup", dir, &args, bytes.as_bytes());
                assert_eq!(
                    (told.count("articles"), told.count("skipped")),
                    (51, 1),
                    "{}",
                    told.stderr
                );
                let at = told.stderr.split_once(':').expect("a place").1.to_owned();
                let found = (dir.read("p.tsv"), dir.read("c.tsv"), at);
                assert!(found.2.starts_with("51: not JSON"), "{}", told.stderr);
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
        let told = run!("dedup", dir, &["in.jsonl.gz", "--json"]);
        assert_eq!(told.code, if is_whole { 0 } else { 2 }, "{name}: {}", told.stderr);
        if is_whole {
            assert_eq!((told.count("articles"), told.stderr.as_str()), (2, ""), "{name}");
        } else {
            assert!(
                told.stderr.starts_with("newsprint dedup: in.jsonl.gz:"),
                "{name}: {}",
                told.stderr
            );
        }
    }
}

#[test]
fn nothing_is_left_of_outputs_that_are_not_whole() {
    let dir = Dir::new();
    let copies = line("a", RIVER) + &line("b", RIVER);
    dir.write("in.jsonl", copies.clone() + "{\n");
    dir.write("p.tsv", "before");
    dir.write("site/index.html", "before");
    // What a run with another number left when it was killed.
    dir.write(".p.tsv.1-0.part", "half");
    let outputs = ["--pairs", "p.tsv", "--clusters", "c.tsv", "--html"];
    let strict = |site| [&["in.jsonl", "--strict"][..], &outputs, &[site]].concat();
    for site in ["site", "new/site", "./other/../other/site/"] {
        let told = run!("dedup", dir, &strict(site));
        assert_eq!(told.code, 2, "{}", told.stderr);
        assert_eq!(dir.names(), [".p.tsv.1-0.part", "in.jsonl", "p.tsv", "site"], "{site}");
        assert_eq!(
            (dir.read("p.tsv"), dir.read("site/index.html")),
            ("before".into(), "before".into())
        );
    }
    dir.write("in.jsonl", copies);
    let told = run!("dedup", dir, &strict("new/site"));
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert_eq!(dir.names(), [".p.tsv.1-0.part", "c.tsv", "in.jsonl", "new", "p.tsv", "site"]);
    assert!(dir.rows("p.tsv", 3).starts_with("a\tb\tidentical"));
    let pages = fs::read_dir(dir.path().join("new/site")).expect("made");
    let mut pages: Vec<String> =
        pages.map(|page| page.expect("lists").file_name().to_string_lossy().into_owned()).collect();
    pages.sort();
    assert_eq!(pages, ["1-1.html", "index.html"]);
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
    let told = run!("dedup", dir, &["in.jsonl", "--pairs", "link.tsv"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(fs::symlink_metadata(dir.path().join("link.tsv")).expect("there").is_symlink());
    assert!(dir.rows("private.tsv", 3).starts_with("a\tb\t"));
    assert_eq!(fs::metadata(&private).expect("there").permissions().mode() & 0o777, 0o600);
    // A page goes the same way.
    let told = run!("compare", dir, &["left.txt", "left.txt", "--html", "link.tsv"]);
    assert_eq!(told.code, 0, "{}", told.stderr);
    assert!(dir.read("private.tsv").starts_with("<!DOCTYPE html>"));
    assert_eq!(fs::metadata(&private).expect("there").permissions().mode() & 0o777, 0o600);
}

/// Whether this process ignores a signal, where the system tells.
#[cfg(unix)]
fn is_ignored(signal: u32) -> bool {
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
    // What is ignored here is ignored by what is started from here, as SIGINT is in the background of
    // a shell and SIGHUP under nohup; and where one of them is, none is handled.
    const HUP_INT_TERM: [u32; 3] = [1, 2, 15];
    if HUP_INT_TERM.into_iter().any(is_ignored) {
        return;
    }
    for signal in ["INT", "TERM"] {
        dir.write("p.tsv", "before");
        let spawned = Command::new(PROGRAM)
            .arg("dedup")
            .args(["-", "--pairs", "p.tsv", "--html", "new/site"])
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = spawned else { return };
        // It waits for lines once it has begun all its outputs.
        let begun =
            || dir.path().join("new/site").read_dir().is_ok_and(|mut files| files.next().is_some());
        while !begun() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        assert_eq!(dir.names().len(), 3, "{:?}", dir.names());
        let sent =
            Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
        // `wait` would close its input, and its end would race with the signal.
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
fn control_characters_are_told_but_not_sent() {
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
        let told = run!("dedup", dir, args);
        for text in [&told.stdout, &told.stderr] {
            assert!(
                !text.contains(|c: char| c.is_control() && !"\n\t".contains(c)),
                "{args:?}: {text:?}"
            );
        }
        assert!(!told.stderr.lines().any(|line| line.starts_with("b.jsonl")), "{}", told.stderr);
    }
    let table = run!("dedup", dir, &[name, "--pairs", "-", "--no-header"]).stdout;
    assert!(table.starts_with("id\\u001b[2J\\u009b1m\tother\t"), "{table}");
    {
        let told = run!("index", dir, &["i", "add", name]);
        assert_eq!(told.code, 0, "{}", told.stderr);
        for args in [&["i", "query", name][..], &["i", "query", name, "--json"]] {
            let told = run!("index", dir, args).stdout;
            assert!(
                !told.is_empty() && !told.contains(['\u{1b}', '\u{9b}', '\u{7f}']),
                "{args:?}: {told:?}"
            );
        }
    }
}
