//! What is told of matches: themselves, the cluster that they belong to, and how far the text has
//! come.
//!
//! A cluster goes by the id of the article that it began with, which stands for it. Which articles
//! were put in it a table tells. If that article is gone, or has another text now, the first of
//! those that are left stands for the cluster.

use std::collections::HashSet;

use crate::date::Date;
use crate::error::Error;
use crate::index::search::answer::{Answer, Match, Query, Reach, Verified};
use crate::index::segment::entry::{Kind, estimate, id_hash};
use crate::index::snapshot::Snapshot;
use crate::verify::policy::STRONG;
use crate::verify::relation::Bond;

/// A match before its strings are copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) part: u32,
    pub(crate) article: u32,
    pub(crate) date: Option<i64>,
    pub(crate) agreeing: u32,
    pub(crate) verified: Option<Verified>,
}

/// What a search found.
pub(crate) struct Searched {
    pub(crate) hits: Vec<Hit>,
    /// The cluster that the article belongs to, if to any.
    pub(crate) cluster: Option<String>,
}

/// Members of a cluster that are counted.
const MEMBERS: usize = 10_000;

impl Hit {
    /// How strong it is, 0 to 1.
    pub(crate) fn score(&self, slots: usize) -> f64 {
        self.verified
            .map_or_else(|| estimate(self.agreeing, slots).jaccard, |verified| verified.score)
    }

    /// Whether it has a text in common, as far as is known.
    pub(crate) fn is_of_one_text(&self) -> bool {
        self.verified.is_none_or(|verified| verified.bond == Bond::Text)
    }

    /// Whether enough of one of the two is in the other.
    pub(crate) fn is_strong(&self) -> bool {
        let of = |v: Verified| v.overlap.left_containment().max(v.overlap.right_containment());
        self.is_of_one_text() && self.verified.is_none_or(|verified| of(verified) >= STRONG)
    }
}

impl Snapshot {
    /// A match as it is told.
    pub(crate) fn told(&self, hit: &Hit) -> Result<Match, Error> {
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
    pub(crate) fn answer(&self, query: &Query<'_>, searched: &Searched) -> Result<Answer, Error> {
        let matches = searched
            .hits
            .iter()
            .take(query.top)
            .map(|hit| self.told(hit))
            .collect::<Result<_, _>>()?;
        Ok(Answer {
            matches,
            cluster: searched.cluster.clone(),
            reach: self.reach(query, searched)?,
        })
    }

    fn reach(&self, query: &Query<'_>, searched: &Searched) -> Result<Option<Reach>, Error> {
        let parts = &self.view.parts;
        let text = searched.hits.iter().filter(|hit| hit.is_of_one_text());
        let mut members: HashSet<(u32, u32)> = text.map(|hit| (hit.part, hit.article)).collect();
        if let Some(cluster) = &searched.cluster {
            self.for_each_member(cluster, |part, article| {
                members.insert((part, article));
            })?;
        }
        if let Some((part, article)) =
            query.article.id.map_or(Ok(None), |id| self.view.with_id(id))?
        {
            members.remove(&(part as u32, article));
        }
        let mut first: Option<((bool, i64), u32, u32)> = None;
        let (mut since, mut until): (Option<i64>, Option<i64>) = (None, None);
        let mut sources = HashSet::new();
        for &(part, article) in &members {
            let date = parts[part as usize].facts(article)?.date;
            let place = (self.order_of_time(part, article)?, part, article);
            first = Some(first.map_or(place, |first| first.min(place)));
            since = since.into_iter().chain(date).min();
            until = until.into_iter().chain(date).max();
            sources.extend(parts[part as usize].source(article)?);
        }
        let Some(first) = first else { return Ok(None) };
        // The one asked about came last, but may be of an earlier date.
        let asked = query.article.date.map(Date::unix_seconds);
        let is_first =
            query.article.id.is_some() && (asked.is_none(), asked.unwrap_or_default()) < first.0;
        since = since.into_iter().chain(asked).min();
        until = until.into_iter().chain(asked).max();
        let (first, first_source) = match (query.article.id, is_first) {
            (Some(id), true) => (id, query.article.source),
            _ => {
                let part = &parts[first.1 as usize];
                (part.id(first.2)?, part.source(first.2)?)
            }
        };
        let date = Date::from_unix_seconds;
        Ok(Some(Reach {
            first: first.to_owned(),
            first_source: first_source.map(str::to_owned),
            since: since.map(date),
            until: until.map(date),
            articles: members.len(),
            sources: sources.len(),
        }))
    }

    /// The articles of a cluster.
    fn for_each_member(&self, cluster: &str, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        let mut counted = 0;
        let hash = id_hash(cluster);
        for (number, part) in self.view.parts.iter().enumerate() {
            let mut found = Vec::new();
            part.find(Kind::Cluster, hash, |article| found.push(article))?;
            for article in found {
                if part.cluster(article)? == Some(cluster)
                    && !part.is_gone(article)
                    && counted < MEMBERS
                {
                    counted += 1;
                    f(number as u32, article);
                }
            }
        }
        if let Some((part, article)) = self.begun_with(cluster)? {
            f(part, article);
        }
        Ok(())
    }

    /// The article that a cluster began with, if it is still there and has the same text.
    fn begun_with(&self, cluster: &str) -> Result<Option<(u32, u32)>, Error> {
        let Some((part, article)) = self.view.with_id(cluster)? else { return Ok(None) };
        let is_in_it = self.view.parts[part].cluster(article)?.is_none_or(|name| name == cluster);
        Ok(is_in_it.then_some((part as u32, article)))
    }

    /// The article that stands for a cluster: the one that it began with, or else the first of
    /// those that are left, by date and arrival.
    pub(crate) fn stands_for(&self, cluster: &str) -> Result<Option<(u32, u32)>, Error> {
        if let Some(begun) = self.begun_with(cluster)? {
            return Ok(Some(begun));
        }
        let mut members = Vec::new();
        self.for_each_member(cluster, |part, article| members.push((part, article)))?;
        let mut first: Option<((bool, i64), u32, u32)> = None;
        for (part, article) in members {
            let place = (self.order_of_time(part, article)?, part, article);
            first = Some(first.map_or(place, |first| first.min(place)));
        }
        Ok(first.map(|(_, part, article)| (part, article)))
    }

    /// By which articles are put in the order of time: those without a date come last.
    fn order_of_time(&self, part: u32, article: u32) -> Result<(bool, i64), Error> {
        let date = self.view.parts[part as usize].facts(article)?.date;
        Ok((date.is_none(), date.unwrap_or_default()))
    }

    /// The name of the cluster that a match is in, and whether it stands for one of its own.
    pub(crate) fn cluster_of(&self, hit: &Hit) -> Result<(&str, bool), Error> {
        let part = &self.view.parts[hit.part as usize];
        let own = part.id(hit.article)?;
        let cluster = part.cluster(hit.article)?.unwrap_or(own);
        Ok((cluster, cluster == own))
    }
}
