//! Books receipts and counts, moves quotas, and shows the ledger account by account.

use std::collections::BTreeMap;
use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::TransferId;
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::staff::Permission;
use kontor_ledger::warehouse::{adjust_count, move_quota, receive};
use kontor_ledger::{
    Balances, MarketKey, Movement, Reference, StockAccount, StockKey, StockState, Transfer,
};
use kontor_store::stock::{self, AccountFilter};
use kontor_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change};
use super::super::act_refusal::ActRefusal;
use super::super::person::{Person, Refusal};
use super::refused;
use crate::core::{Failure, Known, Outcome, Shop};

/// The word for goods that belong to no market's quota.
const NO_MARKET: &str = "-";

/// Which goods, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// Where they lie.
    pub site: String,
    /// The variant.
    pub sku: String,
    /// The market whose quota they belong to, or `-`.
    pub market: String,
    /// How many units.
    pub units: i64,
    /// The delivery note, the count sheet.
    pub reference: String,
}

/// Something that is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum StockAct {
    /// Goods have arrived.
    Receive(Goods),
    /// So many lie there, promised or not.
    Count(Goods),
    /// Units that nobody was promised go to another market's quota.
    MoveQuota {
        /// Which, and how many.
        goods: Goods,
        /// The other market, or `-`.
        to: String,
    },
}

impl StockAct {
    const fn goods(&self) -> &Goods {
        match self {
            Self::Receive(goods) | Self::Count(goods) | Self::MoveQuota { goods, .. } => goods,
        }
    }

    pub(in crate::staff) fn bearing(
        &self,
        tx: &mut Tx<'_>,
        known: &Known,
        person: &Person,
    ) -> Outcome<Bearing, Refusal> {
        let goods = self.goods();
        let key = key_of(goods)?;
        let sku = goods.sku.trim().parse::<Sku>().ok().filter(|sku| known.product(sku).is_some());
        if sku.is_none() {
            return Err(refused("catalogue.unknown_sku", format!("there is no {}", goods.sku)));
        }
        let market = quota_of(known, &goods.market)?;
        let also = match self {
            Self::MoveQuota { to, .. } => vec![quota_of(known, to)?],
            Self::Receive(_) | Self::Count(_) => Vec::new(),
        };
        let plain = Bearing::plain(Permission::StockBook, market, key.to_string());
        let bearing = Bearing { also, ..plain }.for_person(person)?;
        if let Self::Receive(_) = self {
            let account = key.account(StockState::Available);
            let reference = reference_of(goods)?;
            if stock::received(tx, &account, reference.as_str())?.is_some() {
                let words = format!("{reference} is booked already: a delivery is booked once");
                return Err(refused("stock.booked_already", words));
            }
        }
        Ok(bearing)
    }

    pub(in crate::staff) fn change(&self, tx: &mut Tx<'_>) -> Outcome<Change, Refusal> {
        let before = self.balances(tx)?;
        // Only what is on both sides matters here; the booking gets its id when it is made.
        let (id, at) = (TransferId::from_bytes([0; 16]), Instant::from_micros(0));
        let mut after = before.clone();
        if let Some(transfer) = self.transfer(&before, id, at)? {
            after.set(transfer.from.clone(), before.of(&transfer.from) - transfer.units);
            after.set(transfer.to.clone(), before.of(&transfer.to) + transfer.units);
        }
        let said = |balances: &Balances| -> BTreeMap<String, serde_json::Value> {
            balances
                .iter()
                .filter(|(account, _)| account.state != StockState::Supplier)
                .map(|(account, units)| (account.to_string(), units.into()))
                .collect()
        };
        let mut is_now = said(&after);
        is_now.insert("reference".to_owned(), self.goods().reference.trim().into());
        let text = |cells| serde_json::to_string(&cells).expect("numbers and texts are JSON");
        Ok(Change { was: text(said(&before)), is_now: text(is_now) })
    }

    /// What lies there in the states that a booking looks at.
    fn balances(&self, tx: &mut Tx<'_>) -> Outcome<Balances, Refusal> {
        let key = key_of(self.goods())?;
        let mut keys = vec![key.clone()];
        if let Self::MoveQuota { to, .. } = self {
            keys.push(StockKey { market: market_key(to)?, ..key });
        }
        let mut all = Balances::new();
        for state in [StockState::Available, StockState::Held, StockState::Sold] {
            for (account, units) in stock::balances(tx, &keys, state)?.iter() {
                all.set(account.clone(), units);
            }
        }
        Ok(all)
    }

