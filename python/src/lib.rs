//! The Python module of the crate `newsprint`: what it does, with Python's types.
//!
//! | file | what |
//! |---|---|
//! | `compare`, `dedup`, `passages`, `sketcher` | two texts, or a collection |
//! | `index`, `snapshot`, `answer` | an index of articles that arrive |
//! | `job` | the steps of a distributed search |
//! | `prepare` | articles of a distributed job |
//! | `config`, `articles`, `article` | what is given: options; texts with ids, dates and so on |
//! | `columns`, `overlap` | what is returned |
//! | `arrow` | columns of other libraries, in and out |
//! | `run` | threads, progress, Ctrl-C |
//! | `errors` | exceptions |
//!
//! The documentation of classes and functions is written for Python: its examples are those of
//! doctest, which the tests run.

mod answer;
mod arrow;
mod article;
mod articles;
mod columns;
mod compare;
mod config;
mod dedup;
mod errors;
mod index;
mod job;
mod overlap;
mod passages;
mod prepare;
mod run;
mod sketcher;
mod snapshot;

/// Finds copies of news articles.
#[pyo3::pymodule]
mod _newsprint {
    #[pymodule_export]
    use super::answer::{PyAnswer, PyMatch, PyProvenance, PyStored};
    #[pymodule_export]
    use super::columns::{PyColumn, PyTable};
    #[pymodule_export]
    use super::compare::{PyComparison, PyPassage, compare};
    #[pymodule_export]
    use super::config::PyConfig;
    #[pymodule_export]
    use super::dedup::{PyDedup, dedup};
    #[pymodule_export]
    use super::index::PyIndex;
    #[pymodule_export]
    use super::job::PyJob;
    #[pymodule_export]
    use super::overlap::PyOverlap;
    #[pymodule_export]
    use super::passages::{PySharedPassage, PySharedPassages, passages};
    #[pymodule_export]
    use super::prepare::prepared;
    #[pymodule_export]
    use super::sketcher::{PySketch, PySketchMatrix, PySketcher};
    #[pymodule_export]
    use super::snapshot::PySnapshot;
}
