//! The roads to candidates, and the cascade that each candidate goes through.
//!
//! | road | what two articles must share | finds |
//! |---|---|---|
//! | bands | one band of their signatures | near copies |
//! | anchors | two rare sampled shingles | excerpts, cuts, revised and garbled copies |
//! | story | two of their best key terms, and much of the others | rewrites, independent accounts |
//!
//! Near copies come first. A text with many of them would make its anchors and terms look common,
//! so of a large group of near copies only the representative goes on, and what it is found to have
//! a text in common with is held against the others then.
//!
//! A candidate is looked at on the sketches first: equal slots, the share of rare anchors, the
//! cosine of key terms; half a microsecond or less. What is [worth reading](is_worth_reading) goes
//! to the [judge](crate::verify).

use super::config::{Config, Scope};
use super::key_terms::{Account, KeyTerms, Proposed};
use super::reading::Readings;
use super::verifier::Verifier;
use super::{RoadStats, Stats};
use crate::cluster::Edge;
use crate::cluster::stars::{Member, stars};
use crate::collection::Collection;
use crate::idf::Idf;
use crate::lsh::postings::Postings;
use crate::parallel;
use crate::sketch::anchors::for_each_shared;
use crate::sketch::minhash::equal_slots;
use crate::verify::candidate::{Generator, Sketches, is_worth_reading};
use crate::verify::policy::{
    ANCHOR_LIMIT, LARGE_GROUP, LEARNT_FROM, LEARNT_SAMPLE, LEAST_ANCHORS, ONE_SOURCE, Spread,
};
use crate::verify::relation::Bond;

