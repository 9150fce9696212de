//! The sales that run, in memory: what the hot path looks things up in.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Country, Instant};
use kontor_domain::clearance::{Outcome, Place};
use kontor_domain::market::{Act, MarketCode};
use kontor_domain::sale::{
    Admission, Channel, Definition, Outlook, SaleState, Shuffle, Ticket, Way,
};
use kontor_ledger::sale::Standing;
use kontor_store::sale::lot::LotNumber;

use super::answer::SaleRefusal;
use super::curve::Curves;
use super::over::{AskedOver, Over};
use super::owner::LotOwner;
use super::place;
use super::report::LastReport;
use super::status::Measure;
use super::takers::Takers;
use super::turned_away::Counts;
use super::turns::Turns;
use crate::core::Known;

/// Every sale that runs.
#[derive(Debug)]
pub struct Sales {
    live: ArcSwap<HashMap<SaleId, Arc<LiveSale>>>,
    /// The name of this node in the leases of lots.
    pub(super) node: String,
    /// The last report that was made.
    pub(super) report: tokio::sync::Mutex<LastReport>,
    /// The curves that were looked at.
    pub(super) curves: Curves,
}

impl Sales {
    /// No sales yet, on the node with this name.
    #[must_use]
    pub fn new(node: impl Into<String>) -> Self {
        Self {
            live: ArcSwap::default(),
            node: node.into(),
            report: tokio::sync::Mutex::default(),
            curves: Curves::default(),
        }
    }

    /// A sale that the public may know of and that is not over.
    #[must_use]
    pub fn live(&self, id: SaleId) -> Option<Arc<LiveSale>> {
        self.live.load().get(&id).cloned()
    }

    /// Whether no sale runs here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.live.load().is_empty()
    }

    /// Every sale that runs, in the order of their ids.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<LiveSale>> {
        let mut all: Vec<_> = self.live.load().values().cloned().collect();
        all.sort_by_key(|sale| sale.definition.sale);
        all
    }

    /// The owner of a lot, if the lot is of a sale that runs here.
    #[must_use]
    pub fn owner(&self, lot: LotNumber) -> Option<Arc<LotOwner>> {
        let live = self.live.load();
        live.values().flat_map(|sale| sale.owners()).find(|owner| owner.lot() == lot).cloned()
    }

    pub(super) fn replace(&self, live: HashMap<SaleId, Arc<LiveSale>>) {
        self.live.store(Arc::new(live));
    }

    /// Lets every owner finish its batch; nothing is taken afterwards.
    pub(crate) fn stop(&self) {
        for owner in self.live.load().values().flat_map(|sale| sale.owners()) {
            owner.stop();
        }
        self.live.store(Arc::default());
    }
}

/// Free units of other lots before anybody has looked: as if there were many.
const NOT_LOOKED: u32 = u32::MAX;

/// One market's lots over one way in, and who may come in.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) market: MarketCode,
    pub(super) way: Way,
    pub(super) quota: u32,
    /// Units that one person may have.
    pub(super) per_person: u32,
    /// How long what is kept for somebody who is let in is kept, in seconds.
    turn_s: i64,
    pub(super) owners: Vec<Arc<LotOwner>>,
    /// The ranks of those who were present, lowest first, once the sale is live; in a batch also of those
    /// who came later, who stand behind them by when they came.
    pub(super) order: ArcSwap<Vec<u128>>,
    /// The last of those who came later that is in the order.
    pub(super) latest: Mutex<Option<EntryId>>,
    ordered: AtomicBool,
    /// So many of the order have been let in.
    pub(super) admitted: AtomicUsize,
    /// How many are noted in the database; in a batch also of those who are read later.
    pub(super) noted: AtomicUsize,
    /// Units that those of the order who are in and have not decided may take: nobody who came later has
    /// them.
    pub(super) reserved: AtomicU64,
    /// Units that those who came later are asking for.
    pub(super) asked_over: AskedOver,
    /// Free units in lots that are not owned here, and units on their way between two lots, as of the
    /// last look into the database; [`NOT_LOOKED`] before the first.
    pub(super) beside: AtomicU32,
    /// So many lots were owned here at that look.
    pub(super) here_then: AtomicUsize,
    /// Of so many from the front of the order everybody's turn is over.
    pub(super) passed: AtomicUsize,
    /// How many places were given up when the lots that are named were told.
    pub(super) told: Mutex<(i64, Vec<LotNumber>)>,
    pub(super) pace: Mutex<Pace>,
    /// Who of the order has taken units, for each lot of the way.
    pub(super) takers: ArcSwap<Vec<Takers>>,
    /// How far the claims of each lot were read for those who took units before its owner began.
    pub(super) read: Mutex<Vec<ReadUpTo>>,
}

