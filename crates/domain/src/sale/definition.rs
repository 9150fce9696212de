//! What a sale is: the item, how many units each market sells over which ways in, when, and how
//! much one person may take. Checked as a whole; nothing here knows stock or clearances.

use std::collections::BTreeMap;

use kontor_base::id::SaleId;
use kontor_base::{Instant, Language, Line, Money};
use serde::{Deserialize, Serialize};

use super::beacon::beacon_comes_too_early;
use super::deposit::Deposit;
use crate::catalogue::Sku;
use crate::market::MarketCode;

/// How somebody gets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Be there: all who are present before it goes live in random order, later comers after them.
    Rush,
    /// Enter within the window; winners are drawn.
    Draw,
    /// A code that was given out, which may be passed on once.
    Code,
    /// Stand in line for the next batch, in the order of coming; the place may cost a deposit.
    Batch,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Rush, Self::Draw, Self::Code, Self::Batch];

    /// The word in data, URLs and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rush => "rush",
            Self::Draw => "draw",
            Self::Code => "code",
            Self::Batch => "batch",
        }
    }

    /// The way with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// Whether what somebody has a place for is kept longer than for those who are there at the moment.
    #[must_use]
    pub const fn keeps_long(self) -> bool {
        matches!(self, Self::Draw | Self::Batch)
    }

    /// Whether the order comes from the sale's secret, and so is known only when that is used.
    #[must_use]
    pub const fn is_shuffled(self) -> bool {
        matches!(self, Self::Rush | Self::Draw)
    }
}

/// One market's units over one way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Channel {
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Units.
    pub quota: u32,
}

/// When things happen, in this order. All by the server's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// The public sees it.
    pub announce_at: Instant,
    /// Registration opens.
    pub registration_at: Instant,
    /// The queue opens.
    pub doors_at: Instant,
    /// The order is made, and units are taken from then on.
    pub live_at: Instant,
    /// No new claim after this; the sale is settled when the last hold has ended.
    pub ends_at: Instant,
    /// The report comes out, with the secret.
    pub report_at: Instant,
}

impl Windows {
    fn in_order(&self) -> [Instant; 6] {
        [
            self.announce_at,
            self.registration_at,
            self.doors_at,
            self.live_at,
            self.ends_at,
            self.report_at,
        ]
    }
}

/// Where units go that a way in did not sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollover {
    /// From then on they are elsewhere; between going live and the end.
    pub at: Instant,
    /// The way in, of the same market, that gets them.
    pub to: Way,
}

/// The definition of a sale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The sale.
    pub sale: SaleId,
    /// What is sold.
    pub sku: Sku,
    /// Who sells how many over which way; each pair of market and way at most once.
    pub channels: Vec<Channel>,
    /// When.
    pub windows: Windows,
    /// Units that one person may take, over all sales that count together.
    pub per_person: u32,
    /// How long a unit is held while its buyer pays, in minutes.
    pub hold_minutes: u8,
    /// What happens to unsold units before the end, if anything.
    pub rollover: Option<Rollover>,
    /// The name of a public source of randomness and the round that will be mixed into the order,
    /// such as `drand/quicknet 12345678`: named beforehand, known only after the list of entries was
    /// closed at `live_at` and its digest was public. The sale waits for it.
    pub beacon: Option<String>,
    /// What a place in the line of a batch costs, by market; nothing where it is not named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deposits: Vec<Deposit>,
    /// What it is called in languages in which its title says it differently.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub titles: BTreeMap<Language, String>,
    /// Whether it is over as soon as every unit is paid: it is settled then, before its end, and its
    /// report comes out at once. Whoever stands in the waiting list has what ends before that; what a
    /// cancelled order brings back later goes into the market's stock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ends_when_sold: bool,
}

