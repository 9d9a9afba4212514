//! Laws that hold for any texts.

mod support;

use std::collections::HashSet;

use newsprint::parts::{Banding, Folding, Join, LshTable, Overlap, Shingler, Sketcher, Words};
use newsprint::{Comparison, Config, Detector, Relation, Shingle};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::collection::vec("[a-e]{1,2}", 0..40).prop_map(|words| words.join(" ")),
        1 => "\\PC{0,60}",
        1 => any::<String>(),
    ]
}

/// Two texts made of the same sentences, with names, numbers, quotations and typography, some
/// sentences edited or reworded.
fn related() -> impl Strategy<Value = (String, String)> {
    let word =
        "[a-h]{3,6}|[A-H][a-h]{3,6}|[0-9]{1,3}|the|“[a-h]{2,5}|[a-h]{2,5}”|é[à-ö]{1,3}|習近平";
    let sentence = prop_oneof![
        8 => proptest::collection::vec(word, 6..18)
            .prop_map(|words| format!("{}. ", words.join(" "))),
        1 => Just("\n\n".to_owned()),
        1 => "\\PC{0,12}",
    ];
    let order = || proptest::collection::vec((0..9usize, 0..6usize), 3..12);
    (proptest::collection::vec(sentence, 9), order(), order()).prop_map(|(sentences, a, b)| {
        let build = |order: Vec<(usize, usize)>| {
            let edited = |(i, edit): (usize, usize)| match edit {
                0 => sentences[i].replacen(' ', " Xyz ", 2),
                1 => sentences[i].chars().skip(4).collect(),
                2 | 3 => {
                    let reworded = |(at, word)| if at % 3 == edit - 2 { "otherwise" } else { word };
                    sentences[i].split(' ').enumerate().map(reworded).collect::<Vec<_>>().join(" ")
                }
                _ => sentences[i].clone(),
            };
            order.into_iter().map(edited).collect::<String>()
        };
        (build(a), build(b))
    })
}

fn shingle() -> impl Strategy<Value = Shingle> {
    prop_oneof![(1..6usize).prop_map(Shingle::Words), (1..9usize).prop_map(Shingle::Letters)]
}

