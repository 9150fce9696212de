//! The stock ledger's nouns: accounts, causes and transfers.
//!
//! Units never appear or vanish: each [`Transfer`] takes them *from* one account and puts them
//! *to* another, for a [`Cause`] whose table ([`CAUSE_TABLE`]) says between which states it may
//! move. A balance is the sum of what came in minus what went out. Only
//! [`StockState::Supplier`], the world outside, may be below zero: its balance is minus all that
//! the shop has ever been given.
//!
//! Nothing here decides whether something *should* move; see [`crate::hold`] and
//! [`crate::warehouse`].

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kontor_base::id::TransferId;
use kontor_base::{Instant, Line, TextError, limits};
use serde::{Serialize, Serializer};

use crate::key::{ItemKey, MarketKey, Site};
use crate::word::text_form;

/// Stands for "no market's quota" in the text form of keys. No key can be this text.
const NO_MARKET: &str = "-";

/// Why a transfer was written, for people: the id of an order or hold, a delivery note's number.
/// Never somebody's name or address.
pub type Reference = Line<200>;

/// What state units are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StockState {
    /// The world outside, where goods come from. The only state that may be below zero.
    Supplier,
    /// On the shelf and promised to nobody.
    Available,
    /// Promised to a checkout until its hold ends.
    Held,
    /// Claimed by an order, awaiting dispatch.
    Sold,
    /// Dispatched to a customer.
    Shipped,
    /// Come back from a customer and not yet inspected.
    Returned,
    /// Lost, broken or scrapped.
    WrittenOff,
}

impl StockState {
    /// Every state, in the order of a unit's life.
    pub const ALL: [Self; 7] = [
        Self::Supplier,
        Self::Available,
        Self::Held,
        Self::Sold,
        Self::Shipped,
        Self::Returned,
        Self::WrittenOff,
    ];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Available => "available",
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Shipped => "shipped",
            Self::Returned => "returned",
            Self::WrittenOff => "written_off",
        }
    }

    /// Whether a balance in this state may be below zero.
    #[must_use]
    pub const fn may_be_negative(self) -> bool {
        matches!(self, Self::Supplier)
    }
}
text_form!(StockState, "stock state");

/// Which goods: a variant at a site, belonging to one market's quota or to none.
///
/// Keys are ordered by site, item, market (none first). Whoever touches several keys does so in
/// this order, so that two writers never wait for each other in a circle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StockKey {
    /// Where the goods lie.
    pub site: Site,
    /// The variant.
    pub item: ItemKey,
    /// The market whose quota they belong to; `None`: not allotted to any.
    pub market: Option<MarketKey>,
}

impl StockKey {
    /// The account of these goods in `state`.
    #[must_use]
    pub fn account(&self, state: StockState) -> StockAccount {
        StockAccount { key: self.clone(), state }
    }

    /// The market's text as stored: `-` where the goods belong to no market's quota.
    #[must_use]
    pub fn market_word(&self) -> &str {
        self.market.as_ref().map_or(NO_MARKET, MarketKey::as_str)
    }

    /// Reads the three stored texts; the market `-` means none.
    ///
    /// # Errors
    ///
    /// [`TextError`] when one of them is not a key.
    pub fn parse(site: &str, item: &str, market: &str) -> Result<Self, TextError> {
        let market = if market == NO_MARKET { None } else { Some(MarketKey::parse(market)?) };
        Ok(Self { site: Site::parse(site)?, item: ItemKey::parse(item)?, market })
    }
}

/// The text form `site/item/market`, such as `shenzhen/band-black/us` or `shenzhen/band-black/-`.
impl fmt::Display for StockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.site, self.item, self.market_word())
    }
}

impl FromStr for StockKey {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(site), Some(item), Some(market), None) => Self::parse(site, item, market),
            _ => Err(TextError::Malformed),
        }
    }
}

impl Serialize for StockKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// One account of the stock ledger: goods in a state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StockAccount {
    /// Which goods.
    pub key: StockKey,
    /// In which state.
    pub state: StockState,
}

/// The text form `site/item/market/state`, such as `shenzhen/band-black/us/available`.
impl fmt::Display for StockAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.key, self.state)
    }
}

impl FromStr for StockAccount {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let (key, state) = text.rsplit_once('/').ok_or(TextError::Malformed)?;
        let state = state.parse().map_err(|_| TextError::Malformed)?;
        Ok(Self { key: key.parse()?, state })
    }
}

