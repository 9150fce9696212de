//! Sets a sale up: checks the definition, the clearances, the texts and the stock, and moves the units out of
//! the markets' stock into the sale's own, by entries with two sides.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kontor_base::id::{SaleId, TransferId};
use kontor_base::{Instant, Language, Money};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{
    Definition, DefinitionProblem, LifeRefusal, Mover, OrderSecret, SaleEvent, SaleState,
    SettleRefusal, life_step, settle,
};
use kontor_ledger::sale::{Counted, LotHead};
use kontor_ledger::warehouse::move_quota;
use kontor_ledger::{MarketKey, Movement, Reference, StockKey, StockState};
use kontor_store::sale::channel as channels;
use kontor_store::sale::lot::{self as lots, KeptLot};
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::{StoreError, Tx, stock};

use super::board::cleared_pairs;
use super::settle::{close_in, tallies};
use crate::core::{Failure, Known, Outcome, Shop};

/// A sale to be set up.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// What it is.
    pub definition: Definition,
    /// What it is called.
    pub title: String,
    /// Into how many lots the units of each place are divided: as many nodes can sell at once.
    pub lots: u32,
}

/// Why a sale cannot be held like this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetUpRefusal {
    /// The definition does not hold together.
    #[error("the definition has problems: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Definition(Vec<DefinitionProblem>),
    /// There is no such product.
    #[error("there is no such product")]
    UnknownSku,
    /// It may be sold to nobody in this market, or has no price there.
    #[error("it may be sold to nobody in {0}, or has no price there")]
    NotCleared(MarketCode),
    /// The sale's pages would say what it is in another language than they are in.
    #[error("its pages lack the product's name in: {}", .0.iter().map(|(market, language)| format!("{} ({market})", language.tag())).collect::<Vec<_>>().join(", "))]
    Texts(Vec<(MarketCode, Language)>),
    /// The market does not have so many.
    #[error("{market} has {short} units too few")]
    Stock {
        /// The market.
        market: MarketCode,
        /// How many are missing.
        short: u32,
    },
    /// A deposit is in another currency than the market's, or more than the price there.
    #[error("the deposit in {0} is in another currency, or more than the price")]
    Deposit(MarketCode),
    /// From 1 to 256.
    #[error("a place's units are divided into 1 to 256 lots")]
    Lots,
    /// There is no such sale.
    #[error("there is no such sale")]
    Unknown,
    /// The sale has named no beacon, has its value already, or is live.
    #[error("the sale waits for no beacon's value")]
    NoBeacon,
    /// Who has entered is not fixed yet: a value that is known now proves nothing.
    #[error("the list of entries is not closed yet; the value can be given after the sale was due")]
    EntriesOpen,
    /// It cannot be settled yet.
    #[error(transparent)]
    Settle(#[from] SettleRefusal),
    /// Its life does not allow it.
    #[error(transparent)]
    Life(#[from] LifeRefusal),
}

impl SetUpRefusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Definition(problems) => {
                problems.first().map_or("sale.definition", DefinitionProblem::code)
            }
            Self::UnknownSku => "catalogue.unknown_sku",
            Self::NotCleared(_) => "sale.not_cleared",
            Self::Texts(_) => "sale.texts",
            Self::Stock { .. } => "stock.insufficient",
            Self::Deposit(_) => "sale.deposit_price",
            Self::Lots => "sale.lots",
            Self::Unknown => "sale.unknown",
            Self::NoBeacon => "sale.no_beacon",
            Self::EntriesOpen => "sale.entries_open",
            Self::Settle(refusal) => refusal.code(),
            Self::Life(refusal) => refusal.code(),
        }
    }
}

/// Sets a sale up. Afterwards it is *checked*, its units are its own, and the clock does the rest.
///
/// # Errors
///
/// A [`SetUpRefusal`], or a fault of the store.
pub async fn set_up(shop: &Arc<Shop>, command: SetUp) -> Outcome<SaleId, SetUpRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db.write("sale.set_up", move |tx| set_up_in(tx, &own, &command, at)).await
}

