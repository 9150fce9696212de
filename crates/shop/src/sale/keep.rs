//! The keeper of sales: moves each through its life by the clock, starts and stops the owners of
//! its lots, makes the order when it goes live, and has people let in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use kontor_base::Instant;
use kontor_base::id::SaleId;
use kontor_domain::sale::{Definition, Mover, SaleEvent, SaleState, Undecided, due, life_step};
use kontor_ledger::sale::{Command, LotRules};
use kontor_store::sale::deposit as deposits;
use kontor_store::sale::lot::{self as lots, KeptLot};
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::{StoreError, Topic, Tx};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::board::{Door, LiveSale, cleared_pairs};
use super::let_in::let_in;
use super::line::{self, ClosedList};
use super::owner::{LotOwner, Surroundings};
use super::roll::roll_over_unsold;
use super::settle::{close_in, is_any_held};
use super::spread::spread;
use super::turned_away::{self, Counts};
use crate::core::Shop;
use crate::hook::{Happened, write_down_in};

/// How often the keeper looks, if nobody says that a sale has changed.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(250);

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
    turned_away::write_down_all(&shop, shop.sales.all()).await;
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
            Some(live) if live.state == sale.state && !live.is_stopped() => Arc::clone(live),
            _ => Arc::new(raise(shop, &sale, was.map(Arc::as_ref)).await?),
        };
        stand_still_or_go_on(&live).await;
        // After the end nothing is given out any more: the last holds end.
        if live.state.takes_claims() && shop.now() < live.definition.windows.ends_at {
            roll_over_unsold(shop, &live).await?;
            spread(shop, &live).await?;
            let_in(shop, &live).await?;
        } else if live.state == SaleState::Halted {
            live.doors.iter().for_each(|door| door.stand_still(shop.now()));
        }
        turned_away::write_down(shop, &live).await?;
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

/// Tells the lots that are owned here what the sale's state says: while it is halted, nothing that comes
/// back is offered to those who wait, and nobody loses their place over an offer that cannot be paid.
async fn stand_still_or_go_on(live: &LiveSale) {
    let halted = live.state == SaleState::Halted;
    let command = if halted { Command::Halt } else { Command::Resume };
    for owner in live.owners().filter(|owner| owner.is_ready()) {
        if owner.standing().halted != halted
            && let Err(refusal) = owner.ask(command).await
        {
            // The next look tries again.
            tracing::warn!(lot = owner.lot(), ?refusal, ?command, "a lot could not be told");
        }
    }
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
    let counted = undecided(shop, sale, live, at).await?;
    let sold_out = live.is_some_and(|live| live.state == SaleState::Live && live.is_sold_out());
    if sale.state == SaleState::Doors && sale.definition.beacon.is_some() && sale.beacon.is_none() {
        // The order cannot be made before the beacon's value is known, and that is taken only when
        // everybody can see who is in the list.
        if at >= windows.live_at {
            line::close(shop, &sale.definition, at).await?;
        }
        return Ok(None);
    }
    let (event, by) = match due(sale.state, &sale.definition, at, counted) {
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
        turned_away::write_down(shop, live).await?;
        // Nothing may be decided in memory once the units go back.
        let live = Arc::clone(live);
        let _ = tokio::task::spawn_blocking(move || live.owners().for_each(|o| o.stop())).await;
        // A claim that came in the last moment was written with the owner's last batch.
        let left = undecided(shop, sale, None, at).await?;
        if due(sale.state, &sale.definition, at, left) != Some(event) {
            return Ok(None);
        }
    }
    let units = sale.definition.units();
    let moved = shop
        .db
        .write("sale.step", move |tx| {
            // What was seen in memory may be the half of it: an owner that reads its lot anew, or a lot that
            // went to another node, has nothing free here.
            if event == SaleEvent::SellOut && taken_in(tx, id)? < units {
                return Ok(false);
            }
            if event == SaleEvent::Settle && is_any_held(tx, id)? {
                return Ok(false);
            }
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

/// Units that are taken in all lots of a sale, as their rows tell.
fn taken_in(tx: &mut Tx<'_>, sale: SaleId) -> Result<u64, StoreError> {
    Ok(lots::of_sale(tx, sale)?.iter().map(|lot| u64::from(lot.taken)).sum())
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

/// What is not decided yet in a sale that may be over, from what the lots have counted with their last
/// batch. One that cannot be over yet is not asked.
async fn undecided(
    shop: &Shop,
    sale: &KeptSale,
    live: Option<&Arc<LiveSale>>,
    at: Instant,
) -> Result<Undecided, StoreError> {
    let Definition { ends_when_sold, windows, .. } = &sale.definition;
    let paid = *ends_when_sold
        && sale.state == SaleState::SoldOut
        && live.is_none_or(|live| live.is_paid_here());
    let ends = sale.state.takes_claims() && at >= windows.ends_at;
    if !ends && !paid {
        return Ok(Undecided { held: 0, unsold: 1 });
    }
    let (id, units) = (sale.definition.sale, sale.definition.units());
    let kept = shop.db.read("sale.undecided", move |tx| lots::of_sale(tx, id)).await?;
    let sold: u64 = kept.iter().map(|lot| u64::from(lot.counted.sold)).sum();
    let taken: u64 = kept.iter().map(|lot| u64::from(lot.taken)).sum();
    // Units that are on their way from one lot to another are in none, and not sold.
    Ok(Undecided { held: taken.saturating_sub(sold), unsold: units.saturating_sub(sold) })
}

/// Puts a sale on the board as it stands now, with the owners that it had: with new ones, if those were
/// stopped to settle it and it could not be settled.
async fn raise(
    shop: &Arc<Shop>,
    sale: &KeptSale,
    was: Option<&LiveSale>,
) -> Result<LiveSale, StoreError> {
    let definition = sale.definition.clone();
    let shuffle = sale.secret.shuffle(definition.sale, sale.beacon.as_ref());
    let going_on = was.filter(|was| !was.is_stopped());
    let mut doors: Vec<Arc<Door>> = going_on.map_or_else(Vec::new, |was| was.doors.clone());
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
    let turned_away =
        was.map_or_else(|| Arc::new(Counts::new(&definition)), |was| Arc::clone(&was.turned_away));
    Ok(LiveSale {
        definition,
        state: sale.state,
        title: sale.title.clone(),
        doors,
        shuffle,
        turned_away,
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
        doors.push(Arc::new(Door::new(channel, &sale.definition, owners)));
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
