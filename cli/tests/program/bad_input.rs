//! Tests of `dedup` on lines and files that it cannot use, or has to repair.

use std::fs;

use super::{Dir, LIBRARY, RIVER, line, run};

/// A name, the bytes of `in.jsonl`, what the message must contain, and how many articles are kept,
/// skipped and repaired.
type BadInput = (&'static str, Vec<u8>, &'static str, (u64, u64, u64));

fn bad_inputs() -> Vec<BadInput> {
    let good = line("good", LIBRARY);
    let bad = |bad: &[u8]| [good.as_bytes(), bad, b"\n", line("after", RIVER).as_bytes()].concat();
    let long =
        [b"{\"id\": \"long\", \"text\": \"", vec![b'x'; 50 << 20].as_slice(), b"\"}"].concat();
    vec![
        (
            "not JSON",
            bad(b"{\"id\": \"a\", "),
            "in.jsonl:2: not JSON: EOF while parsing an object at column 12 (\"{\\\"id",
            (2, 1, 0),
        ),
        (
            "two values",
            bad(b"{\"id\":\"a\",\"text\":\"b\"} x"),
            "in.jsonl:2: not JSON: trailing characters",
            (2, 1, 0),
        ),
        (
            "lone surrogate",
            bad(br#"{"id":"a","text":"\ud800 x"}"#),
            "in.jsonl:2: warning: half a character (\\ud800) at byte offset 18 of the line is read as U+FFFD",
            (3, 0, 1),
        ),
        (
            "deep",
            bad("[".repeat(100_000).as_bytes()),
            "in.jsonl:2: not JSON: EOF while parsing",
            (2, 1, 0),
        ),
        ("array", bad(b"[1, 2]"), "in.jsonl:2: not an object but an array (\"[1, 2]\")", (2, 1, 0)),
        ("string", bad(b"\"id\""), "in.jsonl:2: not an object but a string", (2, 1, 0)),
        ("no id", bad(br#"{"text": "b"}"#), "in.jsonl:2: no field \"id\"", (2, 1, 0)),
        ("no text", bad(br#"{"id": "b"}"#), "in.jsonl:2: no field \"text\"", (2, 1, 0)),
        (
            "null text",
            bad(br#"{"id": "b", "text": null}"#),
            "in.jsonl:2: field \"text\" is null",
            (2, 1, 0),
        ),
        (
            "empty id",
            bad(br#"{"id": "", "text": "x"}"#),
            "in.jsonl:2: field \"id\" is empty",
            (2, 1, 0),
        ),
        ("id 1.5", bad(br#"{"id": 1.5, "text": "x"}"#), "", (3, 0, 0)),
        (
            "null id",
            bad(br#"{"id": null, "text": "x"}"#),
            "in.jsonl:2: field \"id\" is null",
            (2, 1, 0),
        ),
        (
            "object as id",
            bad(br#"{"id": {"$oid":"5"}, "text": "x"}"#),
            "in.jsonl:2: warning: field \"id\" is an object (\"{\\\"$oid\\\":\\\"5\\\"}\")",
            (3, 0, 1),
        ),
        ("id 15", bad(br#"{"id": 15, "text": "x"}"#), "", (3, 0, 0)),
        (
            "text",
            bad(br#"{"id": "a", "text": ["x"]}"#),
            "in.jsonl:2: field \"text\" is an array (\"[\\\"x\\\"]\")",
            (2, 1, 0),
        ),
        (
            "title",
            bad(br#"{"id":"a","text":"x","title":true}"#),
            "warning: field \"title\" is a truth value",
            (3, 0, 1),
        ),
        (
            "source",
            bad(br#"{"id":"a","text":"x","source":{}}"#),
            "field \"source\" is an object",
            (3, 0, 1),
        ),
        ("day as number", bad(br#"{"id":"a","text":"x","date":19510203}"#), "", (3, 0, 0)),
        (
            "date as number",
            bad(br#"{"id":"a","text":"x","date":1951}"#),
            "date is \"1951\"",
            (3, 0, 1),
        ),
        (
            "date",
            bad(br#"{"id":"a","text":"x","date":["1951"]}"#),
            "field \"date\" is an array",
            (3, 0, 1),
        ),
        ("nulls", bad(br#"{"id":"a","text":"x","date":null,"title":null}"#), "", (3, 0, 0)),
        (
            "odd date",
            bad(br#"{"id":"a","text":"x","date":"soon"}"#),
            "in.jsonl:2: warning: date is \"soon\"",
            (3, 0, 1),
        ),
        (
            "duplicate",
            bad(good.trim_end().as_bytes()),
            "in.jsonl:2: id \"good\" is taken by in.jsonl:1",
            (2, 1, 0),
        ),
        (
            "Latin-1",
            bad(b"{\"id\":\"a\",\"text\":\"caf\xE9\"}"),
            "in.jsonl:2: not UTF-8: byte 0xE9 at byte offset 21",
            (2, 1, 0),
        ),
        (
            "50 MB",
            bad(&long),
            "in.jsonl:2: a line of 52,428,826 bytes, the longest allowed has 16,777,216",
            (2, 1, 0),
        ),
        ("50 MB, unended", long.clone(), "in.jsonl:1: a line of 52,428,826 bytes", (0, 1, 0)),
        ("empty lines", bad(b"\n \t \r\n\n"), "", (2, 0, 0)),
        (
            "CRLF",
            bad(b"")
                .iter()
                .flat_map(|&b| if b == b'\n' { vec![b'\r', b'\n'] } else { vec![b] })
                .collect(),
            "",
            (2, 0, 0),
        ),
        ("mark", [b"\xEF\xBB\xBF", bad(b"").as_slice()].concat(), "", (2, 0, 0)),
        (
            "mark inside",
            bad(b"\xEF\xBB\xBF{}"),
            "in.jsonl:2: not JSON: expected value at column 1",
            (2, 1, 0),
        ),
        ("no last line end", bad(b"").strip_suffix(b"\n").expect("ends").to_vec(), "", (2, 0, 0)),
        ("no words", bad(br#"{"id":"a","text":"..."}"#), "", (3, 0, 0)),
        ("nothing", Vec::new(), "warning: no articles", (0, 0, 0)),
    ]
}

#[test]
fn unusable_lines_are_named_skipped_and_counted() {
    let dir = Dir::new();
    for (name, bytes, message, (articles, skipped, mended)) in bad_inputs() {
        dir.write("in.jsonl", &bytes);
        let outcome = run!("dedup", dir, &["in.jsonl", "--json"]);
        let code = if articles == 0 && skipped > 0 { 3 } else { 0 };
        assert_eq!(outcome.code, code, "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{name}: {}", outcome.stderr);
        assert_eq!(outcome.stderr.is_empty(), message.is_empty(), "{name}: {}", outcome.stderr);
        assert!(outcome.stderr.len() < 500, "{name}: {}", outcome.stderr);
        assert_eq!(
            (outcome.count("articles"), outcome.count("skipped")),
            (articles, skipped),
            "{name}"
        );
        if bytes.len() > 40 << 20 && cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            assert!(outcome.count("peak_memory_bytes") < 45_000_000, "{name}: {}", outcome.stdout);
        }

        let strict = run!("dedup", dir, &["in.jsonl", "--json", "--strict", "--pairs", "p.tsv"]);
        let stops = skipped + mended > 0;
        assert_eq!(strict.code, if stops { 2 } else { 0 }, "{name}: {}", strict.stderr);
        assert!(strict.stderr.contains(message), "{name}: {}", strict.stderr);
        assert_eq!(strict.stdout.is_empty(), stops, "{name}");
        assert_eq!(dir.names().contains(&"p.tsv".to_owned()), !stops, "{name}");
        let _ = fs::remove_file(dir.path().join("p.tsv"));
    }
    assert_eq!(dir.names(), ["in.jsonl"]);
}

#[test]
fn twenty_problems_are_printed_and_the_rest_counted() {
    let dir = Dir::new();
    dir.write("in.jsonl", format!("{}{}", "{\n".repeat(1250), line("a", RIVER).repeat(5)));
    let outcome = run!("dedup", dir, &["in.jsonl", "--json"]);
    assert_eq!(outcome.stderr.lines().count(), 21, "{}", outcome.stderr);
    assert!(
        outcome
            .stderr
            .ends_with("and 1,234 more problems: 1,230 not JSON, 4 with an id that is taken\n"),
        "{}",
        outcome.stderr
    );
    assert_eq!((outcome.count("articles"), outcome.count("skipped")), (1, 1254));
}
