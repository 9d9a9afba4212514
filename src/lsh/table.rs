//! LSH for articles that arrive one by one: insert signatures, query at any time.
//!
//! Each band has a [bucket table](super::bucket_table), from a key to the last article inserted
//! under it, and a chain from every article to the one before it in its bucket. So an insertion
//! touches each band once and never walks a bucket, however full. The keys of all bands are
//! computed and their places prefetched before the first look-up, so that the cache misses, one a
//! band, overlap.
//!
//! Memory is 4 bytes a slot for the signature, and for each band 4 bytes for the chain and 11 to 16
//! for the table: 1 to 1.1 KB an article with 32 bands and 128 slots. Keys have 32 bits, so among a
//! million articles one query of 130 meets the bucket of another key; the signatures are compared
//! anyway.
//!
//! A matrix is inserted band by band, on all cores. The keys of twelve bands are
//! [computed](super::band_keys) in one pass, and each band's table is filled in the order of the
//! articles, which replaces each key by the article before it in its bucket; these become the
//! chains.
//!
//! A collection larger than memory needs no table. Compute its [`BandKeys`] for a part of the
//! signatures at a time, and partition them by their first bits into runs on disk, for each band
//! its own. Read each run, sort it as key and number in 64 bits, and write it back. Then a scan
//! joins a band's run, a merge joins two runs, and articles with a common key are compared
//! signature by signature, in the order of their numbers.

use std::hint::black_box;
use std::ops::Range;

use super::band_keys::{BandKeys, PASS_BANDS, band_key};
use super::banding::{Banding, min_equal_slots};
use super::bucket_table::BucketTable;
use crate::error::Error;
use crate::parallel;
use crate::sketch::minhash::{Estimate, SignatureRef, equal_slots};
use crate::sketch::{Sketch, SketchMatrix, Sketcher};

/// A table of sketches that answers which of them are similar to a given one.
///
/// ```
/// use newsprint::parts::{Banding, LshTable, Sketcher};
///
/// let sketcher = Sketcher::default();
/// let mut table = LshTable::new(sketcher, Banding::for_target(128, 0.5, 0.999)?, 0.5)?;
/// let first = table.insert(&sketcher.sketch("The cabinet met on Monday to agree the budget."))?;
/// let found = table.query(&sketcher.sketch("the cabinet met on monday, to agree the budget"))?;
/// assert_eq!(found[0].id, first);
/// assert_eq!(found[0].estimate.jaccard, 1.0);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LshTable {
    matrix: SketchMatrix,
    banding: Banding,
    /// The number of equal slots from which an article is an answer.
    min_equal: u32,
    bucket_limit: usize,
    /// For each band, the last article of every bucket.
    tables: Vec<BucketTable>,
    /// For each article and band, the article before it in its bucket: its number plus one, or 0.
    chains: Vec<u32>,
}

/// An article that a query found.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Neighbor {
    /// The number that [`LshTable::insert`] gave it.
    pub id: usize,
    /// The estimated Jaccard similarity.
    pub estimate: Estimate,
}

/// A link is an article's number plus one, in 32 bits.
const MAX_ARTICLES: usize = u32::MAX as usize;
/// Keys whose places in the tables are prefetched together.
const PREFETCHED: usize = 64;

impl LshTable {
    /// An empty table for sketches of `sketcher`, whose answers have a similarity of `threshold` or
    /// more.
    ///
    /// # Errors
    /// If the bands need more slots than the sketches have.
    pub fn new(sketcher: Sketcher, banding: Banding, threshold: f64) -> Result<Self, Error> {
        let slots = sketcher.minhasher().slots();
        if banding.slots() > slots {
            return Err(Error::range(
                "slots used by the bands",
                banding.slots(),
                format!("at most {slots}"),
            ));
        }
        Ok(LshTable {
            matrix: SketchMatrix::new(sketcher),
            banding,
            min_equal: min_equal_slots(slots, threshold, 1e-5),
            bucket_limit: 1024,
            tables: vec![BucketTable::default(); banding.bands().len()],
            chains: Vec::new(),
        })
    }

