//! Tables and columns of results: for Arrow and numpy without copying, and as plain lists.

use std::sync::Arc;

use pyo3::exceptions::{PyAttributeError, PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList, PyString};

use crate::arrow::abi::{ArrowSchema, ArrowStream, Owned};
use crate::arrow::export::{
    ExportedColumn, Values, array_of, stream_of, table_array, table_schema,
};

/// A column of results, one value a row: ``None`` where there is none.
///
/// It is a sequence, and :meth:`to_list` makes a list of it. pyarrow, polars, pandas and DuckDB
/// take it by ``__arrow_c_array__``; ``numpy.asarray`` takes one of numbers without copying.
///
/// >>> from newsprint import dedup
/// >>> kept = dedup(["The river rose.", "The river rose!", "Rain in the north."]).kept
/// >>> kept.to_list()
/// [True, False, True]
/// >>> len(kept), kept[-1]
/// (3, True)
#[pyclass(frozen, module = "newsprint", name = "Column", sequence)]
pub(crate) struct PyColumn {
    pub(crate) column: Arc<ExportedColumn>,
}

/// Named columns of one length.
///
/// pyarrow, polars, pandas and DuckDB take it by ``__arrow_c_stream__``:
/// ``pyarrow.table(found.pairs)``, ``polars.DataFrame(found.pairs)``.
///
/// >>> from newsprint import dedup
/// >>> pairs = dedup(["The river rose.", "The river rose!", "Rain in the north."]).pairs
/// >>> pairs.column_names[:3]
/// ['left', 'right', 'relation']
/// >>> pairs["relation"].to_list()
/// ['identical']
/// >>> pairs.to_pylist()[0]["right"]
/// 1
#[pyclass(frozen, module = "newsprint", name = "Table")]
pub(crate) struct PyTable {
    columns: Arc<Vec<(&'static str, Arc<ExportedColumn>)>>,
}

/// Bits of flags, eight to a byte.
pub(crate) fn bits(flags: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bits = vec![0; flags.len().div_ceil(8)];
    flags.enumerate().for_each(|(i, flag)| bits[i / 8] |= u8::from(flag) << (i % 8));
    bits
}

fn column(values: Values) -> ExportedColumn {
    ExportedColumn { values, valid: None }
}

pub(crate) fn integers(values: impl IntoIterator<Item = usize>) -> ExportedColumn {
    column(Values::Integers(values.into_iter().map(|value| value as i64).collect()))
}

pub(crate) fn seconds(values: Vec<i64>) -> ExportedColumn {
    column(Values::Integers(values))
}

pub(crate) fn figures(values: impl IntoIterator<Item = f64>) -> ExportedColumn {
    column(Values::Figures(values.into_iter().collect()))
}

pub(crate) fn flags(values: &[bool]) -> ExportedColumn {
    column(Values::Flags(bits(values.iter().copied()), values.len()))
}

/// A column of texts, of which some may be missing.
pub(crate) fn texts<'t>(values: impl IntoIterator<Item = Option<&'t str>>) -> ExportedColumn {
    let (mut all, mut ends, mut valid) = (String::new(), vec![0], Vec::new());
    for value in values {
        all.push_str(value.unwrap_or_default());
        ends.push(all.len() as i64);
        valid.push(value.is_some());
    }
    let is_whole = valid.iter().all(|&it| it);
    let valid = (!is_whole).then(|| bits(valid.into_iter()));
    ExportedColumn { values: Values::Texts(all, ends), valid }
}

/// A column of numbers, of which some may be missing.
pub(crate) fn some<T: Copy + Default>(
    values: Vec<Option<T>>,
    column: impl FnOnce(Vec<T>) -> ExportedColumn,
) -> ExportedColumn {
    let is_whole = values.iter().all(Option::is_some);
    let valid = (!is_whole).then(|| bits(values.iter().map(Option::is_some)));
    let values = values.into_iter().map(Option::unwrap_or_default).collect();
    ExportedColumn { valid, ..column(values) }
}

