//! A log returns what was acknowledged, whatever happens to it.

use super::*;
use crate::index::store::faulty::{Fault, Faulty};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

const NUMBER: u64 = 3;
const NAME: &str = "log-00000003-0000000000000001";
/// The bytes of a mark.
const MARK: usize = FRAME;

fn names() -> FileNames {
    FileNames::of(1)
}

fn settings() -> Settings {
    Settings::of(&crate::Config::default(), false)
}

fn payload(commit: u64) -> Vec<u8> {
    (0..commit * 37 % 101).map(|i| (i * commit) as u8).collect()
}

/// A log of commits 1 to `commits`.
fn disk(commits: u64) -> Faulty {
    written(commits).0
}

/// The same, with the log to continue.
fn written(commits: u64) -> (Faulty, Log) {
    let disk = Faulty::new();
    let mut log = Log::create(&disk, names(), NUMBER, &settings()).expect("creates");
    for commit in 1..=commits {
        log.append(commit, &payload(commit)).expect("appends");
    }
    (disk, log)
}

/// The commits that are there.
fn read(bytes: &[u8]) -> Result<Vec<u64>, Error> {
    let mut commits = Vec::new();
    replay(bytes, NAME, NUMBER, 0, |commit, found| {
        assert_eq!(found, payload(commit));
        commits.push(commit);
        Ok(())
    })?;
    Ok(commits)
}

fn read_disk(disk: &Faulty) -> Result<Vec<u64>, Error> {
    read(&disk.read(NAME).expect("reads"))
}

fn to(commits: u64) -> Vec<u64> {
    (1..=commits).collect()
}

#[test]
fn commits_are_read_as_they_were_written() {
    for commits in [0, 1, 2, 50] {
        let disk = disk(commits);
        let bytes = disk.read(NAME).expect("reads");
        assert_eq!(bytes.len() % ALIGN, 0);
        assert_eq!(read(&bytes), Ok(to(commits)));
        for seed in 0..20 {
            assert_eq!(read_disk(&disk.crash(seed)), Ok(to(commits)));
        }
    }
}

#[test]
fn a_torn_end_is_dropped() {
    let whole = disk(4).read(NAME).expect("reads");
    // A commit counts without its mark.
    let end = |commits| {
        disk(commits).read(NAME).expect("reads").len() - if commits > 0 { MARK } else { 0 }
    };
    let ends: Vec<usize> = (0..=4).map(end).collect();
    for len in HEADER..whole.len() {
        let last = ends.iter().filter(|&&end| end <= len).count() as u64 - 1;
        assert_eq!(read(&whole[..len]), Ok(to(last)), "{len}");
    }
}

#[test]
fn a_flipped_bit_is_found_or_harmless() {
    let whole = disk(4).read(NAME).expect("reads");
    let mark = whole.len() - MARK;
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        match read(&bytes) {
            // Nobody needs the content of the last mark.
            Ok(found) => {
                assert!(bit / 8 >= mark, "{bit}");
                assert_eq!(found, to(4));
            }
            Err(error) => {
                let (name, place) = error.damage().expect("is damage");
                assert!(
                    name == NAME && place as usize <= bit / 8 && bit / 8 < mark,
                    "{bit} {error}"
                );
            }
        }
    }
}

#[test]
fn damage_says_where() {
    let mut bytes = disk(3).read(NAME).expect("reads");
    let second = HEADER + FRAME + payload(1).len().next_multiple_of(ALIGN) + MARK;
    let mark = second + FRAME + payload(2).len().next_multiple_of(ALIGN);
    let third = mark + MARK;
    bytes[second + FRAME] ^= 1;
    let message = format!(
        "{NAME} is damaged at byte {second}: a commit is not whole, but what followed it is, at byte {mark}"
    );
    assert_eq!(read(&bytes).expect_err("is damaged").to_string(), message);
    // Damage to its length alone.
    bytes[second + FRAME] ^= 1;
    bytes[second + 3] ^= 0x80;
    assert_eq!(read(&bytes).expect_err("is damaged").to_string(), message);
    // Without the mark, but with a later commit.
    let found =
        replay(&[&bytes[..mark], &[0; MARK], &bytes[third..]].concat(), NAME, NUMBER, 0, |_, _| {
            Ok(())
        });
    assert!(
        found
            .expect_err("is damaged")
            .to_string()
            .ends_with(&format!("what followed it is, at byte {third}"))
    );
    // Garbage with no later commit after it is the torn end of the log.
    bytes.truncate(mark);
    assert_eq!(read(&bytes), Ok(to(1)));
    // It is damage if the log is known to have been longer.
    let known =
        |acknowledged: usize| replay(&bytes, NAME, NUMBER, acknowledged as u64, |_, _| Ok(()));
    assert_eq!(known(second), Ok(()));
    let message = format!(
        "{NAME} is damaged at byte {second}: a commit is not whole that ended before byte {mark}"
    );
    assert_eq!(known(mark).expect_err("is damaged").to_string(), message);
    bytes.extend(frame(NUMBER, 1, &payload(1)).expect("is short"));
    assert_eq!(read(&bytes), Ok(to(1)));
    bytes.extend(frame(NUMBER + 1, 9, &payload(9)).expect("is short"));
    assert_eq!(read(&bytes), Ok(to(1)));
}

