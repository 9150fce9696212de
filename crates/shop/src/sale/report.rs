//! The public report of a sale: everybody by their entry's random id, in the order of the line, with
//! what became of them. Made from rows that do not change any more, so that it is the same each time.
//!
//! A report of millions is never one text: its entries are kept in little ([`ReportLine`]), and the JSON is
//! made from them piece by piece for each reader.

use std::sync::Arc;

use kontor_base::id::SaleId;
use kontor_base::{Instant, Money};
use kontor_domain::sale::{
    Beacon, Channel, ChannelReport, DepositTotals, Entry, Noted, Report, SCHEMA, SaleState, Tally,
    Totals, Way, digest_of_sorted, verify,
};
use kontor_store::sale::channel::{self as channels, KeptChannel};
use kontor_store::sale::{self as sales, KeptSale};
use kontor_store::{StoreError, Tx};

use super::eligible::OwnClaim;
use super::report_line::{DepositFates, ReportLine, Rows};
use super::settle::tallies;
use crate::core::Shop;

/// How long a piece of the JSON is, about, in bytes.
const PIECE: usize = 64 * 1024;
/// How long a report that nobody asks for is kept, in seconds.
const KEPT_S: i64 = 600;
/// How a list without entries is written; nothing else in a report can be written like this,
/// because a text has its quotation marks escaped.
const NO_ENTRIES: &str = "\"entries\":[]";

/// A report that is out.
#[derive(Debug)]
pub struct MadeReport {
    report: Report<ReportLine>,
    /// The JSON before, between and after the lists of entries.
    frame: Vec<String>,
    holds: bool,
}

impl MadeReport {
    fn new(report: Report<ReportLine>) -> Result<Self, StoreError> {
        let bare = report.with_lines(|_| Vec::<Entry>::new());
        let bare = serde_json::to_string(&bare).map_err(|error| unreadable(&error))?;
        let mut frame: Vec<String> = Vec::with_capacity(report.channels.len() + 1);
        let mut rest = bare.as_str();
        // The list's own brackets belong to what is around it.
        while let Some(at) = rest.find(NO_ENTRIES) {
            let (before, after) = rest.split_at(at + NO_ENTRIES.len() - 1);
            frame.push(before.to_owned());
            rest = after;
        }
        frame.push(rest.to_owned());
        let holds = verify(&report, &Noted::default()).is_empty();
        Ok(Self { report, frame, holds })
    }

    /// The report; its lines are walked through, not copied.
    #[must_use]
    pub const fn report(&self) -> &Report<ReportLine> {
        &self.report
    }

    /// Whether it was recomputed and everything holds.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.holds
    }

    /// The report as JSON, piece by piece: one at a time is in memory.
    #[must_use]
    pub const fn pieces(self: Arc<Self>) -> Pieces {
        Pieces { made: self, next: Next::Frame(0) }
    }
}

/// The JSON of a report in pieces.
#[derive(Debug)]
pub struct Pieces {
    made: Arc<MadeReport>,
    next: Next,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The part of the frame before this channel's entries.
    Frame(usize),
    /// The entry of a channel at a place.
    Entry { channel: usize, place: usize },
}

impl Iterator for Pieces {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut piece = Vec::new();
        while piece.len() < PIECE {
            self.next = match self.next {
                Next::Frame(at) => {
                    let Some(text) = self.made.frame.get(at) else { break };
                    piece.extend_from_slice(text.as_bytes());
                    Next::Entry { channel: at, place: 0 }
                }
                Next::Entry { channel, place } => {
                    let line = self.made.report.channels.get(channel).map(|own| &own.entries);
                    match line.and_then(|line| line.entry(place)) {
                        Some(entry) => {
                            if place > 0 {
                                piece.push(b',');
                            }
                            serde_json::to_writer(&mut piece, &entry)
                                .expect("an entry is JSON, and memory takes it");
                            Next::Entry { channel, place: place + 1 }
                        }
                        None => Next::Frame(channel + 1),
                    }
                }
            };
        }
        (!piece.is_empty()).then_some(piece)
    }
}

