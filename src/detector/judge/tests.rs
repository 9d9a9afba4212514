use std::collections::{HashMap, HashSet};

use super::*;
use crate::cluster::Edge;
use crate::detector::config::Preset;
use crate::detector::found::Found;
use crate::detector::roads::{ANCHOR_LIMIT, LEAST_SHARED, STORY_LIMIT};
use crate::detector::{Detector, Pair};
use crate::lsh::keys::Postings;
use crate::sketch::lists::Lists;
use support::Random;

#[path = "../../../tests/support/mod.rs"]
mod support;

/// Articles of a few paragraphs: strangers, and copies, excerpts, revisions and rewordings of earlier ones, and notices that have a formula in
/// common.
fn newspaper(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let formula = random.words(22);
    let mut articles: Vec<Vec<String>> = Vec::new();
    while articles.len() < count {
        let of = match articles.len() {
            0..8 => Vec::new(),
            len => articles[random.below(len / 4) * 4].clone(),
        };
        let mut words: Vec<String>;
        match (random.below(8), of.len()) {
            (0, 60..) => words = random.edited(&of, [4, 8, 30, 200][of.len() % 4]),
            (1, 60..) => words = of[20..20 + of.len() / 3].to_vec(),
            (2, 60..) => {
                words = random.words(80);
                words.extend_from_slice(&of[10..40]);
            }
            // The same terms and hardly two in a row.
            (3, 60..) => words = of.chunks(2).flat_map(|two| two.iter().rev().cloned()).collect(),
            (4, _) => {
                let more = 8 + random.below(70);
                words = random.words(more);
                words.extend_from_slice(&random.edited(&formula, 30));
                let name = random.words(6);
                words.extend(name);
            }
            _ => {
                let more = 20 + random.below(160);
                words = random.words(more);
                // Terms of its own.
                words.iter_mut().skip(5).step_by(9).for_each(|word| *word = random.below(50_000).to_string());
            }
        }
        // So that there are names, sentences and paragraphs.
        for (i, word) in words.iter_mut().enumerate() {
            if i % 7 == 3 && word.is_ascii() {
                word[..1].make_ascii_uppercase();
            }
        }
        articles.push(words);
    }
    let line = |words: &[String]| words.join(" ") + ".";
    articles.iter().map(|words| words.chunks(40).map(line).collect::<Vec<_>>().join("\n\n")).collect()
}

/// Candidates of all roads, as [`Roads`](super::super::roads::Roads) finds them where no text has many copies, and what is known of the
/// collection.
struct Proposed {
    candidates: [(Road, Vec<(u32, u32)>); 3],
    weights: Option<TermWeights>,
    terms: HashMap<String, Box<[Term]>>,
    anchors: Vec<(u32, usize)>,
}

impl Proposed {
    fn of(detector: &Detector, texts: &[String], found: &Found<'_>) -> Self {
        let (config, distinct) = (detector.config(), found.twins.representatives());
        let readings = detector.read(&texts);
        let near = detector.near(&texts, &readings.matrix, &found.rank, distinct).pairs;
        let (by_anchors, by_story);
        let mut proposed = Proposed {
            candidates: [(Road::Bands, near), (Road::Anchors, Vec::new()), (Road::Story, Vec::new())],
            weights: None,
            terms: HashMap::new(),
            anchors: Vec::new(),
        };
        if config.scope() == Scope::Similar {
            return proposed;
        }
        by_anchors =
            Postings::of(distinct, |text| readings.anchors.get(text as usize), ANCHOR_LIMIT, |_| false);
        proposed.candidates[1].1 = by_anchors.pairs(2, |_, _, share| share >= LEAST_SHARED).1;
        let mut all: Vec<u32> =
            distinct.iter().flat_map(|&text| readings.anchors.get(text as usize)).copied().collect();
        all.sort_unstable();
        proposed.anchors = all.chunk_by(|a, b| a == b).map(|chunk| (chunk[0], chunk.len())).collect();
        let shingler = config.sketcher().shingler();
        let story = config.scope() == Scope::Story;
        if shingler.shingle().is_words() && (story || distinct.len() >= LEARNT_FROM) {
            let mut reader = TermReader::default();
            let mut read =
                |&text: &u32| reader.read(&texts[text as usize], shingler.folding()).to_vec().into();
            let mut terms: Vec<Box<[Term]>> = distinct.iter().map(&mut read).collect();
            let weights = TermWeights::learn(&terms);
            proposed.terms =
                distinct.iter().map(|&text| texts[text as usize].clone()).zip(terms.clone()).collect();
            if story {
                terms.iter_mut().for_each(|terms| weights.weigh(terms));
                let keys = Lists::of(terms.iter().map(|terms| weights.keys(terms).into()).collect());
                let key_list = |text: u32| keys.get(distinct.partition_point(|&other| other < text));
                by_story = Postings::of(distinct, key_list, STORY_LIMIT, |_| false);
                proposed.candidates[2].1 = by_story.pairs(1, |_, _, _| true).1;
            }
            proposed.weights = Some(weights);
        }
        proposed
    }

