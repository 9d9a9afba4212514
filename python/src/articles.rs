//! Articles as Python has them: a list, a column, or a table with names, used where they lie.

use std::borrow::Cow;
use std::io;

use newsprint::{Article, Collection, Date};
use pyo3::exceptions::{PyTypeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyDict, PyString};

use crate::arrow::import::{Column, Imported, TextColumn};
use crate::errors::invalid;

/// Texts, of which some may be missing.
pub(crate) enum Texts {
    Lent(TextColumn),
    Held(Vec<Option<PyBackedStr>>),
    Made(Vec<Option<String>>),
}

impl Texts {
    pub(crate) fn len(&self) -> usize {
        match self {
            Texts::Lent(texts) => texts.len(),
            Texts::Held(texts) => texts.len(),
            Texts::Made(texts) => texts.len(),
        }
    }

    pub(crate) fn get(&self, i: usize) -> Option<&str> {
        match self {
            Texts::Lent(texts) => texts.get(i),
            Texts::Held(texts) => texts[i].as_deref(),
            Texts::Made(texts) => texts[i].as_deref(),
        }
    }
}

/// The articles of a call, as the detector reads them.
pub(crate) struct Articles {
    texts: Texts,
    titles: Option<Texts>,
    pub(crate) ids: Option<Texts>,
    pub(crate) sources: Option<Texts>,
    pub(crate) dates: Option<Vec<Option<Date>>>,
    pub(crate) unread_dates: UnreadDates,
}

/// Dates that cannot be read. As in the program, they are left out and told.
#[derive(Default)]
pub(crate) struct UnreadDates {
    pub(crate) number: usize,
    /// The row of the first, and what is wrong with it.
    pub(crate) first: Option<(usize, String)>,
}

/// What a call says of its articles besides their texts: columns, or names of columns.
#[derive(Default)]
pub(crate) struct Given<'py> {
    pub(crate) text: Option<String>,
    pub(crate) ids: Option<Bound<'py, PyAny>>,
    pub(crate) dates: Option<Bound<'py, PyAny>>,
    pub(crate) sources: Option<Bound<'py, PyAny>>,
    /// `None` where titles are no part of the texts.
    pub(crate) titles: Option<Option<Bound<'py, PyAny>>>,
}

/// What articles are read from.
enum Input<'py> {
    Table(Imported, Vec<String>),
    Dict(Bound<'py, PyDict>),
    /// A column, or an iterable.
    Texts(Bound<'py, PyAny>, Option<Imported>),
}

impl Articles {
    /// Reads the articles of a call, with a warning if dates cannot be read.
    pub(crate) fn read(texts: &Bound<'_, PyAny>, given: &Given<'_>) -> PyResult<Self> {
        let articles = Articles::read_quietly(texts, given)?;
        articles.unread_dates.warn(texts.py())?;
        Ok(articles)
    }

    /// Reads the articles of a call. It is for the caller to tell of `unread_dates`.
    pub(crate) fn read_quietly(texts: &Bound<'_, PyAny>, given: &Given<'_>) -> PyResult<Self> {
        let input = Input::of(texts)?;
        let name = given.text.as_deref().unwrap_or("text");
        let texts = match (&input, input.named(name)?) {
            (Input::Texts(object, None), _) => held(object, Wanted::Texts)?,
            (Input::Texts(_, Some(imported)), _) => {
                Wanted::Texts.texts_of(column(texts.py(), imported, None)?)?
            }
            (_, Some(found)) => found.texts(Wanted::Texts)?,
            (_, None) => {
                return Err(invalid(format!(
                    "the table has no column {name:?} (text= names another); it has {}",
                    input.names().join(", ")
                )));
            }
        };
        let part = |given: &Option<Bound<'_, PyAny>>, name, wanted| {
            let found = input.part(given.as_ref(), name)?;
            let read = found.map(|found| found.texts(wanted)).transpose()?;
            checked(read, Texts::len, name, texts.len())
        };
        let titles = given.titles.as_ref().map(|titles| part(titles, "title", Wanted::Names));
        let titles = titles.transpose()?;
        let ids = part(&given.ids, "id", Wanted::Names)?;
        let sources = part(&given.sources, "source", Wanted::Names)?;
        let dates = input.part(given.dates.as_ref(), "date")?;
        let (dates, unread_dates) = dates.map(Found::dates).transpose()?.unzip();
        let dates = checked(dates, Vec::len, "date", texts.len())?;
        let unread_dates = unread_dates.unwrap_or_default();
        Ok(Articles { titles: titles.flatten(), ids, sources, dates, texts, unread_dates })
    }

    /// The text alone of an article.
    pub(crate) fn own_text(&self, i: usize) -> &str {
        self.texts.get(i).unwrap_or_default()
    }

    /// The text of an article with its title.
    pub(crate) fn whole_text<'t>(&'t self, i: usize, buffer: &'t mut String) -> &'t str {
        let title = self.titles.as_ref().and_then(|titles| titles.get(i));
        title_first(title.unwrap_or_default(), self.own_text(i), buffer)
    }
}

