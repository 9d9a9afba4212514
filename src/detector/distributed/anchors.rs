//! Candidates that share rare anchors, as the [generator](crate::detector::generators::anchors)
//! finds them: the anchors of all texts are grouped; each group says in how many texts its anchor
//! is, and, if it is not left out, which texts share it.

use std::collections::{HashMap, HashSet};

use super::Shared;
use super::blocks::{Blocks, Given, Kind};
use super::records::{
    AnchorsRecord, CandidateRecord, EdgeRecord, FrequencyRecord, LeftRecord, MemberRecord, Proposal,
};
use super::sides::{WeighedTerms, known, neighbours, send_left, summed};
use super::sieve::{Known, Sketches, edges_of, set_left};
use crate::detector::generators::anchors::{MIN_SHARED, have_one_source};
use crate::error::Error;
use crate::verify::candidate::{Generator, is_worth_reading};
use crate::verify::policy::{ANCHOR_LIMIT, LEAST_ANCHORS, Spread};

/// Pairs that are held before those that occur several times are summed.
const MAX_HELD: usize = 1 << 22;

/// Marks the texts that are collapsed to another: no candidates are searched for them.
pub(super) fn searched(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let collapsed = collapsed(given)?;
    for text in given.records::<AnchorsRecord>(Kind::Anchors)? {
        let is_searched = !collapsed.contains(&text.number);
        out.add(Kind::SearchedAnchors, text.number, &(text, is_searched));
    }
    Ok(())
}

/// The texts of a part that are collapsed to another.
pub(super) fn collapsed(given: &Given<'_>) -> Result<HashSet<u64>, Error> {
    let members: Vec<MemberRecord> = given.records(Kind::Collapsed)?;
    Ok(members.into_iter().map(|member| member.number).collect())
}

/// An anchor of a text: the anchor and the number of the text, the source of the text, and whether
/// the text is searched and how many anchors it has.
type AnchorKey = ((u32, u64), Option<u64>, (bool, u32));

/// The anchors of each text, one by one.
pub(super) fn keys(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut add = |text: AnchorsRecord, is_searched: bool| {
        let AnchorsRecord { number, source, anchors } = text;
        for &anchor in &anchors {
            let key: AnchorKey = ((anchor, number), source, (is_searched, anchors.len() as u32));
            out.add(Kind::AnchorKey, u64::from(anchor), &key);
        }
    };
    for text in given.records::<AnchorsRecord>(Kind::Anchors)? {
        add(text, true);
    }
    for (text, is_searched) in given.records::<(AnchorsRecord, bool)>(Kind::SearchedAnchors)? {
        add(text, is_searched);
    }
    Ok(())
}

/// Groups the anchors.
pub(super) fn group(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut keys: Vec<AnchorKey> = given.records(Kind::AnchorKey)?;
    keys.sort_unstable();
    let mut pairs = PairCounts::new(Kind::AnchorPair);
    for list in keys.chunk_by(|a, b| a.0.0 == b.0.0).filter(|list| list.len() > 1) {
        let searched: Vec<&AnchorKey> = list.iter().filter(|key| key.2.0).collect();
        let texts = searched.len() as u32;
        let mut sources = searched.iter().map(|key| key.1);
        let is_frame = texts > 1 && have_one_source(&mut sources);
        let is_left_out = searched.len() > ANCHOR_LIMIT || is_frame;
        for &((anchor, number), _, (_, anchors)) in list {
            let frequency = FrequencyRecord { number, anchor, texts, is_left_out, anchors };
            out.add(Kind::AnchorFrequency, number, &frequency);
        }
        if !is_left_out {
            let numbers: Vec<u64> = searched.iter().map(|key| key.0.1).collect();
            pairs.add_all(&numbers, out);
        }
    }
    pairs.flush(out);
    Ok(())
}

/// Counts how many keys of a part two texts share.
pub(super) struct PairCounts {
    kind: Kind,
    held: Vec<(u64, u64)>,
}

impl PairCounts {
    pub(super) fn new(kind: Kind) -> Self {
        PairCounts { kind, held: Vec::new() }
    }

    /// Counts all pairs of texts, which ascend.
    pub(super) fn add_all(&mut self, texts: &[u64], out: &mut Blocks) {
        for (i, &left) in texts.iter().enumerate() {
            self.held.extend(texts[i + 1..].iter().map(|&right| (left, right)));
        }
        if self.held.len() >= MAX_HELD {
            self.flush(out);
        }
    }

    /// Writes the counts so far.
    pub(super) fn flush(&mut self, out: &mut Blocks) {
        self.held.sort_unstable();
        for same in self.held.chunk_by(|a, b| a == b) {
            let (left, right) = same[0];
            out.add(self.kind, left, &Proposal { left, right, by: same.len() as u32 });
        }
        self.held.clear();
    }
}

/// The anchors of a text that others have too.
#[derive(Default)]
struct Frequencies {
    /// Ascending, each with the number of texts that have it.
    anchors: Vec<(u32, u32)>,
    left_out: u32,
    all: u32,
}

