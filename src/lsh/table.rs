//! The incremental form: insert signatures, query at any time.
//!
//! One hash table a band, of key to the last article inserted under it, and in each band a chain from every article to the one
//! before it in its bucket: insertion touches each band once and never walks a bucket, however full. Memory is
//! 4 bytes a slot for the signature, 4 bytes a band for the chains and about 16 a band and bucket for the tables.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::join::band_key;
use super::tuning::{Banding, least_equal_slots};
use crate::error::Error;
use crate::sketch::minhash::{Estimate, equal_slots};
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
    /// In each band, the last article of every bucket.
    heads: Vec<HashMap<u64, u32, BuildHasherDefault<Mixed>>>,
    /// For each article and band, the article before it in its bucket.
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

const NONE: u32 = u32::MAX;

impl LshTable {
    /// An empty table for sketches of `sketcher` that answers with those of similarity `threshold` or more.
    ///
    /// # Errors
    /// If the bands need more slots than the sketches have.
    pub fn new(sketcher: Sketcher, banding: Banding, threshold: f64) -> Result<Self, Error> {
        let slots = sketcher.minhasher().slots();
        if banding.slots() > slots {
            return Err(Error::range("slots used by the bands", banding.slots(), format!("at most {slots}")));
        }
        Ok(LshTable {
            matrix: SketchMatrix::new(sketcher),
            banding,
            least: least_equal_slots(slots, threshold, 1e-5),
            heads: vec![HashMap::default(); banding.bands().len()],
            chains: Vec::new(),
        })
    }

    /// The number of sketches inserted.
    pub fn len(&self) -> usize {
        self.matrix.len()
    }

    /// True if none was inserted.
    pub fn is_empty(&self) -> bool {
        self.matrix.is_empty()
    }

    /// Adds a sketch and returns its number, counted from 0. O(bands) time.
    ///
    /// An empty sketch gets a number too, and is never found.
    ///
    /// # Errors
    /// If the sketch was made differently from the table's, or the table holds 2³² - 1 already.
    pub fn insert(&mut self, sketch: &Sketch) -> Result<usize, Error> {
        self.matrix.sketcher().check(sketch.sketcher())?;
        let id = u32::try_from(self.len()).ok().filter(|&id| id != NONE);
        let id = id.ok_or_else(|| Error::full("the table", NONE as usize))?;
        self.matrix.push(sketch.signature());
        let slots = sketch.signature().slots();
        for (band, heads) in self.banding.bands().zip(&mut self.heads) {
            let before = match sketch.signature().is_empty() {
                true => None,
                false => heads.insert(band_key(&slots[band]), id),
            };
            self.chains.push(before.unwrap_or(NONE));
        }
        Ok(id as usize)
    }

    /// The sketches that share a band with `sketch` and enough slots for the threshold, most similar first, then by number.
    ///
    /// Time grows with the number of articles in the sketch's buckets.
    ///
    /// # Errors
    /// If the sketch was made differently from the table's.
    pub fn query(&self, sketch: &Sketch) -> Result<Vec<Neighbor>, Error> {
        self.matrix.sketcher().check(sketch.sketcher())?;
        let signature = sketch.signature();
        if signature.is_empty() {
            return Ok(Vec::new());
        }
        let bands = self.heads.len();
        let mut ids = Vec::new();
        for (i, (band, heads)) in self.banding.bands().zip(&self.heads).enumerate() {
            let mut next = heads.get(&band_key(&signature.slots()[band])).copied().unwrap_or(NONE);
            while next != NONE {
                ids.push(next);
                next = self.chains[next as usize * bands + i];
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|&id| equal_slots(signature.slots(), self.matrix.row(id as usize)) >= self.least);
        let neighbor = |id: u32| Neighbor {
            id: id as usize,
            estimate: signature.view().estimate(self.matrix.view(id as usize)),
        };
        let mut found: Vec<Neighbor> = ids.into_iter().map(neighbor).collect();
        found.sort_by(|a, b| b.estimate.jaccard.total_cmp(&a.estimate.jaccard).then(a.id.cmp(&b.id)));
        Ok(found)
    }
}

/// Band keys are mixed already.
#[derive(Clone, Copy, Debug, Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
