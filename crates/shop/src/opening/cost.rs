//! What getting a clearance or an item of the checklist costs, as somebody was told: an offer of a
//! laboratory, a list of fees.

use std::sync::Arc;

use kontor_domain::clearance::Rule;
use kontor_store::clearance::{self, Kind};
use kontor_store::opening::{Cost, costs as all, items, save_cost};
use kontor_store::{StoreError, Tx};

use super::refusal::Refusal;
use crate::core::{Failure, Outcome, Shop};

/// Every cost that is noted, by the code of its rule.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn costs(shop: &Arc<Shop>) -> Result<Vec<Cost>, StoreError> {
    shop.db.read("opening.costs", all).await
}

/// Notes a cost, in place of what was noted before.
///
/// # Errors
///
/// [`Refusal::BadCost`], or a fault of the store.
pub async fn note_cost(shop: &Arc<Shop>, cost: Cost) -> Outcome<(), Refusal> {
    shop.db.write("opening.note_cost", move |tx| note_cost_in(tx, &cost)).await
}

/// Notes a cost within a transaction, in place of what was noted for the rule or item before.
pub(crate) fn note_cost_in(tx: &mut Tx<'_>, cost: &Cost) -> Outcome<(), Refusal> {
    let rules: Vec<Rule> = clearance::all(tx, Kind::Rule)?;
    let known = rules.iter().any(|rule| rule.code.as_str() == cost.clearance)
        || items(tx)?.iter().any(|item| item.code.as_str() == cost.clearance);
    if !known || cost.amount.minor < 0 {
        return Err(Failure::Refused(Refusal::BadCost(cost.clearance.clone())));
    }
    save_cost(tx, cost)?;
    Ok(())
}
