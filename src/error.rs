//! One opaque error type. Its message names the offending value and the limit it broke.

use std::fmt;

/// Why a call was refused.
///
/// Every fallible function of this crate fails only on *parameters*: a threshold outside 0..1, two
/// sketches made differently, a date that cannot be read. No text, however strange, is an error.
///
/// ```
/// let error = newsprint::Config::builder().threshold(1.5).build().unwrap_err();
/// assert_eq!(error.to_string(), "threshold is 1.5, must be above 0 and at most 1");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Error(Kind);

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Range { what: &'static str, value: String, limit: String },
    Mismatch { what: &'static str, left: String, right: String },
    Unreachable { threshold: f64, recall: f64, slots: usize, best: f64 },
    Date { value: String },
    Name { what: &'static str, value: String, known: &'static str },
    Full { what: &'static str, limit: usize },
}

impl Error {
    pub(crate) fn range(what: &'static str, value: impl fmt::Display, limit: impl fmt::Display) -> Self {
        Error(Kind::Range { what, value: value.to_string(), limit: limit.to_string() })
    }

    pub(crate) fn mismatch(what: &'static str, left: impl fmt::Display, right: impl fmt::Display) -> Self {
        Error(Kind::Mismatch { what, left: left.to_string(), right: right.to_string() })
    }

    pub(crate) fn unreachable(threshold: f64, recall: f64, slots: usize, best: f64) -> Self {
        Error(Kind::Unreachable { threshold, recall, slots, best })
    }

    pub(crate) fn date(value: &str) -> Self {
        Error(Kind::Date { value: value.chars().take(40).collect() })
    }

    pub(crate) fn name(what: &'static str, value: &str, known: &'static str) -> Self {
        Error(Kind::Name { what, value: value.chars().take(40).collect(), known })
    }

    pub(crate) fn full(what: &'static str, limit: usize) -> Self {
        Error(Kind::Full { what, limit })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Range { what, value, limit } => write!(f, "{what} is {value}, must be {limit}"),
            Kind::Mismatch { what, left, right } => {
                write!(f, "made differently: {what} is {left} on the left and {right} on the right")
            }
            Kind::Unreachable { threshold, recall, slots, best } => write!(
                f,
                "{slots} slots find at most {best:.4} of the pairs at threshold {threshold}, \
                 not the {recall} asked for: use more slots, a higher threshold or a lower recall"
            ),
            Kind::Date { value } => write!(
                f,
                "date is {value:?}, must be like 2018-07-16, 2018-07-16T09:10:56-04:00 or 16 Jul 2018 09:10:56"
            ),
            Kind::Name { what, value, known } => write!(f, "{what} is {value:?}, must be one of {known}"),
            Kind::Full { what, limit } => write!(f, "{what} is full: it holds at most {limit}"),
        }
    }
}

impl std::error::Error for Error {}