/// A part that has as many values as there are texts.
fn checked<T>(
    part: Option<T>,
    len: impl Fn(&T) -> usize,
    name: &str,
    texts: usize,
) -> PyResult<Option<T>> {
    match part.as_ref().map(len).filter(|&len| len != texts) {
        Some(len) => Err(invalid(format!("there are {texts} texts and {len} values of {name}"))),
        None => Ok(part),
    }
}

impl Collection for Articles {
    fn len(&self) -> usize {
        self.texts.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        let article = Article::new("")
            .date(self.dates.as_ref().and_then(|dates| dates[i]))
            .source(self.sources.as_ref().and_then(|sources| sources.get(i)));
        match self.ids.as_ref().and_then(|ids| ids.get(i)) {
            Some(id) => article.id(id),
            None => article,
        }
    }

    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str> {
        Ok(self.whole_text(i, buffer))
    }
}

/// The text with the title as its first line, unless it is that already.
pub(crate) fn title_first<'t>(title: &str, text: &'t str, buffer: &'t mut String) -> &'t str {
    match Article::titled(title, text) {
        Cow::Borrowed(text) => text,
        Cow::Owned(titled) => {
            *buffer = titled;
            buffer
        }
    }
}

impl<'py> Input<'py> {
    fn of(object: &Bound<'py, PyAny>) -> PyResult<Self> {
        if object.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("texts is one str, must be an iterable of them"));
        }
        if let Ok(dict) = object.cast::<PyDict>() {
            return Ok(Input::Dict(dict.clone()));
        }
        let imported = Imported::read(object)?;
        Ok(match imported {
            Some(imported) => match imported.names() {
                Some(names) => Input::Table(imported, names),
                None => Input::Texts(object.clone(), Some(imported)),
            },
            None => Input::Texts(object.clone(), None),
        })
    }

    fn names(&self) -> Vec<String> {
        match self {
            Input::Table(_, names) => names.clone(),
            Input::Dict(dict) => dict.keys().iter().map(|name| name.to_string()).collect(),
            Input::Texts(..) => Vec::new(),
        }
    }

    /// The column of a name.
    fn named(&self, name: &str) -> PyResult<Option<Found<'_, 'py>>> {
        Ok(match self {
            Input::Table(table, names) => {
                let number = names.iter().position(|it| it == name);
                number.map(|number| Found::Column(table, number))
            }
            Input::Dict(dict) => dict.get_item(name)?.map(Found::Object),
            Input::Texts(..) => None,
        })
    }

    /// A part of the articles: what was given, or the column of its usual name if there is one.
    fn part(
        &self,
        given: Option<&Bound<'py, PyAny>>,
        name: &str,
    ) -> PyResult<Option<Found<'_, 'py>>> {
        let Some(given) = given else { return self.named(name) };
        match given.cast::<PyString>() {
            Err(_) => Ok(Some(Found::Object(given.clone()))),
            Ok(column) => match self.named(column.to_cow()?.as_ref())? {
                Some(found) => Ok(Some(found)),
                None => Err(invalid(format!(
                    "there is no column {column:?} for {name}; there are {:?}",
                    self.names()
                ))),
            },
        }
    }
}

