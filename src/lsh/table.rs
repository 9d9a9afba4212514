//! The incremental form: insert signatures, query at any time.
//!
//! One hash table a band, of key to [the last article](super::heads) inserted under it, and in each
//! band a chain from every article to the one before it in its bucket: insertion touches each band
//! once and never walks a bucket, however full. All bands' keys are made and their places in the
//! tables touched before one is looked up, so that the misses of the cache, one a band, are
//! answered together.
//!
//! Memory is 4 bytes a slot for the signature, and for each band 4 bytes for the chains and 11 to
//! 16 for the table: 1 to 1.1 KB an article with 32 bands and 128 slots. Keys have 32 bits, so
//! among a million articles a stranger's bucket is met in one query of 130; the signatures are
//! compared anyway.
//!
//! A matrix is inserted band by band, on all cores: sixteen bands' keys are [made
//! ready](super::columns), each band's table is filled in the order of the articles, which leaves
//! for each key the article before, and these are put in the chains.
//!
//! A collection larger than memory needs no table. Its keys, as [`Columns`] makes them ready for a
//! part of the signatures at a time, are parted by their first bits into runs on disk, for each
//! band its own; each run is read, sorted as key and number in 64 bits, and written back. Then a
//! band's run is joined by a scan, two runs by a merge, and what has a key in common is compared
//! signature by signature, in the order of the numbers.

use std::hint::black_box;
use std::ops::Range;

use super::columns::{Columns, TOGETHER, band_key};
use super::heads::Heads;
use super::tuning::{Banding, least_equal_slots};
use crate::error::Error;
use crate::parallel;
use crate::sketch::minhash::{Estimate, SignatureRef, equal_slots};
use crate::sketch::{Sketch, SketchMatrix, Sketcher};

/// A table of sketches that answers which of them are similar to a given one.
///
/// ```
/// use newsprint::{Banding, LshTable, Sketcher};
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
    least: u32,
    bucket_limit: usize,
    /// In each band, the last article of every bucket.
    heads: Vec<Heads>,
    /// For each article and band, the article before it in its bucket: its number plus one, or 0.
    chains: Vec<u32>,
}

/// An article that a query found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbor {
    /// The number that [`LshTable::insert`] gave it.
    pub id: usize,
    /// The estimated Jaccard similarity.
    pub estimate: Estimate,
}

/// Articles at most; one number less than there are.
const MOST: usize = u32::MAX as usize;
/// Bands whose places in the tables are touched together.
const AT_ONCE: usize = 64;

