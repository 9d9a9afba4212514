//! The manifest: the state of an index at one moment, and so which of its files count.
//!
//! ```text
//! magic 8, version 4, padding 4, id 8, settings 80,
//! commit 8, next file 8, log 8, bytes of the log 8, removed 8, segments 8,
//! for each segment: file 8, length 8, articles 8,
//! XXH3 of all before it 8
//! ```
//!
//! All numbers are little-endian. Every later version begins with such a magic and version and ends
//! with such a checksum, so that it can be told from damage.
//!
//! A manifest is written next to the one before and then renamed over it, so that at any time there
//! is exactly one, and it is whole. Files, and their names, must be durable before a manifest names
//! them; files that it no longer names are removed only afterwards. It is written twice: a repair
//! restores it from the copy.

use std::io;

use super::names::{self, FileNames, MANIFEST, MANIFEST_COPY};
use super::settings::{SETTINGS_BYTES, Settings};
use super::storage::Storage;
use crate::error::Error;
use crate::index::limits::MAX_COMMITS;
use crate::wire::{Decoder, Encoder};

const MAGIC: &[u8; 8] = b"NPMANIF\0";
/// Bytes of a segment's entry.
const ENTRY_BYTES: usize = 24;

/// The files of an index, and what it was made with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Manifest {
    /// The names of the files.
    pub(crate) names: FileNames,
    /// What the index was made with.
    pub(crate) settings: Settings,
    /// The last commit that the segments hold; later ones are in the log.
    pub(crate) commit: u64,
    /// The number of the next file, above those of all files there are.
    pub(crate) next_file: u64,
    /// The number of the log, 0 if there is none.
    pub(crate) log: u64,
    /// Bytes of the log that had been acknowledged when the manifest was written.
    pub(crate) log_bytes: u64,
    /// The number of the file of tombstones, 0 if there is none.
    pub(crate) removed: u64,
    /// The segments, in the order of their articles.
    pub(crate) segments: Vec<SegmentEntry>,
}

/// A segment as the manifest names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SegmentEntry {
    /// The number of its file, not 0.
    pub(crate) file: u64,
    /// Bytes of its file.
    pub(crate) length: u64,
    /// The articles in it, deleted ones included.
    pub(crate) articles: u32,
}

impl Manifest {
    /// The manifest of an empty index.
    pub(crate) fn new(names: FileNames, settings: Settings) -> Self {
        let (commit, next_file, log, log_bytes, removed) = (0, 1, 0, 0, 0);
        Manifest {
            names,
            settings,
            commit,
            next_file,
            log,
            log_bytes,
            removed,
            segments: Vec::new(),
        }
    }

    /// Reads the manifest. If there is none although files of an index are there, that is damage.
    pub(crate) fn load(storage: &dyn Storage) -> Result<Self, Error> {
        let missing = match storage.read(MANIFEST) {
            Ok(bytes) => return Manifest::decode(&bytes, MANIFEST),
            Err(error) if error.kind() == io::ErrorKind::NotFound => error,
            Err(error) => return Err(Error::io("read", MANIFEST, error)),
        };
        match remains(storage)? {
            None => Err(Error::no_index(missing)),
            Some(name) => {
                let what =
                    format!("it is missing, but {name} is there: restore it, or repair the index");
                Err(Error::damaged(MANIFEST, 0, what))
            }
        }
    }

    /// Puts this manifest in the place of the one before, durably, and of its copy.
    ///
    /// After a failure one of the two is in place; which one turns out when the index is opened
    /// again.
    pub(crate) fn store(&self, storage: &dyn Storage) -> Result<(), Error> {
        self.put(storage, &[MANIFEST, MANIFEST_COPY])
    }

    /// Writes the copy, unless it is there and is a copy of this manifest.
    pub(crate) fn store_copy(&self, storage: &dyn Storage) -> Result<(), Error> {
        match storage.read(MANIFEST_COPY) {
            Ok(bytes) if bytes == self.encode() => Ok(()),
            _ => self.put(storage, &[MANIFEST_COPY]),
        }
    }

    /// Writes this under some names, durably. At any time each has its old content or the new.
    fn put(&self, storage: &dyn Storage, names: &[&str]) -> Result<(), Error> {
        let failed = |doing, name| move |error| Error::io(doing, name, error);
        for name in names {
            let mut sink =
                storage.create(&self.names.unfinished(name)).map_err(failed("create", name))?;
            sink.write(&self.encode()).map_err(failed("write", name))?;
            // The sink is closed here, as some systems do not rename an open file.
            sink.sync().map_err(failed("sync", name))?;
        }
        for name in names {
            storage.rename(&self.names.unfinished(name), name).map_err(failed("rename", name))?;
        }
        storage.sync_names(MANIFEST)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::default();
        out.raw(MAGIC);
        out.u32(self.settings.format());
        out.zeros(4);
        out.u64(self.names.id());
        out.raw(&self.settings.encode());
        out.u64(self.commit);
        out.u64(self.next_file);
        out.u64(self.log);
        out.u64(self.log_bytes);
        out.u64(self.removed);
        out.u64(self.segments.len() as u64);
        for segment in &self.segments {
            out.u64(segment.file);
            out.u64(segment.length);
            out.u64(u64::from(segment.articles));
        }
        out.checksum();
        out.bytes
    }

