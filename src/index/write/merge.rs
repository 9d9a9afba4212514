//! Merges: the articles of some segments, or of the frozen memtables, become one new segment.
//!
//! A merge runs on a thread of its own while the index goes on. What is deleted in the meantime is
//! deleted in the new segment when that is [installed](install).

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use super::build::build;
use super::memtable::MemtableReader;
use super::plan::SegmentPlan;
use crate::error::Error;
use crate::index::segment::leaf::LeafReader;
use crate::index::segment::reader::{SEGMENT, SegmentReader};
use crate::index::segment::schema::Schema;
use crate::index::store::blocks::BlockWriter;
use crate::index::store::names::FileNames;
use crate::index::store::storage::Storage;

/// What is merged.
#[derive(Clone)]
pub(crate) enum MergeInput {
    Segments(Vec<Arc<SegmentReader>>),
    Memtables(Vec<MemtableReader>),
}

impl MergeInput {
    fn leaves(&self) -> Vec<&dyn LeafReader> {
        match self {
            MergeInput::Segments(segments) => segments.iter().map(|it| &**it as _).collect(),
            MergeInput::Memtables(memtables) => memtables.iter().map(|it| it as _).collect(),
        }
    }
}

/// A segment that is to be written.
#[derive(Clone)]
pub(crate) struct NewSegment {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) names: FileNames,
    pub(crate) number: u64,
    pub(crate) schema: Schema,
    /// The texts of the index: on their number depends how many are sampled.
    pub(crate) texts: u64,
}

/// What a merge has written.
pub(crate) struct Merged {
    /// `None` if all articles were deleted.
    segment: Option<SegmentReader>,
    /// For each leaf and each of its articles, its new number.
    places: Vec<Vec<u32>>,
}

impl NewSegment {
    /// Writes all articles that are not deleted.
    pub(crate) fn merge(&self, input: &MergeInput) -> Result<Merged, Error> {
        let leaves = input.leaves();
        let plan = SegmentPlan::of(&leaves)?;
        Ok(Merged { segment: self.write(&leaves, &plan)?, places: plan.places })
    }

    /// Writes the articles of a damaged segment that are whole and not deleted.
    pub(crate) fn salvage(&self, damaged: &SegmentReader) -> Result<Option<SegmentReader>, Error> {
        self.write(&[damaged], &SegmentPlan::salvage(damaged))
    }

    fn write(
        &self,
        leaves: &[&dyn LeafReader],
        plan: &SegmentPlan,
    ) -> Result<Option<SegmentReader>, Error> {
        if plan.order.is_empty() {
            return Ok(None);
        }
        let written = self.write_file(leaves, plan);
        if written.is_err() {
            // Nothing names the file. If it cannot be removed now, the next writer does it.
            let _ = self.storage.remove(&self.names.segment(self.number));
        }
        written.map(Some)
    }

    fn write_file(
        &self,
        leaves: &[&dyn LeafReader],
        plan: &SegmentPlan,
    ) -> Result<SegmentReader, Error> {
        let name = self.names.segment(self.number);
        let out = BlockWriter::new(self.storage.create_file(&name)?, &name, SEGMENT);
        build(out, leaves, plan, &self.schema, self.texts)?;
        SegmentReader::open(&*self.storage, self.names, self.number, &self.schema)
    }
}

/// A merge that runs in the background.
pub(crate) struct RunningMerge {
    input: MergeInput,
    /// The name and the number of the new segment.
    name: String,
    pub(crate) number: u64,
    thread: JoinHandle<Result<Merged, Error>>,
}

impl RunningMerge {
    pub(crate) fn start(new: NewSegment, input: MergeInput) -> Result<Self, Error> {
        let (number, name) = (new.number, new.names.segment(new.number));
        let cloned = input.clone();
        let thread = thread::Builder::new().spawn(move || new.merge(&cloned));
        let thread = thread.map_err(|error| Error::io("start a thread to write", &name, error))?;
        Ok(RunningMerge { input, name, number, thread })
    }

    /// Waits for the end of the merge, without installing the segment.
    pub(crate) fn wait(&self) {
        while !self.thread.is_finished() {
            thread::yield_now();
        }
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// Waits for the end of the merge, and [installs](install) the new segment.
    pub(crate) fn finish(
        self,
        segments: &mut Vec<Arc<SegmentReader>>,
        commit: u64,
    ) -> Result<(), Error> {
        let merged = self.thread.join();
        let merged =
            merged.map_err(|_| Error::damaged(&self.name, 0, "it could not be merged"))??;
        install(merged, &self.input, segments, commit);
        Ok(())
    }
}

/// Puts a new segment in the place of the segments it was merged from, or, if these were memtables,
/// after all segments. What has been deleted in the meantime, up to a commit, is deleted in it.
pub(crate) fn install(
    merged: Merged,
    input: &MergeInput,
    segments: &mut Vec<Arc<SegmentReader>>,
    commit: u64,
) {
    let Merged { mut segment, places } = merged;
    let mut delete = |places: &[u32], is_deleted: &dyn Fn(u32) -> bool| {
        let Some(segment) = &mut segment else { return };
        for (article, &place) in (0..).zip(places) {
            if place < segment.len() && is_deleted(article) {
                segment.delete(place);
            }
        }
    };
    let mut at = None;
    match input {
        MergeInput::Segments(inputs) => {
            for (input, places) in inputs.iter().zip(&places) {
                let number = input.file.number;
                // A segment that has expired as a whole is not there any more.
                let now = segments.iter().position(|segment| segment.file.number == number);
                delete(places, &|article| now.is_none_or(|now| segments[now].is_deleted(article)));
                at = at.or(now);
                now.map(|now| segments.remove(now));
            }
        }
        MergeInput::Memtables(inputs) => {
            for (input, places) in inputs.iter().zip(&places) {
                delete(places, &|article| input.memtable.article(article).is_deleted(commit));
            }
            at = Some(segments.len());
        }
    }
    // If all inputs have expired, so has the new segment.
    if let (Some(at), Some(segment)) = (at, segment) {
        segments.insert(at, Arc::new(segment));
    }
}
