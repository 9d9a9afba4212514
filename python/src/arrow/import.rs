//! Columns of another library, read where they lie.
//!
//! Texts are `string`, `large_string` or `string_view`, numbers any integers, dates `date32`,
//! `date64` or `timestamp`; each may be encoded by a dictionary. Each text is checked once, so that
//! it is valid UTF-8 and lies within its buffer; that a buffer is as long as its column says is the
//! contract of the interface.

#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::slice;
use std::sync::Arc;

use pyo3::prelude::*;

use super::abi::{ArrowArray, ArrowSchema, ArrowStream, Owned};
use crate::errors::invalid;

/// What an object handed over: a column, or a table of several.
pub(crate) struct Imported {
    schema: ArrowSchema,
    chunks: Arc<Vec<ArrowArray>>,
}

/// A column in Rust's types.
pub(crate) enum Column {
    Texts(TextColumn),
    Integers(Vec<Option<i64>>),
    /// Seconds since 1970 began.
    Moments(Vec<Option<i64>>),
}

/// Texts in the buffers of the library that made them.
pub(crate) struct TextColumn {
    /// They live as long as the chunks, and do not leave this file with that lifetime.
    texts: Vec<Option<&'static str>>,
    _chunks: Arc<Vec<ArrowArray>>,
}

impl TextColumn {
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.texts[row]
    }
}

impl Imported {
    /// What an object hands over, or `None` if it has no Arrow interface.
    pub(crate) fn read(object: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if object.hasattr("__arrow_c_stream__")? {
            let stream = ArrowStream::take(&object.call_method0("__arrow_c_stream__")?)?;
            // The stream may run a query, which may need the interpreter on another thread.
            let read = object.py().detach(|| read_stream(stream));
            return read.map(Some).map_err(invalid);
        }
        if object.hasattr("__arrow_c_array__")? {
            let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) =
                object.call_method0("__arrow_c_array__")?.extract()?;
            let (schema, array) = (ArrowSchema::take(&schema)?, ArrowArray::take(&array)?);
            return Ok(Some(Imported { schema, chunks: Arc::new(vec![array]) }));
        }
        Ok(None)
    }

    /// The names of the columns; `None` if it is a single one.
    pub(crate) fn names(&self) -> Option<Vec<String>> {
        let columns = children(&self.schema)?;
        Some(columns.map(|column| text_of(column.name).to_owned()).collect())
    }

    /// The column of this number, or the single one.
    pub(crate) fn column(&self, number: Option<usize>) -> Result<Column, String> {
        let schema = match number {
            None => &self.schema,
            Some(number) => children(&self.schema)
                .and_then(|mut columns| columns.nth(number))
                .ok_or("the table has no such column")?,
        };
        let mut column = None;
        for chunk in &*self.chunks {
            let rows = Rows { start: chunk.offset as usize, len: chunk.length as usize };
            let (array, rows) = match number {
                // The offset of a column is its own; that of the table comes on top.
                Some(number) => {
                    let array = child(chunk, number).ok_or("a batch has too few columns")?;
                    (array, Rows { start: rows.start + array.offset as usize, ..rows })
                }
                None => (chunk, rows),
            };
            let next = self.decode(schema, array, rows)?;
            column = Some(match column {
                None => next,
                Some(column) => append(column, next)?,
            });
        }
        column.map_or_else(|| self.decode(schema, &ArrowArray::empty(), Rows::default()), Ok)
    }

    fn decode(
        &self,
        schema: &ArrowSchema,
        array: &ArrowArray,
        rows: Rows,
    ) -> Result<Column, String> {
        // SAFETY: null, or the schema of the values that the rows are numbers of.
        if let Some(values) = unsafe { schema.dictionary.as_ref() } {
            return self.decode_dictionary(schema, values, array, rows);
        }
        let format = text_of(schema.format);
        let integers = |bytes, is_signed| integers(array, rows, bytes, is_signed);
        let moments = |moments: Vec<Option<i64>>, scale: fn(i64) -> i64| {
            Column::Moments(moments.into_iter().map(|moment| moment.map(scale)).collect())
        };
        Ok(match format {
            "u" | "U" | "vu" | "n" => {
                let texts = match format {
                    "u" => texts::<4>(array, rows, |it| i32::from_ne_bytes(it).into()),
                    "U" => texts::<8>(array, rows, i64::from_ne_bytes),
                    "vu" => viewed_texts(array, rows),
                    _ => Ok(vec![None; rows.len]),
                }?;
                Column::Texts(TextColumn { texts, _chunks: Arc::clone(&self.chunks) })
            }
            "c" => Column::Integers(integers(1, true)),
            "C" => Column::Integers(integers(1, false)),
            "s" => Column::Integers(integers(2, true)),
            "S" => Column::Integers(integers(2, false)),
            "i" => Column::Integers(integers(4, true)),
            "I" => Column::Integers(integers(4, false)),
            "l" | "L" => Column::Integers(integers(8, true)),
            "tdD" => moments(integers(4, true), |days| days * 86_400),
            "tdm" => moments(integers(8, true), |moment| moment.div_euclid(1_000)),
            _ if format.starts_with("tss:") => Column::Moments(integers(8, true)),
            _ if format.starts_with("tsm:") => {
                moments(integers(8, true), |moment| moment.div_euclid(1_000))
            }
            _ if format.starts_with("tsu:") => {
                moments(integers(8, true), |moment| moment.div_euclid(1_000_000))
            }
            _ if format.starts_with("tsn:") => {
                moments(integers(8, true), |moment| moment.div_euclid(1_000_000_000))
            }
            _ => {
                return Err(format!(
                    "a column has Arrow's format {format:?}, must be of strings, integers, dates or \
                     timestamps"
                ));
            }
        })
    }

    fn decode_dictionary(
        &self,
        schema: &ArrowSchema,
        values: &ArrowSchema,
        array: &ArrowArray,
        rows: Rows,
    ) -> Result<Column, String> {
        let format = text_of(schema.format);
        let (bytes, is_signed) = match format {
            "c" | "C" => (1, format == "c"),
            "s" | "S" => (2, format == "s"),
            "i" | "I" => (4, format == "i"),
            _ => (8, true),
        };
        let keys = integers(array, rows, bytes, is_signed);
        // SAFETY: null, or the dictionary that comes with the rows.
        let column = match unsafe { array.dictionary.as_ref() } {
            Some(dictionary) => {
                let (start, len) = (dictionary.offset as usize, dictionary.length as usize);
                self.decode(values, dictionary, Rows { start, len })?
            }
            None => self.decode(values, &ArrowArray::empty(), Rows::default())?,
        };
        fn pick<T: Copy>(values: &[Option<T>], keys: &[Option<i64>]) -> Vec<Option<T>> {
            let value = |key: i64| values.get(key as usize).copied().flatten();
            keys.iter().map(|key| key.and_then(value)).collect()
        }
        Ok(match column {
            Column::Texts(column) => {
                Column::Texts(TextColumn { texts: pick(&column.texts, &keys), ..column })
            }
            Column::Integers(values) => Column::Integers(pick(&values, &keys)),
            Column::Moments(values) => Column::Moments(pick(&values, &keys)),
        })
    }
}

