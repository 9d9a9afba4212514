//! Columns of strings: where each string ends, then the bytes of all.

use crate::error::Error;
use crate::index::store::blocks::{BlockFile, BlockWriter};
use crate::wire::{Decoder, Encoder};

/// One string for each article, or for each source. All offsets are from the beginning of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strings {
    pub(crate) count: u32,
    /// Offset of the end of each string, in eight bytes, counted from `bytes`.
    pub(crate) ends: u64,
    /// Offset of the first string.
    pub(crate) bytes: u64,
}

impl Strings {
    /// Writes strings. They are iterated over twice.
    pub(crate) fn write<'a>(
        out: &mut BlockWriter,
        strings: impl Iterator<Item = Result<&'a [u8], Error>> + Clone,
    ) -> Result<Self, Error> {
        out.align(8)?;
        let (ends, mut end, mut count) = (out.position(), 0u64, 0);
        for string in strings.clone() {
            end += string?.len() as u64;
            count += 1;
            out.write(&end.to_le_bytes())?;
        }
        let bytes = out.position();
        for string in strings {
            out.write(string?)?;
        }
        Ok(Strings { count, ends, bytes })
    }

    pub(crate) fn get<'f>(&self, file: &'f BlockFile, i: u32) -> Result<&'f [u8], Error> {
        let start = if i == 0 { 0 } else { self.end(file, i - 1)? };
        let end = self.end(file, i)?;
        match end.checked_sub(start).zip(self.bytes.checked_add(start)) {
            Some((len, at)) => file.get(at, len as usize),
            None => {
                Err(file.damaged(self.ends + 8 * u64::from(i), "a string ends before it begins"))
            }
        }
    }

    /// As [`get`](Self::get), of strings that are UTF-8.
    pub(crate) fn get_str<'f>(&self, file: &'f BlockFile, i: u32) -> Result<&'f str, Error> {
        std::str::from_utf8(self.get(file, i)?)
            .map_err(|_| file.damaged(self.bytes, "a string is not UTF-8"))
    }

    fn end(&self, file: &BlockFile, i: u32) -> Result<u64, Error> {
        let end = file.get(self.ends + 8 * u64::from(i), 8)?;
        Ok(u64::from_le_bytes(end.try_into().unwrap_or_default()))
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u32(self.count);
        out.u64(self.ends);
        out.u64(self.bytes);
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` if it does not fit into a file of `len`
    /// bytes.
    pub(crate) fn decode(input: &mut Decoder<'_>, len: u64) -> Option<Self> {
        let strings = Strings { count: input.u32()?, ends: input.u64()?, bytes: input.u64()? };
        let fits = fits(strings.ends, strings.count.into(), 8, len) && strings.bytes <= len;
        fits.then_some(strings)
    }
}

/// Strings that only some articles have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SparseStrings {
    /// Offset of the numbers of these articles, four bytes each, ascending.
    pub(crate) articles: u64,
    /// Their strings, in the same order.
    pub(crate) strings: Strings,
}

impl SparseStrings {
    /// Writes the strings of some articles, which may come in any order. Of an article that comes
    /// twice, as in a damaged segment it may, one string is kept.
    pub(crate) fn write(
        out: &mut BlockWriter,
        mut strings: Vec<(u32, impl AsRef<[u8]>)>,
    ) -> Result<Self, Error> {
        strings.sort_unstable_by_key(|(article, _)| *article);
        strings.dedup_by_key(|(article, _)| *article);
        out.align(8)?;
        let articles = out.position();
        for (article, _) in &strings {
            out.write(&article.to_le_bytes())?;
        }
        let strings = strings.iter().map(|(_, string)| Ok(string.as_ref()));
        Ok(SparseStrings { articles, strings: Strings::write(out, strings)? })
    }

    pub(crate) fn len(&self) -> u32 {
        self.strings.count
    }

    /// The article whose string is number `i`.
    pub(crate) fn article(&self, file: &BlockFile, i: u32) -> Result<u32, Error> {
        let at = self.articles + 4 * u64::from(i);
        Ok(u32::from_le_bytes(file.get(at, 4)?.try_into().unwrap_or_default()))
    }

    /// The number of an article's string, if it has one. O(log n) time.
    pub(crate) fn find(&self, file: &BlockFile, article: u32) -> Result<Option<u32>, Error> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.article(file, middle)?.cmp(&article) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Some(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.u64(self.articles);
        self.strings.encode(out);
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` if it does not fit into a file of `len`
    /// bytes.
    pub(crate) fn decode(input: &mut Decoder<'_>, len: u64) -> Option<Self> {
        let sparse =
            SparseStrings { articles: input.u64()?, strings: Strings::decode(input, len)? };
        fits(sparse.articles, sparse.len().into(), 4, len).then_some(sparse)
    }
}

/// Whether `count` items of `width` bytes at an offset lie within `len` bytes.
pub(crate) fn fits(at: u64, count: u64, width: u64, len: u64) -> bool {
    let end = count.checked_mul(width).and_then(|bytes| at.checked_add(bytes));
    end.is_some_and(|end| end <= len)
}
