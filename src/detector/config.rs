//! The configuration: what counts as a pair, and how thoroughly to search.

use crate::error::Error;
use crate::lsh::banding::Banding;
use crate::names::named;
use crate::passages::Grain;
use crate::shingle::{Shingle, Shingler};
use crate::sketch::Sketcher;
use crate::sketch::minhash::MinHasher;
use crate::text::fold::Folding;
use crate::verify::candidate::Criteria;
use crate::verify::relation::{Relation, Relations};

/// A named starting point for a [`Config`].
///
/// | preset | a pair is | shingles | threshold |
/// |---|---|---|---|
/// | `wire` | reuse: a reprint, cut, extended, excerpted, edited or rewritten; the default | 3 words | 0.4 |
/// | `story` | the same, or an independent account of one event | 3 words | 0.4 |
/// | `ocr` | reuse garbled by recognition, words broken at line ends joined | 5 letters | 0.6 |
/// | `strict` | one text but for details | 5 words | 0.8 |
///
/// In `wire`, `story` and `ocr` the [relation](crate::Relation) decides, and the threshold is only
/// what the bands look for; less similar candidates come from other generators.
///
/// The README says what each finds of labelled collections, what it costs and what it misses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// Agency copies among clean texts.
    #[default]
    Wire,
    /// Agency copies, rewrites, and independent accounts of one event.
    Story,
    /// Scanned texts.
    Ocr,
    /// Nearly verbatim copies only.
    Strict,
}

named! {
    Preset, "preset":
    Wire "wire", Story "story", Ocr "ocr", Strict "strict"
}

/// What makes two articles of a collection a pair, from the narrowest up.
///
/// Each wider scope adds a candidate generator, and a test that its candidates must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scope {
    /// Their Jaccard similarity reaches the threshold, and nothing else counts. Candidates come
    /// from the bands of their signatures alone, for which the recall is known.
    Similar,
    /// Also pairs of which one was made from the other, or both from a third, as far as the text
    /// they share shows it: their [relation](ConfigBuilder::relations) is one that is asked for.
    /// Candidates come from rare sampled shingles too.
    Text,
    /// Also accounts of one event in other words. Candidates come from key terms too.
    Story,
}

named! {
    Scope, "scope":
    Similar "similar", Text "text", Story "story"
}

/// A validated configuration of a [`Detector`](crate::Detector).
///
/// The default suits most collections of clean text. Change the threshold first: it decides what is
/// called a copy. Shorter shingles and a lower threshold find copies that were edited more, and
/// cost more candidates.
///
/// ```
/// use newsprint::{Config, Preset, Shingle};
///
/// let config = Config::builder()
///     .preset(Preset::Strict)
///     .shingle(Shingle::Words(4))
///     .threshold(0.7)
///     .build()?;
/// assert_eq!(config.threshold(), 0.7);
/// assert!(config.banding().probability(0.7) >= config.recall());
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    sketcher: Sketcher,
    scope: Scope,
    threshold: f64,
    band_threshold: f64,
    recall: f64,
    banding: Banding,
    bucket_limit: usize,
    story_window: Option<u64>,
    relations: Relations,
    min_confidence: f64,
    across_sources: bool,
    passage_words: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config::builder().build().unwrap_or_else(|_| unreachable!("a test builds every preset"))
    }
}

impl Config {
    /// A builder that starts from the default preset.
    pub fn builder() -> ConfigBuilder {
        ConfigBuilder::default()
    }

    /// How texts are sketched.
    pub fn sketcher(&self) -> Sketcher {
        self.sketcher
    }

    /// What makes two articles a pair.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The Jaccard similarity as it was set or as the preset has it. In [`Scope::Similar`] two
    /// articles of this similarity or more are a pair; in the wider scopes it is only a lower bound
    /// for the [band threshold](Self::band_threshold).
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The Jaccard similarity that the bands look for: the threshold in [`Scope::Similar`], at
    /// least 0.4 in the wider scopes, which have other generators for what lies below.
    pub fn band_threshold(&self) -> f64 {
        self.band_threshold
    }

    /// The share of the pairs at the [band threshold](Self::band_threshold) that the bands must
    /// propose.
    pub fn recall(&self) -> f64 {
        self.recall
    }

    /// The bands chosen for that recall.
    pub fn banding(&self) -> Banding {
        self.banding
    }

    /// The most seconds between two accounts of one event, if there is a limit.
    pub fn story_window(&self) -> Option<u64> {
        self.story_window
    }

    /// The size above which a bucket is not compared pair by pair.
    pub fn bucket_limit(&self) -> usize {
        self.bucket_limit
    }

