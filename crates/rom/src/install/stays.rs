//! Where sold devices stay, gathered from their reports beside the count.
//!
//! The count keeps one country a device, and a device may be wiped and become another. Whether a unit
//! was carried abroad is asked of the unit: it is known by its serial number, as a keyed hash, and only
//! for units that are on record as sold. What a report says is kept in memory for a moment and written
//! by the keeper; a crash loses moments, and the device says the same tomorrow.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use kontor_base::{Country, Date};
use kontor_domain::install::{Day, DeviceKey, Stay};
use kontor_store::install::stay;
use kontor_store::{Db, StoreError, Tx};

/// Units that are read at once.
const PAGE: i64 = 10_000;
/// Devices whose stays are written in one transaction.
const AT_ONCE: usize = 500;
/// Devices that may wait to be written; what comes beyond it is said again tomorrow.
const WAITING_MAX: usize = 1_000_000;
/// Countries of one device between two rounds of the keeper.
const COUNTRIES_MAX: usize = 8;
/// For how many days a device that is silent is remembered.
const SILENT_DAYS: u16 = 400;
/// How many are forgotten at once.
const FORGET_AT_ONCE: i64 = 1_000;

/// What was seen of a device since the last round, in order.
type Seen = Vec<(Country, Date)>;

/// Sold devices and what was seen of them.
#[derive(Debug, Default)]
pub struct Stays {
    /// The hashes of sold units, sorted: 8 bytes each.
    sold: ArcSwap<Vec<u64>>,
    waiting: Mutex<HashMap<u64, Seen>>,
}

impl Stays {
    /// Whether a unit with this hash was sold.
    #[must_use]
    pub fn is_sold(&self, device: DeviceKey) -> bool {
        self.sold.load().binary_search(&device.0).is_ok()
    }

    /// Notes that a sold device was seen in a country on a day.
    pub(super) fn note(&self, device: DeviceKey, country: Country, on: Date) {
        if !self.is_sold(device) {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX && !waiting.contains_key(&device.0) {
            return;
        }
        let seen = waiting.entry(device.0).or_default();
        if seen.last() != Some(&(country, on)) && seen.len() < COUNTRIES_MAX {
            seen.push((country, on));
        }
    }

    /// Reads which units were sold.
    ///
    /// # Errors
    ///
    /// When the database cannot be read; what was known stays.
    pub async fn read_sold(&self, db: &Db) -> Result<(), StoreError> {
        let (mut sold, mut after) = (Vec::new(), String::new());
        loop {
            let from = after.clone();
            let read = move |tx: &mut Tx<'_>| stay::sold_devices(tx, &from, PAGE);
            let (mut page, last) = db.read("install.sold_devices", read).await?;
            sold.append(&mut page);
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
        sold.sort_unstable();
        sold.dedup();
        self.sold.store(Arc::new(sold));
        Ok(())
    }

    /// Writes what was seen; gives of how many devices.
    ///
    /// # Errors
    ///
    /// When the database cannot be written; what was not is said again by the devices.
    pub async fn write(&self, db: &Db) -> Result<usize, StoreError> {
        let taken = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *waiting)
        };
        let count = taken.len();
        let mut seen: Vec<(u64, Seen)> = taken.into_iter().collect();
        // In the order of the keys: two writers wait for each other and do not lock each other out.
        seen.sort_unstable_by_key(|(device, _)| *device);
        for chunk in seen.chunks(AT_ONCE) {
            let chunk = chunk.to_vec();
            db.write("install.write_stays", move |tx| write_chunk(tx, &chunk)).await?;
        }
        Ok(count)
    }

    /// Forgets devices that have been silent for long.
    ///
    /// # Errors
    ///
    /// When the database cannot be written.
    pub async fn forget(&self, db: &Db, today: Day) -> Result<usize, StoreError> {
        let before = Day::from_number(today.number().saturating_sub(SILENT_DAYS)).date();
        db.write("install.forget_stays", move |tx| stay::forget(tx, before, FORGET_AT_ONCE)).await
    }
}

fn write_chunk(tx: &mut Tx<'_>, chunk: &[(u64, Seen)]) -> Result<(), StoreError> {
    for (device, seen) in chunk {
        let before = stay::get(tx, *device)?;
        let now =
            seen.iter().fold(before, |stay, (country, on)| Some(Stay::after(stay, *country, *on)));
        if let Some(now) = now.filter(|_| now != before) {
            stay::save(tx, *device, &now)?;
        }
    }
    Ok(())
}
