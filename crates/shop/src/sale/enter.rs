//! Enters a sale: the person is known by hashes of what they say of themselves, and gets a signed
//! ticket. The same person gets the same ticket again.

use std::sync::Arc;

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Country, Email, Phone};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{SaleState, Ticket, Way};
use kontor_store::sale::entry::{self as entries, KeptEntry};
use kontor_store::sale::{self as sales, excluded};

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
    let own = Arc::clone(shop);
    let live = shop.sales.live(wish.sale);
    shop.db
        .write("sale.enter", move |tx| {
            let refuse = |refusal| Err(Failure::Refused(refusal));
            // What a sale is does not change once the public knows of it, and is in memory where it
            // runs; where it stands is what this transaction sees.
            let read = match live {
                Some(_) => None,
                None => sales::get(tx, wish.sale)?,
            };
            let known_of = match (&live, &read) {
                (Some(live), _) => {
                    sales::state(tx, wish.sale)?.map(|state| (&live.definition, state))
                }
                (None, Some(kept)) => Some((&kept.definition, kept.state)),
                (None, None) => None,
            };
            let Some((definition, state)) = known_of.filter(|(_, state)| state.is_public()) else {
                return refuse(SaleRefusal::Unknown);
            };
            let open = state.takes_entries() || state == SaleState::SoldOut;
            if !open || at < definition.windows.registration_at || at >= definition.windows.ends_at
            {
                return refuse(SaleRefusal::NoEntries);
            }
            if definition.quota(wish.market, wish.way) == 0 {
                return refuse(SaleRefusal::NoWay);
            }
            let known = own.snapshots.current_in(tx, at)?;
            let cleared = match &live {
                Some(live) => live.is_cleared(&known, wish.market, wish.ship_to, at),
                None => {
                    cleared_pairs(&known, definition, at).contains(&(wish.market, wish.ship_to))
                }
            };
            if !cleared {
                return refuse(SaleRefusal::NotCleared);
            }
            let person = keys(&own, &wish.email, wish.phone.as_ref());
            let traits: Vec<_> = person.iter().map(|(_, hash)| hash).collect();
            // What the state says counts, not the clock: the order is made from who is there when
            // the state changes, in a later transaction than this.
            let closed = definition.beacon.is_some() && sales::are_entries_closed(tx, wish.sale)?;
            let present = !state.takes_claims() && !closed;
            if wish.way == Way::Draw && !present {
                return refuse(SaleRefusal::NoEntries);
            }
            if excluded::any(tx, &traits)? {
                return refuse(SaleRefusal::Excluded);
            }
            if let Some(before) = entries::of_person(tx, wish.sale, &traits)? {
                if (before.way, before.market) != (wish.way, wish.market) {
                    return refuse(SaleRefusal::EnteredElsewhere);
                }
                let KeptEntry { entry, ticket, present, .. } = before;
                return Ok(Entered { entry, ticket, present, before: true });
            }
            let bought = entries::bought_of(tx, None, &traits, &definition.sku)?;
            if bought >= i64::from(definition.per_person) {
                return refuse(SaleRefusal::PersonLimit);
            }
            let entry = match wish.way {
                Way::Code => enter_with_in(tx, &own, wish.sale, wish.code.as_deref(), &person, at)?,
                _ => EntryId::new(at, &own.random),
            };
            let good_for = definition.last_hold_ends().seconds_since(at).max(1);
            let ticket = own.keys.tickets().sign(&Ticket {
                sale: wish.sale,
                entry,
                market: wish.market,
                way: wish.way,
                present,
                person,
                issued_at: at,
                valid_seconds: u32::try_from(good_for).unwrap_or(u32::MAX),
            });
            if let Some(handed_over) = entries::get(tx, wish.sale, entry)? {
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
                present,
                ticket: ticket.clone(),
                entered_at: at,
            };
            entries::insert(tx, &kept, &traits)?;
            Ok(Entered { entry, ticket, present, before: false })
        })
        .await
}
