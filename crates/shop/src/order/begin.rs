//! Starts a checkout: every line is asked for anew, and what is in the cart is held.

use std::sync::Arc;

use kontor_base::id::{CartId, CheckoutId, HoldId};
use kontor_base::{Country, Instant, Language};
use kontor_domain::cart::{CartLine, CartRefusal};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{Obligation, ObligationKind};
use kontor_domain::market::{Act, Market};
use kontor_domain::order::{CheckoutState, PricedLine, VerdictNote};
use kontor_store::order::{Checkout, Draft, save_checkout};
use kontor_store::{StoreError, cart as carts, fact};
use serde::{Deserialize, Serialize};

use super::beta::may_begin_in;
use super::refusal::Refusal;
use crate::cart::{Offer, RefusedCart, note_refused, offer};
use crate::core::{Failure, Known, Once, Outcome, Refuse, Replayed, Shop, once, once_ahead};
use crate::stock::hold_lines;

/// A wish to check out.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The cart.
    pub cart: CartId,
    /// The version of the cart that the buyer saw; none: whatever it is.
    pub version: Option<u64>,
    /// The language of the purchase.
    pub language: Language,
    /// The identity of the request.
    pub once: Option<Once>,
}

/// A checkout that has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The checkout.
    pub checkout: CheckoutId,
    /// When its hold ends.
    pub expires_at: Instant,
}

/// Starts a checkout.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn begin(shop: &Arc<Shop>, command: Begin) -> Outcome<Replayed<Started>, Refusal> {
    let cart = command.cart;
    let begun = begin_once(shop, command).await;
    if let Err(Failure::Refused(Refusal::NotSold { sku, .. })) = &begun {
        note_refused_cart(shop, cart, None, sku).await?;
    }
    begun
}

/// Counts a cart that was refused on its way to an order.
pub(super) async fn note_refused_cart(
    shop: &Arc<Shop>,
    cart: CartId,
    ship_to: Option<Country>,
    sku: &Sku,
) -> Result<(), StoreError> {
    let found = shop.db.read("order.refused_cart", move |tx| carts::get(tx, cart)).await?;
    if let Some(market) = found.map(|cart| cart.market) {
        note_refused(shop, RefusedCart { who: *cart.bytes(), market, ship_to, sku }).await;
    }
    Ok(())
}

async fn begin_once(shop: &Arc<Shop>, command: Begin) -> Outcome<Replayed<Started>, Refusal> {
    let at = shop.now();
    let id = CheckoutId::new(at, &shop.random);
    let hold_id = HoldId::new(at, &shop.random);
    let own = Arc::clone(shop);
    shop.db
        .write("order.begin", move |tx| {
            once_ahead(tx, command.once.as_ref())?;
            carts::get_ahead(tx, command.cart)?;
            fact::versions_ahead(tx)?;
            once(tx, command.once.as_ref(), at, |tx| {
                let cart =
                    carts::get(tx, command.cart)?.ok_or(Failure::Refused(Refusal::UnknownCart))?;
                if let Some(version) = command.version {
                    cart.expect_version(version).refuse()?;
                }
                let lines = cart.lines_to_buy().refuse()?.to_vec();
                let known = own.snapshots.current_in(tx, at)?;
                let market =
                    known.market(cart.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
                judge_lines(&known, market, &lines, None, at).map_err(Failure::Refused)?;
                may_begin_in(tx, market, &lines)?;
                let hold = hold_lines(
                    tx,
                    hold_id,
                    market.code,
                    lines.iter().map(|line| (&line.sku, line.quantity)),
                    own.policy.hold_s,
                    at,
                    &own.random,
                )
                .map_err(|failure| failure.map(Refusal::Stock))?;
                let checkout = Checkout {
                    id,
                    cart: cart.id,
                    market: market.code,
                    state: CheckoutState::Open,
                    hold: hold.id,
                    payment: None,
                    order: None,
                    expires_at: hold.expires_at,
                    draft: Draft {
                        lines,
                        language: command.language,
                        contact: None,
                        ship_to: None,
                        quote: None,
                    },
                };
                save_checkout(tx, &checkout)?;
                Ok(Started { checkout: id, expires_at: hold.expires_at })
            })
        })
        .await
}

/// A line with its price and the verdict that allows it, to be kept with the order.
pub(super) struct JudgedLine {
    /// The line with its price.
    pub(super) priced: PricedLine,
    /// The verdict.
    pub(super) note: VerdictNote,
    /// Whether it may also be delivered now.
    pub(super) deliverable: bool,
}

/// Asks for every line whether it may be sold to the address, and for its price.
pub(super) fn judge_lines(
    known: &Known,
    market: &Market,
    lines: &[CartLine],
    ship_to: Option<Country>,
    at: Instant,
) -> Result<Vec<JudgedLine>, Refusal> {
    let mut judged = Vec::with_capacity(lines.len());
    for line in lines {
        let sku = line.sku.clone();
        let (act, verdict, price) = match offer(known, market, &sku, ship_to, at) {
            Offer::Yes { act, verdict, price } => (act, verdict, price),
            Offer::Refused(verdict) => return Err(Refusal::NotSold { sku, verdict }),
            Offer::NoPrice => return Err(Refusal::NoPrice { sku }),
            Offer::Unknown => return Err(CartRefusal::UnknownSku { sku }.into()),
        };
        let note = VerdictNote {
            outcome: verdict.outcome.word().to_owned(),
            facts_version: u64::try_from(verdict.facts_version).unwrap_or(0),
            obligations: verdict.obligations.iter().map(in_words).collect(),
            at,
        };
        let priced = PricedLine { sku, quantity: line.quantity, unit_price: price };
        judged.push(JudgedLine { priced, note, deliverable: act == Act::Sell });
    }
    Ok(judged)
}

/// An obligation as an order keeps it: its code, who asks for it, and what exactly.
fn in_words(obligation: &Obligation) -> String {
    let what = match &obligation.kind {
        ObligationKind::Deposit { per_unit } => format!("{per_unit} per unit"),
        ObligationKind::Notice { text } => text.get(&Language::En).cloned().unwrap_or_default(),
        ObligationKind::Keep { record } => record.to_string(),
        ObligationKind::Comply { title } => title.clone(),
    };
    format!("{} ({}): {what}", obligation.kind.code(), obligation.authority)
}
