//! Comparisons of two articles: the passages alone and the whole comparison, beside the word diff
//! of the crate `similar`.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use newsprint::parts::{Folding, Words};
use newsprint::results::Passages;
use newsprint::{Config, Detector, Preset};
use newsprint_benches::{corpus, settings};
use similar::{Algorithm, TextDiff};

fn main() {
    let mut criterion = settings::criterion();
    let corpus = corpus::corpus(1_000, 1);
    let text = |i: usize| corpus.texts[i].clone();
    let copies: Vec<[String; 2]> =
        corpus.planted.iter().map(|&(a, b)| [text(a), text(b)]).collect();
    let other = |i: usize| &corpus.texts[(i + 500) % corpus.texts.len()];
    let revised =
        corpus.planted.iter().map(|&(a, b)| [text(a), mixed(&text(b), other(b))]).collect();
    let unlike = corpus.planted.iter().map(|&(a, _)| [text(a), other(a).clone()]).collect();
    for (name, pairs) in [("copies", copies), ("revised", revised), ("unlike", unlike)] {
        passages(&mut criterion, name, &pairs);
        compare(&mut criterion, name, &pairs);
        diff(&mut criterion, name, &pairs);
    }
    long(&mut criterion, &corpus.texts);
    criterion.final_summary();
}

/// Every other paragraph of one article, alternating with those of another.
fn mixed(one: &str, other: &str) -> String {
    let paragraphs = one.split('\n').zip(other.split('\n')).enumerate();
    let taken: Vec<&str> = paragraphs.map(|(i, (a, b))| if i % 2 == 0 { a } else { b }).collect();
    taken.join("\n")
}

fn bytes(pairs: &[[String; 2]]) -> Throughput {
    Throughput::Bytes(pairs.iter().flatten().map(|text| text.len() as u64).sum())
}

/// From words that were read already.
fn passages(criterion: &mut Criterion, name: &str, pairs: &[[String; 2]]) {
    let words: Vec<[Words; 2]> = pairs
        .iter()
        .map(|pair| pair.each_ref().map(|text| Words::of(text, Folding::default())))
        .collect();
    let mut group = criterion.benchmark_group("compare/passages");
    group.throughput(bytes(pairs));
    group.bench_function(name, |b| {
        b.iter(|| {
            for [left, right] in &words {
                black_box(Passages::of(black_box(left), black_box(right)));
            }
        });
    });
    group.finish();
}

/// From raw text to relation, story and passages; by words, and by letters as for scanned text.
fn compare(criterion: &mut Criterion, name: &str, pairs: &[[String; 2]]) {
    for preset in [Preset::Wire, Preset::Ocr] {
        let detector =
            Detector::new(Config::builder().preset(preset).build().expect("a preset is valid"));
        let mut group = criterion.benchmark_group(format!("compare/{preset}"));
        group.throughput(bytes(pairs));
        group.bench_function(name, |b| {
            b.iter(|| {
                for [left, right] in pairs {
                    black_box(detector.compare(black_box(left), black_box(right)));
                }
            });
        });
        group.finish();
    }
}

/// The share of equal words by the diff of another crate, which finds only what is in the same
/// order.
fn diff(criterion: &mut Criterion, name: &str, pairs: &[[String; 2]]) {
    for (algorithm, called) in [(Algorithm::Myers, "myers"), (Algorithm::Patience, "patience")] {
        let mut group = criterion.benchmark_group(format!("compare/similar-{called}"));
        group.throughput(bytes(pairs));
        group.bench_function(name, |b| {
            b.iter(|| {
                for [left, right] in pairs {
                    let diff = TextDiff::configure()
                        .algorithm(algorithm)
                        .diff_words(black_box(left.as_str()), black_box(right.as_str()));
                    black_box(diff.ratio());
                }
            });
        });
        group.finish();
    }
}

/// A megabyte per side: unrelated articles concatenated, a text and an edited copy, one word
/// repeated.
fn long(criterion: &mut Criterion, texts: &[String]) {
    let all = texts.join("\n");
    let (left, right) = (first_megabyte(&all), first_megabyte(&all[all.len() / 2..]));
    let edited = left.replacen("the", "that", 10_000);
    let one = "word ".repeat(200_000);
    let detector = Detector::default();
    let mut group = criterion.benchmark_group("compare/megabyte");
    for (name, left, right) in [
        ("unlike", left, right),
        ("edited", left, edited.as_str()),
        ("one-word", one.as_str(), &one[5..]),
    ] {
        group.bench_function(name, |b| b.iter(|| black_box(detector.compare(left, right))));
    }
    group.finish();
}

fn first_megabyte(text: &str) -> &str {
    let end =
        (0..=1_000_000).rev().find(|&end| text.is_char_boundary(end)).expect("0 is a boundary");
    &text[..end]
}
