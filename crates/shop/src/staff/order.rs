//! What staff do with an order: its acts as they are undertaken, and notes.

use std::sync::Arc;

use kontor_base::Line;
use kontor_base::{Instant, Money};
use kontor_domain::order::{OrderNumber, cancel_plan};
use kontor_domain::staff::{Extent, Permission, StaffRefusal};
use kontor_store::order::note::{self as notes, Note};
use kontor_store::order::{PlacedOrder, by_number};
use kontor_store::{Tx, payment as payments};
use serde_json::json;

use super::act::{Bearing, Change};
use super::act_refusal::ActRefusal;
use super::log::{By, Noted, note};
use super::person::{FieldProblem, Person, Refusal};
use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};
use crate::order::{self, cancel_in, collected_in, refund_in};

/// The longest note, in characters.
const NOTE_CHARS_MAX: usize = 1_000;

/// An order by its number.
pub(super) fn order_of(tx: &mut Tx<'_>, number: &str) -> Outcome<PlacedOrder, Refusal> {
    let number: OrderNumber = number.parse().map_err(|_| unknown())?;
    by_number(tx, &number)?.ok_or_else(unknown)
}

fn unknown() -> Failure<Refusal> {
    refused(&order::Refusal::UnknownOrder)
}

/// What the order's own use case says no to.
fn refused(refusal: &order::Refusal) -> Failure<Refusal> {
    let why = match refusal {
        order::Refusal::UnknownOrder => "there is no such order".to_owned(),
        order::Refusal::Cancel(refusal) => refusal.to_string(),
        order::Refusal::Refund(refusal) => refusal.to_string(),
        order::Refusal::Payment(refusal) => refusal.to_string(),
        order::Refusal::Money(refusal) => refusal.to_string(),
        other => other.code().to_owned(),
    };
    Failure::Refused(Refusal::Act(ActRefusal::Order { code: refusal.code(), why }))
}

/// What a cancellation needs: where the order is. All that was collected leaves with it. What cannot
/// be cancelled any more is not laid before a second person either.
pub(super) fn bearing_of_cancel(
    tx: &mut Tx<'_>,
    number: &str,
    person: &Person,
) -> Outcome<Bearing, Refusal> {
    let placed = order_of(tx, number)?;
    if !person.may(Permission::OrderCancel, Some(placed.order.market)) {
        return Err(StaffRefusal::NotPermitted.into());
    }
    cancel_plan(placed.payment_state, placed.fulfilment_state, placed.clearance_state)
        .map_err(|refusal| refused(&order::Refusal::Cancel(refusal)))?;
    let leaves = collected_in(tx, &placed).map_err(of_order)?.all;
    Ok(bearing(&placed, Permission::OrderCancel, leaves))
}

/// What a refund needs. What has gone back before counts: ten small refunds are a large one.
pub(super) fn bearing_of_refund(
    tx: &mut Tx<'_>,
    number: &str,
    back: Money,
) -> Outcome<Bearing, Refusal> {
    let placed = order_of(tx, number)?;
    let before = collected_in(tx, &placed).map_err(of_order)?.gone_back;
    // Another currency is refused when it is carried out; alone nobody comes that far with it.
    let minor = if before.currency == back.currency { before.minor } else { 0 };
    let leaves = Money::new(minor.saturating_add(back.minor), back.currency);
    Ok(bearing(&placed, Permission::PaymentRefund, leaves))
}

fn bearing(placed: &PlacedOrder, permission: Permission, leaves: Money) -> Bearing {
    let subject = placed.order.number.to_string();
    let plain = Bearing::plain(permission, Some(placed.order.market), subject);
    Bearing { extent: Extent::Amount(leaves), ..plain }
}

/// An amount as an act keeps it.
pub(super) fn amount(minor: i64, currency: &str) -> Outcome<Money, Refusal> {
    let currency = currency.parse().map_err(|_| {
        let why = "this is no currency".to_owned();
        Failure::Refused(Refusal::Act(ActRefusal::Order { code: "payment.bad_amount", why }))
    })?;
    Ok(Money::new(minor, currency))
}

