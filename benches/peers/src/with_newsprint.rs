//! newsprint with shingles of three words, 128 slots and its default recall target of 0.999.

use std::ops::ControlFlow;
use std::time::Instant;

use newsprint::parts::Sketcher;
use newsprint::{Config, Detector, Progress, Shingle, Stage};
use rayon::ThreadPoolBuilder;

use crate::Answer;

/// The signatures of all texts, on one thread. The default sketcher is words:3 and 128 slots.
pub fn sign(texts: &[String]) -> impl Sized {
    let one = ThreadPoolBuilder::new().num_threads(1).build().expect("one thread can be had");
    one.install(|| Sketcher::default().sketch_all(texts))
}

fn config(threshold: f64) -> Config {
    let config = Config::builder().shingle(Shingle::Words(3)).threshold(threshold).build();
    config.expect("128 slots reach the recall at the thresholds of this comparison")
}

pub fn pairs(texts: &[String], threshold: f64) -> Answer {
    let found = Detector::new(config(threshold)).find_pairs(texts);
    Answer::new(found.pairs.iter().map(|pair| (pair.left, pair.right)).collect(), ())
}

/// The time of each stage, from the end of the one before to its last progress report. Grouping of
/// identical texts, between signing and joining, counts as joining; sorting the pairs, after
/// verifying, is left out.
pub fn stages(texts: &[String], threshold: f64) -> [f64; 3] {
    let start = Instant::now();
    let ends = std::sync::Mutex::new([0.0f64; 3]);
    let note = |progress: Progress| {
        let mut ends = ends.lock().expect("no thread panics here");
        let stage = match progress.stage {
            Stage::Sign => 0,
            Stage::Join => 1,
            _ => 2,
        };
        ends[stage] = ends[stage].max(start.elapsed().as_secs_f64());
        ControlFlow::Continue(())
    };
    let found = Detector::new(config(threshold)).try_find_pairs(texts, note);
    found.expect("texts in memory can be read");
    let [sign, join, verify] = *ends.lock().expect("no thread panicked");
    [sign, join - sign, (verify - join).max(0.0)]
}
