//! Two parsed texts analysed: aligned, their words numbered together, and everything measured that
//! a verdict is predicted from.

use super::align::Alignment;
use super::context::PairMetadata;
use super::extraction::{self, BodyShares, ExtractionScratch, Inputs};
use super::features::Features;
use super::lexical_overlap::LexicalOverlap;
use super::parsed::ParsedText;
use super::story::{PairTerms, Story};
use super::vocabulary::Vocabulary;
use crate::idf::Idf;

/// What the analysis of two texts found.
#[derive(Debug)]
pub(crate) struct Analysis {
    pub(crate) alignment: Alignment,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) terms: PairTerms,
    pub(crate) story: Story,
    pub(crate) lexical: LexicalOverlap,
    pub(crate) features: Features,
    pub(crate) shares: BodyShares,
}

impl Analysis {
    /// Analyses two texts that were aligned before.
    pub(crate) fn of(
        texts: [&str; 2],
        parsed: [&ParsedText; 2],
        alignment: Alignment,
        metadata: PairMetadata,
        idf: &Idf,
        scratch: &mut ExtractionScratch,
    ) -> Self {
        let words = parsed.map(|parsed| &parsed.words);
        let vocabulary = Vocabulary::of(words, idf);
        let terms = PairTerms::of(texts, words, &vocabulary);
        let story = Story::of(&terms);
        let lexical = LexicalOverlap::of(&vocabulary);
        let inputs = Inputs {
            parsed,
            vocabulary: &vocabulary,
            alignment: &alignment,
            story: &story,
            lexical: &lexical,
        };
        let (features, shares) = extraction::extract(&inputs, metadata, scratch);
        Analysis { alignment, vocabulary, terms, story, lexical, features, shares }
    }
}
