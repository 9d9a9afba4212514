//! The measures for labels of stories: of pairs of articles, or of groups.

use std::collections::HashMap;

use newsprint::{Relation, Scope};

use super::baseline;
use super::input::{LabelKind, STORIES};
use super::labels::{Case, LabelledPair};
use super::measures::{Agreement, Counts, pearson, spearman};
use super::parallel::parallel;
use super::report::Figure;
use super::task::Task;
use crate::terminal::{grouped, print_note};

impl<'a> Task<'a, '_> {
    pub(crate) fn stories(&mut self, cases: &[Case<'a>]) {
        let compared =
            self.compare(cases, |comparison| (comparison.relation, comparison.story.score));
        let (reported, scores): (Vec<Relation>, Vec<f64>) = compared.into_iter().unzip();
        let same = |case: &Case<'_>| case.row.label == STORIES[0];
        let scored: Vec<(f64, bool)> = scores.into_iter().zip(cases.iter().map(same)).collect();
        let counts = Counts::at(0.5, &scored);
        self.report.add("story accuracy", Figure::from(counts.accuracy()).at(0.5));
        self.add_best("best story accuracy", &scored, |counts| counts.accuracy().into());
        let cosines: Vec<(f64, bool)> =
            baseline::cosines_of(cases).into_iter().zip(cases.iter().map(same)).collect();
        self.add_best("TF-IDF best F1", &cosines, |counts| counts.f1().into());
        let mut counts = Counts::default();
        cases
            .iter()
            .zip(&reported)
            .for_each(|(case, reported)| counts.add(*reported != Relation::Different, same(case)));
        self.report.add("story accuracy by relation", counts.accuracy());
        self.add_relations("story", &STORIES, cases, &reported);
    }

    pub(crate) fn similarity(&mut self, cases: &[Case<'a>]) {
        let scores = self.compare(cases, |comparison| comparison.story.score);
        let pairs: Vec<(f64, f64)> =
            scores.into_iter().zip(cases.iter().map(|case| 4.0 - case.row.figure)).collect();
        self.report.add("story Pearson correlation", pearson(&pairs));
        self.report.add("story Spearman correlation", spearman(&pairs));
    }

    pub(crate) fn clusters(&mut self, cases: &[Case<'a>]) {
        let couples = self.of(LabelKind::Clusters, cases);
        let same = |couple: &LabelledPair<'_>| couple.label == STORIES[0];
        let scored = parallel(&couples, |couple| {
            let [left, right] = couple.pair;
            (self.collection.detector().compare(left, right).story.score, same(couple))
        });
        self.report.add("story F1", Figure::from(Counts::at(0.5, &scored).f1()).at(0.5));
        self.add_best("best story F1", &scored, |counts| counts.f1().into());

        let mut counts = Counts::default();
        for couple in &couples {
            counts.add(self.collection.found(couple.pair).is_some(), same(couple));
        }
        counts.false_yes += self.unlabelled(LabelKind::Clusters, cases).len();
        self.add_found("pairs found", &counts);

        let clusters = self.collection.clusters();
        let number = |place: usize| self.collection.doc(place).number;
        // An article without a cluster is its own cluster, and a text without a story its own
        // story.
        let texts: HashMap<usize, usize> = clusters
            .clusters
            .iter()
            .flat_map(|cluster| {
                cluster.articles().map(|place| (number(place), number(cluster.representative)))
            })
            .collect();
        let text = |doc: usize| texts.get(&doc).copied().unwrap_or(doc);
        self.add_agreement("clusters", cases, text);
        if self.collection.detector().config().scope() >= Scope::Story {
            let stories: HashMap<usize, usize> = clusters
                .stories
                .iter()
                .flat_map(|story| {
                    story.texts.iter().map(|&place| (number(place), number(story.representative)))
                })
                .collect();
            self.add_agreement("stories", cases, |doc| {
                stories.get(&text(doc)).copied().unwrap_or(text(doc))
            });
        }
        self.add_baseline(cases);
    }

    /// Adds the agreement of the baseline's groups with the labels. It does not depend on the
    /// options, so that all of them can be compared with it.
    fn add_baseline(&mut self, cases: &[Case<'a>]) {
        let texts: Vec<&str> = cases.iter().map(|case| case.left.text.as_str()).collect();
        let Some(groups) = baseline::groups(&texts) else {
            let [count, most] =
                [cases.len(), baseline::MAX_ARTICLES].map(|number| grouped(number as u64));
            let what = format!("{count} articles are more than the {most} that TF-IDF groups");
            return print_note(&format!("{}/clusters.tsv: {what}", self.folder.name));
        };
        let labels = cases.iter().map(|case| case.row.label.as_str());
        let agreement = Agreement::of(&groups.into_iter().zip(labels).collect::<Vec<_>>());
        self.report.add("TF-IDF pair F1", agreement.pairs.f1());
        self.report.add("TF-IDF B-cubed F", agreement.cubed.f());
        self.report.add("TF-IDF ARI", agreement.ari);
    }

    /// Adds the agreement of a grouping with the labels; `group` gives the group of an article's
    /// number.
    fn add_agreement(&mut self, what: &str, cases: &[Case<'a>], group: impl Fn(usize) -> usize) {
        let items: Vec<(usize, &str)> =
            cases.iter().map(|case| (group(case.left.number), case.row.label.as_str())).collect();
        let agreement = Agreement::of(&items);
        self.report.add(format!("{what} ARI"), agreement.ari);
        self.add_found(&format!("{what} pair"), &agreement.pairs);
        self.report.add(format!("{what} B-cubed precision"), agreement.cubed.precision);
        self.report.add(format!("{what} B-cubed recall"), agreement.cubed.recall);
        self.report.add(format!("{what} B-cubed F"), agreement.cubed.f());
    }
}
