//! Sketches as bytes, to be stored or sent: the same on every machine.
//!
//! ```text
//! magic "NPSK" 4, kind 1, version 1, zeros 2, the fields of the kind, XXH3 of all before it 8
//!
//! kind 1, signature   slots 4, count 4, the slots 4 each
//! kind 2, sketch      sketcher 24, count 4, the slots 4 each
//! kind 3, matrix      sketcher 24, rows 8, the counts 4 each, the slots of each row 4 each
//! kind 4, SimHash     bits 4, zeros 4, the words 8 each
//! kind 5, LSH table   sketcher 24, rows of a short band 4, short bands 4, long bands 4, least equal
//!                     slots 4, bucket limit 8, then as a matrix from the rows on
//!
//! sketcher   version of folding 2, options of folding 1, shingle 1 (0 words, 1 letters), its
//!            length 4, slots 4, zeros 4, seed 8
//! ```
//!
//! All numbers are little-endian. The bytes that are read may be anything: whoever reads says what
//! is expected, every other parameter is refused, and nothing is allocated for more than there are
//! bytes.

use super::minhash::{MinHasher, Signature};
use super::simhash::{SimHash, SimHasher};
use super::{Sketch, SketchMatrix, Sketcher};
use crate::error::{Error, ErrorKind};
use crate::shingle::{Shingle, Shingler};
use crate::text::fold::{FOLDING_VERSION, Folding};
use crate::wire::{Decoder, Encoder};

const MAGIC: &[u8; 4] = b"NPSK";
const VERSION: u8 = 1;

/// What is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Signature = 1,
    Sketch = 2,
    Matrix = 3,
    SimHash = 4,
    Table = 5,
}

impl Kind {
    const ALL: [Kind; 5] =
        [Kind::Signature, Kind::Sketch, Kind::Matrix, Kind::SimHash, Kind::Table];

    fn name(self) -> &'static str {
        match self {
            Kind::Signature => "signature",
            Kind::Sketch => "sketch",
            Kind::Matrix => "sketch matrix",
            Kind::SimHash => "SimHash",
            Kind::Table => "LSH table",
        }
    }

    /// The header of this kind, to be followed by its fields.
    pub(crate) fn begin(self) -> Encoder {
        let mut out = Encoder::default();
        out.raw(MAGIC);
        out.u8(self as u8);
        out.u8(VERSION);
        out.zeros(2);
        out
    }

    /// Reads the fields of bytes of this kind with `read`, which returns `None` where they do not
    /// fit together.
    pub(crate) fn read<'b, T>(
        self,
        bytes: &'b [u8],
        read: impl FnOnce(&mut Decoder<'b>) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let damaged = |is: &str| Error::stored(self.name(), is, ErrorKind::Damaged);
        let (body, is_whole) =
            Decoder::checked(bytes).ok_or_else(|| damaged("is damaged: its end is missing"))?;
        let mut fields = Decoder::new(body);
        if fields.raw(MAGIC.len()) != Some(MAGIC) {
            return Err(Error::stored(self.name(), "is something else", ErrorKind::Mismatch));
        }
        if !is_whole {
            return Err(damaged("is damaged: its checksum does not match"));
        }
        let (kind, version, zeros) = (fields.u8(), fields.u8(), fields.u16());
        if let Some(version) = version.filter(|&version| version > VERSION) {
            let is = format!("is of format {version}, this version knows up to {VERSION}");
            return Err(Error::stored(self.name(), is, ErrorKind::Newer));
        }
        if kind != Some(self as u8) {
            let other = Kind::ALL.into_iter().find(|&it| Some(it as u8) == kind);
            let is = format!("is a {}", other.map_or("thing of an unknown kind", Kind::name));
            return Err(Error::stored(self.name(), is, ErrorKind::Mismatch));
        }
        // As the checksum matches, only a faulty or hostile writer can have written what is wrong
        // from here on.
        let whole = (version == Some(VERSION) && zeros == Some(0)).then_some(());
        let read = whole.map_or(Ok(None), |()| read(&mut fields))?;
        read.filter(|_| fields.is_empty())
            .ok_or_else(|| damaged("is damaged: its fields do not fit together"))
    }

    /// Reads a sketcher, and refuses another than the one that is expected.
    pub(crate) fn read_sketcher(
        self,
        fields: &mut Decoder<'_>,
        expected: &Sketcher,
    ) -> Result<Option<()>, Error> {
        let Some((folding_version, sketcher)) = decode_sketcher(fields) else { return Ok(None) };
        if u32::from(folding_version) != FOLDING_VERSION {
            let (age, kind) = match u32::from(folding_version) < FOLDING_VERSION {
                true => ("an older", ErrorKind::Older),
                false => ("a newer", ErrorKind::Newer),
            };
            let is = format!(
                "was made by {age} folding ({folding_version}, this version has {FOLDING_VERSION})"
            );
            return Err(Error::stored(self.name(), is, kind));
        }
        sketcher.check(expected).map(Some)
    }
}

