//! Compares an index with a plain map of articles, whatever happens to it.
//!
//! Random scripts are played on an index and on a map. Texts come from a few families of near
//! copies, so that nearly every query has something to find, and what must be found is known
//! exactly. Every article has a source of its own, which tells its versions apart.

mod damage;
mod faults;
mod model;
mod restore;
mod weights;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::article::Article;
use crate::date::Date;
use crate::detector::Detector;
use crate::error::Error;
use crate::hash::mix;
use crate::index::limits::{Background, WriterLimits};
use crate::index::repair::{Repaired, repair_in};
use crate::index::store::faulty::Faulty;
use crate::index::store::storage::Storage;
use crate::index::{Index, IndexOptions, Snapshot};
use crate::progress::Progress;

/// The number of texts.
const TEXTS: usize = 40;
/// The number of ids.
const IDS: u64 = 24;
/// Articles of a memtable.
const MEMTABLE: u32 = 4;
/// Texts that are as similar as this must be found.
const SIMILAR: f64 = 0.6;

/// All texts: eight families of five.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        (0..self::TEXTS as u64).map(|text| write_text(text / 5, text % 5)).collect()
    })
}

fn write_text(family: u64, variant: u64) -> String {
    const SYLLABLES: [&str; 8] = ["ba", "den", "gil", "ko", "lus", "mer", "no", "tai"];
    let word = |at: u64| -> String {
        let bits = mix(family << 32 | at);
        (0..3).map(|i| SYLLABLES[(bits >> (3 * i)) as usize % 8]).collect()
    };
    let words: Vec<String> = (0..50).map(word).collect();
    match (variant, family) {
        (0, _) => words.join(" "),
        // The same words.
        (1, _) => format!("{}.", words.join(", ")),
        (2, _) => [&words[..20], &["changed".to_owned()], &words[21..]].concat().join(" "),
        (3, _) => [&words[10..], &words[..5]].concat().join(" "),
        (_, 0) => String::new(),
        (_, 1) => "...".to_owned(),
        (_, 2) => words[..2].join(" "),
        _ => words[..25].join(" "),
    }
}

/// The similarity of all pairs of texts.
fn similarity(a: usize, b: usize) -> f64 {
    static ALL: OnceLock<Vec<f64>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let detector = Detector::default();
        let of = |a: &String, b: &String| detector.compare(a, b).overlap.jaccard();
        texts().iter().flat_map(|a| texts().iter().map(move |b| of(a, b))).collect()
    });
    all[a * TEXTS + b]
}

/// Whether two texts have 25 words in a row in common, the least passage.
fn share_a_passage(a: usize, b: usize) -> bool {
    static ALL: OnceLock<Vec<bool>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let words = |text: &String| -> Vec<String> {
            let text = text.replace([',', '.'], "");
            text.split_whitespace().map(str::to_owned).collect()
        };
        let words: Vec<Vec<String>> = texts().iter().map(words).collect();
        let of =
            |a: &[String], b: &[String]| a.windows(25).any(|run| b.windows(25).any(|it| it == run));
        words.iter().flat_map(|a| words.iter().map(move |b| of(a, b))).collect()
    });
    all[a * TEXTS + b]
}

/// An article as it was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Version {
    text: usize,
    date: Option<i64>,
    /// Its number among all that were ever added.
    number: u64,
}

impl Version {
    fn has_words(&self) -> bool {
        texts()[self.text].bytes().any(|byte| byte.is_ascii_alphabetic())
    }
}

type Articles = BTreeMap<String, Version>;

/// A step of a script.
#[derive(Clone, Copy, Debug)]
enum Step {
    Insert {
        id: u64,
        text: usize,
        dated: bool,
    },
    Upsert {
        id: u64,
        text: usize,
        dated: bool,
    },
    Remove {
        id: u64,
    },
    /// Removes what is older than the last `age` versions.
    Expire {
        age: u64,
    },
    Commit,
    Merge,
    Reopen,
    Snapshot,
    Query {
        text: usize,
    },
}

impl Step {
    /// The step that random bits stand for.
    fn of(bits: u64) -> Self {
        let (id, text, dated) =
            (bits >> 8 & 0xFFFF, (bits >> 24 & 0xFFFF) as usize, bits >> 60 != 0);
        let (id, text) = (id % IDS, text % TEXTS);
        match bits % 64 {
            0..24 => Step::Insert { id, text, dated },
            24..34 => Step::Upsert { id, text, dated },
            34..43 => Step::Remove { id },
            43..45 => Step::Expire { age: 1 + (bits >> 40) % 40 },
            45..54 => Step::Commit,
            54 => Step::Merge,
            55..58 => Step::Reopen,
            58..61 => Step::Snapshot,
            _ => Step::Query { text },
        }
    }
}

