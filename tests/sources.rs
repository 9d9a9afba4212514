//! Pairs of different sources, against all pairs without those of one source.

mod support;

use std::collections::HashSet;

use newsprint::results::Fate;
use newsprint::{Article, Clusters, Config, Detector, Pair, Preset};
use support::Random;

const SOURCES: [Option<&str>; 4] = [Some("Post"), Some("Times"), Some("Agency"), None];

/// Texts, some of them the same, more or less edited or cut, each with a source or without one.
fn sourced(seed: u64) -> Vec<(String, Option<&'static str>)> {
    let mut random = Random(seed);
    let mut texts = support::collection(300, seed);
    for _ in 0..150 {
        texts.push(texts[random.below(texts.len())].clone());
    }
    let source = |text| (text, SOURCES[random.below(SOURCES.len())]);
    texts.into_iter().map(source).collect()
}

fn articles<'t>(sourced: &'t [(String, Option<&'t str>)]) -> Vec<Article<'t>> {
    sourced.iter().map(|(text, source)| Article::new(text).source(*source)).collect()
}

fn detector(preset: Preset, across: bool) -> Detector {
    let config = Config::builder().preset(preset).across_sources(across).build();
    Detector::new(config.expect("valid"))
}

fn is_across(articles: &[Article<'_>], pair: &Pair) -> bool {
    let [left, right] = [pair.left, pair.right].map(|i| articles[i].source);
    left.is_none() || left != right
}

#[test]
fn pairs_across_sources_are_all_pairs_without_those_of_one_source() {
    for (preset, seed) in [
        (Preset::Wire, 1),
        (Preset::Wire, 2),
        (Preset::Story, 3),
        (Preset::Ocr, 4),
        (Preset::Strict, 5),
    ] {
        let sourced = sourced(seed);
        let articles = articles(&sourced);
        let all = detector(preset, false).cluster(&articles);
        let across = detector(preset, true).cluster(&articles);
        let mut wanted: Vec<Pair> = all.pairs.iter().collect();
        let before = wanted.len();
        wanted.retain(|pair| is_across(&articles, pair));
        assert!(wanted.len() > 100 && wanted.len() + 30 < before, "{} of {before}", wanted.len());
        let found: Vec<Pair> = across.pairs.iter().collect();
        // Printed as numbers: whole pairs would fill screens.
        let ends = |pairs: &[Pair]| -> Vec<(usize, usize)> {
            pairs.iter().map(|pair| (pair.left, pair.right)).collect()
        };
        assert_eq!(ends(&found), ends(&wanted), "{preset}");
        assert!(found == wanted, "{preset}");
        assert_eq!(detector(preset, true).find_pairs(&articles).pairs, across.pairs);
        clusters_follow_from_the_pairs(&across);
    }
}

/// Each article of a cluster has a pair in it, and copies of one text are in one.
fn clusters_follow_from_the_pairs(found: &Clusters) {
    let pairs: HashSet<(usize, usize)> =
        found.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
    let is_pair = |a: usize, b: usize| pairs.contains(&(a.min(b), a.max(b)));
    let mut clustered = HashSet::new();
    for cluster in &found.clusters {
        let all: Vec<usize> = cluster.articles().collect();
        for &i in &all {
            assert!(all.iter().any(|&j| is_pair(i, j)), "{i} in {cluster:?}");
            assert!(clustered.insert(i), "{i} is in two clusters");
        }
    }
    for pair in found.pairs.iter().filter(|pair| pair.jaccard() == 1.0) {
        let of = |i: &usize| clustered.contains(i);
        assert!(of(&pair.left) && of(&pair.right), "{pair:?}");
    }
}

#[test]
fn a_large_group_of_several_sources_hides_few_pairs() {
    // Near copies that are enough for one to represent all, and excerpts of them, which bands miss.
    // They are a large group by the pairs of one source too, so a few pairs may be lost.
    let mut random = Random(6);
    let story = random.words(120);
    let mut texts: Vec<String> = (0..60).map(|_| random.edited(&story, 40).join(" ")).collect();
    texts.extend((0..9).map(|i| story[i..i + 60].join(" ") + " " + &random.words(60).join(" ")));
    let source = |(i, text): (usize, String)| (text, SOURCES[i % 3]);
    let sourced: Vec<_> = texts.into_iter().enumerate().map(source).collect();
    let articles = articles(&sourced);
    let all = detector(Preset::Wire, false).find_pairs(&articles);
    let across = detector(Preset::Wire, true).find_pairs(&articles);
    let found: HashSet<_> = across.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
    let wanted = all.pairs.iter().filter(|pair| is_across(&articles, pair));
    let missed = wanted.filter(|pair| !found.contains(&(pair.left, pair.right))).count();
    let of_excerpts = found.iter().filter(|pair| pair.0 < 60 && pair.1 >= 60).count();
    assert!(missed < 5 && of_excerpts > 300, "{missed} missed, {of_excerpts} of excerpts");
    assert!(across.pairs.iter().all(|pair| is_across(&articles, &pair)));
}

#[test]
fn copies_of_one_text_are_paired_across_sources() {
    let text = "The river rose by two metres in a single night and the bridge was closed";
    let of = |source| Article::new(text).source(source);
    let [a, b] = [Some("Post"), Some("Times")];
    for (sources, pairs, members) in [
        (&[a, a, b][..], &[(0, 2), (1, 2)][..], &[1, 2][..]),
        (&[a, a, a], &[], &[]),
        (&[None, None], &[(0, 1)], &[1]),
        (&[a, None, a], &[(0, 1), (1, 2)], &[1, 2]),
    ] {
        let articles: Vec<Article<'_>> = sources.iter().map(|&source| of(source)).collect();
        let found = detector(Preset::Wire, true).cluster(&articles);
        let ends: Vec<_> = found.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        assert_eq!(ends, pairs, "{sources:?}");
        let clustered: Vec<usize> =
            found.clusters.iter().flat_map(|cluster| cluster.members.clone()).collect();
        assert_eq!(clustered, members, "{sources:?}");
    }
}

#[test]
fn pages_of_one_source_are_not_compared() {
    let mut random = Random(7);
    let frame = random.words(150).join(" ");
    let own: Vec<String> = (0..200).map(|_| random.words(60).join(" ")).collect();
    let pages: Vec<String> = own.iter().map(|own| format!("{frame} {own}")).collect();
    let mut articles: Vec<Article<'_>> =
        pages.iter().map(|page| Article::new(page).source("Post")).collect();
    articles.push(Article::new(&own[77]).source("Times"));
    for preset in [Preset::Wire, Preset::Strict] {
        let all = detector(preset, false).find_pairs(&articles);
        let across = detector(preset, true).find_pairs(&articles);
        let ends: Vec<_> = across.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
        assert_eq!(ends, if preset == Preset::Wire { &[(77, 200)][..] } else { &[] });
        assert!(all.stats.candidates > 1000 && all.stats.verified > 0, "{:?}", all.stats);
        assert!(across.stats.verified < 2, "{:?}", across.stats);
    }
}

#[test]
fn explain_names_pairs_of_one_source() {
    let text = "The river rose by two metres in a single night and the bridge was closed";
    let longer = format!("{text}, the mayor said");
    let of = |text, source| Article::new(text).source(source);
    let (a, b) = (Some("Post"), Some("Times"));
    let articles = [of(text, a), of(&longer, a), of(text, a), of(text, b), of("", a)];
    let pairs = [(0, 1), (0, 2), (0, 3), (1, 3), (0, 4)];
    let fates = detector(Preset::Wire, true).explain(&articles, &pairs);
    let (same, found) = (Fate::SameSource, Fate::Found);
    assert_eq!(fates, [same, same, found, found, Fate::Apart]);
    let fates = detector(Preset::Wire, false).explain(&articles, &pairs);
    assert_eq!(fates, [found, found, found, found, Fate::Apart]);
}
