//! A segment that is open: its articles, without those that are deleted.
//!
//! A segment is a [file of blocks](crate::index::store::blocks) of kind [`SEGMENT`]. Its columns
//! lie one after another, each article at its number:
//!
//! | column | bytes | what |
//! |---|---|---|
//! | signatures | `slots / 2` an article | four bits of every slot |
//! | metadata | 32 an article | digest, date, bytes of text, shingles, source, anchors, flags |
//! | ids, sources, texts, terms, words, clusters | 8 and their length | [strings](super::strings) |
//! | one [key table](super::key_table) a band, one each of anchors, key terms, ids, digests, clusters, fingerprints | about 23 bits a key | which articles have a key |
//!
//! Articles are in the order in which they arrived, except that exact duplicates follow the first
//! article of their text. Only that one is in the tables of bands, anchors and key terms. The root
//! of the file is its [directory](super::directory).

use std::hint::black_box;
use std::sync::Arc;

use super::directory::SegmentDirectory;
use super::key_table::{Bucket, Cursor, KeyTable};
use super::keys::KeyKind;
use super::leaf::{Entries, Kept, LeafReader, LookupScratch};
use super::metadata::Metadata;
use super::schema::Schema;
use super::terms::decode_terms;
use super::tombstones::Tombstones;
use crate::error::Error;
use crate::idf::words::are_words;
use crate::index::limits::MAX_BAND_BUCKET;
use crate::index::store::blocks::BlockFile;
use crate::index::store::names::FileNames;
use crate::index::store::storage::Storage;
use crate::simd::Isa;
use crate::simd::isa::run;
use crate::sketch::key_terms::Term;

/// The kind of block file that is a segment.
pub(crate) const SEGMENT: u32 = 1;

/// The file of a segment.
#[derive(Debug)]
pub(crate) struct SegmentFile {
    pub(crate) number: u64,
    pub(crate) blocks: BlockFile,
    pub(crate) directory: SegmentDirectory,
    signature_bytes: usize,
}

/// A segment and its tombstones.
#[derive(Clone, Debug)]
pub(crate) struct SegmentReader {
    pub(crate) file: Arc<SegmentFile>,
    pub(crate) tombstones: Tombstones,
}

impl SegmentReader {
    /// Opens a segment, none of whose articles is deleted. Reads the end of its file and its
    /// directory.
    pub(crate) fn open(
        storage: &dyn Storage,
        names: FileNames,
        number: u64,
        schema: &Schema,
    ) -> Result<Self, Error> {
        let name = names.segment(number);
        let blocks = BlockFile::open(storage.map_file(&name)?, &name, SEGMENT)?;
        let root = blocks.root();
        let bytes = blocks.get(root, blocks.len().saturating_sub(root) as usize)?;
        let Some(directory) = SegmentDirectory::decode(bytes, blocks.len(), schema) else {
            return Err(
                blocks.damaged(root, "its directory is not that of a segment of this index")
            );
        };
        let signature_bytes = schema.signature_bytes;
        let file = SegmentFile { number, blocks, directory, signature_bytes };
        Ok(SegmentReader { file: Arc::new(file), tombstones: Tombstones::default() })
    }

    /// Articles that are not deleted.
    pub(crate) fn live(&self) -> u32 {
        self.len() - self.tombstones.len()
    }

    /// Deletes an article.
    pub(crate) fn delete(&mut self, article: u32) {
        self.tombstones.insert(article, self.file.directory.articles);
    }

    /// Reads what an article cannot do without.
    pub(crate) fn check_article(&self, article: u32) -> Result<(), Error> {
        self.metadata(article)?;
        self.signature(article)?;
        self.id(article)?;
        if self.file.directory.kept_texts.count > 0 {
            self.packed_text(article)?;
        }
        Ok(())
    }
}

impl SegmentFile {
    /// Refuses the number of an article that does not exist, which a damaged table may contain.
    #[inline(always)]
    fn checked(&self, article: u32) -> Result<u64, Error> {
        if article < self.directory.articles {
            return Ok(u64::from(article));
        }
        let what = "a table names an article that is not there";
        Err(self.blocks.damaged(self.directory.metadata, what))
    }

    /// The place of a signature.
    #[inline(always)]
    fn signature_at(&self, article: u64) -> u64 {
        self.directory.signatures + article * self.signature_bytes as u64
    }

    /// Reads a byte of each of some places, so that memory delivers all at once.
    #[inline(always)]
    fn prefetch(&self, places: impl Iterator<Item = u64>) {
        black_box(places.fold(0, |sum: u8, place| sum ^ self.blocks.prefetch(place)));
    }

