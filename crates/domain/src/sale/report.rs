//! The public report of a sale: everything that is needed to recompute it, and nobody's data.
//!
//! An entry is a random id; only its holder knows that it is theirs (their ticket says so). The
//! layout is versioned by [`SCHEMA`]; a reader refuses versions that it does not know.

use std::fmt;

use kontor_base::id::{EntryId, SaleId};
use kontor_base::{Instant, Money};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::definition::{CHANNELS_MAX, Channel, UNITS_MAX, Way};
use super::fair::{Commitment, OrderSecret};
use super::hex;
use super::limit::LimitMet;
use crate::catalogue::Sku;
use crate::market::MarketCode;

/// The name and version of the layout.
pub const SCHEMA: &str = "kontor.sale.report/2";
/// The layout before, which is still read: it does not say who had a unit from the waiting list, and
/// counts everybody up to the last of them as reached.
pub const SCHEMA_BEFORE: &str = "kontor.sale.report/1";

/// The most entries of a report that is read.
pub const ENTRIES_MAX: usize = 20_000_000;

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Bought.
    Claimed,
    /// Held a unit and let the time run out.
    Expired,
    /// Held a unit and gave it back, or the payment failed.
    Released,
    /// Refused: the person already had as much as one may have.
    Limited,
    /// Refused for another reason that the rules name (clearance, reseller).
    Refused,
    /// Was let in and did not take a unit.
    Missed,
    /// Was never let in.
    NotReached,
}

impl Outcome {
    /// Every outcome, in the order of [`Totals`].
    pub const ALL: [Self; 7] = [
        Self::Claimed,
        Self::Expired,
        Self::Released,
        Self::Limited,
        Self::Refused,
        Self::Missed,
        Self::NotReached,
    ];

    /// The word in data and on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Expired => "expired",
            Self::Released => "released",
            Self::Limited => "limited",
            Self::Refused => "refused",
            Self::Missed => "missed",
            Self::NotReached => "not_reached",
        }
    }
}

/// One entry, in JSON as an array of four, and of five where the last is true: there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(
    /// Which.
    pub EntryId,
    /// Milliseconds after going live at which it came; `null` if it was there before.
    pub Option<u64>,
    /// What became of it.
    pub Outcome,
    /// Units that were bought.
    pub u32,
    /// Whether it was offered a unit that came back, from the waiting list: its place in the line was not
    /// reached.
    pub bool,
);

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(id, came, outcome, units, from_list) = self;
        let mut list = serializer.serialize_seq(Some(4 + usize::from(*from_list)))?;
        list.serialize_element(id)?;
        list.serialize_element(came)?;
        list.serialize_element(outcome)?;
        list.serialize_element(units)?;
        if *from_list {
            list.serialize_element(from_list)?;
        }
        list.end()
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an entry: its id, when it came, what became of it, its units")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
                let short = |length| move || A::Error::invalid_length(length, &List);
                let entry = Entry(
                    list.next_element()?.ok_or_else(short(0))?,
                    list.next_element()?.ok_or_else(short(1))?,
                    list.next_element()?.ok_or_else(short(2))?,
                    list.next_element()?.ok_or_else(short(3))?,
                    list.next_element()?.unwrap_or(false),
                );
                match list.next_element::<serde::de::IgnoredAny>()? {
                    None => Ok(entry),
                    Some(_) => Err(A::Error::invalid_length(6, &self)),
                }
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// The entries of a channel in the order of the line, wherever they are kept: a report of millions is
/// walked through and written without ever being one list.
pub trait Line {
    /// Every entry from the front; the same ones each time.
    fn entries(&self) -> impl Iterator<Item = Entry> + '_;
}

impl Line for Vec<Entry> {
    fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.iter().copied()
    }
}

/// Numbers over all entries of a channel, for readers who do not count themselves. They must agree
/// with the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Everybody.
    pub entries: u64,
    /// Units that were bought.
    pub units_claimed: u64,
    /// Entries that bought.
    pub claimed: u64,
    /// Holds that ran out.
    pub expired: u64,
    /// Holds that were given back.
    pub released: u64,
    /// Entries that met the limit of one person.
    pub limited: u64,
    /// Entries that were refused for another reason.
    pub refused: u64,
    /// Entries that were let in and took nothing.
    pub missed: u64,
    /// Entries that were never let in.
    pub not_reached: u64,
    /// Entries that were offered a unit from the waiting list; they are counted above too.
    #[serde(default)]
    pub from_list: u64,
}

impl Totals {
    /// Counted from the entries.
    #[must_use]
    pub fn of(line: &impl Line) -> Self {
        let mut totals = Self::default();
        for Entry(_, _, outcome, units, from_list) in line.entries() {
            totals.entries += 1;
            totals.from_list += u64::from(from_list);
            totals.units_claimed += u64::from(units);
            *match outcome {
                Outcome::Claimed => &mut totals.claimed,
                Outcome::Expired => &mut totals.expired,
                Outcome::Released => &mut totals.released,
                Outcome::Limited => &mut totals.limited,
                Outcome::Refused => &mut totals.refused,
                Outcome::Missed => &mut totals.missed,
                Outcome::NotReached => &mut totals.not_reached,
            } += 1;
        }
        totals
    }
}

