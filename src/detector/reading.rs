//! Every text read once: its signature, and the keys of the other roads; those of a whole
//! collection on all cores, or of one text at a time.

use super::config::{Config, Scope};
use super::twins;
use crate::collection::Collection;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::sketch::SketchMatrix;
#[cfg(feature = "index")]
use crate::sketch::Sketcher;
use crate::sketch::anchors::anchors;
use crate::sketch::lists::Lists;
#[cfg(feature = "index")]
use crate::sketch::minhash::count;

/// Letters of an anchor where shingles are of letters: long enough to be rare, short enough to
/// survive one recognition error in fifteen letters.
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
    pub(super) fn of(
        articles: &dyn Collection,
        config: &Config,
        done: impl Fn() + Sync + Send,
    ) -> Self {
        let sketcher = config.sketcher();
        let anchorer = Anchorer::new(sketcher.shingler());
        let wants_anchors = wants_anchors(config);
        let note = |(rolled, keys): &mut (Scratch, Vec<u32>), text: &str, scratch: &Scratch| {
            if wants_anchors {
                anchorer.read(scratch, rolled, keys);
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

/// Whether the scope has a road of anchors.
fn wants_anchors(config: &Config) -> bool {
    config.scope() >= Scope::Text
}

/// Takes the anchors of texts whose shingles are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchorer {
    /// Of which shingles they are taken, if not of the shingler's own.
    longer: Option<Shingler>,
}

impl Anchorer {
    pub(crate) fn new(shingler: Shingler) -> Self {
        let longer = match shingler.shingle() {
            Shingle::Letters(width) if width < ANCHOR_LETTERS => {
                let longer = Shingler::new(Shingle::Letters(ANCHOR_LETTERS)).ok();
                longer.map(|it| it.with_folding(shingler.folding()).with_seed(shingler.seed()))
            }
            _ => None,
        };
        Anchorer { longer }
    }

    /// Replaces `keys` by the anchors of the text that `scratch` was left from; `rolled` is working
    /// memory.
    pub(crate) fn read(&self, scratch: &Scratch, rolled: &mut Scratch, keys: &mut Vec<u32>) {
        let shingles = match self.longer {
            Some(longer) => longer.roll(&scratch.units, rolled),
            None => &scratch.shingles,
        };
        anchors(shingles, keys);
    }
}

/// Signs texts one at a time, each as [`Readings`] would, in memory that is used again.
#[cfg(feature = "index")]
#[derive(Debug)]
pub(crate) struct Signer {
    sketcher: Sketcher,
    anchorer: Option<Anchorer>,
    scratch: Scratch,
    rolled: Scratch,
    slots: Vec<u32>,
    anchors: Vec<u32>,
}

/// What is kept of a text.
#[cfg(feature = "index")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signed<'s> {
    /// Its signature.
    pub(crate) slots: &'s [u32],
    /// How many shingles it has, repetitions included; 0 for a text without words.
    pub(crate) shingles: u32,
    /// That of its shingles in order: identical texts have the same.
    pub(crate) digest: u64,
    /// Ascending, each once; none where the scope does not ask for them.
    pub(crate) anchors: &'s [u32],
}

#[cfg(feature = "index")]
impl Signer {
    pub(crate) fn new(config: &Config) -> Self {
        let sketcher = config.sketcher();
        Signer {
            sketcher,
            anchorer: wants_anchors(config).then(|| Anchorer::new(sketcher.shingler())),
            scratch: Scratch::default(),
            rolled: Scratch::default(),
            slots: vec![0; sketcher.minhasher().slots()],
            anchors: Vec::new(),
        }
    }

    /// Signs a text. O(bytes) time.
    pub(crate) fn sign(&mut self, text: &str) -> Signed<'_> {
        let Signer { sketcher, anchorer, scratch, rolled, slots, anchors } = self;
        let shingles = sketcher.shingler().read(text, scratch);
        sketcher.minhasher().sign_into(shingles, slots);
        let (shingles, digest) = (count(shingles), twins::digest(shingles));
        if let Some(anchorer) = anchorer {
            anchorer.read(scratch, rolled, anchors);
        }
        Signed { slots, shingles, digest, anchors }
    }
}

#[cfg(all(test, feature = "index"))]
mod tests {
    use super::*;
    use crate::detector::config::Preset;

    #[test]
    fn one_at_a_time_as_all_together() {
        let texts = [
            "",
            "one",
            "Là-bas, l’été: 習近平 und so weiter",
            &"the river rose again. ".repeat(90),
        ];
        for preset in [Preset::Wire, Preset::Story, Preset::Ocr, Preset::Strict] {
            let config = Config::builder().preset(preset).seed(7).build().expect("valid");
            let mut signer = Signer::new(&config);
            let all = Readings::of(&texts.as_slice(), &config, || {});
            for (i, text) in texts.iter().enumerate().chain(texts.iter().enumerate().rev()) {
                let together = Signed {
                    slots: all.matrix.row(i),
                    shingles: all.matrix.view(i).count,
                    digest: all.digests[i],
                    anchors: all.anchors.get(i),
                };
                assert_eq!(signer.sign(text), together, "{text}");
            }
        }
    }
}
