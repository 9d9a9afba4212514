//! What is told of matches: themselves, the cluster that they belong to, and how far the text has
//! come.
//!
//! A cluster goes by the hash of the id of the article that stands for it. Which articles were put
//! in it a table tells; that article need not be there any more.

use std::collections::HashSet;

use super::answer::{Answer, Match, Query, Reach, Verified};
use super::entry::{Kind, estimate, id_hash};
use super::snapshot::Snapshot;
use crate::date::Date;
use crate::error::Error;
use crate::verify::policy::STRONG;
use crate::verify::relation::Bond;

/// A match before its strings are copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) part: u32,
    pub(super) article: u32,
    pub(super) date: Option<i64>,
    pub(super) agreeing: u32,
    pub(super) verified: Option<Verified>,
}

/// What a search found.
pub(super) struct Searched {
    pub(super) hits: Vec<Hit>,
    /// The cluster that the article belongs to, if to any.
    pub(super) cluster: Option<u64>,
}

/// Members of a cluster that are counted.
const MEMBERS: usize = 10_000;

impl Hit {
    /// How strong it is, 0 to 1.
    pub(super) fn score(&self, slots: usize) -> f64 {
        self.verified.map_or_else(|| estimate(self.agreeing, slots).jaccard, |verified| verified.score)
    }

    /// Whether it has a text in common, as far as is known.
    pub(super) fn is_of_one_text(&self) -> bool {
        self.verified.is_none_or(|verified| verified.bond == Bond::Text)
    }

    /// Whether enough of one of the two is in the other.
    pub(super) fn is_strong(&self) -> bool {
        let of = |v: Verified| v.overlap.left_containment().max(v.overlap.right_containment());
        self.is_of_one_text() && self.verified.is_none_or(|verified| of(verified) >= STRONG)
    }
}

impl Snapshot {
    /// A match as it is told.
    pub(super) fn told(&self, hit: &Hit) -> Result<Match, Error> {
        let part = &self.view.parts[hit.part as usize];
        Ok(Match {
            id: part.id(hit.article)?.to_owned(),
            date: hit.date.map(Date::from_unix_seconds),
            source: part.source(hit.article)?.map(str::to_owned),
            estimate: estimate(hit.agreeing, self.shared.shape.slots),
            verified: hit.verified,
        })
    }

    /// What is told of a search.
    pub(super) fn answer(&self, query: &Query<'_>, searched: &Searched) -> Result<Answer, Error> {
        let matches =
            searched.hits.iter().take(query.top).map(|hit| self.told(hit)).collect::<Result<_, _>>()?;
        let cluster = match searched.cluster {
            Some(cluster) => self.with_hash(cluster)?.map(|(_, _, id)| id.to_owned()),
            None => None,
        };
        Ok(Answer { matches, cluster, reach: self.reach(query, searched)? })
    }

    fn reach(&self, query: &Query<'_>, searched: &Searched) -> Result<Option<Reach>, Error> {
        let parts = &self.view.parts;
        let text = searched.hits.iter().filter(|hit| hit.is_of_one_text());
        let mut members: HashSet<(u32, u32)> = text.map(|hit| (hit.part, hit.article)).collect();
        if let Some(cluster) = searched.cluster {
            self.for_each_member(cluster, |part, article| {
                members.insert((part, article));
            })?;
        }
        if let Some((part, article)) = query.article.id.map_or(Ok(None), |id| self.view.with_id(id))? {
            members.remove(&(part as u32, article));
        }
        let mut first: Option<((bool, i64), u32, u32)> = None;
        let (mut since, mut until): (Option<i64>, Option<i64>) = (None, None);
        let mut sources = HashSet::new();
        for &(part, article) in &members {
            let date = parts[part as usize].facts(article)?.date;
            let place = ((date.is_none(), date.unwrap_or_default()), part, article);
            first = Some(first.map_or(place, |first| first.min(place)));
            since = since.into_iter().chain(date).min();
            until = until.into_iter().chain(date).max();
            sources.extend(parts[part as usize].source(article)?);
        }
        let Some((_, part, article)) = first else { return Ok(None) };
        let (part, date) = (&parts[part as usize], Date::from_unix_seconds);
        Ok(Some(Reach {
            first: part.id(article)?.to_owned(),
            first_source: part.source(article)?.map(str::to_owned),
            since: since.map(date),
            until: until.map(date),
            articles: members.len(),
            sources: sources.len(),
        }))
    }

    /// The articles that were put in a cluster, and the one that it is named after.
    fn for_each_member(&self, cluster: u64, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        let mut counted = 0;
        for (number, part) in self.view.parts.iter().enumerate() {
            let mut found = Vec::new();
            part.find(Kind::Cluster, cluster, |article| found.push(article))?;
            for article in found {
                if part.cluster(article)? == Some(cluster) && !part.is_gone(article) && counted < MEMBERS {
                    counted += 1;
                    f(number as u32, article);
                }
            }
        }
        if let Some((part, article, _)) = self.with_hash(cluster)? {
            f(part, article);
        }
        Ok(())
    }

    /// The article whose id has a hash.
    pub(super) fn with_hash(&self, hash: u64) -> Result<Option<(u32, u32, &str)>, Error> {
        for (number, part) in self.view.parts.iter().enumerate().rev() {
            let mut found = Vec::new();
            part.find(Kind::Id, hash, |article| found.push(article))?;
            for article in found {
                let id = part.id(article)?;
                if id_hash(id) == hash && !part.is_gone(article) {
                    return Ok(Some((number as u32, article, id)));
                }
            }
        }
        Ok(None)
    }

    /// The cluster that a match is of: the one it was put in, or one of its own.
    pub(super) fn cluster_of(&self, hit: &Hit) -> Result<(u64, bool), Error> {
        let part = &self.view.parts[hit.part as usize];
        let own = id_hash(part.id(hit.article)?);
        let cluster = part.cluster(hit.article)?.unwrap_or(own);
        Ok((cluster, cluster == own))
    }
}
