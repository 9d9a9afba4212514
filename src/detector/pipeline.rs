//! The pipeline: from signed articles to the pairs of different texts.
//!
//! Each stage is a function from plain values to plain values. Near duplicates come first; of a
//! large group of them only the representative takes part in the search for common text and for
//! stories. The candidates of each [generator](super::generators) are filtered by their sketches,
//! and what is left is [verified](super::verify).

use super::boilerplate;
use super::config::Scope;
use super::events::{EventContext, EventPair, Neighbours};
use super::generators::anchors;
use super::generators::bands::{self, ByBands};
use super::generators::terms::{self, ByTerms};
use super::input::{Candidate, Input};
use super::near_duplicates::LargeGroups;
use super::results::{Fate, GeneratorStats, Stats};
use super::term_cache::{TermCache, knows_boilerplate};
use super::verify::{Verified, Verifier};
use crate::cluster::Edge;
use crate::collection::Texts;
use crate::error::Error;
use crate::verify::candidate::Generator;

/// What the stages found among the different texts, before exact duplicates are put back.
pub(super) struct Found<'a> {
    /// The pairs, sorted, each once.
    pub(super) edges: Vec<Edge>,
    /// Pairs that may be accounts of one event, where stories are asked for.
    pub(super) events: Vec<EventPair>,
    pub(super) terms: Terms<'a>,
    pub(super) stats: Stats,
    /// Watched pairs that a stage dropped, sorted.
    pub(super) dropped: Vec<(Candidate, Fate)>,
}

/// The key terms, where the scope needs them, and what follows from them.
pub(super) struct Terms<'a> {
    terms: Option<TermCache<'a>>,
    /// How many texts are near to each, where stories are asked for.
    neighbours: Option<Neighbours>,
}

impl<'a> Terms<'a> {
    /// Terms, and how many texts are near to each, where stories are asked for.
    #[cfg(feature = "distributed")]
    pub(super) fn new(terms: Option<TermCache<'a>>, neighbours: Option<Neighbours>) -> Self {
        Terms { terms, neighbours }
    }

    /// What the collection says of two texts, where stories are asked for.
    pub(super) fn context(&self) -> Option<EventContext<'_>> {
        let (terms, neighbours) = self.terms.as_ref().zip(self.neighbours.as_ref())?;
        Some(EventContext { terms, neighbours })
    }

    /// The terms that boilerplate is known by, if there are enough texts.
    fn of_boilerplate(&mut self, input: Input<'_>) -> Option<&mut TermCache<'a>> {
        self.terms.as_mut().filter(|_| knows_boilerplate(input))
    }
}

/// What came of the candidates of one generator.
#[derive(Default)]
struct Outcome {
    /// The pairs so far, with those of the generators before: sorted, each once.
    edges: Vec<Edge>,
    events: Vec<EventPair>,
    stats: GeneratorStats,
    /// How many pairs were dropped as boilerplate.
    boilerplate: u64,
    /// Watched pairs that were dropped or compared.
    dropped: Vec<(Candidate, Fate)>,
}

impl Outcome {
    /// That of a generator that the scope does not ask for.
    fn none(edges: Vec<Edge>) -> Self {
        Outcome { edges, ..Outcome::default() }
    }
}

