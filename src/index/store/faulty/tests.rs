//! The disk fails as real ones do, and only when it is told to.

use super::*;
use std::collections::BTreeSet;

const SEEDS: u64 = 300;

/// A file with `synced` durable and `more` written after it.
fn disk(synced: &[u8], more: &[u8]) -> Faulty {
    written(synced, more).0
}

/// The same, with the sink to continue.
fn written(synced: &[u8], more: &[u8]) -> (Faulty, Box<dyn Sink>) {
    let disk = Faulty::new();
    let mut sink = disk.create("file").expect("creates");
    disk.sync_directory().expect("syncs");
    sink.write(synced).expect("writes");
    sink.sync().expect("syncs");
    sink.write(more).expect("writes");
    (disk, sink)
}

fn content(disk: &Faulty, name: &str) -> Option<Vec<u8>> {
    disk.read(name).ok()
}

/// The contents of a file after crashes.
fn after_crashes(disk: &Faulty, name: &str) -> BTreeSet<Option<Vec<u8>>> {
    (0..SEEDS).map(|seed| content(&disk.crash(seed), name)).collect()
}

#[test]
fn what_is_synced_survives_and_the_rest_may_in_part() {
    let (synced, more) = ([1; 700], [2; 1500]);
    let disk = disk(&synced, &more);
    let all = [&synced[..], &more].concat();
    assert_eq!(content(&disk, "file").as_ref(), Some(&all));
    let left = after_crashes(&disk, "file");
    let mut cuts = BTreeSet::new();
    let (mut zeros, mut garbage) = (0, 0);
    for left in left {
        let left = left.expect("its name is durable");
        assert_eq!(left[..700], synced);
        assert!(left.len() <= all.len());
        cuts.insert(left.len());
        zeros += usize::from(left[700..].contains(&0));
        garbage += usize::from(left[700..].iter().any(|byte| !(0..=2).contains(byte)));
        // A sector is written as a whole or not at all.
        for sector in left[700..].split_at(324.min(left.len() - 700)).1.chunks(SECTOR) {
            let written = sector.iter().filter(|&&byte| byte == 2).count();
            assert!(written == sector.len() || written < sector.len() / 4 + 4, "{written}");
        }
    }
    assert!(cuts.contains(&700) && cuts.contains(&all.len()) && cuts.len() > 50);
    assert!(zeros > 10 && garbage > 10, "{zeros} {garbage}");
}

#[test]
fn a_kill_loses_nothing_that_was_written() {
    let before = disk(b"synced", b" written");
    let lock = before.lock().expect("asks").expect("is free");
    before.create("new").expect("creates").write(b"new").expect("writes");
    let killed = before.kill();
    assert!(killed.lock().expect("asks").is_some() && before.lock().expect("asks").is_none());
    assert_eq!(content(&killed, "file"), Some(b"synced written".to_vec()));
    assert_eq!(content(&killed, "new"), Some(b"new".to_vec()));
    // It is no more durable for that, and a different disk from now on.
    assert_eq!(after_crashes(&killed, "file"), after_crashes(&before, "file"));
    assert!(after_crashes(&killed, "new").contains(&None));
    killed.remove("file").expect("removes");
    assert!(content(&before, "file").is_some());
    drop(lock);
}

#[test]
fn a_crash_is_told_by_its_seed_and_leaves_what_is_durable() {
    let disk = disk(&[1; 900], &[2; 3000]);
    disk.rename("file", "other").expect("renames");
    for seed in 0..50 {
        let first = disk.crash(seed);
        assert_eq!(content(&first, "file"), content(&disk.crash(seed), "file"));
        assert_eq!(content(&first, "other"), content(&disk.crash(seed), "other"));
        let again = first.crash(seed + 1);
        assert_eq!(content(&again, "file"), content(&first, "file"));
        assert_eq!(again.list().expect("lists"), first.list().expect("lists"));
    }
}

#[test]
fn names_are_durable_when_the_directory_is_synced() {
    let disk = disk(b"old", b"");
    let mut sink = disk.create("new").expect("creates");
    sink.write(b"new").expect("writes");
    sink.sync().expect("syncs");
    disk.rename("new", "file").expect("renames");
    assert_eq!(disk.list().expect("lists"), ["file"]);
    let (old, new) = (Some(b"old".to_vec()), Some(b"new".to_vec()));
    // A rename is atomic: one file or the other is always there, as a whole.
    assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([old, new.clone()]));
    assert_eq!(after_crashes(&disk, "new"), BTreeSet::from([None, new.clone()]));
    for seed in 0..SEEDS {
        let crashed = disk.crash(seed);
        assert!(
            content(&crashed, "new").is_none()
                || content(&crashed, "file") == Some(b"old".to_vec())
        );
    }
    disk.sync_directory().expect("syncs");
    assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([new.clone()]));
    disk.remove("file").expect("removes");
    assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([None, new]));
    disk.sync_directory().expect("syncs");
    assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([None]));
}

