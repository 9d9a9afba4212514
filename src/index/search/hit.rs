//! Hits: matches before their strings are copied.

use super::answer::{Match, Query, Verified};
use super::candidates::Candidate;
use crate::date::Date;
use crate::error::Error;
use crate::index::segment::signature::estimate;
use crate::index::view::{Address, View};
use crate::verify::policy::STRONG;
use crate::verify::relation::LinkKind;

/// An article that matches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) address: Address,
    pub(crate) date: Option<i64>,
    /// The number of packed slots that agree.
    pub(crate) agreeing: u32,
    /// The verdict, if there was a text to compare.
    pub(crate) verified: Option<Verified>,
}

impl Hit {
    /// How strong the match is, 0 to 1.
    pub(crate) fn score(&self, slots: usize) -> f64 {
        self.verified
            .map_or_else(|| estimate(self.agreeing, slots).jaccard, |verified| verified.score)
    }

    /// Whether the two have a text in common, as far as is known.
    pub(crate) fn shares_text(&self) -> bool {
        self.verified.is_none_or(|verified| verified.kind == LinkKind::Text)
    }

    /// Whether enough of one of the two is in the other.
    pub(crate) fn is_strong(&self) -> bool {
        let of = |v: Verified| v.overlap.left_containment().max(v.overlap.right_containment());
        self.shares_text() && self.verified.is_none_or(|verified| of(verified) >= STRONG)
    }

    /// The match that is reported, without its passages.
    pub(crate) fn to_match(self, view: &View, slots: usize) -> Result<Match, Error> {
        let (leaf, article) = (view.leaf(self.address), self.address.article);
        Ok(Match {
            id: leaf.id(article)?.to_owned(),
            date: self.date.map(Date::from_unix_seconds),
            source: leaf.source(article)?.map(str::to_owned),
            estimate: estimate(self.agreeing, slots),
            verified: self.verified,
            passages: None,
        })
    }
}

/// Adds the articles with the text of a candidate, as far as the query asks for them.
/// `story_window` is the number of seconds that accounts of one story lie apart at most.
pub(crate) fn push_hits(
    view: &View,
    query: &Query<'_>,
    story_window: Option<u64>,
    candidate: &Candidate,
    hits: &mut Vec<Hit>,
) -> Result<(), Error> {
    let Address { leaf, article } = candidate.address;
    let reader = view.leaf(candidate.address);
    let mut articles = vec![article];
    reader.duplicates(article, &mut articles)?;
    for article in articles {
        if reader.is_deleted(article) {
            continue;
        }
        let date = reader.metadata(article)?.date;
        let is_early =
            query.since.is_some_and(|since| date.is_none_or(|date| date < since.unix_seconds()));
        let is_late =
            query.until.is_some_and(|until| date.is_none_or(|date| date > until.unix_seconds()));
        let asked = query.article.date.map(Date::unix_seconds);
        let apart = asked.zip(date).map(|(asked, date)| asked.abs_diff(date));
        let is_far = apart.zip(story_window).is_some_and(|(apart, window)| apart > window);
        // Accounts that lie far apart in time are of two stories.
        let is_other_story = candidate.is_by_terms_alone() && is_far;
        let is_itself = query.article.id.is_some() && Some(reader.id(article)?) == query.article.id;
        if !(is_early || is_late || is_other_story || is_itself) {
            let address = Address { leaf, article };
            hits.push(Hit { address, date, agreeing: candidate.agreeing, verified: None });
        }
    }
    Ok(())
}
