//! Makes random commands from a seed: mostly sensible, sometimes repeated, late or absurd.

use kontor_base::id::{HoldId, TransferId};
use kontor_base::{Instant, Random};

use crate::hold::{HoldState, PlaceHold, WantedLine};
use crate::key::{ItemKey, MarketKey, Site};
use crate::simulator::command::{Command, Crash, GoodsMove, Request};
use crate::simulator::model::Model;
use crate::stock::{Reference, StockKey, StockState};
use crate::warehouse::{Movement, WriteOffFrom};

/// When a run begins: 2015-06-01T00:00:00Z.
const BEGINNING_MICROS: i64 = 1_433_116_800_000_000;

/// The source of a run's commands.
pub(super) struct Generator {
    dice: Dice,
    random: Random,
    keys: Vec<StockKey>,
    now: Instant,
    holds: Vec<HoldId>,
    asked: Vec<Request>,
    /// The request whose answer was lost last, and which its sender will repeat.
    unanswered: Option<Request>,
}

impl Generator {
    /// Its keys lie at a site that bears the seed's number, so that several runs can share a
    /// store.
    pub(super) fn new(seed: u64) -> Self {
        let site = Site::parse(&format!("sim-{seed}")).expect("letters and digits are a key");
        let markets = ["de", "us"].map(|m| MarketKey::parse(m).expect("letters are a key"));
        let mut keys = Vec::new();
        for item in ["BAND", "POWER-BANK"] {
            let item = ItemKey::parse(item).expect("letters and a dash are a key");
            for market in [None, Some(markets[0].clone()), Some(markets[1].clone())] {
                keys.push(StockKey { site: site.clone(), item: item.clone(), market });
            }
        }
        Self {
            dice: Dice(seed),
            random: Random::seeded(seed),
            keys,
            now: Instant::from_micros(BEGINNING_MICROS),
            holds: Vec::new(),
            asked: Vec::new(),
            unanswered: None,
        }
    }

    pub(super) fn keys(&self) -> &[StockKey] {
        &self.keys
    }

    /// The next command and where the store dies over it.
    pub(super) fn next(&mut self, model: &Model) -> (Command, Crash) {
        let ending = self.move_clock(model);
        let request = match (self.unanswered.take(), ending) {
            (Some(request), _) if self.dice.chance(80) => request,
            (_, Some(hold)) => match self.dice.below(3) {
                0 => Request::Claim(hold),
                1 => Request::Expire(hold),
                _ => Request::Extend(hold, 60),
            },
            _ if self.dice.chance(12) && !self.asked.is_empty() => {
                let recent = self.asked.len().saturating_sub(12);
                let index = recent + self.dice.index(self.asked.len() - recent);
                self.asked[index].clone()
            }
            _ => self.new_request(model),
        };
        self.asked.push(request.clone());
        let crash = match self.dice.below(100) {
            0..4 => Crash::BeforeWrite,
            4..8 => Crash::AfterWrite,
            _ => Crash::Never,
        };
        (Command { at: self.now, request }, crash)
    }

    /// Whether a request like this was asked before.
    pub(super) fn has_asked_before(&self, request: &Request) -> bool {
        // The last one is the request itself.
        self.asked.iter().rev().skip(1).any(|asked| asked == request)
    }

    /// Notes that the sender of `request` had no answer.
    pub(super) fn answer_was_lost(&mut self, request: Request) {
        self.unanswered = Some(request);
    }

    /// Moves the clock; answers a hold if the clock now stands at that hold's end.
    fn move_clock(&mut self, model: &Model) -> Option<HoldId> {
        match self.dice.below(100) {
            0..3 => self.now = self.now.plus_seconds(3_600),
            3..6 => self.now = self.now.plus_seconds(-3_600),
            6..12 => {
                let (hold, end) = model.some_hold_in(HoldState::Active, self.dice.next())?;
                // The end itself, and one microsecond before and after it.
                self.now = Instant::from_micros(end.micros() + self.dice.between(-1, 1));
                return Some(hold);
            }
            _ => self.now = self.now.plus_seconds(self.dice.between(0, 60)),
        }
        None
    }

