//! What two texts share, exactly.

use newsprint::parts::Overlap;
use pyo3::prelude::*;

/// How many shingles two texts share, exactly.
#[pyclass(frozen, get_all, eq, module = "newsprint", name = "Overlap")]
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct PyOverlap {
    /// The shingles that both have.
    shared: usize,
    /// The shingles of the left text.
    left: usize,
    /// The shingles of the right text.
    right: usize,
    /// The share of all shingles that both have, 0 to 1.
    jaccard: f64,
    /// The share of the left text's shingles that the right one has, 0 to 1.
    left_containment: f64,
    /// The share of the right text's shingles that the left one has, 0 to 1.
    right_containment: f64,
}

impl From<Overlap> for PyOverlap {
    fn from(overlap: Overlap) -> Self {
        PyOverlap {
            shared: overlap.shared,
            left: overlap.left,
            right: overlap.right,
            jaccard: overlap.jaccard(),
            left_containment: overlap.left_containment(),
            right_containment: overlap.right_containment(),
        }
    }
}

#[pymethods]
impl PyOverlap {
    fn __repr__(&self) -> String {
        let PyOverlap { shared, left, right, jaccard, .. } = self;
        format!("<Overlap: {shared} shingles of {left} and {right}, jaccard {jaccard:.4}>")
    }
}
