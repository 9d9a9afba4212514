//! What the configuration of an index asks its files for.

use crate::detector::config::{Config, Scope};
use crate::index::segment::entry::row_bytes;
use crate::index::write::memtable;

/// The parts that every article has in an index of one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Bytes of a row.
    pub(crate) row: usize,
    pub(crate) slots: usize,
    pub(crate) bands: usize,
    pub(crate) anchors: bool,
    pub(crate) story: bool,
    /// Whether key terms are of use: where texts are read as words, in the wider scopes.
    pub(crate) terms: bool,
    /// Whether words are: where stories are told by what these are worth.
    pub(crate) words: bool,
    /// Whether texts are kept.
    pub(crate) texts: bool,
    /// Articles in memory at most, and in a segment of the lowest tier.
    pub(crate) recent_most: u32,
}

impl Shape {
    pub(crate) fn of(config: &Config, texts: bool) -> Self {
        let sketcher = config.sketcher();
        let slots = sketcher.minhasher().slots();
        let by_words = sketcher.shingler().shingle().is_words();
        Shape {
            row: row_bytes(slots),
            slots,
            bands: config.banding().bands().len(),
            anchors: config.scope() >= Scope::Text,
            story: config.scope() >= Scope::Story,
            terms: config.scope() >= Scope::Text && by_words,
            words: config.scope() >= Scope::Story && by_words,
            texts,
            recent_most: recent_most(),
        }
    }
}

#[cfg(not(test))]
fn recent_most() -> u32 {
    memtable::MOST
}

#[cfg(test)]
thread_local! {
    /// What this is to be in the indexes that the thread of a test opens: few, that small ones have
    /// many segments.
    pub(crate) static RECENT_MOST: std::cell::Cell<u32> = const { std::cell::Cell::new(memtable::MOST) };
}

#[cfg(test)]
fn recent_most() -> u32 {
    RECENT_MOST.get()
}
