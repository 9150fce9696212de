//! The gap of one product in one market: every fact that concerns it, with what it comes to and when
//! what is missing can be there.

use kontor_base::{Country, Date};
use serde::{Deserialize, Serialize};

use super::ready::Ready;
use crate::catalogue::Sku;
use crate::clearance::{
    FactRef, Facts, Grant, GrantCode, Ladder, Place, Reason, Rule, Step, StepEffect, Subject,
    WeekRange, explain, ladder,
};
use crate::market::Act;

/// Grants that end within so many days of the opening are told as expiring.
pub const EXPIRING_DAYS: i32 = 90;

/// What the market's own plan is called in tables, among the codes of rules and orders.
pub const PLAN_CODE: &str = "OPENING-PLAN";

/// One fact that concerns a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapItem {
    /// The rule, order or review; none for a country that nobody has looked into.
    pub fact: Option<FactRef>,
    /// The country.
    pub country: Option<Country>,
    /// In words.
    pub title: String,
    /// From which act on it matters.
    pub gates: Act,
    /// How it stands.
    pub state: GapState,
    /// Who demands it.
    pub authority: String,
    /// What has to be written down as evidence.
    pub identifier: String,
    /// Who has to be in the country for it; empty for nobody.
    pub local_party: String,
    /// How long it takes.
    pub lead_time_weeks: Option<WeekRange>,
    /// When it can be there.
    pub ready: Ready,
}

/// How a fact stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum GapState {
    /// There is evidence.
    Cleared {
        /// Which.
        grant: GrantCode,
        /// Its last day.
        until: Option<Date>,
    },
    /// There is evidence, but it ends within [`EXPIRING_DAYS`] of the day asked about.
    Expiring {
        /// Which.
        grant: GrantCode,
        /// Its last day.
        until: Date,
    },
    /// Nothing is needed but what the fact itself says: a review, an order that was lifted.
    Fine,
    /// Allowed under conditions.
    Conditions,
    /// It is pointed out and refuses nothing.
    Advised,
    /// Not there.
    Missing,
    /// Applied for.
    InProgress {
        /// When it is expected.
        expected: Option<Date>,
    },
    /// It was there, and is expired or revoked.
    Lapsed {
        /// Since when.
        since: Date,
    },
    /// There is a paper that nobody vouches for.
    Unverified,
    /// It forbids.
    Blocked {
        /// Its last day, if known.
        until: Option<Date>,
    },
    /// Something has to be found out before anybody can tell.
    Unknown {
        /// What; empty: the rules of the country.
        words: Vec<String>,
    },
    /// The market has opened without it.
    Unplanned,
}

impl GapState {
    /// The word in tables and URLs.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Cleared { .. } => "cleared",
            Self::Expiring { .. } => "expiring",
            Self::Fine => "fine",
            Self::Conditions => "conditions",
            Self::Advised => "advised",
            Self::Missing => "missing",
            Self::InProgress { .. } => "in_progress",
            Self::Lapsed { .. } => "lapsed",
            Self::Unverified => "unverified",
            Self::Blocked { .. } => "blocked",
            Self::Unknown { .. } => "unknown",
            Self::Unplanned => "unplanned",
        }
    }

    /// The last day of the evidence, where there is some that ends.
    #[must_use]
    pub const fn until(&self) -> Option<Date> {
        match self {
            Self::Cleared { until, .. } => *until,
            Self::Expiring { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// Whether it refuses the act.
    #[must_use]
    pub const fn refuses(&self) -> bool {
        matches!(
            self,
            Self::Missing
                | Self::InProgress { .. }
                | Self::Lapsed { .. }
                | Self::Unverified
                | Self::Blocked { .. }
                | Self::Unknown { .. }
                | Self::Unplanned
        )
    }
}

impl GapItem {
    /// Whether it refuses `act`.
    #[must_use]
    pub fn refuses(&self, act: Act) -> bool {
        // What was sold before it was taken out is delivered.
        let left_alone = self.state == GapState::Unplanned && act == Act::Deliver;
        self.state.refuses() && self.gates <= act && !left_alone
    }

    /// The code in tables; none where nobody has looked into the country.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self.fact.as_ref()? {
            FactRef::Assortment(_) => Some(PLAN_CODE),
            fact => Some(fact.code()),
        }
    }
}

/// One product in one market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductGap {
    /// The variant.
    pub sku: Sku,
    /// What is allowed on the day, act by act, were the market open.
    pub ladder: Ladder,
    /// Every fact that concerns it, in the order in which they were looked at.
    pub items: Vec<GapItem>,
    /// When everything that refuses a sale with delivery can be there.
    pub ready: Ready,
}

impl ProductGap {
    /// Whether the market has not opened without it.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        self.items.iter().all(|item| item.state != GapState::Unplanned)
    }

    /// What refuses a sale with delivery.
    pub fn open_items(&self) -> impl Iterator<Item = &GapItem> {
        self.items.iter().filter(|item| item.state.refuses() && item.gates <= Act::Deliver)
    }
}

