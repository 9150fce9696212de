//! The keeper of sales: moves each through its life by the clock, starts and stops the owners of
//! its lots, makes the order when it goes live, and lets people in at the measured rate.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use arc_swap::ArcSwap;
use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::sale::{Floor, Measured, Mover, SaleEvent, SaleState, Way, due, life_step};
use kontor_ledger::sale::{LotRules, Standing};
use kontor_store::sale::channel as channels;
use kontor_store::sale::deposit as deposits;
use kontor_store::sale::lot::{self as lots, KeptLot};
use kontor_store::sale::{self as sales, KeptSale, batch};
use kontor_store::{StoreError, Topic};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::board::{Door, LiveSale, Pace, cleared_pairs};
use super::given_up::note_given_up;
use super::line::{self, ClosedList};
use super::owner::{LotOwner, Surroundings};
use super::roll::roll_over_unsold;
use super::settle::close_in;
use super::spread::spread;
use crate::core::Shop;
use crate::hook::{Happened, write_down_in};

/// How often the keeper looks, if nobody says that a sale has changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The fewest people who are let in together while there are units.
const STEP_MIN: u64 = 100;
/// So many turns have to be over before they say something of how many take units: one person alone would
/// count as much as a hundred.
const TURNS_MIN: u64 = 20;
/// The most people who may be choosing at the same time.
const DECIDING_MAX: u64 = 100_000;

/// Keeps the sales until `stop` says so; then every owner finishes its batch.
pub(crate) async fn keep_sales(shop: Arc<Shop>, mut stop: watch::Receiver<bool>) {
    let mut changes = shop.db.changes();
    while !*stop.borrow() {
        if let Err(fault) = advance(&shop).await {
            tracing::error!(%fault, "the sales could not be looked through");
        }
        let before = changes.borrow_and_update().of(Topic::Sale);
        let changed = async {
            while changes.changed().await.is_ok() {
                if changes.borrow().of(Topic::Sale) != before {
                    return;
                }
            }
        };
        tokio::select! {
            _ = stop.changed() => {}
            _ = timeout(LOOK_EVERY, changed) => {}
        }
    }
    let own = Arc::clone(&shop);
    if tokio::task::spawn_blocking(move || own.sales.stop()).await.is_err() {
        tracing::error!("the owners of lots were not stopped in order");
    }
}

/// One look: every sale is brought to where the clock says it is, and the board shows it.
///
/// # Errors
///
/// A fault of the store.
pub async fn advance(shop: &Arc<Shop>) -> Result<(), StoreError> {
    let kept = shop.db.read("sale.look", sales::all).await?;
    // One that is being made at this moment is not old.
    if let Ok(mut report) = shop.sales.report.try_lock() {
        report.forget_old(shop.now());
    }
    let before: HashMap<SaleId, Arc<LiveSale>> =
        shop.sales.all().into_iter().map(|sale| (sale.definition.sale, sale)).collect();
    let mut now_live = HashMap::new();
    for mut sale in kept {
        let id = sale.definition.sale;
        let was = before.get(&id);
        while let Some(to) = next_state(shop, &sale, was).await? {
            sale.state = to;
        }
        if !runs(sale.state) {
            continue;
        }
        let live = match was {
            Some(live) if live.state == sale.state => Arc::clone(live),
            _ => Arc::new(raise(shop, &sale, was.map(Arc::as_ref)).await?),
        };
        if live.state.takes_claims() {
            roll_over_unsold(shop, &live).await?;
            spread(shop, &live).await?;
            let_in(shop, &live).await?;
        } else if live.state == SaleState::Halted {
            live.doors.iter().for_each(|door| door.stand_still(shop.now()));
        }
        now_live.insert(id, live);
    }
    let gone: Vec<_> =
        before.into_values().filter(|sale| !now_live.contains_key(&sale.definition.sale)).collect();
    shop.sales.replace(now_live);
    if !gone.is_empty() {
        let stopping = tokio::task::spawn_blocking(move || {
            gone.iter().flat_map(|sale| sale.owners()).for_each(|owner| owner.stop());
        });
        if stopping.await.is_err() {
            tracing::error!("the owners of a sale that is over were not stopped in order");
        }
    }
    Ok(())
}

