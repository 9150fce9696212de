//! A sale played beforehand with a crowd that does not exist: the same lots, the same admission, the
//! same rollover, in memory and by a seed. It shows the curve before anybody stands in the queue.

use kontor_base::Instant;
use kontor_domain::sale::{
    Admission, Definition, Floor, Measured, Standing as WayStanding, Way, roll_over,
};
use kontor_ledger::sale::{ClaimState, Command, Lot, LotHead, LotRules, Outcome, Take};
use serde::Serialize;

/// The crowd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Crowd {
    /// How many people enter each way in, for each of its units: 10 is ten people for one unit.
    pub people_per_unit: u32,
    /// Of a hundred who are let in, how many take a unit.
    pub take_percent: u32,
    /// Of a hundred who take one, how many pay it.
    pub pay_percent: u32,
    /// How long people take to decide, at most, in seconds.
    pub decide_s: u32,
    /// Where the dice come from.
    pub seed: u64,
}

impl Default for Crowd {
    fn default() -> Self {
        Self { people_per_unit: 10, take_percent: 80, pay_percent: 85, decide_s: 20, seed: 1 }
    }
}

/// How the rehearsal stood after a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// Seconds after going live.
    pub second: u32,
    /// People who are not let in yet.
    pub waiting: u64,
    /// Units that are held or being paid.
    pub held: u64,
    /// Units that are sold.
    pub sold: u64,
    /// Units that nobody has.
    pub free: u64,
    /// Units that were ever given back or ran out.
    pub came_back: u64,
}

/// What a rehearsal showed.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsal {
    /// The crowd.
    pub crowd: Crowd,
    /// How many people that is.
    pub people: u64,
    /// Units of the sale.
    pub units: u64,
    /// The curve, a moment for each second until nothing happens any more.
    pub curve: Vec<Moment>,
    /// The second after which every unit was taken for the first time.
    pub taken_after_s: Option<u32>,
    /// The most units that were taken at any time; never more than there are.
    pub most_taken: u64,
    /// People who were let in and found nothing.
    pub disappointed: u64,
}

/// The most people that are played.
const PEOPLE_MAX: u64 = 2_000_000;
/// The longest rehearsal, in seconds after going live.
const SECONDS_MAX: u32 = 3 * 60 * 60;
/// The fewest people who are let in together while there are units.
const STEP_MIN: u64 = 100;

struct Door {
    way: Way,
    lot: Lot,
    admission: Admission,
    people: u64,
    admitted: u64,
    /// Who was let in and decides: when, and who.
    deciding: Vec<(u32, u64)>,
    /// Until when something is kept for those who take nothing, in a way that keeps it for long.
    absent: Vec<u32>,
    /// How long that is, in seconds.
    turn_s: u32,
    per_person: u64,
    /// Who pays, or does not, when.
    paying: Vec<(u32, u32)>,
    claims_before: u32,
    decided: u64,
}

/// Plays a sale.
#[must_use]
pub fn rehearse(definition: &Definition, crowd: &Crowd) -> Rehearsal {
    let live = definition.windows.live_at;
    let mut dice = Dice(crowd.seed);
    let mut doors: Vec<Door> =
        definition.channels.iter().map(|c| door(definition, c, crowd)).collect();
    let people = doors.iter().map(|door| door.people).sum();
    let units = definition.units();
    let (mut curve, mut taken_after_s, mut most_taken) = (Vec::new(), None, 0);
    let mut disappointed = 0;
    let ends_s = u32::try_from(definition.windows.ends_at.seconds_since(live)).unwrap_or(u32::MAX);
    for second in 0..SECONDS_MAX {
        let at = live.plus_seconds(i64::from(second));
        for door in &mut doors {
            let _ = door.lot.apply(&Command::Expire, at);
            door.pay(second, at, crowd, &mut dice);
            if second < ends_s {
                door.let_in(second, crowd, &mut dice);
                disappointed += door.decide(second, at, crowd, definition, &mut dice);
            }
            door.lot.confirm();
        }
        if definition.rollover.is_some_and(|rollover| at >= rollover.at) {
            roll(definition, &mut doors, at);
        }
        let moment = look(&doors, second);
        let taken = moment.held + moment.sold;
        most_taken = most_taken.max(taken);
        if moment.free == 0 && taken_after_s.is_none() {
            taken_after_s = Some(second);
        }
        curve.push(moment);
        let nobody = doors.iter().all(|door| {
            let over = second >= ends_s || door.admitted >= door.people;
            over && door.deciding.is_empty() && door.paying.is_empty()
        });
        if moment.held == 0 && (moment.free == 0 || nobody) {
            break;
        }
    }
    Rehearsal { crowd: *crowd, people, units, curve, taken_after_s, most_taken, disappointed }
}

