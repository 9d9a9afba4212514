//! Articles signed batch by batch as they come.

use super::{Detector, in_memory};
use std::ops::ControlFlow;

use super::results::{Clusters, Pairs};
use crate::article::AsArticle;
use crate::collection::Collection;
use crate::error::Error;
use crate::progress::Progress;
use crate::run::Run;
use crate::sketch::signer::SignedCollection;

/// Articles signed batch by batch as they come, for a [`Collection`] that is too large for memory
/// and costly to read: it is then asked for the texts of candidates alone.
///
/// The results are those of [`Detector::try_find_pairs`] and [`Detector::try_cluster`], which sign
/// all texts of a collection first. Memory: 4 bytes a slot and about 20 more an article, in the
/// wider scopes also its anchors, 4 bytes for every 8 words or so.
///
/// ```
/// use newsprint::{Detector, Progress};
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
/// let found = signing.cluster(&stored, Progress::ignore)?;
/// assert_eq!(found, detector.cluster(&stored));
/// # Ok::<(), newsprint::Error>(())
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
    pub fn add<A: AsArticle + Sync>(&mut self, articles: &[A]) {
        let signed = self.detector.sign(&Run::new(&articles));
        self.signed.append(in_memory(signed));
    }

    /// How many articles are signed.
    pub fn len(&self) -> usize {
        self.signed.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As [`Detector::try_find_pairs`], of the articles signed, in their order.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    ///
    /// # Panics
    /// If there are not as many articles as were signed.
    pub fn find_pairs<C: Collection + ?Sized>(
        self,
        articles: &C,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Pairs, Error> {
        self.detector.find_pairs_of(&Run::with_progress(&articles, &progress), &self.signed)
    }

    /// As [`Detector::try_cluster`], of the articles signed, in their order.
    ///
    /// # Errors
    /// If a text cannot be read, or `progress` ends the work.
    ///
    /// # Panics
    /// If there are not as many articles as were signed.
    pub fn cluster<C: Collection + ?Sized>(
        self,
        articles: &C,
        progress: impl Fn(Progress) -> ControlFlow<()> + Sync,
    ) -> Result<Clusters, Error> {
        self.detector.cluster_of(&Run::with_progress(&articles, &progress), &self.signed)
    }
}
