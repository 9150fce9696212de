//! What somebody who has entered is told: the state of the sale, their place and turn, their honest
//! chance, what they have, and when to ask again. From memory, but for who has something.

use kontor_base::Instant;
use kontor_base::id::{EntryId, SaleId};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{
    Chance, Outlook, Polling, SaleState, Ticket, UnitsRange, Way, chance, poll_after_ms,
    units_range,
};
use kontor_ledger::sale::{ClaimState, Command, Outcome};

use super::answer::SaleRefusal;
use super::board::LiveSale;
use super::claim::Claimed;
use crate::core::Shop;

/// How an entry stands.
#[derive(Clone, Debug)]
pub struct Status {
    /// Where the sale stands.
    pub state: SaleState,
    /// The ticket, read.
    pub ticket: Ticket,
    /// The server's clock.
    pub now: Instant,
    /// When it goes live.
    pub live_at: Instant,
    /// How many come in before this person; none while the order is not known.
    pub ahead: Option<u64>,
    /// Whether it is their turn.
    pub turn: bool,
    /// Until when what their place was reached for is kept for them, in a draw or a batch; none: nothing is.
    pub kept_until: Option<Instant>,
    /// Their place was reached, and that time is over: they have what is left over.
    pub passed: bool,
    /// Their chance of a unit.
    pub chance: Chance,
    /// Units that are free on their way in, in a range.
    pub free: UnitsRange,
    /// What they hold or have bought.
    pub claim: Option<Claimed>,
    /// Their place in the waiting list, and how many stand before it.
    pub waiting: Option<(u32, u32)>,
    /// In how many milliseconds to ask again.
    pub poll_after_ms: u64,
}

/// How the holder of a ticket stands in a sale that runs.
///
/// # Errors
///
/// A [`SaleRefusal`]; [`SaleRefusal::Unknown`] also for a sale that is over.
pub async fn status(shop: &Shop, sale: SaleId, ticket: &str) -> Result<Status, SaleRefusal> {
    let now = shop.now();
    let live = shop.sales.live(sale).ok_or(SaleRefusal::Unknown)?;
    let ticket = shop.keys.tickets().read(ticket, sale, now)?;
    let (claim, waiting) = own(&live, ticket.entry, ticket.market, ticket.way).await?;
    let (ahead, turn) = (live.ahead(&ticket), live.is_turn(&ticket));
    let outlook = live.outlook(&ticket, now);
    let has = claim.is_some_and(|claim| claim.state.takes());
    let odds = if has { Chance::Certain } else { chance(&outlook.outlook) };
    let until_live_s = live.definition.windows.live_at.seconds_since(now);
    let polling = Polling {
        until_live_s: (!live.state.takes_claims() && until_live_s > 0).then_some(until_live_s),
        ahead: waiting.map(|(_, ahead)| u64::from(ahead)).or(ahead),
        served_per_s: outlook.served_per_s,
        settled: claim.is_some_and(|claim| claim.state == ClaimState::Sold)
            || (odds == Chance::None && waiting.is_none()),
    };
    let [a, b, c, d, e, f, g, h, ..] = shop.random.bytes16();
    Ok(Status {
        state: live.state,
        ticket,
        now,
        live_at: live.definition.windows.live_at,
        ahead,
        turn,
        kept_until: live.kept_until(&ticket, now).filter(|_| claim.is_none()),
        passed: live.has_passed(&ticket),
        chance: odds,
        free: units_range(outlook.outlook.free),
        claim,
        waiting,
        poll_after_ms: poll_after_ms(&polling, u64::from_be_bytes([a, b, c, d, e, f, g, h])),
    })
}

/// What the person has. Whoever cannot have anything is answered without the owner: a million
/// people who wait must not stand in the way of those who buy.
async fn own(
    live: &LiveSale,
    entry: EntryId,
    market: MarketCode,
    way: Way,
) -> Result<(Option<Claimed>, Option<(u32, u32)>), SaleRefusal> {
    let person = *entry.bytes();
    let Some(owner) = live.home(market, way, &person) else {
        return Ok((None, None));
    };
    if !owner.is_ready() || !owner.may_have(&person) {
        return Ok((None, None));
    }
    match owner.ask(Command::Look(person)).await? {
        Outcome::Seen { claim, place } => {
            Ok((claim.map(|taken| super::claim::claimed(owner.lot(), taken)), place))
        }
        _ => Err(SaleRefusal::Elsewhere),
    }
}

/// What an entry has, as far as its lot is here; `None` also where it is elsewhere.
///
/// # Errors
///
/// A [`SaleRefusal`] that passes.
pub(crate) async fn units_of(
    shop: &Shop,
    sale: SaleId,
    entry: EntryId,
    market: MarketCode,
    way: Way,
) -> Result<Option<Claimed>, SaleRefusal> {
    match shop.sales.live(sale) {
        Some(live) => Ok(own(&live, entry, market, way).await?.0),
        None => Ok(None),
    }
}

/// What a chance is worked out from, and how fast the line moves.
pub(super) struct Measure {
    pub(super) outlook: Outlook,
    pub(super) served_per_s: u64,
}
