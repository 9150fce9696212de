//! Bills an order of a reseller and writes down what came of it: the receivable, its payment, and the
//! way back, each with two sides in the money ledger.
//!
//! A bill is a proforma. Its tax is worked out where the law makes the case simple and what was said of
//! the supply is enough ([`bill_tax`]); otherwise whoever issues it says it with its rule.

use std::sync::Arc;

use kontor_base::id::{OrderId, ResellerId, ResellerOrderId};
use kontor_base::{Date, Instant, Line, Money};
use kontor_domain::hook::EventKind;
use kontor_domain::reseller::{
    BillBody, BillEvent, BillMovement, BillState, Clause, CreditNote, OrderStage, SupplyFacts,
    TAX_NOTE_CHARS_MAX, TaxBasis, bill_number, bill_tax, credit_number,
};
use kontor_ledger::posting::{
    OrderStanding, SaleParts, post_capture, post_refund, post_sale, post_void,
};
use kontor_ledger::{JurisdictionKey, MarketKey, ProviderKey, Reference};
use kontor_store::reseller::bill::{
    KeptBill, bill, bill_of, next_credit_place, next_place, save_bill,
};
use kontor_store::reseller::{KeptOrder, contract, find, order as find_order};
use kontor_store::{StoreError, Tx, money};
use serde::{Deserialize, Serialize};

use super::refusal::{Refusal, TextProblem};
use crate::core::{Failure, Outcome, Shop};
use crate::hook::{Happened, write_down_in};

/// A bill can be due for this many days at the most.
const DUE_DAYS_MAX: i32 = 366;
/// What the ledger calls money that comes by bank.
const BANK: &str = "bank_transfer";

/// What a bill says besides its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillTerms {
    /// Until when it is to be paid.
    pub due_on: Date,
    /// Tax as it is said, in minor units of the order's currency.
    #[serde(default)]
    pub tax_minor: i64,
    /// The rule that the tax follows from, or that there is none.
    #[serde(default)]
    pub tax_note: String,
    /// What the tax is to be worked out from; none: it is said.
    #[serde(default)]
    pub supply: Option<SupplyFacts>,
}

/// Money that came for a bill, or went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The day.
    pub on: Date,
    /// What the bank's statement calls it.
    pub reference: String,
    /// Who writes it down.
    pub by: String,
}

/// The receivable of a bill is its order's: the ledger knows orders by their bytes, whoever's they are.
fn receivable(order: ResellerOrderId) -> OrderId {
    OrderId::from_bytes(*order.bytes())
}

/// Bills an order within a transaction: once, while it stands.
pub(crate) fn bill_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    id: ResellerOrderId,
    terms: &BillTerms,
    at: Instant,
) -> Outcome<String, Refusal> {
    let refuse = |refusal| Failure::Refused(refusal);
    let order = find_order(tx, id)?.filter(|order| order.stage != OrderStage::Cancelled);
    let order = order.ok_or(refuse(Refusal::UnknownOrder))?;
    if let Some(bill) = bill_of(tx, id)? {
        return Err(refuse(Refusal::Billed(bill.number)));
    }
    let whose = find(tx, order.reseller)?.ok_or(refuse(Refusal::Unknown))?;
    let unknown = || Failure::Refused(Refusal::UnknownContract(order.contract.clone()));
    let agreed = contract(tx, &order.contract)?.ok_or_else(unknown)?.contract;
    check_days(terms, at)?;
    let net = order.body.total;
    let (tax_minor, tax_note, tax_basis) = tax_in(tx, shop, terms, &order, at)?;
    let tax = Money::new(tax_minor, net.currency);
    let total = net.plus(tax).map_err(|_| refuse(TextProblem::Sum.into()))?;
    let market = order.body.market;
    let number = bill_number(market, next_place(tx, market)?);
    let body = BillBody {
        market,
        reseller: whose.profile.name.to_string(),
        reseller_country: whose.profile.country,
        contract: order.contract.clone(),
        price_clause: agreed.clause(Clause::Price).to_string(),
        ship_to: order.body.ship_to,
        ordered_on: order.body.on,
        issued_on: at.date(),
        due_on: terms.due_on,
        lines: order.body.lines.clone(),
        net,
        tax,
        tax_note,
        tax_basis,
        total,
        credit: None,
        movements: Vec::new(),
    };
    let jurisdiction = JurisdictionKey::parse(order.body.ship_to.code())
        .expect("two capital letters are a jurisdiction's key");
    let parts = SaleParts {
        order: receivable(id),
        market: MarketKey::parse(market.as_str())
            .expect("a market's code is a key by its own rule"),
        goods_net: net,
        shipping_net: Money::zero(net.currency),
        taxes: vec![(jurisdiction, tax)],
    };
    let owed = post_sale(&parts, at, &reference(&number), &shop.random)
        .map_err(|refusal| refuse(Refusal::Money(refusal)))?;
    money::post(tx, &owed)?;
    let (reseller, state) = (order.reseller, BillState::Open);
    let bill = KeptBill { number, order: id, reseller, state, body };
    save_bill(tx, &bill)?;
    write_down_in(tx, shop, Happened::to_bill(EventKind::ResellerOrderBilled, &bill), at)?;
    Ok(bill.number)
}

fn check_days(terms: &BillTerms, at: Instant) -> Outcome<(), Refusal> {
    let days = at.date().until(terms.due_on).map_or(-1, |span| span.get_days());
    if (0..=DUE_DAYS_MAX).contains(&days) {
        return Ok(());
    }
    Err(Failure::Refused(TextProblem::Due.into()))
}

