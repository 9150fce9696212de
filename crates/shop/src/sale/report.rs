//! The public report of a sale: everybody by their entry's random id, in the order of the line, with
//! what became of them. Made from rows that do not change any more, so that it is the same each time.

use std::collections::HashMap;
use std::sync::Arc;

use kontor_base::id::{EntryId, SaleId};
use kontor_domain::sale::{
    Beacon, Channel, ChannelReport, Entry, Outcome, Report, SCHEMA, SaleState, Shuffle, Tally,
    Totals, Way, entries_digest,
};
use kontor_ledger::sale::ClaimState;
use kontor_store::sale::channel::{self as channels, KeptChannel};
use kontor_store::sale::entry::{self as entries, KeptEntry};
use kontor_store::sale::{self as sales, KeptSale, batch, lot as lots};
use kontor_store::{StoreError, Tx};

use super::board::rank_of;
use super::eligible::OwnClaim;
use super::settle::tallies;
use crate::core::Shop;

/// How many rows are read at a time.
const PAGE: i64 = 20_000;

/// The report of a sale, once it is out; none before.
///
/// # Errors
///
/// A fault of the store.
pub async fn report(shop: &Shop, id: SaleId) -> Result<Option<Report>, StoreError> {
    shop.db
        .read("sale.report", move |tx| {
            let kept = sales::get(tx, id)?.filter(|sale| sale.state == SaleState::Reported);
            kept.map(|kept| make(tx, &kept)).transpose()
        })
        .await
}

