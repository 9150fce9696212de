//! Grants: evidence that a clearance is there, or a reasoned decision that it is not needed.

use kontor_base::{Confidence, Date, RowError, Wrong};
use serde::{Deserialize, Serialize};

use super::code::{ClearanceCode, GrantCode};
use super::row::{self, word_enum};
use super::rule::Reach;
use super::scope::Scope;

word_enum!(
    /// What a piece of evidence says.
    GrantKind {
        /// The clearance is there, or applied for.
        Grant = "grant",
        /// Somebody has decided, with a reason, that the rule is not about this product.
        NotApplicable = "not_applicable",
    }
);

word_enum!(
    /// How a piece of evidence was checked.
    VerifiedHow {
        /// Not at all.
        None = "none",
        /// The paper was seen.
        Paper = "paper",
        /// A lawyer or a laboratory stands for it.
        Counsel = "counsel",
        /// The authority's public register says the same.
        PublicRegister = "public_register",
    }
);

/// Who checked a piece of evidence, how and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How.
    pub how: VerifiedHow,
    /// Who.
    pub by: String,
    /// When; before that day it was not checked.
    pub on: Date,
}

/// What a grant is worth on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum GrantState {
    /// Nothing is known of it on that day.
    NotYet,
    /// Applied for.
    InProgress {
        /// When it is expected.
        expected_on: Option<Date>,
    },
    /// It holds.
    Granted,
    /// It holds, but ends soon.
    Expiring {
        /// Its last day.
        expires_on: Date,
    },
    /// It has ended.
    Expired {
        /// The first day without it.
        since: Date,
    },
    /// It was taken back.
    Revoked {
        /// The first day without it.
        since: Date,
    },
}

impl GrantState {
    /// Whether it holds.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::Granted | Self::Expiring { .. })
    }
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "GrantRow", into = "GrantRow")]
pub struct Grant {
    /// Its name.
    pub code: GrantCode,
    /// What it says.
    pub kind: GrantKind,
    /// The clearance it is about.
    pub clearance: ClearanceCode,
    /// Where it holds.
    pub reach: Reach,
    /// What it covers.
    pub scope: Scope,
    /// The number on it: an FCC ID, a registration number.
    pub number: String,
    /// Who gave it.
    pub issuer: String,
    /// When it was applied for.
    pub applied_on: Option<Date>,
    /// When it is expected.
    pub expected_on: Option<Date>,
    /// The first day on which it holds.
    pub issued_on: Option<Date>,
    /// The last day on which it holds; none: without end.
    pub expires_on: Option<Date>,
    /// The first day after it was taken back.
    pub revoked_on: Option<Date>,
    /// Where the paper is.
    pub document: String,
    /// Why the rule does not apply (for such decisions), or a note.
    pub why: String,
    /// Who checked it.
    pub verified: Option<Verification>,
    /// Where this record is from.
    pub source: String,
    /// How well it is sourced.
    pub confidence: Confidence,
}

impl Grant {
    /// What it is worth on `at`; it counts as expiring in its last `soon_days` days.
    #[must_use]
    pub fn state(&self, at: Date, soon_days: i32) -> GrantState {
        if self.issued_on.is_none_or(|issued_on| at < issued_on) {
            return self.state_before_issue(at);
        }
        if let Some(since) = self.revoked_on.filter(|revoked_on| *revoked_on <= at) {
            return GrantState::Revoked { since };
        }
        match self.expires_on {
            Some(last) if last < at => {
                GrantState::Expired { since: day_after(last).unwrap_or(Date::MAX) }
            }
            Some(last) if at.until(last).is_ok_and(|left| left.get_days() < soon_days) => {
                GrantState::Expiring { expires_on: last }
            }
            _ => GrantState::Granted,
        }
    }

    fn state_before_issue(&self, at: Date) -> GrantState {
        match (self.issued_on, self.applied_on) {
            // An application whose day nobody wrote down is one that runs.
            (None, None) => GrantState::InProgress { expected_on: self.expected_on },
            (issued_on, Some(applied_on)) if applied_on <= at => {
                GrantState::InProgress { expected_on: self.expected_on.or(issued_on) }
            }
            _ => GrantState::NotYet,
        }
    }

    /// Whether it can stand for a rule that nobody vouches for.
    #[must_use]
    pub fn independently_verified(&self, at: Date) -> bool {
        self.verified.as_ref().is_some_and(|verified| {
            verified.on <= at
                && matches!(verified.how, VerifiedHow::PublicRegister | VerifiedHow::Counsel)
        })
    }

    /// The days on which its worth changes.
    pub(super) fn boundaries(&self) -> [Option<Date>; 5] {
        [
            self.applied_on,
            self.issued_on,
            self.expires_on.and_then(day_after),
            self.revoked_on,
            self.verified.as_ref().map(|verified| verified.on),
        ]
    }
}

/// The day after, if the calendar has one.
pub(super) fn day_after(date: Date) -> Option<Date> {
    date.tomorrow().ok()
}

/// A piece of evidence as a row of text: the columns of `grants.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the columns are the fields of Grant and Scope, described there")]
pub struct GrantRow {
    pub code: String,
    pub kind: String,
    pub clearance: String,
    pub country: String,
    pub brand: String,
    pub model: String,
    pub sku: String,
    pub revision: String,
    pub factory: String,
    pub class: String,
    pub component_kind: String,
    pub component_maker: String,
    pub component_part: String,
    pub number: String,
    pub issuer: String,
    pub applied_on: String,
    pub expected_on: String,
    pub issued_on: String,
    pub expires_on: String,
    pub revoked_on: String,
    pub document: String,
    pub why: String,
    pub verified_how: String,
    pub verified_by: String,
    pub verified_on: String,
    pub source: String,
    pub confidence: String,
}

