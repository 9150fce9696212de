//! Counting carts that were refused for a clearance: a sign that somebody would buy where nothing
//! may be sold. What is counted is how many, by market, country, class of products and day; whose
//! cart it was is not kept.
//!
//! A cart counts once for a country and class, however often it is sent. Counting never changes the
//! answer: it is done apart from it, and if it fails, the refusal stands all the same.

use std::sync::Arc;

use jiff::ToSpan;
use kontor_base::Country;
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_store::StoreError;
use kontor_store::cart::refused::{RefusedPlace, count_once, forget};

use crate::core::Shop;

/// The most carts that are counted for a market, country and class on one day: beyond it somebody
/// plays, and the number would say nothing.
const CARTS_A_DAY_MAX: i64 = 100_000;
/// For how many days a cart is known to have been counted.
const MARK_DAYS: i32 = 400;
/// For how many days the counts are kept.
const COUNT_DAYS: i32 = 800;
/// How many marks are forgotten at once.
const FORGET_AT_ONCE: i64 = 1_000;

/// What was refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefusedCart<'r> {
    /// What makes two refusals the same one: the cart, or the request that would have made one.
    pub(crate) who: [u8; 16],
    /// The market.
    pub(crate) market: MarketCode,
    /// Where it would have gone; none: no address was typed.
    pub(crate) ship_to: Option<Country>,
    /// What may not be sold there.
    pub(crate) sku: &'r Sku,
}

/// Counts a refused cart, once.
pub(crate) async fn note_refused(shop: &Arc<Shop>, refused: RefusedCart<'_>) {
    let snapshot = shop.snapshots.now();
    let (Some(market), Some((_, model))) =
        (snapshot.market(refused.market), snapshot.product(refused.sku))
    else {
        return;
    };
    let Some(country) = country_of(&market.countries, refused.ship_to) else { return };
    let (class, day) = (model.class, shop.now().date());
    let mark = shop.keys.refused_cart(&refused.who, country, class);
    let place = RefusedPlace { market: market.code, country, class, day };
    let count = move |tx: &mut kontor_store::Tx<'_>| count_once(tx, &mark, &place, CARTS_A_DAY_MAX);
    if let Err(fault) = shop.db.write("cart.count_refused", count).await {
        tracing::error!(%fault, "a refused cart could not be counted");
    }
}

/// The country that a cart speaks for: of the address, or the one whose shop the person chose; nobody is
/// led anywhere by their address on the network. A market of several countries does not say which of
/// them it is: without an address such a cart speaks for none.
fn country_of(countries: &[Country], ship_to: Option<Country>) -> Option<Country> {
    match (ship_to, countries) {
        (Some(country), _) => Some(country),
        (None, [only]) => Some(*only),
        (None, _) => None,
    }
}

/// Forgets what is too old to be told.
///
/// # Errors
///
/// A fault of the store.
pub(crate) async fn forget_refused(shop: &Arc<Shop>) -> Result<usize, StoreError> {
    let today = shop.now().date();
    let marks = today.saturating_sub(MARK_DAYS.days());
    let counts = today.saturating_sub(COUNT_DAYS.days());
    let forget = move |tx: &mut kontor_store::Tx<'_>| forget(tx, marks, counts, FORGET_AT_ONCE);
    shop.db.write("cart.forget_refused", forget).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_speaks_for_its_address_or_for_the_one_country_that_was_chosen() {
        let country = |code: &str| code.parse::<Country>().expect("a country");
        let (one, two) = ([country("DE")], [country("DE"), country("AT")]);
        for (countries, ship_to, speaks_for) in [
            (&one[..], None, Some("DE")),
            (&one, Some("FR"), Some("FR")),
            (&two, None, None),
            (&two, Some("AT"), Some("AT")),
        ] {
            assert_eq!(country_of(countries, ship_to.map(country)), speaks_for.map(country));
        }
    }
}
