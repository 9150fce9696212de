//! Takes a planned price back. What has begun stays: the lowest price of 30 days is worked out from it.

use kontor_base::Instant;
use kontor_domain::catalogue::Sku;
use kontor_domain::market::MarketCode;
use kontor_domain::price::{PriceEntry, largest_cut};
use kontor_domain::staff::Permission;
use kontor_store::{Tx, price};
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change};
use super::super::person::{Person, Refusal};
use super::refused;
use super::rows::extent;
use crate::core::Outcome;

/// A planned price that shall not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelPrice {
    /// The market.
    pub market: MarketCode,
    /// The variant.
    pub sku: Sku,
    /// When it would begin.
    pub valid_from: Instant,
}

impl CancelPrice {
    pub(in crate::staff) fn bearing(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        at: Instant,
    ) -> Outcome<Bearing, Refusal> {
        let subject = format!("prices/{} {} {}", self.market, self.sku, self.valid_from);
        let plain = Bearing::plain(Permission::PriceSet, Some(self.market), subject);
        let bearing = plain.for_person(person)?;
        let before = self.entries(tx)?;
        if self.valid_from <= at {
            return Err(refused("price.has_begun", "the price has begun: end it instead"));
        }
        let after: Vec<PriceEntry> =
            before.iter().filter(|entry| entry.valid_from != self.valid_from).cloned().collect();
        if after.len() == before.len() {
            return Err(refused("price.not_planned", "there is no such planned price"));
        }
        Ok(Bearing { extent: extent(largest_cut(&before, &after, at)), ..bearing })
    }

    fn entries(&self, tx: &mut Tx<'_>) -> Outcome<Vec<PriceEntry>, Refusal> {
        let own = |entry: &PriceEntry| entry.market == self.market && entry.sku == self.sku;
        Ok(price::entries(tx)?.into_iter().filter(own).collect())
    }

    pub(in crate::staff) fn change(&self, tx: &mut Tx<'_>) -> Outcome<Change, Refusal> {
        let entries = self.entries(tx)?;
        let planned = entries.iter().find(|entry| entry.valid_from == self.valid_from);
        let was = planned.map(|entry| {
            serde_json::json!({
                "price": entry.money.to_string(),
                "valid_from": self.valid_from.to_string(),
            })
            .to_string()
        });
        Ok(Change { was: was.unwrap_or_default(), is_now: String::new() })
    }

    pub(in crate::staff) fn carry_out(&self, tx: &mut Tx<'_>) -> Outcome<(), Refusal> {
        price::remove_entry(tx, self.market, &self.sku, self.valid_from)?;
        Ok(())
    }
}