/// A collection on its way.
pub(super) struct Roads<'r, 'a> {
    pub(super) config: &'r Config,
    pub(super) articles: &'a dyn Collection,
    pub(super) readings: &'r Readings,
    pub(super) rank: &'r [u32],
    /// One of every different text, ascending.
    pub(super) distinct: &'r [u32],
    pub(super) tell: &'r (dyn Fn(usize, usize) + Sync),
    /// The pairs found so far, sorted, each once.
    pub(super) edges: Vec<Edge>,
    /// What may be accounts of one event, where stories are asked for.
    pub(super) accounts: Vec<Account>,
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

impl<'a> Roads<'_, 'a> {
    /// Travels all roads of the scope. `near` are the candidates of the bands, `idf` the weights of
    /// words.
    pub(super) fn travel(
        &mut self,
        near: Vec<(u32, u32)>,
        idf: &Idf,
        stats: &mut Stats,
    ) -> Option<KeyTerms<'a>> {
        let is_similar = self.config.scope() == Scope::Similar;
        let mut terms = if is_similar { None } else { self.key_terms() };
        let is_story = self.config.scope() >= Scope::Story;
        let proposed = terms.as_mut().filter(|_| is_story).map(|terms| self.propose(terms));
        let known = terms.as_mut().filter(|_| self.knows_formulas());
        let near = self.worth_reading(near, Generator::Bands, known, None, &mut stats.formulas);
        let verifier = Verifier::new(self.config, self.articles, idf, terms.as_ref());
        (self.edges, self.accounts) = verifier.verify(&near, Generator::Bands, self.tell);
        stats.bands.verified = near.len() as u64;
        stats.bands.pairs = self.edges.len() as u64;
        if self.log.kept {
            Log::add(&mut self.log.compared, near);
        }
        if is_similar {
            return None;
        }
        let popular = self.popular();
        let travelling = self.travelling(&popular);
        stats.anchors = self.anchors(&travelling, &popular, &mut terms, idf, &mut stats.formulas);
        let terms = terms?;
        stats.story = self.story(&travelling, &terms, proposed?, idf);
        Some(terms)
    }

    /// Key terms of all texts where stories are asked for, or else learnt from a sample, where
    /// there are enough texts to know formulas by; none where texts are letters.
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

    /// Whether there are enough texts to tell what is common among texts that have nothing to do
    /// with each other.
    fn knows_formulas(&self) -> bool {
        self.distinct.len() >= LEARNT_FROM
    }

    /// Some of the texts: by digest, so that the order of the input does not matter.
    fn sample(&self, texts: &[u32]) -> Vec<u32> {
        let mut sample = texts.to_vec();
        if sample.len() > LEARNT_SAMPLE {
            let digest =
                |&text: &u32| (self.readings.digests[text as usize], self.rank[text as usize]);
            sample.select_nth_unstable_by_key(LEARNT_SAMPLE, digest);
            sample.truncate(LEARNT_SAMPLE);
        }
        sample
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
        let (size, similarity) = LARGE_GROUP;
        let near = self.edges.iter().filter(|edge| edge.found.overlap.jaccard() >= similarity);
        let large = stars(near, self.rank, |_, _| None)
            .into_iter()
            .filter(|star| star.members.len() >= size);
        let others = |members: &[Member]| members.iter().map(|member| member.text).collect();
        large.map(|star| (star.representative, others(&star.members))).collect()
    }

    /// The texts but those that another speaks for.
    fn travelling(&self, popular: &[(u32, Vec<u32>)]) -> Vec<u32> {
        let mut spoken_for: Vec<u32> =
            popular.iter().flat_map(|(_, members)| members).copied().collect();
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
        let postings = Postings::new(travelling, keys, ANCHOR_LIMIT, one_source);
        let (candidates, mut stats) =
            self.candidates(&postings, 2, |_, _, share| share >= LEAST_ANCHORS);
        let known = terms.as_mut().filter(|_| self.knows_formulas());
        let candidates =
            self.worth_reading(candidates, Generator::Anchors, known, Some(&postings), formulas);
        let verifier = Verifier::new(self.config, self.articles, idf, terms.as_ref());
        let (mut found, mut accounts) = verifier.verify(&candidates, Generator::Anchors, self.tell);
        let more = self.spoken_for(&found, popular);
        stats.verified = (candidates.len() + more.len()) as u64;
        let (edges, more_accounts) = verifier.verify(&more, Generator::Anchors, self.tell);
        found.extend(edges);
        accounts.extend(more_accounts);
        stats.pairs = found.len() as u64;
        if self.log.kept {
            Log::add(&mut self.log.compared, candidates.into_iter().chain(more));
        }
        self.accounts.extend(accounts);
        self.merge(found);
        if !self.by_words() {
            let spread =
                |edge: &Edge| self.spread(&postings, edge.left, edge.right, &mut Vec::new());
            let drop =
                self.edges.iter().map(|edge| edge.found.is_common_stretch(spread(edge))).collect();
            *formulas += self.drop_edges(drop);
        }
        stats
    }

    /// Those candidates that are worth reading their texts; the others are noted as boilerplate.
    fn worth_reading(
        &mut self,
        mut candidates: Vec<Candidate>,
        generator: Generator,
        mut terms: Option<&mut KeyTerms<'a>>,
        postings: Option<&Postings<'_>>,
        formulas: &mut u64,
    ) -> Vec<Candidate> {
        let this = &*self;
        let is_worth = |&(left, right): &Candidate, cosine, frequencies: &mut Vec<usize>| {
            let spread = || {
                postings.map_or(Spread::default(), |postings| {
                    this.spread(postings, left, right, frequencies)
                })
            };
            let similarity = || this.similarity(left, right);
            is_worth_reading(generator, &mut Known { cosine, similarity, spread })
        };
        // There may be very many, and few worth it.
        let (mut kept, mut boilerplate) = (0, Vec::new());
        for from in (0..candidates.len()).step_by(AT_ONCE) {
            let some = &candidates[from..candidates.len().min(from + AT_ONCE)];
            let cosines = terms.as_mut().map(|terms| terms.cosines(some));
            let worth = parallel::map(some.len(), Vec::new, |frequencies, i| {
                is_worth(&some[i], cosines.as_ref().map(|cosines| cosines[i]), frequencies)
            });
            for (i, worth) in worth.into_iter().enumerate() {
                let candidate = candidates[from + i];
                if worth {
                    candidates[kept] = candidate;
                    kept += 1;
                } else if this.log.kept {
                    boilerplate.push(candidate);
                }
            }
        }
        *formulas += (candidates.len() - kept) as u64;
        candidates.truncate(kept);
        candidates.shrink_to_fit();
        if self.log.kept {
            Log::add(&mut self.log.formulas, boilerplate);
        }
        candidates
    }

    /// The similarity of two texts by their signatures.
    fn similarity(&self, left: u32, right: u32) -> f64 {
        let matrix = &self.readings.matrix;
        let equal = equal_slots(matrix.row(left as usize), matrix.row(right as usize));
        f64::from(equal) / self.config.sketcher().minhasher().slots() as f64
    }

    /// In how many texts the anchors stand that two texts share; `frequencies` is working memory.
    fn spread(
        &self,
        postings: &Postings<'_>,
        left: u32,
        right: u32,
        frequencies: &mut Vec<usize>,
    ) -> Spread {
        let [left, right] = [left, right].map(|text| self.readings.anchors.get(text as usize));
        frequencies.clear();
        for_each_shared(left, right, |anchor| {
            frequencies.push(postings.document_frequency(anchor))
        });
        Spread::of(frequencies)
    }

    /// The pairs that share so many keys and are not known yet; of the others that `keep` keeps by
    /// the share of their keys.
    fn candidates(
        &mut self,
        postings: &Postings<'_>,
        least: u16,
        keep: impl Fn(u32, u32, f64) -> bool + Sync + Send,
    ) -> (Vec<(u32, u32)>, RoadStats) {
        let edges = &self.edges;
        let is_new =
            |a, b| edges.binary_search_by_key(&(a, b), |edge| (edge.left, edge.right)).is_err();
        let (proposed, candidates) =
            postings.pairs(least, || (), |(), a, b, share| keep(a, b, share) && is_new(a, b));
        if self.log.kept {
            let (_, dropped) =
                postings.pairs(least, || (), |(), a, b, share| !keep(a, b, share) && is_new(a, b));
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
        for edge in edges.iter().filter(|edge| edge.found.bond == Bond::Text) {
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
        let known = |pair: &(u32, u32)| {
            self.edges.binary_search_by_key(pair, |edge| (edge.left, edge.right))
        };
        candidates.retain(|pair| known(pair).is_err());
        candidates
    }

    /// What key terms propose among all texts.
    fn propose(&self, terms: &mut KeyTerms<'a>) -> Proposed {
        let date =
            |text: u32| self.articles.article(text as usize).date.map(|date| date.unix_seconds());
        let dates: Vec<Option<i64>> = (0..self.articles.len() as u32).map(date).collect();
        let apart =
            |a: u32, b: u32| dates[a as usize].zip(dates[b as usize]).map(|(a, b)| a.abs_diff(b));
        let least = self.config.min_confidence();
        terms.propose(self.distinct, self.config.story_window(), apart, least, self.log.kept)
    }

    /// Adds what key terms have proposed.
    fn story(
        &mut self,
        travelling: &[u32],
        terms: &KeyTerms<'a>,
        proposed: Proposed,
        idf: &Idf,
    ) -> RoadStats {
        let travels = |text: &u32| travelling.binary_search(text).is_ok();
        let edges = &self.edges;
        let is_new = |a: u32, b: u32| {
            edges.binary_search_by_key(&(a, b), |edge| (edge.left, edge.right)).is_err()
        };
        let is_candidate = |(a, b): &(u32, u32)| is_new(*a, *b) && travels(a) && travels(b);
        let mut candidates = proposed.close;
        candidates.retain(is_candidate);
        if self.log.kept {
            let far = proposed.others.iter().copied().filter(is_candidate).collect::<Vec<_>>();
            Log::add(&mut self.log.sketched, far);
        }
        let mut stats =
            RoadStats { keys: proposed.keys, candidates: proposed.all, ..RoadStats::default() };
        stats.verified = candidates.len() as u64;
        let verifier = Verifier::new(self.config, self.articles, idf, Some(terms));
        let (found, accounts) = verifier.verify(&candidates, Generator::Terms, self.tell);
        stats.pairs = found.len() as u64;
        if self.log.kept {
            Log::add(&mut self.log.compared, candidates);
        }
        self.accounts.extend(accounts);
        self.accounts.extend(proposed.unlikely);
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

/// What the sketches of a candidate tell.
struct Known<F, G> {
    cosine: Option<f64>,
    similarity: F,
    spread: G,
}

impl<F: FnMut() -> f64, G: FnMut() -> Spread> Sketches for Known<F, G> {
    fn similarity(&mut self) -> f64 {
        (self.similarity)()
    }

    fn cosine(&mut self) -> Option<f64> {
        self.cosine
    }

    fn spread(&mut self) -> Spread {
        (self.spread)()
    }
}

/// Two articles, the smaller number first.
type Candidate = (u32, u32);

/// Candidates whose sketches are looked at together.
const AT_ONCE: usize = 1 << 20;
