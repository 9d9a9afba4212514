//! The candidate generators: what each costs and yields in a collection of 100,000 articles, and
//! the whole pipeline under each preset.

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;

use criterion::Throughput;
use newsprint::{Config, Detector, Preset, Scope};
use newsprint_benches::{corpus, settings};

fn main() {
    let mut criterion = settings::criterion();
    let texts = corpus::texts(settings::number(100_000), 1);
    table(&texts);

    let few = &texts[..texts.len() / 10];
    let mut group = criterion.benchmark_group(format!("cluster {}", few.len()));
    group.sample_size(10);
    group.throughput(Throughput::Bytes(few.iter().map(String::len).sum::<usize>() as u64));
    for preset in [Preset::Strict, Preset::Wire, Preset::Story, Preset::Ocr] {
        let detector =
            Detector::new(Config::builder().preset(preset).build().expect("a preset is valid"));
        group.bench_function(preset.name(), |b| b.iter(|| detector.cluster(black_box(few))));
    }
    group.finish();
    criterion.final_summary();
}

/// One row a generator, the fastest of three runs: the time beyond the generators before it, and
/// what it proposes.
fn table(texts: &[String]) {
    let per_article = |count: u64| count as f64 / texts.len() as f64;
    let mut out = format!("{} articles, all threads\n", texts.len());
    out +=
        "generator  keys  candidates  compared  pairs (an article)  seconds  candidates a second\n";
    let mut before = 0.0;
    // Each scope adds a generator to those of the narrower ones.
    for (place, scope) in [Scope::Similar, Scope::Text, Scope::Story].into_iter().enumerate() {
        // Bands look for the same in every scope.
        let config = Config::builder()
            .scope(scope)
            .threshold(0.4)
            .build()
            .expect("128 slots reach the recall");
        let detector = Detector::new(config);
        let run = || {
            let start = Instant::now();
            let stats = detector.find_pairs(black_box(texts)).stats;
            (start.elapsed().as_secs_f64(), stats.generators()[place])
        };
        let (seconds, (name, generator)) =
            (0..3).map(|_| run()).min_by(|a, b| a.0.total_cmp(&b.0)).expect("three runs");
        let own = (seconds - before).max(0.0);
        before = seconds;
        out += &format!(
            "{name:<8}{:>7.1}{:>12.2}{:>10.3}{:>7.3}{own:>29.2}{:>21.0}\n",
            per_article(generator.keys),
            per_article(generator.candidates),
            per_article(generator.verified),
            per_article(generator.pairs),
            generator.candidates as f64 / own.max(f64::MIN_POSITIVE),
        );
    }
    std::io::stdout().write_all(out.as_bytes()).expect("the table can be printed");
}
