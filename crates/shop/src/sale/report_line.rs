//! The entries of a sale in little, for its report: forty bytes each, so that two million people are
//! 90 MB at the moment at which the report is made, and as much as long as it is kept.
//!
//! Entries are read by pages in the order of their ids, what became of them is noted beside them, and
//! only then they are put into the order of the line.

use std::ops::Range;
use std::sync::Arc;

use kontor_base::Instant;
use kontor_base::id::{EntryId, SaleId};
use kontor_domain::sale::{DepositState, Entry, Line, Outcome, Shuffle, Tally, Way};
use kontor_ledger::sale::{ClaimState, PlaceState};
use kontor_store::sale::deposit as deposits;
use kontor_store::sale::entry as entries;
use kontor_store::sale::{batch, channel as channels, lot as lots};
use kontor_store::{StoreError, Tx};

use super::board::rank_of;
use super::line::came_at_ms;

/// How many rows are read at a time.
const PAGE: i64 = 20_000;

/// What an entry did, as far as it is known without its place in the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Took nothing.
    Nothing,
    /// Took units and gave them back, or did not pay them.
    Released,
    /// Took units, and the hold ended.
    Expired,
    /// Met the limit of one person.
    Limited,
    /// Was refused for another reason.
    Refused,
    /// Bought.
    Bought,
}

/// One entry.
#[derive(Clone, Copy, Debug)]
struct Row {
    entry: EntryId,
    /// The place in the line as a number with its most significant byte first: the rank; in a rush the moment
    /// (in microseconds since the epoch) of those who came later, who have none.
    order: [u8; 16],
    units: u16,
    /// The channel's place in the definition.
    channel: u16,
    late: bool,
    /// It was offered a unit from the waiting list.
    from_list: bool,
    fate: Fate,
}

/// Every entry of a sale.
#[derive(Debug, Default)]
pub(super) struct Rows(Vec<Row>);

/// What became of the deposits of a channel's places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DepositFates {
    /// They went towards an order that stood at the end.
    pub(super) credited: u64,
    /// They went back.
    pub(super) refunded: u64,
    /// Neither.
    pub(super) kept: u64,
}

impl Rows {
    /// Reads the entries of a sale, and what became of them.
    pub(super) fn read(
        tx: &mut Tx<'_>,
        sale: SaleId,
        tallies: &[Tally],
        shuffle: &Shuffle,
    ) -> Result<Self, StoreError> {
        let mut rows = Vec::with_capacity(entries::count(tx, sale)?);
        let mut last = None;
        loop {
            let page = entries::after(tx, sale, last, PAGE)?;
            let Some(end) = page.last() else { break };
            last = Some(end.entry);
            for kept in page {
                let of = |tally: &Tally| {
                    (tally.channel.market, tally.channel.way) == (kept.market, kept.way)
                };
                let Some(channel) = tallies.iter().position(of) else { continue };
                let order = if kept.present || !kept.way.is_shuffled() {
                    rank_of(shuffle, kept.way, kept.entry)
                } else {
                    u128::from(kept.entered_at.micros().max(0).unsigned_abs())
                };
                rows.push(Row {
                    entry: kept.entry,
                    order: order.to_be_bytes(),
                    units: 0,
                    channel: u16::try_from(channel).expect("a sale has 256 channels at most"),
                    late: !kept.present,
                    from_list: false,
                    fate: Fate::Nothing,
                });
            }
        }
        let mut rows = Self(rows);
        rows.note_claims(tx, sale)?;
        for (entry, code) in channels::refusals(tx, sale)? {
            if let Some(row) = rows.of(entry).filter(|row| row.fate != Fate::Bought) {
                row.fate = if code == "sale.person_limit" { Fate::Limited } else { Fate::Refused };
            }
        }
        for row in &mut rows.0 {
            // The line has passed their place, and they had enough by then.
            row.from_list &= row.fate != Fate::Nothing;
        }
        Ok(rows)
    }

