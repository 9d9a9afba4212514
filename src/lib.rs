//! Finds copies of news articles: the same story reprinted, cut, extended or edited, in two texts or in a million.
//!
//! ```
//! let articles = [
//!     "The river rose by two metres in a night, and the old bridge was closed at dawn, the mayor said.",
//!     "FLOOD\nThe river rose by two metres in a night and the old bridge was closed at dawn, police said.",
//!     "A new library opens on Saturday with readings, music and a bookbinder at work.",
//! ];
//! let found = newsprint::Detector::default().cluster(&articles);
//! assert_eq!(found.clusters[0].representative, 1);
//! assert_eq!(found.clusters[0].members, [0]);
//! assert!(found.pairs[0].jaccard() > 0.5); // exact, not estimated
//! ```
//!
//! Two articles are compared in some sixty microseconds, and the answer says how they relate and why:
//!
//! ```
//! use newsprint::{Detector, Relation};
//!
//! let agency = "The river rose by two metres in a night, and the old bridge was closed at dawn on Monday, the mayor said.";
//! let paper = "BRIDGE SHUT\nThe old bridge was closed at dawn on Monday, the mayor said. The river rose by two metres in a night.";
//! let found = Detector::default().compare(agency, paper);
//! assert_eq!(found.relation, Relation::Copy);
//! assert_eq!(&paper[found.shared.passages[0].right.clone()], "The river rose by two metres in a night");
//! assert_eq!(found.shared.passages.len(), 2); // the sentences changed places
//! ```
//!
//! Texts are folded, so that typography does not matter; cut into words and these into *shingles*, overlapping runs of a few
//! words; the set of shingles is boiled down to a MinHash *signature* of half a kilobyte; signatures that agree in a *band* of
//! slots become *candidates*; candidates are compared exactly, shingle by shingle; and the pairs that pass form *clusters*, in which
//! every member was compared with the representative. What is reported is always an exact figure; an estimate is called
//! [`Estimate`].
//!
//! # The types
//!
//! - [`Detector`] is the whole road: [`compare`](Detector::compare) two articles, [`find_pairs`](Detector::find_pairs) and
//!   [`cluster`](Detector::cluster) a collection. [`Config`] says what counts as a copy. Articles are strings or anything that
//!   [`AsArticle`] can read, with an id, a [`Date`] and a source where you have them.
//! - A [`Comparison`] holds the [`Relation`], the shared [`Passages`] as byte spans in both texts, the [`Overlap`] plain and
//!   [weighted](WeightedOverlap), the [`Story`] score and the [`Evidence`]. [`Idf`] says what a word is worth: by default, or
//!   [learnt](Detector::learn) from a collection.
//! - [`Report`] shows a [`Comparison`] to people and programs: as text, as JSON, as a page with the two articles side by side.
//! - [`Sketcher`] makes [`Sketch`]es, to be stored or sent: one a text, or a [`SketchMatrix`] of many. [`LshTable`] takes sketches
//!   as they come and answers queries; [`Join`] finds all candidate pairs of a matrix.
//! - The parts: [`Folding`] and [`Words`]; [`Shingler`]; [`MinHasher`]; [`SimHasher`] with [`HammingIndex`]; [`Banding`];
//!   [`Overlap`] and [`Passages`]. They know hashes and numbers, so they serve other data than text, too.
//!
//! # Choosing parameters
//!
//! Start with a [`Preset`]; then, in this order:
//!
//! - **Threshold**: the [Jaccard similarity](Overlap) from which two articles are a pair. It is lower than one expects: a copy with
//!   one word in ten changed keeps 57 % of its three-word shingles, and one cut in half has a similarity of 0.5 at most. Among 99 pairs of web
//!   articles about three events, each read by two people, 0.3 on three-word shingles found 29 of 49 reused texts and none of 50
//!   others, 0.1 found 47 and still none; but the lower the threshold, the more candidates, see below.
//! - **Shingle**: three words for articles; five words to compare with published figures or when only near-verbatim copies count;
//!   five letters for recognised scans and for languages written without spaces.
//! - **Recall**: the share of the pairs at the threshold to find, 0.999 if you say nothing. The bands follow from it.
//! - **Slots**: 128. Double them when [`Config`] says that the recall is out of reach, or when
//!   [`Banding::expected_candidates`] shows too many: at 100,000 articles and a background similarity of 0.0005 the default of 0.3
//!   proposes some ten million pairs, a fraction of a second; 0.2 proposes five times as many.
//!
//! # Limits
//!
//! - A rewritten article shares few shingles with its source. `compare` tells it by its names, numbers and key words; `find_pairs`
//!   and `cluster`, which go by shingles, do not find it.
//! - What is told from names relies on capitals, as the Latin, Greek and Cyrillic alphabets have them.
//! - Jaccard similarity of a short excerpt and a long article is low by definition. [`Overlap`] tells containment of any pair you
//!   compare, but candidates are found by similarity.
//! - Shingles are compared by 64-bit hashes: two different ones are taken for one with probability 2⁻⁶⁴. The hash is not
//!   keyed against somebody who searches for collisions.
//! - A collection is held in memory: its texts, plus 0.6 KB an article.
//! - Which characters are letters, and how they fold, follows the Unicode tables of the standard library and of
//!   `unicode-normalization`; characters assigned after those were made count as symbols.
//!
//! The same input gives the same output, bit for bit, on any machine and with any number of threads.
//!
//! # Features
//!
//! - `rayon` (default): work on collections runs on all cores of the current rayon pool. Without it the crate works the same on one.
//!
//! # References
//!
//! A. Broder, "On the resemblance and containment of documents", 1997 (shingles, Jaccard, containment). S. Dahlgaard, M. Knudsen,
//! M. Thorup, "Fast Similarity Sketching", FOCS 2017 (the signature). P. Indyk, R. Motwani, "Approximate nearest neighbors", STOC
//! 1998 (banding). M. Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002, and G. Manku, A. Jain,
//! A. Das Sarma, "Detecting near-duplicates for web crawling", WWW 2007 (SimHash). E. Silcock et al., "Noise-robust de-duplication at
//! scale", ICLR 2023 (how little true copies of news share).

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use article::{Article, AsArticle, Date};
pub use cluster::{Bond, Cluster, StoryCluster, Weakest};
pub use compare::overlap::{Overlap, WeightedOverlap};
pub use compare::passages::{Passage, PassageKind, Passages};
pub use compare::relation::{Evidence, Relation};
pub use compare::story::Story;
pub use compare::{Comparison, Sides};
pub use detector::config::{Config, ConfigBuilder, Preset, Scope};
pub use detector::explain::Fate;
pub use detector::{Clusters, Detector, Pair, Pairs, Progress, RoadStats, Stage, Stats};
pub use error::Error;
pub use idf::Idf;
pub use lsh::hamming::HammingIndex;
pub use lsh::join::{Candidates, Join};
pub use lsh::table::{LshTable, Neighbor};
pub use lsh::tuning::Banding;
pub use report::Report;
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
mod idf;
mod lsh;
mod parallel;
mod report;
mod shingle;
mod sketch;
mod text;
