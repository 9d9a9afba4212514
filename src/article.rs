//! An article: a text and its metadata.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use crate::date::Date;

/// An article, borrowed: its text and, where known, its id, date and source.
///
/// A headline is the first line of the text: the spans of passages are places in one string, so
/// there is no field of its own for it. [`Article::titled`] makes such a text.
///
/// ```
/// use newsprint::Article;
///
/// let text = "The summit began.";
/// let date: newsprint::Date = "2018-07-16".parse()?;
/// let article = Article::new(text).id("a-17").date(date);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Article<'a> {
    /// The text as it came.
    pub text: &'a str,
    /// Its id, used only to break ties independently of the order of the input.
    pub id: Option<&'a str>,
    /// When it appeared: the earliest article of a cluster represents it.
    pub date: Option<Date>,
    /// Who published it.
    pub source: Option<&'a str>,
}

impl<'a> Article<'a> {
    /// An article of which only the text is known.
    pub fn new(text: &'a str) -> Self {
        Article { text, id: None, date: None, source: None }
    }

    /// The text of an article whose headline is given apart: with the title as its first line,
    /// unless it begins with it already. So the same pairs are found whether the headline stands in
    /// a field of its own or in the text. O(bytes) time.
    ///
    /// The spans of passages are places in this text, so keep it as long as the article.
    ///
    /// ```
    /// use newsprint::Article;
    ///
    /// let text = Article::titled("Flood in Ostra", "The river rose in the night.");
    /// assert_eq!(text, "Flood in Ostra\n\nThe river rose in the night.");
    /// assert_eq!(Article::titled("Flood in Ostra", &text), text);
    /// let article = Article::new(&text).id("a-17");
    /// # let _ = article;
    /// ```
    pub fn titled<'t>(title: &str, text: &'t str) -> Cow<'t, str> {
        let title = title.trim();
        match title.is_empty() || text.trim_start().starts_with(title) {
            true => Cow::Borrowed(text),
            false => Cow::Owned([title, "\n\n", text].concat()),
        }
    }

    /// The same article with this id.
    #[must_use]
    pub fn id(self, id: &'a str) -> Self {
        Article { id: Some(id), ..self }
    }

    /// The same article with this date: a [`Date`], or an `Option` of one.
    #[must_use]
    pub fn date(self, date: impl Into<Option<Date>>) -> Self {
        Article { date: date.into(), ..self }
    }

    /// The same article with this source: a `&str`, or an `Option` of one.
    #[must_use]
    pub fn source(self, source: impl Into<Option<&'a str>>) -> Self {
        Article { source: source.into(), ..self }
    }

    /// The same article with this text: for instance metadata of a
    /// [`Collection`](crate::Collection) with the text that belongs to it.
    #[must_use]
    pub fn with_text(self, text: &'a str) -> Self {
        Article { text, ..self }
    }
}

/// Anything that can be read as an [`Article`]: strings of every kind, and your own record types.
///
/// ```
/// use newsprint::{Article, AsArticle, Detector};
///
/// struct Story { url: String, body: String }
///
/// impl AsArticle for Story {
///     fn as_article(&self) -> Article<'_> {
///         Article::new(&self.body).id(&self.url)
///     }
/// }
///
/// let stories = [Story { url: "/1".into(), body: "Rain in the north.".into() }];
/// assert!(Detector::default().find_pairs(&stories).pairs.is_empty());
/// ```
pub trait AsArticle {
    /// The article. Called several times for each, so it should cost nothing.
    fn as_article(&self) -> Article<'_>;
}

impl AsArticle for Article<'_> {
    fn as_article(&self) -> Article<'_> {
        *self
    }
}

impl AsArticle for str {
    fn as_article(&self) -> Article<'_> {
        Article::new(self)
    }
}

impl AsArticle for String {
    fn as_article(&self) -> Article<'_> {
        Article::new(self)
    }
}

impl AsArticle for Cow<'_, str> {
    fn as_article(&self) -> Article<'_> {
        Article::new(self)
    }
}

macro_rules! through_pointers {
    ($($pointer:ty),*) => {$(
        impl<T: AsArticle + ?Sized> AsArticle for $pointer {
            fn as_article(&self) -> Article<'_> {
                (**self).as_article()
            }
        }
    )*};
}

through_pointers!(&T, Box<T>, Rc<T>, Arc<T>);
