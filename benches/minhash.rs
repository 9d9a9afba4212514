//! MinHash signatures of sets of hashes and of raw text.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use newsprint::parts::{MinHasher, Sketcher};
use newsprint_benches::corpus::Random;
use newsprint_benches::{corpus, settings};

fn main() {
    let mut criterion = settings::criterion();
    sign(&mut criterion);
    sketch_all(&mut criterion);
    criterion.final_summary();
}

/// One signature at a time, with its allocation.
fn sign(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("minhash/sign");
    let mut random = Random(1);
    for slots in [64, 128, 256, 1024] {
        let hasher = MinHasher::new(slots).expect("a size in range");
        for hashes in [60, 150, 300, 600, 1200] {
            // Several sets in turn, because the branch predictor would memorise one.
            let sets: Vec<Vec<u64>> =
                (0..64).map(|_| (0..hashes).map(|_| random.next_u64()).collect()).collect();
            let mut turn = 0;
            group.throughput(Throughput::Elements(hashes as u64));
            group.bench_function(BenchmarkId::new(format!("{slots} slots"), hashes), |b| {
                b.iter(|| {
                    turn = (turn + 1) % sets.len();
                    hasher.sign(black_box(&sets[turn]))
                });
            });
        }
    }
    group.finish();
}

/// From raw text to signatures of 128 slots, with shingles of three words.
fn sketch_all(criterion: &mut Criterion) {
    let texts = corpus::texts(settings::number(4_000), 1);
    let sketcher = Sketcher::default();
    let mut group = criterion.benchmark_group("minhash/sketch_all");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(texts.iter().map(String::len).sum::<usize>() as u64));
    group.bench_function("one thread", |b| {
        b.iter(|| settings::on_one_thread(|| sketcher.sketch_all(black_box(&texts))));
    });
    group.bench_function("all threads", |b| b.iter(|| sketcher.sketch_all(black_box(&texts))));
    group.finish();
}
