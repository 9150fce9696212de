//! What the keeper asks: does the rollout stop, go on to its next wave, or stay as it is?

use kontor_base::Instant;
use serde::{Deserialize, Serialize};

use super::plan::{Advance, Gate, Rollout, Trip, WHOLE};
use super::state::{Cause, RolloutState, Step, transition};

/// How many devices have reported what about a build in a rollout. Each device counts once per
/// kind of report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Have fetched it.
    pub downloaded: u64,
    /// Run it.
    pub installed: u64,
    /// Could not install it.
    pub failed: u64,
    /// Had it and went back.
    pub rolled_back: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub const fn and(&self, other: &Self) -> Self {
        Self {
            downloaded: self.downloaded + other.downloaded,
            installed: self.installed + other.installed,
            failed: self.failed + other.failed,
            rolled_back: self.rolled_back + other.rolled_back,
        }
    }

    /// What has come in addition to an earlier tally.
    #[must_use]
    pub const fn since(&self, earlier: &Self) -> Self {
        Self {
            downloaded: self.downloaded.saturating_sub(earlier.downloaded),
            installed: self.installed.saturating_sub(earlier.installed),
            failed: self.failed.saturating_sub(earlier.failed),
            rolled_back: self.rolled_back.saturating_sub(earlier.rolled_back),
        }
    }

    /// The larger of each.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        Self {
            downloaded: self.downloaded.max(other.downloaded),
            installed: self.installed.max(other.installed),
            failed: self.failed.max(other.failed),
            rolled_back: self.rolled_back.max(other.rolled_back),
        }
    }

    /// Devices that came to an end, well or badly. A device that failed and then succeeded counts
    /// on both sides: it was a failure that somebody met.
    #[must_use]
    pub const fn ended(&self) -> u64 {
        self.installed + self.failed
    }

    /// The failed and rolled back, in millionths of those that came to an end.
    #[must_use]
    pub fn failures(&self) -> u32 {
        share(self.failed + self.rolled_back, self.ended().max(self.rolled_back))
    }

    /// The installed and not rolled back, in millionths of those that came to an end.
    #[must_use]
    pub fn successes(&self) -> u32 {
        share(self.installed.saturating_sub(self.rolled_back), self.ended())
    }
}

fn share(part: u64, of: u64) -> u32 {
    if of == 0 {
        return 0;
    }
    let millionths = u128::from(part) * u128::from(WHOLE) / u128::from(of);
    u32::try_from(millionths).map_or(WHOLE, |share| share.min(WHOLE))
}

/// What the reports say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Too few reports to tell.
    TooFew,
    /// Within bounds.
    Good,
    /// Too many failures.
    Bad,
}

/// What the gate says to the reports since somebody last resumed the rollout in spite of them.
#[must_use]
pub fn verdict(rollout: &Rollout, tally: &Tally) -> Verdict {
    rollout.gate.judge(&tally.since(&rollout.standing.forgiven))
}

impl Gate {
    /// What it says to these reports.
    #[must_use]
    pub fn judge(&self, tally: &Tally) -> Verdict {
        if tally.ended().max(tally.rolled_back) < u64::from(self.reports_min) {
            Verdict::TooFew
        } else if tally.failures() > self.failures_max {
            Verdict::Bad
        } else {
            Verdict::Good
        }
    }
}

impl Trip {
    /// The step by which it happens.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Pause => Step::Pause,
            Self::Halt => Step::Halt,
        }
    }
}

/// What is to happen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nothing.
    Stay,
    /// The wave at this place begins.
    Next(usize),
    /// A step to another state.
    Step(Step, Cause),
}

/// What is to happen to a rollout at `now`. `reached` tells whether the pace has let the whole
/// share of the present wave in. Failures come before progress; a rollout that somebody has paused
/// still halts when the reports demand it, and one that is done is watched on.
#[must_use]
pub fn turn(rollout: &Rollout, tally: &Tally, reached: bool, now: Instant) -> Turn {
    let state = rollout.standing.state;
    if verdict(rollout, tally) == Verdict::Bad {
        let step = rollout.gate.trip.step();
        if transition(state, step).is_some() {
            return Turn::Step(step, Cause::Failures);
        }
    }
    if state != RolloutState::Running || !reached {
        return Turn::Stay;
    }
    goes_on(rollout, &in_wave(rollout, tally), now)
}

/// The reports of the present wave: those that came since it began, and since somebody last resumed the
/// rollout in spite of what was known.
pub(super) fn in_wave(rollout: &Rollout, tally: &Tally) -> Tally {
    let standing = &rollout.standing;
    tally.since(&standing.wave_tally.max(&standing.forgiven))
}

/// What comes after the present wave of a rollout whose share is in, if the wave is over by its time
/// or by the successes among its reports.
pub(super) fn goes_on(rollout: &Rollout, in_wave: &Tally, now: Instant) -> Turn {
    let over = match rollout.wave().advance {
        Advance::ByHand => false,
        Advance::After { seconds } => {
            now.seconds_since(rollout.standing.wave_since) >= i64::from(seconds)
        }
        Advance::Succeeded { devices_min, share_min } => {
            in_wave.installed >= u64::from(devices_min) && in_wave.successes() >= share_min
        }
    };
    match rollout.standing.wave + 1 {
        _ if !over => Turn::Stay,
        next if next < rollout.waves.len() => Turn::Next(next),
        _ => Turn::Step(Step::Finish, Cause::Plan),
    }
}
