//! Writes to the buyers of orders that are held once more, at a person's word. The first letter is
//! queued when an order is held; this one says what is true now.

use std::sync::Arc;

use kontor_domain::market::MarketCode;

use super::cause::Kind;
use super::resend::{ResendRefusal, resend};
use crate::core::{Failure, Outcome, Shop};
use crate::order::held_orders;
use crate::staff::Person;

/// Queues a letter to the buyer of every held order of a market; gives how many. `key` is the form's:
/// the same form twice writes once to each.
///
/// # Errors
///
/// A [`ResendRefusal`], or a fault of the store: letters before it are queued, and the same form goes
/// on where it ended.
pub async fn write_to_held(
    shop: &Arc<Shop>,
    person: &Person,
    market: MarketCode,
    key: &str,
) -> Outcome<usize, ResendRefusal> {
    if !shop.policy.mail {
        return Err(Failure::Refused(ResendRefusal::NoMail));
    }
    let mut written = 0;
    for order in held_orders(shop).await?.into_iter().filter(|order| order.market == market) {
        let scope = format!("mail.held {} {}", person.id, order.number);
        let request = shop.keys.once(&scope, key, b"");
        match resend(shop, person, order.number, Kind::OrderHeld, request).await {
            Ok(_) => written += 1,
            // It went on or was erased since the list was made, or a letter is on its way anyway.
            Err(Failure::Refused(refusal)) if refusal != ResendRefusal::NoMail => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(written)
}
