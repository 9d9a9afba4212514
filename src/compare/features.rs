//! The features of two texts that the model weighs: what an editor would look at, each as a number
//! that means the same everywhere.
//!
//! A feature that each text has by itself is given as the lesser and the greater of both values, so
//! that it does not matter which text is the left one. Amounts are logarithms to base 2 in eighths,
//! shares are from 0 to 1, and [`UNKNOWN`] stands for what cannot be known.
//!
//! [`extraction`](super::extraction) computes them.

use super::context::InCollection;
use crate::idf::log2_in_eighths;

/// Defines the features, each with its name in reports.
macro_rules! features {
    ($($feature:ident $name:literal,)*) => {
        /// A feature of two texts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Feature { $($feature,)* }

        impl Feature {
            /// All of them, in the order of [`Features`].
            pub(crate) const ALL: [Feature; [$($name),*].len()] = [$(Feature::$feature),*];

            /// Its name in reports and in the fitted model.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Feature::$feature => $name,)* }
            }
        }
    };
}

features! {
    ShorterWords "words of the shorter body",
    Lengths "length of the shorter body to the longer",
    BodyMin "share of the text that is body, lesser",
    CoveredMin "body inside shared passages, lesser",
    CoveredMax "body inside shared passages, greater",
    SameMin "body that agrees, lesser",
    SameMax "body that agrees, greater",
    UnquotedMin "body outside quotations that agrees, lesser",
    UnquotedMax "body outside quotations that agrees, greater",
    UnquotedWords "words outside quotations that agree",
    LongestRun "longest run outside quotations",
    BlockShare "the shorter text inside one passage",
    Clutter "agreeing words that are not body",
    FirstPlaceMax "where the shared text begins, later side",
    MeanPlaceMax "where the shared text stands on average, later side",
    MeanPlaceMin "where the shared text stands on average, earlier side",
    NewMin "words outside quotations that do not agree, lesser",
    LeadKnownMin "key words of the beginning known to the other text, lesser",
    LeadKnownMax "key words of the beginning known to the other text, greater",
    LeadMin "first fifty words that agree, lesser",
    LeadMax "first fifty words that agree, greater",
    TailMin "last fifty words that agree, lesser",
    Blocks "shared passages",
    RunLength "typical run",
    ReplacedNames "replaced words that are names or numbers",
    Edits "words edited inside passages",
    NumbersKept "numbers inside passages that agree",
    NamesKept "names inside passages that agree",
    SentencesSame "sentences outside quotations that agree",
    SentencesFilled "sentences with other names or numbers",
    SentencesReworded "sentences with other words",
    Quotations "quoted words that agree",
    Cosine "cosine of all words",
    LeadCosine "cosine of the first seventy words",
    KnownMin "wording known to the other text, lesser",
    KnownMax "wording known to the other text, greater",
    OrderMin "key words in the same order, lesser",
    OrderMax "key words in the same order, greater",
    NamesShared "names in both",
    NamesAlike "names in both to all names",
    NamesContained "names in both to those of the text with fewer",
    NumbersShared "numbers in both",
    NumbersAlike "numbers in both to all numbers",
    NumbersContained "numbers in both to those of the text with fewer",
    NumberDensity "share of words that are numbers",
    HeadlinesAlike "words of both headlines in common",
    HeadlinesKnown "headlines known to the other's beginning",
    TermSimilarity "closeness of key terms",
    TermNames "names of the beginning in common",
    TermNumbers "numbers of the beginning in common",
    LeadNamesUnmatched "first names that the other lacks, lesser",
    LeadNumbersUnmatched "first numbers that the other lacks, lesser",
    LineLength "words of a paragraph, lesser",
    ParagraphStarts "paragraphs that begin like one of the other text",
    Days "days apart",
    Sources "the same source",
    TermCosine "cosine of key terms in the collection",
    Neighbours "texts of the collection that are as near",
    Texts "texts of the collection, not less than 4,096",
}

/// The number of features.
pub(crate) const FEATURES: usize = Feature::ALL.len();

/// Collections with fewer texts are taken to have as many: how large they are says more about how
/// they were gathered than about chance.
const FEW_TEXTS: u64 = 4096;

/// The value of a feature that cannot be known.
pub(crate) const UNKNOWN: f32 = -1.0;

/// The feature vector of two texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Features(pub(crate) [f32; FEATURES]);

impl Default for Features {
    fn default() -> Self {
        Features([UNKNOWN; FEATURES])
    }
}

impl Features {
    pub(crate) fn get(&self, feature: Feature) -> f64 {
        f64::from(self.0[feature as usize])
    }

    /// Adds what a collection says about two of its articles.
    pub(crate) fn add_collection(&mut self, known: InCollection) {
        self.set(Feature::TermCosine, known.cosine);
        self.set(Feature::Neighbours, amount(known.neighbours));
        self.set(Feature::Texts, amount(known.texts.max(FEW_TEXTS)));
    }

    pub(super) fn set(&mut self, feature: Feature, value: f64) {
        self.0[feature as usize] = value as f32;
    }

    /// Sets two features to the lesser and the greater of both sides' values.
    pub(super) fn set_min_max(&mut self, min: Feature, max: Feature, [left, right]: [f64; 2]) {
        self.set(min, left.min(right));
        self.set(max, left.max(right));
    }
}

/// An amount as a feature: the logarithm to base 2 of one more, in eighths.
pub(super) fn amount(count: u64) -> f64 {
    f64::from(log2_in_eighths(count + 1)) / 8.0
}

/// A part of a whole as a feature; 0 of nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