const fn runs(state: SaleState) -> bool {
    state.is_public() && state.owns_units()
}

const fn has_owners(state: SaleState) -> bool {
    matches!(state, SaleState::Doors | SaleState::Live | SaleState::SoldOut | SaleState::Halted)
}

/// Takes the next step that the clock or the count owes a sale; gives where it leads.
async fn next_state(
    shop: &Arc<Shop>,
    sale: &KeptSale,
    live: Option<&Arc<LiveSale>>,
) -> Result<Option<SaleState>, StoreError> {
    let at = shop.now();
    if let Some(to) = halt_uncleared(shop, sale, live, at).await? {
        return Ok(Some(to));
    }
    let windows = sale.definition.windows;
    let ends = sale.state.takes_claims() && at >= windows.ends_at;
    let holds_open = if ends { open_holds(shop, sale.definition.sale).await? } else { 0 };
    let sold_out = live.is_some_and(|live| live.state == SaleState::Live && live.is_sold_out());
    if sale.state == SaleState::Doors && sale.definition.beacon.is_some() && sale.beacon.is_none() {
        // The order cannot be made before the beacon's value is known, and that is taken only when
        // everybody can see who is in the list.
        if at >= windows.live_at {
            line::close(shop, &sale.definition, at).await?;
        }
        return Ok(None);
    }
    let (event, by) = match due(sale.state, &windows, at, holds_open) {
        Some(event) => (event, Mover::Clock),
        None if sale.state == SaleState::Live && sold_out => (SaleEvent::SellOut, Mover::Engine),
        None => return Ok(None),
    };
    let Ok(to) = life_step(sale.state, event, by) else { return Ok(None) };
    if event == SaleEvent::Report && is_any_deposit_held(shop, sale).await? {
        // The report says that none was kept: it comes out when the keeper of deposits is done.
        return Ok(None);
    }
    let (own, id, from) = (Arc::clone(shop), sale.definition.sale, sale.state);
    if event == SaleEvent::Settle
        && let Some(live) = live
    {
        // Nothing may be decided in memory once the units go back.
        let live = Arc::clone(live);
        let _ = tokio::task::spawn_blocking(move || live.owners().for_each(|o| o.stop())).await;
    }
    let moved = shop
        .db
        .write("sale.step", move |tx| {
            if !sales::set_state(tx, id, from, to)? {
                return Ok(false);
            }
            if to == SaleState::Live {
                sales::close_entries(tx, id, at)?;
            }
            if to == SaleState::SoldOut {
                write_down_in(tx, &own, Happened::sold_out(id), at)?;
            }
            if event == SaleEvent::Settle {
                let units = close_in(tx, &own, id, at)?;
                tracing::info!(sale = %id, units, "unsold units went back");
            }
            Ok::<_, StoreError>(true)
        })
        .await?;
    if moved {
        tracing::info!(sale = %id, from = from.word(), to = to.word(), "a sale went on");
    }
    // Where another node was faster, the next look sees it.
    Ok(moved.then_some(to))
}

/// Halts a sale whose item may be sold to nobody any more: a clearance was withdrawn, an authority has
/// ordered it, or it has no price. Where one market of several is left, the others are refused by
/// themselves. Nobody but staff lets it go on, and not before it may be sold again.
async fn halt_uncleared(
    shop: &Arc<Shop>,
    sale: &KeptSale,
    live: Option<&Arc<LiveSale>>,
    at: Instant,
) -> Result<Option<SaleState>, StoreError> {
    let Ok(to) = life_step(sale.state, SaleEvent::Halt, Mover::Engine) else { return Ok(None) };
    let known = Arc::clone(&shop.snapshots.published().known);
    let may = match live {
        Some(live) => live.is_cleared_anywhere(&known, at),
        None => !cleared_pairs(&known, &sale.definition, at).is_empty(),
    };
    if may {
        return Ok(None);
    }
    let (own, definition, from) = (Arc::clone(shop), sale.definition.clone(), sale.state);
    let id = definition.sale;
    let moved = shop
        .db
        .write("sale.halt_uncleared", move |tx| {
            // What was published a moment ago may be old; what this transaction sees counts.
            let known = own.snapshots.current_in(tx, at)?;
            let may = !cleared_pairs(&known, &definition, at).is_empty();
            Ok::<_, StoreError>(!may && sales::set_state(tx, id, from, to)?)
        })
        .await?;
    if moved {
        tracing::warn!(sale = %id, "a sale was halted: its item may be sold to nobody");
    }
    Ok(moved.then_some(to))
}

