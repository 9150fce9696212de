//! Rules: what is needed for which product, where, from which degree on, since when, and how sure
//! we are of it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use kontor_base::{Country, Date, Language};
use serde::{Deserialize, Serialize};

use super::code::ClearanceCode;
use super::predicate::Predicate;
use super::row::{self, RowError, word_enum};
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
    /// How well a row is sourced.
    Confidence {
        /// Found in a primary or official source.
        S1 = "S1",
        /// Found in a secondary source.
        S2 = "S2",
        /// From memory: a to-do, never a ground to say "cleared".
        M = "M",
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

impl FromStr for Reach {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        if text == "*" {
            return Ok(Self::Everywhere);
        }
        text.parse().map(Self::Country).map_err(|_| "neither * nor an ISO 3166-1 country code")
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

/// A rule as a row of text: the columns of `rules.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns are the fields of Rule, described there")]
pub struct RuleRow {
    pub code: String,
    pub country: String,
    pub domain: String,
    pub title: String,
    pub identifier: String,
    pub authority: String,
    pub legal_basis: String,
    pub route: String,
    pub local_party: String,
    pub lead_time_weeks: String,
    pub validity: String,
    pub applies_when: String,
    pub gates: String,
    pub conditional_from: String,
    pub notice_en: String,
    pub notice_de: String,
    pub strength: String,
    pub blocks: String,
    pub spares_prior: String,
    pub effective_from: String,
    pub effective_to: String,
    pub source: String,
    pub confidence: String,
    pub confirmed_by: String,
    pub confirmed_on: String,
}

impl Rule {
    /// Reads a row.
    ///
    /// # Errors
    ///
    /// The first column that cannot be read.
    pub fn parse(row: &RuleRow) -> Result<Self, RowError> {
        let gates = row::word("gates", &row.gates, row::act)?;
        let effective_from = row::optional_date("effective_from", &row.effective_from)?;
        let effective_to = row::optional_date("effective_to", &row.effective_to)?;
        row::in_order("effective_to", effective_from, effective_to)?;
        let blocks = row::flag("blocks", &row.blocks)?;
        let strength = row::word("strength", &row.strength, Strength::from_word)?;
        if blocks && strength == Strength::Advisory {
            return Err(RowError::new("strength", "a rule that blocks cannot be advisory"));
        }
        let spares_prior = row::optional("spares_prior", &row.spares_prior)?;
        if spares_prior.is_some() && !(blocks && effective_from.is_some()) {
            let problem = "only a rule that blocks from a day on can spare what was there before";
            return Err(RowError::new("spares_prior", problem));
        }
        Ok(Self {
            code: row::value("code", &row.code)?,
            reach: row::value("country", &row.country)?,
            domain: row::word("domain", &row.domain, Domain::from_word)?,
            title: row::required_text("title", &row.title)?,
            identifier: row::text("identifier", &row.identifier)?,
            authority: row::text("authority", &row.authority)?,
            legal_basis: row::text("legal_basis", &row.legal_basis)?,
            route: row::text("route", &row.route)?,
            local_party: row::text("local_party", &row.local_party)?,
            lead_time_weeks: row::optional("lead_time_weeks", &row.lead_time_weeks)?,
            validity: row::text("validity", &row.validity)?,
            applies_when: row::value("applies_when", &row.applies_when)?,
            gates,
            conditional: Self::parse_conditional(row, gates, blocks)?,
            strength,
            blocks,
            spares_prior,
            effective_from,
            effective_to,
            source: row::required_text("source", &row.source)?,
            confidence: row::word("confidence", &row.confidence, Confidence::from_word)?,
            confirmed: Self::parse_confirmation(row)?,
        })
    }

    fn parse_conditional(
        row: &RuleRow,
        gates: Act,
        blocks: bool,
    ) -> Result<Option<Conditional>, RowError> {
        let notice = notice(&row.notice_en, &row.notice_de)?;
        let from = row::optional_word("conditional_from", &row.conditional_from, row::act)?;
        match from {
            None if notice.is_empty() => Ok(None),
            None => Err(RowError::new("notice_en", "a notice without conditional_from")),
            Some(_) if blocks => {
                Err(RowError::new("conditional_from", "a rule that blocks has no conditions"))
            }
            Some(from) if from >= gates => {
                Err(RowError::new("conditional_from", "must be a lower degree than gates"))
            }
            Some(_) if notice.is_empty() => {
                Err(RowError::new("notice_en", "conditional_from needs a notice"))
            }
            Some(from) => Ok(Some(Conditional { from, notice })),
        }
    }

    fn parse_confirmation(row: &RuleRow) -> Result<Option<Confirmation>, RowError> {
        let by = row::text("confirmed_by", &row.confirmed_by)?;
        match (by.is_empty(), row::optional_date("confirmed_on", &row.confirmed_on)?) {
            (true, None) => Ok(None),
            (false, Some(on)) => Ok(Some(Confirmation { by, on })),
            _ => Err(RowError::new("confirmed_by", "a confirmation names a person and a day")),
        }
    }

    /// Writes the row that [`Rule::parse`] reads.
    #[must_use]
    pub fn to_row(&self) -> RuleRow {
        let notice = self.conditional.as_ref().map(|conditional| &conditional.notice);
        let notice_in =
            |language| notice.and_then(|notice| notice.get(&language)).cloned().unwrap_or_default();
        RuleRow {
            code: self.code.to_string(),
            country: self.reach.to_string(),
            domain: self.domain.word().to_owned(),
            title: self.title.clone(),
            identifier: self.identifier.clone(),
            authority: self.authority.clone(),
            legal_basis: self.legal_basis.clone(),
            route: self.route.clone(),
            local_party: self.local_party.clone(),
            lead_time_weeks: row::cell(self.lead_time_weeks.as_ref()),
            validity: self.validity.clone(),
            applies_when: self.applies_when.to_string(),
            gates: self.gates.word().to_owned(),
            conditional_from: self
                .conditional
                .as_ref()
                .map_or_else(String::new, |conditional| conditional.from.word().to_owned()),
            notice_en: notice_in(Language::En),
            notice_de: notice_in(Language::De),
            strength: self.strength.word().to_owned(),
            blocks: if self.blocks { "yes" } else { "no" }.to_owned(),
            spares_prior: row::cell(self.spares_prior.as_ref()),
            effective_from: row::cell(self.effective_from.as_ref()),
            effective_to: row::cell(self.effective_to.as_ref()),
            source: self.source.clone(),
            confidence: self.confidence.word().to_owned(),
            confirmed_by: self.confirmed.as_ref().map(|c| c.by.clone()).unwrap_or_default(),
            confirmed_on: row::cell(self.confirmed.as_ref().map(|c| &c.on)),
        }
    }
}

/// A notice in two columns; German alone is refused, because English is what others fall back to.
pub(super) fn notice(en: &str, de: &str) -> Result<BTreeMap<Language, String>, RowError> {
    let mut notice = BTreeMap::new();
    for (field, language, cell) in
        [("notice_en", Language::En, en), ("notice_de", Language::De, de)]
    {
        let text = row::text(field, cell)?;
        if !text.is_empty() {
            notice.insert(language, text);
        }
    }
    if !notice.is_empty() && !notice.contains_key(&Language::En) {
        return Err(RowError::new("notice_en", "the English text is missing"));
    }
    Ok(notice)
}

impl TryFrom<RuleRow> for Rule {
    type Error = RowError;

    fn try_from(row: RuleRow) -> Result<Self, RowError> {
        Self::parse(&row)
    }
}

impl From<Rule> for RuleRow {
    fn from(rule: Rule) -> Self {
        rule.to_row()
    }
}