    /// Reads a manifest from its bytes; the name is for errors.
    pub(crate) fn decode(bytes: &[u8], name: &str) -> Result<Self, Error> {
        let damaged = |what| Error::damaged(name, 0, what);
        let (body, is_whole) =
            Decoder::checked(bytes).ok_or_else(|| damaged("its end is missing"))?;
        let mut fields = Decoder::new(body);
        if fields.raw(MAGIC.len()) != Some(MAGIC) {
            return Err(damaged("it is not a manifest"));
        }
        if !is_whole {
            return Err(damaged("its checksum does not match"));
        }
        fields.u32().map_or(Ok(()), Settings::check_format)?;
        // As the checksum matches, only a faulty writer can have written what is wrong from here
        // on.
        let wrong = |fields: &Decoder<'_>, what| {
            Error::damaged(name, (body.len() - fields.rest().len()) as u64, what)
        };
        fields.u32();
        let id = fields.u64().ok_or_else(|| wrong(&fields, "its id is missing"))?;
        let settings =
            fields.raw(SETTINGS_BYTES).ok_or_else(|| wrong(&fields, "its settings are missing"))?;
        let settings = Settings::decode(settings)?;
        let mut manifest = Manifest::new(FileNames::of(id), settings);
        let count = manifest
            .read_numbers(&mut fields)
            .ok_or_else(|| wrong(&fields, "its numbers are not whole"))?;
        if count.checked_mul(ENTRY_BYTES as u64) != Some(fields.rest().len() as u64) {
            return Err(wrong(&fields, "it has not as many segments as it says"));
        }
        manifest.segments.reserve_exact(count as usize);
        for _ in 0..count {
            let entry = SegmentEntry::decode(&mut fields)
                .ok_or_else(|| wrong(&fields, "a segment's numbers are not whole"))?;
            manifest.segments.push(entry);
        }
        if manifest.commit > MAX_COMMITS || manifest.next_file > MAX_COMMITS {
            return Err(damaged("it counts more than can have been"));
        }
        let mut files = manifest.segments.iter().map(|entry| entry.file);
        let others = manifest.log.max(manifest.removed);
        if others >= manifest.next_file
            || !files.all(|file| (1..manifest.next_file).contains(&file))
        {
            return Err(damaged("it names a file with the number of a later one"));
        }
        Ok(manifest)
    }

    /// Reads the numbers before the segments, and returns how many segments there are.
    fn read_numbers(&mut self, fields: &mut Decoder<'_>) -> Option<u64> {
        self.commit = fields.u64()?;
        self.next_file = fields.u64()?;
        self.log = fields.u64()?;
        self.log_bytes = fields.u64()?;
        self.removed = fields.u64()?;
        fields.u64()
    }
}

/// The name of a file that only an index can have left behind, if there is one.
fn remains(storage: &dyn Storage) -> Result<Option<String>, Error> {
    let names = storage.list_files()?;
    Ok(names.into_iter().filter(|name| name == MANIFEST_COPY || names::parse(name).is_some()).min())
}

/// Whether there is an index in a storage: a manifest, readable or not, or what a lost one has left
/// behind.
pub(crate) fn is_index(storage: &dyn Storage) -> Result<bool, Error> {
    match storage.read_file(MANIFEST) {
        Ok(_) => Ok(true),
        Err(error) if error.io_kind() == Some(io::ErrorKind::NotFound) => {
            Ok(remains(storage)?.is_some())
        }
        Err(error) => Err(error),
    }
}

