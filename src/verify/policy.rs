//! Every line that is drawn by a constant, with its reason. What two texts are to each other is
//! told by the [model](super::model); here is what parts the kinds of reuse, which candidates are
//! worth a look, and how groups are formed.
//!
//! | candidates come from | what two articles must share | dropped before their texts are read |
//! |---|---|---|
//! | bands | a band of their signatures | boilerplate |
//! | anchors | two rare sampled shingles | too small a share of them; boilerplate |
//! | key terms | two of their best key terms | what is not close |

use super::model::expected_event;
use crate::compare::context::InCollection;
use crate::idf::log2_in_eighths;

/// A copy: this share of both bodies agrees word for word. It is the definition.
pub(crate) const COPY: f64 = 0.80;
/// An excerpt: this share of one body stands in the other. It is the definition.
pub(crate) const EXCERPT: f64 = 0.80;
/// A revised version and no rewrite: this share of one body, outside quotations, agrees. Of 546
/// labelled pairs that are one of the two, and no copy or excerpt by their shares, 505 lie on their
/// side; the figure was chosen on such pairs.
pub(crate) const REVISED: f64 = 0.10;
/// A body of fewer words, with no passage in common with the other, is too little to tell anything
/// of.
pub(crate) const LEAST_WORDS: u32 = 7;
/// Where this share of the paragraphs begin alike, texts with hardly a passage in common are of one
/// form: of 491 labelled pairs of reuse with as little none.
pub(crate) const FORM: f64 = 0.75;
/// Where no body has more of the other than this, two texts are not looked at closely: of 1,221
/// labelled pairs of reused texts 98 % have more, of 2,964 others 57 %.
pub(crate) const LEAST_SHARED_TEXT: f64 = 0.12;

/// An anchor in more different texts proposes no candidates: its bucket is quadratic.
pub(crate) const ANCHOR_LIMIT: usize = 128;
/// An anchor that so many different texts of a single source have, and no other, is of its page
/// frame.
pub(crate) const ONE_SOURCE: usize = 4;
/// The share of the rare anchors of the article with fewer that the other must have.
pub(crate) const LEAST_ANCHORS: f64 = 0.10;
/// The same where nothing but the signatures and anchors is at hand to tell from.
#[cfg(feature = "index")]
pub(crate) const ANCHORS_ALONE: f64 = 0.21;
/// Where more texts share key terms with an article, near copies among them are left out but for
/// the first.
#[cfg(feature = "index")]
pub(crate) const MANY_ACCOUNTS: usize = 100;
/// Two texts are not told to be different if one event is at least as likely as not.
pub(crate) const ONE_EVENT: f64 = 0.5;
/// Less likely accounts of one event count as none when stories are formed.
pub(crate) const LEAST_EVENT: f64 = 0.02;
/// Groups of accounts become one story while the mean probability of one event over all pairs
/// between them is at least this. It is less than a half because the probability is that of readers
/// who tell a day's news from the next day's, and stories are wider: on eight labelled collections
/// in 16 languages, lines from 0.12 to 0.2 do equally well and one of 0.3 worse.
pub(crate) const ONE_STORY: f64 = 0.20;
/// Members of a group of near copies, of at least this similarity, from which the first stands for
/// all in the search for further candidates: a text with many near copies would make its anchors
/// and terms look common.
pub(crate) const LARGE_GROUP: (usize, f64) = (16, 0.5);
/// Different texts from which weights of terms and words are learnt, and so many are read for it.
pub(crate) const LEARNT_FROM: usize = 4096;
pub(crate) const LEARNT_SAMPLE: usize = 16_384;