/// How far a lot's claims were read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReadUpTo {
    /// The lease under which all that was there before it is read; 0: none.
    pub(super) fence: i64,
    /// The number of the last claim that was read.
    pub(super) last: u32,
}

/// How fast people are let in.
#[derive(Debug, Default)]
pub(super) struct Pace {
    pub(super) controller: Admission,
    pub(super) turns: Turns,
    /// When it was measured last, and how many claims there were then.
    pub(super) measured: Option<(Instant, u64)>,
    /// When somebody looked last, whether or not it was measured.
    pub(super) looked_at: Option<Instant>,
    /// People who were in and had not decided at the last look, and how many claims there were.
    pub(super) deciding: (u64, u64),
    /// Turns that ended since it was measured last, and how many of them with units.
    pub(super) ended: (u64, u64),
}

/// What was measured of a way in by turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasuredPace {
    /// Claims per second, rounded down.
    pub claims_per_s: u64,
    /// Of a thousand people whose turn ended, how many took units.
    pub yield_permille: u64,
}

impl Door {
    pub(super) fn new(
        channel: &Channel,
        definition: &Definition,
        owners: Vec<Arc<LotOwner>>,
    ) -> Self {
        Self {
            market: channel.market,
            way: channel.way,
            quota: channel.quota,
            per_person: definition.per_person.max(1),
            turn_s: definition.turn_seconds(channel.way),
            owners,
            order: ArcSwap::default(),
            latest: Mutex::default(),
            reserved: AtomicU64::new(0),
            asked_over: AskedOver::default(),
            ordered: AtomicBool::new(false),
            admitted: AtomicUsize::new(0),
            noted: AtomicUsize::new(0),
            beside: AtomicU32::new(NOT_LOOKED),
            here_then: AtomicUsize::new(0),
            passed: AtomicUsize::new(0),
            told: Mutex::default(),
            pace: Mutex::default(),
            takers: ArcSwap::default(),
            read: Mutex::default(),
        }
    }

    /// Free units of lots that are not owned here, as far as anybody has looked.
    pub(super) fn seen_beside(&self) -> u32 {
        match self.beside.load(Ordering::Acquire) {
            NOT_LOOKED => 0,
            units => units,
        }
    }

    /// Notes what lots have that are not owned here, as of a look at which so many were.
    pub(super) fn note_beside(&self, here: usize, units: u32) {
        self.here_then.store(here, Ordering::Release);
        self.beside.store(units, Ordering::Release);
    }

    pub(super) fn is_ordered(&self) -> bool {
        self.ordered.load(Ordering::Acquire)
    }

    /// `admitted` have been let in before, by another process.
    pub(super) fn set_order(&self, ranks: Vec<u128>, admitted: usize) {
        let first = match self.way {
            // Where everybody who is there can have all that one may have, nobody has to wait for a turn.
            Way::Rush if ranks.len() <= self.people_for(self.quota) => ranks.len(),
            Way::Rush => admitted,
            // As many win, or stand in the first batch, as there are units for.
            Way::Draw | Way::Batch => admitted.max(self.people_for(self.quota)),
            Way::Code => ranks.len(),
        };
        let first = first.min(ranks.len());
        // Until somebody has looked at the lots.
        self.keep_all();
        self.know_takers_anew(ranks.len());
        lock(&self.pace).turns = Turns::after(admitted, self.turn_s);
        self.noted.store(admitted, Ordering::Release);
        self.admitted.store(first, Ordering::Relaxed);
        self.order.store(Arc::new(ranks));
        self.ordered.store(true, Ordering::Release);
    }

