//! Claims against the books: no lot has given out more than it had, and what a claim says of itself
//! is what the hold of its checkout says.

use std::collections::BTreeMap;

use kontor_base::id::HoldId;
use kontor_ledger::sale::{Claim, ClaimState};
use kontor_ledger::{HoldState, StockKey, StockState};
use kontor_store::sale::lot::{self as lots, KeptLot};
use kontor_store::sale::{self as sales, batch, checkout};
use kontor_store::{StoreError, Tx, stock};
use serde::Serialize;

use crate::core::claim_bytes;

/// How many claims are read at a time.
const PAGE: i64 = 5_000;

/// Something in a sale that does not agree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaleFinding {
    /// The sale.
    pub sale: String,
    /// The lot.
    pub lot: i64,
    /// The claim's number; none: the whole lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<u32>,
    /// What does not agree.
    pub problem: &'static str,
}

/// Units that the books should have available for a sale, by the stock's key.
#[derive(Default)]
struct Expected(BTreeMap<StockKey, (i64, i64)>);

/// Audits every sale; gives what does not agree, and how many claims were looked at.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    progress: &dyn Fn(u64),
) -> Result<(Vec<SaleFinding>, u64), StoreError> {
    let (mut findings, mut seen) = (Vec::new(), 0);
    for sale in sales::all(tx)? {
        let mut expected = Expected::default();
        for lot in lots::of_sale(tx, sale.definition.sale)? {
            let over = !sale.state.owns_units();
            seen += audit_lot(tx, &lot, over, &mut expected, &mut findings, progress)?;
        }
        if !sale.state.owns_units() {
            continue;
        }
        for (key, (lot, units)) in expected.0 {
            let account = key.account(StockState::Available);
            let kept = stock::balances(tx, std::slice::from_ref(&key), StockState::Available)?;
            if kept.of(&account) != units {
                findings.push(SaleFinding {
                    sale: sale.definition.sale.to_string(),
                    lot,
                    claim: None,
                    problem: "its stock is not what its lots have left",
                });
            }
        }
    }
    Ok((findings, seen))
}

fn audit_lot(
    tx: &mut Tx<'_>,
    lot: &KeptLot,
    over: bool,
    expected: &mut Expected,
    findings: &mut Vec<SaleFinding>,
    progress: &dyn Fn(u64),
) -> Result<u64, StoreError> {
    let waits_to_be_told = checkout::rechecks(tx, lot.lot, i64::MAX)?;
    let (mut taken, mut promised, mut seen, mut last) = (0_i64, 0_i64, 0, 0);
    let mut found = |claim, problem| {
        let sale = lot.sale.to_string();
        findings.push(SaleFinding { sale, lot: lot.lot, claim, problem });
    };
    loop {
        let page = batch::claims_after(tx, lot.lot, last, PAGE)?;
        let Some((end, _)) = page.last() else { break };
        last = *end;
        for (number, claim) in &page {
            seen += 1;
            let units = i64::from(claim.units);
            taken += if claim.state.takes() { units } else { 0 };
            // What the clock ended, or has not yet, was never in the books.
            if matches!(claim.state, ClaimState::Held | ClaimState::Expired) {
                continue;
            }
            let id = HoldId::from_bytes(claim_bytes(lot.lot, *number));
            let hold = stock::hold(tx, id)?;
            let state = hold.as_ref().map(|hold| hold.state);
            if matches!(state, Some(HoldState::Active | HoldState::Claimed)) {
                promised += units;
            }
            // Lots of a sale that is over hear nothing any more.
            let told = !over && waits_to_be_told.binary_search(number).is_err();
            if let Some(problem) = contradiction(claim, state, told) {
                found(Some(*number), problem);
            }
        }
        progress(page.len() as u64);
    }
    let quota = i64::from(lot.head.quota);
    if taken > quota {
        found(None, "more is taken than the lot has");
    }
    let entry = expected.0.entry(lot.stock.clone()).or_insert((lot.lot, 0));
    entry.1 += quota - promised;
    Ok(seen)
}

/// What a claim and its hold cannot both be; `told`: the lot has heard of every change.
fn contradiction(claim: &Claim, hold: Option<HoldState>, told: bool) -> Option<&'static str> {
    match (claim.state, hold) {
        (ClaimState::Sold, Some(HoldState::Claimed)) => None,
        (ClaimState::Sold, Some(HoldState::Cancelled)) if !told => None,
        (ClaimState::Sold, _) => Some("it is sold, and no order has its units"),
        (ClaimState::Released, Some(HoldState::Active | HoldState::Claimed)) => {
            Some("it was released, and its checkout has the units still")
        }
        // The keeper comes by: the lot will hear of it.
        (ClaimState::Checkout, Some(HoldState::Claimed)) if told => {
            Some("an order has its units, and its lot will not hear of it")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_and_its_hold_say_the_same() {
        let claim = |state| Claim {
            request: [1; 16],
            person: [2; 16],
            claimed_at: 0,
            expires_at: 1,
            body: 0,
            earlier: 0,
            ship_to: *b"US",
            units: 1,
            state,
            extended: false,
        };
        use ClaimState as C;
        use HoldState as H;
        for (state, hold, told, agrees) in [
            (C::Sold, Some(H::Claimed), true, true),
            (C::Sold, Some(H::Cancelled), false, true),
            (C::Sold, Some(H::Cancelled), true, false),
            (C::Sold, None, false, false),
            (C::Sold, Some(H::Expired), false, false),
            (C::Released, Some(H::Active), false, false),
            (C::Released, Some(H::Claimed), false, false),
            (C::Released, Some(H::Cancelled), true, true),
            (C::Released, None, true, true),
            (C::Checkout, None, true, true),
            (C::Checkout, Some(H::Active), true, true),
            (C::Checkout, Some(H::Expired), true, true),
            (C::Checkout, Some(H::Claimed), false, true),
            (C::Checkout, Some(H::Claimed), true, false),
        ] {
            let found = contradiction(&claim(state), hold, told);
            assert_eq!(found.is_none(), agrees, "{state:?} {hold:?} told: {told}: {found:?}");
        }
    }
}
