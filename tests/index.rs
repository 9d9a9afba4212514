//! A query to an index finds what a search of the whole collection finds.
#![cfg(feature = "index")]

mod support;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Mutex;

use newsprint::parts::Overlap;
use newsprint::results::LinkKind;
use newsprint::{
    Answer, Article, Config, Date, Detector, ErrorKind, Index, IndexOptions, Preset, Progress,
    Query, Relation, Snapshot, Stage,
};

use support::Random;

/// A directory for one test, removed at the end.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("newsprint-test-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        Directory(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn config(preset: Preset) -> Config {
    Config::builder().preset(preset).build().expect("valid")
}

type Pairs = BTreeMap<(usize, usize), (Overlap, LinkKind)>;

/// The pairs that are found by a query for every article; `left` is the earlier one.
fn asked(snapshot: &Snapshot, texts: &[String]) -> Pairs {
    let mut pairs = Pairs::new();
    for (i, text) in texts.iter().enumerate() {
        let id = i.to_string();
        let query = Query::from(Article::new(text).id(&id));
        let give = |id: &str, out: &mut String| {
            out.push_str(&texts[id.parse::<usize>().expect("a number")]);
            true
        };
        for found in snapshot.query_with(query, give).expect("whole").matches {
            let (other, verified) =
                (found.id.parse().expect("a number"), found.verified.expect("compared"));
            let overlap = if i < other { verified.overlap } else { verified.overlap.swapped() };
            pairs.insert((i.min(other), i.max(other)), (overlap, verified.kind));
        }
    }
    pairs
}

#[test]
fn a_query_finds_what_a_search_of_all_finds() {
    // The last two are large enough to learn boilerplate and the weights of words.
    for (preset, articles, least) in [
        (Preset::Strict, 1500, 100),
        (Preset::Ocr, 700, 100),
        (Preset::Story, 900, 300),
        (Preset::Wire, 4200, 1500),
        (Preset::Story, 4200, 1500),
    ] {
        let texts = support::collection(articles, 7);
        let directory = Directory::new(preset.name());
        let mut index = Index::create(&directory.0, &config(preset)).expect("makes one");
        for (i, text) in texts.iter().enumerate() {
            index.insert(&Article::new(text).id(&i.to_string())).expect("new");
            if i % 600 == 599 {
                index.commit().expect("commits");
            }
        }
        index.close().expect("closes");
        let found = asked(&Snapshot::open(&directory.0).expect("opens"), &texts);
        let all = Detector::new(config(preset)).find_pairs(&texts).pairs;
        let all: Pairs =
            all.iter().map(|pair| ((pair.left, pair.right), (pair.overlap, pair.kind))).collect();
        assert!(all.len() > least, "{preset}: {}", all.len());
        if preset != Preset::Story {
            assert_eq!(found, all, "{preset}");
            continue;
        }
        // A query knows how many texts are near the article of the query, but not how many are near
        // each of the others; and a search of all compares only the representative of a large group.
        let text = |pairs: &Pairs| -> Pairs {
            pairs
                .iter()
                .filter(|(_, found)| found.1 == LinkKind::Text)
                .map(|(pair, found)| (*pair, *found))
                .collect()
        };
        let missed = all.iter().filter(|(pair, _)| !found.contains_key(*pair)).count();
        let more = found.iter().filter(|(pair, _)| !all.contains_key(*pair)).count();
        let [text_missed, text_more] = [(&all, &found), (&found, &all)].map(|(some, others)| {
            text(some).iter().filter(|(pair, _)| !others.contains_key(*pair)).count()
        });
        eprintln!(
            "{preset}: {} pairs, {missed} missed, {more} more; of texts {text_missed}, {text_more}",
            all.len()
        );
        assert!(missed + more <= all.len() / 50, "{missed} and {more} of {}", all.len());
    }
}

fn dated<'a>(id: &'a str, source: &'a str, day: &str, text: &'a str) -> Article<'a> {
    let date: Date = day.parse().expect("a date");
    Article::new(text).id(id).date(date).source(source)
}