    /// The relations that are reported, from the closest down.
    pub fn relations(&self) -> impl Iterator<Item = Relation> {
        let reported = self.relations;
        Relation::ALL.into_iter().filter(move |&relation| reported.has(relation))
    }

    /// The least probability of the reported relations together at which a pair is reported.
    pub fn min_confidence(&self) -> f64 {
        self.min_confidence
    }

    /// Whether two articles of one source are never a pair.
    pub fn across_sources(&self) -> bool {
        self.across_sources
    }

    /// The least words of a passage that [`passages`](crate::Detector::passages) finds.
    pub fn passage_words(&self) -> usize {
        self.passage_words
    }

    /// How texts are read for passages.
    pub(crate) fn passage_grain(&self) -> Grain {
        Grain::new(self.sketcher.shingler(), self.passage_words)
    }

    /// Whether the reported relations and the least probability are the defaults of the scope.
    #[cfg(feature = "index")]
    pub(crate) fn reports_by_default(&self) -> bool {
        let relations = of_scope(self.scope);
        let confidence =
            ConfigBuilder::default_confidence(self.scope, self.sketcher.shingler().shingle());
        self.relations == relations && self.min_confidence == confidence
    }

    /// What makes a candidate a pair.
    pub(crate) fn criteria(&self) -> Criteria {
        Criteria {
            shingler: self.sketcher.shingler(),
            min_jaccard: (self.scope == Scope::Similar).then_some(self.threshold),
            relations: self.relations,
            min_confidence: self.min_confidence,
        }
    }

    /// Whether candidates are generated from anchors.
    pub(crate) fn uses_anchors(&self) -> bool {
        self.scope >= Scope::Text
    }
}

/// The relations that a scope reports by default.
fn of_scope(scope: Scope) -> Relations {
    match scope {
        Scope::Story => Relations::ONE_EVENT,
        Scope::Similar | Scope::Text => Relations::REUSE,
    }
}

/// The least band threshold where other generators find what is less similar. Below it the bands
/// would have one row or two, and propose whatever has a phrase or letters in common.
const MIN_BAND_THRESHOLD_WORDS: f64 = 0.4;
/// The same where shingles are of letters.
const MIN_BAND_THRESHOLD_LETTERS: f64 = 0.6;

/// What two authors seldom write alike by chance.
const DEFAULT_PASSAGE_WORDS: usize = 25;
/// Shorter runs are phrases.
const MIN_PASSAGE_WORDS: usize = 10;

/// Builds a [`Config`]. What is not set is taken from the preset.
///
/// Each call returns the builder, so a chain can end with [`build`](Self::build), or be continued
/// later:
///
/// ```
/// use newsprint::{Config, Preset};
///
/// let threshold: Option<f64> = Some(0.7);
/// let mut builder = Config::builder().preset(Preset::Strict);
/// if let Some(threshold) = threshold {
///     builder = builder.threshold(threshold);
/// }
/// assert_eq!(builder.build()?.threshold(), 0.7);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[must_use = "each call returns the builder with the change"]
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfigBuilder {
    preset: Preset,
    folding: Option<Folding>,
    shingle: Option<Shingle>,
    seed: u64,
    slots: Option<usize>,
    scope: Option<Scope>,
    threshold: Option<f64>,
    recall: Option<f64>,
    bucket_limit: Option<usize>,
    story_days: Option<u32>,
    relations: Option<Relations>,
    min_confidence: Option<f64>,
    across_sources: bool,
    passage_words: Option<usize>,
}

impl ConfigBuilder {
    /// Most news of one event appears within days.
    const STORY_DAYS: u32 = 14;

    /// The preset to start from. Default: [`Preset::Wire`].
    pub fn preset(mut self, preset: Preset) -> Self {
        self.preset = preset;
        self
    }

    /// How text is folded. Default: words divided at line ends stay divided, except in
    /// [`Preset::Ocr`], which joins them.
    pub fn folding(mut self, folding: Folding) -> Self {
        self.folding = Some(folding);
        self
    }

    /// The shingles to compare: runs of words or of letters.
    pub fn shingle(mut self, shingle: Shingle) -> Self {
        self.shingle = Some(shingle);
        self
    }