pub(crate) fn encode_sketcher(sketcher: &Sketcher, out: &mut Encoder) {
    let shingler = sketcher.shingler;
    let (kind, width) = match shingler.shingle() {
        Shingle::Words(width) => (0, width),
        Shingle::Letters(width) => (1, width),
    };
    out.u16(FOLDING_VERSION as u16);
    out.u8(shingler.folding().bits());
    out.u8(kind);
    out.u32(width as u32);
    out.u32(sketcher.minhasher.slots() as u32);
    out.zeros(4);
    out.u64(shingler.seed());
}

/// Reads the version of folding and a sketcher.
fn decode_sketcher(fields: &mut Decoder<'_>) -> Option<(u16, Sketcher)> {
    let (version, options, kind) = (fields.u16()?, fields.u8()?, fields.u8()?);
    let (width, slots, zeros) = (fields.u32()? as usize, fields.u32()? as usize, fields.u32()?);
    let shingle = match kind {
        0 => Shingle::Words(width),
        1 => Shingle::Letters(width),
        _ => return None,
    };
    let seed = fields.u64()?;
    // Options that a later folding may have are no error before its version is looked at.
    let folding = match u32::from(version) == FOLDING_VERSION {
        true => Folding::of_bits(options)?,
        false => Folding::default(),
    };
    let shingler = Shingler::new(shingle).ok()?.with_folding(folding).with_seed(seed);
    let sketcher = Sketcher::new(shingler, MinHasher::new(slots).ok()?);
    (zeros == 0).then_some((version, sketcher))
}

fn numbers(values: &[u32], out: &mut Encoder) {
    out.bytes.reserve(4 * values.len());
    values.iter().for_each(|&value| out.u32(value));
}

/// Reads as many numbers; allocates nothing if there are not so many.
fn read_numbers(fields: &mut Decoder<'_>, len: usize) -> Option<Vec<u32>> {
    let (numbers, _) = fields.raw(len.checked_mul(4)?)?.as_chunks();
    Some(numbers.iter().map(|&number| u32::from_le_bytes(number)).collect())
}

/// The rows of a matrix, without its sketcher.
pub(crate) fn encode_rows(matrix: &SketchMatrix, out: &mut Encoder) {
    out.u64(matrix.len() as u64);
    numbers(&matrix.counts, out);
    numbers(&matrix.slots, out);
}

/// Reads the rows of a matrix of a sketcher.
pub(crate) fn decode_rows(fields: &mut Decoder<'_>, sketcher: &Sketcher) -> Option<SketchMatrix> {
    let rows = usize::try_from(fields.u64()?).ok()?;
    let counts = read_numbers(fields, rows)?;
    let slots = read_numbers(fields, rows.checked_mul(sketcher.minhasher.slots())?)?;
    Some(SketchMatrix { sketcher: *sketcher, slots, counts })
}

impl Signature {
    /// The signature as bytes, to be stored and read by [`from_bytes`](Self::from_bytes): the same
    /// on every machine, four bytes a slot and 24 more.
    ///
    /// ```
    /// use newsprint::parts::{MinHasher, Signature};
    ///
    /// let minhasher = MinHasher::default();
    /// let signature = minhasher.sign(&[1, 2, 3]);
    /// assert_eq!(Signature::from_bytes(&signature.to_bytes(), &minhasher)?, signature);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Kind::Signature.begin();
        out.u32(self.slots().len() as u32);
        out.u32(self.view().count);
        numbers(self.slots(), &mut out);
        out.checksum();
        out.bytes
    }

    /// The signature that [`to_bytes`](Self::to_bytes) stored, which `minhasher` made or one like
    /// it.
    ///
    /// # Errors
    /// If the bytes are something else, incomplete, damaged or of a newer version, or the signature
    /// has another number of slots.
    pub fn from_bytes(bytes: &[u8], minhasher: &MinHasher) -> Result<Self, Error> {
        Kind::Signature.read(bytes, |fields| {
            let Some((slots, count)) = fields.u32().zip(fields.u32()) else { return Ok(None) };
            if slots as usize != minhasher.slots() {
                return Err(Error::mismatch("number of slots", slots, minhasher.slots()));
            }
            let slots = read_numbers(fields, minhasher.slots());
            Ok(slots.map(|slots| Signature::of_parts(slots.into(), count)))
        })
    }
}

