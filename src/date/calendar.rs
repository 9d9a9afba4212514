//! The Gregorian calendar: days and seconds to dates and back.

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Seconds of the day of a time, if there is such a time: a leap second and 24:00:00 are allowed.
pub(super) fn seconds_of_day(hours: i64, minutes: i64, seconds: i64) -> Option<i64> {
    let in_day = hours < 24 && minutes < 60 && seconds <= 60;
    let end_of_day = (hours, minutes, seconds) == (24, 0, 0);
    (in_day || end_of_day).then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Days since 1 January 1970 (Howard Hinnant's formula), if there is such a day.
pub(super) fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
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

/// The year, month and day that is `days` after 1 January 1970: the inverse of [`days_from_civil`].
pub(super) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months count from March, so that the leap day comes last.
    let month = (5 * day_of_year + 2) / 153;
    let year = era * 400 + year_of_era + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day_of_year - (153 * month + 2) / 5 + 1)
}
