//! Provenance: where a text was first seen, and how far it has spread.

use std::collections::HashSet;

use super::answer::{Provenance, Query};
use super::cluster::{first_in_time, for_each_member, time_order};
use super::hit::Hit;
use crate::date::Date;
use crate::error::Error;
use crate::index::segment::signature::{agree_above_chance, agreeing_slots};
use crate::index::view::{Address, View};

/// The provenance of the text of a query with a signature: of the hits that share it, and of the
/// articles of its cluster that resemble it. `None` if there are none.
///
/// A cluster may hold articles that have nothing in common, if a digest copies from both. So those
/// that are no hits, because they lie too far back or were not compared, count by their signature.
pub(crate) fn provenance(
    view: &View,
    query: &Query<'_>,
    (signature, slots): (&[u8], usize),
    hits: &[Hit],
    cluster: Option<&str>,
) -> Result<Option<Provenance>, Error> {
    let asked = &query.article;
    let sharing = hits.iter().filter(|hit| hit.shares_text());
    let mut articles: HashSet<Address> = sharing.map(|hit| hit.address).collect();
    if let Some(cluster) = cluster {
        let mut members = Vec::new();
        for_each_member(view, cluster, |address| members.push(address))?;
        for address in members {
            let other = view.leaf(address).signature(address.article)?;
            if agree_above_chance(agreeing_slots(signature, other), slots) {
                articles.insert(address);
            }
        }
    }
    if let Some(id) = asked.id
        && let Some(itself) = view.with_id(id)?
    {
        articles.remove(&itself);
    }
    let Some((first_time, first)) = first_in_time(view, articles.iter().copied())? else {
        return Ok(None);
    };
    let asked_date = asked.date.map(Date::unix_seconds);
    let (mut since, mut until) = (asked_date, asked_date);
    let mut sources = HashSet::new();
    for &address in &articles {
        let leaf = view.leaf(address);
        let date = leaf.metadata(address.article)?.date;
        since = since.into_iter().chain(date).min();
        until = until.into_iter().chain(date).max();
        sources.extend(leaf.source(address.article)?);
    }
    // The article of the query arrived last, but its date may be earlier.
    let (first, first_source) = match asked.id {
        Some(id) if time_order(asked_date) < first_time => (id, asked.source),
        _ => {
            let leaf = view.leaf(first);
            (leaf.id(first.article)?, leaf.source(first.article)?)
        }
    };
    Ok(Some(Provenance {
        first: first.to_owned(),
        first_source: first_source.map(str::to_owned),
        since: since.map(Date::from_unix_seconds),
        until: until.map(Date::from_unix_seconds),
        articles: articles.len(),
        sources: sources.len(),
    }))
}
