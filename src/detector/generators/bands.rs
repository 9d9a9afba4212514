//! Candidates that share a band of their signatures: near duplicates.

use super::large_buckets;
use crate::detector::config::Config;
use crate::detector::input::{Candidate, Input};
use crate::detector::results::GeneratorStats;
use crate::lsh::join::Join;
use crate::progress::Stage;

/// What bands propose.
pub(in crate::detector) struct ByBands {
    /// Sorted, each once.
    pub(in crate::detector) candidates: Vec<Candidate>,
    pub(in crate::detector) stats: GeneratorStats,
    /// How many texts are in large buckets.
    pub(in crate::detector) in_large_buckets: usize,
}

/// The join of a configuration.
pub(in crate::detector) fn join(config: &Config) -> Join {
    Join::new(config.banding(), config.band_threshold()).with_bucket_limit(config.bucket_limit())
}

/// Joins the signatures of all different texts, band by band.
pub(in crate::detector) fn propose(input: Input<'_>) -> ByBands {
    let (Input { config, signed, articles, .. }, texts) = (input, input.texts());
    let bands = config.banding().bands().len();
    let step = articles.begin(Stage::Join, bands, 1);
    let found = join(config).among(&signed.matrix, texts, &|_| step());
    let in_large_buckets = found.large_buckets.iter().map(Vec::len).sum();
    let (mut candidates, mut proposed) = (found.pairs, found.proposed);
    if !found.large_buckets.is_empty() {
        let more = large_buckets::propose(input, &found.large_buckets);
        proposed += more.proposed;
        candidates.extend(more.candidates);
        candidates.sort_unstable();
        candidates.dedup();
    }
    let keys = (texts.len() * bands) as u64;
    let stats = GeneratorStats { keys, candidates: proposed, ..GeneratorStats::default() };
    ByBands { candidates, stats, in_large_buckets }
}
