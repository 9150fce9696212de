//! Degrees: for every act at once, what is allowed, and the highest of them. One walk over the
//! facts answers all six acts, which is what shelves are made from.

use kontor_base::Date;
use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::subject::{Place, Subject};
use super::verdict::Outcome;
use super::walk::walk;
use crate::catalogue::Sku;
use crate::market::{Act, Market, MarketCode};

/// The outcome for every act, and the day on which any of them can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder {
    outcomes: [Outcome; Act::ALL.len()],
    /// The first day on which any rung can change.
    pub changes_on: Option<Date>,
}

impl Ladder {
    /// The outcome for an act; always that of [`may`](super::may).
    #[must_use]
    pub const fn get(&self, act: Act) -> Outcome {
        self.outcomes[act as usize]
    }

    /// The highest act that can be reached without stepping over a refused one, with its outcome.
    /// A paused market still delivers, but what it offers is a place on the waiting list.
    #[must_use]
    pub fn highest(&self) -> Option<(Act, Outcome)> {
        let rungs = Act::ALL.into_iter().map(|act| (act, self.get(act)));
        rungs.take_while(|(_, outcome)| outcome.permits()).last()
    }
}

/// What can be done with one variant in one market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: Sku,
    /// Every act.
    pub ladder: Ladder,
}

/// The outcome for every act with `subject` in `place` on `at`.
#[must_use]
pub fn ladder(subject: &Subject<'_>, place: &Place<'_>, at: Date, facts: &Facts) -> Ladder {
    let mut ladder = Ladder { outcomes: [Outcome::Allowed; Act::ALL.len()], changes_on: None };
    walk(subject, place, at, facts, &mut |finding| {
        ladder.changes_on = finding.next.into_iter().chain(ladder.changes_on).min();
        for act in Act::ALL {
            let outcome = if finding.refuses(act, place) {
                Outcome::Refused
            } else if finding.conditions(act) {
                Outcome::Conditional
            } else {
                continue;
            };
            let rung = &mut ladder.outcomes[act as usize];
            *rung = outcome.min(*rung);
        }
    });
    ladder
}

/// What can be done with every variant in every market: markets in the order given, variants in
/// the order given within each.
#[must_use]
pub fn standings<'a>(
    markets: impl IntoIterator<Item = &'a Market>,
    subjects: &[Subject<'_>],
    at: Date,
    facts: &Facts,
) -> Vec<Standing> {
    let mut standings = Vec::new();
    for market in markets {
        let place = Place::market(market);
        standings.extend(subjects.iter().map(|subject| Standing {
            market: market.code,
            sku: subject.variant.sku.clone(),
            ladder: ladder(subject, &place, at, facts),
        }));
    }
    standings
}
