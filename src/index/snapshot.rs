//! A consistent view of an index, and queries on it.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::answer::{Answer, IndexStats, Match, Query, Reach, Verified};
use super::entry::{Kind, estimate, id_hash, row, surely_agreeing};
use super::part::Part;
use super::search::{self, Candidate, Limits, Wanted};
use super::shape::Shape;
use super::stories::{Story, stories};
use super::texts::unpack;
use super::weights::Weights;
use crate::article::Date;
use crate::cluster::Bond;
use crate::compare::relation::ONE_TEXT;
use crate::detector::config::Config;
use crate::detector::judge::{self, Judge, Road};
use crate::detector::reading::Signer;
use crate::detector::roads::{ANCHOR_LIMIT, LEAST_SHARED, ONE_SOURCE, STORY_LIMIT};
use crate::error::Error;
use crate::idf::Idf;
use crate::lsh::columns::band_key;
use crate::lsh::tuning::least_equal_slots;
use crate::sketch::Sketch;
use crate::sketch::minhash::equal_slots;
use crate::sketch::story::TermReader;

/// The articles of an index as one commit left them.
///
/// Cheap to make, to clone and to keep; any number of threads may query it while the [`Index`](super::Index) takes more articles,
/// and nobody waits for anybody. What is committed later is not in it. Files that the index no longer needs are
/// deleted, but stay readable to a snapshot that has them mapped.
///
/// To look into an index from another process, [open](Snapshot::open) one there.
#[derive(Clone)]
pub struct Snapshot {
    pub(super) shared: Arc<Shared>,
    pub(super) view: Arc<View>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("commit", &self.view.commit).field("articles", &self.len()).finish()
    }
}

/// What all views of an index have in common.
pub(super) struct Shared {
    pub(super) config: Config,
    pub(super) shape: Shape,
    pub(super) idf: Idf,
    pub(super) weights: Weights,
    /// In how many slots two texts must agree that share a band; and in how many of the bits that are kept, so that nobody need count the slots.
    least: u32,
    sure: u32,
    /// Working memory, as much as there were queries at one time.
    memories: Mutex<Vec<Memory>>,
}

impl Shared {
    pub(super) fn new(config: Config, shape: Shape) -> Self {
        let least = least_equal_slots(shape.slots, config.near(), 1e-5);
        let (idf, weights) = (Idf::default(), Weights::default());
        let sure = surely_agreeing(least, shape.slots);
        Shared { config, shape, idf, weights, least, sure, memories: Mutex::default() }
    }

    fn memory(&self) -> Memory {
        let free = self.memories.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Memory::new(&self.config))
    }

    fn give_back(&self, memory: Memory) {
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }
}

struct Memory {
    signer: Signer,
    terms: TermReader,
    search: search::Memory,
    judge: judge::Memory,
    slots: Vec<u32>,
    row: Vec<u8>,
    bands: Vec<u32>,
    anchors: Vec<u32>,
    text: String,
}

impl Memory {
    fn new(config: &Config) -> Self {
        Memory {
            signer: Signer::new(config),
            terms: TermReader::default(),
            search: search::Memory::default(),
            judge: judge::Memory::default(),
            slots: Vec::new(),
            row: Vec::new(),
            bands: Vec::new(),
            anchors: Vec::new(),
            text: String::new(),
        }
    }
}

/// The keys of the bands of a signature.
pub(super) fn band_keys(config: &Config, slots: &[u32], keys: &mut Vec<u32>) {
    keys.clear();
    keys.extend(config.banding().bands().map(|band| band_key(&slots[band])));
}

/// The parts of an index at one time.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) commit: u64,
    pub(super) parts: Vec<Part>,
    /// Articles that are not gone.
    pub(super) len: u64,
    pub(super) log_bytes: u64,
}

impl View {
    /// The articles that are there under an id: part and number.
    pub(super) fn with_id(&self, id: &str) -> Result<Option<(usize, u32)>, Error> {
        // The newest first: an article that was put in anew is there.
        for (number, part) in self.parts.iter().enumerate().rev() {
            if let Some(article) = part.with_id(id)? {
                return Ok(Some((number, article)));
            }
        }
        Ok(None)
    }
}

/// Where the texts of candidates come from.
pub(super) type Texts<'t> = &'t mut dyn FnMut(&str, &mut String) -> bool;

/// A match before its strings are copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    part: u32,
    article: u32,
    date: Option<i64>,
    agreeing: u32,
    verified: Option<Verified>,
}

/// What a search found.
pub(super) struct Searched {
    hits: Vec<Hit>,
    /// The cluster that the article belongs to, if to any.
    pub(super) cluster: Option<u64>,
}

