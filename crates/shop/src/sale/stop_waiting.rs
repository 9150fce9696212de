//! Leaves the waiting list: nothing that comes back is offered to whoever has left it.

use kontor_base::id::{EntryId, SaleId};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{SaleState, Way};
use kontor_ledger::sale::{Command, Outcome};

use super::answer::SaleRefusal;
use super::board::LiveSale;
use crate::core::Shop;

/// A place in the waiting list that was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoppedWaiting {
    /// The person did not wait before: they never did, have left already, or were served.
    pub before: bool,
}

/// Leaves the waiting list of a sale. Twice is once. Units that the line has brought already are not
/// given up by this.
///
/// # Errors
///
/// A [`SaleRefusal`].
pub async fn stop_waiting(
    shop: &Shop,
    sale: SaleId,
    ticket: &str,
) -> Result<StoppedWaiting, SaleRefusal> {
    let live = shop.sales.live(sale).ok_or(SaleRefusal::Unknown)?;
    let ticket = shop.keys.tickets().read(ticket, sale, shop.now())?;
    stop(&live, ticket.entry, ticket.market, ticket.way).await
}

/// Takes an entry out of the waiting list, because its place in the sale is given up.
///
/// # Errors
///
/// A [`SaleRefusal`] that passes.
pub(crate) async fn stop_waiting_of(
    shop: &Shop,
    sale: SaleId,
    entry: EntryId,
    market: MarketCode,
    way: Way,
) -> Result<(), SaleRefusal> {
    match shop.sales.live(sale) {
        Some(live) => stop(&live, entry, market, way).await.map(drop),
        // It is over, and with it its line.
        None => Ok(()),
    }
}

async fn stop(
    live: &LiveSale,
    entry: EntryId,
    market: MarketCode,
    way: Way,
) -> Result<StoppedWaiting, SaleRefusal> {
    let person = *entry.bytes();
    let began = live.state.takes_claims() || live.state == SaleState::Halted;
    let Some(owner) = live.home(market, way, &person).filter(|_| began) else {
        return Ok(StoppedWaiting { before: true });
    };
    if owner.is_ready() && !owner.may_have(&person) {
        return Ok(StoppedWaiting { before: true });
    }
    match owner.ask(Command::Leave(person)).await? {
        Outcome::Left { before } => Ok(StoppedWaiting { before }),
        _ => Err(SaleRefusal::Elsewhere),
    }
}
