//! An [`LshTable`] as bytes: its sketches and settings. The buckets follow from them, and are made
//! anew when it is read.

use super::banding::Banding;
use super::table::LshTable;
use crate::error::Error;
use crate::sketch::Sketcher;
use crate::sketch::bytes::{Kind, decode_rows, encode_rows, encode_sketcher};
use crate::wire::Decoder;

impl LshTable {
    /// The table as bytes, to be stored and read by [`from_bytes`](Self::from_bytes): the same on
    /// every machine, four bytes a slot, four an article and 72 more, with how it was made.
    ///
    /// ```
    /// use newsprint::parts::{Banding, LshTable, Sketcher};
    ///
    /// let sketcher = Sketcher::default();
    /// let mut table = LshTable::new(sketcher, Banding::for_target(128, 0.5, 0.999)?, 0.5)?;
    /// table.insert(&sketcher.sketch("The cabinet met on Monday to agree the budget."))?;
    /// let again = LshTable::from_bytes(&table.to_bytes(), &sketcher)?;
    /// let query = sketcher.sketch("the cabinet met on monday, to agree the budget");
    /// assert_eq!(again.query(&query)?, table.query(&query)?);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let (matrix, banding, min_equal, bucket_limit) = self.stored();
        let mut out = Kind::Table.begin();
        encode_sketcher(matrix.sketcher(), &mut out);
        banding.parts().into_iter().for_each(|part| out.u32(part as u32));
        out.u32(min_equal);
        out.u64(bucket_limit as u64);
        encode_rows(matrix, &mut out);
        out.checksum();
        out.bytes
    }

    /// The table that [`to_bytes`](Self::to_bytes) stored, whose sketches `sketcher` made or one
    /// like it. On all cores; O(bands x n) time, like [`from_matrix`](Self::from_matrix).
    ///
    /// # Errors
    /// If the bytes are something else, incomplete, damaged, of a newer version or of another
    /// folding, or if the sketches were made differently; the message says which.
    pub fn from_bytes(bytes: &[u8], sketcher: &Sketcher) -> Result<Self, Error> {
        Kind::Table.read(bytes, |fields| {
            if Kind::Table.read_sketcher(fields, sketcher)?.is_none() {
                return Ok(None);
            }
            let Some((banding, min_equal, bucket_limit)) = decode_settings(fields, sketcher) else {
                return Ok(None);
            };
            let Some(matrix) = decode_rows(fields, sketcher) else { return Ok(None) };
            LshTable::of_stored(matrix, banding, min_equal, bucket_limit).map(Some)
        })
    }
}

fn decode_settings(fields: &mut Decoder<'_>, sketcher: &Sketcher) -> Option<(Banding, u32, usize)> {
    let slots = sketcher.minhasher().slots();
    let parts = [fields.u32()? as usize, fields.u32()? as usize, fields.u32()? as usize];
    let banding = Banding::of_parts(parts, slots)?;
    let (min_equal, bucket_limit) = (fields.u32()?, fields.u64()?);
    let bucket_limit = usize::try_from(bucket_limit).unwrap_or(usize::MAX);
    (min_equal as usize <= slots).then_some((banding, min_equal, bucket_limit))
}