fn name(id: u64) -> String {
    format!("article {id}")
}

/// An index on a disk that may fail, and what must be in it.
struct Played {
    disk: Faulty,
    limits: WriterLimits,
    index: Option<Index>,
    /// What the index itself sees.
    now: Articles,
    /// What may be there when it is opened again: what the last commit acknowledged, or what a
    /// commit since then has failed to make durable.
    durable: Vec<Articles>,
    versions: u64,
}

impl Played {
    fn new(keep_texts: bool) -> Self {
        Played::with(keep_texts, Background::Settled)
    }

    fn with(keep_texts: bool, background: Background) -> Self {
        let (disk, limits) = (Faulty::new(), limits(background));
        let options = IndexOptions::default().keep_texts(keep_texts).passages(keep_texts).id(1);
        let index = Index::create_in(Arc::new(disk.clone()), &options, limits);
        let (now, durable) = (Articles::new(), vec![Articles::new()]);
        Played { disk, limits, index: Some(index.expect("creates")), now, durable, versions: 0 }
    }

    /// An index with segments, tombstones, a log, and an article that is not committed yet.
    fn filled() -> Self {
        let mut played = Played::new(true);
        let insert = |id: u64| Step::Insert {
            id,
            text: (id as usize * 7) % TEXTS,
            dated: !id.is_multiple_of(4),
        };
        for id in 0..19 {
            played.play(insert(id)).expect("inserts");
        }
        played.play(Step::Merge).expect("merges");
        for id in [1, 6] {
            played.play(Step::Remove { id }).expect("removes");
        }
        played.play(Step::Upsert { id: 4, text: 31, dated: true }).expect("inserts");
        (19..23).for_each(|id| played.play(insert(id)).expect("inserts"));
        played.play(Step::Commit).expect("commits");
        played.play(insert(23)).expect("inserts");
        played
    }

    /// Opens what is on another disk.
    fn open(self, disk: Faulty) -> Result<Self, Error> {
        drop(self.index);
        let index = Index::open_in(Arc::new(disk.clone()), None, self.limits)?;
        let now = contents(&index.snapshot());
        let now = self.durable.iter().find(|articles| are_contents(articles, &now));
        let now = now.expect("a commit is there as a whole, or is not").clone();
        Ok(Played { disk, index: Some(index), now, ..self })
    }

    /// Plays a step.
    fn play(&mut self, step: Step) -> Result<(), Error> {
        let Some(index) = &mut self.index else { return Ok(()) };
        match step {
            Step::Insert { id, text, dated } | Step::Upsert { id, text, dated } => {
                self.versions += 1;
                let date = dated.then_some(self.versions as i64);
                let version = Version { text, date, number: self.versions };
                let (id, source) = (name(id), version.number.to_string());
                let article = Article::new(&texts()[text])
                    .id(&id)
                    .date(date.map(Date::from_unix_seconds))
                    .source(source.as_str());
                if matches!(step, Step::Upsert { .. }) {
                    assert_eq!(index.upsert(&article)?, self.now.contains_key(&id));
                } else if self.now.contains_key(&id) {
                    let error = index.insert(&article).expect_err("it is there");
                    assert!(error.to_string().contains("is there already"), "{error}");
                    return Ok(());
                } else {
                    index.insert(&article)?;
                }
                self.now.insert(id, version);
            }
            Step::Remove { id } => {
                let there = self.now.remove(&name(id)).is_some();
                assert_eq!(index.remove(&name(id)).expect("nothing is written"), there);
            }
            Step::Expire { age } => {
                let before = self.versions.saturating_sub(age) as i64;
                let had = self.now.len();
                self.now.retain(|_, version| version.date.is_none_or(|date| date >= before));
                let expired =
                    index.expire(Date::from_unix_seconds(before)).expect("nothing is written");
                assert_eq!(expired as usize, had - self.now.len());
            }
            Step::Commit => {
                let result = index.commit();
                self.acknowledge(result)?;
            }
            Step::Merge => {
                let result = index.merge();
                self.acknowledge(result)?;
            }
            Step::Reopen => {
                self.index = None;
                let (disk, durable) = (self.disk.clone(), self.durable.clone());
                let opened = Played { disk, index: None, now: Articles::new(), durable, ..*self };
                *self = opened.open(self.disk.clone())?;
            }
            Step::Snapshot => are_seen(&index.snapshot(), &self.durable),
            Step::Query { text } => check_query(&index.latest(), &self.now, text),
        }
        Ok(())
    }

    fn acknowledge(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        match result {
            Ok(()) => self.durable = vec![self.now.clone()],
            Err(_) => self.durable.push(self.now.clone()),
        }
        result
    }

