//! Reading checkouts and orders.

use std::sync::Arc;

use kontor_base::id::{CheckoutId, OrderId, PaymentId, SaleId};
use kontor_base::{Country, Instant, Money};
use kontor_domain::order::{OrderState, Quote, QuoteRequest, order_state, quote};
use kontor_domain::payment::{PaymentState, TransferInstructions, transfer_instructions};
use kontor_domain::price::Jurisdiction;
use kontor_store::order::{Checkout, PlacedOrder, checkout as load_checkout, get as load_order};
use kontor_store::payment::{self as payments, Payment};
use kontor_store::sale::{batch, lot as lots};
use kontor_store::{StoreError, Tx};

use super::begin::judge_lines;
use super::deposit::deposit_for;
use super::refusal::Refusal;
use super::sale::claim_of;
use crate::core::{Known, Shop, Snapshot};

/// A checkout as it stands now.
#[derive(Clone, Debug)]
pub struct ShownCheckout {
    /// The checkout.
    pub checkout: Checkout,
    /// The latest attempt to pay.
    pub payment: Option<Payment>,
    /// The sale that the units were taken in, if they were.
    pub from_sale: Option<FromSale>,
    /// The deposit that goes towards it, and when it was paid.
    pub deposit: Option<(Money, Instant)>,
    /// The facts of now.
    pub snapshot: Arc<Snapshot>,
    /// The server's clock.
    pub now: Instant,
}

/// Where the units of a checkout were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FromSale {
    /// The sale.
    pub sale: SaleId,
    /// The country that they were taken for.
    pub ship_to: Country,
}

fn from_sale(tx: &mut Tx<'_>, id: CheckoutId) -> Result<Option<FromSale>, StoreError> {
    let Some((lot, number)) = claim_of(id) else { return Ok(None) };
    let (Some(claim), Some(lot)) = (batch::claim(tx, lot, number)?, lots::get(tx, lot)?) else {
        return Ok(None);
    };
    let country = std::str::from_utf8(&claim.ship_to).ok().and_then(|code| code.parse().ok());
    Ok(country.map(|ship_to| FromSale { sale: lot.sale, ship_to }))
}

/// Reads a checkout.
///
/// # Errors
///
/// A fault of the store.
pub async fn checkout(shop: &Shop, id: CheckoutId) -> Result<Option<ShownCheckout>, StoreError> {
    let found = shop
        .db
        .read("order.checkout", move |tx| {
            let Some(checkout) = load_checkout(tx, id)? else { return Ok(None) };
            let payment = match checkout.payment {
                Some(payment) => payments::get(tx, payment)?,
                None => None,
            };
            let from_sale = from_sale(tx, id)?;
            let deposit = deposit_for(tx, id)?;
            Ok::<_, StoreError>(Some((checkout, payment, from_sale, deposit)))
        })
        .await?;
    Ok(found.map(|(checkout, payment, from_sale, deposit)| ShownCheckout {
        checkout,
        payment,
        from_sale,
        deposit,
        snapshot: shop.snapshots.now(),
        now: shop.now(),
    }))
}

/// Reads the checkout that a payment belongs to.
///
/// # Errors
///
/// A fault of the store.
pub async fn checkout_of_payment(
    shop: &Shop,
    id: PaymentId,
) -> Result<Option<ShownCheckout>, StoreError> {
    let payment = shop.db.read("payment.get", move |tx| payments::get(tx, id)).await?;
    match payment {
        Some(payment) => checkout(shop, payment.checkout).await,
        None => Ok(None),
    }
}

/// What a checkout costs now when it goes to `ship_to` (none: as far as it can be told without).
///
/// # Errors
///
/// The [`Refusal`] that also paying would give.
pub fn quote_for(
    known: &Known,
    checkout: &Checkout,
    ship_to: Option<Jurisdiction>,
    at: Instant,
) -> Result<Quote, Refusal> {
    let market = known.market(checkout.market).ok_or(Refusal::UnknownMarket)?;
    let country = ship_to.map(|place| place.country);
    let lines: Vec<_> = judge_lines(known, market, &checkout.draft.lines, country, at)?
        .into_iter()
        .map(|line| line.priced)
        .collect();
    let request = QuoteRequest {
        market,
        lines: &lines,
        shipping: Money::new(market.shipping_minor, market.currency),
        ship_to,
        at,
    };
    Ok(quote(&request, &known.taxes)?)
}

/// An order as it stands now.
#[derive(Clone, Debug)]
pub struct ShownOrder {
    /// The order with its states.
    pub placed: PlacedOrder,
    /// What it is, in one word.
    pub state: OrderState,
    /// The payment.
    pub payment: Option<Payment>,
    /// How to transfer the money, while it is awaited.
    pub transfer: Option<TransferInstructions>,
}

/// Reads an order.
///
/// # Errors
///
/// A fault of the store.
pub async fn order(shop: &Shop, id: OrderId) -> Result<Option<ShownOrder>, StoreError> {
    let found = shop
        .db
        .read("order.show", move |tx| {
            let Some(placed) = load_order(tx, id)? else { return Ok(None) };
            let payment = payments::get(tx, placed.payment)?;
            Ok::<_, StoreError>(Some((placed, payment)))
        })
        .await?;
    Ok(found.map(|(placed, payment)| {
        let state =
            order_state(placed.payment_state, placed.fulfilment_state, placed.clearance_state);
        let awaited = placed.payment_state == PaymentState::Authorising;
        let transfer = payment
            .as_ref()
            .filter(|_| awaited && state == OrderState::AwaitingPayment)
            .map(|payment| transfer_instructions(payment.id, payment.amount, payment.started_at));
        ShownOrder { placed, state, payment, transfer }
    }))
}