impl Frequencies {
    fn kept(&self) -> u32 {
        self.all - self.left_out
    }
}

fn frequencies(given: &Given<'_>) -> Result<HashMap<u64, Frequencies>, Error> {
    let mut texts: HashMap<u64, Frequencies> = HashMap::new();
    for it in given.records::<FrequencyRecord>(Kind::AnchorFrequency)? {
        let text = texts.entry(it.number).or_default();
        text.anchors.push((it.anchor, it.texts));
        text.left_out += u32::from(it.is_left_out);
        text.all = it.anchors;
    }
    texts.values_mut().for_each(|text| text.anchors.sort_unstable());
    Ok(texts)
}

/// Sends the left texts of pairs that share two anchors to the right ones.
pub(super) fn lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let mut proposals = summed(given.records(Kind::AnchorPair)?);
    let near = edges_of(given, &[Kind::NearEdge])?;
    let is_kept =
        |it: &Proposal| it.by >= u32::from(MIN_SHARED) && !near.contains(&(it.left, it.right));
    proposals.retain(is_kept);
    send_lefts(Kind::AnchorLeft, &proposals, given, out)
}

fn send_lefts(
    kind: Kind,
    proposals: &[Proposal],
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let mut frequencies = frequencies(given)?;
    let known = Known::of(given)?;
    for of_left in proposals.chunk_by(|a, b| a.left == b.left) {
        let number = of_left[0].left;
        let text = frequencies.remove(&number).unwrap_or_default();
        let kept_anchors = text.kept();
        let left = LeftRecord { anchors: text.anchors, kept_anchors, ..known.left(number) };
        send_left(kind, left, of_left, out);
    }
    Ok(())
}

/// How many texts have the anchors that two texts share.
fn spread(left: &[(u32, u32)], right: &[(u32, u32)]) -> Spread {
    let mut rest = right;
    let mut shared = Vec::new();
    for &(anchor, texts) in left {
        rest = &rest[rest.partition_point(|other| other.0 < anchor)..];
        if rest.first().is_some_and(|other| other.0 == anchor) {
            shared.push(texts as usize);
        }
    }
    Spread::of(&mut shared)
}

/// The candidates among the pairs that share two anchors.
pub(super) fn candidates(
    shared: &Shared,
    given: &Given<'_>,
    out: &mut Blocks,
) -> Result<(), Error> {
    let texts = frequencies(given)?;
    let mut terms = WeighedTerms::of(given, shared.weights.as_ref())?;
    let near = neighbours(given)?;
    let none = Frequencies::default();
    for left in given.records::<LeftRecord>(Kind::AnchorLeft)? {
        set_left(&mut terms, &left.terms);
        for &(right, count) in &left.rights {
            let text = texts.get(&right).unwrap_or(&none);
            let share = f64::from(count) / f64::from(left.kept_anchors.min(text.kept()));
            if share < LEAST_ANCHORS {
                continue;
            }
            let cosine = terms.as_mut().map(|terms| terms.cosine(right)).transpose()?;
            let mut sketches = Sketches {
                similarity: 0.0,
                cosine: cosine.filter(|_| shared.knows_boilerplate()),
                spread: spread(&left.anchors, &text.anchors),
            };
            if is_worth_reading(Generator::Anchors, &mut sketches) {
                let cosine = cosine.filter(|_| shared.has_stories());
                let known = known(&left, right, cosine, &near, shared.totals.texts);
                let candidate = CandidateRecord { left: left.number, right, known };
                out.add(Kind::AnchorCandidate, left.number, &candidate);
            }
        }
    }
    Ok(())
}

/// The edges of all generators that find common text.
pub(super) const TEXT_EDGES: [Kind; 3] = [Kind::NearEdge, Kind::AnchorEdge, Kind::MemberEdge];

/// An edge, and the anchors of its left text, each with the number of texts that have it.
type StretchLeft = (EdgeRecord, Vec<(u32, u32)>);

/// Sends edges, with the anchors of their left texts, to their right ones.
pub(super) fn stretch_lefts(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let texts = frequencies(given)?;
    for edge in given.records_of::<EdgeRecord>(&TEXT_EDGES)? {
        let anchors = texts.get(&edge.left).map_or(Vec::new(), |text| text.anchors.clone());
        let right = edge.right;
        let left: StretchLeft = (edge, anchors);
        out.add(Kind::StretchLeft, right, &left);
    }
    Ok(())
}

/// The edges that are no common stretch, where texts are letters.
pub(super) fn specific(given: &Given<'_>, out: &mut Blocks) -> Result<(), Error> {
    let texts = frequencies(given)?;
    for (edge, left) in given.records::<StretchLeft>(Kind::StretchLeft)? {
        let right = texts.get(&edge.right).map_or(&[][..], |text| &text.anchors);
        if !edge.found.is_common_passage(spread(&left, right)) {
            out.add(Kind::SpecificEdge, edge.left, &edge);
        }
    }
    Ok(())
}
