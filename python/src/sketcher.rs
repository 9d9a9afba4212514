//! Signatures of texts, to be stored and compared.

use std::sync::Arc;

use newsprint::parts::{Sketch, SketchMatrix, Sketcher};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

use crate::arrow::export::{ExportedColumn, Values};
use crate::articles::{Articles, Given, backed};
use crate::columns::{array_interface, arrow_array};
use crate::config::{PyConfig, config_of};
use crate::errors::OrRaise;
use crate::run::Runner;

/// Makes signatures: some numbers for each text, whose equal share estimates how similar two texts
/// are.
///
/// :param config: a :class:`Config`, or its options as keywords; ``shingle``, ``slots`` and
///     ``seed`` matter here.
///
/// >>> from newsprint import Sketcher
/// >>> sketcher = Sketcher(slots=128)
/// >>> a = sketcher.sketch("The cabinet met on Monday to agree the budget for next year.")
/// >>> b = sketcher.sketch("The cabinet met on Monday to agree the budget for next year!")
/// >>> similarity, standard_error = a.estimate(b)
/// >>> similarity
/// 1.0
#[pyclass(frozen, eq, module = "newsprint", name = "Sketcher")]
pub(crate) struct PySketcher {
    config: Py<PyConfig>,
    sketcher: Sketcher,
}

impl PartialEq for PySketcher {
    fn eq(&self, other: &Self) -> bool {
        self.sketcher == other.sketcher
    }
}

/// The signature of a text. It can be pickled, and stored by ``bytes(sketch)``.
///
/// >>> from newsprint import Sketch, Sketcher
/// >>> sketcher = Sketcher()
/// >>> stored = bytes(sketcher.sketch("The river rose by two metres in a night."))
/// >>> len(stored)
/// 556
/// >>> Sketch.from_bytes(stored, sketcher).estimate(sketcher.sketch("the river rose"))[0] > 0
/// True
#[pyclass(frozen, eq, module = "newsprint", name = "Sketch")]
pub(crate) struct PySketch {
    sketcher: Py<PySketcher>,
    sketch: Sketch,
}

impl PartialEq for PySketch {
    fn eq(&self, other: &Self) -> bool {
        self.sketch == other.sketch
    }
}

/// The signatures of many texts, a row each.
///
/// ``numpy.asarray(matrix)`` has the slots as ``uint32`` without copying, Arrow's libraries take
/// them as lists of a fixed size. It can be pickled, and stored by ``bytes(matrix)``.
///
/// >>> from newsprint import Sketcher
/// >>> matrix = Sketcher().sketch_all(["one text", "One text.", "another"])
/// >>> matrix.shape, matrix.estimate(0, 1)[0], matrix.estimate(0, 2)[0]
/// ((3, 128), 1.0, 0.0)
#[pyclass(frozen, eq, module = "newsprint", name = "SketchMatrix")]
pub(crate) struct PySketchMatrix {
    sketcher: Py<PySketcher>,
    matrix: Arc<SketchMatrix>,
    column: Arc<ExportedColumn>,
}

impl PartialEq for PySketchMatrix {
    fn eq(&self, other: &Self) -> bool {
        self.matrix == other.matrix
    }
}

impl PySketchMatrix {
    fn new(sketcher: Py<PySketcher>, matrix: SketchMatrix) -> Self {
        let matrix = Arc::new(matrix);
        let column = ExportedColumn { values: Values::Rows(Arc::clone(&matrix)), valid: None };
        PySketchMatrix { sketcher, matrix, column: Arc::new(column) }
    }
}

#[pymethods]
impl PySketcher {
    #[new]
    #[pyo3(signature = (config=None, **options))]
    fn new<'py>(
        py: Python<'py>,
        config: Option<Bound<'py, PyConfig>>,
        options: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let config = config_of(py, config, options)?;
        Ok(PySketcher { sketcher: config.get().config.sketcher(), config: config.unbind() })
    }

    /// The signature of one text.
    fn sketch(slf: Bound<'_, Self>, text: Bound<'_, PyString>) -> PyResult<PySketch> {
        let (text, sketcher) = (backed(text)?, slf.get().sketcher);
        let sketch = slf.py().detach(|| sketcher.sketch(&text));
        Ok(PySketch { sketcher: slf.unbind(), sketch })
    }

    /// The signatures of many texts: an iterable of ``str``, a column, or a table with a column
    /// ``text``, as in :func:`dedup`.
    ///
    /// :param progress: as in :func:`dedup`; the stage is ``"sign"``.
    /// :param threads: how many threads to use; by default all cores.
    #[pyo3(signature = (texts, *, text=None, progress=None, threads=None))]
    fn sketch_all(
        slf: Bound<'_, Self>,
        texts: Bound<'_, PyAny>,
        text: Option<String>,
        progress: Option<Py<PyAny>>,
        threads: Option<usize>,
    ) -> PyResult<PySketchMatrix> {
        let articles = Articles::read(&texts, &Given { text, ..Given::default() })?;
        let sketcher = slf.get().sketcher;
        let runner = Runner { threads, progress };
        let matrix = runner
            .run(slf.py(), |watch| Ok(sketcher.try_sketch_all(&articles, watch.listener())?))?;
        Ok(PySketchMatrix::new(slf.unbind(), matrix))
    }

    /// Its configuration.
    #[getter]
    fn config(&self, py: Python<'_>) -> Py<PyConfig> {
        self.config.clone_ref(py)
    }

    fn __getnewargs__(&self, py: Python<'_>) -> (Py<PyConfig>,) {
        (self.config.clone_ref(py),)
    }

    fn __repr__(&self) -> String {
        let (shingler, slots) = (self.sketcher.shingler(), self.sketcher.minhasher().slots());
        format!("<Sketcher of {slots} slots, shingles {}>", shingler.shingle())
    }
}

