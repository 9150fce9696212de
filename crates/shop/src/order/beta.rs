//! Buying in a market in beta: for who is let in, and not more than the market's limits.
//!
//! What was taken in a sale is not judged here: a sale has its own door (people enter with an address
//! and a telephone number), its own limit per person and its own number of units.

use kontor_base::Email;
use kontor_base::id::{CustomerId, OrderId};
use kontor_domain::cart::CartLine;
use kontor_domain::catalogue::{Sku, Slug};
use kontor_domain::customer::WaitingEntry;
use kontor_domain::market::{BetaRefusal, Invited, Market};
use kontor_store::customer::{self as customers, guest};
use kontor_store::order::Checkout;
use kontor_store::order::beta::{self, BetaLine};
use kontor_store::{StoreError, Tx};

use super::refusal::Refusal;
use super::sale::claim_of;
use crate::core::{Failure, Known, Outcome, Shop};

fn refused<T>(sku: &Sku, refusal: BetaRefusal) -> Outcome<T, Refusal> {
    Err(Failure::Refused(Refusal::Beta { sku: sku.clone(), refusal }))
}

/// Whether the quantities can be had, before anybody is known.
pub(super) fn may_begin_in(
    tx: &mut Tx<'_>,
    market: &Market,
    lines: &[CartLine],
) -> Outcome<(), Refusal> {
    let Some(terms) = market.beta_now() else { return Ok(()) };
    for CartLine { sku, quantity, .. } in lines {
        let altogether = beta::altogether(tx, market.code, sku)?;
        let fits = terms.fits_one(*quantity).and_then(|()| terms.are_left(*quantity, altogether));
        if let Err(refusal) = fits {
            return refused(sku, refusal);
        }
    }
    Ok(())
}

/// Whether whoever has typed the address may buy what is in the checkout.
pub(super) fn may_buy_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    known: &Known,
    checkout: &Checkout,
) -> Outcome<(), Refusal> {
    let market = known.market(checkout.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
    let Some(terms) = market.beta_now().filter(|_| claim_of(checkout.id).is_none()) else {
        return Ok(());
    };
    let Some(contact) = &checkout.draft.contact else {
        return Err(Failure::Refused(Refusal::UnknownCheckout));
    };
    let customer = shop.keys.customer(&contact.email);
    for CartLine { sku, quantity, .. } in &checkout.draft.lines {
        let Some((variant, _)) = known.product(sku) else { continue };
        let invited = invited_in(tx, shop, market, &variant.model, &contact.email, customer)?;
        let bought = beta::bought(tx, market.code, sku, customer)?;
        if let Err(refusal) = terms.admits(invited, *quantity, bought) {
            return refused(sku, refusal);
        }
    }
    Ok(())
}

/// Who stands confirmed on the list of the model or of the market's opening is let in, and who was
/// told from one of them or let in by the staff.
fn invited_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    market: &Market,
    model: &Slug,
    email: &Email,
    customer: CustomerId,
) -> Result<Invited, StoreError> {
    let language = market.languages[0];
    for model in [Some(model.clone()), None] {
        let entry = WaitingEntry { email: email.clone(), market: market.code, model, language };
        let kept = customers::waiting(tx, &shop.keys.person(&entry.key()))?;
        if kept.is_some_and(|kept| kept.moments.confirmed_at.is_some()) {
            return Ok(Invited::Yes);
        }
    }
    let let_in = guest::is_let_in(tx, market.code, model, customer)?;
    Ok(if let_in { Invited::Yes } else { Invited::No })
}

/// There is an order: its units count.
pub(super) fn count_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    market: &Market,
    checkout: &Checkout,
    order: OrderId,
) -> Result<(), StoreError> {
    let Some(contact) = &checkout.draft.contact else { return Ok(()) };
    if market.beta_now().is_none() || claim_of(checkout.id).is_some() {
        return Ok(());
    }
    let customer = shop.keys.customer(&contact.email);
    for CartLine { sku, quantity, .. } in &checkout.draft.lines {
        let line = BetaLine { market: market.code, customer, sku, units: *quantity };
        beta::note(tx, order, &line)?;
    }
    Ok(())
}
