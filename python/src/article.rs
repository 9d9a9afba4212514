//! One article of a call to an index.

use newsprint::{Article, Date};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyString;

use crate::articles::{backed, date_text, title_first};
use crate::errors::OrRaise;

/// An article that is given by keywords.
pub(crate) struct OneArticle {
    text: String,
    id: Option<PyBackedStr>,
    date: Option<Date>,
    source: Option<PyBackedStr>,
}

impl OneArticle {
    pub(crate) fn new(
        text: Bound<'_, PyString>,
        id: Option<Bound<'_, PyString>>,
        date: Option<Bound<'_, PyAny>>,
        source: Option<Bound<'_, PyString>>,
        title: Option<Bound<'_, PyString>>,
    ) -> PyResult<Self> {
        let title = title.map(backed).transpose()?;
        let (text, mut buffer) = (backed(text)?, String::new());
        let text = title_first(title.as_deref().unwrap_or_default(), &text, &mut buffer).to_owned();
        Ok(OneArticle {
            text,
            id: id.map(backed).transpose()?,
            date: date.map(|date| date_of(&date)).transpose()?,
            source: source.map(backed).transpose()?,
        })
    }

    pub(crate) fn article(&self) -> Article<'_> {
        let article = Article::new(&self.text).date(self.date).source(self.source.as_deref());
        match &self.id {
            Some(id) => article.id(id),
            None => article,
        }
    }
}

/// A date as Python has it: a ``str``, a ``datetime`` or seconds.
pub(crate) fn date_of(date: &Bound<'_, PyAny>) -> PyResult<Date> {
    backed(date_text(date)?)?.parse().or_raise()
}
