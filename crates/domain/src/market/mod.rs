//! Markets: where the shop is, in which stage of opening, and what each stage allows.

mod beta;
mod contact;
mod stage;
mod types;

pub use beta::{
    BETA_UNITS_MAX, BETA_UNITS_PER_PERSON, BetaBought, BetaRefusal, BetaTerms, Invited,
};
pub use contact::{Contact, ContactRow, ReturnAddress};
pub use stage::{
    Act, Goods, SPARE_PART_TABLE, STAGE_TABLE, Stage, TRANSITIONS, stage_allows, stage_allows_goods,
};
pub use types::{FulfilmentModel, Market, MarketCode, MarketError, TaxDisplay};
