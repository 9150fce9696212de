//! What the walk over the facts finds: where, from which act on it matters, and what it comes to.

use kontor_base::{Country, Date};

use super::assortment::Assortment;
use super::code::{AuthorityOrderCode, FactRef};
use super::grant::Grant;
use super::order::AuthorityOrder;
use super::reason::{Reason, RuleBrief};
use super::review::Review;
use super::rule::Rule;
use super::subject::Place;
use crate::market::{Act, Goods, stage_allows_goods};

/// Something found.
pub(super) struct Finding<'f> {
    /// Where.
    pub(super) fact: Source<'f>,
    /// From which act on it matters.
    pub(super) gates: Act,
    /// What.
    pub(super) effect: Effect<'f>,
    /// The next day on which it can be different.
    pub(super) next: Option<Date>,
}

/// Where something was found.
#[derive(Clone, Copy)]
pub(super) enum Source<'f> {
    Stage,
    Plan(&'f Assortment),
    NoReview(Country),
    Review(&'f Review),
    Rule(&'f Rule, Country),
    Order(&'f AuthorityOrder),
}

/// What was found.
pub(super) enum Effect<'f> {
    /// Not in force on that day.
    NotInForce,
    /// About something else.
    DoesNotApply,
    /// The stage allows the act, or the country is reviewed.
    Fine,
    /// There is evidence.
    Satisfied(&'f Grant),
    /// An older grant is spared by the rule that blocks.
    Spared(&'f Grant),
    /// Another order takes the force from it.
    LiftedBy(&'f AuthorityOrderCode),
    /// Conditions have to be met.
    Obliges,
    /// It refuses; `notice_from` is the act from which on a notice is enough.
    Refuses { lack: Lack<'f>, notice_from: Option<Act> },
    /// It is pointed out.
    Advises(Lack<'f>),
}

/// What is lacking.
#[derive(Clone)]
pub(super) enum Lack<'f> {
    Stage(Goods),
    Country(Country),
    /// It is not among what the market has opened with.
    NotPlanned,
    Unreviewed,
    Stale,
    Blocked,
    Unknown(Vec<String>),
    Missing,
    InProgress(&'f Grant, Option<Date>),
    Expired(&'f Grant, Date),
    Revoked(&'f Grant, Date),
    Unverified(&'f Grant),
}

impl Lack<'_> {
    /// How close to a clearance it is; of several grants the closest speaks.
    pub(super) const fn closeness(&self) -> u8 {
        match self {
            Self::Revoked(..) => 1,
            Self::Expired(..) => 2,
            Self::InProgress(..) => 3,
            Self::Unverified(_) => 4,
            _ => 0,
        }
    }
}

impl Finding<'_> {
    /// Whether it refuses `act`.
    pub(super) fn refuses(&self, act: Act, place: &Place<'_>) -> bool {
        match &self.effect {
            Effect::Refuses { lack: Lack::Stage(goods), .. } => {
                !stage_allows_goods(place.market.stage, act, *goods)
            }
            // What was sold before it was taken out is delivered.
            Effect::Refuses { lack: Lack::NotPlanned, .. } => {
                act >= self.gates && act != Act::Deliver
            }
            Effect::Refuses { notice_from, .. } => act >= self.refuses_from(*notice_from),
            _ => false,
        }
    }

    /// Whether it allows `act` only under conditions.
    pub(super) fn conditions(&self, act: Act) -> bool {
        match &self.effect {
            Effect::Obliges => act >= self.gates,
            Effect::Refuses { notice_from: Some(from), .. } => {
                act >= *from && act < self.refuses_from(Some(*from))
            }
            _ => false,
        }
    }

    fn refuses_from(&self, notice_from: Option<Act>) -> Act {
        match (self.fact, notice_from) {
            (Source::Rule(rule, _), Some(_)) => rule.gates,
            _ => self.gates,
        }
    }

    /// The reason for people.
    pub(super) fn reason(&self, lack: &Lack<'_>, place: &Place<'_>, at: Date) -> Reason {
        match (self.fact, lack) {
            (_, Lack::Country(country)) => Reason::MarketCountry { country: *country },
            (Source::NoReview(country), _) => Reason::Unreviewed { country },
            (Source::Review(review), _) => Reason::ReviewStale {
                review: review.code.clone(),
                country: review.country,
                since: review.stale_on(),
            },
            (Source::Rule(rule, country), lack) => rule_reason(rule, country, lack),
            (Source::Order(order), Lack::Unknown(words)) => Reason::UnknownAttribute {
                fact: FactRef::Order(order.code.clone()),
                words: words.clone(),
                authority: order.authority.clone(),
            },
            (Source::Order(order), _) => Reason::BlockedByOrder {
                order: order.code.clone(),
                title: order.title.clone(),
                authority: order.authority.clone(),
                reference: order.reference.clone(),
                since: order.from,
                until: order.last_day(),
            },
            (Source::Plan(assortment), _) => Reason::NotPlanned { market: assortment.market },
            (Source::Stage, _) => Reason::MarketStage {
                stage: place.market.stage,
                opens_on: place.market.opens_on.filter(|on| *on > at),
            },
        }
    }
}

fn rule_reason(rule: &Rule, country: Country, lack: &Lack<'_>) -> Reason {
    let brief = RuleBrief::of(rule, country);
    match lack {
        Lack::Blocked => Reason::BlockedByRule { rule: brief, since: rule.effective_from },
        Lack::Unknown(words) => Reason::UnknownAttribute {
            fact: FactRef::Rule(rule.code.clone()),
            words: words.clone(),
            authority: rule.authority.clone(),
        },
        Lack::InProgress(grant, expected) => {
            Reason::InProgress { rule: brief, grant: grant.code.clone(), expected: *expected }
        }
        Lack::Expired(grant, since) => {
            Reason::Expired { rule: brief, grant: grant.code.clone(), since: *since }
        }
        Lack::Revoked(grant, since) => {
            Reason::Revoked { rule: brief, grant: grant.code.clone(), since: *since }
        }
        Lack::Unverified(grant) => Reason::Unverified { rule: brief, grant: grant.code.clone() },
        Lack::Missing
        | Lack::Stage(_)
        | Lack::Country(_)
        | Lack::NotPlanned
        | Lack::Unreviewed
        | Lack::Stale => Reason::Missing { rule: brief },
    }
}
