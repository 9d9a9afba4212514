//! Texts from files of uncertain encoding.

use crate::terminal::grouped;

/// The text of a file, and a warning if it had to be mended.
///
/// Archives hold files in older encodings. The bytes of a few accented letters are worth losing, an article
/// is not, so they are replaced and the loss is told. A file of which more than a third is no text is
/// refused: it is UTF-16, an alphabet in one byte a letter, or a picture, and nothing worth comparing would
/// be left of it.
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
