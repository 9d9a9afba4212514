//! Collections as users have them: dates, ids, identical texts, empty ones, template pages.

mod support;

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use newsprint::{Article, Config, Detector, ErrorKind, Preset, Relation, Stage};
use support::Random;

fn article<'a>(id: &'a str, date: &str, text: &'a str) -> Article<'a> {
    Article::new(text).id(id).date(date.parse().ok())
}

const STORY: &str = "The river rose by two metres in a single night \
    and the old bridge was closed at dawn, the mayor said";

#[test]
fn the_representative_is_the_earliest_then_the_longest_then_the_smallest_id() {
    let longer = format!("{STORY} on Monday");
    let shouted = STORY.to_uppercase();
    let cases = [
        (vec![article("a", "2020-01-02", STORY), article("b", "2020-01-01", STORY)], 1),
        (vec![article("a", "", STORY), article("b", "2020-01-01", STORY)], 1),
        (vec![article("a", "2020-01-01", STORY), article("b", "2020-01-01", &longer)], 1),
        (vec![article("b", "", STORY), article("a", "", &shouted)], 1),
        (vec![Article::new(STORY), Article::new(&shouted)], 0),
    ];
    for (articles, representative) in cases {
        let clusters = Detector::default().cluster(&articles).clusters;
        assert_eq!(clusters.len(), 1);
        assert_eq!(clusters[0].representative, representative, "{articles:?}");
        assert_eq!(clusters[0].members, [1 - representative]);
    }
}

#[test]
fn identical_texts_are_paired_with_each_other_and_with_what_is_similar() {
    let shouted = STORY.to_uppercase();
    let edited = STORY.replace("mayor", "governor");
    let texts =
        [STORY, "Something else entirely happened in town", &edited, &shouted, "", "…", &shouted];
    let detector = Detector::default();
    let found = detector.cluster(&texts);
    let pairs = detector
        .compare_pairs(&texts, &found.pairs, |pair, found| (pair.left, pair.right, found.relation));
    use Relation::{Copy, Identical};
    assert_eq!(
        pairs,
        [
            (0, 2, Copy),
            (0, 3, Identical),
            (0, 6, Identical),
            (2, 3, Copy),
            (2, 6, Copy),
            (3, 6, Identical)
        ]
    );
    assert_eq!(found.clusters.len(), 1);
    assert_eq!(found.clusters[0].len(), 4);
    assert!(found.clusters[0].weakest.overlap.jaccard() < 1.0);
    assert_eq!((found.stats.articles, found.stats.empty, found.stats.distinct), (7, 2, 4));
    for (pair, (_, _, relation)) in found.pairs.iter().zip(pairs) {
        assert_eq!(pair.jaccard() == 1.0, relation == Identical);
    }
}

#[test]
fn nothing_in_nothing_out() {
    let none: [&str; 0] = [];
    let found = Detector::default().cluster(&none);
    assert!(found.pairs.is_empty() && found.clusters.is_empty());
    let empty = ["", " ", "—"];
    let found = Detector::default().cluster(&empty);
    assert!(found.pairs.is_empty() && found.clusters.is_empty());
    assert_eq!(found.stats.empty, 3);
}

#[test]
fn short_texts_match_only_themselves() {
    let texts = ["Goal!", "goal", "Goals", "No goal", "goal no", "No: goal"];
    for preset in [Preset::Wire, Preset::Strict] {
        let detector = Detector::new(Config::builder().preset(preset).build().expect("valid"));
        let pairs: Vec<_> =
            detector.find_pairs(&texts).pairs.iter().map(|p| (p.left, p.right)).collect();
        assert_eq!(pairs, [(0, 1), (3, 5)]);
    }
}

#[test]
fn progress_reaches_the_end_of_every_stage() {
    let seen = Mutex::new(Vec::new());
    let note = |progress| {
        seen.lock().expect("unpoisoned").push(progress);
        ControlFlow::Continue(())
    };
    let texts = support::collection(500, 8);
    let detector = Detector::default();
    assert_eq!(detector.try_find_pairs(&texts, note), Ok(detector.find_pairs(&texts)));
    let seen = seen.into_inner().expect("unpoisoned");
    for stage in [Stage::Sign, Stage::Join, Stage::Verify] {
        assert!(seen.iter().any(|p| p.stage == stage && p.done == p.total), "{stage:?}");
        assert!(seen.iter().all(|p| p.done <= p.total));
    }
}

#[test]
fn whoever_is_told_of_progress_can_end_the_work() {
    let texts = support::collection(2000, 8);
    let detector = Detector::new(Config::builder().preset(Preset::Story).build().expect("valid"));
    for stage in [Stage::Sign, Stage::Join, Stage::Verify] {
        let after = AtomicUsize::new(0);
        let end = |progress: newsprint::Progress| {
            if progress.stage > stage {
                after.fetch_add(1, Ordering::Relaxed);
            }
            match progress.stage == stage {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let error = detector.try_cluster(&texts, end).expect_err("was ended");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Cancelled, "the search was cancelled")
        );
        assert_eq!(after.into_inner(), 0, "no stage follows {stage}");
    }
}

