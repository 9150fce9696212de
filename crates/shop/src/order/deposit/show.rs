//! Reading a deposit.

use kontor_base::Instant;
use kontor_base::id::{DepositId, EntryId, PaymentId};
use kontor_store::payment::{self as payments, Payment, refund};
use kontor_store::sale::deposit::{self as deposits, KeptDeposit};
use kontor_store::sale::entry as entries;
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::{StoreError, Tx};

use super::of_payment;
use crate::core::Shop;

/// A deposit as it stands now, for whoever has its link.
#[derive(Clone, Debug)]
pub struct ShownDeposit {
    /// The deposit.
    pub deposit: KeptDeposit,
    /// The sale.
    pub sale: KeptSale,
    /// The latest attempt to pay it.
    pub payment: Option<Payment>,
    /// The ticket of the place.
    pub ticket: Option<String>,
    /// When it went back, and when the provider had done it.
    pub returned: Option<(Instant, Option<Instant>)>,
    /// The server's clock.
    pub now: Instant,
}

/// Reads a deposit.
///
/// # Errors
///
/// A fault of the store.
pub async fn deposit(shop: &Shop, id: DepositId) -> Result<Option<ShownDeposit>, StoreError> {
    let now = shop.now();
    shop.db
        .read("order.show_deposit", move |tx| {
            let Some(deposit) = deposits::get(tx, id)? else { return Ok(None) };
            read(tx, deposit, now)
        })
        .await
}

/// Reads the deposit that an entry's place was bought with.
///
/// # Errors
///
/// A fault of the store.
pub async fn deposit_of_entry(
    shop: &Shop,
    entry: EntryId,
) -> Result<Option<KeptDeposit>, StoreError> {
    shop.db.read("order.deposit_of_entry", move |tx| deposits::of_entry(tx, entry)).await
}

/// Reads the deposit that a payment is for, if it is for one.
///
/// # Errors
///
/// A fault of the store.
pub async fn deposit_of_payment(
    shop: &Shop,
    id: PaymentId,
) -> Result<Option<ShownDeposit>, StoreError> {
    let now = shop.now();
    shop.db
        .read("order.deposit_of_payment", move |tx| {
            let Some(payment) = payments::get(tx, id)? else { return Ok(None) };
            let Some(deposit) = of_payment(tx, &payment)? else { return Ok(None) };
            read(tx, deposit, now)
        })
        .await
}

fn read(
    tx: &mut Tx<'_>,
    deposit: KeptDeposit,
    now: Instant,
) -> Result<Option<ShownDeposit>, StoreError> {
    let Some(sale) = sales::get(tx, deposit.sale)? else { return Ok(None) };
    let payment = match deposit.payment {
        Some(payment) => payments::get(tx, payment)?,
        None => None,
    };
    let entry = match deposit.entry {
        Some(entry) => entries::get(tx, deposit.sale, entry)?,
        None => None,
    };
    let refunds = match &payment {
        Some(payment) => refund::of_payment(tx, payment.id)?,
        None => Vec::new(),
    };
    let returned = refunds.last().map(|refund| (refund.asked_at, refund.done_at));
    let ticket = entry.map(|entry| entry.ticket);
    Ok(Some(ShownDeposit { deposit, sale, payment, ticket, returned, now }))
}
