use proptest::prelude::*;

use super::calendar::days_from_civil;
use super::reader::{MAX_ZONE_LETTERS, MONTHS, WEEKDAYS, ZONES};
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
        ("2018-07-16T13:10:56,789Z", 1_531_746_656),
        ("2018-07-16T13:10Z", 1_531_746_600),
        ("2018-07-16T24:00", 1_531_785_600),
        ("2016-12-31T23:59:60Z", 1_483_228_800),
        ("2018/07/16 13:10:56", 1_531_746_656),
        ("2018.07.16", 1_531_699_200),
        ("2018-07-16T15:10:56+02:00[Europe/Paris]", 1_531_746_656),
        ("2018-07-16 15:10:56.123456 +0200 CEST", 1_531_746_656),
        ("20180716", 1_531_699_200),
        ("20180716T131056Z", 1_531_746_656),
        ("20180716T1310Z", 1_531_746_600),
        ("20180716T151056.789+0200", 1_531_746_656),
        ("20180716131056", 1_531_746_656),
        ("Mon, 16 Jul 2018 15:10:56 +0200", 1_531_746_656),
        ("Mon, 16 Jul 2018 15:10:56 +0200 (CEST)", 1_531_746_656),
        ("Mon,16  Jul\t2018\r\n 13:10:56 +0000", 1_531_746_656),
        ("16 Jul 18 13:10 Z", 1_531_746_600),
        ("Tue, 16 Jul 19 11:00:00 GMT", 1_563_274_800),
        ("Monday, 16-Jul-18 13:10:56 GMT", 1_531_746_656),
        ("Mo., 16 Jul 2018 13:10:56 GMT", 1_531_746_656),
        ("segunda-feira, 16 Jul 2018", 1_531_699_200),
        ("16 July 2018", 1_531_699_200),
        (" 26-FEB-1987 15:01:01.79", 541_350_061),
        ("16-JUL-2018 13:10:56.12", 1_531_746_656),
        ("July 16, 2018", 1_531_699_200),
        ("Jul. 16,2018", 1_531_699_200),
        ("July 16, 2018, 9:10 a.m. EDT", 1_531_746_600),
        ("Jul 16, 2018 12:00AM", 1_531_699_200),
        ("Monday July 16 2018 12:00 PM", 1_531_742_400),
        ("Mon Jul 16 2018", 1_531_699_200),
        ("Mon Jul 16 2018 15:10:56 GMT+0200 (Central European Summer Time)", 1_531_746_656),
        ("Mon Jul 16 13:10:56 2018", 1_531_746_656),
        ("Mon Jul  6 13:10:56 2018", 1_530_882_656),
        ("Mon Jul 16 15:10:56 2018 +0200", 1_531_746_656),
        ("Mon Jul 16 09:10:56 EDT 2018", 1_531_746_656),
        ("Mon Jul 16 13:10:56 +0000 2018", 1_531_746_656),
        ("1531746656", 1_531_746_656),
        ("1531746656.987", 1_531_746_656),
        ("1531746656987", 1_531_746_656),
        ("100000000", 100_000_000),
        ("10000000000", 10_000_000),
        ("9999999999999", 9_999_999_999),
        ("2000-02-29", 951_782_400),
        ("1900-01-01", -2_208_988_800),
    ] {
        let date = Date(seconds);
        assert_eq!(text.parse(), Ok(date), "{text}");
        assert_eq!(date.to_string().parse(), Ok(date), "{text}");
    }
}

#[test]
fn years_of_two_and_three_digits_are_of_our_time() {
    for (year, full) in [
        ("00", 2000),
        ("18", 2018),
        ("49", 2049),
        ("50", 1950),
        ("99", 1999),
        ("118", 2018),
        ("0018", 18),
    ] {
        let date: Result<Date, Error> = format!("16 Jul {year}").parse();
        assert_eq!(date, Ok(Date(days_from_civil(full, 7, 16).expect("a day") * DAY)), "{year}");
    }
}

