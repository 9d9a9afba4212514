//! Random scripts on a disk that does not fail.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_index_is_a_map_that_finds_copies(
        steps in proptest::collection::vec(any::<u64>(), 1..300),
        keep_texts: bool,
        is_slow: bool,
    ) {
        let background = if is_slow { Background::Slow } else { Background::Settled };
        let mut played = Played::with(keep_texts, background);
        let mut kept: Vec<(Snapshot, Articles)> = Vec::new();
        for step in steps.into_iter().map(Step::of) {
            played.play(step).expect("nothing fails");
            if let (Step::Snapshot, Some(index)) = (step, &played.index) {
                kept.push((index.snapshot(), played.durable[0].clone()));
                let opened = Snapshot::open_in(&played.disk, None).expect("opens");
                are_seen(&opened, &played.durable);
            }
        }
        played.check();
        // They still see what was committed when they were taken, whatever has become of the files.
        for (snapshot, articles) in kept {
            check_all(&snapshot, &articles);
        }
        prop_assert_eq!(crate::index::verify::verify_in(&played.disk, &Progress::ignore), Ok(Vec::new()));
    }
}

#[test]
fn what_is_merged_is_smaller_and_says_the_same() {
    let mut played = Played::new(true);
    for (id, text) in (0..IDS).zip([0, 1, 5, 2, 10, 4, 9, 1, 3].into_iter().cycle()) {
        played.play(Step::Insert { id, text, dated: !id.is_multiple_of(3) }).expect("inserts");
        played.play(Step::Commit).expect("commits");
    }
    (0..IDS).step_by(5).for_each(|id| played.play(Step::Remove { id }).expect("removes"));
    played.check();
    let stats = |played: &Played| played.index.as_ref().expect("is open").latest().stats();
    let before = stats(&played);
    assert!(before.segments >= 2 && before.removed >= 4, "{before:?}");
    played.play(Step::Merge).expect("merges");
    played.check();
    let after = stats(&played);
    assert_eq!((after.segments, after.removed, after.recent), (1, 0, 0), "{after:?}");
    assert_eq!(after.articles, before.articles);
    // No file is left that does not count.
    let names = played.disk.list().expect("lists");
    let kinds: Vec<&str> = names.iter().map(|name| name.split('-').next().unwrap()).collect();
    assert_eq!(kinds, ["log", "manifest", "manifest.copy", "segment"], "{names:?}");
    // All expire: no file is left.
    (0..IDS).for_each(|id| played.play(Step::Remove { id }).expect("removes"));
    played.play(Step::Merge).expect("merges");
    assert_eq!(stats(&played).segments, 0);
    played.check();
}

#[test]
fn a_snapshot_does_not_see_what_is_not_committed_not_even_after_opening() {
    let mut played = Played::new(false);
    for id in 0..3 {
        played.play(Step::Insert { id, text: 0, dated: true }).expect("inserts");
    }
    assert_eq!(played.index.as_ref().expect("is open").snapshot().len(), 0);
    played.play(Step::Commit).expect("commits");
    played.play(Step::Reopen).expect("opens");
    played.play(Step::Remove { id: 1 }).expect("removes");
    let index = played.index.as_ref().expect("is open");
    let (committed, now) = (index.snapshot(), index.latest());
    assert!(
        committed.contains(&name(1)).expect("reads") && !now.contains(&name(1)).expect("reads")
    );
    assert_eq!(committed.query(texts()[0].as_str()).expect("reads").matches.len(), 3);
    assert_eq!(now.query(texts()[0].as_str()).expect("reads").matches.len(), 2);
}

#[test]
fn an_index_is_not_made_over_one_that_cannot_be_read() {
    use crate::index::store::faulty::Fault;
    let mut played = Played::new(false);
    played.play(Step::Insert { id: 1, text: 0, dated: true }).expect("inserts");
    played.play(Step::Commit).expect("commits");
    played.index = None;
    for at in 0..8 {
        played.disk.fail(played.disk.operations() + at, false, Fault::Io, 0);
        assert!(
            Index::create_in(
                Arc::new(played.disk.clone()),
                &IndexOptions::default(),
                WriterLimits::default()
            )
            .is_err(),
            "{at}"
        );
        played.disk.mend();
    }
    played.play(Step::Reopen).expect("nothing to do");
    let played = Played { index: None, ..played };
    let disk = played.disk.clone();
    played.open(disk).expect("opens").check();
}
