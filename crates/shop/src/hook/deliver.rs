//! Tells what has happened: makes deliveries of new events, takes those that are due, calls outside of
//! every transaction, notes every attempt.
//!
//! What whoever answers for an endpoint may not read at that moment is kept back, and told as soon as they
//! may again or somebody else answers for it who may.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use kontor_base::Instant;
use kontor_base::id::HookDeliveryId;
use kontor_domain::hook::{
    DISABLED_AFTER_S, EventKind, HookState, Taken, again_at, may_tell, taken,
};
use kontor_domain::staff::Markets;
use kontor_remote::hook::{Called, Caller, Message};
use kontor_store::hook::{self, Attempt, Delivery, DeliveryState, Endpoint, Event};
use kontor_store::staff::account;
use kontor_store::{StoreError, Topic, Tx};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::founded::is_founded;
use super::seal::open;
use crate::core::Shop;

/// How many events get their deliveries at once.
const FAN_AT_ONCE: i64 = 100;
/// How many deliveries that were kept back are freed at once.
const RELEASE_AT_ONCE: i64 = 100;
/// How many calls are made at once.
const AT_ONCE: i64 = 16;
/// For how long a taken delivery is nobody else's, in seconds: longer than a call may take.
const LEASE_S: i64 = 60;
/// How often the queue is looked at without being told.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long events are kept, so that they can be told again, in seconds.
const KEPT_S: i64 = 30 * 24 * 60 * 60;
/// How many old events are removed at once.
const FORGET_AT_ONCE: i64 = 200;

/// What a round came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Events that got their deliveries.
    pub events: usize,
    /// Calls that were taken.
    pub taken: usize,
    /// Calls that were not.
    pub failed: usize,
}

/// Makes the calls that are due, up to a few at once.
///
/// # Errors
///
/// A fault of the store; what was not noted is done again.
pub async fn tell_due(shop: &Arc<Shop>, caller: &Caller) -> Result<Told, StoreError> {
    let now = shop.now();
    let mut told = Told::default();
    release(shop, now).await?;
    if !shop.db.read("hook.any_due", move |tx| hook::any_due(tx, now)).await? {
        return Ok(told);
    }
    let own = Arc::clone(shop);
    let (events, due) = shop
        .db
        .write("hook.take", move |tx| {
            let events = fan_out(tx, &own, now)?;
            let due = hook::take(tx, now, now.plus_seconds(LEASE_S), AT_ONCE)?;
            Ok::<_, StoreError>((events, due))
        })
        .await?;
    told.events = events;
    let mut running = JoinSet::new();
    for delivery in due {
        let (shop, caller) = (Arc::clone(shop), caller.clone());
        running.spawn(async move { deliver(&shop, caller, delivery).await });
    }
    while let Some(finished) = running.join_next().await {
        match finished {
            Ok(Ok(Some(true))) => told.taken += 1,
            Ok(Ok(Some(false))) => told.failed += 1,
            Ok(Ok(None)) => {}
            Ok(Err(fault)) => return Err(fault),
            Err(panic) => tracing::error!(%panic, "a call panicked; it is tried again"),
        }
    }
    Ok(told)
}

/// A delivery of every new event to every endpoint that wants it.
fn fan_out(tx: &mut Tx<'_>, shop: &Shop, at: Instant) -> Result<usize, StoreError> {
    let events = hook::unfanned(tx, FAN_AT_ONCE)?;
    if events.is_empty() {
        return Ok(0);
    }
    let mut endpoints = Vec::new();
    for endpoint in hook::endpoints(tx)? {
        if endpoint.state == HookState::Active {
            endpoints.push((account::find(tx, endpoint.made_by)?, endpoint));
        }
    }
    for event in &events {
        for (answers, endpoint) in endpoints.iter().filter(|(_, one)| wants(one, event)) {
            let state = if may_tell(answers.as_ref(), event.kind, event.market) {
                DeliveryState::Waiting
            } else {
                DeliveryState::Held
            };
            let id = HookDeliveryId::new(at, &shop.random);
            hook::begin(tx, id, endpoint.id, event.id, state, at)?;
        }
        hook::fanned(tx, event.id)?;
    }
    Ok(events.len())
}

