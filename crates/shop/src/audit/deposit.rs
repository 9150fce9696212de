//! Every deposit against its payment, its place and its order; gives what the money ledger is compared
//! with, so that what is held is the sum of the open deposits.

use kontor_domain::payment::PaymentState;
use kontor_domain::sale::DepositState;
use kontor_ledger::DepositMoney;
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::sale::entry;
use kontor_store::{StoreError, Tx, order, payment};

use super::{OrderFinding, PAGE};

/// Audits them; adds what does not agree to `findings`, and gives their figures.
pub(super) fn audit(
    tx: &mut Tx<'_>,
    findings: &mut Vec<OrderFinding>,
) -> Result<Vec<DepositMoney>, StoreError> {
    let (mut after, mut figures) = (None, Vec::new());
    loop {
        let page = deposits::after(tx, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(figures) };
        after = Some(last.id);
        for deposit in &page {
            let paid = match deposit.payment {
                Some(paid) => payment::get(tx, paid)?,
                None => None,
            };
            if let Some(problem) = problem(tx, deposit, paid.as_ref())? {
                findings.push(OrderFinding { number: deposit.id.to_string(), problem });
            }
            let held = deposit.state == DepositState::Held;
            figures.push(DepositMoney {
                deposit: deposit.id,
                currency: deposit.amount.currency,
                captured_minor: paid.as_ref().map_or(0, |paid| paid.captured_minor),
                refunded_minor: paid.as_ref().map_or(0, |paid| paid.refunded_minor),
                applied_minor: deposit.applied_minor,
                held_minor: if held { deposit.amount.minor } else { 0 },
            });
        }
    }
}

fn problem(
    tx: &mut Tx<'_>,
    deposit: &KeptDeposit,
    paid: Option<&payment::Payment>,
) -> Result<Option<&'static str>, StoreError> {
    let collected = paid.is_some_and(|paid| paid.captured_minor > 0);
    if collected != deposit.state.was_paid() {
        return Ok(Some("its payment and its state do not agree"));
    }
    let fully_back = paid.is_some_and(|paid| paid.state == PaymentState::Refunded);
    match deposit.state {
        DepositState::Open | DepositState::Paying | DepositState::Failed => Ok(None),
        DepositState::Lapsed if deposit.wanted.email.is_some() => {
            Ok(Some("it lapsed, and what was typed for it is still there"))
        }
        DepositState::Lapsed => Ok(None),
        DepositState::Held => {
            let place = match deposit.entry {
                Some(place) => entry::get(tx, deposit.sale, place)?,
                None => None,
            };
            Ok(place.is_none().then_some("it is held, and its place is not there"))
        }
        DepositState::Returned if !fully_back => Ok(Some("it went back, and its money did not")),
        DepositState::Returned => Ok(None),
        DepositState::Applied => {
            let placed = match deposit.order {
                Some(order) => order::get(tx, order)?,
                None => None,
            };
            let own = placed.and_then(|placed| placed.order.deposit);
            let names = own.is_some_and(|paid| paid.deposit == deposit.id);
            Ok((!names).then_some("it went towards an order that does not name it"))
        }
    }
}

/// Whether a payment is the one that a deposit was paid with.
pub(super) fn is_of_deposit(tx: &mut Tx<'_>, loose: &payment::Payment) -> Result<bool, StoreError> {
    let id = kontor_base::id::DepositId::from_bytes(*loose.checkout.bytes());
    let deposit = deposits::get(tx, id)?;
    Ok(deposit.is_some_and(|deposit| deposit.payment == Some(loose.id)))
}
