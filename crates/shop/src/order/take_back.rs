//! Takes goods of an order back: which units, and whether they are good to sell again or scrapped.
//!
//! It asks for no stage of the market: what was sold can come back when the market is paused, closing
//! or closed. It moves no money: giving some back is an act of its own, with its own permission.

use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::TransferId;
use kontor_domain::catalogue::{Sku, read_serial};
use kontor_domain::order::OrderNumber;
use kontor_ledger::warehouse::{self, WriteOffFrom, restock, write_off};
use kontor_ledger::{HoldLine, Movement, Reference, StockRefusal, StockState, Transfer};
use kontor_store::order::{PlacedOrder, by_number};
use kontor_store::stock::{self, serial};
use kontor_store::{StoreError, Tx};
use serde::{Deserialize, Serialize};

use crate::core::{Failure, Outcome, Shop};

/// The most lines of one return.
pub const CAME_BACK_LINES_MAX: usize = 100;

/// Units of a variant that have come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameBack {
    /// The variant.
    pub sku: Sku,
    /// How many are good to sell again.
    pub good: u32,
    /// How many are scrapped.
    pub scrapped: u32,
    /// The serial numbers of those whose numbers were noted when they left; may be empty.
    pub serials: Vec<String>,
}

/// Why goods are not taken back. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TakeBackRefusal {
    /// There is no such order.
    #[error("there is no order {0}")]
    Unknown(OrderNumber),
    /// No unit was given, or too many lines.
    #[error("say how many units of what have come back")]
    Nothing,
    /// More than has left with the order and is not back yet.
    #[error("of {sku} {left} units are out with this order")]
    TooMany {
        /// The variant.
        sku: Sku,
        /// How many can still come back.
        left: i64,
    },
    /// The serial number did not leave with this order, or there are more numbers than units.
    #[error("{0} did not leave with this order, or there are more numbers than units")]
    NotOurs(String),
    /// The ledger says no.
    #[error(transparent)]
    Stock(#[from] StockRefusal),
}

impl TakeBackRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "order.unknown",
            Self::Nothing => "order.nothing_back",
            Self::TooMany { .. } => "order.not_out",
            Self::NotOurs(_) => "order.serial_not_ours",
            Self::Stock(refusal) => refusal.code(),
        }
    }
}

/// Takes goods of an order back.
///
/// # Errors
///
/// A [`TakeBackRefusal`], or a fault of the store. Nothing is changed then.
pub async fn take_back(
    shop: &Arc<Shop>,
    number: OrderNumber,
    came: Vec<CameBack>,
) -> Outcome<(), TakeBackRefusal> {
    let (own, at) = (Arc::clone(shop), shop.now());
    shop.db.write("order.take_back", move |tx| take_back_in(tx, &own, &number, &came, at)).await
}

/// Takes goods back within a transaction: shipped → returned → on the shelf, or written off.
pub(crate) fn take_back_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    number: &OrderNumber,
    came: &[CameBack],
    at: Instant,
) -> Outcome<(), TakeBackRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    let unknown = || Failure::Refused(TakeBackRefusal::Unknown(number.clone()));
    let placed = by_number(tx, number)?.ok_or_else(unknown)?;
    let units = came.iter().map(|line| u64::from(line.good) + u64::from(line.scrapped));
    if came.len() > CAME_BACK_LINES_MAX || units.sum::<u64>() == 0 {
        return refuse(TakeBackRefusal::Nothing);
    }
    let lines = stock::hold(tx, placed.hold)?.ok_or_else(unknown)?.lines;
    for back in came {
        let mut lots = Vec::new();
        for line in lines.iter().filter(|line| line.key.item.as_str() == back.sku.as_str()) {
            let left = line.shipped - back_of(tx, line, number)?;
            lots.push((line, left.max(0)));
        }
        let (good, scrapped) = (i64::from(back.good), i64::from(back.scrapped));
        let left: i64 = lots.iter().map(|(_, left)| left).sum();
        if good + scrapped > left {
            return refuse(TakeBackRefusal::TooMany { sku: back.sku.clone(), left });
        }
        let (mut good, mut scrapped) = (good, scrapped);
        for (line, left) in lots {
            let to_shelf = good.min(left);
            let to_scrap = scrapped.min(left - to_shelf);
            (good, scrapped) = (good - to_shelf, scrapped - to_scrap);
            let moves = Moves { line, number, at, shop };
            moves.carry_out(tx, to_shelf, to_scrap)?;
        }
        forget_serials(tx, &placed, back)?;
    }
    Ok(())
}

