//! What comes in: a text, and what is known about it.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::Error;

/// An article, borrowed: its text and, where known, its id, date and source.
///
/// ```
/// use newsprint::Article;
///
/// let article = Article { id: Some("a-17"), date: Some("2018-07-16".parse()?), ..Article::new("The summit began.") };
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Article<'a> {
    /// The text as it came.
    pub text: &'a str,
    /// A name for it, used only to break ties in a way that does not depend on the order of the
    /// input.
    pub id: Option<&'a str>,
    /// When it appeared: the earliest of a cluster represents it.
    pub date: Option<Date>,
    /// Who published it.
    pub source: Option<&'a str>,
}

impl<'a> Article<'a> {
    /// An article of which only the text is known.
    pub fn new(text: &'a str) -> Self {
        Article { text, ..Article::default() }
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
///         Article { id: Some(&self.url), ..Article::new(&self.body) }
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

/// A moment in time, to the second, in UTC.
///
/// Reads what feeds and archives write: ISO 8601 (`2018-07-16`, `2018-07-16T09:10:56-04:00`,
/// `2018-07-16 09:10Z`) and days with the month's English name (`Mon, 16 Jul 2018 09:10:56 +0200`,
/// `26-FEB-1987 15:01:01.79`). A time without zone is taken as UTC, a day without time as its first
/// second, fractions of a second are dropped.
///
/// ```
/// use newsprint::Date;
///
/// let a: Date = "2018-07-16T09:10:56-04:00".parse()?;
/// let b: Date = "Mon, 16 Jul 2018 13:10:56 GMT".parse()?;
/// assert_eq!(a, b);
/// assert_eq!(a.to_string(), "2018-07-16T13:10:56Z");
/// assert!("2018-07-16".parse::<Date>()? < a);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i64);

impl Date {
    /// The moment so many seconds after 1970 began, UTC; negative before.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Date(seconds)
    }

    /// Seconds since 1970 began, UTC.
    pub fn unix_seconds(self) -> i64 {
        self.0
    }
}

/// ISO 8601, in UTC: `2018-07-16T13:10:56Z`, or the day alone at its first second. It is read back
/// as the same date.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY: i64 = 86_400;
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        match self.0.rem_euclid(DAY) {
            0 => Ok(()),
            s => write!(f, "T{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60),
        }
    }
}

impl FromStr for Date {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        read_date(s.trim()).ok_or_else(|| Error::date(s))
    }
}

fn read_date(s: &str) -> Option<Date> {
    // The day and the rest: digits, or digits and a month's name, in one of three orders.
    let s = s.split_once(", ").map_or(s, |(_, after_weekday)| after_weekday);
    let (day, time) = match s.split_once(['T', 't']).filter(|(day, _)| day.len() == 10) {
        Some(parts) => parts,
        None if s.len() > 10 && s.as_bytes()[4] == b'-' => s.split_once(' ')?,
        None if s.as_bytes().get(4) == Some(&b'-') => (s, ""),
        None => {
            let year = s.match_indices(['-', ' ']).nth(1)?.0 + 1;
            let end = s[year..].find(' ').map_or(s.len(), |i| year + i);
            (&s[..end], s[end..].trim())
        }
    };
    let mut parts = day.split(['-', ' ']);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match a.len() {
        4 => (number(a, 4)?, number(b, 2)?, number(c, 2)?),
        _ => (number(c, 4)?, month_number(b)?, number(a, 2)?),
    };
    let seconds = if time.is_empty() { 0 } else { seconds_of_day(time)? };
    Some(Date(days_from_civil(year, month, day)? * 86_400 + seconds))
}

fn number(s: &str, longest: usize) -> Option<i64> {
    let valid = (1..=longest).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if valid { s.parse().ok() } else { None }
}

fn month_number(name: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_ascii_lowercase();
    let month = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name))?;
    Some(month as i64 + 1)
}

/// Seconds from midnight UTC of `hh:mm[:ss[.fff]]` with an optional zone; may lie outside the day.
fn seconds_of_day(time: &str) -> Option<i64> {
    let zone_at = time.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let clock = clock.split('.').next()?;
    let mut parts = clock.split(':');
    let hours = number(parts.next()?, 2)?;
    let minutes = number(parts.next()?, 2)?;
    let seconds = parts.next().map_or(Some(0), |s| number(s, 2))?;
    if parts.next().is_some() || hours > 24 || minutes > 59 || seconds > 60 {
        return None;
    }
    let offset = match zone.trim() {
        "" | "Z" | "z" | "GMT" | "UTC" | "UT" => 0,
        zone => {
            let sign = match zone.as_bytes()[0] {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let digits = zone.get(1..)?;
            let (h, m) = match digits.split_once(':') {
                Some((h, m)) => (h, m),
                None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
                None => (digits, "0"),
            };
            sign * (number(h, 2)? * 3600 + number(m, 2)? * 60)
        }
    };
    Some(hours * 3600 + minutes * 60 + seconds - offset)
}

/// Days since 1 January 1970 in the Gregorian calendar (Howard Hinnant's formula), if there is such
/// a day.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let (era, month) = (y.div_euclid(400), (month + 9) % 12);
    let year_of_era = y - era * 400;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// The day so many days after 1970 began: the way back.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Counted from March, so that the leap day comes last.
    let month = (5 * day_of_year + 2) / 153;
    let year = era * 400 + year_of_era + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day_of_year - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_feeds_write_them() {
        for (text, seconds) in [
            ("1970-01-01", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2018-07-16", 1_531_699_200),
            ("2018-07-16T09:10:56-04:00", 1_531_746_656),
            ("2018-07-16 13:10:56", 1_531_746_656),
            ("2018-07-16T13:10:56.789Z", 1_531_746_656),
            ("2018-07-16T13:10Z", 1_531_746_600),
            ("Mon, 16 Jul 2018 15:10:56 +0200", 1_531_746_656),
            ("16 July 2018", 1_531_699_200),
            (" 26-FEB-1987 15:01:01.79", 541_350_061),
            ("2000-02-29", 951_782_400),
            ("1900-01-01", -2_208_988_800),
        ] {
            let date = Date(seconds);
            assert_eq!(text.parse(), Ok(date), "{text}");
            assert_eq!(date.to_string().parse(), Ok(date), "{text}");
        }
    }

    #[test]
    fn every_day_is_read_back_as_it_is_written() {
        assert_eq!(Date(1_531_746_656).to_string(), "2018-07-16T13:10:56Z");
        let day = |number: i64| Date(number * 86_400);
        for number in -719_000..200_000 {
            assert_eq!(day(number).to_string().parse(), Ok(day(number)));
        }
        assert_eq!(Date(i64::MAX).to_string(), "292277026596-12-04T15:30:07Z");
    }

    #[test]
    fn what_is_no_date_is_refused_by_name() {
        for bad in [
            "",
            "yesterday",
            "2018",
            "2018-07",
            "2018-13-01",
            "2018-02-29",
            "16/07/2018",
            "2018-07-16T25:00",
            "16 Jux 2018",
            "2018-07-16T09:10:56+abc",
            "１６ Jul 2018",
            "-1-2-3",
            "2018-07-1６",
            "é-é-é",
            "2018-07-16é",
            "ab-cd-é",
            "Mon, ",
        ] {
            let error = bad.parse::<Date>().expect_err(bad).to_string();
            assert!(error.starts_with("date is "), "{error}");
        }
    }
}
