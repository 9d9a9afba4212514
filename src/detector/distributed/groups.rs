//! Large groups of near duplicates, as the detector [collapses](crate::detector::near_duplicates)
//! them, and the candidates of their members.

use std::collections::HashMap;

use super::Shared;
use super::blocks::{Blocks, Given, Kind, missing};
use super::components::Components;
use super::records::{CandidateRecord, EdgeRecord, LeftRecord, MemberRecord, Proposal, TextRecord};
use super::sides::{WeighedTerms, known, neighbours, send_left};
use super::sieve::{Known, edges_of, set_left};
use crate::cluster::Edge;
use crate::detector::near_duplicates::LargeGroups;
use crate::error::Error;
use crate::verify::policy::LARGE_GROUP;
use crate::verify::relation::LinkKind;

/// Connects near duplicates as similar as those of a group.
pub(super) fn connect(given: &Given<'_>, components: &mut Components) -> Result<(), Error> {
    for edge in given.records::<EdgeRecord>(Kind::NearEdge)? {
        if edge.found.overlap.jaccard() >= LARGE_GROUP.1 {
            components.connect(edge.left, edge.right);
        }
    }
    Ok(())
}

/// The texts that are connected with so many others that they may form a large group.
pub(super) fn in_near(components: &mut Components, out: &mut Blocks) {
    let sizes = components.sizes();
    components.for_each(|number, group| {
        if sizes[&group] > LARGE_GROUP.0 {
            out.add(Kind::InNear, number, &MemberRecord { number, group });
        }
    });
}

/// What a group is formed from: the component, and a text without its signature or an edge.
type NearPart = (u64, Option<TextRecord>, Option<EdgeRecord>);

/// Sends texts and edges to the parts of their components.
pub(super) fn scatter(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let texts = given.by_number(Kind::Text, |text: &TextRecord| text.number)?;
    let members = given.by_number(Kind::InNear, |text: &MemberRecord| text.number)?;
    for MemberRecord { number, group } in members.values() {
        let text = texts.get(number).ok_or_else(|| missing(Kind::Text, *number))?;
        let text = TextRecord { slots: Vec::new(), ..text.clone() };
        let part: NearPart = (*group, Some(text), None);
        out.add(Kind::NearPart, *group, &part);
    }
    for edge in given.records::<EdgeRecord>(Kind::NearEdge)? {
        if let Some(MemberRecord { group, .. }) = members.get(&edge.left) {
            let part: NearPart = (*group, None, Some(edge));
            out.add(Kind::NearPart, *group, &part);
        }
    }
    Ok(())
}

/// A group: its representative and the other members.
type Group = (u64, Vec<u64>);

/// Forms the groups of each component.
pub(super) fn form(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut components: HashMap<u64, (Vec<TextRecord>, Vec<EdgeRecord>)> = HashMap::new();
    for (component, text, edge) in given.records::<NearPart>(Kind::NearPart)? {
        let (texts, edges) = components.entry(component).or_default();
        texts.extend(text);
        edges.extend(edge);
    }
    for (mut texts, edges) in components.into_values() {
        texts.sort_unstable_by_key(|text| text.number);
        let places: HashMap<u64, u32> = texts.iter().map(|text| text.number).zip(0..).collect();
        let mut order: Vec<u32> = (0..texts.len() as u32).collect();
        order.sort_by_cached_key(|&place| texts[place as usize].rank());
        let mut rank = vec![0; texts.len()];
        order.iter().zip(0..).for_each(|(&place, at)| rank[place as usize] = at);
        let local = |edge: EdgeRecord| {
            // Edges of less similar texts may lead out of the component.
            let (left, right) = (*places.get(&edge.left)?, *places.get(&edge.right)?);
            Some(Edge { left, right, found: edge.found })
        };
        let mut edges: Vec<Edge> = edges.into_iter().filter_map(local).collect();
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        for (first, others) in LargeGroups::new(&edges, &rank).into_iter() {
            let number = |place: u32| texts[place as usize].number;
            let group = number(first);
            let members: Vec<u64> = others.into_iter().map(number).collect();
            for &number in &members {
                out.add(Kind::Collapsed, number, &MemberRecord { number, group });
            }
            out.add(Kind::Group, group, &(group, members));
        }
    }
    Ok(())
}

/// The members of the groups of a part that are not too large to be expanded.
fn members(shared: &Shared, given: &Given<'_>) -> Result<HashMap<u64, Vec<u64>>, Error> {
    let mut groups: Vec<Group> = given.records(Kind::Group)?;
    groups.retain(|(_, members)| members.len() <= shared.config.bucket_limit());
    Ok(groups.into_iter().collect())
}

/// An edge by its ends, and the members of the group that its left text represents.
type GroupEdge = ((u64, u64), Vec<u64>);

/// Sends edges of common text to their right texts, with the members of the left ones.
pub(super) fn expand_lefts(
    shared: &Shared,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let groups = members(shared, given)?;
    for edge in given.records::<EdgeRecord>(Kind::AnchorEdge)? {
        if edge.found.kind == LinkKind::Text {
            let members = groups.get(&edge.left).cloned().unwrap_or_default();
            let edge: GroupEdge = ((edge.left, edge.right), members);
            out.add(Kind::GroupEdge, edge.0.1, &edge);
        }
    }
    Ok(())
}

/// The pairs of the members of both ends of edges.
pub(super) fn expand(shared: &Shared, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let groups = members(shared, given)?;
    let none = Vec::new();
    for ((left, right), lefts) in given.records::<GroupEdge>(Kind::GroupEdge)? {
        let rights = groups.get(&right).unwrap_or(&none);
        let mut pair = |text: u64, others: &[u64]| {
            for &other in others {
                let (left, right) = (text.min(other), text.max(other));
                out.add(Kind::MemberPair, left, &Proposal { left, right, by: 0 });
            }
        };
        pair(left, rights);
        pair(right, &lefts);
        lefts.iter().for_each(|&text| pair(text, rights));
    }
    Ok(())
}

/// Sends the left texts of the pairs of members to the right ones.
pub(super) fn member_lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let near = edges_of(given, &[Kind::NearEdge])?;
    let mut pairs: Vec<Proposal> = given.records(Kind::MemberPair)?;
    pairs.sort_unstable_by_key(|pair| (pair.left, pair.right));
    pairs.dedup_by_key(|pair| (pair.left, pair.right));
    pairs.retain(|pair| !near.contains(&(pair.left, pair.right)));
    let known = Known::of(given)?;
    for of_left in pairs.chunk_by(|a, b| a.left == b.left) {
        send_left(Kind::MemberLeft, known.left(of_left[0].left), of_left, out);
    }
    Ok(())
}

/// The candidates of members: all pairs, with what the collection says of them.
pub(super) fn member_candidates(
    shared: &Shared,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let weights = shared.weights.as_ref().filter(|_| shared.has_stories());
    let mut terms = WeighedTerms::of(given, weights)?;
    let near = neighbours(given)?;
    for left in given.records::<LeftRecord>(Kind::MemberLeft)? {
        set_left(&mut terms, &left.terms);
        for &(right, _) in &left.rights {
            let cosine = terms.as_mut().map(|terms| terms.cosine(right)).transpose()?;
            let known = known(&left, right, cosine, &near, shared.totals.texts);
            let candidate = CandidateRecord { left: left.number, right, known };
            out.add(Kind::MemberCandidate, left.number, &candidate);
        }
    }
    Ok(())
}
