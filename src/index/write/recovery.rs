//! Recovery: from the files of an index to its state.

use std::sync::Arc;

use super::state::IndexState;
use crate::error::Error;
use crate::index::segment::leaf::LeafReader;
use crate::index::segment::reader::SegmentReader;
use crate::index::segment::schema::Schema;
use crate::index::segment::tombstones::read_tombstones;
use crate::index::store::log;
use crate::index::store::manifest::Manifest;
use crate::index::store::storage::Storage;

/// An index as its files describe it.
pub(crate) struct Recovered {
    pub(crate) manifest: Manifest,
    pub(crate) schema: Schema,
    pub(crate) state: IndexState,
    /// The log.
    pub(crate) log_bytes: u64,
    /// The records of the log.
    pub(crate) records: Vec<u8>,
}

/// Reads the files of an index. A memtable holds `memtable_articles` articles.
pub(crate) fn recover(storage: &dyn Storage, memtable_articles: u32) -> Result<Recovered, Error> {
    let manifest = Manifest::load(storage)?;
    let schema = Schema::of(&manifest.settings);
    let mut segments = Vec::with_capacity(manifest.segments.len());
    for entry in &manifest.segments {
        let segment = SegmentReader::open(storage, manifest.names, entry.file, &schema)?;
        check_articles(&segment, entry.articles)?;
        segments.push(segment);
    }
    // Read once every segment is known to have as many articles as the manifest says.
    for (segment, tombstones) in segments.iter_mut().zip(read_tombstones(storage, &manifest)?) {
        segment.tombstones = tombstones;
    }
    let segments = segments.into_iter().map(Arc::new).collect();
    let mut state = IndexState::new(segments, manifest.commit, memtable_articles);
    let (name, log) = read_log(storage, &manifest)?;
    state.reserve_for_log(log.len(), memtable_articles);
    let mut records = Vec::new();
    replay_log(&manifest, &name, &log, |commit, payload| {
        records.extend_from_slice(payload);
        state.replay(commit, payload, &schema, false, |what| Error::damaged(&name, 0, what))
    })?;
    Ok(Recovered { manifest, schema, state, log_bytes: log.len() as u64, records })
}

/// Refuses a segment that has more or fewer articles than the manifest says.
pub(crate) fn check_articles(segment: &SegmentReader, articles: u32) -> Result<(), Error> {
    if segment.len() == articles {
        return Ok(());
    }
    let blocks = &segment.file.blocks;
    Err(blocks.damaged(blocks.root(), "it has not as many articles as the manifest says"))
}

/// The name of the log and its bytes, of which there are none while there is no log.
pub(crate) fn read_log(
    storage: &dyn Storage,
    manifest: &Manifest,
) -> Result<(String, Vec<u8>), Error> {
    let name = manifest.names.log(manifest.log);
    let bytes = if manifest.log == 0 { Vec::new() } else { storage.read_file(&name)? };
    Ok((name, bytes))
}

/// Calls `f` with the commits of the log that was [read](read_log).
pub(crate) fn replay_log(
    manifest: &Manifest,
    name: &str,
    bytes: &[u8],
    f: impl FnMut(u64, &[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    match manifest.log {
        0 => Ok(()),
        number => log::replay(bytes, name, number, manifest.log_bytes, f),
    }
}