/// Pages of a frame and little text of their own, and among them real copies of that text.
fn template_pages(
    count: usize,
    frame: usize,
    own: usize,
    seed: u64,
) -> (Vec<String>, Vec<(usize, usize)>) {
    let mut random = Random(seed);
    let template = random.words(frame);
    let (mut pages, mut planted) = (Vec::<Vec<String>>::new(), Vec::new());
    for i in 0..count {
        let mut page = template.clone();
        if i % 50 == 49 {
            let of = i - 1 - random.below(40);
            let copied = pages[of][frame..].to_vec();
            page.extend(random.edited(&copied, 20));
            planted.push((of, i));
        } else {
            page.extend(random.words(own));
        }
        pages.push(page);
    }
    (pages.into_iter().map(|page| page.join(" ")).collect(), planted)
}

#[test]
fn a_large_bucket_of_template_pages_hides_no_copy() {
    // Any two pages are similar by a little less than the threshold, by more, and by far more.
    for (frame, own) in [(120, 80), (150, 50), (190, 20)] {
        let (pages, planted) = template_pages(3000, frame, own, 9);
        let detector = Detector::new(Config::builder().threshold(0.6).build().expect("valid"));
        let found = detector.cluster(&pages);
        assert!(found.stats.in_large_buckets > 2000, "{}", found.stats.in_large_buckets);
        let pairs: std::collections::HashSet<_> =
            found.pairs.iter().map(|p| (p.left, p.right)).collect();
        let missed = planted.iter().filter(|pair| !pairs.contains(pair)).count();
        assert_eq!(missed, 0, "of {} with a frame of {frame} words", planted.len());
        // Bounded a page by the bucket limit, where all pairs would be 1,500.
        assert!(found.stats.verified < 20 * 3000, "{}", found.stats.verified);
        assert!(found.stats.candidates < 150 * 3000, "{}", found.stats.candidates);
    }
}

#[test]
fn all_of_many_identical_texts_are_pairs() {
    let texts = vec![STORY; 1000];
    let found = Detector::default().cluster(&texts);
    assert_eq!(found.pairs.len(), 1000 * 999 / 2);
    let ends = found.pairs.iter().map(|pair| (pair.left, pair.right));
    assert!(ends.eq((0..1000).flat_map(|left| (left + 1..1000).map(move |right| (left, right)))));
    assert!(found.pairs.iter().all(|pair| pair.jaccard() == 1.0));
    assert!(
        found.pairs.by_text().map(|pair| (pair.left, pair.right)).eq((1..1000).map(|i| (0, i)))
    );
    assert_eq!(found.clusters[0].len(), 1000);
}

#[test]
fn identical_copies_of_many_versions_are_kept_once() {
    let mut random = Random(11);
    let story = random.words(60);
    let (versions, copies) = (200u64, 200u64);
    let texts: Vec<String> =
        (0..versions).map(|i| random.edited(&story, 60).join(" ") + &format!(" {i}")).collect();
    let articles: Vec<&str> = (0..copies).flat_map(|_| &texts).map(String::as_str).collect();
    let detector = Detector::new(Config::builder().threshold(0.3).build().expect("valid"));
    let found = detector.cluster(&articles);
    let of_texts = found.stats.bands.pairs;
    assert!((found.stats.distinct, of_texts) == (200, 199 * 200 / 2), "{:?}", found.stats);
    // All 800 million pairs, of which the first are made, and the few pairs without repetitions.
    let all = versions * copies;
    assert_eq!(found.pairs.len(), all * (all - 1) / 2);
    let of_first = found.pairs.iter().take(all as usize).map(|pair| (pair.left, pair.right));
    assert!(of_first.eq((1..articles.len()).map(|right| (0, right)).chain([(1, 2)])));
    let by_text: Vec<_> = found.pairs.by_text().collect();
    assert_eq!(by_text.len() as u64, of_texts + versions * (copies - 1));
    assert!(found.pairs.copies().all(|articles| articles.len() == 200));
    assert_eq!(found.clusters[0].len(), articles.len());
}

#[test]
fn many_versions_of_one_story_are_one_cluster() {
    let mut random = Random(10);
    let story = random.words(200);
    let mut texts: Vec<String> = (0..800).map(|_| random.edited(&story, 100).join(" ")).collect();
    texts.insert(300, story.join(" "));
    let found =
        Detector::new(Config::builder().threshold(0.5).build().expect("valid")).cluster(&texts);
    let largest = found.clusters.iter().map(|c| c.len()).max();
    assert!(largest >= Some(790), "{largest:?}");
}
