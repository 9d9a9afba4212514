//! The stories of a collection: which texts are of one event, and what a reader wants to know of
//! each story: which report was first, who followed, what it is about, and where it is least sure.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::events::EventPair;
use super::input::Input;
use super::pipeline::Found;
use super::term_cache::TermCache;
use crate::cluster::linkage::average_linkage;
use crate::cluster::stars::Star;
use crate::cluster::{LeastSure, StoryCluster};
use crate::collection::Texts;
use crate::verify::policy::one_story;

/// Terms that a story is named by.
const MAX_NAMING_TERMS: usize = 5;

/// How likely two texts, the smaller number first, are of one event.
type Events = HashMap<(u32, u32), f64>;

/// The stories of texts that are grouped into `stars`; none if they are not asked for.
pub(super) fn story_clusters(
    input: Input<'_>,
    found: &Found<'_>,
    stars: &[Star],
) -> Vec<StoryCluster> {
    let Some(context) = found.terms.context() else { return Vec::new() };
    let star_of: HashMap<u32, &Star> =
        stars.iter().flat_map(|star| star.texts().map(move |text| (text, star))).collect();
    let events = between_stars(&found.events, &star_of);
    let known: Vec<(u32, u32, f64)> =
        events.iter().map(|(&(a, b), &event)| (a, b, event)).collect();
    let articles = |text: u32| {
        let others = star_of.get(&text).map_or(&[][..], |star| &star.members);
        let texts = std::iter::once(text).chain(others.iter().map(|member| member.text));
        texts.flat_map(|text| input.duplicates.of(text)).copied()
    };
    let story = |group: Vec<u32>| {
        let mut all: Vec<u32> = group.iter().flat_map(|&text| articles(text)).collect();
        // In the order of time.
        all.sort_unstable_by_key(|&article| input.rank[article as usize]);
        let mut texts: Vec<usize> = group.iter().map(|&text| text as usize).collect();
        texts.sort_unstable();
        let by_source = first_of_each_source(input, &all);
        StoryCluster {
            representative: group[0] as usize,
            texts,
            articles: all.len(),
            sources: by_source.len(),
            by_source,
            terms: naming_terms(context.terms, &group),
            least_sure: least_sure(&group, &events),
        }
    };
    let groups = average_linkage(&known, input.rank, one_story(context.neighbours.texts));
    let mut stories: Vec<StoryCluster> = groups.into_iter().map(story).collect();
    stories.sort_unstable_by_key(|story| story.representative);
    stories
}

/// How likely two stars are of one event: as likely as the likeliest pair between them, because all
/// articles of a star are one text. Stars, and texts in none, go by their representative.
fn between_stars(pairs: &[EventPair], star_of: &HashMap<u32, &Star>) -> Events {
    let home = |text: u32| star_of.get(&text).map_or(text, |star| star.representative);
    let mut events = Events::new();
    for pair in pairs {
        let (a, b) = (home(pair.left), home(pair.right));
        if a != b {
            let event = events.entry((a.min(b), a.max(b))).or_default();
            *event = event.max(pair.event);
        }
    }
    events
}

/// The first article of each source. The articles are in the order of time.
fn first_of_each_source(input: Input<'_>, articles: &[u32]) -> Vec<usize> {
    let mut seen = HashSet::new();
    let mut is_first = |&article: &usize| {
        let source = input.articles.article(article).source;
        source.is_some_and(|source| seen.insert(source))
    };
    articles.iter().map(|&article| article as usize).filter(|article| is_first(article)).collect()
}

/// The words that most of a story's texts have in common and few others have, as they stand in the
/// first of these texts.
fn naming_terms(terms: &TermCache<'_>, texts: &[u32]) -> Vec<String> {
    // For each term the texts that have it, and the sum of its weights in them.
    let mut weights: HashMap<u32, (usize, u64)> = HashMap::new();
    for &text in texts {
        for term in terms.of(text) {
            let (texts, weight) = weights.entry(term.hash()).or_default();
            *texts += 1;
            *weight += u64::from(term.weight());
        }
    }
    let own = terms.of(texts[0]).iter().map(|term| term.hash());
    let mut best: Vec<u32> = own.filter(|hash| weights[hash].0 > 1).collect();
    best.sort_unstable_by_key(|hash| (Reverse(weights[hash].1), *hash));
    best.truncate(MAX_NAMING_TERMS);
    terms.words(texts[0], &best)
}

/// The text of a story that is the least likely to be of one event with the others, on average; of
/// equally likely ones the last.
fn least_sure(texts: &[u32], events: &Events) -> LeastSure {
    let event = |a: u32, b: u32| events.get(&(a.min(b), a.max(b))).copied().unwrap_or_default();
    let mean = |&text: &u32| {
        let others = texts.iter().filter(|&&other| other != text);
        let sum: f64 = others.map(|&other| event(text, other)).sum();
        sum / (texts.len() - 1).max(1) as f64
    };
    // In reverse, so that of equally likely ones the last is kept.
    let means = texts.iter().rev().map(|text| (*text, mean(text)));
    let least = means.reduce(|least, next| if next.1 < least.1 { next } else { least });
    let (text, event) = least.unwrap_or_default();
    LeastSure { text: text as usize, event }
}
