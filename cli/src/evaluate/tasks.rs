//! What is measured by each kind of labels.

mod stories;

use std::collections::{HashMap, HashSet};
use std::slice;
use std::time::Instant;

use newsprint::{Comparison, Config, Overlap, Relation, Shingle, Shingler};

use super::collection::{Collection, numbers};
use super::explain::Explained;
use super::input::{Doc, Folder, GRADES, Kind, LEVELS, Library, RELATIONS, REUSE, STORIES, Table};
use super::labels::{Case, Labelled};
use super::logistic::leaving_one_out;
use super::measures::{Counts, Share, average_precision, best_threshold, calibration_error};
use super::parallel::parallel;
use super::report::{Figure, Matrix, Report};
use crate::terminal::note;

/// The most labelled copies that are compared closely.
const SAMPLE: usize = 300;
/// Half a unit of the fourth decimal, and a little for rounding.
const FOUR_DECIMALS: f64 = 0.500001e-4;
/// Relations as they are told.
const TOLD: [Relation; 9] = Relation::ALL;
/// Relations in five classes.
const CLASSES: [&str; 5] = ["copy", "excerpt", "revised", "rewrite", "none"];

/// Relations in the five kinds that the model tells apart.
const KINDS: [&str; 5] = ["reuse", "series", "shared passage", "same story", "none"];
/// Labels that are told one by one.
const LABELS: usize = 12;

/// How to measure.
pub(crate) struct Way<'a, 'c> {
    pub(crate) config: Config,
    /// Whether weights are learnt.
    pub(crate) learn: bool,
    /// Whether what is missed or falsely found is listed.
    pub(crate) explain: bool,
    /// The articles of all folders, if pairs are looked for among them and not among those of each folder.
    pub(crate) together: Option<&'c Collection<'a>>,
}

