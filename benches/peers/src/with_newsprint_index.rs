//! newsprint's index on disk, without texts: it answers from signatures alone, as the others do.
//!
//! Unlike the others it commits every thousand articles to disk, merges all segments at the end,
//! and is reopened for the queries; the time of insertion includes all this. Segments are merged on
//! a second thread while articles are inserted. An answer has the ids of its matches as strings,
//! where those of the others are numbers.

use std::path::PathBuf;

use newsprint::{Article, Config, Scope, Shingle, Snapshot};

use crate::index::{Index, Made};

/// The number of articles per commit.
const COMMIT: usize = 1_000;

struct OnDisk {
    config: Config,
    snapshot: Option<Snapshot>,
}

/// An index with shingles of three words and the bands for the threshold and a recall of 0.999;
/// bands are its only candidate generator.
pub fn index(threshold: f64) -> Made {
    let builder =
        Config::builder().shingle(Shingle::Words(3)).scope(Scope::Similar).threshold(threshold);
    let config =
        builder.build().expect("128 slots reach the recall at the thresholds of this comparison");
    let banding = config.banding();
    // Bands may differ in length.
    let (bands, slots) = (banding.bands().len(), banding.slots());
    (Box::new(OnDisk { config, snapshot: None }), format!("{bands}, of {slots} slots"))
}

impl Index for OnDisk {
    fn insert_all(&mut self, texts: &[&str]) {
        let path = directory();
        let mut index = newsprint::Index::create(&path, &self.config).expect("an empty directory");
        for (i, text) in texts.iter().enumerate() {
            let id = i.to_string();
            let article = Article::new(text).id(&id);
            index.insert(&article).expect("an id of its own");
            if (i + 1).is_multiple_of(COMMIT) {
                index.commit().expect("a disk with room");
            }
        }
        index.merge().expect("a disk with room");
        index.close().expect("a disk with room");
        self.snapshot = Some(Snapshot::open(&path).expect("an index"));
        // Mapped files stay readable, and nothing is left behind however the program ends.
        std::fs::remove_dir_all(&path).expect("its own directory");
    }

    fn query(&mut self, text: &str) -> usize {
        let snapshot = self.snapshot.as_ref().expect("articles were inserted");
        snapshot.query(text).expect("whole files").matches.len()
    }
}

fn directory() -> PathBuf {
    std::env::temp_dir().join(format!("newsprint-peers-index-{}", std::process::id()))
}
