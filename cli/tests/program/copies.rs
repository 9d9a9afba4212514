//! Tests of `dedup` on a collection with many identical copies.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::json;

use super::{Dir, RIVER, line, run, version};

#[test]
fn many_identical_copies_are_listed_once_per_text() {
    let dir = Dir::new();
    let (versions, copies) = (25, 200);
    let article = |i: usize| line(&format!("{i:04}"), &version(i % versions));
    dir.write("in.jsonl", (0..versions * copies).map(article).collect::<String>());
    let args = ["in.jsonl", "--clusters", "c.tsv", "--json", "--pairs"];
    let outcome = run!("dedup", dir, &[&args[..], &["p.tsv"]].concat());
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let generators = outcome.json()["generators"].clone();
    let of_texts: u64 = ["bands", "anchors", "story"]
        .iter()
        .filter_map(|name| generators[name]["pairs"].as_u64())
        .sum();
    let identical = (versions * (copies - 1)) as u64;
    let all = of_texts * (copies * copies) as u64 + identical * copies as u64 / 2;
    assert!(
        all > 10_000_000 && outcome.stderr.contains("(--every-pair lists all)"),
        "{all}: {}",
        outcome.stderr
    );
    assert_eq!(
        (outcome.count("pairs"), outcome.count("pairs_written")),
        (all, of_texts + identical)
    );
    let rows = dir.rows("p.tsv", 6);
    assert_eq!(rows.lines().count() as u64, of_texts + identical);
    assert!(
        rows.starts_with("0000\t0001\tcopy\t") && rows.contains("\n0000\t0025\tidentical\t1.0000")
    );
    let ends: Vec<(usize, usize)> = rows
        .lines()
        .map(|row| row.split('\t').map(|id| id.parse().unwrap_or_default()))
        .map(|mut ids| (ids.next().unwrap_or_default(), ids.next().unwrap_or_default()))
        .collect();
    assert!(ends.is_sorted_by(|a, b| a < b));
    // Every copy has one row, which pairs it with the first article of its text.
    let again: Vec<usize> =
        ends.iter().map(|ends| ends.1).filter(|&right| right >= versions).collect();
    assert_eq!(again.len(), versions * (copies - 1));
    assert!(
        ends.iter().all(|&(left, right)| left < versions && (right < versions || left == right % versions))
    );

    // All pairs are written, with or without --every-pair, when there are few.
    dir.write("in.jsonl", (0..versions * 4).map(article).collect::<String>());
    for more in [&["few.tsv"][..], &["every.tsv", "--every-pair"]] {
        let outcome = run!("dedup", dir, &[&args[..], more].concat());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        assert_eq!(outcome.count("pairs"), outcome.count("pairs_written"));
        assert_eq!(outcome.count("pairs"), of_texts * 16 + versions as u64 * 6);
    }
    assert_eq!(dir.read("few.tsv"), dir.read("every.tsv"));
    let outcome = run!("dedup", dir, &["in.jsonl", "--every-pair"]);
    assert!(outcome.code == 2 && outcome.stderr.contains("--pairs <FILE>"));
}

#[test]
fn all_copies_of_a_text_are_paired_and_counted_by_source() {
    let dir = Dir::new();
    let sources = [Some("Post"), Some("Times"), None, Some("Agency")];
    let mut rows = String::new();
    // 400 copies of one text, 50 of a similar one, and two texts of which each has one article.
    for i in 0..452u32 {
        let end = if i < 400 { 0 } else { (i - 350) / 50 + i / 451 };
        let mut article = json!({ "id": i.to_string(), "text": version(end as usize) });
        if let Some(source) = sources[(i * i % 13 % 4) as usize] {
            article["source"] = source.into();
        }
        if i % 5 > 0 {
            let time =
                if i % 3 == 0 { "" } else { ["T08:00", "T00:01", "T23:59"][(i % 7 % 3) as usize] };
            article["date"] = format!("2026-03-{:02}{time}", 1 + i * 11 % 28).into();
        }
        rows += &format!("{article}\n");
    }
    dir.write("in.jsonl", &rows);
    for more in [&[][..], &["--not-same-source"], &["--threshold", "0.3"]] {
        let args = ["in.jsonl", "--pairs", "p.tsv", "--sources", "s.tsv", "--json"];
        let outcome = run!("dedup", dir, &[&args[..], more].concat());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
        let pairs = dir.read("p.tsv");
        let pairs: Vec<Vec<&str>> =
            pairs.lines().skip(1).map(|row| row.split('\t').collect()).collect();
        assert_eq!(outcome.count("pairs"), pairs.len() as u64);
        // All copies of the first two texts; with a threshold, all articles.
        match more {
            [] => assert!(pairs.len() > 450 * 449 / 2),
            ["--not-same-source"] => {}
            _ => assert_eq!(pairs.len(), 452 * 451 / 2),
        }
        assert!(pairs.iter().all(|pair| !pair[2].is_empty()));
        // Counted from the rows: the pairs of two sources, and which is earlier.
        let mut counts: BTreeMap<(&str, &str), [u64; 3]> = BTreeMap::new();
        for pair in &pairs {
            let (first, left, right) = (pair[9], pair[10], pair[11]);
            if left.is_empty() || right.is_empty() || left == right {
                continue;
            }
            let is_swapped = left > right;
            let names = if is_swapped { (right, left) } else { (left, right) };
            let counts = counts.entry(names).or_default();
            counts[0] += 1;
            counts[1] += u64::from(first == if is_swapped { "right" } else { "left" });
            counts[2] += u64::from(first == if is_swapped { "left" } else { "right" });
        }
        let mut of_sources: Vec<_> = counts.into_iter().collect();
        of_sources.sort_by_key(|&(names, counts)| (Reverse(counts[0]), names));
        let wanted: String = of_sources
            .iter()
            .map(|((a, b), [pairs, a_first, b_first])| {
                format!("{a}\t{b}\t{pairs}\t{a_first}\t{b_first}\n")
            })
            .collect();
        assert!(of_sources.len() == 3 && dir.rows("s.tsv", 5) == wanted, "{wanted}");
    }
}

#[test]
fn sources_are_counted_by_all_pairs_even_if_they_are_not_listed() {
    let dir = Dir::new();
    let article = |i: usize| {
        let source = ["Post", "Times"][usize::from(i.is_multiple_of(3))];
        format!("{}\n", json!({ "id": format!("{i:04}"), "text": RIVER, "source": source }))
    };
    dir.write("in.jsonl", (0..4500).map(article).collect::<String>());
    let args = ["in.jsonl", "--sources", "s.tsv", "--json"];
    let outcome = run!("dedup", dir, &args);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert_eq!(outcome.count("pairs"), 4500 * 4499 / 2);
    assert_eq!(dir.rows("s.tsv", 5), format!("Post\tTimes\t{}\t0\t0\n", 3000 * 1500));
    let outcome = run!("dedup", dir, &[&args[..], &["--not-same-source"]].concat());
    assert_eq!(outcome.count("pairs"), 3000 * 1500);
}
