//! Leaves the line: the place is given up, and the deposit goes back. Possible at any time before the
//! units are bought, without a reason.

use std::sync::Arc;

use kontor_base::id::DepositId;
use kontor_base::{Instant, Money};
use kontor_domain::sale::{DepositEvent, DepositRefusal, DepositState, Way};
use kontor_ledger::sale::ClaimState;
use kontor_store::order::checkout as load_checkout;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::sale::{self as sales, entry as entries};
use kontor_store::{StoreError, Tx};

use super::super::refusal::Refusal;
use super::super::sale::give_up_claim;
use super::give_back::{Back, give_back_in};
use crate::core::{Failure, Outcome, Shop};
use crate::sale::{SaleRefusal, stop_waiting_of, units_of};

/// A place that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// What goes back.
    pub amount: Money,
    /// It had gone back before.
    pub before: bool,
}

/// Leaves the line. Units that are held on the place are given up first. Twice is once.
///
/// # Errors
///
/// A [`Refusal`]: units that are being paid at this moment or were bought are not given up here. Or a
/// fault of the store.
pub async fn leave_line(shop: &Arc<Shop>, id: DepositId) -> Outcome<Left, Refusal> {
    let read = shop.db.read("order.deposit", move |tx| deposits::get(tx, id)).await;
    let deposit = read.map_err(Failure::Fault)?.ok_or_else(|| refused(unknown()))?;
    if deposit.state == DepositState::Returned {
        return Ok(Left { amount: deposit.amount, before: true });
    }
    let had_units = match deposit.entry {
        Some(entry) if deposit.state == DepositState::Held => {
            let found = units_of(shop, deposit.sale, entry, deposit.market, Way::Batch).await;
            found.map_err(refused)?
        }
        _ => None,
    };
    if let Some(claim) = had_units
        && matches!(claim.state, ClaimState::Held | ClaimState::Checkout)
    {
        give_up_claim(shop, claim.lot, claim.number).await?;
    }
    if let Some(entry) = deposit.entry {
        // Whoever waits in the lot's own line for what comes back does not any more.
        let left = stop_waiting_of(shop, deposit.sale, entry, deposit.market, Way::Batch).await;
        left.map_err(refused)?;
    }
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .write("order.leave_line", move |tx| {
            let mut deposit = deposits::get(tx, id)?.ok_or_else(|| refused(unknown()))?;
            if deposit.state == DepositState::Returned {
                return Ok(Left { amount: deposit.amount, before: true });
            }
            if deposit.state != DepositState::Held {
                let (from, event) = (deposit.state, DepositEvent::Return);
                return Err(refused(DepositRefusal { from, event }.into()));
            }
            if is_being_paid(tx, &deposit, at)? {
                return Err(refused(SaleRefusal::BeingPaid));
            }
            vacate_in(tx, &mut deposit, had_units.is_some())?;
            forget_in(tx, &deposit)?;
            let amount = give_back_in(tx, &own, &mut deposit, Back::Left, at)?;
            Ok(Left { amount, before: false })
        })
        .await
}

fn unknown() -> SaleRefusal {
    SaleRefusal::UnknownDeposit
}

fn refused(refusal: SaleRefusal) -> Failure<Refusal> {
    Failure::Refused(Refusal::Sale(refusal))
}

/// Whether the units of the place are being paid and their hold stands. Money that comes after its end
/// is looked at anew, and finds that the place is gone.
pub(super) fn is_being_paid(
    tx: &mut Tx<'_>,
    deposit: &KeptDeposit,
    at: Instant,
) -> Result<bool, StoreError> {
    let Some(checkout) = deposit.checkout else { return Ok(false) };
    let checkout = load_checkout(tx, checkout)?;
    Ok(checkout.is_some_and(|checkout| checkout.state.is_paying() && at < checkout.expires_at))
}

/// Gives the place up. Before the list is closed the entry goes; afterwards it stays, because who was
/// there is public by its digest, and the next in line is let in instead.
pub(super) fn vacate_in(
    tx: &mut Tx<'_>,
    deposit: &mut KeptDeposit,
    had_units: bool,
) -> Result<(), StoreError> {
    let Some(id) = deposit.entry else { return Ok(()) };
    if !sales::are_entries_closed(tx, deposit.sale)? {
        entries::delete(tx, deposit.sale, id)?;
        deposit.entry = None;
    } else if let Some(entry) = entries::get(tx, deposit.sale, id)? {
        // Units that were held and came back have let the next one in already.
        deposit.vacated = entry.present && !had_units;
    }
    Ok(())
}

/// Forgets by what the person was known, so that they can enter again.
fn forget_in(tx: &mut Tx<'_>, deposit: &KeptDeposit) -> Result<(), StoreError> {
    let traits: Vec<_> = std::iter::once(deposit.person).chain(deposit.phone).collect();
    for hash in traits {
        if let Some(entry) = entries::of_person(tx, deposit.sale, &[hash])? {
            entries::forget_traits(tx, deposit.sale, entry.entry, &[hash])?;
        }
    }
    Ok(())
}
