//! A cart as the API tells it.

use kontor_base::{Instant, Language, Money};
use kontor_domain::cart::Cart;
use kontor_shop::cart::{LineNow, Offer, ShownCart, offer};
use kontor_shop::{Level, Snapshot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::catalogue::OfferBody;
use crate::api::money::MoneyBody;
use crate::kit::app::App;

/// A cart with its lines as they stand now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cart)]
pub(crate) struct CartAnswer {
    /// Its id.
    #[schema(example = "cart_06dyk2m1v5rjz0q3c8s4n7t9ab")]
    id: String,
    /// The token that opens it, to be sent as `Kontor-Cart`. Keep it secret.
    token: String,
    /// The market in which it was filled.
    #[schema(example = "us")]
    market: String,
    /// Grows with every change; name it when you change the cart.
    #[schema(example = 1)]
    version: u64,
    /// How many units it holds.
    units: u32,
    /// Its lines, in the order in which they were put in.
    lines: Vec<CartLineBody>,
    /// The sum of what can be bought, as the market shows prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtotal: Option<MoneyBody>,
    /// Whether a checkout can begin: everything in it can be bought.
    can_check_out: bool,
}

/// A line of a cart.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CartLine)]
pub(crate) struct CartLineBody {
    /// The variant.
    #[schema(example = "BAND-BLACK")]
    sku: String,
    /// How many.
    #[schema(example = 1)]
    quantity: u32,
    /// What the line costs, as the market shows prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<MoneyBody>,
    /// How the variant stands now: price, verdict, stock.
    offer: OfferBody,
}

impl CartAnswer {
    /// The cart as the use case shows it.
    pub(crate) fn of_shown(app: &App, shown: &ShownCart) -> Self {
        let ShownCart { cart, lines, subtotal, can_check_out } = shown;
        Self {
            id: cart.id.to_string(),
            token: app.shop.keys.cart_token(cart.id),
            market: cart.market.to_string(),
            version: cart.version,
            units: cart.units(),
            lines: lines
                .iter()
                .map(|now| CartLineBody {
                    sku: now.line.sku.to_string(),
                    quantity: now.line.quantity,
                    total: now.total.map(MoneyBody::from),
                    offer: OfferBody::new(&now.offer, now.level, Language::En),
                })
                .collect(),
            subtotal: subtotal.map(MoneyBody::from),
            can_check_out: *can_check_out,
        }
    }

    /// The cart that a change has left: the same version also when the change is repeated after
    /// others, and without reading again what was just written.
    pub(crate) fn of_changed(app: &App, cart: Cart) -> Self {
        let snapshot = app.shop.snapshots.now();
        Self::of_shown(app, &look(&snapshot, cart, app.shop.now()))
    }
}

/// What `kontor_shop::cart::show` makes of a cart that it reads; a test keeps the two alike.
fn look(snapshot: &Snapshot, cart: Cart, at: Instant) -> ShownCart {
    let Some(market) = snapshot.market(cart.market) else {
        return ShownCart { cart, lines: Vec::new(), subtotal: None, can_check_out: false };
    };
    let lines: Vec<LineNow> = cart
        .lines
        .iter()
        .map(|line| {
            let offer = offer(snapshot, market, &line.sku, None, at);
            let total = match &offer {
                Offer::Yes { price, .. } => price.times(line.quantity).ok(),
                Offer::Refused(_) | Offer::NoPrice | Offer::Unknown => None,
            };
            let level = snapshot.level(market.code, &line.sku);
            LineNow { line: line.clone(), offer, level, total }
        })
        .collect();
    let subtotal = Money::sum(market.currency, lines.iter().filter_map(|line| line.total)).ok();
    let can_be_bought = |line: &LineNow| {
        let enough = match line.level {
            Level::None => false,
            Level::Few(left) => line.line.quantity <= left,
            Level::Plenty => true,
        };
        enough && line.total.is_some()
    };
    let can_check_out = !lines.is_empty() && lines.iter().all(can_be_bought);
    ShownCart { cart, lines, subtotal, can_check_out }
}
