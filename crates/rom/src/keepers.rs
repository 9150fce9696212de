//! What runs beside the requests: the snapshot is kept true, rollouts go on or halt, files are
//! read through. Every keeper can run twice without harm.

use std::sync::Arc;
use std::time::Duration;

use kontor_store::Topic;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::build::check_files;
use crate::core::Rom;
use crate::delta::{keep_deltas, keep_targets};
use crate::rollout::{keep_rollouts, want_deltas};
use crate::signing::keep_signing;

/// How often the snapshot is compared with the database even if nobody in this process changed it:
/// a halt on another node takes effect here within this time and the reading. A second is promised.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How often rollouts are asked what is due.
const TURN_EVERY: Duration = Duration::from_secs(1);
/// How often the signed metadata is looked at without a change, in seconds.
const TRUST_EVERY_S: i64 = 60;
/// How often it is asked whether a delta is wanted.
const MAKE_EVERY: Duration = Duration::from_secs(2);
/// How often files are looked through.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// How long an upload is kept to which nothing is added, in seconds.
const UPLOAD_KEPT_S: i64 = 7 * 24 * 60 * 60;
/// How many files are read in one round.
const CHECK_AT_ONCE: i64 = 4;

/// Runs all keepers until `stop` says so.
pub async fn run(rom: Arc<Rom>, stop: watch::Receiver<bool>) {
    tokio::join!(
        keep_snapshot(Arc::clone(&rom), stop.clone()),
        keep_turning(Arc::clone(&rom), stop.clone()),
        keep_trust(Arc::clone(&rom), stop.clone()),
        keep_making(Arc::clone(&rom), stop.clone()),
        keep_files(rom, stop),
    );
}

async fn keep_snapshot(rom: Arc<Rom>, mut stop: watch::Receiver<bool>) {
    let mut changes = rom.db.changes();
    while !*stop.borrow() {
        let before = changes.borrow_and_update().of(Topic::Rollout);
        let changed = async {
            while changes.changed().await.is_ok() {
                if changes.borrow().of(Topic::Rollout) != before {
                    return;
                }
            }
            // The database is closed: `stop` follows.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = stop.changed() => return,
            _ = timeout(LOOK_EVERY, changed) => {}
        }
        if let Err(fault) = rom.refresh().await {
            tracing::error!(%fault, "the ROM's snapshot could not be made anew; the old one stays");
        }
    }
}

async fn keep_turning(rom: Arc<Rom>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(TURN_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            _ = ticks.tick() => {}
        }
        if let Err(fault) = keep_rollouts(&rom).await {
            tracing::error!(%fault, "rollouts could not be looked through");
        }
    }
}

/// The signed metadata follows what is published, and its short-lived parts are renewed.
async fn keep_trust(rom: Arc<Rom>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(TURN_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    let mut looked = None;
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            _ = ticks.tick() => {}
        }
        // After every change, and once in a while for what only time makes due.
        let (version, now) = (rom.signed.now().version, rom.now());
        let long_ago = looked.is_none_or(|at| now.seconds_since(at) >= TRUST_EVERY_S);
        if seen == Some(version) && !long_ago {
            continue;
        }
        (seen, looked) = (Some(version), Some(now));
        if let Err(failure) = keep_targets(&rom).await {
            tracing::error!(%failure, "the signed metadata does not follow what is published");
        }
        if let Err(failure) = keep_signing(&rom).await {
            tracing::error!(%failure, "timestamp and snapshot could not be renewed");
        }
    }
}

/// Deltas are wanted and made, one at a time.
async fn keep_making(rom: Arc<Rom>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(MAKE_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            _ = ticks.tick() => {}
        }
        let version = rom.signed.now().version;
        if seen != Some(version) {
            match want_deltas(&rom).await {
                Ok(_) => seen = Some(version),
                Err(fault) => tracing::error!(%fault, "wanted deltas could not be looked through"),
            }
        }
        if let Err(fault) = keep_deltas(&rom, &stop).await {
            tracing::error!(%fault, "a delta could not be made");
        }
    }
}

async fn keep_files(rom: Arc<Rom>, mut stop: watch::Receiver<bool>) {
    let mut ticks = interval(CHECK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !*stop.borrow() {
        tokio::select! {
            _ = stop.changed() => return,
            _ = ticks.tick() => {}
        }
        if let Err(fault) = check_files(&rom, CHECK_AT_ONCE).await {
            tracing::error!(%fault, "files could not be looked through");
        }
        let (files, before) = (rom.files.clone(), rom.now().plus_seconds(-UPLOAD_KEPT_S));
        let forgotten = tokio::task::spawn_blocking(move || files.forget_uploads(before)).await;
        if let Ok(Err(fault)) = forgotten {
            tracing::error!(%fault, "old uploads could not be removed");
        }
    }
}
