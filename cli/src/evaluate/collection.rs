//! The articles to find pairs among: those of one folder or of all.

use std::collections::HashMap;
use std::sync::OnceLock;

use newsprint::results::Fate;
use newsprint::{Clusters, Config, Detector, Scope};

use super::input::{Doc, Folder};

/// The least number of texts from which `find_pairs` learns word weights for stories, if none are
/// given.
const MIN_LEARNED_TEXTS: usize = 4096;

/// A collection, and its results, computed when they are first needed.
pub(crate) struct Collection<'a> {
    docs: Vec<&'a Doc>,
    detector: Detector,
    clusters: OnceLock<Clusters>,
    /// The Jaccard similarities of the pairs, by the numbers of their articles.
    pairs: OnceLock<HashMap<[usize; 2], f64>>,
}

impl<'a> Collection<'a> {
    pub(crate) fn of(folders: &'a [Folder], config: Config, learn: bool) -> Self {
        let docs: Vec<&Doc> = folders.iter().flat_map(|folder| &folder.docs).collect();
        let detector = Detector::new(config);
        let detector = if learn { detector.learn(&docs) } else { detector };
        Collection { docs, detector, clusters: OnceLock::new(), pairs: OnceLock::new() }
    }

    pub(crate) fn detector(&self) -> &Detector {
        &self.detector
    }

    /// A detector whose word weights are close to those of the search for stories. They are not the
    /// same, because the search learns from a sample.
    pub(crate) fn story_detector(&self) -> Detector {
        let by_itself =
            self.detector.config().scope() >= Scope::Story && self.docs.len() >= MIN_LEARNED_TEXTS;
        if by_itself { self.learned() } else { self.detector.clone() }
    }

    /// A detector with word weights learned from the collection.
    pub(crate) fn learned(&self) -> Detector {
        let detector = self.detector.clone();
        if detector.idf().texts().is_none() { detector.learn(&self.docs) } else { detector }
    }

    pub(crate) fn clusters(&self) -> &Clusters {
        self.clusters.get_or_init(|| self.detector.cluster(&self.docs))
    }

    /// The article that clusters call `place`.
    pub(crate) fn doc(&self, place: usize) -> &'a Doc {
        self.docs[place]
    }

    fn place(&self, doc: &Doc) -> Option<usize> {
        let first = self.docs.first()?;
        doc.number.checked_sub(first.number).filter(|&place| place < self.docs.len())
    }

    /// Whether both articles are in the collection.
    pub(crate) fn has(&self, pair: [&Doc; 2]) -> bool {
        pair.into_iter().all(|doc| self.place(doc).is_some())
    }

    /// The pairs found, in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = ([&'a Doc; 2], f64)> {
        let doc = |place| self.doc(place);
        self.clusters()
            .pairs
            .iter()
            .map(move |pair| ([doc(pair.left), doc(pair.right)], pair.jaccard()))
    }

    /// The similarity of two articles if they were found as a pair.
    pub(crate) fn found(&self, pair: [&Doc; 2]) -> Option<f64> {
        let pairs = self
            .pairs
            .get_or_init(|| self.pairs().map(|(pair, jaccard)| (numbers(pair), jaccard)).collect());
        pairs.get(&numbers(pair)).copied()
    }

    /// The fates of pairs of the collection.
    pub(crate) fn fates(&self, pairs: &[[&Doc; 2]]) -> Vec<Fate> {
        let places = |pair: &[&Doc; 2]| Some((self.place(pair[0])?, self.place(pair[1])?));
        self.detector.explain(&self.docs, &pairs.iter().filter_map(places).collect::<Vec<_>>())
    }
}

/// The numbers of two articles, the smaller first.
pub(crate) fn numbers(pair: [&Doc; 2]) -> [usize; 2] {
    let [a, b] = pair.map(|doc| doc.number);
    [a.min(b), a.max(b)]
}
