//! The verdict on two texts: their likeliest relation, with its probability.

use super::model::{ClassProbabilities, class_probabilities, one_event};
use super::policy;
use super::relation::{Relation, Relations};
use crate::compare::features::{Feature, Features};
use crate::idf::log2_in_eighths;

/// The probabilities of two texts that say next to nothing: most have nothing to do with each
/// other.
const TOO_LITTLE: ClassProbabilities = ClassProbabilities {
    reuse: 0.05,
    series: 0.05,
    shared_passage: 0.05,
    same_story: 0.1,
    different: 0.75,
};
/// The largest probability of one event for such texts.
const TOO_LITTLE_EVENT: f64 = 0.55;

/// What two texts are to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) relation: Relation,
    /// The probability that the relation is right.
    pub(crate) confidence: f64,
    /// The probability that the two tell of one event.
    pub(crate) event: f64,
    probabilities: ClassProbabilities,
}

impl Verdict {
    /// The verdict on two texts with these features. `identical` means that they have the same
    /// words in the same order.
    pub(crate) fn of(features: &Features, identical: bool) -> Self {
        if identical {
            return Verdict {
                relation: Relation::Identical,
                confidence: 1.0,
                event: 1.0,
                probabilities: ClassProbabilities { reuse: 1.0, ..ClassProbabilities::default() },
            };
        }
        let (mut probabilities, event) = if is_too_little(features) {
            // Text outside the body is no evidence of one event.
            let limit = TOO_LITTLE_EVENT * features.get(Feature::BodyMin);
            (TOO_LITTLE, one_event(features).min(limit))
        } else {
            (class_probabilities(features), one_event(features))
        };
        if is_form(features) {
            probabilities.series += probabilities.reuse;
            probabilities.reuse = 0.0;
        }
        let by_relation = probabilities.by_relation(features);
        let (relation, confidence) = likeliest(by_relation.into_iter()).unwrap_or(by_relation[0]);
        let event = event.max(probabilities.reuse);
        if relation == Relation::Different && event >= policy::ONE_EVENT {
            let confidence = event - probabilities.reuse;
            return Verdict { relation: Relation::SameStory, confidence, event, probabilities };
        }
        Verdict { relation, confidence, event, probabilities }
    }

    /// The probability that the two have any of the `requested` relations, and the likeliest of
    /// these with its own probability; `None` if they can have none of them.
    pub(crate) fn among(
        &self,
        requested: Relations,
        features: &Features,
    ) -> Option<(f64, (Relation, f64))> {
        if self.relation == Relation::Identical {
            let identical = (1.0, (Relation::Identical, 1.0));
            return requested.has(Relation::Identical).then_some(identical);
        }
        // One event has a model of its own, which is right in a collection too.
        let probabilities = match requested.has(Relation::SameStory) {
            true => self.probabilities.given_event(self.event),
            false => self.probabilities,
        };
        let by_relation = probabilities.by_relation(features).into_iter();
        let requested = by_relation.filter(|(relation, _)| requested.has(*relation));
        let total: f64 = requested.clone().map(|(_, probability)| probability).sum();
        Some((total, likeliest(requested)?))
    }

    /// The likeliest relation if the two are known to be similar, and so cannot be different.
    pub(crate) fn if_similar(self, features: &Features) -> (Relation, f64) {
        let ClassProbabilities { reuse, series, shared_passage, .. } = self.probabilities;
        match self.relation {
            Relation::Different | Relation::SameStory if series >= reuse.max(shared_passage) => {
                (Relation::Series, series)
            }
            Relation::Different | Relation::SameStory if shared_passage >= reuse => {
                (Relation::SharedPassage, shared_passage)
            }
            Relation::Different | Relation::SameStory => (kind_of_reuse(features), reuse),
            relation => (relation, self.confidence),
        }
    }
}

impl ClassProbabilities {
    /// The probabilities if one event has this one. Reuse implies one event.
    fn given_event(self, event: f64) -> Self {
        let ClassProbabilities { reuse, series, shared_passage, different, .. } = self;
        let event = event.max(reuse);
        let others = (series + shared_passage + different).max(f64::MIN_POSITIVE);
        let [series, shared_passage, different] = [series, shared_passage, different]
            .map(|probability| probability * (1.0 - event) / others);
        ClassProbabilities { reuse, series, shared_passage, same_story: event - reuse, different }
    }

    /// Each relation with its probability; reuse as the kind that it would be.
    fn by_relation(&self, features: &Features) -> [(Relation, f64); 5] {
        [
            (kind_of_reuse(features), self.reuse),
            (Relation::Series, self.series),
            (Relation::SharedPassage, self.shared_passage),
            (Relation::SameStory, self.same_story),
            (Relation::Different, self.different),
        ]
    }
}

/// The relation with the highest probability, the first of equals.
fn likeliest(relations: impl Iterator<Item = (Relation, f64)>) -> Option<(Relation, f64)> {
    relations.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// Whether there is next to no evidence: hardly a word, and no passage in common.
fn is_too_little(features: &Features) -> bool {
    let least = f64::from(log2_in_eighths(u64::from(policy::LEAST_WORDS) + 1)) / 8.0;
    features.get(Feature::ShorterWords) < least && features.get(Feature::CoveredMax) == 0.0
}

/// Whether the two have the same headings and hardly any text in common: a rewrite keeps the text
/// rather than the headings.
fn is_form(features: &Features) -> bool {
    features.get(Feature::ParagraphStarts) >= policy::FORM
        && features.get(Feature::SameMax) < policy::REVISED
}

/// Which kind of reuse it would be, by how much of both bodies agrees.
fn kind_of_reuse(features: &Features) -> Relation {
    match () {
        () if features.get(Feature::SameMin) >= policy::COPY => Relation::Copy,
        () if features.get(Feature::SameMax) >= policy::EXCERPT => Relation::Excerpt,
        () if features.get(Feature::UnquotedMax) >= policy::REVISED => Relation::Revised,
        () => Relation::Rewrite,
    }
}
