//! Sends a letter about an order once more, at a person's word; and what letters there were.

use std::sync::Arc;

use kontor_base::id::OrderId;
use kontor_domain::order::OrderNumber;
use kontor_domain::staff::Permission;
use kontor_store::mail::{self, Letter};
use kontor_store::order::{by_number, get as load_order};
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
                if !person.may(Permission::OrderRead, Some(market)) {
                    return Err(unknown());
                }
                let amount = amount_before(tx, placed.order.id, kind)?;
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

/// The amount that the last letter of this kind named.
fn amount_before(
    tx: &mut Tx<'_>,
    order: OrderId,
    kind: Kind,
) -> Result<Option<kontor_base::Money>, StoreError> {
    let before = mail::about(tx, order.bytes(), SHOWN)?;
    let same = before.iter().find(|letter| letter.kind == kind.word());
    let details = same.map(|letter| serde_json::from_str::<super::cause::Details>(&letter.body));
    Ok(details.and_then(Result::ok).and_then(|details| details.amount))
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
