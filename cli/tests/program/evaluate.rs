//! Tests of `evaluate` on small labelled collections.

use serde_json::{Value, json};

use super::{Dir, LIBRARY, RIVER, corpus, line, run};

const MARKET: &str = "Cocoa prices fell to their lowest for six weeks in London as dealers waited for the harvest figures";
const MATCH: &str = "The home side won by three goals to one after their goalkeeper had saved a penalty before the break";

/// Writes a folder of articles: `river` and `again` are identical, the others have nothing in
/// common.
fn folder(dir: &Dir, name: &str, table: &str, rows: &str) {
    let docs = [
        ("river", RIVER),
        ("again", RIVER),
        ("library", LIBRARY),
        ("market", MARKET),
        ("match", MATCH),
    ];
    dir.write(&format!("{name}/docs.jsonl"), docs.map(|(id, text)| line(id, text)).concat());
    dir.write(&format!("{name}/{table}.tsv"), rows.replace(' ', "\t"));
}

fn share(count: u64, of: u64) -> Value {
    json!({ "value": count as f64 / of as f64, "count": count, "of": of })
}

fn about(value: &Value, expected: f64) -> bool {
    value["value"].as_f64().is_some_and(|value| (value - expected).abs() < 1e-9)
}

#[test]
fn relations() {
    let dir = Dir::new();
    let rows = "river again copy 100\nriver library unrelated 0\nriver market copy 0\nriver match related 0\n";
    folder(&dir, "read", "relations", rows);
    let measures = &run!("evaluate", dir, &["read", "--json"]).json()["read"];
    assert_eq!(measures["articles"], json!({ "value": 5 }));
    assert_eq!(measures["relations_rows"], json!({ "value": 4 }));
    assert_eq!(measures["reuse_accuracy"], share(3, 4));
    assert_eq!(measures["five_classes_accuracy"], share(3, 4));
    let best = &measures["best_reuse_accuracy_by_3_word_jaccard"];
    assert_eq!(
        (&best["count"], &best["of"], &best["threshold"]),
        (&json!(3), &json!(4), &json!(0.5))
    );
    assert_eq!(measures["reuse_pairs_found"], share(1, 2));
    assert_eq!(measures["other_pairs_found"], share(0, 2));
    let outcome = &measures["relation_predicted_as"];
    assert_eq!(
        (&outcome["copy"]["copy"], &outcome["copy"]["none"], &outcome["none"]["none"]),
        (&json!(1), &json!(1), &json!(2))
    );
    assert!(measures["seconds"]["value"].is_f64());
}

#[test]
fn all_copies_and_some() {
    let dir = Dir::new();
    folder(&dir, "all", "pairs", "again river\nlibrary market\n");
    folder(&dir, "some", "pairs", "again river copy 1\nlibrary market copy 0.3\n");
    folder(&dir, "none", "pairs", "library market\n");
    let object = run!("evaluate", dir, &["all", "some/", "./none", "--json"]).json();
    assert_eq!(object["all"]["pairs_recall"], share(1, 2));
    assert_eq!(object["all"]["pairs_precision"], share(1, 1));
    assert!(about(&object["all"]["pairs_f1"], 2.0 / 3.0));
    assert_eq!(object["some"]["copies_found"], share(1, 2));
    assert_eq!(object["some"]["pairs_found"], json!({ "value": 1 }));
    assert_eq!(object["some"]["pairs_found_per_article"], json!({ "value": 0.2 }));
    assert_eq!(object["some"]["sample_of_copies_predicted_as_reuse"], share(1, 2));
    assert_eq!(object["none"]["pairs_precision"], share(0, 1));
    assert_eq!(object["none"]["pairs_f1"], json!({ "value": 0.0 }));
}