impl Grant {
    /// Reads a row.
    ///
    /// # Errors
    ///
    /// The first column that cannot be read.
    pub fn parse(row: &GrantRow) -> Result<Self, RowError> {
        const FIELDS: [&str; 9] = [
            "brand",
            "model",
            "sku",
            "revision",
            "factory",
            "class",
            "component_kind",
            "component_maker",
            "component_part",
        ];
        let cells = [
            &row.brand,
            &row.model,
            &row.sku,
            &row.revision,
            &row.factory,
            &row.class,
            &row.component_kind,
            &row.component_maker,
            &row.component_part,
        ];
        let grant = Self {
            code: row::value("code", &row.code)?,
            kind: row::word("kind", &row.kind, GrantKind::from_word)?,
            clearance: row::value("clearance", &row.clearance)?,
            reach: row::value("country", &row.country)?,
            scope: Scope::parse(FIELDS, cells)?,
            number: row::text("number", &row.number)?,
            issuer: row::text("issuer", &row.issuer)?,
            applied_on: row::optional_date("applied_on", &row.applied_on)?,
            expected_on: row::optional_date("expected_on", &row.expected_on)?,
            issued_on: row::optional_date("issued_on", &row.issued_on)?,
            expires_on: row::optional_date("expires_on", &row.expires_on)?,
            revoked_on: row::optional_date("revoked_on", &row.revoked_on)?,
            document: row::text("document", &row.document)?,
            why: row::text("why", &row.why)?,
            verified: parse_verification(row)?,
            source: row::required_text("source", &row.source)?,
            confidence: row::word("confidence", &row.confidence, Confidence::from_word)?,
        };
        grant.check()?;
        Ok(grant)
    }

    fn check(&self) -> Result<(), RowError> {
        row::in_order("issued_on", self.applied_on, self.issued_on)?;
        row::in_order("expires_on", self.issued_on, self.expires_on)?;
        row::in_order("revoked_on", self.issued_on, self.revoked_on)?;
        if self.issued_on.is_none() && self.expires_on.or(self.revoked_on).is_some() {
            return Err(RowError::of("issued_on", Wrong::NeverIssued));
        }
        if self.issued_on.is_some() && self.issuer.is_empty() {
            return Err(RowError::of("issuer", Wrong::Empty));
        }
        let decision = self.kind == GrantKind::NotApplicable;
        if decision && (self.verified.is_none() || self.why.is_empty() || self.issued_on.is_none())
        {
            return Err(RowError::of("why", Wrong::DecisionUnproven));
        }
        Ok(())
    }

    /// Writes the row that [`Grant::parse`] reads.
    #[must_use]
    pub fn to_row(&self) -> GrantRow {
        let [brand, model, sku, revision, factory, class, kind, maker, part] = self.scope.cells();
        let verified = self.verified.as_ref();
        GrantRow {
            code: self.code.to_string(),
            kind: self.kind.word().to_owned(),
            clearance: self.clearance.to_string(),
            country: self.reach.to_string(),
            brand,
            model,
            sku,
            revision,
            factory,
            class,
            component_kind: kind,
            component_maker: maker,
            component_part: part,
            number: self.number.clone(),
            issuer: self.issuer.clone(),
            applied_on: row::cell(self.applied_on.as_ref()),
            expected_on: row::cell(self.expected_on.as_ref()),
            issued_on: row::cell(self.issued_on.as_ref()),
            expires_on: row::cell(self.expires_on.as_ref()),
            revoked_on: row::cell(self.revoked_on.as_ref()),
            document: self.document.clone(),
            why: self.why.clone(),
            verified_how: verified.map_or("none", |verified| verified.how.word()).to_owned(),
            verified_by: verified.map(|verified| verified.by.clone()).unwrap_or_default(),
            verified_on: row::cell(verified.map(|verified| &verified.on)),
            source: self.source.clone(),
            confidence: self.confidence.word().to_owned(),
        }
    }
}

fn parse_verification(row: &GrantRow) -> Result<Option<Verification>, RowError> {
    let how = row::optional_word("verified_how", &row.verified_how, VerifiedHow::from_word)?
        .unwrap_or(VerifiedHow::None);
    let by = row::text("verified_by", &row.verified_by)?;
    let on = row::optional_date("verified_on", &row.verified_on)?;
    match (how, by.is_empty(), on) {
        (VerifiedHow::None, true, None) => Ok(None),
        (VerifiedHow::None, _, _) => Err(RowError::of("verified_how", Wrong::VerifiedNotHow)),
        (_, false, Some(on)) => Ok(Some(Verification { how, by, on })),
        _ => Err(RowError::of("verified_by", Wrong::VerifiedByNobody)),
    }
}

impl TryFrom<GrantRow> for Grant {
    type Error = RowError;

    fn try_from(row: GrantRow) -> Result<Self, RowError> {
        Self::parse(&row)
    }
}

impl From<Grant> for GrantRow {
    fn from(grant: Grant) -> Self {
        grant.to_row()
    }
}