    fn new_request(&mut self, model: &Model) -> Request {
        // A run begins with goods: in an empty house every request is refused.
        let choice = if self.asked.len() < 4 { 80 } else { self.dice.below(100) };
        match choice {
            0..24 => self.place(model),
            24..30 => Request::Extend(self.some_hold(model, None), self.dice.between(1, 300)),
            30..35 => Request::Release(self.some_hold(model, None)),
            35..40 => Request::Expire(self.some_hold(model, None)),
            40..57 => Request::Claim(self.some_hold(model, Some(HoldState::Active))),
            57..62 => Request::Cancel(self.some_hold(model, Some(HoldState::Claimed))),
            62..77 => self.ship(model),
            77..84 => self.movement(model, GoodsMove::Receive, StockState::Available, 12),
            84..88 => self.movement(model, GoodsMove::TakeBack, StockState::Shipped, 2),
            88..91 => self.movement(model, GoodsMove::Restock, StockState::Returned, 2),
            91..93 => {
                let what = GoodsMove::WriteOff(WriteOffFrom::Available);
                self.movement(model, what, StockState::Available, 2)
            }
            93..95 => {
                let what = GoodsMove::WriteOff(WriteOffFrom::Returned);
                self.movement(model, what, StockState::Returned, 2)
            }
            95..97 => {
                let what = GoodsMove::MoveQuota(self.some_key().market);
                self.movement(model, what, StockState::Available, 3)
            }
            _ => self.movement(model, GoodsMove::Count, StockState::Available, 12),
        }
    }

    fn place(&mut self, model: &Model) -> Request {
        let id = HoldId::new(self.now, &self.random);
        self.holds.push(id);
        // Few keys and several lines: lines of the same goods are common.
        let lines = (0..self.dice.between(1, 3))
            .map(|_| {
                let key = self.some_key_with(model, StockState::Available);
                WantedLine { key, units: self.units(4) }
            })
            .collect();
        Request::Place(PlaceHold { id, lines, ttl_s: self.dice.between(30, 600) })
    }

    fn ship(&mut self, model: &Model) -> Request {
        let hold = self.some_hold(model, Some(HoldState::Claimed));
        let key = model.some_key_of(hold, self.dice.next()).unwrap_or_else(|| self.some_key());
        let parcel = WantedLine { key, units: self.units(2) };
        Request::Ship(hold, self.transfer_id(), parcel)
    }

    fn movement(
        &mut self,
        model: &Model,
        what: GoodsMove,
        from: StockState,
        units_max: i64,
    ) -> Request {
        let movement = Movement {
            id: self.transfer_id(),
            at: self.now,
            key: self.some_key_with(model, from),
            units: self.units(units_max),
            reference: Reference::parse("simulated").expect("one word is a line"),
        };
        Request::Move(what, movement)
    }

    fn transfer_id(&self) -> TransferId {
        TransferId::new(self.now, &self.random)
    }

    fn some_key(&mut self) -> StockKey {
        let index = self.dice.index(self.keys.len());
        self.keys[index].clone()
    }

    /// Mostly a key that has units in `state`.
    fn some_key_with(&mut self, model: &Model, state: StockState) -> StockKey {
        let any = self.some_key();
        if self.dice.chance(25) {
            return any;
        }
        model.some_key_with(state, self.dice.next()).unwrap_or(any)
    }

    /// Mostly a hold in the `wanted` state; otherwise one that somebody asked for, mostly a young
    /// one, which may never have come about.
    fn some_hold(&mut self, model: &Model, wanted: Option<HoldState>) -> HoldId {
        if let Some(state) = wanted.filter(|_| self.dice.chance(60))
            && let Some((hold, _)) = model.some_hold_in(state, self.dice.next())
        {
            return hold;
        }
        if self.holds.is_empty() {
            return HoldId::new(self.now, &self.random);
        }
        let reach = if self.dice.chance(75) { 4 } else { self.holds.len() };
        let back = self.dice.index(reach.min(self.holds.len()));
        self.holds[self.holds.len() - 1 - back]
    }

    /// 1 to `max` units; once in a while none, or fewer.
    fn units(&mut self, max: i64) -> i64 {
        if self.dice.chance(2) { self.dice.between(-1, 0) } else { self.dice.between(1, max) }
    }
}

/// SplitMix64: small, fast, the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `end` - 1; the slight bias does not matter here.
    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("it is below a length")
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).expect("high is not below low");
        low + i64::try_from(self.below(width)).expect("it is below a small width")
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}
