//! The last steps: articles that edges, exact copies or stories connect are brought together, and
//! the detector [assembles](crate::detector::assemble) the pairs, clusters and stories of each
//! component as it does those of a whole collection.
//!
//! That gives the same, because nothing that is assembled depends on what is not connected: stars
//! are formed along edges, and average linkage merges no stories unless two of their texts are at
//! least [as likely of one event](one_story) as that.

use std::collections::HashMap;

use super::Shared;
use super::blocks::{Blocks, Given, Kind};
use super::components::Components;
use super::local::LocalArticles;
use super::records::{
    ArticleRecord, CopyRecord, EdgeRecord, EventRecord, MemberRecord, TermsRecord,
};
use super::results::{ClusterRow, PairRow, StoryRow};
use super::sides::neighbours;
use super::wanted::Wanted;
use crate::cluster::Edge;
use crate::detector::Detector;
use crate::detector::assemble::clusters;
use crate::detector::events::{EventPair, Neighbours};
use crate::detector::input::Input;
use crate::detector::pipeline::{Found, Terms};
use crate::detector::results::{ClusteredArticle, Clusters, Stats};
use crate::detector::term_cache::TermCache;
use crate::error::Error;
use crate::sketch::key_terms::Term;
use crate::verify::policy::one_story;

/// The most pairs of a component that are all listed; of more, each text is listed once.
const MAX_PAIRS: u64 = 10_000_000;

/// The edges that are listed.
pub(super) fn listed_edges(shared: &Shared) -> &'static [Kind] {
    match shared.drops_stretches() {
        true => &[Kind::SpecificEdge],
        false => &[Kind::NearEdge, Kind::AnchorEdge, Kind::MemberEdge, Kind::TermEdge],
    }
}

/// Connects articles.
pub(super) fn connect(
    shared: &Shared,
    given: &Given<'_>,
    components: &mut Components,
) -> Result<(), Error> {
    for edge in given.records_of::<EdgeRecord>(listed_edges(shared))? {
        components.connect(edge.left, edge.right);
    }
    for copy in given.records::<CopyRecord>(Kind::Copy)? {
        components.connect(copy.text, copy.number);
    }
    let least = one_story(shared.totals.texts);
    for event in given.records::<EventRecord>(Kind::Event)? {
        if event.event >= least {
            components.connect(event.left, event.right);
        }
    }
    Ok(())
}

/// The component of each article that is connected with another. These articles are wanted.
pub(super) fn components(components: &mut Components, wanted: &mut Wanted, out: &mut Blocks) {
    components.for_each(|number, group| {
        wanted.add(number);
        out.add(Kind::Component, number, &MemberRecord { number, group });
    });
}

/// A part of a component: an article, with the text that it is a copy of; an edge or an event; or
/// key terms, with how many texts are near.
type Part<'b> = (
    (u64, Option<(ArticleRecord<'b>, Option<u64>)>),
    (Option<EdgeRecord>, Option<EventRecord>),
    Option<(TermsRecord, u32)>,
);

/// Sends everything to the parts of the components.
pub(super) fn scatter(shared: &Shared, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let component = given.by_number(Kind::Component, |it: &MemberRecord| it.number)?;
    let copies = given.by_number(Kind::Copy, |it: &CopyRecord| it.number)?;
    let of = |number: u64| component.get(&number).map(|it| it.group);
    for article in given.records::<ArticleRecord<'_>>(Kind::Article)? {
        let Some(group) = of(article.number) else { continue };
        let text = copies.get(&article.number).map(|copy| copy.text);
        // The text of a copy is that of its representative.
        let article = if text.is_some() { ArticleRecord { text: "", ..article } } else { article };
        let part: Part<'_> = ((group, Some((article, text))), (None, None), None);
        out.add(Kind::ComponentPart, group, &part);
    }
    for edge in given.records_of::<EdgeRecord>(listed_edges(shared))? {
        let Some(group) = of(edge.left) else { continue };
        let part: Part<'_> = ((group, None), (Some(edge), None), None);
        out.add(Kind::ComponentPart, group, &part);
    }
    for event in given.records::<EventRecord>(Kind::Event)? {
        let Some(group) = of(event.left) else { continue };
        let part: Part<'_> = ((group, None), (None, Some(event)), None);
        out.add(Kind::ComponentPart, group, &part);
    }
    let near = neighbours(given)?;
    for terms in given.records::<TermsRecord>(Kind::Terms)? {
        let Some(group) = of(terms.number) else { continue };
        let near = near.get(&terms.number).copied().unwrap_or_default();
        let part: Part<'_> = ((group, None), (None, None), Some((terms, near)));
        out.add(Kind::ComponentPart, group, &part);
    }
    Ok(())
}

/// What is connected.
#[derive(Default)]
struct Component<'b> {
    articles: Vec<(ArticleRecord<'b>, Option<u64>)>,
    edges: Vec<EdgeRecord>,
    events: Vec<EventRecord>,
    terms: Vec<(TermsRecord, u32)>,
}