    /// Leaves the buckets of some keys in `scratch`, each of its own table. All keys take each of
    /// the three steps together.
    #[inline(always)]
    fn locate<'t>(
        &self,
        keys: impl Iterator<Item = (&'t KeyTable, u32)> + Clone,
        scratch: &mut LookupScratch,
    ) -> Result<(), Error> {
        let LookupScratch { superblocks, buckets } = scratch;
        self.prefetch(keys.clone().map(|(table, key)| table.directory_place(key)));
        superblocks.clear();
        for (table, key) in keys.clone() {
            superblocks.push(table.superblock(&self.blocks, key)?);
        }
        let located = keys.clone().zip(superblocks.iter());
        self.prefetch(
            located
                .flat_map(|((table, key), &superblock)| table.superblock_places(key, superblock)),
        );
        buckets.clear();
        for ((table, key), &superblock) in keys.clone().zip(superblocks.iter()) {
            buckets.push(table.bucket(&self.blocks, key, superblock)?);
        }
        self.prefetch(
            keys.zip(buckets.iter()).map(|((table, _), &bucket)| table.bucket_place(bucket)),
        );
        Ok(())
    }

    #[inline(always)]
    fn find_bands(
        &self,
        keys: &[u32],
        scratch: &mut LookupScratch,
        articles: &mut Vec<u32>,
    ) -> Result<(), Error> {
        let tables = &self.directory.bands;
        // One table may have lost its entries with a damaged block; then the others still work.
        if tables.iter().all(|table| table.entries == 0) {
            return Ok(());
        }
        let keys = || tables.iter().zip(keys.iter().copied());
        self.locate(keys(), scratch)?;
        for ((table, key), &bucket) in keys().zip(&scratch.buckets) {
            table.articles(&self.blocks, key, bucket, MAX_BAND_BUCKET, |article| {
                articles.push(article);
            })?;
        }
        Ok(())
    }
}

impl LeafReader for SegmentReader {
    fn len(&self) -> u32 {
        self.file.directory.articles
    }

    fn texts(&self) -> u32 {
        self.file.directory.texts
    }

    fn file_bytes(&self) -> Option<u64> {
        Some(self.file.blocks.file_len())
    }

    #[inline]
    fn is_deleted(&self, article: u32) -> bool {
        self.tombstones.contains(article)
    }

    #[inline]
    fn metadata(&self, article: u32) -> Result<Metadata, Error> {
        let SegmentFile { blocks, directory, .. } = &*self.file;
        let at = directory.metadata + self.file.checked(article)? * Metadata::BYTES as u64;
        let metadata = Metadata::decode(blocks.get(at, Metadata::BYTES)?);
        metadata.ok_or_else(|| blocks.damaged(at, "the metadata of an article is cut short"))
    }

    #[inline]
    fn signature(&self, article: u32) -> Result<&[u8], Error> {
        let at = self.file.signature_at(self.file.checked(article)?);
        self.file.blocks.get(at, self.file.signature_bytes)
    }

    fn id(&self, article: u32) -> Result<&str, Error> {
        self.file.checked(article)?;
        self.file.directory.ids.get_str(&self.file.blocks, article)
    }

    fn source(&self, article: u32) -> Result<Option<&str>, Error> {
        let SegmentFile { blocks, directory, .. } = &*self.file;
        match self.metadata(article)?.source.checked_sub(1) {
            None => Ok(None),
            Some(i) if i < directory.sources.count => {
                directory.sources.get_str(blocks, i).map(Some)
            }
            Some(_) => Err(blocks.damaged(directory.sources.ends, "there is no such source")),
        }
    }

    fn cluster(&self, article: u32) -> Result<Option<&str>, Error> {
        let SegmentFile { blocks, directory, .. } = &*self.file;
        let found = directory.clusters.find(blocks, article)?;
        found.map(|i| directory.clusters.strings.get_str(blocks, i)).transpose()
    }

    fn packed_text(&self, article: u32) -> Result<&[u8], Error> {
        self.file.checked(article)?;
        self.file.directory.kept_texts.get(&self.file.blocks, article)
    }

    fn damaged_text(&self) -> Error {
        let at = self.file.directory.kept_texts.bytes;
        self.file.blocks.damaged(at, "a kept text cannot be unpacked")
    }

    fn terms(&self, article: u32) -> Result<Option<Box<[Term]>>, Error> {
        let found = self.file.directory.terms.find(&self.file.blocks, article)?;
        found.map(|i| self.terms_at(i).map(|(_, terms)| terms)).transpose()
    }

    fn for_each_text(&self, f: &mut dyn FnMut(&[u32]) -> Result<(), Error>) -> Result<(), Error> {
        let mut articles = Vec::new();
        for article in 0..self.len() {
            if !self.metadata(article)?.is_duplicate && !articles.is_empty() {
                f(&articles)?;
                articles.clear();
            }
            articles.push(article);
        }
        if articles.is_empty() { Ok(()) } else { f(&articles) }
    }

