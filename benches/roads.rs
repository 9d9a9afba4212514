//! The roads to candidates: what each costs and yields in a collection of 100,000 articles, and the whole under each preset.

#[path = "common/corpus.rs"]
mod corpus;
#[path = "common/settings.rs"]
mod settings;

use std::hint::black_box;
use std::time::Instant;

use criterion::Throughput;
use newsprint::{Config, Detector, Preset, RoadStats, Scope, Stats};

/// The scopes from the narrowest: each adds a road.
const ROADS: [(Scope, fn(&Stats) -> RoadStats); 3] = [
    (Scope::Similar, |stats| stats.bands),
    (Scope::Text, |stats| stats.anchors),
    (Scope::Story, |stats| stats.story),
];

fn main() {
    let mut criterion = settings::criterion();
    let texts = corpus::texts(settings::number(100_000), 1);
    table(&texts);

    let few = &texts[..texts.len() / 10];
    let mut group = criterion.benchmark_group(format!("cluster {}", few.len()));
    group.sample_size(10);
    group.throughput(Throughput::Bytes(few.iter().map(String::len).sum::<usize>() as u64));
    for preset in [Preset::Strict, Preset::Wire, Preset::Story, Preset::Ocr] {
        let detector = Detector::new(Config::builder().preset(preset).build().expect("a preset is valid"));
        group.bench_function(preset.name(), |b| b.iter(|| detector.cluster(black_box(few))));
    }
    group.finish();
    criterion.final_summary();
}

/// One run a road, least of three: the time it takes beyond the roads before it, and what it proposes.
fn table(texts: &[String]) {
    let per_article = |count: u64| count as f64 / texts.len() as f64;
    println!("{} articles, all threads", texts.len());
    println!("road       keys  candidates  compared  pairs (an article)  seconds  candidates a second");
    let mut before = 0.0;
    for (name, (scope, road)) in ["bands", "anchors", "story"].into_iter().zip(ROADS) {
        // Bands look for the same in every scope.
        let config =
            Config::builder().scope(scope).threshold(0.4).build().expect("128 slots reach the recall");
        let detector = Detector::new(config);
        let run = || {
            let start = Instant::now();
            let stats = detector.find_pairs(black_box(texts)).stats;
            (start.elapsed().as_secs_f64(), road(&stats))
        };
        let (seconds, road) = (0..3).map(|_| run()).min_by(|a, b| a.0.total_cmp(&b.0)).expect("three runs");
        let own = (seconds - before).max(0.0);
        before = seconds;
        println!(
            "{name:<8}{:>7.1}{:>12.2}{:>10.3}{:>7.3}{own:>29.2}{:>21.0}",
            per_article(road.keys),
            per_article(road.candidates),
            per_article(road.verified),
            per_article(road.pairs),
            road.candidates as f64 / own.max(f64::MIN_POSITIVE),
        );
    }
}