/// Assembles the results of each component.
pub(super) fn assemble(shared: &Shared, given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut components: HashMap<u64, Component<'_>> = HashMap::new();
    for ((number, article), (edge, event), terms) in
        given.records::<Part<'_>>(Kind::ComponentPart)?
    {
        let component = components.entry(number).or_default();
        component.articles.extend(article);
        component.edges.extend(edge);
        component.events.extend(event);
        component.terms.extend(terms);
    }
    for (number, component) in components {
        component.assemble(shared, number, out)?;
    }
    Ok(())
}

impl Component<'_> {
    fn assemble(mut self, shared: &Shared, number: u64, out: &mut Blocks) -> Result<(), Error> {
        let texts: HashMap<u64, &str> =
            self.articles.iter().map(|(article, _)| (article.number, article.text)).collect();
        for (article, text) in &mut self.articles {
            article.text = text.and_then(|text| texts.get(&text)).unwrap_or(&article.text);
        }
        let copy_of: Vec<(u64, u64)> = self
            .articles
            .iter()
            .filter_map(|(article, text)| Some((article.number, (*text)?)))
            .collect();
        let local = LocalArticles::new(self.articles.into_iter().map(|it| it.0).collect());
        let place = |number: u64| local.place(number);
        let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
        for (copy, text) in copy_of {
            let Some((text, copy)) = place(text).zip(place(copy)) else { continue };
            groups.entry(text).or_insert_with(|| vec![text]).push(copy);
        }
        let edge = |edge: EdgeRecord| {
            let (left, right) = place(edge.left).zip(place(edge.right))?;
            Some(Edge { left, right, found: edge.found })
        };
        let mut edges: Vec<Edge> = self.edges.into_iter().filter_map(edge).collect();
        edges.sort_unstable_by_key(|edge| (edge.left, edge.right));
        let event = |it: EventRecord| {
            let (left, right) = place(it.left).zip(place(it.right))?;
            Some(EventPair { left, right, event: it.event })
        };
        let mut events: Vec<EventPair> = self.events.into_iter().filter_map(event).collect();
        events.sort_by(|a, b| {
            (a.left, a.right).cmp(&(b.left, b.right)).then(a.event.total_cmp(&b.event))
        });
        let mut terms: Vec<Option<Box<[Term]>>> = vec![None; texts.len()];
        let mut near = vec![0; texts.len()];
        for (mut record, neighbours) in self.terms {
            let Some(place) = place(record.number) else { continue };
            shared.weights.iter().for_each(|weights| weights.weigh(&mut record.terms));
            terms[place as usize] = Some(record.terms.into());
            near[place as usize] = neighbours;
        }
        let groups = groups.into_values().collect();
        let results = local.with_input(&shared.config, &[], groups, |input: Input<'_>| {
            let folding = shared.config.sketcher().shingler().folding();
            let terms =
                shared.has_stories().then(|| TermCache::of_weighed(input.articles, folding, terms));
            let near = Neighbours { counts: near, texts: shared.totals.texts };
            let terms = Terms::new(terms, shared.has_stories().then_some(near));
            let (stats, dropped) = (Stats::default(), Vec::new());
            clusters(input, Found { edges, events, terms, stats, dropped })
        });
        write(shared, &local, number, &results, out)
    }
}

/// Writes the results of a component.
fn write(
    shared: &Shared,
    local: &LocalArticles<'_>,
    component: u64,
    found: &Clusters,
    out: &mut Blocks,
) -> Result<(), Error> {
    let is_whole = found.pairs.len() <= MAX_PAIRS;
    let mut pairs = if is_whole { found.pairs.iter() } else { found.pairs.by_text() };
    loop {
        let block: Vec<_> = pairs.by_ref().take(1 << 14).collect();
        if block.is_empty() {
            break;
        }
        let known: Option<Vec<_>> =
            block.iter().map(|pair| pair.relation.zip(pair.confidence)).collect();
        let verdicts = match known {
            Some(known) => known,
            // Where only similarity counts, relations are told for the list alone.
            None => Detector::new(shared.config).try_compare_pairs(
                local,
                block.iter().copied(),
                |_, compared| (compared.relation, compared.confidence),
            )?,
        };
        for (pair, verdict) in block.iter().zip(verdicts) {
            let ends = [local.get(pair.left), local.get(pair.right)];
            out.add(Kind::Pair, component, &PairRow::of(pair, verdict, ends));
        }
    }
    for ClusteredArticle { article, cluster, story } in found.articles() {
        let story = shared.has_stories().then(|| local.get(story).id);
        let row = ClusterRow::of(local.get(article), local.get(cluster).id, story);
        out.add(Kind::Clustered, component, &row);
    }
    for story in &found.stories {
        out.add(Kind::Story, component, &StoryRow::of(story, |article| local.get(article)));
    }
    Ok(())
}
