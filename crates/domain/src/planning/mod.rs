//! Planning: what a unit costs when it arrives, whether to produce where it is sold, how much to
//! order, and which country comes next.
//!
//! Every planner is a pure function from inputs to a value that carries its inputs along, so that a
//! page can print each line with its base, rate, date and source. What must not happen here:
//! adding up signals about the same people, guessing a take rate, or printing a number more exactly
//! than it is known.
//!
//! Start reading with [`landed_cost`], then [`next_country`].

mod landed;
mod local;
mod newsvendor;
mod next;
mod past;
mod reorder;

pub use landed::{
    Charge, ChargeBase, ChargeRate, CostError, CostSheet, LandedCost, LandedLine, Recovery,
    landed_cost,
};
pub use local::{LocalPlan, LocalReason, LocalVerdict, Permission, duty_gap, local_or_import};
pub use newsvendor::{Batch, BatchError, BatchPlan, Scenario, plan_batch};
pub use next::{
    Calibration, Candidate, CandidateName, CandidateResult, CostGround, Gate, GateGround, Headline,
    InputKind, InputSource, NextCountryError, Opening, Origin, OwnCount, Placement, Settings,
    Sheet, Signal, SignalKind, SignalResult, Spread, Sway, feed, gate_by_plan, next_country,
    opening_cost, own_count, two_digits,
};
pub use past::{FORECAST_LATE_DAYS, Hit, PastForecast, PastOpening, PastOutcome, hit_rate};
pub use reorder::{Reorder, ReorderError, ReorderPoint, reorder_point};
