//! Whether a webhook rests on the rights of whoever answers for it, and how somebody else takes it over.
//!
//! Nothing is written when rights change: they are asked at every event and every call, so no change of an
//! account can be missed.

use std::sync::Arc;

use kontor_base::id::HookId;
use kontor_domain::hook::{Unfounded, check_founded, lacking};
use kontor_domain::staff::StaffName;
use kontor_store::hook::{self as rows, Endpoint};
use kontor_store::staff::account;
use kontor_store::{StoreError, Topic, Tx};

use super::endpoint::{HookRefusal, described, log, own_in};
use crate::core::{Failure, Outcome, Shop};
use crate::staff::Person;

/// Who answers for a webhook, and whether it is told everything that it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Their name; none: there is no such account any more.
    pub name: Option<StaffName>,
    /// Why something is kept back; none: nothing is.
    pub unfounded: Option<Unfounded>,
}

/// Who answers for an endpoint, as their rights are now.
pub(super) fn answers_in(tx: &mut Tx<'_>, endpoint: &Endpoint) -> Result<Answers, StoreError> {
    let account = account::find(tx, endpoint.made_by)?;
    let checked = check_founded(account.as_ref(), &endpoint.kinds, &endpoint.markets);
    Ok(Answers { name: account.map(|account| account.name), unfounded: checked.err() })
}

/// Whether whoever answers for an endpoint may read everything that it asks for.
pub(super) fn is_founded(tx: &mut Tx<'_>, endpoint: &Endpoint) -> Result<bool, StoreError> {
    Ok(answers_in(tx, endpoint)?.unfounded.is_none())
}

/// What a person lacks to answer for an endpoint, the first of it.
pub(super) fn refused_to(person: &Person, endpoint: &Endpoint) -> Result<(), HookRefusal> {
    let lacks = lacking(&person.held, &endpoint.kinds, &endpoint.markets);
    lacks.first().map_or(Ok(()), |lacks| Err(HookRefusal::NotPermitted(*lacks)))
}

/// Answers for an endpoint from now on. What was kept back is told after that.
///
/// # Errors
///
/// [`HookRefusal::Unknown`], [`HookRefusal::NotPermitted`] where they may not read everything that it asks
/// for themselves, or a fault of the store.
pub async fn take_over(shop: &Arc<Shop>, person: &Person, id: HookId) -> Outcome<(), HookRefusal> {
    let (own, person) = (Arc::clone(shop), person.clone());
    shop.db
        .write("hook.take_over", move |tx| {
            let mut endpoint = own_in(tx, &person, id)?;
            refused_to(&person, &endpoint).map_err(Failure::Refused)?;
            if endpoint.made_by == person.id {
                return Ok(());
            }
            let before = answers_in(tx, &endpoint)?.name;
            let was = before.map_or_else(|| endpoint.made_by.to_string(), |name| name.to_string());
            endpoint.made_by = person.id;
            rows::save_endpoint(tx, &endpoint)?;
            let is_now = format!("{}; {}", person.name, described(&endpoint));
            log(tx, &own, &person, "hook.take_over", &endpoint, &was, &is_now)?;
            // What was kept back is looked at at once.
            tx.touch(Topic::Job)?;
            Ok(())
        })
        .await
}