    /// Puts those who came later into the order as it was; one that is found late stands before others who
    /// came after it, and none of those who are in loses their turn over it.
    pub(super) fn stand_in(&self, order: &[u128], new: &[u128]) {
        let admitted = self.admitted.load(Ordering::Acquire);
        let last_in = admitted.checked_sub(1).and_then(|last| order.get(last));
        let among = new.iter().filter(|rank| last_in.is_some_and(|last| *rank < last)).count();
        let is_behind = new.iter().min() > order.last();
        let mut all = [order, new].concat();
        all.sort_unstable();
        let places = all.len();
        lock(&self.pace).turns.moved_back(among);
        self.admitted.fetch_add(among, Ordering::AcqRel);
        self.order.store(Arc::new(all));
        // Who of them was in before a restart.
        self.admitted.fetch_max(self.noted.load(Ordering::Acquire).min(places), Ordering::AcqRel);
        let has_room = self.takers.load().iter().all(|takers| places <= takers.room());
        if !is_behind || !has_room {
            // Places have moved, or there are more of them than were reckoned with.
            self.know_takers_anew(places.saturating_mul(2));
        }
    }

    /// For how many people so many units are enough, if each takes what one may have; for one, if there
    /// is any.
    pub(super) fn people_for(&self, units: u32) -> usize {
        ((units / self.per_person) as usize).max(usize::from(units > 0))
    }

    /// So many people are in and have not decided.
    pub(super) fn reserve(&self, people: u64) {
        let units = people.saturating_mul(u64::from(self.per_person));
        self.reserved.store(units, Ordering::Release);
    }

    /// So many people more are in, until the next look counts who of all has not decided.
    pub(super) fn reserve_more(&self, people: usize) {
        let units = (people as u64).saturating_mul(u64::from(self.per_person));
        let more = |kept: u64| Some(kept.saturating_add(units));
        let _ = self.reserved.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
    }

    /// Nothing is over while nobody has looked at a lot since the order is known: whoever came later would have
    /// what those of the order are about to be let in for.
    pub(super) fn keep_all(&self) {
        self.reserved.store(u64::MAX, Ordering::Release);
    }

    /// The lots that are owned here.
    pub(super) fn here(&self) -> impl Iterator<Item = &Arc<LotOwner>> {
        self.owners.iter().filter(|owner| owner.is_ready())
    }

    /// Which of the owners has the lot that is a person's home.
    pub(super) fn home_of(&self, person: &[u8; 16]) -> usize {
        usize::from(person[15]) % self.owners.len().max(1)
    }

    /// Nobody is known to have taken units yet in an order of so many places: the lots' claims tell, and the
    /// places that were given up.
    fn know_takers_anew(&self, places: usize) {
        let takers = self.owners.iter().map(|_| Takers::new(places)).collect();
        self.takers.store(Arc::new(takers));
        lock(&self.read).clear();
        *lock(&self.told) = Default::default();
    }

    /// Notes that a person who has this place in the order has taken units, or has given it up: nothing is
    /// kept for it.
    pub(super) fn note_taker(&self, person: &[u8; 16], place: usize) {
        if let Some(of_lot) = self.takers.load().get(self.home_of(person)) {
            of_lot.note(place);
        }
    }

    /// How many of the places from `from` to before `to` have taken units in lots that are owned here.
    pub(super) fn took(&self, from: usize, to: usize) -> usize {
        let takers = self.takers.load();
        let own = self.owners.iter().zip(takers.iter()).filter(|(owner, _)| owner.is_ready());
        own.map(|(_, takers)| takers.count(from, to)).sum()
    }

    /// Units that are free and that nobody of the order has the right to before others.
    fn over(&self) -> u64 {
        let free = u64::from(sum(self.here()).free());
        free.saturating_sub(self.reserved.load(Ordering::Acquire))
    }

