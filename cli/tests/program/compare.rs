//! Tests of `compare`.

use serde_json::Value;

use super::{Dir, LIBRARY, RIVER, bundled, run};

#[test]
fn the_bundled_reprint_is_an_excerpt_and_another_story_is_different() {
    let dir = Dir::new();
    let (agency, reprint) = (bundled("agency.txt"), bundled("reprint.txt"));
    let outcome = run!("compare", dir, &[&agency, &reprint]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    for shown in [
        "EXCERPT, confidence 0.",
        "reprint.txt",
        "  366 words\n",
        "Nearly all of the right article stands in the other",
        "3 shared passages hold 70 % of the left article and 81 % of the right",
        "one event",
        "one man [-was taken to-] {+is in+} hospital",
        "Only in the right article",
    ] {
        assert!(outcome.stdout.contains(shown), "{shown}: {}", outcome.stdout);
    }
    assert!(!outcome.stdout.contains("threshold"), "{}", outcome.stdout);

    let json = run!("compare", dir, &["--json", &agency, &reprint]).json();
    let figure = |value: &Value| value.as_f64().expect("a number");
    assert_eq!(json["relation"], "excerpt");
    assert!((0.5..0.65).contains(&figure(&json["jaccard"])), "{json}");
    assert!(figure(&json["containment"]["right"]) > figure(&json["containment"]["left"]), "{json}");
    assert!(
        figure(&json["coverage"]["right"]) > 0.8 && figure(&json["confidence"]) > 0.5,
        "{json}"
    );
    let keys: Vec<&String> = json.as_object().expect("an object").keys().collect();
    let promised = [
        "confidence",
        "containment",
        "coverage",
        "evidence",
        "jaccard",
        "passages",
        "relation",
        "story",
        "weighted",
    ];
    assert_eq!(keys, promised);

    let mirrored = run!("compare", dir, &["--json", &reprint, &agency]).json();
    assert_eq!(mirrored["containment"]["left"], json["containment"]["right"]);

    dir.write("other.txt", LIBRARY);
    assert_eq!(
        run!("compare", dir, &["--json", &agency, "other.txt"]).json()["relation"],
        "different"
    );
    assert_eq!(run!("compare", dir, &["--json", &agency, &agency]).json()["relation"], "identical");
    let letters =
        run!("compare", dir, &["--json", &agency, &reprint, "--shingle", "chars:7"]).json();
    assert_ne!(letters["jaccard"], json["jaccard"]);
}

#[test]
fn invalid_utf8_is_replaced_and_the_byte_order_mark_dropped() {
    let dir = Dir::new();
    dir.write("latin.txt", b"\xEF\xBB\xBFLe caf\xE9 de la gare a ferm\xE9 ses portes samedi soir");
    dir.write("clean.txt", "Le caf\u{FFFD} de la gare a ferm\u{FFFD} ses portes samedi soir");
    let outcome = run!("compare", dir, &["latin.txt", "clean.txt"]);
    assert_eq!(outcome.code, 0);
    let warning =
        "latin.txt: warning: 2 bytes are not UTF-8 and read as U+FFFD, the first at byte offset 9";
    assert!(outcome.stderr.contains(warning), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("IDENTICAL"), "{}", outcome.stdout);
}

#[test]
fn offsets_count_the_bytes_of_the_files() {
    let dir = Dir::new();
    let latin =
        b"\xEF\xBB\xBFUn caf\xE9 et un th\xE9. The river rose by two metres in a single night";
    dir.write("latin.txt", latin);
    dir.write("clean.txt", format!("{RIVER}. {LIBRARY}"));
    let json = run!("compare", dir, &["latin.txt", "clean.txt", "--json"]).json();
    let span = |side: &str| {
        let end = |i: usize| json["passages"][0][side][i].as_u64().expect("a place") as usize;
        end(0)..end(1)
    };
    assert_eq!(latin[span("left")], *b"The river rose by two metres in a single night", "{json}");
    assert_eq!(RIVER[span("right")], RIVER[..46], "{json}");
}

#[test]
fn html_is_written_and_the_summary_printed() {
    let dir = Dir::new();
    dir.write("a&b.txt", RIVER);
    dir.write("b.txt", format!("<script>alert(1)</script>\n\n{RIVER}"));
    let outcome = run!("compare", dir, &["a&b.txt", "b.txt", "--html", "page.html"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.contains("\nCOPY, "), "{}", outcome.stdout);
    let page = dir.read("page.html");
    assert!(page.contains("<title>Copy: a&amp;b.txt and b.txt</title>"), "{page}");
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script"),
        "{page}"
    );
    assert!(page.contains("Only “\u{2068}b.txt\u{2069}” has 4 words at the beginning."), "{page}");
    let json = run!("compare", dir, &["a&b.txt", "b.txt", "--html", "page.html", "--json"]).json();
    assert_eq!(json["relation"], "copy");

    // As the outputs of `dedup`.
    assert_eq!(run!("compare", dir, &["a&b.txt", "b.txt", "--html", "page.html.zst"]).code, 0);
    let packed = std::fs::read(dir.path().join("page.html.zst")).expect("is written");
    assert_eq!(zstd::decode_all(&packed[..]).expect("is zstd"), page.into_bytes());

    for (page, message) in [
        ("no/such/page.html", "cannot write no/such/page.html: "),
        ("./b.txt", "cannot write ./b.txt: it is an input"),
        ("", "a value is required for '--html <FILE>'"),
    ] {
        let outcome = run!("compare", dir, &["a&b.txt", "b.txt", "--html", page]);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{page}");
        assert!(outcome.stderr.contains(message), "{page}: {}", outcome.stderr);
    }
}

#[test]
fn empty_texts_are_compared() {
    let dir = Dir::new();
    dir.write("empty.txt", "");
    let outcome = run!("compare", dir, &["empty.txt", "empty.txt"]);
    assert_eq!(outcome.code, 0);
    assert!(outcome.stdout.contains("without words"), "{}", outcome.stdout);
}

#[test]
fn a_page_may_go_to_standard_output() {
    let dir = Dir::new();
    dir.write("a.txt", RIVER);
    assert_eq!(run!("compare", dir, &["a.txt", "a.txt", "--html", "page.html"]).code, 0);
    let outcome = run!("compare", dir, &["a.txt", "a.txt", "--html", "-"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert_eq!(outcome.stdout, dir.read("page.html"));
    let outcome = run!("compare", dir, &["a.txt", "a.txt", "--html", "-", "--json"]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("--html - and --json both write"), "{}", outcome.stderr);
    assert_eq!(dir.names(), ["a.txt", "page.html"]);
}

#[test]
fn refuses_by_name() {
    let dir = Dir::new();
    dir.write("a.txt", RIVER);
    dir.write("utf16.txt", RIVER.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    for (args, message) in [
        (&["a.txt"][..], "<RIGHT>"),
        (&["a.txt", "a.txt", "b.txt"], "unexpected argument 'b.txt'"),
        (&["a.txt", "missing.txt"], "missing.txt: "),
        (&["a.txt", "."], ".: "),
        (&["a.txt", "utf16.txt"], "utf16.txt: not a text in UTF-8"),
        (&["a.txt", "a.txt", "--preset", "wires"], "\"wires\""),
        (&["a.txt", "a.txt", "--shingle", "runes:3"], "\"runes:3\""),
        (&["a.txt", "a.txt", "--shingle", "words:0"], "shingle length is 0"),
        // Two files are compared in full, so what steers the search is no option.
        (&["a.txt", "a.txt", "--threshold", "0.5"], "unexpected argument '--threshold'"),
        (&["a.txt", "a.txt", "--relations", "copy"], "unexpected argument '--relations'"),
        (&["a.txt", "a.txt", "--window", "3"], "unexpected argument '--window'"),
        (&["a.txt", "a.txt", "--page", "x"], "unexpected argument '--page'"),
        (&["a.txt", "a.txt", "-x"], "unexpected argument '-x'"),
    ] {
        let outcome = run!("compare", dir, args);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""), "{args:?}");
        assert!(outcome.stderr.contains(message), "{args:?}: {}", outcome.stderr);
    }
}
