//! draft
pub use article::{Article, AsArticle, Date};
pub use cluster::{Cluster, Weakest};
pub use compare::overlap::Overlap;
pub use compare::relation::{Comparison, Relation};
pub use detector::config::{Config, ConfigBuilder, Preset};
pub use detector::{Clusters, Detector, Pair, Pairs, Progress, Stage, Stats};
pub use error::Error;
pub use lsh::hamming::HammingIndex;
pub use lsh::join::{Candidates, Join};
pub use lsh::table::{LshTable, Neighbor};
pub use lsh::tuning::Banding;
pub use shingle::{Scratch, Shingle, Shingler};
pub use sketch::minhash::{Estimate, MinHasher, Signature, variance_factor};
pub use sketch::simhash::{SimHash, SimHasher};
pub use sketch::{Sketch, SketchMatrix, Sketcher};
pub use text::fold::Folding;
pub use text::words::Words;

mod article;
mod cluster;
mod compare;
mod detector;
mod error;
mod lsh;
mod parallel;
mod shingle;
mod sketch;
mod text;