/// The last report that was made, for a while: everybody wants the same one.
#[derive(Debug, Default)]
pub(super) struct LastReport(Option<(SaleId, Arc<MadeReport>, Instant)>);

impl LastReport {
    fn get(&mut self, id: SaleId, at: Instant) -> Option<Arc<MadeReport>> {
        let (_, made, asked_at) = self.0.as_mut().filter(|(known, ..)| *known == id)?;
        *asked_at = at;
        Some(Arc::clone(made))
    }

    /// Forgets a report that nobody has asked for of late.
    pub(super) fn forget_old(&mut self, at: Instant) {
        self.0.take_if(|(.., asked_at)| at.seconds_since(*asked_at) > KEPT_S);
    }
}

/// The report of a sale, once it is out; none before.
///
/// # Errors
///
/// A fault of the store.
pub async fn report(shop: &Shop, id: SaleId) -> Result<Option<Arc<MadeReport>>, StoreError> {
    // One at a time: two that are made together would be twice the memory.
    let mut last = shop.sales.report.lock().await;
    if let Some(made) = last.get(id, shop.now()) {
        return Ok(Some(made));
    }
    last.0 = None;
    let made = shop
        .db
        .read("sale.report", move |tx| {
            let kept = sales::get(tx, id)?.filter(|sale| sale.state == SaleState::Reported);
            let report = kept.map(|kept| make(tx, &kept)).transpose()?;
            report.map(MadeReport::new).transpose()
        })
        .await?
        .map(Arc::new);
    last.0 = made.as_ref().map(|made| (id, Arc::clone(made), shop.now()));
    Ok(made)
}

/// Notes that the rules have refused to let an entry buy: the report says how often.
pub(crate) async fn note_refusal(
    shop: &Shop,
    claim: OwnClaim,
    code: &'static str,
) -> Result<(), StoreError> {
    shop.db
        .write("sale.note_refusal", move |tx| {
            channels::refused(tx, claim.sale(), claim.entry, code)
        })
        .await
}

fn make(tx: &mut Tx<'_>, kept: &KeptSale) -> Result<Report<ReportLine>, StoreError> {
    let definition = &kept.definition;
    let shuffle = kept.secret.shuffle(definition.sale, kept.beacon.as_ref());
    let digests = channels::of_sale(tx, definition.sale)?;
    let turned_away = channels::turned_away(tx, definition.sale)?;
    let tallies = tallies(tx, definition)?;
    let mut rows = Rows::read(tx, definition.sale, &tallies, &shuffle)?;
    let fates = rows.deposit_fates(tx, definition.sale, tallies.len())?;
    let ways: Vec<Way> = tallies.iter().map(|tally| tally.channel.way).collect();
    let lines = rows.into_lines(&ways, definition.windows.live_at);
    let channels = tallies
        .iter()
        .zip(lines.into_iter().zip(fates))
        .map(|(tally, (line, fates))| {
            let Channel { market, way, .. } = tally.channel;
            let digest = digests.iter().find(|kept| kept.market == market && kept.way == way);
            let made = of_channel(tally, digest, line);
            let amount = definition.deposit(market, way);
            let deposits = amount.map(|amount| totals_of(amount, fates));
            let own = turned_away.iter().filter(|met| (met.market, met.way) == (market, way));
            let limits = own.map(|met| met.met).collect();
            ChannelReport { deposits, limits, ..made }
        })
        .collect();
    Ok(Report {
        schema: SCHEMA.to_owned(),
        sale: definition.sale,
        sku: definition.sku.clone(),
        live_at: definition.windows.live_at,
        settled_at: kept.settled_at.unwrap_or(definition.windows.ends_at),
        per_person: definition.per_person,
        commitment: kept.secret.commitment(),
        secret: kept.secret.clone(),
        beacon: definition
            .beacon
            .clone()
            .zip(kept.beacon)
            .map(|(name, value)| Beacon { name, value }),
        channels,
    })
}

