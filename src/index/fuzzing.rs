//! Malformed files must give errors, never panics: what tests ask of chosen files, and a fuzz
//! target of arbitrary ones.
//!
//! Checksums would keep random bytes from the parsers behind them. So what is changed is the
//! content of a file, which is then written with matching checksums, as the index itself would.

use std::sync::{Arc, OnceLock};

use xxhash_rust::xxh3::xxh3_64;

use super::limits::WriterLimits;
use super::live::Index;
use super::open::IndexOptions;
use super::repair::repair_in;
use super::search::answer::Query;
use super::segment::reader::SEGMENT;
use super::segment::tombstones::TOMBSTONES;
use super::snapshot::Snapshot;
use super::store::blocks::{BlockFile, BlockWriter};
use super::store::faulty::Faulty;
use super::store::log::{self, Log};
use super::store::names::{self, FileKind};
use super::store::storage::Storage;
use super::verify::verify_in;
use crate::article::Article;
use crate::date::Date;
use crate::detector::config::{Config, Preset};
use crate::error::Error;
use crate::progress::Progress;

const TEXTS: [&str; 4] = [
    "The river Elbe rose by two metres in a night, and the old bridge of Dresden was closed at dawn on Monday, the mayor Anna Weber said.",
    "FLOOD. The river Elbe rose by two metres in a night and the old bridge of Dresden was closed at dawn on Monday, police said.",
    "A new library opens in Hamburg on Saturday with readings, music and a bookbinder, Karl Lund, at work in the hall until ten.",
    "Nothing of the kind happened in Bremen, where 4,000 people watched the ships come in and Maria Holm sold 300 fish rolls by noon.",
];

/// The files of an index with two segments, tombstones, and a log.
fn files() -> &'static [(String, Vec<u8>)] {
    static FILES: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    FILES.get_or_init(|| make().unwrap_or_default())
}

fn make() -> Result<Vec<(String, Vec<u8>)>, Error> {
    let disk = Faulty::new();
    let config = Config::builder().preset(Preset::Story).build()?;
    let options = IndexOptions::new(&config).keep_texts(true).passages(true).id(1);
    let mut index = Index::create_in(Arc::new(disk.clone()), &options, WriterLimits::default())?;
    let insert = |index: &mut Index, id: &str, text: usize| {
        let date = Some(Date::from_unix_seconds(1_000 * text as i64));
        let article = Article::new(TEXTS[text]).id(id).date(date).source("Post");
        index.ingest(&article).map(drop)
    };
    for (id, text) in [("a", 0), ("b", 1), ("c", 0), ("d", 2), ("e", 3)] {
        insert(&mut index, id, text)?;
    }
    index.writer.rewrite()?;
    for (id, text) in [("f", 1), ("g", 3), ("a", 2)] {
        insert(&mut index, id, text)?;
    }
    index.writer.rewrite()?;
    for (id, text) in [("h", 0), ("b", 1)] {
        insert(&mut index, id, text)?;
        index.commit()?;
    }
    index.expire(Date::from_unix_seconds(500))?;
    index.commit()?;
    drop(index);
    let named = |name: String| disk.read(&name).map(|bytes| (name, bytes));
    let files =
        disk.list().and_then(|names| names.into_iter().map(named).collect::<Result<Vec<_>, _>>());
    files.map_err(|error| Error::io("read", "a file", error))
}

/// Puts arbitrary bytes into one file of an index, and then does with the index everything that can
/// be done with one.
///
/// `which` chooses the file; `how` whether the bytes are the file, its content, the end of its
/// content, or changes to it.
///
/// # Panics
/// If anything panics, or if an index is damaged after it was repaired.
// Public only when fuzzing.
#[allow(unreachable_pub)]
pub fn index_survives(which: u8, how: u8, bytes: &[u8]) {
    let files = files();
    let disk = Faulty::new();
    files.iter().for_each(|(name, content)| disk.put(name, content));
    let (name, content) = &files[which as usize % files.len()];
    let planted = if how.is_multiple_of(4) {
        disk.put(name, bytes);
        Ok(())
    } else {
        plant(&disk, name, content, |content| change(content, how, bytes))
    };
    // A payload may be too long for a log, for example.
    if planted.is_ok() {
        let _ = read(&disk);
        let _ = write(&disk.kill());
        if repair_in(Arc::new(disk.clone()), WriterLimits::default(), &Progress::ignore).is_ok() {
            assert_eq!(verify_in(&disk, &Progress::ignore), Ok(Vec::new()), "of a damaged {name}");
        }
    }
}

