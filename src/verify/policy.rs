//! Every threshold that is set by hand, with its reason. The [model](super::model) predicts what
//! two texts are to each other; here is what separates the kinds of reuse, which candidates are
//! worth reading, and how groups are formed.
//!
//! | candidates come from | what two articles must share | dropped before their texts are read |
//! |---|---|---|
//! | bands | a band of their signatures | boilerplate |
//! | anchors | two rare sampled shingles | too small a share of these; boilerplate |
//! | key terms | two of their best key terms | pairs that are not close |

use super::model::expected_event;
use crate::compare::context::InCollection;
use crate::idf::log2_in_eighths;
use crate::sketch::key_terms::Closeness;

/// A copy: at least this share of both bodies agrees word for word. This is the definition.
pub(crate) const COPY: f64 = 0.80;
/// An excerpt: at least this share of one body agrees with the other. This is the definition.
pub(crate) const EXCERPT: f64 = 0.80;
/// A revised version rather than a rewrite: at least this share of one body agrees, outside
/// quotations. Of 546 labelled pairs that are one of the two, and no copy or excerpt by their
/// shares, this puts 505 on the right side; the threshold was chosen on such pairs.
pub(crate) const REVISED: f64 = 0.10;
/// A body with fewer words than this, and without a passage in common with the other, is too little
/// evidence for anything.
pub(crate) const LEAST_WORDS: u32 = 7;
/// Texts with hardly a passage in common are of one form if at least this share of their paragraphs
/// begins alike: of 491 labelled pairs of reuse with as little in common, none has such a share.
pub(crate) const FORM: f64 = 0.75;
/// A pair gets no verdict if less than this share of its shorter text is in common passages: of
/// 1,221 labelled pairs of reused texts 98 % have more, of 2,964 others 57 %.
pub(crate) const LEAST_SHARED_TEXT: f64 = 0.12;

/// An anchor in more different texts than this generates no candidates: the cost of its bucket is
/// quadratic.
pub(crate) const ANCHOR_LIMIT: usize = 128;
/// An anchor in at least this many different texts, all of one source, belongs to the page frame of
/// that source.
pub(crate) const ONE_SOURCE: usize = 4;
/// The least share of the rare anchors of the article with fewer that the other must have.
pub(crate) const LEAST_ANCHORS: f64 = 0.10;
/// The same if only signatures and anchors are at hand.
#[cfg(feature = "index")]
pub(crate) const ANCHORS_ALONE: f64 = 0.21;
/// If more texts than this share key terms with an article, only the first of each group of near
/// copies among them is considered.
#[cfg(feature = "index")]
pub(crate) const MANY_ACCOUNTS: usize = 100;
/// From this probability of one event, two texts are the same story rather than different.
pub(crate) const ONE_EVENT: f64 = 0.5;
/// A smaller probability of one event counts as 0 when stories are formed.
pub(crate) const LEAST_EVENT: f64 = 0.02;
/// Groups of accounts are joined to one story while the mean probability of one event over all
/// pairs between them is at least this. It is below one half because the probability reflects
/// readers who distinguish a day's news from the next day's, and stories are wider: on eight
/// labelled collections in 16 languages, thresholds from 0.12 to 0.2 do equally well and one of 0.3
/// does worse.
const ONE_STORY: f64 = 0.20;
/// The same in collections of [`LEARNT_FROM`] texts and more, which are full of running affairs:
/// among 44,557 articles, of two texts of a story 0.63 were of one event with a threshold of 0.2,
/// and 0.73 with this one, which kept 45 of 47 such pairs.
const ONE_STORY_OF_MANY: f64 = 0.25;
/// The size of a near-duplicate group, and the least similarity of its members, from which its
/// first member represents all of them in the search for further candidates: a text with many near
/// copies would make its anchors and terms look common.
pub(crate) const LARGE_GROUP: (usize, f64) = (16, 0.5);
/// Weights of terms and words are learned from collections with at least this many different texts.
pub(crate) const LEARNT_FROM: usize = 4096;
/// The number of texts that are read for it.
pub(crate) const LEARNT_SAMPLE: usize = 16_384;

