//! What this shop has counted itself of the signals for the next country. Each on its own, by country
//! and, where it speaks for one, class of products; nothing here adds two kinds up.
//!
//! Where devices are and which of them are other makers' is the count's knowledge, which is another
//! crate's: whoever calls brings it as [`Devices`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::ToSpan;
use kontor_base::{Country, Date, Instant};
use kontor_domain::catalogue::{ProductClass, Slug};
use kontor_domain::market::Market;
use kontor_domain::planning::{OwnCount, SignalKind};
use kontor_domain::reach::Carried;
use kontor_domain::reseller::OrderStage;
use kontor_store::cart::refused::refused_since;
use kontor_store::customer::{WAITING_MODELS_MAX, waiting_addresses, waiting_versions};
use kontor_store::reseller::{orders_after, orders_version};
use kontor_store::{StoreError, Topic, Tx};

use crate::core::{Shop, Snapshot};

/// How many orders are read at once.
const PAGE: i64 = 1_000;
/// For how many days somebody counts who has confirmed that they wait.
const WAITING_DAYS: i32 = 180;

/// What is known of devices.
#[derive(Clone, Debug)]
pub struct Devices {
    /// Units that were sold, against where they are.
    pub carried: Carried,
    /// Installations on other makers' devices, by country.
    pub elsewhere: BTreeMap<Country, u64>,
    /// The day with which the count ends.
    pub as_of: Date,
    /// Numbers of fewer devices point at people and are left out.
    pub least: u64,
}

type Sums = BTreeMap<(Country, Option<ProductClass>, SignalKind), u64>;

/// Counts every signal that this shop can count, over twelve months where it has a time.
///
/// # Errors
///
/// A fault of the store.
pub async fn counted_here(
    shop: &Arc<Shop>,
    devices: Option<&Devices>,
) -> Result<Vec<OwnCount>, StoreError> {
    let snapshot = shop.snapshots.now();
    let today = shop.now().date();
    let since = today.saturating_sub(1.year());
    let mut counts = Vec::new();
    if let Some(devices) = devices {
        counts.extend(of_devices(&snapshot, devices, since));
    }
    let own = Arc::clone(shop);
    let read = move |tx: &mut Tx<'_>| {
        let mut sums = own.signals.waiting_in(tx, &snapshot, today)?;
        sums.extend(own.signals.resellers_in(tx, &snapshot, since)?);
        for (country, class, carts) in refused_since(tx, since)? {
            let place = (country, Some(class), SignalKind::BlockedCarts);
            *sums.entry(place).or_default() += u64::try_from(carts).unwrap_or(0);
        }
        Ok::<_, StoreError>(sums)
    };
    let sums = shop.db.read("planning.signals", read).await?;
    counts.extend(told(sums, today));
    counts.sort_unstable();
    Ok(counts)
}

/// What was counted of signals last, with what it was counted from: people on lists and orders of
/// resellers are many, and change now and then. Every question asks the database first whether they have.
#[derive(Debug, Default)]
pub struct KeptSignals {
    waiting: Mutex<Option<(WaitingFrom, Sums)>>,
    resellers: Mutex<Option<(ResellersFrom, Sums)>>,
}

/// What those who wait are counted from.
#[derive(Debug, PartialEq, Eq)]
struct WaitingFrom {
    lists: Vec<(String, i64)>,
    shop: (i64, i64),
    today: Date,
}

/// What resellers have ordered is counted from.
#[derive(Debug, PartialEq, Eq)]
struct ResellersFrom {
    orders: i64,
    shop: (i64, i64),
    since: Date,
}

/// The versions of what is offered where.
fn shop_of(snapshot: &Snapshot) -> (i64, i64) {
    (snapshot.versions.of(Topic::Market), snapshot.versions.of(Topic::Catalogue))
}

impl KeptSignals {
    fn waiting_in(
        &self,
        tx: &mut Tx<'_>,
        snapshot: &Snapshot,
        today: Date,
    ) -> Result<Sums, StoreError> {
        let from = WaitingFrom { lists: waiting_versions(tx)?, shop: shop_of(snapshot), today };
        // Not locked while it is counted: what is counted is kept, whoever is first.
        if let Some((last, sums)) = &*self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
            && *last == from
        {
            return Ok(sums.clone());
        }
        let mut sums = Sums::new();
        let confirmed_since = Instant::start_of(today.saturating_sub(WAITING_DAYS.days()));
        for market in &snapshot.markets {
            waiting(tx, snapshot, market, confirmed_since, &mut sums)?;
        }
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some((from, sums.clone()));
        Ok(sums)
    }

