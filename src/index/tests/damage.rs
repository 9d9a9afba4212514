//! Damaged files: nothing panics, nothing wrong is found, the damage is reported, and what is whole
//! can be saved.

use super::*;
use crate::index::store::manifest::Manifest;
use crate::index::store::names::FileNames;
use crate::index::verify::verify_in;
use crate::progress::Progress;

/// The texts of the queries.
const ASKED: [usize; 5] = [0, 3, 7, 12, 29];

/// An index with segments, tombstones, and commits in its log.
fn whole() -> Played {
    let mut played = Played::filled();
    played.play(Step::Commit).expect("commits");
    for id in [9, 21] {
        played.play(Step::Upsert { id, text: id as usize, dated: true }).expect("inserts");
        played.play(Step::Commit).expect("commits");
    }
    played.check();
    let names = played.disk.list().expect("lists");
    let of = |kind| names.iter().filter(|name| name.starts_with(kind)).count();
    assert!(of("segment") >= 2 && of("removed") == 1 && of("log") == 1, "{names:?}");
    played
}

/// The ids that each query finds, or the damage that it meets.
fn answers(snapshot: &Snapshot) -> Vec<Result<Vec<String>, Error>> {
    let ids = |text: usize| {
        let answer = snapshot.query(texts()[text].as_str())?;
        Ok(answer.matches.into_iter().map(|found| found.id).collect())
    };
    ASKED.into_iter().map(ids).collect()
}

/// The files that are not empty: their names and contents.
fn files(disk: &Faulty) -> Vec<(String, Vec<u8>)> {
    let named = |name: String| disk.read(&name).map(|bytes| (name, bytes)).expect("reads");
    disk.list()
        .expect("lists")
        .into_iter()
        .map(named)
        .filter(|(_, bytes)| !bytes.is_empty())
        .collect()
}

/// Looks at an index in which one file is damaged; returns whether the damage was reported.
fn look_at(disk: &Faulty, name: &str, allowed: &[Vec<BTreeSet<String>>]) -> bool {
    let check = |error: &Error| {
        assert_eq!(error.damage().map(|(file, _)| file), Some(name), "{error}");
    };
    match Snapshot::open_in(disk, None) {
        Err(error) => check(&error),
        Ok(snapshot) => {
            for (i, answer) in answers(&snapshot).into_iter().enumerate() {
                match answer {
                    Err(error) => check(&error),
                    Ok(ids) => {
                        let right = |allowed: &Vec<BTreeSet<String>>| {
                            ids.iter().all(|id| allowed[i].contains(id))
                        };
                        assert!(allowed.iter().any(right), "{ids:?}");
                    }
                }
            }
        }
    }
    let damage = verify_in(disk, &Progress::ignore).expect("verifies");
    damage.iter().for_each(check);
    !damage.is_empty()
}

/// What may be found: in the index as it is, or without its last commit, as damage to that cannot
/// be told from a torn write.
fn allowed(played: &Played) -> Vec<Vec<BTreeSet<String>>> {
    let log = files(&played.disk)
        .into_iter()
        .find(|(name, _)| name.starts_with("log"))
        .expect("is there");
    let torn = played.disk.kill();
    // With its mark.
    torn.put(&log.0, &log.1[..log.1.len() - 25]);
    let found = |disk: &Faulty| {
        let snapshot = Snapshot::open_in(disk, None).expect("opens");
        let answers =
            answers(&snapshot).into_iter().map(|ids| ids.expect("reads").into_iter().collect());
        answers.collect::<Vec<BTreeSet<String>>>()
    };
    vec![found(&played.disk), found(&torn)]
}

#[test]
fn a_flipped_bit_is_reported_and_nothing_wrong_is_found() {
    let played = whole();
    let allowed = allowed(&played);
    for (name, bytes) in files(&played.disk) {
        let step = if bytes.len() > 10_000 { 13 } else { 1 };
        let disk = played.disk.kill();
        let mut silent = Vec::new();
        for at in (0..bytes.len()).step_by(step) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << (at / step % 8);
            disk.put(&name, &bytes);
            if !look_at(&disk, &name, &allowed) {
                silent.push(at);
            }
        }
        // Except in the mark of the last commit of the log, which nobody needs while the rest is
        // whole.
        let mark = if name.starts_with("log") { bytes.len() - 24 } else { bytes.len() };
        assert!(silent.iter().all(|&at| at >= mark), "{name} {silent:?}");
    }
}

