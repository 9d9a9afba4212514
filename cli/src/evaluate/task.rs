//! The evaluation of one folder, with the operations that the measures of all kinds of labels
//! share.

use std::collections::HashMap;

use newsprint::parts::{Overlap, Shingler};
use newsprint::{Comparison, Relation, Shingle};

use super::collection::{Collection, numbers};
use super::input::{Doc, Folder, LabelKind, LabelTable};
use super::labels::{Case, LabelledPair};
use super::measures::{Counts, best_threshold};
use super::parallel::parallel;
use super::report::{ConfusionMatrix, Figure, Report};
use crate::terminal::print_note;

/// The relations that can be reported.
const RELATIONS_REPORTED: [Relation; 9] = Relation::ALL;
/// A folder that is being evaluated.
pub(crate) struct Task<'a, 'c> {
    pub(crate) folder: &'a Folder,
    pub(crate) collection: &'c Collection<'a>,
    pub(crate) explain: bool,
    pub(crate) report: Report,
    /// The labelled pairs to explain.
    pub(crate) labelled: Vec<LabelledPair<'a>>,
}

impl<'a> Task<'a, '_> {
    pub(crate) fn note(&self, table: &LabelTable, what: &str) {
        print_note(&format!("{}/{}.tsv: {what}", self.folder.name, table.name));
    }

    /// The labelled pairs of a table.
    pub(crate) fn of(&self, kind: LabelKind, cases: &[Case<'a>]) -> Vec<LabelledPair<'a>> {
        LabelledPair::all(kind, cases, self.collection.detector().config().threshold())
    }

    pub(crate) fn unlabelled(&self, kind: LabelKind, cases: &[Case<'a>]) -> Vec<LabelledPair<'a>> {
        LabelledPair::unlabelled(self.folder, kind, cases, self.collection)
    }

    /// The found pairs of the folder, with their similarities.
    pub(crate) fn found(&self) -> HashMap<[usize; 2], f64> {
        let own = |pair: &[&Doc; 2]| pair.iter().all(|doc| self.folder.has(doc));
        let found = self.collection.pairs().filter(|(pair, _)| own(pair));
        found.map(|(pair, jaccard)| (numbers(pair), jaccard)).collect()
    }

    pub(crate) fn is_found(&self, case: &Case<'a>) -> bool {
        self.collection.found(case.pair()).is_some()
    }

    /// Compares each case, on all cores, and returns what `keep` takes from the comparison.
    pub(crate) fn compare<T: Send>(
        &self,
        cases: &[Case<'_>],
        keep: impl Fn(&Comparison) -> T + Sync,
    ) -> Vec<T> {
        parallel(cases, |case| keep(&self.collection.detector().compare(case.left, case.right)))
    }

    /// The overlap of each case's articles in shingles of three words.
    pub(crate) fn triples(&self, cases: &[Case<'_>]) -> Result<Vec<Overlap>, String> {
        let folding = self.collection.detector().config().sketcher().shingler().folding();
        let triples = Shingler::new(Shingle::Words(3))
            .map_err(|error| error.to_string())?
            .with_folding(folding);
        let overlap = |case: &Case<'_>| {
            Overlap::of(&triples.shingles(&case.left.text), &triples.shingles(&case.right.text))
        };
        Ok(parallel(cases, overlap))
    }

    /// Adds the greatest value of a measure over all thresholds, with its threshold.
    pub(crate) fn add_best(
        &mut self,
        name: &str,
        scored: &[(f64, bool)],
        measure: impl Fn(&Counts) -> Figure,
    ) {
        if let Some((threshold, counts)) = best_threshold(scored, |counts| measure(counts).value())
        {
            self.report.add(name, measure(&counts).at(threshold));
        }
    }

    /// Adds recall, precision and F1.
    pub(crate) fn add_found(&mut self, what: &str, counts: &Counts) {
        self.report.add(format!("{what} recall"), counts.recall());
        self.report.add(format!("{what} precision"), counts.precision());
        self.report.add(format!("{what} F1"), counts.f1());
    }

    /// Adds the confusion matrix of labels and relations.
    pub(crate) fn add_relations(
        &mut self,
        name: &'static str,
        labels: &[&'static str],
        cases: &[Case<'_>],
        reported: &[Relation],
    ) {
        let mut matrix =
            ConfusionMatrix::new(name, labels, &RELATIONS_REPORTED.map(Relation::name));
        for (case, reported) in cases.iter().zip(reported) {
            matrix.add(
                case.place(labels),
                RELATIONS_REPORTED.iter().position(|relation| relation == reported).unwrap_or(0),
            );
        }
        self.report.add_matrix(matrix);
    }
}