    /// The seed of all hashes. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The slots of a signature: a power of two from 16 to 1,024. More reach a recall at lower
    /// thresholds.
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = Some(slots);
        self
    }

    /// What makes two articles a pair. Default: that of the preset, but [`Scope::Similar`] if a
    /// threshold is set.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// The Jaccard similarity from which two articles are a pair, above 0 and at most 1. Setting it
    /// asks for exactly the pairs that reach it, unless the [scope](Self::scope) is set too.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = Some(threshold);
        self
    }

    /// The share of the pairs exactly at the [band threshold](Config::band_threshold) to find,
    /// above 0 and below 1; of pairs above it, more are found. Default: 0.999.
    pub fn recall(mut self, recall: f64) -> Self {
        self.recall = Some(recall);
        self
    }

    /// The most days between two accounts of one event, where both articles have a date; common
    /// text is found across any time. Default: 14. In a collection of months or years that keeps
    /// apart events that only recur, and a long affair does not cost more with each year. Papers
    /// that appear once a week may need more. [`u32::MAX`] is no limit.
    pub fn story_window(mut self, days: u32) -> Self {
        self.story_days = Some(days);
        self
    }

    /// The size above which a bucket is compared by leaders and own text instead of pair by pair,
    /// see [`find_pairs`](crate::Detector::find_pairs). Default: 256.
    pub fn bucket_limit(mut self, bucket_limit: usize) -> Self {
        self.bucket_limit = Some(bucket_limit);
        self
    }

    /// The relations that make two articles a pair, in the scopes of texts and stories. Default:
    /// reuse, and in [`Scope::Story`] accounts of one event too. [`Relation::Different`] is never
    /// reported. Exact duplicates are pairs in any case.
    pub fn relations(mut self, relations: &[Relation]) -> Self {
        self.relations = Some(Relations::of(relations));
        self
    }

    /// The least probability that two articles are of a [relation that is asked
    /// for](Self::relations), in the scopes of texts and stories, from 0 to 1. Default: 0.7; 0.6 for
    /// stories; 0.4 in the narrower scopes where shingles are of letters.
    pub fn min_confidence(mut self, probability: f64) -> Self {
        self.min_confidence = Some(probability);
        self
    }

    /// Whether only articles of different [sources](crate::Article::source) are pairs: what papers
    /// took from each other, without the templates of one and its own updates. An article without a
    /// source counts as of a source of its own. Default: false. An [`Index`](crate::Index) does not
    /// take it; see the source of each match there.
    ///
    /// The pairs are those of the whole collection without the pairs of one source. Candidates of
    /// one source are not compared, except in [`Scope::Story`]. So near copies in one source are
    /// not known as a [large group](crate::Detector::find_pairs) either: if more than 16 texts of
    /// one source are near copies of each other, an excerpt of them in another source may be
    /// missed.
    ///
    /// Where articles have one text, those of different sources are pairs: of sources A, A and B,
    /// two pairs. A cluster has the texts that are pairs with the representative's text, and all
    /// articles of these texts. Each of them is in a pair with another of the cluster; a member
    /// that has the representative's source is not in a pair with the representative itself.
    /// Stories have all accounts of an event, whatever their sources.
    ///
    /// ```
    /// use newsprint::{Article, Config, Detector};
    ///
    /// let text = "The river rose by two metres in a night.";
    /// let of = |source| Article::new(text).source(source);
    /// let articles = [of(Some("Post")), of(Some("Post")), of(Some("Times")), of(None)];
    /// let detector = Detector::new(Config::builder().across_sources(true).build()?);
    /// let pairs = detector.find_pairs(&articles).pairs;
    /// let ends: Vec<_> = pairs.iter().map(|pair| (pair.left, pair.right)).collect();
    /// assert_eq!(ends, [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn across_sources(mut self, across_sources: bool) -> Self {
        self.across_sources = across_sources;
        self
    }

    /// The least words of a passage that [`passages`](crate::Detector::passages) finds, at least
    /// 10. Where letters are compared, five stand for a word. Default: 25.
    pub fn passage_words(mut self, words: usize) -> Self {
        self.passage_words = Some(words);
        self
    }

    /// A pair that is listed wrongly costs more than one that is missed, so the default is above a
    /// half: of 143 pairs of agency news that the model was not fitted to, 87 % of those from 0.6 on
    /// were reuse, 93 % of those from 0.7 on. It is lower for recognised texts, whose errors destroy
    /// much of the evidence.
    fn default_confidence(scope: Scope, shingle: Shingle) -> f64 {
        match (scope, shingle) {
            (Scope::Text | Scope::Similar, Shingle::Letters(_)) => 0.4,
            (Scope::Story, _) => 0.6,
            _ => 0.7,
        }
    }

    /// The configuration.
    ///
    /// # Errors
    /// If a value is out of its range, or the recall cannot be reached at the threshold with so
    /// many slots.
    pub fn build(&self) -> Result<Config, Error> {
        let (shingle, scope, threshold, slots, join_hyphenated) = match self.preset {
            Preset::Wire => (Shingle::Words(3), Scope::Text, 0.3, 128, false),
            Preset::Story => (Shingle::Words(3), Scope::Story, 0.3, 128, false),
            Preset::Ocr => (Shingle::Letters(5), Scope::Text, 0.25, 256, true),
            Preset::Strict => (Shingle::Words(5), Scope::Similar, 0.8, 128, false),
        };
        let scope =
            self.scope.unwrap_or(if self.threshold.is_some() { Scope::Similar } else { scope });
        let threshold = self.threshold.unwrap_or(threshold);
        // The band threshold may be above it, so the check of the banding would not notice.
        if !(threshold > 0.0 && threshold <= 1.0) {
            return Err(Error::range("threshold", threshold, "above 0 and at most 1"));
        }
        let recall = self.recall.unwrap_or(0.999);
        let bucket_limit = self.bucket_limit.unwrap_or(256);
        if bucket_limit < 2 {
            return Err(Error::range("bucket limit", bucket_limit, "at least 2"));
        }
        let minhasher = MinHasher::new(self.slots.unwrap_or(slots))?;
        let shingler = Shingler::new(self.shingle.unwrap_or(shingle))?
            .with_folding(
                self.folding.unwrap_or(Folding::default().join_hyphenated(join_hyphenated)),
            )
            .with_seed(self.seed);
        let band_threshold = match (scope, shingler.shingle()) {
            (Scope::Similar, _) => threshold,
            (_, Shingle::Words(_)) => threshold.max(MIN_BAND_THRESHOLD_WORDS),
            (_, Shingle::Letters(_)) => threshold.max(MIN_BAND_THRESHOLD_LETTERS),
        };
        let banding = Banding::for_target(minhasher.slots(), band_threshold, recall)?;
        let sketcher = Sketcher::new(shingler, minhasher);
        let relations = self.relations.unwrap_or(of_scope(scope));
        let default = Self::default_confidence(scope, shingler.shingle());
        let min_confidence = self.min_confidence.unwrap_or(default);
        if !(0.0..=1.0).contains(&min_confidence) {
            return Err(Error::range("confidence", min_confidence, "from 0 to 1"));
        }
        if relations.has(Relation::Different) {
            return Err(Error::range("relation to report", "different", "any of the others"));
        }
        let passage_words = self.passage_words.unwrap_or(DEFAULT_PASSAGE_WORDS);
        if passage_words < MIN_PASSAGE_WORDS {
            return Err(Error::range("words of a passage", passage_words, "at least 10"));
        }
        let days = self.story_days.or((scope >= Scope::Story).then_some(Self::STORY_DAYS));
        let story_window = days.map(|days| u64::from(days) * 86_400);
        Ok(Config {
            sketcher,
            scope,
            threshold,
            band_threshold,
            recall,
            banding,
            bucket_limit,
            story_window,
            relations,
            min_confidence,
            across_sources: self.across_sources,
            passage_words,
        })
    }
}