const RIVER: &str = "The river rose by two metres in a night, and the old bridge was closed at dawn on Monday, the mayor said. \
    Nobody was hurt, but forty families left their houses for the school on the hill.";
const LIBRARY: &str = "A new library opens on Saturday with readings, music and a bookbinder at work, and the old one becomes a café.";

#[test]
fn a_story_goes_round() {
    let directory = Directory::new("round");
    let mut index = IndexOptions::new(&Config::default())
        .keep_texts(true)
        .create(&directory.0)
        .expect("makes one");
    let mut arrive = |article: Article<'_>| index.ingest(&article).expect("arrives");
    let none = |answer: &Answer, own: &str| {
        answer.matches.is_empty() && answer.cluster.as_deref() == Some(own)
    };
    assert!(none(&arrive(dated("a", "Agency", "2018-07-16", RIVER)), "a"));
    assert!(none(&arrive(dated("b", "Post", "2018-07-16", LIBRARY)), "b"));
    let longer = format!("{RIVER} More rain is expected.");
    let answer = arrive(dated("c", "Times", "2018-07-17", &longer));
    assert_eq!((answer.matches.len(), answer.matches[0].id.as_str()), (1, "a"));
    assert_eq!(answer.matches[0].verified.expect("compared").relation, Relation::Copy);
    assert_eq!(answer.cluster.as_deref(), Some("a"));
    // The last to arrive, and the latest by its date.
    let answer = arrive(dated("d", "Agency", "2018-07-18", RIVER));
    let provenance = answer.provenance.expect("has one");
    assert_eq!(
        (provenance.first.as_str(), provenance.first_source.as_deref()),
        ("a", Some("Agency"))
    );
    assert_eq!((provenance.articles, provenance.sources), (2, 2));
    assert_eq!(provenance.until.map(|date| date.to_string()).as_deref(), Some("2018-07-18"));

    // Within a window of time, and the best match alone.
    let ids = |query: Query<'_>, index: &Index| -> Vec<String> {
        index
            .latest()
            .query(query)
            .expect("whole")
            .matches
            .into_iter()
            .map(|found| found.id)
            .collect()
    };
    let day = |day: &str| day.parse::<Date>().expect("a date");
    assert_eq!(ids(Query::from(RIVER), &index), ["a", "d", "c"]);
    assert_eq!(ids(Query::from(RIVER).since(day("2018-07-17")), &index), ["d", "c"]);
    assert_eq!(ids(Query::from(RIVER).until(day("2018-07-17")).top(1), &index), ["a"]);

    // The representative of the cluster expires; the others stay together.
    assert_eq!(index.expire(day("2018-07-17")).expect("whole"), 2);
    assert_eq!(ids(Query::from(RIVER), &index), ["d", "c"]);
    assert!(index.remove("d").expect("whole") && !index.remove("d").expect("whole"));
    assert!(index.upsert(&dated("c", "Times", "2018-07-17", LIBRARY)).expect("replaces"));
    assert_eq!((ids(Query::from(RIVER), &index).len(), index.len()), (0, 1));
}

#[test]
fn a_digest_of_two_articles_makes_neither_the_origin_of_the_other() {
    let directory = Directory::new("digest");
    let mut index = IndexOptions::default().keep_texts(true).create(&directory.0).expect("creates");
    let mut arrive = |article: Article<'_>| index.ingest(&article).expect("arrives");
    let digest = format!("{LIBRARY}\n\n{RIVER}");
    arrive(dated("digest", "Agency", "2018-07-15", &digest));
    // It is older, and arrives later.
    let answer = arrive(dated("library", "Post", "2018-07-14", LIBRARY));
    assert_eq!(answer.cluster.as_deref(), Some("digest"));
    let answer = arrive(dated("river", "Times", "2018-07-16", RIVER));
    assert_eq!(answer.cluster.as_deref(), Some("digest"));
    let provenance = answer.provenance.expect("has one");
    assert_eq!((provenance.first.as_str(), provenance.articles), ("digest", 1));
    assert_eq!(provenance.since, "2018-07-15".parse().ok());
}

