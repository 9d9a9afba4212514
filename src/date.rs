//! A moment in time, and the forms in which feeds and archives write it.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

const DAY: i64 = 86_400;

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
///   three letters or more; before a comma the day of the week may be of any language.
/// - A year of two digits is one of 1950 to 2049, one of three digits is counted from 1900 (RFC
///   2822), and neither is read where the month is a number.
/// - A zone is an offset (`+0200`, `+02:00`, `+02`), or a name: `UT`, `UTC`, `GMT`, `Z`, those of
///   North America as RFC 822 has them, and common ones of Europe, Africa, Asia and Oceania. Any
///   other name of at most five letters tells nothing (RFC 2822), nor does `IST`, which is used in
///   India, Ireland and Israel. A time of which the zone is not told is taken as UTC.
/// - A day without time is its first second. Fractions of a second are dropped. A leap second is
///   the first of the next minute.
/// - Unix time has 9 or 10 digits as seconds (1973-03-03 to 2286-11-20), 11 to 13 as milliseconds
///   (1970-04-26 to 2286-11-20).
/// - Numbers alone in another order, as `07/16/2018`, are refused: which is the month is not known.
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
    /// The moment so many seconds after 1970 began, UTC; negative before.
    pub fn from_unix_seconds(seconds: i64) -> Self {
        Date(seconds)
    }

    /// Seconds since 1970 began, UTC.
    pub fn unix_seconds(self) -> i64 {
        self.0
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

/// Reads any of the forms above, with white space around it. The error names the value.
impl FromStr for Date {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let text = s.trim();
        let whole = |text: &str| FORMS.iter().find_map(|form| Reader::new(text).read(form));
        let seconds = whole(text).or_else(|| whole(after_weekday(text)?));
        seconds.map(Date).ok_or_else(|| Error::date(s))
    }
}

/// The forms, the first that fits counts. What their items stand for, [`Reader::item`] tells.
const FORMS: [&str; 10] = [
    "u",       // 1531746656
    "Y-m-dTz", // 2018-07-16T09:10:56Z
    "Y m dTz", // 2018 07 16
    "YMDTz",   // 20180716T091056Z
    "YMDcz",   // 20180716091056
    "d b yTz", // 16 Jul 2018 09:10:56 +0200
    "d-b-yTz", // 16-Jul-18 09:10:56 GMT
    "b d yTz", // July 16, 2018 9:10 PM
    "b dTz y", // Jul 16 09:10:56 EDT 2018
    "b dT yz", // Jul 16 09:10:56 2018 +0200
];

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
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Minutes that the clocks of a zone are ahead of UTC.
#[rustfmt::skip]
const ZONES: [(&str, i64); 46] = [
    ("UT", 0), ("UTC", 0), ("GMT", 0), ("Z", 0),
    ("EST", -300), ("EDT", -240), ("CST", -360), ("CDT", -300), ("MST", -420), ("MDT", -360), ("PST", -480),
    ("PDT", -420), ("AKST", -540), ("AKDT", -480), ("HST", -600), ("NST", -210), ("NDT", -150), ("BRT", -180),
    ("WET", 0), ("WEST", 60), ("BST", 60), ("CET", 60), ("CEST", 120), ("MEZ", 60), ("MESZ", 120),
    ("EET", 120), ("EEST", 180), ("MSK", 180), ("TRT", 180),
    ("WAT", 60), ("CAT", 120), ("SAST", 120), ("EAT", 180),
    ("PKT", 300), ("NPT", 345), ("WIB", 420), ("HKT", 480), ("SGT", 480), ("PHT", 480), ("JST", 540), ("KST", 540),
    ("AEST", 600), ("AEDT", 660), ("ACST", 570), ("NZST", 720), ("NZDT", 780),
];
/// Letters of the longest name of a zone.
const LONGEST_ZONE: usize = 5;

/// A text that is being read, and what was found.
struct Reader<'t> {
    rest: &'t str,
    year: i64,
    month: i64,
    day: i64,
    /// Seconds of the day, once a time was found.
    clock: Option<i64>,
    /// Seconds that the clock is ahead of UTC.
    offset: i64,
    /// Seconds since 1970, where they are told as such.
    unix: Option<i64>,
}

