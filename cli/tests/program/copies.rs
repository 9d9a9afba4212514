//! Tests of `dedup` on a collection with many identical copies.

use super::{Dir, RIVER, line, run};

#[test]
fn many_identical_copies_are_listed_once_per_text() {
    let dir = Dir::new();
    let (versions, copies) = (25, 200);
    let article = |i: usize| line(&format!("{i:04}"), &format!("{RIVER} {}", i % versions));
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
