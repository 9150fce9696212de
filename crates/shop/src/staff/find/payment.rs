//! Payments by what their provider calls them, which is what stands in its reports and on statements: they lead
//! to the order that was paid. Seen by whoever sees orders of its market.

use kontor_base::Money;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Permission;
use kontor_store::order::get;
use kontor_store::payment::by_reference;
use kontor_store::{StoreError, Tx};

use super::{FOUND_MAX, First};
use crate::staff::person::Person;

/// A payment that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPayment {
    /// What its provider calls it.
    pub reference: String,
    /// The provider's word.
    pub provider: &'static str,
    /// What was paid.
    pub amount: Money,
    /// The order that it paid for.
    pub order: OrderNumber,
}

/// The payments that a provider calls so, of orders that are the person's to see.
pub(super) fn payments(
    tx: &mut Tx<'_>,
    person: &Person,
    typed: &str,
) -> Result<First<FoundPayment>, StoreError> {
    if !person.may_somewhere(Permission::OrderRead) {
        return Ok(First::default());
    }
    let limit = i64::try_from(FOUND_MAX).unwrap_or(i64::MAX);
    let mut found = Vec::new();
    for payment in by_reference(tx, typed, limit)? {
        let Some(order) = payment.order else { continue };
        let Some(placed) = get(tx, order)? else { continue };
        if person.may(Permission::OrderRead, Some(placed.order.market)) {
            found.push(FoundPayment {
                reference: payment.reference.unwrap_or_default(),
                provider: payment.provider.word(),
                amount: payment.amount,
                order: placed.order.number,
            });
        }
    }
    Ok(First::of(found.into_iter()))
}