/// The cosine of key terms from which one text is near to another.
const NEAR: f64 = 0.08;
/// Two articles are compared as accounts of one event if the cosine of their key terms is at least
/// this, plus [`CLOSE_PER_DOUBLING`] for each doubling of the number of texts near to them: texts
/// of one topic are near too. Of the first 580 pairs that were read in a collection of 44,557
/// articles, 97 % of those of one event have as much, and a third of the others.
const CLOSE: f64 = -0.02;
const CLOSE_PER_DOUBLING: f64 = 0.04;
/// In a collection of [`LEARNT_FROM`] texts and more, accounts are compared only if the
/// [expected](expected_event) probability of one event is at least this; otherwise the expectation
/// replaces the verdict. In collections of 44,557, 26,460 and 21,578 articles this leaves 42,000 of
/// 167,000 comparisons, 10,000 of 64,000 and 30,000 of 83,000, and 96, 98 and 100 % of the pairs.
/// In a smaller one the comparisons cost little.
const WORTH_COMPARING: f64 = 0.12;
/// If at least this much of two texts is the same, their topics do not matter.
const WHOLE: f64 = 0.85;
/// Texts compared by words tell of different things, whatever words they share, if the cosine of
/// their key terms is less than this: of 873 labelled pairs of reuse among US news and agency
/// reports 2 % have less, of 42 unrelated pairs that shared as much text a third.
const UNLIKE: f64 = 0.30;
/// Texts compared by words share only what a whole series has if the cosine of their key terms is
/// less than this and even the rarest anchor they share is in more than [`SERIES_TEXTS`] texts.
const SERIES_COSINE: f64 = 0.60;
const SERIES_TEXTS: usize = 24;
/// For texts compared by letters, a common passage proves little: with each doubling of the number
/// of texts that have it, the similarity must be higher by one over this, up to [`SIMILAR_ENOUGH`].
const DOUBLINGS: f64 = 10.0;
const SIMILAR_ENOUGH: f64 = 0.6;

/// Whether texts whose key terms have this cosine are near to each other.
pub(crate) fn is_near(cosine: f64) -> bool {
    cosine >= NEAR
}

/// Whether two texts are close enough to be accounts of one event, by what their collection says
/// about them.
pub(crate) fn is_close(known: InCollection) -> bool {
    let doublings = f64::from(log2_in_eighths(known.neighbours + 1)) / 8.0;
    is_near(known.cosine) && known.cosine >= CLOSE + CLOSE_PER_DOUBLING * doublings
}

/// The expected probability of one event, if it is too low for two accounts to be compared; `None`
/// if they are worth comparing. `seconds_apart` is the time between them, if known, `texts` how
/// many the collection has, and `min_event` the least probability that is reported.
pub(crate) fn not_worth_comparing(
    closeness: Closeness,
    neighbours: u64,
    seconds_apart: Option<u64>,
    texts: usize,
    min_event: f64,
) -> Option<f64> {
    if texts < LEARNT_FROM {
        return None;
    }
    let expected = expected_event(closeness.shared, neighbours, seconds_apart);
    (expected < WORTH_COMPARING.min(min_event)).then_some(expected)
}

/// The least mean probability of one event for groups of accounts to be one story, among so many
/// texts.
pub(crate) fn one_story(texts: u64) -> f64 {
    if texts < LEARNT_FROM as u64 { ONE_STORY } else { ONE_STORY_OF_MANY }
}

/// Whether nearly all of two texts with this similarity is the same.
pub(crate) fn is_whole(similarity: f64) -> bool {
    similarity >= WHOLE
}

/// Whether two texts whose key terms have this cosine tell of different things.
pub(crate) fn is_unlike(cosine: f64) -> bool {
    cosine < UNLIKE
}

/// Whether two texts whose key terms have this cosine may be of one series.
pub(crate) fn may_be_of_series(cosine: f64) -> bool {
    cosine < SERIES_COSINE
}

/// How many different texts have the anchors that two texts share; 0 if they share none. An engine
/// can count it with a GROUP BY over anchors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spread {
    /// The number of texts that have the rarest anchor.
    rarest: usize,
    /// The median over the anchors.
    median: usize,
}

impl Spread {
    /// The spread of some shared anchors, from the number of texts that have each, in any order.
    pub(crate) fn of(texts: &mut [usize]) -> Self {
        texts.sort_unstable();
        let at = |place: usize| texts.get(place).copied().unwrap_or_default();
        Spread { rarest: at(0), median: at(texts.len() / 2) }
    }

    /// Whether all that two texts compared by words share belongs to a series.
    pub(crate) fn is_of_series(self) -> bool {
        self.rarest > SERIES_TEXTS
    }

    /// Whether many texts have what two texts compared by letters share, judging by their
    /// similarity.
    pub(crate) fn is_common_passage(self, jaccard: f64) -> bool {
        let doublings = self.median.checked_ilog2().unwrap_or_default();
        jaccard < (f64::from(doublings) / DOUBLINGS).min(SIMILAR_ENOUGH)
    }
}

/// If a text and a representative share less than this part of the shingles of either, the text
/// joins the cluster only if a third text is related to both: a link without a common neighbour is
/// too weak.
pub(crate) const STRONG: f64 = 0.3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_texts_share_is_boilerplate() {
        let spread = Spread::of(&mut [40, 30, 90]);
        assert_eq!(spread, Spread { rarest: 30, median: 40 });
        assert!(spread.is_of_series() && !Spread::of(&mut [3, 90]).is_of_series());
        assert!(!Spread::of(&mut []).is_of_series() && !Spread::of(&mut []).is_common_passage(0.0));
        // 32 texts are five doublings.
        assert!(
            Spread::of(&mut [32]).is_common_passage(0.49)
                && !Spread::of(&mut [32]).is_common_passage(0.5)
        );
    }
}
