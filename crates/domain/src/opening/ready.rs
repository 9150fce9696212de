//! When something is ready, and the path that decides it.

use kontor_base::Date;
use serde::{Deserialize, Serialize};

use crate::clearance::WeekRange;

/// When something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ready", rename_all = "snake_case")]
pub enum Ready {
    /// It is there.
    Now,
    /// It takes until then: at best, at worst.
    Between {
        /// At best.
        earliest: Date,
        /// At worst.
        latest: Date,
    },
    /// It can be got, but nobody has stated how long that takes.
    Undated,
    /// Something has to be found out first.
    Unknown,
    /// It is forbidden, and no end is known.
    Blocked,
}

impl Ready {
    /// Ready on a day that is known.
    #[must_use]
    pub const fn on(day: Date) -> Self {
        Self::Between { earliest: day, latest: day }
    }

    /// A span of weeks after `start`.
    #[must_use]
    pub fn after_weeks(start: Date, weeks: Option<WeekRange>) -> Self {
        let Some(weeks) = weeks else { return Self::Undated };
        let plus = |weeks: u16| {
            start.checked_add(jiff::Span::new().weeks(i64::from(weeks))).unwrap_or(Date::MAX)
        };
        Self::Between { earliest: plus(weeks.low), latest: plus(weeks.high) }
    }

    /// The same, but later than `today`: what somebody still works on is not there, on whichever day it
    /// is expected and however short its lead time is. It is there when it has been written down.
    #[must_use]
    pub fn after_today(self, today: Date) -> Self {
        let Self::Between { earliest, latest } = self else { return self };
        let tomorrow = today.tomorrow().unwrap_or(Date::MAX);
        Self::Between { earliest: earliest.max(tomorrow), latest: latest.max(tomorrow) }
    }

    /// When both are ready. What runs side by side is not added up: the later one decides.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Between { earliest, latest },
                Self::Between { earliest: other_earliest, latest: other_latest },
            ) => Self::Between {
                earliest: earliest.max(other_earliest),
                latest: latest.max(other_latest),
            },
            (one, other) if one.badness() >= other.badness() => one,
            (_, other) => other,
        }
    }

    /// When something that can begin only now is begun: the day at best and at worst.
    pub(super) fn start(self, today: Date) -> Option<(Date, Date)> {
        match self {
            Self::Now => Some((today, today)),
            Self::Between { earliest, latest } => Some((earliest.max(today), latest.max(today))),
            Self::Undated | Self::Unknown | Self::Blocked => None,
        }
    }

    /// Whether it is there on `day`, even at worst.
    #[must_use]
    pub fn by(self, day: Date) -> bool {
        match self {
            Self::Now => true,
            Self::Between { latest, .. } => latest <= day,
            Self::Undated | Self::Unknown | Self::Blocked => false,
        }
    }

    const fn badness(self) -> u8 {
        match self {
            Self::Now => 0,
            Self::Between { .. } => 1,
            Self::Undated => 2,
            Self::Unknown => 3,
            Self::Blocked => 4,
        }
    }

    /// What is later; used to find the path that decides.
    pub(super) fn key(self) -> (u8, Option<Date>) {
        match self {
            Self::Between { latest, .. } => (self.badness(), Some(latest)),
            _ => (self.badness(), None),
        }
    }
}

/// One step of the path that decides when a market can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PathStep {
    /// What: the code of a rule, an order or an item of the checklist.
    pub code: String,
    /// In words.
    pub title: String,
    /// When it is there.
    pub ready: Ready,
}