fn door(definition: &Definition, channel: &kontor_domain::sale::Channel, crowd: &Crowd) -> Door {
    let rules = LotRules {
        hold_s: definition.hold_seconds(),
        extension_s: kontor_base::limits::HOLD_EXTENSION_S,
        units_max: u8::try_from(definition.per_person).unwrap_or(u8::MAX),
        ends_at: definition.windows.ends_at,
    };
    let head = LotHead { fence: 1, quota: channel.quota, halted: false };
    let wanted = u64::from(channel.quota).saturating_mul(u64::from(crowd.people_per_unit));
    Door {
        way: channel.way,
        lot: Lot::new(rules, head),
        admission: Admission::default(),
        people: wanted.min(PEOPLE_MAX / definition.channels.len().max(1) as u64),
        admitted: 0,
        deciding: Vec::new(),
        absent: Vec::new(),
        turn_s: u32::try_from(definition.turn_seconds(channel.way)).unwrap_or(u32::MAX),
        per_person: u64::from(definition.per_person.max(1)),
        paying: Vec::new(),
        claims_before: 0,
        decided: 0,
    }
}

impl Door {
    fn let_in(&mut self, second: u32, crowd: &Crowd, dice: &mut Dice) {
        let standing = self.lot.standing();
        let claimed = u64::from(standing.claims - self.claims_before);
        self.claims_before = standing.claims;
        let decided = std::mem::take(&mut self.decided);
        let (elapsed_ms, took) = (1_000, claimed);
        self.admission.observe(Measured { elapsed_ms, claimed, decided, took });
        let floor = Floor {
            free: u64::from(standing.free()),
            deciding: self.deciding.len() as u64,
            waiting: self.people - self.admitted,
            step_min: STEP_MIN,
            deciding_max: 100_000,
        };
        let next = match self.way {
            Way::Rush => self.admission.next(&floor),
            Way::Draw | Way::Batch => {
                self.absent.retain(|until| *until > second);
                let people = (self.deciding.len() + self.absent.len()) as u64;
                let over = floor.free.saturating_sub(people * self.per_person);
                // The last unit goes to one person, also where one may have two.
                let last = u64::from(over > 0 && people == 0);
                (over / self.per_person).max(last).min(floor.waiting)
            }
            Way::Code => floor.waiting,
        };
        for person in self.admitted..self.admitted + next {
            let decides = second + 1 + dice.below(crowd.decide_s.max(1));
            self.deciding.push((decides, person));
        }
        self.admitted += next;
    }

    /// Gives how many wanted a unit and found none.
    fn decide(
        &mut self,
        second: u32,
        at: Instant,
        crowd: &Crowd,
        definition: &Definition,
        dice: &mut Dice,
    ) -> u64 {
        let mut disappointed = 0;
        let due: Vec<(u32, u64)> =
            self.deciding.extract_if(.., |(when, _)| *when <= second).collect();
        self.decided += due.len() as u64;
        for (_, person) in due {
            if dice.below(100) >= crowd.take_percent {
                if self.way.keeps_long() {
                    self.absent.push(second.saturating_add(self.turn_s));
                }
                continue;
            }
            let mut name = [0; 16];
            name[8..].copy_from_slice(&person.to_be_bytes());
            let take = Take {
                person: name,
                request: name,
                body: 0,
                units: 1,
                allowance: u8::try_from(definition.per_person).unwrap_or(u8::MAX),
                ship_to: *b"XX",
            };
            match self.lot.apply(&Command::Take(take), at) {
                Ok(Outcome::Taken(taken)) => {
                    // Checkout after a while; who does not pay lets the time run out.
                    let pays = second + 30 + dice.below(240);
                    self.paying.push((pays, taken.sequence));
                }
                _ => disappointed += 1,
            }
        }
        disappointed
    }

    fn pay(&mut self, second: u32, at: Instant, crowd: &Crowd, dice: &mut Dice) {
        let due: Vec<(u32, u32)> =
            self.paying.extract_if(.., |(when, _)| *when <= second).collect();
        for (_, sequence) in due {
            if dice.below(100) < crowd.pay_percent
                && self.lot.apply(&Command::CheckOut(sequence), at).is_ok()
            {
                let _ = self.lot.apply(&Command::Sell(sequence), at);
            }
        }
    }
}