/// Runs the stages that the scope asks for.
///
/// # Errors
/// If the run ends early. It is looked at after each stage that reads texts.
pub(super) fn run(input: Input<'_>) -> Result<Found<'_>, Error> {
    let scope = input.config.scope();
    let by_bands = bands::propose(input);
    input.articles.check()?;
    let in_large_buckets = by_bands.in_large_buckets;
    let terms = TermCache::for_scope(input);
    let for_stories = terms.as_ref().filter(|_| scope >= Scope::Story);
    let (by_terms, neighbours) = for_stories.map(|terms| terms::propose(input, terms)).unzip();
    let mut terms = Terms { terms, neighbours };

    let near = near_duplicates(input, by_bands, &mut terms);
    input.articles.check()?;
    let groups = match scope {
        Scope::Similar => LargeGroups::default(),
        Scope::Text | Scope::Story => LargeGroups::new(&near.edges, input.rank),
    };
    let searched = groups.collapse(input.texts());
    let text = match scope {
        Scope::Similar => Outcome::none(near.edges),
        Scope::Text | Scope::Story => {
            common_text(input, near.edges, &groups, &searched, &mut terms)
        }
    };
    input.articles.check()?;
    let story = match by_terms {
        None => Outcome::none(text.edges),
        Some(by_terms) => accounts(input, text.edges, by_terms, &searched, &terms),
    };

    let stats = Stats {
        boilerplate: near.boilerplate + text.boilerplate + story.boilerplate,
        in_large_buckets,
        ..stats(input, [near.stats, text.stats, story.stats])
    };
    let mut edges = story.edges;
    edges.retain(|edge| input.sources.may_be_texts(edge.left, edge.right));
    let events = [near.events, text.events, story.events].concat();
    let mut dropped = [near.dropped, text.dropped, story.dropped].concat();
    dropped.sort_unstable();
    input.articles.finish(Found { edges, events, terms, stats, dropped })
}

/// The counts of the articles and of the generators.
fn stats(input: Input<'_>, [bands, anchors, story]: [GeneratorStats; 3]) -> Stats {
    let articles = input.articles.len();
    Stats {
        articles,
        empty: (0..articles).filter(|&i| input.signed.matrix.count(i) == 0).count(),
        bytes: input.signed.lengths.iter().sum(),
        distinct: input.texts().len(),
        candidates: bands.candidates + anchors.candidates + story.candidates,
        verified: bands.verified + anchors.verified + story.verified,
        bands,
        anchors,
        story,
        ..Stats::default()
    }
}

/// Verifies the candidates of the bands.
fn near_duplicates(input: Input<'_>, by_bands: ByBands, terms: &mut Terms<'_>) -> Outcome {
    let ByBands { mut candidates, stats, .. } = by_bands;
    candidates.retain(|&pair| !is_of_one_source(input, pair));
    let boilerplate_terms = terms.of_boilerplate(input);
    let filtered =
        boilerplate::filter(input, Generator::Bands, candidates, boilerplate_terms, None);
    let Verified { edges, events } =
        Verifier::new(input, terms.context()).verify(&filtered.kept, Generator::Bands);
    let verified = filtered.kept.len() as u64;
    Outcome {
        stats: GeneratorStats { verified, pairs: reported(input, &edges), ..stats },
        boilerplate: filtered.count,
        dropped: with_fates([
            (Fate::Boilerplate, filtered.dropped),
            (Fate::Compared, input.watched.among(&filtered.kept)),
        ]),
        edges,
        events,
    }
}

/// Searches the texts that are not collapsed for common text by their anchors, and expands the
/// large groups of what is found. `near` are the edges of near duplicates.
fn common_text(
    input: Input<'_>,
    near: Vec<Edge>,
    groups: &LargeGroups,
    searched: &[u32],
    terms: &mut Terms<'_>,
) -> Outcome {
    let is_known = |pair| has_edge(&near, pair);
    // A text that represents a large group stands for articles of several sources.
    let is_left_out = |pair: Candidate| {
        is_of_one_source(input, pair) && !groups.has(pair.0) && !groups.has(pair.1)
    };
    let postings = anchors::postings(input, searched);
    let by_anchors = anchors::propose(input, &postings, |pair| is_known(pair) || is_left_out(pair));
    let filtered = boilerplate::filter(
        input,
        Generator::Anchors,
        by_anchors.candidates,
        terms.of_boilerplate(input),
        Some(&postings),
    );
    let verifier = Verifier::new(input, terms.context());
    let direct = verifier.verify(&filtered.kept, Generator::Anchors);
    let is_settled = |pair| is_known(pair) || is_of_one_source(input, pair);
    let of_members = groups.expand(&direct.edges, is_settled, input.config.bucket_limit());
    let expanded = verifier.verify(&of_members, Generator::Anchors);
    let stats = GeneratorStats {
        verified: (filtered.kept.len() + of_members.len()) as u64,
        pairs: reported(input, &direct.edges) + reported(input, &expanded.edges),
        ..by_anchors.stats
    };
    let edges = merge([near, direct.edges, expanded.edges]);
    let specific = boilerplate::drop_common_stretches(input, edges, &postings);
    Outcome {
        edges: specific.kept,
        events: [direct.events, expanded.events].concat(),
        stats,
        boilerplate: filtered.count + specific.count,
        dropped: with_fates([
            (Fate::Sketch, by_anchors.dropped),
            (Fate::Boilerplate, filtered.dropped),
            (Fate::Compared, input.watched.among(&filtered.kept)),
            (Fate::Compared, input.watched.among(&of_members)),
            (Fate::Boilerplate, specific.dropped),
        ]),
    }
}

/// Verifies the candidates of the key terms that have no edge and are not collapsed.
fn accounts(
    input: Input<'_>,
    edges: Vec<Edge>,
    by_terms: ByTerms,
    searched: &[u32],
    terms: &Terms<'_>,
) -> Outcome {
    let is_searched = |text: u32| searched.binary_search(&text).is_ok();
    let is_candidate =
        |pair: &Candidate| !has_edge(&edges, *pair) && is_searched(pair.0) && is_searched(pair.1);
    let ByTerms { mut candidates, stats, unlikely, mut dropped } = by_terms;
    candidates.retain(is_candidate);
    dropped.retain(is_candidate);
    let found = Verifier::new(input, terms.context()).verify(&candidates, Generator::Terms);
    let (verified, pairs) = (candidates.len() as u64, reported(input, &found.edges));
    Outcome {
        edges: merge([edges, found.edges]),
        events: [found.events, unlikely].concat(),
        stats: GeneratorStats { verified, pairs, ..stats },
        boilerplate: 0,
        dropped: with_fates([
            (Fate::Sketch, dropped),
            (Fate::Compared, input.watched.among(&candidates)),
        ]),
    }
}

/// Whether a candidate need not be compared because its sources rule it out. For stories it is
/// compared all the same.
fn is_of_one_source(input: Input<'_>, (a, b): Candidate) -> bool {
    input.config.scope() < Scope::Story && !input.sources.may_be_texts(a, b)
}

/// How many of the edges are pairs by their sources.
fn reported(input: Input<'_>, edges: &[Edge]) -> u64 {
    edges.iter().filter(|edge| input.sources.may_be_texts(edge.left, edge.right)).count() as u64
}

/// Whether two texts have an edge. `edges` are sorted.
pub(super) fn has_edge(edges: &[Edge], pair: Candidate) -> bool {
    edges.binary_search_by_key(&pair, |edge| (edge.left, edge.right)).is_ok()
}

/// The edges of all lists, sorted, each pair once.
fn merge<const N: usize>(lists: [Vec<Edge>; N]) -> Vec<Edge> {
    let mut edges = lists.into_iter().flatten().collect::<Vec<Edge>>();
    edges.sort_by_key(|edge| (edge.left, edge.right));
    edges.dedup_by_key(|edge| (edge.left, edge.right));
    edges
}

fn with_fates<const N: usize>(pairs: [(Fate, Vec<Candidate>); N]) -> Vec<(Candidate, Fate)> {
    let each =
        |(fate, pairs): (Fate, Vec<Candidate>)| pairs.into_iter().map(move |pair| (pair, fate));
    pairs.into_iter().flat_map(each).collect()
}
