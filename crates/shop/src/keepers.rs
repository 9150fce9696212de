//! What runs beside the requests: the snapshot is kept true, jobs are done, holds and checkouts
//! end. Every keeper compares what should be with what is, and can run twice without harm.

use std::sync::Arc;
use std::time::Duration;

use kontor_store::{StoreError, Topic, idempotency};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::cart::forget_refused;
use crate::core::{Shop, TOPICS};
use crate::customer::keep_waiting;
use crate::hook::tell_scarce;
use crate::order::{
    cancel_unpaid, expire_checkouts, forget_abandoned, index_orders, keep_deposits, place_given_up,
    resume_payments, review_waiting, run_due_jobs, tell_lots,
};
use crate::reseller::keep_resellers_out;
use crate::sale::keep_sales;
use crate::staff::{chain_log, forget_challenges, forget_sessions, index_names};
use crate::stock::expire_holds;

/// How often the snapshot is compared with the database even if nobody said that it changed:
/// another process may have written, or a date may have come.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long changes are gathered before the snapshot is made anew, so that a busy shop does not
/// make one per order.
const GATHER: Duration = Duration::from_millis(100);
/// How often holds, checkouts and stuck payments are looked through.
const SWEEP_EVERY: Duration = Duration::from_secs(2);
/// How often the lots of sales are told what became of their claims.
const TELL_EVERY: Duration = Duration::from_millis(500);
/// How often orders and names are looked for whose terms are to be found.
const INDEX_EVERY: Duration = Duration::from_millis(300);
/// How often entries of the staff's log are looked for that have no place in its chain.
const CHAIN_EVERY: Duration = Duration::from_secs(1);
/// After how long a payment without an answer is asked about anew, in seconds.
const STUCK_AFTER_S: i64 = 60;
/// How many old answers to idempotency keys are forgotten at once.
const FORGET_AT_ONCE: i64 = 1_000;

/// Runs all keepers until `stop` says so.
pub async fn run(shop: Arc<Shop>, stop: watch::Receiver<bool>) {
    tokio::join!(
        keep_snapshot(Arc::clone(&shop), stop.clone()),
        keep_jobs(Arc::clone(&shop), stop.clone()),
        keep_sales(Arc::clone(&shop), stop.clone()),
        keep_claims(Arc::clone(&shop), stop.clone()),
        keep_holds(Arc::clone(&shop), stop.clone()),
        keep_terms(Arc::clone(&shop), stop.clone()),
        keep_log(Arc::clone(&shop), stop.clone()),
        keep_clearances(shop, stop),
    );
}

async fn keep_snapshot(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    let mut changes = shop.db.changes();
    let mut seen = changes.borrow_and_update().clone();
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            changed = timeout(LOOK_EVERY, changes.changed()) => {
                if matches!(changed, Ok(Err(_))) { return }
            }
        }
        let now = changes.borrow_and_update().clone();
        let concerned = TOPICS.iter().any(|topic| now.of(*topic) != seen.of(*topic));
        let only_stock = concerned
            && TOPICS
                .iter()
                .all(|topic| *topic == Topic::Stock || now.of(*topic) == seen.of(*topic));
        seen = now;
        if only_stock {
            tokio::time::sleep(GATHER).await;
        }
        // Also without a message: another process may have written, or midnight has passed.
        let before = shop.snapshots.now();
        match shop.snapshots.refresh(&shop.db, shop.now()).await {
            Ok(false) => {}
            Ok(true) => {
                let levels = Arc::clone(&shop.snapshots.now().levels);
                if let Err(fault) = tell_scarce(&shop, &before.levels, &levels).await {
                    tracing::error!(%fault, "scarce stock could not be written down");
                }
            }
            Err(fault) => {
                tracing::error!(%fault, "the snapshot could not be made anew; the old one stays");
            }
        }
    }
}