#[cfg(feature = "serde")]
mod serialized;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_builds() {
        for preset in Preset::ALL {
            assert!(Config::builder().preset(preset).build().is_ok());
        }
        assert_eq!(
            Config::default(),
            Config::builder().preset(Preset::default()).build().expect("valid")
        );
    }

    #[test]
    fn refusals_name_value_and_limit() {
        let builder = Config::builder();
        let message = |builder: ConfigBuilder| builder.build().unwrap_err().to_string();
        assert_eq!(
            message(builder.slots(100)),
            "number of slots is 100, must be a power of two from 16 to 1024"
        );
        assert_eq!(
            message(builder.threshold(0.0)),
            "threshold is 0, must be above 0 and at most 1"
        );
        let wide = message(builder.scope(Scope::Text).threshold(f64::NAN));
        assert_eq!(wide, "threshold is NaN, must be above 0 and at most 1");
        assert_eq!(message(builder.recall(1.0)), "recall is 1, must be above 0 and below 1");
        assert_eq!(message(builder.bucket_limit(1)), "bucket limit is 1, must be at least 2");
        assert_eq!(
            message(builder.shingle(Shingle::Words(0))),
            "shingle length is 0, must be from 1 to 32"
        );
        assert_eq!(
            message(builder.relations(&[Relation::Different])),
            "relation to report is different, must be any of the others"
        );
        let low = message(builder.threshold(0.01));
        assert!(low.contains("128 slots find at most 0.7237"), "{low}");
        let nearly = message(builder.threshold(0.1).recall(0.9999999));
        assert!(nearly.contains("128 slots find at most 0.999998"), "{nearly}");
    }
}