    fn terms_of(&self, text: &str) -> Option<&[Term]> {
        self.terms.get(text).map(|terms| &**terms)
    }

    fn articles_with(&self, anchor: u32) -> usize {
        self.anchors.binary_search_by_key(&anchor, |&(key, _)| key).map_or(0, |at| self.anchors[at].1)
    }
}

/// Judges all that the roads of a collection propose, from both sides, and holds it against what the collection's pairs are; how many
/// pairs there are of each relation, and how many were dropped as formulas.
fn judged_as_on_the_roads(config: Config, texts: &[String]) -> ([usize; 7], u64) {
    let detector = Detector::new(config);
    let found = detector.find(&texts, detector.read(&texts), false);
    let proposed = Proposed::of(&detector, texts, &found);
    let judge =
        Judge::new(detector.config(), detector.idf(), proposed.weights.as_ref()).with_learnt(&found.idf);
    let mut memories = [Memory::default(), Memory::default()];
    let mut judged: Vec<(Edge, Relation, f64)> = Vec::new();
    let mut relations = [0; 7];
    for (road, candidates) in &proposed.candidates {
        let known: HashSet<(u32, u32)> = judged.iter().map(|(edge, ..)| (edge.left, edge.right)).collect();
        for group in candidates.chunk_by(|a, b| a.0 == b.0) {
            let left = &texts[group[0].0 as usize];
            let [memory, other] = &mut memories;
            let mut asked = judge.ask(left.as_str(), memory);
            for &(a, b) in group {
                let right = &texts[b as usize];
                let articles_with = &|anchor| proposed.articles_with(anchor);
                let verdict = judge.judge(&mut asked, right.as_str(), *road, articles_with);
                // The other way round, and with the terms at hand.
                let given = |text| Given { text, terms: proposed.terms_of(text) };
                let mut asked = judge.ask(given(right), other);
                let turned = judge.judge(&mut asked, given(left), *road, articles_with);
                let turned = turned.map(|verdict| Verdict { overlap: verdict.overlap.swapped(), ..verdict });
                assert_eq!(verdict, turned, "{left}\n\n{right}");
                let is_new = !known.contains(&(a, b));
                if let Some(Verdict { overlap, bond, score, relation, confidence }) =
                    verdict.filter(|_| is_new)
                {
                    let edge = Edge { left: a, right: b, overlap, bond, score };
                    judged.push((edge, relation, confidence));
                    relations[relation as usize] += 1;
                }
            }
        }
    }
    judged.sort_by_key(|(edge, ..)| (edge.left, edge.right));
    let edges: Vec<Edge> = judged.iter().map(|(edge, ..)| *edge).collect();
    assert_eq!(edges, found.edges);
    let pair = |edge: &Edge| {
        let Edge { left, right, overlap, bond, score } = *edge;
        Pair { left: left as usize, right: right as usize, overlap, bond, score }
    };
    let pairs: Vec<Pair> = edges.iter().map(pair).collect();
    let compared = detector.compare_pairs(&texts, &pairs, |_, comparison| {
        (comparison.overlap, comparison.relation, comparison.confidence)
    });
    let told = judged.iter().map(|&(edge, relation, confidence)| (edge.overlap, relation, confidence));
    assert!(compared.into_iter().eq(told));
    (relations, found.stats.formulas)
}

fn config(preset: Preset) -> Config {
    Config::builder().preset(preset).build().expect("valid")
}

#[test]
fn a_small_collection() {
    for preset in [Preset::Wire, Preset::Story, Preset::Ocr, Preset::Strict] {
        for seed in 0..3 {
            let (relations, formulas) = judged_as_on_the_roads(config(preset), &newspaper(400, seed));
            assert!(preset == Preset::Strict || relations.iter().sum::<usize>() > 40, "{relations:?}");
            assert_eq!(formulas > 0, preset == Preset::Ocr);
        }
    }
}

#[test]
fn a_collection_that_knows_formulas() {
    let texts = newspaper(4600, 9);
    for preset in [Preset::Wire, Preset::Story] {
        let (relations, formulas) = judged_as_on_the_roads(config(preset), &texts);
        assert!(formulas > 100, "{preset}: {formulas}");
        let stories = relations[Relation::Rewrite as usize] + relations[Relation::SameStory as usize];
        assert_eq!(stories > 20, preset == Preset::Story, "{preset}: {relations:?}");
    }
}