#[test]
fn a_file_that_is_cut_or_has_a_hole_is_reported() {
    let played = whole();
    let allowed = allowed(&played);
    let known = Manifest::load(&played.disk).expect("is there").log_bytes;
    for (name, bytes) in files(&played.disk) {
        let is_log = name.starts_with("log");
        let disk = played.disk.kill();
        for len in (0..bytes.len()).step_by(if bytes.len() > 10_000 { 101 } else { 3 }) {
            disk.put(&name, &bytes[..len]);
            if is_log && len as u64 >= known {
                // Commits at its end are missing. No disk does that to what was synced, and it
                // cannot be noticed while the index is not closed.
                assert!(
                    Snapshot::open_in(&disk, None).is_ok()
                        && verify_in(&disk, &Progress::ignore) == Ok(Vec::new())
                );
            } else {
                assert!(look_at(&disk, &name, &allowed), "{name} {len}");
            }
        }
        let block = if bytes.len() > 10_000 { 4096 } else { 64 };
        for start in (0..bytes.len()).step_by(block) {
            let mut holed = bytes.clone();
            let end = bytes.len().min(start + block);
            holed[start..end].fill(0);
            disk.put(&name, &holed);
            let reported = look_at(&disk, &name, &allowed);
            assert!(
                reported || holed == bytes || is_log && end > bytes.len() / 2,
                "{name} {start}"
            );
        }
    }
}

/// The file in which each article lies.
fn places(played: &Played) -> BTreeMap<String, String> {
    let snapshot = played.index.as_ref().expect("is open").snapshot();
    let segments = Manifest::load(&played.disk).expect("is there").segments;
    let place = |id: &String| {
        let address = snapshot.view.with_id(id).expect("reads").expect("is there");
        match segments.get(address.leaf as usize) {
            Some(entry) => FileNames::of(1).segment(entry.file),
            None => "log".to_owned(),
        }
    };
    played.now.keys().map(|id| (id.clone(), place(id))).collect()
}

/// Repairs an index with damage in one file, and checks that everything in other files is found as
/// before.
fn repairs(played: &Played, disk: &Faulty, name: &str) -> Repaired {
    let places = places(played);
    let repaired = repair(disk).expect("repairs");
    assert!(!repaired.damage.is_empty());
    assert_eq!(verify_in(disk, &Progress::ignore), Ok(Vec::new()));
    let index = open(disk).expect("opens");
    assert_eq!(index.len(), repaired.articles);
    let seen = contents(&index.snapshot());
    for (id, place) in places.iter().filter(|(_, place)| !name.starts_with(place.as_str())) {
        let version = played.now[id];
        assert_eq!(
            seen.get(id),
            Some(&version.has_words().then_some(version.number)),
            "{id} in {place}"
        );
    }
    assert!(repair(disk).is_err(), "it is open");
    drop(index);
    let again = repair(disk).expect("finds nothing to repair");
    assert_eq!(again, Repaired::default());
    repaired
}

#[test]
fn what_is_whole_is_saved() {
    let played = whole();
    let before = played.now.len() as u64;
    let mut all_saved = 0;
    for (name, bytes) in
        files(&played.disk).into_iter().filter(|(name, _)| name.starts_with("segment"))
    {
        let (mut saved, mut blocks) = (0, 0);
        let inside = places(&played).values().filter(|place| **place == name).count() as u64;
        for start in (0..bytes.len()).step_by(4096) {
            let mut bytes = bytes.clone();
            bytes[start] ^= 1;
            let disk = played.disk.kill();
            disk.put(&name, &bytes);
            let repaired = repairs(&played, &disk, &name);
            assert!(!repaired.removals_lost, "{name} {start} {repaired:?}");
            assert!(repaired.articles + inside >= before, "{name} {start} {repaired:?}");
            assert!(repaired.articles + repaired.lost >= before, "{name} {start} {repaired:?}");
            saved += repaired.articles + inside - before;
            blocks += 1;
        }
        assert!(blocks >= 3, "{name} {blocks}");
        all_saved += saved;
    }
    // Many blocks hold nothing that an article cannot do without.
    assert!(all_saved >= before, "{all_saved}");
}

