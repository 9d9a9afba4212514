//! The configuration, as keyword arguments.

use newsprint::{Config, ConfigBuilder, Error, Relation};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::errors::{OrRaise, exception, invalid};

/// What counts as a copy, and how thoroughly to search.
///
/// Every function takes these options itself; a ``Config`` keeps them for several calls, and can be
/// pickled. What is not given is taken from the preset.
///
/// :param preset: ``"wire"`` (copies, excerpts, revised and rewritten texts; the default),
///     ``"story"`` (also independent accounts of one event), ``"ocr"`` (scanned texts) or
///     ``"strict"`` (nearly verbatim copies).
/// :param threshold: the Jaccard similarity from which two articles are a pair, whatever their
///     relation, above 0 and at most 1.
/// :param shingle: the unit of comparison, ``"words:N"`` or ``"chars:N"``, N from 1 to 32.
/// :param scope: ``"similar"``, ``"text"`` or ``"story"``: what makes two articles a pair.
/// :param relations: names of the relations to report.
/// :param min_confidence: the least probability of these relations, 0 to 1.
/// :param recall: the share of the pairs at the threshold to find, above 0 and below 1; 0.999.
/// :param slots: the slots of a signature, a power of two from 16 to 1,024.
/// :param story_window: the most days between two accounts of one event; 14.
/// :param across_sources: whether only articles of different sources are pairs; ``False``.
/// :param bucket_limit: the size above which a bucket is not compared pair by pair; 256.
/// :param passage_words: the least words of a passage that ``passages`` finds; 25.
/// :param seed: the seed of all hashes; 0.
/// :raises InvalidInputError: if a value is out of its range; the message names value and limit.
///
/// >>> from newsprint import Config, InvalidInputError
/// >>> Config("strict", threshold=0.7)
/// Config(preset='strict', threshold=0.7)
/// >>> try:
/// ...     Config(threshold=1.5)
/// ... except InvalidInputError as error:
/// ...     print(error)
/// threshold is 1.5, must be above 0 and at most 1
#[pyclass(frozen, eq, module = "newsprint", name = "Config")]
pub(crate) struct PyConfig {
    pub(crate) config: Config,
    options: Py<PyDict>,
}

impl PartialEq for PyConfig {
    fn eq(&self, other: &Self) -> bool {
        self.config == other.config
    }
}

#[pymethods]
impl PyConfig {
    #[new]
    #[pyo3(signature = (preset=None, **options))]
    fn new(
        py: Python<'_>,
        preset: Option<Bound<'_, PyAny>>,
        options: Option<Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let all = PyDict::new(py);
        if let Some(preset) = preset {
            all.set_item("preset", preset)?;
        }
        for (name, value) in options.iter().flatten() {
            // Absent and `None` are the same, so that options can be passed on.
            if !value.is_none() {
                all.set_item(name, value)?;
            }
        }
        let mut builder = Config::builder();
        for (name, value) in &all {
            let name: String = name.extract()?;
            builder = set(builder, &name, &value).map_err(|error| named(py, &name, error))?;
        }
        Ok(PyConfig { config: builder.build().or_raise()?, options: all.unbind() })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let option = |(name, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            Ok(format!("{name}={}", value.repr()?))
        };
        let options: PyResult<Vec<String>> = self.options.bind(py).iter().map(option).collect();
        Ok(format!("Config({})", options?.join(", ")))
    }

    fn __getnewargs_ex__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        Ok((PyTuple::empty(py), self.options.bind(py).copy()?))
    }
}

/// The builder with one more option.
fn set(builder: ConfigBuilder, name: &str, value: &Bound<'_, PyAny>) -> PyResult<ConfigBuilder> {
    fn parsed<T: std::str::FromStr<Err = Error>>(value: &Bound<'_, PyAny>) -> PyResult<T> {
        value.extract::<String>()?.parse().map_err(|error| exception(&error))
    }
    Ok(match name {
        "preset" => builder.preset(parsed(value)?),
        "threshold" => builder.threshold(value.extract()?),
        "shingle" => builder.shingle(parsed(value)?),
        "scope" => builder.scope(parsed(value)?),
        "relations" => {
            let relation = |name: Bound<'_, PyAny>| parsed::<Relation>(&name);
            let relations: PyResult<Vec<Relation>> =
                value.try_iter()?.map(|name| relation(name?)).collect();
            builder.relations(&relations?)
        }
        "min_confidence" => builder.min_confidence(value.extract()?),
        "recall" => builder.recall(value.extract()?),
        "slots" => builder.slots(value.extract()?),
        "story_window" => builder.story_window(value.extract()?),
        "across_sources" => builder.across_sources(value.extract()?),
        "bucket_limit" => builder.bucket_limit(value.extract()?),
        "passage_words" => builder.passage_words(value.extract()?),
        "seed" => builder.seed(value.extract()?),
        _ => return Err(PyTypeError::new_err(format!("there is no option {name:?}"))),
    })
}

/// An error of a conversion, with the name of the option.
fn named(py: Python<'_>, name: &str, error: PyErr) -> PyErr {
    let is_value = error.is_instance_of::<pyo3::exceptions::PyOverflowError>(py);
    if is_value { invalid(format!("{name}: {}", error.value(py))) } else { error }
}

/// The configuration of a call: the one that was given, or that of its options.
pub(crate) fn config_of<'py>(
    py: Python<'py>,
    config: Option<Bound<'py, PyConfig>>,
    options: Option<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyConfig>> {
    match (config, options.filter(|options| !options.is_empty())) {
        (Some(config), None) => Ok(config),
        (None, options) => Bound::new(py, PyConfig::new(py, None, options)?),
        (Some(_), Some(options)) => Err(PyTypeError::new_err(format!(
            "a config goes with no other options, and {} are given",
            options.keys()
        ))),
    }
}