/// The tax of an order, the words that are printed, and what it was worked out from. The tax point is the
/// day of the bill: the goods leave with it or after it.
fn tax_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    terms: &BillTerms,
    order: &KeptOrder,
    at: Instant,
) -> Outcome<(i64, String, Option<TaxBasis>), Refusal> {
    let refuse = |problem: TextProblem| Failure::Refused(Refusal::Text(problem));
    let Some(supply) = &terms.supply else {
        if terms.tax_minor < 0 {
            return Err(refuse(TextProblem::Tax));
        }
        let note: Line<TAX_NOTE_CHARS_MAX> =
            Line::parse(&terms.tax_note).map_err(|_| refuse(TextProblem::TaxNote))?;
        return Ok((terms.tax_minor, note.to_string(), None));
    };
    let known = shop.snapshots.current_in(tx, at)?;
    let lines: Vec<Money> = order.body.lines.iter().map(|line| line.amount).collect();
    let worked = bill_tax(supply, order.body.ship_to, &lines, &known.taxes, at.date());
    let (minor, basis) = worked.map_err(|why| Failure::Refused(Refusal::Tax(why)))?;
    Ok((minor, basis.rule.clone(), Some(basis)))
}

/// Writes down within a transaction that the money of a bill has come, or went back.
pub(crate) fn pay_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    order: ResellerOrderId,
    event: BillEvent,
    payment: &Payment,
    at: Instant,
) -> Outcome<(), Refusal> {
    let bill = bill_of(tx, order)?.ok_or(Failure::Refused(Refusal::UnknownBill))?;
    let bill = move_bill_in(tx, shop, bill, event, Some(payment), at)?;
    save_bill(tx, &bill)?;
    let moved = Happened::to_bill(EventKind::ResellerBillMoved, &bill);
    Ok(write_down_in(tx, shop, moved, at)?)
}

/// What goes back with the money of an order's bill, if it can go back now.
pub(crate) fn returnable_in(tx: &mut Tx<'_>, order: ResellerOrderId) -> Outcome<Money, Refusal> {
    let bill = bill_of(tx, order)?.ok_or(Failure::Refused(Refusal::UnknownBill))?;
    match bill.state.after(BillEvent::Returned) {
        Some(_) => Ok(bill.body.total),
        None => Err(Failure::Refused(Refusal::BillStands(bill.number, bill.state))),
    }
}

/// A bill where an event leads it, its money posted; it is yet to be saved.
fn move_bill_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    mut bill: KeptBill,
    event: BillEvent,
    payment: Option<&Payment>,
    at: Instant,
) -> Outcome<KeptBill, Refusal> {
    let refuse = |refusal| Failure::Refused(refusal);
    let to = bill.state.after(event);
    let to = to.ok_or_else(|| refuse(Refusal::BillStands(bill.number.clone(), bill.state)))?;
    let id = receivable(bill.order);
    let total = bill.body.total;
    let of_money = |refusal| Failure::Refused(Refusal::Money(refusal));
    let transfers = money::of_order(tx, id)?;
    let standing = OrderStanding::read(id, total.currency, &transfers).map_err(of_money)?;
    let bank = ProviderKey::parse(BANK).expect("letters and a dash are a provider's key");
    let (text, random) = (reference(&bill.number), &shop.random);
    let posted = match event {
        BillEvent::Received => {
            vec![post_capture(&standing, &bank, total, at, &text, random).map_err(of_money)?]
        }
        BillEvent::Returned => {
            vec![post_refund(&standing, &bank, total, at, &text, random).map_err(of_money)?]
        }
        BillEvent::OrderCancelled => post_void(&standing, at, &text, random).map_err(of_money)?,
    };
    money::post(tx, &posted)?;
    if let Some(payment) = payment {
        bill.body.movements.push(movement(payment, event, at)?);
    }
    bill.state = to;
    Ok(bill)
}

/// Takes a bill back with a credit note, because its order was cancelled.
pub(super) fn credit_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    bill: KeptBill,
    reason: &str,
    at: Instant,
) -> Outcome<(), Refusal> {
    let mut bill = move_bill_in(tx, shop, bill, BillEvent::OrderCancelled, None, at)?;
    let market = bill.body.market;
    let number = credit_number(market, next_credit_place(tx, market)?);
    let (issued_on, reason) = (at.date(), reason.to_owned());
    bill.body.credit = Some(CreditNote { number, issued_on, reason });
    save_bill(tx, &bill)?;
    let credited = Happened::to_bill(EventKind::ResellerBillCredited, &bill);
    Ok(write_down_in(tx, shop, credited, at)?)
}

fn movement(payment: &Payment, event: BillEvent, at: Instant) -> Outcome<BillMovement, Refusal> {
    let refuse = |problem: TextProblem| Failure::Refused(Refusal::Text(problem));
    if payment.on > at.date() {
        return Err(refuse(TextProblem::MoneyDay));
    }
    let reference: Line<80> =
        Line::parse(&payment.reference).map_err(|_| refuse(TextProblem::MoneyReference))?;
    Ok(BillMovement {
        came: event == BillEvent::Received,
        on: payment.on,
        reference: reference.to_string(),
        by: payment.by.clone(),
    })
}

fn reference(number: &str) -> Reference {
    Reference::parse(number).expect("a bill's number is short")
}

/// A bill of a reseller by its number.
///
/// # Errors
///
/// A fault of the store.
pub async fn bill_of_reseller(
    shop: &Arc<Shop>,
    reseller: ResellerId,
    number: String,
) -> Result<Option<KeptBill>, StoreError> {
    let found = shop.db.read("reseller.bill", move |tx| bill(tx, &number)).await?;
    Ok(found.filter(|bill| bill.reseller == reseller))
}
