//! Holding, claiming and freeing stock inside a transaction: read, ask the ledger, write what it
//! decided.

use kontor_base::id::HoldId;
use kontor_base::{Instant, Random};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_ledger::hold::{claim as claim_plan, expire, keys_of, place, release};
use kontor_ledger::{
    Balances, Hold, HoldPlan, PlaceHold, StockKey, StockRefusal, StockState, WantedLine,
};
use kontor_store::{StoreError, Tx, stock};

use crate::core::{Failure, Outcome};

/// Holds what is wanted (variant and quantity) from the market's quota, for `ttl_s` seconds: from the first place
/// that has any, then the next.
///
/// # Errors
///
/// The ledger's refusal, or a fault of the store.
pub(crate) fn hold_lines<'a>(
    tx: &mut Tx<'_>,
    id: HoldId,
    market: MarketCode,
    lines: impl IntoIterator<Item = (&'a Sku, u32)>,
    ttl_s: i64,
    at: Instant,
    random: &Random,
) -> Outcome<Hold, StockRefusal> {
    hold_quota(tx, id, market.as_str(), lines, ttl_s, at, random)
}

/// Holds what is wanted from any quota: a market's, or one that was set aside.
///
/// # Errors
///
/// The ledger's refusal, or a fault of the store.
pub(crate) fn hold_quota<'a>(
    tx: &mut Tx<'_>,
    id: HoldId,
    quota: &str,
    lines: impl IntoIterator<Item = (&'a Sku, u32)>,
    ttl_s: i64,
    at: Instant,
    random: &Random,
) -> Outcome<Hold, StockRefusal> {
    let (mut wanted, mut balances) = (Vec::new(), Balances::new());
    for (sku, quantity) in lines {
        let mut missing = i64::from(quantity);
        for (key, available) in stock::available(tx, quota, sku.as_str())? {
            balances.set(key.account(StockState::Available), available);
            let units = missing.min(available);
            if units > 0 {
                wanted.push(WantedLine { key, units });
                missing -= units;
            }
        }
        if missing > 0 {
            // Nobody has these. The ledger finds none at this place and names what is short.
            let key =
                StockKey::parse("nowhere", sku.as_str(), quota).map_err(|error| bad_key(&error))?;
            wanted.push(WantedLine { key, units: missing });
        }
    }
    let plan = place(&PlaceHold { id, lines: wanted, ttl_s }, &balances, at, random)
        .map_err(Failure::Refused)?;
    write(tx, &plan)?;
    Ok(plan.hold)
}

/// Holds units of one place and quota, for `ttl_s` seconds.
///
/// # Errors
///
/// The ledger's refusal, or a fault of the store.
pub(crate) fn hold_key(
    tx: &mut Tx<'_>,
    id: HoldId,
    line: WantedLine,
    ttl_s: i64,
    at: Instant,
    random: &Random,
) -> Outcome<Hold, StockRefusal> {
    let lines = vec![line];
    let balances = stock::balances(tx, &keys_of(&lines), StockState::Available)?;
    let plan =
        place(&PlaceHold { id, lines, ttl_s }, &balances, at, random).map_err(Failure::Refused)?;
    write(tx, &plan)?;
    Ok(plan.hold)
}

/// Ends a hold whose end has come, if the keeper has not come by yet.
///
/// # Errors
///
/// A fault of the store.
pub(crate) fn end_if_due(
    tx: &mut Tx<'_>,
    id: HoldId,
    at: Instant,
    random: &Random,
) -> Result<(), StoreError> {
    let Some(hold) = stock::hold(tx, id)? else { return Ok(()) };
    match expire(&hold, at, random) {
        Ok(plan) => write(tx, &plan),
        Err(_not_due_or_settled) => Ok(()),
    }
}

fn bad_key(error: &kontor_base::TextError) -> StoreError {
    // SKUs and market codes are keys by their own rules: only a damaged row gets here.
    StoreError::BadRow { table: "cart", problem: error.to_string().into() }
}

/// Turns a hold into sold units.
///
/// # Errors
///
/// The ledger's refusal, or a fault of the store.
pub(crate) fn claim(
    tx: &mut Tx<'_>,
    hold: &Hold,
    at: Instant,
    random: &Random,
) -> Outcome<Hold, StockRefusal> {
    let plan = claim_plan(hold, at, random).map_err(Failure::Refused)?;
    write(tx, &plan)?;
    Ok(plan.hold)
}

/// Frees an active hold; one that is settled already is left as it is.
///
/// # Errors
///
/// A fault of the store.
pub(crate) fn give_back(
    tx: &mut Tx<'_>,
    id: HoldId,
    at: Instant,
    random: &Random,
) -> Result<(), StoreError> {
    let Some(hold) = stock::hold(tx, id)? else { return Ok(()) };
    match release(&hold, at, random) {
        Ok(plan) => write(tx, &plan),
        Err(_settled) => Ok(()),
    }
}

/// Writes what the ledger decided.
///
/// # Errors
///
/// A fault of the store.
pub(super) fn write(tx: &mut Tx<'_>, plan: &HoldPlan) -> Result<(), StoreError> {
    stock::post(tx, &plan.transfers)?;
    stock::save_hold(tx, &plan.hold)
}
