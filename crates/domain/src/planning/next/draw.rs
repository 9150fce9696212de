//! One draw of one candidate: every uncertain input takes a value, and what follows from them.

#![expect(clippy::float_arithmetic, reason = "estimates of demand, never money or stock")]

use kontor_base::Date;
use rand_distr::{Beta, Distribution, Triangular};
use rand_pcg::Pcg64;

use super::types::{Candidate, Gate, Opening, Settings, Signal, Spread};

/// The distributions of a candidate's inputs, made once.
pub(super) struct Inputs<'c> {
    pub(super) candidate: &'c Candidate,
    price: Triangular<f64>,
    landed: Triangular<f64>,
    delay: Triangular<f64>,
    /// Per signal, in the candidate's order, one distribution for each opening it is learned from.
    takes: Vec<Vec<Beta<f64>>>,
    yearly_cost: f64,
    ready_in_days: Option<f64>,
}

/// The values of one draw.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    pub(super) price: f64,
    pub(super) landed: f64,
    pub(super) delay: f64,
    /// Per signal; none if it is not calibrated.
    pub(super) takes: Vec<Option<f64>>,
}

/// What a draw comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Strength {
    /// How many calibrated signals clear break-even.
    pub(super) cleared: u32,
    /// Days until it could open; endless if it is blocked or nobody knows.
    pub(super) days: f64,
}

impl Strength {
    /// Whether this is strictly better: it can open and the other cannot; among their like, more
    /// signals clear, or as many and sooner. Evidence does not open what is shut.
    pub(super) fn beats(self, other: Self) -> bool {
        match (self.days.is_finite(), other.days.is_finite()) {
            (true, false) => true,
            (false, true) => false,
            _ => {
                self.cleared > other.cleared
                    || (self.cleared == other.cleared && self.days < other.days)
            }
        }
    }
}

impl<'c> Inputs<'c> {
    /// The distributions; the caller has checked candidate and openings.
    pub(super) fn new(candidate: &'c Candidate, openings: &[Opening], settings: &Settings) -> Self {
        let takes = candidate.signals.iter().map(|signal| learned(candidate, signal, openings));
        let once = as_f64(candidate.opening_cost) / f64::from(settings.write_off_years);
        Self {
            candidate,
            price: triangular(candidate.price),
            landed: triangular(candidate.landed),
            delay: triangular(candidate.delay_days),
            takes: takes.collect(),
            yearly_cost: as_f64(candidate.fixed_a_year) + once,
            ready_in_days: ready_in(candidate.gate, settings.on),
        }
    }

    /// How many openings the signal at `place` is learned from.
    pub(super) fn openings(&self, place: usize) -> usize {
        self.takes[place].len()
    }

    pub(super) fn draw(&self, random: &mut Pcg64) -> Draw {
        Draw {
            price: self.price.sample(random),
            landed: self.landed.sample(random),
            delay: self.delay.sample(random),
            takes: self.takes.iter().map(|learned| one_of(learned, random)).collect(),
        }
    }

    /// `B = (F + K ÷ T) ÷ m`; endless where a unit earns nothing.
    pub(super) fn break_even(&self, draw: &Draw) -> f64 {
        let margin = draw.price - draw.landed - as_f64(self.candidate.other_unit_cost);
        if margin > 0.0 { self.yearly_cost / margin } else { f64::INFINITY }
    }

    /// Units a year by the signal at `place` alone.
    pub(super) fn units(&self, draw: &Draw, place: usize) -> Option<f64> {
        draw.takes[place].map(|take| take * count(&self.candidate.signals[place]))
    }

    pub(super) fn strength(&self, draw: &Draw) -> Strength {
        let wanted = self.break_even(draw);
        let mut cleared = 0;
        for place in 0..draw.takes.len() {
            if self.units(draw, place).is_some_and(|units| units >= wanted) {
                cleared += 1;
            }
        }
        let days = self.ready_in_days.map_or(f64::INFINITY, |days| days + draw.delay);
        Strength { cleared, days }
    }
}

/// Jeffreys' posterior of each opening of the same class with the same signal.
fn learned(candidate: &Candidate, signal: &Signal, openings: &[Opening]) -> Vec<Beta<f64>> {
    let ours = openings.iter().filter(|opening| {
        opening.class == candidate.class && opening.kind == signal.kind && opening.signalled > 0
    });
    ours.map(|opening| {
        let missed = opening.signalled.saturating_sub(opening.bought);
        Beta::new(whole(opening.bought) + 0.5, whole(missed) + 0.5)
            .expect("both parameters are at least one half")
    })
    .collect()
}

/// One opening first, then a take rate that it makes likely.
fn one_of(learned: &[Beta<f64>], random: &mut Pcg64) -> Option<f64> {
    let last = learned.len().checked_sub(1)?;
    let place = rand_distr::Uniform::new_inclusive(0, last).expect("0 is not above the last place");
    Some(learned[place.sample(random)].sample(random))
}

fn triangular(spread: Spread) -> Triangular<f64> {
    let (low, likely, high) = (as_f64(spread.low), as_f64(spread.likely), as_f64(spread.high));
    Triangular::new(low, high, likely).expect("the values were checked to be in order")
}

fn ready_in(gate: Gate, on: Date) -> Option<f64> {
    match gate {
        Gate::Now => Some(0.0),
        Gate::From { on: day } => {
            on.until(day).ok().map(|span| f64::from(span.get_days()).max(0.0))
        }
        Gate::Blocked | Gate::Unknown => None,
    }
}

fn count(signal: &Signal) -> f64 {
    whole(signal.count)
}

#[expect(clippy::cast_precision_loss, reason = "counts and amounts far below 2^52, in estimates")]
fn whole(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "counts and amounts far below 2^52, in estimates")]
fn as_f64(number: i64) -> f64 {
    number as f64
}
