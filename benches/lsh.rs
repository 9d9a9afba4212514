//! Locality-sensitive hashing: all candidates of a collection, the table that grows, and one query
//! from text to matches.
//!
//! `NEWSPRINT_BENCH_ARTICLES` sets another number of articles than 100,000; a million take 6 GB,
//! and some minutes to make.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput};
use newsprint::Config;
use newsprint::parts::{
    Banding, Join, LshTable, Neighbor, OverlapCounter, Scratch, Sketch, SketchMatrix, Sketcher,
};
use newsprint_benches::{corpus, settings};

/// Where the whole way of a query is measured.
const THRESHOLD: f64 = 0.5;

fn main() {
    let mut criterion = settings::criterion();
    let articles = std::env::var("NEWSPRINT_BENCH_ARTICLES").ok();
    let articles = articles.map_or(100_000, |number| number.parse().expect("a number of articles"));
    let articles = settings::number(articles);
    let mut texts = corpus::texts(articles + articles.min(20_000), 1);
    // The last texts, a sixth at most, are the queries; a file may have fewer texts than requested.
    let asked = texts.split_off(texts.len() - (texts.len() / 6).min(20_000));
    let sketcher = Sketcher::default();
    let matrix = sketcher.sketch_all(&texts);

    for threshold in [0.3, 0.7] {
        join(&mut criterion, &matrix, threshold);
    }
    table(&mut criterion, &matrix);
    queries(matrix, &texts, &asked);
    criterion.final_summary();
}

/// With the bucket limit of the detector. Without one a low threshold, whose bands are of one slot
/// and of two, costs time quadratic in the articles that share a stock phrase.
fn join(criterion: &mut Criterion, matrix: &SketchMatrix, threshold: f64) {
    let join = Join::new(banding(threshold), threshold)
        .with_bucket_limit(Config::default().bucket_limit());
    let mut group =
        criterion.benchmark_group(format!("lsh/join of {} at {threshold}", matrix.len()));
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

fn table(criterion: &mut Criterion, matrix: &SketchMatrix) {
    let empty = || LshTable::new(*matrix.sketcher(), banding(0.7), 0.7).expect("bands that fit");
    let mut group = criterion.benchmark_group(format!("lsh/table of {}", matrix.len()));
    group.sample_size(10);
    group.throughput(Throughput::Elements(matrix.len() as u64));
    group.bench_function("insert one by one", |b| {
        b.iter(|| {
            let mut table = empty();
            for row in 0..matrix.len() {
                table.insert_row(black_box(matrix), row).expect("sketches of one kind");
            }
            table
        });
    });
    let all_at_once = || {
        let mut table = empty();
        table.extend(black_box(matrix)).expect("sketches of one kind");
        table
    };
    group.bench_function("extend, all threads", |b| b.iter(all_at_once));
    let table = all_at_once();
    let (mut turn, mut found) = (0, Vec::new());
    group.throughput(Throughput::Elements(1));
    group.sample_size(20);
    group.bench_function("query", |b| {
        b.iter(|| {
            // A stride, so that the table is not met in the order in which it was filled.
            turn = (turn + 7919) % matrix.len();
            table.query_row(black_box(matrix), turn, &mut found).expect("sketches of one kind");
            found.len()
        });
    });
    group.finish();
}

/// The parts of a query, in order.
const PARTS: [&str; 4] = ["read", "sign", "look up", "verify"];

/// Asks about each text once, on one thread: text in, matches out, each with its exact overlap.
fn queries(matrix: SketchMatrix, texts: &[String], asked: &[String]) {
    let sketcher = *matrix.sketcher();
    let table =
        LshTable::from_matrix(matrix, banding(THRESHOLD), THRESHOLD).expect("bands that fit");
    let (mut own, mut other, mut found) = (Scratch::default(), Scratch::default(), Vec::new());
    let mut counter = OverlapCounter::default();
    let mut one = |text: &str| {
        let begin = Instant::now();
        let shingles = sketcher.shingler().read(text, &mut own);
        let read = Instant::now();
        let sketch: Sketch = sketcher.sign(shingles);
        let signed = Instant::now();
        table.query_into(&sketch, &mut found).expect("a sketch of one kind");
        let looked_up = Instant::now();
        if !found.is_empty() {
            counter.set_left(shingles);
        }
        found.retain(|neighbor: &Neighbor| {
            let theirs = sketcher.shingler().read(&texts[neighbor.id], &mut other);
            counter.overlap(theirs).jaccard() >= THRESHOLD
        });
        let end = Instant::now();
        (
            black_box(&found).len(),
            [read - begin, signed - read, looked_up - signed, end - looked_up],
        )
    };
    // Warm up on some queries, which are measured much later.
    asked.iter().take(asked.len() / 10).for_each(|text| assert!(one(text).0 <= texts.len()));
    let times: Vec<(usize, [Duration; 4])> = asked.iter().map(|text| one(text)).collect();

    let mut out = format!("queries to {} articles, one thread, microseconds\n", texts.len());
    out += "            number     median    99 %    ";
    PARTS.iter().for_each(|part| out += &format!("{part:>9}"));
    for (name, hit) in [("matches", true), ("no match", false)] {
        let times: Vec<_> =
            times.iter().filter(|(found, _)| (*found > 0) == hit).map(|(_, parts)| parts).collect();
        let all = times.iter().map(|parts| parts.iter().sum());
        out += &format!("\n{name:<12}{:>6}", times.len());
        let all: Vec<Duration> = all.collect();
        out += &format!("{:>11.2}{:>8.2}    ", quantile(&all, 0.5), quantile(&all, 0.99));
        for part in 0..PARTS.len() {
            let part: Vec<Duration> = times.iter().map(|parts| parts[part]).collect();
            out += &format!("{:>9.2}", quantile(&part, 0.5));
        }
    }
    out += "\n(of the parts, the medians)\n";
    std::io::stdout().write_all(out.as_bytes()).expect("the table can be printed");
}

/// In microseconds; 0 of nothing.
fn quantile(times: &[Duration], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() as f64 * share) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn banding(threshold: f64) -> Banding {
    Banding::for_target(128, threshold, 0.999).expect("128 slots reach that")
}