/// Rows of an array, counted from the beginning of its buffers.
#[derive(Clone, Copy, Default)]
struct Rows {
    start: usize,
    len: usize,
}

fn read_stream(mut stream: ArrowStream) -> Result<Imported, String> {
    let fail = |stream: &mut ArrowStream| {
        // SAFETY: the stream is whole; the text it returns is valid until the next call.
        let message = stream.get_last_error.map(|ask| text_of(unsafe { ask(stream) }));
        let message = message.filter(|message| !message.is_empty());
        format!("the Arrow stream failed: {}", message.unwrap_or("it does not say why"))
    };
    let (Some(get_schema), Some(get_next)) = (stream.get_schema, stream.get_next) else {
        return Err("the Arrow stream was read already".to_owned());
    };
    let mut schema = ArrowSchema::empty();
    // SAFETY: the stream is whole, and the schema may be written to.
    if unsafe { get_schema(&mut stream, &mut schema) } != 0 {
        return Err(fail(&mut stream));
    }
    let mut chunks = Vec::new();
    loop {
        let mut chunk = ArrowArray::empty();
        // SAFETY: as above.
        if unsafe { get_next(&mut stream, &mut chunk) } != 0 {
            return Err(fail(&mut stream));
        }
        if chunk.is_empty() {
            return Ok(Imported { schema, chunks: Arc::new(chunks) });
        }
        chunks.push(chunk);
    }
}

fn append(column: Column, next: Column) -> Result<Column, String> {
    Ok(match (column, next) {
        (Column::Texts(mut column), Column::Texts(next)) => {
            column.texts.extend(next.texts);
            Column::Texts(column)
        }
        (Column::Integers(mut values), Column::Integers(next)) => {
            values.extend(next);
            Column::Integers(values)
        }
        (Column::Moments(mut values), Column::Moments(next)) => {
            values.extend(next);
            Column::Moments(values)
        }
        _ => return Err("a column changes its type".to_owned()),
    })
}

/// The columns of a table; `None` of a single column.
fn children(schema: &ArrowSchema) -> Option<impl Iterator<Item = &ArrowSchema>> {
    let is_table = text_of(schema.format) == "+s";
    // SAFETY: a schema has as many children as it says, and each is there.
    let child = move |i: i64| unsafe { &**schema.children.add(i as usize) };
    is_table.then(|| (0..schema.n_children).map(child))
}

