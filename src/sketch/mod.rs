//! Sketches: what is kept of an article, a few hundred bytes that represent its text.

pub(crate) mod anchors;
pub(crate) mod bytes;
pub(crate) mod key_terms;
pub(crate) mod lists;
pub(crate) mod minhash;
pub(crate) mod signer;
pub(crate) mod simhash;

use std::ops::ControlFlow;

use crate::article::Article;
use crate::collection::{Collection, Texts};
use crate::error::Error;
use crate::parallel;
use crate::progress::{Progress, Stage};
use crate::run::Run;
use crate::shingle::{Scratch, Shingle, Shingler};
use minhash::{Estimate, MinHasher, Signature, SignatureRef};

/// From text to sketch in one step: folds, shingles and signs.
///
/// The default is shingles of three words and 128 slots: 0.5 KB per article.
///
/// ```
/// use newsprint::parts::Sketcher;
///
/// let sketcher = Sketcher::default();
/// let a = sketcher.sketch("The cabinet met on Monday to agree the budget for next year.");
/// let b = sketcher.sketch("The cabinet met on Monday to agree the budget for next year!");
/// assert_eq!(a.estimate(&b)?.jaccard, 1.0);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketcher {
    shingler: Shingler,
    minhasher: MinHasher,
}

impl Default for Sketcher {
    fn default() -> Self {
        let shingler = Shingler::new(Shingle::Words(3))
            .unwrap_or_else(|_| unreachable!("3 is a valid length"));
        Sketcher { shingler, minhasher: MinHasher::default() }
    }
}

impl Sketcher {
    /// A sketcher with these parts.
    pub fn new(shingler: Shingler, minhasher: MinHasher) -> Self {
        Sketcher { shingler, minhasher }
    }

    /// How texts are folded and shingled.
    pub fn shingler(&self) -> Shingler {
        self.shingler
    }

    /// How shingles are signed.
    pub fn minhasher(&self) -> MinHasher {
        self.minhasher
    }

    /// The sketch of one text. O(bytes + slots log slots) time.
    pub fn sketch(&self, text: &str) -> Sketch {
        self.sign(&self.shingler.shingles(text))
    }

    /// The sketch of a text that this sketcher's [shingler](Self::shingler) has read, for callers
    /// who need the shingles too.
    ///
    /// ```
    /// use newsprint::parts::{Scratch, Sketcher};
    ///
    /// let (sketcher, mut scratch) = (Sketcher::default(), Scratch::default());
    /// let text = "The cabinet met on Monday to agree the budget.";
    /// let shingles = sketcher.shingler().read(text, &mut scratch);
    /// assert_eq!(sketcher.sign(shingles), sketcher.sketch(text));
    /// ```
    pub fn sign(&self, shingles: &[u64]) -> Sketch {
        Sketch { sketcher: *self, signature: self.minhasher.sign(shingles) }
    }

    /// The sketches of many texts in one flat matrix, on all cores, without an allocation per text.
    ///
    /// ```
    /// let matrix = newsprint::parts::Sketcher::default().sketch_all(&["one text", "One text.", "another"]);
    /// assert_eq!(matrix.row(0), matrix.row(1));
    /// assert_eq!(matrix.estimate(0, 2).jaccard, 0.0);
    /// ```
    pub fn sketch_all<T: AsRef<str> + Sync>(&self, texts: &[T]) -> SketchMatrix {
        self.sketch_filtered(&Strings(texts), |_| {})
    }

    /// As [`sketch_all`](Self::sketch_all), of a [`Collection`], whose texts may fail to be read.
    /// Reports to `progress`, now and then and from any thread, how far it is, and whether to go
    /// on.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    ///
    /// ```
    /// use newsprint::Progress;
    /// use newsprint::parts::Sketcher;
    ///
    /// let (sketcher, texts) = (Sketcher::default(), ["one text", "another"]);
    /// let matrix = sketcher.try_sketch_all(&texts, Progress::ignore)?;
    /// assert_eq!(matrix, sketcher.sketch_all(&texts));
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn try_sketch_all<C: Collection + ?Sized>(
        &self,
        articles: &C,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<SketchMatrix, Error> {
        let run = Run::with_progress(&articles, &progress);
        let step = run.begin(Stage::Sign, articles.len(), 1024);
        let matrix = self.sketch_filtered(&run, |_| step());
        run.finish(matrix)
    }

    /// As [`sketch_all`](Self::sketch_all), of the shingles of each text that `filter` leaves.
    pub(crate) fn sketch_filtered(
        &self,
        texts: &dyn Texts,
        filter: impl Fn(&mut Vec<u64>) + Sync + Send,
    ) -> SketchMatrix {
        let (len, width) = (texts.len(), self.minhasher.slots());
        let (mut slots, mut counts) = (vec![0; width * len], vec![0; len]);
        let scratch = <(String, Scratch)>::default;
        parallel::fill(&mut slots, width, &mut counts, scratch, |(buffer, scratch), i, row| {
            let shingles = self.shingler.read_mut(texts.text(i, buffer), scratch);
            filter(shingles);
            self.minhasher.sign_into(shingles, row);
            minhash::count(shingles)
        });
        SketchMatrix { sketcher: *self, slots, counts }
    }

    /// An error if the other makes sketches differently; it names the first difference.
    pub(crate) fn check(&self, other: &Sketcher) -> Result<(), Error> {
        self.shingler.check(&other.shingler)?;
        if self.minhasher != other.minhasher {
            return Err(Error::mismatch(
                "number of slots",
                self.minhasher.slots(),
                other.minhasher.slots(),
            ));
        }
        Ok(())
    }
}

/// Strings of any kind, as a collection.
struct Strings<'a, T>(&'a [T]);