    fn note_claims(&mut self, tx: &mut Tx<'_>, sale: SaleId) -> Result<(), StoreError> {
        for lot in lots::of_sale(tx, sale)? {
            let mut last = 0;
            loop {
                let page = batch::waiting_after(tx, lot.lot, last, PAGE)?;
                let Some((end, _)) = page.last() else { break };
                last = *end;
                let served = page.iter().filter(|(_, place)| place.state == PlaceState::Served);
                for (_, place) in served {
                    if let Some(row) = self.of(EntryId::from_bytes(place.person)) {
                        row.from_list = true;
                    }
                }
            }
            let mut last = 0;
            loop {
                let page = batch::claims_after(tx, lot.lot, last, PAGE)?;
                let Some((end, _)) = page.last() else { break };
                last = *end;
                for (_, claim) in page {
                    let Some(row) = self.of(EntryId::from_bytes(claim.person)) else { continue };
                    // Whoever has bought once has bought, whatever became of the other claims.
                    match claim.state {
                        ClaimState::Sold => {
                            row.units = row.units.saturating_add(u16::from(claim.units));
                            row.fate = Fate::Bought;
                        }
                        _ if row.fate == Fate::Bought => {}
                        ClaimState::Expired => row.fate = Fate::Expired,
                        _ => row.fate = Fate::Released,
                    }
                }
            }
        }
        Ok(())
    }

    /// What became of the deposits of every channel's places, from the books. To be asked as long as the
    /// rows are in the order of their ids.
    pub(super) fn deposit_fates(
        &mut self,
        tx: &mut Tx<'_>,
        sale: SaleId,
        channels: usize,
    ) -> Result<Vec<DepositFates>, StoreError> {
        let mut fates = vec![DepositFates::default(); channels];
        for state in [DepositState::Held, DepositState::Applied, DepositState::Returned] {
            let mut last = None;
            loop {
                let page = deposits::places_of(tx, sale, state, last, PAGE)?;
                let Some(end) = page.last() else { break };
                last = Some(end.deposit);
                for paid in page {
                    let Some(row) = self.of(paid.entry).copied() else { continue };
                    let Some(fate) = fates.get_mut(usize::from(row.channel)) else { continue };
                    // Whose order was called off before the end has it back; whose order is called off
                    // later had it there.
                    *match (state, paid.had_order && row.fate == Fate::Bought) {
                        (_, true) => &mut fate.credited,
                        (DepositState::Returned, false) => &mut fate.refunded,
                        (_, false) => &mut fate.kept,
                    } += 1;
                }
            }
        }
        Ok(fates)
    }

    /// The row of an entry, as long as the rows are in the order of their ids.
    fn of(&mut self, entry: EntryId) -> Option<&mut Row> {
        let at = self.0.binary_search_by_key(&entry, |row| row.entry).ok()?;
        self.0.get_mut(at)
    }

    /// Puts every channel's entries into the order of its line: who was there by rank, then who came
    /// later as they came.
    pub(super) fn into_lines(mut self, ways: &[Way], live_at: Instant) -> Vec<ReportLine> {
        self.0.sort_unstable_by_key(|row| (row.channel, row.late, row.order, row.entry));
        let all = Arc::new(self.0);
        let mut from = 0;
        (ways.iter().enumerate())
            .map(|(channel, way)| {
                let to =
                    from + all[from..].partition_point(|row| usize::from(row.channel) <= channel);
                let range = std::mem::replace(&mut from, to)..to;
                ReportLine { all: Arc::clone(&all), range, way: *way, live_at, reached: 0 }
            })
            .collect()
    }
}

/// The line of one channel.
#[derive(Clone, Debug)]
pub struct ReportLine {
    all: Arc<Vec<Row>>,
    range: Range<usize>,
    way: Way,
    live_at: Instant,
    reached: u64,
}

impl ReportLine {
    fn rows(&self) -> &[Row] {
        &self.all[self.range.clone()]
    }

    /// How many entries it has.
    pub(super) fn count(&self) -> usize {
        self.range.len()
    }