    /// Whether every unit is taken, here and, as far as anybody has looked, in lots of other nodes. Of a lot
    /// that is not owned here any more since that look nobody knows.
    pub(super) fn is_sold_out(&self) -> bool {
        self.here().count() >= self.here_then.load(Ordering::Acquire)
            && self.beside.load(Ordering::Acquire) == 0
            && sum(self.here()).free() == 0
    }

    /// How many of the order come before this rank.
    fn before(&self, rank: u128) -> usize {
        let order = self.order.load();
        if self.way.is_shuffled() {
            place::evenly(&order, rank)
        } else {
            order.partition_point(|other| *other < rank)
        }
    }
}

/// A sale that runs.
#[derive(Debug)]
pub struct LiveSale {
    /// What it is.
    pub definition: Definition,
    /// Where it stands.
    pub state: SaleState,
    /// What it is called.
    pub title: String,
    pub(super) doors: Vec<Arc<Door>>,
    pub(super) shuffle: Shuffle,
    /// Whom the limits turned away since it was written down last.
    pub(super) turned_away: Arc<Counts>,
    /// Whom it may be sold to, as of one snapshot.
    pub(super) cleared: ArcSwap<Cleared>,
}

/// By what right somebody may take units, if any are free.
#[derive(Clone, Copy, Debug)]
enum Right {
    /// By none now.
    None,
    /// By their place in the order, or by their code.
    Own,
    /// They have what is over.
    Over,
}

/// Whether it is somebody's turn, and by what right.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// It is not.
    NotYet,
    /// By their place in the order, or by their code.
    Theirs,
    /// Something is over, and they have that.
    Over,
}

/// To which countries the item may be sold, worked out once for the same facts.
#[derive(Debug, Default)]
pub(super) struct Cleared {
    /// The facts; none yet.
    known: Option<Arc<Known>>,
    pairs: Vec<(MarketCode, Country)>,
}

impl Cleared {
    fn is_of(&self, known: &Arc<Known>) -> bool {
        self.known.as_ref().is_some_and(|own| Arc::ptr_eq(own, known))
    }
}

impl LiveSale {
    /// Every owner of the sale's lots.
    pub fn owners(&self) -> impl Iterator<Item = &Arc<LotOwner>> {
        self.doors.iter().flat_map(|door| &door.owners)
    }

