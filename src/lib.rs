//! Finds copies of news articles: the same story reprinted, cut, extended or edited, in two texts
//! or in a million.
//!
//! ```
//! let articles = [
//!     "The river rose by two metres in a night, and the old bridge was closed at dawn.",
//!     "FLOOD\nThe river rose by two metres in a night and the old bridge was closed at dawn, police said.",
//!     "A new library opens on Saturday with readings, music and a bookbinder at work.",
//! ];
//! let found = newsprint::Detector::default().cluster(&articles);
//! assert_eq!(found.clusters[0].representative, 1);
//! assert_eq!(found.clusters[0].members, [0]);
//! for pair in &found.pairs {
//!     assert!((pair.left, pair.right) == (0, 1) && pair.jaccard() > 0.5); // exact, not estimated
//! }
//! assert_eq!(found.pairs.len(), 1);
//! ```
//!
//! Two articles are compared in some hundred microseconds, and the answer says how they relate and
//! why:
//!
//! ```
//! use newsprint::{Detector, Relation};
//!
//! let agency = "The river rose by two metres in a night, and the old bridge was closed at dawn \
//!     on Monday, the mayor said.";
//! let paper = "BRIDGE SHUT\nThe old bridge was closed at dawn on Monday, the mayor said. The river \
//!     rose by two metres in a night.";
//! let found = Detector::default().compare(agency, paper);
//! assert_eq!(found.relation, Relation::Copy);
//! let first = &found.shared.passages[0];
//! assert_eq!(&paper[first.right.clone()], "The river rose by two metres in a night");
//! assert_eq!(found.shared.passages.len(), 2); // the sentences changed places
//! ```
//!
//! How it works: texts are folded, so that typography does not matter, and cut into words and these
//! into *shingles*, overlapping runs of a few words. The set of shingles is reduced to a MinHash
//! *signature* of half a kilobyte. Signatures that agree in a *band* of slots are *candidates*, and
//! so are texts that share rare *anchors*, sampled shingles, or two of their best *key terms*. A
//! candidate is compared in full and a [`Relation`] is decided from the evidence, with its
//! probability. The pairs form *clusters*, in which every member was compared with the
//! representative, and these *stories*. A reported overlap is always exact; an estimate is called
//! [`Estimate`](parts::Estimate).
//!
//! # The types
//!
//! - [`Detector`] does all of it: [`compare`](Detector::compare) two articles,
//!   [`find_pairs`](Detector::find_pairs) of a collection, [`cluster`](Detector::cluster) it.
//!   [`Config`] says what counts as a copy. Articles are strings or anything that [`AsArticle`] can
//!   read, with an id, a [`Date`] and a source if there are any. The texts of a [`Collection`] need
//!   not be in memory, and [`Signing`] takes articles as they come.
//! - [`Pairs`] and [`Clusters`] are what is found, with each [`Pair`] and each [`Cluster`]. A
//!   [`Comparison`] holds the [`Relation`] of two texts, the passages they share as byte spans in
//!   both, the overlap plain and weighted, the probability of one event, and the evidence. What
//!   these are made of stands in [`results`].
//! - [`SharedPassages`] are what articles of a collection [share](Detector::passages), wherever it
//!   stands in them: each [`SharedPassage`] with all its places and its [`ReuseKind`].
//! - [`Report`] shows a [`Comparison`] as text, as JSON, or as a page with the two articles side by
//!   side.
//! - [`Index`] is for articles that keep arriving: on disk, searched in place, safe against
//!   crashes. Any thread or process can ask a [`Snapshot`] of it. [`Query`] and [`Answer`] are what
//!   is asked and answered; [`Index::verify`] and [`Index::repair`] check and mend it.
//! - An [`Error`] has a [kind](ErrorKind) to act on. [`Progress`] is reported by long work, which
//!   can be ended.
//! - The [`parts`] can be used alone: folding and words, shingles, MinHash and SimHash signatures,
//!   bands, joins and tables. Sketches can be stored and sent.
//!
//! [`recipes`] has whole examples: asynchronous programs, a database as a collection, backups,
//! another preset for an index, clusters for other programs.
//!
//! # Choosing parameters
//!
//! Start with a [`Preset`]. Reuse means that one text was made from the other, or both from a
//! third; series and shared passages are told apart from it, and listed if you
//! [ask](ConfigBuilder::relations).
//!
//! | preset | lists | finds candidates by |
//! |---|---|---|
//! | `wire` | reuse | bands of signatures, rare sampled shingles |
//! | `story` | reuse and independent accounts of one event | the same, and two key terms in common |
//! | `ocr` | reuse in scans | the same as `wire`, by letters |
//! | `strict` | what is nearly the same word for word | bands |
//!
//! If that is not enough, change in this order:
//!
//! - **[Relations](ConfigBuilder::relations)**, and the least
//!   [probability](ConfigBuilder::min_confidence) of them.
//! - **[`Scope`]**: what makes two articles a pair: similarity alone, reuse, or one event too.
//! - **Threshold**: a [Jaccard similarity](parts::Overlap) alone; only pairs that reach it are
//!   listed. It is lower than one expects: a copy with one word in ten changed keeps 57 % of its
//!   three-word shingles, and one cut in half has a similarity of 0.5 at most.
//! - **Shingle**: three words for articles; five words to compare with published figures or when
//!   only near-verbatim copies count; five letters for recognised scans and for languages written
//!   without spaces.
//! - **Story window**: the days between two accounts of one event. In a collection of months, a few
//!   days keep apart what happens again.
//! - **Recall**: the share of the pairs at the threshold that the bands must propose, 0.999 by
//!   default. The bands follow from it.
//! - **Slots**: 128. Double them when [`Config`] says that the recall is out of reach, or when
//!   [`Banding::expected_candidates`](parts::Banding::expected_candidates) shows too many.
//!
//! [`Detector::explain`] tells of any pair which stage it reached; [`Stats`](results::Stats) has
//! the figures of each candidate generator.
//!
//! # Limits
//!
//! - The relation is decided by a model that was fitted to some 16,000 labelled pairs. Where
//!   paragraphs of an earlier report return in a later one it is right in two of three cases;
//!   independent accounts and rewrites of one event are often taken for each other. The table above
//!   the constants, in `src/verify/fitted.rs`, shows how right it is on each set that it has not
//!   seen, among them languages and kinds of text on which it is much less so.
//! - Names are known by their capitals in the Latin, Greek and Cyrillic alphabets, and by rarity
//!   elsewhere.
//! - In a collection of less than 4,096 different texts it is not known what boilerplate is, and
//!   more candidates are compared.
//! - An excerpt that shares fewer than some 20 words in a row with the other text, in a short text,
//!   may have no two anchors. Where letters are compared, excerpts count only by their similarity.
//! - Words and shingles are compared by 64-bit hashes: two different ones are taken for one with
//!   probability 2⁻⁶⁴. The hashes are stored, so they are not keyed, and somebody who searches can
//!   find two words of one hash. Two texts are [identical](Relation::Identical) only if their
//!   folded characters are the same; every other figure goes by the hashes. An [`Index`] puts texts
//!   of one digest together and compares each of them if it has texts; without texts it takes them
//!   for the same text.
//! - The search takes 0.6 KB of memory an article, 2 KB with preset `wire` and 4 to 6 with `story`
//!   and `ocr`; beside the texts, unless these are [read when they are needed](Collection).
//! - Which characters are letters, and how they fold, follows the Unicode tables of the standard
//!   library and of `unicode-normalization`; characters assigned after those were made count as
//!   symbols.
//!
//! The same input gives the same output, bit for bit, on any machine and with any number of
//! threads.
//!
//! # Features
//!
//! - `rayon` (default): work on collections runs on all cores of the current rayon pool. Without it
//!   the crate works the same on one.
//! - `index` (default): [`Index`] and what belongs to it, with three small dependencies (`memmap2`,
//!   `bytes`, `lz4_flex`).
//!
//! - `serde`: results and configurations can be serialized, and mostly read back. Relations,
//!   presets and other names are strings, as their `Display` has them; so are dates and shingles. A
//!   [`PairList`](results::PairList) is the list of the pairs that it makes.
//!
//! The inner loops use AVX-512, AVX2 or NEON where the machine has them, with the same results as
//! without. The environment variable `NEWSPRINT_ISA` (`portable`, `avx2`, `avx512` or `neon`), read
//! once, limits them; [`instruction_set`] tells which are used, and whether the variable's value is
//! known.
//!
//! # References
//!
//! A. Broder, "On the resemblance and containment of documents", 1997 (shingles, Jaccard,
//! containment). S. Dahlgaard, M. Knudsen, M. Thorup, "Fast Similarity Sketching", FOCS 2017 (the
//! signature). P. Indyk, R. Motwani, "Approximate nearest neighbors", STOC 1998 (banding). U.
//! Manber, "Finding similar files in a large file system", USENIX 1994 (sampled shingles). R.
//! Sokal, C. Michener, "A statistical method for evaluating systematic relationships", 1958
//! (average linkage). M. Charikar, "Similarity estimation techniques from rounding algorithms",
//! STOC 2002, and G. Manku, A. Jain, A. Das Sarma, "Detecting near-duplicates for web crawling",
//! WWW 2007 (SimHash). S. Schleimer, D. Wilkerson, A. Aiken, "Winnowing", SIGMOD 2003 (passages).
//! E. Silcock et al., "Noise-robust de-duplication at scale", ICLR 2023 (how little true copies of
//! news share).

