//! Any collection: every pair is exact and of a relation that was asked for, and every member of a
//! cluster has text in common with its representative. The bucket limit is so low that large buckets are
//! common.
//!
//! That a pair is reuse is a verdict in the light of its collection, so `compare`, which knows the two
//! texts alone, may judge otherwise; the overlap is the same.

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