/// The report as JSON. The last one that was made is kept: everybody wants the same one.
///
/// # Errors
///
/// A fault of the store.
pub async fn report_text(shop: &Shop, id: SaleId) -> Result<Option<Arc<str>>, StoreError> {
    let mut last = shop.sales.report.lock().await;
    if let Some((_, text)) = last.as_ref().filter(|(known, _)| *known == id) {
        return Ok(Some(Arc::clone(text)));
    }
    let Some(report) = report(shop, id).await? else { return Ok(None) };
    let text = serde_json::to_string(&report)
        .map_err(|error| StoreError::BadRow { table: "sale", problem: error.to_string().into() })?;
    let text: Arc<str> = text.into();
    *last = Some((id, Arc::clone(&text)));
    Ok(Some(text))
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

/// What became of an entry's claims.
#[derive(Clone, Copy, Default)]
struct Fate {
    units: u32,
    last: Option<ClaimState>,
    /// Stood in the waiting list.
    waited: bool,
}

fn make(tx: &mut Tx<'_>, kept: &KeptSale) -> Result<Report, StoreError> {
    let definition = &kept.definition;
    let shuffle = kept.secret.shuffle(definition.sale, kept.beacon.as_ref());
    let fates = fates(tx, definition.sale)?;
    let refusals: HashMap<EntryId, String> =
        channels::refusals(tx, definition.sale)?.into_iter().collect();
    let digests = channels::of_sale(tx, definition.sale)?;
    let tallies = tallies(tx, definition)?;
    let mut everybody = all_entries(tx, definition.sale)?;
    let mut channels = Vec::new();
    for tally in &tallies {
        let Channel { market, way, .. } = tally.channel;
        let own: Vec<KeptEntry> =
            everybody.extract_if(.., |e| e.market == market && e.way == way).collect();
        let digest = digests.iter().find(|kept| kept.market == market && kept.way == way);
        channels.push(of_channel(kept, tally, digest, &shuffle, own, &fates, &refusals));
    }
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
    sale: &KeptSale,
    tally: &Tally,
    digest: Option<&KeptChannel>,
    shuffle: &Shuffle,
    mut own: Vec<KeptEntry>,
    fates: &HashMap<EntryId, Fate>,
    refusals: &HashMap<EntryId, String>,
) -> ChannelReport {
    let Channel { market, way, quota } = tally.channel;
    let live_at = sale.definition.windows.live_at;
    // Who was there by rank, then who came later as they came.
    own.sort_by_cached_key(|entry| {
        if entry.present {
            (0, rank_of(shuffle, way, entry.entry), entry.entry)
        } else {
            let came = entry.entered_at.micros().max(0).unsigned_abs();
            (1, u128::from(came), entry.entry)
        }
    });
    let fate = |entry: &KeptEntry| fates.get(&entry.entry).copied().unwrap_or_default();
    let active = |entry: &KeptEntry| {
        let fate = fate(entry);
        fate.last.is_some() || fate.waited || refusals.contains_key(&entry.entry)
    };
    let present = own.iter().filter(|entry| entry.present).count() as u64;
    let last_active = own.iter().rposition(active).map_or(0, |place| place as u64 + 1);
    let reached = match way {
        // Each code is good by itself.
        Way::Code => own.len() as u64,
        _ => digest.map_or(0, |kept| kept.admitted).min(present).max(last_active),
    };
    let entries: Vec<Entry> = own
        .iter()
        .zip(0_u64..)
        .map(|(entry, place)| {
            let Fate { units, last, .. } = fate(entry);
            let outcome = match (last, refusals.get(&entry.entry)) {
                (Some(ClaimState::Sold), _) => Outcome::Claimed,
                (_, Some(code)) if code == "sale.person_limit" => Outcome::Limited,
                (_, Some(_)) => Outcome::Refused,
                (Some(ClaimState::Expired), None) => Outcome::Expired,
                (Some(_), None) => Outcome::Released,
                (None, None) if place < reached => Outcome::Missed,
                (None, None) => Outcome::NotReached,
            };
            let came = (!entry.present).then(|| {
                let micros = entry.entered_at.micros() - live_at.micros();
                u64::try_from(micros / 1_000).unwrap_or(0)
            });
            Entry(entry.entry, came, outcome, units)
        })
        .collect();
    let here: Vec<EntryId> = own.iter().filter(|e| e.present).map(|e| e.entry).collect();
    ChannelReport {
        market,
        way,
        quota,
        rolled_in: tally.rolled_in,
        rolled_out: tally.rolled_out,
        reached,
        entries_digest: digest.map_or_else(|| entries_digest(&here), |kept| kept.digest),
        totals: Totals::of(&entries),
        entries,
    }
}

fn all_entries(tx: &mut Tx<'_>, sale: SaleId) -> Result<Vec<KeptEntry>, StoreError> {
    let (mut all, mut last) = (Vec::new(), None);
    loop {
        let page = entries::after(tx, sale, last, PAGE)?;
        let Some(end) = page.last() else { return Ok(all) };
        last = Some(end.entry);
        // The tickets are secrets and not needed here.
        all.extend(page.into_iter().map(|entry| KeptEntry { ticket: String::new(), ..entry }));
    }
}

fn fates(tx: &mut Tx<'_>, sale: SaleId) -> Result<HashMap<EntryId, Fate>, StoreError> {
    let mut fates: HashMap<EntryId, Fate> = HashMap::new();
    for lot in lots::of_sale(tx, sale)? {
        let mut last = 0;
        loop {
            let page = batch::claims_after(tx, lot.lot, last, PAGE)?;
            let Some((end, _)) = page.last() else { break };
            last = *end;
            for (_, claim) in page {
                let fate = fates.entry(EntryId::from_bytes(claim.person)).or_default();
                if claim.state == ClaimState::Sold {
                    fate.units += u32::from(claim.units);
                }
                // Whoever has bought once has bought, whatever became of the other claims.
                if fate.last != Some(ClaimState::Sold) {
                    fate.last = Some(claim.state);
                }
            }
        }
        let mut last = 0;
        loop {
            let page = batch::waiting_after(tx, lot.lot, last, PAGE)?;
            let Some((end, _)) = page.last() else { break };
            last = *end;
            for (_, waiting) in page {
                fates.entry(EntryId::from_bytes(waiting.person)).or_default().waited = true;
            }
        }
    }
    Ok(fates)
}
