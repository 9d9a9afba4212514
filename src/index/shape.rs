//! What the configuration of an index asks its files for.

use super::entry::row_bytes;
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
    /// Whether texts are kept.
    pub(super) texts: bool,
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
            texts,
        }
    }
}
