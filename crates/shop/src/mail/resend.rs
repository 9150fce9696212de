//! Sends a letter about an order once more, at a person's word; and what letters there were.

use std::sync::Arc;

use kontor_base::Money;
use kontor_base::id::OrderId;
use kontor_domain::order::{OrderNumber, is_erased};
use kontor_domain::staff::Permission;
use kontor_store::mail::{self, Letter, LetterState};
use kontor_store::order::{PlacedOrder, by_number, get as load_order};
use kontor_store::payment::refund;
use kontor_store::{StoreError, Tx};

use super::cause::{Cause, Kind, queue_in};
use crate::core::{Failure, Once, Outcome, Replayed, Shop, once};
use crate::staff::{By, Noted, Person, note};

/// The most letters about one thing that are shown.
const SHOWN: i64 = 50;

/// Why a letter is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResendRefusal {
    /// There is no such order, or not for this person.
    #[error("there is no such order")]
    UnknownOrder,
    /// This kind of letter is not about an order.
    #[error("this letter is not about an order")]
    NotOfOrder,
    /// It says something that is not true of the order now.
    #[error("this letter says something that is not true of the order any more")]
    NotTrue,
    /// One of this kind waits to be sent.
    #[error("this letter is on its way already")]
    OnItsWay,
    /// Whoever bought was erased.
    #[error("there is nobody to write to: the customer was erased")]
    Nobody,
    /// The shop sends no letters.
    #[error("this shop sends no letters: [mail] is not configured")]
    NoMail,
}

impl ResendRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownOrder => "order.unknown",
            Self::NotOfOrder => "mail.not_of_order",
            Self::NotTrue => "mail.not_true",
            Self::OnItsWay => "mail.on_its_way",
            Self::Nobody => "mail.nobody",
            Self::NoMail => "mail.none",
        }
    }
}

/// Queues a letter about an order again. What it says is what is true now.
///
/// # Errors
///
/// A [`ResendRefusal`], or a fault of the store.
pub async fn resend(
    shop: &Arc<Shop>,
    person: &Person,
    number: OrderNumber,
    kind: Kind,
    request: Once,
) -> Outcome<Replayed<()>, ResendRefusal> {
    let at = shop.now();
    let refuse = |refusal| Err(Failure::Refused(refusal));
    if !shop.policy.mail {
        return refuse(ResendRefusal::NoMail);
    }
    if !kind.of_order() {
        return refuse(ResendRefusal::NotOfOrder);
    }
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("mail.resend", move |tx| {
            once(tx, Some(&request), at, |tx| {
                let unknown = || Failure::Refused(ResendRefusal::UnknownOrder);
                let placed = by_number(tx, &number)?.ok_or_else(unknown)?;
                let market = placed.order.market;
                if !person.may(Permission::OrderEdit, Some(market)) {
                    return Err(unknown());
                }
                check(tx, &placed, kind)?;
                let amount = amount_of(tx, &placed, kind)?;
                let cause = match (kind, amount) {
                    (Kind::PaymentRefunded, Some(amount)) => Cause::Refund(placed.order.id, amount),
                    (Kind::OrderCancelled, amount) => Cause::Cancelled(placed.order.id, amount),
                    (kind, _) => Cause::Order(kind, placed.order.id),
                };
                queue_in(tx, &own, cause, at)?;
                let subject = placed.order.number.as_str();
                let noted = Noted {
                    act: "mail.resend",
                    market: Some(market),
                    subject,
                    was: "",
                    is_now: kind.word(),
                };
                note(tx, &own.random, at, By::Person(&person), &noted)?;
                Ok(())
            })
        })
        .await
}

fn check(tx: &mut Tx<'_>, placed: &PlacedOrder, kind: Kind) -> Outcome<(), ResendRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    if is_erased(&placed.order) {
        return refuse(ResendRefusal::Nobody);
    }
    if !kind.fits(placed) {
        return refuse(ResendRefusal::NotTrue);
    }
    let before = mail::about(tx, placed.order.id.bytes(), SHOWN)?;
    let waits =
        |letter: &Letter| letter.kind == kind.word() && letter.state == LetterState::Waiting;
    if before.iter().any(waits) {
        return refuse(ResendRefusal::OnItsWay);
    }
    Ok(())
}

/// The amount that a letter names: the last that went back. Where an order was cancelled without
/// money that had come, none.
fn amount_of(
    tx: &mut Tx<'_>,
    placed: &PlacedOrder,
    kind: Kind,
) -> Result<Option<Money>, StoreError> {
    if !matches!(kind, Kind::PaymentRefunded | Kind::OrderCancelled) {
        return Ok(None);
    }
    let refunds = refund::of_payment(tx, placed.payment)?;
    Ok(refunds.last().map(|refund| refund.amount))
}

/// The letters that can be sent again for an order: what is true of it now and was told before, or
/// cannot have been told otherwise. `before` is what [`letters_about`] gave.
#[must_use]
pub fn resendable(placed: &PlacedOrder, before: &[Letter]) -> Vec<Kind> {
    if is_erased(&placed.order) {
        return Vec::new();
    }
    let told = |kind: Kind| before.iter().any(|letter| letter.kind == kind.word());
    // Letters are forgotten after a month; what the order itself shows was told.
    let sure = |kind: Kind| !matches!(kind, Kind::PaymentReceived | Kind::OrderFreed);
    let fits = |kind: &Kind| kind.fits(placed) && (sure(*kind) || told(*kind));
    Kind::ALL.into_iter().filter(fits).collect()
}

/// The letters about an order, the newest first.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn letters_about(shop: &Arc<Shop>, order: OrderId) -> Result<Vec<Letter>, StoreError> {
    shop.db
        .read("mail.about", move |tx| match load_order(tx, order)? {
            Some(_) => mail::about(tx, order.bytes(), SHOWN),
            None => Ok(Vec::new()),
        })
        .await
}
