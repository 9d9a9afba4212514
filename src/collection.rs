//! Collections: many articles, with their texts in memory, in a file or in a database.

use std::io;
use std::sync::Arc;

use crate::article::{Article, AsArticle};

/// Articles that a [`Detector`](crate::Detector) can read, numbered from 0.
///
/// Slices, arrays and vectors of anything that is [`AsArticle`] are collections. For more articles
/// than fit in memory, implement it yourself: the [metadata of an article](Collection::article) is
/// small, and its [text](Collection::text) can be read on demand. Each text is read once to be
/// signed, roughly in order, and the texts of candidates once or a few times more; from several
/// threads at once.
///
/// If a text cannot be read, the work ends with an error that names the article, of the kind
/// [`Io`](crate::ErrorKind::Io), whose [source](std::error::Error::source) is that of the
/// collection. A text that has changed since it was read before makes the results wrong but does no
/// other harm.
///
/// ```
/// use std::fs::File;
/// use std::io::{self, Read, Seek, SeekFrom};
/// use std::sync::Mutex;
///
/// use newsprint::{Article, Collection, Detector, Progress};
///
/// /// Texts in a file, each at a place of its own.
/// struct Stored {
///     file: Mutex<File>,
///     spans: Vec<(u64, u64)>,
/// }
///
/// impl Collection for Stored {
///     fn len(&self) -> usize {
///         self.spans.len()
///     }
///
///     fn article(&self, _: usize) -> Article<'_> {
///         Article::default() // no id, no date, no source
///     }
///
///     fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str> {
///         let (start, length) = self.spans[i];
///         let mut file = self.file.lock().unwrap();
///         file.seek(SeekFrom::Start(start))?;
///         buffer.clear();
///         (&mut *file).take(length).read_to_string(buffer)?;
///         Ok(buffer)
///     }
/// }
/// # let path = std::env::temp_dir().join(format!("newsprint-collection-{}", std::process::id()));
/// # let text = "The river rose by two metres in a night";
/// # std::fs::write(&path, format!("{text}.{text}!")).unwrap();
/// # let file = File::open(&path).unwrap();
/// # std::fs::remove_file(&path).unwrap();
/// let stored = Stored { file: Mutex::new(file), spans: vec![(0, 40), (40, 40)] };
/// let found = Detector::default().try_find_pairs(&stored, Progress::ignore)?;
/// assert_eq!(found.pairs.iter().next().map(|pair| pair.jaccard()), Some(1.0));
/// # Ok::<(), newsprint::Error>(())
/// ```
pub trait Collection: Sync {
    /// How many articles there are.
    fn len(&self) -> usize;

    /// True if there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The metadata of article `i`; its text is not read and may be left empty. Called several
    /// times for each article, so it should cost nothing.
    fn article(&self, i: usize) -> Article<'_>;

    /// The text of article `i`: borrowed from the collection, or read into `buffer`, whose former
    /// content does not matter. Must be the same text each time.
    ///
    /// # Errors
    /// If it cannot be read. [`io::Error::other`] takes the error of any database.
    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str>;
}

impl<A: AsArticle + Sync> Collection for [A] {
    fn len(&self) -> usize {
        <[A]>::len(self)
    }

    fn article(&self, i: usize) -> Article<'_> {
        self[i].as_article()
    }

    fn text<'t>(&'t self, i: usize, _: &'t mut String) -> io::Result<&'t str> {
        Ok(self[i].as_article().text)
    }
}

/// Implements the trait by forwarding to what is behind a pointer.
macro_rules! forward_to_pointee {
    ($(impl($($generics:tt)*) for $kind:ty;)*) => {$(
        impl<$($generics)*> Collection for $kind {
            fn len(&self) -> usize {
                (**self).len()
            }

            fn article(&self, i: usize) -> Article<'_> {
                (**self).article(i)
            }

            fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> io::Result<&'t str> {
                (**self).text(i, buffer)
            }
        }
    )*};
}

forward_to_pointee! {
    impl(A: AsArticle + Sync) for Vec<A>;
    impl(C: Collection + ?Sized) for &C;
    impl(C: Collection + ?Sized) for Box<C>;
    impl(C: Collection + Send + ?Sized) for Arc<C>;
}

impl<A: AsArticle + Sync, const N: usize> Collection for [A; N] {
    fn len(&self) -> usize {
        N
    }

    fn article(&self, i: usize) -> Article<'_> {
        self[i].as_article()
    }

    fn text<'t>(&'t self, i: usize, _: &'t mut String) -> io::Result<&'t str> {
        Ok(self[i].as_article().text)
    }
}

/// Texts as the stages read them: in memory, or from a collection whose [`Run`](crate::run::Run)
/// keeps the first error.
pub(crate) trait Texts: Sync {
    /// How many articles there are.
    fn len(&self) -> usize;

    /// The metadata of article `i`.
    fn article(&self, i: usize) -> Article<'_>;

    /// The text of article `i`, in `buffer` or where it lies.
    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> &'t str;
}

/// Some articles, by their numbers.
pub(crate) struct Subset<'a> {
    pub(crate) of: &'a dyn Texts,
    pub(crate) numbers: &'a [u32],
}

impl Texts for Subset<'_> {
    fn len(&self) -> usize {
        self.numbers.len()
    }

    fn article(&self, i: usize) -> Article<'_> {
        self.of.article(self.numbers[i] as usize)
    }

    fn text<'t>(&'t self, i: usize, buffer: &'t mut String) -> &'t str {
        self.of.text(self.numbers[i] as usize, buffer)
    }
}
