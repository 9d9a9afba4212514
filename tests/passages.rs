//! Passages against brute force: every run of words that two articles share is found, nothing is
//! invented, and what was edited is found as often as the documentation says.

mod support;

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicUsize, Ordering};

use newsprint::parts::{Folding, Words};
use newsprint::results::{Passages, Place};
use newsprint::{
    Article, Collection, Config, Date, Detector, ErrorKind, Preset, Progress, ReuseKind,
    SharedPassage, SharedPassages, Stage,
};
use proptest::prelude::*;

fn detector(words: usize) -> Detector {
    Detector::new(Config::builder().passage_words(words).build().expect("valid"))
}

/// A reproducible stream of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }

    /// A word of a large vocabulary.
    fn word(&mut self) -> String {
        format!("w{:x}", self.below(1 << 20))
    }

    fn words(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.word()).collect()
    }
}

/// The words of a text that lie in a passage of both articles, by their places.
fn covered(
    words: &Words,
    found: &SharedPassages,
    [article, other]: [usize; 2],
    run: Range<usize>,
) -> usize {
    let spans: Vec<Range<usize>> = found
        .of(article)
        .filter(|(passage, _)| passage.places.iter().any(|place| place.article == other))
        .map(|(_, place)| place.span.clone())
        .collect();
    let is_in = |&i: &usize| {
        let word = words.span(i);
        spans.iter().any(|span| span.start <= word.start && word.end <= span.end)
    };
    run.filter(is_in).count()
}

