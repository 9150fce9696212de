//! Markets: where the shop is, in which stage of opening, and what each stage allows.

mod stage;
mod types;

pub use stage::{Act, STAGE_TABLE, Stage, TRANSITIONS, stage_allows};
pub use types::{FulfilmentModel, Market, MarketCode, MarketError, TaxDisplay};