    /// A table of all rows of `matrix`, which it keeps: row `i` is article `i`. On all cores;
    /// O(bands x n) time.
    ///
    /// ```
    /// use newsprint::parts::{Banding, LshTable, Sketcher};
    ///
    /// let sketcher = Sketcher::default();
    /// let archive = sketcher.sketch_all(&["The cabinet met on Monday.", "Rain in the north."]);
    /// let table = LshTable::from_matrix(archive, Banding::for_target(128, 0.5, 0.999)?, 0.5)?;
    /// assert_eq!(table.query(&sketcher.sketch("rain in the north"))?[0].id, 1);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the bands need more slots than the sketches have, or the matrix has 2³² rows or more.
    pub fn from_matrix(
        matrix: SketchMatrix,
        banding: Banding,
        threshold: f64,
    ) -> Result<Self, Error> {
        let mut table = LshTable::new(*matrix.sketcher(), banding, threshold)?;
        table.has_room(matrix.len())?;
        table.matrix = matrix;
        table.index_from(0);
        Ok(table)
    }

    /// The same with another limit on the articles of a bucket that a query reads: the last
    /// inserted, 1,024 by default.
    ///
    /// A bucket of very many articles holds pages of one template, or one text sent again and
    /// again. Without a limit a query that meets it takes time proportional to their number and
    /// answers with thousands of copies of one another. With a limit a query reads at most bands x
    /// limit articles.
    #[must_use]
    pub fn with_bucket_limit(self, bucket_limit: usize) -> Self {
        LshTable { bucket_limit, ..self }
    }

    /// The number of sketches inserted.
    pub fn len(&self) -> usize {
        self.matrix.len()
    }

    /// True if none was inserted.
    pub fn is_empty(&self) -> bool {
        self.matrix.is_empty()
    }

    /// Adds a sketch and returns its number, counted from 0. O(bands) amortized time: a band's
    /// table grows now and then.
    ///
    /// An empty sketch gets a number too, and is never found.
    ///
    /// # Errors
    /// If the sketch was made differently from the table's, or the table holds 2³² - 1 already.
    pub fn insert(&mut self, sketch: &Sketch) -> Result<usize, Error> {
        self.matrix.sketcher().check(sketch.sketcher())?;
        self.insert_view(sketch.signature().view())
    }

    /// Adds a row of a matrix, as [`insert`](Self::insert) does a sketch.
    ///
    /// # Errors
    /// If the matrix was made differently from the table's sketches, or the table holds 2³² - 1
    /// already.
    ///
    /// # Panics
    /// If `row` is not below the [length](SketchMatrix::len) of the matrix.
    pub fn insert_row(&mut self, matrix: &SketchMatrix, row: usize) -> Result<usize, Error> {
        self.matrix.sketcher().check(matrix.sketcher())?;
        self.insert_view(matrix.view(row))
    }

    /// Adds all rows of a matrix, in order, on all cores. O(bands x rows) time.
    ///
    /// ```
    /// use newsprint::parts::{Banding, LshTable, Sketcher};
    ///
    /// let sketcher = Sketcher::default();
    /// let mut table = LshTable::new(sketcher, Banding::for_target(128, 0.5, 0.999)?, 0.5)?;
    /// table.extend(&sketcher.sketch_all(&["The cabinet met on Monday.", "Rain in the north."]))?;
    /// table.extend(&sketcher.sketch_all(&["The cabinet met on Tuesday."]))?;
    /// assert_eq!(table.query(&sketcher.sketch("the cabinet met on tuesday"))?[0].id, 2);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the matrix was made differently from the table's sketches, or the table would hold 2³² or
    /// more. Then none is added.
    pub fn extend(&mut self, matrix: &SketchMatrix) -> Result<(), Error> {
        self.matrix.sketcher().check(matrix.sketcher())?;
        self.has_room(matrix.len())?;
        let first = self.len();
        self.matrix.append(matrix);
        self.index_from(first);
        Ok(())
    }

    /// The sketches that share a band with `sketch` and enough slots for the threshold, most
    /// similar first, then by number.
    ///
    /// Time grows with the number of articles in the sketch's buckets, up to the
    /// [limit](Self::with_bucket_limit) in each.
    ///
    /// # Errors
    /// If the sketch was made differently from the table's.
    pub fn query(&self, sketch: &Sketch) -> Result<Vec<Neighbor>, Error> {
        let mut found = Vec::new();
        self.query_into(sketch, &mut found)?;
        Ok(found)
    }

