//! Texts built to be slow: four times as much of each may cost eight times as much, not sixteen. On
//! a machine at rest it is 1.5 to 5.2 times; what leaves a cache makes it more than four.
//!
//! The library counts no steps, so what is measured is the time on the processor, of all threads of
//! this process, by what Linux says of them; elsewhere the test is not made. The system's own work
//! is left out, as what it takes to give memory and take it back jumps with the size. Linux counts
//! in ticks of ten milliseconds, so a run goes on until ten have passed; and it is the least of
//! three runs, so that what else runs on the machine matters little.
//!
//! One test alone, as two at a time would count each other's work.
#![cfg(target_os = "linux")]

mod support;

use std::hint::black_box;

use newsprint::parts::{Folding, Shingler, Words};
use newsprint::{Config, Detector, Preset, Shingle};
use support::Random;

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

/// Two texts of some `n` words.
type Build = fn(usize) -> [String; 2];

/// Texts to compare: the name, the preset, how many words, and the texts.
const COMPARED: [(&str, Preset, usize, Build); 10] = [
    ("one word", Preset::Wire, 20_000, |n| [n, n - 1].map(|n| "word ".repeat(n))),
    ("one word, by letters", Preset::Ocr, 5_000, |n| [n, n - 1].map(|n| "word ".repeat(n))),
    ("two words by turns", Preset::Wire, 20_000, |n| {
        [n / 2, n / 2 - 1].map(|n| "one two ".repeat(n))
    }),
    ("one half and the other", Preset::Wire, 20_000, |n| {
        let [a, b] = ["one ", "two "].map(|word| word.repeat(n / 2));
        [format!("{a}{b}"), format!("{b}{a}")]
    }),
    ("a text and its sentences again and again", Preset::Wire, 20_000, |n| {
        let text: Vec<String> = (0..40).map(|i| Random(i).words(12).join(" ") + ". ").collect();
        [text.concat(), (0..n / 12).map(|i| text[i % 40].clone()).collect()]
    }),
    ("every second word", Preset::Wire, 20_000, |n| {
        let words = Random(1).words(n);
        let mut other = Random(2);
        let half: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(i, w)| if i % 2 == 0 { w.clone() } else { other.word(20_000) })
            .collect();
        [words.join(" "), half.join(" ")]
    }),
    ("paragraphs out of order", Preset::Wire, 20_000, |n| {
        let mut paragraphs: Vec<String> =
            (0..n / 40).map(|i| Random(i as u64).words(40).join(" ")).collect();
        let text = paragraphs.join("\n\n");
        let mut random = Random(3);
        (1..paragraphs.len()).rev().for_each(|i| paragraphs.swap(i, random.below(i + 1)));
        [text, paragraphs.join("\n\n")]
    }),
    ("marks on one letter", Preset::Wire, 20_000, |n| {
        [n, n + 1].map(|n| format!("e{}", "\u{301}\u{323}".repeat(n)))
    }),
    ("Han without stops", Preset::Wire, 20_000, |n| {
        let mut random = Random(4);
        let text: String =
            (0..n).filter_map(|_| char::from_u32(0x4E00 + random.below(3000) as u32)).collect();
        [text.clone(), text.chars().rev().collect()]
    }),
    ("words of one place in a table of words", Preset::Wire, 1_000, |n| {
        flood(n, |text, places| {
            places.extend(
                Words::of(text, Default::default()).hashes().iter().map(|hash| hash ^ hash >> 32),
            );
        })
    }),
];

/// Two texts of `n` different words each, whose places have one end in a table that goes by the
/// bits of a hash. `places` reads them from a text of words.
fn flood(n: usize, places: impl Fn(&str, &mut Vec<u64>)) -> [String; 2] {
    const BITS: u32 = 14;
    let mut found: Vec<String> = Vec::new();
    let (mut next, mut read) = (0u64, Vec::new());
    while found.len() < 2 * n {
        let words: Vec<[u8; 8]> = (next..next + 65_536)
            .map(|i| {
                std::array::from_fn(|at| {
                    if at == 7 { b' ' } else { b'a' + (i / 26u64.pow(at as u32) % 26) as u8 }
                })
            })
            .collect();
        next += 65_536;
        read.clear();
        places(&String::from_utf8_lossy(words.as_flattened()), &mut read);
        assert_eq!(read.len(), words.len());
        let of_place = words.iter().zip(&read).filter(|(_, place)| *place % (1 << BITS) == 0);
        found.extend(of_place.map(|(word, _)| String::from_utf8_lossy(word).into_owned()));
    }
    [found[..n].concat(), found[n..2 * n].concat()]
}

/// So many texts.
type Collect = fn(usize) -> Vec<String>;

/// Collections to search: the name, how many texts, and the texts.
const SEARCHED: [(&str, usize, Collect); 3] = [
    ("lines of one form", 5_000, |n| {
        let mut random = Random(6);
        let mut below = |n| random.below(n);
        (0..n)
            .map(|i| {
                let [temperature, wind, pressure, humidity] =
                    [below(40), below(40), 970 + below(70), below(100)];
                format!(
                    "Weather report for station {i}: temperature {temperature} degrees, wind \
                     {wind} knots, pressure {pressure} hPa, humidity {humidity} percent. Outlook \
                     fair for the coming day, with light winds from the west and some clouds in \
                     the afternoon."
                )
            })
            .collect()
    }),
    // From this size on every sentence is in a large bucket; below it, each new text meets most
    // others.
    ("stock sentences", 800, |n| {
        let sentences: Vec<String> = (0..60).map(|i| Random(i).words(14).join(" ") + ".").collect();
        let mut random = Random(7);
        let text =
            |_| (0..6).map(|_| sentences[random.below(60)].as_str()).collect::<Vec<_>>().join(" ");
        (0..n).map(text).collect()
    }),
    ("pages of one template", 2_500, |n| {
        let template = Random(8).words(100).join(" ");
        (0..n)
            .map(|i| format!("{} {template}", Random(100 + i as u64).words(30).join(" ")))
            .collect()
    }),
];

#[test]
fn four_times_as_much_costs_four_times_as_much() {
    let mut slow = Vec::new();
    let mut check = |name: &str, [one, two, four]: [f64; 3]| {
        if four > 8.0 * one {
            slow.push(format!("{name}: {one:.2} ms, {two:.2} ms, {four:.2} ms"));
        }
    };
    for (name, preset, words, build) in COMPARED {
        let detector = detector(preset);
        check(
            name,
            [1, 2, 4].map(|times| {
                let [left, right] = build(times * words);
                cost(|| _ = black_box(detector.compare(&left, &right)))
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
                flood(1_000 * times, |text, places| places.extend(shingler.shingles(text)));
            cost(|| _ = black_box(detector.compare(&left, &right)))
        }),
    );
    // Buckets fill up to the limit before time is linear: a lower limit is met by fewer texts.
    let detector = Detector::new(Config::builder().bucket_limit(32).build().expect("valid"));
    for (name, texts, build) in SEARCHED {
        check(
            name,
            [1, 2, 4].map(|times| {
                let texts = build(times * texts);
                cost(|| _ = black_box(detector.find_pairs(&texts)))
            }),
        );
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
