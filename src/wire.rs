//! The one way in which the crate turns numbers and strings into bytes, and reads them back: in the
//! files of an index, and for sketches.
//!
//! All numbers are little-endian. The bytes that are read may be anything: a field that is not
//! there in full is `None`, never a panic, and then nothing is consumed.

use xxhash_rust::xxh3::xxh3_64;

/// Appends fields to a buffer.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    pub(crate) bytes: Vec<u8>,
}

impl Encoder {
    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.raw(&value.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.raw(&value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.raw(&value.to_le_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.raw(&value.to_le_bytes());
    }

    pub(crate) fn f64(&mut self, value: f64) {
        self.raw(&value.to_le_bytes());
    }

    /// Bytes as they are.
    pub(crate) fn raw(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
    }

    /// `n` zeros.
    pub(crate) fn zeros(&mut self, n: usize) {
        self.bytes.resize(self.bytes.len() + n, 0);
    }

    /// Bytes, preceded by their number.
    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.u32(value.len() as u32);
        self.raw(value);
    }

    /// Numbers, preceded by how many there are.
    pub(crate) fn numbers(&mut self, values: &[u32]) {
        self.u32(values.len() as u32);
        values.iter().for_each(|&value| self.u32(value));
    }

    /// The XXH3 of all bytes so far.
    pub(crate) fn checksum(&mut self) {
        self.u64(xxh3_64(&self.bytes));
    }
}

/// Takes fields off the front of a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoder<'b>(&'b [u8]);

impl<'b> Decoder<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Decoder(bytes)
    }

    /// Everything before the final [`checksum`](Encoder::checksum), and whether that matches.
    pub(crate) fn checked(bytes: &'b [u8]) -> Option<(&'b [u8], bool)> {
        let (body, sum) = bytes.split_last_chunk()?;
        Some((body, u64::from_le_bytes(*sum) == xxh3_64(body)))
    }

    /// What has not been taken yet.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.0
    }

    /// Whether everything has been taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next `len` bytes.
    pub(crate) fn raw(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// Bytes, preceded by their number.
    pub(crate) fn bytes(&mut self) -> Option<&'b [u8]> {
        let len = self.u32()? as usize;
        self.raw(len)
    }

    /// As [`bytes`](Self::bytes), if they are UTF-8.
    pub(crate) fn str(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// Numbers, preceded by how many there are.
    pub(crate) fn numbers(&mut self) -> Option<Box<[u32]>> {
        let len = self.u32()? as usize;
        let (numbers, _) = self.raw(len.checked_mul(4)?)?.as_chunks();
        Some(numbers.iter().map(|&number| u32::from_le_bytes(number)).collect())
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_there_and_nothing_else() {
        let mut out = Encoder::default();
        out.u8(7);
        out.u32(5);
        out.u64(u64::MAX);
        out.i64(-3);
        out.f64(0.25);
        out.raw(b"text");
        let mut fields = Decoder::new(&out.bytes);
        assert_eq!((fields.u8(), fields.u32(), fields.u64()), (Some(7), Some(5), Some(u64::MAX)));
        assert_eq!((fields.i64(), fields.f64()), (Some(-3), Some(0.25)));
        assert_eq!((fields.u64(), fields.raw(5), fields.raw(usize::MAX)), (None, None, None));
        assert_eq!(
            (fields.rest(), fields.raw(4), fields.raw(0)),
            (&b"text"[..], Some(&b"text"[..]), Some(&[][..]))
        );
        assert_eq!((fields.u8(), fields.rest()), (None, &[][..]));
    }

    #[test]
    fn a_checksum_is_of_all_before_it() {
        let mut out = Encoder::default();
        out.numbers(&[1, 2, 3]);
        out.checksum();
        let (body, matches) = Decoder::checked(&out.bytes).expect("is long enough");
        assert_eq!(Decoder::new(body).numbers().as_deref(), Some(&[1, 2, 3][..]));
        assert!(matches);
        out.bytes[5] ^= 1;
        assert_eq!(Decoder::checked(&out.bytes).map(|(_, matches)| matches), Some(false));
        assert_eq!(Decoder::checked(&out.bytes[..7]), None);
    }
}
