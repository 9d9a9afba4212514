//! Exact overlap of two lists of shingles.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use newsprint::Shingle;
use newsprint::parts::{Overlap, Shingler};
use newsprint_benches::{corpus, settings};

fn main() {
    let mut criterion = settings::criterion();
    let corpus = corpus::corpus(1_000, 1);
    let text = |i: usize| corpus.texts[i].as_str();
    let copies: Vec<(&str, &str)> =
        corpus.planted.iter().map(|&(a, b)| (text(a), text(b))).collect();
    let unlike: Vec<(&str, &str)> = (0..copies.len()).map(|i| (text(i), text(i + 500))).collect();
    for (name, pairs) in [("copies", &copies), ("unlike", &unlike)] {
        overlap(&mut criterion, name, pairs);
    }
    criterion.final_summary();
}

/// Both lists are counted again for each pair.
fn overlap(criterion: &mut Criterion, name: &str, pairs: &[(&str, &str)]) {
    let shingler = Shingler::new(Shingle::Words(3)).expect("three is in range");
    let read = |&(a, b): &(&str, &str)| (shingler.shingles(a), shingler.shingles(b));
    let pairs: Vec<(Vec<u64>, Vec<u64>)> = pairs.iter().map(read).collect();
    let shingles: usize = pairs.iter().map(|(a, b)| a.len() + b.len()).sum();
    let mut group = criterion.benchmark_group("verify/overlap");
    group.throughput(Throughput::Elements(shingles as u64));
    group.bench_function(name, |b| {
        b.iter(|| {
            for (left, right) in &pairs {
                black_box(Overlap::of(black_box(left), black_box(right)));
            }
        });
    });
    group.finish();
}
