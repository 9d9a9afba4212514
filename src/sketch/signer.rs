//! Signing: reads each text once and keeps what finds its copies: signature, digest and anchors.

use crate::collection::Texts;
use crate::parallel;
use crate::shingle::{Scratch, Shingle, Shingler};
use crate::sketch::anchors::anchors;
use crate::sketch::lists::Lists;
use crate::sketch::minhash::count;
use crate::sketch::{SketchMatrix, Sketcher};

/// Letters of an anchor where shingles are of letters: long enough to be rare, short enough to
/// survive one recognition error in fifteen letters.
const ANCHOR_LETTERS: usize = 12;

/// Takes the anchors of texts whose shingles are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchorer {
    /// Makes the shingles that anchors are sampled from, where the text's own are too short.
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

    /// Replaces `keys` by the anchors of the text that `text` was filled from; `longer` is scratch
    /// memory.
    pub(crate) fn read(&self, text: &Scratch, longer: &mut Scratch, keys: &mut Vec<u32>) {
        let shingles = match self.longer {
            Some(shingler) => shingler.roll(&text.units, longer),
            None => &text.shingles,
        };
        anchors(shingles, keys);
    }
}

/// Signs texts one at a time, in memory that is reused.
#[derive(Debug)]
pub(crate) struct Signer {
    sketcher: Sketcher,
    anchorer: Option<Anchorer>,
    scratch: Scratch,
    longer: Scratch,
    slots: Vec<u32>,
    anchors: Vec<u32>,
}

/// What is kept of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SignedText<'s> {
    /// Its signature.
    pub(crate) slots: &'s [u32],
    /// How many shingles it has, repetitions included; 0 for a text without words.
    pub(crate) shingles: u32,
    /// A digest of its shingles in order: identical texts have the same.
    pub(crate) digest: u64,
    /// Ascending, each once; empty if anchors are not asked for.
    pub(crate) anchors: &'s [u32],
}

impl Signer {
    pub(crate) fn new(sketcher: Sketcher, with_anchors: bool) -> Self {
        Signer {
            sketcher,
            anchorer: with_anchors.then(|| Anchorer::new(sketcher.shingler())),
            scratch: Scratch::default(),
            longer: Scratch::default(),
            slots: vec![0; sketcher.minhasher().slots()],
            anchors: Vec::new(),
        }
    }

    /// Signs a text. O(bytes) time.
    pub(crate) fn sign(&mut self, text: &str) -> SignedText<'_> {
        let Signer { sketcher, anchorer, scratch, longer, slots, anchors } = self;
        let shingles = sketcher.shingler().read(text, scratch);
        sketcher.minhasher().sign_into(shingles, slots);
        let (shingles, digest) = (count(shingles), digest(shingles));
        if let Some(anchorer) = anchorer {
            anchorer.read(scratch, longer, anchors);
        }
        SignedText { slots, shingles, digest, anchors }
    }
}

/// A 64-bit digest of a text's shingles in order. Shingles are well mixed, so multiplying each by
/// the odd number of its place makes the sum depend on the order, in one operation a shingle.
fn digest(shingles: &[u64]) -> u64 {
    let place = |i: usize| 2 * i as u64 + 1;
    shingles
        .iter()
        .enumerate()
        .fold(0, |sum, (i, shingle)| sum.wrapping_add(shingle.wrapping_mul(place(i))))
}

/// What is kept of each article of a collection.
#[derive(Debug)]
pub(crate) struct SignedCollection {
    pub(crate) matrix: SketchMatrix,
    pub(crate) digests: Vec<u64>,
    /// The bytes of each text.
    pub(crate) lengths: Vec<usize>,
    /// Empty lists if anchors are not asked for.
    pub(crate) anchors: Lists<u32>,
}

impl SignedCollection {
    /// A collection of no articles.
    pub(crate) fn new(sketcher: Sketcher) -> Self {
        SignedCollection {
            matrix: SketchMatrix::new(sketcher),
            digests: Vec::new(),
            lengths: Vec::new(),
            anchors: Lists::default(),
        }
    }

    /// Signs the articles, on all cores; calls `done` after each.
    pub(crate) fn sign(
        articles: &dyn Texts,
        sketcher: Sketcher,
        with_anchors: bool,
        done: impl Fn() + Sync + Send,
    ) -> Self {
        let (len, width) = (articles.len(), sketcher.minhasher().slots());
        let mut slots = vec![0; width * len];
        let mut kept = vec![Kept::default(); len];
        let scratch = || (Signer::new(sketcher, with_anchors), String::new());
        parallel::fill(&mut slots, width, &mut kept, scratch, |(signer, buffer), i, row| {
            let text = articles.text(i, buffer);
            let signed = signer.sign(text);
            row.copy_from_slice(signed.slots);
            done();
            let SignedText { shingles, digest, anchors, .. } = signed;
            Kept { shingles, digest, length: text.len(), anchors: anchors.into() }
        });
        let counts = kept.iter().map(|kept| kept.shingles).collect();
        SignedCollection {
            matrix: SketchMatrix { sketcher, slots, counts },
            digests: kept.iter().map(|kept| kept.digest).collect(),
            lengths: kept.iter().map(|kept| kept.length).collect(),
            anchors: Lists::of(kept.into_iter().map(|kept| kept.anchors).collect()),
        }
    }

    /// Adds the articles of another collection, signed in the same way.
    pub(crate) fn append(&mut self, mut more: SignedCollection) {
        self.matrix.append(&more.matrix);
        self.digests.append(&mut more.digests);
        self.lengths.append(&mut more.lengths);
        self.anchors.append(&more.anchors);
    }

    /// The number of articles.
    pub(crate) fn len(&self) -> usize {
        self.lengths.len()
    }
}

/// What is kept of one text beside its signature.
#[derive(Clone, Default)]
struct Kept {
    shingles: u32,
    digest: u64,
    length: usize,
    anchors: Box<[u32]>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Run;
    use crate::sketch::minhash::MinHasher;

    #[test]
    fn a_collection_is_its_texts_signed_one_by_one() {
        let texts = [
            "",
            "one",
            "Là-bas, l’été: 習近平 und so weiter",
            &"the river rose again. ".repeat(90),
        ];
        for shingle in [Shingle::Words(3), Shingle::Letters(5)] {
            let shingler = Shingler::new(shingle).expect("valid").with_seed(7);
            let sketcher = Sketcher::new(shingler, MinHasher::default());
            for with_anchors in [true, false] {
                let mut signer = Signer::new(sketcher, with_anchors);
                let all = SignedCollection::sign(&Run::new(&texts), sketcher, with_anchors, || {});
                assert_eq!(all.matrix, sketcher.sketch_all(&texts));
                for (i, text) in texts.iter().enumerate().chain(texts.iter().enumerate().rev()) {
                    let together = SignedText {
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
}
