//! What an index is at one moment: the one file that says which others count.
//!
//! ```text
//! magic 8, version 4, nothing 4, settings 80,
//! commit 8, next file 8, log 8, removed 8, segments 8,
//! for each segment: file 8, length 8, articles 8,
//! XXH3 of all before it 8
//! ```
//!
//! All numbers are little-endian. Every later version begins with such a magic and
//! version and ends with such a checksum, to be told from damage.
//!
//! A manifest is written beside the one before and takes its name, so there is one at any time, and
//! it is whole. Files must be durable before a manifest names them, their names too.

use xxhash_rust::xxh3::xxh3_64;

use super::log::MOST_COMMITS;
use super::names::{MANIFEST, MANIFEST_NEW};
use super::settings::{self, Settings};
use super::storage::Storage;
use super::wire::Fields;
use crate::error::Error;

const MAGIC: &[u8; 8] = b"NPMANIF\0";
const VERSION: u32 = 1;
/// Bytes of an entry.
const ENTRY: usize = 24;

/// What an index consists of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Manifest {
    /// What it was made with.
    pub(crate) settings: Settings,
    /// The last commit that the segments hold; later ones are in the log.
    pub(crate) commit: u64,
    /// The number of the next file; all there are have lower ones.
    pub(crate) next_file: u64,
    /// The number of the log, 0 if there is none.
    pub(crate) log: u64,
    /// The number of the file of removed articles, 0 if there is none.
    pub(crate) removed: u64,
    /// The segments, in the order of their articles.
    pub(crate) segments: Vec<Entry>,
}

/// A segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its number, not 0.
    pub(crate) file: u64,
    /// Bytes of its file.
    pub(crate) length: u64,
    /// The articles in it, those removed too.
    pub(crate) articles: u32,
}

impl Manifest {
    /// The manifest of an index without articles, files and commits.
    pub(crate) fn new(settings: Settings) -> Self {
        Manifest { settings, commit: 0, next_file: 1, log: 0, removed: 0, segments: Vec::new() }
    }

    /// The manifest that counts.
    pub(crate) fn load(storage: &dyn Storage) -> Result<Self, Error> {
        let bytes = storage.read(MANIFEST).map_err(|error| Error::io("read", MANIFEST, &error))?;
        Manifest::decode(&bytes)
    }

    /// Makes this the manifest that counts, durably.
    ///
    /// If it fails, it or the one before counts; which one is known when the index was opened
    /// again.
    pub(crate) fn store(&self, storage: &dyn Storage) -> Result<(), Error> {
        let failed = |doing| move |error| Error::io(doing, MANIFEST_NEW, &error);
        let mut sink = storage.create(MANIFEST_NEW).map_err(failed("create"))?;
        sink.write(&self.encode()).map_err(failed("write"))?;
        sink.sync().map_err(failed("sync"))?;
        // Some systems do not rename an open file.
        drop(sink);
        storage.rename(MANIFEST_NEW, MANIFEST).map_err(failed("rename"))?;
        storage.sync_directory().map_err(|error| Error::io("sync the directory of", MANIFEST, &error))
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160 + ENTRY * self.segments.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.settings.encode());
        let numbers = [self.commit, self.next_file, self.log, self.removed];
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend((self.segments.len() as u64).to_le_bytes());
        for segment in &self.segments {
            bytes.extend(segment.file.to_le_bytes());
            bytes.extend(segment.length.to_le_bytes());
            bytes.extend(u64::from(segment.articles).to_le_bytes());
        }
        bytes.extend(xxh3_64(&bytes).to_le_bytes());
        bytes
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let damaged = |what| Error::damaged(MANIFEST, 0, what);
        let (body, sum) = bytes.split_last_chunk().ok_or_else(|| damaged("its end is missing"))?;
        let mut fields = Fields::new(body);
        if fields.take(MAGIC.len()) != Some(MAGIC) {
            return Err(damaged("it is not a manifest"));
        }
        if u64::from_le_bytes(*sum) != xxh3_64(body) {
            return Err(damaged("its checksum does not match"));
        }
        match fields.u32() {
            Some(version) if version > VERSION => return Err(Error::newer(version, VERSION)),
            _ => {}
        }
        // Written like this, which only a writer that errs does, as the checksum holds.
        let wrong = |fields: &Fields<'_>, what| {
            Error::damaged(MANIFEST, (body.len() - fields.rest().len()) as u64, what)
        };
        fields.u32();
        let settings =
            fields.take(settings::SIZE).ok_or_else(|| wrong(&fields, "its settings are missing"))?;
        let settings = Settings::decode(settings)?;
        let mut manifest = Manifest::new(settings);
        let count =
            manifest.read_numbers(&mut fields).ok_or_else(|| wrong(&fields, "its numbers are not whole"))?;
        if count.checked_mul(ENTRY as u64) != Some(fields.rest().len() as u64) {
            return Err(wrong(&fields, "it has not as many segments as it says"));
        }
        manifest.segments.reserve_exact(count as usize);
        for _ in 0..count {
            let entry =
                read_entry(&mut fields).ok_or_else(|| wrong(&fields, "a segment's numbers are not whole"))?;
            manifest.segments.push(entry);
        }
        if manifest.commit > MOST_COMMITS || manifest.next_file > MOST_COMMITS {
            return Err(damaged("it counts more than can have been"));
        }
        let mut files = manifest.segments.iter().map(|entry| entry.file);
        let others = manifest.log.max(manifest.removed);
        if others >= manifest.next_file || !files.all(|file| (1..manifest.next_file).contains(&file)) {
            return Err(damaged("it names a file with the number of a later one"));
        }
        Ok(manifest)
    }

    /// Reads what comes before the segments; the number of these.
    fn read_numbers(&mut self, fields: &mut Fields<'_>) -> Option<u64> {
        self.commit = fields.u64()?;
        self.next_file = fields.u64()?;
        self.log = fields.u64()?;
        self.removed = fields.u64()?;
        fields.u64()
    }
}

