//! A distributed job finds what the detector finds, row by row, whatever the number of parts.

#[path = "support/engine.rs"]
mod engine;
mod support;

use std::collections::{HashMap, HashSet};

use engine::{Found, run};
use newsprint::distributed::{Block, Job, Kind};
use newsprint::results::StoryCluster;
use newsprint::{
    Article, Cluster, Comparison, Config, ConfigBuilder, Date, Detector, ErrorKind, Preset,
    Relation, Scope,
};
use support::Random;

/// An article that owns what it consists of.
struct Owned {
    id: String,
    text: String,
    date: Option<Date>,
    source: Option<&'static str>,
}

impl Owned {
    fn article(&self) -> Article<'_> {
        Article::new(&self.text).id(&self.id).date(self.date).source(self.source)
    }
}

/// Texts with everything that large collections have: copies, exact and edited, some of them many
/// times; excerpts; pages of one template; the frame of one source; empty texts.
fn collection(count: usize, seed: u64) -> Vec<Owned> {
    const SOURCES: [Option<&str>; 5] =
        [Some("Post"), Some("Times"), Some("Herald"), Some("Echo"), None];
    let mut random = Random(seed);
    let mut texts: Vec<(Vec<String>, Option<&str>)> = Vec::new();
    let template = random.words(90);
    let frame = random.words(60);
    let popular = random.words(220);
    while texts.len() < count {
        let source = SOURCES[random.below(SOURCES.len())];
        let of = texts.get(random.below(texts.len() + 1)).map(|text| text.0.clone());
        let length = 60 + random.below(200);
        let words = match (random.below(12), of) {
            (0, Some(of)) => of,
            (1, Some(of)) => {
                let every = [4, 10, 30, 100][random.below(4)];
                random.edited(&of, every)
            }
            (2, Some(of)) => of[..of.len() / 3].to_vec(),
            // Two texts in one.
            (3, Some(of)) => [of, random.words(length)].concat(),
            // A large group of near duplicates, some of them cut.
            (4, _) => {
                let mut words = random.edited(&popular, 40);
                words.truncate(if random.below(3) == 0 { 120 } else { 220 });
                words
            }
            // Pages of one template: a large bucket.
            (5 | 6, _) => {
                let own = random.words(12);
                [template.clone(), own].concat()
            }
            (7, _) => {
                let own = random.words(length);
                texts.push(([own, frame.clone()].concat(), Some("Times")));
                continue;
            }
            (8, _) if random.below(20) == 0 => Vec::new(),
            _ => random.words(length),
        };
        texts.push((words, source));
    }
    let date = |random: &mut Random| {
        let day = 1_700_000_000 + 86_400 * random.below(30) as i64;
        (random.below(4) > 0).then(|| Date::from_unix_seconds(day))
    };
    let own = |((words, source), i): ((Vec<String>, _), usize)| {
        let mut text = words.join(" ");
        // Capitals, so that names can be told, and lines, so that pages have paragraphs.
        if let Some(first) = text.get(..1).map(str::to_uppercase) {
            text.replace_range(..1, &first);
        }
        Owned { id: format!("{i:06}"), text, date: date(&mut random), source }
    };
    texts.into_iter().zip(0..).map(own).collect()
}