/// Sets a sale up in the caller's transaction.
pub(crate) fn set_up_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    command: &SetUp,
    at: Instant,
) -> Outcome<SaleId, SetUpRefusal> {
    let definition = &command.definition;
    check(shop, tx, command, at)?;
    let state = life_step(SaleState::Draft, SaleEvent::Check, Mover::Staff)
        .map_err(|refusal| Failure::Refused(refusal.into()))?;
    for channel in &definition.channels {
        let taken = take_units(tx, shop, definition, channel.market, channel.quota, at)?;
        for (key, units) in taken {
            for quota in divide(units, command.lots) {
                let lot = KeptLot {
                    lot: lots::last_number(tx)? + 1,
                    sale: definition.sale,
                    market: channel.market,
                    way: channel.way,
                    stock: key.clone(),
                    head: LotHead { fence: 0, quota, halted: false },
                    taken: 0,
                    wanted: 0,
                    counted: Counted::default(),
                };
                lots::insert(tx, &lot)?;
            }
        }
    }
    let (definition, title) = (definition.clone(), command.title.clone());
    let id = definition.sale;
    let secret = OrderSecret::new(&shop.random);
    let (settled_at, beacon) = (None, None);
    sales::insert(tx, &KeptSale { definition, state, secret, title, settled_at, beacon })?;
    Ok(id)
}

fn check(shop: &Shop, tx: &mut Tx<'_>, command: &SetUp, at: Instant) -> Outcome<(), SetUpRefusal> {
    let definition = &command.definition;
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let problems = definition.problems();
    if !problems.is_empty() {
        return refuse(SetUpRefusal::Definition(problems));
    }
    if !(1..=256).contains(&command.lots) {
        return refuse(SetUpRefusal::Lots);
    }
    let known = shop.snapshots.current_in(tx, at)?;
    if known.product(&definition.sku).is_none() {
        return refuse(SetUpRefusal::UnknownSku);
    }
    let cleared = cleared_pairs(&known, definition, at);
    for channel in &definition.channels {
        if !cleared.iter().any(|(market, _)| *market == channel.market) {
            return refuse(SetUpRefusal::NotCleared(channel.market));
        }
    }
    let lacks = lacking_texts(&known, definition);
    if !lacks.is_empty() {
        return refuse(SetUpRefusal::Texts(lacks));
    }
    // The price of today: what it is when somebody buys is not known. A deposit that is worth more
    // than the order then goes back in part.
    for deposit in &definition.deposits {
        let market = known.market(deposit.market);
        let price = market.and_then(|market| known.price(market, &definition.sku, at));
        let fits = |price: Money| {
            deposit.amount.currency == price.currency && deposit.amount.minor <= price.minor
        };
        if !price.is_some_and(fits) {
            return refuse(SetUpRefusal::Deposit(deposit.market));
        }
    }
    Ok(())
}

/// In which languages of the sale's markets its pages could not name the product. Elsewhere a name falls back
/// to English; where the same second counts for everybody, everybody reads what it is about.
fn lacking_texts(known: &Known, definition: &Definition) -> Vec<(MarketCode, Language)> {
    let Some((_, model)) = known.product(&definition.sku) else { return Vec::new() };
    let has = |language: &Language| {
        model.texts.get(language).is_some_and(|text| !text.name.trim().is_empty())
    };
    let markets: BTreeSet<_> = definition.channels.iter().map(|channel| channel.market).collect();
    let markets = markets.into_iter().filter_map(|code| known.market(code));
    let asked = markets.flat_map(|market| market.languages.iter().map(|of| (market.code, *of)));
    asked.filter(|(_, language)| !has(language)).collect()
}

/// The word of the sale's own stock of a market.
fn sale_market(market: MarketCode, sale: SaleId) -> Result<MarketKey, StoreError> {
    MarketKey::parse(&format!("{market}+{sale}"))
        .map_err(|error| StoreError::BadRow { table: "sale", problem: error.to_string().into() })
}