#[pymethods]
impl PySketch {
    /// The signature that ``bytes`` stored, which ``sketcher`` made or one like it.
    ///
    /// :raises MismatchError: if it was made differently; the message says how.
    /// :raises DamagedError: if the bytes are damaged.
    #[staticmethod]
    fn from_bytes(data: &[u8], sketcher: Bound<'_, PySketcher>) -> PyResult<Self> {
        let sketch = Sketch::from_bytes(data, &sketcher.get().sketcher).or_raise()?;
        Ok(PySketch { sketcher: sketcher.unbind(), sketch })
    }

    /// The slots.
    #[getter]
    fn slots(&self) -> Vec<u32> {
        self.sketch.signature().slots().to_vec()
    }

    /// How many shingles the text has, repetitions included.
    #[getter]
    fn count(&self) -> usize {
        self.sketch.signature().count()
    }

    /// The estimated Jaccard similarity of the two texts, and its standard error.
    ///
    /// :raises MismatchError: if the two were made differently.
    fn estimate(&self, other: &Self) -> PyResult<(f64, f64)> {
        let estimate = self.sketch.estimate(&other.sketch).or_raise()?;
        Ok((estimate.jaccard, estimate.standard_error))
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.sketch.to_bytes())
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, it) = (slf.py(), slf.get());
        let arguments = (it.__bytes__(py), it.sketcher.clone_ref(py)).into_pyobject(py)?;
        Ok((slf.getattr("from_bytes")?, arguments))
    }

    fn __repr__(&self) -> String {
        let signature = self.sketch.signature();
        format!("<Sketch of {} slots, {} shingles>", signature.slots().len(), signature.count())
    }
}

#[pymethods]
impl PySketchMatrix {
    /// The matrix that ``bytes`` stored, which ``sketcher`` made or one like it. Raises as
    /// :meth:`Sketch.from_bytes`.
    #[staticmethod]
    fn from_bytes(data: &[u8], sketcher: Bound<'_, PySketcher>) -> PyResult<Self> {
        let matrix = SketchMatrix::from_bytes(data, &sketcher.get().sketcher).or_raise()?;
        Ok(PySketchMatrix::new(sketcher.unbind(), matrix))
    }

    /// The number of texts, and that of slots.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.matrix.len(), self.matrix.sketcher().minhasher().slots())
    }

    /// How many shingles each text has, repetitions included.
    #[getter]
    fn counts(&self) -> Vec<usize> {
        (0..self.matrix.len()).map(|row| self.matrix.count(row)).collect()
    }

    /// The estimated Jaccard similarity of two texts, and its standard error.
    fn estimate(&self, left: usize, right: usize) -> PyResult<(f64, f64)> {
        self.checked(left.max(right))?;
        let estimate = self.matrix.estimate(left, right);
        Ok((estimate.jaccard, estimate.standard_error))
    }

    fn __len__(&self) -> usize {
        self.matrix.len()
    }

    /// The slots of a text.
    fn __getitem__(&self, row: usize) -> PyResult<Vec<u32>> {
        self.checked(row)?;
        Ok(self.matrix.row(row).to_vec())
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.matrix.to_bytes())
    }

    fn __reduce__<'py>(
        slf: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, it) = (slf.py(), slf.get());
        let arguments = (it.__bytes__(py), it.sketcher.clone_ref(py)).into_pyobject(py)?;
        Ok((slf.getattr("from_bytes")?, arguments))
    }

    fn __repr__(&self) -> String {
        let (texts, slots) = self.shape();
        format!("<SketchMatrix of {texts} texts, {slots} slots each>")
    }

    /// For numpy: the slots where they lie.
    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        array_interface(&self.column, py)
    }

    /// The rows, as capsules of Arrow's C data interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        drop(requested_schema);
        arrow_array(&self.column, py)
    }
}

impl PySketchMatrix {
    fn checked(&self, row: usize) -> PyResult<()> {
        let len = self.matrix.len();
        let error = || PyIndexError::new_err(format!("row {row} of a matrix of {len}"));
        (row < len).then_some(()).ok_or_else(error)
    }
}
