//! Errors: each kind of the crate is an exception of the Python file `errors.py`.

use newsprint::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyModule;

/// The exception for an error of the crate.
pub(crate) fn exception(error: &Error) -> PyErr {
    let name = match error.kind() {
        ErrorKind::InvalidInput => "InvalidInputError",
        ErrorKind::Mismatch => "MismatchError",
        ErrorKind::NotFound => "NotFoundError",
        ErrorKind::AlreadyExists => "AlreadyExistsError",
        ErrorKind::Locked => "LockedError",
        ErrorKind::Newer => "NewerError",
        ErrorKind::Older => "OlderError",
        ErrorKind::OtherSettings => "OtherSettingsError",
        ErrorKind::Damaged => "DamagedError",
        ErrorKind::StorageFull => "StorageFullError",
        ErrorKind::Io => "StorageError",
        ErrorKind::Full => "FullError",
        ErrorKind::Cancelled => "CancelledError",
        // Kinds of later versions of the crate.
        _ => "NewsprintError",
    };
    named(name, &error.to_string())
}

/// The exception for an argument that is refused here.
pub(crate) fn invalid(message: impl AsRef<str>) -> PyErr {
    named("InvalidInputError", message.as_ref())
}

fn named(name: &str, message: &str) -> PyErr {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    Python::attach(|py| {
        let import = || PyModule::import(py, "newsprint.errors").map(Bound::unbind);
        let made = MODULE
            .get_or_try_init(py, import)
            .and_then(|module| module.bind(py).getattr(name)?.call1((message,)));
        made.map_or_else(|error| error, PyErr::from_value)
    })
}

/// Why long work ended early.
pub(crate) enum Ended {
    Failed(Error),
    /// The caller asked for it between two calls of the crate.
    Cancelled,
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Ended::Failed(error)
    }
}

impl From<Ended> for PyErr {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Failed(error) => exception(&error),
            Ended::Cancelled => named("CancelledError", "the search was ended by its caller"),
        }
    }
}

/// Turns errors of the crate into exceptions.
pub(crate) trait OrRaise<T> {
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T, Error> {
    fn or_raise(self) -> PyResult<T> {
        self.map_err(|error| exception(&error))
    }
}
