//! The day on which a report counts.

use jiff::civil::date;
use kontor_base::{Date, Instant};

/// A calendar day in UTC as days since 1970-01-01: two bytes, enough until the year 2149.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u16);

/// How many days late a report may be and still count on its own day.
pub const LATE_DAYS_MAX: u16 = 30;

impl Day {
    /// The day with this number.
    #[must_use]
    pub const fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The day of an instant; what lies outside of 1970 to 2149 is clamped.
    #[must_use]
    pub fn of(instant: Instant) -> Self {
        let days = instant.micros().div_euclid(86_400_000_000);
        Self(u16::try_from(days.max(0)).unwrap_or(u16::MAX))
    }

    /// The day of a calendar date; what lies outside of 1970 to 2149 is clamped.
    #[must_use]
    pub fn of_date(date: Date) -> Self {
        Self::of(Instant::start_of(date))
    }

    /// The calendar date.
    #[must_use]
    pub fn date(self) -> Date {
        let start = date(1970, 1, 1);
        start.saturating_add(jiff::Span::new().days(i64::from(self.0)))
    }

    /// The first day of a window of `days` days that ends with this one.
    #[must_use]
    pub const fn window_start(self, days: u16) -> Self {
        Self(self.0.saturating_sub(days.saturating_sub(1)))
    }

    /// `days` later.
    #[must_use]
    pub const fn plus(self, days: u16) -> Self {
        Self(self.0.saturating_add(days))
    }
}

/// How a report's own date stands to the day on which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Timing {
    /// It has no date of its own, or the day's.
    OnTime = 0,
    /// It was sent up to [`LATE_DAYS_MAX`] days ago: counted on its own day.
    Late = 1,
    /// Its date lies in the future: counted on the day it came, and apart as future-dated.
    Future = 2,
    /// Its date is older than anything that is still counted: counted on the day it came, and apart.
    TooLate = 3,
}

impl Timing {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::OnTime, Self::Late, Self::Future, Self::TooLate];

    /// The word in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Future => "future_dated",
            Self::TooLate => "too_late",
        }
    }
}

/// On which day a report counts that says `claimed` of itself and came on `received`.
///
/// A device one day ahead is in another time zone, not in the future. Nothing is thrown away: an
/// absurd date only means that the date of arrival is believed instead.
#[must_use]
pub fn place(claimed: Option<Day>, received: Day) -> (Day, Timing) {
    match claimed {
        None => (received, Timing::OnTime),
        Some(claimed) if claimed > received.plus(1) => (received, Timing::Future),
        Some(claimed) if claimed >= received => (received, Timing::OnTime),
        Some(claimed) if claimed.plus(LATE_DAYS_MAX) < received => (received, Timing::TooLate),
        Some(claimed) => (claimed, Timing::Late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_to_dates_and_back() {
        for number in [0, 1, 16_492, u16::MAX] {
            let day = Day::from_number(number);
            assert_eq!(Day::of_date(day.date()), day);
        }
        assert_eq!(Day::of_date(date(2015, 2, 13)).number(), 16_479);
        assert_eq!(Day::of_date(date(1900, 1, 1)).number(), 0);
        assert_eq!(Day::of_date(date(2500, 1, 1)).number(), u16::MAX);
    }

    #[test]
    fn absurd_dates_count_on_arrival_and_apart() {
        let now = Day::from_number(1_000);
        let table = [
            (None, 1_000, Timing::OnTime),
            (Some(1_000), 1_000, Timing::OnTime),
            (Some(1_001), 1_000, Timing::OnTime),
            (Some(1_002), 1_000, Timing::Future),
            (Some(u16::MAX), 1_000, Timing::Future),
            (Some(999), 999, Timing::Late),
            (Some(970), 970, Timing::Late),
            (Some(969), 1_000, Timing::TooLate),
            (Some(0), 1_000, Timing::TooLate),
        ];
        for (claimed, day, timing) in table {
            let placed = place(claimed.map(Day::from_number), now);
            assert_eq!(placed, (Day::from_number(day), timing), "{claimed:?}");
        }
    }
}
