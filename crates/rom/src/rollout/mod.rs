//! How a build gets out: plans, steps by hand, the keeper's turns, and what devices report.

mod offer;
mod plan;
mod report;
mod sources;
mod status;
mod steer;
mod turn;
mod withdraw;

pub use offer::{OFFER_LIFE_S, OfferQuestion, OfferRefusal, Offered, offer, receipt_of};
pub use plan::{
    PlanCommand, PlanRefusal, Planned, PlannedBuild, plan, plan_in, propose_in, proposed,
};
pub use report::{ReportCommand, ReportRefusal, Reported, report};
pub use sources::want_deltas;
pub use status::{Listed, Status, campaign_status, listed, status, status_of};
pub use steer::{SteerRefusal, next_wave, next_wave_in, steer, steer_in};
pub use turn::keep_rollouts;
pub use withdraw::{WithdrawCommand, WithdrawRefusal, withdraw, withdraw_in, withdrawable_in};
