//! Little-endian fields read from bytes that nobody vouches for.
//!
//! A field that is not there in full is `None`, never a panic, and nothing is taken then. Writing needs no help: `to_le_bytes`.

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
