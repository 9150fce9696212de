//! Places the order: hold → sold, the order's rows, what the customer owes, all in one transaction.

use std::sync::Arc;

use kontor_base::id::OrderId;
use kontor_base::{Instant, Language, Money};
use kontor_domain::catalogue::Sku;
use kontor_domain::hook::EventKind;
use kontor_domain::order::{
    CheckoutEvent, ClearanceState, FulfilmentState, Order, OrderLine, OrderNumber, PaidDeposit,
    Quote, checkout_step,
};
use kontor_domain::payment::{PaymentState, ProviderKind};
use kontor_ledger::posting::post_sale;
use kontor_ledger::{JurisdictionKey, MarketKey, Reference, SaleParts};
use kontor_store::order::{Checkout, PlacedOrder, by_number, insert, save_checkout};
use kontor_store::payment::{self as payments, Payment};
use kontor_store::{StoreError, Tx, cart as carts, money, stock};

use super::begin::judge_lines;
use super::beta::count_in;
use super::deposit::{apply_in, credit_in};
use super::jobs::{capture_in, queue_capture};
use super::pay::PayAnswer;
use super::refusal::Refusal;
use super::sale::{claim_of, sold_in};
use crate::core::{Failure, Known, Outcome, Refuse, Shop};
use crate::hook::{Happened, write_down_in};
use crate::mail::{Cause, Kind, queue_in as queue_letter};
use crate::stock::claim;

/// What an order is made from.
pub(super) struct Placing {
    pub(super) checkout: Checkout,
    pub(super) payment: Payment,
    pub(super) at: Instant,
}

/// Places the order of a checkout whose money is there, or on its way by bank transfer.
pub(super) fn place_in(
    tx: &mut Tx<'_>,
    shop: &Arc<Shop>,
    known: &Known,
    placing: Placing,
) -> Outcome<PayAnswer, Refusal> {
    let Placing { mut checkout, mut payment, at } = placing;
    let draft = &checkout.draft;
    let (Some(contact), Some(ship_to), Some(quote)) =
        (draft.contact.clone(), draft.ship_to.clone(), draft.quote.clone())
    else {
        return Err(Failure::Refused(Refusal::UnknownCheckout));
    };
    let market = known.market(checkout.market).ok_or(Failure::Refused(Refusal::UnknownMarket))?;
    let judged = judge_lines(known, market, &draft.lines, Some(ship_to.country), at)
        .map_err(Failure::Refused)?;
    // Everything is read before the first row is written.
    stock::hold_ahead(tx, checkout.hold)?;
    // What was taken in a sale is bought without a cart.
    let has_cart = claim_of(checkout.id).is_none();
    if has_cart {
        carts::get_ahead(tx, checkout.cart)?;
    }
    let hold = stock::hold(tx, checkout.hold)?.ok_or(Failure::Refused(Refusal::UnknownCheckout))?;
    let cart = if has_cart { carts::get(tx, checkout.cart)? } else { None };
    let credit = credit_in(tx, checkout.id, quote.totals.total)?;
    let hold = claim(tx, &hold, at, &shop.random).map_err(|f| f.map(Refusal::Stock))?;

    let id = OrderId::new(at, &shop.random);
    let deliverable = judged.iter().all(|line| line.deliverable);
    let lines = quote
        .lines
        .iter()
        .zip(judged)
        .map(|(quoted, judged)| OrderLine {
            title: title(known, &quoted.sku, draft.language),
            quoted: quoted.clone(),
            verdict: judged.note,
        })
        .collect();
    let order = Order {
        id,
        number: OrderNumber::new(market.code, id),
        checkout: checkout.id,
        market: market.code,
        language: draft.language,
        placed_at: at,
        contact,
        ship_to,
        lines,
        shipping: quote.shipping.clone(),
        totals: quote.totals.clone(),
        estimated: quote.estimated,
        paid_by: payment.provider,
        deposit: credit.as_ref().map(|(deposit, amount)| PaidDeposit {
            deposit: deposit.id,
            amount: *amount,
            paid_at: deposit.paid_at.unwrap_or(deposit.began_at),
        }),
    };
    post_money(tx, shop, market.code.as_str(), id, &quote, &order.number, at)?;

    if let Some((deposit, amount)) = credit {
        apply_in(tx, shop, deposit, &order, amount, at)?;
    }
    sold_in(tx, hold.id)?;
    count_in(tx, shop, market, &checkout, id)?;
    payment.order = Some(id);
    payments::save(tx, &payment)?;
    checkout.state = checkout_step(checkout.state, CheckoutEvent::Placed).refuse()?;
    checkout.order = Some(id);
    save_checkout(tx, &checkout)?;
    if let Some(cart) = cart {
        carts::save(tx, &cart.emptied(), at)?;
    }
    let number = order.number.to_string();
    let placed = PlacedOrder {
        payment: payment.id,
        hold: hold.id,
        payment_state: payment.state,
        fulfilment_state: FulfilmentState::Waiting,
        clearance_state: if deliverable { ClearanceState::Clear } else { ClearanceState::Held },
        order,
    };
    insert(tx, &placed)?;
    queue_letter(tx, shop, Cause::Order(Kind::OrderPlaced, id), at)?;
    write_down_in(tx, shop, Happened::to_order(EventKind::OrderPlaced, &placed.order), at)?;
    if payment.state == PaymentState::Authorised {
        queue_capture(tx, shop, payment.id, at)?;
    }
    Ok(PayAnswer::Placed { order: id, number })
}

