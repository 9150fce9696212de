//! What may be offered of a variant today: a sale, a pre-order with its notice, or nothing.

use kontor_base::{Country, Instant, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{Outcome, Place, Verdict};
use kontor_domain::market::{Act, Market};

use crate::core::Known;

/// What may be offered.
#[derive(Clone, Debug)]
pub enum Offer {
    /// It may be bought. `act` is [`Act::Sell`], or [`Act::Preorder`] where only that is allowed.
    Yes {
        /// The act that the verdict allows.
        act: Act,
        /// The verdict, with its obligations.
        verdict: Verdict,
        /// The price of one.
        price: Money,
    },
    /// It may not be sold here, and why.
    Refused(Verdict),
    /// It may be sold, but nobody has set a price.
    NoPrice,
    /// There is no such product.
    Unknown,
}

/// What may be offered of `sku` in `market` to an address in `ship_to` (none: anywhere in it).
#[must_use]
pub fn offer(
    known: &Known,
    market: &Market,
    sku: &Sku,
    ship_to: Option<Country>,
    at: Instant,
) -> Offer {
    let Some((variant, _)) = known.product(sku) else { return Offer::Unknown };
    let place = match ship_to {
        Some(country) => Place::ship_to(market, country),
        None => Place::market(market),
    };
    let ask = |act| known.may(act, variant, &place, at);
    let Some(sell) = ask(Act::Sell) else { return Offer::Unknown };
    let (act, verdict) = if sell.outcome == Outcome::Refused {
        match ask(Act::Preorder) {
            Some(preorder) if preorder.outcome != Outcome::Refused => (Act::Preorder, preorder),
            _ => return Offer::Refused(sell),
        }
    } else {
        (Act::Sell, sell)
    };
    match known.price(market, sku, at) {
        Some(price) => Offer::Yes { act, verdict, price },
        None => Offer::NoPrice,
    }
}