fn read_entry(fields: &mut Fields<'_>) -> Option<Entry> {
    Some(Entry { file: fields.u64()?, length: fields.u64()?, articles: fields.u64()?.try_into().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Config;
    use crate::index::storage::faulty::{Fault, Faulty};
    use proptest::prelude::*;

    fn manifest(commit: u64) -> Manifest {
        let entry = |file| Entry { file, length: 81_920, articles: u32::MAX };
        Manifest {
            commit,
            next_file: 9,
            log: 8,
            removed: 7,
            segments: vec![entry(1), entry(6), entry(3)],
            ..Manifest::new(Settings::of(&Config::default(), true))
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
        assert_eq!(error.io_kind(), Some(std::io::ErrorKind::NotFound));
        for manifest in [Manifest::new(manifest(0).settings), manifest(1), manifest(MOST_COMMITS)] {
            manifest.store(&disk).expect("stores");
            assert_eq!(Manifest::load(&disk).as_ref(), Ok(&manifest));
            assert_eq!(disk.list().expect("lists"), [MANIFEST]);
            assert!((0..100).all(|seed| Manifest::load(&disk.crash(seed)).as_ref() == Ok(&manifest)));
        }
    }

    #[test]
    fn whatever_fails_there_is_the_old_one_or_the_new() {
        let (old, new) = (manifest(1), manifest(2));
        let mut seen = [0; 2];
        for at in 0..5 {
            for seed in 0..200 {
                let disk = Faulty::new();
                old.store(&disk).expect("stores");
                disk.fail(
                    disk.operations() + at,
                    seed % 2 == 0,
                    [Fault::Short, Fault::Full, Fault::Io][seed as usize % 3],
                    seed,
                );
                let error = new.store(&disk).expect_err("fails");
                assert!(error.to_string().contains(MANIFEST) && error.io_kind().is_some(), "{error}");
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
            let error = Manifest::decode(&bytes).expect_err("is damaged");
            assert_eq!(error.damage(), Some((MANIFEST, 0)), "{bit}");
        }
        for len in 0..whole.len() {
            let error = Manifest::decode(&whole[..len]).expect_err("is cut");
            assert_eq!(error.damage(), Some((MANIFEST, 0)), "{len}");
            // The same if somebody made its checksum hold.
            let mut bytes = whole[..len].to_vec();
            if len >= 8 {
                seal(&mut bytes);
                assert!(Manifest::decode(&bytes).is_err());
            }
        }
    }

    #[test]
    fn versions_and_lies_are_told() {
        let refusal = |at: usize, value: u64| {
            let mut bytes = manifest(1).encode();
            bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
            seal(&mut bytes);
            Manifest::decode(&bytes).expect_err("is refused").to_string()
        };
        assert_eq!(refusal(8, 2), "the index is of format 2, this version knows up to 1");
        assert!(refusal(16, 7 << 32 | 1 << 16 | 1).contains("kind of shingle is 7"));
        for count in [0, 2, 4, u64::MAX, u64::MAX / 24 + 1, 1 << 60] {
            let message = refusal(128, count);
            assert_eq!(message, "manifest is damaged at byte 136: it has not as many segments as it says");
        }
        // Next file, log, removed, a segment's file.
        for (at, value) in [(104, 8), (104, 0), (112, 9), (120, u64::MAX), (136, 9), (160, 0)] {
            assert!(refusal(at, value).ends_with("it names a file with the number of a later one"), "{at}");
        }
        for at in [96, 104] {
            assert!(refusal(at, u64::MAX).ends_with("it counts more than can have been"), "{at}");
        }
        // The number of articles.
        for (at, value) in [(152, 1 << 32), (176, u64::MAX)] {
            assert!(refusal(at, value).ends_with("not whole"), "{at}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_no_danger(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            start in prop_oneof![Just(0usize), 0usize..=216],
        ) {
            let _ = Manifest::decode(&bytes);
            // Behind a beginning that is right.
            let mut bytes = [&manifest(1).encode()[..start], &bytes].concat();
            if bytes.len() >= 8 {
                seal(&mut bytes);
            }
            let _ = Manifest::decode(&bytes);
        }
    }
}
