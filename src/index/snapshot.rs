//! A consistent view of an index, and queries on it.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::date::Date;
use crate::detector::config::Config;
use crate::detector::reading::Signer;
use crate::error::Error;
use crate::idf::Idf;
use crate::index::search::answer::{Answer, IndexStats, Match, Query, Verified};
use crate::index::search::candidates::{self, Candidate, Limits, Wanted};
use crate::index::search::provenance::{Hit, Searched};
use crate::index::search::terms::{Story, stories};
use crate::index::search::verifying::{self, Texts, Verifying};
use crate::index::search::weights::{Learnt, Weights};
use crate::index::segment::entry::{estimate, row, surely_agreeing};
use crate::index::segment::schema::Shape;
use crate::index::view::Part;
use crate::lsh::columns::band_key;
use crate::lsh::tuning::least_equal_slots;
use crate::sketch::Sketch;
use crate::sketch::story::Term;
use crate::sketch::story::TermReader;
use crate::verify::candidate::Judge;
use crate::verify::policy::{ANCHOR_LIMIT, LEAST_ANCHORS, ONE_SOURCE};

/// The articles of an index as one commit left them.
///
/// Cheap to make, to clone and to keep; any number of threads may query it while the
/// [`Index`](crate::index::Index) takes more articles, and nobody waits for anybody. What is committed
/// later is not in it. Files that the index no longer needs are deleted, but stay readable to a
/// snapshot that has them mapped.
///
/// Segments are mapped into memory. The index never changes one; if another program shortens the
/// file while it is open, reading what is gone cannot be made an error: the operating system ends
/// the process (SIGBUS on Unix).
///
/// To look into an index from another process, [open](Snapshot::open) one there.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) shared: Arc<Shared>,
    pub(crate) view: Arc<View>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("commit", &self.view.commit)
            .field("articles", &self.len())
            .finish()
    }
}

/// What all views of an index have in common.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) shape: Shape,
    pub(crate) idf: Idf,
    pub(crate) weights: Weights,
    /// In how many slots two texts must agree that share a band; and in how many of the bits that
    /// are kept, so that nobody need count the slots.
    pub(crate) least: u32,
    pub(crate) sure: u32,
    /// Working memory, as much as there were queries at one time.
    memories: Mutex<Vec<Memory>>,
}

impl Shared {
    pub(crate) fn new(config: Config, shape: Shape) -> Self {
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
    search: candidates::Memory,
    judge: verifying::Memory,
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
            search: candidates::Memory::default(),
            judge: verifying::Memory::default(),
            slots: Vec::new(),
            row: Vec::new(),
            bands: Vec::new(),
            anchors: Vec::new(),
            text: String::new(),
        }
    }
}

/// The keys of the bands of a signature.
pub(crate) fn band_keys(config: &Config, slots: &[u32], keys: &mut Vec<u32>) {
    keys.clear();
    keys.extend(config.banding().bands().map(|band| band_key(&slots[band])));
}

/// The parts of an index at one time.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) commit: u64,
    pub(crate) parts: Vec<Part>,
    /// Articles that are not gone.
    pub(crate) len: u64,
    pub(crate) log_bytes: u64,
}

impl View {
    /// The articles that are there under an id: part and number.
    pub(crate) fn with_id(&self, id: &str) -> Result<Option<(usize, u32)>, Error> {
        // The newest first: an article that was put in anew is there.
        for (number, part) in self.parts.iter().enumerate().rev() {
            if let Some(article) = part.with_id(id)? {
                return Ok(Some((number, article)));
            }
        }
        Ok(None)
    }
}

