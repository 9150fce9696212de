//! The line of those who were there before a sale went live: closed, counted, made public by its
//! digests, and put into its order.
//!
//! The transaction that closes the list counts it (`sales::close_entries`). On several nodes an entry
//! that is being written in that very moment either is one of those who were counted, or finds the list
//! closed and stands behind them; the store lets nothing in between happen. What is read here, later and
//! page by page, has to be as many.

use std::collections::BTreeMap;

use kontor_base::Instant;
use kontor_base::id::{EntryId, SaleId};
use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Definition, Shuffle, Way, digest_of_sorted};
use kontor_store::sale::channel::{self as channels, KeptChannel};
use kontor_store::sale::{self as sales, entry};
use kontor_store::{StoreError, Tx};

use super::board::{LiveSale, lock, rank_of};
use crate::core::Shop;

/// How many entries are read at a time.
const PAGE: i64 = 20_000;
/// So much older than the latest that was read an entry may be that is committed after it, in
/// milliseconds: it has its id before its transaction, and nodes have clocks of their own.
const STRAGGLERS_MS: u64 = 10_000;
/// The bits of an id that are below the milliseconds in which it was made.
const ID_BITS_BELOW_MS: u32 = 80;

/// Who was there, by way in; and what is public of each way.
#[derive(Debug)]
pub(super) struct ClosedList {
    present: BTreeMap<(MarketCode, Way), Vec<EntryId>>,
    kept: Vec<KeptChannel>,
}

impl ClosedList {
    /// Reads the list of a sale, which has been closed, and makes public what is not yet: nobody is
    /// added afterwards. A crash in between leaves a list that gets its digests later.
    pub(super) async fn publish(shop: &Shop, definition: &Definition) -> Result<Self, StoreError> {
        let id = definition.sale;
        let mut list = shop.db.read("sale.order", move |tx| read(tx, id)).await?;
        let channels = definition.channels.iter().map(|channel| (channel.market, channel.way));
        let new: Vec<_> = channels
            .filter(|(market, way)| list.kept_of(*market, *way).is_none())
            .map(|(market, way)| {
                // The ids come in order.
                let digest = digest_of_sorted(list.of(market, way).iter().copied());
                KeptChannel { market, way, digest, admitted: 0 }
            })
            .collect();
        if !new.is_empty() {
            let keep = new.clone();
            let keep = move |tx: &mut Tx<'_>| {
                keep.iter().try_for_each(|channel| channels::keep_digest(tx, id, channel))
            };
            shop.db.write("sale.digest", keep).await?;
            list.kept.extend(new);
        }
        Ok(list)
    }

    fn of(&self, market: MarketCode, way: Way) -> &[EntryId] {
        self.present.get(&(market, way)).map_or(&[], Vec::as_slice)
    }

    fn kept_of(&self, market: MarketCode, way: Way) -> Option<&KeptChannel> {
        self.kept.iter().find(|kept| (kept.market, kept.way) == (market, way))
    }

    /// The ranks of those who were there, lowest first, and how many of them were let in before this
    /// process began.
    pub(super) fn ranks(
        &self,
        shuffle: &Shuffle,
        market: MarketCode,
        way: Way,
    ) -> (Vec<u128>, usize) {
        let present = self.of(market, way).iter();
        let mut ranks: Vec<u128> = present.map(|entry| rank_of(shuffle, way, *entry)).collect();
        ranks.sort_unstable();
        let admitted = self.kept_of(market, way).map_or(0, |kept| kept.admitted);
        (ranks, usize::try_from(admitted).unwrap_or(usize::MAX))
    }
}

/// Puts those who came to a batch after it went live behind the others, by when they came: a place in a
/// line is a place, and not who asks fastest.
pub(super) async fn stand_behind(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    for door in live.doors.iter().filter(|door| door.way == Way::Batch && door.is_ordered()) {
        let latest = *lock(&door.latest);
        let order = door.order.load_full();
        let mut last = latest.map(some_time_before);
        let mut new: Vec<u128> = Vec::new();
        loop {
            let (sale, market) = (live.definition.sale, door.market);
            let late = shop
                .db
                .read("sale.late", move |tx| {
                    entry::late_after(tx, sale, market, Way::Batch, last, PAGE)
                })
                .await?;
            let Some(end) = late.last() else { break };
            last = Some(*end);
            let ranks = late.iter().map(|entry| rank_of(&live.shuffle, Way::Batch, *entry));
            new.extend(ranks.filter(|rank| order.binary_search(rank).is_err()));
            if i64::try_from(late.len()).unwrap_or(PAGE) < PAGE {
                break;
            }
        }
        if !new.is_empty() {
            door.stand_in(&order, &new);
            *lock(&door.latest) = last.max(latest);
        }
    }
    Ok(())
}

/// When an entry came whose way goes by the order of coming, by its place in that order: in milliseconds
/// since the epoch. The time is in the id, so that one cannot contradict the other.
pub(super) fn came_at_ms(rank: u128) -> u64 {
    u64::try_from(rank >> ID_BITS_BELOW_MS).unwrap_or(u64::MAX)
}

/// The lowest id of [`STRAGGLERS_MS`] before another.
fn some_time_before(entry: EntryId) -> EntryId {
    let before = came_at_ms(u128::from_be_bytes(*entry.bytes())).saturating_sub(STRAGGLERS_MS);
    EntryId::from_bytes((u128::from(before) << ID_BITS_BELOW_MS).to_be_bytes())
}

fn read(tx: &mut Tx<'_>, sale: SaleId) -> Result<ClosedList, StoreError> {
    let mut present: BTreeMap<_, Vec<EntryId>> = BTreeMap::new();
    let (mut last, mut count) = (None, 0);
    loop {
        let page = entry::present_after(tx, sale, last, PAGE)?;
        let Some((end, ..)) = page.last() else { break };
        last = Some(*end);
        count += page.len();
        for (entry, market, way) in page {
            present.entry((market, way)).or_default().push(entry);
        }
    }
    match sales::counted_entries(tx, sale)? {
        // An order of other people than were counted would be another order.
        Some(counted) if counted != count => Err(StoreError::bad_row(
            "sale_entry",
            format!(
                "{counted} were there when the list of {sale} was closed, and {count} are read"
            ),
        )),
        _ => Ok(ClosedList { present, kept: channels::of_sale(tx, sale)? }),
    }
}

/// Closes the list of a sale that is due and waits for a beacon, and makes its digests public.
pub(super) async fn close(
    shop: &Shop,
    definition: &Definition,
    at: Instant,
) -> Result<(), StoreError> {
    let id = definition.sale;
    let (closed, kept) = shop
        .db
        .read("sale.is_closed", move |tx| {
            Ok::<_, StoreError>((sales::are_entries_closed(tx, id)?, channels::of_sale(tx, id)?))
        })
        .await?;
    if !closed {
        shop.db.write("sale.close_entries", move |tx| sales::close_entries(tx, id, at)).await?;
        tracing::info!(sale = %id, "the list of entries is closed");
    }
    if kept.len() < definition.channels.len() {
        ClosedList::publish(shop, definition).await?;
    }
    Ok(())
}