    /// As [`query`](Self::query), into a vector that is reused from query to query; nothing else is
    /// allocated.
    ///
    /// # Errors
    /// If the sketch was made differently from the table's.
    pub fn query_into(&self, sketch: &Sketch, found: &mut Vec<Neighbor>) -> Result<(), Error> {
        self.matrix.sketcher().check(sketch.sketcher())?;
        self.find(sketch.signature().view(), found);
        Ok(())
    }

    /// As [`query_into`](Self::query_into), with a row of a matrix.
    ///
    /// # Errors
    /// If the matrix was made differently from the table's sketches.
    ///
    /// # Panics
    /// If `row` is not below the [length](SketchMatrix::len) of the matrix.
    pub fn query_row(
        &self,
        matrix: &SketchMatrix,
        row: usize,
        found: &mut Vec<Neighbor>,
    ) -> Result<(), Error> {
        self.matrix.sketcher().check(matrix.sketcher())?;
        self.find(matrix.view(row), found);
        Ok(())
    }

    /// What is stored of it: its sketches, bands, least equal slots and bucket limit.
    pub(super) fn stored(&self) -> (&SketchMatrix, &Banding, u32, usize) {
        (&self.matrix, &self.banding, self.min_equal, self.bucket_limit)
    }

    /// The table of what was [stored](Self::stored).
    pub(super) fn of_stored(
        matrix: SketchMatrix,
        banding: Banding,
        min_equal: u32,
        bucket_limit: usize,
    ) -> Result<Self, Error> {
        let table = LshTable::from_matrix(matrix, banding, 1.0)?;
        Ok(LshTable { min_equal, bucket_limit, ..table })
    }

    fn has_room(&self, more: usize) -> Result<(), Error> {
        if self.len().saturating_add(more) > MAX_ARTICLES {
            return Err(Error::full("the table", MAX_ARTICLES));
        }
        Ok(())
    }

    fn insert_view(&mut self, signature: SignatureRef<'_>) -> Result<usize, Error> {
        self.has_room(1)?;
        let id = self.len();
        self.matrix.push(signature);
        if signature.count == 0 {
            self.chains.resize(self.chains.len() + self.tables.len(), 0);
            return Ok(id);
        }
        for (bands, tables) in self.band_groups().zip(self.tables.chunks_mut(PREFETCHED)) {
            let keys = prefetched_keys(signature, bands, tables);
            let before =
                tables.iter_mut().zip(keys).map(|(table, key)| table.insert(key, id as u32 + 1));
            self.chains.extend(before);
        }
        Ok(id)
    }

    /// Inserts the articles of the matrix from number `first` on.
    fn index_from(&mut self, first: usize) {
        let bands: Vec<_> = self.banding.bands().collect();
        let LshTable { matrix, chains, .. } = self;
        let matrix = &*matrix;
        chains.resize(matrix.len() * bands.len(), 0);
        let mut keys = BandKeys::default();
        for (pass, tables) in self.tables.chunks_mut(PASS_BANDS).enumerate() {
            let pass = pass * PASS_BANDS..pass * PASS_BANDS + tables.len();
            keys.compute(matrix, &bands[pass.clone()], matrix.len() - first, |i| first + i);
            // Each key is replaced by the link to the article before it in its bucket.
            let work = tables.iter_mut().zip(keys.bands_mut()).collect();
            parallel::map_each(work, |(table, strips): (&mut BucketTable, Vec<&mut [u32]>)| {
                table.reserve(matrix.len() - first);
                let mut id = first;
                for keys in strips.into_iter().flat_map(|strip| strip.chunks_mut(PREFETCHED)) {
                    black_box(keys.iter().fold(0, |sum, &key| sum ^ table.prefetch(key)));
                    for key in keys {
                        let link = if matrix.count(id) == 0 {
                            0
                        } else {
                            table.insert(*key, id as u32 + 1)
                        };
                        *key = link;
                        id += 1;
                    }
                }
            });
            keys.write_rows(&mut chains[first * bands.len()..], bands.len(), pass.start);
        }
    }

