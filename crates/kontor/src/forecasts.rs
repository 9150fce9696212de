//! Keeps the record of past openings: what was forecast of a market is written down when it opens, with
//! what the count of installations knows of devices.

use std::time::Duration;

use kontor_shop::planning::{record_openings, unrecorded_openings};
use kontor_store::StoreError;
use kontor_web::kit::app::App;
use kontor_web::staff::devices;
use tokio::sync::watch;

/// How often somebody looks whether a market has taken a step.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Writes forecasts down until `stop` says so. Where devices are costs a walk through every unit that
/// was sold, so that nobody asks before a market has opened.
pub(crate) async fn keep(app: App, mut stop: watch::Receiver<bool>) {
    let mut looked = None;
    while !*stop.borrow() {
        let markets = (app.shop.snapshots.now().versions, app.shop.now().date());
        if looked != Some(markets) {
            match record(&app).await {
                Ok(()) => looked = Some(markets),
                Err(fault) => tracing::error!(%fault, "a forecast could not be written down"),
            }
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

async fn record(app: &App) -> Result<(), StoreError> {
    if let Some(opened) = unrecorded_openings(&app.shop).await? {
        record_openings(&app.shop, opened, devices(app).await?.as_ref()).await?;
    }
    Ok(())
}