/// Has tried what was kept back from endpoints for which somebody answers by now who may read it all.
async fn release(shop: &Arc<Shop>, now: Instant) -> Result<(), StoreError> {
    let free = move |tx: &mut Tx<'_>| {
        let mut free = Vec::new();
        for endpoint in hook::holding(tx)? {
            if is_founded(tx, &endpoint)? {
                free.push(endpoint.id);
            }
        }
        Ok::<_, StoreError>(free)
    };
    let free = shop.db.read("hook.holding", free).await?;
    if free.is_empty() {
        return Ok(());
    }
    shop.db
        .write("hook.release", move |tx| {
            for endpoint in &free {
                hook::release(tx, *endpoint, now, RELEASE_AT_ONCE)?;
            }
            Ok(())
        })
        .await
}

/// Whether an endpoint is told of an event. What concerns all markets is for those that have all.
fn wants(endpoint: &Endpoint, event: &Event) -> bool {
    let its_market = match (&endpoint.markets, event.market) {
        (Markets::All, _) => true,
        (Markets::Only(own), Some(market)) => own.contains(&market),
        (Markets::Only(_), None) => false,
    };
    endpoint.state == HookState::Active
        && its_market
        && event.kind != EventKind::HookTest
        && endpoint.kinds.contains(&event.kind)
}

/// Calls, and gives whether the call was taken; nothing where it is kept back and nobody was called.
async fn deliver(
    shop: &Arc<Shop>,
    caller: Caller,
    delivery: Delivery,
) -> Result<Option<bool>, StoreError> {
    let (id, at) = (delivery.endpoint, shop.now());
    let (kind, market) = (delivery.event.kind, delivery.event.market);
    let read = move |tx: &mut Tx<'_>| {
        let found = hook::endpoint(tx, id)?.filter(|one| one.state == HookState::Active);
        let Some(endpoint) = found else { return Ok(None) };
        let answers = account::find(tx, endpoint.made_by)?;
        Ok::<_, StoreError>(Some((may_tell(answers.as_ref(), kind, market), endpoint)))
    };
    let Some((theirs, endpoint)) = shop.db.read("hook.endpoint", read).await? else {
        return note(shop, delivery, at, 0, Err("the endpoint is switched off".to_owned())).await;
    };
    if !theirs {
        let id = delivery.id;
        shop.db.write("hook.hold", move |tx| hook::hold(tx, id)).await?;
        return Ok(None);
    }
    let key = &shop.keys.hook;
    let before = endpoint.secret_before.as_ref().filter(|(_, until)| at < *until);
    let sealed = [Some(&endpoint.secret), before.map(|(secret, _)| secret)];
    let secrets: Option<Vec<Vec<u8>>> =
        sealed.into_iter().flatten().map(|text| open(key, id.bytes(), text)).collect();
    let Some(secrets) = secrets else {
        let told = "its secret does not open with this server's key: exchange it";
        return note(shop, delivery, at, 0, Err(told.to_owned())).await;
    };
    let message = Message { id: delivery.event.id.to_string(), at, body: payload(&delivery.event) };
    let started = Moment::now();
    let called =
        tokio::task::spawn_blocking(move || caller.call(&endpoint.url, &message, &secrets));
    let called = match called.await {
        Ok(Called::Answered(status)) => Ok(status),
        Ok(Called::Failed(told)) => Err(told),
        Err(_) => Err("the call ended in a panic".to_owned()),
    };
    let took_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    note(shop, delivery, at, took_ms, called).await
}