/// Checks every run of `length` words that two articles share against what is found, and every
/// place against the others of its passage.
fn check(texts: &[String], length: usize) {
    let found = detector(length).passages(texts);
    let words: Vec<Words> = texts.iter().map(|text| Words::of(text, Folding::default())).collect();
    let mut runs: HashMap<&[u64], Vec<(usize, usize)>> = HashMap::new();
    for (article, words) in words.iter().enumerate() {
        for (at, run) in words.hashes().windows(length).enumerate() {
            runs.entry(run).or_default().push((article, at));
        }
    }
    for places in runs.values() {
        for &(left, _) in places {
            for &(right, _) in places.iter().filter(|place| place.0 != left) {
                // The run may stand several times in both: one of its places must be found.
                let most = places
                    .iter()
                    .filter(|place| place.0 == left)
                    .map(|&(_, at)| covered(&words[left], &found, [left, right], at..at + length));
                assert!(most.max() > Some(0), "{left} and {right} of {texts:#?}");
            }
        }
    }
    for passage in &found.passages {
        assert!(passage.articles() > 1);
        let parts: Vec<Words> = passage
            .places
            .iter()
            .map(|place| Words::of(&texts[place.article][place.span.clone()], Folding::default()))
            .collect();
        for (place, part) in passage.places.iter().zip(&parts) {
            assert_eq!(part.len(), place.words);
            assert!(place.words >= length, "{} words", place.words);
            let shared = |other: &Words| -> usize {
                Passages::of(part, other).passages.iter().map(|passage| passage.words).sum()
            };
            // An article may repeat a part of its own place.
            let mut others = passage.places.iter().zip(&parts).filter(|(other, _)| *other != place);
            // Edited parts of so short a passage may not be aligned again on their own.
            assert!(others.any(|(_, other)| 5 * shared(other) >= 3 * length), "{texts:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Articles put together of paragraphs, some of which begin or end alike, and of which some
    /// stand twice in an article.
    #[test]
    fn every_common_run_is_found_and_nothing_invented(
        seed in any::<u64>(),
        articles in proptest::collection::vec(
            proptest::collection::vec((0usize..9, 0usize..30, 0usize..30), 1..5),
            2..8,
        ),
    ) {
        let texts = support::of_paragraphs(&articles, seed);
        check(&texts, 10);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever the characters, places are stretches of the texts, and begin and end at words.
    #[test]
    fn any_text_gives_places_in_it(
        pieces in proptest::collection::vec("\\PC{0,40}|[a-c ﬃß習近平ก\u{301}\u{640}]{0,80}", 1..6),
        texts in proptest::collection::vec(proptest::collection::vec(0usize..6, 0..12), 0..6),
    ) {
        let text = |parts: &Vec<usize>| -> String {
            parts.iter().map(|&part| pieces[part % pieces.len()].as_str()).collect()
        };
        let texts: Vec<String> = texts.iter().map(text).collect();
        for preset in [Preset::Wire, Preset::Ocr] {
            let config = Config::builder().preset(preset).passage_words(10).build();
            let found = Detector::new(config.expect("valid")).passages(&texts);
            for passage in &found.passages {
                prop_assert!(passage.articles() > 1);
                for Place { article, span, .. } in &passage.places {
                    prop_assert!(!texts[*article][span.clone()].is_empty());
                }
            }
            for article in 0..texts.len() {
                prop_assert!((-1e-9..=1.0).contains(&found.own_share(article)));
            }
        }
    }
}

/// Articles of random words; the articles of an even number lend a stretch to the next one.
fn planted(
    articles: usize,
    length: usize,
    mut edit: impl FnMut(&mut Random, &mut Vec<String>),
) -> Vec<String> {
    let mut random = Random(7);
    let mut texts: Vec<Vec<String>> = Vec::new();
    for i in 0..articles {
        let count = 150 + random.below(300);
        let mut words = random.words(count);
        if i % 2 == 1 {
            let lender = &texts[i - 1];
            let from = random.below(lender.len() - length);
            let mut part = lender[from..from + length].to_vec();
            edit(&mut random, &mut part);
            let at = random.below(words.len());
            words.splice(at..at, part);
        }
        texts.push(words);
    }
    texts.into_iter().map(|words| words.join(" ")).collect()
}

/// How many of the lent stretches are found.
fn found_of(texts: &[String], detector: &Detector) -> usize {
    let found = detector.passages(texts);
    let is_found = |borrower: &usize| {
        let of_lender = |(passage, _): (&SharedPassage, _)| {
            passage.places.iter().any(|place| place.article + 1 == *borrower)
        };
        found.of(*borrower).any(of_lender)
    };
    (1..texts.len()).step_by(2).filter(is_found).count()
}

#[test]
fn edited_passages_are_found_as_often_as_documented() {
    // One word in ten is replaced, at random places.
    let texts = planted(1000, 60, |random, part| {
        for word in part {
            if random.below(10) == 0 {
                *word = random.word();
            }
        }
    });
    let found = found_of(&texts, &Detector::default());
    assert!(found >= 475, "{found} of 500");
    // One letter in thirty-three is another.
    let texts = planted(400, 60, |random, part| {
        for word in part {
            let wrong = |c: char| if random.below(33) == 0 { 'x' } else { c };
            *word = word.chars().map(wrong).collect();
        }
    });
    let scans = Config::builder().preset(Preset::Ocr).build().expect("valid");
    let found = found_of(&texts, &Detector::new(scans));
    assert!(found >= 190, "{found} of 200");
}

#[test]
fn an_edited_copy_is_found_beside_verbatim_ones() {
    // Two articles of three share a stretch word for word, the third has it with one word in ten
    // replaced.
    let mut random = Random(5);
    let mut texts = Vec::new();
    for _ in 0..300 {
        let stretch = random.words(60);
        for i in 0..3 {
            let mut words = random.words(200);
            let edited = stretch.iter().map(|word| match i == 2 && random.below(10) == 0 {
                true => random.word(),
                false => word.clone(),
            });
            let edited: Vec<String> = edited.collect();
            let at = random.below(words.len());
            words.splice(at..at, edited);
            texts.push(words.join(" "));
        }
    }
    let found = Detector::default().passages(&texts);
    let is_of_all = |third: &usize| {
        found.of(*third).any(|(passage, _)| {
            [third - 2, third - 1]
                .iter()
                .all(|other| passage.places.iter().any(|place| place.article == *other))
        })
    };
    let of_all = (2..texts.len()).step_by(3).filter(is_of_all).count();
    assert!(of_all >= 285, "{of_all} of 300");
}

/// Words of a name and a number: `x0 x1 …`.
fn named(name: &str, range: Range<usize>) -> Vec<String> {
    range.map(|i| format!("{name}{i}")).collect()
}

fn text(parts: &[&[String]]) -> String {
    parts.concat().join(" ")
}

#[test]
fn phrases_near_a_passage_do_not_divide_it() {
    let shared = [named("a", 0..100), named("b", 0..12), named("c", 0..12)];
    let article = |own: &str| {
        let own = |range| named(own, range);
        text(&[&shared[0], &own(0..15), &shared[1], &own(15..25), &shared[2], &own(25..60)])
    };
    let found = detector(25).passages(&[article("x"), article("y")]);
    let [passage] = &found.passages[..] else { panic!("{:?}", found.passages) };
    let words: Vec<usize> = passage.places.iter().map(|place| place.words).collect();
    assert_eq!(words, [100, 100]);
}

#[test]
fn a_run_of_the_least_length_is_found_and_a_shorter_one_is_not() {
    let all = found_of(&planted(400, 25, |_, _| ()), &detector(25));
    assert_eq!(all, 200);
    let none = found_of(&planted(400, 24, |_, _| ()), &detector(25));
    assert_eq!(none, 0);
}

#[test]
fn a_footer_under_many_articles_is_one_passage() {
    let mut random = Random(3);
    let footer = random.words(100).join(" ");
    let texts: Vec<String> =
        (0..5000).map(|_| format!("{}\n{footer}", random.words(200).join(" "))).collect();
    let found = Detector::default().passages(&texts);
    assert_eq!(found.passages.len(), 1);
    let passage = &found.passages[0];
    assert_eq!((passage.articles(), passage.kind), (5000, ReuseKind::Boilerplate));
    assert!(passage.places.iter().all(|place| texts[place.article][place.span.clone()] == footer));
}

#[test]
fn neighbouring_paragraphs_of_different_papers_are_two_passages() {
    let mut random = Random(5);
    let [first, second] = [60, 60].map(|count| random.words(count).join(" "));
    let mut own = || random.words(80).join(" ");
    let texts = [
        format!("{} {first} {second} {}", own(), own()),
        format!("{first} {}", own()),
        format!("{} {first}", own()),
        format!("{} {second} {}", own(), own()),
        format!("{second} {}", own()),
    ];
    let dated = texts.iter().enumerate().map(|(day, text)| {
        let date: Date = format!("2018-07-1{day}").parse().expect("a date");
        Article::new(text).date(date)
    });
    let dated: Vec<Article<'_>> = dated.collect();
    let found = Detector::default().passages(&dated);
    let mut places: Vec<Vec<usize>> = found
        .passages
        .iter()
        .map(|passage| passage.places.iter().map(|place| place.article).collect())
        .collect();
    places.sort();
    assert_eq!(places, [[0, 1, 2], [0, 3, 4]]);
    assert_eq!(found.own_share(0), 1.0);
    let origins = found.origins(1, 0);
    assert!((0.35..0.5).contains(&origins.left.other), "{origins:?}");
    assert_eq!((origins.left.third, origins.right.own), (0.0, 1.0));
}

#[test]
fn what_is_quoted_is_a_quotation() {
    let said = "we closed the bridge at dawn because the river had risen by two metres in a \
        single night and nobody could tell us whether the old pillars would hold until noon";
    let texts = [
        format!("The mayor spoke to reporters in the town hall on Monday. “{said},” he said."),
        format!("Asked about the traffic, the mayor of the town answered: “{said}.” Trains run."),
    ];
    let found = Detector::default().passages(&texts);
    assert_eq!(found.passages.len(), 1);
    assert_eq!(found.passages[0].kind, ReuseKind::Quotation);
}

#[test]
fn identical_articles_share_all_their_text() {
    let text = Random(11).words(70).join(" ");
    let other = Random(12).words(70).join(" ");
    let found = Detector::default().passages(&[&text, &other, &text, &text]);
    assert_eq!(found.passages.len(), 1);
    let passage = &found.passages[0];
    let places: Vec<usize> = passage.places.iter().map(|place| place.article).collect();
    assert_eq!((places, passage.first().words), (vec![0, 2, 3], 70));
    assert_eq!(found.own_share(1), 1.0);
}

#[test]
fn hostile_texts_cost_no_more_than_their_length() {
    let one_word = "again ".repeat(20_000);
    let by_turns = "one two ".repeat(10_000);
    let texts = [one_word.clone(), by_turns.clone(), one_word + "end", by_turns + "end"];
    let found = Detector::default().passages(&texts);
    assert!(found.passages.iter().any(|passage| passage.articles() == 2));
    let empty: [&str; 3] = ["", "— … !", "a few words only"];
    assert!(Detector::default().passages(&empty).passages.is_empty());
    assert!(Detector::default().passages(&[] as &[&str]).passages.is_empty());
}

#[test]
fn a_search_can_be_ended() {
    let texts = planted(3000, 60, |_, _| ());
    for stage in [Stage::Sign, Stage::Verify] {
        let stop = |progress: Progress| match progress.stage == stage {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        let error = Detector::default().try_passages(&texts, stop).expect_err("ended");
        assert_eq!(error.kind(), ErrorKind::Cancelled);
    }
    let all = Detector::default().try_passages(&texts, Progress::ignore).expect("not ended");
    assert_eq!(all, Detector::default().passages(&texts));
}

#[test]
fn a_text_that_changes_does_no_other_harm() {
    struct Changing(Vec<String>, AtomicUsize, usize);
    impl Collection for Changing {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn article(&self, _: usize) -> Article<'_> {
            Article::default()
        }
        fn text<'t>(&'t self, i: usize, _: &'t mut String) -> std::io::Result<&'t str> {
            let changes = self.1.fetch_add(1, Ordering::Relaxed) >= self.2 && i % 3 == 1;
            Ok(if changes { &self.0[i][..self.0[i].len() / 3] } else { &self.0[i] })
        }
    }
    let texts = planted(90, 60, |_, _| ());
    for reads in (0..90 * 7).step_by(30) {
        let changing = Changing(texts.clone(), AtomicUsize::new(0), reads);
        let found = Detector::default().try_passages(&changing, Progress::ignore);
        assert!(found.is_ok());
    }
}
