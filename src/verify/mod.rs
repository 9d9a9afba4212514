//! The judge: what two texts are to each other, and how likely that is.
//!
//! ```text
//! two parsed texts ──> figures (compare/) ──> model ──> chances ──> relation and confidence
//! ```
//!
//! One text in isolation and a pair in a collection are told by the same figures and the same
//! model, so that a comparison of two files, a batch and an index agree. Whether two texts are of
//! one event has a second model, which goes by what a collection tells of them too: most pairs that
//! the first was fitted to share a text, and accounts of one event need not. [`policy`] holds every
//! line that is drawn by hand; [`model`] and its [constants](fitted) what was learnt from pairs
//! that people have labelled. [`candidate`] holds one article against others.

pub(crate) mod candidate;
mod fitted;
pub(crate) mod model;
pub(crate) mod pair;
pub(crate) mod policy;
pub(crate) mod relation;

use crate::compare::figures::{Figure, Figures};
use crate::idf::log2_in_eighths;
use model::{Chances, chances, one_event};
use relation::{Relation, Relations};

/// What is told of two texts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) relation: Relation,
    /// The probability that it is right.
    pub(crate) confidence: f64,
    /// The probability that the two tell of one event.
    pub(crate) event: f64,
    chances: Chances,
}

impl Verdict {
    /// That of two texts with these figures. `identical`: they have the same words in the same
    /// order.
    pub(crate) fn of(figures: &Figures, identical: bool) -> Self {
        if identical {
            let chances = Chances { reuse: 1.0, ..Chances::default() };
            return Verdict { relation: Relation::Identical, confidence: 1.0, event: 1.0, chances };
        }
        // Where there is next to nothing to go by, one event is hardly likelier than not, and what
        // is no body tells nothing.
        let (mut chances, event) = match is_too_little(figures) {
            true => (LITTLE, one_event(figures).min(LITTLE_EVENT * figures.get(Figure::BodyMin))),
            false => (chances(figures), one_event(figures)),
        };
        if is_form(figures) {
            (chances.series, chances.reuse) = (chances.series + chances.reuse, 0.0);
        }
        let told = chances.told(figures);
        let (relation, confidence) = told
            .into_iter()
            .reduce(|best, next| if next.1 > best.1 { next } else { best })
            .unwrap_or(told[0]);
        let event = event.max(chances.reuse);
        if relation == Relation::Different && event >= policy::ONE_EVENT {
            let confidence = event - chances.reuse;
            return Verdict { relation: Relation::SameStory, confidence, event, chances };
        }
        Verdict { relation, confidence, event, chances }
    }

    /// Of some relations: how likely it is that the two are of any, and the likeliest with its own
    /// probability; none if none is asked for.
    pub(crate) fn among(
        &self,
        relations: Relations,
        figures: &Figures,
    ) -> Option<(f64, (Relation, f64))> {
        if self.relation == Relation::Identical {
            return relations.has(Relation::Identical).then_some((1.0, (Relation::Identical, 1.0)));
        }
        // Whether it is one event has a model of its own, which is right in a collection too.
        let chances = match relations.has(Relation::SameStory) {
            true => self.chances.of_event(self.event),
            false => self.chances,
        };
        let asked =
            chances.told(figures).into_iter().filter(|(relation, _)| relations.has(*relation));
        let all: f64 = asked.clone().map(|(_, chance)| chance).sum();
        let likeliest = asked.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        Some((all, likeliest))
    }

    /// The likeliest relation if the two are known to be similar, so that they cannot be told as
    /// different.
    pub(crate) fn of_similar(self, figures: &Figures) -> (Relation, f64) {
        let Chances { reuse, series, shared_passage, .. } = self.chances;
        match self.relation {
            Relation::Different | Relation::SameStory if series >= reuse.max(shared_passage) => {
                (Relation::Series, series)
            }
            Relation::Different | Relation::SameStory if shared_passage >= reuse => {
                (Relation::SharedPassage, shared_passage)
            }
            Relation::Different | Relation::SameStory => (kind_of_reuse(figures), reuse),
            told => (told, self.confidence),
        }
    }
}

impl Chances {
    /// The same where one event is so likely: a text that was made from the other tells of its
    /// event.
    fn of_event(self, event: f64) -> Self {
        let Chances { reuse, series, shared_passage, different, .. } = self;
        let event = event.max(reuse);
        let others = (series + shared_passage + different).max(f64::MIN_POSITIVE);
        let [series, shared_passage, different] =
            [series, shared_passage, different].map(|chance| chance * (1.0 - event) / others);
        Chances { reuse, series, shared_passage, same_story: event - reuse, different }
    }

    /// Each relation that is told, with its probability; reuse as the kind that it would be.
    fn told(&self, figures: &Figures) -> [(Relation, f64); 5] {
        [
            (kind_of_reuse(figures), self.reuse),
            (Relation::Series, self.series),
            (Relation::SharedPassage, self.shared_passage),
            (Relation::SameStory, self.same_story),
            (Relation::Different, self.different),
        ]
    }
}

/// Of two texts of which nothing is known, most have nothing to do with each other.
const LITTLE: Chances =
    Chances { reuse: 0.05, series: 0.05, shared_passage: 0.05, same_story: 0.1, different: 0.75 };

/// The most that can be said for one event then.
const LITTLE_EVENT: f64 = 0.55;

/// Whether there is nothing to go by: hardly a word, and no passage in common.
fn is_too_little(figures: &Figures) -> bool {
    let least = f64::from(log2_in_eighths(u64::from(policy::LEAST_WORDS) + 1)) / 8.0;
    figures.get(Figure::ShorterWords) < least && figures.get(Figure::CoveredMax) == 0.0
}

/// Whether the two have the same headings and hardly any text under them: a rewrite keeps the text
/// rather than the headings.
fn is_form(figures: &Figures) -> bool {
    figures.get(Figure::Openings) >= policy::FORM && figures.get(Figure::SameMax) < policy::REVISED
}

/// Which kind of reuse it is, if it is any: by how much of both bodies agrees.
fn kind_of_reuse(figures: &Figures) -> Relation {
    match () {
        () if figures.get(Figure::SameMin) >= policy::COPY => Relation::Copy,
        () if figures.get(Figure::SameMax) >= policy::EXCERPT => Relation::Excerpt,
        () if figures.get(Figure::UnquotedMax) >= policy::REVISED => Relation::Revised,
        () => Relation::Rewrite,
    }
}
