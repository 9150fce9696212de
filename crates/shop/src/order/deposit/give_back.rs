//! Gives a deposit back: booked at once, sent to the provider by a job.

use kontor_base::id::{JobId, RefundId};
use kontor_base::{Instant, Money};
use kontor_domain::payment::{PaymentEvent, payment_step};
use kontor_domain::sale::{DepositEvent, deposit_step};
use kontor_ledger::posting::deposit::post_deposit_refund;
use kontor_ledger::{DepositStanding, MoneyAccount};
use kontor_store::payment::{self as payments, refund as refunds};
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::{StoreError, Tx, job, money};

use super::super::jobs::{REFUND, provider_key};
use super::super::place::reference;
use super::super::refusal::Refusal;
use crate::core::{Failure, Outcome, Refuse, Shop};
use crate::mail::{Cause, Kind, queue_in as queue_letter};

/// Why a deposit goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// The place could not be had any more when the money was there.
    NoPlace,
    /// Whoever paid it has left the line.
    Left,
    /// The sale is over.
    SaleOver,
    /// The sale's rules keep its owner out.
    KeptOut,
    /// The order that it went towards was called off, or its money was given back.
    Order,
}

impl Back {
    /// The reason as it is kept with the refund: it names nobody.
    const fn reason(self) -> &'static str {
        match self {
            Self::NoPlace => "deposit: no place",
            Self::Left => "deposit: left the line",
            Self::SaleOver => "deposit: the sale is over",
            Self::KeptOut => "deposit: kept out by the rules",
            Self::Order => "deposit: order given back",
        }
    }
}

/// What the books hold of a deposit.
pub(super) fn standing_in(
    tx: &mut Tx<'_>,
    deposit: &KeptDeposit,
) -> Outcome<DepositStanding, Refusal> {
    let account = MoneyAccount::Deposit { deposit: deposit.id };
    let balance = money::balance(tx, &account, deposit.amount.currency)?;
    DepositStanding::of_balance(deposit.id, balance).refuse()
}

/// Gives everything that is held of a deposit back, and saves it. Gives how much that is.
pub(super) fn give_back_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    deposit: &mut KeptDeposit,
    back: Back,
    at: Instant,
) -> Outcome<Money, Refusal> {
    let held = standing_in(tx, deposit)?.held;
    deposit.state = deposit_step(deposit.state, DepositEvent::Return)
        .map_err(|refusal| Failure::Refused(Refusal::Sale(refusal.into())))?;
    deposit.changed_at = at;
    deposits::save(tx, deposit)?;
    if held.minor > 0 {
        send_back_in(tx, shop, deposit, held, back, at)?;
        let cause = Cause::Deposit(Kind::DepositReturned, deposit.id, held);
        queue_letter(tx, shop, cause, at)?;
    }
    Ok(held)
}

/// Books `amount` of a deposit out to whoever paid it, and queues the order to the provider.
pub(super) fn send_back_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    deposit: &KeptDeposit,
    amount: Money,
    back: Back,
    at: Instant,
) -> Outcome<RefundId, Refusal> {
    let payment = match deposit.payment {
        Some(payment) => payments::get(tx, payment)?,
        None => None,
    };
    let mut payment = payment.ok_or_else(|| {
        // Money is held of it, so it was paid: only damaged rows get here.
        StoreError::BadRow { table: "sale_deposit", problem: "it has no payment".into() }
    })?;
    let standing = standing_in(tx, deposit)?;
    let provider = provider_key(payment.provider);
    let text = reference(&deposit.id.to_string());
    let out = post_deposit_refund(&standing, &provider, amount, at, &text, &shop.random);
    money::post(tx, &[out.refuse()?])?;
    payment.refunded_minor += amount.minor;
    let event = if payment.refunded_minor < payment.captured_minor {
        PaymentEvent::RefundedInPart
    } else {
        PaymentEvent::RefundedInFull
    };
    payment.state = payment_step(payment.state, event).refuse()?.to;
    payments::save(tx, &payment)?;
    let id = RefundId::new(at, &shop.random);
    let reason = back.reason().to_owned();
    let refund =
        refunds::Refund { id, payment: payment.id, amount, reason, asked_at: at, done_at: None };
    refunds::insert(tx, &refund)?;
    job::queue(tx, JobId::new(at, &shop.random), REFUND, &id.to_string(), at)?;
    Ok(id)
}
