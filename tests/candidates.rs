//! Each candidate generator finds the pairs it is for, and unrelated texts that share boilerplate
//! are no pair.

mod support;

use std::collections::HashSet;

use newsprint::results::Fate;
use newsprint::{Article, Config, Detector, Pairs, Preset, Relation};
use support::Random;

/// Reports whatever shares text, however unlikely: these tests are about candidates, and made-up
/// words are not like news.
fn detector(preset: Preset) -> Detector {
    let story = [Relation::SameStory].into_iter().filter(|_| preset == Preset::Story);
    let relations: Vec<Relation> =
        Relation::ALL.into_iter().filter(|r| *r < Relation::SameStory).chain(story).collect();
    let config = Config::builder().preset(preset).relations(&relations).min_confidence(0.0).build();
    Detector::new(config.expect("valid"))
}

fn pairs(found: &Pairs) -> HashSet<(usize, usize)> {
    found.pairs.iter().map(|pair| (pair.left, pair.right)).collect()
}

/// The share of the planted pairs that were found.
fn recall(found: &Pairs, planted: &[(usize, usize)]) -> f64 {
    let found = pairs(found);
    planted.iter().filter(|pair| found.contains(pair)).count() as f64 / planted.len() as f64
}

/// Adds to `texts` what `make` makes of each of the first `count`, and returns these pairs.
fn plant(
    texts: &mut Vec<String>,
    count: usize,
    mut make: impl FnMut(&str) -> String,
) -> Vec<(usize, usize)> {
    (0..count)
        .map(|i| {
            let made = make(&texts[i]);
            texts.push(made);
            (i, texts.len() - 1)
        })
        .collect()
}

/// Articles of sentences with names and numbers that have nothing in common.
fn articles(count: usize, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    (0..count).map(|_| Event::new(&mut random).account(&mut random)).collect()
}

/// An event.
struct Event {
    names: Vec<String>,
    numbers: Vec<usize>,
}

/// A made-up word of a vocabulary of `size`; no two begin alike.
fn word(random: &mut Random, size: usize) -> String {
    let mut letters = Random(random.below(size) as u64).next();
    let mut word = String::new();
    for _ in 0..8 {
        word.push(char::from(b'a' + (letters % 26) as u8));
        letters /= 26;
    }
    word
}

fn words(random: &mut Random, count: usize) -> Vec<String> {
    (0..count).map(|_| word(random, 20_000)).collect()
}

impl Event {
    fn new(random: &mut Random) -> Self {
        let name = |random: &mut Random| {
            let word = word(random, 1 << 40);
            word[..1].to_uppercase() + &word[1..]
        };
        Event {
            names: (0..8).map(|_| name(random)).collect(),
            numbers: (0..4).map(|_| random.below(100_000)).collect(),
        }
    }

    /// An account in its own words.
    fn account(&self, random: &mut Random) -> String {
        let mut text = String::new();
        for i in 0..12 {
            text += "We ";
            for j in 0..12 {
                match j {
                    3 => text += &self.names[(i + random.below(2)) % 8],
                    8 if i % 3 == 0 => text += &self.numbers[i / 3].to_string(),
                    9 if i % 3 == 1 => text += &self.names[i % 8],
                    _ => text += &word(random, 3_000),
                }
                text += if j == 11 { ". " } else { " " };
            }
        }
        text
    }
}

#[test]
fn a_lead_is_found_in_another_article() {
    let mut texts = articles(600, 1);
    let mut random = Random(2);
    let planted = plant(&mut texts, 100, |text| {
        let words: Vec<&str> = text.split(' ').collect();
        let rest = Event::new(&mut random).account(&mut random);
        words[..words.len() * 3 / 10].join(" ") + " " + &rest
    });
    let found = detector(Preset::Wire).find_pairs(&texts);
    assert!(recall(&found, &planted) >= 0.97, "{}", recall(&found, &planted));
    assert!(pairs(&found).is_subset(&planted.iter().copied().collect()));
    // The bands alone do not see it.
    assert!(found.stats.anchors.pairs > 90, "{:?}", found.stats);
    let similar =
        Detector::new(Config::builder().threshold(0.3).build().expect("valid")).find_pairs(&texts);
    assert!(recall(&similar, &planted) < 0.1);
}

