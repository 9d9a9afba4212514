//! Texts built to be slow: four times as much of each may cost eight times as much, not sixteen. As a
//! rule it is some four times; what leaves a cache makes it more.
//!
//! The library counts no steps, so what is measured is the time on the processor, of all threads of
//! this process, by what Linux says of them; elsewhere the test is not made. The system's own work
//! is left out, as what it takes to give memory and take it back jumps with the size. Linux counts
//! in ticks of ten milliseconds, so a run goes on until ten have passed; and it is the least of
//! three runs, so that what else runs on the machine matters little.
//!
//! One test alone, as two at a time would count each other's work.
#![cfg(target_os = "linux")]

mod collections;
mod pairs;
#[path = "../support/mod.rs"]
mod support;

use std::hint::black_box;

use newsprint::parts::{Folding, Shingler};
use newsprint::{Article, Config, Detector, Index, Preset, Query, Shingle};
use support::Random;

/// The bound is on time at 4n for time at n.
const MOST: f64 = 8.0;

/// Milliseconds that all threads of this process have spent on the processor in code of its own.
fn spent() -> u64 {
    const TICK: u64 = 10;
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux tells of processes");
    // The name of the program, in brackets, may hold anything.
    let (_, fields) = stat.rsplit_once(')').expect("a name in brackets");
    TICK * fields
        .split_whitespace()
        .nth(11)
        .and_then(|ticks| ticks.parse::<u64>().ok())
        .expect("ticks")
}

/// The least that `work` takes in three runs, in milliseconds.
fn cost(work: impl Fn()) -> f64 {
    const ENOUGH: u64 = 100;
    let run = |_| {
        let (before, mut times) = (spent(), 0);
        while spent() - before < ENOUGH {
            work();
            times += 1;
        }
        (spent() - before) as f64 / f64::from(times)
    };
    (0..3).map(run).fold(f64::INFINITY, f64::min)
}

fn detector(preset: Preset) -> Detector {
    Detector::new(Config::builder().preset(preset).build().expect("valid"))
}

#[test]
fn four_times_as_much_costs_four_times_as_much() {
    let mut slow = Vec::new();
    let mut check = |name: &str, [one, two, four]: [f64; 3]| {
        if four > MOST * one {
            slow.push(format!("{name}: {one:.2} ms, {two:.2} ms, {four:.2} ms"));
        }
    };
    for (name, preset, words, build) in pairs::COMPARED {
        let detector = detector(preset);
        check(
            name,
            [1, 2, 4].map(|times| {
                let [left, right] = build(times * words);
                cost(|| _ = black_box(detector.compare(&left, &right)))
            }),
        );
        check(
            &format!("passages of {name}"),
            [1, 2, 4].map(|times| {
                let texts = build(times * words);
                cost(|| _ = black_box(detector.passages(&texts)))
            }),
        );
    }
    let folding = Folding::default().join_hyphenated(true);
    check(
        "words divided at the ends of lines",
        [1, 2, 4].map(|times| {
            let words = Random(5).words(times * 10_000);
            let text: String = words.chunks(6).map(|line| line.join(" ") + "-\n").collect();
            cost(|| _ = black_box(folding.fold(&text)))
        }),
    );
    // Shingles of one word are the words' own hashes, mixed.
    let shingler = Shingler::new(Shingle::Words(1)).expect("valid");
    let config = Config::builder().shingle(Shingle::Words(1)).build().expect("valid");
    let detector = Detector::new(config);
    check(
        "shingles of one place",
        [1, 2, 4].map(|times| {
            let [left, right] =
                pairs::flood(1_000 * times, |text, places| places.extend(shingler.shingles(text)));
            cost(|| _ = black_box(detector.compare(&left, &right)))
        }),
    );
    // Buckets fill up to the limit before time is linear: a lower limit is met by fewer texts.
    for (name, preset, texts, build) in collections::SEARCHED {
        let config = Config::builder().preset(preset).bucket_limit(32).build().expect("valid");
        let detector = Detector::new(config);
        check(
            name,
            [1, 2, 4].map(|times| {
                let texts = build(times * texts);
                cost(|| _ = black_box(detector.find_pairs(&texts)))
            }),
        );
    }
    let detector = Detector::new(Config::default());
    check(
        "passages of pages with a footer",
        [1, 2, 4].map(|times| {
            let footer = Random(11).words(100).join(" ");
            let page = |i| format!("{} {footer}", Random(i).words(150).join(" "));
            let texts: Vec<String> = (1_000..1_000 + 500 * times).map(page).collect();
            cost(|| _ = black_box(detector.passages(&texts)))
        }),
    );
    check(
        "a flood of one template into an index",
        [1, 2, 4].map(|times| {
            let template = Random(8).words(60).join(" ");
            let page = |i| format!("{} {template}", Random(i).words(20).join(" "));
            let texts: Vec<String> = (100..100 + 1_000 * times).map(page).collect();
            cost(|| {
                let path =
                    std::env::temp_dir().join(format!("newsprint-cost-{}", std::process::id()));
                let _ = std::fs::remove_dir_all(&path);
                let mut index = Index::create(&path, &Config::default()).expect("creates");
                for (i, text) in texts.iter().enumerate() {
                    index.insert(&Article::new(text).id(&i.to_string())).expect("inserts");
                }
                index.commit().expect("commits");
                let snapshot = index.latest();
                for text in texts.iter().step_by(texts.len() / 10) {
                    _ = black_box(snapshot.query(Query::from(text.as_str()).top(5)));
                }
                drop(index);
                let _ = std::fs::remove_dir_all(&path);
            })
        }),
    );
    assert!(slow.is_empty(), "{slow:#?}");
}
