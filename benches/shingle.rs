//! From raw text to the hashes of its shingles.

use std::hint::black_box;

use criterion::Throughput;
use newsprint::parts::{Scratch, Shingler};
use newsprint_benches::{corpus, settings};

fn main() {
    let mut criterion = settings::criterion();
    let texts = corpus::texts(settings::number(256), 1);
    let mut group = criterion.benchmark_group("shingle/read");
    group.throughput(Throughput::Bytes(texts.iter().map(String::len).sum::<usize>() as u64));
    for name in ["words:3", "words:5", "chars:5"] {
        let shingler = Shingler::new(name.parse().expect("a shingle")).expect("a length in range");
        let mut scratch = Scratch::default();
        group.bench_function(name, |b| {
            b.iter(|| {
                for text in &texts {
                    black_box(shingler.read(black_box(text), &mut scratch));
                }
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