impl Serialize for StockAccount {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Why units moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Goods arrived.
    Received,
    /// Promised to a checkout.
    Held,
    /// A hold was given up or ended; the units are free again.
    Released,
    /// A hold became an order.
    Claimed,
    /// An order was cancelled before dispatch.
    Cancelled,
    /// Dispatched.
    Shipped,
    /// A customer sent them back.
    Returned,
    /// Inspected after a return and good to sell again.
    Restocked,
    /// Lost, broken or scrapped.
    WrittenOff,
    /// Given from one market's quota to another's.
    QuotaMoved,
    /// A stock count found more or fewer than the books said.
    CountAdjusted,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 11] = [
        Self::Received,
        Self::Held,
        Self::Released,
        Self::Claimed,
        Self::Cancelled,
        Self::Shipped,
        Self::Returned,
        Self::Restocked,
        Self::WrittenOff,
        Self::QuotaMoved,
        Self::CountAdjusted,
    ];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Held => "held",
            Self::Released => "released",
            Self::Claimed => "claimed",
            Self::Cancelled => "cancelled",
            Self::Shipped => "shipped",
            Self::Returned => "returned",
            Self::Restocked => "restocked",
            Self::WrittenOff => "written_off",
            Self::QuotaMoved => "quota_moved",
            Self::CountAdjusted => "count_adjusted",
        }
    }

    /// Whether [`CAUSE_TABLE`] allows this cause to move units from `from` to `to`.
    #[must_use]
    pub fn allows(self, from: StockState, to: StockState) -> bool {
        CAUSE_TABLE.contains(&(self, from, to))
    }
}
text_form!(Cause, "cause of a stock transfer");

/// Which cause may move units from which state to which. What is not in here is refused.
///
/// Every cause but [`Cause::QuotaMoved`] leaves site, item and market as they are; that one
/// changes the market and nothing else.
pub const CAUSE_TABLE: [(Cause, StockState, StockState); 13] = [
    (Cause::Received, StockState::Supplier, StockState::Available),
    (Cause::Held, StockState::Available, StockState::Held),
    (Cause::Released, StockState::Held, StockState::Available),
    (Cause::Claimed, StockState::Held, StockState::Sold),
    (Cause::Cancelled, StockState::Sold, StockState::Available),
    (Cause::Shipped, StockState::Sold, StockState::Shipped),
    (Cause::Returned, StockState::Shipped, StockState::Returned),
    (Cause::Restocked, StockState::Returned, StockState::Available),
    (Cause::WrittenOff, StockState::Available, StockState::WrittenOff),
    (Cause::WrittenOff, StockState::Returned, StockState::WrittenOff),
    (Cause::QuotaMoved, StockState::Available, StockState::Available),
    (Cause::CountAdjusted, StockState::Supplier, StockState::Available),
    (Cause::CountAdjusted, StockState::Available, StockState::Supplier),
];

/// Units that moved from one account to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Its id; the same id a second time is the same transfer and has no second effect.
    pub id: TransferId,
    /// When it was decided.
    pub at: Instant,
    /// The account that has fewer units afterwards.
    pub from: StockAccount,
    /// The account that has more units afterwards.
    pub to: StockAccount,
    /// How many: 1 to [`limits::UNITS_MAX`].
    pub units: i64,
    /// Why.
    pub cause: Cause,
    /// What it belongs to, for people.
    pub reference: Reference,
}

/// What is wrong with a transfer in itself, whatever the balances are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransferFlaw {
    /// Zero, negative or more than [`limits::UNITS_MAX`].
    #[error("units are not between 1 and {}", limits::UNITS_MAX)]
    UnitsOutOfRange,
    /// Both sides are the same account.
    #[error("both sides are the same account")]
    SameAccount,
    /// The cause does not move units between these states.
    #[error("the cause does not move units between these states")]
    CauseNotAllowed,
    /// Site, item or market change where the cause does not change them.
    #[error("the goods change on the way")]
    GoodsChange,
}

impl Transfer {
    /// Checks what must be true of any transfer.
    ///
    /// # Errors
    ///
    /// The first [`TransferFlaw`] found.
    pub fn check(&self) -> Result<(), TransferFlaw> {
        if !units_in_range(self.units) {
            return Err(TransferFlaw::UnitsOutOfRange);
        }
        if self.from == self.to {
            return Err(TransferFlaw::SameAccount);
        }
        if !self.cause.allows(self.from.state, self.to.state) {
            return Err(TransferFlaw::CauseNotAllowed);
        }
        let (from, to) = (&self.from.key, &self.to.key);
        let same_place = from.site == to.site && from.item == to.item;
        let may_change_market = self.cause == Cause::QuotaMoved;
        if !same_place || (from.market != to.market && !may_change_market) {
            return Err(TransferFlaw::GoodsChange);
        }
        Ok(())
    }
}

/// Whether `units` can be moved at once: 1 to [`limits::UNITS_MAX`].
#[must_use]
pub fn units_in_range(units: i64) -> bool {
    (1..=limits::UNITS_MAX).contains(&units)
}

/// Balances of accounts, in units. An account that is not listed has none: what was not read is
/// never taken for stock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balances(BTreeMap<StockAccount, i64>);

impl Balances {
    /// No balances.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The balance of `account`, in units.
    #[must_use]
    pub fn of(&self, account: &StockAccount) -> i64 {
        self.0.get(account).copied().unwrap_or(0)
    }

    /// Notes the balance of `account`, in units, in place of what was noted before.
    pub fn set(&mut self, account: StockAccount, units: i64) {
        self.0.insert(account, units);
    }

    /// Every noted balance, in the order of the accounts.
    pub fn iter(&self) -> impl Iterator<Item = (&StockAccount, i64)> {
        self.0.iter().map(|(account, &units)| (account, units))
    }
}

impl FromIterator<(StockAccount, i64)> for Balances {
    fn from_iter<I: IntoIterator<Item = (StockAccount, i64)>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

#[cfg(test)]
mod tests;