/// What became of the deposits of a way in whose places cost one. Each entry of its line is one deposit
/// that was paid; whoever gave their place up before the list was closed is in neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositTotals {
    /// What a place cost.
    pub amount: Money,
    /// Deposits that were paid.
    pub taken: u64,
    /// Of these: those that went towards an order that stood when the sale was settled.
    pub credited: u64,
    /// Of these: those that went back.
    pub refunded: u64,
    /// Of these: those that did neither.
    pub kept: u64,
}

/// One market's way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelReport<L = Vec<Entry>> {
    /// The market.
    pub market: MarketCode,
    /// The way in.
    pub way: Way,
    /// Units at the beginning.
    pub quota: u32,
    /// Units that came from other ways of the market.
    pub rolled_in: u32,
    /// Units that went to other ways of the market.
    pub rolled_out: u32,
    /// How many of the line were let in, counted from its front.
    pub reached: u64,
    /// The digest of the entries that were there before it went live, as published then.
    pub entries_digest: Commitment,
    /// Everybody, in the order of the line.
    pub entries: L,
    /// The numbers.
    pub totals: Totals,
    /// The deposits, where a place costs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposits: Option<DepositTotals>,
    /// How often a limit turned somebody away before they had anything. Counted by the shop: nobody can
    /// recompute how often something was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<LimitMet>,
}

impl<L> ChannelReport<L> {
    /// The channel as defined.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        Channel { market: self.market, way: self.way, quota: self.quota }
    }

    fn with_line<M>(&self, line: impl FnOnce(&L) -> M) -> ChannelReport<M> {
        ChannelReport {
            market: self.market,
            way: self.way,
            quota: self.quota,
            rolled_in: self.rolled_in,
            rolled_out: self.rolled_out,
            reached: self.reached,
            entries_digest: self.entries_digest,
            entries: line(&self.entries),
            totals: self.totals,
            deposits: self.deposits,
            limits: self.limits.clone(),
        }
    }
}

/// A public beacon that was mixed into the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beacon {
    /// Its name and round, as announced with the sale.
    pub name: String,
    /// Its value; whoever verifies compares it with what the beacon's operator publishes.
    #[serde(with = "hex")]
    pub value: [u8; 32],
}

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report<L = Vec<Entry>> {
    /// [`SCHEMA`].
    pub schema: String,
    /// The sale.
    pub sale: SaleId,
    /// What was sold.
    pub sku: Sku,
    /// When it went live.
    pub live_at: Instant,
    /// When it was settled.
    pub settled_at: Instant,
    /// Units that one person could take.
    pub per_person: u32,
    /// What was published before registration.
    pub commitment: Commitment,
    /// What it was the hash of.
    pub secret: OrderSecret,
    /// The beacon, if one was announced.
    pub beacon: Option<Beacon>,
    /// All channels.
    pub channels: Vec<ChannelReport<L>>,
}

impl<L> Report<L> {
    /// The same report with other lines.
    #[must_use]
    pub fn with_lines<M>(&self, mut line: impl FnMut(&L) -> M) -> Report<M> {
        Report {
            schema: self.schema.clone(),
            sale: self.sale,
            sku: self.sku.clone(),
            live_at: self.live_at,
            settled_at: self.settled_at,
            per_person: self.per_person,
            commitment: self.commitment,
            secret: self.secret.clone(),
            beacon: self.beacon.clone(),
            channels: self.channels.iter().map(|own| own.with_line(&mut line)).collect(),
        }
    }
}

/// Why a text is not taken for a report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not JSON of this layout.
    #[error("not a report: {0}")]
    Layout(String),
    /// A version that this program does not know.
    #[error("the report has the layout {0:?}, and only {SCHEMA:?} is known")]
    Schema(String),
    /// More of something than a sale can have.
    #[error("the report has more {0} than a sale can have")]
    TooMuch(&'static str),
}

impl Report {
    /// Checks what has been read from outside: the layout and the bounds. Whether it is *true* is
    /// the business of [`verify`](super::verify()).
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn accept(self) -> Result<Self, ReadError> {
        if ![SCHEMA, SCHEMA_BEFORE].contains(&self.schema.as_str()) {
            return Err(ReadError::Schema(self.schema));
        }
        let entries: usize = self.channels.iter().map(|channel| channel.entries.len()).sum();
        let units: u64 = self.channels.iter().map(|channel| u64::from(channel.quota)).sum();
        for (what, too_much) in [
            ("channels", self.channels.len() > CHANNELS_MAX),
            ("entries", entries > ENTRIES_MAX),
            ("units", units > UNITS_MAX),
        ] {
            if too_much {
                return Err(ReadError::TooMuch(what));
            }
        }
        Ok(self)
    }
}