#[test]
fn what_is_refused_is_named() {
    let directory = Directory::new("refused");
    let mut index = Index::create(&directory.0, &Config::default()).expect("makes one");
    let place = directory.0.display().to_string();
    let mut message = |id: &str, text: &str| {
        index.insert(&Article::new(text).id(id)).expect_err("refused").to_string()
    };
    assert_eq!(
        message("", RIVER),
        format!("bytes of an id is 0, must be from 1 to 4096, in {place}")
    );
    assert_eq!(
        message(&"x".repeat(10_000), RIVER),
        format!("bytes of an id is 10000, must be from 1 to 4096, in {place}")
    );
    let long = "word ".repeat(4_000_000);
    assert_eq!(
        message("a", &long),
        format!("bytes of a text is 20000000, must be from 0 to 16777216, in {place}")
    );
    index.insert(&Article::new(RIVER).id("a")).expect("new");
    let twice = index.insert(&Article::new(RIVER).id("a")).expect_err("is there");
    assert_eq!(
        twice.to_string(),
        format!("an article of id a is there already, in {place}: use upsert to replace it")
    );
    let other = Index::open(&directory.0).expect_err("locked").to_string();
    assert_eq!(other, format!("the index {place} is in use by another writer"));
    drop(index);
    let config = Config::builder().seed(7).build().expect("valid");
    let other = Snapshot::open_with(&directory.0, &config).expect_err("made otherwise").to_string();
    assert_eq!(other, format!("the index {place} was made with seed 0, not 7"));
    let nowhere = directory.0.join("nowhere");
    let none = Index::open(&nowhere).expect_err("is not there");
    assert_eq!(none.kind(), ErrorKind::NotFound);
    assert!(none.to_string().contains(&nowhere.display().to_string()), "{none}");
}

#[test]
fn floods_are_bounded() {
    let directory = Directory::new("floods");
    let mut index = Index::create(&directory.0, &Config::default()).expect("makes one");
    let frame = Random(3).words(120).join(" ");
    for i in 0..9000 {
        // Similar pages, exact duplicates, and empty pages.
        let text = [format!("{frame} {i} {}", i * 7), frame.clone(), String::new()][i % 3].clone();
        index.insert(&Article::new(&text).id(&i.to_string())).expect("new");
    }
    index.commit().expect("commits");
    let answer = index.latest().query(&frame).expect("whole");
    assert_eq!(answer.matches.len(), 1024);
    assert!(answer.matches.iter().all(|found| found.estimate.jaccard > 0.8));
    assert!(index.latest().query("").expect("whole").matches.is_empty());
}

