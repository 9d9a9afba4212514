//! Articles of a distributed job before they are signed: by the same rules as those of `dedup`.
//!
//! The Python package `newsprint.spark` calls it on its workers, with one batch of rows at a time.
//! So the rule how a title and a text become one, and which dates are read, stands in `articles`
//! alone.

use newsprint::{Collection, Date};
use pyo3::prelude::*;

use crate::articles::{Articles, Given};
use crate::columns::{PyTable, seconds, some, texts};

/// The columns that a job signs, from a table with ``id``, ``text`` and perhaps ``title``, ``date``
/// and ``source``: ``id``, ``text`` with its title, ``date`` in seconds, ``source``. A missing text
/// is empty.
///
/// :returns: the table; how many dates cannot be read and are left out; of the first of them the
///     row and what is wrong, or ``None``.
/// :raises InvalidInputError: if a column is missing or of another type.
#[pyfunction]
#[pyo3(name = "_prepared")]
pub(crate) fn prepared(table: Bound<'_, PyAny>) -> PyResult<(PyTable, Unread)> {
    let given = Given { titles: Some(None), ..Given::default() };
    let articles = Articles::read_quietly(&table, &given)?;
    let rows = 0..articles.len();
    let mut buffer = String::new();
    let whole = rows.clone().map(|i| articles.whole_text(i, &mut buffer).to_owned());
    let whole: Vec<String> = whole.collect();
    let ids = rows.clone().map(|i| articles.ids.as_ref().and_then(|ids| ids.get(i)));
    let sources = rows.clone().map(|i| articles.sources.as_ref().and_then(|it| it.get(i)));
    let dates = rows.clone().map(|i| articles.article(i).date.map(Date::unix_seconds));
    let columns = vec![
        ("id", texts(ids)),
        ("text", texts(whole.iter().map(|text| Some(text.as_str())))),
        ("date", some(dates.collect(), seconds)),
        ("source", texts(sources)),
    ];
    Ok((PyTable::new(columns), (articles.unread_dates.number, articles.unread_dates.first)))
}

/// How many dates cannot be read, and the first of them.
type Unread = (usize, Option<(usize, String)>);
