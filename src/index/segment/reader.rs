//! A segment: many articles in one immutable file, found by their keys where they lie.
//!
//! A segment is a [file of blocks](crate::index::store::blocks) of kind [`KIND`]. Its columns lie one after
//! another, each article at its number:
//!
//! | column | bytes | what |
//! |---|---|---|
//! | rows | `slots / 2` an article | four bits of every slot |
//! | facts | 32 an article | digest, date, bytes of text, shingles, source, anchors, flags |
//! | ids, sources, texts, terms, words, clusters | 8 and what they take | [strings](Strings): where each ends, then all bytes |
//! | one [table](crate::index::segment::key_table) a band, one of anchors, key terms, ids, digests, clusters | about 23 bits a key | which articles have a key |
//!
//! Articles are in the order in which they came, but those of one text follow the first of them,
//! and only that one is in the tables of bands, anchors and key terms. The root of the file is a
//! directory that tells where everything lies; all of it is checked against the length of the file
//! before it is believed, and what is read later is checked by blocks.

use std::hint::black_box;

use crate::error::Error;
use crate::idf::words::are_words;
use crate::index::segment::entry::{Facts, Kind, decode_terms};
use crate::index::segment::key_table::Table;
use crate::index::segment::schema::Shape;
use crate::index::store::blocks::BlockFile;
use crate::index::store::storage::Bytes;
use crate::index::store::wire::{Fields, Writer};
use crate::sketch::story::Term;

/// The kind of block file.
pub(crate) const KIND: u32 = 1;
/// Articles at most.
pub(crate) const MOST: u32 = 1 << 20;

/// Many strings, one after another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strings {
    pub(crate) count: u32,
    /// Where the end of each is told, in eight bytes, counted from the first byte of all.
    pub(crate) ends: u64,
    pub(crate) bytes: u64,
}

impl Strings {
    pub(crate) fn get<'f>(&self, file: &'f BlockFile, i: u32) -> Result<&'f [u8], Error> {
        let start = if i == 0 { 0 } else { self.end(file, i - 1)? };
        let end = self.end(file, i)?;
        match end.checked_sub(start).zip(self.bytes.checked_add(start)) {
            Some((len, at)) => file.get(at, len as usize),
            None => {
                Err(file.damaged(self.ends + 8 * u64::from(i), "a string ends before it begins"))
            }
        }
    }

    fn end(&self, file: &BlockFile, i: u32) -> Result<u64, Error> {
        let end = file.get(self.ends + 8 * u64::from(i), 8)?;
        Ok(u64::from_le_bytes(end.try_into().unwrap_or_default()))
    }

    fn encode(&self, out: &mut Writer) {
        out.u32(self.count);
        out.u64(self.ends);
        out.u64(self.bytes);
    }

    fn decode(input: &mut Fields<'_>, len: u64) -> Option<Self> {
        let strings = Strings { count: input.u32()?, ends: input.u64()?, bytes: input.u64()? };
        fits(strings.ends, u64::from(strings.count), 8, len)?;
        fits(strings.bytes, 0, 0, len)?;
        Some(strings)
    }
}

fn fits(at: u64, count: u64, width: u64, len: u64) -> Option<()> {
    (at.checked_add(count.checked_mul(width)?)? <= len).then_some(())
}

/// Where everything lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Directory {
    pub(crate) articles: u32,
    /// Articles in the tables: those that are of no other's text and have words.
    pub(crate) texts: u32,
    /// The earliest and the latest date, and how many have none.
    pub(crate) dates: Option<(i64, i64)>,
    pub(crate) undated: u32,
    pub(crate) rows: u64,
    pub(crate) facts: u64,
    pub(crate) ids: Strings,
    pub(crate) sources: Strings,
    /// Compressed texts; none where they are not kept.
    pub(crate) kept: Strings,
    /// Articles whose key terms are kept, four bytes each, ascending; and the terms.
    pub(crate) termed: u64,
    pub(crate) terms: Strings,
    /// The same of those whose words are kept.
    pub(crate) worded: u64,
    pub(crate) words: Strings,
    /// The same of those that were put in a cluster, and its name.
    pub(crate) clustered: u64,
    pub(crate) clusters: Strings,
    pub(crate) bands: Vec<Table>,
    pub(crate) by_anchor: Table,
    pub(crate) by_story: Table,
    pub(crate) by_id: Table,
    pub(crate) by_digest: Table,
    pub(crate) by_cluster: Table,
}