#[test]
fn a_cluster_keeps_its_name_when_what_it_began_with_is_gone() {
    let directory = Directory::new("name-kept");
    let mut index = IndexOptions::default().keep_texts(true).create(&directory.0).expect("creates");
    let arrive = |index: &mut Index, id: &str, date: &str, text: &str| {
        let article = Article::new(text).id(id).date(date.parse().ok());
        index.ingest(&article).expect("arrives")
    };
    let extended = format!("{RIVER} {}", LIBRARY.split_at(60).0);
    assert_eq!(arrive(&mut index, "a", "2018-07-16", RIVER).cluster.as_deref(), Some("a"));
    assert_eq!(arrive(&mut index, "b", "2018-07-18", RIVER).cluster.as_deref(), Some("a"));
    assert_eq!(arrive(&mut index, "c", "2018-07-19", &extended).cluster.as_deref(), Some("a"));
    index.commit().expect("commits");
    assert_eq!(index.expire("2018-07-17".parse().expect("a date")), Ok(1));
    for id in ["d", "e"] {
        let answer = arrive(&mut index, id, "2018-07-20", RIVER);
        assert_eq!(answer.cluster.as_deref(), Some("a"));
        assert_eq!(answer.provenance.expect("is there").first, "b");
        index.merge().expect("merges");
    }
    // An article of an earlier date that arrives late was first.
    let provenance = arrive(&mut index, "f", "2018-07-01", RIVER).provenance.expect("is there");
    assert_eq!((provenance.first.as_str(), provenance.since), ("f", "2018-07-01".parse().ok()));
    // An article that has nothing in common with the cluster begins another, even under its id.
    assert_eq!(arrive(&mut index, "a", "2018-07-21", LIBRARY).cluster.as_deref(), Some("a~2"));
    assert_eq!(arrive(&mut index, "g", "2018-07-21", LIBRARY).cluster.as_deref(), Some("a~2"));
    assert_eq!(arrive(&mut index, "h", "2018-07-21", RIVER).cluster.as_deref(), Some("a"));
    // Ingesting the same article again changes nothing.
    assert_eq!(arrive(&mut index, "a", "2018-07-21", LIBRARY).cluster.as_deref(), Some("a~2"));
    assert_eq!(index.latest().query(LIBRARY).expect("reads").cluster.as_deref(), Some("a~2"));
}

#[test]
fn an_id_with_another_text_leaves_its_cluster() {
    let directory = Directory::new("name-left");
    let mut index = IndexOptions::default().keep_texts(true).create(&directory.0).expect("creates");
    let arrive = |index: &mut Index, id: &str, text: &str| {
        let article = Article::new(text).id(id);
        index.ingest(&article).expect("arrives").cluster.expect("is in one")
    };
    // No article has joined the cluster: the name is free.
    assert_eq!(arrive(&mut index, "/today", LIBRARY), "/today");
    assert_eq!(arrive(&mut index, "/today", RIVER), "/today");
    assert_eq!(arrive(&mut index, "copy", RIVER), "/today");
    // However the article is replaced.
    assert!(index.upsert(&Article::new(LIBRARY).id("/today")).expect("replaces"));
    assert_eq!(arrive(&mut index, "second copy", LIBRARY), "/today~2");
    assert_eq!(arrive(&mut index, "third copy", RIVER), "/today");
}

#[test]
fn articles_are_read_back() {
    let directory = Directory::new("read-back");
    let options = IndexOptions::default().keep_texts(true);
    let mut index = options.create(&directory.0).expect("creates");
    let dated = |id, date: &str, text| {
        let article = Article::new(text).id(id).source("Post");
        (id, date.to_owned(), article.date(date.parse().ok()))
    };
    let articles = [
        dated("a", "2018-07-16", RIVER),
        dated("b", "2018-07-17T09:00:00Z", LIBRARY),
        dated("c", "", "Überall — und “nirgends”, 東京\r\n"),
        dated("d", "2018-07-18", RIVER),
        dated("e", "1969-12-31", ""),
    ];
    for (i, (.., article)) in articles.iter().enumerate() {
        index.ingest(article).expect("arrives");
        if i == 2 {
            index.merge().expect("merges");
        }
    }
    assert!(index.remove("b").expect("reads"));
    index.commit().expect("commits");
    let snapshot = Snapshot::open(&directory.0).expect("opens");
    let all: Vec<_> = snapshot.articles().map(|stored| stored.expect("reads")).collect();
    assert_eq!(
        all.iter().map(|stored| stored.id.as_str()).collect::<Vec<_>>(),
        ["a", "c", "d", "e"]
    );
    for (id, date, article) in &articles {
        let stored = snapshot.get(id).expect("reads");
        assert_eq!(index.latest().get(id).expect("reads"), stored);
        let Some(stored) = stored else {
            assert_eq!(*id, "b");
            continue;
        };
        assert_eq!(stored.text.as_deref(), Some(article.text));
        assert_eq!(stored.source.as_deref(), Some("Post"));
        assert_eq!(stored.date.map(|date| date.to_string()).unwrap_or_default(), *date);
        assert_eq!(stored.cluster.as_deref(), (*id == "d").then_some("a"));
        assert!(all.contains(&stored));
    }
    // The stored articles can fill another index.
    let other = Directory::new("read-back-story");
    let mut again = IndexOptions::new(&config(Preset::Story)).create(&other.0).expect("creates");
    all.iter().for_each(|stored| {
        again.insert(&newsprint::AsArticle::as_article(stored)).expect("inserts");
    });
    assert_eq!(again.len(), 4);
    assert_eq!(again.latest().get("c").expect("reads").expect("is there").text, None);
    // An index that keeps no texts is not opened as one that does.
    let error = options.open_or_create(&other.0).expect_err("is refused").to_string();
    assert!(error.contains("in use by another writer"), "{error}");
    again.close().expect("closes");
    let options = IndexOptions::new(&config(Preset::Story)).keep_texts(true);
    let error = options.open_or_create(&other.0).expect_err("is refused").to_string();
    assert_eq!(
        error,
        format!("the index {} was made with keeping of texts false, not true", other.0.display())
    );
}