/// What a cancellation changes.
pub(super) fn change_of_cancel(tx: &mut Tx<'_>, number: &str) -> Outcome<Change, Refusal> {
    let placed = order_of(tx, number)?;
    let total = placed.order.totals.total;
    let told = |state: &str| json!({"order": number, "state": state, "total": written(total)});
    Ok(Change {
        was: told(placed.state().word()).to_string(),
        is_now: told("cancelled").to_string(),
    })
}

/// What a refund changes.
pub(super) fn change_of_refund(
    tx: &mut Tx<'_>,
    number: &str,
    back: Money,
) -> Outcome<Change, Refusal> {
    let placed = order_of(tx, number)?;
    let paid = payments::get(tx, placed.payment)?;
    let refunded = paid.map_or(0, |paid| paid.refunded_minor);
    let told = |minor: i64, back: Option<Money>| {
        json!({
            "order": number,
            "total": written(placed.order.totals.total),
            "refunded": written(Money::new(minor, back.map_or(placed.order.totals.total.currency, |b| b.currency))),
            "goes_back": back.map(written),
        })
    };
    let after = refunded.saturating_add(back.minor);
    Ok(Change {
        was: told(refunded, None).to_string(),
        is_now: told(after, Some(back)).to_string(),
    })
}

/// An amount as changes are told.
pub(super) fn written(money: Money) -> String {
    format!("{} {}", money.decimal(), money.currency.code())
}

/// Cancels an order.
pub(super) fn cancel(
    tx: &mut Tx<'_>,
    shop: &Shop,
    number: &str,
    at: Instant,
) -> Outcome<(), Refusal> {
    let number = order_of(tx, number)?.order.number;
    cancel_in(tx, shop, &number, at).map_err(of_order)
}

/// Gives money back.
pub(super) fn refund(
    tx: &mut Tx<'_>,
    shop: &Shop,
    number: &str,
    back: Money,
    why: &str,
    at: Instant,
) -> Outcome<(), Refusal> {
    let number = order_of(tx, number)?.order.number;
    refund_in(tx, shop, &number, back, why, at).map(|_| ()).map_err(of_order)
}

fn of_order(failure: Failure<order::Refusal>) -> Failure<Refusal> {
    match failure {
        Failure::Refused(refusal) => refused(&refusal),
        Failure::KeyReused => Failure::KeyReused,
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

/// A note to be written.
#[derive(Clone, Debug)]
pub struct NoteCommand {
    /// To which order.
    pub order: OrderNumber,
    /// The words.
    pub words: String,
    /// The request's identity.
    pub once: Once,
}

/// Writes a note to an order. The log says that one was written, and not what: notes name people, and
/// the log is never erased.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn write_note(
    shop: &Arc<Shop>,
    person: &Person,
    command: NoteCommand,
) -> Outcome<Replayed<()>, Refusal> {
    let at = shop.now();
    let words = Line::<NOTE_CHARS_MAX>::parse(&one_line(&command.words))
        .map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::Note)))?;
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("staff.note", move |tx| {
            once(tx, Some(&command.once), at, |tx| {
                let placed = order_of(tx, command.order.as_str())?;
                let market = Some(placed.order.market);
                if !person.may(Permission::OrderEdit, market) {
                    return Err(StaffRefusal::NotPermitted.into());
                }
                let written = Note {
                    id: kontor_base::id::uuid_v7(at, &own.random),
                    written_at: at,
                    account: person.id,
                    person: person.name.to_string(),
                    words: words.as_str().to_owned(),
                };
                notes::insert(tx, placed.order.id, &written)?;
                let subject = placed.order.number.as_str();
                let act = Permission::OrderEdit.word();
                let noted = Noted { act, market, subject, was: "", is_now: "note" };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
                Ok(())
            })
        })
        .await
}

/// Lines are joined: a note is read in a row of a table.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
