//! The measures for each kind of labels, except stories.

use std::collections::{HashMap, HashSet};
use std::slice;
use std::time::Instant;

use newsprint::{Config, Relation};

use super::collection::{Collection, numbers};
use super::explain::WrongPair;
use super::input::{
    FIRST_NOT_REUSE, Folder, GRADES, LEVELS, LabelKind, LabelTable, Library, RELATIONS, STORIES,
};
use super::labels::Case;
use super::logistic::leaving_one_out;
use super::measures::{Counts, Share, average_precision, calibration_error};
use super::report::{ConfusionMatrix, Figure, Report};
use super::task::Task;
use crate::terminal::{grouped, print_note};

/// The most labelled copies to compare for their relation.
const MAX_SAMPLE: usize = 300;
/// Half a unit of the fourth decimal, plus a margin for rounding.
const FOUR_DECIMALS: f64 = 0.500001e-4;
/// The five classes of relations by kind of reuse.
const CLASSES: [&str; 5] = ["copy", "excerpt", "revised", "rewrite", "none"];

/// The five classes of the model.
const KINDS: [&str; 5] = ["reuse", "series", "shared passage", "same story", "none"];
/// The most labels to report separately.
const MAX_LABELS: usize = 12;

/// The pairs of a table of clusters from which it is said how many there are: they take a while.
const MANY_PAIRS: usize = 1_000_000;
/// What is said of labels that belong to no known form.
const OWN_LABELS: &str = "the labels are those of no known form: it is measured how often the \
                          pairs of each are predicted as reuse";

/// The options of a measurement.
pub(crate) struct MeasureOptions<'a, 'c> {
    pub(crate) config: Config,
    /// Whether word weights are learned from the collection.
    pub(crate) learn: bool,
    /// Whether missed and falsely found pairs are listed.
    pub(crate) explain: bool,
    /// The articles of all folders, with `--together`; otherwise pairs are found in each folder
    /// alone.
    pub(crate) together: Option<&'c Collection<'a>>,
}

/// Measures everything that a folder has labels for.
pub(crate) fn measure<'a>(
    folder: &'a Folder,
    library: &Library<'a>,
    options: &MeasureOptions<'a, '_>,
) -> Result<Report, String> {
    let started = Instant::now();
    let own;
    let collection = match options.together {
        Some(all) => all,
        None => {
            own = Collection::of(slice::from_ref(folder), options.config, options.learn);
            &own
        }
    };
    let report = Report::new(&folder.name);
    let mut task =
        Task { folder, collection, explain: options.explain, report, labelled: Vec::new() };
    task.report.add("articles", folder.docs.len());
    if folder.tables.is_empty() {
        print_note(&format!("{}: no labels, so there is nothing to measure", folder.name));
    }
    for table in &folder.tables {
        let cases = Case::all(folder, table, library);
        task.report.add(format!("{} rows", table.name), cases.len());
        let left_out = table.rows.len() - cases.len();
        if left_out > 0 {
            task.report.add(format!("{} rows left out", table.name), left_out);
            task.note(
                table,
                &format!(
                    "{left_out} of {} rows are left out: none of the DIRs has their articles",
                    table.rows.len()
                ),
            );
        }
        if !cases.is_empty() {
            task.run(table, &cases)?;
        }
    }
    if options.explain {
        task.report.explained = Some(WrongPair::all(&task.labelled, collection));
    }
    task.report.add("seconds", started.elapsed().as_secs_f64());
    Ok(task.report)
}

