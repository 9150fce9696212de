//! Enters a sale: the person is known by hashes of what they say of themselves, and gets a signed
//! ticket. The same person gets the same ticket again.

use std::sync::Arc;

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Country, Email, Instant, Money, Phone};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{MetAt, PersonKeys, SaleState, Ticket, Way};
use kontor_store::sale::entry::{self as entries, KeptEntry};
use kontor_store::sale::{self as sales, ListOfEntries, excluded};
use kontor_store::{Tx, fact};

use super::answer::SaleRefusal;
use super::board::cleared_pairs;
use super::code::{enter_with_in, keys};
use crate::core::{Failure, Outcome, Shop};

/// A wish to enter. Not `Debug`: it is somebody's address.
#[derive(Clone)]
pub struct Enter {
    /// The sale.
    pub sale: SaleId,
    /// The market in which the person buys.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// The person's address.
    pub email: Email,
    /// The person's number, if it was given.
    pub phone: Option<Phone>,
    /// Where the parcel will go.
    pub ship_to: Country,
    /// The code, as typed, for those who have one.
    pub code: Option<String>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The entry, by which the order is worked out.
    pub entry: EntryId,
    /// The ticket.
    pub ticket: String,
    /// Whether the person was there before it went live.
    pub present: bool,
    /// The person had entered before; this is the entry of then.
    pub before: bool,
}

/// Enters a sale.
///
/// # Errors
///
/// A [`SaleRefusal`], or a fault of the store.
pub async fn enter(shop: &Arc<Shop>, wish: Enter) -> Outcome<Entered, SaleRefusal> {
    let at = shop.now();
    let (own, way_in) = (Arc::clone(shop), (wish.sale, wish.market, wish.way));
    let entered = shop.db.write("sale.enter", move |tx| match may_enter_in(tx, &own, &wish, at)? {
        // Who paid for a place has a link to it; an address alone does not open it.
        MayEnter { deposit: Some(_), before: Some(_), .. } => {
            Err(Failure::Refused(SaleRefusal::PlacePaid))
        }
        MayEnter { before: Some(before), .. } => {
            let KeptEntry { entry, ticket, present, .. } = before;
            Ok(Entered { entry, ticket, present, before: true })
        }
        MayEnter { deposit: Some(_), .. } => Err(Failure::Refused(SaleRefusal::DepositNeeded)),
        free => enter_in(tx, &own, &wish, &free, at),
    });
    noted(shop, way_in, entered.await)
}

/// Counts a limit that somebody met who wanted to enter.
pub(crate) fn noted<T>(
    shop: &Shop,
    (sale, market, way): (SaleId, MarketCode, Way),
    answer: Outcome<T, SaleRefusal>,
) -> Outcome<T, SaleRefusal> {
    if let (Err(Failure::Refused(refusal)), Some(live)) = (&answer, shop.sales.live(sale)) {
        live.note_turned_away((market, way), MetAt::Entry, refusal);
    }
    answer
}

/// Somebody who may enter, or has.
pub(crate) struct MayEnter {
    /// The entry that they have already.
    pub(crate) before: Option<KeptEntry>,
    /// What the place costs, if it does.
    pub(crate) deposit: Option<Money>,
    person: PersonKeys,
    present: bool,
    last_hold_ends: Instant,
    /// Units that the person had from earlier sales.
    had: i64,
}

