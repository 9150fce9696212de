//! How many people from the line are let in next: by the rate at which units are really claimed,
//! not by a constant. A controller of integers: the same measurements give the same answer.
//!
//! Let in too few, and units lie about while people wait. Let in too many, and they fill in a form
//! for units that are gone. So as many are let in as will, at the measured yield, take what is
//! free, and not more at a time than are served within [`HORIZON_MS`].

/// How far ahead the controller admits, in milliseconds: people who are let in should find the
/// checkout waiting for them and not the other way round.
pub const HORIZON_MS: u64 = 5_000;

/// The yield that is assumed before anything was measured, of a thousand.
const YIELD_START_PERMILLE: u64 = 800;

/// The lowest yield that is believed. Below, one quiet moment would open the doors for everybody.
const YIELD_MIN_PERMILLE: u64 = 50;

/// How much of each new measurement counts: an eighth.
const SMOOTHING: u64 = 8;

/// What happened since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Milliseconds.
    pub elapsed_ms: u64,
    /// Units that were claimed or held.
    pub claimed: u64,
    /// People who were let in and have decided: claimed, left, or let their turn pass.
    pub decided: u64,
    /// Those of them who took units, be it in this span or earlier in their turn.
    pub took: u64,
}

/// How the sale stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Floor {
    /// Units that are neither claimed nor held.
    pub free: u64,
    /// People who were let in and have not decided.
    pub deciding: u64,
    /// People in line.
    pub waiting: u64,
    /// The fewest who are let in together while there are units: keeps a slow sale moving.
    pub step_min: u64,
    /// The most who may be deciding at the same time, whatever the rate: what the machine serves.
    pub deciding_max: u64,
}

/// The controller of one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Claims in a thousand seconds, smoothed.
    rate_milli: u64,
    /// Of a thousand who decided, how many claimed, smoothed.
    yield_permille: u64,
}

impl Default for Admission {
    fn default() -> Self {
        Self { rate_milli: 0, yield_permille: YIELD_START_PERMILLE }
    }
}

impl Admission {
    /// With what was measured since the last time. A span without a millisecond says nothing.
    pub fn observe(&mut self, measured: Measured) {
        if measured.elapsed_ms == 0 {
            return;
        }
        let rate = measured.claimed.saturating_mul(1_000_000) / measured.elapsed_ms;
        self.rate_milli = smooth(self.rate_milli, rate);
        // Nobody decided: that says nothing about how many of those who decide take a unit.
        if let Some(share) = measured.took.saturating_mul(1_000).checked_div(measured.decided) {
            self.yield_permille = smooth(self.yield_permille, share.min(1_000));
        }
    }

    /// Claims per second, as measured, rounded down.
    #[must_use]
    pub const fn claims_per_s(&self) -> u64 {
        self.rate_milli / 1_000
    }

    /// Of a thousand people who are let in, how many take a unit; never below what is believed.
    #[must_use]
    pub fn yield_permille(&self) -> u64 {
        self.yield_permille.clamp(YIELD_MIN_PERMILLE, 1_000)
    }

    /// How many to let in now.
    #[must_use]
    pub fn next(&self, floor: &Floor) -> u64 {
        let share = self.yield_permille();
        // Those who decide now will take this much of what is free.
        let promised = floor.deciding.saturating_mul(share).div_ceil(1_000);
        let unpromised = floor.free.saturating_sub(promised);
        if unpromised == 0 {
            return 0;
        }
        let for_units = unpromised.saturating_mul(1_000).div_ceil(share);
        // People, not units, are served: at a yield of one half, twice as many decide as claim.
        let served_per_s_milli = self.rate_milli.saturating_mul(1_000) / share;
        let in_horizon = served_per_s_milli.saturating_mul(HORIZON_MS) / 1_000_000;
        let for_rate = in_horizon.saturating_sub(floor.deciding).max(floor.step_min);
        let for_machine = floor.deciding_max.saturating_sub(floor.deciding);
        for_units.min(for_rate).min(for_machine).min(floor.waiting)
    }
}

