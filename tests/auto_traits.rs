//! Every public type can be sent to and shared with other threads.

use newsprint::*;

fn shared<T: Send + Sync + std::fmt::Debug>() {}

#[test]
fn every_public_type_is_send_sync_and_debug() {
    shared::<Article<'_>>();
    shared::<Banding>();
    shared::<Candidates>();
    shared::<Cluster>();
    shared::<Clusters>();
    shared::<Comparison>();
    shared::<Config>();
    shared::<ConfigBuilder>();
    shared::<Date>();
    shared::<Detector>();
    shared::<Error>();
    shared::<Estimate>();
    shared::<Folding>();
    shared::<HammingIndex>();
    shared::<Join>();
    shared::<LshTable>();
    shared::<MinHasher>();
    shared::<Neighbor>();
    shared::<Overlap>();
    shared::<Pair>();
    shared::<PairIter<'_>>();
    shared::<PairList>();
    shared::<Pairs>();
    shared::<Preset>();
    shared::<Scope>();
    shared::<LinkKind>();
    shared::<Fate>();
    shared::<GeneratorStats>();
    shared::<StoryCluster>();
    shared::<Progress>();
    shared::<Relation>();
    shared::<Report<'_>>();
    shared::<Scratch>();
    shared::<Shingle>();
    shared::<Shingler>();
    shared::<Signature>();
    shared::<Signing<'_>>();
    shared::<SimHash>();
    shared::<SimHasher>();
    shared::<Sketch>();
    shared::<SketchMatrix>();
    shared::<Sketcher>();
    shared::<Stage>();
    shared::<Stats>();
    shared::<Weakest>();
    shared::<Words>();
}
