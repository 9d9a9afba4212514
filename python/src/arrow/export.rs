//! Columns of results, lent to whoever asks: they live as long as somebody uses them.

#![allow(unsafe_code)]

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use newsprint::parts::SketchMatrix;

use super::abi::{ArrowArray, ArrowSchema, ArrowStream, Owned};

/// The values of a column.
#[derive(Debug)]
pub(crate) enum Values {
    Integers(Vec<i64>),
    Figures(Vec<f64>),
    /// The texts one after the other, and where each ends, beginning with 0.
    Texts(String, Vec<i64>),
    /// Eight to a byte, and how many.
    Flags(Vec<u8>, usize),
    /// Rows of as many numbers as a signature has.
    Rows(Arc<SketchMatrix>),
}

/// A column, with the bits of its valid values if some are missing.
#[derive(Debug)]
pub(crate) struct ExportedColumn {
    pub(crate) values: Values,
    pub(crate) valid: Option<Vec<u8>>,
}

/// The flag of a column that may lack values.
const NULLABLE: i64 = 2;

impl ExportedColumn {
    pub(crate) fn len(&self) -> usize {
        match &self.values {
            Values::Integers(values) => values.len(),
            Values::Figures(values) => values.len(),
            Values::Texts(_, ends) => ends.len() - 1,
            Values::Flags(_, len) => *len,
            Values::Rows(matrix) => matrix.len(),
        }
    }

    fn format(&self) -> String {
        match &self.values {
            Values::Integers(_) => "l".to_owned(),
            Values::Figures(_) => "g".to_owned(),
            Values::Texts(..) => "U".to_owned(),
            Values::Flags(..) => "b".to_owned(),
            Values::Rows(matrix) => format!("+w:{}", matrix.sketcher().minhasher().slots()),
        }
    }

    /// The type of this column, under a name.
    pub(crate) fn schema(&self, name: &str) -> ArrowSchema {
        let children = match &self.values {
            Values::Rows(..) => vec![schema("I".to_owned(), "item", Vec::new(), 0)],
            _ => Vec::new(),
        };
        // Always, so that the type does not depend on what was found.
        schema(self.format(), name, children, NULLABLE)
    }
}

/// The values of a column, which lives until they are released.
pub(crate) fn array_of(column: &Arc<ExportedColumn>) -> ArrowArray {
    let start = |bytes: &[u8]| bytes.as_ptr().cast();
    let valid = column.valid.as_ref().map_or(ptr::null(), |bits| start(bits));
    let column = Arc::clone(column);
    let len = column.len();
    let buffers = match &column.values {
        Values::Integers(values) => vec![valid, values.as_ptr().cast()],
        Values::Figures(values) => vec![valid, values.as_ptr().cast()],
        Values::Texts(texts, ends) => vec![valid, ends.as_ptr().cast(), start(texts.as_bytes())],
        Values::Flags(bits, _) => vec![valid, start(bits)],
        Values::Rows(matrix) => {
            let slots = matrix.slots();
            let buffers = vec![ptr::null(), slots.as_ptr().cast()];
            // A consumer may keep the child alone.
            let slots = array(slots.len(), 0, buffers, Vec::new(), Some(Arc::clone(&column)));
            return array(len, 0, vec![valid], vec![slots], Some(column));
        }
    };
    let nulls = if column.valid.is_some() { -1 } else { 0 };
    array(len, nulls, buffers, Vec::new(), Some(column))
}