#[test]
fn an_index_is_copied_while_it_is_written_to() {
    let directory = Directory::new("backup");
    let mut index = IndexOptions::default().keep_texts(true).create(&directory.0).expect("creates");
    let text = |i: usize| format!("{RIVER} {i} {}", LIBRARY.split_at(i % 60).0);
    let writing = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for i in 0..400 {
                let (id, text) = (i.to_string(), text(i));
                index.insert(&Article::new(&text).id(&id)).expect("inserts");
                index.commit().expect("commits");
                if i % 50 == 49 {
                    index.merge().expect("merges");
                }
            }
        });
        let mut copies = 0;
        let mut before = 0;
        while !writer.is_finished() || copies == 0 {
            let copy = Directory::new(&format!("backup-{copies}"));
            let least = Snapshot::open(&directory.0).expect("opens").len();
            Index::backup(&directory.0, &copy.0).expect("copies");
            assert_eq!(Index::verify(&copy.0).expect("verifies"), []);
            let snapshot = Snapshot::open(&copy.0).expect("opens");
            assert!(snapshot.len() >= least.max(before), "{} {least} {before}", snapshot.len());
            before = snapshot.len();
            for (i, stored) in snapshot.articles().enumerate() {
                assert_eq!(stored.expect("reads").text, Some(text(i)));
            }
            let error = Index::backup(&directory.0, &copy.0).expect_err("is refused").to_string();
            assert_eq!(
                error,
                format!(
                    "an index is there already, in {}: copy to an empty directory",
                    copy.0.display()
                )
            );
            copies += 1;
        }
        copies
    });
    assert!(writing > 0);
}

#[test]
fn a_copy_goes_into_no_directory_of_others() {
    let [directory, other] = ["backup-of", "backup-other"].map(Directory::new);
    IndexOptions::new(&Config::default()).open_or_create(&directory.0).expect("creates");
    std::fs::create_dir_all(&other.0).expect("makes the directory");
    std::fs::write(other.0.join("notes.txt"), "mine").expect("writes");
    let error = Index::backup(&directory.0, &other.0).expect_err("is refused");
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let place = other.0.display();
    let message =
        format!("a file notes.txt is there already, in {place}: copy to an empty directory");
    assert_eq!(error.to_string(), message);
    assert_eq!(std::fs::read_dir(&other.0).expect("lists").count(), 1);
}