/// The fewest minutes a hold lasts.
pub const HOLD_MINUTES_MIN: u8 = 10;
/// The most minutes a hold lasts before its extension.
pub const HOLD_MINUTES_MAX: u8 = 15;
/// How long a turn in a rush is, in seconds: longer than a page that waits in line needs to hear of it when it
/// is near, and to have its form filled in.
const RUSH_TURN_S: i64 = 60;
/// The longest that units are kept for a place in a draw or a batch, in seconds.
const TURN_S_MAX: i64 = 24 * 3_600;
/// The most units of one sale.
pub const UNITS_MAX: u64 = 50_000_000;
/// The most pairs of market and way.
pub const CHANNELS_MAX: usize = 256;
/// The most one person may be allowed.
pub const PER_PERSON_MAX: u32 = 100;
/// The longest title, in characters.
pub const TITLE_MAX: usize = 100;
/// The longest name of a beacon, in bytes.
pub const BEACON_BYTES_MAX: usize = 100;

/// What is wrong with a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionProblem {
    /// There is nothing to sell, or no more than [`CHANNELS_MAX`] ways fit.
    #[error("a sale has from 1 to 256 channels")]
    Channels,
    /// A market has the same way twice.
    #[error("a market names a way in twice")]
    ChannelTwice,
    /// A channel without units: say nothing instead.
    #[error("a channel has no units")]
    NoUnits,
    /// More than [`UNITS_MAX`].
    #[error("more units than a sale may have")]
    TooManyUnits,
    /// The times are not in order.
    #[error("the times of a sale follow each other")]
    Windows,
    /// The report would come before the last hold can have ended.
    #[error("the report comes before the last hold has ended")]
    ReportTooEarly,
    /// Nobody could buy, or more than [`PER_PERSON_MAX`].
    #[error("a person takes from 1 to 100 units")]
    PerPerson,
    /// Not from [`HOLD_MINUTES_MIN`] to [`HOLD_MINUTES_MAX`].
    #[error("a hold lasts from 10 to 15 minutes")]
    HoldMinutes,
    /// Unsold units would move before the sale is live, after its end, or to a way that a market
    /// does not have.
    #[error("unsold units move while the sale is live, to a way that each market has")]
    Rollover,
    /// Empty, too long, or with signs that are not printable.
    #[error("the beacon's name is from 1 to 100 printable characters")]
    Beacon,
    /// The beacon's round would be known before everybody can see who has entered.
    #[error("the beacon's round comes at least 60 seconds after the sale goes live")]
    BeaconTooEarly,
    /// Of a market without a batch, twice for one market, or an amount that is none.
    #[error("a deposit is above zero, for a market with a batch, and named once")]
    Deposit,
    /// A title is empty, too long, or of more than one line.
    #[error("a title is from 1 to 100 characters on one line")]
    Title,
}

impl DefinitionProblem {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Channels => "sale.channels",
            Self::ChannelTwice => "sale.channel_twice",
            Self::NoUnits => "sale.no_units",
            Self::TooManyUnits => "sale.too_many_units",
            Self::Windows => "sale.windows",
            Self::ReportTooEarly => "sale.report_too_early",
            Self::PerPerson => "sale.per_person",
            Self::HoldMinutes => "sale.hold_minutes",
            Self::Rollover => "sale.rollover",
            Self::Beacon => "sale.beacon",
            Self::BeaconTooEarly => "sale.beacon_too_early",
            Self::Deposit => "sale.deposit",
            Self::Title => "sale.title",
        }
    }
}

