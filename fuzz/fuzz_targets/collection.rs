//! Any collection: every pair is exact and of a relation that was asked for, and the text of every
//! member of a cluster is such a pair with that of its representative, or the same. The bucket limit is
//! so low that large buckets are common; of more identical copies than it allows, one is listed in
//! pairs with other texts.
//!
//! That a pair is reuse is a verdict in the light of its collection, so `compare`, which knows the two
//! texts alone, may judge otherwise; the overlap is the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsprint::{Config, Detector, Pair, Relation};

fuzz_target!(|texts: Vec<&str>| {
    let Ok(config) = Config::builder().bucket_limit(2).build() else { return };
    let detector = Detector::new(config);
    let found = detector.cluster(&texts);
    for pair in &found.pairs {
        let comparison = detector.compare(texts[pair.left], texts[pair.right]);
        assert_eq!(comparison.overlap, pair.overlap);
        assert_eq!(pair.relation.map(Relation::is_reuse), Some(true));
    }
    let is_same = |a: usize, b: usize| {
        a == b || detector.compare(texts[a], texts[b]).relation == Relation::Identical
    };
    for cluster in &found.clusters {
        let representative = cluster.representative;
        for &member in &cluster.members {
            let is_theirs = |pair: Pair| {
                is_same(pair.left, representative) && is_same(pair.right, member)
                    || is_same(pair.left, member) && is_same(pair.right, representative)
            };
            assert!(is_same(member, representative) || found.pairs.iter().any(is_theirs));
        }
    }
});
