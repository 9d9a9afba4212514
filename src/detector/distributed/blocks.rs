//! Blocks: what steps read and write. A block is records of one kind for one part, packed.
//!
//! An engine that shuffles rows spends a microsecond or so on each. A key of a band is 16 bytes,
//! and an article has some forty of them, so they are not rows but records in blocks: an engine
//! moves a row for each map task and part, and a step groups the records of a part by sorting them.

use std::collections::HashMap;

use super::records::Record;
use crate::error::{Error, ErrorKind};
use crate::hash::mix;
use crate::names::named;
use crate::wire::{Decoder, Encoder};

/// Bytes of records from which a block is closed.
const MAX_BLOCK: usize = 1 << 20;

/// Records of one kind for one part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Block {
    /// What the records are.
    pub kind: Kind,
    /// The part whose records are reduced together, below the number of parts.
    pub part: u32,
    /// The records. Their encoding may change with each version of the crate.
    pub data: Vec<u8>,
}

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
#[non_exhaustive]
pub enum Kind {
    /// An article with its text.
    Article,
    /// The sketches of an article.
    Signed,
    /// The signature of a text.
    Text,
    /// The anchors of a text.
    Anchors,
    /// The key terms of a text.
    Terms,
    /// An exact duplicate of a text.
    Copy,
    /// Key terms of texts that weights are learned from.
    Sample,
    /// Counts of key terms.
    TermCounts,
    /// The same, summed.
    TermSums,
    /// Counts of articles and texts.
    Totals,
    /// A key of a band.
    BandKey,
    /// Two texts that share a band.
    BandPair,
    /// A bucket that waits until the large ones are known.
    Waiting,
    /// A large bucket.
    LargeBucket,
    /// A text that is in a large bucket.
    InLarge,
    /// A text of a bucket that waits.
    WaitingText,
    /// A text of a large bucket, with all that is known of it.
    LargeText,
    /// A left text with those that may be near duplicates of it.
    BandLeft,
    /// A candidate near duplicate.
    BandCandidate,
    /// A left article with such candidates.
    BandCandidateLeft,
    /// An article that is such a candidate, with its text.
    BandArticle,
    /// Near duplicates.
    NearEdge,
    /// Two texts that may tell of one event.
    Event,
    /// A text among many that near duplicates connect.
    InNear,
    /// What a group of near duplicates is formed from.
    NearPart,
    /// A large group of near duplicates.
    Group,
    /// A text that a large group is collapsed from.
    Collapsed,
    /// The anchors of a text, and whether others are searched for it.
    SearchedAnchors,
    /// An anchor of a text.
    AnchorKey,
    /// In how many texts an anchor of a text is.
    AnchorFrequency,
    /// Two texts that share anchors.
    AnchorPair,
    /// A left text with those that share anchors with it.
    AnchorLeft,
    /// A candidate by anchors.
    AnchorCandidate,
    /// A left article with such candidates.
    AnchorCandidateLeft,
    /// An article that is such a candidate, with its text.
    AnchorArticle,
    /// Texts in common.
    AnchorEdge,
    /// An edge with what the group of its left text has.
    GroupEdge,
    /// A member of a large group with a text that its representative has an edge with.
    MemberPair,
    /// A left text with such pairs.
    MemberLeft,
    /// A candidate of a member.
    MemberCandidate,
    /// A left article with such candidates.
    MemberCandidateLeft,
    /// An article that is such a candidate, with its text.
    MemberArticle,
    /// Texts in common with members.
    MemberEdge,
    /// An edge with the anchors of its left text.
    StretchLeft,
    /// An edge, by letters, that is no common stretch.
    SpecificEdge,
    /// A key term of a text.
    TermKey,
    /// Two texts that share key terms.
    TermPair,
    /// A left text with those that share key terms with it.
    TermLeft,
    /// How many texts are near to a text: a part of it.
    Near,
    /// Two texts that are near to each other.
    NearPair,
    /// The same, with what is known of the left one.
    NearPairLeft,
    /// Two texts that are worth comparing as accounts.
    TermPairClose,
    /// The same, of which the left one is searched.
    TermPairSearched,
    /// A candidate account.
    TermCandidate,
    /// A left article with such candidates.
    TermCandidateLeft,
    /// An article that is such a candidate, with its text.
    TermArticle,
    /// Accounts of one event.
    TermEdge,
    /// The component of an article.
    Component,
    /// What a component is assembled from.
    ComponentPart,
    /// A pair, a result.
    Pair,
    /// An article of a cluster, a result.
    Clustered,
    /// A story, a result.
    Story,
}

