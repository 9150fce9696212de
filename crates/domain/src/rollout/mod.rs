//! Rollouts: how a build reaches the devices of a channel, a few at first, then all.
//!
//! [`Rollout`] is the plan with where it stands; [`admits`] tells one device whether it is in and
//! why not; [`turn`] is what the keeper asks every second; [`rehearse`] shows what a plan would do
//! to a population. Which device is in which part of a wave follows from its key and the rollout's
//! salt ([`Point`]): nothing is stored per device, and a device that is in stays in as shares rise.
//! Rollouts of several models that run as one are a [`campaign`].

mod admit;
pub mod campaign;
mod census;
mod gate;
mod plan;
mod point;
mod rehearse;
mod report;
mod state;
#[cfg(test)]
mod tests;

pub use admit::{Asker, Entrance, NotYet, admits, entrance};
pub use census::{Seen, census};
pub use gate::{Tally, Turn, Verdict, turn, verdict};
pub use plan::{
    Advance, Audience, Ends, Gate, Pace, PlanError, Rollout, Standing, Trip, WAVE_HOURS_MAX,
    WAVES_MAX, WHOLE, Wave,
};
pub use point::{DeviceKey, Point};
pub use rehearse::{Group, Rehearsal, RehearsedWave, next_adds, rehearse, rehearse_together};
pub use report::{CODE_BYTES_MAX, Event, clean_code};
pub use state::{Cause, RolloutState, Step, TRANSITIONS, transition};