/// Members of a cluster that are counted.
const MEMBERS: usize = 10_000;
/// One of two texts must have so much of the other to be put in a cluster with it, as in a
/// [collection](crate::cluster::stars).
const STRONG: f64 = 0.3;

impl Snapshot {
    /// The articles of this index that match, compared with texts that the index keeps.
    ///
    /// If it keeps none, the matches are told by their signatures alone, and [`Match::verified`] is none: all that share enough of
    /// their signatures or of their rare shingles. Then see [`query_with`](Self::query_with).
    ///
    /// Time: some 20 µs to find the candidates among a million articles in the page cache, 5 to 50 µs for each that is compared.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query<'q>(&self, query: impl Into<Query<'q>>) -> Result<Answer, Error> {
        let query = query.into();
        let searched = self.search(&query, None)?;
        self.answer(&query, &searched)
    }

    /// As [`query`](Self::query), with the texts that `texts` gives: it is asked for the text of an id, writes it into the empty string,
    /// and says whether it could. An article whose text is not to be had is told by its signature alone.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query_with<'q>(
        &self,
        query: impl Into<Query<'q>>,
        mut texts: impl FnMut(&str, &mut String) -> bool,
    ) -> Result<Answer, Error> {
        let query = query.into();
        let searched = self.search(&query, Some(&mut texts))?;
        self.answer(&query, &searched)
    }

    /// The articles whose signatures share a band with that of `sketch`, and slots enough, most similar first. No text is looked
    /// at.
    ///
    /// # Errors
    /// If the sketch was made differently from those of the index, or a file of the index is damaged where it is read.
    pub fn query_signature(&self, sketch: &Sketch) -> Result<Vec<Match>, Error> {
        self.shared.config.sketcher().check(sketch.sketcher())?;
        if sketch.signature().is_empty() {
            return Ok(Vec::new());
        }
        let (mut bands, mut of_slots, mut found) = (Vec::new(), Vec::new(), Vec::new());
        band_keys(&self.shared.config, sketch.signature().slots(), &mut bands);
        row(sketch.signature().slots(), &mut of_slots);
        let wanted = Wanted {
            row: &of_slots,
            bands: &bands,
            anchors: &[],
            digest: 0,
            source: None,
            least: self.shared.least,
        };
        search::Memory::default().near(&self.view.parts, &wanted, &mut found)?;
        let mut hits = Vec::new();
        for candidate in found {
            self.members(&candidate, &Query::from(""), None, &mut hits)?;
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.agreeing));
        hits.iter().map(|hit| self.told(hit)).collect()
    }

    /// How many articles there are.
    pub fn len(&self) -> u64 {
        self.view.len
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an article of this id is there.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn contains(&self, id: &str) -> Result<bool, Error> {
        Ok(self.view.with_id(id)?.is_some())
    }

    /// Whether the index keeps texts.
    pub fn keeps_texts(&self) -> bool {
        self.shared.shape.texts
    }

    /// What the index amounts to.
    pub fn stats(&self) -> IndexStats {
        let mut stats = IndexStats {
            articles: self.len(),
            commits: self.view.commit,
            bytes: self.view.log_bytes,
            ..IndexStats::default()
        };
        for part in &self.view.parts {
            stats.removed += u64::from(part.len());
            match part {
                Part::Segment(part) => {
                    stats.segments += 1;
                    stats.bytes += part.segment.bytes();
                }
                Part::Recent(part) => stats.recent += u64::from(part.len),
            }
        }
        stats.removed -= stats.articles;
        stats
    }

    /// How the articles were made.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(super) fn search(&self, query: &Query<'_>, texts: Option<Texts<'_>>) -> Result<Searched, Error> {
        let mut memory = self.shared.memory();
        let searched = self.search_in(&mut memory, query, texts);
        self.shared.give_back(memory);
        searched
    }

    fn search_in(
        &self,
        memory: &mut Memory,
        query: &Query<'_>,
        texts: Option<Texts<'_>>,
    ) -> Result<Searched, Error> {
        let Shared { config, shape, .. } = &*self.shared;
        let Memory { signer, terms, search, judge, slots, row: of_slots, bands, anchors, text } = memory;
        let signed = signer.sign(query.article.text);
        if signed.shingles == 0 {
            return Ok(Searched { hits: Vec::new(), cluster: None });
        }
        slots.clear();
        slots.extend_from_slice(signed.slots);
        row(slots, of_slots);
        band_keys(config, slots, bands);
        anchors.clear();
        anchors.extend_from_slice(signed.anchors);
        let weights = self.shared.weights.of(&self.view, shape)?;
        let wanted = Wanted {
            row: of_slots,
            bands,
            anchors,
            digest: signed.digest,
            source: query.article.source,
            least: self.shared.least,
        };
        let limits = Limits { anchor: ANCHOR_LIMIT, one_source: ONE_SOURCE, least_shared: LEAST_SHARED };
        let parts = &self.view.parts;
        let mut found = Vec::new();
        search.near(parts, &wanted, &mut found)?;
        if shape.anchors {
            search.far(parts, &wanted, &limits, &mut found)?;
        }
        let frequencies = search.frequencies().to_vec();
        if let Some(weights) = weights.as_ref().filter(|_| shape.story) {
            let own = terms.read(query.article.text, config.sketcher().shingler().folding());
            weights.terms().weigh(own);
            let (weights, digest) = (weights.terms(), wanted.digest);
            let story = Story { terms: own, weights, row: of_slots, digest, limit: STORY_LIMIT };
            stories(parts, &story, &mut found)?;
        }
        // What promises most comes first.
        let promise = |c: &Candidate| estimate(c.agreeing, shape.slots).jaccard.max(c.share);
        found.sort_by(|a, b| promise(b).total_cmp(&promise(a)));

        let mut verifying = Verifying {
            snapshot: self,
            query,
            judge: Judge::new(config, &self.shared.idf, weights.as_deref().map(|weights| weights.terms())),
            texts,
            memory: Some(judge),
            signer,
            slots,
            asked: None,
            known: Vec::new(),
        };
        let frequency = |anchor: u32| {
            let at = anchors.binary_search(&anchor).ok();
            at.and_then(|at| frequencies.get(at)).map_or(0, |&frequency| frequency as usize)
        };
        let most = if query.top < Query::from("").top { 2 * query.top + 16 } else { usize::MAX };
        let mut hits = Vec::new();
        for candidate in found.iter().take(most) {
            verifying.look_at(candidate, &frequency, text, &mut hits)?;
        }
        let cluster = verifying.cluster(&hits, &frequency, text)?;
        let score = |hit: &Hit| hit.score(shape.slots);
        hits.sort_by(|a, b| {
            score(b).total_cmp(&score(a)).then((a.part, a.article).cmp(&(b.part, b.article)))
        });
        Ok(Searched { hits, cluster })
    }

    /// Adds those articles of a candidate's text that are wanted.
    fn members(
        &self,
        candidate: &Candidate,
        query: &Query<'_>,
        verified: Option<Verified>,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Error> {
        let part = &self.view.parts[candidate.part as usize];
        let mut articles = vec![candidate.article];
        part.for_each_twin(candidate.article, |twin| articles.push(twin))?;
        for article in articles {
            if part.is_gone(article) {
                continue;
            }
            let date = part.facts(article)?.date;
            // Accounts of one story that lie far apart in time tell of two.
            let far = candidate.is_story_only() && self.is_far(query.article.date, date);
            let early = query.since.is_some_and(|since| date.is_none_or(|date| date < since.unix_seconds()));
            let late = query.until.is_some_and(|until| date.is_none_or(|date| date > until.unix_seconds()));
            let itself = query.article.id.is_some() && Some(part.id(article)?) == query.article.id;
            if !(early || late || itself || far) {
                let Candidate { part, agreeing, .. } = *candidate;
                hits.push(Hit { part, article, date, agreeing, verified });
            }
        }
        Ok(())
    }

    fn is_far(&self, asked: Option<Date>, date: Option<i64>) -> bool {
        let apart = asked.zip(date).map(|(asked, date)| asked.unix_seconds().abs_diff(date));
        apart.zip(self.shared.config.story_window()).is_some_and(|(apart, window)| apart > window)
    }

    fn told(&self, hit: &Hit) -> Result<Match, Error> {
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
    pub(super) fn answer(&self, query: &Query<'_>, searched: &Searched) -> Result<Answer, Error> {
        let matches =
            searched.hits.iter().take(query.top).map(|hit| self.told(hit)).collect::<Result<_, _>>()?;
        let cluster = match searched.cluster {
            Some(cluster) => self.with_hash(cluster)?.map(|(_, _, id)| id.to_owned()),
            None => None,
        };
        Ok(Answer { matches, cluster, reach: self.reach(query, searched)? })
    }

    fn reach(&self, query: &Query<'_>, searched: &Searched) -> Result<Option<Reach>, Error> {
        let parts = &self.view.parts;
        let text = searched.hits.iter().filter(|hit| hit.is_of_one_text());
        let mut members: HashSet<(u32, u32)> = text.map(|hit| (hit.part, hit.article)).collect();
        if let Some(cluster) = searched.cluster {
            self.for_each_member(cluster, |part, article| {
                members.insert((part, article));
            })?;
        }
        if let Some((part, article)) = query.article.id.map_or(Ok(None), |id| self.view.with_id(id))? {
            members.remove(&(part as u32, article));
        }
        let mut first: Option<((bool, i64), u32, u32)> = None;
        let (mut since, mut until): (Option<i64>, Option<i64>) = (None, None);
        let mut sources = HashSet::new();
        for &(part, article) in &members {
            let date = parts[part as usize].facts(article)?.date;
            let place = ((date.is_none(), date.unwrap_or_default()), part, article);
            first = Some(first.map_or(place, |first| first.min(place)));
            since = since.into_iter().chain(date).min();
            until = until.into_iter().chain(date).max();
            sources.extend(parts[part as usize].source(article)?);
        }
        let Some((_, part, article)) = first else { return Ok(None) };
        let (part, date) = (&parts[part as usize], Date::from_unix_seconds);
        Ok(Some(Reach {
            first: part.id(article)?.to_owned(),
            first_source: part.source(article)?.map(str::to_owned),
            since: since.map(date),
            until: until.map(date),
            articles: members.len(),
            sources: sources.len(),
        }))
    }

    /// The articles that were put in a cluster, and the one that it is named after.
    fn for_each_member(&self, cluster: u64, mut f: impl FnMut(u32, u32)) -> Result<(), Error> {
        let mut counted = 0;
        for (number, part) in self.view.parts.iter().enumerate() {
            let mut found = Vec::new();
            part.find(Kind::Cluster, cluster, |article| found.push(article))?;
            for article in found {
                if part.cluster(article)? == Some(cluster) && !part.is_gone(article) && counted < MEMBERS {
                    counted += 1;
                    f(number as u32, article);
                }
            }
        }
        if let Some((part, article, _)) = self.with_hash(cluster)? {
            f(part, article);
        }
        Ok(())
    }

    /// The article whose id has a hash.
    fn with_hash(&self, hash: u64) -> Result<Option<(u32, u32, &str)>, Error> {
        for (number, part) in self.view.parts.iter().enumerate().rev() {
            let mut found = Vec::new();
            part.find(Kind::Id, hash, |article| found.push(article))?;
            for article in found {
                let id = part.id(article)?;
                if id_hash(id) == hash && !part.is_gone(article) {
                    return Ok(Some((number as u32, article, id)));
                }
            }
        }
        Ok(None)
    }

    /// The cluster that a match is of: the one it was put in, or one of its own.
    fn cluster_of(&self, hit: &Hit) -> Result<(u64, bool), Error> {
        let part = &self.view.parts[hit.part as usize];
        let own = id_hash(part.id(hit.article)?);
        let cluster = part.cluster(hit.article)?.unwrap_or(own);
        Ok((cluster, cluster == own))
    }
}

impl Hit {
    fn score(&self, slots: usize) -> f64 {
        self.verified.map_or_else(|| estimate(self.agreeing, slots).jaccard, |verified| verified.score)
    }

    fn is_of_one_text(&self) -> bool {
        self.verified.is_none_or(|verified| verified.bond == Bond::Text)
    }

    /// Whether enough of one of the two is in the other.
    fn is_strong(&self) -> bool {
        let of = |v: Verified| v.overlap.left_containment().max(v.overlap.right_containment());
        self.is_of_one_text() && self.verified.is_none_or(|verified| of(verified) >= STRONG)
    }
}

/// Candidates of one query looked at.
struct Verifying<'v, 't> {
    snapshot: &'v Snapshot,
    query: &'v Query<'v>,
    judge: Judge<'v>,
    texts: Option<Texts<'t>>,
    /// The article, read when it is first compared, and the memory for that.
    asked: Option<judge::Asked<'v>>,
    memory: Option<&'v mut judge::Memory>,
    /// To sign candidates, and the slots of the article.
    signer: &'v mut Signer,
    slots: &'v [u32],
    /// What is known of texts that were looked at: several parts may have one.
    known: Vec<(u64, u32, Option<Option<Verified>>)>,
}

impl Verifying<'_, '_> {
    fn look_at(
        &mut self,
        candidate: &Candidate,
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
        hits: &mut Vec<Hit>,
    ) -> Result<(), Error> {
        let first = hits.len();
        self.snapshot.members(candidate, self.query, None, hits)?;
        let Some(&Hit { part, article, .. }) = hits.get(first) else { return Ok(()) };
        let verified = self.verify(part, article, candidate, frequency, text)?;
        match verified {
            Some(None) => hits.truncate(first),
            Some(verified) => hits[first..].iter_mut().for_each(|hit| hit.verified = verified),
            // Without texts a story is no more than a guess, and a phrase in common no text.
            None if !candidate.band && candidate.share < ONE_TEXT => hits.truncate(first),
            None => {}
        }
        Ok(())
    }

    /// Compares the texts: none if there is none to compare with.
    fn verify(
        &mut self,
        part: u32,
        article: u32,
        candidate: &Candidate,
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
    ) -> Result<Option<Option<Verified>>, Error> {
        let place = &self.snapshot.view.parts[part as usize];
        let facts = place.facts(article)?;
        let known = self.known.iter().find(|known| (known.0, known.1) == (facts.digest, facts.shingles));
        if let Some(&(_, _, verified)) = known {
            return Ok(verified);
        }
        text.clear();
        let there = match &mut self.texts {
            Some(texts) => texts(place.id(article)?, text),
            None if self.snapshot.shared.shape.texts => {
                if !unpack(place.kept_text(article)?, facts.length, text) {
                    return Err(self.snapshot.damaged(part, "a kept text cannot be unpacked"));
                }
                true
            }
            None => false,
        };
        if let Some(memory) = self.memory.take_if(|_| there) {
            self.asked = Some(self.judge.ask(self.query.article.text, memory));
        }
        let terms = if self.snapshot.shared.shape.story { place.terms(article)? } else { None };
        let given = judge::Given { text, terms: terms.as_deref() };
        let verified = there.then(|| self.judge(candidate, given, frequency));
        self.known.push((facts.digest, facts.shingles, verified));
        Ok(verified)
    }

    /// Puts a text to the tests of the roads that have led to it, one after another.
    fn judge(
        &mut self,
        candidate: &Candidate,
        given: judge::Given<'_>,
        frequency: &dyn Fn(u32) -> usize,
    ) -> Option<Verified> {
        let Shared { least, sure, .. } = *self.snapshot.shared;
        let asked = self.asked.as_mut()?;
        // The bits of slots that are kept let some through that share a band, but not slots enough.
        let near = candidate.band
            && (candidate.agreeing >= sure
                || equal_slots(self.slots, self.signer.sign(given.text).slots) >= least);
        // What fails the test of the bands fails that of the anchors.
        let text = match (near, candidate.share > 0.0) {
            (true, _) => Some(Road::Bands),
            (false, true) => Some(Road::Anchors),
            (false, false) => None,
        };
        let roads = text.into_iter().chain(candidate.story.then_some(Road::Story));
        let judged = { roads }.find_map(|road| self.judge.judge(asked, given, road, frequency))?;
        let judge::Verdict { relation, confidence, overlap, bond, score } = judged;
        Some(Verified { relation, confidence, overlap, bond, score })
    }

    /// The cluster of the article: of the matches that stand for one, that of the best; or else that of the best match, if the article that
    /// stands for it matches too. So no article is in a cluster that it has nothing in common with.
    fn cluster(
        &mut self,
        hits: &[Hit],
        frequency: &dyn Fn(u32) -> usize,
        text: &mut String,
    ) -> Result<Option<u64>, Error> {
        let snapshot = self.snapshot;
        let slots = snapshot.shared.shape.slots;
        let mut best: [Option<(f64, u64)>; 2] = [None, None];
        for hit in hits.iter().filter(|hit| hit.is_strong()) {
            let (cluster, stands) = snapshot.cluster_of(hit)?;
            let best = &mut best[usize::from(!stands)];
            if best.is_none_or(|best| hit.score(slots) > best.0) {
                *best = Some((hit.score(slots), cluster));
            }
        }
        if let Some((_, cluster)) = best[0] {
            return Ok(Some(cluster));
        }
        let Some((_, cluster)) = best[1] else { return Ok(None) };
        let Some((part, article, _)) = snapshot.with_hash(cluster)? else { return Ok(None) };
        let stands = Candidate { part, article, agreeing: u32::MAX, band: true, share: 0.0, story: false };
        let verified = self.verify(part, article, &stands, frequency, text)?;
        let related = matches!(verified, Some(Some(verified)) if verified.bond == Bond::Text);
        Ok(related.then_some(cluster))
    }
}

impl Snapshot {
    fn damaged(&self, part: u32, what: &'static str) -> Error {
        match &self.view.parts[part as usize] {
            Part::Segment(part) => part.segment.file.damaged(part.segment.directory.kept.bytes, what),
            Part::Recent(_) => Error::damaged("log", 0, what),
        }
    }
}
