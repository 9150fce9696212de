//! What happens to stock apart from checkouts and orders: goods arrive, come back, break, change
//! their quota, are counted.
//!
//! Each function is a pure decision that answers one transfer to write. The caller gives the
//! transfer's id: the same id again is the same movement and has no second effect.

use kontor_base::Instant;
use kontor_base::id::TransferId;
use kontor_base::limits;

use crate::key::MarketKey;
use crate::refusal::{Shortage, StockRefusal};
use crate::stock::{
    Balances, Cause, Reference, StockAccount, StockKey, StockState, Transfer, units_in_range,
};

/// A wanted movement: which goods, how many, and what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// The id that the transfer gets.
    pub id: TransferId,
    /// When it happens.
    pub at: Instant,
    /// Which goods.
    pub key: StockKey,
    /// How many units: 1 to [`limits::UNITS_MAX`].
    pub units: i64,
    /// What it belongs to, for people: a delivery note, a count sheet, an order.
    pub reference: Reference,
}

/// From which state goods are written off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteOffFrom {
    /// From the shelf.
    Available,
    /// After a return's inspection.
    Returned,
}

/// Goods arrive and are on the shelf.
///
/// # Errors
///
/// [`StockRefusal::UnitsOutOfRange`].
pub fn receive(movement: Movement) -> Result<Transfer, StockRefusal> {
    if !units_in_range(movement.units) {
        return Err(StockRefusal::UnitsOutOfRange);
    }
    Ok(transfer(movement, Cause::Received, StockState::Supplier, StockState::Available))
}

/// A customer's goods come back and await inspection. Whether *this* order may send back so many
/// is the returns area's to decide; here only what was shipped at all is the limit.
///
/// # Errors
///
/// [`StockRefusal::UnitsOutOfRange`] or [`StockRefusal::Insufficient`].
pub fn take_back(movement: Movement, balances: &Balances) -> Result<Transfer, StockRefusal> {
    check_enough(&movement, balances, StockState::Shipped)?;
    Ok(transfer(movement, Cause::Returned, StockState::Shipped, StockState::Returned))
}

/// Goods that came back are good to sell again.
///
/// # Errors
///
/// [`StockRefusal::UnitsOutOfRange`] or [`StockRefusal::Insufficient`].
pub fn restock(movement: Movement, balances: &Balances) -> Result<Transfer, StockRefusal> {
    check_enough(&movement, balances, StockState::Returned)?;
    Ok(transfer(movement, Cause::Restocked, StockState::Returned, StockState::Available))
}

/// Goods are lost, broken or scrapped. Units that are promised cannot be written off: their hold
/// is released or their order cancelled first.
///
/// # Errors
///
/// [`StockRefusal::UnitsOutOfRange`] or [`StockRefusal::Insufficient`].
pub fn write_off(
    movement: Movement,
    from: WriteOffFrom,
    balances: &Balances,
) -> Result<Transfer, StockRefusal> {
    let from = match from {
        WriteOffFrom::Available => StockState::Available,
        WriteOffFrom::Returned => StockState::Returned,
    };
    check_enough(&movement, balances, from)?;
    Ok(transfer(movement, Cause::WrittenOff, from, StockState::WrittenOff))
}

/// Gives units that nobody was promised to another market's quota (`None`: to no market's).
///
/// # Errors
///
/// [`StockRefusal::NotAnotherQuota`], [`StockRefusal::UnitsOutOfRange`] or
/// [`StockRefusal::Insufficient`].
pub fn move_quota(
    movement: Movement,
    to_market: Option<MarketKey>,
    balances: &Balances,
) -> Result<Transfer, StockRefusal> {
    if movement.key.market == to_market {
        return Err(StockRefusal::NotAnotherQuota);
    }
    check_enough(&movement, balances, StockState::Available)?;
    let to = StockKey { market: to_market, ..movement.key.clone() };
    let mut transfer =
        transfer(movement, Cause::QuotaMoved, StockState::Available, StockState::Available);
    transfer.to = to.account(StockState::Available);
    Ok(transfer)
}

/// Brings the books to what was counted: `movement.units` is the number of units of this key that
/// lie in the warehouse, promised or not (available + held + sold), and may be zero. Answers
/// `None` when the count agrees with the books.
///
/// A count that changed nothing leaves no transfer behind: a caller that takes requests twice has to
/// remember the id itself, or the same count told again later would have an effect.
///
/// Where the quotas of several markets share one shelf, count the shelf and take off what the
/// books say of the other quotas.
///
/// # Errors
///
/// [`StockRefusal::CountBelowPromised`]: then orders must be cancelled or holds released first,
/// for a count cannot break a promise in silence. [`StockRefusal::UnitsOutOfRange`] for a
/// negative count or one above [`limits::UNITS_MAX`].
pub fn adjust_count(
    movement: Movement,
    balances: &Balances,
) -> Result<Option<Transfer>, StockRefusal> {
    let counted = movement.units;
    if !(0..=limits::UNITS_MAX).contains(&counted) {
        return Err(StockRefusal::UnitsOutOfRange);
    }
    let of = |state| balances.of(&movement.key.account(state));
    let promised = of(StockState::Held) + of(StockState::Sold);
    if counted < promised {
        return Err(StockRefusal::CountBelowPromised { counted, promised });
    }
    let difference = counted - promised - of(StockState::Available);
    if difference == 0 {
        return Ok(None);
    }
    let found = Movement { units: difference.abs(), ..movement };
    if !units_in_range(found.units) {
        return Err(StockRefusal::UnitsOutOfRange);
    }
    let (from, to) = if difference > 0 {
        (StockState::Supplier, StockState::Available)
    } else {
        (StockState::Available, StockState::Supplier)
    };
    Ok(Some(transfer(found, Cause::CountAdjusted, from, to)))
}

/// Refuses unless the account of the movement's goods in `from` has the units.
fn check_enough(
    movement: &Movement,
    balances: &Balances,
    from: StockState,
) -> Result<(), StockRefusal> {
    if !units_in_range(movement.units) {
        return Err(StockRefusal::UnitsOutOfRange);
    }
    let account: StockAccount = movement.key.account(from);
    let available = balances.of(&account);
    if available < movement.units {
        let short = Shortage { key: account.key, wanted: movement.units, available };
        return Err(StockRefusal::Insufficient { short: vec![short] });
    }
    Ok(())
}

fn transfer(movement: Movement, cause: Cause, from: StockState, to: StockState) -> Transfer {
    Transfer {
        id: movement.id,
        at: movement.at,
        from: movement.key.account(from),
        to: movement.key.account(to),
        units: movement.units,
        cause,
        reference: movement.reference,
    }
}

#[cfg(test)]
mod tests;
