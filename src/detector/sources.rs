//! Which articles may be a pair by their sources, where only pairs of different sources are asked
//! for. An article without a source counts as of a source of its own.
//!
//! Two texts may be a pair unless all articles of both have one and the same source. Such
//! candidates are dropped before they are compared, except for stories: the accounts of an event
//! belong together whatever their source.

use std::collections::HashMap;

use super::exact_duplicates::ExactDuplicates;
use crate::collection::Texts;

/// The number of no source.
const UNKNOWN: u32 = 0;

/// The sources of the articles, as far as pairs depend on them.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// For each article the number of its source; empty if pairs do not depend on it.
    of_articles: Vec<u32>,
    /// For each article that represents a text, the source that all articles of the text have.
    of_texts: Vec<u32>,
}

impl Sources {
    /// The sources of articles of which only those of different sources may be pairs.
    pub(super) fn of(articles: &dyn Texts, duplicates: &ExactDuplicates) -> Self {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let of_articles: Vec<u32> = (0..articles.len())
            .map(|i| match articles.article(i).source {
                Some(source) => {
                    let next = numbers.len() as u32 + 1;
                    *numbers.entry(source).or_insert(next)
                }
                None => UNKNOWN,
            })
            .collect();
        let mut of_texts = of_articles.clone();
        for group in duplicates.groups() {
            let source = of_articles[group[0] as usize];
            if group.iter().any(|&i| of_articles[i as usize] != source) {
                of_texts[group[0] as usize] = UNKNOWN;
            }
        }
        Sources { of_articles, of_texts }
    }

    /// For each article the number of its source; empty if pairs do not depend on it.
    pub(super) fn of_articles(&self) -> &[u32] {
        &self.of_articles
    }

    /// Whether two articles may be a pair.
    pub(super) fn may_be_pair(&self, a: usize, b: usize) -> bool {
        may_be_pair(&self.of_articles, a, b)
    }

    /// Whether articles of two different texts may be a pair.
    pub(super) fn may_be_texts(&self, a: u32, b: u32) -> bool {
        may_be_pair(&self.of_texts, a as usize, b as usize)
    }

    /// Whether two articles of one text may be a pair.
    pub(super) fn may_be_copies(&self, text: u32) -> bool {
        self.of_texts.get(text as usize).is_none_or(|&source| source == UNKNOWN)
    }
}

/// Whether two may be a pair by their sources, which are empty if pairs do not depend on them.
pub(super) fn may_be_pair(sources: &[u32], a: usize, b: usize) -> bool {
    match (sources.get(a), sources.get(b)) {
        (Some(&a), Some(&b)) => a == UNKNOWN || a != b,
        _ => true,
    }
}