/// What the detector finds, as a job lists it.
fn expected(config: Config, articles: &[Article<'_>]) -> Found {
    let detector = Detector::new(config);
    let found = detector.cluster(articles);
    let id = |i: usize| articles[i].id.expect("all have ids").to_owned();
    let metadata = |i: usize| {
        let date = articles[i].date.map(|date| date.unix_seconds());
        (date, articles[i].source.map(str::to_owned))
    };
    let verdict = |it: Comparison| (it.relation, it.confidence);
    let verdicts = detector.compare_pairs(articles, found.pairs.iter(), |_, it| verdict(it));
    let pair = |(pair, verdict): (newsprint::Pair, _)| {
        let ends = [pair.left, pair.right];
        (ends.map(id), verdict, (pair.overlap, pair.score), ends.map(metadata))
    };
    let story_of: HashMap<usize, usize> = found
        .stories
        .iter()
        .flat_map(|story| story.texts.iter().map(|&text| (text, story.representative)))
        .collect();
    let has_stories = config.scope() == Scope::Story;
    let clustered = |article: usize, cluster: usize| {
        let story = has_stories.then(|| id(*story_of.get(&cluster).unwrap_or(&cluster)));
        (id(article), id(cluster), story, metadata(article))
    };
    let of_cluster = |it: &Cluster| {
        let cluster = it.representative;
        it.articles().map(move |article| (article, cluster)).collect::<Vec<_>>()
    };
    let representatives: HashSet<usize> =
        found.clusters.iter().map(|cluster| cluster.representative).collect();
    let alone = story_of.keys().filter(|text| !representatives.contains(text));
    let in_clusters = found.clusters.iter().flat_map(of_cluster);
    let clusters = in_clusters.chain(alone.map(|&text| (text, text)));
    let story = |story: &StoryCluster| {
        let ids = [&story.texts, &story.by_source].map(|of| of.iter().map(|&i| id(i)).collect());
        let least_sure = (id(story.least_sure.text), story.least_sure.event);
        (id(story.representative), story.terms.clone(), ids, least_sure, story.articles as u64)
    };
    let mut rows = Found {
        pairs: found.pairs.iter().zip(verdicts).map(pair).collect(),
        clusters: clusters.map(|(article, cluster)| clustered(article, cluster)).collect(),
        stories: found.stories.iter().map(story).collect(),
        steps: Vec::new(),
    };
    rows.sort();
    rows
}

/// Checks a configuration, and returns the steps that were needed.
fn check(config: &ConfigBuilder, owned: &[Owned], parts: &[u32]) -> Vec<&'static str> {
    let config = config.build().expect("valid");
    let articles: Vec<Article<'_>> = owned.iter().map(Owned::article).collect();
    let expected = expected(config, &articles);
    assert!(!expected.pairs.is_empty() && !expected.clusters.is_empty());
    let mut steps = Vec::new();
    for &parts in parts {
        let found = run(config, parts, &articles).expect("blocks are whole");
        assert_eq!(found.pairs.len(), expected.pairs.len(), "{parts} parts");
        for (found, expected) in found.pairs.iter().zip(&expected.pairs) {
            assert_eq!(found, expected, "{parts} parts");
        }
        assert_eq!(found.clusters, expected.clusters, "{parts} parts");
        assert_eq!(found.stories, expected.stories, "{parts} parts");
        steps = found.steps;
    }
    steps
}

#[test]
fn it_finds_what_the_detector_finds() {
    let small = collection(400, 1);
    for preset in Preset::ALL {
        check(&Config::builder().preset(preset), &small, &[1, 7]);
    }
    check(&Config::builder().threshold(0.4), &small, &[5]);
    check(&Config::builder().preset(Preset::Story).story_window(3), &small, &[3]);
    let relations = Relation::ALL[..8].to_vec();
    check(&Config::builder().relations(&relations).min_confidence(0.2), &small, &[4]);
}

#[test]
fn large_buckets_and_groups_are_the_same() {
    let many = collection(700, 2);
    for scope in [Scope::Similar, Scope::Text] {
        let config = Config::builder().threshold(0.4).scope(scope).bucket_limit(40);
        let steps = check(&config, &many, &[6]);
        for step in ["merge-large", "send-waiting", "compare-waiting", "compare-large"] {
            assert!(steps.contains(&step), "{step} of {steps:?}");
        }
    }
    for preset in [Preset::Wire, Preset::Ocr, Preset::Story] {
        let steps = check(&Config::builder().preset(preset), &many, &[6]);
        for step in ["form-groups", "mark-searched"] {
            assert!(steps.contains(&step), "{step} of {steps:?}");
        }
    }
}

#[test]
fn pages_of_one_frame_are_no_pairs_for_it() {
    // More than are versions of one text, one in ten of them a copy of another's own words.
    let mut random = Random(5);
    let frame = random.words(120).join(" ");
    let mut own: Vec<Vec<String>> = Vec::new();
    while own.len() < 1_200 {
        let words = match own.len() % 10 {
            9 => random.edited(&own[own.len() - 9].clone(), 20),
            _ => random.words(100),
        };
        own.push(words);
    }
    let page = |(i, words): (usize, &Vec<String>)| Owned {
        id: format!("{i:05}"),
        text: format!("{frame} {}", words.join(" ")),
        date: None,
        source: None,
    };
    let pages: Vec<Owned> = own.iter().enumerate().map(page).collect();
    let config = Config::builder().preset(Preset::Wire).bucket_limit(40);
    let steps = check(&config, &pages, &[3]);
    assert!(steps.contains(&"compare-large"), "{steps:?}");
    let articles: Vec<Article<'_>> = pages.iter().map(Owned::article).collect();
    let found = expected(config.build().expect("valid"), &articles);
    let of_one = |pair: &&engine::Pair| {
        let [left, right] =
            [&pair.0[0], &pair.0[1]].map(|id| id.parse::<usize>().expect("a number"));
        right == left + 9
    };
    let copies = found.pairs.iter().filter(of_one).count();
    assert!(copies >= 114 && found.pairs.len() <= copies + 12, "{copies} of {}", found.pairs.len());
}

