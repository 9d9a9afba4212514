//! The roads to candidates, and the cascade that each candidate goes through.
//!
//! | road | what two articles must share | finds |
//! |---|---|---|
//! | bands | one band of their signatures | near copies |
//! | anchors | two rare sampled shingles | excerpts, cuts, revised and garbled copies |
//! | story | one pair of rare key terms | rewrites, independent accounts |
//!
//! Near copies come first. A text with many of them would make its anchors and terms look common, so of a large group of near
//! copies only the representative goes on, and what it is found to have a text in common with is held against the others then.
//!
//! A candidate is looked at on the sketches first: equal slots, the share of rare anchors, the cosine of key terms; half a
//! microsecond or less. What survives is compared by its shingles, some microseconds, by its passages or by its story, some tens; and what has
//! [nothing in common but a formula](super::formulas) is dropped.

use super::config::{Config, Scope};
use super::formulas::{Formulas, are_unlike, is_doubtful};
use super::key_terms::KeyTerms;
use super::reading::Readings;
use super::verify::Verifier;
use super::{RoadStats, Stats};
use crate::cluster::stars::{Member, stars};
use crate::cluster::{Bond, Edge};
use crate::collection::{Chosen, Collection};
use crate::idf::Idf;
use crate::lsh::keys::Postings;
use crate::parallel;
use crate::sketch::lists::Lists;

/// An anchor in more different texts is no road: its bucket is quadratic.
pub(crate) const ANCHOR_LIMIT: usize = 128;
/// An anchor that so many different texts of a single source have, and no other, is of its page frame.
pub(crate) const ONE_SOURCE: usize = 4;
/// The share of the rare anchors of the article with fewer that the other must have.
pub(crate) const LEAST_SHARED: f64 = 0.06;
/// A pair of terms in more different texts is no road.
pub(crate) const STORY_LIMIT: usize = 50;
/// The cosine of key terms from which two articles are compared. All of 24 paraphrases and nearly all of 150
/// pairs of independent accounts have more, and one in eight of the candidates.
const LEAST_CLOSENESS: f64 = 0.28;
/// Members of a group of near copies, of at least this similarity, from which one of them speaks for all.
pub(crate) const POPULAR: (usize, f64) = (16, 0.5);
/// Different texts from which weights of terms and words are learnt, and so many are read for it.
pub(crate) const LEARNT_FROM: usize = 4096;
pub(crate) const LEARNT_SAMPLE: usize = 16_384;

/// Whether two texts whose key terms have this cosine are close enough to be compared as one story.
pub(super) fn is_close(cosine: f64) -> bool {
    cosine >= LEAST_CLOSENESS
}

/// A collection on its way.
pub(super) struct Roads<'a> {
    pub(super) config: &'a Config,
    pub(super) articles: &'a dyn Collection,
    pub(super) readings: &'a Readings,
    pub(super) rank: &'a [u32],
    /// One of every different text, ascending.
    pub(super) distinct: &'a [u32],
    pub(super) tell: &'a (dyn Fn(usize, usize) + Sync),
    /// The pairs found so far, sorted, each once.
    pub(super) edges: Vec<Edge>,
    pub(super) log: Log,
}

/// What became of the candidates on their way, each list sorted.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// Whether it is kept.
    pub(super) kept: bool,
    /// Those that were compared.
    pub(super) compared: Vec<(u32, u32)>,
    /// Those that had keys enough in common and not enough in their sketches.
    pub(super) sketched: Vec<(u32, u32)>,
    /// Those with nothing in common but a formula.
    pub(super) formulas: Vec<(u32, u32)>,
}

impl Log {
    fn add(list: &mut Vec<(u32, u32)>, pairs: impl IntoIterator<Item = (u32, u32)>) {
        list.extend(pairs);
        list.sort_unstable();
        list.dedup();
    }
}

