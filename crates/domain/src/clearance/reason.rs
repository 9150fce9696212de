//! Why something is refused, and what has to be done where it is allowed under conditions.

use std::collections::BTreeMap;

use kontor_base::{Country, Date, Language, Money};
use serde::{Deserialize, Serialize};

use super::code::{AuthorityOrderCode, ClearanceCode, FactRef, GrantCode, ReviewCode};
use super::order::AuthorityOrder;
use super::rule::{Domain, Rule, WeekRange};
use crate::catalogue::Slug;
use crate::market::{MarketCode, Stage};

/// What a page has to know of a rule to speak about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBrief {
    /// Its code.
    pub code: ClearanceCode,
    /// The country in which it is missing.
    pub country: Country,
    /// What it is about; pages have plain words for each domain.
    pub domain: Domain,
    /// What is needed, in a sentence.
    pub title: String,
    /// Who demands it.
    pub authority: String,
    /// How long it takes to get.
    pub lead_time_weeks: Option<WeekRange>,
}

impl RuleBrief {
    pub(super) fn of(rule: &Rule, country: Country) -> Self {
        Self {
            code: rule.code.clone(),
            country,
            domain: rule.domain,
            title: rule.title.clone(),
            authority: rule.authority.clone(),
            lead_time_weeks: rule.lead_time_weeks,
        }
    }
}

/// Why an act is refused (or what is worth pointing out).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The market has not come so far, or is past it.
    MarketStage {
        /// Its stage.
        stage: Stage,
        /// When it is planned to open, if that lies ahead.
        opens_on: Option<Date>,
    },
    /// The market does not ship to that country.
    MarketCountry {
        /// The country.
        country: Country,
    },
    /// A court or an authority forbids it.
    BlockedByOrder {
        /// The order.
        order: AuthorityOrderCode,
        /// What was ordered.
        title: String,
        /// By whom.
        authority: String,
        /// The file number.
        reference: String,
        /// Since when.
        since: Date,
        /// Its last day, if known.
        until: Option<Date>,
    },
    /// A rule forbids it, and there is no exception.
    BlockedByRule {
        /// The rule.
        rule: RuleBrief,
        /// Since when.
        since: Option<Date>,
    },
    /// Nobody has researched what is needed in the country.
    Unreviewed {
        /// The country.
        country: Country,
    },
    /// The research should be done again.
    ReviewStale {
        /// The review.
        review: ReviewCode,
        /// The country.
        country: Country,
        /// Since when.
        since: Date,
    },
    /// The clearance was taken back.
    Revoked {
        /// The rule that demands it.
        rule: RuleBrief,
        /// The grant.
        grant: GrantCode,
        /// Since when.
        since: Date,
    },
    /// The clearance has ended.
    Expired {
        /// The rule that demands it.
        rule: RuleBrief,
        /// The grant.
        grant: GrantCode,
        /// The first day without it.
        since: Date,
    },
    /// The clearance is not there.
    Missing {
        /// The rule that demands it.
        rule: RuleBrief,
    },
    /// The clearance is applied for.
    InProgress {
        /// The rule that demands it.
        rule: RuleBrief,
        /// The application.
        grant: GrantCode,
        /// When it is expected.
        expected: Option<Date>,
    },
    /// There is a grant, but neither it nor the rule was verified by anybody who can be named.
    Unverified {
        /// The rule that demands it.
        rule: RuleBrief,
        /// The grant.
        grant: GrantCode,
    },
    /// Nobody has said what has to be known to tell whether a rule or an order is about it.
    UnknownAttribute {
        /// The rule or the order.
        fact: FactRef,
        /// The words to find out.
        words: Vec<String>,
        /// The authority behind it.
        authority: String,
    },
    /// The market has opened without it.
    NotPlanned {
        /// The market.
        market: MarketCode,
    },
}

