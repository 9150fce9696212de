//! The checklist of a market: what a seller needs beside the clearances of the goods (entity, tax
//! registration, payments, carriers, returns address, texts, support).

use std::fmt;
use std::str::FromStr;

use kontor_base::{Cell, Country, Date, Wrong};
use serde::{Deserialize, Serialize};

use crate::clearance::WeekRange;
use crate::market::FulfilmentModel;

/// The name of an item: `US-ENTITY`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ChecklistCode(String);

impl ChecklistCode {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ChecklistCode {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let good = (2..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err("not a code: capital letters, digits and dashes, 2 to 40 characters")
        }
    }
}

impl Cell for ChecklistCode {
    fn wrong(cell: &str, _: &Self::Err) -> Wrong {
        Wrong::NotCode { cell: cell.to_owned(), max: "40".to_owned() }
    }
}

impl TryFrom<String> for ChecklistCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        text.parse()
    }
}

impl From<ChecklistCode> for String {
    fn from(code: ChecklistCode) -> Self {
        code.0
    }
}

impl fmt::Display for ChecklistCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a market may open without an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gate", rename_all = "snake_case")]
pub enum GateKind {
    /// It may not.
    Hard,
    /// It may; the item is pointed out.
    Soft,
    /// It may not if goods get there in one of these ways.
    Model {
        /// The ways.
        models: Vec<FulfilmentModel>,
    },
}

/// How far an item is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChecklistState {
    /// Nobody has begun.
    Open,
    /// Somebody is at it.
    Begun {
        /// When it should be there.
        expected: Option<Date>,
    },
    /// It is there, with what was written down as evidence.
    Done {
        /// The evidence.
        evidence: String,
        /// Since when.
        on: Date,
    },
}

impl ChecklistState {
    /// The word in tables.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Begun { .. } => "begun",
            Self::Done { .. } => "done",
        }
    }
}

/// An item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// Its name.
    pub code: ChecklistCode,
    /// In which country.
    pub country: Country,
    /// What it is about: `entity`, `tax`, `payments`.
    pub area: String,
    /// What is needed, in a sentence.
    pub title: String,
    /// Whether one may open without it.
    pub gate: GateKind,
    /// What has to be written down as evidence.
    pub evidence: String,
    /// Who has to do it.
    pub responsible: String,
    /// How long it takes.
    pub lead_time_weeks: Option<WeekRange>,
    /// What has to be there before it can begin.
    pub after: Vec<ChecklistCode>,
    /// How far it is.
    pub state: ChecklistState,
    /// Where this is from.
    pub source: String,
}

/// What an item means for one opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The market may not open without it.
    Hard,
    /// It is pointed out.
    Soft,
    /// It is not needed for goods that get there in this way.
    None,
}

impl ChecklistItem {
    /// What it means where goods get there by `fulfilment`.
    #[must_use]
    pub fn need(&self, fulfilment: FulfilmentModel) -> Need {
        match &self.gate {
            GateKind::Hard => Need::Hard,
            GateKind::Soft => Need::Soft,
            GateKind::Model { models } if models.contains(&fulfilment) => Need::Hard,
            GateKind::Model { .. } => Need::None,
        }
    }

    /// Whether it is there on `day`.
    #[must_use]
    pub fn done(&self, day: Date) -> bool {
        matches!(&self.state, ChecklistState::Done { on, .. } if *on <= day)
    }
}
