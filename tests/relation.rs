//! The relations of two articles: an agency story, and what newspapers make of it.

use newsprint::{Comparison, Config, Detector, Preset, Relation};

const AGENCY: &str = include_str!("../examples/articles/agency.txt");
const REPRINT: &str = include_str!("../examples/articles/reprint.txt");
const REWRITE: &str = include_str!("articles/rewrite.txt");
const ACCOUNT: &str = include_str!("articles/account.txt");
const OTHER: &str = include_str!("articles/other.txt");

fn compare(left: &str, right: &str) -> Comparison {
    Detector::default().compare(left, right)
}

/// The paragraphs of the story, without the headline.
fn paragraphs() -> Vec<&'static str> {
    AGENCY.split("\n\n").skip(1).collect()
}

#[test]
fn each_degree_of_kinship_has_its_name() {
    let cut = paragraphs()[..4].join("\n\n");
    let under_a_new_headline =
        format!("Island ferry hits sandbank\n\n{}", paragraphs().join("\n\n"));
    let half_new = {
        let own: Vec<&str> = ACCOUNT.split("\n\n").collect();
        [
            own[2],
            paragraphs()[0],
            paragraphs()[2],
            own[3],
            paragraphs()[1],
            own[4],
            paragraphs()[3],
            own[5],
        ]
        .join("\n\n")
    };
    for (right, relation) in [
        (AGENCY, Relation::Identical),
        (&AGENCY.to_uppercase(), Relation::Identical),
        (&under_a_new_headline, Relation::Copy),
        (&cut, Relation::Excerpt),
        (REPRINT, Relation::Excerpt),
        (&half_new, Relation::Revised),
        (REWRITE, Relation::Rewrite),
        (ACCOUNT, Relation::SameStory),
        (OTHER, Relation::Different),
        ("", Relation::Different),
    ] {
        let found = compare(AGENCY, right);
        assert_eq!(found.relation, relation, "{right}\n{found:?}");
        assert_eq!(compare(right, AGENCY).relation, relation);
        // The likeliest of five kinds.
        assert!((0.2..=1.0).contains(&found.confidence), "{}", found.confidence);
    }
}

#[test]
fn page_clutter_does_not_make_less_of_a_copy() {
    let clutter =
        "Home\nNews\nSport\nShare on this network\nPrint\nSign up for our letter\nMost read today\n"
            .repeat(8);
    let page = format!("{clutter}\n{}\n\n{clutter}", paragraphs().join("\n\n"));
    let found = compare(AGENCY, &page);
    assert_eq!(found.relation, Relation::Copy);
    assert!(
        found.shared.coverage.right < 0.8,
        "most of it is clutter: {:?}",
        found.shared.coverage
    );
    assert!(found.evidence.covered.right > 0.99, "{:?}", found.evidence);
}

#[test]
fn moved_paragraphs_are_found_out_of_order() {
    let mut moved = paragraphs();
    moved.reverse();
    let moved = moved.join("\n\n");
    let found = compare(AGENCY, &moved);
    assert_eq!(found.relation, Relation::Copy);
    assert!(found.shared.coverage.right > 0.99);
    let starts: Vec<usize> =
        found.shared.passages.iter().map(|passage| passage.right.start).collect();
    assert!(starts.len() >= 8 && starts.windows(2).all(|two| two[0] > two[1]), "{starts:?}");
}

#[test]
fn a_rewrite_keeps_names_numbers_and_quotations() {
    let found = compare(AGENCY, REWRITE);
    assert!(found.story.score > 0.8, "{:?}", found.story);
    let named: Vec<&str> =
        found.evidence.names_and_numbers.iter().map(|place| &AGENCY[place.left.clone()]).collect();
    for name in ["Ravensay", "Penhallick", "Calloway", "214", "1987"] {
        assert!(named.contains(&name), "{name} in {named:?}");
    }
    let quoted = found
        .shared
        .passages
        .iter()
        .any(|p| AGENCY[p.left.clone()].contains("no sign of recklessness"));
    assert!(quoted, "{:?}", found.shared);
}

#[test]
fn sentences_said_in_other_words_are_passages() {
    let found = compare(
        "MINISTER SPEAKS\nAnna Lindqvist told parliament in Oslo on Tuesday: “The harbour bridge will be closed for repairs \
         until the summer, and nobody regrets this delay more than I do.” Lindqvist answered questions for an hour.",
        "Bridge trouble\nOslo drivers must wait. “Nobody regrets the delay more than me, but the harbour bridge remains \
         closed until summer for repairs,” minister Anna Lindqvist said in parliament on Tuesday.",
    );
    assert!(
        matches!(found.relation, Relation::Rewrite | Relation::SameStory),
        "{}",
        found.relation
    );
    assert!(!found.shared.passages.is_empty());
    assert!(found.evidence.covered.left < 0.1, "no text in common");
}

