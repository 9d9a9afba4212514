//! The passages that the article of a query shares with its matches, whose texts the index keeps.

use std::path::Path;

use newsprint::results::{Passage, PassageKind};
use newsprint::{Answer, Article, Detector, Match, Query, Snapshot};
use serde_json::{Value, json};

use super::options::error_in;
use crate::terminal::grouped;

/// A passage of the article of a query that a match has too.
pub(crate) struct SharedPassage {
    /// The words in the article of the query.
    text: String,
    /// Where it begins and ends in each text, in bytes.
    left: [usize; 2],
    right: [usize; 2],
    kind: PassageKind,
    words: usize,
}

/// Finds passages by comparing texts in full.
pub(crate) struct PassageFinder<'s> {
    dir: &'s Path,
    snapshot: &'s Snapshot,
    detector: Detector,
}

impl<'s> PassageFinder<'s> {
    /// Returns an error if the index keeps no texts.
    pub(crate) fn new(dir: &'s Path, snapshot: &'s Snapshot) -> Result<Self, String> {
        match snapshot.keeps_texts() {
            true => {
                Ok(PassageFinder { dir, snapshot, detector: Detector::new(*snapshot.config()) })
            }
            false => Err(format!("{}: --passages needs an index with texts", dir.display())),
        }
    }

    /// The passages of each of the first `top` matches, in the order of the article's text.
    pub(crate) fn find(
        &self,
        article: &Article<'_>,
        answer: &Answer,
        top: usize,
    ) -> Result<Vec<Vec<SharedPassage>>, String> {
        let of_match = |id: &str| {
            let stored = self.snapshot.get(id).map_err(|error| error_in(self.dir, &error))?;
            let text = stored.and_then(|stored| stored.text).unwrap_or_default();
            let shared = self.detector.compare(article, &text).shared;
            Ok(shared_passages(article, shared.passages))
        };
        answer.matches.iter().take(top).map(|found| of_match(&found.id)).collect()
    }

    /// The first `top` articles that are no match but share passages, with these; none if the index
    /// does not find any.
    pub(crate) fn find_others(
        &self,
        article: &Article<'_>,
        query: Query<'_>,
        answer: &Answer,
        top: usize,
    ) -> Result<Vec<(Match, Vec<SharedPassage>)>, String> {
        if !self.snapshot.finds_passages() {
            return Ok(Vec::new());
        }
        let found = self.snapshot.passages(query).map_err(|error| error_in(self.dir, &error))?;
        let is_other = |one: &Match| answer.matches.iter().all(|found| found.id != one.id);
        let with_passages = |mut one: Match| {
            let shared = one.passages.take().unwrap_or_default();
            (one, shared_passages(article, shared.passages))
        };
        Ok(found.into_iter().filter(is_other).take(top).map(with_passages).collect())
    }
}

fn shared_passages(article: &Article<'_>, passages: Vec<Passage>) -> Vec<SharedPassage> {
    let passage = |passage: Passage| SharedPassage {
        text: article.text[passage.left.clone()].to_owned(),
        left: [passage.left.start, passage.left.end],
        right: [passage.right.start, passage.right.end],
        kind: passage.kind,
        words: passage.words,
    };
    passages.into_iter().map(passage).collect()
}

/// The passages as values of a list.
pub(crate) fn values(passages: &[SharedPassage]) -> Vec<Value> {
    let value = |passage: &SharedPassage| {
        let SharedPassage { text, left, right, kind, words } = passage;
        json!({ "left": left, "right": right, "kind": kind.name(), "words": words, "text": text })
    };
    passages.iter().map(value).collect()
}

/// The passages as lines, each on one.
pub(crate) fn lines(passages: &[SharedPassage]) -> String {
    let line = |passage: &SharedPassage| {
        let (words, kind) = (grouped(passage.words as u64), passage.kind.name());
        let text: Vec<&str> = passage.text.split_whitespace().collect();
        format!("  {words} words {kind}: {}\n", text.join(" "))
    };
    passages.iter().map(line).collect()
}
