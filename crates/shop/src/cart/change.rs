//! Puts something into a cart, changes a quantity, or takes something out.
//!
//! What may not be sold in the market does not get in: a cart is never a way around a clearance.

use kontor_base::id::CartId;
use kontor_domain::cart::{Cart, CartRefusal};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::Verdict;
use kontor_domain::market::{BetaRefusal, MarketCode};
use kontor_store::{cart as carts, fact};
use serde::{Deserialize, Serialize};

use super::offer::{Offer, offer};
use super::refused::{RefusedCart, note_refused};
use crate::core::{Failure, Once, Outcome, Refuse, Replayed, Shop, once, once_ahead};

/// What is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Put `quantity` more of a variant in.
    Add {
        /// The variant.
        sku: Sku,
        /// How many.
        quantity: u32,
    },
    /// Have exactly `quantity` of a variant; zero takes it out.
    Set {
        /// The variant.
        sku: Sku,
        /// How many.
        quantity: u32,
    },
}

/// A wish to change a cart.
#[derive(Clone, Debug)]
pub struct Command {
    /// The cart; none makes a new one. One of another market is left alone and a new one made.
    pub cart: Option<CartId>,
    /// The market.
    pub market: MarketCode,
    /// What is to change, in order.
    pub changes: Vec<Change>,
    /// The version that the wish was made for; none: whatever it is.
    pub version: Option<u64>,
    /// The identity of the request.
    pub once: Option<Once>,
}

/// The cart after the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The cart.
    pub cart: Cart,
}

/// Why the cart was not changed.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// There is no such market.
    UnknownMarket,
    /// There is no such cart.
    UnknownCart,
    /// The cart's own limits or version.
    Cart(CartRefusal),
    /// It may not be sold here.
    NotSold {
        /// The variant.
        sku: Sku,
        /// Why.
        verdict: Verdict,
    },
    /// The market is in beta, and nobody may have so many of it there.
    Beta {
        /// The variant.
        sku: Sku,
        /// Why.
        refusal: BetaRefusal,
    },
    /// It may be sold, but has no price here.
    NoPrice {
        /// The variant.
        sku: Sku,
    },
}

impl From<CartRefusal> for Refusal {
    fn from(refusal: CartRefusal) -> Self {
        Self::Cart(refusal)
    }
}

/// Changes a cart.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store. Nothing is changed then.
pub async fn change(
    shop: &std::sync::Arc<Shop>,
    command: Command,
) -> Outcome<Replayed<Changed>, Refusal> {
    let market = command.market;
    // A request without a cart and without a key cannot be told from its own repetition.
    let who = match (&command.cart, &command.once) {
        (Some(cart), _) => Some(*cart.bytes()),
        (None, once) => once.as_ref().map(|once| once.request),
    };
    let changed = change_once(shop, command).await;
    if let (Err(Failure::Refused(Refusal::NotSold { sku, .. })), Some(who)) = (&changed, who) {
        note_refused(shop, RefusedCart { who, market, ship_to: None, sku }).await;
    }
    changed
}

async fn change_once(
    shop: &std::sync::Arc<Shop>,
    command: Command,
) -> Outcome<Replayed<Changed>, Refusal> {
    let at = shop.now();
    let own = std::sync::Arc::clone(shop);
    let fresh = CartId::new(at, &shop.random);
    shop.db
        .write("cart.change", move |tx| {
            once_ahead(tx, command.once.as_ref())?;
            if let Some(cart) = command.cart {
                carts::get_ahead(tx, cart)?;
            }
            fact::versions_ahead(tx)?;
            once(tx, command.once.as_ref(), at, |tx| {
                let known = own.snapshots.current_in(tx, at)?;
                let market =
                    known.market(command.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
                let mut cart = match command.cart {
                    None => Cart::new(fresh, market.code),
                    Some(id) => match carts::get(tx, id)? {
                        None => return Err(Failure::Refused(Refusal::UnknownCart)),
                        Some(cart) if cart.market == market.code => cart,
                        Some(_) => Cart::new(fresh, market.code),
                    },
                };
                if let Some(version) = command.version {
                    cart.expect_version(version).refuse()?;
                }
                for change in &command.changes {
                    cart = apply(&known, market, &cart, change, at)?;
                }
                carts::save(tx, &cart, at)?;
                Ok(Changed { cart })
            })
        })
        .await
}

fn apply(
    known: &crate::core::Known,
    market: &kontor_domain::market::Market,
    cart: &Cart,
    change: &Change,
    at: kontor_base::Instant,
) -> Outcome<Cart, Refusal> {
    let (sku, quantity) = match change {
        // Taking out is always allowed: what may not be sold must be able to leave.
        Change::Set { sku, quantity: 0 } => return Ok(cart.remove(sku)),
        Change::Add { sku, quantity } | Change::Set { sku, quantity } => (sku, *quantity),
    };
    match offer(known, market, sku, None, at) {
        Offer::Yes { .. } => {}
        Offer::Refused(verdict) => {
            return Err(Failure::Refused(Refusal::NotSold { sku: sku.clone(), verdict }));
        }
        Offer::NoPrice => {
            return Err(Failure::Refused(Refusal::NoPrice { sku: sku.clone() }));
        }
        Offer::Unknown => {
            return Err(Failure::Refused(CartRefusal::UnknownSku { sku: sku.clone() }.into()));
        }
    }
    let changed = match change {
        Change::Add { .. } => cart.add(sku, quantity),
        Change::Set { .. } => cart.set(sku, quantity),
    }
    .refuse()?;
    let units = changed.lines.iter().find(|line| line.sku == *sku).map_or(0, |line| line.quantity);
    let fits = market.beta_now().map_or(Ok(()), |terms| terms.fits_one(units));
    match fits {
        Ok(()) => Ok(changed),
        Err(refusal) => Err(Failure::Refused(Refusal::Beta { sku: sku.clone(), refusal })),
    }
}