/// Units of one account that go back.
struct Moves<'m> {
    line: &'m HoldLine,
    number: &'m OrderNumber,
    at: Instant,
    shop: &'m Shop,
}

impl Moves<'_> {
    fn movement(&self, units: i64) -> Movement {
        Movement {
            id: TransferId::new(self.at, &self.shop.random),
            at: self.at,
            key: self.line.key.clone(),
            units,
            reference: reference(self.number),
        }
    }

    fn carry_out(&self, tx: &mut Tx<'_>, good: i64, scrapped: i64) -> Outcome<(), TakeBackRefusal> {
        if good + scrapped == 0 {
            return Ok(());
        }
        let keys = [self.line.key.clone()];
        let out = stock::balances(tx, &keys, StockState::Shipped)?;
        post(tx, warehouse::take_back(self.movement(good + scrapped), &out))?;
        if good > 0 {
            let back = stock::balances(tx, &keys, StockState::Returned)?;
            post(tx, restock(self.movement(good), &back))?;
        }
        if scrapped > 0 {
            let back = stock::balances(tx, &keys, StockState::Returned)?;
            post(tx, write_off(self.movement(scrapped), WriteOffFrom::Returned, &back))?;
        }
        Ok(())
    }
}

fn post(tx: &mut Tx<'_>, decided: Result<Transfer, StockRefusal>) -> Outcome<(), TakeBackRefusal> {
    let transfer = decided.map_err(|refusal| Failure::Refused(TakeBackRefusal::Stock(refusal)))?;
    stock::post(tx, &[transfer])?;
    Ok(())
}

fn reference(number: &OrderNumber) -> Reference {
    Reference::parse(number.as_str()).expect("an order's number is short and plain")
}

/// How many units of a line are back.
fn back_of(tx: &mut Tx<'_>, line: &HoldLine, number: &OrderNumber) -> Result<i64, StoreError> {
    let account = line.key.account(StockState::Returned);
    let moved = stock::moved_from(tx, &account, number.as_str())?;
    Ok(moved.iter().map(|moved| moved.units).sum())
}

/// A unit that is back can leave again, with its number: the number is nobody's any more.
fn forget_serials(
    tx: &mut Tx<'_>,
    placed: &PlacedOrder,
    back: &CameBack,
) -> Outcome<(), TakeBackRefusal> {
    let not_ours = |text: &str| Failure::Refused(TakeBackRefusal::NotOurs(text.to_owned()));
    let units = u64::from(back.good) + u64::from(back.scrapped);
    if let Some(last) = back.serials.last().filter(|_| back.serials.len() as u64 > units) {
        return Err(not_ours(last));
    }
    for text in &back.serials {
        let number = read_serial(text).ok_or_else(|| not_ours(text))?;
        let found = serial::find(tx, &number)?;
        let ours = found.is_some_and(|sold| {
            sold.reference == placed.order.number.as_str() && sold.item == back.sku.as_str()
        });
        if !ours {
            return Err(not_ours(text));
        }
        serial::remove(tx, &number)?;
    }
    Ok(())
}

/// Units of an order that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedUnits {
    /// When.
    pub at: Instant,
    /// The variant.
    pub sku: String,
    /// How many.
    pub units: i64,
    /// They are on the shelf again; otherwise they were scrapped.
    pub on_the_shelf: bool,
}

/// Units of a variant.
type Units = (String, i64);

/// What of an order came back, and what has left and did not.
pub(super) fn returned_in(
    tx: &mut Tx<'_>,
    placed: &PlacedOrder,
) -> Result<(Vec<ReturnedUnits>, Vec<Units>), StoreError> {
    let lines = stock::hold(tx, placed.hold)?.map(|hold| hold.lines).unwrap_or_default();
    let (mut all, mut out) = (Vec::new(), Vec::<Units>::new());
    for line in &lines {
        let account = line.key.account(StockState::Returned);
        let moved = stock::moved_from(tx, &account, placed.order.number.as_str())?;
        let sku = line.key.item.as_str().to_owned();
        let left = line.shipped - moved.iter().map(|moved| moved.units).sum::<i64>();
        match out.iter_mut().find(|(known, _)| *known == sku) {
            Some((_, units)) => *units += left,
            None => out.push((sku.clone(), left)),
        }
        all.extend(moved.into_iter().map(|moved| ReturnedUnits {
            at: moved.at,
            sku: sku.clone(),
            units: moved.units,
            on_the_shelf: moved.to.state == StockState::Available,
        }));
    }
    all.sort_by_key(|back| back.at);
    out.retain(|(_, left)| *left > 0);
    Ok((all, out))
}
