//! A moment in time: read from the forms that feeds and archives write, written as ISO 8601.

mod calendar;
mod reader;

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::names::serialized_as_text;
use calendar::{DAY, civil};

/// A moment in time, to the second, in UTC.
///
/// Read from what feeds and archives write:
///
/// | form | examples |
/// | --- | --- |
/// | ISO 8601, with `-`, `/` or `.` | `2018-07-16`, `2018-07-16T09:10:56.789-04:00`, `2018/07/16 09:10` |
/// | its basic form | `20180716`, `20180716T091056Z`, `20180716091056` |
/// | RFC 822, 2822, 5322, 850 | `Mon, 16 Jul 2018 09:10:56 +0200 (CEST)`, `Monday, 16-Jul-18 09:10:56 GMT` |
/// | day and month in words | `16 July 2018`, `July 16, 2018 9:10 PM`, `Mon Jul 16 2018`, `16-JUL-2018 09:10:56.12` |
/// | asctime and its kin | `Mon Jul 16 09:10:56 2018`, `Mon Jul 16 09:10:56 EDT 2018`, `Mon Jul 16 09:10:56 +0000 2018` |
/// | Unix time | `1531746656`, `1531746656.25`, `1531746656000` |
///
/// - The day of the week may be missing and is not checked. Names are English, in full or the first
///   three letters or more; before a comma the day of the week may be in any language.
/// - A year of two digits is in 1950 to 2049, a year of three digits counts from 1900 (RFC 2822),
///   and neither is read if the month is a number.
/// - A zone is an offset (`+0200`, `+02:00`, `+02`), or a name: `UT`, `UTC`, `GMT`, `Z`, those of
///   North America as in RFC 822, and common ones of Europe, Africa, Asia and Oceania. Any other
///   name of at most five letters is ignored (RFC 2822), and so is `IST`, which is used in India,
///   Ireland and Israel. A time without a known zone is taken as UTC.
/// - A day without time is its first second, also where dates are put in order; see
///   [`last_second`](Date::last_second). Fractions of a second are dropped. A leap second is
///   the first of the next minute.
/// - Unix time has 9 or 10 digits as seconds (1973-03-03 to 2286-11-20), 11 to 13 as milliseconds
///   (1970-04-26 to 2286-11-20).
/// - Numbers alone in another order, as `07/16/2018`, are refused, because it is unknown which is
///   the month.
///
/// ```
/// use newsprint::Date;
///
/// let a: Date = "2018-07-16T09:10:56-04:00".parse()?;
/// let b: Date = "Mon, 16 Jul 18 13:10:56 GMT".parse()?;
/// assert_eq!(a, b);
/// assert_eq!(a.to_string(), "2018-07-16T13:10:56Z");
/// assert!("July 16, 2018".parse::<Date>()? < a);
/// # Ok::<(), newsprint::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i64);

impl Date {
    /// The moment `seconds` after 1970 began, UTC; negative before.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Date(seconds)
    }

    /// Seconds since 1970 began, UTC.
    pub fn unix_seconds(self) -> i64 {
        self.0
    }

    /// The last second that it may mean: the end of its day if it has no time, which a date of
    /// midnight is taken to have not; else itself. One date is surely earlier than another if its
    /// last second is.
    ///
    /// ```
    /// use newsprint::Date;
    ///
    /// let [day, morning, next]: [Date; 3] =
    ///     ["2018-07-16".parse()?, "2018-07-16T09:10".parse()?, "2018-07-17".parse()?];
    /// assert!(day < morning && day.last_second() > morning, "nobody knows which was first");
    /// assert!(morning.last_second() == morning && morning < next);
    /// assert!(day.last_second() < next);
    /// # Ok::<(), newsprint::Error>(())
    /// ```
    pub fn last_second(self) -> Self {
        match self.0.rem_euclid(DAY) {
            0 => Date(self.0.saturating_add(DAY - 1)),
            _ => self,
        }
    }
}

/// ISO 8601, in UTC: `2018-07-16T13:10:56Z`, or the day alone at its first second. In the years 0
/// to 9999 it is read back as the same date.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        write!(f, "{year:04}-{month:02}-{day:02}")?;
        match self.0.rem_euclid(DAY) {
            0 => Ok(()),
            s => write!(f, "T{:02}:{:02}:{:02}Z", s / 3600, s / 60 % 60, s % 60),
        }
    }
}

serialized_as_text!(Date);

/// Reads any of the forms above, with white space around it. The error names the value.
impl FromStr for Date {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        reader::unix_seconds(s.trim()).map(Date).ok_or_else(|| Error::date(s))
    }
}

#[cfg(test)]
mod tests;
