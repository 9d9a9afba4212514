//! Texts kept beside what is searched: LZ4, each by itself.

/// No compressed byte gives more bytes than this.
const MOST_FOR_A_BYTE: usize = 255;

/// A text compressed.
pub(crate) fn pack(text: &str) -> Box<[u8]> {
    lz4_flex::block::compress(text.as_bytes()).into()
}

/// Writes the text of so many bytes into `text`; false if that is not what was packed.
pub(crate) fn unpack(packed: &[u8], length: u32, text: &mut String) -> bool {
    let length = length as usize;
    if length > packed.len().saturating_mul(MOST_FOR_A_BYTE) {
        return false;
    }
    let mut bytes = std::mem::take(text).into_bytes();
    bytes.clear();
    bytes.resize(length, 0);
    let whole =
        lz4_flex::block::decompress_into(packed, &mut bytes).is_ok_and(|written| written == length);
    match String::from_utf8(bytes) {
        Ok(unpacked) if whole => {
            *text = unpacked;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_come_back_and_nothing_else_does(text in any::<String>(), bytes: Vec<u8>, length: u32) {
            let mut unpacked = "before".to_owned();
            prop_assert!(unpack(&pack(&text), text.len() as u32, &mut unpacked));
            prop_assert_eq!(&unpacked, &text);
            prop_assert!(!unpack(&pack(&text), text.len() as u32 + 1, &mut unpacked));
            unpack(&bytes, length, &mut unpacked);
        }
    }
}