impl SegmentEntry {
    fn decode(fields: &mut Decoder<'_>) -> Option<Self> {
        Some(SegmentEntry {
            file: fields.u64()?,
            length: fields.u64()?,
            articles: fields.u64()?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::index::store::faulty::{Fault, Faulty};
    use proptest::prelude::*;
    use xxhash_rust::xxh3::xxh3_64;

    fn manifest(commit: u64) -> Manifest {
        let entry = |file| SegmentEntry { file, length: 81_920, articles: u32::MAX };
        Manifest {
            commit,
            next_file: 9,
            log: 8,
            log_bytes: 4_096,
            removed: 7,
            segments: vec![entry(1), entry(6), entry(3)],
            ..Manifest::new(FileNames::of(0x5eed), Settings::of(&Config::default(), true))
        }
    }

    /// Makes the checksum hold again.
    fn seal(bytes: &mut [u8]) {
        let end = bytes.len() - 8;
        let sum = xxh3_64(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
    }

    #[test]
    fn a_manifest_is_read_as_it_was_stored() {
        let disk = Faulty::new();
        let error = Manifest::load(&disk).expect_err("none");
        assert_eq!(error.io_kind(), Some(io::ErrorKind::NotFound));
        for manifest in [
            Manifest::new(FileNames::of(1), manifest(0).settings),
            manifest(1),
            manifest(MAX_COMMITS),
        ] {
            manifest.store(&disk).expect("stores");
            assert_eq!(Manifest::load(&disk).as_ref(), Ok(&manifest));
            assert_eq!(disk.list().expect("lists"), [MANIFEST, MANIFEST_COPY]);
            assert!(
                (0..100).all(|seed| Manifest::load(&disk.crash(seed)).as_ref() == Ok(&manifest))
            );
        }
    }

    #[test]
    fn whatever_fails_there_is_the_old_one_or_the_new() {
        let (old, new) = (manifest(1), manifest(2));
        let mut seen = [0; 2];
        for at in 0..9 {
            for seed in 0..100 {
                let disk = Faulty::new();
                old.store(&disk).expect("stores");
                disk.fail(
                    disk.operations() + at,
                    seed % 2 == 0,
                    [Fault::Short, Fault::Full, Fault::Io][seed as usize % 3],
                    seed,
                );
                let error = new.store(&disk).expect_err("fails");
                assert!(
                    error.to_string().contains(MANIFEST) && error.io_kind().is_some(),
                    "{error}"
                );
                for disk in [disk.kill(), disk.crash(seed), disk.kill().crash(seed)] {
                    let found = Manifest::load(&disk).expect("is there");
                    assert!(found == old || found == new);
                    seen[usize::from(found == new)] += 1;
                    // And the next one is stored over what is left.
                    new.store(&disk).expect("stores");
                    assert_eq!(Manifest::load(&disk.crash(seed)).as_ref(), Ok(&new));
                }
            }
        }
        assert!(seen.iter().all(|&count| count > 100), "{seen:?}");
    }

    #[test]
    fn a_flipped_bit_and_a_cut_are_found() {
        let whole = manifest(1).encode();
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let error = Manifest::decode(&bytes, MANIFEST).expect_err("is damaged");
            assert_eq!(error.damage(), Some((MANIFEST, 0)), "{bit}");
        }
        for len in 0..whole.len() {
            let error = Manifest::decode(&whole[..len], MANIFEST).expect_err("is cut");
            assert_eq!(error.damage(), Some((MANIFEST, 0)), "{len}");
            // The same if somebody made its checksum hold.
            let mut bytes = whole[..len].to_vec();
            if len >= 8 {
                seal(&mut bytes);
                assert!(Manifest::decode(&bytes, MANIFEST).is_err());
            }
        }
    }

    #[test]
    fn versions_and_lies_are_told() {
        let refusal = |at: usize, value: u64| {
            let mut bytes = manifest(1).encode();
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
            seal(&mut bytes);
            Manifest::decode(&bytes, MANIFEST).expect_err("is refused").to_string()
        };
        assert_eq!(refusal(8, 4), "the index is of format 4, this version knows up to 3");
        let message = refusal(8, 1);
        assert_eq!(
            message,
            "the index is of format 1, which this version does not read: make it anew"
        );
        assert!(refusal(24, 7 << 32 | 1 << 16 | 1).contains("kind of shingle is 7"));
        for count in [0, 2, 4, u64::MAX, u64::MAX / 24 + 1, 1 << 60] {
            let message = refusal(144, count);
            assert_eq!(
                message,
                "manifest is damaged at byte 152: it has not as many segments as it says"
            );
        }
        // Next file, log, removed, a segment's file.
        for (at, value) in [(112, 8), (112, 0), (120, 9), (136, u64::MAX), (152, 9), (176, 0)] {
            assert!(
                refusal(at, value).ends_with("it names a file with the number of a later one"),
                "{at}"
            );
        }
        for at in [104, 112] {
            assert!(refusal(at, u64::MAX).ends_with("it counts more than can have been"), "{at}");
        }
        // The number of articles.
        for (at, value) in [(168, 1 << 32), (192, u64::MAX)] {
            assert!(refusal(at, value).ends_with("not whole"), "{at}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_no_danger(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            start in prop_oneof![Just(0usize), 0usize..=232],
        ) {
            let _ = Manifest::decode(&bytes, MANIFEST);
            // Behind a beginning that is right.
            let mut bytes = [&manifest(1).encode()[..start], &bytes].concat();
            if bytes.len() >= 8 {
                seal(&mut bytes);
            }
            let _ = Manifest::decode(&bytes, MANIFEST);
        }
    }
}
