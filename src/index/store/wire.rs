//! Little-endian fields: written one after another, and read from bytes that nobody vouches for.
//!
//! A field that is not there in full is `None`, never a panic, and nothing is taken then.

/// Puts fields one after another.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    pub(crate) bytes: Vec<u8>,
}

impl Writer {
    pub(crate) fn u8(&mut self, value: u8) {
        self.bytes.push(value);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    /// Bytes with their number before them.
    pub(crate) fn bytes(&mut self, value: &[u8]) {
        self.u32(value.len() as u32);
        self.bytes.extend_from_slice(value);
    }

    /// A list of numbers, with how many there are before them.
    pub(crate) fn numbers(&mut self, values: &[u32]) {
        self.u32(values.len() as u32);
        values.iter().for_each(|&value| self.u32(value));
    }
}

/// Takes fields off the front of a slice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'b>(&'b [u8]);

impl<'b> Fields<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Fields(bytes)
    }

    /// What was not taken yet.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.0
    }

    /// The next `len` bytes.
    pub(crate) fn take(&mut self, len: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// Whether all was taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes with their number before them.
    pub(crate) fn bytes(&mut self) -> Option<&'b [u8]> {
        let len = self.u32()? as usize;
        self.take(len)
    }

    /// As [`bytes`](Self::bytes), if they are text.
    pub(crate) fn str(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// A list of numbers with how many there are before them.
    pub(crate) fn numbers(&mut self) -> Option<Box<[u32]>> {
        let len = self.u32()? as usize;
        let bytes = self.take(len.checked_mul(4)?)?;
        let number = |four: &[u8]| u32::from_le_bytes(four.try_into().unwrap_or_default());
        Some(bytes.chunks_exact(4).map(number).collect())
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_there_and_nothing_else() {
        let mut bytes = vec![7];
        bytes.extend(5u32.to_le_bytes());
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend((-3i64).to_le_bytes());
        bytes.extend(0.25f64.to_le_bytes());
        bytes.extend(*b"text");
        let mut fields = Fields::new(&bytes);
        assert_eq!((fields.u8(), fields.u32(), fields.u64()), (Some(7), Some(5), Some(u64::MAX)));
        assert_eq!((fields.i64(), fields.f64()), (Some(-3), Some(0.25)));
        assert_eq!((fields.u64(), fields.take(5), fields.take(usize::MAX)), (None, None, None));
        assert_eq!(
            (fields.rest(), fields.take(4), fields.take(0)),
            (&b"text"[..], Some(&b"text"[..]), Some(&[][..]))
        );
        assert_eq!((fields.u8(), fields.rest()), (None, &[][..]));
    }
}
