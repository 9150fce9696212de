//! What runs beside the reports: the numbers are made anew, the day goes on, names are declared.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kontor_domain::install::Day;
use kontor_store::StoreError;
use tokio::sync::watch;
use tokio::time::timeout;

use super::service::Install;

/// How often the numbers are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is read which units were sold: a new device is not carried abroad within minutes.
const SOLD_EVERY: Duration = Duration::from_secs(600);
/// Making the numbers may take one part in so many of the time.
const SHARE: u32 = 20;

/// Keeps the count until `stop` says so, then closes it: what was accepted is on disk.
pub async fn run(install: Arc<Install>, mut stop: watch::Receiver<bool>) {
    let mut pause = LOOK_EVERY;
    let mut sold_read = Instant::now();
    while !*stop.borrow() {
        if timeout(pause, stop.changed()).await.is_ok() {
            break;
        }
        pause = LOOK_EVERY.max(keep(&install).await * SHARE);
        let read_sold = sold_read.elapsed() >= SOLD_EVERY;
        if let Err(fault) = keep_stays(&install, read_sold).await {
            tracing::error!(%fault, "where sold devices stay was not written");
        }
        if read_sold {
            sold_read = Instant::now();
        }
    }
    if let Err(fault) = install.stays.write(&install.rom.db).await {
        tracing::error!(%fault, "where sold devices stay was not written");
    }
    if let Some(counter) = install.counter() {
        counter.close().await;
    }
}

/// Writes where sold devices were seen; now and then reads which are sold, and forgets the silent.
async fn keep_stays(install: &Install, read_sold: bool) -> Result<(), StoreError> {
    let db = &install.rom.db;
    install.stays.write(db).await?;
    if read_sold {
        install.stays.read_sold(db).await?;
        install.stays.forget(db, Day::of(install.now())).await?;
    }
    Ok(())
}

/// One round; gives how long it took.
async fn keep(install: &Install) -> Duration {
    let began = Instant::now();
    if let Some(counter) = install.counter() {
        if install.is_open() {
            counter.advance(Day::of(install.now()));
        }
        let rom = install.rom.snapshots.now();
        let (mut models, mut versions) = (Vec::new(), Vec::new());
        for model in rom.models.values() {
            models.push(model.model.codename.to_string());
            models.extend(model.model.also.iter().map(ToString::to_string));
            for build in &model.builds {
                versions.push(build.incremental.as_str().to_owned());
            }
        }
        counter.declare(models, versions);
        metrics::gauge!("kontor_install_open").set(if counter.is_open() { 1.0 } else { 0.0 });
    }
    match install.refresh().await {
        Ok(true) => {
            let devices = install.counter().map_or(0, |counter| counter.book().activations());
            metrics::gauge!("kontor_install_devices").set(whole(devices));
            metrics::histogram!("kontor_install_figures_seconds")
                .record(began.elapsed().as_secs_f64());
        }
        Ok(false) => {}
        Err(fault) => tracing::error!(%fault, "the figures of installs were not made anew"),
    }
    began.elapsed()
}

/// Devices are far fewer than 2^52.
#[expect(clippy::cast_precision_loss, reason = "devices are far fewer than 2^52")]
const fn whole(count: u64) -> f64 {
    count as f64
}
