//! Formulas: what texts have in common that have nothing to do with each other.
//!
//! Death notices, dividends, calls for a general meeting, the frame of a page: hundreds of texts share a phrase or more, each with other
//! names and figures. Such pairs are alike by any count of shingles. Here is what tells them from copies, each rule on the pairs that the
//! tests of [`exact`](super::exact) let through, unless [nearly all](WHOLE) of both texts is the same:
//!
//! | texts of | dropped | why these figures |
//! |---|---|---|
//! | words | cosine of key terms < 0.36 | the least of 96 versions of one text (48 agency copies, 48 graded rewrites) is 0.38; of 4,800 pairs of agency reports nearly half have less, and all of 18 of these that were read are formulas |
//! | words | cosine < 0.64, and more than 24 texts have each of the shared anchors | 0.36 lets reports of a series through; a series of 25 is one |
//! | letters | similarity < log2(df) / 10, at most 0.6, and neither text nearly whole in the other; df is the median of the numbers of texts that have a shared anchor | of 100 pairs of scanned passages that were read, 12 of 14 false ones go, of 1,750 labelled true ones 0.2 % |
//!
//! Key terms are weighed by the collection, and so of use only in a large one: the rules for words hold from 4,096 texts up.

use super::config::Config;
use super::key_terms::KeyTerms;
use crate::cluster::Edge;
use crate::collection::Collection;
use crate::compare::overlap::Overlap;
use crate::compare::verdict::Reading;
use crate::lsh::keys::Postings;
use crate::parallel;
use crate::sketch::anchors::for_each_shared;
use crate::sketch::lists::Lists;

/// Where so much of both is the same, what it is about does not matter.
const WHOLE: f64 = 0.85;
const UNLIKE: f64 = 0.36;
const SERIES: (f64, usize) = (0.64, 24);
const DOUBLINGS: f64 = 10.0;
const SIMILAR_ENOUGH: f64 = 0.6;

/// Whether two texts whose key terms have this cosine tell of different things, whatever words they tell it with.
pub(super) fn is_unlike(cosine: f64) -> bool {
    cosine < UNLIKE
}

/// Whether two texts whose key terms have this cosine may be reports of one series.
pub(super) fn may_be_of_series(cosine: f64) -> bool {
    cosine < SERIES.0
}

/// Whether a pair of this score may be a formula: where nearly all of both texts is the same, what it is about does not matter.
pub(super) fn is_doubtful(score: f64) -> bool {
    score < WHOLE
}

/// In how many texts the anchors stand that two texts share; 0 if they share none.
pub(super) struct Spread {
    rarest: usize,
    /// One as rare as half of them.
    typical: usize,
}

impl Spread {
    /// That of the anchors that are in both lists; `frequencies` is working memory.
    pub(super) fn of(
        anchors: [&[u32]; 2],
        articles_with: impl Fn(u32) -> usize,
        frequencies: &mut Vec<usize>,
    ) -> Self {
        frequencies.clear();
        for_each_shared(anchors[0], anchors[1], |anchor| frequencies.push(articles_with(anchor)));
        frequencies.sort_unstable();
        let at = |place: usize| frequencies.get(place).copied().unwrap_or_default();
        Spread { rarest: at(0), typical: at(frequencies.len() / 2) }
    }

    /// Whether a series has all that two texts of words share.
    pub(super) fn is_of_series(&self) -> bool {
        self.rarest > SERIES.1
    }

    /// Whether many have what two texts of letters share. It is a formula unless one of the two stands nearly whole in the other.
    pub(super) fn is_common_stretch(&self, overlap: Overlap) -> bool {
        let doublings = self.typical.checked_ilog2().unwrap_or_default();
        overlap.jaccard() < (f64::from(doublings) / DOUBLINGS).min(SIMILAR_ENOUGH)
    }
}

/// For each of some pairs whether it tells of different things.
pub(super) fn are_unlike(terms: &KeyTerms<'_>, pairs: &[(u32, u32)]) -> Vec<bool> {
    terms.are(pairs, is_unlike)
}

/// What is known of a collection's formulas.
pub(super) struct Formulas<'a> {
    pub(super) config: &'a Config,
    pub(super) articles: &'a dyn Collection,
    pub(super) anchors: &'a Lists<u32>,
    pub(super) postings: &'a Postings<'a>,
    /// Where the collection is large enough, and of words.
    pub(super) terms: Option<&'a KeyTerms<'a>>,
}

/// Working memory that is used again from pair to pair.
#[derive(Default)]
struct Memory {
    frequencies: Vec<usize>,
    buffers: [String; 2],
    readings: [Reading; 2],
}

impl Formulas<'_> {
    /// For each of some edges whether its texts have in common what many others have too, and nothing else.
    pub(super) fn among(&self, edges: &[Edge]) -> Vec<bool> {
        let by_words = self.config.sketcher().shingler().shingle().is_words();
        let pairs: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.left, edge.right)).collect();
        let may_be = match (by_words, self.terms) {
            (true, Some(terms)) => terms.are(&pairs, may_be_of_series),
            (true, None) => return vec![false; edges.len()],
            (false, _) => vec![true; edges.len()],
        };
        parallel::map(edges.len(), Memory::default, |memory, i| {
            let edge = &edges[i];
            let spread = |frequencies| {
                let anchors = [edge.left, edge.right].map(|text| self.anchors.get(text as usize));
                Spread::of(anchors, |anchor| self.postings.articles_with(anchor), frequencies)
            };
            is_doubtful(edge.score)
                && may_be[i]
                && match by_words {
                    true => spread(&mut memory.frequencies).is_of_series(),
                    false => {
                        spread(&mut memory.frequencies).is_common_stretch(edge.overlap)
                            && !self.nearly_whole(edge, memory)
                    }
                }
        })
    }

    /// Whether one of two texts stands nearly whole in the other, letter by letter.
    fn nearly_whole(&self, edge: &Edge, memory: &mut Memory) -> bool {
        let [left, right] = &mut memory.readings;
        let folding = self.config.sketcher().shingler().folding();
        let texts = [edge.left, edge.right].into_iter().zip(&mut memory.buffers);
        for ((text, buffer), reading) in texts.zip([&mut *left, &mut *right]) {
            reading.read(self.articles.text(text as usize, buffer), folding, true);
        }
        left.evidence(right).nearly_whole()
    }
}