impl Directory {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u32(self.articles);
        out.u32(self.texts);
        out.u8(u8::from(self.dates.is_some()));
        let (first, last) = self.dates.unwrap_or_default();
        out.i64(first);
        out.i64(last);
        out.u32(self.undated);
        out.u64(self.rows);
        out.u64(self.facts);
        [self.ids, self.sources, self.kept].iter().for_each(|strings| strings.encode(&mut out));
        out.u64(self.termed);
        self.terms.encode(&mut out);
        out.u64(self.worded);
        self.words.encode(&mut out);
        out.u64(self.clustered);
        self.clusters.encode(&mut out);
        out.u32(self.bands.len() as u32);
        self.bands.iter().for_each(|table| table.encode(&mut out));
        for table in [self.by_anchor, self.by_story, self.by_id, self.by_digest, self.by_cluster] {
            table.encode(&mut out);
        }
        out.bytes
    }

    /// The table of the keys of a kind.
    pub(crate) fn table(&self, kind: Kind) -> &Table {
        match kind {
            Kind::Band(band) => &self.bands[band as usize],
            Kind::Anchor => &self.by_anchor,
            Kind::Story => &self.by_story,
            Kind::Id => &self.by_id,
            Kind::Digest => &self.by_digest,
            Kind::Cluster => &self.by_cluster,
        }
    }

    /// The kinds of keys that there are tables of.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        let others = [Kind::Anchor, Kind::Story, Kind::Id, Kind::Digest, Kind::Cluster];
        (0..self.bands.len() as u32).map(Kind::Band).chain(others)
    }

    /// Reads a directory of a file with so many bytes of data; none if it cannot be one of an index
    /// of this shape.
    fn decode(bytes: &[u8], len: u64, shape: &Shape) -> Option<Self> {
        let input = &mut Fields::new(bytes);
        let (articles, texts) = (input.u32()?, input.u32()?);
        if articles > MOST || texts > articles {
            return None;
        }
        let dated = input.u8()? == 1;
        let dates = (input.i64()?, input.i64()?);
        let dates = dated.then_some(dates);
        let undated = input.u32()?;
        let (rows, facts) = (input.u64()?, input.u64()?);
        fits(rows, articles.into(), shape.row as u64, len)?;
        fits(facts, articles.into(), Facts::ENCODED as u64, len)?;
        let ids = Strings::decode(input, len)?;
        let sources = Strings::decode(input, len)?;
        let kept = Strings::decode(input, len)?;
        let termed = input.u64()?;
        let terms = Strings::decode(input, len)?;
        fits(termed, terms.count.into(), 4, len)?;
        let worded = input.u64()?;
        let words = Strings::decode(input, len)?;
        fits(worded, words.count.into(), 4, len)?;
        let (clustered, clusters) = (input.u64()?, Strings::decode(input, len)?);
        fits(clustered, clusters.count.into(), 4, len)?;
        if ids.count != articles || kept.count != if shape.texts { articles } else { 0 } {
            return None;
        }
        if [clusters.count, terms.count, words.count, sources.count]
            .iter()
            .any(|&count| count > articles)
        {
            return None;
        }
        if input.u32()? as usize != shape.bands {
            return None;
        }
        let mut table = || Table::decode(input, len, articles);
        let bands = (0..shape.bands).map(|_| table()).collect::<Option<Vec<Table>>>()?;
        let (by_anchor, by_story, by_id) = (table()?, table()?, table()?);
        let (by_digest, by_cluster) = (table()?, table()?);
        Some(Directory {
            articles,
            texts,
            dates,
            undated,
            rows,
            facts,
            ids,
            sources,
            kept,
            termed,
            terms,
            worded,
            words,
            clustered,
            clusters,
            bands,
            by_anchor,
            by_story,
            by_id,
            by_digest,
            by_cluster,
        })
    }
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) number: u64,
    pub(crate) file: BlockFile,
    pub(crate) directory: Directory,
    row: usize,
}

impl Segment {
    /// Opens the file of a segment. Reads its end and its directory.
    pub(crate) fn open(
        bytes: Bytes,
        name: &str,
        number: u64,
        shape: &Shape,
    ) -> Result<Self, Error> {
        let file = BlockFile::open(bytes, name, KIND)?;
        let root = file.root();
        let len = file.len().saturating_sub(root);
        let directory = file.get(root, len as usize)?;
        match Directory::decode(directory, file.len(), shape) {
            Some(directory) => Ok(Segment { number, directory, row: shape.row, file }),
            None => Err(file.damaged(root, "its directory is not that of a segment of this index")),
        }
    }

    /// Bytes of its file.
    pub(crate) fn bytes(&self) -> u64 {
        self.file.file_len()
    }

    pub(crate) fn articles(&self) -> u32 {
        self.directory.articles
    }

    /// Refuses the number of an article that is not there, which a table of a damaged file may
    /// give.
    #[inline(always)]
    fn checked(&self, article: u32) -> Result<u64, Error> {
        if article < self.directory.articles {
            return Ok(u64::from(article));
        }
        Err(self.file.damaged(self.directory.facts, "a table names an article that is not there"))
    }

