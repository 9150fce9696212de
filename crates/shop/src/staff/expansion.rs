//! What expansion can propose or do: withdrawals, what a market sells, costs, contracts and allotments, dispatch.

use kontor_base::id::{ResellerId, ResellerOrderId};
use kontor_base::{Country, Date, Instant};
use kontor_domain::catalogue::Sku;
use kontor_domain::clearance::{Reach, Scope};
use kontor_domain::market::{Act as Degree, MarketCode};
use kontor_domain::opening::AssortmentChange;
use kontor_domain::order::OrderNumber;
use kontor_domain::reseller::{BillEvent, Contract};
use kontor_domain::staff::{Extent, Permission};
use kontor_store::Tx;
use kontor_store::opening::Cost;
use kontor_store::reseller::Reseller;
use kontor_store::reseller::bill::bill_of;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::act::{Act, Bearing, Change, line, market_of, name_of, pretty, refused};
use super::act_refusal::ActRefusal;
use super::expansion_before::before;
use super::goods::sold;
use super::order::written;
use super::person::{FieldProblem, Person, Refusal};
use crate::core::{Failure, Known, Outcome, Shop};
use crate::opening::{
    AssortCommand, Refusal as OpeningRefusal, WithdrawCommand, assort_in, assorted,
    markets_of_cost, note_cost_in, withdraw_in,
};
use crate::order::{CameBack, DispatchRefusal, TakeBackRefusal, dispatch_in, take_back_in};
use crate::reseller::{
    BillTerms, Payment, Refusal as ResellerRefusal, allot_in, approve_in, bill_in,
    cancel_for_maker_in, check, dispatch_in as dispatch_for_reseller, pay_in, reject_in,
    returnable_in,
};
use crate::stock::Serials;

/// An act of expansion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expansion", rename_all = "snake_case")]
pub enum ExpansionAct {
    /// Takes what is in a scope out of a market, at once.
    Withdraw {
        /// The market.
        market: MarketCode,
        /// What.
        scope: Box<Scope>,
        /// From which act on.
        gates: Degree,
        /// Why; people read it.
        reason: String,
    },
    /// Changes what a market sells of what is cleared.
    Assort {
        /// The market.
        market: MarketCode,
        /// What changes.
        change: AssortmentChange,
        /// Why.
        reason: String,
    },
    /// Notes what getting a clearance costs.
    NoteCost {
        /// The market whose plan it is for.
        market: MarketCode,
        /// The cost.
        cost: Box<Cost>,
    },
    /// Makes a contract with a reseller, or changes one.
    ApproveReseller {
        /// The reseller.
        reseller: ResellerId,
        /// The market out of whose quota it is served.
        market: MarketCode,
        /// The contract.
        contract: Box<Contract>,
    },
    /// Turns an application down.
    RejectReseller {
        /// The reseller.
        reseller: ResellerId,
    },
    /// Sets units aside for a contract; fewer than none: takes them back.
    Allot {
        /// The market.
        market: MarketCode,
        /// The contract.
        contract: String,
        /// The variant.
        sku: Sku,
        /// How many.
        units: i64,
    },
    /// Hands an order to the carrier.
    Dispatch {
        /// The market.
        market: MarketCode,
        /// The order's number.
        order: String,
        /// The serial numbers of what is in it.
        serials: Serials,
    },
    /// Takes goods of an order back, at whatever stage its market is.
    TakeBack {
        /// The market.
        market: MarketCode,
        /// The order's number.
        order: String,
        /// What has come back.
        came: Vec<CameBack>,
    },
    /// Hands a reseller's order to the carrier.
    DispatchReseller {
        /// The market.
        market: MarketCode,
        /// The order.
        order: ResellerOrderId,
        /// The serial numbers of what is in it.
        serials: Serials,
    },
    /// Cancels a reseller's order that has not left.
    CancelReseller {
        /// The market.
        market: MarketCode,
        /// The order.
        order: ResellerOrderId,
        /// Why; the reseller reads it.
        reason: String,
    },
    /// Bills a reseller's order.
    BillReseller {
        /// The market.
        market: MarketCode,
        /// The order.
        order: ResellerOrderId,
        /// What the bill says besides.
        terms: BillTerms,
    },
    /// Writes down that the money of a bill has come, or went back.
    MoveBill {
        /// The market.
        market: MarketCode,
        /// The order that was billed.
        order: ResellerOrderId,
        /// It has come; otherwise it went back.
        came: bool,
        /// The day.
        on: Date,
        /// What the bank's statement calls it.
        reference: String,
    },
}

impl From<ExpansionAct> for Act {
    fn from(act: ExpansionAct) -> Self {
        Self::Expansion(Box::new(act))
    }
}

impl ExpansionAct {
    /// Whether orders that wait have to be judged anew once it is done.
    pub(super) const fn touches_orders(&self) -> bool {
        matches!(self, Self::Withdraw { .. })
    }