    /// Whether its owners were stopped, and take nothing any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.owners().any(|owner| owner.is_stopped())
    }

    fn door(&self, market: MarketCode, way: Way) -> Option<&Door> {
        self.doors.iter().find(|door| door.market == market && door.way == way).map(Arc::as_ref)
    }

    /// The place of an entry in the order of its way: by the secret, or as they came.
    fn rank(&self, ticket: &Ticket) -> u128 {
        rank_of(&self.shuffle, ticket.way, ticket.entry)
    }

    /// Whether the holder of a ticket may take units now. Those who were present come in by rank: in
    /// a rush at the measured rate, in a draw and in batches as many as there are units for, and more
    /// when some come back or are left. Whoever came later stands behind all of them: in a batch at their
    /// place, in a rush as soon as more is free than those who are in and have not decided may take. The same
    /// goes for those of a draw or a batch whose turn is over.
    #[must_use]
    pub fn is_turn(&self, ticket: &Ticket) -> bool {
        !matches!(self.turn(ticket), Turn::NotYet)
    }

    fn right(&self, door: &Door, ticket: &Ticket) -> Right {
        if ticket.way == Way::Code {
            return Right::Own;
        }
        if !door.is_ordered() {
            return Right::None;
        }
        let (admitted, length) = (door.admitted.load(Ordering::Acquire), door.order.load().len());
        match ticket.way {
            Way::Draw | Way::Batch => {
                let place = door.before(self.rank(ticket));
                match () {
                    () if place >= admitted => Right::None,
                    () if place < door.passed.load(Ordering::Acquire) => Right::Over,
                    () => Right::Own,
                }
            }
            _ if ticket.present => {
                let is_in = admitted >= length || door.before(self.rank(ticket)) < admitted;
                if is_in { Right::Own } else { Right::None }
            }
            _ if admitted >= length => Right::Over,
            _ => Right::None,
        }
    }

    /// Whether the holder of a ticket was let in by their place and had the time to take what was kept for
    /// it: whoever is next has that now, and they have what is left over.
    pub(super) fn has_passed(&self, ticket: &Ticket) -> bool {
        let door = self.door(ticket.market, ticket.way).filter(|_| ticket.way.keeps_long());
        door.is_some_and(|door| matches!(self.right(door, ticket), Right::Over))
    }

    /// Until when something is kept for the holder of a ticket, in a way that keeps it for long.
    pub(super) fn kept_until(&self, ticket: &Ticket, at: Instant) -> Option<Instant> {
        let door = self.door(ticket.market, ticket.way).filter(|_| ticket.way.keeps_long())?;
        let is_own = matches!(self.right(door, ticket), Right::Own);
        let place = is_own.then(|| door.before(self.rank(ticket)))?;
        lock(&door.pace).turns.ends_at(place, at)
    }

    /// Whether it is the turn of a ticket's holder, and by what right.
    pub(super) fn turn(&self, ticket: &Ticket) -> Turn {
        let Some(door) = self.door(ticket.market, ticket.way) else { return Turn::NotYet };
        match self.right(door, ticket) {
            Right::Own => Turn::Theirs,
            Right::Over if door.over() > 0 => Turn::Over,
            Right::Over | Right::None => Turn::NotYet,
        }
    }

    /// Asks for so many of the units that are over, for the holder of a ticket who has those.
    ///
    /// # Errors
    ///
    /// [`SaleRefusal::NotYourTurn`] if fewer are over; [`SaleRefusal::Elsewhere`] if others ask for them at
    /// this moment: what becomes of that is not known yet.
    pub(super) fn ask_over(&self, ticket: &Ticket, units: u8) -> Result<Over, SaleRefusal> {
        let units = u64::from(units);
        let door = self.door(ticket.market, ticket.way).ok_or(SaleRefusal::NoWay)?;
        let asked = door.asked_over.ask(units, || door.over());
        asked.ok_or_else(|| match door.over() >= units {
            true => SaleRefusal::Elsewhere,
            false => SaleRefusal::NotYourTurn,
        })
    }

    /// Whether every unit of a market's way in is taken.
    pub(super) fn is_way_sold_out(&self, market: MarketCode, way: Way) -> bool {
        self.door(market, way).is_some_and(Door::is_sold_out)
    }

    /// How many come in before the holder of a ticket; none while the order is not known.
    #[must_use]
    pub fn ahead(&self, ticket: &Ticket) -> Option<u64> {
        let door = self.door(ticket.market, ticket.way).filter(|door| door.is_ordered())?;
        let in_order = ticket.present || ticket.way == Way::Batch;
        let place = if in_order { door.before(self.rank(ticket)) } else { door.order.load().len() };
        let ahead = place.saturating_sub(door.admitted.load(Ordering::Acquire)) as u64;
        // Whoever came later also stands behind those who are in and have not decided.
        let deciding = door.reserved.load(Ordering::Acquire) / u64::from(door.per_person);
        let deciding = deciding.min(door.order.load().len() as u64);
        Some(if in_order { ahead } else { ahead + deciding })
    }

    /// Notes that the holder of a ticket has taken units: nothing is kept for them any more.
    pub(super) fn note_taken(&self, ticket: &Ticket) {
        let Some(door) = self.door(ticket.market, ticket.way) else { return };
        let in_order = match ticket.way {
            Way::Rush | Way::Draw => ticket.present,
            Way::Batch => true,
            Way::Code => false,
        };
        if in_order {
            door.note_taker(ticket.entry.bytes(), door.before(self.rank(ticket)));
        }
    }

    /// What was measured of a way in; none if there is no such way.
    #[must_use]
    pub fn pace(&self, market: MarketCode, way: Way) -> Option<MeasuredPace> {
        let controller = lock(&self.door(market, way)?.pace).controller;
        Some(MeasuredPace {
            claims_per_s: controller.claims_per_s(),
            yield_permille: controller.yield_permille(),
        })
    }

    /// What the chance of a ticket's holder is worked out from.
    pub(super) fn outlook(&self, ticket: &Ticket, at: Instant) -> Measure {
        let per_person = self.definition.per_person;
        let none = Outlook {
            ahead: 0,
            free: 0,
            held: 0,
            deciding: 0,
            yield_permille: 1_000,
            per_person,
            in_the_open: false,
        };
        let Some(door) = self.door(ticket.market, ticket.way) else {
            return Measure { outlook: none, served_per_s: 0 };
        };
        let standing = sum(&door.owners);
        let in_order = ticket.present || ticket.way == Way::Batch;
        let pace = lock(&door.pace);
        let (controller, (deciding, claims)) = (pace.controller, pace.deciding);
        // In a rush everybody may take what is free whose turn is over, and whoever came later.
        let turn_is_over = || {
            let place = door.before(self.rank(ticket));
            self.is_turn(ticket) && pace.turns.ends_at(place, at).is_none()
        };
        let in_a_rush =
            ticket.way == Way::Rush && door.is_ordered() && (!in_order || turn_is_over());
        drop(pace);
        // In a draw and a batch they have what is over, as whoever came later to a rush.
        let has_passed = self.has_passed(ticket);
        let in_the_open = in_a_rush || has_passed;
        // Since the last look some of them have decided.
        let deciding = deciding.saturating_sub(u64::from(standing.claims).saturating_sub(claims));
        let deciding = match ticket.way {
            // Nobody has what is there for another's place.
            Way::Draw | Way::Batch if has_passed => deciding,
            Way::Draw | Way::Batch if self.is_turn(ticket) => 0,
            // Whoever asks and is in is one of them, and does not stand before themselves.
            _ => deciding.saturating_sub(u64::from(in_order && self.is_turn(ticket))),
        };
        let ahead = match self.ahead(ticket) {
            // Those who have not decided are counted apart.
            Some(ahead) if !in_order => ahead.saturating_sub(deciding),
            Some(ahead) => ahead,
            None => door.order.load().len() as u64,
        };
        let outlook = Outlook {
            ahead,
            free: u64::from(standing.free()),
            held: u64::from(standing.taken - standing.sold),
            deciding,
            in_the_open,
            yield_permille: u16::try_from(controller.yield_permille()).unwrap_or(1_000),
            per_person,
        };
        Measure { outlook, served_per_s: controller.claims_per_s() }
    }

    /// The lot in which a person buys: always the same one, so that a person's limit and a
    /// repetition are decided in one place.
    pub(super) fn home(
        &self,
        market: MarketCode,
        way: Way,
        person: &[u8; 16],
    ) -> Option<&Arc<LotOwner>> {
        let door = self.door(market, way)?;
        door.owners.get(door.home_of(person))
    }

    /// Whether another lot of a person's way has a unit that may move to theirs.
    pub(super) fn is_free_beside(&self, market: MarketCode, way: Way, lot: LotNumber) -> bool {
        let Some(door) = self.door(market, way).filter(|door| door.owners.len() > 1) else {
            return false;
        };
        // One that reads its lot anew at this moment stood so before; whoever asks again finds out.
        let others = door.owners.iter().filter(|owner| owner.lot() != lot);
        door.beside.load(Ordering::Acquire) > 0
            || others.map(AsRef::as_ref).any(|owner: &LotOwner| owner.standing().is_open())
    }

    /// Whether every unit of every lot is taken, here and on other nodes.
    pub(super) fn is_sold_out(&self) -> bool {
        !self.doors.is_empty() && self.doors.iter().all(|door| door.is_sold_out())
    }

    /// Whether every unit of the lots that are owned here is paid.
    pub(super) fn is_paid_here(&self) -> bool {
        let standing = self.standing_of_all();
        standing.sold == standing.quota
    }

    /// How all lots of a market's way stand together; none if there is no such way.
    #[must_use]
    pub fn standing(&self, market: MarketCode, way: Way) -> Option<Standing> {
        let door = self.door(market, way)?;
        Some(sum(&door.owners))
    }

    /// How the whole sale stands.
    #[must_use]
    pub fn standing_of_all(&self) -> Standing {
        sum(self.doors.iter().flat_map(|door| &door.owners))
    }

    /// Whether the item may be sold to `country` now. A withdrawn clearance makes other facts, and
    /// with them this is worked out anew; a stock level that changes does not.
    pub(super) fn is_cleared(
        &self,
        known: &Arc<Known>,
        market: MarketCode,
        country: Country,
        at: Instant,
    ) -> bool {
        let kept = self.cleared.load();
        if kept.is_of(known) {
            return kept.pairs.contains(&(market, country));
        }
        let cleared = self.clear_anew(known, at);
        cleared.pairs.contains(&(market, country))
    }

    /// Whether the item may be sold to anybody now.
    pub(super) fn is_cleared_anywhere(&self, known: &Arc<Known>, at: Instant) -> bool {
        let kept = self.cleared.load_full();
        let cleared = if kept.is_of(known) { kept } else { self.clear_anew(known, at) };
        !cleared.pairs.is_empty()
    }

    /// The countries of a market to which the item may be sold now.
    #[must_use]
    pub fn countries(&self, known: &Arc<Known>, market: MarketCode, at: Instant) -> Vec<Country> {
        let kept = self.cleared.load_full();
        let cleared = if kept.is_of(known) { kept } else { self.clear_anew(known, at) };
        let own = cleared.pairs.iter().filter(|(code, _)| *code == market);
        own.map(|(_, country)| *country).collect()
    }

    fn clear_anew(&self, known: &Arc<Known>, at: Instant) -> Arc<Cleared> {
        let pairs = cleared_pairs(known, &self.definition, at);
        let cleared = Arc::new(Cleared { known: Some(Arc::clone(known)), pairs });
        self.cleared.store(Arc::clone(&cleared));
        cleared
    }
}

