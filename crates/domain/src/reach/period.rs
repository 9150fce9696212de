//! Periods as reports name them: `2014`, `2014-H1`, `2014-Q3`, `2015-02`, `2015-02-13`.

use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Date, Wrong};
use serde::{Deserialize, Serialize};

/// A stretch of time that a figure is about, or the day or month on which something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A calendar year.
    Year(i16),
    /// A half, 1 or 2.
    Half(i16, u8),
    /// A quarter, 1 to 4.
    Quarter(i16, u8),
    /// A month, 1 to 12.
    Month(i16, u8),
    /// A day.
    Day(Date),
    /// Several years, the last one included.
    Years(i16, i16),
}

/// The text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a period such as 2014, 2014-H1, 2014-Q3, 2015-02, 2015-02-13 or 2011/2017")]
pub struct PeriodError;

impl Period {
    /// The year in which it begins.
    #[must_use]
    pub fn year(self) -> i16 {
        match self {
            Self::Year(year)
            | Self::Half(year, _)
            | Self::Quarter(year, _)
            | Self::Month(year, _)
            | Self::Years(year, _) => year,
            Self::Day(day) => day.year(),
        }
    }

    /// Its first month, 1 to 12, in its first year, and how many months it has. A day is in one.
    const fn months(self) -> (u8, u16) {
        match self {
            Self::Year(_) => (1, 12),
            Self::Half(_, half) => (half * 6 - 5, 6),
            Self::Quarter(_, quarter) => (quarter * 3 - 2, 3),
            Self::Month(_, month) => (month, 1),
            Self::Day(_) => (1, 1),
            Self::Years(from, to) => (1, (to - from + 1).unsigned_abs() * 12),
        }
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> Date {
        match self {
            Self::Day(day) => day,
            other => {
                let (month, _) = other.months();
                let month = i8::try_from(month).unwrap_or(1);
                jiff::civil::date(other.year(), month, 1)
            }
        }
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Date {
        match self {
            Self::Day(day) => day,
            other => {
                let (_, months) = other.months();
                let span = jiff::Span::new().months(i64::from(months));
                let next = other.first_day().checked_add(span).and_then(Date::yesterday);
                // The year 9999 has no day after it; its last day is the calendar's.
                next.unwrap_or(Date::MAX)
            }
        }
    }

    /// For putting periods in order: by their end, the shorter one first.
    #[must_use]
    pub fn order(self) -> (Date, std::cmp::Reverse<Date>) {
        (self.last_day(), std::cmp::Reverse(self.first_day()))
    }
}

fn year(text: &str) -> Option<i16> {
    let plain = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok().filter(|year| *year >= 1900) } else { None }
}

fn part(text: &str, most: u8) -> Option<u8> {
    let number: u8 = text.parse().ok()?;
    (1..=most).contains(&number).then_some(number)
}

impl Cell for Period {
    fn wrong(cell: &str, _: &PeriodError) -> Wrong {
        Wrong::NotPeriod { cell: cell.to_owned() }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        let period = if let Some((from, to)) = text.split_once('/') {
            match (year(from), year(to)) {
                (Some(from), Some(to)) if from < to => Some(Self::Years(from, to)),
                _ => None,
            }
        } else if let Some((first, rest)) = text.split_once('-') {
            year(first).and_then(|year| {
                if let Some(half) = rest.strip_prefix('H') {
                    return part(half, 2)
                        .filter(|_| half.len() == 1)
                        .map(|half| Self::Half(year, half));
                }
                if let Some(quarter) = rest.strip_prefix('Q') {
                    return part(quarter, 4)
                        .filter(|_| quarter.len() == 1)
                        .map(|quarter| Self::Quarter(year, quarter));
                }
                match rest.len() {
                    2 => part(rest, 12).map(|month| Self::Month(year, month)),
                    5 => text.parse().ok().map(Self::Day),
                    _ => None,
                }
            })
        } else {
            year(text).map(Self::Year)
        };
        period.ok_or(PeriodError)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year}"),
            Self::Half(year, half) => write!(f, "{year}-H{half}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year}-{month:02}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Years(from, to) => write!(f, "{from}/{to}"),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().expect("a period")
    }

    #[test]
    fn periods_are_written_as_they_are_read() {
        for text in ["2014", "2014-H1", "2014-Q3", "2015-02", "2015-02-13", "2011/2017"] {
            assert_eq!(period(text).to_string(), text);
        }
        for bad in [
            "",
            "14",
            "2014-H3",
            "2014-Q0",
            "2015-13",
            "2015-02-30",
            "2017/2011",
            "2014-H01",
            "+014",
        ] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_period_has_its_days() {
        let days = |text: &str| {
            let period = period(text);
            format!("{} {}", period.first_day(), period.last_day())
        };
        assert_eq!(days("2014-H2"), "2014-07-01 2014-12-31");
        assert_eq!(days("2016-02"), "2016-02-01 2016-02-29");
        assert_eq!(days("2011/2017"), "2011-01-01 2017-12-31");
        assert_eq!(days("2015-06-01"), "2015-06-01 2015-06-01");
    }

    #[test]
    fn a_year_comes_after_its_last_quarter() {
        let mut periods = ["2015", "2014", "2014-Q4", "2015-Q1", "2014-Q2"].map(period);
        periods.sort_by_key(|period| period.order());
        assert_eq!(
            periods.map(|p| p.to_string()),
            ["2014-Q2", "2014-Q4", "2014", "2015-Q1", "2015"]
        );
    }
}