#[test]
fn a_spun_text_is_found() {
    let mut texts = articles(600, 3);
    let mut random = Random(4);
    let planted = plant(&mut texts, 100, |text| {
        let words: Vec<String> = text.split(' ').map(String::from).collect();
        random.edited(&words, 5).join(" ")
    });
    let found = detector(Preset::Wire).find_pairs(&texts);
    assert!(recall(&found, &planted) >= 0.98, "{}", recall(&found, &planted));
    assert_eq!(found.pairs.len(), planted.len() as u64);
}

#[test]
fn a_scan_is_found_through_its_errors() {
    let mut texts = articles(600, 5);
    let mut random = Random(6);
    let planted = plant(&mut texts, 100, |text| {
        let garbled = |c: char| {
            if random.below(12) == 0 { char::from(b'a' + random.below(26) as u8) } else { c }
        };
        text.chars().map(garbled).collect()
    });
    let found = detector(Preset::Ocr).find_pairs(&texts);
    assert!(recall(&found, &planted) >= 0.98, "{}", recall(&found, &planted));
    assert_eq!(found.pairs.len(), planted.len() as u64);
}

#[test]
fn an_event_is_known_by_its_names_and_numbers() {
    let mut random = Random(7);
    let mut texts = Vec::new();
    let mut planted = Vec::new();
    for i in 0..600 {
        let event = Event::new(&mut random);
        texts.push(event.account(&mut random));
        if i < 100 {
            planted.push((texts.len() - 1, texts.len()));
            texts.push(event.account(&mut random));
        }
    }
    let found = detector(Preset::Story).find_pairs(&texts);
    assert!(recall(&found, &planted) >= 0.98, "{}", recall(&found, &planted));
    assert!(found.pairs.iter().all(|pair| pair.relation.is_some_and(Relation::is_one_event)));
    assert!(pairs(&found).is_subset(&planted.iter().copied().collect()));
    assert!(detector(Preset::Wire).find_pairs(&texts).pairs.is_empty());
}

#[test]
fn a_story_window_separates_recurring_events() {
    let mut random = Random(8);
    let event = Event::new(&mut random);
    let mut texts: Vec<String> = (0..3).map(|_| event.account(&mut random)).collect();
    texts.extend(articles(50, 9));
    let dates = ["2026-03-01", "2026-03-03", "2026-03-20"];
    let dated: Vec<Article<'_>> = texts
        .iter()
        .enumerate()
        .map(|(i, text)| Article::new(text).date(dates.get(i).and_then(|date| date.parse().ok())))
        .collect();
    // Two weeks by default.
    let [always, two_weeks, config] = [Some(u32::MAX), None, Some(7)].map(|days| {
        let builder = Config::builder().preset(Preset::Story).min_confidence(0.01);
        let builder = days.map_or(builder, |days| builder.story_window(days));
        builder.build().expect("valid")
    });
    assert_eq!(pairs(&Detector::new(always).find_pairs(&dated)), [(0, 1), (0, 2), (1, 2)].into());
    assert_eq!(pairs(&Detector::new(two_weeks).find_pairs(&dated)), [(0, 1)].into());
    assert_eq!(config.story_window(), Some(7 * 86_400));
    assert_eq!(Config::builder().preset(Preset::Wire).build().expect("valid").story_window(), None);
    assert_eq!(pairs(&Detector::new(config).find_pairs(&dated)), [(0, 1)].into());
}

/// Notices that are all boilerplate except for names and a number.
fn notices(count: usize, random: &mut Random) -> Vec<String> {
    let boilerplate: Vec<String> = words(random, 40);
    let notice = |event: &Event| {
        let [first, second, ..] = event.names.as_slice() else { unreachable!("there are eight") };
        format!(
            "{first} {second} {} {} {}",
            boilerplate.join(" "),
            event.numbers[0],
            event.names[2..].join(" ")
        )
    };
    (0..count).map(|_| notice(&Event::new(random))).collect()
}

#[test]
fn boilerplate_is_no_common_text() {
    let mut random = Random(10);
    let mut texts = articles(4_200, 11);
    let first = texts.len();
    texts.extend(notices(200, &mut random));
    // One of them printed twice, with a word less.
    let again = texts[first + 7].replacen(' ', " and ", 1);
    texts.push(again);
    let found = Detector::default().find_pairs(&texts);
    assert_eq!(found.pairs.len(), 1, "{:?}", found.stats);
    assert!(pairs(&found).contains(&(first + 7, texts.len() - 1)));
    assert!(found.stats.boilerplate > 10_000, "{:?}", found.stats);
    let fates = Detector::default()
        .explain(&texts, &[(first, first + 1), (0, 1), (first + 7, texts.len() - 1)]);
    assert_eq!(fates, [Fate::Boilerplate, Fate::Apart, Fate::Found]);
}

