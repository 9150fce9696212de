//! What the next country is worked out from, and what comes out.

use kontor_base::{Country, Currency, Date, Wrong};
use serde::{Deserialize, Serialize};

use crate::catalogue::ProductClass;
use crate::market::MarketCode;
use crate::opening::Ready;

/// The most candidates on one sheet.
pub(super) const CANDIDATES_MAX: usize = 250;
/// The most draws of one sheet.
pub(super) const DRAWS_MAX: u32 = 100_000;

/// A kind of evidence that people in a country want the products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// Own devices newly active there in twelve months that were sold elsewhere: proven demand that
    /// others have met.
    CarriedAbroad,
    /// The ROM on other makers' devices.
    RomElsewhere,
    /// Orders of resellers with a ship-to address there, distinct end customers where known.
    ResellerOrders,
    /// Confirmed addresses on the waiting list, not older than 180 days.
    WaitingList,
    /// People who tried to put the product in the cart and could not.
    BlockedCarts,
}

impl SignalKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::CarriedAbroad,
        Self::RomElsewhere,
        Self::ResellerOrders,
        Self::WaitingList,
        Self::BlockedCarts,
    ];

    /// The word in data files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CarriedAbroad => "carried_abroad",
            Self::RomElsewhere => "rom_elsewhere",
            Self::ResellerOrders => "reseller_orders",
            Self::WaitingList => "waiting_list",
            Self::BlockedCarts => "blocked_carts",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What exactly this shop counts of it, as the source of a count of its own.
    #[must_use]
    pub const fn counted_as(self) -> &'static str {
        match self {
            Self::CarriedAbroad => {
                "units sold elsewhere, active there, first seen in twelve months"
            }
            Self::RomElsewhere => "active in 30 days on models of other makers",
            Self::ResellerOrders => "units that resellers ordered to there in twelve months",
            Self::WaitingList => "different addresses that were confirmed in 180 days",
            Self::BlockedCarts => {
                "carts that were refused for a clearance in twelve months, for the country of the \
                 address, otherwise for the one whose shop was chosen"
            }
        }
    }
}

/// One signal of one country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// What was counted.
    pub kind: SignalKind,
    /// How many, over twelve months.
    pub count: u64,
    /// When it was counted.
    pub as_of: Date,
    /// Where the count is from, in the words of whoever has written it down.
    pub source: String,
    /// Who has counted.
    #[serde(default)]
    pub origin: Origin,
}

/// Who has counted a signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It stands in the file, with its source.
    #[default]
    File,
    /// This shop has counted it itself.
    Own,
}

/// What a market that was opened has taught: of so many signals so many bought in the first year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// The country.
    pub country: Country,
    /// The class that was opened with.
    pub class: ProductClass,
    /// Which signal.
    pub kind: SignalKind,
    /// How many there were before the opening (`n`).
    pub signalled: u64,
    /// How many of them bought within a year (`s`), at most `signalled`.
    pub bought: u64,
}

/// A figure that is not known exactly: the lowest, the most likely and the highest value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The lowest.
    pub low: i64,
    /// The most likely.
    pub likely: i64,
    /// The highest.
    pub high: i64,
}

impl Spread {
    /// A figure that is known.
    #[must_use]
    pub const fn exactly(value: i64) -> Self {
        Self { low: value, likely: value, high: value }
    }

    pub(super) const fn in_order(self) -> bool {
        self.low <= self.likely && self.likely <= self.high
    }
}

/// When it could be opened at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
pub enum Gate {
    /// Everything is there.
    Now,
    /// The longest path of what is missing ends on this day at the earliest.
    From {
        /// The day.
        on: Date,
    },
    /// Something forbids it without an end that is known.
    Blocked,
    /// Something has not been looked into.
    Unknown,
}

impl Gate {
    /// Whether it lets a country open, now or on a day that is known.
    #[must_use]
    pub const fn opens(self) -> bool {
        matches!(self, Self::Now | Self::From { .. })
    }
}

