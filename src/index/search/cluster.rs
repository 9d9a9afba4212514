//! Clusters of an index: who is in one, and who represents it.
//!
//! A cluster bears the id of the article that it began with, which represents it. A key table leads
//! to the articles that were put in it. If the article that it began with is deleted, or has
//! another text now, the first of those that are left represents the cluster.

use super::hit::Hit;
use crate::error::Error;
use crate::index::limits::MAX_CLUSTER_MEMBERS;
use crate::index::view::{Address, View};

/// Calls `f` with the articles of a cluster, a limited number of them.
pub(crate) fn for_each_member(
    view: &View,
    cluster: &str,
    mut f: impl FnMut(Address),
) -> Result<(), Error> {
    let mut counted = 0;
    view.for_each_in_cluster(cluster, |address| {
        f(address);
        counted += 1;
        counted < MAX_CLUSTER_MEMBERS
    })?;
    begun_with(view, cluster)?.into_iter().for_each(f);
    Ok(())
}

/// The article that a cluster began with, if it is still there and has the same text.
fn begun_with(view: &View, cluster: &str) -> Result<Option<Address>, Error> {
    let Some(address) = view.with_id(cluster)? else { return Ok(None) };
    let name = view.leaf(address).cluster(address.article)?;
    Ok(name.is_none_or(|name| name == cluster).then_some(address))
}

/// The article that represents a cluster: the one that it began with, or else the first of those
/// that are left, by date and arrival.
pub(crate) fn representative(view: &View, cluster: &str) -> Result<Option<Address>, Error> {
    if let Some(begun) = begun_with(view, cluster)? {
        return Ok(Some(begun));
    }
    let mut members = Vec::new();
    for_each_member(view, cluster, |address| members.push(address))?;
    Ok(first_in_time(view, members.into_iter())?.map(|(_, address)| address))
}

/// By what articles are ordered in time: those without a date come last.
pub(crate) type TimeOrder = (bool, i64);

/// The place of a date in the order of time.
pub(crate) fn time_order(date: Option<i64>) -> TimeOrder {
    (date.is_none(), date.unwrap_or_default())
}

/// The first of some articles, by date and arrival.
pub(crate) fn first_in_time(
    view: &View,
    articles: impl Iterator<Item = Address>,
) -> Result<Option<(TimeOrder, Address)>, Error> {
    let mut first: Option<(TimeOrder, Address)> = None;
    for address in articles {
        let date = view.leaf(address).metadata(address.article)?.date;
        let place = (time_order(date), address);
        first = Some(first.map_or(place, |first| first.min(place)));
    }
    Ok(first)
}

/// The name of the cluster that a match is in, and whether the match may represent it.
pub(crate) fn cluster_of<'v>(view: &'v View, hit: &Hit) -> Result<(&'v str, bool), Error> {
    let (leaf, article) = (view.leaf(hit.address), hit.address.article);
    let own = leaf.id(article)?;
    let cluster = leaf.cluster(article)?.unwrap_or(own);
    Ok((cluster, cluster == own))
}
