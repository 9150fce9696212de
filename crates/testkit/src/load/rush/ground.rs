//! Prepares a shop for a sale with very many people, before its server is started.
//!
//! Stock arrives, sales are set up and people enter through the very use cases that the server
//! runs (`shop::stock::receive_in`, `shop::sale::set_up`, `shop::sale::enter`); only the clock is
//! one that stands an hour ago, so that people are there before the sale goes live, and HTTP is
//! left out. The server that is started afterwards finds a sale that is due.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kontor::config::Config;
use kontor_base::id::SaleId;
use kontor_base::{Clock, Instant, Random};
use kontor_domain::sale::{Channel, Definition, Way, Windows};
use kontor_ledger::Reference;
use kontor_shop::Shop;
use kontor_shop::core::Failure;
use kontor_shop::exchange::load_demo;
use kontor_shop::sale::{Enter, SaleRefusal, SetUp, enter, set_up};
use kontor_shop::stock::{Receipt, receive_in};
use kontor_store::{StoreError, stock};

use super::RushError;
use super::files::{Crowd, Kind};

/// What is sold, and where: cleared and priced in the demo.
const SKU: &str = "BAND-BLACK";
const MARKET: &str = "us";
/// How long before now people enter.
const EARLIER_S: i64 = 3_600;
/// How long the sale lasts from now on: no hold ends by the sale's end during a run.
const LASTS_S: i64 = 6 * 3_600;
/// People who enter at the same time: a few commits' worth.
const AT_ONCE: u32 = 2_048;
/// Between two entries on the clock.
const BETWEEN_MICROS: i64 = 10;

/// A sale to be prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name of its crowd.
    pub name: String,
    /// People, each of whom wants one unit.
    pub people: u32,
    /// Into how many lots the units are divided.
    pub lots: u32,
}

impl Wanted {
    /// Units of the sale: one for each person, and where it has several lots some more, because the
    /// people of a lot are never just as many as its units.
    const fn units(&self) -> u32 {
        if self.lots > 1 { self.people + self.people / 50 + 1_000 } else { self.people }
    }
}

/// What was prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prepared {
    /// Entries over all sales.
    pub entries: u64,
    /// How long they took, each on disk.
    pub elapsed: Duration,
}

/// Makes the shop in `data` and its crowds in `folder`.
///
/// # Errors
/// When there is a shop already, or something is refused.
pub async fn prepare(
    config: &Config,
    folder: &Path,
    wanted: &[Wanted],
) -> Result<Prepared, RushError> {
    let (db, key) = kontor::server::open(config).map_err(|e| RushError::at("open a shop", e))?;
    let now = Clock::System.now();
    let ticks = Arc::new(AtomicI64::new(now.plus_seconds(-EARLIER_S).micros()));
    let clock = Clock::Fixed(Arc::clone(&ticks));
    let loaded = load_demo(&db, &Clock::System, &Random::System, &|_, _| ()).await;
    loaded.map_err(|error| RushError::at("load the demo's data", error))?;
    let policy = kontor::server::policy(config);
    let shop = Shop::open(db.clone(), clock, Random::System, &key, policy).await;
    let shop = Arc::new(shop.map_err(|error| RushError::at("open the shop", error))?);
    let mut entries = 0;
    let mut spent = Duration::ZERO;
    for want in wanted {
        let sale = a_sale(&shop, want, now).await?;
        let entering = std::time::Instant::now();
        let crowd = enter_all(&shop, &ticks, sale, want, folder).await?;
        spent += entering.elapsed();
        entries += u64::from(crowd.people);
    }
    db.close().await;
    Ok(Prepared { entries, elapsed: spent })
}