#[test]
fn of_many_articles_few_are_lost_with_a_block_and_few_keys() {
    let text = |id: u64| {
        (0..30).map(|at| format!("w{} ", mix(id << 8 | at) % 100_000)).collect::<String>()
    };
    let disk = Faulty::new();
    let (options, limits) = (IndexOptions::default().id(1), WriterLimits::default());
    let mut index = Index::create_in(Arc::new(disk.clone()), &options, limits).expect("creates");
    let articles = 600;
    for id in 0..articles {
        let (name, text) = (name(id), text(id));
        index.insert(&Article::new(&text).id(&name).source("Post")).expect("inserts");
    }
    index.merge().expect("writes a segment");
    index.close().expect("closes");
    let (name, bytes) =
        files(&disk).into_iter().find(|(name, _)| name.starts_with("segment")).unwrap();
    let blocks = bytes.len() / 4096;
    assert!(blocks > 20, "{blocks}");
    let (mut lost, mut all_named, mut some_unnamed) = (0, 0, 0);
    for block in 0..blocks {
        let mut bytes = bytes.clone();
        bytes[4096 * block..][..4096].fill(0);
        let disk = disk.kill();
        disk.put(&name, &bytes);
        let repaired =
            repair_in(Arc::new(disk.clone()), limits, &Progress::ignore).expect("repairs");
        assert_eq!(
            (repaired.articles + repaired.lost, verify_in(&disk, &Progress::ignore)),
            (articles, Ok(Vec::new()))
        );
        // The directory lies in one block, or two.
        lost += u64::from(repaired.lost == articles);
        if repaired.lost == articles {
            continue;
        }
        // Their ids are named, but for those that are damaged themselves.
        let named: std::collections::HashSet<&str> =
            repaired.lost_ids.iter().map(String::as_str).collect();
        assert!(named.len() as u64 <= repaired.lost, "{block} {repaired:?}");
        all_named += u64::from(repaired.lost > 0 && named.len() as u64 == repaired.lost);
        some_unnamed += u64::from((named.len() as u64) < repaired.lost);
        // A block holds 64 signatures, 128 records of metadata, or the ends of 512 ids.
        assert!(repaired.lost <= 513, "{block} {repaired:?}");
        let snapshot = Snapshot::open_in(&disk, None).expect("opens");
        let found = |&id: &u64| {
            let matches = snapshot.query(text(id).as_str()).expect("reads").matches;
            matches.iter().any(|one| one.id == super::name(id))
        };
        let there =
            (0..articles).filter(|&id| snapshot.contains(&super::name(id)).expect("reads")).count();
        let found = (0..articles).filter(found).count();
        assert_eq!((there as u64, found as u64), (repaired.articles, repaired.articles), "{block}");
    }
    assert!(lost <= 2, "{lost}");
    // The ids and where they end lie in a handful of blocks.
    assert!(all_named > some_unnamed && some_unnamed <= 6, "{all_named} {some_unnamed}");
}

#[test]
fn a_segment_that_is_missing_is_reported_and_given_up() {
    let played = whole();
    for (name, _) in files(&played.disk).into_iter().filter(|(name, _)| name.starts_with("segment"))
    {
        let inside = places(&played).values().filter(|place| **place == name).count() as u64;
        let disk = played.disk.kill();
        disk.remove(&name).expect("removes");
        let is_told =
            |error: &Error| error.io_kind().is_some() && error.to_string().contains(&name);
        assert!(is_told(&Snapshot::open_in(&disk, None).expect_err("is not there")));
        let damage = verify_in(&disk, &Progress::ignore).expect("verifies");
        assert!(damage.len() == 1 && is_told(&damage[0]), "{damage:?}");
        let repaired = repairs(&played, &disk, &name);
        // The log had deleted some of those that are lost.
        assert!(repaired.lost >= inside, "{repaired:?}");
        assert_eq!(repaired.articles, played.now.len() as u64 - inside);
    }
}

#[test]
fn of_a_damaged_log_the_commits_after_the_damage_are_kept_too() {
    let played = whole();
    let (name, bytes) =
        files(&played.disk).into_iter().find(|(name, _)| name.starts_with("log")).unwrap();
    let before = places(&played);
    let recent = before.values().filter(|place| *place == "log").count() as u64;
    for at in (64..bytes.len() / 2).step_by(11) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        let disk = played.disk.kill();
        disk.put(&name, &bytes);
        let repaired = repairs(&played, &disk, &name);
        // One commit is lost, and with it its deletions.
        assert!(
            repaired.articles + recent > played.now.len() as u64 && repaired.lost == 0,
            "{repaired:?}"
        );
    }
}

#[test]
fn lost_removals_are_reported() {
    let played = whole();
    let (name, bytes) =
        files(&played.disk).into_iter().find(|(name, _)| name.starts_with("removed")).unwrap();
    let disk = played.disk.kill();
    disk.put(&name, &bytes[1..]);
    let repaired = repair(&disk).expect("repairs");
    assert!(repaired.removals_lost && repaired.lost == 0, "{repaired:?}");
    assert_eq!(verify_in(&disk, &Progress::ignore), Ok(Vec::new()));
    let index = open(&disk).expect("opens");
    // Those of segments are there again, each id once all the same.
    assert!(played.now.keys().all(|id| index.contains(id).expect("reads")));
    assert_eq!(contents(&index.snapshot()).len() as u64, index.len());
}
