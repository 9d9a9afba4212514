//! Many threads read while one writes: every snapshot is the index as one commit left it, even one
//! that is opened from the files while these are replaced and removed.
//!
//! Commit `c` adds some articles to each of a few families of near copies, and removes those of an
//! older commit. So it is known exactly what a query must find as of each commit.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use newsprint::{Article, Config, Index, Snapshot};

const FAMILIES: u64 = 8;
/// Articles that a commit adds to each family.
const MEMBERS: u64 = 4;
/// The number of commits whose articles are there.
const WINDOW: u64 = 10;
const COMMITS: u64 = 1_000;
const READERS: usize = 4;

/// The text of a member of a family, which shares all but one word with the others.
fn text(family: u64, member: u64) -> String {
    let word =
        |at: u64| format!("word{} ", (family * 7_919 + at * at * 31) % 9_973 + family * 10_000);
    let mut words: Vec<String> = (0..60).map(word).collect();
    words[10 * member as usize] = format!("other{member} ");
    words.concat()
}

fn id(commit: u64, family: u64, member: u64) -> String {
    format!("{commit}-{family}-{member}")
}

/// What a query for a family must find as of a commit.
fn expected(commit: u64, family: u64) -> BTreeSet<String> {
    let commits = commit.saturating_sub(WINDOW) + 1..=commit;
    commits.flat_map(|commit| (0..MEMBERS).map(move |member| id(commit, family, member))).collect()
}

fn found(snapshot: &Snapshot, family: u64, member: u64) -> BTreeSet<String> {
    let matches = snapshot.query(text(family, member).as_str()).expect("reads").matches;
    let ids: BTreeSet<String> = matches.iter().map(|found| found.id.clone()).collect();
    assert_eq!(ids.len(), matches.len());
    ids
}

fn check(snapshot: &Snapshot, commit: u64, family: u64) {
    assert_eq!(
        found(snapshot, family, commit % MEMBERS),
        expected(commit, family),
        "as of {commit}"
    );
    assert_eq!(snapshot.len(), commit.min(WINDOW) * FAMILIES * MEMBERS);
    assert_eq!(snapshot.contains(&id(commit + 1, family, 0)), Ok(false));
    if commit > WINDOW {
        assert_eq!(snapshot.contains(&id(commit - WINDOW, family, 1)), Ok(false));
    }
}

/// Tells the others to stop, also if it panics.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_snapshot_is_as_one_commit_left_the_index() {
    let name = format!("newsprint-threads-{}", std::process::id());
    let directory = Temporary(std::env::temp_dir().join(name));
    let path = &directory.0;
    let mut index = Index::create(path, &Config::default()).expect("creates");
    let shared = Mutex::new((0, index.snapshot()));
    let over = AtomicBool::new(false);
    let (asked, opened) = thread::scope(|scope| {
        let readers: Vec<_> = (0..READERS as u64)
            .map(|reader| {
                let (shared, over) = (&shared, &over);
                scope.spawn(move || {
                    let mut asked = 0u64;
                    while !over.load(Ordering::Relaxed) {
                        let (commit, snapshot) = shared.lock().expect("nobody panics").clone();
                        // Some snapshots are kept for long.
                        for _ in 0..[1, 3, 40][(asked % 3) as usize] {
                            asked += 1;
                            if commit > 0 {
                                check(&snapshot, commit, (asked + reader) % FAMILIES);
                            }
                        }
                    }
                    asked
                })
            })
            .collect();
        let opening = scope.spawn(|| {
            let mut opened = 0u64;
            while !over.load(Ordering::Relaxed) {
                let before = shared.lock().expect("nobody panics").0;
                let snapshot = Snapshot::open(path).expect("opens");
                let ids = found(&snapshot, 3, 0);
                let commits = ids.iter().map(|id| id.split_once('-').expect("names one").0.parse());
                let commit = commits.map(|commit| commit.expect("is a number")).max().unwrap_or(0);
                // What was committed is visible; more may have been committed since.
                assert!(commit >= before, "{commit} {before}");
                if commit > 0 {
                    check(&snapshot, commit, opened % FAMILIES);
                }
                if opened.is_multiple_of(4) {
                    assert_eq!(Index::verify(path).expect("verifies"), []);
                }
                opened += 1;
            }
            opened
        });
        let stop = Stop(&over);
        for commit in 1..=COMMITS {
            for family in 0..FAMILIES {
                for member in 0..MEMBERS {
                    let (id, text) = (id(commit, family, member), text(family, member));
                    index.insert(&Article::new(&text).id(&id)).expect("inserts");
                    if commit > WINDOW {
                        let old = self::id(commit - WINDOW, family, member);
                        assert_eq!(index.remove(&old), Ok(true));
                    }
                }
            }
            match commit % 300 {
                0 => index.merge().expect("merges"),
                _ => index.commit().expect("commits"),
            }
            *shared.lock().expect("nobody panics") = (commit, index.snapshot());
        }
        drop(stop);
        let asked: Vec<u64> =
            readers.into_iter().map(|reader| reader.join().expect("finds no fault")).collect();
        (asked, opening.join().expect("finds no fault"))
    });
    assert!(asked.iter().all(|&asked| asked > 100) && opened > 20, "{asked:?} {opened}");
    check(&index.snapshot(), COMMITS, 0);
    index.close().expect("closes");
    assert_eq!(Index::verify(path).expect("verifies"), []);
}