/// The payload: type, timestamp and data, as the specification has them.
fn payload(event: &Event) -> String {
    let kind = event.kind.word();
    let at = serde_json::to_string(&event.at).expect("a moment is JSON");
    format!("{{\"type\":\"{kind}\",\"timestamp\":{at},\"data\":{}}}", event.data)
}

/// Notes an attempt, and what follows for its delivery and its endpoint.
async fn note(
    shop: &Arc<Shop>,
    mut delivery: Delivery,
    at: Instant,
    took_ms: i64,
    called: Result<u16, String>,
) -> Result<Option<bool>, StoreError> {
    let status = called.as_ref().ok().copied();
    let verdict = taken(status);
    let told = called.err().unwrap_or_default();
    delivery.attempts += 1;
    let again = match verdict {
        Taken::Yes => None,
        Taken::No | Taken::Gone => again_at(at, delivery.attempts, shop.random.bytes16()[0]),
    };
    (delivery.state, delivery.due_at) = match (verdict, again) {
        (Taken::Yes, _) => (DeliveryState::Delivered, at),
        (Taken::No, Some(again)) => (DeliveryState::Waiting, again),
        (Taken::No, None) | (Taken::Gone, _) => (DeliveryState::GivenUp, at),
    };
    let attempt = Attempt { at, took_ms, status: status.map(i64::from), told };
    shop.db
        .write("hook.note", move |tx| {
            hook::note(tx, &delivery, &attempt)?;
            let Some(mut endpoint) = hook::endpoint(tx, delivery.endpoint)? else { return Ok(()) };
            let was = (endpoint.state, endpoint.failing_since);
            match verdict {
                Taken::Yes => endpoint.failing_since = None,
                Taken::No => {
                    let since = *endpoint.failing_since.get_or_insert(at);
                    if at >= since.plus_seconds(DISABLED_AFTER_S) {
                        endpoint.state = disabled(endpoint.state);
                    }
                }
                Taken::Gone => endpoint.state = disabled(endpoint.state),
            }
            if was != (endpoint.state, endpoint.failing_since) {
                hook::save_endpoint(tx, &endpoint)?;
            }
            if was.0 != endpoint.state {
                tracing::error!(endpoint = %endpoint.id, "a webhook was switched off: it fails");
            }
            Ok::<_, StoreError>(())
        })
        .await?;
    Ok(Some(verdict == Taken::Yes))
}

/// Only what is in use is switched off: a removed endpoint stays removed.
const fn disabled(state: HookState) -> HookState {
    match state {
        HookState::Active => HookState::Disabled,
        other => other,
    }
}

/// Makes calls until `stop` says so.
pub async fn run(shop: Arc<Shop>, caller: Caller, mut stop: watch::Receiver<bool>) {
    let mut changes = shop.db.changes();
    while !*stop.borrow() {
        let before = changes.borrow_and_update().of(Topic::Job);
        match tell_due(&shop, &caller).await {
            Ok(Told { taken, events, .. }) if taken + events > 0 => continue,
            Ok(_) => {}
            Err(fault) => tracing::error!(%fault, "webhooks could not be read or noted"),
        }
        forget_old(&shop).await;
        let told = async {
            while changes.changed().await.is_ok() {
                if changes.borrow().of(Topic::Job) != before {
                    return;
                }
            }
        };
        tokio::select! {
            _ = stop.changed() => return,
            _ = timeout(LOOK_EVERY, told) => {}
        }
    }
}

async fn forget_old(shop: &Arc<Shop>) {
    let old = shop.now().plus_seconds(-KEPT_S);
    let any = shop.db.read("hook.old", move |tx| hook::any_older(tx, old)).await;
    if let Ok(true) = any {
        let forgotten =
            shop.db.write("hook.forget", move |tx| hook::forget(tx, old, FORGET_AT_ONCE)).await;
        if let Err(fault) = forgotten {
            tracing::error!(%fault, "old events could not be removed");
        }
    }
}
