//! Missing files, as after a partial restore: what was acknowledged is there or its loss is
//! reported, nothing wrong is found, and nothing is deleted that the index did not write.

use super::*;
use crate::index::store::manifest::Manifest;
use crate::index::store::names::{FileKind, FileNames, MANIFEST, MANIFEST_COPY, parse};
use crate::index::verify::verify_in;
use crate::progress::Progress;

/// An index with segments, tombstones and a log, which was closed.
fn closed() -> (Faulty, Articles) {
    let mut played = Played::filled();
    let articles = played.now.clone();
    played.index.take().expect("is open").close().expect("closes");
    (played.disk.clone(), articles)
}

fn names_of(disk: &Faulty, kind: FileKind) -> Vec<String> {
    let names = disk.list().expect("lists").into_iter();
    names.filter(|name| parse(name).is_some_and(|(found, ..)| found == kind)).collect()
}

/// A copy of a disk without some of its files.
fn without(disk: &Faulty, missing: impl Fn(&str) -> bool) -> Faulty {
    let left = disk.kill();
    for name in disk.list().expect("lists").iter().filter(|name| missing(name)) {
        left.remove(name).expect("removes");
    }
    left
}

#[test]
fn any_files_may_be_missing() {
    let (disk, articles) = closed();
    let names = disk.list().expect("lists");
    assert!(names_of(&disk, FileKind::Segment).len() >= 2 && names.len() >= 6, "{names:?}");
    let (mut reported, mut restored, mut complete) = (0, 0, 0);
    for subset in 0..1u32 << names.len() {
        let missing = |name: &str| {
            names.iter().position(|one| one == name).is_some_and(|i| subset >> i & 1 == 1)
        };
        let left = without(&disk, missing);
        let all_gone = left.list().expect("lists").is_empty();
        let before = left.list().expect("lists");
        match open(&left) {
            Ok(index) => {
                let seen = contents(&index.snapshot());
                assert!(
                    are_contents(&articles, &seen),
                    "without {subset:b} something was lost in silence"
                );
                complete += 1;
            }
            Err(error) => {
                reported += 1;
                // No index is made where something is left of one, and nothing is deleted.
                let options = IndexOptions::default().id(2);
                let storage = Arc::new(left.clone());
                let made = Index::create_in(storage, &options, WriterLimits::default());
                assert_eq!(made.is_ok(), all_gone, "{error}");
                if all_gone {
                    continue;
                }
                let after = left.list().expect("lists");
                assert!(before.iter().all(|name| after.contains(name)), "{before:?} {after:?}");
                assert!(
                    verify_in(&left, &Progress::ignore).map_or(true, |damage| !damage.is_empty()),
                    "{error}"
                );
                let Ok(repaired) = repair(&left) else { continue };
                assert!(!repaired.damage.is_empty(), "{error}");
                assert_eq!(verify_in(&left, &Progress::ignore), Ok(Vec::new()));
                let index = open(&left).expect("opens");
                let seen = contents(&index.snapshot());
                // What is there is as it was, except for lost removals.
                for (id, version) in &articles {
                    let version = version.has_words().then_some(version.number);
                    assert!(
                        seen.get(id).is_none_or(|found| *found == version)
                            || repaired.removals_lost
                            || missing_log(&left, &disk),
                        "{id} {subset:b}"
                    );
                }
                restored += 1;
            }
        }
    }
    assert!(reported > 40 && restored > 20 && complete >= 2, "{reported} {restored} {complete}");
}

/// Whether the log was lost: then the repaired one has another number.
fn missing_log(repaired: &Faulty, whole: &Faulty) -> bool {
    names_of(repaired, FileKind::Log) != names_of(whole, FileKind::Log)
}

#[test]
fn a_lost_manifest_is_made_from_its_copy_or_from_the_files() {
    let (disk, articles) = closed();
    for missing in [&[MANIFEST][..], &[MANIFEST, MANIFEST_COPY]] {
        let left = without(&disk, |name| missing.contains(&name));
        let error = open(&left).map(drop).expect_err("is reported");
        assert_eq!(error.damage(), Some((MANIFEST, 0)));
        assert!(error.to_string().contains("it is missing, but"), "{error}");
        assert_eq!(verify_in(&left, &Progress::ignore), Ok(vec![error.clone()]));
        let repaired = repair(&left).expect("repairs");
        assert_eq!(
            (repaired.damage, repaired.lost, repaired.removals_lost),
            (vec![error], 0, false)
        );
        let index = open(&left).expect("opens");
        assert!(are_contents(&articles, &contents(&index.snapshot())));
        assert_eq!(Manifest::load(&left).expect("is there").names, FileNames::of(1));
    }
    // A copy that is older than a file does not count.
    let old = disk.read(MANIFEST_COPY).expect("reads");
    let mut index = open(&disk).expect("opens");
    index.insert(&Article::new("A new library opens").id("later")).expect("inserts");
    index.commit().expect("commits");
    drop(index);
    disk.put(MANIFEST_COPY, &old);
    disk.remove(MANIFEST).expect("removes");
    repair(&disk).expect("repairs");
    let index = open(&disk).expect("opens");
    assert!(index.contains("later").expect("reads") && index.len() == articles.len() as u64 + 1);
}

#[test]
fn files_of_others_are_left_alone() {
    let (disk, articles) = closed();
    let others = [
        "log-20261128",
        "segment-00000001",
        "log-00000001-00000000000000ff",
        "removed-7",
        "notes.txt",
        "manifest-00000000000000ff",
    ];
    others.iter().for_each(|name| disk.put(name, b"not ours"));
    let mut index = open(&disk).expect("opens");
    index.merge().expect("merges");
    index.close().expect("closes");
    disk.remove(MANIFEST).expect("removes");
    repair(&disk).expect("repairs");
    let index = open(&disk).expect("opens");
    assert!(are_contents(&articles, &contents(&index.snapshot())));
    for name in others {
        assert_eq!(disk.read(name).expect("is there"), b"not ours", "{name}");
    }
    // If there are files of two indexes, the repair does not guess which are meant.
    drop(index);
    disk.remove(MANIFEST).expect("removes");
    disk.remove(MANIFEST_COPY).expect("removes");
    let error = repair(&disk).expect_err("is refused");
    assert!(error.to_string().ends_with("not all files are of one index"), "{error}");
}

#[test]
fn a_closed_log_that_is_cut_is_reported() {
    let (disk, _) = closed();
    let name = names_of(&disk, FileKind::Log).remove(0);
    let bytes = disk.read(&name).expect("reads");
    let known = Manifest::load(&disk).expect("is there").log_bytes as usize;
    // All but the mark of the last commit.
    assert_eq!(known + 24, bytes.len());
    for len in 0..bytes.len() {
        disk.put(&name, &bytes[..len]);
        let damage = verify_in(&disk, &Progress::ignore).expect("verifies");
        assert_eq!(damage.is_empty(), len >= known, "{len} {damage:?}");
    }
}