#[test]
fn zones_by_name() {
    // The hours that a clock there is ahead.
    for (name, ahead) in [
        ("UT", 0.0),
        ("utc", 0.0),
        ("EST", -5.0),
        ("EDT", -4.0),
        ("CST", -6.0),
        ("CDT", -5.0),
        ("MST", -7.0),
        ("MDT", -6.0),
        ("PST", -8.0),
        ("PDT", -7.0),
        ("BST", 1.0),
        ("WET", 0.0),
        ("WEST", 1.0),
        ("CET", 1.0),
        ("CEST", 2.0),
        ("EET", 2.0),
        ("EEST", 3.0),
        ("MSK", 3.0),
        ("JST", 9.0),
        ("ACST", 9.5),
        // These are ignored.
        ("IST", 0.0),
        ("A", 0.0),
        ("XYZ", 0.0),
    ] {
        let date = format!("Mon, 16 Jul 2018 13:10:56 {name}").parse();
        assert_eq!(date, Ok(Date(1_531_746_656 - (ahead * 3600.0) as i64)), "{name}");
    }
    for (i, (name, minutes)) in ZONES.iter().enumerate() {
        assert!(name.len() <= MAX_ZONE_LETTERS && minutes.abs() < 24 * 60, "{name}");
        assert!(ZONES[..i].iter().all(|other| other.0 != *name), "{name} twice");
    }
}

#[test]
fn every_day_is_read_back_as_it_is_written() {
    assert_eq!(Date(1_531_746_656).to_string(), "2018-07-16T13:10:56Z");
    let day = |number: i64| Date(number * DAY);
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
        "20180229",
        "18-07-16",
        "16/07/2018",
        "07/16/2018",
        "2018-07-16T25:00",
        "2018-07-16T24:01",
        "2018-07-16T09:60",
        "2018-07-16T13:10 PM",
        "2018-07-16 0:10 AM",
        "16 Jul 8",
        "16 Jul 20180",
        "16 Jux 2018",
        "16 Ju 2018",
        "Jul 16 09:10:56",
        "Jul 16",
        "2018-07-16T09:10:56+abc",
        "2018-07-16T09:10:56abc",
        "2018-07-16 09:10:56 nobody",
        "2018-07-16T09:10:56+24:00",
        "2018-07-16T09:10:56+02:60",
        "2018-07-16T09:10:56+020",
        "2018-07-16Z",
        "16 Jul 2018 EST",
        "12345678",
        "99999999",
        "12345678901234",
        "123456789012345678901234567890",
        "-1531746656",
        "１６ Jul 2018",
        "-1-2-3",
        "2018-07-1６",
        "é-é-é",
        "2018-07-16é",
        "ab-cd-é",
        "Mon, ",
        "Mon",
        "16 Jul 2018 09:10:56 (",
    ] {
        let error = bad.parse::<Date>().expect_err(bad).to_string();
        assert!(error.starts_with("date is "), "{error}");
    }
}

