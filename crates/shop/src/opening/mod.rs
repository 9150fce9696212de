//! Opening markets: the plan for any day, and the steps from stage to stage.

mod advance;
mod assort;
mod cost;
mod plan;
mod refusal;
mod withdraw;

pub(crate) use advance::advance_in;
pub use advance::{AdvanceCommand, advance, history, products_of_step};
pub use assort::{AssortCommand, assort};
pub(crate) use assort::{assort_in, assorted};
pub use cost::{costs, costs_in, note_cost};
pub(crate) use cost::{markets_of_cost, note_cost_in};
pub use plan::{PlanQuery, plan};
pub use refusal::Refusal;
pub use withdraw::{
    ReinstateCommand, WithdrawCommand, Withdrawn, reinstate, withdraw, withdrawals,
};
pub(crate) use withdraw::{
    extend_withdrawals_in, market_of, reinstate_in, withdraw_in, withdrawn_of, withdrawn_since,
};
