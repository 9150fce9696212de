//! Past openings: what was forecast, what came, and what the signals have taught.

use jiff::ToSpan;
use kontor_base::{Date, Wrong};
use serde::{Deserialize, Serialize};

use super::next::Opening;

/// For how many days after an opening its forecast may still be worked out, by the sheet that was kept
/// before it: a server that stood still catches up. Later it would be a forecast of what is known.
pub const FORECAST_LATE_DAYS: i32 = 7;

/// A market that was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastOpening {
    /// What the signal has taught: so many signalled, so many of them bought.
    pub lesson: Opening,
    /// When it was opened.
    pub opened_on: Date,
    /// What was forecast before; never edited afterwards.
    pub forecast: Option<PastForecast>,
    /// What came.
    pub outcome: Option<PastOutcome>,
    /// More people wanted it than there were units: what was bought says how many there were, not
    /// how many would have bought, so that no take rate is learned from it.
    #[serde(default)]
    pub sold_out: bool,
}

/// A forecast of the units of the first year, from before the opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastForecast {
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
    /// When it was made: where a server has caught up, a few days after the opening.
    pub made_on: Date,
    /// By whom or from what.
    pub source: String,
}

/// What came of an opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastOutcome {
    /// Units sold since the opening.
    pub units: u64,
    /// Up to which day.
    pub until: Date,
    /// Where the count is from.
    pub source: String,
}

/// How a forecast and its outcome stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Nobody has forecast anything.
    NoForecast,
    /// Its year is not over, or nobody has counted.
    Open,
    /// Fewer came.
    Below,
    /// As many came.
    Within,
    /// More came.
    Above,
}

impl Hit {
    /// The word in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoForecast => "no_forecast",
            Self::Open => "open",
            Self::Below => "below",
            Self::Within => "within",
            Self::Above => "above",
        }
    }
}

impl PastOpening {
    /// How forecast and outcome stand to each other. A forecast is for a year: what was counted
    /// earlier says nothing against it, unless it is more already.
    #[must_use]
    pub fn hit(&self) -> Hit {
        let Some(forecast) = &self.forecast else { return Hit::NoForecast };
        let Some(outcome) = &self.outcome else { return Hit::Open };
        if outcome.units > forecast.high {
            return Hit::Above;
        }
        match (self.year_over(outcome.until), outcome.units < forecast.low) {
            (false, _) => Hit::Open,
            (true, true) => Hit::Below,
            (true, false) => Hit::Within,
        }
    }

    /// Whether a take rate could be learned from it on a day: what was bought is of a whole first
    /// year, that was counted by then, and there were enough units for those who wanted one. A part of
    /// a year would teach too low a rate, and what is counted later was not known.
    #[must_use]
    pub fn teaches(&self, on: Date) -> bool {
        let counted = |outcome: &PastOutcome| outcome.until <= on && self.year_over(outcome.until);
        !self.sold_out && self.outcome.as_ref().is_some_and(counted)
    }

    /// Whether its first year is over on a day.
    fn year_over(&self, day: Date) -> bool {
        self.opened_on.checked_add(1.year()).is_ok_and(|over| over <= day)
    }

    /// Why `next` may not stand in the place of this record, if it may not. What was known before
    /// the opening stands for good: its day, the count, the forecast. What came may be counted anew,
    /// later than before.
    #[must_use]
    pub fn stands_against(&self, next: &Self) -> Option<Wrong> {
        let before = |past: &Self| (past.opened_on, past.lesson.signalled);
        if before(self) != before(next) {
            return Some(Wrong::OpeningStands);
        }
        if self.forecast != next.forecast {
            return Some(Wrong::ForecastStands);
        }
        let counted_back = match (&self.outcome, &next.outcome) {
            (None, _) => self.lesson.bought > next.lesson.bought,
            (Some(_), None) => true,
            (Some(was), Some(is)) => {
                let same_day = was.until == is.until;
                was.until > is.until || (same_day && (was != is || self.lesson != next.lesson))
            }
        };
        counted_back.then_some(Wrong::OutcomeStands)
    }

    /// What contradicts itself, if anything does.
    #[must_use]
    pub fn problem(&self) -> Option<Wrong> {
        let Self { lesson, opened_on, forecast, outcome, .. } = self;
        if lesson.bought > lesson.signalled {
            return Some(Wrong::BoughtMore);
        }
        if forecast.as_ref().is_some_and(|f| f.low > f.high) {
            return Some(Wrong::ForecastOrder);
        }
        let last = opened_on.saturating_add(FORECAST_LATE_DAYS.days());
        if forecast.as_ref().is_some_and(|f| f.made_on > last) {
            return Some(Wrong::ForecastLate);
        }
        if outcome.as_ref().is_some_and(|o| o.until < *opened_on) {
            return Some(Wrong::OutcomeEarly);
        }
        None
    }
}

/// How many of the forecasts that can be judged came true, and how many there are.
#[must_use]
pub fn hit_rate(past: &[PastOpening]) -> (usize, usize) {
    let hits = past.iter().map(PastOpening::hit);
    let judged = hits.filter(|hit| matches!(hit, Hit::Below | Hit::Within | Hit::Above));
    judged.fold((0, 0), |(within, all), hit| (within + usize::from(hit == Hit::Within), all + 1))
}
