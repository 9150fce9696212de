//! Whom the limits of a sale turn away: counted in memory, because a refusal costs no disk, and written
//! down by the keeper. What a crash loses is what was counted since its last look.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kontor_domain::market::MarketCode;
use kontor_domain::sale::{Definition, Limit, LimitMet, MetAt, Way};
use kontor_ledger::sale::Refusal;
use kontor_store::StoreError;
use kontor_store::sale::channel::{self as channels, TurnedAway};

use super::answer::SaleRefusal;
use super::board::LiveSale;
use crate::core::Shop;

/// How many counts a way in has.
const COUNTS: usize = MetAt::ALL.len() * Limit::ALL.len();

/// The counts of a sale that are not written down yet, by its channels.
#[derive(Debug)]
pub(super) struct Counts(Vec<[AtomicU64; COUNTS]>);

impl Counts {
    pub(super) fn new(definition: &Definition) -> Self {
        let none = || std::array::from_fn(|_| AtomicU64::new(0));
        Self(definition.channels.iter().map(|_| none()).collect())
    }

    /// Every count that is not zero, with its place.
    fn told(&self, definition: &Definition) -> Vec<(usize, usize, TurnedAway)> {
        let mut told = Vec::new();
        for (channel, counts) in self.0.iter().enumerate() {
            let Some(own) = definition.channels.get(channel) else { continue };
            let (market, way) = (own.market, own.way);
            for (place, count) in counts.iter().enumerate() {
                let times = count.load(Ordering::Relaxed);
                if times > 0 {
                    let (at, limit) = (place / Limit::ALL.len(), place % Limit::ALL.len());
                    let met = LimitMet { at: MetAt::ALL[at], limit: Limit::ALL[limit], times };
                    told.push((channel, place, TurnedAway { market, way, met }));
                }
            }
        }
        told
    }
}

/// The limit that a refusal is, if it is one: a full queue or an old ticket turns nobody away.
const fn limit_of(refusal: &SaleRefusal) -> Option<Limit> {
    match refusal {
        SaleRefusal::PersonLimit | SaleRefusal::Lot(Refusal::PersonLimit) => Some(Limit::Person),
        SaleRefusal::Excluded => Some(Limit::Excluded),
        SaleRefusal::NotCleared => Some(Limit::NotCleared),
        SaleRefusal::EnteredElsewhere => Some(Limit::OtherWay),
        _ => None,
    }
}

impl LiveSale {
    /// Counts a refusal, if it is a limit of the sale.
    pub(super) fn note_turned_away(
        &self,
        (market, way): (MarketCode, Way),
        at: MetAt,
        refusal: &SaleRefusal,
    ) {
        let Some(limit) = limit_of(refusal) else { return };
        let is_own =
            |channel: &kontor_domain::sale::Channel| (channel.market, channel.way) == (market, way);
        let own = self.definition.channels.iter().position(is_own);
        let place = at as usize * Limit::ALL.len() + limit as usize;
        if let Some(counts) = own.and_then(|own| self.turned_away.0.get(own)) {
            counts[place].fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes down what was counted since the last time.
pub(super) async fn write_down(shop: &Shop, live: &LiveSale) -> Result<(), StoreError> {
    let told = live.turned_away.told(&live.definition);
    if told.is_empty() {
        return Ok(());
    }
    let (id, rows) = (live.definition.sale, told.iter().map(|(.., row)| *row).collect::<Vec<_>>());
    shop.db.write("sale.turned_away", move |tx| channels::add_turned_away(tx, id, &rows)).await?;
    for (channel, place, row) in told {
        live.turned_away.0[channel][place].fetch_sub(row.met.times, Ordering::Relaxed);
    }
    Ok(())
}

/// Writes down what every sale has counted, before the process ends.
pub(super) async fn write_down_all(shop: &Shop, sales: Vec<Arc<LiveSale>>) {
    for live in sales {
        if let Err(fault) = write_down(shop, &live).await {
            tracing::error!(%fault, sale = %live.definition.sale, "limits were not written down");
        }
    }
}