fn of_channel(
    tally: &Tally,
    digest: Option<&KeptChannel>,
    mut line: ReportLine,
) -> ChannelReport<ReportLine> {
    let Channel { market, way, quota } = tally.channel;
    let admitted = digest.map_or(0, |kept| kept.admitted);
    let reached = match way {
        // Each code is good by itself.
        Way::Code => line.count() as u64,
        // Whoever came later has a place behind the others.
        Way::Batch | Way::Draw => admitted.min(line.count() as u64),
        // Whoever came later is let in when everybody is in who was there.
        Way::Rush => {
            let present = line.present().count() as u64;
            if admitted < present { admitted } else { present.max(line.late_takers()) }
        }
    };
    line.reach(reached);
    ChannelReport {
        market,
        way,
        quota,
        rolled_in: tally.rolled_in,
        rolled_out: tally.rolled_out,
        reached,
        entries_digest: digest.map_or_else(
            || {
                // A sale that was settled before it went live.
                let mut here: Vec<_> = line.present().collect();
                here.sort_unstable();
                digest_of_sorted(here)
            },
            |kept| kept.digest,
        ),
        totals: Totals::of(&line),
        entries: line,
        deposits: None,
        limits: Vec::new(),
    }
}

const fn totals_of(amount: Money, fates: DepositFates) -> DepositTotals {
    let DepositFates { credited, refunded, kept } = fates;
    DepositTotals { amount, taken: credited + refunded + kept, credited, refunded, kept }
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::BadRow { table: "sale", problem: error.to_string().into() }
}

#[cfg(test)]
mod tests {
    use kontor_domain::sale::{Line, OrderSecret};

    use super::super::report_line::tests::lines;
    use super::*;

    fn made(times: usize) -> Arc<MadeReport> {
        let secret = OrderSecret::from_bytes([5; 32]);
        let channel = |line: ReportLine| {
            let channel =
                Channel { market: "us".parse().expect("a market"), way: Way::Rush, quota: 1 };
            let tally = Tally { channel, rolled_in: 0, rolled_out: 0, claimed: 1, held: 0 };
            of_channel(&tally, None, line)
        };
        let report = Report {
            schema: SCHEMA.to_owned(),
            sale: SaleId::from_bytes([1; 16]),
            sku: "BAND".parse().expect("a sku"),
            live_at: Instant::from_micros(2_000_000),
            settled_at: Instant::from_micros(9_000_000),
            per_person: 1,
            commitment: secret.commitment(),
            secret,
            // A name that looks like what the frame is cut at.
            beacon: Some(Beacon { name: NO_ENTRIES.to_owned(), value: [3; 32] }),
            channels: (0..times).flat_map(|_| lines()).map(channel).collect(),
        };
        Arc::new(MadeReport::new(report).expect("it is made"))
    }

    #[test]
    fn the_pieces_are_the_bytes_of_the_whole() {
        for times in [0, 1, 2, 400] {
            let made = made(times);
            let whole = made.report().with_lines(|line| line.entries().collect::<Vec<_>>());
            let whole = serde_json::to_vec(&whole).expect("JSON");
            let pieces: Vec<_> = made.pieces().collect();
            assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() < PIECE + 1_024));
            assert!(pieces.len() <= whole.len().div_ceil(PIECE), "{}", whole.len());
            assert!(pieces.concat() == whole, "{times} times two ways");
        }
    }

    #[test]
    fn a_report_is_forgotten_when_nobody_asks() {
        let (id, at) = (SaleId::from_bytes([1; 16]), Instant::from_micros(0));
        let mut last = LastReport(Some((id, made(1), at)));
        assert!(last.get(SaleId::from_bytes([2; 16]), at).is_none());
        assert!(last.get(id, at.plus_seconds(KEPT_S)).is_some());
        last.forget_old(at.plus_seconds(2 * KEPT_S));
        assert!(last.get(id, at).is_some(), "asking keeps it");
        last.forget_old(at.plus_seconds(KEPT_S + 1));
        assert!(last.get(id, at).is_none());
    }
}