#[test]
fn exhaustive_lists() {
    let dir = Dir::new();
    // One word of 21 is changed, so both have 16 of 19 shingles of three words: 16 / 22.
    let edited = RIVER.replace("old", "new");
    folder(
        &dir,
        "lists",
        "exact_list",
        "again river 1.0000\nriver edited 0.7273\nagain market 0.5\n",
    );
    let docs = [("river", RIVER), ("again", RIVER), ("edited", &edited), ("market", MARKET)];
    dir.write("lists/docs.jsonl", docs.map(|(id, text)| line(id, text)).concat());
    let measures =
        &run!("evaluate", dir, &["lists", "--json", "--threshold", "0.4"]).json()["lists"];
    let at = |measure: &str, count: u64, of: u64, threshold: f64| {
        let mut expected = share(count, of);
        expected["threshold"] = threshold.into();
        assert_eq!(measures[&format!("exact_list_{measure}")], expected, "{measure}");
    };
    at("recall", 2, 3, 0.4);
    at("recall_0.02_higher", 2, 3, 0.42);
    // `again` and `edited` are similar too, but not listed.
    at("found_but_not_listed", 1, 3, 0.5);
    at("found_but_not_listed_0.02_higher", 1, 3, 0.52);
    assert_eq!(measures["exact_list_same_similarity"], share(2, 2));

    let others = run!("evaluate", dir, &["lists", "--shingle", "words:1"]);
    assert!(!others.stderr.contains("--shingle"), "half agree: {}", others.stderr);
    dir.write("lists/exact_list.tsv", "river\tedited\t0.7273\n");
    let others = run!("evaluate", dir, &["lists", "--shingle", "words:1"]);
    assert!(
        others.stderr.contains("lists/exact_list.tsv: 1 of the 1 similarities"),
        "{}",
        others.stderr
    );
}

#[test]
fn stories_and_clusters() {
    let dir = Dir::new();
    folder(
        &dir,
        "told",
        "pairs",
        "again river same-story en\nlibrary market different en\nriver match same-story en\n",
    );
    folder(&dir, "graded", "pairs", "again river 1.000\nlibrary market 4.000\n");
    folder(&dir, "reversed", "pairs", "again river 3.5\nlibrary market 2\n");
    folder(&dir, "events", "clusters", "river flood\nagain flood\nlibrary town\nmarket town\n");
    let object = run!("evaluate", dir, &["told", "graded", "reversed", "events", "--json"]).json();
    let outcome = &object["told"];
    let half = &outcome["story_accuracy"];
    assert_eq!(
        (&half["count"], &half["of"], &half["threshold"]),
        (&json!(2), &json!(3), &json!(0.5))
    );
    assert_eq!(outcome["story_accuracy_by_relation"], share(2, 3));
    assert_eq!(outcome["story_predicted_as"]["same-story"]["identical"], 1);
    assert_eq!(outcome["story_predicted_as"]["same-story"]["different"], 1);
    assert_eq!(outcome["story_predicted_as"]["different"]["different"], 1);
    for (name, sign) in [("graded", 1.0), ("reversed", -1.0)] {
        assert!(about(&object[name]["story_pearson_correlation"], sign), "{name}");
        assert!(about(&object[name]["story_spearman_correlation"], sign), "{name}");
    }
    let events = &object["events"];
    assert!(about(&events["story_f1"], 2.0 / 3.0), "{events}");
    assert!(about(&events["clusters_ari"], 4.0 / 7.0), "{events}");
    assert_eq!(events["clusters_pair_recall"], share(1, 2));
    assert_eq!(events["clusters_pair_precision"], share(1, 1));
    assert!(about(&events["clusters_pair_f1"], 2.0 / 3.0), "{events}");
    // Every group has one label; each article about the town is one of two with its label.
    assert_eq!(events["clusters_b_cubed_precision"], json!({ "value": 1.0 }));
    assert_eq!(events["clusters_b_cubed_recall"], json!({ "value": 0.75 }));
    assert!(about(&events["clusters_b_cubed_f"], 6.0 / 7.0), "{events}");
}

