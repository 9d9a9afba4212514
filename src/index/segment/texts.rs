//! Texts that are kept: each compressed by itself, with LZ4.

/// LZ4 never expands one byte to more than this.
const MAX_EXPANSION: usize = 255;

/// Compresses a text.
pub(crate) fn pack(text: &str) -> Box<[u8]> {
    lz4_flex::block::compress(text.as_bytes()).into()
}

/// Replaces `text` by a packed text of `length` bytes; false if `packed` is no such text.
pub(crate) fn unpack(packed: &[u8], length: u32, text: &mut String) -> bool {
    let length = length as usize;
    if length > packed.len().saturating_mul(MAX_EXPANSION) {
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
