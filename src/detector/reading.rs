//! Every text read once: its signature, and the keys of the other roads.

use super::config::{Config, Scope};
use super::twins;
use crate::collection::Collection;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::sketch::SketchMatrix;
use crate::sketch::anchors::anchors;
use crate::sketch::lists::Lists;

/// Letters of an anchor where shingles are of letters: long enough to be rare, short enough to survive one recognition error in
/// fifteen letters.
const ANCHOR_LETTERS: usize = 12;

/// What is kept of each article of a collection.
#[derive(Debug)]
pub(super) struct Readings {
    pub(super) matrix: SketchMatrix,
    pub(super) digests: Vec<u64>,
    /// The bytes of each text.
    pub(super) lengths: Vec<usize>,
    /// Empty lists where the scope does not ask for them.
    pub(super) anchors: Lists<u32>,
}

impl Readings {
    /// Those of no articles.
    pub(super) fn new(config: &Config) -> Self {
        let matrix = SketchMatrix::new(config.sketcher());
        Readings { matrix, digests: Vec::new(), lengths: Vec::new(), anchors: Lists::default() }
    }

    /// Adds those of more articles.
    pub(super) fn append(&mut self, mut more: Readings) {
        self.matrix.append(&more.matrix);
        self.digests.append(&mut more.digests);
        self.lengths.append(&mut more.lengths);
        self.anchors.append(&more.anchors);
    }

    /// Reads the articles; `done` is called after each.
    pub(super) fn of(articles: &dyn Collection, config: &Config, done: impl Fn() + Sync + Send) -> Self {
        let sketcher = config.sketcher();
        let longer = longer(sketcher.shingler());
        let wants_anchors = config.scope() >= Scope::Text;
        let note = |(rolled, keys): &mut (Scratch, Vec<u32>), text: &str, scratch: &Scratch| {
            if wants_anchors {
                let shingles = match longer {
                    Some(longer) => longer.roll(&scratch.units, rolled),
                    None => &scratch.shingles,
                };
                anchors(shingles, keys);
            }
            done();
            let digest = twins::digest(&scratch.shingles);
            Note { digest, length: text.len(), anchors: keys.as_slice().into() }
        };
        let (matrix, notes) = sketcher.sketch_each(articles, |_| {}, note);
        let digests = notes.iter().map(|note| note.digest).collect();
        let lengths = notes.iter().map(|note| note.length).collect();
        let anchors = Lists::of(notes.into_iter().map(|note| note.anchors).collect());
        Readings { matrix, digests, lengths, anchors }
    }
}

/// What is kept of one text beside its signature.
#[derive(Clone, Default)]
struct Note {
    digest: u64,
    length: usize,
    anchors: Box<[u32]>,
}

/// The shingles of which anchors are taken, if not the shingler's own.
fn longer(shingler: Shingler) -> Option<Shingler> {
    match shingler.shingle() {
        Shingle::Letters(width) if width < ANCHOR_LETTERS => {
            let longer = Shingler::new(Shingle::Letters(ANCHOR_LETTERS)).ok()?;
            Some(longer.with_folding(shingler.folding()).with_seed(shingler.seed()))
        }
        _ => None,
    }
}
