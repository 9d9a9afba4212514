//! Fits the model of one event: whether two texts report the same event, as copies or
//! independently.
//!
//! The sets draw the line between one event and one topic in different places. The table of
//! predictions for each set, by a model fitted to the others, therefore has the best threshold too:
//! pairs that are ranked well may be cut badly.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::boosting::{BoostedTrees, BoostingOptions, TrainingRow, fit, probabilities};
use super::classes::{REUSE, STORY};
use super::feature_places::{OF_COLLECTION, OF_PUBLICATION, place, places};
use super::measures::{Counts, average_precision, best_threshold, calibration_error};
use super::parallel::parallel;
use super::training::{BY_LETTERS, Example, MADE, is_read};

/// One event, or two.
pub(crate) const CLASSES: usize = 2;
const ONE: u8 = 1;
const TWO: u8 = 2;

/// The most total weight of the pairs of a set that was not read for this.
const OF_SET: f64 = 400.0;
/// The most total weight of made pairs.
const OF_MADE: f64 = 120.0;
/// The weight of pairs with hidden dates: the people who labelled them saw the dates.
const UNDATED: f64 = 0.5;

/// The parameters of the fit.
fn options() -> BoostingOptions {
    BoostingOptions { trees: 400, rate: 0.05, ..BoostingOptions::default() }
}

/// One event or two; none if the label does not say.
fn class(example: &Example) -> Option<u8> {
    let event = REUSE | STORY;
    match example.classes {
        classes if classes & !event == 0 => Some(ONE),
        classes if classes & event == 0 => Some(TWO),
        _ => None,
    }
}

/// The rows of each pair: with and without its dates, in a collection and alone.
fn rows<'e>(
    examples: impl Iterator<Item = &'e Example> + Clone,
    names: &[&str],
) -> Vec<TrainingRow> {
    let mut pairs: HashMap<&str, usize> = HashMap::new();
    examples.clone().for_each(|example| *pairs.entry(&example.set).or_default() += 1);
    let dates = places(names, &OF_PUBLICATION);
    let collection = places(names, &OF_COLLECTION);
    let mut rows = Vec::new();
    for example in examples {
        let Some(classes) = class(example) else { continue };
        let of_set = pairs[example.set.as_str()] as f64;
        let weight = match example.set.as_str() {
            set if is_read(set) || set.starts_with("events") => 1.0,
            MADE => (OF_MADE / of_set).min(1.0),
            _ => (OF_SET / of_set).min(1.0),
        };
        for (hidden, weight) in [
            (vec![], weight),
            (dates.clone(), weight * UNDATED),
            (collection.clone(), weight),
            ([&dates[..], &collection[..]].concat(), weight * UNDATED),
        ] {
            let mut figures = example.figures.clone();
            hidden.iter().for_each(|&figure| figures[figure] = -1.0);
            rows.push(TrainingRow { figures, classes, weight: weight / 3.0 });
        }
    }
    rows
}

/// The constraints: one event is the more likely, the more words, names and numbers agree and the
/// nearer the dates are.
fn monotone(names: &[&str]) -> Vec<(usize, usize, f64)> {
    let more = [
        "cosine of all words",
        "cosine of the first seventy words",
        "wording known to the other text, lesser",
        "wording known to the other text, greater",
        "names in both",
        "names in both to all names",
        "names in both to those of the text with fewer",
        "names of the beginning in common",
        "numbers in both",
        "numbers in both to all numbers",
        "numbers of the beginning in common",
        "key words of the beginning known to the other text, lesser",
        "key words of the beginning known to the other text, greater",
        "words of both headlines in common",
        "headlines known to the other's beginning",
        "closeness of key terms",
        "cosine of key terms in the collection",
    ];
    let less = [
        "days apart",
        "first names that the other lacks, lesser",
        "first numbers that the other lacks, lesser",
        "texts of the collection that are as near",
        "texts of the collection, not less than 4,096",
    ];
    let signed = more.iter().map(|name| (name, 1.0)).chain(less.iter().map(|name| (name, -1.0)));
    let figures = signed.map(|(name, sign)| (place(names, name), sign));
    figures.flat_map(|(figure, sign)| [(figure, 0, sign), (figure, 1, -sign)]).collect()
}

/// The model fitted to examples.
pub(crate) fn model<'e>(
    examples: impl Iterator<Item = &'e Example> + Clone,
    names: &[&str],
) -> BoostedTrees<CLASSES> {
    fit(
        &rows(examples.filter(|example| is_for_events(example)), names),
        &monotone(names),
        &options(),
    )
}

fn is_for_events(example: &Example) -> bool {
    !(example.set.ends_with(BY_LETTERS) || example.for_relations_alone)
}

/// The table of predictions for each set by a model fitted to the others.
pub(crate) fn table(
    examples: &[Example],
    names: &[&str],
    progress: &(impl Fn(&str) + Sync),
) -> String {
    let mut sets: Vec<&str> = examples
        .iter()
        .filter(|example| is_for_events(example))
        .map(|example| example.set.as_str())
        .collect();
    let mut seen = HashSet::new();
    sets.retain(|set| seen.insert(*set));
    let lines = parallel(&sets, |&set| {
        let of_set: Vec<&Example> = examples
            .iter()
            .filter(|example| example.set == set && is_for_events(example))
            .collect();
        let known: Vec<(&Example, bool)> =
            of_set.iter().filter_map(|example| Some((*example, class(example)? == ONE))).collect();
        let one = known.iter().filter(|(_, one)| *one).count();
        if one == 0 || one == known.len() {
            return String::new();
        }
        let texts: HashSet<[u64; 2]> = of_set.iter().map(|example| example.texts).collect();
        let others =
            examples.iter().filter(|example| example.set != set && !texts.contains(&example.texts));
        let model = model(others, names);
        let predict = |example: &Example| probabilities(&model.scores(&example.figures), 1.0)[0];
        let scored: Vec<(f64, bool)> =
            known.iter().map(|(example, one)| (predict(example), *one)).collect();
        let counts = Counts::at(0.5, &scored);
        let (line, best) = best_threshold(&scored, Counts::f1).unwrap_or((0.5, counts));
        let confidences: Vec<(f64, bool)> = scored
            .iter()
            .map(|&(event, one)| if event >= 0.5 { (event, one) } else { (1.0 - event, !one) })
            .collect();
        let mut row = String::new();
        let _ = write!(
            row,
            "{set:<20}{:>6}{:>5.0} | {:.3} | {:3.0} {:3.0} | {:.3} at {line:.2} | {:.3}",
            known.len(),
            100.0 * one as f64 / known.len() as f64,
            average_precision(&scored),
            100.0 * counts.precision().value(),
            100.0 * counts.recall().value(),
            best.f1(),
            calibration_error(&confidences),
        );
        progress(&row);
        row + "\n"
    });
    format!(
        "{:<20} pairs one event % | AP | P R at .5 | best F1 and its line | calibration\n{}",
        "set",
        lines.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constraint_names_a_feature() {
        let comparison = newsprint::Detector::default().compare("", "");
        let names: Vec<&str> = comparison.evidence.features().map(|(name, _)| name).collect();
        assert!(monotone(&names).len() > 10);
    }
}
