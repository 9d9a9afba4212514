//! Results and configurations, serialized and read back.

use newsprint::results::{Passages, Stats, StoryCluster};
use newsprint::{Article, Cluster, Config, Date, Detector, Pair, Preset, Relation, Scope, Shingle};
use serde_json::{Value, from_str, from_value, json, to_string, to_value};

const RIVER: &str =
    "The river rose by two metres in a night, and the old bridge was closed at dawn.";

#[test]
fn names_dates_and_shingles_are_strings() {
    for relation in Relation::ALL {
        assert_eq!(to_value(relation).expect("writes"), json!(relation.name()));
        assert_eq!(from_value::<Relation>(json!(relation.name())).expect("reads"), relation);
    }
    let error = from_str::<Preset>("\"huge\"").expect_err("is no preset").to_string();
    assert!(error.starts_with("preset is \"huge\", must be one of wire, story"), "{error}");
    let date: Date = "2018-07-16T13:10:56Z".parse().expect("a date");
    assert_eq!(to_value(date).expect("writes"), json!("2018-07-16T13:10:56Z"));
    assert_eq!(from_value::<Date>(json!("16 Jul 2018 13:10:56")).expect("reads"), date);
    assert_eq!(to_value(Shingle::Letters(5)).expect("writes"), json!("chars:5"));
}

#[test]
fn a_configuration_is_its_fields() {
    let own = Config::builder()
        .preset(Preset::Ocr)
        .seed(u64::MAX)
        .relations(&[Relation::Copy, Relation::Series])
        .min_confidence(0.25)
        .story_window(u32::MAX)
        .across_sources(true)
        .passage_words(40)
        .build();
    let presets = Preset::ALL.map(|preset| Config::builder().preset(preset).build());
    for config in presets.into_iter().chain([own]).map(|config| config.expect("valid")) {
        let written = to_string(&config).expect("writes");
        assert_eq!(from_str::<Config>(&written).expect("reads"), config, "{written}");
    }
    let by_hand: Config =
        from_value(json!({ "preset": "story", "threshold": 0.5, "scope": "text" })).expect("reads");
    let built = Config::builder().preset(Preset::Story).threshold(0.5).scope(Scope::Text).build();
    assert_eq!(Ok(by_hand), built);
    for wrong in [json!({ "threshold": 1.5 }), json!({ "treshold": 0.5 }), json!({ "slots": 100 })]
    {
        assert!(from_value::<Config>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn results_are_read_back() {
    let copy = format!("{RIVER} Nobody was hurt.");
    let articles = [RIVER, &copy, "Rain in the north.", RIVER].map(Article::new);
    let story = Config::builder().preset(Preset::Story).build().expect("valid");
    let found = Detector::new(story).cluster(&articles);
    let written = to_value(&found).expect("writes");
    let clusters: Vec<Cluster> = from_value(written["clusters"].clone()).expect("reads");
    assert_eq!(clusters, found.clusters);
    let stories: Vec<StoryCluster> = from_value(written["stories"].clone()).expect("reads");
    assert_eq!(stories, found.stories);
    let pairs: Vec<Pair> = from_value(written["pairs"].clone()).expect("reads");
    assert_eq!(pairs, found.pairs.iter().collect::<Vec<_>>());
    assert_eq!(pairs.len(), 3);
    assert_eq!(from_value::<Stats>(written["stats"].clone()).expect("reads"), found.stats);

    let comparison = Detector::default().compare(RIVER, &copy);
    let written = to_value(&comparison).expect("writes");
    assert_eq!(written["relation"], json!("copy"));
    assert_eq!(
        from_value::<Passages>(written["shared"].clone()).expect("reads"),
        comparison.shared
    );
    assert!(written["evidence"].get("features").is_none(), "its own");
    assert!(matches!(written["weighted"], Value::Object(_)));
}
