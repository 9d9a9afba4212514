//! Passages in an index against brute force: every run of words that a stored article and that of a
//! query share is found, wherever the index keeps the article.
#![cfg(feature = "index")]

mod support;

use std::collections::HashSet;
use std::ops::Range;
use std::path::PathBuf;

use newsprint::parts::{Folding, Words};
use newsprint::results::Passages;
use newsprint::{Article, Config, Date, ErrorKind, Index, IndexOptions, Preset, Query, Snapshot};
use proptest::prelude::*;
use support::Random;

/// A directory that is removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("newsprint-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn config(words: usize) -> Config {
    Config::builder().passage_words(words).build().expect("valid")
}

fn options(words: usize) -> IndexOptions {
    IndexOptions::new(&config(words)).keep_texts(true).passages(true)
}

fn id(article: usize) -> String {
    article.to_string()
}

/// Checks what the index finds of a text against all texts that are stored.
fn check(
    snapshot: &Snapshot,
    texts: &[String],
    is_stored: impl Fn(usize) -> bool,
    asked: &str,
    length: usize,
) {
    let found = snapshot.passages(asked).expect("reads");
    let words = Words::of(asked, Folding::default());
    let asked_runs: HashSet<&[u64]> = words.hashes().windows(length).collect();
    let is_in = |words: &Words, spans: &[Range<usize>], at: usize| {
        let (first, last) = (words.span(at), words.span(at + length - 1));
        spans.iter().any(|span| span.start <= first.start && last.end <= span.end)
    };
    let mut seen = HashSet::new();
    for one in &found {
        assert!(seen.insert(one.id.as_str()), "{} is found twice", one.id);
        let article: usize = one.id.parse().expect("a number");
        assert!(is_stored(article), "{article} is not stored");
        let shared = one.passages.as_ref().expect("what was asked for");
        assert!(!shared.passages.is_empty());
        for passage in &shared.passages {
            assert!(passage.words >= length);
            let parts = [&asked[passage.left.clone()], &texts[article][passage.right.clone()]];
            let [left, right] = parts.map(|part| Words::of(part, Folding::default()));
            let again: usize = Passages::of(&left, &right).passages.iter().map(|it| it.words).sum();
            // Edited parts of so short a passage may not be aligned again on their own.
            assert!(5 * again >= 3 * length, "{parts:?}");
        }
    }
    for (article, text) in texts.iter().enumerate().filter(|(article, _)| is_stored(*article)) {
        let other = Words::of(text, Folding::default());
        let all = other.hashes().windows(length);
        let common: HashSet<&[u64]> = all.filter(|run| asked_runs.contains(run)).collect();
        let shared = found.iter().find(|one| one.id == id(article));
        assert!(shared.is_some() || common.is_empty(), "{article} is not found");
        let passages = shared.and_then(|one| one.passages.as_ref()).map(|it| &it.passages);
        let Some(passages) = passages else { continue };
        let left: Vec<Range<usize>> = passages.iter().map(|it| it.left.clone()).collect();
        let right: Vec<Range<usize>> = passages.iter().map(|it| it.right.clone()).collect();
        for run in common {
            // It may stand several times in both: one of its places must be found in each.
            for (words, spans) in [(&words, &left), (&other, &right)] {
                let mut places = words.hashes().windows(length).enumerate();
                assert!(places.any(|(at, it)| it == run && is_in(words, spans, at)), "{article}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Articles put together of paragraphs, some of which begin or end alike, and of which some
    /// stand twice in an article. Some are in a segment, some in the log, some are removed.
    #[test]
    fn every_common_run_is_found_and_nothing_invented(
        seed in any::<u64>(),
        articles in proptest::collection::vec(
            proptest::collection::vec((0usize..9, 0usize..30, 0usize..30), 1..5),
            2..10,
        ),
        merged in 0usize..10,
        removed in 0usize..10,
    ) {
        let texts = support::of_paragraphs(&articles, seed);
        let directory = Directory::new("passages-small");
        let mut index = options(10).create(&directory.0).expect("creates");
        for (i, text) in texts.iter().enumerate() {
            index.insert(&Article::new(text).id(&id(i))).expect("inserts");
            if i == merged {
                index.merge().expect("merges");
            }
        }
        index.remove(&id(removed)).expect("removes");
        let is_stored = |article: usize| article < texts.len() && article != removed;
        for text in &texts {
            check(&index.latest(), &texts, is_stored, text, 10);
        }
        index.commit().expect("commits");
        drop(index);
        let snapshot = Snapshot::open(&directory.0).expect("opens");
        for text in &texts {
            check(&snapshot, &texts, is_stored, text, 10);
        }
    }
}

/// Articles of random words, each with a stretch of an earlier one.
fn planted(random: &mut Random, count: usize, length: usize) -> Vec<String> {
    let mut texts: Vec<Vec<String>> = Vec::new();
    for i in 0..count {
        let own = 150 + random.below(300);
        let mut words = random.words(own);
        if i > 0 {
            let lender = texts[random.below(i)].clone();
            let from = random.below(lender.len() - length);
            let at = random.below(words.len());
            words.splice(at..at, lender[from..from + length].to_vec());
        }
        texts.push(words);
    }
    texts.into_iter().map(|words| words.join(" ")).collect()
}

#[test]
fn passages_of_thousands_of_articles_are_found_in_all_segments() {
    let mut random = Random(5);
    let texts = planted(&mut random, 6000, 25);
    let directory = Directory::new("passages-large");
    let mut index = options(25).create(&directory.0).expect("creates");
    for (i, text) in texts.iter().enumerate() {
        index.insert(&Article::new(text).id(&id(i))).expect("inserts");
        if i % 1000 == 999 {
            index.commit().expect("commits");
        }
    }
    let snapshot = index.snapshot();
    for text in texts.iter().step_by(997) {
        check(&snapshot, &texts, |_| true, text, 25);
    }
    // A shorter run is none, as in a collection.
    let words: Vec<&str> = texts[0].split(' ').take(24).collect();
    let asked = format!("{} {} {}", random.words(80).join(" "), words.join(" "), "and no more");
    assert!(snapshot.passages(&asked).expect("reads").is_empty());
    index.close().expect("closes");
    let index = Index::open(&directory.0).expect("opens");
    assert!(index.finds_passages());
    check(&index.latest(), &texts, |_| true, &texts[4321], 25);
}

#[test]
fn edited_passages_are_found_as_often_as_documented() {
    let mut random = Random(9);
    let directory = Directory::new("passages-edited");
    let mut index = options(25).create(&directory.0).expect("creates");
    let texts: Vec<Vec<String>> = (0..400).map(|_| random.words(300)).collect();
    for (i, words) in texts.iter().enumerate() {
        index.insert(&Article::new(&words.join(" ")).id(&id(i))).expect("inserts");
    }
    // One word in ten of sixty is replaced.
    let mut found = 0;
    for (i, words) in texts.iter().enumerate() {
        let part: Vec<String> = words[100..160]
            .iter()
            .map(
                |word| if random.below(10) == 0 { random.words(1).remove(0) } else { word.clone() },
            )
            .collect();
        let asked = [random.words(100), part, random.words(100)].concat().join(" ");
        let answer = index.latest().passages(&asked).expect("reads");
        found += usize::from(answer.iter().any(|one| one.id == id(i)));
    }
    assert!(found >= 280, "{found} of 400");
}

#[test]
fn a_query_says_which_articles_count() {
    let mut random = Random(1);
    let shared = random.words(40).join(" ");
    let text = |random: &mut Random| {
        format!("{} {shared} {}", random.words(90).join(" "), random.words(90).join(" "))
    };
    let texts: Vec<String> = (0..5).map(|_| text(&mut random)).collect();
    let directory = Directory::new("passages-query");
    let mut index = options(25).create(&directory.0).expect("creates");
    for (day, text) in texts.iter().enumerate() {
        let date: Date = format!("2018-07-1{day}").parse().expect("a date");
        index.insert(&Article::new(text).id(&id(day)).date(date)).expect("inserts");
    }
    // The same text in another layout has the places of its own.
    let spaced = texts[4].replace(' ', "  ");
    index.insert(&Article::new(&spaced).id("spaced")).expect("inserts");
    let ids = |query: Query<'_>| -> Vec<String> {
        let found = index.latest().passages(query).expect("reads");
        let mut ids: Vec<String> = found.into_iter().map(|one| one.id).collect();
        ids.sort();
        ids
    };
    let asked = text(&mut random);
    assert_eq!(ids(Query::from(&asked)), ["0", "1", "2", "3", "4", "spaced"]);
    let since = "2018-07-12".parse().expect("a date");
    assert_eq!(ids(Query::from(&asked).since(since)), ["2", "3", "4"]);
    assert_eq!(ids(Query::from(&asked).top(2)).len(), 2);
    assert_eq!(ids(Query::from(Article::new(&texts[0]).id("0"))), ["1", "2", "3", "4", "spaced"]);
    let found = index.latest().passages(&asked).expect("reads");
    for one in found {
        let text = if one.id == "spaced" {
            &spaced
        } else {
            &texts[one.id.parse::<usize>().expect("a number")]
        };
        let passage = &one.passages.expect("asked for").passages[0];
        assert_eq!(
            text[passage.right.clone()].split_whitespace().collect::<Vec<_>>().join(" "),
            shared
        );
        assert_eq!(asked[passage.left.clone()], shared);
    }
}

#[test]
fn scans_are_read_letter_by_letter() {
    let mut random = Random(2);
    let shared = random.words(60).join(" ");
    let scan = Config::builder().preset(Preset::Ocr).build().expect("valid");
    let directory = Directory::new("passages-ocr");
    let options = IndexOptions::new(&scan).keep_texts(true).passages(true);
    let mut index = options.create(&directory.0).expect("creates");
    let old = format!("{} {shared}", random.words(200).join(" "));
    index.insert(&Article::new(&old).id("old")).expect("inserts");
    let new = format!(
        "{} {} {}",
        random.words(200).join(" "),
        shared.replace(' ', ""),
        random.words(9).join(" ")
    );
    let found = index.latest().passages(&new).expect("reads");
    assert_eq!(found.len(), 1);
    let passage = &found[0].passages.as_ref().expect("asked for").passages[0];
    assert_eq!(
        (&new[passage.left.clone()], &old[passage.right.clone()]),
        (&*shared.replace(' ', ""), &*shared)
    );
}

#[test]
fn a_page_frame_of_thousands_hides_no_passage() {
    let mut random = Random(3);
    let frame = random.words(60).join(" ");
    let texts: Vec<String> =
        (0..6000).map(|_| format!("{} {frame}", random.words(60).join(" "))).collect();
    let directory = Directory::new("passages-frame");
    let mut index = options(25).create(&directory.0).expect("creates");
    for (i, text) in texts.iter().enumerate() {
        index.insert(&Article::new(text).id(&id(i))).expect("inserts");
    }
    let lent: Vec<&str> = texts[17].split(' ').take(30).collect();
    let asked = format!("{frame} {} {}", random.words(50).join(" "), lent.join(" "));
    let found = index.latest().passages(&asked).expect("reads");
    assert_eq!((found.len(), found[0].id.as_str()), (1024, "17"));
}

#[test]
fn what_does_not_go_together_is_refused_by_name() {
    let directory = Directory::new("passages-settings");
    let without_texts = IndexOptions::new(&config(25)).passages(true);
    let error = without_texts.create(&directory.0).expect_err("refused");
    assert!(
        error.to_string().contains("keeping of texts is \"false\", must be one of true"),
        "{error}"
    );
    let mut index = options(25).create(&directory.0).expect("creates");
    let long = Random(4).words(60_000).join(" ");
    let error = index.insert(&Article::new(&long).id("long")).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    assert!(error.to_string().contains("fingerprints of a text"), "{error}");
    index.insert(&Article::new("The river rose.").id("a")).expect("inserts");
    index.close().expect("closes");

    let refused = |error: newsprint::Error, what: &str| {
        assert_eq!(error.kind(), ErrorKind::OtherSettings, "{error}");
        assert!(error.to_string().contains(what), "{error}");
    };
    let error = Index::open_with(&directory.0, &config(30)).expect_err("refused");
    refused(error, "made with words of a passage 25, not 30");
    let plain = IndexOptions::new(&config(25)).keep_texts(true);
    let error = plain.open_or_create(&directory.0).expect_err("refused");
    refused(error, "search for passages true, not false");
    assert!(options(25).open_or_create(&directory.0).is_ok());

    let other = Directory::new("passages-none");
    let index = plain.create(&other.0).expect("creates");
    refused(index.latest().passages("a text").expect_err("refused"), "search for passages false");
    assert!(!index.finds_passages());
}