/// An eighth of the way to the new value, at least one step if there is a difference.
fn smooth(old: u64, new: u64) -> u64 {
    if new >= old {
        old + (new - old).div_ceil(SMOOTHING)
    } else {
        old - (old - new).div_ceil(SMOOTHING)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn floor(free: u64, waiting: u64) -> Floor {
        Floor { free, deciding: 0, waiting, step_min: 100, deciding_max: 50_000 }
    }

    /// Plays a sale in steps of 100 ms: of those who decide, `yield_permille` claim, at most
    /// `per_step` decide in a step. Gives the steps until it was sold out, who was let in, and who
    /// decided to buy and found nothing.
    fn play(units: u64, yield_permille: u64, per_step: u64) -> (u64, u64, u64) {
        let mut admission = Admission::default();
        let mut at = floor(units, 10_000_000);
        let (mut admitted, mut disappointed, mut carried) = (0, 0, 0);
        for step in 0..1_000_000 {
            if at.free == 0 && at.deciding == 0 {
                return (step, admitted, disappointed);
            }
            let next = admission.next(&at);
            admitted += next;
            at.waiting -= next;
            at.deciding += next;
            let decided = at.deciding.min(per_step);
            at.deciding -= decided;
            // The remainder is carried on, so that the yield is exact over time.
            carried += decided * yield_permille;
            let wanted = carried / 1_000;
            carried %= 1_000;
            let claimed = wanted.min(at.free);
            at.free -= claimed;
            disappointed += wanted - claimed;
            admission.observe(Measured { elapsed_ms: 100, claimed, decided, took: claimed });
        }
        panic!("never sold out: {at:?}, {admission:?}");
    }

    #[test]
    fn a_sale_sells_out_and_few_are_let_in_for_nothing() {
        for yield_permille in [1_000, 800, 300] {
            let (steps, admitted, disappointed) = play(100_000, yield_permille, 2_000);
            let needed = 100_000 * 1_000 / yield_permille;
            assert!(admitted >= needed, "{admitted} of {needed}");
            assert!(admitted <= needed + needed / 10, "{admitted} of {needed}");
            assert!(disappointed <= 10_000, "{disappointed}");
            // The machine decides 2,000 in a step; warming up may cost as much again.
            assert!(steps <= 2 * needed / 2_000 + 60, "{steps} steps");
        }
    }

    #[test]
    fn the_rate_follows_what_is_measured() {
        let mut admission = Admission::default();
        for _ in 0..60 {
            let (claimed, decided, took) = (1_000, 2_000, 1_000);
            admission.observe(Measured { elapsed_ms: 100, claimed, decided, took });
        }
        assert!((9_900..=10_000).contains(&admission.claims_per_s()), "{admission:?}");
        assert!((495..=510).contains(&admission.yield_permille()), "{admission:?}");
        let before = admission;
        admission.observe(Measured { elapsed_ms: 0, claimed: 9, decided: 9, took: 9 });
        assert_eq!(admission, before);
        for _ in 0..100 {
            admission.observe(Measured { elapsed_ms: 100, ..Measured::default() });
        }
        assert_eq!(admission.claims_per_s(), 0);
        assert!(admission.next(&floor(5, 1_000)) > 0, "a lull does not close the doors");
    }

    proptest! {
        #[test]
        fn nobody_is_let_in_for_nothing_or_over_the_limits(
            free in 0u64..100_000, deciding in 0u64..60_000, waiting in 0u64..100_000,
            claimed in 0u64..100_000, decided in 0u64..100_000,
        ) {
            let mut admission = Admission::default();
            admission.observe(Measured { elapsed_ms: 100, claimed, decided, took: claimed });
            let at = Floor { free, deciding, waiting, step_min: 100, deciding_max: 50_000 };
            let next = admission.next(&at);
            prop_assert!(next <= waiting);
            prop_assert!(next == 0 || deciding + next <= 50_000);
            prop_assert!(free > 0 || next == 0);
            let promised = deciding * admission.yield_permille() / 1_000;
            if promised > free {
                prop_assert_eq!(next, 0);
            }
        }
    }
}