#[test]
fn the_same_template_with_other_names_and_numbers_is_another_story() {
    let result = |home: &str, away: &str, score: &str, date: &str, scorer: &str| {
        format!(
            "{home} beat {away} {score}\n{date} - {home} won {score} at home. {scorer} scored for the hosts. The visitors \
             of {away} had chances."
        )
    };
    let first = result("Harrow Town", "Selby", "3-1", "April 12", "Dunmore");
    let again = result("Harrow Town", "Selby", "3-1", "April 12", "Dunmore")
        .replace("had chances", "fought hard");
    let other = result("Whitby", "Kendal", "2-0", "April 26", "Okafor");
    let [other, again] = [other, again].map(|text| compare(&first, &text));
    assert_eq!(other.relation, Relation::Series);
    assert!(other.story.score < 0.5, "{:?}", other.story);
    assert!(again.relation.is_reuse() && again.story.score > 0.5, "{:?}", again.story);
}

#[test]
fn recognition_noise_is_met_letter_by_letter() {
    // One letter in seventeen misread, and the lines broken.
    let mut noisy = String::new();
    for (i, c) in AGENCY.chars().enumerate() {
        let misread = match c {
            'e' => 'c',
            'n' => 'u',
            'i' => 'l',
            _ => '~',
        };
        noisy.push(if i % 17 == 3 && c.is_alphanumeric() { misread } else { c });
        if i % 60 == 59 {
            noisy.push_str(if c.is_alphanumeric() { "-\n" } else { "\n" });
        }
    }
    let by_words = compare(AGENCY, &noisy);
    let ocr = Detector::new(Config::builder().preset(Preset::Ocr).build().expect("valid"));
    let by_letters = ocr.compare(AGENCY, &noisy);
    assert!(by_words.shared.coverage.left < 0.8, "{:?}", by_words.shared.coverage);
    assert!(by_letters.shared.coverage.left > 0.95, "{:?}", by_letters.shared.coverage);
    assert!(matches!(by_letters.relation, Relation::Copy), "{}", by_letters.relation);
    assert_eq!(ocr.compare(OTHER, &noisy).shared.passages.len(), 0);
    assert_eq!(ocr.compare(OTHER, &noisy).relation, Relation::Different);
}

#[test]
fn what_a_collection_repeats_weighs_little() {
    let footer = "Terms of use, privacy policy and contact details of this paper are found on its imprint page. All rights reserved.";
    let texts: Vec<String> = paragraphs()
        .iter()
        .chain(&OTHER.split("\n\n").collect::<Vec<_>>())
        .chain(&ACCOUNT.split("\n\n").collect::<Vec<_>>())
        .map(|text| format!("{text}\n\n{footer}"))
        .collect();
    let plain = Detector::default().compare(&texts[0], &texts[12]);
    // Weights learned from a dozen texts differ little from the default.
    let many: Vec<&str> =
        texts.iter().cycle().take(500 * texts.len()).map(String::as_str).collect();
    let learnt = Detector::default().learn(&many).compare(&texts[0], &texts[12]);
    assert_eq!(plain.overlap, learnt.overlap);
    assert!(plain.weighted.jaccard() > 0.1, "{}", plain.weighted.jaccard());
    assert!(
        learnt.weighted.jaccard() < plain.weighted.jaccard() / 3.0,
        "{}",
        learnt.weighted.jaccard()
    );
}

#[test]
fn weights_of_other_shingles_are_refused() {
    let idf = Detector::default().learn(&[AGENCY, OTHER]).idf().clone();
    let strict = || Detector::new(Config::builder().preset(Preset::Strict).build().expect("valid"));
    let error = strict().with_idf(idf.clone()).unwrap_err().to_string();
    assert_eq!(error, "made differently: shingle is words:3 on the left and words:5 on the right");
    assert!(Detector::default().with_idf(idf).is_ok());
}

/// Two words with one hash, found by search, because hashes are not keyed. Every measure takes them
/// for one word, but texts that differ in them are not identical.
#[test]
fn words_of_one_hash_do_not_make_texts_identical() {
    const WORDS: [&str; 2] = ["niegcenafgpnmima", "onfonihabcnpkaof"];
    let hashes = WORDS.map(|word| {
        newsprint::parts::Words::of(word, newsprint::parts::Folding::default()).hashes().to_vec()
    });
    assert_eq!(hashes[0], hashes[1], "the words are of no use if the hash is another");
    // In ASCII text read in place, in folded text, and in a text of that word alone.
    for frame in [AGENCY.replacen("ferry", "#", 1), format!("São “#” {AGENCY}"), "#".into()] {
        let [left, right] = WORDS.map(|word| frame.replace('#', word));
        let detectors = [Preset::Wire, Preset::Story]
            .map(|preset| Detector::new(Config::builder().preset(preset).build().expect("valid")));
        for detector in detectors {
            assert_ne!(detector.compare(&left, &right).relation, Relation::Identical);
            assert_eq!(detector.compare(&left, &left.to_uppercase()).relation, Relation::Identical);
            let shouted = left.replace(WORDS[0], &WORDS[0].to_uppercase());
            let articles = [&left, &right, &shouted].map(String::as_str);
            for pair in detector.find_pairs(&articles).pairs {
                let same = (pair.left, pair.right) == (0, 2);
                assert_eq!(pair.relation == Some(Relation::Identical), same, "{pair:?}");
            }
        }
    }
}