#[test]
fn the_baseline_is_as_computed_by_hand() {
    let dir = Dir::new();
    // A word in two of the five articles weighs ln(6 / 3) + 1 = 1.693, squared 2.867; a word in one
    // weighs ln(6 / 2) + 1 = 2.099, squared 4.404. The cosine of a and b, and of c and d, is
    // therefore 3 · 2.867 / √(21.81 · 18.74) = 0.425. That of b and c is 2 · 2.867 / 18.74 = 0.306,
    // and the mean from a and b to c is half of that.
    let docs = [
        ("a", "flood bridge river mayor rescue boats"),
        ("b", "flood bridge river council meeting autumn"),
        ("c", "council meeting theatre tickets opera budget"),
        ("d", "theatre tickets opera soprano encore velvet"),
        ("e", "goalkeeper penalty referee striker whistle stadium"),
    ];
    dir.write("events/docs.jsonl", docs.map(|(id, text)| line(id, text)).concat());
    dir.write("events/clusters.tsv", "a\tflood\nb\tflood\nc\tflood\nd\ttown\ne\ttown\n");
    for preset in ["wire", "story"] {
        let outcome = run!("evaluate", dir, &["events", "--preset", preset, "--json"]).json();
        let events = &outcome["events"];
        // The groups are ab, cd and e. Of 10 pairs, 2 are grouped, 4 labelled (ab, ac, bc, de), 1
        // both.
        assert!(about(&events["tf_idf_pair_f1"], 1.0 / 3.0), "{events}");
        // The expected number is 2 · 4 / 10 = 0.8 and the maximum 3: 0.2 / 2.2.
        assert!(about(&events["tf_idf_ari"], 1.0 / 11.0), "{events}");
        // Precision is (1 + 1 + 1/2 + 1/2 + 1) / 5 = 4/5. Recall is 2/3, 2/3 and 1/3 for flood, 1/2
        // and 1/2 for town, so 8/15 on average.
        assert!(about(&events["tf_idf_b_cubed_f"], 0.64), "{events}");
        assert_eq!(events.get("stories_b_cubed_f").is_some(), preset == "story", "{events}");
    }
    // The cosines of ab and cd are above that of bc, and that is above ae's: F1 is best with all
    // four.
    dir.write("pairs/docs.jsonl", dir.read("events/docs.jsonl"));
    let rows = "a b same-story\nb c different\nc d same-story\na e same-story\n";
    dir.write("pairs/pairs.tsv", rows.replace(' ', "\t"));
    let best = &run!("evaluate", dir, &["pairs", "--json"]).json()["pairs"]["tf_idf_best_f1"];
    assert!(about(best, 6.0 / 7.0), "{best}");
}