#[test]
fn work_on_an_index_reports_progress_and_can_be_ended() {
    let directory = Directory::new("progress");
    let other = Directory::new("progress-other");
    let mut index = IndexOptions::default().keep_texts(true).create(&directory.0).expect("creates");
    let mut random = Random(3);
    for i in 0..9000 {
        let text = random.words(12).join(" ");
        index.insert(&Article::new(&text).id(&i.to_string())).expect("inserts");
    }
    index.commit().expect("commits");
    let end = |_: Progress| ControlFlow::Break(());
    let cancelled = |error: newsprint::Error, what: &str| {
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        let place = directory.0.display();
        assert_eq!(error.to_string(), format!("the {what} was cancelled, in {place}"));
    };
    let seen = Mutex::new(Vec::new());
    let note = |progress: Progress| {
        seen.lock().expect("unpoisoned").push(progress);
        ControlFlow::Continue(())
    };
    let reached = |stage: Stage| {
        let seen = std::mem::take(&mut *seen.lock().expect("unpoisoned"));
        assert!(seen.iter().all(|it| it.stage == stage && it.done <= it.total), "{seen:?}");
        assert_eq!(seen.last().map(|last| last.done), seen.last().map(|last| last.total));
        seen.len()
    };

    cancelled(index.merge_with(end).expect_err("ended"), "merge");
    assert_eq!(index.snapshot().len(), 9000);
    index.merge_with(note).expect("merges");
    assert!(reached(Stage::Merge) > 0);
    assert_eq!((index.snapshot().len(), index.snapshot().stats().segments), (9000, 1));
    index.close().expect("closes");

    cancelled(Index::verify_with(&directory.0, end).expect_err("ended"), "check");
    assert_eq!(Index::verify_with(&directory.0, note), Ok(Vec::new()));
    assert_eq!(reached(Stage::Check), 2);
    cancelled(Index::repair_with(&directory.0, end).expect_err("ended"), "check");
    assert_eq!(Index::repair_with(&directory.0, note).expect("repairs").damage, []);
    assert_eq!(reached(Stage::Check), 2);

    let story = IndexOptions::new(&config(Preset::Strict));
    let ended = Index::reindex_with(&directory.0, &other.0, &story, end);
    cancelled(ended.expect_err("ended"), "reindexing");
    std::fs::remove_dir_all(&other.0).expect("removes");
    assert_eq!(Index::reindex_with(&directory.0, &other.0, &story, note), Ok(9000));
    assert!(reached(Stage::Sign) == 90);
    assert_eq!(Snapshot::open(&other.0).expect("opens").len(), 9000);
    // The new one keeps no texts, so it cannot be made another.
    let third = Directory::new("progress-third");
    let error = Index::reindex(&other.0, &third.0, &story).expect_err("has no texts");
    assert_eq!(error.kind(), ErrorKind::OtherSettings);
    assert!(!third.0.exists());
}

#[test]
fn matches_come_with_their_passages_if_there_are_texts() {
    let copy = format!("FLOOD\n{RIVER} Nobody was hurt.");
    for keeps_texts in [true, false] {
        let directory = Directory::new("passages");
        let options = IndexOptions::default().keep_texts(keeps_texts);
        let mut index = options.create(&directory.0).expect("creates");
        for (id, text) in [("a", RIVER), ("b", LIBRARY), ("c", copy.as_str())] {
            index.insert(&Article::new(text).id(id)).expect("inserts");
        }
        let snapshot = index.latest();
        let text_of = |id: &str, text: &mut String| {
            text.push_str(if id == "a" { RIVER } else { &copy });
            true
        };
        let asked = Query::from(&copy).passages(true);
        let kept = snapshot.query(asked).expect("answers");
        assert_eq!(kept.matches.len(), 2, "{kept:?}");
        assert!(kept.matches.iter().all(|found| found.passages.is_some() == keeps_texts));
        let unasked = snapshot.query_with(&copy, text_of).expect("answers");
        assert!(unasked.matches.iter().all(|found| found.passages.is_none()));
        let given = snapshot.query_with(asked, text_of).expect("answers");
        for found in
            given.matches.iter().chain(keeps_texts.then_some(&kept.matches).into_iter().flatten())
        {
            let text = if found.id == "a" { RIVER } else { &copy };
            let compared = Detector::default().compare(&copy, text).shared;
            assert!(!compared.passages.is_empty());
            assert_eq!(found.passages.as_ref(), Some(&compared), "{}", found.id);
        }
    }
}
