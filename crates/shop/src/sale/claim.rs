//! Takes units in a sale: the hot path.
//!
//! A request costs two keyed hashes (the ticket's signature, the key of the request), one look at
//! the snapshot, and the owner's answer. The row that is on disk before the answer says: lot and
//! number of the claim, the hash of the request and of the person's entry, units, country, state,
//! when it was made and when its hold ends. Contact and address are not in it. Nothing follows as a
//! job.
//!
//! A claim is not an order yet: `order::sale` turns it into a checkout, which is paid like any other.

use std::sync::Arc;

use kontor_base::id::SaleId;
use kontor_base::{Country, Instant};
use kontor_domain::sale::{CodeRefusal, DepositState, MetAt, SaleState, Ticket, Way};
use kontor_ledger::sale::{ClaimState, Command, Outcome, Refusal, Take, Taken};
use kontor_store::sale::code as codes;
use kontor_store::sale::deposit as deposits;
use kontor_store::sale::lot::LotNumber;

use super::answer::SaleRefusal;
use super::board::{LiveSale, Turn};
use super::owner::{LotOwner, OwnerRefusal};
use crate::core::Shop;

/// A wish for units.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// The sale.
    pub sale: SaleId,
    /// The ticket, as it was given.
    pub ticket: &'a str,
    /// The request's key: 1 to 255 visible characters.
    pub key: &'a str,
    /// How many units.
    pub units: u8,
    /// Where they shall go.
    pub ship_to: Country,
}

/// Units that a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The lot.
    pub lot: LotNumber,
    /// The claim's number in it.
    pub number: u32,
    /// What has become of it.
    pub state: ClaimState,
    /// How many units.
    pub units: u8,
    /// The first moment at which the hold is no longer good.
    pub expires_at: Instant,
    /// The same request was carried out before.
    pub replayed: bool,
}

/// What somebody has who asked to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// A place in line.
    Waiting {
        /// The place, counted from 1 and never reused.
        place: u32,
        /// How many stand before it.
        ahead: u32,
    },
    /// Units, because the line has come to them.
    Claimed(Claimed),
}

/// Takes units now. The answer comes when the claim is on disk.
///
/// # Errors
///
/// A [`SaleRefusal`].
pub async fn claim(shop: &Shop, wish: Wish<'_>) -> Result<Claimed, SaleRefusal> {
    let sale = shop.sales.live(wish.sale).ok_or(SaleRefusal::Unknown)?;
    let ticket = shop.keys.tickets().read(wish.ticket, wish.sale, shop.now())?;
    noted(&sale, &ticket, take_now(shop, &sale, &wish, ticket).await)
}

/// Counts a limit that was met.
fn noted<T>(
    sale: &LiveSale,
    ticket: &Ticket,
    answer: Result<T, SaleRefusal>,
) -> Result<T, SaleRefusal> {
    if let Err(refusal) = &answer {
        sale.note_turned_away((ticket.market, ticket.way), MetAt::Claim, refusal);
    }
    answer
}