/// The name under which a variant is sold.
fn title(known: &Known, sku: &Sku, language: Language) -> String {
    let Some((variant, model)) = known.product(sku) else { return sku.to_string() };
    let name = model.text(language, |text| &text.name);
    match variant.option_in(language) {
        "" => name.to_owned(),
        option => format!("{name}, {option}"),
    }
}

/// What the sale puts into the books.
pub(super) fn sale_parts(
    market: &str,
    order: OrderId,
    goods_net: Money,
    shipping_net: Money,
    taxes: &[kontor_domain::order::TaxTotal],
) -> Result<SaleParts, StoreError> {
    let bad = |error: kontor_base::TextError| StoreError::BadRow {
        table: "order_head",
        problem: error.to_string().into(),
    };
    let taxes = taxes
        .iter()
        .map(|tax| {
            let jurisdiction = tax.applied.jurisdiction.to_string();
            Ok((JurisdictionKey::parse(&jurisdiction).map_err(bad)?, tax.amount))
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(SaleParts {
        order,
        market: MarketKey::parse(market).map_err(bad)?,
        goods_net,
        shipping_net,
        taxes,
    })
}

fn post_money(
    tx: &mut Tx<'_>,
    shop: &Shop,
    market: &str,
    order: OrderId,
    quote: &Quote,
    number: &OrderNumber,
    at: Instant,
) -> Outcome<(), Refusal> {
    let currency = quote.totals.total.currency;
    let goods_net = Money::sum(currency, quote.lines.iter().map(|line| line.amount.net))
        .map_err(|error| Refusal::Money(error.into()))
        .map_err(Failure::Refused)?;
    let shipping_net = quote.shipping.amount.net;
    let parts = sale_parts(market, order, goods_net, shipping_net, &quote.totals.taxes)?;
    let transfers = post_sale(&parts, at, &reference(number.as_str()), &shop.random).refuse()?;
    money::post(tx, &transfers)?;
    Ok(())
}

/// A text of ours as a ledger reference.
pub(super) fn reference(text: &str) -> Reference {
    Reference::parse(text).expect("numbers and ids are short and plain")
}

/// A bank transfer for an order has arrived in full: the money is booked and the order is paid.
/// A second message about the same transfer changes nothing.
///
/// # Errors
///
/// [`Refusal::UnknownOrder`], [`Refusal::NotOffered`] for an order that is not paid by transfer,
/// [`Refusal::Payment`] for one that was cancelled meanwhile, or a fault of the store.
pub async fn transfer_arrived(shop: &Arc<Shop>, number: OrderNumber) -> Outcome<(), Refusal> {
    let at = shop.now();
    let own = Arc::clone(shop);
    shop.db
        .write("order.transfer_arrived", move |tx| {
            let placed = by_number(tx, &number)?.ok_or(Failure::Refused(Refusal::UnknownOrder))?;
            if placed.order.paid_by != ProviderKind::BankTransfer {
                return Err(Failure::Refused(Refusal::NotOffered));
            }
            capture_in(tx, &own, placed.payment, at)
        })
        .await
}
