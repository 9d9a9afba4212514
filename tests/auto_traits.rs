//! Every public type can be sent to and shared with other threads, and printed.

use newsprint::parts::*;
use newsprint::results::*;
use newsprint::*;

fn shared<T: Send + Sync + std::fmt::Debug>() {}

#[test]
fn every_public_type_is_send_sync_and_debug() {
    shared::<Article<'_>>();
    shared::<Banding>();
    shared::<Candidates>();
    shared::<Cluster>();
    shared::<ClusteredArticle>();
    shared::<Clusters>();
    shared::<Comparison>();
    shared::<Config>();
    shared::<ConfigBuilder>();
    shared::<Date>();
    shared::<Detector>();
    shared::<Error>();
    shared::<ErrorKind>();
    shared::<Estimate>();
    shared::<Evidence>();
    shared::<Fate>();
    shared::<Folding>();
    shared::<GeneratorStats>();
    shared::<HammingIndex>();
    shared::<Idf>();
    shared::<Join>();
    shared::<LeastSure>();
    shared::<LinkKind>();
    shared::<LshTable>();
    shared::<MinHasher>();
    shared::<Neighbor>();
    shared::<Origins>();
    shared::<Overlap>();
    shared::<OverlapCounter>();
    shared::<Pair>();
    shared::<PairIter<'_>>();
    shared::<PairList>();
    shared::<Pairs>();
    shared::<Passage>();
    shared::<PassageKind>();
    shared::<Passages>();
    shared::<Place>();
    shared::<Preset>();
    shared::<Progress>();
    shared::<Relation>();
    shared::<Report<'_>>();
    shared::<ReuseKind>();
    shared::<Scope>();
    shared::<Scratch>();
    shared::<SharedPassage>();
    shared::<SharedPassages>();
    shared::<Shingle>();
    shared::<Shingler>();
    shared::<Sides<f64>>();
    shared::<Signature>();
    shared::<Signing<'_>>();
    shared::<SimHash>();
    shared::<SimHasher>();
    shared::<Sketch>();
    shared::<SketchMatrix>();
    shared::<Sketcher>();
    shared::<Stage>();
    shared::<Stats>();
    shared::<Story>();
    shared::<StoryCluster>();
    shared::<Weakest>();
    shared::<WeightedOverlap>();
    shared::<Words>();
}

#[test]
#[cfg(feature = "index")]
fn every_public_type_of_the_index_is_send_sync_and_debug() {
    shared::<Answer>();
    shared::<Index>();
    shared::<IndexOptions>();
    shared::<IndexStats>();
    shared::<Match>();
    shared::<Provenance>();
    shared::<Query<'_>>();
    shared::<Repaired>();
    shared::<Snapshot>();
    shared::<Stored>();
    shared::<Verified>();
}

/// What the crate exports is what is listed above, but for its traits and functions.
#[test]
fn no_public_type_is_forgotten() {
    const TRAITS: [&str; 2] = ["AsArticle", "Collection"];
    let is_name = |c: char| c.is_ascii_alphanumeric();
    let sources = [
        include_str!("../src/lib.rs"),
        include_str!("../src/parts.rs"),
        include_str!("../src/results.rs"),
    ];
    let exported = sources.into_iter().flat_map(|source| source.split("pub use ").skip(1));
    let exported = exported.filter_map(|after| after.split_once(';')).flat_map(|(list, _)| {
        list.split(|c| !is_name(c)).filter(|name| name.starts_with(|c: char| c.is_uppercase()))
    });
    let listed = include_str!("auto_traits.rs").split("shared::<").skip(1);
    let listed: Vec<&str> =
        listed.filter_map(|after| after.split(|c| !is_name(c)).next()).collect();
    let mut count = 0;
    for name in exported.filter(|name| !TRAITS.contains(name)) {
        assert!(listed.contains(&name), "{name} is not listed");
        count += 1;
    }
    assert!(count > 60, "{count}");
}