/// Whether somebody may enter now.
///
/// # Errors
///
/// A [`SaleRefusal`], or a fault of the store.
pub(crate) fn may_enter_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    wish: &Enter,
    at: Instant,
) -> Outcome<MayEnter, SaleRefusal> {
    let refuse = |refusal| Err(Failure::Refused(refusal));
    // What a sale is does not change once the public knows of it, and is in memory where it
    // runs; where it stands is what this transaction sees.
    let live = shop.sales.live(wish.sale);
    let person = keys(shop, &wish.email, wish.phone.as_ref());
    let traits: Vec<_> = person.iter().map(|(_, hash)| hash).collect();
    if let Some(live) = &live {
        // What is asked below, in one go.
        sales::state_and_list_ahead(tx, wish.sale)?;
        fact::versions_ahead(tx)?;
        excluded::any_ahead(tx, &traits)?;
        entries::person_ahead(tx, wish.sale, &traits, &live.definition.sku)?;
    }
    let read = match live {
        Some(_) => None,
        None => sales::get(tx, wish.sale)?,
    };
    let definition = match (&live, &read) {
        (Some(live), _) => &live.definition,
        (None, Some(kept)) => &kept.definition,
        (None, None) => return refuse(SaleRefusal::Unknown),
    };
    let stands = sales::state_and_list(tx, wish.sale)?.filter(|(state, _)| state.is_public());
    let Some((state, list)) = stands else { return refuse(SaleRefusal::Unknown) };
    let open = state.takes_entries() || state == SaleState::SoldOut;
    if !open || at < definition.windows.registration_at || at >= definition.windows.ends_at {
        return refuse(SaleRefusal::NoEntries);
    }
    if definition.quota(wish.market, wish.way) == 0 {
        return refuse(SaleRefusal::NoWay);
    }
    let known = shop.snapshots.current_in(tx, at)?;
    let cleared = match &live {
        Some(live) => live.is_cleared(&known, wish.market, wish.ship_to, at),
        None => cleared_pairs(&known, definition, at).contains(&(wish.market, wish.ship_to)),
    };
    if !cleared {
        return refuse(SaleRefusal::NotCleared);
    }
    // What the row says counts, not the clock: the order is made from those who are counted when the
    // list is closed. A sale that went on after a halt is open once more for a moment, its list is not.
    let present = list == ListOfEntries::Open;
    if wish.way == Way::Draw && !present {
        return refuse(SaleRefusal::NoEntries);
    }
    if excluded::any(tx, &traits)? {
        return refuse(SaleRefusal::Excluded);
    }
    let before = entries::of_person(tx, wish.sale, &traits)?;
    if let Some(before) = &before
        && (before.way, before.market) != (wish.way, wish.market)
    {
        return refuse(SaleRefusal::EnteredElsewhere);
    }
    // Whoever has entered has their ticket, and what they had stands in it.
    let had = match &before {
        Some(_) => 0,
        None => entries::bought_of(tx, None, &traits, &definition.sku)?,
    };
    if had >= i64::from(definition.per_person) {
        return refuse(SaleRefusal::PersonLimit);
    }
    let deposit = definition.deposit(wish.market, wish.way);
    let last_hold_ends = definition.last_hold_ends();
    Ok(MayEnter { before, deposit, person, present, last_hold_ends, had })
}

/// Enters somebody who may: the entry's id is made now, and with it the place of a way that goes by
/// the order of coming.
///
/// # Errors
///
/// A [`SaleRefusal`] of the code, or a fault of the store.
pub(crate) fn enter_in(
    tx: &mut Tx<'_>,
    shop: &Shop,
    wish: &Enter,
    free: &MayEnter,
    at: Instant,
) -> Outcome<Entered, SaleRefusal> {
    let MayEnter { person, present, last_hold_ends, had, .. } = free;
    let traits: Vec<_> = person.iter().map(|(_, hash)| hash).collect();
    let entry = match wish.way {
        Way::Code => enter_with_in(tx, shop, wish.sale, wish.code.as_deref(), person, at)?,
        _ => EntryId::new(at, &shop.random),
    };
    let good_for = last_hold_ends.seconds_since(at).max(1);
    let ticket = shop.keys.tickets().sign(&Ticket {
        sale: wish.sale,
        entry,
        market: wish.market,
        way: wish.way,
        present: *present,
        person: *person,
        issued_at: at,
        valid_seconds: u32::try_from(good_for).unwrap_or(u32::MAX),
        had: u8::try_from((*had).max(0)).unwrap_or(u8::MAX),
    });
    if wish.way == Way::Code
        && let Some(handed_over) = entries::get(tx, wish.sale, entry)?
    {
        // A code that was passed on: the entry stays, and belongs to somebody else.
        entries::hand_over(tx, wish.sale, entry, &ticket)?;
        entries::add_traits(tx, wish.sale, entry, &traits)?;
        let present = handed_over.present;
        return Ok(Entered { entry, ticket, present, before: false });
    }
    let kept = KeptEntry {
        sale: wish.sale,
        entry,
        market: wish.market,
        way: wish.way,
        present: *present,
        ticket: ticket.clone(),
        entered_at: at,
    };
    entries::insert(tx, &kept, &traits)?;
    Ok(Entered { entry, ticket, present: *present, before: false })
}