impl<'t> Reader<'t> {
    fn new(rest: &'t str) -> Self {
        Reader { rest, year: 0, month: 0, day: 0, clock: None, offset: 0, unix: None }
    }

    /// Seconds since 1970, if the whole text is of the form.
    fn read(mut self, form: &str) -> Option<i64> {
        form.bytes().try_for_each(|item| self.item(item))?;
        if !self.rest.is_empty() {
            return None;
        }
        match self.unix {
            None => {
                let days = days_from_civil(self.year, self.month, self.day)?;
                Some(days * DAY + self.clock.unwrap_or(0) - self.offset)
            }
            unix => unix,
        }
    }

    fn item(&mut self, item: u8) -> Option<()> {
        match item {
            // Seconds or milliseconds since 1970.
            b'u' => self.unix = Some(self.unix_time()?),
            // Of any number of digits, these.
            b'Y' => self.year = self.digits(4)?,
            b'M' => self.month = self.digits(2)?,
            b'D' => self.day = self.digits(2)?,
            // All digits that are there, at most two, or a year by the rule of RFC 2822.
            b'm' => self.month = self.number(2)?,
            b'd' => self.day = self.number(2)?,
            b'y' => self.year = self.year()?,
            // The name of a month.
            b'b' => {
                let name = letters(self.rest);
                self.month = 1 + named(&MONTHS, name)?;
                self.rest = &self.rest[name.len()..];
            }
            // A time without colons; and a time of any kind with what comes before it, if there is
            // one.
            b'c' => self.clock = Some(self.bare_clock()?),
            b'T' => {
                let before = self.rest;
                self.clock = self.clock_after_day();
                if self.clock.is_none() {
                    self.rest = before;
                }
            }
            // A zone, if there is one.
            b'z' => self.zone()?,
            b' ' => self.space()?,
            // A hyphen or what stands for it.
            _ => self.rest = self.rest.strip_prefix(['-', '/', '.'])?,
        }
        Some(())
    }

    /// White space or a comma, or both, after the point of an abbreviation.
    fn space(&mut self) -> Option<()> {
        let rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
        self.rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        (self.rest.len() < rest.len()).then_some(())
    }