impl PyTable {
    pub(crate) fn new(columns: Vec<(&'static str, ExportedColumn)>) -> Self {
        let columns = columns.into_iter().map(|(name, column)| (name, Arc::new(column)));
        PyTable { columns: Arc::new(columns.collect()) }
    }
}

/// A value of a row, which must be there.
fn value(column: &ExportedColumn, py: Python<'_>, row: usize) -> PyResult<Py<PyAny>> {
    let is_set = |bits: &[u8]| bits[row / 8] >> (row % 8) & 1 == 1;
    if column.valid.as_ref().is_some_and(|bits| !is_set(bits)) {
        return Ok(py.None());
    }
    Ok(match &column.values {
        Values::Integers(values) => values[row].into_pyobject(py)?.into_any().unbind(),
        Values::Figures(values) => values[row].into_pyobject(py)?.into_any().unbind(),
        Values::Texts(texts, ends) => {
            PyString::new(py, &texts[ends[row] as usize..ends[row + 1] as usize])
                .into_any()
                .unbind()
        }
        Values::Flags(bits, _) => is_set(bits).into_pyobject(py)?.to_owned().into_any().unbind(),
        Values::Rows(matrix) => PyList::new(py, matrix.row(row))?.into_any().unbind(),
    })
}

/// What numpy needs to use values where they lie.
pub(crate) fn array_interface<'py>(
    column: &ExportedColumn,
    py: Python<'py>,
) -> PyResult<Bound<'py, PyDict>> {
    let order = if cfg!(target_endian = "big") { '>' } else { '<' };
    let interface = PyDict::new(py);
    let address = |address: usize, kind: &str| -> PyResult<()> {
        interface.set_item("typestr", format!("{order}{kind}"))?;
        interface.set_item("data", (address, true))
    };
    interface.set_item("version", 3)?;
    interface.set_item("shape", (column.len(),))?;
    match &column.values {
        _ if column.valid.is_some() => {
            return Err(PyAttributeError::new_err("values are missing, which numpy does not know"));
        }
        Values::Integers(values) => address(values.as_ptr() as usize, "i8")?,
        Values::Figures(values) => address(values.as_ptr() as usize, "f8")?,
        Values::Rows(matrix) => {
            interface.set_item("shape", (matrix.len(), matrix.sketcher().minhasher().slots()))?;
            address(matrix.slots().as_ptr() as usize, "u4")?;
        }
        Values::Flags(bits, len) => {
            // numpy has a byte for each.
            let bytes: Vec<u8> = (0..*len).map(|i| bits[i / 8] >> (i % 8) & 1).collect();
            interface.set_item("typestr", "|b1")?;
            interface.set_item("data", PyBytes::new(py, &bytes))?;
        }
        Values::Texts(..) => return Err(PyAttributeError::new_err("texts are no numbers")),
    }
    Ok(interface)
}

/// The capsules of a column: its type and its values.
pub(crate) fn arrow_array<'py>(
    column: &Arc<ExportedColumn>,
    py: Python<'py>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    Ok((column.schema("").capsule(py)?, array_of(column).capsule(py)?))
}

#[pymethods]
impl PyColumn {
    /// A list of the values.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let values = (0..self.column.len()).map(|row| value(&self.column, py, row));
        PyList::new(py, values.collect::<PyResult<Vec<_>>>()?)
    }

    fn __len__(&self) -> usize {
        self.column.len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.to_list(py)?.try_iter()
    }

    fn __getitem__(&self, py: Python<'_>, row: isize) -> PyResult<Py<PyAny>> {
        let len = self.column.len();
        let place = if row < 0 { row + len as isize } else { row };
        match usize::try_from(place).ok().filter(|&place| place < len) {
            Some(place) => value(&self.column, py, place),
            None => Err(PyIndexError::new_err(format!("row {row} of a column of {len}"))),
        }
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        const SHOWN: usize = 6;
        let len = self.column.len();
        let shown = (0..len.min(SHOWN)).map(|row| value(&self.column, py, row));
        let shown = PyList::new(py, shown.collect::<PyResult<Vec<_>>>()?)?;
        let more = if len > SHOWN { " and so on" } else { "" };
        Ok(format!("<Column of {len}: {}{more}>", shown.repr()?))
    }

    /// For numpy. Raises :class:`AttributeError` if values are missing or texts.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        array_interface(&self.column, py)
    }

    /// The type of the values, as a capsule of Arrow's C data interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.column.schema("").capsule(py)
    }

    /// The values, as capsules of Arrow's C data interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        // The interface lets a producer keep its own types.
        drop(requested_schema);
        arrow_array(&self.column, py)
    }

    /// The values as a stream of one piece, as a capsule of Arrow's C stream interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        drop(requested_schema);
        let column = Arc::clone(&self.column);
        let array = array_of(&column);
        stream_of(move || column.schema(""), array).capsule(py)
    }
}

#[pymethods]
impl PyTable {
    /// The names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// A dictionary of lists, one for each column.
    fn to_pydict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (name, column) in &*self.columns {
            dict.set_item(name, PyColumn { column: Arc::clone(column) }.to_list(py)?)?;
        }
        Ok(dict)
    }

    /// A list of dictionaries, one for each row.
    fn to_pylist<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let row = |row: usize| {
            let dict = PyDict::new(py);
            for (name, column) in &*self.columns {
                dict.set_item(name, value(column, py, row)?)?;
            }
            Ok(dict)
        };
        (0..self.__len__()).map(row).collect()
    }

    fn __len__(&self) -> usize {
        self.columns.first().map_or(0, |(_, column)| column.len())
    }

    fn __getitem__(&self, name: &str) -> PyResult<PyColumn> {
        match self.columns.iter().find(|(it, _)| *it == name) {
            Some((_, column)) => Ok(PyColumn { column: Arc::clone(column) }),
            None => Err(PyKeyError::new_err(name.to_owned())),
        }
    }

    fn __repr__(&self) -> String {
        format!("<Table of {} rows: {}>", self.__len__(), self.column_names().join(", "))
    }

    /// The types of the columns, as a capsule of Arrow's C data interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        table_schema(&self.columns).capsule(py)
    }

    /// The table as one batch, as a capsule of Arrow's C stream interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        drop(requested_schema);
        let columns = Arc::clone(&self.columns);
        let batch = table_array(&columns);
        let schema = move || -> ArrowSchema { table_schema(&columns) };
        let stream: ArrowStream = stream_of(schema, batch);
        stream.capsule(py)
    }
}