// Without the index its pages are not there to be linked to.
#![cfg_attr(
    not(feature = "index"),
    allow(rustdoc::broken_intra_doc_links, rustdoc::private_intra_doc_links)
)]

#[cfg(all(doctest, feature = "index"))]
#[doc = include_str!("../README.md")]
struct Readme;

pub use article::{Article, AsArticle};
pub use cluster::Cluster;
pub use collection::Collection;
pub use comparison::Comparison;
pub use date::Date;
pub use detector::Detector;
pub use detector::config::{Config, ConfigBuilder, Preset, Scope};
#[cfg(feature = "distributed")]
pub use detector::distributed;
pub use detector::pairs::Pair;
pub use detector::results::{Clusters, Pairs};
pub use detector::signing::Signing;
pub use error::{Error, ErrorKind};
#[cfg(all(fuzzing, feature = "index"))]
pub use index::fuzzing::index_survives;
#[cfg(feature = "index")]
pub use index::{Answer, Index, IndexOptions, Match, Query, Snapshot};
pub use passages::kind::ReuseKind;
pub use passages::results::{SharedPassage, SharedPassages};
pub use progress::{Progress, Stage};
pub use report::Report;
pub use shingle::Shingle;
pub use simd::isa::instruction_set;
#[cfg(fuzzing)]
pub use text::fuzzing::kernels_agree;
pub use verify::relation::Relation;

pub mod parts;
// They are mostly of an index.
#[cfg(feature = "index")]
pub mod recipes;
pub mod results;

mod article;
mod cluster;
mod collection;
mod compare;
mod comparison;
mod date;
mod detector;
mod error;
mod hash;
mod idf;
#[cfg(feature = "index")]
mod index;
mod keyed;
mod lsh;
mod names;
mod numbering;
mod parallel;
mod passages;
mod progress;
mod report;
mod run;
mod shingle;
mod simd;
mod sketch;
mod text;
mod verify;
// Some fields occur in the files of an index alone.
#[cfg_attr(not(feature = "index"), allow(dead_code))]
mod wire;
