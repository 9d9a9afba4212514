//! The Python module of the crate `newsprint`: what it does, with Python's types.
//!
//! | file | what |
//! |---|---|
//! | [`compare`], [`dedup`], [`sketcher`] | what a user calls |
//! | [`config`], [`articles`] | what is given: options; texts with ids, dates and so on |
//! | [`columns`], [`overlap`] | what is returned |
//! | [`arrow`] | columns of other libraries, in and out |
//! | [`run`] | threads, progress, Ctrl-C |
//! | [`errors`] | exceptions |
//!
//! The documentation of classes and functions is written for Python: its examples are those of
//! doctest, which the tests run.

mod arrow;
mod articles;
mod columns;
mod compare;
mod config;
mod dedup;
mod errors;
mod overlap;
mod run;
mod sketcher;

/// Finds copies of news articles.
#[pyo3::pymodule]
mod _newsprint {
    #[pymodule_export]
    use super::columns::{PyColumn, PyTable};
    #[pymodule_export]
    use super::compare::{PyComparison, PyPassage, compare};
    #[pymodule_export]
    use super::config::PyConfig;
    #[pymodule_export]
    use super::dedup::{PyDedup, dedup};
    #[pymodule_export]
    use super::overlap::PyOverlap;
    #[pymodule_export]
    use super::sketcher::{PySketch, PySketchMatrix, PySketcher};
}
