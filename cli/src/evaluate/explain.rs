//! `--explain`: the pairs that were missed or falsely found, with their fates and figures.

use newsprint::Comparison;
use newsprint::results::Fate;
use serde_json::{Value, json};

use super::collection::Collection;
use super::labels::LabelledPair;
use super::parallel::parallel;
use crate::terminal::four_decimals;

/// The names of the figures of a pair.
const FIGURES: [&str; 6] = ["jaccard", "containment", "covered", "closeness", "story", "facts"];

/// A pair missed, or falsely found.
pub(crate) struct WrongPair {
    verdict: &'static str,
    ids: [String; 2],
    label: String,
    fate: Fate,
    figures: [f64; 6],
}

impl WrongPair {
    /// The labelled pairs of a collection that were missed, then those that were falsely found.
    pub(crate) fn all(labelled: &[LabelledPair<'_>], collection: &Collection<'_>) -> Vec<Self> {
        let scope = collection.detector().config().scope();
        let wrong = |wanted: bool| {
            let is_wrong = move |labelled: &&LabelledPair<'_>| {
                let found = || collection.found(labelled.pair).is_some();
                collection.has(labelled.pair)
                    && labelled.wanted(scope) == Some(wanted)
                    && found() != wanted
            };
            labelled.iter().filter(is_wrong).map(move |labelled| (labelled, wanted))
        };
        let wrong: Vec<(&LabelledPair<'_>, bool)> = wrong(true).chain(wrong(false)).collect();
        if wrong.is_empty() {
            return Vec::new();
        }
        let pairs: Vec<_> = wrong.iter().map(|(labelled, _)| labelled.pair).collect();
        let detector = collection.story_detector();
        let figures = parallel(&pairs, |[left, right]| figures(&detector.compare(*left, *right)));
        let fates = collection.fates(&pairs);
        let explain =
            |((labelled, wanted), (fate, figures)): (&(&LabelledPair<'_>, bool), _)| WrongPair {
                verdict: if *wanted { "missed" } else { "false" },
                ids: labelled.pair.map(|doc| doc.id.clone()),
                label: labelled.label.to_owned(),
                fate,
                figures,
            };
        wrong.iter().zip(fates.into_iter().zip(figures)).map(explain).collect()
    }

    /// The line with the names of the columns.
    pub(crate) fn header() -> String {
        let columns = ["verdict", "left", "right", "label", "fate"];
        columns.into_iter().chain(FIGURES).collect::<Vec<_>>().join("\t") + "\n"
    }

    /// A line of columns, separated by tabs.
    pub(crate) fn text(&self) -> String {
        let [left, right] = &self.ids;
        let columns = [self.verdict, left, right, &self.label, self.fate.name()].map(str::to_owned);
        columns.into_iter().chain(self.figures.map(four_decimals)).collect::<Vec<_>>().join("\t")
    }

    pub(crate) fn json(&self) -> Value {
        let [left, right] = &self.ids;
        let mut object = json!({
            "verdict": self.verdict, "left": left, "right": right, "label": self.label, "fate": self.fate.name(),
        });
        for (name, figure) in FIGURES.iter().zip(self.figures) {
            object[*name] = figure.into();
        }
        object
    }
}

fn figures(comparison: &Comparison) -> [f64; 6] {
    let (overlap, story) = (&comparison.overlap, &comparison.story);
    [
        overlap.jaccard(),
        overlap.left_containment().max(overlap.right_containment()),
        covered(comparison),
        story.term_similarity,
        story.score,
        facts(comparison),
    ]
}

/// The share of both bodies in shared passages: the geometric mean of both shares.
pub(crate) fn covered(comparison: &Comparison) -> f64 {
    let covered = comparison.evidence.covered;
    (covered.left * covered.right).sqrt()
}

/// The agreement of names and numbers: the geometric mean of both.
pub(crate) fn facts(comparison: &Comparison) -> f64 {
    (comparison.story.names * comparison.story.numbers).sqrt()
}
