//! Articles signed batch by batch as they come.

use super::Detector;
use super::results::{Clusters, Pairs};
use crate::collection::Collection;
use crate::sketch::signer::SignedCollection;

/// Articles signed batch by batch as they come, for a [`Collection`] that is too large for memory
/// and costly to read: it is then asked for the texts of candidates alone.
///
/// The results are those of [`Detector::find_pairs`] and [`Detector::cluster`], which sign all
/// texts of a collection first. Memory: 4 bytes a slot and about 20 more an article, in the wider
/// scopes also its anchors, 4 bytes for every 8 words or so.
///
/// ```
/// use newsprint::Detector;
///
/// let batches = [
///     ["The river rose by two metres in a night.", "A new library opens on Saturday."],
///     ["The river rose by two metres in a night!", "Rain in the north."],
/// ];
/// let detector = Detector::default();
/// let mut signing = detector.signing();
/// let mut stored = Vec::new();
/// for batch in batches {
///     signing.add(&batch);
///     stored.extend(batch); // in a file or a database, rather
/// }
/// assert_eq!(signing.cluster(&stored), detector.cluster(&stored));
/// ```
#[derive(Debug)]
pub struct Signing<'d> {
    detector: &'d Detector,
    signed: SignedCollection,
}

impl Detector {
    /// Begins to sign articles as they come.
    pub fn signing(&self) -> Signing<'_> {
        Signing { detector: self, signed: SignedCollection::new(self.config.sketcher()) }
    }
}

impl Signing<'_> {
    /// Signs the next articles, on all cores. O(bytes) time.
    pub fn add<C: Collection + ?Sized>(&mut self, articles: &C) {
        let config = &self.detector.config;
        let (sketcher, with_anchors) = (config.sketcher(), config.uses_anchors());
        self.signed.append(SignedCollection::sign(&articles, sketcher, with_anchors, || {}));
    }

    /// How many articles are signed.
    pub fn len(&self) -> usize {
        self.signed.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Detector::find_pairs`], of the articles signed, in their order.
    ///
    /// # Panics
    /// If there are not as many articles as were signed.
    pub fn find_pairs<C: Collection + ?Sized>(self, articles: &C) -> Pairs {
        self.detector.find_pairs_of(&articles, &self.signed)
    }

    /// As [`Detector::cluster`], of the articles signed, in their order.
    ///
    /// # Panics
    /// If there are not as many articles as were signed.
    pub fn cluster<C: Collection + ?Sized>(self, articles: &C) -> Clusters {
        self.detector.cluster_of(&articles, &self.signed)
    }
}