#[test]
fn a_cut_is_durable_when_it_is_synced() {
    let (disk, mut sink) = written(b"one two", b"");
    sink.cut(4).expect("cuts");
    sink.write(b"six").expect("writes");
    let left = after_crashes(&disk, "file");
    assert!(left.contains(&Some(b"one two".to_vec())) && left.contains(&Some(b"one six".to_vec())));
    assert!(left.iter().all(|left| left.as_ref().is_some_and(|left| left.starts_with(b"one "))));
    sink.sync().expect("syncs");
    assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([Some(b"one six".to_vec())]));
}

#[test]
fn the_operation_that_is_to_fails_once_or_from_then_on() {
    let run = |disk: &Faulty| -> Vec<bool> {
        let sink = disk.create("a");
        let created = sink.is_ok();
        let mut sink = sink.or_else(|_| disk.create("a")).expect("fails once");
        let rest = [
            sink.write(b"12345678").is_ok(),
            sink.sync().is_ok(),
            sink.cut(0).is_ok(),
            disk.read("a").is_ok(),
            disk.map("a").is_ok(),
            disk.rename("a", "b").or_else(|_| disk.rename("a", "b")).is_ok(),
            disk.sync_directory().is_ok(),
            disk.list().is_ok(),
            disk.lock().is_ok(),
            disk.remove("b").is_ok(),
        ];
        [created].into_iter().chain(rest).collect()
    };
    let whole = Faulty::new();
    assert!(run(&whole).into_iter().all(|ok| ok));
    assert_eq!(whole.operations(), 11);
    for at in 0..11 {
        let disk = Faulty::new();
        disk.fail(at, false, Fault::Io, 0);
        let failed = run(&disk).iter().filter(|&&ok| !ok).count();
        // The rename is tried again.
        assert_eq!(failed, usize::from(at != 6), "{at}");
    }
    for at in 1..11 {
        let disk = Faulty::new();
        disk.fail(at, true, Fault::Full, 0);
        let ok = run(&disk);
        assert!(
            ok[..at as usize].iter().all(|&ok| ok) && ok[at as usize..].iter().all(|&ok| !ok),
            "{at}"
        );
        disk.mend();
        assert!(disk.list().is_ok());
    }
}

#[test]
fn writes_fail_short_or_whole() {
    let mut lengths = BTreeSet::new();
    for seed in 0..SEEDS {
        for fault in [Fault::Short, Fault::Full, Fault::Io] {
            let disk = Faulty::new();
            let mut sink = disk.create("a").expect("creates");
            disk.fail(1, false, fault, seed);
            let kind = sink.write(b"12345678").expect_err("fails").kind();
            let there = content(&disk, "a").expect("is there");
            assert!(b"12345678".starts_with(&there));
            match fault {
                Fault::Short => drop(lengths.insert(there.len())),
                Fault::Full | Fault::Io => assert!(there.is_empty()),
            }
            assert_eq!(kind == io::ErrorKind::StorageFull, fault == Fault::Full);
            sink.write(b"!").expect("fails once");
            assert_eq!(content(&disk, "a"), Some([&there[..], b"!"].concat()));
        }
    }
    assert_eq!(lengths.len(), 9);
}

#[test]
fn what_a_failed_sync_lost_stays_lost() {
    let mut durable = 0;
    for seed in 0..SEEDS {
        let (disk, mut sink) = written(b"synced ", b"maybe");
        disk.fail(disk.operations(), false, Fault::Io, seed);
        assert!(sink.sync().is_err());
        assert_eq!(content(&disk, "file"), Some(b"synced maybe".to_vec()));
        sink.write(b" more").expect("writes");
        sink.sync().expect("says so");
        assert_eq!(content(&disk, "file"), Some(b"synced maybe more".to_vec()));
        match after_crashes(&disk, "file").into_iter().collect::<Vec<_>>().as_slice() {
            [Some(left)] if left == b"synced maybe more" => durable += 1,
            [Some(left)] => assert_eq!(left, b"synced \0\0\0\0\0 more"),
            more => panic!("{more:?}"),
        }
        // Once it is written again it is as durable as any other.
        sink.cut(7).expect("cuts");
        sink.write(b"again").expect("writes");
        sink.sync().expect("syncs");
        assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([Some(b"synced again".to_vec())]));
    }
    assert!((SEEDS / 4..SEEDS * 3 / 4).contains(&durable), "{durable}");

    let mut durable = 0;
    for seed in 0..SEEDS {
        let disk = Faulty::new();
        disk.create("new").expect("creates");
        disk.fail(1, false, Fault::Io, seed);
        assert!(disk.sync_directory().is_err());
        durable += u64::from(!after_crashes(&disk, "new").contains(&None));
    }
    assert!((SEEDS / 4..SEEDS * 3 / 4).contains(&durable), "{durable}");
}

#[test]
fn what_is_planted_is_durable() {
    let disk = disk(b"old", b" more");
    disk.create("file").expect("creates");
    disk.put("file", b"planted");
    assert_eq!(after_crashes(&disk, "file"), BTreeSet::from([Some(b"planted".to_vec())]));
    assert_eq!(disk.operations(), 6);
}