    fn resellers_in(
        &self,
        tx: &mut Tx<'_>,
        snapshot: &Snapshot,
        since: Date,
    ) -> Result<Sums, StoreError> {
        let from = ResellersFrom { orders: orders_version(tx)?, shop: shop_of(snapshot), since };
        if let Some((last, sums)) = &*self.resellers.lock().unwrap_or_else(PoisonError::into_inner)
            && *last == from
        {
            return Ok(sums.clone());
        }
        let mut sums = Sums::new();
        resellers(tx, snapshot, since, &mut sums)?;
        *self.resellers.lock().unwrap_or_else(PoisonError::into_inner) = Some((from, sums.clone()));
        Ok(sums)
    }
}

fn told(sums: Sums, as_of: Date) -> impl Iterator<Item = OwnCount> {
    let some = sums.into_iter().filter(|(_, count)| *count > 0);
    some.map(move |((country, class, kind), count)| OwnCount { country, class, kind, count, as_of })
}

fn of_devices(
    snapshot: &Snapshot,
    devices: &Devices,
    since: Date,
) -> impl Iterator<Item = OwnCount> {
    let mut sums = Sums::new();
    // Months are told, not days: the month in which the year began is in it.
    let first = format!("{:04}-{:02}", since.year(), since.month());
    for (way, units) in devices.carried.ways.iter().filter(|(way, _)| way.month >= first) {
        let model = way.model.parse::<Slug>().ok().and_then(|code| snapshot.models.get(&code));
        // A unit of a model that is not in the catalogue speaks for no class that could be opened with.
        if let Some(model) = model {
            let place = (way.to, Some(model.class), SignalKind::CarriedAbroad);
            *sums.entry(place).or_default() += units;
        }
    }
    for (country, installs) in &devices.elsewhere {
        sums.insert((*country, None, SignalKind::RomElsewhere), *installs);
    }
    sums.retain(|_, count| *count >= devices.least);
    told(sums, devices.as_of)
}

/// Different confirmed addresses by class, and those that wait for the market's opening and so for no
/// class in particular. A list is a market's: it speaks for the market's own country.
fn waiting(
    tx: &mut Tx<'_>,
    snapshot: &Snapshot,
    market: &Market,
    since: Instant,
    sums: &mut Sums,
) -> Result<(), StoreError> {
    let mut lists: BTreeMap<Option<ProductClass>, Vec<&str>> = BTreeMap::new();
    lists.insert(None, vec![""]);
    for model in snapshot.models.values() {
        lists.entry(Some(model.class)).or_default().push(model.code.as_str());
    }
    for (class, models) in lists {
        let mut most = 0;
        // Whoever waits for models of two chunks would count twice in a sum: the larger is taken.
        for models in models.chunks(WAITING_MODELS_MAX) {
            most = most.max(waiting_addresses(tx, market.code, models, since)?);
        }
        let place = (market.home(), class, SignalKind::WaitingList);
        let count = u64::try_from(most).unwrap_or(0);
        // Two markets with one home have two lists; the same person may be on both.
        let known = sums.entry(place).or_default();
        *known = count.max(*known);
    }
    Ok(())
}

/// Units that resellers have ordered, by where they went; what was cancelled is not demand.
fn resellers(
    tx: &mut Tx<'_>,
    snapshot: &Snapshot,
    since: Date,
    sums: &mut Sums,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = orders_after(tx, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        let counts = |order: &&kontor_store::reseller::KeptOrder| {
            order.body.on >= since && order.stage != OrderStage::Cancelled
        };
        for order in page.iter().filter(counts) {
            for line in &order.body.lines {
                let Some((_, model)) = snapshot.product(&line.sku) else { continue };
                let place = (order.body.ship_to, Some(model.class), SignalKind::ResellerOrders);
                *sums.entry(place).or_default() += u64::from(line.units);
            }
        }
    }
}
