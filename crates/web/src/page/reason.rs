//! Why something is not sold here, as typed facts that the texts turn into sentences.

use kontor_base::Date;

use super::Said;

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