/// A part of the articles before it is read.
enum Found<'t, 'py> {
    Column(&'t Imported, usize),
    Object(Bound<'py, PyAny>),
}

impl Found<'_, '_> {
    fn texts(self, wanted: Wanted) -> PyResult<Texts> {
        match self {
            Found::Column(table, number) => {
                wanted.texts_of(Python::attach(|py| column(py, table, Some(number)))?)
            }
            Found::Object(object) => match Imported::read(&object)? {
                Some(imported) => wanted.texts_of(column(object.py(), &imported, None)?),
                None => held(&object, wanted),
            },
        }
    }

    fn dates(self) -> PyResult<(Vec<Option<Date>>, UnreadDates)> {
        let column = match &self {
            Found::Column(table, number) => {
                Some(Python::attach(|py| column(py, table, Some(*number)))?)
            }
            Found::Object(object) => {
                let imported = Imported::read(object)?;
                imported.map(|imported| column(object.py(), &imported, None)).transpose()?
            }
        };
        let texts = match (column, self) {
            (Some(Column::Moments(moments)), _) => {
                let date = |moment: Option<i64>| moment.map(Date::from_unix_seconds);
                return Ok((moments.into_iter().map(date).collect(), UnreadDates::default()));
            }
            (Some(column), _) => Wanted::Dates.texts_of(column)?,
            (None, Found::Object(object)) => held(&object, Wanted::Dates)?,
            (None, Found::Column(..)) => Texts::Made(Vec::new()),
        };
        Ok(parsed(&texts))
    }
}

/// Dates from what is written.
fn parsed(texts: &Texts) -> (Vec<Option<Date>>, UnreadDates) {
    let mut unread = UnreadDates::default();
    let dates = (0..texts.len()).map(|i| {
        let text = texts.get(i).filter(|text| !text.trim().is_empty())?;
        let date = text.parse::<Date>();
        if let Err(error) = &date {
            unread.first.get_or_insert_with(|| (i, error.to_string()));
            unread.number += 1;
        }
        date.ok()
    });
    (dates.collect(), unread)
}

impl UnreadDates {
    fn warn(&self, py: Python<'_>) -> PyResult<()> {
        let Some((row, error)) = &self.first else { return Ok(()) };
        let message = format!(
            "{} dates cannot be read and are left out; the first is in row {row}: {error}",
            self.number
        );
        py.import("warnings")?.call_method1("warn", (message,)).map(drop)
    }
}

/// A column of an import, read without the interpreter lock.
fn column(py: Python<'_>, imported: &Imported, number: Option<usize>) -> PyResult<Column> {
    py.detach(|| imported.column(number)).map_err(invalid)
}

/// What values are wanted for.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    /// Articles: nothing but texts.
    Texts,
    /// Ids, sources or titles, which may be numbers.
    Names,
    Dates,
}

impl Wanted {
    /// The text of an item of a list, or `None` if it is refused.
    fn text_of<'py>(self, item: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyString>>> {
        match self {
            Wanted::Texts => Ok(item.cast::<PyString>().ok().cloned()),
            Wanted::Names => item.str().map(Some),
            Wanted::Dates => date_text(item).map(Some),
        }
    }

    /// The texts of a column.
    fn texts_of(self, column: Column) -> PyResult<Texts> {
        let refused =
            |what| Err(invalid(format!("a column of {what} is given where texts belong")));
        match column {
            Column::Texts(texts) => Ok(Texts::Lent(texts)),
            Column::Integers(_) if self == Wanted::Texts => refused("integers"),
            Column::Integers(numbers) => {
                let text = |number: Option<i64>| number.map(|number| number.to_string());
                Ok(Texts::Made(numbers.into_iter().map(text).collect()))
            }
            Column::Moments(_) => refused("dates"),
        }
    }
}

/// A date as it is written: ISO 8601 of a ``datetime``.
pub(crate) fn date_text<'py>(item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyString>> {
    match item.hasattr("isoformat")? {
        true => item.call_method0("isoformat")?.str(),
        false => item.str(),
    }
}

/// Whether an item stands for none: `None`, or NaN, NaT and NA of pandas, which do not equal
/// themselves; the last has no truth to say so.
fn is_missing(item: &Bound<'_, PyAny>) -> bool {
    if item.is_instance_of::<PyString>() {
        return false;
    }
    let differs = |error: PyErr| error.is_instance_of::<PyTypeError>(item.py());
    item.is_none() || item.eq(item).map_or_else(differs, |is_equal| !is_equal)
}

/// The texts of an iterable of Python objects.
fn held(object: &Bound<'_, PyAny>, wanted: Wanted) -> PyResult<Texts> {
    let mut texts = Vec::with_capacity(object.len().unwrap_or_default());
    for (row, item) in object.try_iter()?.enumerate() {
        let item = item?;
        if is_missing(&item) {
            texts.push(None);
            continue;
        }
        let Some(text) = wanted.text_of(&item)? else {
            let kind = item.get_type();
            return Err(PyTypeError::new_err(format!("item {row} is {kind}, must be str or None")));
        };
        texts.push(Some(backed(text)?));
    }
    Ok(Texts::Held(texts))
}

/// The bytes of a str. A lone surrogate, which UTF-8 does not have, becomes a question mark.
pub(crate) fn backed(text: Bound<'_, PyString>) -> PyResult<PyBackedStr> {
    let py = text.py();
    PyBackedStr::try_from(text.clone()).or_else(|error| {
        if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
            return Err(error);
        }
        let bytes = text.call_method1("encode", ("utf-8", "replace"))?;
        PyBackedStr::try_from(bytes.call_method0("decode")?.cast_into::<PyString>()?)
    })
}
