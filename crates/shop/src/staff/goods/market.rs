//! Takes a market one step further, by the opening's own use case.

use kontor_base::{Date, Instant, Line};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{MarketCode, Stage};
use kontor_domain::staff::Permission;
use kontor_store::Tx;
use serde::{Deserialize, Serialize};

use super::super::act::{ActRefusal, Bearing, Change};
use super::super::person::{FieldProblem, Person, Refusal};
use super::refused;
use crate::core::{Failure, Known, Outcome, Shop};
use crate::opening::{self, AdvanceCommand, advance_in};

/// A step of a market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advance {
    /// The market.
    pub market: MarketCode,
    /// Where from: the stage that whoever asks was shown.
    pub from: Stage,
    /// Where to.
    pub to: Stage,
    /// Why.
    pub reason: String,
    /// The products of the plan that is carried out; empty: every one.
    #[serde(default)]
    pub skus: Vec<Sku>,
    /// The day of that plan.
    #[serde(default)]
    pub on: Option<Date>,
}

impl Advance {
    pub(in crate::staff) fn bearing(
        &self,
        known: &Known,
        person: &Person,
    ) -> Outcome<Bearing, Refusal> {
        let subject = format!("markets/{}", self.market);
        let plain = Bearing::plain(Permission::MarketEdit, Some(self.market), subject);
        let bearing = plain.for_person(person)?;
        let market = known
            .market(self.market)
            .ok_or_else(|| refused("market.unknown", "there is no such market"))?;
        if market.stage != self.from {
            return Err(kontor_domain::staff::StaffRefusal::Changed.into());
        }
        Ok(bearing)
    }

    pub(in crate::staff) fn change(&self) -> Change {
        let stage = |stage: Stage| serde_json::json!({ "stage": stage.word() }).to_string();
        Change { was: stage(self.from), is_now: stage(self.to) }
    }

    pub(in crate::staff) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        by: &Person,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        let reason = Line::parse(&self.reason)
            .map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::ShortReason)))?;
        let by = Line::parse(by.name.as_str()).expect("a name is a shorter line");
        let (skus, on) = (self.skus.clone(), self.on);
        let command = AdvanceCommand { market: self.market, to: self.to, skus, on, by, reason };
        match advance_in(tx, shop, &command, at) {
            Ok(_) => Ok(()),
            Err(failure) => Err(failure.map(|refusal: opening::Refusal| {
                Refusal::Act(ActRefusal::Opening(Box::new(refusal)))
            })),
        }
    }
}
