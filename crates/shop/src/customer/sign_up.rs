//! "Tell me when": puts somebody on the waiting list of a model or of a market's opening.
//!
//! The address is asked to confirm it, because anybody can type anybody's. The same address twice is
//! one entry, and the answer does not tell whether it was there before: strangers must not learn who
//! waits for what.

use std::sync::Arc;

use kontor_base::Language;
use kontor_domain::catalogue::Slug;
use kontor_domain::customer::{FieldError, WaitingEntry, step_at_sign_up};
use kontor_domain::market::{Act, MarketCode, stage_allows};
use kontor_store::customer as customers;

use super::waiting::{askable, settle_in};
use crate::core::{Failure, Outcome, Shop};

/// A wish to be told.
#[derive(Clone, Debug)]
pub struct Command {
    /// The market.
    pub market: MarketCode,
    /// The model; none waits for the market's opening.
    pub model: Option<Slug>,
    /// The address as typed.
    pub email: String,
    /// The language to write in.
    pub language: Language,
}

/// Why nobody was put on the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such market.
    UnknownMarket,
    /// There is no such model.
    UnknownModel,
    /// The market's stage takes no names (it is closed, or not announced).
    NotTaken,
    /// The address cannot be used.
    Field(FieldError),
}

/// Puts somebody on a waiting list.
///
/// # Errors
///
/// A [`Refusal`], or a fault of the store.
pub async fn sign_up(shop: &Arc<Shop>, command: Command) -> Outcome<WaitingEntry, Refusal> {
    let Command { market, model, email, language } = command;
    let at = shop.now();
    let entry = WaitingEntry::parse(&email, market, model, language)
        .map_err(|error| Failure::Refused(Refusal::Field(error)))?;
    let person = shop.keys.person(&entry.key());
    let own = Arc::clone(shop);
    shop.db
        .write("customer.sign_up", move |tx| {
            let known = own.snapshots.current_in(tx, at)?;
            let refuse = |refusal| Err(Failure::Refused(refusal));
            let Some(market) = known.market(entry.market) else {
                return refuse(Refusal::UnknownMarket);
            };
            if entry.model.as_ref().is_some_and(|model| !known.models.contains_key(model)) {
                return refuse(Refusal::UnknownModel);
            }
            // The stage alone decides: interest in what may not be sold yet is the point.
            if !stage_allows(market.stage, Act::RegisterInterest) {
                return refuse(Refusal::NotTaken);
            }
            let customer = own.keys.customer(&entry.email);
            customers::sign_up(tx, &person, customer, &entry, at)?;
            // Known as a customer from now on, so that export and erasure find the entry.
            customers::contact::note(tx, customer, &entry.email.normalised(), at)?;
            if let Some(kept) = customers::waiting(tx, &person)? {
                let step = step_at_sign_up(kept.moments, askable(tx, &own, customer, at)?, at);
                settle_in(tx, &own, &kept, step, at)?;
            }
            Ok(entry.clone())
        })
        .await
}
