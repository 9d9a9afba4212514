//! The schema: which columns the segments of an index have. It follows from the configuration.

use super::signature::signature_bytes;
use crate::detector::config::{Config, Scope};
use crate::index::store::settings::Settings;
use crate::verify::policy::LEARNT_SAMPLE;

/// What is stored of every article of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    pub(crate) slots: usize,
    /// Bytes of a stored signature.
    pub(crate) signature_bytes: usize,
    pub(crate) bands: usize,
    pub(crate) anchors: bool,
    /// Whether key terms are keys, by which accounts of one story are found.
    pub(crate) stories: bool,
    /// Whether key terms are stored: in the wider scopes, where texts are read as words.
    pub(crate) terms: bool,
    /// Whether words are stored: where stories depend on what words are worth.
    pub(crate) words: bool,
    /// Whether texts are stored.
    pub(crate) texts: bool,
    /// Whether fingerprints are keys, by which passages are found.
    pub(crate) passages: bool,
}

impl Schema {
    pub(crate) fn of(settings: &Settings) -> Self {
        let config: &Config = settings.config();
        let sketcher = config.sketcher();
        let slots = sketcher.minhasher().slots();
        let by_words = sketcher.shingler().shingle().is_words();
        Schema {
            slots,
            signature_bytes: signature_bytes(slots),
            bands: config.banding().bands().len(),
            anchors: config.scope() >= Scope::Text,
            stories: config.scope() >= Scope::Story,
            terms: config.scope() >= Scope::Text && by_words,
            words: config.scope() >= Scope::Story && by_words,
            texts: settings.keep_texts(),
            passages: settings.passages(),
        }
    }

    /// Whether the terms of a text with this digest are stored, in an index of `texts` texts.
    pub(crate) fn keeps_terms(&self, digest: u64, texts: u64) -> bool {
        self.terms && (self.stories || is_sampled(digest, texts))
    }

    /// Whether the words of a text with this digest are stored, in an index of `texts` texts.
    pub(crate) fn keeps_words(&self, digest: u64, texts: u64) -> bool {
        self.words && is_sampled(digest, texts)
    }
}

/// Whether a text is in the sample that weights are learned from: those with the smallest digests.
/// The sample is larger than what is learned from, so that some of it may be deleted.
fn is_sampled(digest: u64, texts: u64) -> bool {
    let share = 1.25 * LEARNT_SAMPLE as f64 / (texts.max(1) as f64);
    (digest as f64) < share * u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    #[test]
    fn a_little_more_is_sampled_than_is_learned_from() {
        let texts = 1_000_000;
        let kept = (0..texts).filter(|&number| is_sampled(mix(number), texts)).count();
        assert!((LEARNT_SAMPLE * 6 / 5..LEARNT_SAMPLE * 13 / 10).contains(&kept), "{kept}");
        assert!(is_sampled(u64::MAX, 0) && is_sampled(u64::MAX, LEARNT_SAMPLE as u64));
    }
}