impl<'a> Roads<'a> {
    /// Travels all roads of the scope. `near` are the candidates of the bands, `idf` the weights of words, which are learnt on the way if
    /// they are the default ones and there are texts enough.
    pub(super) fn travel(&mut self, near: &[(u32, u32)], idf: &mut Idf, stats: &mut Stats) {
        self.edges = Verifier::new(self.config, self.articles, idf).texts(near, self.tell);
        stats.bands.verified = near.len() as u64;
        stats.bands.pairs = self.edges.len() as u64;
        if self.log.kept {
            Log::add(&mut self.log.compared, near.iter().copied());
        }
        if self.config.scope() == Scope::Similar {
            return;
        }
        let mut terms = self.key_terms();
        let known = terms.as_mut().filter(|_| self.knows_formulas());
        self.drop_unlike(known, stats);
        let popular = self.popular();
        let travelling = self.travelling(&popular);
        stats.anchors = self.anchors(&travelling, &popular, &mut terms, idf, &mut stats.formulas);
        if let Some(terms) = terms.filter(|_| self.config.scope() >= Scope::Story) {
            self.learn(idf, &travelling);
            stats.story = self.story(&travelling, &terms, idf);
        }
    }

    /// Key terms of all texts where stories are asked for, or else learnt from a sample, where there are enough texts to know formulas by;
    /// none where texts are letters.
    fn key_terms(&self) -> Option<KeyTerms<'a>> {
        let shingler = self.config.sketcher().shingler();
        let all = self.config.scope() >= Scope::Story;
        let texts = if all { self.distinct.to_vec() } else { self.sample(self.distinct) };
        (self.by_words() && (all || self.knows_formulas()))
            .then(|| KeyTerms::learn(self.articles, shingler.folding(), &texts))
    }

    fn by_words(&self) -> bool {
        self.config.sketcher().shingler().shingle().is_words()
    }

    /// Whether there are enough texts to tell what is common among texts that have nothing to do with each other.
    fn knows_formulas(&self) -> bool {
        self.distinct.len() >= LEARNT_FROM
    }

    /// Some of the texts: by digest, so that the order of the input does not matter.
    fn sample(&self, texts: &[u32]) -> Vec<u32> {
        let mut sample = texts.to_vec();
        if sample.len() > LEARNT_SAMPLE {
            let digest = |&text: &u32| (self.readings.digests[text as usize], self.rank[text as usize]);
            sample.select_nth_unstable_by_key(LEARNT_SAMPLE, digest);
            sample.truncate(LEARNT_SAMPLE);
        }
        sample
    }

    /// Learns the weights of words to judge stories by.
    fn learn(&self, idf: &mut Idf, texts: &[u32]) {
        if idf.texts().is_none() && texts.len() >= LEARNT_FROM {
            let sample = Chosen { of: self.articles, places: &self.sample(texts) };
            *idf = Idf::learn_words(&sample, self.config.sketcher().shingler());
        }
    }

    /// Takes away the pairs that tell of different things.
    fn drop_unlike(&mut self, terms: Option<&mut KeyTerms<'a>>, stats: &mut Stats) {
        let Some(terms) = terms else { return };
        let doubtful = self.edges.iter().filter(|edge| is_doubtful(edge.score));
        let pairs: Vec<(u32, u32)> = doubtful.map(|edge| (edge.left, edge.right)).collect();
        terms.read(pairs.iter().flat_map(|&(a, b)| [a, b]));
        let mut unlike = are_unlike(terms, &pairs).into_iter();
        let drop = self
            .edges
            .iter()
            .map(|edge| is_doubtful(edge.score) && unlike.next().unwrap_or_default())
            .collect();
        stats.formulas += self.drop_edges(drop);
    }

    /// Takes away those edges, and returns how many.
    fn drop_edges(&mut self, drop: Vec<bool>) -> u64 {
        let all = self.edges.len();
        if self.log.kept {
            let gone = self.edges.iter().zip(&drop).filter(|(_, drop)| **drop);
            Log::add(&mut self.log.formulas, gone.map(|(edge, _)| (edge.left, edge.right)));
        }
        let mut drop = drop.into_iter();
        self.edges.retain(|_| !drop.next().unwrap_or_default());
        (all - self.edges.len()) as u64
    }

    /// The large groups of near copies: the representative of each, and the others.
    fn popular(&self) -> Vec<(u32, Vec<u32>)> {
        let (size, similarity) = POPULAR;
        let near: Vec<Edge> =
            self.edges.iter().filter(|edge| edge.overlap.jaccard() >= similarity).copied().collect();
        let large =
            stars(&near, self.rank, |_, _| None).into_iter().filter(|star| star.members.len() >= size);
        let others = |members: &[Member]| members.iter().map(|member| member.text).collect();
        large.map(|star| (star.representative, others(&star.members))).collect()
    }

    /// The texts but those that another speaks for.
    fn travelling(&self, popular: &[(u32, Vec<u32>)]) -> Vec<u32> {
        let mut spoken_for: Vec<u32> = popular.iter().flat_map(|(_, members)| members).copied().collect();
        spoken_for.sort_unstable();
        let travels = |text: &u32| spoken_for.binary_search(text).is_err();
        self.distinct.iter().copied().filter(travels).collect()
    }

    /// Adds what anchors lead to, and takes away what has nothing in common but a formula.
    fn anchors(
        &mut self,
        travelling: &[u32],
        popular: &[(u32, Vec<u32>)],
        terms: &mut Option<KeyTerms<'a>>,
        idf: &Idf,
        formulas: &mut u64,
    ) -> RoadStats {
        let keys = |text: u32| self.readings.anchors.get(text as usize);
        let one_source = |texts: &mut dyn Iterator<Item = u32>| self.have_one_source(texts);
        let postings = Postings::of(travelling, keys, ANCHOR_LIMIT, one_source);
        let (mut candidates, mut stats) = self.candidates(&postings, 2, |_, _, share| share >= LEAST_SHARED);
        let mut terms = terms.as_mut().filter(|_| self.knows_formulas());
        if let Some(terms) = &mut terms {
            terms.read(candidates.iter().flat_map(|&(a, b)| [a, b]));
            let unlike = are_unlike(terms, &candidates);
            let (unlike, alike) = part(candidates, &unlike);
            candidates = alike;
            if self.log.kept {
                Log::add(&mut self.log.formulas, unlike);
            }
        }
        let verifier = Verifier::new(self.config, self.articles, idf);
        let mut found = verifier.texts(&candidates, self.tell);
        let more = self.spoken_for(&found, popular);
        stats.verified = (candidates.len() + more.len()) as u64;
        found.extend(verifier.texts(&more, self.tell));
        stats.pairs = found.len() as u64;
        if self.log.kept {
            Log::add(&mut self.log.compared, candidates.into_iter().chain(more));
        }
        self.merge(found);
        if let Some(terms) = &mut terms {
            let doubtful = self.edges.iter().filter(|edge| is_doubtful(edge.score));
            terms.read(doubtful.flat_map(|edge| [edge.left, edge.right]));
        }
        let rules = Formulas {
            config: self.config,
            articles: self.articles,
            anchors: &self.readings.anchors,
            postings: &postings,
            terms: terms.map(|terms| &*terms),
        };
        let drop = rules.among(&self.edges);
        *formulas += self.drop_edges(drop);
        stats
    }

    /// The pairs that share so many keys and are not known yet; of the others that `keep` keeps by the share of their keys.
    fn candidates(
        &mut self,
        postings: &Postings<'_>,
        least: u16,
        keep: impl Fn(u32, u32, f64) -> bool + Sync + Send,
    ) -> (Vec<(u32, u32)>, RoadStats) {
        let edges = &self.edges;
        let is_new = |a, b| edges.binary_search_by_key(&(a, b), |edge| (edge.left, edge.right)).is_err();
        let (proposed, candidates) = postings.pairs(least, |a, b, share| keep(a, b, share) && is_new(a, b));
        if self.log.kept {
            let (_, dropped) = postings.pairs(least, |a, b, share| !keep(a, b, share) && is_new(a, b));
            Log::add(&mut self.log.sketched, dropped);
        }
        let stats = RoadStats {
            keys: postings.len() as u64,
            left_out: postings.left_out() as u64,
            candidates: proposed,
            ..RoadStats::default()
        };
        (candidates, stats)
    }

    /// Whether texts are enough to tell that only one source has what they share.
    fn have_one_source(&self, texts: &mut dyn Iterator<Item = u32>) -> bool {
        let mut sources = texts.map(|text| self.articles.article(text as usize).source);
        let Some(Some(first)) = sources.next() else { return false };
        let mut count = 1;
        sources.all(|source| {
            count += 1;
            source == Some(first)
        }) && count >= ONE_SOURCE
    }

    /// The candidates among those for whom the ends of some edges speak.
    fn spoken_for(&self, edges: &[Edge], popular: &[(u32, Vec<u32>)]) -> Vec<(u32, u32)> {
        // A very large group is spoken for to the end.
        let limit = self.config.bucket_limit();
        let group = |text: u32| match popular.binary_search_by_key(&text, |group| group.0) {
            Ok(at) if popular[at].1.len() <= limit => popular[at].1.as_slice(),
            _ => &[],
        };
        let mut candidates = Vec::new();
        for edge in edges.iter().filter(|edge| edge.bond == Bond::Text) {
            let (left, right) = (group(edge.left), group(edge.right));
            let with = |text: u32, others: &[u32], candidates: &mut Vec<_>| {
                candidates.extend(others.iter().map(|&other| (text.min(other), text.max(other))));
            };
            with(edge.left, right, &mut candidates);
            with(edge.right, left, &mut candidates);
            left.iter().for_each(|&text| with(text, right, &mut candidates));
        }
        candidates.sort_unstable();
        candidates.dedup();
        let known = |pair: &(u32, u32)| self.edges.binary_search_by_key(pair, |edge| (edge.left, edge.right));
        candidates.retain(|pair| known(pair).is_err());
        candidates
    }

    /// Adds what key terms lead to.
    fn story(&mut self, travelling: &[u32], terms: &KeyTerms<'a>, idf: &Idf) -> RoadStats {
        let keys = Lists::of(parallel::map(travelling.len(), || (), |(), i| terms.keys(travelling[i])));
        let key_list = |text: u32| keys.get(travelling.partition_point(|&other| other < text));
        let postings = Postings::of(travelling, key_list, STORY_LIMIT, |_| false);
        let (articles, window) = (self.articles, self.config.story_window());
        let date = |text: u32| articles.article(text as usize).date.map(|date| date.unix_seconds());
        let in_time = |a: u32, b: u32| match (window, date(a), date(b)) {
            (Some(window), Some(a), Some(b)) => a.abs_diff(b) <= window,
            _ => true,
        };
        let (candidates, mut stats) = self.candidates(&postings, 1, |a, b, _| in_time(a, b));
        drop((postings, keys));
        let close = terms.are(&candidates, is_close);
        let (candidates, far) = part(candidates, &close);
        stats.verified = candidates.len() as u64;
        let found = Verifier::new(self.config, self.articles, idf).stories(&candidates, self.tell);
        stats.pairs = found.len() as u64;
        if self.log.kept {
            Log::add(&mut self.log.compared, candidates);
            Log::add(&mut self.log.sketched, far);
        }
        self.merge(found);
        stats
    }

    /// Puts more edges to those found.
    fn merge(&mut self, more: Vec<Edge>) {
        self.edges.extend(more);
        self.edges.sort_by_key(|edge| (edge.left, edge.right));
        self.edges.dedup_by_key(|edge| (edge.left, edge.right));
    }
}

/// Two articles, the smaller number first.
type Candidate = (u32, u32);

/// Those candidates that are chosen, and the others.
fn part(pairs: Vec<Candidate>, chosen: &[bool]) -> (Vec<Candidate>, Vec<Candidate>) {
    let mut chosen = chosen.iter();
    pairs.into_iter().partition(|_| chosen.next().is_some_and(|&chosen| chosen))
}
