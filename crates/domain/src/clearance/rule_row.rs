//! Rules as rows of text: how `rules.csv` is read and written.

use std::collections::BTreeMap;

use kontor_base::{Confidence, Language, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::row;
use super::rule::{Conditional, Confirmation, Domain, Rule, Strength};
use crate::market::Act;

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
            return Err(RowError::of("strength", Wrong::BlocksAdvisory));
        }
        let spares_prior = row::optional("spares_prior", &row.spares_prior)?;
        if spares_prior.is_some() && !(blocks && effective_from.is_some()) {
            return Err(RowError::of("spares_prior", Wrong::SparesWithoutDay));
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
            None => Err(RowError::of("notice_en", Wrong::NoticeAlone)),
            Some(_) if blocks => Err(RowError::of("conditional_from", Wrong::BlocksWithCondition)),
            Some(from) if from >= gates => {
                Err(RowError::of("conditional_from", Wrong::ConditionTooHigh))
            }
            Some(_) if notice.is_empty() => {
                Err(RowError::of("notice_en", Wrong::ConditionWithoutNotice))
            }
            Some(from) => Ok(Some(Conditional { from, notice })),
        }
    }

    fn parse_confirmation(row: &RuleRow) -> Result<Option<Confirmation>, RowError> {
        let by = row::text("confirmed_by", &row.confirmed_by)?;
        match (by.is_empty(), row::optional_date("confirmed_on", &row.confirmed_on)?) {
            (true, None) => Ok(None),
            (false, Some(on)) => Ok(Some(Confirmation { by, on })),
            _ => Err(RowError::of("confirmed_by", Wrong::ConfirmedByNobody)),
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
        return Err(RowError::of("notice_en", Wrong::EnglishMissing));
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