fn roll(definition: &Definition, doors: &mut [Door], at: Instant) {
    let Some(rollover) = definition.rollover else { return };
    let standings: Vec<WayStanding> = definition
        .channels
        .iter()
        .zip(doors.iter())
        .map(|(channel, door)| {
            let standing = door.lot.standing();
            let channel = kontor_domain::sale::Channel { quota: standing.quota, ..*channel };
            WayStanding { channel, taken: standing.taken }
        })
        .collect();
    for moved in roll_over(&standings, rollover.to) {
        for (channel, door) in definition.channels.iter().zip(doors.iter_mut()) {
            if channel.market != moved.market {
                continue;
            }
            let quota = door.lot.standing().quota;
            if channel.way == moved.from {
                let _ = door.lot.apply(&Command::Shrink, at);
            } else if channel.way == moved.to {
                let _ = door.lot.apply(&Command::SetQuota(quota + moved.units), at);
            }
            door.lot.confirm();
        }
    }
}

fn look(doors: &[Door], second: u32) -> Moment {
    let mut moment = Moment { second, ..Moment::default() };
    for door in doors {
        let standing = door.lot.standing();
        moment.waiting += door.people - door.admitted;
        moment.sold += u64::from(standing.sold);
        moment.free += u64::from(standing.free());
        moment.came_back += u64::from(standing.ended);
        let open = |state| matches!(state, ClaimState::Held | ClaimState::Checkout);
        debug_assert!(
            door.lot.claims().iter().filter(|c| open(c.state)).count() <= standing.taken as usize
        );
        moment.held += u64::from(standing.taken - standing.sold);
    }
    moment
}

/// A small generator (`SplitMix64`): nothing here is a secret.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from(((z ^ (z >> 31)) >> 33) % u64::from(end.max(1))).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use kontor_base::id::SaleId;
    use kontor_domain::sale::{Channel, Rollover, Windows};

    use super::*;

    fn definition() -> Definition {
        let at =
            |minutes: i64| Instant::from_micros(1_428_422_400_000_000).plus_seconds(minutes * 60);
        let market = "us".parse().expect("a market");
        let channel = |way, quota| Channel { market, way, quota };
        Definition {
            sale: SaleId::from_bytes([1; 16]),
            sku: "BAND-BLACK".parse().expect("a sku"),
            channels: vec![
                channel(Way::Rush, 500),
                channel(Way::Draw, 300),
                channel(Way::Code, 50),
            ],
            windows: Windows {
                announce_at: at(0),
                registration_at: at(1),
                doors_at: at(2),
                live_at: at(3),
                ends_at: at(63),
                report_at: at(120),
            },
            per_person: 1,
            hold_minutes: 10,
            rollover: None,
            beacon: None,
            deposits: Vec::new(),
            titles: std::collections::BTreeMap::new(),
            ends_when_sold: false,
        }
    }

    #[test]
    fn a_crowd_sells_a_sale_out_and_nothing_twice() {
        let mut definition = definition();
        let at = definition.windows.live_at.plus_seconds(300);
        definition.rollover = Some(Rollover { at, to: Way::Rush });
        let played = rehearse(&definition, &Crowd::default());
        assert_eq!((played.units, played.people), (850, 8_500));
        assert!(played.taken_after_s.is_some(), "{:?}", played.curve.last());
        let last = played.curve.last().expect("a curve");
        assert_eq!((last.sold, last.held, last.free), (850, 0, 0));
        assert!(last.came_back > 0, "some do not pay, and their units are sold to others");
        assert_eq!(played.most_taken, 850);
        let again = rehearse(&definition, &Crowd::default());
        assert_eq!(again.curve, played.curve, "the same seed plays the same");
    }

    #[test]
    fn what_a_quiet_way_does_not_sell_rolls_over() {
        let quiet = Crowd { take_percent: 40, people_per_unit: 2, ..Crowd::default() };
        let without = rehearse(&definition(), &quiet);
        let mut rolling = definition();
        let at = rolling.windows.live_at.plus_seconds(600);
        rolling.rollover = Some(Rollover { at, to: Way::Rush });
        let with = rehearse(&rolling, &quiet);
        let sold = |played: &Rehearsal| played.curve.last().map_or(0, |moment| moment.sold);
        assert!(sold(&with) <= 850 && with.most_taken <= 850);
        assert!(sold(&without) < 850, "few want it");
    }
}