/// The gap of `subject` in `place` for an opening on `on`, seen from `today`: work on what is missing
/// begins today. The place's market is judged as if it were open; that it is not yet is what the
/// opening changes.
#[must_use]
pub fn product_gap(
    subject: &Subject<'_>,
    place: &Place<'_>,
    on: Date,
    today: Date,
    facts: &Facts,
) -> ProductGap {
    let explanation = explain(Act::Deliver, subject, place, on, facts);
    let assortment = facts.assortment(place.market.code);
    let planned = assortment.is_none_or(|own| own.includes(&subject.variant.sku));
    let steps = explanation.steps.iter();
    let items: Vec<GapItem> =
        steps.filter_map(|step| item(step, planned, on, today, facts)).collect();
    let mut gap = ProductGap {
        sku: subject.variant.sku.clone(),
        ladder: ladder(subject, place, on, facts),
        items,
        ready: Ready::Now,
    };
    gap.ready = gap.open_items().fold(Ready::Now, |ready, item| ready.and(item.ready));
    gap
}

fn item(step: &Step, planned: bool, on: Date, today: Date, facts: &Facts) -> Option<GapItem> {
    let state = match step.fact {
        // Explained for a delivery, which the plan never refuses.
        Some(FactRef::Assortment(_)) if !planned => GapState::Unplanned,
        _ => state(&step.effect, on, facts)?,
    };
    // The market's own stage is what the opening changes: it is no fact of the goods.
    if step.fact.is_none() && !state.refuses() {
        return None;
    }
    let rule = step.fact.as_ref().and_then(|fact| rule_of(fact, facts));
    let lead = rule.and_then(|rule| rule.lead_time_weeks);
    let ready = ready(&state, lead, today);
    let text =
        |pick: fn(&Rule) -> &String| rule.map_or_else(String::new, |rule| pick(rule).clone());
    Some(GapItem {
        fact: step.fact.clone(),
        country: step.country,
        title: step.title.clone(),
        gates: step.gates,
        state,
        authority: authority(step, rule),
        identifier: text(|rule| &rule.identifier),
        local_party: text(|rule| &rule.local_party),
        lead_time_weeks: lead,
        ready,
    })
}

fn state(effect: &StepEffect, on: Date, facts: &Facts) -> Option<GapState> {
    Some(match effect {
        StepEffect::GatesLaterAct | StepEffect::NotInForce | StepEffect::DoesNotApply => {
            return None;
        }
        StepEffect::Fine | StepEffect::LiftedBy { .. } => GapState::Fine,
        StepEffect::Satisfied { grant } | StepEffect::Spared { grant } => {
            let until = grant_of(grant, facts).and_then(|grant| grant.expires_on);
            let soon =
                |until: &Date| on.until(*until).is_ok_and(|span| span.get_days() < EXPIRING_DAYS);
            match until.filter(soon) {
                Some(until) => GapState::Expiring { grant: grant.clone(), until },
                None => GapState::Cleared { grant: grant.clone(), until },
            }
        }
        StepEffect::Conditions => GapState::Conditions,
        StepEffect::Advises { .. } => GapState::Advised,
        StepEffect::Refuses { reason } => refused(reason),
    })
}

fn refused(reason: &Reason) -> GapState {
    match reason {
        Reason::InProgress { expected, .. } => GapState::InProgress { expected: *expected },
        Reason::Expired { since, .. } | Reason::Revoked { since, .. } => {
            GapState::Lapsed { since: *since }
        }
        Reason::Unverified { .. } => GapState::Unverified,
        Reason::BlockedByOrder { until, .. } => GapState::Blocked { until: *until },
        Reason::BlockedByRule { .. } | Reason::MarketCountry { .. } => {
            GapState::Blocked { until: None }
        }
        Reason::UnknownAttribute { words, .. } => GapState::Unknown { words: words.clone() },
        Reason::Unreviewed { .. } | Reason::ReviewStale { .. } => {
            GapState::Unknown { words: Vec::new() }
        }
        Reason::Missing { .. } | Reason::MarketStage { .. } => GapState::Missing,
        Reason::NotPlanned { .. } => GapState::Unplanned,
    }
}

fn ready(state: &GapState, lead: Option<WeekRange>, today: Date) -> Ready {
    let ready = match state {
        GapState::Missing | GapState::Lapsed { .. } => Ready::after_weeks(today, lead),
        // An application whose day has passed says nothing: as if it were begun today.
        GapState::InProgress { expected } => match expected.filter(|day| *day >= today) {
            Some(day) => Ready::on(day),
            None => Ready::after_weeks(today, lead),
        },
        GapState::Unverified => Ready::Undated,
        GapState::Blocked { until } => match until.and_then(|day| day.tomorrow().ok()) {
            Some(day) => Ready::on(day),
            None => Ready::Blocked,
        },
        GapState::Unknown { .. } => Ready::Unknown,
        _ => Ready::Now,
    };
    ready.after_today(today)
}

fn authority(step: &Step, rule: Option<&Rule>) -> String {
    match (&step.effect, rule) {
        (StepEffect::Refuses { reason }, None) => {
            reason.authority().map_or_else(String::new, str::to_owned)
        }
        (_, Some(rule)) => rule.authority.clone(),
        _ => String::new(),
    }
}

fn rule_of<'f>(fact: &FactRef, facts: &'f Facts) -> Option<&'f Rule> {
    let FactRef::Rule(code) = fact else { return None };
    // The records are in the order of their codes.
    let rules = &facts.records().rules;
    rules.binary_search_by(|rule| rule.code.cmp(code)).ok().map(|place| &rules[place])
}

fn grant_of<'f>(code: &GrantCode, facts: &'f Facts) -> Option<&'f Grant> {
    let grants = &facts.records().grants;
    grants.binary_search_by(|grant| grant.code.cmp(code)).ok().map(|place| &grants[place])
}