    /// What it needs, where, and what it is about.
    pub(super) fn bearing(
        &self,
        tx: &mut Tx<'_>,
        known: &Known,
        person: &Person,
    ) -> Outcome<Bearing, Refusal> {
        let plain = |permission, market, subject| {
            Bearing::plain(permission, market, subject).for_person(person)
        };
        match self {
            Self::Withdraw { market, scope, .. } => {
                plain(Permission::OpeningWithdraw, Some(*market), scope.to_string())
            }
            Self::Assort { market, change, .. } => {
                assorted(known, *market, change).map_err(of_opening)?;
                plain(Permission::MarketEdit, Some(*market), format!("markets/{market}"))
            }
            Self::NoteCost { market, cost } => {
                let named = plain(Permission::MarketEdit, Some(*market), cost.clearance.clone())?;
                // A cost is noted once, for every market in which its code counts.
                let counts = markets_of_cost(tx, known, &cost.clearance)?;
                if !counts.contains(market) {
                    let bad = OpeningRefusal::BadCost(cost.clearance.clone());
                    return Err(of_opening(Failure::Refused(bad)));
                }
                let also = counts.into_iter().filter(|other| other != market).map(Some).collect();
                Bearing { also, ..named }.for_person(person)
            }
            Self::ApproveReseller { reseller, market, contract } => {
                let code = contract.code.clone();
                let bearing = plain(Permission::ResellerApprove, Some(*market), code)?;
                check(tx, known, *reseller, *market, contract).map_err(of_reseller)?;
                Ok(bearing)
            }
            Self::RejectReseller { reseller } => {
                let firm = kontor_store::reseller::find(tx, *reseller)?;
                let market = firm.and_then(|firm| market_of_applicant(known, &firm));
                plain(Permission::ResellerManage, market, reseller.to_string())
            }
            Self::Allot { market, contract, .. } => {
                let kept = kontor_store::reseller::contract(tx, contract)?;
                own_market(kept.map(|kept| kept.market), *market)?;
                plain(Permission::ResellerManage, Some(*market), contract.clone())
            }
            Self::Dispatch { market, order, .. } => {
                let number = number(order)?;
                let placed = kontor_store::order::by_number(tx, &number)?;
                own_market(placed.map(|placed| placed.order.market), *market)?;
                plain(Permission::OrderDispatch, Some(*market), order.clone())
            }
            Self::TakeBack { market, order, .. } => {
                let number = number(order)?;
                let placed = kontor_store::order::by_number(tx, &number)?;
                own_market(placed.map(|placed| placed.order.market), *market)?;
                plain(Permission::OrderReturn, Some(*market), order.clone())
            }
            Self::DispatchReseller { market, order, .. } => {
                let kept = kontor_store::reseller::order(tx, *order)?;
                own_market(kept.map(|kept| kept.body.market), *market)?;
                plain(Permission::OrderDispatch, Some(*market), order.to_string())
            }
            // Money that goes back is a refund, whoever it goes to.
            Self::MoveBill { market, order, came: false, .. } => {
                let kept = kontor_store::reseller::order(tx, *order)?;
                own_market(kept.map(|kept| kept.body.market), *market)?;
                let named = plain(Permission::PaymentRefund, Some(*market), order.to_string())?;
                let back = returnable_in(tx, *order).map_err(of_reseller)?;
                Ok(Bearing { extent: Extent::Amount(back), ..named })
            }
            Self::CancelReseller { market, order, .. }
            | Self::BillReseller { market, order, .. }
            | Self::MoveBill { market, order, .. } => {
                let kept = kontor_store::reseller::order(tx, *order)?;
                own_market(kept.map(|kept| kept.body.market), *market)?;
                plain(Permission::ResellerManage, Some(*market), order.to_string())
            }
        }
    }

    /// What it would change.
    pub(super) fn change(&self, tx: &mut Tx<'_>, shop: &Shop) -> Outcome<Change, Refusal> {
        if let Self::Assort { market, change, .. } = self {
            let known = shop.snapshots.current_in(tx, shop.now())?;
            let told = |skus: Vec<&Sku>| serde_json::json!({ "sells": sold(skus) }).to_string();
            let was = told(known.assortment(*market).into_iter().flatten().collect());
            // What was proposed may have been done, or have become impossible, since.
            let is_now = match assorted(&known, *market, change) {
                Ok(next) => told(next.iter().collect()),
                Err(_) => pretty(self),
            };
            return Ok(Change { was, is_now });
        }
        let is_now = match self {
            Self::ApproveReseller { contract, .. } => pretty(contract),
            Self::NoteCost { cost, .. } => pretty(cost),
            Self::MoveBill { order, came, on, reference, .. } => {
                let total = bill_of(tx, *order)?.map(|bill| written(bill.body.total));
                let way = if *came { "comes" } else { "goes_back" };
                pretty(&json!({ "order": order, way: total, "on": on, "reference": reference }))
            }
            other => pretty(other),
        };
        Ok(Change { was: before(tx, shop, self)?, is_now })
    }

