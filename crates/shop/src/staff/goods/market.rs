//! Takes a market one step further, by the opening's own use case.

use kontor_base::{Date, Instant, Line};
use kontor_domain::catalogue::Sku;
use kontor_domain::market::{Act as DegreeAct, MarketCode, Stage, stage_allows};
use kontor_domain::staff::Permission;
use kontor_store::Tx;
use serde::{Deserialize, Serialize};

use super::super::act::{Bearing, Change};
use super::super::act_refusal::ActRefusal;
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
    /// The products of the plan that is carried out, which the market sells from then on; empty: every
    /// one.
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

    /// The stage, and where the step sells, what the market sells of what is cleared.
    pub(in crate::staff) fn change(&self, known: &Known) -> Change {
        let told = |stage: Stage, skus: Vec<&Sku>| {
            let mut told = serde_json::json!({ "stage": stage.word() });
            if stage_allows(self.to, DegreeAct::Sell) {
                told["sells"] = sold(skus);
            }
            told.to_string()
        };
        let now = known.assortment(self.market).into_iter().flatten().collect();
        Change { was: told(self.from, now), is_now: told(self.to, self.skus.iter().collect()) }
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

/// What a market sells, as it is kept in the proposal and in the log: its products, or `everything`. Pages say
/// the word in their reader's language.
pub(in crate::staff) fn sold(skus: Vec<&Sku>) -> serde_json::Value {
    if skus.is_empty() { "everything".into() } else { serde_json::json!(skus) }
}