/// What a gate stands on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum GateGround {
    /// Somebody has typed it into the file.
    #[default]
    File,
    /// The opening plan of the market, for the products of the class.
    Plan {
        /// The market.
        market: MarketCode,
        /// When it can open with the first of the products.
        ready: Ready,
        /// What decides that, with its code; none where everything is there.
        because: Option<String>,
    },
    /// The plan was wanted, and no shop was asked.
    NotAsked,
    /// The plan was asked for, and the shop knows no market of the country.
    NoMarket,
    /// The plan was asked for, and the catalogue has no product of the class.
    NoProducts {
        /// The market that could be planned otherwise.
        market: MarketCode,
    },
}

/// What the opening's cost stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum CostGround {
    /// Somebody has typed it into the file.
    #[default]
    File,
    /// What the missing clearances cost by the opening plan, and what the file adds to that.
    Plan,
    /// The same, without some clearances of which nobody has asked the cost.
    PlanInPart {
        /// How many, or how many sums are in another currency.
        unknown: usize,
    },
    /// Neither the file nor a plan knows it.
    Unknown,
}

/// A figure that somebody has put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// The net price of a unit.
    Price,
    /// The landed cost of a unit.
    Landed,
    /// Payment, freight to the buyer, returns and warranty of a unit.
    OtherUnitCost,
    /// What the country costs each year (`F`).
    FixedAYear,
    /// What the opening costs once (`K`).
    OpeningCost,
    /// When it could be opened.
    Gate,
    /// How many days later than planned.
    DelayDays,
}

impl InputKind {
    /// Every input, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Price,
        Self::Landed,
        Self::OtherUnitCost,
        Self::FixedAYear,
        Self::OpeningCost,
        Self::Gate,
        Self::DelayDays,
    ];

    /// The word in data files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Landed => "landed",
            Self::OtherUnitCost => "other_unit_cost",
            Self::FixedAYear => "fixed_a_year",
            Self::OpeningCost => "opening_cost",
            Self::Gate => "gate",
            Self::DelayDays => "delay_days",
        }
    }
}

/// Where an input is from, in the words of whoever has written it down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputSource {
    /// Which input.
    pub of: InputKind,
    /// Of which day.
    pub as_of: Date,
    /// Where it is from.
    pub source: String,
}

/// A country with a class of products: what a candidate is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CandidateName {
    /// The country.
    pub country: Country,
    /// The class.
    pub class: ProductClass,
}

impl std::fmt::Display for CandidateName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.country, self.class.word())
    }
}

/// A country and a class of products that could be opened there. Amounts are minor units of the
/// sheet's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The country.
    pub country: Country,
    /// The class.
    pub class: ProductClass,
    /// Net price of a unit.
    pub price: Spread,
    /// Landed cost of a unit.
    pub landed: Spread,
    /// Payment fee, outbound freight, expected returns and warranty reserve of a unit.
    pub other_unit_cost: i64,
    /// What the country costs each year, sold or not (`F`).
    pub fixed_a_year: i64,
    /// What the opening costs once: clearances, registrations, texts (`K`).
    pub opening_cost: i64,
    /// What that stands on.
    #[serde(default)]
    pub cost_ground: CostGround,
    /// When it could be opened.
    pub gate: Gate,
    /// What that stands on.
    #[serde(default)]
    pub gate_ground: GateGround,
    /// How many days later than planned it may come.
    pub delay_days: Spread,
    /// Where the inputs are from, as far as somebody has said so; each input once.
    #[serde(default)]
    pub sources: Vec<InputSource>,
    /// The evidence; at most one signal of each kind.
    pub signals: Vec<Signal>,
}

impl Candidate {
    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> CandidateName {
        CandidateName { country: self.country, class: self.class }
    }

    /// Where an input is from, if somebody has said so.
    #[must_use]
    pub fn source(&self, of: InputKind) -> Option<&InputSource> {
        self.sources.iter().find(|source| source.of == of)
    }

    /// The margin of a unit at its most likely price and cost (`m`), below zero where it loses.
    #[must_use]
    pub const fn likely_margin(&self) -> i64 {
        self.price.likely.saturating_sub(self.landed.likely).saturating_sub(self.other_unit_cost)
    }
}

