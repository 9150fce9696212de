//! The sentence: what the sheet says about a country, in plain English for terminals and prints.

use std::fmt;

use super::types::{
    Calibration, CandidateResult, Gate, Origin, Placement, SignalKind, SignalResult, Sway,
};

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

fn noun(kind: SignalKind) -> &'static str {
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
        let (country, class) = (self.candidate.country, self.candidate.class.word());
        write!(f, "{country} ({class}): ")?;
        match self.break_even {
            Some(even) => write!(f, "break-even {} a year.", estimate(even.p50))?,
            None => write!(f, "a unit earns nothing.")?,
        }
        for signal in &self.signals {
            write!(f, " {signal}")?;
        }
        match self.candidate.gate {
            Gate::Now => write!(f, " Can open now.")?,
            Gate::From { on } => write!(f, " Not before {on}.")?,
            Gate::Blocked => write!(f, " Blocked without a known end.")?,
            Gate::Unknown => write!(f, " Not known whether it may open.")?,
        }
        write!(f, " {}", Rank(self.rank))?;
        if let [first, rest @ ..] = self.tied_with.as_slice() {
            write!(f, ", tied with {first}")?;
            for country in rest {
                write!(f, ", {country}")?;
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
