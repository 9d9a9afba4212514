//! Decodes text files that may not be valid UTF-8.

use crate::terminal::grouped;

/// The text of a file, and a warning if bytes had to be replaced.
///
/// Archives contain files in older encodings. Losing a few accented letters is better than losing
/// the article, so invalid bytes are replaced and the loss is reported. A file is refused if more
/// than a third of its bytes are invalid or zero: it is UTF-16, an alphabet in a single-byte
/// encoding, or a picture, and too little text would be left to compare.
pub(crate) fn decode(mut bytes: Vec<u8>) -> Result<(String, Option<String>), String> {
    let mark = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let (mut damaged, mut first, mut at) = (0, None, 0);
    for chunk in bytes.utf8_chunks() {
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            first = first.or(Some(at));
            damaged += chunk.invalid().len();
            at += chunk.invalid().len();
        }
    }
    let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
    if (damaged + zeros) * 3 > bytes.len() {
        let (bad, all) = (grouped((damaged + zeros) as u64), grouped(bytes.len() as u64));
        return Err(format!(
            "not a text in UTF-8 ({bad} of its {all} bytes are not): convert it first"
        ));
    }
    bytes.drain(..mark);
    let Some(first) = first else {
        let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        return Ok((text, None));
    };
    let count = if damaged == 1 {
        "1 byte is".to_owned()
    } else {
        format!("{} bytes are", grouped(damaged as u64))
    };
    let warning = format!("{count} not UTF-8 and read as U+FFFD, the first at byte offset {first}");
    Ok((String::from_utf8_lossy(&bytes).into_owned(), Some(warning)))
}