    fn duplicates(&self, leader: u32, articles: &mut Vec<u32>) -> Result<(), Error> {
        for article in leader + 1..self.len() {
            if !self.metadata(article)?.is_duplicate {
                break;
            }
            articles.push(article);
        }
        Ok(())
    }

    fn kept_terms(&self) -> Kept<'_, Box<[Term]>> {
        Box::new((0..self.file.directory.terms.len()).map(|i| self.terms_at(i)))
    }

    fn kept_words(&self) -> Kept<'_, &[u8]> {
        Box::new((0..self.file.directory.words.len()).map(|i| self.words_at(i)))
    }

    fn find(&self, kind: KeyKind, key: u32, articles: &mut Vec<u32>) -> Result<(), Error> {
        let table = self.file.directory.table(kind);
        table.find(&self.file.blocks, key, |article| articles.push(article))
    }

    fn prefetch(&self, kind: KeyKind, key: u32, step: u32) {
        let (table, blocks) = (self.file.directory.table(kind), &self.file.blocks);
        if table.entries == 0 {
            return;
        }
        if step == 0 {
            self.file.prefetch([table.directory_place(key)].into_iter());
        } else if let Ok(superblock) = table.superblock(blocks, key) {
            self.file.prefetch(table.superblock_places(key, superblock).into_iter());
        }
    }

    fn find_bands(
        &self,
        keys: &[u32],
        scratch: &mut LookupScratch,
        articles: &mut Vec<u32>,
    ) -> Result<(), Error> {
        let first = articles.len();
        run(Isa::best(), || self.file.find_bands(keys, scratch, articles))?;
        let signatures = articles[first..].iter().map(|&article| article.into());
        self.file.prefetch(signatures.map(|article| self.file.signature_at(article)));
        Ok(())
    }

    fn locate(
        &self,
        kind: KeyKind,
        keys: &[u32],
        scratch: &mut LookupScratch,
        buckets: &mut Vec<Bucket>,
    ) -> Result<(), Error> {
        let table = self.file.directory.table(kind);
        if table.entries == 0 {
            buckets.resize(buckets.len() + keys.len(), Bucket::default());
            return Ok(());
        }
        let keys = keys.iter().map(|&key| (table, key));
        run(Isa::best(), || self.file.locate(keys, scratch))?;
        buckets.append(&mut scratch.buckets);
        Ok(())
    }

    fn read_buckets(
        &self,
        kind: KeyKind,
        keys: &[u32],
        buckets: &[Bucket],
        most: u32,
        articles: &mut Vec<u32>,
        ends: &mut Vec<usize>,
    ) -> Result<(), Error> {
        let (table, blocks) = (self.file.directory.table(kind), &self.file.blocks);
        run(Isa::best(), || {
            for (&key, &bucket) in keys.iter().zip(buckets) {
                table.articles(blocks, key, bucket, most, |article| articles.push(article))?;
                ends.push(articles.len());
            }
            Ok(())
        })
    }

    fn has_bucket_per_key(&self, kind: KeyKind) -> bool {
        self.file.directory.table(kind).has_bucket_per_key()
    }

    fn entries(&self, kind: KeyKind, _: u32, tolerant: bool) -> Box<dyn Entries + '_> {
        Box::new(Cursor::new(&self.file.blocks, *self.file.directory.table(kind), tolerant))
    }
}

impl SegmentReader {
    /// The article whose key terms are number `i` of those that are kept, and these.
    fn terms_at(&self, i: u32) -> Result<(u32, Box<[Term]>), Error> {
        let SegmentFile { blocks, directory, .. } = &*self.file;
        let article = directory.terms.article(blocks, i)?;
        self.file.checked(article)?;
        let terms = decode_terms(directory.terms.strings.get(blocks, i)?);
        let damaged = || {
            blocks
                .damaged(directory.terms.strings.bytes, "the key terms of an article are malformed")
        };
        Ok((article, terms.ok_or_else(damaged)?))
    }

    /// The article whose words are number `i` of those that are kept, and these.
    fn words_at(&self, i: u32) -> Result<(u32, &[u8]), Error> {
        let SegmentFile { blocks, directory, .. } = &*self.file;
        let article = directory.words.article(blocks, i)?;
        self.file.checked(article)?;
        let words = directory.words.strings.get(blocks, i)?;
        if are_words(words) {
            return Ok((article, words));
        }
        Err(blocks.damaged(directory.words.strings.bytes, "the words of an article are malformed"))
    }
}

impl Entries for Cursor<'_> {
    fn len(&self) -> u64 {
        self.table().entries
    }

    fn read_until(&mut self, limit: u64, entries: &mut Vec<u64>) -> Result<(), Error> {
        Cursor::read_until(self, limit, entries)
    }
}
