//! Any collection: every pair is exact and reuse, and so is every member with its representative, under a bucket limit so
//! low that crowds are common.

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
        assert!(comparison.relation.is_reuse());
    }
    for cluster in &found.clusters {
        for &member in &cluster.members {
            let similar = detector.compare(texts[cluster.representative], texts[member]);
            assert!(similar.relation.is_reuse());
        }
    }
});
