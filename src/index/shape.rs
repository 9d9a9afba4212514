//! What the configuration of an index asks its files for.

use super::entry::row_bytes;
use super::recent;
use crate::detector::config::{Config, Scope};

/// The parts that every article has in an index of one configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    /// Bytes of a row.
    pub(super) row: usize,
    pub(super) slots: usize,
    pub(super) bands: usize,
    pub(super) anchors: bool,
    pub(super) story: bool,
    /// Whether key terms are of use: where texts are read as words, in the wider scopes.
    pub(super) terms: bool,
    /// Whether words are: where stories are told by what these are worth.
    pub(super) words: bool,
    /// Whether texts are kept.
    pub(super) texts: bool,
    /// Articles in memory at most, and in a segment of the lowest tier.
    pub(super) recent_most: u32,
}

impl Shape {
    pub(super) fn of(config: &Config, texts: bool) -> Self {
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
    recent::MOST
}

#[cfg(test)]
thread_local! {
    /// What this is to be in the indexes that the thread of a test opens: few, that small ones have
    /// many segments.
    pub(super) static RECENT_MOST: std::cell::Cell<u32> = const { std::cell::Cell::new(recent::MOST) };
}

#[cfg(test)]
fn recent_most() -> u32 {
    RECENT_MOST.get()
}