/// The type of a table.
pub(crate) fn table_schema(columns: &[(&'static str, Arc<ExportedColumn>)]) -> ArrowSchema {
    let columns = columns.iter().map(|(name, column)| column.schema(name));
    schema("+s".to_owned(), "", columns.collect(), 0)
}

/// A table as one batch.
pub(crate) fn table_array(columns: &[(&'static str, Arc<ExportedColumn>)]) -> ArrowArray {
    let len = columns.first().map_or(0, |(_, column)| column.len());
    let columns = columns.iter().map(|(_, column)| array_of(column));
    array(len, 0, vec![ptr::null()], columns.collect(), None)
}

/// A stream of one batch.
pub(crate) fn stream_of(
    schema: impl Fn() -> ArrowSchema + Send + 'static,
    batch: ArrowArray,
) -> ArrowStream {
    ArrowStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release_stream),
        private_data: Box::into_raw(Box::new(Batch { schema: Box::new(schema), batch })).cast(),
    }
}

/// What a stream that was not read holds.
struct Batch {
    schema: Box<dyn Fn() -> ArrowSchema + Send>,
    batch: ArrowArray,
}

/// What a schema holds: its texts, and the array of its children.
struct SchemaParts {
    _format: CString,
    _name: CString,
    children: Vec<*mut ArrowSchema>,
}

/// What an array holds: its buffers, its children, and the column that they lie in.
struct ArrayParts {
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    _column: Option<Arc<ExportedColumn>>,
}

fn schema(format: String, name: &str, children: Vec<ArrowSchema>, flags: i64) -> ArrowSchema {
    // The names of our columns have no zeros.
    let text = |text: &str| CString::new(text).unwrap_or_default();
    let (format, name) = (text(&format), text(name));
    let (format_start, name_start) = (format.as_ptr(), name.as_ptr());
    let children: Vec<_> = children.into_iter().map(|it| Box::into_raw(Box::new(it))).collect();
    let mut parts = Box::new(SchemaParts { _format: format, _name: name, children });
    ArrowSchema {
        format: format_start,
        name: name_start,
        metadata: ptr::null(),
        flags,
        n_children: parts.children.len() as i64,
        children: parts.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
    }
}

fn array(
    len: usize,
    null_count: i64,
    buffers: Vec<*const c_void>,
    children: Vec<ArrowArray>,
    column: Option<Arc<ExportedColumn>>,
) -> ArrowArray {
    let children: Vec<_> = children.into_iter().map(|it| Box::into_raw(Box::new(it))).collect();
    let mut parts = Box::new(ArrayParts { buffers, children, _column: column });
    ArrowArray {
        length: len as i64,
        null_count,
        offset: 0,
        n_buffers: parts.buffers.len() as i64,
        n_children: parts.children.len() as i64,
        buffers: parts.buffers.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
    }
}

// SAFETY of all of these: the consumer calls them with what `schema`, `array` or `stream_of` made,
// and releases it once. A child that the consumer has moved out is empty when it is dropped here.

unsafe extern "C" fn release_schema(it: *mut ArrowSchema) {
    unsafe {
        let parts = Box::from_raw((*it).private_data.cast::<SchemaParts>());
        parts.children.into_iter().for_each(|child| drop(Box::from_raw(child)));
        (*it).release = None;
    }
}

unsafe extern "C" fn release_array(it: *mut ArrowArray) {
    unsafe {
        let parts = Box::from_raw((*it).private_data.cast::<ArrayParts>());
        parts.children.into_iter().for_each(|child| drop(Box::from_raw(child)));
        (*it).release = None;
    }
}

unsafe extern "C" fn release_stream(it: *mut ArrowStream) {
    unsafe {
        drop(Box::from_raw((*it).private_data.cast::<Batch>()));
        (*it).release = None;
    }
}

unsafe extern "C" fn get_schema(it: *mut ArrowStream, out: *mut ArrowSchema) -> c_int {
    unsafe { ptr::write(out, ((*(*it).private_data.cast::<Batch>()).schema)()) };
    0
}

/// The batch, then an empty one, which ends the stream.
unsafe extern "C" fn get_next(it: *mut ArrowStream, out: *mut ArrowArray) -> c_int {
    unsafe {
        let batch = &mut (*(*it).private_data.cast::<Batch>()).batch;
        ptr::write(out, std::mem::replace(batch, ArrowArray::empty()));
    }
    0
}

unsafe extern "C" fn get_last_error(_: *mut ArrowStream) -> *const c_char {
    ptr::null()
}