#[test]
fn grades_and_levels() {
    let dir = Dir::new();
    let sources = [("orig_a", RIVER), ("orig_b", LIBRARY)];
    let (mut docs, mut rows) = (sources.map(|(id, text)| line(id, text)).concat(), String::new());
    for (task, source) in [("a", RIVER), ("b", LIBRARY)] {
        for (i, (text, grade)) in
            [(source, "cut"), (MARKET, "non")].repeat(4).into_iter().enumerate()
        {
            // The last answer to task b has a wrong label.
            let grade = if task == "b" && i == 7 { "cut" } else { grade };
            docs.push_str(&line(&format!("g{i}_{task}"), text));
            rows.push_str(&format!("g{i}_{task}\torig_{task}\t{grade}\n"));
        }
    }
    dir.write("answers/docs.jsonl", docs);
    dir.write("answers/pairs.tsv", rows);
    dir.write(
        "versions/docs.jsonl",
        line("v1", RIVER) + &line("v2", LIBRARY) + &line("v3", MARKET),
    );
    dir.write(
        "versions/pairs.tsv",
        "v1\triver\tL1\nv2\triver\tL1\nv2\tlibrary\tL4\nv3\tgone\tL4\n",
    );
    folder(&dir, "sources", "pairs", "again river\n");

    let outcome = run!("evaluate", dir, &["answers", "versions", "sources", "--json"]);
    let object = outcome.json();
    let answers = &object["answers"];
    for measure in
        ["copied_accuracy", "copied_accuracy_by_relation", "copied_accuracy_by_3_word_containment"]
    {
        assert_eq!(answers[measure], share(15, 16), "{measure}");
    }
    assert_eq!(answers["four_grades_accuracy"], share(15, 16));
    assert_eq!(
        answers["grade_predicted_as"]["cut"],
        json!({ "cut": 8, "light": 0, "heavy": 0, "non": 1 })
    );
    assert_eq!(answers["grade_by_relation_predicted_as"]["non"]["different"], 7);

    let versions = &object["versions"];
    assert_eq!((&versions["l1_reuse"], &versions["l4_reuse"]), (&share(1, 2), &share(1, 1)));
    assert_eq!(versions["l4_mean_story_score"], json!({ "value": 1.0 }));
    assert_eq!(versions["l2_reuse"], json!({ "value": null, "count": 0, "of": 0 }));
    assert_eq!(versions["pairs_rows_left_out"], json!({ "value": 1 }));
    assert!(
        outcome.stderr.contains("versions/pairs.tsv: 1 of 4 rows are left out"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn missed_and_false_pairs_are_explained() {
    let dir = Dir::new();
    let rows = "river market copy 0\nagain river unrelated 0\nriver match same-story 0\n";
    folder(&dir, "read", "relations", rows);
    let outcome = run!("evaluate", dir, &["read", "--explain"]);
    let lines: Vec<&str> = outcome.stdout.lines().filter(|line| line.contains('\t')).collect();
    let [header, missed, false_pair] = lines[..] else { panic!("{}", outcome.stdout) };
    assert_eq!(
        header,
        "verdict\tleft\tright\tlabel\tfate\tjaccard\tcontainment\tcovered\tcloseness\tstory\tfacts"
    );
    assert!(
        missed.starts_with("missed\triver\tmarket\tcopy\tapart\t0.0000\t0.0000\t0.0000\t"),
        "{missed}"
    );
    assert!(
        false_pair
            .starts_with("false\tagain\triver\tunrelated\tfound\t1.0000\t1.0000\t1.0000\t1.0000\t"),
        "{false_pair}"
    );
    assert_eq!((missed.split('\t').count(), outcome.stderr.as_str()), (11, ""));

    // Preset story must find accounts of one event too, so one more pair is missed.
    let object =
        run!("evaluate", dir, &["read", "--explain", "--preset", "story", "--json"]).json();
    let explained = object["read"]["explained"].as_array().expect("an array");
    let labels: Vec<&Value> = explained.iter().map(|pair| &pair["label"]).collect();
    assert_eq!(labels, ["copy", "same-story", "unrelated"]);
    assert_eq!(
        (&explained[2]["verdict"], &explained[2]["jaccard"]),
        (&json!("false"), &json!(1.0))
    );

    // Pairs missing from a list of all pairs count as false. A near miss was compared: it has 16 of
    // 22 shingles in common.
    let edited = RIVER.replace("old", "new");
    folder(&dir, "list", "pairs", "river edited\n");
    let docs = [("river", RIVER), ("again", RIVER), ("edited", &edited)];
    dir.write("list/docs.jsonl", docs.map(|(id, text)| line(id, text)).concat());
    let outcome = run!("evaluate", dir, &["list", "--explain", "--threshold", "0.75"]);
    assert!(
        outcome.stdout.contains("\nmissed\triver\tedited\tcopy\tcompared\t0.7272\t"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("\nfalse\triver\tagain\tunlabelled\tfound\t1.0000\t"),
        "{}",
        outcome.stdout
    );
    let outcome = run!("evaluate", dir, &["read", "--json"]);
    assert!(outcome.json()["read"].get("explained").is_none());
}

#[test]
fn labels_of_no_known_form_and_none_are_told() {
    let dir = Dir::new();
    folder(&dir, "own", "pairs", "river again 5\nriver market 7\n");
    let own = run!("evaluate", dir, &["own"]);
    assert!(own.stdout.contains("5 predicted as reuse"), "{}", own.stdout);
    let told = "own/pairs.tsv: the labels are those of no known form: it is measured how often the \
                pairs of each are predicted as reuse\n";
    assert_eq!((own.code, own.stderr.as_str()), (0, told));
    folder(&dir, "mixed", "pairs", "river again 1\nriver market 4\nagain market 5\n");
    let mixed = run!("evaluate", dir, &["mixed"]);
    assert!(mixed.code == 2 && mixed.stderr.contains("\"5\" is no number from 1 to 4"));
    dir.write("none/docs.jsonl", line("river", RIVER));
    let none = run!("evaluate", dir, &["none"]);
    assert_eq!(
        (none.code, none.stderr.as_str()),
        (0, "none: no labels, so there is nothing to measure\n")
    );
}

#[test]
fn together_finds_pairs_across_folders() {
    let dir = Dir::new();
    // v2 is labelled as a version of `river`, but is found with `library`.
    dir.write("versions/docs.jsonl", line("v1", RIVER) + &line("v2", LIBRARY));
    dir.write("versions/pairs.tsv", "v1\triver\tL1\nv2\triver\tL2\n");
    folder(&dir, "events", "clusters", "river flood\nagain flood\nmarket town\nmatch town\n");
    let args = ["versions", "events", "--explain", "--json", "--preset", "story"];

    let apart = run!("evaluate", dir, &args);
    let object = apart.json();
    assert!(object["versions"].get("l1_found").is_none());
    assert_eq!(object["versions"]["explained"], json!([]));
    let message = "versions/pairs.tsv: 2 of 2 rows are not explained";
    assert!(
        apart.stderr.starts_with(message) && apart.stderr.contains("--together"),
        "{}",
        apart.stderr
    );
    let events = &object["events"];
    for measure in ["pairs_found", "stories_pair", "clusters_pair"] {
        assert_eq!(events[format!("{measure}_recall")], share(1, 2), "{measure}");
        assert_eq!(events[format!("{measure}_precision")], share(1, 1), "{measure}");
    }

    let together = run!("evaluate", dir, &[&args[..], &["--together"]].concat());
    assert_eq!(together.stderr, "");
    let object = together.json();
    let versions = &object["versions"];
    assert_eq!((&versions["l1_found"], &versions["l2_found"]), (&share(1, 1), &share(0, 1)));
    assert_eq!(versions["strangers_per_version"], json!({ "value": 0.5 }));
    let row = |pair: &Value| {
        ["verdict", "left", "right", "label"]
            .map(|key| pair[key].as_str().unwrap_or("-").to_owned())
    };
    let rows: Vec<_> =
        versions["explained"].as_array().expect("an array").iter().map(row).collect();
    assert_eq!(rows, [["missed", "v2", "river", "L2"], ["false", "v2", "library", "unlabelled"]]);
    // v1 is found with both articles about the flood; `library` has no label.
    assert_eq!(object["events"]["pairs_found_precision"], share(1, 3));
    assert_eq!(object["events"]["pairs_found_recall"], share(1, 2));
    assert_eq!(object["events"]["stories_pair_precision"], share(1, 1));
}

#[test]
fn fit_writes_the_model_and_the_features() {
    let dir = Dir::new();
    let rows = "again river same-story en\nlibrary market different en\nriver match different en\n";
    folder(&dir, "told", "pairs", rows);
    folder(&dir, "read", "relations", "again river copy 100\nriver market related 0\n");
    let fitted = run!("evaluate", dir, &["told", "read", "--fit", "model.rs"]);
    assert_eq!(fitted.code, 0, "{}", fitted.stderr);
    assert!(fitted.stderr.contains("told") && fitted.stderr.contains("read"), "{}", fitted.stderr);
    let model = dir.read("model.rs");
    for wanted in [
        "//! Fitted to 5 pairs of 2 labelled sets.",
        "START: [i32; CLASSES] = [",
        "TREES: [Tree<CLASSES, ",
        "EVENT: [Tree<1, ",
        "Whether two texts are of one event",
        "    tree([(",
    ] {
        assert!(model.contains(wanted), "{wanted}: {model}");
    }
    assert_eq!(run!("evaluate", dir, &["told", "read", "--fit", "figures.tsv"]).code, 0);
    let figures = dir.read("figures.tsv");
    assert_eq!(figures.lines().count(), 6, "{figures}");
    assert!(figures.starts_with("set\tleft\tright\tlabel\tclasses\t"), "{figures}");
}

#[test]
fn a_fit_without_labels_is_refused_and_writes_nothing() {
    let dir = Dir::new();
    dir.write("bare/docs.jsonl", corpus(30));
    // Labels of articles that are not there are none.
    dir.write("strange/docs.jsonl", line("a", RIVER));
    dir.write("strange/relations.tsv", "b\tc\tcopy\n");
    for file in ["model.rs", "figures.tsv", "-"] {
        let fitted = run!("evaluate", dir, &["bare", "strange", "--fit", file]);
        assert_eq!((fitted.code, fitted.stdout.as_str()), (2, ""), "{}", fitted.stderr);
        assert!(fitted.stderr.contains("--fit needs labelled pairs"), "{}", fitted.stderr);
    }
    assert_eq!(dir.names(), ["bare", "strange"]);
    let help = run!("evaluate", dir, &["--help"]).stdout;
    for file in ["docs.jsonl", "relations.tsv:", "clusters.tsv:", "pairs.tsv", "exact_*.tsv:"] {
        assert!(help.contains(file), "{file}: {help}");
    }
}

#[test]
fn tables() {
    let dir = Dir::new();
    folder(&dir, "read", "relations", "river again copy 100\nriver market copy 0\n");
    dir.write("bare/docs.jsonl", line("river", RIVER));
    let outcome = run!("evaluate", dir, &["read", "bare", "--learn"]);
    let told = "bare: no labels, so there is nothing to measure\n";
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, told));
    assert!(
        outcome.stdout.contains("  reuse accuracy                         0.500 (1 of 2)\n"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("relation predicted as  copy  excerpt  revised  rewrite  none\n"),
        "{}",
        outcome.stdout
    );
    assert!(outcome.stdout.contains("\nbare\n  articles  1\n  seconds "), "{}", outcome.stdout);
    let outcome = run!("evaluate", dir, &["read", "--markdown"]);
    assert!(
        outcome.stdout.contains("| reuse accuracy                        | 0.500 (1 of 2)"),
        "{}",
        outcome.stdout
    );
    assert!(
        outcome.stdout.contains("|---|---:|---:|---:|---:|---:|\n| copy "),
        "{}",
        outcome.stdout
    );
    let outcome = run!("evaluate", dir, &["--help"]);
    for option in ["explain", "fit", "together", "learn", "preset"] {
        assert!(
            outcome.code == 0 && outcome.stdout.contains(&format!("\n      --{option}")),
            "{}",
            outcome.stdout
        );
    }
}

#[test]
fn refuses_by_name() {
    let dir = Dir::new();
    folder(&dir, "good", "pairs", "again river\n");
    let bad = [
        (
            "relations",
            "river again copy 1\nriver market cpoy 1\n",
            "2: \"cpoy\" is none of identical, copy",
        ),
        (
            "pairs",
            "river again cta\nriver market cut\n",
            "1: \"cta\" is none of cut, light, heavy, non",
        ),
        ("pairs", "river again 1\n\nriver market 4.5\n", "3: \"4.5\" is no number from 1 to 4"),
        (
            "pairs",
            "river again copy 0.3\nriver market copy NaN\n",
            "2: \"NaN\" is no number from 0 to 1",
        ),
        ("pairs", "river again\nmarket\n", "2: two columns at least are needed"),
        ("pairs", "river river\n", "1: an article paired with itself"),
        ("pairs", "river again cut\n", " grades need answers to two tasks"),
        ("clusters", "river a\nriver b\n", "2: \"river\" is labelled twice"),
        ("exact_list", "river again\n", "1: \"\" is no number from 0 to 1"),
    ];
    for (i, (table, rows, message)) in bad.into_iter().enumerate() {
        folder(&dir, &format!("bad{i}"), table, rows);
        let outcome = run!("evaluate", dir, &["good", &format!("bad{i}")]);
        let message = format!("newsprint evaluate: bad{i}/{table}.tsv:{message}");
        assert!(
            outcome.code == 2 && outcome.stderr.starts_with(&message),
            "{message}: {}",
            outcome.stderr
        );
    }
    let bad = [
        ("{\n", "1: not JSON: "),
        ("[]\n", "1: no field \"id\" with a string"),
        ("\n{\"id\": \"a\"}\n", "2: no field \"text\" with a string"),
        (
            "{\"id\": \"a\", \"text\": \"\"}\n{\"id\": \"a\", \"text\": \"\"}\n",
            "2: id \"a\" is taken by line 1",
        ),
    ];
    for (lines, message) in bad {
        dir.write("good/sub/docs.jsonl", lines);
        let outcome = run!("evaluate", dir, &["good/sub"]);
        let message = format!("newsprint evaluate: good/sub/docs.jsonl:{message}");
        assert!(
            outcome.code == 2 && outcome.stderr.starts_with(&message),
            "{message}: {}",
            outcome.stderr
        );
    }
    dir.write("empty/x", "");
    for (args, message) in [
        (&["missing"][..], "missing: "),
        (&["empty"], "empty/docs.jsonl: "),
        (&["good", "./good"], "two folders are called \"good\""),
        (&["good", "--threshold", "2"], "threshold is 2"),
    ] {
        let outcome = run!("evaluate", dir, args);
        let message = format!("newsprint evaluate: {message}");
        assert!(
            outcome.code == 2 && outcome.stderr.starts_with(&message),
            "{message}: {}",
            outcome.stderr
        );
    }
    for (args, message) in [
        (&[][..], "<DIR>"),
        (&["good", "--json", "--markdown"], "'--json' cannot be used with '--markdown'"),
        (&["good", "--fit", "f", "--json"], "'--fit <FILE>' cannot be used with '--json'"),
        (&["good", "--fit", "f", "--recall", "0.9"], "cannot be used with '--recall <R>'"),
        (&["good", "--fit", "f", "--explain"], "'--fit <FILE>' cannot be used with '--explain'"),
        (&["good", "--planted"], "--planted needs a DIR with more than 200 articles"),
        (&["good", "--planted", "--preset", "ocr"], "cannot be used with"),
        (&["good", "--fit", "f", "--learn"], "'--fit <FILE>' cannot be used with '--learn'"),
        (&["good", "--nothing"], "unexpected argument '--nothing'"),
    ] {
        let outcome = run!("evaluate", dir, args);
        assert!(
            outcome.code == 2 && outcome.stderr.contains(message),
            "{message}: {}",
            outcome.stderr
        );
    }
}