async fn is_any_deposit_held(shop: &Shop, sale: &KeptSale) -> Result<bool, StoreError> {
    let id = sale.definition.sale;
    if sale.definition.deposits.is_empty() {
        return Ok(false);
    }
    shop.db.read("sale.deposits_held", move |tx| deposits::is_any_held(tx, id)).await
}

async fn open_holds(shop: &Shop, sale: SaleId) -> Result<u64, StoreError> {
    shop.db
        .read("sale.open_holds", move |tx| {
            let mut open = 0;
            for lot in lots::of_sale(tx, sale)? {
                for tally in batch::tally(tx, lot.lot)? {
                    if matches!(tally.state.as_str(), "held" | "checkout") {
                        open += u64::try_from(tally.claims).unwrap_or(0);
                    }
                }
            }
            Ok(open)
        })
        .await
}

/// Puts a sale on the board as it stands now, with the owners that it had.
async fn raise(
    shop: &Arc<Shop>,
    sale: &KeptSale,
    was: Option<&LiveSale>,
) -> Result<LiveSale, StoreError> {
    let definition = sale.definition.clone();
    let shuffle = sale.secret.shuffle(definition.sale, sale.beacon.as_ref());
    let mut doors: Vec<Arc<Door>> = was.map_or_else(Vec::new, |was| was.doors.clone());
    if doors.is_empty() && has_owners(sale.state) {
        let id = definition.sale;
        let lots = shop.db.read("sale.lots", move |tx| lots::of_sale(tx, id)).await?;
        doors = open_doors(shop, sale, &lots)?;
    }
    if sale.state.takes_claims() && doors.iter().any(|door| !door.is_ordered()) {
        let list = ClosedList::publish(shop, &definition).await?;
        for door in doors.iter().filter(|door| !door.is_ordered()) {
            let (ranks, admitted) = list.ranks(&shuffle, door.market, door.way);
            door.set_order(ranks, admitted);
        }
    }
    Ok(LiveSale {
        definition,
        state: sale.state,
        title: sale.title.clone(),
        doors,
        shuffle,
        cleared: ArcSwap::default(),
    })
}

fn open_doors(
    shop: &Arc<Shop>,
    sale: &KeptSale,
    lots: &[KeptLot],
) -> Result<Vec<Arc<Door>>, StoreError> {
    let mut doors = Vec::new();
    for channel in &sale.definition.channels {
        let own = lots.iter().filter(|lot| lot.market == channel.market && lot.way == channel.way);
        let owners =
            own.map(|lot| start_owner(shop, sale, lot)).collect::<Result<Vec<_>, StoreError>>()?;
        doors.push(Arc::new(Door::new(channel.market, channel.way, channel.quota, owners)));
    }
    Ok(doors)
}

fn start_owner(
    shop: &Arc<Shop>,
    sale: &KeptSale,
    lot: &KeptLot,
) -> Result<Arc<LotOwner>, StoreError> {
    let definition = &sale.definition;
    let around = Surroundings {
        db: shop.db.clone(),
        clock: shop.clock.clone(),
        runtime: Handle::current(),
        node: shop.sales.node.clone(),
        comes_first: shop.policy.share.has(lot.lot),
        market_units: definition.units_of(lot.market),
        rules: LotRules {
            hold_s: definition.hold_seconds(),
            extension_s: kontor_base::limits::HOLD_EXTENSION_S,
            units_max: u8::try_from(definition.per_person).unwrap_or(u8::MAX),
            ends_at: definition.windows.ends_at,
        },
    };
    LotOwner::start(lot, around).map_err(|error| StoreError::Fault {
        what: "start of a lot's owner".into(),
        problem: error.to_string().into(),
    })
}