/// The moment written in a form. `zone` is how many minutes its clock is ahead, and `name` the name
/// of a zone that is as many ahead.
fn written(form: usize, seconds: i64, zone: i64, name: &str) -> String {
    let local = seconds + zone * 60;
    let (days, clock) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let (y, m, d) = civil(days);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let month = MONTHS[m as usize - 1];
    let month = format!("{}{}", month[..1].to_uppercase(), &month[1..]);
    let (short, caps) = (&month[..3], month[..3].to_uppercase());
    // 1 January 1970 was a Thursday.
    let weekday = WEEKDAYS[(days + 3).rem_euclid(7) as usize];
    let weekday = format!("{}{}", weekday[..1].to_uppercase(), &weekday[1..]);
    let wd = &weekday[..3];
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let (sign, z) = (if zone < 0 { '-' } else { '+' }, zone.abs());
    let offset = format!("{sign}{:02}{:02}", z / 60, z % 60);
    let colon = format!("{sign}{:02}:{:02}", z / 60, z % 60);
    let (half, hour12) = (if hour < 12 { "AM" } else { "pm" }, (hour + 11) % 12 + 1);
    match form {
        0 => format!("{y:04}-{m:02}-{d:02}T{time}{colon}"),
        1 => format!("{y:04}-{m:02}-{d:02} {time}.123456 {offset}"),
        2 => format!("{y:04}/{m}/{d} {time} {name}"),
        3 => format!("{y:04}{m:02}{d:02}T{hour:02}{minute:02}{second:02}{offset}"),
        4 => format!("{y:04}{m:02}{d:02}{hour:02}{minute:02}{second:02}{colon}"),
        5 => format!("{wd}, {d:02} {short} {y:04} {time} {offset} ({name})"),
        6 => format!("{d} {month} {y:04} {time} {name}"),
        7 => format!("{wd}, {d:02} {short} {:02} {time} {name}", y % 100),
        8 => format!("{weekday}, {d:02}-{short}-{:02} {time} {name}", y % 100),
        9 => format!("{d:>2}-{caps}-{y:04} {time}.12 {offset}"),
        10 => format!("{month} {d}, {y:04} {hour12}:{minute:02}:{second:02} {half} {name}"),
        11 => format!("{wd} {short} {d:02} {y:04} {time} GMT{offset}"),
        12 => format!("{wd} {short} {d:2} {time} {name} {y:04}"),
        13 => format!("{wd} {short} {d:02} {time} {offset} {y:04}"),
        14 => format!("{wd} {short} {d} {time} {y:04} {offset}"),
        15 => format!("{y:04} {m:02} {d:02} {time}{offset}"),
        16 => format!("{seconds}"),
        _ => format!("{}", seconds * 1000 + 999),
    }
}
const WRITTEN: usize = 18;

/// Texts that a reader of dates is most likely to fail on.
fn odd() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{1,5}",
        "[-/., :+TZ()]",
        "Jul|Mon|EDT|am|P\\.M\\.|GMT|é|\u{1F600}|\u{2009}",
        "\\PC",
    ];
    prop_oneof![
        any::<String>(),
        proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn each_form_is_read_as_it_was_written(
        form in 0..WRITTEN,
        seconds in -631_152_000..2_500_000_000_i64, // 1950 to 2049
        zone in proptest::sample::select(&ZONES[..]),
    ) {
        // Unix time has nine digits or more.
        prop_assume!(form < 16 || seconds >= 100_000_000);
        let (name, zone) = zone;
        // A day and a bit from the ends, so that the local year has its two digits in 1950 to 2049.
        let text = written(form, seconds.clamp(-631_000_000, 2_492_000_000), zone, name);
        prop_assert_eq!(text.parse(), Ok(Date(seconds.clamp(-631_000_000, 2_492_000_000))), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in odd()) {
        match text.parse::<Date>() {
            // White space around it means nothing.
            Ok(date) => prop_assert_eq!(format!("\n {text}\t").parse(), Ok(date)),
            Err(error) => prop_assert!(error.to_string().starts_with("date is ")),
        }
    }

    #[test]
    fn a_date_with_one_character_changed_is_read_or_refused(
        form in 0..WRITTEN,
        seconds in 100_000_000..2_000_000_000_i64,
        at in 0..40_usize,
        other in any::<char>(),
    ) {
        let mut text: Vec<char> = written(form, seconds, 0, "UTC").chars().collect();
        let at = at % text.len();
        text[at] = other;
        let text: String = text.into_iter().collect();
        // A date that is read is in the years 0 to 9999, or at most a zone's hours beside them.
        if let Ok(date) = text.parse::<Date>() {
            let years = civil((date.0 - DAY).div_euclid(DAY)).0..=civil((date.0 + DAY).div_euclid(DAY)).0;
            prop_assert!(years.start() <= &9999 && years.end() >= &0, "{}", text);
        }
    }
}
