//! All sold units with where they stay, in memory: what is carried abroad is asked of every one of them.
//!
//! A unit takes 32 bytes. It is read once, and from then on only what has changed: a question asks for
//! the version of the units first, in the database, so that a unit that was sold, came back or was seen
//! elsewhere a moment ago counts, whoever wrote it. With a new day everything is read anew.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;
use std::sync::{Arc, OnceLock};

use kontor_base::{Country, Date};
use kontor_domain::install::Stay;
use kontor_store::install::stay::{SoldUnit, changed_since, sold_after};
use kontor_store::stock::unit::{reaches_back, version};
use kontor_store::{StoreError, Tx};
use tokio::sync::Mutex;

use crate::core::Shop;

/// How many units are read in one transaction.
const PAGE: i64 = 5_000;
/// Of more changes than this everything is read anew: that is no more work.
const CHANGES_MAX: i64 = 50_000;

/// A unit that has left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unit {
    /// The keyed hash of its serial number.
    pub(super) device: u64,
    /// Where it stays, if that is known.
    pub(super) stay: Option<Stay>,
    /// The country it was sold to.
    pub(super) country: Country,
    /// In which year.
    year: i16,
    model: u32,
}

/// All units, as they were at one version.
#[derive(Debug, Default)]
pub(super) struct Units {
    version: i64,
    /// The day on which they were read.
    read_on: Option<Date>,
    models: Vec<String>,
    /// In the order of the devices.
    units: Vec<Unit>,
    by_year: OnceLock<Vec<(Country, String, i64, i64)>>,
}

/// The units as they were read last.
#[derive(Debug, Default)]
pub struct KeptUnits(Mutex<Arc<Units>>);

/// All units as they are now.
pub(super) async fn units(shop: &Arc<Shop>) -> Result<Arc<Units>, StoreError> {
    let today = shop.now().date();
    // Who comes while somebody reads waits for what they read, and then asks what has changed since.
    let mut kept = shop.units.0.lock().await;
    if kept.read_on != Some(today) {
        *kept = Arc::new(read_all(shop, today).await?);
    }
    loop {
        let since = kept.version;
        match shop.db.read("reach.changed_units", move |tx| news(tx, since)).await? {
            News::None => return Ok(Arc::clone(&kept)),
            News::Some(changes) => *kept = Arc::new(kept.with(*changes)),
            // What is read page by page is not of one moment: what changed meanwhile comes after it.
            News::TooMany => *kept = Arc::new(read_all(shop, today).await?),
        }
    }
}

enum News {
    None,
    Some(Box<Changes>),
    TooMany,
}

struct Changes {
    version: i64,
    devices: Vec<u64>,
    units: Vec<SoldUnit>,
}

fn news(tx: &mut Tx<'_>, since: i64) -> Result<News, StoreError> {
    let version = version(tx)?;
    if version == since {
        return Ok(News::None);
    }
    if version.saturating_sub(since) > CHANGES_MAX || !reaches_back(tx, since)? {
        return Ok(News::TooMany);
    }
    let (devices, units) = changed_since(tx, since)?;
    Ok(News::Some(Box::new(Changes { version, devices, units })))
}

async fn read_all(shop: &Arc<Shop>, today: Date) -> Result<Units, StoreError> {
    let version = shop.db.read("reach.unit_version", version).await?;
    let mut all = Units { version, read_on: Some(today), ..Units::default() };
    let mut models = HashMap::new();
    let mut after = String::new();
    loop {
        let from = mem::take(&mut after);
        let page = shop.db.read("reach.units", move |tx| sold_after(tx, &from, PAGE)).await?;
        let (page, Some(last)) = page else { break };
        after = last;
        for unit in page {
            all.push(&mut models, unit);
        }
    }
    all.units.sort_by_key(|unit| unit.device);
    Ok(all)
}

impl Units {
    /// Every unit.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Unit, &str)> {
        self.units.iter().map(|unit| (unit, self.models[unit.model as usize].as_str()))
    }

    /// How many units of each model were sold, by country and year.
    pub(super) fn by_year(&self) -> &[(Country, String, i64, i64)] {
        self.by_year.get_or_init(|| {
            let mut sums: BTreeMap<(Country, &str, i16), i64> = BTreeMap::new();
            for (unit, model) in self.iter() {
                *sums.entry((unit.country, model, unit.year)).or_default() += 1;
            }
            let told = sums.into_iter();
            told.map(|((country, model, year), units)| {
                (country, model.to_owned(), i64::from(year), units)
            })
            .collect()
        })
    }

    /// The same with the units of some devices read anew.
    fn with(&self, changes: Changes) -> Self {
        let Changes { version, devices, units } = changes;
        let changed: HashSet<u64> = devices.into_iter().collect();
        let kept = self.units.iter().filter(|unit| !changed.contains(&unit.device));
        let mut next = Self {
            version,
            read_on: self.read_on,
            models: self.models.clone(),
            units: kept.copied().collect(),
            by_year: OnceLock::new(),
        };
        let mut models: HashMap<String, u32> = (0..).zip(&next.models).map(named).collect();
        for unit in units {
            next.push(&mut models, unit);
        }
        // Nearly in order already: the sort finds the few at the end.
        next.units.sort_by_key(|unit| unit.device);
        next
    }

    fn push(&mut self, models: &mut HashMap<String, u32>, unit: SoldUnit) {
        let SoldUnit { device, model, country, sold_on, stay } = unit;
        let model = *models.entry(model).or_insert_with_key(|name| {
            self.models.push(name.clone());
            u32::try_from(self.models.len() - 1).expect("fewer models than units")
        });
        self.units.push(Unit { device, stay, country, year: sold_on.year(), model });
    }
}

fn named((number, name): (u32, &String)) -> (String, u32) {
    (name.clone(), number)
}