/// Lets the next ones in, and keeps how many were, for the report and for whoever comes after a
/// crash: nobody who was in is sent back into the line.
async fn let_in(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    let mut moved = Vec::new();
    note_given_up(shop, live).await?;
    for door in &live.doors {
        door.let_in(shop.now());
        let admitted = door.admitted.load(Ordering::Acquire);
        if door.noted.swap(admitted, Ordering::AcqRel) < admitted {
            moved.push((door.market, door.way, admitted as u64));
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let id = live.definition.sale;
    shop.db
        .write("sale.let_in", move |tx| {
            moved.iter().try_for_each(|(market, way, admitted)| {
                channels::let_in(tx, id, *market, *way, *admitted)
            })
        })
        .await
}

impl Door {
    /// Lets the next ones in: in a rush as many as will, at the measured yield, take what is free;
    /// in a draw and in batches as many as there are units, and one for each that came back or whose
    /// place was given up.
    fn let_in(&self, at: Instant) {
        let line = self.order.load();
        let (length, admitted) = (line.len(), self.admitted.load(Ordering::Relaxed));
        if admitted >= length {
            return;
        }
        let standing = super::board::sum(&self.owners);
        let next = match self.way {
            Way::Rush => self.at_the_measured_rate(&standing, length, admitted, at),
            Way::Draw | Way::Batch => {
                let reach = (self.quota.max(standing.quota) + standing.ended) as usize;
                (reach + self.vacated.load(Ordering::Relaxed)).saturating_sub(admitted)
            }
            Way::Code => length,
        };
        self.admitted.store(admitted.saturating_add(next).min(length), Ordering::Release);
    }

    fn at_the_measured_rate(
        &self,
        standing: &Standing,
        length: usize,
        admitted: usize,
        at: Instant,
    ) -> usize {
        let mut pace = self.pace.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let claims = u64::from(standing.claims);
        let here = self.owners.iter().filter(|owner| owner.is_ready()).count();
        pace.turns.let_in(admitted, at);
        let turned = pace.turns.look(&self.takers.load(), (here, self.owners.len()), claims, at);
        pace.looked_at = Some(at);
        pace.deciding = (turned.deciding, claims);
        pace.ended.0 += turned.decided;
        pace.ended.1 += turned.took;
        pace.measure(claims, at);
        let floor = Floor {
            // Units of other lots move to where people ask, if anybody may ask.
            free: u64::from(standing.free()) + u64::from(self.seen_beside()),
            deciding: turned.deciding,
            waiting: (length - admitted) as u64,
            step_min: STEP_MIN,
            deciding_max: DECIDING_MAX,
        };
        // While there are units the line moves, be it by one; those who do not come are no longer
        // waited for when their turn has passed.
        let next = pace.controller.next(&floor).max(u64::from(floor.free > 0));
        let next = if floor.free == 0 { 0 } else { usize::try_from(next).unwrap_or(usize::MAX) };
        pace.turns.let_in(admitted.saturating_add(next).min(length), at);
        next
    }

    /// The sale is halted: nobody's turn passes, and nothing is measured.
    fn stand_still(&self, at: Instant) {
        let mut pace = self.pace.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(before) = pace.looked_at.replace(at) {
            pace.turns.stand_still(at.micros().saturating_sub(before.micros()).max(0));
        }
        pace.measured = None;
    }
}

impl Pace {
    /// Tells the controller what has happened since it was told last. The keeper also looks whenever a
    /// sale has changed: what a few milliseconds show is kept until there is enough of it.
    fn measure(&mut self, claims: u64, at: Instant) {
        let Some((before, claims_before)) = self.measured else {
            self.measured = Some((at, claims));
            return;
        };
        let elapsed_ms = at.micros().saturating_sub(before.micros()) / 1_000;
        let elapsed_ms = u64::try_from(elapsed_ms).unwrap_or(0);
        if at < before {
            // The clock was put back.
            self.measured = Some((at, claims));
        } else if u128::from(elapsed_ms) >= LOOK_EVERY.as_millis() {
            let enough = self.ended.0 >= TURNS_MIN;
            let (decided, took) =
                if enough { std::mem::take(&mut self.ended) } else { Default::default() };
            let claimed = claims.saturating_sub(claims_before);
            self.controller.observe(Measured { elapsed_ms, claimed, decided, took });
            self.measured = Some((at, claims));
        }
    }
}