#[test]
fn the_page_frame_of_one_source_generates_no_candidates() {
    let mut random = Random(12);
    let frame = words(&mut random, 60).join(" ");
    let bodies: Vec<String> = articles(80, 13).chunks(2).map(|two| two.concat()).collect();
    let framed: Vec<String> = bodies.iter().map(|body| format!("{body}{frame}")).collect();
    let page =
        |source: &'static str| framed.iter().map(move |text| Article::new(text).source(source));
    let found = detector(Preset::Wire).find_pairs(&page("paper.example").collect::<Vec<_>>());
    assert_eq!((found.stats.anchors.candidates, found.pairs.len()), (0, 0), "{:?}", found.stats);
    assert!(found.stats.anchors.left_out > 2, "{:?}", found.stats);
    // Without a source it takes a comparison to see that a third of a page is not enough.
    let found = detector(Preset::Wire).find_pairs(&framed);
    assert!(found.stats.anchors.candidates > 300, "{:?}", found.stats);
}

#[test]
fn an_excerpt_of_a_large_group_is_paired_with_its_members() {
    let mut random = Random(14);
    let story: Vec<String> = words(&mut random, 300);
    let mut texts: Vec<String> = (0..200).map(|_| random.edited(&story, 60).join(" ")).collect();
    let excerpt = story[..90].join(" ") + " " + &words(&mut random, 110).join(" ");
    texts.push(excerpt);
    texts.extend(articles(200, 15));
    let found = detector(Preset::Wire).cluster(&texts);
    let with_excerpt = found.pairs.iter().filter(|pair| pair.right == 200).count();
    assert!(with_excerpt > 190, "{with_excerpt}");
    assert_eq!(found.clusters.len(), 1);
    assert!(found.clusters[0].len() > 190, "{}", found.clusters[0].len());
}

#[test]
fn texts_lie_inside_stories() {
    const AGENCY: &str = include_str!("../examples/articles/agency.txt");
    const ACCOUNT: &str = include_str!("articles/account.txt");
    // A story of two texts, one of them printed three times, among articles on other things.
    let mut texts = articles(60, 17);
    texts.extend([
        AGENCY.to_owned(),
        AGENCY.replacen("The", "A", 2),
        format!("LATEST. {AGENCY}"),
        ACCOUNT.to_owned(),
    ]);
    let sources = ["a", "b", "b", "c"];
    let place = |i: usize| i.checked_sub(60).map(|place| sources[place]);
    let sourced: Vec<Article<'_>> =
        texts.iter().enumerate().map(|(i, text)| Article::new(text).source(place(i))).collect();
    let config = Config::builder().preset(Preset::Story).build().expect("valid");
    let found = Detector::new(config).cluster(&sourced);
    let [cluster] = found.clusters.as_slice() else { panic!("{:?}", found.clusters) };
    let mut members: Vec<usize> = cluster.articles().collect();
    members.sort_unstable();
    assert_eq!((members, cluster.sources), (vec![60, 61, 62], 2));
    let [story] = found.stories.as_slice() else { panic!("{found:?}") };
    let mut expected = vec![cluster.representative, 63];
    expected.sort_unstable();
    assert_eq!((&story.texts, story.articles, story.sources), (&expected, 4, 3));
    assert!(expected.contains(&story.representative));
    assert!(Detector::default().cluster(&sourced).stories.is_empty());
}