impl Reason {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MarketStage { .. } => "market.stage",
            Self::MarketCountry { .. } => "market.country",
            Self::BlockedByOrder { .. } | Self::BlockedByRule { .. } => "clearance.blocked",
            Self::Unreviewed { .. } => "clearance.unreviewed",
            Self::ReviewStale { .. } => "clearance.review_stale",
            Self::Revoked { .. } => "clearance.revoked",
            Self::Expired { .. } => "clearance.expired",
            Self::Missing { .. } => "clearance.missing",
            Self::InProgress { .. } => "clearance.in_progress",
            Self::Unverified { .. } => "clearance.unverified",
            Self::UnknownAttribute { .. } => "clearance.unknown_attribute",
            Self::NotPlanned { .. } => "opening.not_planned",
        }
    }

    /// The rule behind it, if it is a rule.
    #[must_use]
    pub const fn rule(&self) -> Option<&RuleBrief> {
        match self {
            Self::BlockedByRule { rule, .. }
            | Self::Revoked { rule, .. }
            | Self::Expired { rule, .. }
            | Self::Missing { rule }
            | Self::InProgress { rule, .. }
            | Self::Unverified { rule, .. } => Some(rule),
            _ => None,
        }
    }

    /// The fact that it comes from; none for the market's own stage and for what was never looked
    /// at.
    #[must_use]
    pub fn fact(&self) -> Option<FactRef> {
        match self {
            Self::BlockedByOrder { order, .. } => Some(FactRef::Order(order.clone())),
            Self::ReviewStale { review, .. } => Some(FactRef::Review(review.clone())),
            Self::UnknownAttribute { fact, .. } => Some(fact.clone()),
            Self::NotPlanned { market } => Some(FactRef::Assortment(*market)),
            other => other.rule().map(|rule| FactRef::Rule(rule.code.clone())),
        }
    }

    /// Who demands or forbids.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        match self {
            Self::BlockedByOrder { authority, .. } | Self::UnknownAttribute { authority, .. } => {
                Some(authority)
            }
            other => other.rule().map(|rule| rule.authority.as_str()),
        }
    }

    /// Since when it is so, if it has a beginning.
    #[must_use]
    pub const fn since(&self) -> Option<Date> {
        match self {
            Self::BlockedByOrder { since, .. }
            | Self::ReviewStale { since, .. }
            | Self::Revoked { since, .. }
            | Self::Expired { since, .. } => Some(*since),
            Self::BlockedByRule { since, .. } => *since,
            _ => None,
        }
    }

    /// When better news is expected: the day a paper should come or the market should open.
    #[must_use]
    pub const fn expected(&self) -> Option<Date> {
        match self {
            Self::MarketStage { opens_on, .. } => *opens_on,
            Self::InProgress { expected, .. } => *expected,
            _ => None,
        }
    }

    /// The last day on which it is known to be so.
    #[must_use]
    pub const fn until(&self) -> Option<Date> {
        match self {
            Self::BlockedByOrder { until, .. } => *until,
            _ => None,
        }
    }

    /// The order in which reasons are told: first what no paper can change, then what is lost,
    /// then what is lacking; last what the shop itself can change. Ties are told in the order of the codes.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::MarketCountry { .. } => 0,
            Self::MarketStage { .. } => 1,
            Self::BlockedByOrder { .. } => 2,
            Self::BlockedByRule { .. } => 3,
            Self::Unreviewed { .. } => 4,
            Self::ReviewStale { .. } => 5,
            Self::Revoked { .. } => 6,
            Self::Expired { .. } => 7,
            Self::Missing { .. } => 8,
            Self::InProgress { .. } => 9,
            Self::Unverified { .. } => 10,
            Self::UnknownAttribute { .. } => 11,
            Self::NotPlanned { .. } => 12,
        }
    }
}

/// What has to be done when the act is carried out under conditions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// The rule or order that asks for it.
    pub fact: FactRef,
    /// Who asks for it.
    pub authority: String,
    /// The last day on which it is asked for, if known.
    pub until: Option<Date>,
    /// What.
    pub kind: ObligationKind,
}

/// What an obligation asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ObligationKind {
    /// An amount is laid down for each unit.
    Deposit {
        /// The amount.
        per_unit: Money,
    },
    /// The buyer is told something before ordering.
    Notice {
        /// The text, per language.
        text: BTreeMap<Language, String>,
    },
    /// A record is kept: `component-invoice`.
    Keep {
        /// Which.
        record: Slug,
    },
    /// The conditions of the order itself have to be met; it is described by its title.
    Comply {
        /// What was ordered.
        title: String,
    },
}

impl ObligationKind {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Deposit { .. } => "clearance.deposit",
            Self::Notice { .. } => "clearance.notice",
            Self::Keep { .. } => "clearance.keep",
            Self::Comply { .. } => "clearance.comply",
        }
    }
}

impl Obligation {
    /// The notice that a rule asks for while its clearance is not there.
    pub(super) fn notice_of(rule: &Rule) -> Option<Self> {
        rule.conditional.as_ref().map(|conditional| Self {
            fact: FactRef::Rule(rule.code.clone()),
            authority: rule.authority.clone(),
            until: None,
            kind: ObligationKind::Notice { text: conditional.notice.clone() },
        })
    }

    /// What an order asks for; an order that names nothing asks to be complied with.
    pub(super) fn of_order(order: &AuthorityOrder) -> Vec<Self> {
        let deposit = order.deposit_per_unit.map(|per_unit| ObligationKind::Deposit { per_unit });
        let notice = (!order.notice.is_empty())
            .then(|| ObligationKind::Notice { text: order.notice.clone() });
        let keep = order.keep.iter().map(|record| ObligationKind::Keep { record: record.clone() });
        let mut kinds: Vec<ObligationKind> =
            deposit.into_iter().chain(notice).chain(keep).collect();
        if kinds.is_empty() {
            kinds.push(ObligationKind::Comply { title: order.title.clone() });
        }
        kinds
            .into_iter()
            .map(|kind| Self {
                fact: FactRef::Order(order.code.clone()),
                authority: order.authority.clone(),
                until: order.last_day(),
                kind,
            })
            .collect()
    }
}
