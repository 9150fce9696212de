//! Settles a sale: what was not sold goes back from the sale's own stock into the market's.

use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::sale::{Definition, Tally, settle};
use kontor_ledger::{MarketKey, StockState};
use kontor_store::sale::lot::{self as lots, LotNumber};
use kontor_store::sale::{self as sales, batch};
use kontor_store::{StoreError, Tx, stock};

use super::set_up::{move_units, own_stock};
use crate::core::Shop;

/// Takes back what has returned to a sale that is over, after an order was cancelled. Gives whether
/// the sale is over: while it runs, its lots have to be told instead.
pub(crate) fn take_back_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    lot: LotNumber,
    at: Instant,
) -> Result<bool, StoreError> {
    let Some(lot) = lots::get(tx, lot)? else { return Ok(true) };
    let Some(sale) = sales::get(tx, lot.sale)? else { return Ok(true) };
    if sale.state.owns_units() {
        return Ok(false);
    }
    give_back_unsold(tx, shop, lot.sale, at)?;
    Ok(true)
}

/// Whether units of a sale are held or being paid, as the rows of its lots tell.
pub(super) fn is_any_held(tx: &mut Tx<'_>, sale: SaleId) -> Result<bool, StoreError> {
    Ok(lots::of_sale(tx, sale)?.iter().any(|lot| lot.taken > lot.counted.sold))
}

/// Closes a sale of whose units none is held: its lots are nobody's any more, what was not sold goes back, and the count is
/// checked once more. Gives how many units went back.
///
/// # Panics
///
/// When more was sold than there was: the books are wrong, and the transaction must not be kept.
pub(super) fn close_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    sale: SaleId,
    at: Instant,
) -> Result<i64, StoreError> {
    lots::close_all(tx, sale)?;
    if let Some(kept) = sales::get(tx, sale)? {
        let tallies = tallies(tx, &kept.definition)?;
        let sound = settle(&tallies);
        assert!(sound.is_ok(), "{sale} cannot be settled: {sound:?}");
    }
    sales::settled(tx, sale, at)?;
    give_back_unsold(tx, shop, sale, at)
}

/// What the lots of each way in have counted.
pub(super) fn tallies(tx: &mut Tx<'_>, definition: &Definition) -> Result<Vec<Tally>, StoreError> {
    let lots = lots::of_sale(tx, definition.sale)?;
    let mut tallies = Vec::new();
    for channel in &definition.channels {
        let own = lots.iter().filter(|lot| lot.market == channel.market && lot.way == channel.way);
        let (mut now, mut claimed, mut held) = (0_u32, 0_u32, 0_u32);
        for lot in own {
            now += lot.head.quota;
            for tally in batch::tally(tx, lot.lot)? {
                let units = u32::try_from(tally.units).unwrap_or(u32::MAX);
                match tally.state.as_str() {
                    "sold" => claimed += units,
                    "held" | "checkout" => held += units,
                    _ => {}
                }
            }
        }
        let rolled_in = now.saturating_sub(channel.quota);
        let rolled_out = channel.quota.saturating_sub(now);
        tallies.push(Tally { channel: *channel, rolled_in, rolled_out, claimed, held });
    }
    count_spare(&mut tallies);
    Ok(tallies)
}

/// Units that were on their way between two lots belong to none of them. They have not been sold, and
/// count where they came from.
fn count_spare(tallies: &mut [Tally]) {
    for at in 0..tallies.len() {
        let market = tallies[at].channel.market;
        let own = || tallies.iter().filter(|tally| tally.channel.market == market);
        let came: u32 = own().map(|tally| tally.rolled_in).sum();
        let went: u32 = own().map(|tally| tally.rolled_out).sum();
        let spare = went.saturating_sub(came).min(tallies[at].rolled_out);
        tallies[at].rolled_out -= spare;
    }
}

/// Moves everything that is available in the sale's stock back; gives how many units. The caller
/// has made sure that no hold is open.
pub(super) fn give_back_unsold(
    tx: &mut Tx<'_>,
    shop: &Shop,
    sale: SaleId,
    at: Instant,
) -> Result<i64, StoreError> {
    let mut returned = 0;
    for (key, lots) in own_stock(tx, sale)? {
        let Some(market) = lots.first().map(|lot| lot.market) else { continue };
        let account = key.account(StockState::Available);
        let units =
            stock::balances(tx, std::slice::from_ref(&key), StockState::Available)?.of(&account);
        if units > 0 {
            let to = MarketKey::parse(market.as_str()).map_err(|error| StoreError::BadRow {
                table: "sale_lot",
                problem: error.to_string().into(),
            })?;
            move_units(tx, shop, key, to, units, sale, at)?;
            returned += units;
        }
    }
    Ok(returned)
}

#[cfg(test)]
mod tests {
    use kontor_domain::sale::{Channel, Way};

    use super::*;

    #[test]
    fn units_on_their_way_count_where_they_came_from() {
        let tally = |market: &str, way, rolled_in, rolled_out| {
            let channel = Channel { market: market.parse().expect("a market"), way, quota: 9 };
            Tally { channel, rolled_in, rolled_out, claimed: 0, held: 0 }
        };
        let mut tallies = [
            tally("us", Way::Rush, 3, 0),
            tally("us", Way::Draw, 0, 2),
            tally("us", Way::Batch, 0, 5),
            tally("in", Way::Rush, 0, 1),
        ];
        count_spare(&mut tallies);
        let moved = tallies.map(|tally| (tally.rolled_in, tally.rolled_out));
        assert_eq!(moved, [(3, 0), (0, 0), (0, 3), (0, 0)]);
        assert!(settle(&tallies).is_ok());
    }
}
