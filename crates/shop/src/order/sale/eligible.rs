//! The rules of the sale where a claim's checkout is paid, and what its lot has to hear of.

use kontor_base::id::{CheckoutId, HoldId};
use kontor_domain::customer::{Address, Contact};
use kontor_domain::sale::{Household, PersonHasher, PersonKeys, Trait};
use kontor_store::order::Checkout;
use kontor_store::sale::checkout::recheck;
use kontor_store::{StoreError, Tx};

use super::super::deposit::stands_in;
use super::super::refusal::Refusal;
use super::{claim_of, claim_of_hold};
use crate::core::{Failure, Outcome, Shop};
use crate::sale::{
    SaleRefusal, bought_in, came_back_in, eligible_in, note_refusal, note_traits_in, own_claim,
};

/// What a buyer is known by, as hashes.
fn person(hasher: &PersonHasher, contact: &Contact, ship_to: &Address) -> PersonKeys {
    let household = Household {
        line1: ship_to.line1.as_str(),
        line2: ship_to.line2.as_ref().map_or("", |line| line.as_str()),
        postcode: ship_to.postcode.as_ref().map_or("", |line| line.as_str()),
        city: ship_to.city.as_str(),
        country: ship_to.country,
    };
    let mut person = PersonKeys::default()
        .with(Trait::Email, hasher.email(&contact.email))
        .with(Trait::Address, hasher.address(household));
    if let Some(phone) = &contact.phone {
        person = person.with(Trait::Phone, hasher.phone(phone));
    }
    person
}

/// Whether this buyer may buy what the checkout has, by the rules of the sale that it comes from.
/// A checkout of a cart always may.
pub(in super::super) fn may_pay_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    checkout: &Checkout,
) -> Outcome<(), Refusal> {
    let Some((lot, number)) = claim_of(checkout.id) else { return Ok(()) };
    let (Some(contact), Some(ship_to)) = (&checkout.draft.contact, &checkout.draft.ship_to) else {
        return Err(Failure::Refused(Refusal::UnknownCheckout));
    };
    let claim = own_claim(tx, lot, number)?.ok_or(Failure::Refused(Refusal::UnknownCheckout))?;
    let person = person(shop.keys.persons(), contact, ship_to);
    eligible_in(tx, &claim, &person)?.map_err(|refusal| Failure::Refused(refusal.into()))?;
    note_traits_in(tx, &claim, &person)?;
    stands_in(tx, checkout.id, shop.now())
}

/// The hold of a claim's checkout has ended or was given back.
pub(in super::super) fn recheck_in(tx: &mut Tx<'_>, hold: HoldId) -> Result<(), StoreError> {
    match claim_of_hold(hold) {
        Some((lot, number)) => recheck(tx, lot, number),
        None => Ok(()),
    }
}

/// There is an order: its units count towards the limit of the person.
pub(in super::super) fn sold_in(tx: &mut Tx<'_>, hold: HoldId) -> Result<(), StoreError> {
    let Some((lot, number)) = claim_of_hold(hold) else { return Ok(()) };
    if let Some(claim) = own_claim(tx, lot, number)? {
        bought_in(tx, &claim)?;
    }
    recheck(tx, lot, number)
}

/// The order was cancelled: its units no longer count, and go to whoever waits.
pub(in super::super) fn cancelled_in(tx: &mut Tx<'_>, hold: HoldId) -> Result<(), StoreError> {
    let Some((lot, number)) = claim_of_hold(hold) else { return Ok(()) };
    if let Some(claim) = own_claim(tx, lot, number)? {
        came_back_in(tx, &claim)?;
    }
    recheck(tx, lot, number)
}

/// The rules have refused this buyer: the sale's report counts it. Paying for somebody else is not
/// counted, because it says nothing about whose claim it is.
pub(in super::super) async fn note_refusal_of(
    shop: &Shop,
    checkout: CheckoutId,
    refusal: &SaleRefusal,
) -> Result<(), StoreError> {
    let Some((lot, number)) = claim_of(checkout) else { return Ok(()) };
    if !matches!(refusal, SaleRefusal::PersonLimit | SaleRefusal::Excluded) {
        return Ok(());
    }
    let code = refusal.code();
    let claim = shop.db.read("order.refused_claim", move |tx| own_claim(tx, lot, number)).await?;
    match claim {
        Some(claim) => note_refusal(shop, claim, code).await,
        None => Ok(()),
    }
}