    /// The entry at a place.
    pub(super) fn entry(&self, place: usize) -> Option<Entry> {
        let row = self.rows().get(place)?;
        let outcome = match row.fate {
            Fate::Bought => Outcome::Claimed,
            Fate::Limited => Outcome::Limited,
            Fate::Refused => Outcome::Refused,
            Fate::Expired => Outcome::Expired,
            Fate::Released => Outcome::Released,
            Fate::Nothing if (place as u64) < self.reached => Outcome::Missed,
            Fate::Nothing => Outcome::NotReached,
        };
        let came = row.late.then(|| self.came_after_ms(u128::from_be_bytes(row.order)));
        // Whoever was let in anyway had their unit in the order of the line.
        let from_list = row.from_list && place as u64 >= self.reached;
        Some(Entry(row.entry, came, outcome, u32::from(row.units), from_list))
    }

    /// How many milliseconds after going live somebody came who came later.
    fn came_after_ms(&self, order: u128) -> u64 {
        let live_at = self.live_at.micros();
        let after = if self.way.is_shuffled() {
            (i64::try_from(order).unwrap_or(i64::MAX) - live_at) / 1_000
        } else {
            i64::try_from(came_at_ms(order)).unwrap_or(i64::MAX) - live_at / 1_000
        };
        u64::try_from(after).unwrap_or(0)
    }

    /// Whoever was there before it went live.
    pub(super) fn present(&self) -> impl Iterator<Item = EntryId> + '_ {
        self.rows().iter().take_while(|row| !row.late).map(|row| row.entry)
    }

    /// How many from the front up to the last who came later and took units by themselves: as long as
    /// there are units for those who came later, all of them may take some.
    pub(super) fn late_takers(&self) -> u64 {
        let took = |row: &Row| row.late && row.fate != Fate::Nothing && !row.from_list;
        self.rows().iter().rposition(took).map_or(0, |place| place as u64 + 1)
    }

    /// Says how many from the front were let in.
    pub(super) const fn reach(&mut self, reached: u64) {
        self.reached = reached;
    }
}

impl Line for ReportLine {
    fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..self.count()).filter_map(|place| self.entry(place))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn row(number: u8, channel: u16, order: u128, late: bool, fate: Fate) -> Row {
        let units = u16::from(fate == Fate::Bought);
        let entry = EntryId::from_bytes([number; 16]);
        Row { entry, order: order.to_be_bytes(), units, channel, late, from_list: false, fate }
    }

    /// Two ways: three who were there and one who came late; nobody.
    pub(in super::super) fn lines() -> Vec<ReportLine> {
        let rows = vec![
            row(1, 0, 9, false, Fate::Nothing),
            row(2, 0, 4, false, Fate::Bought),
            Row { from_list: true, ..row(3, 0, 7, false, Fate::Expired) },
            row(4, 0, 5_000_000, true, Fate::Limited),
        ];
        Rows(rows).into_lines(&[Way::Rush, Way::Batch], Instant::from_micros(2_000_000))
    }

    #[test]
    fn a_row_is_as_small_as_it_says() {
        assert_eq!(size_of::<Row>(), 40);
    }

    #[test]
    fn the_line_is_by_rank_and_then_by_time() {
        let mut lines = lines();
        assert_eq!((lines[0].count(), lines[1].count()), (4, 0));
        assert_eq!((lines[0].late_takers(), lines[1].late_takers()), (4, 0));
        lines[0].reach(1);
        let seen = |line: &ReportLine| -> Vec<_> {
            line.entries().map(|e| (e.0.bytes()[0], e.1, e.2, e.3, e.4)).collect()
        };
        assert_eq!(
            seen(&lines[0]),
            [
                (2, None, Outcome::Claimed, 1, false),
                (3, None, Outcome::Expired, 0, true),
                (1, None, Outcome::NotReached, 0, false),
                (4, Some(3_000), Outcome::Limited, 0, false),
            ]
        );
        lines[0].reach(4);
        assert!(!seen(&lines[0])[1].4, "they were let in");
        assert_eq!(seen(&lines[0])[2].2, Outcome::Missed);
        assert_eq!(lines[0].present().count(), 3);
        assert!(lines[1].entries().next().is_none());
    }
}