#[test]
fn pages_of_one_template_are_versions_of_one_text() {
    // More than have texts of their own; each differs from all others in two words. These are no
    // numbers: pages that differ in numbers alone are a series.
    let mut random = Random(6);
    let template = random.words(200);
    let page = |i: usize| {
        let mut words = template.clone();
        let letter = |digit: char| char::from(b'a' + digit as u8 - b'0');
        let word = |number: usize| number.to_string().chars().map(letter).collect::<String>();
        (words[40], words[90]) = (word(i), word(7_000 + i % 7));
        Owned { id: format!("{i:05}"), text: words.join(" "), date: None, source: None }
    };
    let pages: Vec<Owned> = (0..1_100).map(page).collect();
    let config = Config::builder().preset(Preset::Wire).bucket_limit(40);
    check(&config, &pages, &[1, 4]);
    let articles: Vec<Article<'_>> = pages.iter().map(Owned::article).collect();
    let found = expected(config.build().expect("valid"), &articles);
    assert!(found.pairs.len() >= 1_099, "{}", found.pairs.len());
}

#[test]
fn boilerplate_is_known_by_the_same_sample() {
    let mut texts = collection(5200, 3);
    for text in texts.iter_mut().skip(300).step_by(3) {
        text.text.truncate(400);
    }
    check(&Config::builder(), &texts, &[9]);
}

#[test]
fn nothing_and_next_to_nothing() {
    for count in 0..3 {
        let owned = collection(count, 4);
        let articles: Vec<Article<'_>> = owned.iter().map(Owned::article).collect();
        for preset in Preset::ALL {
            let config = Config::builder().preset(preset).build().expect("valid");
            let found = run(config, 3, &articles).expect("blocks are whole");
            assert!(found.pairs.is_empty() && found.clusters.is_empty(), "{found:?}");
        }
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let refused = |config: &ConfigBuilder, parts| {
        let error = Job::new(config.build().expect("valid"), parts).expect_err("refused");
        (error.kind(), error.to_string())
    };
    let (kind, message) = refused(&Config::builder(), 0);
    assert_eq!(kind, ErrorKind::InvalidInput);
    assert_eq!(message, "number of parts is 0, must be at least 1");
    let (kind, message) = refused(&Config::builder().across_sources(true), 4);
    assert_eq!(kind, ErrorKind::InvalidInput);
    assert!(message.contains("across sources"), "{message}");
    let job = Job::new(Config::default(), 4).expect("valid");
    let error = job.sign(&[(0, Article::new("no id"))]).expect_err("refused");
    assert!(error.to_string().contains("without an id"), "{error}");
}

/// Damaged blocks and states are errors, never a panic.
#[test]
fn damage_is_named() {
    let owned = collection(60, 5);
    let articles: Vec<(u64, Article<'_>)> = (0..).zip(owned.iter().map(Owned::article)).collect();
    let mut job = Job::new(Config::default(), 2).expect("valid");
    let mut blocks = job.sign(&articles).expect("valid");
    let state = job.state();
    for at in (0..state.len()).step_by(3) {
        let mut state = state.clone();
        state[at] ^= 4;
        let again = Job::new(Config::default(), 2).expect("valid").with_state(&state);
        assert!(again.is_err(), "byte {at}");
    }
    let (mut named, mut random) = (0, Random(6));
    while let Some(step) = job.next() {
        let inputs: Vec<Block> =
            blocks.iter().filter(|it| step.inputs.contains(&it.kind)).cloned().collect();
        for _ in 0..20 {
            let mut damaged = inputs.clone();
            let at = random.below(damaged.len());
            let data = &mut damaged[at].data;
            match random.below(2) {
                0 => data.truncate(random.below(data.len())),
                _ => {
                    let byte = random.below(data.len());
                    data[byte] ^= 1 << random.below(8);
                }
            }
            let given: Vec<(Kind, &[u8])> =
                damaged.iter().map(|block| (block.kind, &*block.data)).collect();
            named += usize::from(job.map(&given).is_err() || job.reduce(&given).is_err());
        }
        let mut mapped = Vec::new();
        for block in &inputs {
            match step.mapped.contains(&block.kind) {
                true => mapped.extend(job.map(&[(block.kind, &block.data)]).expect("whole")),
                false => mapped.push(block.clone()),
            }
        }
        let given: Vec<(Kind, &[u8])> =
            mapped.iter().map(|block| (block.kind, &*block.data)).collect();
        let written = match step.gathers {
            true => {
                job.gather(&given).expect("whole");
                job.gathered().expect("whole")
            }
            false => job.reduce(&given).expect("whole"),
        };
        job.done(written.iter().map(|block| block.kind));
        blocks.extend(written);
    }
    assert!(named > 50, "{named}");
}
