//! Writes to the buyers of orders that are held once more, at a person's word. The first letter is
//! queued when an order is held; this one says what is true now.

use std::sync::Arc;

use kontor_domain::market::MarketCode;

use super::cause::Kind;
use super::resend::{ResendRefusal, resend};
use crate::core::{Failure, Outcome, Shop};
use crate::order::held_after;
use crate::staff::Person;

/// How many orders are read at a time.
const PAGE: i64 = 500;

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
    let (mut written, mut after) = (0, None);
    loop {
        let page = held_after(shop, market, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(written) };
        after = Some(last.id);
        for order in page {
            let scope = format!("mail.held {} {}", person.id, order.number);
            let request = shop.keys.once(&scope, key, b"");
            match resend(shop, person, order.number, Kind::OrderHeld, request).await {
                Ok(_) => written += 1,
                // It went on or was erased since the list was made, or a letter is on its way anyway.
                Err(Failure::Refused(refusal)) if refusal != ResendRefusal::NoMail => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}
