//! Tests of `evaluate --planted`.

use super::{Dir, line, run};

#[test]
fn planted_copies_are_found_by_kind_of_edit() {
    let dir = Dir::new();
    let mut state = 5u64;
    let mut next = |bound: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut docs = String::new();
    for i in 0..220 {
        let mut words: Vec<String> = (0..200).map(|_| format!("w{}", next(4000))).collect();
        words.iter_mut().skip(19).step_by(20).for_each(|word| word.push('.'));
        docs += &line(&format!("a{i}"), &words.join(" "));
    }
    dir.write("made/docs.jsonl", docs);
    let outcome = run!("evaluate", dir, &["made", "--planted", "--markdown"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let rows: Vec<Vec<&str>> = outcome
        .stdout
        .lines()
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let searches = ["from 0.8", "from 0.5", "from 0.3", "wire", "story", "ocr", "strict"];
    assert_eq!(rows[0], [&["edit", "copies", "similarity"], &searches[..]].concat());
    let row = |edit: &str| {
        let row = rows.iter().find(|row| row[0] == edit);
        let row = row.unwrap_or_else(|| panic!("no {edit}: {}", outcome.stdout));
        row[1..].iter().map(|cell| cell.parse().expect("a number")).collect::<Vec<f64>>()
    };
    // Shuffling 200 words in ten sentences leaves some 180 of 198 shingles of three words; of an
    // excerpt of 30 % the same share of the shingles is left.
    let (shuffled, lead) = (row("shuffled"), row("lead of 30 %"));
    assert!(shuffled[0] == 100.0 && shuffled[1] > 0.75 && shuffled[3..6] == [1.0; 3]);
    assert!((0.28..0.32).contains(&lead[1]) && lead[2..4] == [0.0; 2] && lead[5] > 0.9);
}