    /// The bands, as many at a time as are prefetched together.
    fn band_groups(
        &self,
    ) -> impl Iterator<Item = impl Iterator<Item = Range<usize>> + use<>> + use<> {
        let banding = self.banding;
        (0..banding.bands().len())
            .step_by(PREFETCHED)
            .map(move |first| banding.bands().skip(first).take(PREFETCHED))
    }

    fn find(&self, signature: SignatureRef<'_>, found: &mut Vec<Neighbor>) {
        found.clear();
        if signature.count == 0 {
            return;
        }
        let bands = self.tables.len();
        let mut first = 0;
        for (ranges, tables) in self.band_groups().zip(self.tables.chunks(PREFETCHED)) {
            let keys = prefetched_keys(signature, ranges, tables);
            for (band, (table, key)) in (first..).zip(tables.iter().zip(keys)) {
                let mut link = table.get(key);
                let end = self.bucket_limit.saturating_add(found.len());
                while link != 0 && found.len() < end {
                    let id = link as usize - 1;
                    found.push(Neighbor {
                        id,
                        estimate: Estimate { jaccard: 0.0, standard_error: 0.0 },
                    });
                    link = self.chains[id * bands + band];
                }
            }
            first += tables.len();
        }
        found.sort_unstable_by_key(|neighbor| neighbor.id);
        found.dedup_by_key(|neighbor| neighbor.id);
        found.retain_mut(|neighbor| {
            let other = self.matrix.view(neighbor.id);
            let similar = equal_slots(signature.slots, other.slots) >= self.min_equal;
            if similar {
                neighbor.estimate = signature.estimate(other);
            }
            similar
        });
        found.sort_unstable_by(|a, b| {
            b.estimate.jaccard.total_cmp(&a.estimate.jaccard).then(a.id.cmp(&b.id))
        });
    }
}

