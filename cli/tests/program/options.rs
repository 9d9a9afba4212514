//! Tests of what options do to the pairs, and of options that would do nothing.

use serde_json::json;

use super::{Dir, LIBRARY, RIVER, line, run};

const RELATIONS: &str = "must be one of identical, copy, excerpt, revised, rewrite, \
                         shared-passage, series, same-story\n";

#[test]
fn options_without_effect_are_refused_or_told() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER) + &line("b", RIVER));
    dir.write("texts/a.txt", RIVER);
    let by_relation = "do not go together: the preset reports pairs by their relation";
    let by_similarity = "do not go together: the preset reports pairs by similarity alone";
    for (args, message) in [
        (&["--preset", "story", "--threshold", "0.5"][..], by_relation),
        (&["--preset", "wire", "--threshold", "0.5"], by_relation),
        (&["--preset", "strict", "--relations", "copy"], by_similarity),
        (&["--preset", "strict", "--min-confidence", "0.9"], by_similarity),
        (&["--threshold", "0.5", "--relations", "copy"], "cannot be used with"),
        (&["--threshold", "0.5", "--min-confidence", "0.9"], "cannot be used with"),
        (&["--window", "3"], "--window needs --preset story"),
        (&["--html", "-"], "--html - is no directory"),
        (&["--preset", "passages", "--shingle", "words:5"], "found by their words"),
        (&["--preset", "passages", "--html", "h", "--pages", "9"], "--preset passages and --pages"),
        (&["--passages", "p.jsonl", "--no-header"], "--no-header has no effect"),
        (&["--passages", "p.json"], "cannot write p.json: this output is a table"),
        (&["--pairs", "p.jsonl.gz"], "cannot write p.jsonl.gz: this output is a table"),
        (&["--threshold", "0.1", "--recall", "0.9999999"], "128 slots find at most 0.999998"),
        (&["--relations", "bogus"], RELATIONS),
        (&["--relations", "different"], RELATIONS),
        (&["--window", "3", "--preset", "ocr"], "--window needs --preset story"),
        (&["--preset", "story", "--shingle", "chars:5"], "events are known by words"),
        (&["--every-pair"], "--pairs <FILE>|--graph <FILE>"),
        (&["--every-pair", "--sources", "s"], "--pairs <FILE>|--graph <FILE>"),
        (&["--no-header"], "--pairs <FILE>|--clusters <FILE>|--sources <FILE>"),
        (&["--no-header", "--graph", "g"], "--pairs <FILE>|--clusters <FILE>|--sources <FILE>"),
        (&["--id-field", "x", "--auto-ids"], "cannot be used with"),
        (&["--text-field", "id"], "--id-field and --text-field are both \"id\""),
        (&["--title-field", "text"], "--text-field and --title-field are both \"text\""),
        (&["--title-field", "source"], "--title-field and --source-field are both \"source\""),
        (&["--date-field", "source"], "--source-field and --date-field are both \"source\""),
    ] {
        let outcome = run!("dedup", dir, &[&["in.jsonl"], args].concat());
        let (code, stdout) = (outcome.code, outcome.stdout.as_str());
        assert_eq!((code, stdout), (2, ""), "{args:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(message), "{args:?}: {}", outcome.stderr);
    }
    assert_eq!(dir.names(), ["in.jsonl", "texts"]);
    for (args, message) in [
        (&["in.jsonl", "--preset", "ocr", "--threshold", "0.5"][..], ""),
        (&["in.jsonl", "--preset", "strict", "--threshold", "0.5"], ""),
        (&["in.jsonl", "texts", "--source-field", "paper"], "field or column \"paper\""),
        (&["in.jsonl", "--auto-ids", "--title-field", "id"], ""),
        (&["in.jsonl", "--sources", "s.tsv"], "warning: no article has a source"),
        (&["in.jsonl", "--not-same-source"], "warning: no article has a source"),
        (&["texts", "--title-field", "head"], "warning: --title-field has no effect"),
        (&["texts", "--auto-ids"], "warning: --auto-ids has no effect"),
    ] {
        let outcome = run!("dedup", dir, args);
        assert_eq!(outcome.code, 0, "{args:?}: {}", outcome.stderr);
        let is_told = outcome.stderr.contains(message);
        assert!(is_told && outcome.stderr.is_empty() == message.is_empty(), "{}", outcome.stderr);
    }
}

#[test]
fn a_field_that_no_line_has_is_told_once() {
    let dir = Dir::new();
    dir.write("in.jsonl", line("a", RIVER) + &line("b", LIBRARY));
    let fields = ["--title-field", "id2", "--source-field", "paper", "--date-field", "day"];
    let unseen = ["id2", "paper", "day"]
        .map(|name| format!("warning: no line or file has a field or column \"{name}\"\n"));
    for command in [
        &["dedup", "in.jsonl"][..],
        &["dedup", "in.jsonl", "--preset", "passages"],
        &["index", "i", "add", "in.jsonl"],
        &["index", "i", "query", "in.jsonl"],
        &["index", "i", "watch"],
    ] {
        let input = line("c", RIVER);
        let outcome = run!(command[0], dir, &[&command[1..], &fields].concat(), input.as_bytes());
        assert_eq!((outcome.code, outcome.stderr), (0, unseen.concat()), "{command:?}");
    }
    // One line is enough.
    let known = json!({ "id": "c", "text": RIVER, "id2": "x", "paper": null, "day": "2020-01-01" });
    dir.write("in.jsonl", line("a", RIVER) + &format!("{known}\n"));
    let outcome = run!("dedup", dir, &[&["in.jsonl"][..], &fields].concat());
    assert_eq!(outcome.stderr, "");
    for command in ["add", "query", "watch"] {
        let args = ["i", command, "in.jsonl"];
        let args = if command == "watch" { &args[..2] } else { &args };
        let outcome = run!("index", dir, &[args, &["--text-field", "id"]].concat());
        let why = "newsprint index: --id-field and --text-field are both \"id\"";
        assert!(outcome.code == 2 && outcome.stderr.starts_with(why), "{}", outcome.stderr);
    }
}

#[test]
fn pairs_of_one_source_are_left_out_on_request() {
    let dir = Dir::new();
    let changed = RIVER.replace("single night", "few hours");
    let article = |id: &str, text: &str, source: Option<&str>| {
        format!("{}\n", json!({ "id": id, "text": text, "source": source }))
    };
    dir.write(
        "in.jsonl",
        article("a", RIVER, Some("Times"))
            + &article("b", &changed, Some("Post"))
            + &article("c", RIVER, Some("Post"))
            + &article("d", RIVER, Some("Times"))
            + &article("e", LIBRARY, Some("Post"))
            + &article("f", LIBRARY, Some("Post"))
            + &article("g", LIBRARY, None),
    );
    let args = ["in.jsonl", "--pairs", "p.tsv", "--clusters", "c.tsv", "--not-same-source"];
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    let pairs = "a\tb\tcopy\na\tc\tidentical\nb\td\tcopy\nc\td\tidentical\ne\tg\tidentical\nf\tg\tidentical\n";
    assert_eq!(dir.rows("p.tsv", 3), pairs);
    let clusters = "a\ta\nb\ta\nc\ta\nd\ta\ne\te\nf\te\ng\te\n";
    assert_eq!(dir.rows("c.tsv", 2), clusters);
    let all = run!("dedup", dir, &["in.jsonl", "--json"]);
    let across = run!("dedup", dir, &["in.jsonl", "--json", "--not-same-source"]);
    assert_eq!((across.count("pairs"), all.count("pairs")), (6, 9));
}
