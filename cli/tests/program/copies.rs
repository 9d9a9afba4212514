//! A collection with many identical copies.

use super::{Dir, RIVER, line, run};

#[test]
fn many_pairs_of_identical_copies_tell_of_each_text_once() {
    let dir = Dir::new();
    let (versions, copies) = (25, 200);
    let article = |i: usize| line(&format!("{i:04}"), &format!("{RIVER} {}", i % versions));
    dir.write("in.jsonl", (0..versions * copies).map(article).collect::<String>());
    let args = ["in.jsonl", "--clusters", "c.tsv", "--json", "--pairs"];
    let told = run!("dedup", dir, &[&args[..], &["p.tsv"]].concat());
    assert_eq!(told.code, 0, "{}", told.stderr);
    let generators = told.json()["generators"].clone();
    let of_texts: u64 = ["bands", "anchors", "story"]
        .iter()
        .filter_map(|name| generators[name]["pairs"].as_u64())
        .sum();
    let identical = (versions * (copies - 1)) as u64;
    let all = of_texts * (copies * copies) as u64 + identical * copies as u64 / 2;
    assert!(
        all > 10_000_000 && told.stderr.contains("(--every-pair writes all)"),
        "{all}: {}",
        told.stderr
    );
    assert_eq!((told.count("pairs"), told.count("pairs_written")), (all, of_texts + identical));
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
    // Every copy is told of by one row, with the first of its text.
    let again: Vec<usize> =
        ends.iter().map(|ends| ends.1).filter(|&right| right >= versions).collect();
    assert_eq!(again.len(), versions * (copies - 1));
    assert!(
        ends.iter().all(|&(left, right)| left < versions && (right < versions || left == right % versions))
    );

    // Where they are few, all are written in any case.
    dir.write("in.jsonl", (0..versions * 4).map(article).collect::<String>());
    for more in [&["few.tsv"][..], &["every.tsv", "--every-pair"]] {
        let told = run!("dedup", dir, &[&args[..], more].concat());
        assert_eq!((told.code, told.stderr.as_str()), (0, ""));
        assert_eq!(told.count("pairs"), told.count("pairs_written"));
        assert_eq!(told.count("pairs"), of_texts * 16 + versions as u64 * 6);
    }
    assert_eq!(dir.read("few.tsv"), dir.read("every.tsv"));
    let told = run!("dedup", dir, &["in.jsonl", "--every-pair"]);
    assert!(told.code == 2 && told.stderr.contains("--pairs <FILE>"));
}