impl LshTable {
    /// An empty table for sketches of `sketcher` that answers with those of similarity `threshold`
    /// or more.
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
            least: least_equal_slots(slots, threshold, 1e-5),
            bucket_limit: 1024,
            heads: vec![Heads::default(); banding.bands().len()],
            chains: Vec::new(),
        })
    }

    /// A table of all rows of `matrix`, which it keeps: row `i` is article `i`. On all cores;
    /// O(bands x n) time.
    ///
    /// ```
    /// use newsprint::{Banding, LshTable, Sketcher};
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

    /// The same with another limit on the articles of a bucket that a query looks at, 1,024 if you
    /// say nothing: the last inserted.
    ///
    /// A bucket of very many is a template page or one text sent again and again. Without a limit a
    /// query that falls into it takes time with their number, and answers with thousands that are
    /// copies of one another; with it a query looks at bands x limit articles at most.
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

    /// Adds a sketch and returns its number, counted from 0. O(bands) time, taken over many: now
    /// and then a band's table grows.
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
    /// use newsprint::{Banding, LshTable, Sketcher};
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

    /// As [`query`](Self::query), into memory that is used again from query to query; nothing else
    /// is allocated.
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

    fn has_room(&self, more: usize) -> Result<(), Error> {
        if self.len().saturating_add(more) > MOST {
            return Err(Error::full("the table", MOST));
        }
        Ok(())
    }

    fn insert_view(&mut self, signature: SignatureRef<'_>) -> Result<usize, Error> {
        self.has_room(1)?;
        let id = self.len();
        self.matrix.push(signature);
        if signature.count == 0 {
            self.chains.resize(self.chains.len() + self.heads.len(), 0);
            return Ok(id);
        }
        for (bands, heads) in self.groups().zip(self.heads.chunks_mut(AT_ONCE)) {
            let keys = touch(signature, bands, heads);
            let before =
                heads.iter_mut().zip(keys).map(|(heads, key)| heads.insert(key, id as u32 + 1));
            self.chains.extend(before);
        }
        Ok(id)
    }

    /// Enters the articles of the matrix from number `first` on.
    fn index_from(&mut self, first: usize) {
        let bands: Vec<_> = self.banding.bands().collect();
        let LshTable { matrix, chains, .. } = self;
        let matrix = &*matrix;
        chains.resize(matrix.len() * bands.len(), 0);
        let mut columns = Columns::default();
        for (group, heads) in self.heads.chunks_mut(TOGETHER).enumerate() {
            let group = group * TOGETHER..group * TOGETHER + heads.len();
            columns
                .read(matrix, &bands[group.clone()], matrix.len() - first, |place| first + place);
            // Each key gives way to the article before in its bucket.
            let work = heads.iter_mut().zip(columns.bands_mut()).collect();
            parallel::map_each(work, |(heads, strips): (&mut Heads, Vec<&mut [u32]>)| {
                heads.reserve(matrix.len() - first);
                let mut id = first;
                for keys in strips.into_iter().flat_map(|strip| strip.chunks_mut(AT_ONCE)) {
                    black_box(keys.iter().fold(0, |sum, &key| sum ^ heads.touch(key)));
                    for key in keys {
                        let link = if matrix.count(id) == 0 {
                            0
                        } else {
                            heads.insert(*key, id as u32 + 1)
                        };
                        *key = link;
                        id += 1;
                    }
                }
            });
            columns.write_rows(&mut chains[first * bands.len()..], bands.len(), group.start);
        }
    }

    /// The bands, as many at a time as are touched together.
    fn groups(&self) -> impl Iterator<Item = impl Iterator<Item = Range<usize>> + use<>> + use<> {
        let banding = self.banding;
        (0..banding.bands().len())
            .step_by(AT_ONCE)
            .map(move |first| banding.bands().skip(first).take(AT_ONCE))
    }

    fn find(&self, signature: SignatureRef<'_>, found: &mut Vec<Neighbor>) {
        found.clear();
        if signature.count == 0 {
            return;
        }
        let bands = self.heads.len();
        let mut first = 0;
        for (ranges, heads) in self.groups().zip(self.heads.chunks(AT_ONCE)) {
            let keys = touch(signature, ranges, heads);
            for (band, (heads, key)) in (first..).zip(heads.iter().zip(keys)) {
                let mut link = heads.get(key);
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
            first += heads.len();
        }
        found.sort_unstable_by_key(|neighbor| neighbor.id);
        found.dedup_by_key(|neighbor| neighbor.id);
        found.retain_mut(|neighbor| {
            let other = self.matrix.view(neighbor.id);
            let similar = equal_slots(signature.slots, other.slots) >= self.least;
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

/// The keys of some bands, whose places in the tables have been asked of memory: by a loop with
/// nothing else in it, so that a core has all the questions open at once.
#[inline(always)]
fn touch(
    signature: SignatureRef<'_>,
    bands: impl Iterator<Item = Range<usize>>,
    heads: &[Heads],
) -> [u32; AT_ONCE] {
    let mut keys = [0; AT_ONCE];
    keys.iter_mut().zip(bands).for_each(|(key, band)| *key = band_key(&signature.slots[band]));
    black_box(heads.iter().zip(keys).fold(0, |sum, (heads, key)| sum ^ heads.touch(key)));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MinHasher, Shingle, Shingler};
    use proptest::prelude::*;
    use std::collections::{BTreeSet, HashMap};

    fn sketcher() -> Sketcher {
        let words = Shingler::new(Shingle::Words(1)).expect("valid");
        Sketcher::new(words, MinHasher::new(16).expect("valid"))
    }

    /// The buckets as they are defined.
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
            least: u32,
            sketch: &Sketch,
        ) -> Vec<Neighbor> {
            let buckets =
                Model::keys(banding, sketch).into_iter().filter_map(|key| self.buckets.get(&key));
            let ids: BTreeSet<usize> =
                buckets.flat_map(|ids| ids.iter().rev().take(limit).copied()).collect();
            let slots = |sketch: &Sketch| sketch.signature().slots().to_vec();
            let near =
                |id: &usize| equal_slots(&slots(sketch), &slots(&self.sketches[*id])) >= least;
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
        fn as_its_definition_says(
            // Batches of texts of a few words, many of them alike and some empty.
            batches in proptest::collection::vec(
                (0..3, proptest::collection::vec(proptest::collection::vec(0..12u8, 0..6), 0..60)), 1..6),
            limit in prop_oneof![1usize..20, Just(usize::MAX)],
            rows in 1usize..4,
        ) {
            let (sketcher, banding) = (sketcher(), Banding::new(16 / rows, rows).expect("valid"));
            let mut table = LshTable::new(sketcher, banding, 0.5).expect("valid").with_bucket_limit(limit);
            let mut model = Model::default();
            for (way, texts) in batches {
                let text = |words: Vec<u8>| words.iter().map(|word| format!("w{word} ")).collect::<String>();
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
            for sketch in all.chain([sketcher.sketch("w1 w2 stranger")]) {
                table.query_into(&sketch, &mut found).expect("one sketcher");
                prop_assert_eq!(&found, &model.query(banding, limit, table.least, &sketch));
            }
            let whole = LshTable::from_matrix(table.matrix.clone(), banding, 0.5).expect("valid");
            prop_assert_eq!(whole.chains, table.chains);
        }
    }

    #[test]
    fn a_bucket_of_very_many_is_looked_at_up_to_the_limit() {
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
    fn refuses_what_cannot_be() {
        let (sketcher, banding) = (sketcher(), Banding::new(8, 2).expect("valid"));
        assert!(LshTable::new(sketcher, Banding::new(9, 2).expect("valid"), 0.5).is_err());
        let mut table = LshTable::new(sketcher, banding, 0.5).expect("valid");
        let other = Sketcher::default().sketch_all(&["a text"]);
        assert!(table.extend(&other).is_err() && table.insert_row(&other, 0).is_err());
        assert!(table.query_row(&other, 0, &mut Vec::new()).is_err() && table.is_empty());
    }
}
