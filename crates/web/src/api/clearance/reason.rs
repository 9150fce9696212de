//! Reasons and obligations of a verdict, flat for programs and in a sentence for people.

use kontor_base::{Date, Language};
use kontor_domain::clearance::{FactRef, Obligation, ObligationKind, Reason};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::money::MoneyBody;

/// The name of a fact that a verdict relies on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
pub(crate) struct FactBody {
    /// `rule`, `grant`, `order`, `review` or `assortment`.
    #[schema(value_type = String, example = "rule")]
    kind: &'static str,
    /// Its code.
    #[schema(example = "US-FCC-CERT")]
    code: String,
}

impl From<&FactRef> for FactBody {
    fn from(fact: &FactRef) -> Self {
        Self { kind: fact.kind(), code: fact.code().to_owned() }
    }
}

/// Why something is refused, or what is pointed out.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(crate) struct ReasonBody {
    /// The stable code: `market.stage`, `market.country`, `clearance.blocked`,
    /// `clearance.unreviewed`, `clearance.review_stale`, `clearance.revoked`, `clearance.expired`,
    /// `clearance.missing`, `clearance.in_progress`, `clearance.unverified`,
    /// `clearance.unknown_attribute`, `opening.not_planned`, `price.missing`.
    #[schema(example = "clearance.missing")]
    code: String,
    /// The reason in an English sentence.
    text: String,
    /// The fact behind it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<FactBody>,
    /// Who demands or forbids.
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    /// The country it is about (ISO 3166-1).
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// What kind of requirement it is: `radio`, `ip`, `safety`…
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    /// Since when it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    since: Option<Date>,
    /// The last day on which it is known to be so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// When better news is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    expected: Option<Date>,
    /// How many weeks it usually takes to get what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_time_weeks: Option<WeeksBody>,
}

/// A span of weeks.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Weeks)]
pub(crate) struct WeeksBody {
    /// At best.
    low: u16,
    /// At worst.
    high: u16,
}

impl ReasonBody {
    /// Nobody has set a price.
    pub(crate) fn no_price() -> Self {
        Self {
            code: "price.missing".to_owned(),
            text: "It may be sold, but it has no price here yet.".to_owned(),
            fact: None,
            authority: None,
            country: None,
            domain: None,
            since: None,
            until: None,
            expected: None,
            lead_time_weeks: None,
        }
    }
}

impl From<&Reason> for ReasonBody {
    fn from(reason: &Reason) -> Self {
        let rule = reason.rule();
        let country = match reason {
            Reason::MarketCountry { country }
            | Reason::Unreviewed { country }
            | Reason::ReviewStale { country, .. } => Some(*country),
            other => other.rule().map(|rule| rule.country),
        };
        let weeks = rule.and_then(|rule| rule.lead_time_weeks);
        Self {
            code: reason.code().to_owned(),
            text: in_words(reason),
            fact: reason.fact().as_ref().map(FactBody::from),
            authority: reason.authority().map(str::to_owned),
            country: country.map(|country| country.code().to_owned()),
            domain: rule.map(|rule| rule.domain.word().to_owned()),
            since: reason.since(),
            until: reason.until(),
            expected: reason.expected(),
            lead_time_weeks: weeks.map(|weeks| WeeksBody { low: weeks.low, high: weeks.high }),
        }
    }
}

/// The reason in an English sentence.
fn in_words(reason: &Reason) -> String {
    match reason {
        Reason::MarketStage { stage, opens_on: Some(day) } => {
            format!("The market is {}; it is planned to open on {day}.", stage.word())
        }
        Reason::MarketStage { stage, opens_on: None } => {
            format!("The market is {}.", stage.word())
        }
        Reason::MarketCountry { country } => format!("This market does not ship to {country}."),
        Reason::BlockedByOrder { title, authority, reference, .. } => {
            format!("{authority} forbids it ({reference}): {title}.")
        }
        Reason::BlockedByRule { rule, .. } => {
            format!("{} forbids it: {}.", rule.authority, rule.title)
        }
        Reason::Unreviewed { country } => {
            format!("Nobody has researched yet what is needed in {country}.")
        }
        Reason::ReviewStale { country, .. } => {
            format!("What is needed in {country} should be researched again.")
        }
        Reason::Revoked { rule, since, .. } => {
            format!("Withdrawn on {since}: {} ({}).", rule.title, rule.authority)
        }
        Reason::Expired { rule, since, .. } => {
            format!("Not valid any more since {since}: {} ({}).", rule.title, rule.authority)
        }
        Reason::Missing { rule } => format!("Missing: {} ({}).", rule.title, rule.authority),
        Reason::InProgress { rule, expected: Some(day), .. } => {
            format!("Applied for, expected on {day}: {} ({}).", rule.title, rule.authority)
        }
        Reason::InProgress { rule, expected: None, .. } => {
            format!("Applied for: {} ({}).", rule.title, rule.authority)
        }
        Reason::Unverified { rule, .. } => {
            format!("Claimed but not verified: {} ({}).", rule.title, rule.authority)
        }
        Reason::NotPlanned { .. } => "It is not in this market's opening plan.".to_owned(),
        Reason::UnknownAttribute { fact, words, .. } => {
            format!("Whether {fact} applies is not known; not stated: {}.", words.join(", "))
        }
    }
}

/// What has to be done when the act is carried out under conditions.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Obligation)]
pub(crate) struct ObligationBody {
    /// The stable code: `clearance.deposit`, `clearance.notice`, `clearance.keep`,
    /// `clearance.comply`.
    #[schema(value_type = String, example = "clearance.notice")]
    code: &'static str,
    /// The fact that asks for it.
    fact: FactBody,
    /// Who asks for it.
    authority: String,
    /// The last day on which it is asked for, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// The deposit per unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_unit: Option<MoneyBody>,
    /// The notice that the buyer must read before ordering, word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
    /// The record that is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<String>,
    /// The order that has to be complied with.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

impl ObligationBody {
    /// The obligation with its notice in `language`, or in English.
    pub(crate) fn new(obligation: &Obligation, language: Language) -> Self {
        let mut body = Self {
            code: obligation.kind.code(),
            fact: FactBody::from(&obligation.fact),
            authority: obligation.authority.clone(),
            until: obligation.until,
            per_unit: None,
            notice: None,
            record: None,
            title: None,
        };
        match &obligation.kind {
            ObligationKind::Deposit { per_unit } => body.per_unit = Some((*per_unit).into()),
            ObligationKind::Notice { text } => {
                body.notice = text.get(&language).or_else(|| text.get(&Language::En)).cloned();
            }
            ObligationKind::Keep { record } => body.record = Some(record.to_string()),
            ObligationKind::Comply { title } => body.title = Some(title.clone()),
        }
        body
    }
}