/// A column of a batch.
fn child(array: &ArrowArray, number: usize) -> Option<&ArrowArray> {
    // SAFETY: as for a schema.
    (number < array.n_children as usize).then(|| unsafe { &**array.children.add(number) })
}

/// A text of a structure; empty if it is null or not UTF-8.
fn text_of<'a>(text: *const c_char) -> &'a str {
    // SAFETY: null, or a text that ends with a zero and lives as long as the structure.
    let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) });
    text.and_then(|text| text.to_str().ok()).unwrap_or_default()
}

/// The first `len` units of a buffer. Units of bytes need no alignment, which the interface does
/// not promise.
fn buffer<const N: usize>(array: &ArrowArray, number: usize, len: usize) -> &'static [[u8; N]] {
    if number >= array.n_buffers as usize || len == 0 {
        return &[];
    }
    // SAFETY: the array has as many buffers as it says, and its format says how long each is.
    // The lifetime is that of the array, which `TextColumn` keeps.
    unsafe {
        let buffer = *array.buffers.add(number);
        if buffer.is_null() { &[] } else { slice::from_raw_parts(buffer.cast(), len) }
    }
}

/// Whether the row of this number has a value.
fn validity(array: &ArrowArray, rows: Rows) -> impl Fn(usize) -> bool + use<> {
    let bits = match array.null_count {
        0 => &[],
        _ => buffer::<1>(array, 0, (rows.start + rows.len).div_ceil(8)),
    };
    move |row| bits.is_empty() || bits[row / 8][0] >> (row % 8) & 1 == 1
}

fn integers(array: &ArrowArray, rows: Rows, bytes: usize, is_signed: bool) -> Vec<Option<i64>> {
    let is_valid = validity(array, rows);
    let all = buffer::<1>(array, 1, (rows.start + rows.len) * bytes).as_flattened();
    let value = |row: usize| {
        let mut value = [0; 8];
        let low = &all[row * bytes..][..bytes];
        if cfg!(target_endian = "big") {
            value[8 - bytes..].copy_from_slice(low);
        } else {
            value[..bytes].copy_from_slice(low);
        }
        let unused = 64 - 8 * bytes as u32;
        let value = i64::from_ne_bytes(value);
        if is_signed { value << unused >> unused } else { value }
    };
    (rows.start..rows.start + rows.len).map(|row| is_valid(row).then(|| value(row))).collect()
}

fn texts<const N: usize>(
    array: &ArrowArray,
    rows: Rows,
    number: impl Fn([u8; N]) -> i64,
) -> Result<Vec<Option<&'static str>>, String> {
    let is_valid = validity(array, rows);
    let all = buffer::<N>(array, 1, if rows.len == 0 { 0 } else { rows.start + rows.len + 1 });
    let ends = all.get(rows.start..).unwrap_or_default();
    let bytes = ends.last().map_or(0, |&end| number(end) as usize);
    let bytes = buffer::<1>(array, 2, bytes).as_flattened();
    let text = |row: usize| match is_valid(rows.start + row) {
        true => {
            let (start, end) = (number(ends[row]) as usize, number(ends[row + 1]) as usize);
            checked(row, bytes.get(start..end)).map(Some)
        }
        false => Ok(None),
    };
    (0..rows.len).map(text).collect()
}

fn viewed_texts(array: &ArrowArray, rows: Rows) -> Result<Vec<Option<&'static str>>, String> {
    /// As many bytes stand in the view itself.
    const INLINE: usize = 12;
    let is_valid = validity(array, rows);
    let views = buffer::<16>(array, 1, rows.start + rows.len);
    let last = (array.n_buffers as usize).saturating_sub(1);
    // The last buffer has the lengths of those between.
    let lengths = buffer::<8>(array, last, last.saturating_sub(2));
    let text = |row: usize| {
        if !is_valid(rows.start + row) {
            return Ok(None);
        }
        let view = &views[rows.start + row];
        let number = |at: usize| {
            let mut number = [0; 4];
            number.copy_from_slice(&view[at..at + 4]);
            i32::from_ne_bytes(number) as usize
        };
        let len = number(0);
        let bytes = match len <= INLINE {
            true => Some(&view[4..4 + len]),
            false => lengths.get(number(8)).and_then(|&length| {
                let data = buffer::<1>(array, 2 + number(8), i64::from_ne_bytes(length) as usize);
                data.as_flattened().get(number(12)..number(12).saturating_add(len))
            }),
        };
        checked(row, bytes).map(Some)
    };
    (0..rows.len).map(text).collect()
}

fn checked(row: usize, bytes: Option<&'static [u8]>) -> Result<&'static str, String> {
    let bytes = bytes.ok_or_else(|| format!("text {row} of a batch lies outside its buffer"))?;
    str::from_utf8(bytes).map_err(|error| format!("text {row} of a batch is no UTF-8: {error}"))
}