impl Snapshot {
    /// The articles of this index that match, compared with texts that the index keeps.
    ///
    /// If it keeps none, the matches are told by their signatures alone, and [`Match::verified`] is
    /// none: all that share enough of their signatures or of their rare shingles. Then see
    /// [`query_with`](Self::query_with).
    ///
    /// Time: some 40 µs to find the candidates among a million articles in one segment in the page
    /// cache, as much again for each other large segment, up to some 100 µs for each that is
    /// compared.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn query<'q>(&self, query: impl Into<Query<'q>>) -> Result<Answer, Error> {
        let query = query.into();
        let searched = self.search(&query, None)?;
        self.answer(&query, &searched)
    }

    /// As [`query`](Self::query), with the texts that `texts` gives: it is asked for the text of an
    /// id, writes it into the empty string, and says whether it could. An article whose text is not
    /// to be had is told by its signature alone.
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

    /// The articles whose signatures share a band with that of `sketch`, and slots enough, most
    /// similar first. No text is looked at.
    ///
    /// # Errors
    /// If the sketch was made differently from those of the index, or a file of the index is
    /// damaged where it is read.
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
        candidates::Memory::default().near(&self.view.parts, &wanted, &mut found)?;
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

    /// Weights of words learnt from the articles of the index, to compare texts by them: see
    /// [`Detector::with_idf`](crate::Detector::with_idf). None unless it looks for stories and has
    /// thousands of texts.
    ///
    /// # Errors
    /// If a file of the index is damaged where it is read.
    pub fn learnt_idf(&self) -> Result<Option<Idf>, Error> {
        let Shared { config, shape, weights, .. } = &*self.shared;
        let learnt = weights.of(&self.view, shape, config.sketcher().shingler())?;
        Ok(learnt.as_deref().and_then(Learnt::words).cloned())
    }

    /// How the articles were made.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    pub(crate) fn search(
        &self,
        query: &Query<'_>,
        texts: Option<Texts<'_>>,
    ) -> Result<Searched, Error> {
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
        let Memory {
            signer,
            terms,
            search,
            judge: judging,
            slots,
            row: of_slots,
            bands,
            anchors,
            text,
        } = memory;
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
        let weights = self.shared.weights.of(&self.view, shape, config.sketcher().shingler())?;
        let wanted = Wanted {
            row: of_slots,
            bands,
            anchors,
            digest: signed.digest,
            source: query.article.source,
            least: self.shared.least,
        };
        let limits =
            Limits { anchor: ANCHOR_LIMIT, one_source: ONE_SOURCE, least_shared: LEAST_ANCHORS };
        let parts = &self.view.parts;
        let mut found = Vec::new();
        search.near(parts, &wanted, &mut found)?;
        if shape.anchors {
            search.far(parts, &wanted, &limits, &mut found)?;
        }
        let frequencies = search.frequencies().to_vec();
        // The article's key terms, and how many are near to it.
        let mut accounts: Option<(&[Term], u64)> = None;
        if let Some(weights) = weights.as_ref().filter(|_| shape.story) {
            let own = terms.read(query.article.text, config.sketcher().shingler().folding());
            weights.terms().weigh(own);
            let (weights, digest) = (weights.terms(), wanted.digest);
            let (date, least) =
                (query.article.date.map(Date::unix_seconds), config.min_confidence());
            let story = Story { terms: own, weights, row: of_slots, digest, date, least };
            accounts = Some((&*own, stories(parts, &story, &mut found)?));
        }
        // What promises most comes first.
        let promise = |c: &Candidate| estimate(c.agreeing, shape.slots).jaccard.max(c.share);
        found.sort_by(|a, b| promise(b).total_cmp(&promise(a)));

        let verifying::Memory { pair, sketches } = judging;
        let judge = Judge::new(config, &self.shared.idf);
        let mut verifying = Verifying {
            snapshot: self,
            query,
            judge,
            weights: weights.as_deref().map(Learnt::terms),
            accounts,
            texts,
            left: judge.left(query.article, pair),
            sketches: sketches.of_another(),
            signer,
            slots,
            known: HashMap::new(),
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
    pub(crate) fn members(
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
            let early = query
                .since
                .is_some_and(|since| date.is_none_or(|date| date < since.unix_seconds()));
            let late = query
                .until
                .is_some_and(|until| date.is_none_or(|date| date > until.unix_seconds()));
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
}