proptest! {
    #[test]
    fn comparing_is_symmetric_and_exact(a in text(), b in text(), shingle in shingle()) {
        let detector = Detector::new(Config::builder().shingle(shingle).build().expect("valid"));
        let (ab, ba) = (detector.compare(&a, &b), detector.compare(&b, &a));
        prop_assert_eq!(ab.relation, ba.relation);
        prop_assert_eq!(ab.overlap, ba.overlap.swapped());
        let shingler = Shingler::new(shingle).expect("valid");
        let set = |text: &str| -> HashSet<u64> { shingler.shingles(text).into_iter().collect() };
        let (x, y) = (set(&a), set(&b));
        let shared = x.intersection(&y).count();
        prop_assert_eq!(ab.overlap, Overlap { shared, left: x.len(), right: y.len() });
    }

    #[test]
    fn the_other_way_round_everything_is_mirrored((a, b) in related(), shingle in shingle()) {
        let detector = Detector::new(Config::builder().shingle(shingle).build().expect("valid"));
        let (ab, ba) = (detector.compare(&a, &b), detector.compare(&b, &a));
        prop_assert_eq!((ab.relation, ab.confidence), (ba.relation, ba.confidence));
        prop_assert_eq!(ab.story, ba.story);
        prop_assert_eq!(ab.weighted, ba.weighted.swapped());
        prop_assert_eq!(ab.shared.coverage.left, ba.shared.coverage.right);
        prop_assert_eq!(ab.evidence.covered.left, ba.evidence.covered.right);
        let lexical = [ab.evidence.lexical_containment, ba.evidence.lexical_containment];
        prop_assert_eq!(lexical[0].left, lexical[1].right);
        let passages = ba.shared.passages.iter();
        let mut mirrored: Vec<_> = passages.map(|p| (p.right.clone(), p.left.clone())).collect();
        mirrored.sort_by_key(|(left, _)| left.start);
        let passages = ab.shared.passages.iter();
        let passages: Vec<_> = passages.map(|p| (p.left.clone(), p.right.clone())).collect();
        prop_assert_eq!(passages, mirrored);
    }

    #[test]
    fn passages_are_spans_of_the_same_words((a, b) in related(), letters in any::<bool>()) {
        let shingle = if letters { Shingle::Letters(5) } else { Shingle::Words(3) };
        let detector = Detector::new(Config::builder().shingle(shingle).build().expect("valid"));
        let comparison = detector.compare(&a, &b);
        let letters_of =
            |text: &str| text.to_ascii_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
        let words = |text: &str| Words::of(text, Folding::default()).hashes().to_vec();
        let passages = &comparison.shared.passages;
        for passage in passages {
            prop_assert!(!passage.runs.is_empty());
            prop_assert!(a.get(passage.left.clone()).is_some());
            prop_assert!(b.get(passage.right.clone()).is_some());
            prop_assert!(passage.left.start <= passage.runs[0].0.start);
            prop_assert!(passage.right.start <= passage.runs[0].1.start);
            for (left, right) in &passage.runs {
                let (left, right) = (&a[left.clone()], &b[right.clone()]);
                // Beyond ASCII the span of a letter holds the marks upon it, too.
                let same = match letters {
                    true if !(left.is_ascii() && right.is_ascii()) => true,
                    true => letters_of(left) == letters_of(right),
                    false => words(left) == words(right),
                };
                prop_assert!(same, "{:?} and {:?}", left, right);
            }
        }
        prop_assert!(passages.windows(2).all(|p| p[0].left.end <= p[1].left.start));
        let mut on_the_right: Vec<_> = passages.iter().map(|p| p.right.clone()).collect();
        on_the_right.sort_by_key(|right| right.start);
        prop_assert!(on_the_right.windows(2).all(|p| p[0].end <= p[1].start));
        for figure in [
            comparison.confidence,
            comparison.story.score,
            comparison.weighted.jaccard(),
            comparison.shared.coverage.left,
            comparison.shared.coverage.right,
            comparison.evidence.covered.left,
            comparison.evidence.verbatim.right,
            comparison.evidence.lexical_containment.left,
            comparison.evidence.common_subsequence.right,
        ] {
            prop_assert!((0.0..=1.0).contains(&figure), "{:?}", comparison);
        }
    }

    #[test]
    fn a_text_and_itself_are_one_passage((a, _) in related()) {
        let shared = Detector::default().compare(&a, &a).shared;
        let long = Words::of(&a, Folding::default()).len() >= 6;
        prop_assert_eq!(shared.passages.len(), usize::from(long));
        prop_assert_eq!(shared.coverage.left, if long { 1.0 } else { 0.0 });
    }

    #[test]
    fn a_text_is_identical_to_itself_in_any_typography(a in text(), shingle in shingle()) {
        let detector = Detector::new(Config::builder().shingle(shingle).build().expect("valid"));
        let other = format!("\u{FEFF}“{}” …", a.replace(' ', " \u{2009}—  "));
        let comparison = detector.compare(&a, &other);
        let empty = Shingler::new(shingle).expect("valid").shingles(&a).is_empty();
        let relation = if empty { Relation::Different } else { Relation::Identical };
        prop_assert_eq!(comparison.relation, relation);
        prop_assert_eq!(comparison.jaccard(), if empty { 0.0 } else { 1.0 });
        let sketcher = Sketcher::default();
        let sketch = sketcher.sketch(&a);
        let estimate = sketch.estimate(&sketcher.sketch(&other)).expect("one sketcher");
        prop_assert_eq!(estimate.jaccard, if sketch.signature().is_empty() { 0.0 } else { 1.0 });
    }

    #[test]
    fn a_batch_is_its_texts_one_by_one(texts in proptest::collection::vec(text(), 0..20)) {
        let sketcher = Sketcher::default();
        let matrix = sketcher.sketch_all(&texts);
        prop_assert_eq!(matrix.len(), texts.len());
        for (i, text) in texts.iter().enumerate() {
            let sketch = sketcher.sketch(text);
            prop_assert_eq!(matrix.row(i), sketch.signature().slots());
            prop_assert_eq!(matrix.count(i), sketch.signature().count());
        }
    }

    #[test]
    fn articles_pair_as_their_texts_do(
        pool in proptest::collection::vec(text(), 1..8),
        drawn in proptest::collection::vec(0..8usize, 0..30),
    ) {
        let articles: Vec<&str> = drawn.iter().map(|i| pool[i % pool.len()].as_str()).collect();
        let mut texts = articles.clone();
        texts.sort_unstable();
        texts.dedup();
        texts.sort_by_key(|text| articles.iter().position(|article| article == text));
        let with = |text: &str| -> Vec<usize> {
            (0..articles.len()).filter(|&i| articles[i] == text).collect()
        };
        let detector = Detector::default();
        let mut expected = Vec::new();
        for pair in &detector.find_pairs(&texts).pairs {
            for a in with(texts[pair.left]) {
                for b in with(texts[pair.right]) {
                    let overlap = if a < b { pair.overlap } else { pair.overlap.swapped() };
                    let score = pair.score.to_bits();
                    expected.push((a.min(b), a.max(b), overlap, pair.relation, score));
                }
            }
        }
        let has_words = |text: &&&str| !Words::of(text, Folding::default()).hashes().is_empty();
        for text in texts.iter().filter(has_words) {
            let overlap = detector.compare(*text, *text).overlap;
            let (same, relation, score) = (with(text), Some(Relation::Identical), 1f64.to_bits());
            for (i, &a) in same.iter().enumerate() {
                expected.extend(same[i + 1..].iter().map(|&b| (a, b, overlap, relation, score)));
            }
        }
        expected.sort_by_key(|pair| (pair.0, pair.1));
        let found = detector.find_pairs(&articles).pairs;
        prop_assert_eq!(found.len(), expected.len() as u64);
        let made = |pair: newsprint::Pair| {
            (pair.left, pair.right, pair.overlap, pair.relation, pair.score.to_bits())
        };
        prop_assert_eq!(found.iter().map(made).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn collections_of_anything_are_handled(
        texts in proptest::collection::vec(text(), 0..30),
        limit in 2..6usize,
    ) {
        let detector = Detector::new(Config::builder().bucket_limit(limit).build().expect("valid"));
        let found = detector.cluster(&texts);
        for pair in &found.pairs {
            let comparison = detector.compare(&texts[pair.left], &texts[pair.right]);
            prop_assert_eq!(comparison.overlap, pair.overlap);
            prop_assert!(pair.left < pair.right && are_one_text(&detector, &comparison));
        }
        let ends: Vec<_> = found.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        prop_assert!(ends.is_sorted_by(|a, b| a < b));
        let mut seen = HashSet::new();
        for cluster in &found.clusters {
            prop_assert!(seen.insert(cluster.representative));
            for &member in &cluster.members {
                prop_assert!(seen.insert(member));
                let comparison = detector.compare(&texts[cluster.representative], &texts[member]);
                prop_assert!(are_one_text(&detector, &comparison));
                prop_assert!(comparison.jaccard() >= cluster.weakest.overlap.jaccard());
            }
        }
    }
}

/// What the default scope asks for: texts similar enough, or with passages enough in common.
fn are_one_text(detector: &Detector, comparison: &Comparison) -> bool {
    comparison.jaccard() >= detector.config().threshold()
        || comparison.relation <= Relation::Revised
}

/// Every pair at or above the threshold, by comparing all.
fn brute_force(detector: &Detector, texts: &[String]) -> HashSet<(usize, usize)> {
    let shingler = detector.config().sketcher().shingler();
    let shingles: Vec<Vec<u64>> = texts.iter().map(|text| shingler.shingles(text)).collect();
    let mut pairs = HashSet::new();
    for i in 0..texts.len() {
        for j in i + 1..texts.len() {
            if Overlap::of(&shingles[i], &shingles[j]).jaccard() >= detector.config().threshold() {
                pairs.insert((i, j));
            }
        }
    }
    pairs
}

#[test]
fn the_join_finds_what_brute_force_finds() {
    for (threshold, seed) in [(0.3, 1), (0.5, 2), (0.8, 3)] {
        let texts = support::collection(1500, seed);
        let detector =
            Detector::new(Config::builder().threshold(threshold).build().expect("valid"));
        let found: HashSet<_> =
            detector.find_pairs(&texts).pairs.iter().map(|p| (p.left, p.right)).collect();
        let all = brute_force(&detector, &texts);
        assert!(all.len() > 200, "{}", all.len());
        assert!(found.is_subset(&all));
        let missed = all.difference(&found).count();
        // One in a thousand at the threshold, fewer above: of some hundred pairs at most one, say.
        assert!(missed <= 1, "{missed} of {} missed at {threshold}", all.len());
    }
}

#[test]
fn the_table_finds_what_the_join_finds() {
    let texts = support::collection(800, 4);
    let sketcher = Sketcher::default();
    let banding = Banding::for_target(128, 0.4, 0.99).expect("reachable");
    let joined = Join::new(banding, 0.4).candidates(&sketcher.sketch_all(&texts)).pairs;
    let mut table = LshTable::new(sketcher, banding, 0.4).expect("valid");
    let mut queried = Vec::new();
    for (i, text) in texts.iter().enumerate() {
        let sketch = sketcher.sketch(text);
        queried.extend(
            table.query(&sketch).expect("one sketcher").iter().map(|n| (n.id as u32, i as u32)),
        );
        assert_eq!(table.insert(&sketch), Ok(i));
    }
    queried.sort_unstable();
    assert_eq!(queried, joined);
    assert!(joined.len() > 100);
}

#[test]
fn the_order_of_the_input_does_not_matter() {
    use newsprint::Article;
    let texts = support::collection(600, 5);
    let ids: Vec<String> = (0..texts.len()).map(|i| format!("{i:04}")).collect();
    let articles: Vec<Article<'_>> =
        texts.iter().zip(&ids).map(|(text, id)| Article::new(text).id(id)).collect();
    let mut shuffled = articles.clone();
    let mut random = support::Random(6);
    for i in (1..shuffled.len()).rev() {
        shuffled.swap(i, random.below(i + 1));
    }
    let named = |articles: &[Article<'_>]| {
        let found = Detector::default().cluster(articles);
        let id = |i: usize| articles[i].id.expect("given").to_owned();
        let mut pairs: Vec<_> = found
            .pairs
            .iter()
            .map(|p| {
                let (a, b) = (id(p.left), id(p.right));
                (a.clone().min(b.clone()), a.max(b))
            })
            .collect();
        pairs.sort();
        let mut clusters: Vec<_> = found
            .clusters
            .iter()
            .map(|c| {
                let mut members: Vec<String> = c.members.iter().map(|&m| id(m)).collect();
                members.sort();
                (id(c.representative), members)
            })
            .collect();
        clusters.sort();
        (pairs, clusters)
    };
    assert_eq!(named(&articles), named(&shuffled));
}

#[cfg(feature = "rayon")]
#[test]
fn one_thread_and_many_find_the_same() {
    let texts = support::collection(1200, 7);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let detector = Detector::new(Config::builder().bucket_limit(3).build().expect("valid"));
            (detector.cluster(&texts), Sketcher::default().sketch_all(&texts))
        })
    };
    let one = with(1);
    assert!(one.0.stats.in_large_buckets > 0 && one.0.clusters.len() > 50);
    for threads in [2, 3, 8] {
        assert_eq!(with(threads), one, "{threads} threads");
    }
}
