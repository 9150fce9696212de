//! Opening markets: the plan for any day, and the steps from stage to stage.

mod advance;
mod plan;
mod refusal;
mod withdraw;

pub(crate) use advance::advance_in;
pub use advance::{AdvanceCommand, advance, history};
pub use plan::{PlanQuery, plan};
pub use refusal::Refusal;
pub(crate) use withdraw::reinstate_in;
pub use withdraw::{
    ReinstateCommand, WithdrawCommand, Withdrawn, reinstate, withdraw, withdrawals,
};