/// How the sheet is worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The currency of every amount.
    pub currency: Currency,
    /// Over how many years the opening is written off (`T`).
    pub write_off_years: u32,
    /// How many draws.
    pub draws: u32,
    /// The seed of the draws: the same seed gives the same sheet.
    pub seed: u64,
    /// The day of the question.
    pub on: Date,
    /// Counts older than this many days are marked.
    pub stale_after_days: u32,
}

impl Settings {
    /// The usual settings: written off over two years, 10,000 draws, counts good for 90 days.
    #[must_use]
    pub const fn usual(currency: Currency, on: Date) -> Self {
        Self { currency, write_off_years: 2, draws: 10_000, seed: 1, on, stale_after_days: 90 }
    }
}

/// What a signal's take rate is learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "calibration", rename_all = "snake_case")]
pub enum Calibration {
    /// No market with this class and signal has been opened: a count, not an estimate.
    None,
    /// Learned from this many openings.
    Openings {
        /// How many.
        count: usize,
    },
}

/// Three points of a distribution over the draws: a tenth below, half below, a tenth above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// A tenth of the draws is below.
    pub p10: u64,
    /// Half of them.
    pub p50: u64,
    /// A tenth is above.
    pub p90: u64,
}

/// What one signal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalResult {
    /// The signal.
    pub signal: Signal,
    /// What its take rate is from.
    pub calibration: Calibration,
    /// Units a year by this signal alone; none if it is not calibrated.
    pub units: Option<Placement>,
    /// In how many of a thousand draws it clears break-even.
    pub clears_per_mille: Option<u32>,
    /// How many there would have to be to clear break-even in half of the draws; none if it is not
    /// calibrated or a unit earns nothing.
    pub needed: Option<u64>,
    /// Whether the count is older than the settings allow.
    pub stale: bool,
}

/// An input of a candidate that its rank depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "input", rename_all = "snake_case")]
pub enum Sway {
    /// The net price.
    Price,
    /// The landed cost.
    Landed,
    /// The delay.
    Delay,
    /// A take rate.
    Take {
        /// Of which signal.
        kind: SignalKind,
    },
}

/// One candidate on the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateResult {
    /// What went in.
    pub candidate: Candidate,
    /// Break-even units a year; none where a unit earns nothing even at its best tenth.
    pub break_even: Option<Placement>,
    /// What each signal says.
    pub signals: Vec<SignalResult>,
    /// Its rank over the draws; 1 is the best.
    pub rank: Placement,
    /// The candidates whose rank ranges overlap with this one's.
    pub tied_with: Vec<CandidateName>,
    /// The input that moves the rank most when it alone goes from its tenth to its ninetieth
    /// percentile; none if no single one moves it.
    pub sway: Option<Sway>,
}

/// The whole answer, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// How it was worked out.
    pub settings: Settings,
    /// Every candidate.
    pub candidates: Vec<CandidateResult>,
}

/// Why there is no sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NextCountryError {
    /// The settings are out of range.
    #[error("a sheet takes 100 to {DRAWS_MAX} draws and is written off over 1 to 50 years")]
    Settings,
    /// Too many candidates.
    #[error("a sheet compares at most {CANDIDATES_MAX} candidates")]
    TooMany,
    /// A candidate contradicts itself.
    #[error("{candidate}: {problem}")]
    Candidate {
        /// Which.
        candidate: CandidateName,
        /// What is wrong.
        problem: Wrong,
    },
    /// An opening contradicts itself.
    #[error("opening of {country}: more bought than had signalled")]
    Opening {
        /// The country.
        country: Country,
    },
}

impl NextCountryError {
    /// What it is about, as the file calls it (empty: all of it), and what is wrong with it.
    #[must_use]
    pub fn wrong(&self) -> (String, Wrong) {
        match self {
            Self::Settings => (String::new(), Wrong::NextSettings { max: DRAWS_MAX.to_string() }),
            Self::TooMany => {
                (String::new(), Wrong::TooManyCandidates { max: CANDIDATES_MAX.to_string() })
            }
            Self::Candidate { candidate, problem } => (candidate.to_string(), problem.clone()),
            Self::Opening { country } => (format!("opening, {country}"), Wrong::BoughtMore),
        }
    }
}
