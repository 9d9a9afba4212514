//! A view: the articles of an index at one moment, [leaf](super::segment::leaf) by leaf.

use std::sync::Arc;

use super::segment::keys::{KeyKind, name_key};
use super::segment::leaf::LeafReader;
use crate::error::Error;

/// Where an article is: in which leaf of a view, and its number there. Addresses are in the order
/// of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Address {
    pub(crate) leaf: u32,
    pub(crate) article: u32,
}

/// The leaves of an index. No view ever changes, but for what is deleted in its memtables with a
/// later commit, which it does not see.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) commit: u64,
    /// The segments, then the memtables; the newest articles last.
    pub(crate) leaves: Vec<Arc<dyn LeafReader>>,
    /// Articles that are not deleted.
    pub(crate) len: u64,
    pub(crate) log_bytes: u64,
}

impl View {
    /// The leaf of an address.
    #[inline]
    pub(crate) fn leaf(&self, address: Address) -> &dyn LeafReader {
        &*self.leaves[address.leaf as usize]
    }

    /// The leaves with their numbers.
    pub(crate) fn numbered(&self) -> impl DoubleEndedIterator<Item = (u32, &dyn LeafReader)> {
        self.leaves.iter().enumerate().map(|(number, leaf)| (number as u32, &**leaf))
    }

    /// The article with an id, if there is one. O(leaves) time, some microseconds.
    pub(crate) fn with_id(&self, id: &str) -> Result<Option<Address>, Error> {
        // Each step is taken in all leaves together: mostly the id is new, and all are looked into.
        for step in 0..2 {
            self.leaves.iter().for_each(|leaf| leaf.prefetch(KeyKind::Id, name_key(id), step));
        }
        for (leaf, reader) in self.numbered().rev() {
            if let Some(article) = reader.with_id(id)? {
                return Ok(Some(Address { leaf, article }));
            }
        }
        Ok(None)
    }

    /// Calls `f` with the articles that were put in a cluster, until it returns false. The article
    /// that the cluster began with is not among them.
    pub(crate) fn for_each_in_cluster(
        &self,
        name: &str,
        mut f: impl FnMut(Address) -> bool,
    ) -> Result<(), Error> {
        let mut found = Vec::new();
        for (leaf, reader) in self.numbered() {
            found.clear();
            reader.find(KeyKind::Cluster, name_key(name), &mut found)?;
            for &article in &found {
                let is_in_it =
                    reader.cluster(article)? == Some(name) && !reader.is_deleted(article);
                if is_in_it && !f(Address { leaf, article }) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether articles were put in a cluster, and are still there.
    pub(crate) fn has_cluster(&self, name: &str) -> Result<bool, Error> {
        let mut found = false;
        self.for_each_in_cluster(name, |_| {
            found = true;
            false
        })?;
        Ok(found)
    }
}