    /// Checks that the index sees what it should.
    fn check(&self) {
        let index = self.index.as_ref().expect("is open");
        assert_eq!(index.len(), self.now.len() as u64);
        check_all(&index.latest(), &self.now);
        are_seen(&index.snapshot(), &self.durable);
    }
}

/// Few articles fill a memtable, so that small indexes have many segments.
fn limits(background: Background) -> WriterLimits {
    WriterLimits { memtable_articles: MEMTABLE, background }
}

/// Opens the index on a disk.
fn open(disk: &Faulty) -> Result<Index, Error> {
    Index::open_in(Arc::new(disk.clone()), None, limits(Background::Settled))
}

/// Repairs the index on a disk.
fn repair(disk: &Faulty) -> Result<Repaired, Error> {
    repair_in(Arc::new(disk.clone()), limits(Background::Settled), &Progress::ignore)
}

/// Checks that a snapshot sees one of several states.
fn are_seen(snapshot: &Snapshot, some: &[Articles]) {
    let seen = contents(snapshot);
    assert!(
        some.iter().any(|articles| are_contents(articles, &seen)),
        "{seen:?} is none of {some:?}"
    );
}

/// The ids that are there, each with its version if any text finds it.
fn contents(snapshot: &Snapshot) -> BTreeMap<String, Option<u64>> {
    let mut contents = BTreeMap::new();
    for id in (0..IDS).map(name) {
        if snapshot.contains(&id).expect("reads") {
            contents.insert(id, None);
        }
    }
    assert_eq!(contents.len() as u64, snapshot.len());
    for text in texts() {
        for found in snapshot.query(text.as_str()).expect("reads").matches {
            let number: u64 = found.source.expect("has one").parse().expect("is a number");
            let known = contents.get_mut(&found.id).expect("what is found is there");
            assert!(known.is_none_or(|known| known == number), "two versions of {}", found.id);
            *known = Some(number);
        }
    }
    contents
}

fn are_contents(articles: &Articles, contents: &BTreeMap<String, Option<u64>>) -> bool {
    let expected =
        articles.iter().map(|(id, version)| (id, version.has_words().then_some(version.number)));
    expected.eq(contents.iter().map(|(id, &number)| (id, number)))
}

fn check_all(snapshot: &Snapshot, articles: &Articles) {
    assert_eq!(snapshot.len(), articles.len() as u64);
    for id in (0..IDS).map(name) {
        assert_eq!(snapshot.contains(&id), Ok(articles.contains_key(&id)));
    }
    (0..TEXTS).for_each(|text| check_query(snapshot, articles, text));
}

/// Checks that a query finds what is similar, and nothing that is not there.
fn check_query(snapshot: &Snapshot, articles: &Articles, text: usize) {
    let answer = snapshot.query(texts()[text].as_str()).expect("reads");
    let mut found = BTreeSet::new();
    for one in &answer.matches {
        let version = articles.get(&one.id).expect("what is found is there");
        assert_eq!(one.source, Some(version.number.to_string()), "an older version of {}", one.id);
        assert_eq!(one.date.map(Date::unix_seconds), version.date);
        let similarity = similarity(text, version.text);
        match one.verified {
            Some(verified) => assert_eq!(verified.overlap.jaccard(), similarity),
            None => {
                assert!((one.estimate.jaccard - similarity).abs() < 0.3, "{one:?} {similarity}");
            }
        }
        assert!(found.insert(&one.id), "{} is found twice", one.id);
    }
    for (id, version) in articles {
        let is_similar = version.has_words() && similarity(text, version.text) >= SIMILAR;
        assert!(!is_similar || found.contains(id), "{id} is not found by text {text}");
    }
    assert!(answer.matches.is_sorted_by(|a, b| a.score() >= b.score()));
    if snapshot.finds_passages() {
        check_passages(snapshot, articles, text);
    }
}

/// Checks that all articles are found that have a passage of a text, and none that is not there.
fn check_passages(snapshot: &Snapshot, articles: &Articles, text: usize) {
    let found = snapshot.passages(texts()[text].as_str()).expect("reads");
    let found: BTreeSet<&str> = found
        .iter()
        .map(|one| {
            let version = articles.get(&one.id).expect("what is found is there");
            assert_eq!(one.source, Some(version.number.to_string()), "an older {}", one.id);
            let shared = one.passages.as_ref().expect("what was asked for");
            for passage in &shared.passages {
                assert!(passage.words >= 25 && !texts()[text][passage.left.clone()].is_empty());
                assert!(!texts()[version.text][passage.right.clone()].is_empty());
            }
            one.id.as_str()
        })
        .collect();
    for (id, version) in articles {
        let is_found = found.contains(id.as_str());
        assert!(is_found || !share_a_passage(text, version.text), "{id} and text {text}");
    }
}