impl<T: AsRef<str> + Sync> Texts for Strings<'_, T> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        Article::new(self.0[i].as_ref())
    }

    fn text<'t>(&'t self, i: usize, _: &'t mut String) -> &'t str {
        self.0[i].as_ref()
    }
}

/// The signature of a text, with the sketcher that made it.
///
/// Sketches made differently cannot be compared: that is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    sketcher: Sketcher,
    signature: Signature,
}

impl Sketch {
    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The sketcher that made it.
    pub fn sketcher(&self) -> &Sketcher {
        &self.sketcher
    }

    /// Estimates the Jaccard similarity of the two texts' shingles. O(slots) time.
    ///
    /// # Errors
    /// If the two were folded, shingled, seeded or sized differently; the message says which.
    ///
    /// ```
    /// use newsprint::parts::{MinHasher, Sketcher};
    ///
    /// let small = Sketcher::new(Sketcher::default().shingler(), MinHasher::new(64)?);
    /// let error = small.sketch("a text").estimate(&Sketcher::default().sketch("a text")).unwrap_err();
    /// assert_eq!(error.to_string(), "made differently: number of slots is 64 on the left and 128 on the right");
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn estimate(&self, other: &Sketch) -> Result<Estimate, Error> {
        self.sketcher.check(&other.sketcher)?;
        self.signature.estimate(&other.signature)
    }
}

/// The signatures of many texts, one row each, in one flat allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SketchMatrix {
    sketcher: Sketcher,
    slots: Vec<u32>,
    counts: Vec<u32>,
}

impl SketchMatrix {
    /// An empty matrix for sketches of one sketcher.
    pub(crate) fn new(sketcher: Sketcher) -> Self {
        SketchMatrix { sketcher, slots: Vec::new(), counts: Vec::new() }
    }

    /// The number of texts.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The sketcher that made it.
    pub fn sketcher(&self) -> &Sketcher {
        &self.sketcher
    }

    /// The slots of text `i`.
    ///
    /// # Panics
    /// If `i` is not below [`len`](SketchMatrix::len).
    pub fn row(&self, i: usize) -> &[u32] {
        let slots = self.sketcher.minhasher.slots();
        &self.slots[i * slots..][..slots]
    }

    /// The slots of all texts, one after the other, for what takes a matrix as one slice.
    ///
    /// ```
    /// let matrix = newsprint::parts::Sketcher::default().sketch_all(&["one text", "another"]);
    /// assert_eq!(matrix.slots(), [matrix.row(0), matrix.row(1)].concat());
    /// ```
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// How many shingles text `i` has, repetitions included; 0 for a text without words.
    ///
    /// # Panics
    /// If `i` is not below [`len`](SketchMatrix::len).
    pub fn count(&self, i: usize) -> usize {
        self.counts[i] as usize
    }

    /// Estimates the similarity of texts `i` and `j`.
    ///
    /// # Panics
    /// If `i` or `j` is not below [`len`](SketchMatrix::len).
    pub fn estimate(&self, i: usize, j: usize) -> Estimate {
        self.view(i).estimate(self.view(j))
    }

    pub(crate) fn view(&self, i: usize) -> SignatureRef<'_> {
        SignatureRef { slots: self.row(i), count: self.counts[i] }
    }

    pub(crate) fn push(&mut self, signature: SignatureRef<'_>) {
        self.slots.extend_from_slice(signature.slots);
        self.counts.push(signature.count);
    }

    /// Adds the rows of a matrix of the same sketcher.
    pub(crate) fn append(&mut self, other: &SketchMatrix) {
        self.slots.extend_from_slice(&other.slots);
        self.counts.extend_from_slice(&other.counts);
    }
}
