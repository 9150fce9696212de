//! Carried abroad: devices that are active in a country other than the one they were sold to. It is
//! demand that others have met, and so the strongest sign that a country waits for a shop.
//!
//! A unit is counted by its serial number: sold there, seen here. Where nobody has kept serial
//! numbers there is a weaker number, [`estimate`]: installations less what was sold and still lives.
//! It leans on an assumption about how long devices live, so the assumption is a part of the answer.

use std::collections::BTreeMap;

use kontor_base::{Country, Date, Rate};
use serde::Serialize;

/// A device that was seen for fewer days is a traveller's until it is seen longer.
pub const TRAVELLER_DAYS: i32 = 30;
/// A device that was not seen for so many days is not active.
pub const ACTIVE_DAYS: i32 = 30;

/// A unit that was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoldUnit<'u> {
    /// Its model.
    pub model: &'u str,
    /// The country it was sold to.
    pub country: Country,
}

/// Where and when the device was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The country it said last, if it said one.
    pub country: Option<Country>,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
}

/// Where a unit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It was never seen, or does not say where it is.
    Unseen,
    /// It was not seen lately.
    Silent,
    /// It is where it was sold.
    Home,
    /// It is elsewhere, but not for long enough.
    Travelling,
    /// It was carried abroad.
    Carried {
        /// To which country.
        to: Country,
    },
}

/// Where a unit stands on `today`. `together` says whether two countries are one region of sale:
/// whoever sells in the European Economic Area sells to all of it.
#[must_use]
pub fn whereabouts(
    sold: &SoldUnit<'_>,
    seen: Option<&Sighting>,
    today: Date,
    together: impl Fn(Country, Country) -> bool,
) -> Whereabouts {
    let Some(Sighting { country: Some(to), first, last }) = seen.copied() else {
        return Whereabouts::Unseen;
    };
    let days = |from: Date, until: Date| from.until(until).map_or(0, |span| span.get_days());
    if days(last, today) > ACTIVE_DAYS {
        Whereabouts::Silent
    } else if to == sold.country || together(sold.country, to) {
        Whereabouts::Home
    } else if days(first, last) < TRAVELLER_DAYS {
        Whereabouts::Travelling
    } else {
        Whereabouts::Carried { to }
    }
}

/// Units that went one way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Way {
    /// The country they were sold to.
    pub from: Country,
    /// Where they are.
    pub to: Country,
    /// The model.
    pub model: String,
    /// The month in which they were first seen, as `2015-02`.
    pub month: String,
}

/// What all units together say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Units that were sold.
    pub sold: u64,
    /// Units that were never seen, or do not say where they are.
    pub unseen: u64,
    /// Units that were not seen lately.
    pub silent: u64,
    /// Units that are where they were sold.
    pub home: u64,
    /// Units that are elsewhere, but not for long enough.
    pub travelling: u64,
    /// Units that were carried abroad, way by way.
    pub ways: BTreeMap<Way, u64>,
}

impl Carried {
    /// Adds a unit.
    pub fn add(
        &mut self,
        sold: &SoldUnit<'_>,
        seen: Option<&Sighting>,
        today: Date,
        together: impl Fn(Country, Country) -> bool,
    ) {
        self.sold += 1;
        match whereabouts(sold, seen, today, together) {
            Whereabouts::Unseen => self.unseen += 1,
            Whereabouts::Silent => self.silent += 1,
            Whereabouts::Home => self.home += 1,
            Whereabouts::Travelling => self.travelling += 1,
            Whereabouts::Carried { to } => {
                let first = seen.map_or(today, |seen| seen.first);
                let month = format!("{:04}-{:02}", first.year(), first.month());
                let way = Way { from: sold.country, to, model: sold.model.to_owned(), month };
                *self.ways.entry(way).or_default() += 1;
            }
        }
    }

    /// How many were carried abroad in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.ways.values().sum()
    }

    /// How many were carried to each country.
    #[must_use]
    pub fn by_country(&self) -> BTreeMap<Country, u64> {
        let mut sums = BTreeMap::new();
        for (way, units) in &self.ways {
            *sums.entry(way.to).or_default() += units;
        }
        sums
    }

    /// The ways that may be told, and how many units went ways that too few have gone: what points
    /// at fewer than `least` devices could point at a person.
    #[must_use]
    pub fn told(&self, least: u64) -> (Vec<(&Way, u64)>, u64) {
        let (told, withheld): (Vec<(&Way, u64)>, Vec<_>) =
            self.ways.iter().map(|(way, units)| (way, *units)).partition(|(_, n)| *n >= least);
        (told, withheld.iter().map(|(_, units)| units).sum())
    }
}

/// Which share of the devices sold so many whole years ago still lives; the last share holds for
/// every older year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Survival(Vec<Rate>);

impl Survival {
    /// The shares by age in years.
    #[must_use]
    pub fn new(shares: Vec<Rate>) -> Self {
        Self(shares)
    }

    /// Every device lives for ever: the lowest estimate that there can be.
    #[must_use]
    pub fn all() -> Self {
        Self(vec![Rate::from_ppm(Rate::ONE)])
    }

    /// What is assumed where nobody says better: a fifth is given up with each year.
    #[must_use]
    pub fn usual() -> Self {
        Self([100, 80, 60, 40, 20, 0].map(|percent| Rate::from_ppm(percent * 10_000)).to_vec())
    }

    /// The share that lives at an age.
    #[must_use]
    pub fn at(&self, years: usize) -> Rate {
        let share = self.0.get(years).or(self.0.last());
        share.copied().unwrap_or(Rate::from_ppm(Rate::ONE))
    }

    /// The assumption as it is printed: `100 %, 80 %, then 60 %`.
    #[must_use]
    pub fn words(&self) -> String {
        let shares: Vec<String> = self.0.iter().map(|share| format!("{share}")).collect();
        shares.join(", ")
    }
}

/// The weaker estimate: installations that cannot be devices sold there, with its assumption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Estimate {
    /// Installations.
    pub installs: u64,
    /// Units sold there, ever.
    pub sold: u64,
    /// How many of them live by the assumption, rounded down.
    pub living: u64,
    /// `max(0, installs − living)`.
    pub gap: u64,
    /// The assumption.
    pub survival: Survival,
}

/// Installations less what was sold and still lives: `max(0, installs − Σ soldₖ · S(age))`. `sold` has
/// units with the whole years since they were sold.
#[must_use]
pub fn estimate(installs: u64, sold: &[(usize, u64)], survival: &Survival) -> Estimate {
    let whole = u128::from(Rate::ONE);
    let living: u128 = sold
        .iter()
        .map(|(years, units)| u128::from(*units) * u128::from(survival.at(*years).ppm()) / whole)
        .sum();
    let living = u64::try_from(living).unwrap_or(u64::MAX);
    Estimate {
        installs,
        sold: sold.iter().map(|(_, units)| units).sum(),
        living,
        gap: installs.saturating_sub(living),
        survival: survival.clone(),
    }
}