    /// Does it.
    pub(super) fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        shop: &Shop,
        by: &Person,
        at: Instant,
    ) -> Outcome<(), Refusal> {
        match self {
            Self::Withdraw { market, scope, gates, reason } => {
                let (by, reason, scope) = (name_of(by), line(reason)?, scope.as_ref().clone());
                let command = WithdrawCommand { market: *market, scope, gates: *gates, by, reason };
                let known = shop.snapshots.current_in(tx, at)?;
                withdraw_in(tx, shop, &known, &command, at).map_err(of_opening)?;
                Ok(())
            }
            Self::Assort { market, change, reason } => {
                let (market, change) = (*market, change.clone());
                let (by, reason) = (name_of(by), line(reason)?);
                let known = shop.snapshots.current_in(tx, at)?;
                let command = AssortCommand { market, change, by, reason };
                assort_in(tx, shop, &known, &command, at).map_err(of_opening)?;
                Ok(())
            }
            Self::NoteCost { cost, .. } => note_cost_in(tx, cost).map_err(of_opening),
            Self::ApproveReseller { reseller, market, contract } => {
                let known = shop.snapshots.current_in(tx, at)?;
                approve_in(tx, shop, &known, *reseller, *market, contract, at).map_err(of_reseller)
            }
            Self::RejectReseller { reseller } => reject_in(tx, *reseller).map_err(of_reseller),
            Self::Allot { contract, sku, units, .. } => {
                allot_in(tx, shop, contract, sku, *units, at).map_err(of_reseller)
            }
            Self::Dispatch { order, serials, .. } => {
                let (known, number) = (shop.snapshots.current_in(tx, at)?, number(order)?);
                dispatch_in(tx, shop, &known, &number, serials, at).map_err(of_dispatch)
            }
            Self::TakeBack { order, came, .. } => {
                take_back_in(tx, shop, &number(order)?, came, at).map_err(of_take_back)
            }
            Self::DispatchReseller { order, serials, .. } => {
                let known = shop.snapshots.current_in(tx, at)?;
                dispatch_for_reseller(tx, shop, &known, *order, serials, at).map_err(of_reseller)
            }
            Self::CancelReseller { order, reason, .. } => {
                cancel_for_maker_in(tx, shop, *order, reason, at).map_err(of_reseller)
            }
            Self::BillReseller { order, terms, .. } => {
                bill_in(tx, shop, *order, terms, at).map_err(of_reseller)?;
                Ok(())
            }
            Self::MoveBill { order, came, on, reference, .. } => {
                let event = if *came { BillEvent::Received } else { BillEvent::Returned };
                let by = name_of(by).to_string();
                let payment = Payment { on: *on, reference: reference.clone(), by };
                pay_in(tx, shop, *order, event, &payment, at).map_err(of_reseller)
            }
        }
    }
}

/// The market whose people an application concerns: that of the firm's country. None: where no market has
/// that country, or several have, those of all markets.
#[must_use]
pub fn market_of_applicant(known: &Known, firm: &Reseller) -> Option<MarketCode> {
    market_of_applicants(known, firm.profile.country)
}

/// The same by the country alone.
pub(super) fn market_of_applicants(known: &Known, country: Country) -> Option<MarketCode> {
    market_of(known, Reach::Country(country))
}

fn of_reseller(failure: Failure<ResellerRefusal>) -> Failure<Refusal> {
    failure.map(|refusal| Refusal::Act(ActRefusal::Reseller(Box::new(refusal))))
}

fn of_dispatch(failure: Failure<DispatchRefusal>) -> Failure<Refusal> {
    failure.map(|refusal| Refusal::Act(ActRefusal::Dispatch(Box::new(refusal))))
}

fn of_take_back(failure: Failure<TakeBackRefusal>) -> Failure<Refusal> {
    failure.map(|refusal| Refusal::Act(ActRefusal::TakeBack(Box::new(refusal))))
}

fn number(text: &str) -> Outcome<OrderNumber, Refusal> {
    text.parse().map_err(|_| Failure::Refused(Refusal::Field(FieldProblem::OrderNumber)))
}

/// Whether what an act is about belongs to the market that it names: a permission in one market is
/// none in another.
fn own_market(of: Option<MarketCode>, named: MarketCode) -> Outcome<(), Refusal> {
    if of == Some(named) { Ok(()) } else { Err(refused(ActRefusal::OtherMarket)) }
}

fn of_opening(failure: Failure<OpeningRefusal>) -> Failure<Refusal> {
    failure.map(|refusal| Refusal::Act(ActRefusal::Opening(Box::new(refusal))))
}