/// The countries of a market to which a sale's item may be sold.
#[must_use]
pub fn cleared_countries(
    known: &Known,
    definition: &Definition,
    market: MarketCode,
    at: Instant,
) -> Vec<Country> {
    let pairs = cleared_pairs(known, definition, at).into_iter();
    pairs.filter(|(code, _)| *code == market).map(|(_, country)| country).collect()
}

/// To which countries, in which of the sale's markets, the item may be sold.
pub(super) fn cleared_pairs(
    known: &Known,
    definition: &Definition,
    at: Instant,
) -> Vec<(MarketCode, Country)> {
    let Some((variant, _)) = known.product(&definition.sku) else { return Vec::new() };
    let mut codes: Vec<_> = definition.channels.iter().map(|channel| channel.market).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut pairs = Vec::new();
    for market in codes.into_iter().filter_map(|code| known.market(code)) {
        if known.price(market, &definition.sku, at).is_none() {
            continue;
        }
        for country in &market.countries {
            let verdict = known.may(Act::Sell, variant, &Place::ship_to(market, *country), at);
            if verdict.is_some_and(|verdict| verdict.outcome != Outcome::Refused) {
                pairs.push((market.code, *country));
            }
        }
    }
    pairs
}

/// The place of an entry in the order of a way: by the secret, or as they came.
pub(super) fn rank_of(shuffle: &Shuffle, way: Way, entry: EntryId) -> u128 {
    if way.is_shuffled() {
        shuffle.rank(way, entry)
    } else {
        // Ids are ordered by time.
        u128::from_be_bytes(*entry.bytes())
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn sum<'a>(owners: impl IntoIterator<Item = &'a Arc<LotOwner>>) -> Standing {
    owners.into_iter().map(|owner| owner.standing()).fold(Standing::default(), |sum, one| {
        Standing {
            quota: sum.quota + one.quota,
            taken: sum.taken + one.taken,
            sold: sum.sold + one.sold,
            ended: sum.ended + one.ended,
            claims: sum.claims + one.claims,
            waiting: sum.waiting + one.waiting,
            halted: sum.halted || one.halted,
        }
    })
}