/// Moves units out of a market's stock, from the first place that has any, then the next. Gives how
/// many now lie under which of the sale's keys.
fn take_units(
    tx: &mut Tx<'_>,
    shop: &Shop,
    definition: &Definition,
    market: MarketCode,
    quota: u32,
    at: Instant,
) -> Outcome<Vec<(StockKey, u32)>, SetUpRefusal> {
    let own = sale_market(market, definition.sale)?;
    let mut missing = i64::from(quota);
    let mut taken = Vec::new();
    for (key, available) in stock::available(tx, market.as_str(), definition.sku.as_str())? {
        let units = missing.min(available);
        if units <= 0 {
            continue;
        }
        missing -= units;
        let to = StockKey { market: Some(own.clone()), ..key.clone() };
        move_units(tx, shop, key, own.clone(), units, definition.sale, at)?;
        taken.push((to, u32::try_from(units).unwrap_or(u32::MAX)));
    }
    if missing > 0 {
        let short = u32::try_from(missing).unwrap_or(u32::MAX);
        return Err(Failure::Refused(SetUpRefusal::Stock { market, short }));
    }
    Ok(taken)
}

/// Moves available units of one key to another market's word, by a transfer with two sides.
pub(super) fn move_units(
    tx: &mut Tx<'_>,
    shop: &Shop,
    key: StockKey,
    to: MarketKey,
    units: i64,
    sale: SaleId,
    at: Instant,
) -> Result<(), StoreError> {
    let balances = stock::balances(tx, std::slice::from_ref(&key), StockState::Available)?;
    let reference = Reference::parse(&sale.to_string()).expect("an id is short and plain");
    let id = TransferId::new(at, &shop.random);
    let movement = Movement { id, at, key, units, reference };
    let transfer = move_quota(movement, Some(to), &balances).map_err(|refusal| {
        // The units were read in this very transaction: only damaged books get here.
        StoreError::BadRow { table: "stock_account", problem: refusal.to_string().into() }
    })?;
    stock::post(tx, &[transfer])
}

/// Units in so many parts that differ by at most one; parts of none are left out.
fn divide(units: u32, parts: u32) -> impl Iterator<Item = u32> {
    (0..parts).map(move |part| units / parts + u32::from(part < units % parts)).filter(|q| *q > 0)
}

/// Stops a sale at once: holds run on, nothing new is taken.
///
/// # Errors
///
/// A [`SetUpRefusal`], or a fault of the store.
pub async fn halt(shop: &Arc<Shop>, sale: SaleId) -> Outcome<(), SetUpRefusal> {
    step(shop, sale, SaleEvent::Halt, "sale.halt").await
}

/// Lets a halted sale go on; the clock makes up what became due.
///
/// # Errors
///
/// A [`SetUpRefusal`], or a fault of the store.
pub async fn resume(shop: &Arc<Shop>, sale: SaleId) -> Outcome<(), SetUpRefusal> {
    step(shop, sale, SaleEvent::Resume, "sale.resume").await
}

async fn step(
    shop: &Arc<Shop>,
    sale: SaleId,
    event: SaleEvent,
    name: &'static str,
) -> Outcome<(), SetUpRefusal> {
    shop.db.write(name, move |tx| step_in(tx, sale, event)).await
}

/// Takes a step by hand in the caller's transaction.
pub(crate) fn step_in(
    tx: &mut Tx<'_>,
    sale: SaleId,
    event: SaleEvent,
) -> Outcome<(), SetUpRefusal> {
    let kept = sales::get(tx, sale)?.ok_or(Failure::Refused(SetUpRefusal::Unknown))?;
    let to = life_step(kept.state, event, Mover::Staff)
        .map_err(|refusal| Failure::Refused(refusal.into()))?;
    sales::set_state(tx, sale, kept.state, to)?;
    Ok(())
}

/// Shows a sale that was set up to everybody before the clock would.
///
/// # Errors
///
/// A [`SetUpRefusal`], or a fault of the store.
pub async fn announce(shop: &Arc<Shop>, sale: SaleId) -> Outcome<(), SetUpRefusal> {
    step(shop, sale, SaleEvent::Announce, "sale.announce").await
}

/// Settles a halted sale that shall not go on: what was not sold goes back.
///
/// # Errors
///
/// A [`SetUpRefusal`] (also while holds are open), or a fault of the store.
pub async fn settle_halted(shop: &Arc<Shop>, sale: SaleId) -> Outcome<i64, SetUpRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db.write("sale.settle", move |tx| settle_halted_in(tx, &own, sale, at)).await
}