/// The keys of some bands; prefetches their places in the tables, in a loop that does nothing else,
/// so that the cache misses of a core overlap.
#[inline(always)]
fn prefetched_keys(
    signature: SignatureRef<'_>,
    bands: impl Iterator<Item = Range<usize>>,
    tables: &[BucketTable],
) -> [u32; PREFETCHED] {
    let mut keys = [0; PREFETCHED];
    keys.iter_mut().zip(bands).for_each(|(key, band)| *key = band_key(&signature.slots[band]));
    black_box(tables.iter().zip(keys).fold(0, |sum, (table, key)| sum ^ table.prefetch(key)));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shingle;
    use crate::parts::{MinHasher, Shingler};
    use proptest::prelude::*;
    use std::collections::{BTreeSet, HashMap};

    fn sketcher() -> Sketcher {
        let words = Shingler::new(Shingle::Words(1)).expect("valid");
        Sketcher::new(words, MinHasher::new(16).expect("valid"))
    }

    /// The buckets by definition.
    #[derive(Default)]
    struct Model {
        buckets: HashMap<(usize, Vec<u32>), Vec<usize>>,
        sketches: Vec<Sketch>,
    }

    impl Model {
        fn keys(banding: Banding, sketch: &Sketch) -> Vec<(usize, Vec<u32>)> {
            let slots = sketch.signature().slots();
            let all = banding.bands().map(|band| slots[band].to_vec()).enumerate();
            all.filter(|_| !sketch.signature().is_empty()).collect()
        }

        fn insert(&mut self, banding: Banding, sketch: Sketch) {
            for key in Model::keys(banding, &sketch) {
                self.buckets.entry(key).or_default().push(self.sketches.len());
            }
            self.sketches.push(sketch);
        }

        fn query(
            &self,
            banding: Banding,
            limit: usize,
            min_equal: u32,
            sketch: &Sketch,
        ) -> Vec<Neighbor> {
            let buckets =
                Model::keys(banding, sketch).into_iter().filter_map(|key| self.buckets.get(&key));
            let ids: BTreeSet<usize> =
                buckets.flat_map(|ids| ids.iter().rev().take(limit).copied()).collect();
            let slots = |sketch: &Sketch| sketch.signature().slots().to_vec();
            let near =
                |id: &usize| equal_slots(&slots(sketch), &slots(&self.sketches[*id])) >= min_equal;
            let estimate = |id| sketch.estimate(&self.sketches[id]).expect("one sketcher");
            let mut found: Vec<Neighbor> = ids
                .into_iter()
                .filter(near)
                .map(|id| Neighbor { id, estimate: estimate(id) })
                .collect();
            found.sort_by(|a, b| b.estimate.jaccard.total_cmp(&a.estimate.jaccard));
            found
        }
    }

    proptest! {
        #[test]
        fn agrees_with_its_definition(
            // Batches of texts of a few words, many of them alike and some empty.
            batches in proptest::collection::vec(
                (0..3, proptest::collection::vec(proptest::collection::vec(0..12u8, 0..6), 0..60)),
                1..6,
            ),
            limit in prop_oneof![1usize..20, Just(usize::MAX)],
            rows in 1usize..4,
        ) {
            let (sketcher, banding) = (sketcher(), Banding::new(16 / rows, rows).expect("valid"));
            let table = LshTable::new(sketcher, banding, 0.5).expect("valid");
            let mut table = table.with_bucket_limit(limit);
            let mut model = Model::default();
            for (way, texts) in batches {
                let text = |words: Vec<u8>| -> String {
                    words.iter().map(|word| format!("w{word} ")).collect()
                };
                let texts: Vec<String> = texts.into_iter().map(text).collect();
                let matrix = sketcher.sketch_all(&texts);
                match way {
                    0 => table.extend(&matrix).expect("one sketcher"),
                    1 => (0..texts.len()).for_each(|row| {
                        assert_eq!(table.insert_row(&matrix, row), Ok(model.sketches.len() + row));
                    }),
                    _ => texts.iter().for_each(|text| {
                        table.insert(&sketcher.sketch(text)).expect("one sketcher");
                    }),
                }
                texts.iter().for_each(|text| model.insert(banding, sketcher.sketch(text)));
                prop_assert_eq!(table.len(), model.sketches.len());
            }
            let all = (0..model.sketches.len()).map(|id| model.sketches[id].clone());
            let mut found = Vec::new();
            for sketch in all.chain([sketcher.sketch("w1 w2 other")]) {
                table.query_into(&sketch, &mut found).expect("one sketcher");
                prop_assert_eq!(&found, &model.query(banding, limit, table.min_equal, &sketch));
            }
            let whole = LshTable::from_matrix(table.matrix.clone(), banding, 0.5).expect("valid");
            prop_assert_eq!(whole.chains, table.chains);
        }
    }

    #[test]
    fn a_query_reads_a_bucket_up_to_the_limit() {
        const SAME: usize = 100_000;
        let (sketcher, banding) = (sketcher(), Banding::new(8, 2).expect("valid"));
        let one = sketcher.sketch_all(&["the same text again and again"]);
        let mut table = LshTable::new(sketcher, banding, 0.5).expect("valid");
        for _ in 0..SAME {
            table.insert_row(&one, 0).expect("one sketcher");
        }
        let ids = |found: &[Neighbor]| found.iter().map(|neighbor| neighbor.id).collect::<Vec<_>>();
        let mut found = Vec::new();
        table.query_row(&one, 0, &mut found).expect("one sketcher");
        assert_eq!(ids(&found), (SAME - 1024..SAME).collect::<Vec<_>>());
        table.with_bucket_limit(usize::MAX).query_row(&one, 0, &mut found).expect("one sketcher");
        assert_eq!(ids(&found), (0..SAME).collect::<Vec<_>>());
    }

    #[test]
    fn refuses_invalid_arguments() {
        let (sketcher, banding) = (sketcher(), Banding::new(8, 2).expect("valid"));
        assert!(LshTable::new(sketcher, Banding::new(9, 2).expect("valid"), 0.5).is_err());
        let mut table = LshTable::new(sketcher, banding, 0.5).expect("valid");
        let other = Sketcher::default().sketch_all(&["a text"]);
        assert!(table.extend(&other).is_err() && table.insert_row(&other, 0).is_err());
        assert!(table.query_row(&other, 0, &mut Vec::new()).is_err() && table.is_empty());
    }
}