/// The cosine of key terms from which a text counts as near to another.
const NEAR: f64 = 0.08;
/// Two articles are compared as accounts of one event if the cosine of their key terms is at least
/// the first, and the second more for each doubling of what is near to them: what is told of a
/// topic is near too. Of the first 580 pairs that were read in a collection of 44,557 articles, 97
/// % of those of one event have as much, and a third of the others.
const CLOSE: (f64, f64) = (-0.02, 0.04);
/// Accounts with dates are compared if one event is [expected](expected_event) to be at least so
/// likely; else what is expected stands for what would have been told. In the collection of 44,557
/// articles, half of whose pairs have dates, this leaves 116,762 of 164,714 comparisons, and as
/// many pairs are told.
const WORTH_COMPARING: f64 = 0.13;
/// Where so much of both is the same, what it is about does not matter.
const WHOLE: f64 = 0.85;
/// Texts of words whose key terms are less close than this tell of different things, whatever words
/// they tell it with: of 873 labelled pairs of reuse among US news and agency reports 2 % have
/// less, of 42 unrelated pairs that shared as much a third.
const UNLIKE: f64 = 0.30;
/// Texts of words less close than this share nothing but what a series has, if even the rarest of
/// what they share stands in more texts than that.
const SERIES: (f64, usize) = (0.60, 24);
/// Of texts of letters a common stretch proves little: with each doubling of the number of texts
/// that have it the similarity must be a tenth higher, up to this.
const DOUBLINGS: f64 = 10.0;
const SIMILAR_ENOUGH: f64 = 0.6;

/// Whether texts whose key terms have this cosine are near to each other.
pub(crate) fn is_near(cosine: f64) -> bool {
    cosine >= NEAR
}

/// Whether two texts are close enough to be taken for accounts of one event, by what their
/// collection tells of them.
pub(crate) fn is_close(known: InCollection) -> bool {
    let (least, more) = CLOSE;
    let doublings = f64::from(log2_in_eighths(known.neighbours + 1)) / 8.0;
    is_near(known.cosine) && known.cosine >= least + more * doublings
}

/// How likely one event is expected to be, if that is too little for two accounts to be compared,
/// where those are asked for of which it is at least `least`; none if they are worth it. `apart`
/// tells how many seconds are between them, if that is known.
pub(crate) fn not_worth_comparing(
    known: InCollection,
    apart: Option<u64>,
    least: f64,
) -> Option<f64> {
    let expected = expected_event(known, apart?);
    (expected < WORTH_COMPARING.min(least)).then_some(expected)
}

/// Whether nearly all of two texts of this similarity is the same.
pub(crate) fn is_whole(similarity: f64) -> bool {
    similarity >= WHOLE
}

/// Whether two texts whose key terms have this cosine tell of different things.
pub(crate) fn is_unlike(cosine: f64) -> bool {
    cosine < UNLIKE
}

/// Whether two texts whose key terms have this cosine may be of one series.
pub(crate) fn may_be_of_series(cosine: f64) -> bool {
    cosine < SERIES.0
}

/// In how many different texts the anchors stand that two texts share; 0 if they share none. An
/// engine counts it with a GROUP BY over anchors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spread {
    rarest: usize,
    /// One as rare as half of them.
    typical: usize,
}

impl Spread {
    /// That of some numbers of texts, one for each shared anchor, in any order.
    pub(crate) fn of(texts: &mut [usize]) -> Self {
        texts.sort_unstable();
        let at = |place: usize| texts.get(place).copied().unwrap_or_default();
        Spread { rarest: at(0), typical: at(texts.len() / 2) }
    }

    /// Whether a series has all that two texts of words share.
    pub(crate) fn is_of_series(self) -> bool {
        self.rarest > SERIES.1
    }

    /// Whether many have what two texts of letters share, by their similarity.
    pub(crate) fn is_common_passage(self, jaccard: f64) -> bool {
        let doublings = self.typical.checked_ilog2().unwrap_or_default();
        jaccard < (f64::from(doublings) / DOUBLINGS).min(SIMILAR_ENOUGH)
    }
}

/// A text joins a representative that has less than this share of its shingles, or the other way
/// round, only if a third text is related to both: a bridge without a common neighbour does not
/// hold.
pub(crate) const STRONG: f64 = 0.3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_texts_share_is_boilerplate() {
        let spread = Spread::of(&mut [40, 30, 90]);
        assert_eq!(spread, Spread { rarest: 30, typical: 40 });
        assert!(spread.is_of_series() && !Spread::of(&mut [3, 90]).is_of_series());
        assert!(!Spread::of(&mut []).is_of_series() && !Spread::of(&mut []).is_common_passage(0.0));
        // 32 texts are five doublings.
        assert!(
            Spread::of(&mut [32]).is_common_passage(0.49)
                && !Spread::of(&mut [32]).is_common_passage(0.5)
        );
    }
}
