//! Reads a date in any of ten forms, each given as a pattern of one-character items.

use super::calendar::{DAY, days_from_civil, seconds_of_day};

/// Seconds since 1970 began, UTC, if the text is a date of one of the forms, with or without the
/// day of the week before it.
pub(super) fn unix_seconds(text: &str) -> Option<i64> {
    let read = |text: &str| FORMS.iter().find_map(|form| Reader::new(text).read(form));
    read(text).or_else(|| read(after_weekday(text)?))
}

/// The forms; the first that fits counts. [`Reader::item`] says what each item stands for.
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

pub(super) const MONTHS: [&str; 12] = [
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
pub(super) const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Names of zones, and the minutes that their clocks are ahead of UTC.
#[rustfmt::skip]
pub(super) const ZONES: [(&str, i64); 46] = [
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
pub(super) const MAX_ZONE_LETTERS: usize = 5;

/// A text that is being read, and what has been read of it.
struct Reader<'t> {
    /// What is not read yet.
    rest: &'t str,
    year: i64,
    month: i64,
    day: i64,
    /// Seconds of the day, once a time is read.
    clock: Option<i64>,
    /// Seconds that the clock is ahead of UTC.
    offset: i64,
    /// Seconds since 1970, if the text gives them.
    unix: Option<i64>,
}

impl<'t> Reader<'t> {
    fn new(rest: &'t str) -> Self {
        Reader { rest, year: 0, month: 0, day: 0, clock: None, offset: 0, unix: None }
    }

    /// Seconds since 1970, if the whole text has the form.
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
            // Exactly so many digits, of however many follow.
            b'Y' => self.year = self.digits(4)?,
            b'M' => self.month = self.digits(2)?,
            b'D' => self.day = self.digits(2)?,
            // All digits that follow, at most two; or a year by the rule of RFC 2822.
            b'm' => self.month = self.number(2)?,
            b'd' => self.day = self.number(2)?,
            b'y' => self.year = self.year()?,
            // The name of a month.
            b'b' => {
                let name = letters(self.rest);
                self.month = 1 + named(&MONTHS, name)?;
                self.rest = &self.rest[name.len()..];
            }
            // A time without colons.
            b'c' => self.clock = Some(self.bare_clock()?),
            // A time of any kind with its separator, if there is one.
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
            // A hyphen or what replaces it.
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

    /// The number of the next `count` digits, at most 13.
    fn digits(&mut self, count: usize) -> Option<i64> {
        if self.run() < count {
            return None;
        }
        let (digits, rest) = self.rest.split_at(count);
        self.rest = rest;
        digits.parse().ok()
    }

    /// The number of all digits that follow, if they are at most `max`.
    fn number(&mut self, max: usize) -> Option<i64> {
        let run = self.run();
        (1..=max).contains(&run).then(|| self.digits(run))?
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

    /// Seconds of the day of `hh:mm[:ss][.fff]`, by 24 hours or by 12 with `am` or `pm`.
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

    /// The zone of a time, if there is one: a name, an offset, or an offset after a name of UTC.
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
            && (known.is_some() || spaced && (1..=MAX_ZONE_LETTERS).contains(&name.len()))
        {
            // An unknown name is ignored.
            self.offset = 60 * known.unwrap_or(0);
            self.remark();
        } else {
            self.rest = before;
        }
        Some(())
    }

    /// Skips a zone's name that repeats its offset, and a remark in brackets.
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

/// The letters at the beginning of a text.
fn letters(text: &str) -> &str {
    &text[..text.bytes().take_while(u8::is_ascii_alphabetic).count()]
}

/// The index of the name that this is, in full or the first three letters or more.
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
