//! SimHash: hashing features, and finding neighbours.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use newsprint::parts::{HammingIndex, SimHash, SimHasher};
use newsprint_benches::corpus::Random;
use newsprint_benches::settings;

/// The number of words of an article.
const FEATURES: usize = 600;
/// The distance of neighbours that Manku et al. use.
const DISTANCE: u32 = 3;

fn main() {
    let mut criterion = settings::criterion();
    hash(&mut criterion);
    index(&mut criterion);
    criterion.final_summary();
}

fn hash(criterion: &mut Criterion) {
    let mut random = Random(1);
    let sets: Vec<Vec<u64>> =
        (0..32).map(|_| (0..FEATURES).map(|_| random.next_u64()).collect()).collect();
    // Weights like idf in hundredths.
    let weigh = |hash: &u64| (*hash, 100 + (*hash % 900) as u32);
    let weighted: Vec<Vec<(u64, u32)>> =
        sets.iter().map(|set| set.iter().map(weigh).collect()).collect();

    let mut group = criterion.benchmark_group("simhash/hash");
    group.throughput(Throughput::Elements(FEATURES as u64));
    for bits in [64, 128, 256] {
        let hasher = SimHasher::new(bits).expect("a size there is");
        let mut turn = 0;
        group.bench_function(format!("{bits} bits"), |b| {
            b.iter(|| {
                turn = (turn + 1) % sets.len();
                hasher.hash(black_box(&sets[turn]))
            });
        });
        group.bench_function(format!("{bits} bits weighted"), |b| {
            b.iter(|| {
                turn = (turn + 1) % weighted.len();
                hasher.hash_weighted(black_box(&weighted[turn]))
            });
        });
    }
    group.finish();
}

/// Random hashes of 64 bits, a tenth of them with up to three bits of an earlier one flipped.
fn hashes(count: usize) -> Vec<SimHash> {
    let mut random = Random(2);
    let mut words: Vec<u64> = Vec::with_capacity(count);
    for _ in 0..count {
        let word = if !words.is_empty() && random.one_in(10) {
            let near = words[random.below(words.len())];
            (0..random.below(4)).fold(near, |word, _| word ^ (1 << random.below(64)))
        } else {
            random.next_u64()
        };
        words.push(word);
    }
    words.iter().map(|&word| SimHash::from_words(&[word]).expect("one word")).collect()
}

fn index(criterion: &mut Criterion) {
    let hashes = hashes(settings::number(100_000));
    let mut group = criterion.benchmark_group(format!("simhash/index of {}", hashes.len()));
    group.throughput(Throughput::Elements(hashes.len() as u64));
    group.sample_size(10);
    group.bench_function("new", |b| {
        b.iter(|| HammingIndex::new(black_box(&hashes), DISTANCE).expect("hashes of one size"));
    });
    let index = HammingIndex::new(&hashes, DISTANCE).expect("hashes of one size");
    let mut turn = 0;
    group.throughput(Throughput::Elements(1));
    group.sample_size(20);
    group.bench_function("neighbors", |b| {
        b.iter(|| {
            turn = (turn + 1) % hashes.len();
            index.neighbors(black_box(&hashes[turn])).expect("hashes of one size")
        });
    });
    group.finish();
}