impl Definition {
    /// Everything that is wrong, in a fixed order; empty when a sale can be held like this.
    #[must_use]
    pub fn problems(&self) -> Vec<DefinitionProblem> {
        use DefinitionProblem as P;
        let checks = [
            (self.channels.is_empty() || self.channels.len() > CHANNELS_MAX, P::Channels),
            (self.has_twins(), P::ChannelTwice),
            (self.channels.iter().any(|channel| channel.quota == 0), P::NoUnits),
            (self.units() > UNITS_MAX, P::TooManyUnits),
            (!self.windows.in_order().is_sorted_by(|a, b| a < b), P::Windows),
            (self.windows.report_at < self.last_hold_ends(), P::ReportTooEarly),
            (!(1..=PER_PERSON_MAX).contains(&self.per_person), P::PerPerson),
            (!(HOLD_MINUTES_MIN..=HOLD_MINUTES_MAX).contains(&self.hold_minutes), P::HoldMinutes),
            (self.rollover.is_some_and(|rollover| !self.can_roll_over(rollover)), P::Rollover),
            (self.beacon.as_deref().is_some_and(|name| !is_beacon_name(name)), P::Beacon),
            (
                self.beacon
                    .as_deref()
                    .is_some_and(|name| beacon_comes_too_early(name, self.windows.live_at)),
                P::BeaconTooEarly,
            ),
            (!self.deposits_fit(), P::Deposit),
            (self.titles.values().any(|title| Line::<TITLE_MAX>::parse(title).is_err()), P::Title),
        ];
        checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, problem)| problem).collect()
    }

    /// All units of the sale.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.channels.iter().map(|channel| u64::from(channel.quota)).sum()
    }

    /// The units of one market over all its ways.
    #[must_use]
    pub fn units_of(&self, market: MarketCode) -> u64 {
        let own = self.channels.iter().filter(|channel| channel.market == market);
        own.map(|channel| u64::from(channel.quota)).sum()
    }

    /// The units of one market over one way; zero if it does not have that way.
    #[must_use]
    pub fn quota(&self, market: MarketCode, way: Way) -> u32 {
        let found = self.channels.iter().find(|c| c.market == market && c.way == way);
        found.map_or(0, |channel| channel.quota)
    }

    /// What a place costs that is entered over this way in a market; none: nothing.
    #[must_use]
    pub fn deposit(&self, market: MarketCode, way: Way) -> Option<Money> {
        let found = self.deposits.iter().find(|deposit| deposit.market == market);
        found.filter(|_| way == Way::Batch).map(|deposit| deposit.amount)
    }

    /// What it is called in a language: `otherwise` where nothing else was said for it.
    #[must_use]
    pub fn title_in<'a>(&'a self, language: Language, otherwise: &'a str) -> &'a str {
        self.titles.get(&language).map_or(otherwise, String::as_str)
    }

    /// How long a unit is held, in seconds; as long again at most while a payment is in progress.
    #[must_use]
    pub fn hold_seconds(&self) -> i64 {
        i64::from(self.hold_minutes) * 60
    }

    /// How long what is kept for somebody who is let in is kept, in seconds. Whoever is in a rush is there and
    /// has a minute. Nobody has to be there in the second of a draw, or when their batch comes in: they have a
    /// quarter of the time in which the sale is live, at least as long as a hold lasts and a day at most, in
    /// whole minutes, and from two hours on in whole hours.
    #[must_use]
    pub fn turn_seconds(&self, way: Way) -> i64 {
        if !way.keeps_long() {
            return RUSH_TURN_S;
        }
        let live_s = self.windows.ends_at.seconds_since(self.windows.live_at);
        let turn_s = (live_s / 4).clamp(self.hold_seconds(), TURN_S_MAX);
        let step = if turn_s < 2 * 3_600 { 60 } else { 3_600 };
        turn_s - turn_s % step
    }

    /// When the last hold can end: begun at the very end, extended once.
    #[must_use]
    pub fn last_hold_ends(&self) -> Instant {
        self.windows.ends_at.plus_seconds(2 * self.hold_seconds())
    }

    fn has_twins(&self) -> bool {
        let key = |c: &Channel| (c.market, c.way);
        self.channels
            .iter()
            .enumerate()
            .any(|(i, a)| self.channels[i + 1..].iter().any(|b| key(a) == key(b)))
    }

    fn deposits_fit(&self) -> bool {
        self.deposits.iter().enumerate().all(|(i, deposit)| {
            let twin = self.deposits[i + 1..].iter().any(|other| other.market == deposit.market);
            let is_amount = (1..=Money::MINOR_MAX).contains(&deposit.amount.minor);
            is_amount && !twin && self.quota(deposit.market, Way::Batch) > 0
        })
    }

    fn can_roll_over(&self, rollover: Rollover) -> bool {
        let inside = rollover.at > self.windows.live_at && rollover.at < self.windows.ends_at;
        inside && self.channels.iter().all(|c| self.quota(c.market, rollover.to) > 0)
    }
}

fn is_beacon_name(name: &str) -> bool {
    !name.trim().is_empty()
        && name.len() <= BEACON_BYTES_MAX
        && name.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
}

/// How a channel stands when unsold units are to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The channel with the quota it has now.
    pub channel: Channel,
    /// Units that are sold or held.
    pub taken: u32,
}

