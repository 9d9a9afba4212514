//! Formulas: what texts have in common that have nothing to do with each other.
//!
//! Death notices, dividends, calls for a general meeting, the frame of a page: hundreds of texts share a phrase or more, each with other
//! names and figures. Such pairs are alike by any count of shingles. Here is what tells them from copies, each rule on the pairs that the
//! tests of [`verify`](super::verify) let through, unless [nearly all](WHOLE) of both texts is the same:
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
use crate::compare::verdict::nearly_whole;
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

/// What is known of a collection's formulas.
pub(super) struct Formulas<'a> {
    pub(super) config: &'a Config,
    pub(super) articles: &'a dyn Collection,
    pub(super) anchors: &'a Lists<u32>,
    pub(super) postings: &'a Postings<'a>,
    /// Where the collection is large enough, and of words.
    pub(super) terms: Option<&'a KeyTerms<'a>>,
}

/// For each of some pairs whether it tells of different things, whatever words it tells it with.
pub(super) fn are_unlike(terms: &KeyTerms<'_>, pairs: &[(u32, u32)]) -> Vec<bool> {
    terms.are_close(pairs, UNLIKE).into_iter().map(|close| !close).collect()
}

/// Whether an edge is of a kind that may be a formula: where nearly all of both texts is the same, what it is about does not matter.
pub(super) fn is_doubtful(edge: &Edge) -> bool {
    edge.score < WHOLE
}

impl Formulas<'_> {
    /// For each of some edges whether its texts have in common what many others have too, and nothing else.
    pub(super) fn among(&self, edges: &[Edge]) -> Vec<bool> {
        let by_words = self.config.sketcher().shingler().shingle().is_words();
        let pairs: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.left, edge.right)).collect();
        let close = match (by_words, self.terms) {
            (true, Some(terms)) => terms.are_close(&pairs, SERIES.0),
            (true, None) => return vec![false; edges.len()],
            (false, _) => vec![false; edges.len()],
        };
        parallel::map(
            edges.len(),
            || (),
            |(), i| {
                is_doubtful(&edges[i])
                    && !close[i]
                    && match by_words {
                        true => self.rarest_and_typical(&edges[i]).0 > SERIES.1,
                        false => self.is_common_stretch(&edges[i]),
                    }
            },
        )
    }

    /// Of the anchors that two articles share, how many texts have the rarest, and one as rare as half of them; 0 if they share none.
    fn rarest_and_typical(&self, edge: &Edge) -> (usize, usize) {
        let mut frequencies = Vec::new();
        let anchors = |text: u32| self.anchors.get(text as usize);
        for_each_shared(anchors(edge.left), anchors(edge.right), |anchor| {
            frequencies.push(self.postings.articles_with(anchor));
        });
        frequencies.sort_unstable();
        let at = |place: usize| frequencies.get(place).copied().unwrap_or_default();
        (at(0), at(frequencies.len() / 2))
    }

    fn is_common_stretch(&self, edge: &Edge) -> bool {
        let doublings = self.rarest_and_typical(edge).1.checked_ilog2().unwrap_or_default();
        edge.overlap.jaccard() < (f64::from(doublings) / DOUBLINGS).min(SIMILAR_ENOUGH)
            && !self.nearly_whole(edge)
    }

    fn nearly_whole(&self, edge: &Edge) -> bool {
        let [mut left, mut right] = [String::new(), String::new()];
        let texts = [(edge.left, &mut left), (edge.right, &mut right)];
        let texts = texts.map(|(text, buffer)| self.articles.text(text as usize, buffer));
        nearly_whole(texts, self.config.sketcher().shingler().folding())
    }
}