#[test]
fn neither_the_order_of_the_input_nor_the_number_of_threads_matters() {
    let mut random = Random(18);
    let events: Vec<Event> = (0..400).map(|_| Event::new(&mut random)).collect();
    let mut texts: Vec<String> = events.iter().map(|event| event.account(&mut random)).collect();
    texts.extend(events[..80].iter().map(|event| event.account(&mut random)));
    texts.extend(support::collection(400, 19));
    texts.extend(notices(80, &mut random));
    let ids: Vec<String> = (0..texts.len()).map(|i| format!("{i:04}")).collect();
    let article = |&i: &usize| Article::new(&texts[i]).id(&ids[i]);
    let mut order: Vec<usize> = (0..texts.len()).collect();
    let mut first = None;
    for round in 0..3 {
        let collection: Vec<Article<'_>> = order.iter().map(article).collect();
        let found = detector(Preset::Story).cluster(&collection);
        let named = |i: usize, j: usize| (order[i].min(order[j]), order[i].max(order[j]));
        let mut pairs: Vec<_> = found
            .pairs
            .iter()
            .map(|pair| (named(pair.left, pair.right), pair.kind, pair.score.to_bits()))
            .collect();
        pairs.sort_unstable();
        let group = |texts: &mut dyn Iterator<Item = usize>| {
            let mut group: Vec<usize> = texts.map(|i| order[i]).collect();
            group.sort_unstable();
            group
        };
        let mut clusters: Vec<_> =
            found.clusters.iter().map(|c| group(&mut c.articles())).collect();
        let mut stories: Vec<_> =
            found.stories.iter().map(|s| group(&mut s.texts.iter().copied())).collect();
        clusters.sort_unstable();
        stories.sort_unstable();
        assert!(pairs.len() > 150 && stories.len() > 70 && clusters.len() > 50);
        let result = (pairs, clusters, stories);
        assert_eq!(first.get_or_insert_with(|| result.clone()), &result, "round {round}");
        for i in 0..order.len() {
            order.swap(i, random.below(texts.len()));
        }
    }
}

/// Three papers on one evening in a town that does not exist, each with facts that the others do
/// not have.
const DERAILED: [&str; 3] = [
    "Freight train derails near Kolm. A freight train with 40 wagons of fertiliser left the rails outside the station of \
     Kolm on Monday night, and 300 people of the Ostra quarter had to leave their homes, Mayor Karin Lindberg said. Nobody \
     was hurt. The line to Vester is closed until Thursday at least, the railway company Nordbane announced.",
    "Farmers ask who will pay for the spill. When Jens Aker looked out of his window on Tuesday, the field that he had sown \
     last week was white. Some of the fertiliser that leaked from the freight train derailed in Kolm had been blown over to \
     his farm, two kilometres from Ostra. \"Too much of it burns the seed,\" said Aker, who grows barley and rape on 90 \
     hectares. The farmers' union has asked Nordbane to pay for lost harvests, and has called its members to a meeting in \
     the inn of Vester. A lawyer for the union, Pia Holm, said that claims must be made within a month. Nordbane would not \
     comment.",
    "Commuters face three days of buses. Passengers between Kolm and Vester have to change to buses after the accident of a \
     goods train on Monday. Nordbane runs twelve of them an hour in the morning, but many waited in vain yesterday: schools \
     begin at eight, and the road over the Hald pass is narrow. The student Ida Moen came too late for an examination. \
     \"They could have told us,\" she said. The company promises to give back part of the price of monthly tickets, and \
     hopes to repair the track by Thursday.",
];

#[test]
fn a_story_says_who_was_first_and_what_it_is_about() {
    let mut texts: Vec<String> = DERAILED.map(str::to_owned).to_vec();
    // A copy of the last, which has no date.
    texts.push(texts[2].clone());
    texts.extend(articles(60, 22));
    let metadata = [
        (Some("2026-03-03T08:00:00Z"), Some("Post")),
        (Some("2026-03-03T07:00:00Z"), Some("Agency")),
        (None, Some("Herald")),
        (Some("2026-03-04"), Some("Agency")),
    ];
    let dated: Vec<Article<'_>> = texts
        .iter()
        .enumerate()
        .map(|(i, text)| {
            let (date, source) = metadata.get(i).copied().unwrap_or_default();
            Article::new(text).date(date.and_then(|date| date.parse().ok())).source(source)
        })
        .collect();
    let preset = |preset| Detector::new(Config::builder().preset(preset).build().expect("valid"));
    let found = preset(Preset::Story).cluster(&dated);
    assert_eq!(found.stories.len(), 1, "{:?}", found.stories);
    let story = &found.stories[0];
    // The copy is dated, so it stands for its text.
    assert_eq!((story.representative, &*story.texts), (1, &[0, 1, 3][..]));
    assert_eq!((story.articles, story.sources), (4, 3));
    assert_eq!(story.by_source, [1, 0, 2]);
    assert!(story.texts.contains(&story.least_sure.text));
    assert!((0.2..1.0).contains(&story.least_sure.event), "{:?}", story.least_sure);
    assert_eq!(story.terms.len(), 5, "{:?}", story.terms);
    for term in &story.terms {
        assert!(texts[1].contains(term.as_str()), "{term}");
    }
    assert!(story.terms.iter().any(|term| term == "Nordbane"), "{:?}", story.terms);
    assert!(preset(Preset::Wire).cluster(&dated).stories.is_empty());
}