    /// How many digits are next.
    fn run(&self) -> usize {
        self.rest.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// The next digits, exactly so many, at most 13.
    fn digits(&mut self, count: usize) -> Option<i64> {
        if self.run() < count {
            return None;
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits.parse().ok()
    }

    /// All digits that are next, if they are not more than `longest`.
    fn number(&mut self, longest: usize) -> Option<i64> {
        let run = self.run();
        (1..=longest).contains(&run).then(|| self.digits(run))?
    }

    fn year(&mut self) -> Option<i64> {
        let length = self.run();
        let year = self.number(4)?;
        match length {
            2 if year < 50 => Some(2000 + year),
            2 | 3 => Some(1900 + year),
            4 => Some(year),
            _ => None,
        }
    }

    fn unix_time(&mut self) -> Option<i64> {
        let length = self.run();
        let time = self.number(13)?;
        self.fraction();
        match length {
            9 | 10 => Some(time),
            11..=13 => Some(time / 1000),
            _ => None,
        }
    }

    fn clock_after_day(&mut self) -> Option<i64> {
        match self.rest.strip_prefix(['T', 't']) {
            Some(rest) => self.rest = rest,
            None => return self.space().and_then(|()| self.clock()),
        }
        if matches!(self.run(), 4 | 6) { self.bare_clock() } else { self.clock() }
    }

    /// Seconds of the day of `hhmm[ss[.fff]]`.
    fn bare_clock(&mut self) -> Option<i64> {
        let (hours, minutes) = (self.digits(2)?, self.digits(2)?);
        let seconds = if self.run() > 0 { self.number(2)? } else { 0 };
        self.fraction();
        seconds_of_day(hours, minutes, seconds)
    }

    /// Seconds of the day of `hh:mm[:ss][.fff]`, or of twelve hours with the half of the day.
    fn clock(&mut self) -> Option<i64> {
        let hours = self.number(2)?;
        self.rest = self.rest.strip_prefix(':')?;
        let minutes = self.number(2)?;
        let seconds = match self.rest.strip_prefix(':') {
            Some(rest) => {
                self.rest = rest;
                self.number(2)?
            }
            None => 0,
        };
        self.fraction();
        let rest = self.rest.trim_start();
        let half =
            [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)].into_iter().find(|(name, _)| {
                let starts =
                    rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
                starts && !rest[name.len()..].starts_with(char::is_alphanumeric)
            });
        let Some((name, first)) = half else { return seconds_of_day(hours, minutes, seconds) };
        self.rest = &rest[name.len()..];
        (1..=12).contains(&hours).then(|| seconds_of_day(hours % 12 + first, minutes, seconds))?
    }

    fn fraction(&mut self) {
        if let Some(rest) = self.rest.strip_prefix(['.', ',']) {
            self.rest = rest;
            self.rest = &rest[self.run()..];
        }
    }

    /// The zone of a time, if it is told: a name, an offset, or an offset from a name for UTC.
    fn zone(&mut self) -> Option<()> {
        let before = self.rest;
        self.rest = before.trim_start();
        let spaced = self.rest.len() < before.len();
        let name = letters(self.rest);
        let known = ahead(name);
        self.rest = &self.rest[name.len()..];
        let sign = if name.is_empty() || known == Some(0) { self.sign() } else { None };
        if self.clock.is_some() && sign.is_some() {
            self.offset = 60 * sign? * self.minutes()?;
            self.remark();
        } else if self.clock.is_some()
            && (known.is_some() || spaced && (1..=LONGEST_ZONE).contains(&name.len()))
        {
            // A name in no table tells nothing.
            self.offset = 60 * known.unwrap_or(0);
            self.remark();
        } else {
            self.rest = before;
        }
        Some(())
    }

    /// Passes over a zone's name that repeats its offset, and over a remark in brackets.
    fn remark(&mut self) {
        let rest = self.rest.trim_start();
        let name = letters(rest);
        if ahead(name).is_some() {
            self.rest = &rest[name.len()..];
        }
        let rest = self.rest.trim_start().strip_prefix(['(', '[']);
        if let Some((_, after)) = rest.and_then(|rest| rest.split_once([')', ']'])) {
            self.rest = after;
        }
    }

    fn sign(&mut self) -> Option<i64> {
        let sign = if self.rest.starts_with('-') { -1 } else { 1 };
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        Some(sign)
    }

    /// The minutes of an offset: `hh`, `hhmm` or `hh:mm`.
    fn minutes(&mut self) -> Option<i64> {
        let (hours, minutes) = match self.run() {
            4 => (self.digits(2)?, self.digits(2)?),
            _ => (self.number(2)?, 0),
        };
        let minutes = match self.rest.strip_prefix(':') {
            Some(rest) => {
                self.rest = rest;
                self.number(2)?
            }
            None => minutes,
        };
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    }
}

/// The letters that a text begins with.
fn letters(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_alphabetic).count()]
}

/// Which of some names this one is, or the first three letters or more of.
fn named(names: &[&str], name: &str) -> Option<i64> {
    let is = |known: &&str| {
        known.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    if name.len() < 3 { None } else { names.iter().position(is).map(|i| i as i64) }
}

/// The minutes that a zone is ahead of UTC, if its name is known.
fn ahead(name: &str) -> Option<i64> {
    ZONES.iter().find(|zone| zone.0.eq_ignore_ascii_case(name)).map(|zone| zone.1)
}

/// What follows the day of the week.
fn after_weekday(text: &str) -> Option<&str> {
    match text.split_once(',') {
        Some((day, rest)) if !day.contains(|c: char| c.is_ascii_digit()) => Some(rest.trim_start()),
        _ => {
            let (day, rest) = text.split_once(char::is_whitespace)?;
            named(&WEEKDAYS, day.trim_end_matches('.')).map(|_| rest.trim_start())
        }
    }
}

fn seconds_of_day(hours: i64, minutes: i64, seconds: i64) -> Option<i64> {
    let in_day = hours < 24 && minutes < 60 && seconds <= 60;
    let end_of_day = (hours, minutes, seconds) == (24, 0, 0);
    (in_day || end_of_day).then_some(hours * 3600 + minutes * 60 + seconds)
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
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}

/// The day so many days after 1970 began: the way back.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Counted from March, so that the leap day comes last.
    let month = (5 * day_of_year + 2) / 153;
    let year = era * 400 + year_of_era + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day_of_year - (153 * month + 2) / 5 + 1)
}

#[cfg(test)]
mod tests;