async fn keep_jobs(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    let mut changes = shop.db.changes();
    while !*stop.borrow() {
        match run_due_jobs(&shop).await {
            // A full round may have left some: go on at once.
            Ok(worked) if worked.done >= 100 => continue,
            Ok(_) => {}
            Err(fault) => tracing::error!(%fault, "jobs could not be read or written"),
        }
        let before = changes.borrow_and_update().of(Topic::Job);
        tokio::select! {
            _ = stop.changed() => return,
            () = wait_for_job(&mut changes, before) => {}
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn wait_for_job(changes: &mut watch::Receiver<kontor_store::Versions>, before: u64) {
    let queued = async {
        while changes.changed().await.is_ok() {
            if changes.borrow().of(Topic::Job) != before {
                return;
            }
        }
    };
    // Jobs also fall due by the clock.
    let _ = timeout(LOOK_EVERY, queued).await;
}

async fn keep_holds(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            _ = ticks.tick() => {}
        }
        if let Err(fault) = sweep(&shop).await {
            tracing::error!(%fault, "holds and checkouts could not be looked through");
        }
    }
}

/// Tells the lots of sales what became of their claims.
async fn keep_claims(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(fault) = tell_lots(&shop).await {
            tracing::error!(%fault, "the lots of sales could not be told of their claims");
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(TELL_EVERY) => {}
        }
    }
}

/// Finds the terms of what is new: orders, and resellers, papers and sales by their names, so that all are
/// found within a second.
async fn keep_terms(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let mut found = index_orders(&shop).await;
        if let Err(fault) = &found {
            tracing::error!(%fault, "the terms of orders could not be written");
        }
        match index_names(&shop).await {
            Ok(named) => found = found.map(|found| found + named),
            Err(fault) => tracing::error!(%fault, "the terms of names could not be written"),
        }
        // A full round may have left some: go on, with a breath for whoever else writes.
        let pause = if found.is_ok_and(|found| found > 0) { INDEX_EVERY / 10 } else { INDEX_EVERY };
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Puts entries of the staff's log into its chain, and seals those from before there were seals.
async fn keep_log(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    let mut sealed_later = 0;
    while !*stop.borrow() {
        let mut pause = CHAIN_EVERY;
        match chain_log(&shop).await {
            Ok(done) => {
                sealed_later += done.sealed_later;
                if done.is_full() {
                    // There may be more: go on, with a breath for whoever else writes.
                    pause /= 30;
                } else if sealed_later > 0 {
                    tracing::warn!(
                        entries = sealed_later,
                        "entries of the staff's log from before its seals were sealed"
                    );
                    sealed_later = 0;
                }
            }
            Err(fault) => tracing::error!(%fault, "the staff's log could not be chained"),
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Holds the orders that may no longer be sent, and frees those that may again, whenever the facts
/// of clearance or the day are other ones than at the last look.
async fn keep_clearances(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    let mut looked = None;
    while !*stop.borrow() {
        let snapshot = shop.snapshots.now();
        let facts = (snapshot.facts.version(), shop.now().date());
        if looked != Some(facts) {
            match review_waiting(&shop).await {
                Ok(reviewed) => {
                    looked = Some(facts);
                    if reviewed.held + reviewed.freed > 0 {
                        let crate::order::Reviewed { seen, held, freed } = reviewed;
                        tracing::warn!(seen, held, freed, "waiting orders judged anew");
                    }
                }
                Err(fault) => tracing::error!(%fault, "waiting orders could not be judged anew"),
            }
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// One round of everything that ends by the clock.
///
/// # Errors
///
/// A fault of the store.
pub async fn sweep(shop: &Arc<Shop>) -> Result<(), StoreError> {
    resume_payments(shop, STUCK_AFTER_S).await?;
    let freed = expire_holds(shop).await?;
    let ended = expire_checkouts(shop).await?;
    let unpaid = cancel_unpaid(shop).await?;
    let forgotten = forget_abandoned(shop).await?;
    if freed + ended + unpaid + forgotten > 0 {
        let (holds, checkouts, orders) = (freed, ended, unpaid);
        tracing::info!(holds, checkouts, orders, forgotten, "ended by the clock");
    }
    place_given_up(shop).await?;
    let returned = keep_deposits(shop).await?;
    if returned > 0 {
        tracing::info!(deposits = returned, "went back");
    }
    let unconfirmed = keep_waiting(shop).await?;
    if unconfirmed > 0 {
        tracing::info!(unconfirmed, "were taken off waiting lists");
    }
    let now = shop.now();
    shop.db
        .write("idempotency.forget", move |tx| idempotency::forget_old(tx, now, FORGET_AT_ONCE))
        .await?;
    let resellers = keep_resellers_out(shop).await?;
    if resellers > 0 {
        tracing::info!(resellers, "were kept out of sales, or may take part again");
    }
    forget_refused(shop).await?;
    forget_sessions(shop).await?;
    forget_challenges(shop).await?;
    Ok(())
}
