//! Tells those who wait that what they wait for can be bought.

use std::sync::Arc;

use kontor_domain::catalogue::Slug;
use kontor_domain::market::{Act, MarketCode, stage_allows};
use kontor_store::customer;

use super::cause::{Cause, queue_in};
use crate::core::{Failure, Outcome, Shop};

/// How many letters are queued in one transaction.
const PAGE: i64 = 500;

/// Why nobody is told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TellRefusal {
    /// There is no such market.
    #[error("there is no market {0}")]
    UnknownMarket(MarketCode),
    /// There is no such model.
    #[error("there is no model {0}")]
    UnknownModel(Slug),
    /// Nothing is sold there yet.
    #[error("nothing is sold in {0} yet")]
    NotOpen(MarketCode),
    /// No variant of the model can be bought there.
    #[error("no variant of {0} can be bought there today")]
    NotForSale(Slug),
    /// The shop sends no letters.
    #[error("this shop sends no letters: [mail] is not configured")]
    NoMail,
}

/// Queues a letter to everybody who waits in `market` for `model` (none: for the market's opening);
/// gives how many. Who has been told is taken off the list, so that twice is once.
///
/// # Errors
///
/// A [`TellRefusal`], or a fault of the store: pages before it are queued.
pub async fn tell_waiting(
    shop: &Arc<Shop>,
    market: MarketCode,
    model: Option<Slug>,
) -> Outcome<usize, TellRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    if !shop.policy.mail {
        return refuse(TellRefusal::NoMail);
    }
    let snapshot = shop.snapshots.now();
    let Some(place) = snapshot.market(market) else {
        return refuse(TellRefusal::UnknownMarket(market));
    };
    if !stage_allows(place.stage, Act::Sell) {
        return refuse(TellRefusal::NotOpen(market));
    }
    if let Some(model) = &model {
        if !snapshot.models.contains_key(model) {
            return refuse(TellRefusal::UnknownModel(model.clone()));
        }
        let at = shop.now();
        let place = kontor_domain::clearance::Place::market(place);
        let for_sale = snapshot.variants_of(model).any(|variant| {
            snapshot
                .may(Act::Sell, variant, &place, at)
                .is_some_and(|verdict| verdict.outcome.permits())
        });
        if !for_sale {
            return refuse(TellRefusal::NotForSale(model.clone()));
        }
    }
    let name = model.map_or_else(String::new, |model| model.as_str().to_owned());
    let (mut told, mut after) = (0, [0; 16]);
    loop {
        let (own, name, at) = (Arc::clone(shop), name.clone(), shop.now());
        let page = shop
            .db
            .write("mail.tell_waiting", move |tx| {
                let page = customer::waiting_untold(tx, market, &name, &after, PAGE)?;
                for person in &page {
                    queue_in(tx, &own, Cause::WaitingOver(*person), at)?;
                }
                Ok::<_, Failure<TellRefusal>>(page)
            })
            .await?;
        told += page.len();
        match page.last() {
            Some(last) => after = *last,
            None => return Ok(told),
        }
    }
}
