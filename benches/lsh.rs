//! Locality-sensitive hashing: all candidates of a collection, and the table that grows.

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/settings.rs"]
mod settings;

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use newsprint::{Banding, Config, Join, LshTable, Sketch, SketchMatrix, Sketcher};

fn main() {
    let mut criterion = settings::criterion();
    let texts = corpus::texts(settings::number(100_000), 1);
    let sketcher = Sketcher::default();
    let matrix = sketcher.sketch_all(&texts);

    for threshold in [0.3, 0.7] {
        join(&mut criterion, &matrix, threshold);
    }
    drop(matrix);

    let sketches: Vec<Sketch> = texts.iter().map(|text| sketcher.sketch(text)).collect();
    drop(texts);
    let fill = || {
        let mut table = LshTable::new(sketcher, banding(0.7), 0.7).expect("bands that fit");
        for sketch in &sketches {
            table.insert(black_box(sketch)).expect("sketches of one kind");
        }
        table
    };
    let mut group = criterion.benchmark_group(format!("lsh/table of {}", sketches.len()));
    group.sample_size(10);
    group.throughput(Throughput::Elements(sketches.len() as u64));
    group.bench_function("insert all", |b| b.iter(fill));
    let table = fill();
    let mut turn = 0;
    group.throughput(Throughput::Elements(1));
    group.sample_size(20);
    group.bench_function("query", |b| {
        b.iter(|| {
            // A stride, so that the table is not met in the order in which it was filled.
            turn = (turn + 7919) % sketches.len();
            table.query(black_box(&sketches[turn])).expect("sketches of one kind")
        });
    });
    group.finish();
    criterion.final_summary();
}

/// With the bucket limit of the detector. Without one a low threshold, whose bands are of one slot and of two, costs
/// time quadratic in the articles that share a stock phrase.
fn join(criterion: &mut Criterion, matrix: &SketchMatrix, threshold: f64) {
    let join = Join::new(banding(threshold), threshold).with_bucket_limit(Config::default().bucket_limit());
    let mut group = criterion.benchmark_group(format!("lsh/join of {} at {threshold}", matrix.len()));
    group.throughput(Throughput::Elements(matrix.len() as u64));
    group.sample_size(10);
    group.bench_function("one thread", |b| {
        b.iter(|| settings::on_one_thread(|| join.candidates(black_box(matrix))));
    });
    group.bench_function("all threads", |b| {
        b.iter(|| join.candidates(black_box(matrix)));
    });
    group.finish();
}

fn banding(threshold: f64) -> Banding {
    Banding::for_target(128, threshold, 0.999).expect("128 slots reach that")
}