async fn a_sale(shop: &Arc<Shop>, want: &Wanted, now: Instant) -> Result<SaleId, RushError> {
    let (own, units) = (Arc::clone(shop), i64::from(want.units()));
    let received = shop.db.write("rush.receive", move |tx| {
        let keys = stock::available(tx, MARKET, SKU)?;
        let Some((key, _)) = keys.into_iter().next() else {
            return Err(Failure::Fault(StoreError::Fault {
                what: "look for the item's place".into(),
                problem: "the demo has none of it".into(),
            }));
        };
        let reference = Reference::parse("rush").expect("a short plain word");
        receive_in(tx, Receipt { key, units, reference }, own.now(), &own.random)
    });
    received.await.map_err(|error| RushError::wrong(format!("no stock: {error:?}")))?;
    let entered_from = shop.now();
    let definition = Definition {
        sale: SaleId::new(entered_from, &shop.random),
        sku: SKU.parse().map_err(|error| RushError::wrong(format!("no sku: {error:?}")))?,
        channels: vec![Channel {
            market: MARKET.parse().map_err(|error| RushError::wrong(format!("{error:?}")))?,
            way: Way::Rush,
            quota: want.units(),
        }],
        windows: Windows {
            announce_at: entered_from.plus_seconds(-2),
            registration_at: entered_from.plus_seconds(-1),
            doors_at: now.plus_seconds(-1),
            live_at: now,
            ends_at: now.plus_seconds(LASTS_S),
            report_at: now.plus_seconds(LASTS_S + 3_600),
        },
        per_person: 1,
        hold_minutes: 15,
        rollover: None,
        beacon: None,
        deposits: Vec::new(),
        titles: std::collections::BTreeMap::new(),
        ends_when_sold: false,
    };
    let title = "The record".to_owned();
    let sale = set_up(shop, SetUp { definition, title, lots: want.lots }).await;
    let sale = sale.map_err(|error| RushError::wrong(format!("no sale: {error:?}")))?;
    kontor_shop::sale::advance(shop).await.map_err(|e| RushError::at("announce the sale", e))?;
    Ok(sale)
}

/// Lets everybody enter and keeps tickets and entries in one order.
async fn enter_all(
    shop: &Arc<Shop>,
    ticks: &Arc<AtomicI64>,
    sale: SaleId,
    want: &Wanted,
    folder: &Path,
) -> Result<Crowd, RushError> {
    let mut crowd = Crowd::new(folder, &want.name, sale, want.people, 0);
    let (mut tickets, mut entries) = (crowd.create(Kind::Tickets)?, crowd.create(Kind::Entries)?);
    let mut waiting = std::collections::VecDeque::with_capacity(AT_ONCE as usize);
    for person in 0..want.people + AT_ONCE {
        if person < want.people {
            ticks.fetch_add(BETWEEN_MICROS, Ordering::SeqCst);
            let (shop, wish) = (Arc::clone(shop), wish(sale, &want.name, person)?);
            waiting.push_back(tokio::spawn(async move { enter(&shop, wish).await }));
        }
        if person < AT_ONCE.min(want.people) && person + 1 < want.people {
            continue;
        }
        let Some(task) = waiting.pop_front() else { continue };
        let outcome = task.await.map_err(|error| RushError::at("wait for an entry", error))?;
        let entered = outcome.map_err(|error: Failure<SaleRefusal>| {
            RushError::wrong(format!("an entry was refused: {error:?}"))
        })?;
        if crowd.ticket_chars == 0 {
            crowd.ticket_chars = entered.ticket.len();
        }
        if crowd.ticket_chars != entered.ticket.len() || !entered.present || entered.before {
            return Err(RushError::wrong("an entry is not like the others"));
        }
        let written = tickets
            .write_all(entered.ticket.as_bytes())
            .and_then(|()| entries.write_all(entered.entry.bytes()));
        written.map_err(|error| RushError::at("write an entry down", error))?;
    }
    let flushed = tickets.flush().and_then(|()| entries.flush());
    flushed.map_err(|error| RushError::at("write the entries down", error))?;
    crowd.save()?;
    Ok(crowd)
}

fn wish(sale: SaleId, name: &str, person: u32) -> Result<Enter, RushError> {
    let wrong = |what: &str| RushError::wrong(format!("a constant is no {what}"));
    Ok(Enter {
        sale,
        market: MARKET.parse().map_err(|_| wrong("market"))?,
        way: Way::Rush,
        email: kontor_base::Email::parse(&format!("{name}{person}@crowd.example"))
            .map_err(|_| wrong("address"))?,
        phone: None,
        ship_to: "US".parse().map_err(|_| wrong("country"))?,
        code: None,
    })
}

/// The configuration of a shop whose data lie in `data`.
///
/// # Errors
/// When the environment says something that is no configuration.
pub fn config(data: PathBuf) -> Result<Config, RushError> {
    let config = Config::load(None).map_err(|error| RushError::at("read the settings", error))?;
    Ok(Config { data, ..config })
}
