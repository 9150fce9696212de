//! Opening markets: the plan for any day, and the steps from stage to stage.

mod advance;
mod plan;
mod refusal;

pub use advance::{AdvanceCommand, advance, history};
pub use plan::{PlanQuery, plan};
pub use refusal::Refusal;
