//! The sentence: what the sheet says about a country, in plain English for terminals and prints.

use std::fmt;

use super::types::{
    Calibration, Candidate, CandidateResult, CostGround, Gate, GateGround, Origin, Placement,
    SignalKind, SignalResult, Sway,
};
use crate::opening::Ready;

/// A number with at most two significant digits: an estimate is not known better.
#[must_use]
pub fn two_digits(number: u64) -> u64 {
    let mut scale = 1;
    while number / scale >= 100 {
        scale *= 10;
    }
    // Half up, as everywhere.
    (number / scale + u64::from(number % scale * 2 >= scale && scale > 1)).saturating_mul(scale)
}

struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

fn estimate(number: u64) -> Grouped {
    Grouped(two_digits(number))
}

pub(super) fn noun(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::CarriedAbroad => "devices carried there",
        SignalKind::RomElsewhere => "installations on other makers' devices",
        SignalKind::ResellerOrders => "resellers' orders",
        SignalKind::WaitingList => "people on the waiting list",
        SignalKind::BlockedCarts => "carts that were refused",
    }
}

/// Break-even, each signal on its own, the gate, the rank and what would change it.
impl fmt::Display for CandidateResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.candidate.name())?;
        match self.break_even {
            Some(even) => write!(f, "break-even {} a year", estimate(even.p50))?,
            None => write!(f, "a unit earns nothing")?,
        }
        match self.candidate.cost_ground {
            CostGround::File | CostGround::Plan => write!(f, ".")?,
            CostGround::PlanInPart { unknown: 1 } => {
                write!(f, ", without a clearance that nobody has asked the cost of.")?;
            }
            CostGround::PlanInPart { unknown } => {
                write!(f, ", without {unknown} clearances that nobody has asked the cost of.")?;
            }
            CostGround::Unknown => write!(f, ", without what the opening costs: nobody knows.")?,
        }
        for signal in &self.signals {
            write!(f, " {signal}")?;
        }
        write!(f, " {}", Opens(&self.candidate))?;
        write!(f, " {}", Rank(self.rank))?;
        if let [first, rest @ ..] = self.tied_with.as_slice() {
            write!(f, ", tied with {first}")?;
            for name in rest {
                write!(f, ", {name}")?;
            }
        }
        write!(f, ".")?;
        match self.sway {
            Some(sway) => write!(f, " What would change this: {sway}."),
            None => write!(f, " No single input would change this."),
        }
    }
}

impl fmt::Display for SignalResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = noun(self.signal.kind);
        write!(f, "{} {noun}", Grouped(self.signal.count))?;
        match self.signal.origin {
            Origin::Own => write!(f, " (own count of {})", self.signal.as_of)?,
            Origin::File if self.stale => write!(f, " (counted on {})", self.signal.as_of)?,
            Origin::File => {}
        }
        let (Some(units), Calibration::Openings { count }) = (self.units, self.calibration) else {
            return write!(f, ": not calibrated.");
        };
        let markets = if count == 1 { "market" } else { "markets" };
        let (low, high) = (estimate(units.p10), estimate(units.p90));
        write!(f, " would mean {low} to {high} (take rate from {count} {markets})")?;
        match (self.clears_per_mille, self.needed) {
            (Some(share), _) if share >= 500 => write!(f, ": clears break-even."),
            (_, Some(needed)) => write!(f, ": {} would be needed.", estimate(needed)),
            _ => write!(f, "."),
        }
    }
}

/// When it can open, and by what.
pub(super) struct Opens<'c>(pub(super) &'c Candidate);

impl fmt::Display for Opens<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ground = &self.0.gate_ground;
        match self.0.gate {
            Gate::Now => write!(f, "Can open now")?,
            Gate::From { on } => write!(f, "Not before {on}")?,
            Gate::Blocked => write!(f, "Blocked without a known end")?,
            Gate::Unknown => match ground {
                GateGround::Plan { ready: Ready::Undated, .. } => {
                    write!(f, "Not known when it may open")?;
                }
                _ => write!(f, "Not known whether it may open")?,
            },
        }
        match ground {
            GateGround::File => {}
            GateGround::Plan { market, because, .. } => {
                write!(f, " by the opening plan of {market}")?;
                if let Some(because) = because.as_ref().filter(|_| self.0.gate != Gate::Now) {
                    write!(f, ", because of {because}")?;
                }
            }
            GateGround::NotAsked => write!(f, ": no shop was asked for its opening plan")?,
            GateGround::NoMarket => write!(f, ": the shop has no market to plan it with")?,
            GateGround::NoProducts { market } => {
                write!(f, ": the catalogue has no product of the class to plan {market} with")?;
            }
        }
        write!(f, ".")
    }
}

struct Rank(Placement);

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.p10 == self.0.p90 {
            write!(f, "Rank {}", self.0.p10)
        } else {
            write!(f, "Rank {} to {}", self.0.p10, self.0.p90)
        }
    }
}

impl fmt::Display for Sway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Price => f.write_str("the net price"),
            Self::Landed => f.write_str("the landed cost"),
            Self::Delay => f.write_str("the delay"),
            Self::Take { kind } => write!(f, "how many of the {} buy", noun(*kind)),
        }
    }
}
