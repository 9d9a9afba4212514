//! Any collection: every pair has its exact overlap and a requested relation, and every member of a
//! cluster shares text with its representative. The bucket limit is so low that large buckets are
//! common.
//!
//! The verdict of a pair takes its collection into account. `compare` knows only the two texts, so
//! its verdict may differ; the overlap is the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsprint::{Config, Detector, Relation};

fuzz_target!(|texts: Vec<&str>| {
    let Ok(config) = Config::builder().bucket_limit(2).build() else { return };
    let detector = Detector::new(config);
    let found = detector.cluster(&texts);
    for pair in &found.pairs {
        let comparison = detector.compare(texts[pair.left], texts[pair.right]);
        assert_eq!(comparison.overlap, pair.overlap);
        assert_eq!(pair.relation.map(Relation::is_reuse), Some(true));
    }
    for cluster in &found.clusters {
        for &member in &cluster.members {
            let comparison = detector.compare(texts[cluster.representative], texts[member]);
            assert!(comparison.jaccard() > 0.0, "{member} of {cluster:?} in {texts:?}");
        }
    }
});
