//! The whole pipeline: raw text to verified pairs and clusters, and to shared passages.

use std::hint::black_box;

use criterion::Throughput;
use newsprint::{Config, Detector};
use newsprint_benches::{corpus, settings};

fn main() {
    let mut criterion = settings::criterion();
    let texts = corpus::texts(settings::number(10_000), 1);
    let mut group = criterion.benchmark_group(format!("pipeline of {}", texts.len()));
    group.sample_size(10);
    group.throughput(Throughput::Bytes(texts.iter().map(String::len).sum::<usize>() as u64));
    for threshold in [0.3, 0.7] {
        let config =
            Config::builder().threshold(threshold).build().expect("128 slots reach the recall");
        let detector = Detector::new(config);
        group.bench_function(format!("find_pairs {threshold} one thread"), |b| {
            b.iter(|| settings::on_one_thread(|| detector.find_pairs(black_box(&texts))));
        });
        group.bench_function(format!("find_pairs {threshold} all threads"), |b| {
            b.iter(|| detector.find_pairs(black_box(&texts)));
        });
    }
    let detector = Detector::default();
    group.bench_function("cluster one thread", |b| {
        b.iter(|| settings::on_one_thread(|| detector.cluster(black_box(&texts))));
    });
    group.bench_function("cluster all threads", |b| b.iter(|| detector.cluster(black_box(&texts))));
    group.bench_function("passages one thread", |b| {
        b.iter(|| settings::on_one_thread(|| detector.passages(black_box(&texts))));
    });
    group.bench_function("passages all threads", |b| {
        b.iter(|| detector.passages(black_box(&texts)));
    });
    group.finish();
    criterion.final_summary();
}
