//! Sets units aside for a reseller, and takes them back: a quota that moves in the stock ledger.

use kontor_base::Instant;
use kontor_base::id::TransferId;
use kontor_domain::catalogue::Sku;
use kontor_ledger::warehouse::move_quota;
use kontor_ledger::{MarketKey, Movement, Reference, StockRefusal, StockState};
use kontor_store::reseller::{KeptContract, contract as kept};
use kontor_store::{StoreError, Tx, stock};

use super::refusal::Refusal;
use crate::core::{Failure, Outcome, Shop};

/// The word of a contract's quota in the ledger; no market's code can be it.
pub(super) fn quota_word(contract: &str) -> String {
    format!("reseller.{contract}")
}

/// How many units of a variant lie with a contract or were ordered from it.
pub(crate) fn lies_with(tx: &mut Tx<'_>, contract: &str, sku: &Sku) -> Result<i64, StoreError> {
    let there = stock::of_quota(tx, &quota_word(contract), sku.as_str())?;
    Ok(there.iter().map(|(_, units)| units).sum())
}

/// Moves `units` of a variant from the market's shelf to the contract's account; fewer than none:
/// back.
pub(crate) fn allot_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    contract: &str,
    sku: &Sku,
    units: i64,
    at: Instant,
) -> Outcome<(), Refusal> {
    let unknown = || Failure::Refused(Refusal::UnknownContract(contract.to_owned()));
    let kept = kept(tx, contract)?.ok_or_else(unknown)?;
    let quota = quota_word(contract);
    let market = kept.market.as_str();
    if units > 0 {
        within_contract(tx, &kept, sku, units)?;
        moved(tx, shop, (market, &quota), sku, units, at)
    } else {
        moved(tx, shop, (&quota, market), sku, units.saturating_neg(), at)
    }
}

/// What lies with the reseller or has been ordered from it may not exceed what the contract says.
fn within_contract(
    tx: &mut Tx<'_>,
    kept: &KeptContract,
    sku: &Sku,
    units: i64,
) -> Outcome<(), Refusal> {
    let allowed = kept.contract.terms.allotment.get(sku).copied().unwrap_or(0);
    let wanted = lies_with(tx, &kept.contract.code, sku)?.saturating_add(units);
    if wanted > i64::from(allowed) {
        let sku = sku.clone();
        return Err(Failure::Refused(Refusal::BeyondAllotment { sku, allowed, wanted }));
    }
    Ok(())
}

/// Moves units between two quotas, place by place, until enough are moved; all or nothing.
fn moved(
    tx: &mut Tx<'_>,
    shop: &Shop,
    (from, to): (&str, &str),
    sku: &Sku,
    units: i64,
    at: Instant,
) -> Outcome<(), Refusal> {
    let bad = |error: kontor_base::TextError| StoreError::BadRow {
        table: "reseller_contract",
        problem: error.to_string().into(),
    };
    let to = MarketKey::parse(to).map_err(bad)?;
    let mut missing = units;
    if missing <= 0 {
        return Err(Failure::Refused(Refusal::Stock(StockRefusal::UnitsOutOfRange)));
    }
    for (key, available) in stock::available(tx, from, sku.as_str())? {
        let units = missing.min(available);
        if units <= 0 {
            continue;
        }
        let balances = stock::balances(tx, std::slice::from_ref(&key), StockState::Available)?;
        let movement = Movement {
            id: TransferId::new(at, &shop.random),
            at,
            key,
            units,
            reference: Reference::parse(to.as_str()).expect("a key is one short line"),
        };
        let transfer = move_quota(movement, Some(to.clone()), &balances)
            .map_err(|refusal| Failure::Refused(Refusal::Stock(refusal)))?;
        stock::post(tx, &[transfer])?;
        missing -= units;
    }
    if missing > 0 {
        // What was moved so far is rolled back with the refusal.
        return Err(Failure::Refused(Refusal::Stock(StockRefusal::Insufficient {
            short: Vec::new(),
        })));
    }
    Ok(())
}