/// Measures all that a folder has labels for.
pub(crate) fn measure<'a>(
    folder: &'a Folder,
    library: &Library<'a>,
    way: &Way<'a, '_>,
) -> Result<Report, String> {
    let started = Instant::now();
    let own;
    let collection = match way.together {
        Some(all) => all,
        None => {
            own = Collection::of(slice::from_ref(folder), way.config, way.learn);
            &own
        }
    };
    let report = Report::new(&folder.name);
    let mut task = Task { folder, collection, explain: way.explain, report, labelled: Vec::new() };
    task.report.add("articles", folder.docs.len());
    for table in &folder.tables {
        let cases = Case::all(folder, table, library);
        task.report.add(format!("{} rows", table.name), cases.len());
        let left_out = table.rows.len() - cases.len();
        if left_out > 0 {
            task.report.add(format!("{} rows left out", table.name), left_out);
            task.tell(
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
    if way.explain {
        task.report.explained = Some(Explained::all(&task.labelled, collection));
    }
    task.report.add("seconds", started.elapsed().as_secs_f64());
    Ok(task.report)
}

struct Task<'a, 'c> {
    folder: &'a Folder,
    collection: &'c Collection<'a>,
    explain: bool,
    report: Report,
    /// The labelled pairs to explain.
    labelled: Vec<Labelled<'a>>,
}

impl<'a> Task<'a, '_> {
    fn run(&mut self, table: &Table, cases: &[Case<'a>]) -> Result<(), String> {
        match table.kind {
            Kind::Relations => self.relations(cases)?,
            Kind::Grades => self.grades(cases)?,
            Kind::Levels => self.levels(cases),
            Kind::Stories => self.stories(cases),
            Kind::Similarity => self.similarity(cases),
            Kind::Copies => self.copies(cases),
            Kind::Pairs => self.pairs(cases),
            Kind::Clusters => self.clusters(cases),
            // There is nothing to explain where the list is of other figures.
            Kind::Exact if !self.exact(table, cases) => return Ok(()),
            Kind::Exact => {}
        }
        if self.explain {
            let across = cases.iter().filter(|case| !self.collection.has(case.pair())).count();
            if across > 0 {
                self.tell(table, &format!("{across} of {} rows are not explained: their articles lie in several DIRs, which --together takes as one collection", cases.len()));
            }
            self.labelled.extend(self.of(table.kind, cases));
            self.labelled.extend(self.unlabelled(table.kind, cases));
        }
        Ok(())
    }

    fn tell(&self, table: &Table, what: &str) {
        note(&format!("{}/{}.tsv: {what}", self.folder.name, table.name));
    }

    /// The labelled pairs of a table.
    fn of(&self, kind: Kind, cases: &[Case<'a>]) -> Vec<Labelled<'a>> {
        Labelled::all(kind, cases, self.collection.detector().config().threshold())
    }

    fn unlabelled(&self, kind: Kind, cases: &[Case<'a>]) -> Vec<Labelled<'a>> {
        Labelled::unlabelled(self.folder, kind, cases, self.collection)
    }

    /// The pairs of the folder that are found, with their similarity.
    fn found(&self) -> HashMap<[usize; 2], f64> {
        let own = |pair: &[&Doc; 2]| pair.iter().all(|doc| self.folder.has(doc));
        let found = self.collection.pairs().filter(|(pair, _)| own(pair));
        found.map(|(pair, jaccard)| (numbers(pair), jaccard)).collect()
    }

    fn is_found(&self, case: &Case<'a>) -> bool {
        self.collection.found(case.pair()).is_some()
    }

    /// What `keep` makes of the comparison of each case, on all cores.
    fn compare<T: Send>(
        &self,
        cases: &[Case<'_>],
        keep: impl Fn(&Comparison) -> T + Sync,
    ) -> Vec<T> {
        parallel(cases, |case| keep(&self.collection.detector().compare(case.left, case.right)))
    }

    /// What runs of three words of each case's articles share.
    fn triples(&self, cases: &[Case<'_>]) -> Result<Vec<Overlap>, String> {
        let folding = self.collection.detector().config().sketcher().shingler().folding();
        let triples = Shingler::new(Shingle::Words(3))
            .map_err(|error| error.to_string())?
            .with_folding(folding);
        let overlap = |case: &Case<'_>| {
            Overlap::of(&triples.shingles(&case.left.text), &triples.shingles(&case.right.text))
        };
        Ok(parallel(cases, overlap))
    }

    fn relations(&mut self, cases: &[Case<'a>]) -> Result<(), String> {
        let cases: Vec<Case<'a>> =
            cases.iter().filter(|case| case.row.label != "junk").copied().collect();
        let cases = cases.as_slice();
        let compared = self.compare(cases, |comparison| {
            (comparison.relation, comparison.confidence, comparison.story.score)
        });
        let told: Vec<Relation> = compared.iter().map(|told| told.0).collect();
        let reuse = |case: &Case<'_>| case.place(&RELATIONS) < REUSE;
        let (mut counts, mut matrix) =
            (Counts::default(), Matrix::new("relation", &CLASSES, &CLASSES));
        let mut kinds = Matrix::new("kind", &KINDS, &KINDS);
        let mut confidences: Vec<(f64, bool)> = Vec::with_capacity(cases.len());
        for (case, &(told, confidence, _)) in cases.iter().zip(&compared) {
            counts.add(told.is_reuse(), reuse(case));
            matrix.add(class(&case.row.label), class(told.name()));
            kinds.add(kind(&case.row.label), kind(told.name()));
            confidences.push((confidence, kind(&case.row.label) == kind(told.name())));
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
            let told = cases.iter().zip(&told);
            told.for_each(|(case, told)| {
                counts.add(kind(told.name()) == place, kind(&case.row.label) == place);
            });
            if counts.true_yes + counts.false_no > 0 {
                self.add_found(name, &counts);
            }
        }
        self.report.add("calibration error", calibration_error(&confidences));
        let event = |case: &Case<'_>| reuse(case) || case.row.label == STORIES[0];
        let events: Vec<(f64, bool)> =
            compared.iter().zip(cases).map(|(told, case)| (told.2, event(case))).collect();
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

    /// Grades by regression on a few figures of the comparison, each task's by the other tasks.
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
        let (figures, told): (Vec<[f64; 3]>, Vec<Relation>) = compared.into_iter().unzip();
        let triples: Vec<[f64; 1]> =
            self.triples(cases)?.into_iter().map(|triples| [triples.left_containment()]).collect();
        let grades: Vec<usize> = cases.iter().map(|case| case.place(&GRADES)).collect();
        let copied: Vec<usize> =
            grades.iter().map(|&grade| usize::from(grade < GRADES.len() - 1)).collect();
        let by_relation: Vec<usize> =
            told.iter().map(|told| usize::from(told.is_reuse())).collect();
        let predicted = leaving_one_out(&figures, &grades, &groups);
        let mut add =
            |name, told: &[usize], labels| self.report.add(name, Share::same(told, labels));
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
        let mut matrix = Matrix::new("grade", &GRADES, &GRADES);
        grades.iter().zip(&predicted).for_each(|(&grade, &told)| matrix.add(grade, told));
        self.report.add_matrix(matrix);
        self.add_relations("grade by relation", &GRADES, cases, &told);
        Ok(())
    }

    fn levels(&mut self, cases: &[Case<'a>]) {
        let compared =
            self.compare(cases, |comparison| (comparison.relation, comparison.story.score));
        let (told, scores): (Vec<Relation>, Vec<f64>) = compared.into_iter().unzip();
        for (place, level) in LEVELS.iter().enumerate() {
            let of_level: Vec<usize> =
                (0..cases.len()).filter(|&i| cases[i].place(&LEVELS) == place).collect();
            self.report
                .add(format!("{level} reuse"), Share::of(&of_level, |&i| told[i].is_reuse()));
            let sum: f64 = of_level.iter().map(|&i| scores[i]).sum();
            self.report.add(format!("{level} mean story score"), sum / of_level.len() as f64);
        }
        self.add_relations("level", &LEVELS, cases, &told);
        self.sources(cases);
    }

    /// Whether the versions' sources are found, and with how many strangers, where they are in the collection.
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
        let strangers = self.unlabelled(Kind::Levels, &within).len();
        self.report.add("strangers per version", strangers as f64 / versions.len() as f64);
    }

    /// Of some copies, how many are found; the others that are found may be right.
    fn copies(&mut self, cases: &[Case<'a>]) {
        self.report.add("copies found", Share::of(cases, |case| self.is_found(case)));
        let found = self.found().len();
        self.report.add("pairs found", found);
        self.report.add("pairs found per article", found as f64 / self.folder.docs.len() as f64);
        let taken = cases.len().min(SAMPLE);
        let sample = (0..taken).map(|i| cases[i * cases.len() / taken]);
        let told = self.compare(&sample.collect::<Vec<_>>(), |comparison| comparison.relation);
        self.report.add("sample of copies told as reuse", Share::of(&told, |told| told.is_reuse()));
    }

    /// Pairs with labels of their own are told by label; a list without labels is one of all copies.
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
            false_yes: self.unlabelled(Kind::Pairs, cases).len(),
            true_no: 0,
        };
        self.add_found("pairs", &counts);
    }

    fn labels(&mut self, cases: &[Case<'a>]) {
        let compared =
            self.compare(cases, |comparison| (comparison.relation, comparison.story.score));
        let told: Vec<(&Case<'a>, (Relation, f64))> = cases.iter().zip(compared).collect();
        let mut labels: Vec<&str> = cases.iter().map(|case| case.row.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        for label in labels.iter().take(LABELS) {
            let of: Vec<_> = told.iter().filter(|(case, _)| case.row.label == **label).collect();
            self.report.add(
                format!("{label} told as reuse"),
                Share::of(&of, |(_, told)| told.0.is_reuse()),
            );
        }
        if labels.contains(&"SAME") {
            let same = |case: &Case<'_>| case.row.label == "SAME";
            let mut counts = Counts::default();
            for (case, (relation, _)) in &told {
                counts.add(!matches!(relation, Relation::Different | Relation::Series), same(case));
            }
            self.add_found("same", &counts);
            let scored: Vec<(f64, bool)> =
                told.iter().map(|(case, told)| (told.1, same(case))).collect();
            self.report.add("one event average precision", average_precision(&scored));
            self.add_best("best one event F1", &scored, |counts| counts.f1().into());
        }
    }

    /// All pairs from some similarity: those from the threshold must be found, and no others of that range.
    /// Where the list was made by other rules of what a word is, figures differ a little; so both are told a
    /// little higher too. Returns whether the list's figures are those of the shingles configured.
    fn exact(&mut self, table: &Table, cases: &[Case<'a>]) -> bool {
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
            self.tell(table, &format!("{others} of the {} similarities of pairs found differ from the list's; was it made of other shingles? --shingle sets them", same.of));
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

    /// Adds the greatest value of a measure over all thresholds.
    fn add_best(
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
    fn add_found(&mut self, what: &str, counts: &Counts) {
        self.report.add(format!("{what} recall"), counts.recall());
        self.report.add(format!("{what} precision"), counts.precision());
        self.report.add(format!("{what} F1"), counts.f1());
    }

    /// Adds how often each label was told as which relation.
    fn add_relations(
        &mut self,
        name: &'static str,
        labels: &[&'static str],
        cases: &[Case<'_>],
        told: &[Relation],
    ) {
        let mut matrix = Matrix::new(name, labels, &TOLD.map(Relation::name));
        for (case, told) in cases.iter().zip(told) {
            matrix.add(
                case.place(labels),
                TOLD.iter().position(|relation| relation == told).unwrap_or(0),
            );
        }
        self.report.add_matrix(matrix);
    }
}

/// The place among [`CLASSES`] of a relation's name.
fn class(relation: &str) -> usize {
    let name = if relation == "identical" { "copy" } else { relation };
    CLASSES.iter().position(|class| *class == name).unwrap_or(CLASSES.len() - 1)
}

/// The place among [`KINDS`] of a relation's name, told or labelled.
fn kind(relation: &str) -> usize {
    match relation {
        "identical" | "copy" | "excerpt" | "revised" | "rewrite" => 0,
        "series" => 1,
        "shared-passage" | "background" => 2,
        "same-story" => 3,
        _ => 4,
    }
}

/// Of the pairs from a similarity, those that count.
fn share_from(
    from: f64,
    pairs: &HashMap<[usize; 2], f64>,
    counts: impl Fn(&[usize; 2]) -> bool,
) -> Figure {
    let pairs: Vec<_> =
        pairs.iter().filter(|(_, figure)| **figure >= from).map(|(pair, _)| pair).collect();
    Figure::from(Share::of(&pairs, |pair| counts(pair))).at(from)
}

/// The task that an answer is to.
fn group(id: &str) -> &str {
    id.rsplit_once('_').map_or("", |(_, task)| task)
}