/// Changes the content of a file: replaces it or its end by the bytes, or takes four bytes at a
/// time as instructions what to change where, counted from the end, where directories lie.
fn change(content: &mut Vec<u8>, how: u8, bytes: &[u8]) {
    match how % 4 {
        1 => *content = bytes.to_vec(),
        2 => {
            content.truncate(content.len().saturating_sub(bytes.len()));
            content.extend_from_slice(bytes);
        }
        _ => {
            let Some(last) = content.len().checked_sub(1) else { return };
            for four in bytes.chunks_exact(4) {
                let at = last - u16::from_le_bytes([four[0], four[1]]) as usize % content.len();
                match four[3] % 3 {
                    0 => content[at] = four[2],
                    1 => content[at] = content[at].wrapping_add(four[2]),
                    _ => content[at..].iter_mut().take(8).for_each(|byte| *byte = four[2]),
                }
            }
        }
    }
}

/// Changes the content of a file, and writes it as the index would.
fn plant(
    disk: &Faulty,
    name: &str,
    whole: &[u8],
    change: impl FnOnce(&mut Vec<u8>),
) -> Result<(), Error> {
    match names::parse(name) {
        Some((FileKind::Log, number, names)) => {
            let (mut payload, mut last) = (Vec::new(), 0);
            log::replay(whole, name, number, 0, |commit, of_commit| {
                payload.extend_from_slice(of_commit);
                last = commit;
                Ok(())
            })?;
            change(&mut payload);
            let settings = log::read_settings(whole, name, names, number)?;
            Log::create(disk, names, number, &settings)?.append(last, &payload)
        }
        Some((kind, ..)) => {
            let kind = if kind == FileKind::Segment { SEGMENT } else { TOMBSTONES };
            let file = BlockFile::open(whole.to_vec().into(), name, kind)?;
            let mut content = file.get(0, file.len() as usize)?.to_vec();
            change(&mut content);
            let sink = disk.create(name).map_err(|error| Error::io("create", name, error))?;
            let mut out = BlockWriter::new(sink, name, kind);
            out.write(&content)?;
            out.finish(file.root().min(content.len() as u64)).map(drop)
        }
        None => {
            let mut content = whole[..whole.len().saturating_sub(8)].to_vec();
            change(&mut content);
            let sum = xxh3_64(&content);
            content.extend(sum.to_le_bytes());
            disk.put(name, &content);
            Ok(())
        }
    }
}

fn read(disk: &Faulty) -> Result<(), Error> {
    let _ = verify_in(disk, &Progress::ignore);
    let snapshot = Snapshot::open_in(disk, None)?;
    for text in TEXTS {
        let _ = snapshot.query(text);
        let _ = snapshot.query_with(Query::from(text).top(1), |_, text| {
            text.push_str(TEXTS[1]);
            true
        });
        let _ = snapshot.passages(text);
        let _ = snapshot.query_signature(&snapshot.config().sketcher().sketch(text));
    }
    ["a", "b", "h", "z"].iter().for_each(|id| drop(snapshot.contains(id)));
    Ok(())
}

fn write(disk: &Faulty) -> Result<(), Error> {
    let mut index = Index::open_in(Arc::new(disk.clone()), None, WriterLimits::default())?;
    let article = Article::new(TEXTS[1]).id("new").source("Post");
    let _ = index.ingest(&article);
    let _ = index.remove("d");
    let _ = index.commit();
    let _ = index.expire(Date::from_unix_seconds(1_500));
    let _ = index.upsert(&Article::new(TEXTS[2]).id("f"));
    let _ = index.merge();
    index.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    #[test]
    fn the_files_are_of_all_kinds_and_whole() {
        let names: Vec<&str> =
            files().iter().map(|(name, _)| name.split('-').next().unwrap()).collect();
        let kinds = ["lock", "log", "manifest", "manifest.copy", "removed", "segment", "segment"];
        assert_eq!(names, kinds.split_at(1).1);
        for which in 0..6 {
            let (name, whole) = &files()[which];
            let disk = Faulty::new();
            files().iter().for_each(|(name, content)| disk.put(name, content));
            plant(&disk, name, whole, |_| {}).expect("plants");
            assert_eq!(verify_in(&disk, &Progress::ignore), Ok(Vec::new()));
            let found = Snapshot::open_in(&disk, None)
                .expect("opens")
                .query(TEXTS[1])
                .expect("reads")
                .matches;
            assert!(
                found.iter().any(|one| one.id == "f") && found.iter().any(|one| one.id == "b"),
                "{found:?}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_500, rng_seed: RngSeed::Fixed(11), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_file_may_be_anything(
            which: u8,
            how: u8,
            bytes in prop_oneof![
                proptest::collection::vec(any::<u8>(), 0..64),
                proptest::collection::vec(prop_oneof![Just(0), Just(1), Just(255), any::<u8>()], 0..700),
            ],
        ) {
            index_survives(which, how, &bytes);
        }
    }
}
