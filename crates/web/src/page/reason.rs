//! Why something is not sold here, as typed facts that the texts turn into sentences.

use kontor_base::Date;

use super::Said;
use crate::kit::text::{Arg, Text};

/// What a rule is about. The words are those of the clearance catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Domain {
    /// Hearing aids and other accessibility duties.
    Accessibility,
    /// Battery rules.
    Battery,
    /// An outright ban of a kind of product.
    Blocker,
    /// Substances.
    Chemicals,
    /// Consumer law.
    Consumer,
    /// Company law.
    Corporate,
    /// Import.
    Customs,
    /// Cyber security.
    Cyber,
    /// Electromagnetic compatibility.
    Emc,
    /// Energy use.
    Energy,
    /// Waste and packaging.
    Environment,
    /// Export control.
    Export,
    /// Common charger and the like.
    Interoperability,
    /// Patents, trade marks, designs.
    Ip,
    /// Labels and manuals.
    Label,
    /// Contract licences (Bluetooth, Google services).
    Licence,
    /// Local production.
    LocalContent,
    /// Acceptance by network operators.
    Network,
    /// Radio approval.
    Radio,
    /// Electrical safety.
    Safety,
    /// Transport of batteries.
    Transport,
    /// A court's or an authority's order.
    Order,
    /// The market's stage does not allow it.
    Stage,
    /// The market has opened without it.
    Plan,
    /// No price is set for this market.
    Price,
    /// The shop has taken it off this market's shelf.
    Withdrawn,
}

impl Domain {
    /// The domain with this word of the clearance catalogue.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "accessibility" => Self::Accessibility,
            "battery" => Self::Battery,
            "blocker" => Self::Blocker,
            "chemicals" => Self::Chemicals,
            "consumer" => Self::Consumer,
            "corporate" => Self::Corporate,
            "customs" => Self::Customs,
            "cyber" => Self::Cyber,
            "emc" => Self::Emc,
            "energy" => Self::Energy,
            "environment" => Self::Environment,
            "export" => Self::Export,
            "interoperability" => Self::Interoperability,
            "ip" => Self::Ip,
            "label" => Self::Label,
            "licence" => Self::Licence,
            "local_content" => Self::LocalContent,
            "network" => Self::Network,
            "radio" => Self::Radio,
            "safety" => Self::Safety,
            "transport" => Self::Transport,
            _ => return None,
        })
    }
}

/// How it stands with one requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonState {
    /// Nothing has been granted.
    Missing,
    /// Applied for.
    InProgress,
    /// Granted once, no longer valid.
    Expired,
    /// Forbidden by a court or an authority, or by a rule.
    Blocked,
    /// The shop does not know enough to say yes, so it says no.
    Unknown,
}

/// One reason why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it is about.
    pub domain: Domain,
    /// How it stands.
    pub state: ReasonState,
    /// What exactly is needed or ordered, from the rule or the order.
    pub rule: Said,
    /// The rule's or order's own name: `US-FCC-CERT`, `FAO(OS) 522/2014`.
    pub reference: String,
    /// Who decides it.
    pub authority: String,
    /// Since when it stands like this.
    pub since: Option<Date>,
    /// Until when.
    pub until: Option<Date>,
    /// How many weeks getting it typically takes, from and to.
    pub lead_weeks: Option<(u16, u16)>,
}

/// When things may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The sale is planned for this day.
    Sale(Date),
    /// There will be news around this day (shown as month and year).
    News(Date),
    /// Nobody knows.
    Unknown,
}

/// Why something is not sold here. The first reason makes the sentence, all are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reasons, the weightiest first; never empty.
    pub reasons: Vec<Reason>,
    /// When things may change.
    pub expected: Expected,
}

impl Domain {
    /// The id of the noun that stands for it in sentences; its attribute `label` is its name.
    const fn id(self) -> &'static str {
        match self {
            Self::Accessibility => "what-accessibility",
            Self::Battery => "what-battery",
            Self::Blocker => "what-blocker",
            Self::Chemicals => "what-chemicals",
            Self::Consumer => "what-consumer",
            Self::Corporate => "what-corporate",
            Self::Customs => "what-customs",
            Self::Cyber => "what-cyber",
            Self::Emc => "what-emc",
            Self::Energy => "what-energy",
            Self::Environment => "what-environment",
            Self::Export => "what-export",
            Self::Interoperability => "what-interoperability",
            Self::Ip => "what-ip",
            Self::Label => "what-label",
            Self::Licence => "what-licence",
            Self::LocalContent => "what-local-content",
            Self::Network => "what-network",
            Self::Radio => "what-radio",
            Self::Safety => "what-safety",
            Self::Transport => "what-transport",
            Self::Order => "what-order",
            Self::Stage => "what-stage",
            Self::Plan => "what-plan",
            Self::Price => "what-price",
            Self::Withdrawn => "what-withdrawn",
        }
    }

    /// Its name, as a heading.
    #[must_use]
    pub fn label(self, t: &Text) -> String {
        t.attribute(self.id(), "label").into_owned()
    }
}