impl<'a> Task<'a, '_> {
    fn run(&mut self, table: &LabelTable, cases: &[Case<'a>]) -> Result<(), String> {
        match table.kind {
            LabelKind::Relations => self.relations(cases)?,
            LabelKind::Grades => self.grades(cases)?,
            LabelKind::Levels => self.levels(cases),
            LabelKind::Stories => self.stories(cases),
            LabelKind::Similarity => self.similarity(cases),
            LabelKind::Copies => self.copies(cases),
            LabelKind::Pairs => {
                if cases.iter().any(|case| !case.row.label.is_empty()) {
                    self.note(table, OWN_LABELS);
                }
                self.pairs(cases);
            }
            LabelKind::Clusters => {
                let pairs = cases.len() * cases.len().saturating_sub(1) / 2;
                if pairs >= MANY_PAIRS {
                    self.note(table, &format!("{} pairs are compared", grouped(pairs as u64)));
                }
                self.clusters(cases);
            }
            // Nothing can be explained if the list has similarities of other shingles.
            LabelKind::Exact if !self.exact(table, cases) => return Ok(()),
            LabelKind::Exact => {}
        }
        if self.explain {
            let across = cases.iter().filter(|case| !self.collection.has(case.pair())).count();
            if across > 0 {
                self.note(table, &format!("{across} of {} rows are not explained: their articles lie in several DIRs, which --together takes as one collection", cases.len()));
            }
            self.labelled.extend(self.of(table.kind, cases));
            self.labelled.extend(self.unlabelled(table.kind, cases));
        }
        Ok(())
    }

    fn relations(&mut self, cases: &[Case<'a>]) -> Result<(), String> {
        let cases: Vec<Case<'a>> =
            cases.iter().filter(|case| case.row.label != "junk").copied().collect();
        let cases = cases.as_slice();
        let compared = self.compare(cases, |comparison| {
            (comparison.relation, comparison.confidence, comparison.story.score)
        });
        let reported: Vec<Relation> = compared.iter().map(|reported| reported.0).collect();
        let reuse = |case: &Case<'_>| case.place(&RELATIONS) < FIRST_NOT_REUSE;
        let (mut counts, mut matrix) =
            (Counts::default(), ConfusionMatrix::new("relation", &CLASSES, &CLASSES));
        let mut kinds = ConfusionMatrix::new("kind", &KINDS, &KINDS);
        let mut confidences: Vec<(f64, bool)> = Vec::with_capacity(cases.len());
        for (case, &(reported, confidence, _)) in cases.iter().zip(&compared) {
            counts.add(reported.is_reuse(), reuse(case));
            matrix.add(class(&case.row.label), class(reported.name()));
            kinds.add(kind(&case.row.label), kind(reported.name()));
            confidences.push((confidence, kind(&case.row.label) == kind(reported.name())));
        }
        self.report.add("reuse accuracy", counts.accuracy());
        self.add_found("reuse told", &counts);
        let jaccards = self.triples(cases)?.into_iter().map(|triples| triples.jaccard());
        let scored: Vec<(f64, bool)> = jaccards.zip(cases.iter().map(reuse)).collect();
        self.add_best("best reuse accuracy by 3-word Jaccard", &scored, |counts| {
            counts.accuracy().into()
        });
        self.report.add("five classes accuracy", matrix.accuracy());
        self.report.add("five kinds accuracy", kinds.accuracy());
        for (place, name) in KINDS.iter().enumerate() {
            let mut counts = Counts::default();
            let reported = cases.iter().zip(&reported);
            reported.for_each(|(case, reported)| {
                counts.add(kind(reported.name()) == place, kind(&case.row.label) == place);
            });
            if counts.true_yes + counts.false_no > 0 {
                self.add_found(name, &counts);
            }
        }
        self.report.add("calibration error", calibration_error(&confidences));
        let event = |case: &Case<'_>| reuse(case) || case.row.label == STORIES[0];
        let events: Vec<(f64, bool)> =
            compared.iter().zip(cases).map(|(reported, case)| (reported.2, event(case))).collect();
        self.report.add("one event average precision", average_precision(&events));
        self.report.add_matrix(matrix);
        self.report.add_matrix(kinds);

        let mut counts = Counts::default();
        cases.iter().for_each(|case| counts.add(self.is_found(case), reuse(case)));
        self.report.add("reuse pairs found", counts.recall());
        let others = Share { count: counts.false_yes, of: counts.false_yes + counts.true_no };
        self.report.add("other pairs found", others);
        Ok(())
    }

    /// Predicts grades by regression on figures of the comparison, each task's from the other
    /// tasks.
    fn grades(&mut self, cases: &[Case<'a>]) -> Result<(), String> {
        let groups: Vec<&str> = cases.iter().map(|case| group(&case.left.id)).collect();
        if groups.iter().all(|group| *group == groups[0]) {
            return Err(format!(
                "{}/pairs.tsv: grades need answers to two tasks, named after the last _ of an id",
                self.folder.name
            ));
        }
        let compared = self.compare(cases, |comparison| {
            let evidence = &comparison.evidence;
            (
                [
                    evidence.lexical_containment.left,
                    evidence.common_subsequence.left,
                    (1.0 + evidence.mean_run).log2(),
                ],
                comparison.relation,
            )
        });
        let (figures, reported): (Vec<[f64; 3]>, Vec<Relation>) = compared.into_iter().unzip();
        let triples: Vec<[f64; 1]> =
            self.triples(cases)?.into_iter().map(|triples| [triples.left_containment()]).collect();
        let grades: Vec<usize> = cases.iter().map(|case| case.place(&GRADES)).collect();
        let copied: Vec<usize> =
            grades.iter().map(|&grade| usize::from(grade < GRADES.len() - 1)).collect();
        let by_relation: Vec<usize> =
            reported.iter().map(|reported| usize::from(reported.is_reuse())).collect();
        let predicted = leaving_one_out(&figures, &grades, &groups);
        let mut add =
            |name, reported: &[usize], labels| self.report.add(name, Share::same(reported, labels));
        add("copied accuracy", &leaving_one_out(&figures, &copied, &groups), &copied);
        add(
            "copied accuracy by 3-word containment",
            &leaving_one_out(&triples, &copied, &groups),
            &copied,
        );
        add("copied accuracy by relation", &by_relation, &copied);
        add("four grades accuracy", &predicted, &grades);
        let by_triples = leaving_one_out(&triples, &grades, &groups);
        add("four grades accuracy by 3-word containment", &by_triples, &grades);
        let mut matrix = ConfusionMatrix::new("grade", &GRADES, &GRADES);
        grades.iter().zip(&predicted).for_each(|(&grade, &reported)| matrix.add(grade, reported));
        self.report.add_matrix(matrix);
        self.add_relations("grade by relation", &GRADES, cases, &reported);
        Ok(())
    }

    fn levels(&mut self, cases: &[Case<'a>]) {
        let compared =
            self.compare(cases, |comparison| (comparison.relation, comparison.story.score));
        let (reported, scores): (Vec<Relation>, Vec<f64>) = compared.into_iter().unzip();
        for (place, level) in LEVELS.iter().enumerate() {
            let of_level: Vec<usize> =
                (0..cases.len()).filter(|&i| cases[i].place(&LEVELS) == place).collect();
            self.report
                .add(format!("{level} reuse"), Share::of(&of_level, |&i| reported[i].is_reuse()));
            let sum: f64 = of_level.iter().map(|&i| scores[i]).sum();
            self.report.add(format!("{level} mean story score"), sum / of_level.len() as f64);
        }
        self.add_relations("level", &LEVELS, cases, &reported);
        self.sources(cases);
    }

    /// Whether the sources of versions are found, and with how many strangers, if both are in the
    /// collection.
    fn sources(&mut self, cases: &[Case<'a>]) {
        let within: Vec<Case<'_>> =
            cases.iter().filter(|case| self.collection.has(case.pair())).copied().collect();
        if within.is_empty() {
            return;
        }
        for level in LEVELS {
            let of_level: Vec<Case<'_>> =
                within.iter().filter(|case| case.row.label == level).copied().collect();
            self.report
                .add(format!("{level} found"), Share::of(&of_level, |case| self.is_found(case)));
        }
        let versions: HashSet<usize> = within.iter().map(|case| case.left.number).collect();
        let strangers = self.unlabelled(LabelKind::Levels, &within).len();
        self.report.add("strangers per version", strangers as f64 / versions.len() as f64);
    }

    /// How many of the listed copies are found. Other found pairs may be right too.
    fn copies(&mut self, cases: &[Case<'a>]) {
        self.report.add("copies found", Share::of(cases, |case| self.is_found(case)));
        let found = self.found().len();
        self.report.add("pairs found", found);
        self.report.add("pairs found per article", found as f64 / self.folder.docs.len() as f64);
        let taken = cases.len().min(MAX_SAMPLE);
        let sample = (0..taken).map(|i| cases[i * cases.len() / taken]);
        let reported = self.compare(&sample.collect::<Vec<_>>(), |comparison| comparison.relation);
        self.report.add(
            "sample of copies predicted as reuse",
            Share::of(&reported, |reported| reported.is_reuse()),
        );
    }

    /// Measures pairs by label if they have labels; a list without labels has all copies.
    fn pairs(&mut self, cases: &[Case<'a>]) {
        if cases.iter().all(|case| !case.row.label.is_empty()) {
            return self.labels(cases);
        }
        let labelled: HashMap<[usize; 2], bool> =
            cases.iter().map(|case| (numbers(case.pair()), self.is_found(case))).collect();
        let found = labelled.values().filter(|found| **found).count();
        let counts = Counts {
            true_yes: found,
            false_no: labelled.len() - found,
            false_yes: self.unlabelled(LabelKind::Pairs, cases).len(),
            true_no: 0,
        };
        self.add_found("pairs", &counts);
    }

    fn labels(&mut self, cases: &[Case<'a>]) {
        let compared =
            self.compare(cases, |comparison| (comparison.relation, comparison.story.score));
        let reported: Vec<(&Case<'a>, (Relation, f64))> = cases.iter().zip(compared).collect();
        let mut labels: Vec<&str> = cases.iter().map(|case| case.row.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        for label in labels.iter().take(MAX_LABELS) {
            let of: Vec<_> =
                reported.iter().filter(|(case, _)| case.row.label == **label).collect();
            self.report.add(
                format!("{label} predicted as reuse"),
                Share::of(&of, |(_, reported)| reported.0.is_reuse()),
            );
        }
        if labels.contains(&"SAME") {
            let same = |case: &Case<'_>| case.row.label == "SAME";
            let mut counts = Counts::default();
            for (case, (relation, _)) in &reported {
                counts.add(!matches!(relation, Relation::Different | Relation::Series), same(case));
            }
            self.add_found("same", &counts);
            let scored: Vec<(f64, bool)> =
                reported.iter().map(|(case, reported)| (reported.1, same(case))).collect();
            self.report.add("one event average precision", average_precision(&scored));
            self.add_best("best one event F1", &scored, |counts| counts.f1().into());
        }
    }

    /// Measures a list of all pairs from some similarity on: those that reach the threshold must be
    /// found, and no others. If the list was made by other rules of what a word is, similarities
    /// differ a little, so both are measured at a slightly higher threshold too. Returns whether
    /// the list's similarities are those of the configured shingles.
    fn exact(&mut self, table: &LabelTable, cases: &[Case<'a>]) -> bool {
        let (name, threshold) = (&table.name, self.collection.detector().config().threshold());
        let found = self.found();
        let listed: HashMap<[usize; 2], f64> =
            cases.iter().map(|case| (numbers(case.pair()), case.row.figure)).collect();
        let least = listed.values().copied().fold(1.0, f64::min).max(threshold);
        let is_found = |pair: &[usize; 2]| found.contains_key(pair);
        let is_strange = |pair: &[usize; 2]| !listed.contains_key(pair);
        let both: Vec<(f64, f64)> =
            listed.iter().filter_map(|(pair, figure)| Some((*figure, *found.get(pair)?))).collect();
        let same = Share::of(&both, |(a, b)| (a - b).abs() < FOUR_DECIMALS);
        if 2 * same.count < same.of {
            let others = same.of - same.count;
            self.note(table, &format!("{others} of the {} similarities of pairs found differ from the list's; was it made of other shingles? --shingle sets them", same.of));
        }
        let rows = [
            ("recall", share_from(threshold, &listed, is_found)),
            ("recall 0.02 higher", share_from(threshold + 0.02, &listed, is_found)),
            ("found but not listed", share_from(least, &found, is_strange)),
            ("found but not listed 0.02 higher", share_from(least + 0.02, &found, is_strange)),
            ("same similarity", same.into()),
        ];
        rows.into_iter().for_each(|(row, figure)| self.report.add(format!("{name} {row}"), figure));
        2 * same.count >= same.of
    }
}

/// The index in [`CLASSES`] of a relation's name.
fn class(relation: &str) -> usize {
    let name = if relation == "identical" { "copy" } else { relation };
    CLASSES.iter().position(|class| *class == name).unwrap_or(CLASSES.len() - 1)
}

/// The index in [`KINDS`] of a relation's name or label.
fn kind(relation: &str) -> usize {
    match relation {
        "identical" | "copy" | "excerpt" | "revised" | "rewrite" => 0,
        "series" => 1,
        "shared-passage" | "background" => 2,
        "same-story" => 3,
        _ => 4,
    }
}

/// The share of the pairs with a similarity of at least `from` for which `counts` is true.
fn share_from(
    from: f64,
    pairs: &HashMap<[usize; 2], f64>,
    counts: impl Fn(&[usize; 2]) -> bool,
) -> Figure {
    let pairs: Vec<_> =
        pairs.iter().filter(|(_, figure)| **figure >= from).map(|(pair, _)| pair).collect();
    Figure::from(Share::of(&pairs, |pair| counts(pair))).at(from)
}

/// The task of an answer, from its id.
fn group(id: &str) -> &str {
    id.rsplit_once('_').map_or("", |(_, task)| task)
}
