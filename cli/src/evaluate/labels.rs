//! The labels of pairs of articles.

use std::collections::{HashMap, HashSet};

use newsprint::Scope;

use super::collection::{Collection, numbers};
use super::input::{
    Doc, FIRST_NOT_REUSE, Folder, GRADES, LabelKind, LabelRow, LabelTable, Library, RELATIONS,
    STORIES,
};

/// Two articles with a smaller distance, on the scale from 1 to 4, count as reports of one event.
const MAX_EVENT_DISTANCE: f64 = 2.5;
/// The label of a found pair that is missing from the labels.
const UNLABELLED: &str = "unlabelled";

/// A row of a table with its articles.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    pub(crate) left: &'a Doc,
    pub(crate) right: &'a Doc,
    pub(crate) row: &'a LabelRow,
}

impl<'a> Case<'a> {
    /// The rows of a folder's table whose articles are in one of the folders.
    pub(crate) fn all(folder: &Folder, table: &'a LabelTable, library: &Library<'a>) -> Vec<Self> {
        let find = |id: &str| library.find(&folder.name, id);
        let case = |row: &'a LabelRow| {
            Some(Case { left: find(&row.left)?, right: find(&row.right)?, row })
        };
        table.rows.iter().filter_map(case).collect()
    }

    pub(crate) fn pair(&self) -> [&'a Doc; 2] {
        [self.left, self.right]
    }

    /// The index of the row's label in a list of labels.
    pub(crate) fn place(&self, labels: &[&str]) -> usize {
        labels.iter().position(|label| *label == self.row.label).unwrap_or(0)
    }
}

/// Two articles and their label.
#[derive(Clone, Copy)]
pub(crate) struct LabelledPair<'a> {
    pub(crate) pair: [&'a Doc; 2],
    pub(crate) label: &'a str,
    pub(crate) kind: LabelKind,
}

impl<'a> LabelledPair<'a> {
    /// The labelled pairs of a table. For clusters these are every two articles; for exact
    /// similarities those that reach the threshold.
    pub(crate) fn all(kind: LabelKind, cases: &[Case<'a>], threshold: f64) -> Vec<Self> {
        let story = |same: bool| STORIES[usize::from(!same)];
        if kind == LabelKind::Clusters {
            let couples = cases.iter().enumerate().flat_map(|(i, right)| {
                cases[..i].iter().map(move |left| (left, right, left.row.label == right.row.label))
            });
            let labelled = couples.map(|(left, right, same)| LabelledPair {
                pair: [left.left, right.left],
                label: story(same),
                kind,
            });
            return labelled.collect();
        }
        let listed =
            cases.iter().filter(|case| kind != LabelKind::Exact || case.row.figure >= threshold);
        let labelled = listed.map(|case| {
            let label = match kind {
                LabelKind::Similarity => story(case.row.figure < MAX_EVENT_DISTANCE),
                LabelKind::Pairs | LabelKind::Exact => "copy",
                _ => &case.row.label,
            };
            LabelledPair { pair: case.pair(), label, kind }
        });
        labelled.collect()
    }

    /// Whether this scope should find the pair. None if the label does not say: accounts of one
    /// event may be copies too, unless they are labelled by relation.
    pub(crate) fn wanted(&self, scope: Scope) -> Option<bool> {
        match self.kind {
            _ if self.label == UNLABELLED => Some(false),
            _ if self.label == STORIES[0] && scope >= Scope::Story => Some(true),
            LabelKind::Relations => Some(RELATIONS[..FIRST_NOT_REUSE].contains(&self.label)),
            LabelKind::Grades => Some(self.label != GRADES[GRADES.len() - 1]),
            LabelKind::Stories | LabelKind::Similarity | LabelKind::Clusters => {
                (self.label != STORIES[0]).then_some(false)
            }
            LabelKind::Levels | LabelKind::Copies | LabelKind::Pairs | LabelKind::Exact => {
                Some(true)
            }
        }
    }

    /// The found pairs that count as false because they have no label.
    ///
    /// For a list of all pairs, these are the folder's pairs that are not listed; for exact
    /// similarities only those from the least listed similarity. For versions, they are the
    /// strangers: all articles but the source, its other versions, and what the source is found
    /// with. For clusters, they are pairs with an article of another folder.
    pub(crate) fn unlabelled(
        folder: &Folder,
        kind: LabelKind,
        cases: &[Case<'a>],
        collection: &Collection<'a>,
    ) -> Vec<Self> {
        let least = cases.iter().map(|case| case.row.figure).fold(1.0, f64::min);
        let least = least.max(collection.detector().config().threshold());
        let listed: HashSet<[usize; 2]> = cases.iter().map(|case| numbers(case.pair())).collect();
        let mut sources: HashMap<usize, Vec<&Doc>> = HashMap::new();
        for case in cases {
            sources.entry(case.left.number).or_default().push(case.right);
        }
        let is_kin = |other: &Doc, source: &Doc| {
            let is_source = |doc: &&Doc| doc.number == source.number;
            is_source(&other)
                || sources.get(&other.number).is_some_and(|sources| sources.iter().any(is_source))
                || collection.found([source, other]).is_some()
        };
        let is_stranger = |[doc, other]: [&Doc; 2]| match (sources.get(&doc.number), kind) {
            (Some(sources), LabelKind::Levels) => {
                !sources.iter().any(|source| is_kin(other, source))
            }
            (Some(_), _) => !sources.contains_key(&other.number) && !folder.has(other),
            (None, _) => false,
        };
        let is_unlabelled = |pair: [&Doc; 2], jaccard: f64| match kind {
            LabelKind::Pairs | LabelKind::Exact => {
                let own = pair.into_iter().all(|doc| folder.has(doc));
                own && !listed.contains(&numbers(pair))
                    && (kind == LabelKind::Pairs || jaccard >= least)
            }
            LabelKind::Levels | LabelKind::Clusters => {
                is_stranger(pair) || is_stranger([pair[1], pair[0]])
            }
            _ => false,
        };
        let found = collection.pairs().filter(|&(pair, jaccard)| is_unlabelled(pair, jaccard));
        found.map(|(pair, _)| LabelledPair { pair, label: UNLABELLED, kind }).collect()
    }
}
