//! The demonstration's devices: three months of a population that is made up, loaded beside the
//! running shop, and from then on the reports of today as they fall due.

use std::sync::Arc;
use std::time::Duration;

use kontor_base::{Date, Line};
use kontor_count::CountError;
use kontor_domain::install::{Day, Produced, Report};
use kontor_rom::install::{Install, Population};
use kontor_store::{StoreError, Tx, install};

/// How many days the devices have behind them.
const DAYS: u16 = 90;
/// Reports that are handed in at once.
const AT_ONCE: usize = 8_192;
/// The seed: the demonstration is the same everywhere.
const SEED: u64 = 2_015;
/// How often it is looked what is due.
const TICK: Duration = Duration::from_secs(1);

/// Loads the population and goes on with it until the count is closed. Until it is loaded the
/// count must take no other reports (`set_open`): days go forward only.
pub async fn live(install: Arc<Install>, devices: u32) {
    let today = Day::of(install.now());
    let population = Arc::new(Population::new(SEED, devices, today, DAYS));
    let loaded = load(&install, &population, today).await;
    install.set_open(true);
    match loaded {
        Ok(()) => go_on(&install, &population, today).await,
        // The server stops: nothing is lost that anybody waits for.
        Err(CountError::Unavailable) => {}
        Err(error) => tracing::error!(%error, "the demonstration's devices were not loaded"),
    }
}

/// Writes down how many devices were made, so that ceilings can be seen: for one model fewer than
/// came, as wiped devices come again.
///
/// # Errors
///
/// When the database cannot be written.
pub async fn made(install: &Install, devices: u32) -> Result<(), StoreError> {
    let until: Date = install.now().date();
    let population = Population::new(SEED, 0, Day::of(install.now()), DAYS);
    let share = [310, 205, 152, 118, 95, 66, 57, 45, 20];
    let batches: Vec<Produced> = population
        .models()
        .iter()
        .zip(share)
        .filter_map(|(model, share)| {
            Some(Produced {
                model: model.clone(),
                batch: Line::parse("demonstration").ok()?,
                units: u32::try_from(u64::from(devices) * share / 1_000).ok()?,
                until,
                source: Line::parse("made up for the demonstration").ok()?,
            })
        })
        .collect();
    let write = move |tx: &mut Tx<'_>| {
        batches.iter().try_for_each(|batch| install::save_produced(tx, batch))
    };
    install.rom.db.write("install.demo", write).await
}

async fn load(
    install: &Install,
    population: &Arc<Population>,
    today: Day,
) -> Result<(), CountError> {
    let Some(counter) = install.counter() else { return Ok(()) };
    for day in population.days().take_while(|day| *day < today) {
        let reports = on(population, day).await;
        for part in reports.chunks(AT_ONCE) {
            let part = part.iter().map(|report| (report.clone(), day)).collect();
            counter.submit_many(part).await?;
        }
    }
    Ok(())
}

/// A day's reports; working them out takes a moment, which must not be a request's.
async fn on(population: &Arc<Population>, day: Day) -> Vec<Report> {
    let population = Arc::clone(population);
    let made = tokio::task::spawn_blocking(move || population.on(day).collect());
    made.await.unwrap_or_default()
}

/// Sends today's reports when each is due.
async fn go_on(install: &Install, population: &Arc<Population>, today: Day) {
    let Some(counter) = install.counter() else { return };
    let mut waiting: Vec<(i64, Report)> = on(population, today)
        .await
        .into_iter()
        .map(|report| (population.second(&report), report))
        .collect();
    // The latest first, so that what is due is taken from the end.
    waiting.sort_by_key(|(second, report)| std::cmp::Reverse((*second, report.device)));
    while !waiting.is_empty() && counter.is_open() {
        let now = install.now();
        let second = now.micros().rem_euclid(86_400_000_000) / 1_000_000;
        let due = if Day::of(now) > today { i64::MAX } else { second };
        let first = waiting.partition_point(|(second, _)| *second > due);
        let first = first.max(waiting.len().saturating_sub(AT_ONCE));
        let reports: Vec<(Report, Day)> =
            waiting.drain(first..).rev().map(|(_, report)| (report, today)).collect();
        if !reports.is_empty() && counter.submit_many(reports).await.is_err() {
            return;
        }
        tokio::time::sleep(TICK).await;
    }
}