/// Settles a halted sale in the caller's transaction.
pub(crate) fn settle_halted_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    sale: SaleId,
    at: Instant,
) -> Outcome<i64, SetUpRefusal> {
    let kept = sales::get(tx, sale)?.ok_or(Failure::Refused(SetUpRefusal::Unknown))?;
    let to = life_step(kept.state, SaleEvent::Settle, Mover::Staff)
        .map_err(|refusal| Failure::Refused(refusal.into()))?;
    let tallies = tallies(tx, &kept.definition)?;
    settle(&tallies).map_err(|refusal| Failure::Refused(refusal.into()))?;
    sales::set_state(tx, sale, kept.state, to)?;
    Ok(close_in(tx, shop, sale, at)?)
}

/// Gives the value of the beacon that a sale has named; the order is made with it. After the list of
/// entries was closed and its digests are public, before the sale goes live, and once.
///
/// # Errors
///
/// A [`SetUpRefusal`], or a fault of the store.
pub async fn set_beacon(
    shop: &Arc<Shop>,
    sale: SaleId,
    value: [u8; 32],
) -> Outcome<(), SetUpRefusal> {
    shop.db.write("sale.beacon", move |tx| set_beacon_in(tx, sale, value)).await
}

/// Gives the beacon's value in the caller's transaction.
pub(crate) fn set_beacon_in(
    tx: &mut Tx<'_>,
    sale: SaleId,
    value: [u8; 32],
) -> Outcome<(), SetUpRefusal> {
    let kept = sales::get(tx, sale)?.ok_or(Failure::Refused(SetUpRefusal::Unknown))?;
    let refuse = |refusal| Err(Failure::Refused(refusal));
    if kept.definition.beacon.is_none() || kept.state.takes_claims() {
        return refuse(SetUpRefusal::NoBeacon);
    }
    if channels::of_sale(tx, sale)?.len() < kept.definition.channels.len() {
        return refuse(SetUpRefusal::EntriesOpen);
    }
    if !sales::set_beacon(tx, sale, &value)? {
        return refuse(SetUpRefusal::NoBeacon);
    }
    Ok(())
}

/// Checks a definition as setting it up would, and changes nothing.
///
/// # Errors
///
/// What setting it up would answer.
pub async fn preview(shop: &Arc<Shop>, command: SetUp) -> Outcome<(), SetUpRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db
        .read("sale.preview", move |tx| {
            check(&own, tx, &command, at)?;
            let definition = &command.definition;
            let mut wanted: BTreeMap<MarketCode, u32> = BTreeMap::new();
            for channel in &definition.channels {
                *wanted.entry(channel.market).or_default() += channel.quota;
            }
            for (market, quota) in wanted {
                let sku = definition.sku.as_str();
                let there = stock::available(tx, market.as_str(), sku)?;
                let there: i64 = there.iter().map(|(_, units)| units.max(&0)).sum();
                let short = i64::from(quota) - there;
                if short > 0 {
                    let short = u32::try_from(short).unwrap_or(u32::MAX);
                    return Err(Failure::Refused(SetUpRefusal::Stock { market, short }));
                }
            }
            Ok(())
        })
        .await
}

/// The lots of a sale by the key of the stock that their units lie in.
pub(super) fn own_stock(
    tx: &mut Tx<'_>,
    sale: SaleId,
) -> Result<BTreeMap<StockKey, Vec<KeptLot>>, StoreError> {
    let mut by_key: BTreeMap<StockKey, Vec<KeptLot>> = BTreeMap::new();
    for lot in lots::of_sale(tx, sale)? {
        by_key.entry(lot.stock.clone()).or_default().push(lot);
    }
    Ok(by_key)
}

#[cfg(test)]
mod tests {
    use super::divide;

    #[test]
    fn parts_are_even_and_add_up() {
        let parts = |units, parts| divide(units, parts).collect::<Vec<_>>();
        assert_eq!(parts(10, 3), [4, 3, 3]);
        assert_eq!(parts(2, 4), [1, 1]);
        assert_eq!(parts(7, 1), [7]);
    }
}
