//! Acts on markets and goods: rows of facts, prices, stock, stages, pictures, sales; and on
//! the ROM's builds and rollouts.
//!
//! Each is a value like every [`super::Act`]: it tells what it needs and where, what it would change,
//! and is carried out in the transaction that logs it.

mod export;
mod loosened;
mod market;
mod photo;
mod price;
mod rollout;
mod rom;
mod rows;
mod sale;
mod stock;

pub use export::{Exported, export_for};
pub use loosened::{Loosened, Loosening};
pub use market::Advance;
pub(super) use market::sold;
pub use photo::{PhotoAct, keep_photo, photo};
pub use price::CancelPrice;
pub use rollout::{NextWave, RolloutAct, RolloutStep, Rollouts, Said};
pub use rom::{RomAct, RomBuild, RomPlan, RomSignatures, RomTarget, RomTrip};
pub use rows::{
    DryRun, Rows, dry_run, edited, permission_to_change, permission_to_see, stored, stored_row,
};
pub use sale::SaleAct;
pub use stock::{Goods, StockAct, StockFilter, StockPage, TransferPage, accounts, transfers_of};

use kontor_domain::market::MarketCode;

use super::act_refusal::{ActRefusal, Objection};
use super::person::Refusal;
use crate::core::Failure;

/// A refusal of the area that an act belongs to, with its code and words.
fn refused(code: &'static str, words: impl std::fmt::Display) -> Failure<Refusal> {
    objected(Objection::new(code, words))
}

/// A refusal as another area has given it.
const fn objected(objection: Objection) -> Failure<Refusal> {
    Failure::Refused(Refusal::Act(ActRefusal::Area(objection)))
}

/// The one market among these, if it is the same each time.
fn only(mut markets: impl Iterator<Item = Option<MarketCode>>) -> Option<MarketCode> {
    let first = markets.next().flatten()?;
    markets.all(|other| other == Some(first)).then_some(first)
}