impl ReasonState {
    /// The state in a word.
    #[must_use]
    pub fn words(self, t: &Text) -> String {
        let id = match self {
            Self::Missing => "reason-missing",
            Self::InProgress => "reason-progress",
            Self::Expired => "reason-expired",
            Self::Blocked => "reason-blocked",
            Self::Unknown => "reason-unknown",
        };
        t.get(id).into_owned()
    }

    /// What would change it.
    #[must_use]
    pub fn change(self, t: &Text) -> String {
        let id = match self {
            Self::Missing => "reason-missing-change",
            Self::InProgress => "reason-progress-change",
            Self::Expired => "reason-expired-change",
            Self::Blocked => "reason-blocked-change",
            Self::Unknown => "reason-unknown-change",
        };
        t.get(id).into_owned()
    }

    /// The class that colours it; the word says the same.
    #[must_use]
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Missing | Self::Expired | Self::Unknown => "warn",
            Self::InProgress => "accent",
            Self::Blocked => "bad",
        }
    }
}

impl Reason {
    /// The verdict as a sentence, if this reason gives it. `place` is "in the USA".
    #[must_use]
    pub fn sentence(&self, t: &Text, place: impl Arg) -> String {
        let what = t.get(self.domain.id());
        let id = match (self.domain, self.state) {
            (Domain::Stage, _) => return t.one("refusal-stage", "in", place).into_owned(),
            (Domain::Plan, _) => return t.one("refusal-plan", "in", place).into_owned(),
            (Domain::Price, _) => return t.one("refusal-price", "in", place).into_owned(),
            (Domain::Withdrawn, _) => return t.one("refusal-withdrawn", "in", place).into_owned(),
            (Domain::Blocker, ReasonState::Blocked | ReasonState::Missing) => {
                let by = &self.authority;
                return t.two("refusal-banned", "in", place, "authority", by).into_owned();
            }
            (Domain::Order, _) | (_, ReasonState::Blocked) => {
                let by = &self.authority;
                return t.two("refusal-blocked", "in", place, "authority", by).into_owned();
            }
            (_, ReasonState::Missing) => "refusal-missing",
            (_, ReasonState::InProgress) => "refusal-progress",
            (_, ReasonState::Expired) => "refusal-expired",
            (_, ReasonState::Unknown) => "refusal-unknown",
        };
        t.two(id, "in", place, "what", what).into_owned()
    }

    /// What would change it.
    #[must_use]
    pub fn change(&self, t: &Text) -> String {
        match self.domain {
            Domain::Plan => t.get("reason-plan-change").into_owned(),
            _ => self.state.change(t),
        }
    }

    /// "4–8 weeks", if a usual time is known.
    #[must_use]
    pub fn lead(&self, t: &Text) -> Option<String> {
        let (from, to) = self.lead_weeks?;
        Some(t.two("reason-lead", "from", from, "to", to).into_owned())
    }
}

impl Refusal {
    /// The verdict as a sentence a person understands.
    #[must_use]
    pub fn sentence(&self, t: &Text, place: impl Arg) -> String {
        self.reasons.first().map(|reason| reason.sentence(t, place)).unwrap_or_default()
    }

    /// When things may change, as a sentence.
    #[must_use]
    pub fn expectation(&self, t: &Text) -> String {
        match &self.expected {
            Expected::Sale(date) => t.one("refusal-sale", "date", t.date(date)).into_owned(),
            Expected::News(date) => t.one("refusal-news", "month", t.month(date)).into_owned(),
            Expected::Unknown => t.get("refusal-open").into_owned(),
        }
    }

    /// When things may change, in a few words for a list.
    #[must_use]
    pub fn expected_words(&self, t: &Text) -> String {
        match &self.expected {
            Expected::Sale(date) => t.one("shelf-expected-sale", "date", t.date(date)).into_owned(),
            Expected::News(date) => {
                t.one("shelf-expected-news", "month", t.month(date)).into_owned()
            }
            Expected::Unknown => t.get("shelf-expected-unknown").into_owned(),
        }
    }
}