    /// Asks memory for what is looked at first of an article.
    #[inline(always)]
    pub(crate) fn touch_row(&self, article: u32) -> u8 {
        self.file.touch(self.directory.rows + u64::from(article) * self.row as u64)
    }

    #[inline(always)]
    pub(crate) fn row(&self, article: u32) -> Result<&[u8], Error> {
        self.file.get(self.directory.rows + self.checked(article)? * self.row as u64, self.row)
    }

    #[inline]
    pub(crate) fn facts(&self, article: u32) -> Result<Facts, Error> {
        let at = self.directory.facts + self.checked(article)? * Facts::ENCODED as u64;
        let facts = Facts::decode(self.file.get(at, Facts::ENCODED)?);
        facts.ok_or_else(|| self.file.damaged(at, "an article's facts are cut short"))
    }

    pub(crate) fn id(&self, article: u32) -> Result<&str, Error> {
        self.checked(article)?;
        self.string(self.directory.ids, article)
    }

    /// A source by its number from 1.
    pub(crate) fn source(&self, number: u32) -> Result<Option<&str>, Error> {
        match number.checked_sub(1) {
            None => Ok(None),
            Some(i) if i < self.directory.sources.count => {
                self.string(self.directory.sources, i).map(Some)
            }
            Some(_) => {
                Err(self.file.damaged(self.directory.sources.ends, "there is no such source"))
            }
        }
    }

    fn string(&self, strings: Strings, i: u32) -> Result<&str, Error> {
        let bytes = strings.get(&self.file, i)?;
        std::str::from_utf8(bytes)
            .map_err(|_| self.file.damaged(strings.bytes, "a string is not UTF-8"))
    }

    /// The compressed text of an article, where texts are kept.
    pub(crate) fn text(&self, article: u32) -> Result<&[u8], Error> {
        self.checked(article)?;
        self.directory.kept.get(&self.file, article)
    }

    /// The name of the cluster that an article was put in. O(log articles) time.
    pub(crate) fn cluster(&self, article: u32) -> Result<Option<&str>, Error> {
        let Directory { clustered, clusters, .. } = self.directory;
        let place = self.place(clustered, clusters.count, article)?;
        place.map(|i| self.string(clusters, i)).transpose()
    }

    /// The articles whose key terms are kept.
    pub(crate) fn termed(&self) -> u32 {
        self.directory.terms.count
    }

    /// One of them by their order, and its terms.
    pub(crate) fn terms(&self, i: u32) -> Result<(u32, Box<[Term]>), Error> {
        let article = self.number_at(self.directory.termed, i)?;
        self.checked(article)?;
        let terms = self.directory.terms.get(&self.file, i)?;
        let damaged =
            || self.file.damaged(self.directory.terms.bytes, "what is kept of key terms is none");
        Ok((article, decode_terms(terms).ok_or_else(damaged)?))
    }

    /// The articles whose words are kept.
    pub(crate) fn worded(&self) -> u32 {
        self.directory.words.count
    }

    /// One of them by their order, and its words.
    pub(crate) fn words(&self, i: u32) -> Result<(u32, &[u8]), Error> {
        let article = self.number_at(self.directory.worded, i)?;
        self.checked(article)?;
        let words = self.directory.words.get(&self.file, i)?;
        if are_words(words) {
            return Ok((article, words));
        }
        Err(self.file.damaged(self.directory.words.bytes, "what is kept of words is none"))
    }

    /// One of the numbers of articles that lie at a place.
    fn number_at(&self, numbers: u64, i: u32) -> Result<u32, Error> {
        let at = numbers + 4 * u64::from(i);
        Ok(u32::from_le_bytes(self.file.get(at, 4)?.try_into().unwrap_or_default()))
    }

    /// The key terms of an article, where they are kept. O(log articles) time.
    pub(crate) fn terms_of(&self, article: u32) -> Result<Option<Box<[Term]>>, Error> {
        let place = self.place(self.directory.termed, self.termed(), article)?;
        place.map(|i| self.terms(i).map(|(_, terms)| terms)).transpose()
    }

    /// The place of an article in a list of so many numbers, ascending, that lies somewhere.
    fn place(&self, numbers: u64, count: u32, article: u32) -> Result<Option<u32>, Error> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.number_at(numbers, middle)?.cmp(&article) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// Reads a byte of each of some places, so that memory answers for all at once.
    #[inline(always)]
    pub(crate) fn touch(&self, places: impl Iterator<Item = u64>) {
        black_box(places.fold(0, |sum: u8, place| sum ^ self.file.touch(place)));
    }
}