named! {
    Kind, "kind of block":
    Article "article", Signed "signed", Text "text", Anchors "anchors", Terms "terms", Copy "copy",
    Sample "sample", TermCounts "term-counts", TermSums "term-sums", Totals "totals",
    BandKey "band-key", BandPair "band-pair", Waiting "waiting", LargeBucket "large-bucket",
    InLarge "in-large", WaitingText "waiting-text", LargeText "large-text", BandLeft "band-left",
    BandCandidate "band-candidate", BandCandidateLeft "band-candidate-left",
    BandArticle "band-article", NearEdge "near-edge", Event "event", InNear "in-near",
    NearPart "near-part", Group "group", Collapsed "collapsed", SearchedAnchors "searched-anchors",
    AnchorKey "anchor-key", AnchorFrequency "anchor-frequency", AnchorPair "anchor-pair",
    AnchorLeft "anchor-left", AnchorCandidate "anchor-candidate",
    AnchorCandidateLeft "anchor-candidate-left", AnchorArticle "anchor-article",
    AnchorEdge "anchor-edge", GroupEdge "group-edge", MemberPair "member-pair",
    MemberLeft "member-left", MemberCandidate "member-candidate",
    MemberCandidateLeft "member-candidate-left", MemberArticle "member-article",
    MemberEdge "member-edge", StretchLeft "stretch-left", SpecificEdge "specific-edge",
    TermKey "term-key", TermPair "term-pair", TermLeft "term-left", Near "near",
    NearPair "near-pair", NearPairLeft "near-pair-left", TermPairClose "term-pair-close",
    TermPairSearched "term-pair-searched", TermCandidate "term-candidate",
    TermCandidateLeft "term-candidate-left", TermArticle "term-article", TermEdge "term-edge",
    Component "component", ComponentPart "component-part", Pair "pair", Clustered "clustered",
    Story "story"
}

/// Blocks that are being written.
pub(super) struct Blocks {
    parts: u32,
    open: HashMap<(Kind, u32), Encoder>,
    closed: Vec<Block>,
}

impl Blocks {
    pub(super) fn new(parts: u32) -> Self {
        Blocks { parts, open: HashMap::new(), closed: Vec::new() }
    }

    /// The part of a text, an article or a component, by its number, or of a key.
    pub(super) fn part(&self, number: u64) -> u32 {
        (mix(number) % u64::from(self.parts)) as u32
    }

    /// Appends a record for the part of a number or key.
    pub(super) fn add<'r>(&mut self, kind: Kind, number: u64, record: &impl Record<'r>) {
        self.add_to(kind, self.part(number), record);
    }

    /// Appends a record for a part.
    pub(super) fn add_to<'r>(&mut self, kind: Kind, part: u32, record: &impl Record<'r>) {
        let open = self.open.entry((kind, part)).or_default();
        record.write(open);
        if open.bytes.len() >= MAX_BLOCK {
            let data = std::mem::take(&mut open.bytes);
            self.closed.push(Block { kind, part, data });
        }
    }

    /// All blocks, in the order of kind and part as far as they are not full.
    pub(super) fn finish(self) -> Vec<Block> {
        let mut blocks = self.closed;
        let mut open: Vec<((Kind, u32), Encoder)> =
            self.open.into_iter().filter(|(_, open)| !open.bytes.is_empty()).collect();
        open.sort_unstable_by_key(|(key, _)| *key);
        let block = |((kind, part), open): (_, Encoder)| Block { kind, part, data: open.bytes };
        blocks.extend(open.into_iter().map(block));
        blocks
    }
}

/// The blocks that a step reads.
#[derive(Default)]
pub(super) struct Given<'b>(Vec<(Kind, &'b [u8])>);

impl<'b> Given<'b> {
    pub(super) fn new(blocks: impl IntoIterator<Item = (Kind, &'b [u8])>) -> Self {
        Given(blocks.into_iter().collect())
    }

    /// The records of a kind, in the order of the blocks, which is none that can be relied on.
    pub(super) fn records<R: Record<'b>>(&self, kind: Kind) -> Result<Vec<R>, Error> {
        let mut records = Vec::new();
        for (_, data) in self.0.iter().filter(|block| block.0 == kind) {
            let mut decoder = Decoder::new(data);
            while !decoder.is_empty() {
                let record = R::read(&mut decoder);
                records.push(record.ok_or_else(|| not_records(kind))?);
            }
        }
        Ok(records)
    }

    /// The records of several kinds.
    pub(super) fn records_of<R: Record<'b>>(&self, kinds: &[Kind]) -> Result<Vec<R>, Error> {
        let mut all = Vec::new();
        for &kind in kinds {
            all.append(&mut self.records(kind)?);
        }
        Ok(all)
    }

    /// The records of a kind that each belong to another number, by that number.
    pub(super) fn by_number<R: Record<'b>>(
        &self,
        kind: Kind,
        number: impl Fn(&R) -> u64,
    ) -> Result<HashMap<u64, R>, Error> {
        Ok(self.records(kind)?.into_iter().map(|record| (number(&record), record)).collect())
    }
}

/// A block of this kind does not consist of its records.
fn not_records(kind: Kind) -> Error {
    let is = format!("no block of {kind} records, or one of another version");
    Error::stored("data", is, ErrorKind::Damaged)
}

/// What belongs to a text that a step needs and was not given.
pub(super) fn missing(kind: Kind, number: u64) -> Error {
    let is = format!("without the {kind} record of number {number}");
    Error::stored("data", is, ErrorKind::Damaged)
}
