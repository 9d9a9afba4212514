//! Any two texts, by words and by letters: spans are sorted, disjoint and on character boundaries,
//! figures are shares, exchanging the texts mirrors the result, and the report can be written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use newsprint::{Config, Detector, Preset};

fuzz_target!(|input: (&str, &str, bool)| {
    let (left, right, letters) = input;
    let preset = if letters { Preset::Ocr } else { Preset::Wire };
    let Ok(config) = Config::builder().preset(preset).build() else { return };
    let detector = Detector::new(config);
    let found = detector.compare(left, right);
    let mut spans: Vec<_> =
        found.shared.passages.iter().map(|passage| passage.right.clone()).collect();
    for passage in &found.shared.passages {
        assert!(
            left.get(passage.left.clone()).is_some() && right.get(passage.right.clone()).is_some()
        );
    }
    assert!(found.shared.passages.windows(2).all(|two| two[0].left.end <= two[1].left.start));
    spans.sort_by_key(|span| span.start);
    assert!(
        spans.windows(2).all(|two| two[0].end <= two[1].start),
        "{left:?} {right:?} {:?}",
        found.shared.passages
    );
    for share in [
        found.confidence,
        found.story.score,
        found.shared.coverage.left,
        found.shared.coverage.right,
    ] {
        assert!((0.0..=1.0).contains(&share));
    }
    let mirrored = detector.compare(right, left);
    assert_eq!((found.relation, found.story), (mirrored.relation, mirrored.story));
    assert_eq!(found.shared.passages.len(), mirrored.shared.passages.len());
});
