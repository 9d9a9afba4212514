//! The plan of a new segment: which articles of some leaves go into it, and in what order.
//!
//! Articles keep their order, without those that are deleted. But of a text that several leaves
//! have, all articles follow the first, and the keys of the first stand for all of them.

use crate::error::Error;
use crate::index::segment::leaf::LeafReader;
use crate::index::segment::reader::SegmentReader;
use crate::index::view::Address;

/// Stands for an article that is not in the new segment.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// Where the articles of some leaves go.
#[derive(Default)]
pub(crate) struct SegmentPlan {
    /// The articles of the new segment, in order.
    pub(crate) order: Vec<Address>,
    /// Which of them are exact duplicates of the article before.
    pub(crate) is_duplicate: Vec<bool>,
    /// For each leaf and article its new number, or [`NOWHERE`].
    pub(crate) places: Vec<Vec<u32>>,
    /// For each leaf and article the new number of the article that its keys lead to. `NOWHERE` if
    /// its keys are not kept.
    pub(crate) keyed: Vec<Vec<u32>>,
    /// Whether damage is skipped.
    pub(crate) tolerant: bool,
}

/// The articles of one text in one leaf that are not deleted.
struct TextGroup {
    leaf: u32,
    /// The article that has the keys, deleted or not.
    leader: u32,
    digest: u64,
    shingles: u32,
    articles: Vec<u32>,
}

impl SegmentPlan {
    fn empty(leaves: &[&dyn LeafReader], tolerant: bool) -> Self {
        let nowhere = || leaves.iter().map(|leaf| vec![NOWHERE; leaf.len() as usize]).collect();
        SegmentPlan { places: nowhere(), keyed: nowhere(), tolerant, ..SegmentPlan::default() }
    }

    /// Adds an article of a leaf, whose text has the keys of `leader`. It is a duplicate if these
    /// lead to an article already.
    fn push(&mut self, address: Address, leader: u32, is_duplicate: bool) {
        let place = self.order.len() as u32;
        if !is_duplicate {
            self.keyed[address.leaf as usize][leader as usize] = place;
        }
        self.places[address.leaf as usize][address.article as usize] = place;
        self.order.push(address);
        self.is_duplicate.push(is_duplicate);
    }

    /// All articles of the leaves that are not deleted.
    pub(crate) fn of(leaves: &[&dyn LeafReader]) -> Result<Self, Error> {
        let mut groups: Vec<TextGroup> = Vec::new();
        for (leaf, reader) in (0..).zip(leaves) {
            reader.for_each_text(&mut |articles| {
                let leader = articles[0];
                let metadata = reader.metadata(leader)?;
                let (digest, shingles) = (metadata.digest, metadata.shingles);
                let articles = articles.iter().copied();
                let articles: Vec<u32> = articles.filter(|&it| !reader.is_deleted(it)).collect();
                if !articles.is_empty() {
                    groups.push(TextGroup { leaf, leader, digest, shingles, articles });
                }
                Ok(())
            })?;
        }
        let first = first_of_text(leaves, &groups)?;
        let mut order: Vec<usize> = (0..groups.len()).collect();
        order.sort_by_key(|&group| first[group]);
        let mut plan = SegmentPlan::empty(leaves, false);
        for group in order {
            let TextGroup { leaf, leader, articles, .. } = &groups[group];
            for (i, &article) in articles.iter().enumerate() {
                let is_duplicate = first[group] != group || i > 0;
                plan.push(Address { leaf: *leaf, article }, *leader, is_duplicate);
            }
        }
        Ok(plan)
    }

    /// The articles of a damaged segment that are whole and not deleted.
    pub(crate) fn salvage(segment: &SegmentReader) -> Self {
        let mut plan = SegmentPlan::empty(&[segment], true);
        // The first article of the text, and whether an article with the text is kept.
        let (mut leader, mut is_kept) = (0, false);
        for article in 0..segment.len() {
            if !segment.metadata(article).is_ok_and(|metadata| metadata.is_duplicate) {
                (leader, is_kept) = (article, false);
            }
            if !segment.is_deleted(article) && segment.check_article(article).is_ok() {
                plan.push(Address { leaf: 0, article }, leader, is_kept);
                is_kept = true;
            }
        }
        plan
    }

    /// `None` in the place of an error, where damage is skipped.
    pub(crate) fn tolerate<T>(&self, error: Error) -> Result<Option<T>, Error> {
        if self.tolerant { Ok(None) } else { Err(error) }
    }
}

/// For each group the first group with the same text.
fn first_of_text(leaves: &[&dyn LeafReader], groups: &[TextGroup]) -> Result<Vec<usize>, Error> {
    let mut first: Vec<usize> = (0..groups.len()).collect();
    if leaves.len() == 1 {
        return Ok(first);
    }
    let signature = |group: &TextGroup| leaves[group.leaf as usize].signature(group.leader);
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_unstable_by_key(|&group| (groups[group].digest, group));
    for alike in order.chunk_by(|&a, &b| groups[a].digest == groups[b].digest) {
        let one = &groups[alike[0]];
        for &number in &alike[1..] {
            let other = &groups[number];
            let has_same_words = other.shingles == one.shingles && other.shingles > 0;
            if has_same_words && signature(other)? == signature(one)? {
                first[number] = alike[0];
            }
        }
    }
    Ok(first)
}
