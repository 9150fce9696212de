//! Rules: what is needed for which product, where, from which degree on, since when, and how sure
//! we are of it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Confidence, Country, Date, Language, Wrong};
use serde::{Deserialize, Serialize};

use super::code::ClearanceCode;
use super::predicate::Predicate;
use super::row::word_enum;
use super::rule_row::RuleRow;
use crate::market::Act;

word_enum!(
    /// What kind of thing a rule is about; pages name it in plain words.
    Domain {
        /// Patents, marks, designs: licences and opinions.
        Ip = "ip",
        /// Carriage of dangerous goods.
        Transport = "transport",
        /// Export control and sanctions.
        Export = "export",
        /// Licences of consortia and software makers.
        Licence = "licence",
        /// Type approval of radios.
        Radio = "radio",
        /// Electromagnetic compatibility.
        Emc = "emc",
        /// A ban of an authority.
        Blocker = "blocker",
        /// Telecom networks and carriers.
        Network = "network",
        /// Accessibility.
        Accessibility = "accessibility",
        /// Product safety.
        Safety = "safety",
        /// Energy efficiency.
        Energy = "energy",
        /// Waste, packaging, take-back.
        Environment = "environment",
        /// Substances.
        Chemicals = "chemicals",
        /// Import.
        Customs = "customs",
        /// Consumer law.
        Consumer = "consumer",
        /// Cybersecurity.
        Cyber = "cyber",
        /// Batteries.
        Battery = "battery",
        /// Common connectors and formats.
        Interoperability = "interoperability",
        /// Labels, manuals, languages.
        Label = "label",
        /// What the seller has to be.
        Corporate = "corporate",
        /// A share of local production.
        LocalContent = "local_content",
    }
);

word_enum!(
    /// What it means when a clearance is not there.
    Strength {
        /// It refuses.
        Required = "required",
        /// It is pointed out (market practice, voluntary marks).
        Advisory = "advisory",
    }
);

/// Where a fact holds. Law knows countries; markets are put together from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Everywhere; written `*`.
    Everywhere,
    /// In one country.
    Country(Country),
}

impl Reach {
    /// Whether it holds in `country`.
    #[must_use]
    pub fn includes(self, country: Country) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Country(own) => own == country,
        }
    }
}

impl Reach {
    /// Whether there is a country in which both hold.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        match other {
            Self::Everywhere => true,
            Self::Country(country) => self.includes(country),
        }
    }
}

impl FromStr for Reach {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text == "*" {
            return Ok(Self::Everywhere);
        }
        text.parse().map(Self::Country).map_err(|_| "neither * nor an ISO 3166-1 country code")
    }
}

impl Cell for Reach {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotReach { cell: cell.to_owned() }
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everywhere => f.write_str("*"),
            Self::Country(country) => country.fmt(f),
        }
    }
}

/// A span of weeks, low to high: `4-8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WeekRange {
    /// At best.
    pub low: u16,
    /// At worst.
    pub high: u16,
}

impl FromStr for WeekRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const NOT: &str = "not a span of weeks such as 4-8";
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let read = |part: &str| part.parse::<u16>().ok().filter(|weeks| *weeks <= 520).ok_or(NOT);
        let (low, high) = (read(low)?, read(high)?);
        if low <= high { Ok(Self { low, high }) } else { Err(NOT) }
    }
}

impl Cell for WeekRange {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotWeeks { cell: cell.to_owned() }
    }
}

impl fmt::Display for WeekRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}-{}", self.low, self.high)
        }
    }
}

/// What may be done before the clearance is there: 47 CFR 2.803 lets a maker take orders for a
/// radio that is not yet authorised, with a prominent notice, as long as none is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditional {
    /// The acts from this one up to the rule's gate are allowed with the notice.
    pub from: Act,
    /// The notice, per language; English is always there.
    pub notice: BTreeMap<Language, String>,
}

/// A named person has looked at a rule and stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Who.
    pub by: String,
    /// When; before that day the rule was not confirmed.
    pub on: Date,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RuleRow", into = "RuleRow")]
pub struct Rule {
    /// Its name, and the name of the clearance it demands.
    pub code: ClearanceCode,
    /// Where it holds.
    pub reach: Reach,
    /// What it is about.
    pub domain: Domain,
    /// What is needed, in a sentence.
    pub title: String,
    /// What has to be written down as evidence: `FCC ID; grant date`.
    pub identifier: String,
    /// Who demands or gives it.
    pub authority: String,
    /// The law or contract.
    pub legal_basis: String,
    /// How it is got: declaration, registration, third-party test…
    pub route: String,
    /// Who has to be in the country for it.
    pub local_party: String,
    /// How long it takes.
    pub lead_time_weeks: Option<WeekRange>,
    /// How long it holds and what renews it.
    pub validity: String,
    /// Which products it is about.
    pub applies_when: Predicate,
    /// The degree from which on it is needed.
    pub gates: Act,
    /// What may be done before it is there.
    pub conditional: Option<Conditional>,
    /// What it means when it is missing.
    pub strength: Strength,
    /// It forbids, unless a grant of this very code (an exception) is there.
    pub blocks: bool,
    /// A grant of this other clearance, issued before the rule came into force, is spared by it.
    pub spares_prior: Option<ClearanceCode>,
    /// The first day on which it is in force; none: since ever.
    pub effective_from: Option<Date>,
    /// The first day on which it is no longer in force.
    pub effective_to: Option<Date>,
    /// Where this is from.
    pub source: String,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// Who has confirmed it.
    pub confirmed: Option<Confirmation>,
}

impl Rule {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn in_force(&self, at: Date) -> bool {
        self.effective_from.is_none_or(|from| from <= at)
            && self.effective_to.is_none_or(|to| at < to)
    }

    /// Whether nobody vouches for it on that day. A grant against such a rule counts only if the
    /// grant itself was checked in a public register or by counsel: otherwise "cleared" would
    /// stand on somebody's memory alone.
    #[must_use]
    pub fn unconfirmed(&self, at: Date) -> bool {
        self.confidence == Confidence::M && self.confirmed.as_ref().is_none_or(|c| at < c.on)
    }

    /// The lowest degree that it touches.
    #[must_use]
    pub fn touches_from(&self) -> Act {
        self.conditional.as_ref().map_or(self.gates, |conditional| conditional.from)
    }

    /// The days on which its effect changes.
    pub(super) fn boundaries(&self) -> [Option<Date>; 3] {
        [self.effective_from, self.effective_to, self.confirmed.as_ref().map(|c| c.on)]
    }
}