#[test]
fn another_log_is_not_taken_for_this() {
    let whole = disk(2).read(NAME).expect("reads");
    let other =
        |bytes: &[u8]| replay(bytes, NAME, NUMBER + 1, 0, |_, _| panic!("nothing of it is ours"));
    assert!(
        other(&whole)
            .expect_err("another")
            .to_string()
            .ends_with("it is the log of another number")
    );
    // Frames that an older file left behind.
    let stale = [&header(names(), NUMBER + 1, &settings())[..], &whole[HEADER..]].concat();
    assert_eq!(other(&stale), Ok(()));
    for len in 0..HEADER {
        assert_eq!(read(&whole[..len]).expect_err("is cut").damage(), Some((NAME, 0)));
    }
    let mut newer = whole;
    newer[8] = 4;
    assert!(read(&newer).expect_err("is damaged").damage().is_some());
    let sum = xxh3_64(&newer[..HEADER - 8]);
    newer[HEADER - 8..HEADER].copy_from_slice(&sum.to_le_bytes());
    assert_eq!(read(&newer), Err(Error::newer(4, 3)));
}

#[test]
fn an_error_of_the_reader_ends_it() {
    let bytes = disk(3).read(NAME).expect("reads");
    let mut seen = 0;
    let result = replay(&bytes, NAME, NUMBER, 0, |commit, _| {
        seen = commit;
        if commit == 2 { Err(Error::locked()) } else { Ok(()) }
    });
    assert_eq!((result, seen), (Err(Error::locked()), 2));
}

#[test]
fn whatever_fails_nothing_acknowledged_is_lost_and_nothing_refused_comes_back_later() {
    let (mut broken, mut undone) = (0, 0);
    for seed in 0..300 {
        for at in 0..4 {
            for (fault, lasting) in [
                (Fault::Short, false),
                (Fault::Short, true),
                (Fault::Full, false),
                (Fault::Io, true),
            ] {
                let (disk, mut log) = written(2);
                disk.fail(disk.operations() + at, lasting, fault, seed);
                let mut acknowledged = 2;
                let mut doubtful = 2;
                for commit in 3..6 {
                    // A commit that was refused keeps its number.
                    match log.append(acknowledged + 1, &payload(acknowledged + 1)) {
                        Ok(()) => acknowledged += 1,
                        Err(error) if error.io_kind().is_some() => {
                            doubtful = acknowledged + u64::from(log.is_broken());
                            undone += u64::from(!log.is_broken());
                        }
                        Err(error) => {
                            assert!(log.is_broken(), "{commit} {error}");
                            assert_eq!(error, Error::broken(NAME));
                            broken += 1;
                        }
                    }
                }
                let most = acknowledged.max(doubtful);
                for disk in [disk.kill(), disk.crash(seed), disk.kill().crash(seed)] {
                    let commits = read_disk(&disk).expect("is whole or torn");
                    assert!(
                        commits == to(acknowledged) || commits == to(most),
                        "{commits:?} {acknowledged} {most}"
                    );
                }
            }
        }
    }
    assert!(broken > 100 && undone > 100, "{broken} {undone}");
}

#[test]
fn creating_fails_by_name() {
    for (at, doing) in [(0, "create"), (1, "write"), (2, "sync"), (3, "sync the directory of")] {
        let disk = Faulty::new();
        disk.fail(at, true, Fault::Full, 0);
        let error = Log::create(&disk, names(), NUMBER, &settings()).map(drop).expect_err("fails");
        assert_eq!(error.to_string(), format!("cannot {doing} {NAME}: No space left on device"));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_no_danger(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let read = |bytes: &[u8]| replay(bytes, NAME, NUMBER, 0, |_, _| Ok(()));
        prop_assert!(read(&bytes).is_err());
        let behind = [&header(names(), NUMBER, &settings())[..], &bytes].concat();
        prop_assert_eq!(read(&behind), Ok(()));
    }

    #[test]
    fn a_commit_that_was_going_on_is_there_or_not(commits in 0u64..5, seed: u64, len in 1usize..5_000) {
        let (disk, mut log) = written(commits);
        let start = log.len() as usize;
        let last = frame(NUMBER, commits + 1, &vec![7; len]).expect("is short");
        log.sink.write(&last).expect("writes");
        let mut lens = Vec::new();
        let bytes = disk.crash(seed).read(NAME).expect("reads");
        let found = replay(&bytes, NAME, NUMBER, 0, |_, payload| { lens.push(payload.len()); Ok(()) });
        let there = bytes.len() == start + last.len() && bytes.ends_with(&last);
        prop_assert_eq!(found, Ok(()));
        prop_assert_eq!(lens.len() as u64, commits + u64::from(there));
    }
}
