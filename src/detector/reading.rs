//! Every text read once: its signature, and the keys of the other roads.

use super::config::{Config, Scope};
use super::twins;
use crate::article::Article;
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
    /// Empty lists where the scope does not ask for them.
    pub(super) anchors: Lists<u32>,
}

impl Readings {
    /// Reads the articles; `done` is called after each.
    pub(super) fn of(articles: &[Article<'_>], config: &Config, done: impl Fn() + Sync + Send) -> Self {
        let sketcher = config.sketcher();
        let longer = longer(sketcher.shingler());
        let wants_anchors = config.scope() >= Scope::Text;
        let note = |(rolled, keys): &mut (Scratch, Vec<u32>), _: usize, scratch: &Scratch| {
            if wants_anchors {
                let shingles = match longer {
                    Some(longer) => longer.roll(&scratch.units, rolled),
                    None => &scratch.shingles,
                };
                anchors(shingles, keys);
            }
            done();
            (twins::digest(&scratch.shingles), Box::<[u32]>::from(keys.as_slice()))
        };
        let (matrix, notes) = sketcher.sketch_each(articles.len(), |i| articles[i].text, |_| {}, note);
        let (digests, anchors): (Vec<u64>, Vec<Box<[u32]>>) = notes.into_iter().unzip();
        Readings { matrix, digests, anchors: Lists::of(anchors) }
    }
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
