//! The headline of a sheet: which country comes next, and which ones only would.
//!
//! A country that nobody may open is never named as next, however much speaks for it: it is told
//! beside the next one, with what is in the way.

use std::fmt;

use super::sentence::{Opens, noun};
use super::types::{CandidateResult, GateGround, Sheet, SignalResult};

impl CandidateResult {
    /// The signals that clear break-even in at least half of the draws, each on its own.
    pub fn clearing(&self) -> impl Iterator<Item = &SignalResult> {
        self.signals.iter().filter(|s| s.clears_per_mille.is_some_and(|share| share >= 500))
    }
}

impl Sheet {
    /// The candidate that comes next: the best of those that can open, now or on a known day.
    #[must_use]
    pub fn comes_next(&self) -> Option<&CandidateResult> {
        self.candidates.iter().find(|result| result.candidate.gate.opens())
    }

    /// The candidate that most speaks for, where no shop was asked whether anything may open at all: then the
    /// gates are no answer, and not a no.
    fn by_evidence(&self) -> Option<&CandidateResult> {
        let unasked =
            |result: &CandidateResult| result.candidate.gate_ground == GateGround::NotAsked;
        self.candidates.first().filter(|_| self.candidates.iter().all(unasked))
    }

    /// The candidates that cannot open and that more signals speak for than for the next one; where
    /// none can open, all of them. The best first.
    pub fn held_back(&self) -> impl Iterator<Item = &CandidateResult> {
        let next = self.comes_next().map(|next| next.clearing().count());
        let shut = self.candidates.iter().filter(|result| !result.candidate.gate.opens());
        shut.filter(move |result| next.is_none_or(|next| result.clearing().count() > next))
    }

    /// The headline in plain English, for terminals and prints.
    #[must_use]
    pub const fn headline(&self) -> Headline<'_> {
        Headline(self)
    }
}

/// See [`Sheet::headline`].
#[derive(Clone, Copy, Debug)]
pub struct Headline<'s>(&'s Sheet);

impl fmt::Display for Headline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = self.0.by_evidence() {
            write!(f, "Next by what speaks for it alone: ")?;
            return told(f, first);
        }
        match self.0.comes_next() {
            Some(next) => {
                write!(f, "Next: ")?;
                told(f, next)?;
            }
            None => write!(f, "No country is next: none of the candidates can open.")?,
        }
        for shut in self.0.held_back() {
            let (name, opens) = (shut.candidate.name(), Opens(&shut.candidate));
            write!(f, " Not {name}, with {} clearing signals: {opens}", shut.clearing().count())?;
        }
        Ok(())
    }
}

/// The name, the ties, whether it can open, and what speaks for it.
fn told(f: &mut fmt::Formatter<'_>, result: &CandidateResult) -> fmt::Result {
    write!(f, "{}", result.candidate.name())?;
    for (place, name) in result.tied_with.iter().enumerate() {
        write!(f, "{} {name}", if place == 0 { ", tied with" } else { "," })?;
    }
    write!(f, ". {} ", Opens(&result.candidate))?;
    let nouns: Vec<&str> = result.clearing().map(|s| noun(s.signal.kind)).collect();
    match nouns.as_slice() {
        [] => write!(f, "No signal clears break-even."),
        _ => write!(f, "Clear break-even, each alone: {}.", nouns.join(", ")),
    }
}