impl Sketch {
    /// The sketch as bytes, to be stored and read by [`from_bytes`](Self::from_bytes): the same on
    /// every machine, four bytes a slot and 44 more, with how it was made.
    ///
    /// ```
    /// use newsprint::parts::{Shingler, Sketch, Sketcher};
    /// use newsprint::{ErrorKind, Shingle};
    ///
    /// let sketcher = Sketcher::default();
    /// let bytes = sketcher.sketch("The river rose by two metres in a night.").to_bytes();
    /// let again = Sketch::from_bytes(&bytes, &sketcher)?;
    /// let other = sketcher.sketch("the river rose by two metres in a night");
    /// assert_eq!(again.estimate(&other)?.jaccard, 1.0);
    ///
    /// let other = Sketcher::new(Shingler::new(Shingle::Words(5))?, sketcher.minhasher());
    /// let error = Sketch::from_bytes(&bytes, &other).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Mismatch);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Kind::Sketch.begin();
        encode_sketcher(&self.sketcher, &mut out);
        out.u32(self.signature.view().count);
        numbers(self.signature.slots(), &mut out);
        out.checksum();
        out.bytes
    }

    /// The sketch that [`to_bytes`](Self::to_bytes) stored, which `sketcher` made or one like it.
    ///
    /// # Errors
    /// If the bytes are something else, incomplete, damaged, of a newer version or of another
    /// folding, or if the sketch was made differently; the message says which.
    pub fn from_bytes(bytes: &[u8], sketcher: &Sketcher) -> Result<Self, Error> {
        Kind::Sketch.read(bytes, |fields| {
            let made = Kind::Sketch.read_sketcher(fields, sketcher)?;
            let Some(count) = made.and_then(|()| fields.u32()) else { return Ok(None) };
            let slots = read_numbers(fields, sketcher.minhasher.slots());
            let signature = slots.map(|slots| Signature::of_parts(slots.into(), count));
            Ok(signature.map(|signature| Sketch { sketcher: *sketcher, signature }))
        })
    }
}

impl SketchMatrix {
    /// The matrix as bytes, to be stored and read by [`from_bytes`](Self::from_bytes): the same on
    /// every machine, four bytes a slot, four a text and 48 more, with how it was made.
    ///
    /// ```
    /// use newsprint::parts::{SketchMatrix, Sketcher};
    ///
    /// let sketcher = Sketcher::default();
    /// let matrix = sketcher.sketch_all(&["one text", "another"]);
    /// assert_eq!(SketchMatrix::from_bytes(&matrix.to_bytes(), &sketcher)?, matrix);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Kind::Matrix.begin();
        encode_sketcher(&self.sketcher, &mut out);
        encode_rows(self, &mut out);
        out.checksum();
        out.bytes
    }

    /// The matrix that [`to_bytes`](Self::to_bytes) stored, which `sketcher` made or one like it.
    ///
    /// # Errors
    /// As those of [`Sketch::from_bytes`].
    pub fn from_bytes(bytes: &[u8], sketcher: &Sketcher) -> Result<Self, Error> {
        Kind::Matrix.read(bytes, |fields| {
            let made = Kind::Matrix.read_sketcher(fields, sketcher)?;
            Ok(made.and_then(|()| decode_rows(fields, sketcher)))
        })
    }
}

impl SimHash {
    /// The SimHash as bytes, to be stored and read by [`from_bytes`](Self::from_bytes): the same on
    /// every machine, 24 bytes more than it has.
    ///
    /// ```
    /// use newsprint::parts::{SimHash, SimHasher};
    ///
    /// let simhasher = SimHasher::new(64)?;
    /// let hash = simhasher.hash(&[1, 2, 3]);
    /// assert_eq!(SimHash::from_bytes(&hash.to_bytes(), &simhasher)?, hash);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Kind::SimHash.begin();
        out.u32(self.bits() as u32);
        out.zeros(4);
        self.words().iter().for_each(|&word| out.u64(word));
        out.checksum();
        out.bytes
    }

    /// The SimHash that [`to_bytes`](Self::to_bytes) stored, which `simhasher` made or one like it.
    ///
    /// # Errors
    /// If the bytes are something else, incomplete, damaged or of a newer version, or the SimHash
    /// has another number of bits.
    pub fn from_bytes(bytes: &[u8], simhasher: &SimHasher) -> Result<Self, Error> {
        Kind::SimHash.read(bytes, |fields| {
            let Some((bits, 0)) = fields.u32().zip(fields.u32()) else { return Ok(None) };
            if bits as usize != simhasher.bits() {
                return Err(Error::mismatch("number of SimHash bits", bits, simhasher.bits()));
            }
            let words: Option<Vec<u64>> = (0..bits / 64).map(|_| fields.u64()).collect();
            words.map(|words| SimHash::from_words(&words)).transpose()
        })
    }
}

#[cfg(test)]
mod tests;