/// Units that move from one way to another of the same market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaMove {
    /// The market.
    pub market: MarketCode,
    /// Which way loses them.
    pub from: Way,
    /// Which way gets them.
    pub to: Way,
    /// How many.
    pub units: u32,
}

/// What moves to `to` when the time has come: of every other way, what is neither sold nor held.
/// Held units stay where they are; when such a hold ends, its unit goes to the waiting list of its
/// own way.
#[must_use]
pub fn roll_over(standings: &[Standing], to: Way) -> Vec<QuotaMove> {
    let has_target =
        |market| standings.iter().any(|s| s.channel.market == market && s.channel.way == to);
    standings
        .iter()
        .filter(|standing| standing.channel.way != to && has_target(standing.channel.market))
        .map(|standing| QuotaMove {
            market: standing.channel.market,
            from: standing.channel.way,
            to,
            units: standing.channel.quota.saturating_sub(standing.taken),
        })
        .filter(|moved| moved.units > 0)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn market(code: &str) -> MarketCode {
        code.parse().expect("a market code")
    }

    pub(crate) fn definition() -> Definition {
        let at = |hours: i64| Instant::from_micros(0).plus_seconds(hours * 3_600);
        let channel = |code, way, quota| Channel { market: market(code), way, quota };
        Definition {
            sale: SaleId::from_bytes([7; 16]),
            sku: "MI-NOTE".parse().expect("a sku"),
            channels: vec![
                channel("in", Way::Rush, 600),
                channel("in", Way::Draw, 300),
                channel("in", Way::Code, 100),
                channel("us", Way::Rush, 50),
            ],
            windows: Windows {
                announce_at: at(1),
                registration_at: at(2),
                doors_at: at(3),
                live_at: at(4),
                ends_at: at(5),
                report_at: at(6),
            },
            per_person: 1,
            hold_minutes: 15,
            rollover: Some(Rollover { at: at(4).plus_seconds(60), to: Way::Rush }),
            beacon: None,
            deposits: Vec::new(),
            titles: BTreeMap::new(),
            ends_when_sold: false,
        }
    }

    fn deposit(code: &str, minor: i64) -> Deposit {
        let amount = Money::new(minor, "USD".parse().expect("a currency"));
        Deposit { market: market(code), amount }
    }

    fn with_batch(definition: &mut Definition, deposits: &[Deposit]) {
        let batch = Channel { market: market("us"), way: Way::Batch, quota: 50 };
        definition.channels.push(batch);
        definition.deposits = deposits.to_vec();
    }

    #[test]
    fn a_place_costs_what_the_market_asks_for_a_batch() {
        let mut good = definition();
        with_batch(&mut good, &[deposit("us", 2_000)]);
        assert_eq!(good.problems(), []);
        let asked = |code, way| good.deposit(market(code), way).map(|amount| amount.minor);
        assert_eq!(asked("us", Way::Batch), Some(2_000));
        assert_eq!(asked("us", Way::Rush), None);
        assert_eq!(asked("in", Way::Batch), None);
        // What was written before there were deposits is still read.
        let text = serde_json::to_string(&definition()).expect("a definition is JSON");
        assert!(!text.contains("deposits") && !text.contains("titles"), "{text}");
        assert_eq!(serde_json::from_str::<Definition>(&text).ok(), Some(definition()));
    }

    #[test]
    fn what_is_kept_for_a_place_is_kept_for_a_part_of_the_sale() {
        let live_for = |live_s: i64| {
            let mut definition = definition();
            definition.windows.ends_at = definition.windows.live_at.plus_seconds(live_s);
            [Way::Rush, Way::Draw, Way::Batch].map(|way| definition.turn_seconds(way))
        };
        let hour = 3_600;
        assert_eq!(live_for(hour), [RUSH_TURN_S, 900, 900]);
        assert_eq!(live_for(4_500), [RUSH_TURN_S, 1_080, 1_080], "whole minutes");
        assert_eq!(live_for(hour / 2), [RUSH_TURN_S, 900, 900], "as long as a hold");
        assert_eq!(live_for(9 * hour), [RUSH_TURN_S, 2 * hour, 2 * hour], "whole hours");
        assert_eq!(live_for(300 * hour), [RUSH_TURN_S, 24 * hour, 24 * hour], "a day at most");
    }

    #[test]
    fn a_title_is_read_in_its_language() {
        let mut definition = definition();
        definition.titles.insert(Language::De, "Erster Verkauf".to_owned());
        assert_eq!(definition.problems(), []);
        assert_eq!(definition.title_in(Language::De, "First sale"), "Erster Verkauf");
        assert_eq!(definition.title_in(Language::Hi, "First sale"), "First sale");
    }

    #[test]
    fn a_good_definition_adds_up() {
        let good = definition();
        assert_eq!(good.problems(), []);
        assert_eq!(good.units(), 1_050);
        assert_eq!((good.units_of(market("in")), good.units_of(market("us"))), (1_000, 50));
        assert_eq!(good.quota(market("in"), Way::Draw), 300);
        assert_eq!(good.quota(market("us"), Way::Draw), 0);
    }

    #[test]
    fn every_problem_is_found_alone() {
        use DefinitionProblem as P;
        type Harm = fn(&mut Definition);
        let harms: [(Harm, P); 19] = [
            (|d| d.channels.clear(), P::Channels),
            (|d| d.channels.push(d.channels[0]), P::ChannelTwice),
            (|d| d.channels[0].quota = 0, P::NoUnits),
            (|d| d.channels[0].quota = 50_000_000, P::TooManyUnits),
            (|d| d.windows.live_at = d.windows.doors_at, P::Windows),
            (|d| d.windows.report_at = d.windows.ends_at.plus_seconds(1_799), P::ReportTooEarly),
            (|d| d.per_person = 0, P::PerPerson),
            (|d| d.per_person = 101, P::PerPerson),
            (|d| d.hold_minutes = 9, P::HoldMinutes),
            (|d| d.hold_minutes = 16, P::HoldMinutes),
            (|d| d.rollover = Some(Rollover { at: d.windows.ends_at, to: Way::Rush }), P::Rollover),
            (
                |d| {
                    let at = d.windows.live_at.plus_seconds(1);
                    d.rollover = Some(Rollover { at, to: Way::Batch });
                },
                P::Rollover,
            ),
            (|d| d.beacon = Some("a\nb".to_owned()), P::Beacon),
            (
                |d| {
                    // Round 1 of this beacon was on 23 August 2023.
                    let days = 20_000 * 86_400;
                    let windows = &mut d.windows;
                    for at in [
                        &mut windows.announce_at,
                        &mut windows.registration_at,
                        &mut windows.doors_at,
                        &mut windows.live_at,
                        &mut windows.ends_at,
                        &mut windows.report_at,
                    ] {
                        *at = at.plus_seconds(days);
                    }
                    d.beacon = Some("drand/quicknet 1".to_owned());
                },
                P::BeaconTooEarly,
            ),
            // No batch, nothing to pay, the same market twice.
            (|d| d.deposits = vec![deposit("us", 2_000)], P::Deposit),
            (|d| with_batch(d, &[deposit("us", 0)]), P::Deposit),
            (|d| with_batch(d, &[deposit("us", 2_000), deposit("us", 3_000)]), P::Deposit),
            (|d| drop(d.titles.insert(Language::De, " ".to_owned())), P::Title),
            (|d| drop(d.titles.insert(Language::De, "x".repeat(101))), P::Title),
        ];
        for (harm, problem) in harms {
            let mut bad = definition();
            bad.rollover = None;
            harm(&mut bad);
            let found = bad.problems();
            assert!(found.contains(&problem), "{problem:?} in {found:?}");
            // A zero quota also makes the rollover impossible, so not every harm stands alone.
            assert_eq!(found.len(), 1, "{found:?}");
        }
    }

    #[test]
    fn unsold_units_move_within_their_market_and_held_ones_stay() {
        let definition = definition();
        let taken = [600, 120, 100, 0];
        let standings: Vec<_> = definition
            .channels
            .iter()
            .zip(taken)
            .map(|(channel, taken)| Standing { channel: *channel, taken })
            .collect();
        let moves = roll_over(&standings, Way::Rush);
        assert_eq!(
            moves,
            [QuotaMove { market: market("in"), from: Way::Draw, to: Way::Rush, units: 180 }]
        );
        assert_eq!(roll_over(&standings, Way::Batch), [], "nobody has that way");
    }
}
