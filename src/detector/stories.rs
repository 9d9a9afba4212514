//! The stories of a collection: which texts tell of one event, and what a reader wants to know of
//! each story: what was first, who followed, what it is about, and where it is least sure.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::config::Scope;
use super::found::Found;
use crate::cluster::stars::Star;
use crate::cluster::stories::stories;
use crate::cluster::{LeastSure, StoryCluster};
use crate::verify::policy::ONE_STORY;

/// Terms that a story is named by.
const NAMED_BY: usize = 5;

/// How likely two texts, the smaller number first, are of one event.
type Likely = HashMap<(u32, u32), f64>;

impl Found<'_> {
    /// The stories of texts that are grouped into `stars`.
    pub(super) fn stories(&self, stars: &[Star]) -> Vec<StoryCluster> {
        if self.config.scope() < Scope::Story {
            return Vec::new();
        }
        let star_of: HashMap<u32, &Star> = stars
            .iter()
            .flat_map(|star| star.members.iter().map(move |member| (member.text, star)))
            .chain(stars.iter().map(|star| (star.representative, star)))
            .collect();
        let home = |text: u32| star_of.get(&text).map_or(text, |star| star.representative);
        // Of two clusters the likeliest pair counts: all articles of a cluster are one text.
        let mut likely = Likely::new();
        for account in &self.accounts {
            let (a, b) = (home(account.left), home(account.right));
            if a != b {
                let event = likely.entry((a.min(b), a.max(b))).or_default();
                *event = event.max(account.event);
            }
        }
        let known: Vec<(u32, u32, f64)> =
            likely.iter().map(|(&(a, b), &event)| (a, b, event)).collect();
        let groups = stories(&known, &self.rank, ONE_STORY);
        let articles = |text: u32| {
            let members = star_of.get(&text).map_or(&[][..], |star| &star.members);
            let texts = std::iter::once(text).chain(members.iter().map(|member| member.text));
            texts.flat_map(|text| self.twins.of(text)).copied()
        };
        let story = |group: Vec<u32>| {
            let mut all: Vec<u32> = group.iter().flat_map(|&text| articles(text)).collect();
            // In the order of time.
            all.sort_unstable_by_key(|&article| self.rank[article as usize]);
            let mut texts: Vec<usize> = group.iter().map(|&text| text as usize).collect();
            texts.sort_unstable();
            let by_source = self.first_of_each_source(&all);
            StoryCluster {
                representative: group[0] as usize,
                texts,
                articles: all.len(),
                sources: by_source.len(),
                by_source,
                terms: self.named_by(&group),
                least_sure: least_sure(&group, &likely),
            }
        };
        let mut stories: Vec<StoryCluster> = groups.into_iter().map(story).collect();
        stories.sort_unstable_by_key(|story| story.representative);
        stories
    }

    /// Of articles in the order of time, the first of each source.
    fn first_of_each_source(&self, articles: &[u32]) -> Vec<usize> {
        let mut seen = HashSet::new();
        let mut is_first = |&article: &usize| {
            let source = self.articles.article(article).source;
            source.is_some_and(|source| seen.insert(source))
        };
        articles
            .iter()
            .map(|&article| article as usize)
            .filter(|article| is_first(article))
            .collect()
    }

    /// The words that most of a story's texts have in common and few others have, as they stand in
    /// the first of them.
    fn named_by(&self, texts: &[u32]) -> Vec<String> {
        let Some(terms) = &self.terms else { return Vec::new() };
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
        // What weighs much in many.
        best.sort_unstable_by_key(|hash| (Reverse(weights[hash].1), *hash));
        best.truncate(NAMED_BY);
        terms.words(texts[0], &best)
    }
}

/// The text of a story that is the least likely to be of one event with the others, on average; of
/// equal ones the last.
fn least_sure(texts: &[u32], likely: &Likely) -> LeastSure {
    let event = |a: u32, b: u32| likely.get(&(a.min(b), a.max(b))).copied().unwrap_or_default();
    let mean = |&text: &u32| {
        let others = texts.iter().filter(|&&other| other != text);
        let sum: f64 = others.map(|&other| event(text, other)).sum();
        sum / (texts.len() - 1).max(1) as f64
    };
    // From the last on, so that of equal ones it stays.
    let means = texts.iter().rev().map(|text| (*text, mean(text)));
    let least = means.reduce(|least, next| if next.1 < least.1 { next } else { least });
    let (text, event) = least.unwrap_or_default();
    LeastSure { text: text as usize, event }
}