    pub(in crate::staff) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        let balances = self.balances(tx)?;
        let id = TransferId::new(at, &shop.random);
        if let Some(transfer) = self.transfer(&balances, id, at)? {
            stock::post(tx, &[transfer])?;
        }
        Ok(())
    }

    /// The transfer with its two sides; none: the count agrees with the books.
    fn transfer(
        &self,
        balances: &Balances,
        id: TransferId,
        at: Instant,
    ) -> Outcome<Option<Transfer>, Refusal> {
        let goods = self.goods();
        let (key, reference) = (key_of(goods)?, reference_of(goods)?);
        let movement = Movement { id, at, key, units: goods.units, reference };
        let decided = match self {
            Self::Receive(_) => receive(movement).map(Some),
            Self::Count(_) => adjust_count(movement, balances),
            Self::MoveQuota { to, .. } => move_quota(movement, market_key(to)?, balances).map(Some),
        };
        decided
            .map_err(|refusal| Failure::Refused(Refusal::Act(ActRefusal::Stock(Box::new(refusal)))))
    }
}

fn key_of(goods: &Goods) -> Outcome<StockKey, Refusal> {
    StockKey::parse(goods.site.trim(), goods.sku.trim(), goods.market.trim())
        .map_err(|error| refused("stock.bad_key", format!("site {:?}: {error}", goods.site)))
}

fn reference_of(goods: &Goods) -> Outcome<Reference, Refusal> {
    Reference::parse(&goods.reference)
        .map_err(|error| refused("stock.bad_reference", format!("the reference {error}")))
}

/// The market of a quota; the stock of a running sale is nobody's to book.
fn quota_of(known: &Known, word: &str) -> Outcome<Option<MarketCode>, Refusal> {
    match word.trim() {
        NO_MARKET => Ok(None),
        word => {
            let found = word.parse().ok().and_then(|code: MarketCode| known.market(code));
            let found = found
                .ok_or_else(|| refused("market.unknown", format!("there is no market {word:?}")))?;
            Ok(Some(found.code))
        }
    }
}

fn market_key(word: &str) -> Outcome<Option<MarketKey>, Refusal> {
    match word.trim() {
        NO_MARKET => Ok(None),
        word => match MarketKey::parse(word) {
            Ok(key) => Ok(Some(key)),
            Err(error) => Err(refused("market.unknown", error)),
        },
    }
}

/// Which accounts are looked at. Empty: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StockFilter {
    /// The market's quota with those of its sales, or `-`; none: every market's.
    pub market: Option<String>,
    /// The site.
    pub site: String,
    /// The variant.
    pub item: String,
    /// The state.
    pub state: String,
}

/// A page of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockPage {
    /// The accounts with their balances, in key order.
    pub accounts: Vec<(StockAccount, i64)>,
    /// The account after which the next page begins, if there is one.
    pub next: Option<String>,
}

/// A page of at most `limit` accounts after the account `after`.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn accounts(
    shop: &Arc<Shop>,
    filter: StockFilter,
    after: String,
    limit: usize,
) -> Result<StockPage, StoreError> {
    let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let StockFilter { market, site, item, state } = filter;
    let filter = AccountFilter { market: market.unwrap_or_default(), site, item, state };
    let read = move |tx: &mut Tx<'_>| stock::accounts_after(tx, &filter, &after, rows);
    let mut accounts = shop.db.read("stock.accounts", read).await?;
    let more = accounts.len() > limit;
    accounts.truncate(limit);
    let next = accounts.last().filter(|_| more).map(|(account, _)| account.to_string());
    Ok(StockPage { accounts, next })
}

/// A page of one account's transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferPage {
    /// What lies there now.
    pub balance: i64,
    /// The transfers, the newest first.
    pub transfers: Vec<Transfer>,
    /// The transfer after which the next page begins, if there is one.
    pub next: Option<TransferId>,
}

/// A page of at most `limit` transfers of an account that are older than `before`.
///
/// # Errors
///
/// When the database cannot be read.
pub async fn transfers_of(
    shop: &Arc<Shop>,
    account: StockAccount,
    before: Option<TransferId>,
    limit: usize,
) -> Result<TransferPage, StoreError> {
    shop.db
        .read("stock.transfers", move |tx| {
            let rows = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let keys = std::slice::from_ref(&account.key);
            let balance = stock::balances(tx, keys, account.state)?.of(&account);
            let mut transfers = stock::transfers_of(tx, &account, before, rows)?;
            let more = transfers.len() > limit;
            transfers.truncate(limit);
            let next = transfers.last().filter(|_| more).map(|transfer| transfer.id);
            Ok(TransferPage { balance, transfers, next })
        })
        .await
}
