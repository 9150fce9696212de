//! Lets people in: in a rush as many as will, at the measured yield, take what is free; in a draw and in
//! batches as many as there are units for.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use kontor_base::Instant;
use kontor_domain::sale::{Floor, Measured, Way};
use kontor_store::StoreError;
use kontor_store::sale::channel as channels;

use super::board::{Door, LiveSale, Pace, lock, sum};
use super::given_up::note_given_up;
use super::keep::LOOK_EVERY;
use super::line;
use super::takers::read_takers;
use super::turns::Turned;
use crate::core::Shop;

/// The fewest people who are let in together while there are units.
const STEP_MIN: u64 = 100;
/// So many turns have to be over before they say something of how many take units: one person alone would
/// count as much as a hundred.
const TURNS_MIN: u64 = 20;
/// The most people who may be choosing at the same time.
const DECIDING_MAX: u64 = 100_000;

/// Lets the next ones in, and keeps how many were, for the report and for whoever comes after a
/// crash: nobody who was in is sent back into the line.
pub(super) async fn let_in(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    let mut moved = Vec::new();
    let_in_elsewhere(shop, live).await?;
    line::stand_behind(shop, live).await?;
    note_given_up(shop, live).await?;
    read_takers(shop, live).await?;
    let at = shop.now();
    for door in &live.doors {
        let admitted = door.next_in(at);
        if door.noted.load(Ordering::Acquire) < admitted {
            moved.push((Arc::clone(door), admitted));
        }
    }
    if moved.is_empty() {
        return Ok(());
    }
    let (id, note) = (live.definition.sale, moved.clone());
    shop.db
        .write("sale.let_in", move |tx| {
            note.iter().try_for_each(|(door, admitted)| {
                channels::let_in(tx, id, door.market, door.way, *admitted as u64)
            })
        })
        .await?;
    // Only what is on disk is true: nobody takes a unit who would not have been let in after a crash.
    for (door, admitted) in moved {
        door.noted.fetch_max(admitted, Ordering::AcqRel);
        door.admitted.fetch_max(admitted, Ordering::AcqRel);
        // Their turn begins when they are in, and not when that could not be written.
        lock(&door.pace).turns.let_in(admitted, at);
    }
    Ok(())
}

/// Where other nodes own lots of a way in, whoever was let in there is in here too: one person's turn does
/// not hang on the node that they ask.
async fn let_in_elsewhere(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    let is_shared = |door: &Arc<Door>| door.owners.iter().any(|owner| !owner.is_ready());
    if !live.doors.iter().any(is_shared) {
        return Ok(());
    }
    let id = live.definition.sale;
    for kept in shop.db.read("sale.let_in_elsewhere", move |tx| channels::of_sale(tx, id)).await? {
        let of = |door: &&Arc<Door>| (door.market, door.way) == (kept.market, kept.way);
        if let Some(door) = live.doors.iter().find(of).filter(|door| door.is_ordered()) {
            let admitted = usize::try_from(kept.admitted).unwrap_or(usize::MAX);
            let admitted = admitted.min(door.order.load().len());
            // What is theirs before they are in.
            door.reserve_more(admitted.saturating_sub(door.admitted.load(Ordering::Acquire)));
            door.noted.fetch_max(admitted, Ordering::AcqRel);
            door.admitted.fetch_max(admitted, Ordering::AcqRel);
        }
    }
    Ok(())
}

/// What is seen of a way in, for all of its lots.
struct Seen {
    /// Units.
    free: u64,
    /// People who are in and have not decided.
    deciding: u64,
    /// Claims that were ever made.
    claims: u64,
    /// People who are not in.
    waiting: usize,
}

