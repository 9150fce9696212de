//! What this shop has counted itself of the signals for the next country: waiting lists, resellers'
//! orders, devices carried there. Each on its own; nothing here adds them up.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan;
use kontor_base::Country;
use kontor_domain::planning::SignalKind;
use kontor_domain::reach::Carried;
use kontor_store::StoreError;
use kontor_store::customer::waiting_counts;
use kontor_store::reseller::orders_after;

use crate::core::Shop;

/// How many orders are read at once.
const PAGE: i64 = 1_000;

/// The signals by country and kind, over twelve months where they have a time.
pub type Counted = BTreeMap<(Country, SignalKind), u64>;

/// Counts the signals. `carried` has what is known of devices carried abroad.
///
/// # Errors
///
/// A fault of the store.
pub async fn counted_here(
    shop: &Arc<Shop>,
    carried: Option<&Carried>,
) -> Result<Counted, StoreError> {
    let snapshot = shop.snapshots.now();
    let since = shop.now().date().saturating_sub(1.year());
    let mut counted = shop
        .db
        .read("planning.signals", move |tx| {
            let mut counted = Counted::new();
            for market in &snapshot.markets {
                let waiting: i64 =
                    waiting_counts(tx, market.code)?.iter().map(|(_, count)| count).sum();
                let sum = counted.entry((market.home(), SignalKind::WaitingList)).or_default();
                *sum += u64::try_from(waiting).unwrap_or(0);
            }
            let mut after = None;
            loop {
                let page = orders_after(tx, after, PAGE)?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                for order in page.iter().filter(|order| order.body.on >= since) {
                    let units: u64 =
                        order.body.lines.iter().map(|line| u64::from(line.units)).sum();
                    let place = (order.body.ship_to, SignalKind::ResellerOrders);
                    *counted.entry(place).or_default() += units;
                }
            }
            Ok::<_, StoreError>(counted)
        })
        .await?;
    for (country, units) in carried.map(Carried::by_country).unwrap_or_default() {
        counted.insert((country, SignalKind::CarriedAbroad), units);
    }
    counted.retain(|_, count| *count > 0);
    Ok(counted)
}