async fn take_now(
    shop: &Shop,
    sale: &LiveSale,
    wish: &Wish<'_>,
    ticket: Ticket,
) -> Result<Claimed, SaleRefusal> {
    let admitted = admit(shop, sale, wish, Verb::Take, ticket)?;
    let Admitted { owner, take, .. } = &admitted;
    if let Some(refusal) = &admitted.out_of_turn {
        return match repeated(owner, *take, refusal).await? {
            Placed::Claimed(claimed) => Ok(claimed),
            Placed::Waiting { .. } => Err(refusal.clone()),
        };
    }
    still_stands(shop, sale, &admitted.ticket).await?;
    if owner.is_hopeless(&take.person) {
        return Err(none_left(sale, &admitted));
    }
    let over = if admitted.has_what_is_over {
        // Whoever asks for what they have takes nothing from others, also not for a moment.
        if owner.may_have(&take.person) {
            match repeated(owner, *take, &SaleRefusal::NotYourTurn).await {
                Ok(Placed::Claimed(claimed)) => return Ok(claimed),
                Ok(Placed::Waiting { .. }) | Err(SaleRefusal::NotYourTurn) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        Some(sale.ask_over(&admitted.ticket, take.units)?)
    } else {
        None
    };
    match owner.ask_over(Command::Take(*take), over).await {
        Ok(Outcome::Taken(taken)) => {
            sale.note_taken(&admitted.ticket);
            Ok(claimed(owner.lot(), taken))
        }
        Ok(_) => Err(SaleRefusal::Elsewhere),
        Err(OwnerRefusal::Refused(Refusal::SoldOut)) => Err(none_left(sale, &admitted)),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The person's lot has no unit. Where another one of the way has, a unit comes over within a moment:
/// nobody is told that everything is taken before it is.
fn none_left(sale: &LiveSale, admitted: &Admitted<'_>) -> SaleRefusal {
    let Admitted { owner, take, ticket, .. } = admitted;
    let standing = owner.standing();
    // Whoever wants several can have what is left here, and asks for fewer.
    let some_left = take.units > 1 && standing.free() > 0;
    let comes = standing.is_open() || sale.is_free_beside(ticket.market, ticket.way, owner.lot());
    if comes && !some_left {
        owner.note_in_vain();
        SaleRefusal::Elsewhere
    } else {
        SaleRefusal::Lot(Refusal::SoldOut)
    }
}

/// Stands in line for units that come back.
///
/// # Errors
///
/// A [`SaleRefusal`].
pub async fn wait(shop: &Shop, wish: Wish<'_>) -> Result<Placed, SaleRefusal> {
    let sale = shop.sales.live(wish.sale).ok_or(SaleRefusal::Unknown)?;
    let ticket = shop.keys.tickets().read(wish.ticket, wish.sale, shop.now())?;
    noted(&sale, &ticket, stand_in_line(shop, &sale, &wish, ticket).await)
}

async fn stand_in_line(
    shop: &Shop,
    sale: &LiveSale,
    wish: &Wish<'_>,
    ticket: Ticket,
) -> Result<Placed, SaleRefusal> {
    let Admitted { owner, take, ticket, out_of_turn, .. } =
        admit(shop, sale, wish, Verb::Wait, ticket)?;
    if let Some(refusal) = &out_of_turn {
        return repeated(owner, take, refusal).await;
    }
    still_stands(shop, sale, &ticket).await?;
    let Take { person, .. } = take;
    if sale.is_free_beside(ticket.market, ticket.way, owner.lot()) && !owner.may_have(&person) {
        // A unit of another lot comes over within a moment: it goes to whoever asks by the order.
        owner.note_in_vain();
        return Err(SaleRefusal::Elsewhere);
    }
    match owner.ask(Command::Wait(take)).await {
        Ok(Outcome::Waiting { place, ahead }) => Ok(Placed::Waiting { place, ahead }),
        Ok(Outcome::Taken(taken)) => Ok(Placed::Claimed(claimed(owner.lot(), taken))),
        Ok(_) => Err(SaleRefusal::Elsewhere),
        Err(refusal) => Err(refusal.into()),
    }
}

impl From<OwnerRefusal> for SaleRefusal {
    fn from(refusal: OwnerRefusal) -> Self {
        match refusal {
            OwnerRefusal::Refused(Refusal::UnknownClaim) => Self::UnknownClaim,
            OwnerRefusal::Refused(refusal) => Self::Lot(refusal),
            OwnerRefusal::Overloaded => Self::Overloaded,
            OwnerRefusal::Elsewhere => Self::Elsewhere,
        }
    }
}

/// Whether what a ticket was given for is still its holder's: a code that was not passed on since, a
/// deposit that did not go back. Both are few, so this may look into the database; every other place
/// is decided without.
async fn still_stands(shop: &Shop, sale: &LiveSale, ticket: &Ticket) -> Result<(), SaleRefusal> {
    let (id, entry) = (sale.definition.sale, ticket.entry);
    let stands = if ticket.way == Way::Code {
        let kept = shop.db.read("sale.code", move |tx| codes::of_entry(tx, id, entry)).await;
        kept.map(|kept| match kept {
            Some(kept) if kept.holder.matches(&ticket.person) => Ok(()),
            _ => Err(SaleRefusal::Code(CodeRefusal::NotYours)),
        })
    } else if sale.definition.deposit(ticket.market, ticket.way).is_some() {
        let kept = shop.db.read("sale.deposit", move |tx| deposits::of_entry(tx, entry)).await;
        kept.map(|kept| match kept.map(|kept| kept.state) {
            Some(DepositState::Held | DepositState::Applied) => Ok(()),
            _ => Err(SaleRefusal::DepositMissing),
        })
    } else {
        return Ok(());
    };
    stands.unwrap_or_else(|fault| {
        tracing::error!(%fault, "a code or a deposit could not be read");
        Err(SaleRefusal::Elsewhere)
    })
}

#[derive(Clone, Copy)]
enum Verb {
    Take,
    Wait,
}

/// Who may ask their lot, and for what.
struct Admitted<'s> {
    owner: &'s Arc<LotOwner>,
    take: Take,
    ticket: Ticket,
    /// It is not their turn, for this reason; but they may have something from before, and the same
    /// request has the same answer.
    out_of_turn: Option<SaleRefusal>,
    /// They have what is over, and nothing by their place.
    has_what_is_over: bool,
}

/// What the same request got before, of somebody whose turn it is not (any more).
async fn repeated(
    owner: &LotOwner,
    take: Take,
    refusal: &SaleRefusal,
) -> Result<Placed, SaleRefusal> {
    match owner.ask(Command::Repeat(take)).await {
        Ok(Outcome::Waiting { place, ahead }) => Ok(Placed::Waiting { place, ahead }),
        Ok(Outcome::Taken(taken)) => Ok(Placed::Claimed(claimed(owner.lot(), taken))),
        Ok(_) => Err(SaleRefusal::Elsewhere),
        Err(OwnerRefusal::Refused(Refusal::UnknownClaim)) => Err(refusal.clone()),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Why somebody whose turn it is not has nothing now; none: they may ask.
fn why_not_now(
    sale: &LiveSale,
    ticket: &Ticket,
    verb: Verb,
    home: &LotOwner,
) -> Option<SaleRefusal> {
    // Another node's lot may have units that are promised to those who ask there.
    let is_here = home.is_ready();
    let over = || {
        let is_way_over = || sale.is_way_sold_out(ticket.market, ticket.way);
        sale.state == SaleState::SoldOut || is_here && is_way_over()
    };
    // In a draw and in a batch: their place was reached, and the time to take what was kept for it is over.
    let has_passed = sale.has_passed(ticket);
    let has_what_is_over = has_passed || ticket.way == Way::Rush && !ticket.present;
    match (verb, ticket.way) {
        // What is left over, only the node knows that has their lot.
        _ if has_what_is_over && !is_here => Some(SaleRefusal::Elsewhere),
        // Who has lost moves up by themselves when a winner's units come back or are left.
        (_, Way::Draw) if !has_passed => Some(SaleRefusal::NotDrawn),
        (_, Way::Batch) if !has_passed => Some(SaleRefusal::NotYourTurn),
        // Whoever was not let in before the last unit went hears that, and can wait for one that comes
        // back; for a turn that does not come nobody should. As long as there are units, the waiting
        // list is no way around the order.
        (Verb::Take, _) if over() => Some(SaleRefusal::Lot(Refusal::SoldOut)),
        (Verb::Wait, _) if over() => None,
        _ => Some(SaleRefusal::NotYourTurn),
    }
}

/// Why nobody takes anything now.
fn why_closed(sale: &LiveSale, at: Instant) -> Option<SaleRefusal> {
    let windows = &sale.definition.windows;
    if sale.state == SaleState::Halted {
        return Some(SaleRefusal::Lot(Refusal::Halted));
    }
    let is_open = sale.state.takes_claims() && at >= windows.live_at && at < windows.ends_at;
    (!is_open).then_some(SaleRefusal::NotLive)
}

/// Everything that is asked before the lot is.
fn admit<'s>(
    shop: &Shop,
    sale: &'s LiveSale,
    wish: &Wish<'_>,
    verb: Verb,
    ticket: Ticket,
) -> Result<Admitted<'s>, SaleRefusal> {
    let at = shop.now();
    let closed = why_closed(sale, at);
    let person = *ticket.entry.bytes();
    let owner = sale.home(ticket.market, ticket.way, &person);
    let owner = owner.ok_or_else(|| closed.clone().unwrap_or(SaleRefusal::NoWay))?;
    let turn = if closed.is_some() { Turn::NotYet } else { sale.turn(&ticket) };
    let out_of_turn = match turn {
        Turn::NotYet => closed.or_else(|| why_not_now(sale, &ticket, verb, owner)),
        Turn::Theirs | Turn::Over => None,
    };
    let has_what_is_over = matches!(turn, Turn::Over);
    let is_cleared = || {
        let known = &shop.snapshots.published().known;
        sale.is_cleared(known, ticket.market, wish.ship_to, at)
    };
    let out_of_turn = out_of_turn.or_else(|| (!is_cleared()).then_some(SaleRefusal::NotCleared));
    // Whoever has something from before hears of it by the same request, whatever has happened since.
    if let Some(refusal) = out_of_turn.as_ref().filter(|_| !owner.may_have(&person)) {
        return Err(refusal.clone());
    }
    let ship_to: [u8; 2] =
        wish.ship_to.code().as_bytes().try_into().expect("country codes have two letters");
    let body = u32::from_be_bytes([verb as u8, wish.units, ship_to[0], ship_to[1]]);
    let take = Take {
        person,
        request: shop.keys.claim_request(&person, wish.key),
        body,
        units: wish.units,
        allowance: ticket.allowance(sale.definition.per_person),
        ship_to,
    };
    Ok(Admitted { owner, take, ticket, out_of_turn, has_what_is_over })
}

pub(super) const fn claimed(lot: LotNumber, taken: Taken) -> Claimed {
    Claimed {
        lot,
        number: taken.sequence,
        state: taken.state,
        units: taken.units,
        expires_at: taken.expires_at,
        replayed: taken.replayed,
    }
}