impl Door {
    /// How many are in with those who come in next: in a rush as many more as will, at the measured yield,
    /// take what is free; in a draw and in batches as many as may take what is free and kept for nobody.
    fn next_in(&self, at: Instant) -> usize {
        let (length, admitted) = (self.order.load().len(), self.admitted.load(Ordering::Relaxed));
        let (here, lots) = self.share();
        let mut pace = lock(&self.pace);
        let standing = sum(self.here());
        pace.turns.let_in(admitted, at);
        pace.looked_at = Some(at);
        // Where no lot is owned, what is taken is decided elsewhere, or not known for a moment. Whoever is in is
        // waited for, and nobody else comes in by what is seen from here.
        let share = if here == 0 { (1, 1) } else { (here, lots) };
        let turned = pace.turns.look(|from, to| self.took(from, to), share, at);
        self.passed.store(pace.turns.passed(), Ordering::Release);
        // Every node works out for the whole way how many come in, and all that has come of it is noted in
        // one row: what is seen of a part of the lots is taken to be as large in the others.
        let whole = |part: u64| (part * lots as u64).div_ceil(here.max(1) as u64);
        // Units of other lots move to where people ask, if anybody may ask.
        // A lot that has come here since they were looked at would be counted twice.
        let has_come = here > self.here_then.load(Ordering::Acquire);
        let beside = if has_come { 0 } else { self.seen_beside() };
        let free = u64::from(standing.free()) + u64::from(beside);
        let seen = Seen {
            free,
            deciding: whole(turned.deciding),
            claims: whole(u64::from(standing.claims)),
            waiting: length.saturating_sub(admitted),
        };
        let next = match self.way {
            Way::Code => length,
            _ if here == 0 => 0,
            Way::Rush => self.at_the_measured_rate(&mut pace, turned, &seen, at),
            Way::Draw | Way::Batch => self.for_what_is_kept_for_nobody(&seen),
        };
        let in_now = admitted.saturating_add(next).min(length);
        // Who is in and has not decided, with those who come in now.
        let joined = (in_now.saturating_sub(admitted) * here).div_ceil(lots) as u64;
        let deciding = match self.way {
            // Nobody's code is over after a time.
            Way::Code => (in_now as u64).saturating_sub(u64::from(standing.claims)),
            _ => turned.deciding + joined,
        };
        pace.deciding = (deciding, u64::from(standing.claims));
        drop(pace);
        // What is theirs before they are in: nobody who came later has it in between.
        if here == 0 {
            self.keep_all();
        } else {
            self.reserve(deciding);
        }
        in_now
    }

    /// How many lots of the way are owned here, and how many there are.
    fn share(&self) -> (usize, usize) {
        (self.here().count(), self.owners.len().max(1))
    }

    fn at_the_measured_rate(
        &self,
        pace: &mut Pace,
        turned: Turned,
        seen: &Seen,
        at: Instant,
    ) -> usize {
        pace.ended.0 += turned.decided;
        pace.ended.1 += turned.took;
        pace.measure(seen.claims, at);
        let floor = Floor {
            free: seen.free.div_ceil(u64::from(self.per_person)),
            deciding: seen.deciding,
            waiting: seen.waiting as u64,
            step_min: STEP_MIN,
            deciding_max: DECIDING_MAX,
        };
        // Those who do not come are no longer waited for when their turn has passed: while there are units
        // the line moves on, and nobody is let in for what those who are in will take.
        usize::try_from(pace.controller.next(&floor)).unwrap_or(usize::MAX)
    }

    /// Whoever won, or has a place in the batch, has all that one may have kept for them until they take some
    /// or their time is over. The next ones come in for the rest.
    fn for_what_is_kept_for_nobody(&self, seen: &Seen) -> usize {
        let kept = seen.deciding.saturating_mul(u64::from(self.per_person));
        let over = seen.free.saturating_sub(kept).saturating_sub(self.asked_over.units());
        let over = u32::try_from(over).unwrap_or(u32::MAX);
        if seen.deciding == 0 {
            // The last unit goes to one person, also where one may have two.
            return self.people_for(over);
        }
        (over / self.per_person) as usize
    }

    /// The sale is halted: nobody's turn passes, and nothing is measured.
    pub(super) fn stand_still(&self, at: Instant) {
        let mut pace = lock(&self.pace);
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
