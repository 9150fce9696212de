//! Opening a market: what is there, what is missing, how long it takes, and with what one could open
//! by when.
//!
//! An opening is a *plan value*: computed from dated facts for any day, shown, compared, and only
//! then carried out. What may be sold falls out of [`crate::clearance::explain`] and dates alone
//! ("accessories first"); the products of a plan that was carried out only narrow it. What must not happen here: a lead time that
//! nobody has stated counted as none, and lead times of things that run side by side added up.
//!
//! Start reading at [`plan_opening`].

mod assort;
mod checklist;
mod compare;
mod gap;
mod plan;
mod ready;
mod sentence;

pub use assort::{AssortmentChange, AssortmentRefusal, changed_assortment};
pub use checklist::{ChecklistCode, ChecklistItem, ChecklistState, GateKind, Need};
pub use compare::{Change, Comparison, compare};
pub use gap::{EXPIRING_DAYS, GapItem, GapState, PLAN_CODE, ProductGap, product_gap};
pub use plan::{OpeningPlan, PlanError, PlanRequest, PlannedItem, plan_opening};
pub use ready::{PathStep, Ready};
