//! What resellers have ordered, and what they were billed with, by the whole id or number: both are what a
//! firm writes in a letter. Seen by whoever sees resellers in the market that serves the order.

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Date, Money};
use kontor_domain::staff::Permission;
use kontor_store::reseller::bill::bill;
use kontor_store::reseller::{find, order};
use kontor_store::{StoreError, Tx};

use super::First;
use crate::staff::person::Person;

/// An order of a reseller that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundResellerOrder {
    /// Which.
    pub id: ResellerOrderId,
    /// Whose.
    pub reseller: ResellerId,
    /// The firm's name.
    pub name: String,
    /// When it was placed.
    pub on: Date,
    /// What it comes to.
    pub total: Money,
}

impl FoundResellerOrder {
    /// The id before which a page of the reseller's orders begins with this one.
    #[must_use]
    pub fn page_before(&self) -> ResellerOrderId {
        let next = u128::from_be_bytes(*self.id.bytes()).saturating_add(1);
        ResellerOrderId::from_bytes(next.to_be_bytes())
    }
}

/// A bill that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundBill {
    /// Its number.
    pub number: String,
    /// Whose.
    pub reseller: ResellerId,
    /// The firm's name, as it is billed.
    pub name: String,
    /// What it comes to.
    pub total: Money,
}

/// The order of a reseller with this id.
pub(super) fn orders(
    tx: &mut Tx<'_>,
    person: &Person,
    typed: &str,
) -> Result<First<FoundResellerOrder>, StoreError> {
    let id = typed.to_lowercase().parse::<ResellerOrderId>();
    let Some(id) = id.ok().filter(|_| person.may_somewhere(Permission::ResellerRead)) else {
        return Ok(First::default());
    };
    let Some(kept) = order(tx, id)? else { return Ok(First::default()) };
    if !person.may(Permission::ResellerRead, Some(kept.body.market)) {
        return Ok(First::default());
    }
    let name = find(tx, kept.reseller)?;
    let found = FoundResellerOrder {
        id,
        reseller: kept.reseller,
        name: name.map_or_else(String::new, |firm| firm.profile.name.to_string()),
        on: kept.body.on,
        total: kept.body.total,
    };
    Ok(First::of(std::iter::once(found)))
}

/// The bill with this number.
pub(super) fn bills(
    tx: &mut Tx<'_>,
    person: &Person,
    typed: &str,
) -> Result<First<FoundBill>, StoreError> {
    if !person.may_somewhere(Permission::ResellerRead) {
        return Ok(First::default());
    }
    let found = bill(tx, &typed.to_uppercase())?;
    let own = |market| person.may(Permission::ResellerRead, Some(market));
    let found = found.filter(|kept| own(kept.body.market)).map(|kept| FoundBill {
        number: kept.number,
        reseller: kept.reseller,
        name: kept.body.reseller,
        total: kept.body.total,
    });
    Ok(First::of(found.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_before_the_next_id_begins_with_the_order() {
        let mut bytes = [7; 16];
        bytes[15] = u8::MAX;
        let found = FoundResellerOrder {
            id: ResellerOrderId::from_bytes(bytes),
            reseller: ResellerId::from_bytes([1; 16]),
            name: String::new(),
            on: "2015-06-01".parse().expect("a day"),
            total: Money::new(1, "USD".parse().expect("a currency")),
        };
        (bytes[14], bytes[15]) = (8, 0);
        assert_eq!(found.page_before(), ResellerOrderId::from_bytes(bytes));
    }
}
