//! Records: the changes of an index as bytes, as a commit writes them to the log.

use super::indexed::IndexedArticle;
use crate::index::segment::schema::Schema;
use crate::wire::{Decoder, Encoder};

const INSERT: u8 = 1;
const REMOVE: u8 = 2;
const EXPIRE: u8 = 3;

/// A change of an index.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all records are insertions")]
pub(crate) enum Record<'a> {
    Insert(IndexedArticle),
    /// Deletes the article of an id.
    Remove(&'a str),
    /// Deletes the articles of an earlier date, in seconds since 1970.
    Expire(i64),
}

impl<'a> Record<'a> {
    /// Reads a record; `None` if it is malformed.
    pub(crate) fn decode(input: &mut Decoder<'a>, schema: &Schema) -> Option<Self> {
        match input.u8()? {
            INSERT => IndexedArticle::decode(input, schema).map(Record::Insert),
            REMOVE => input.str().map(Record::Remove),
            EXPIRE => input.i64().map(Record::Expire),
            _ => None,
        }
    }
}

/// Writes an [`Insert`](Record::Insert) of an article that is not given away.
pub(crate) fn encode_insert(article: &IndexedArticle, out: &mut Encoder) {
    out.u8(INSERT);
    article.encode(out);
}

/// Writes a [`Remove`](Record::Remove).
pub(crate) fn encode_remove(id: &str, out: &mut Encoder) {
    out.u8(REMOVE);
    out.bytes(id.as_bytes());
}

/// Writes an [`Expire`](Record::Expire).
pub(crate) fn encode_expire(before: i64, out: &mut Encoder) {
    out.u8(EXPIRE);
    out.i64(before);
}
