//! Why an act is not carried out. Commands and logs say it in English; pages say it in their reader's
//! language by the code, with what a refusal has in it: so a refusal stays what it is until it is told.

use kontor_base::Wrong;
use kontor_ledger::StockRefusal;

use crate::exchange::BadFile;
use crate::mail::TellRefusal;
use crate::opening::Refusal as OpeningRefusal;
use crate::order::{DispatchRefusal, TakeBackRefusal};
use crate::reseller::Refusal as ResellerRefusal;
use crate::sale::SetUpRefusal;

/// A refusal of an area whose types this half does not have, or that has no more to it than its code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Objection {
    /// The stable code.
    pub code: &'static str,
    /// In English.
    pub words: String,
    /// What it has in it, by name.
    pub parts: Vec<(&'static str, String)>,
    /// What is wrong with something that was typed, where that is all there is to say.
    pub wrong: Option<Wrong>,
}

impl Objection {
    /// A refusal with nothing in it.
    #[must_use]
    pub fn new(code: &'static str, words: impl std::fmt::Display) -> Self {
        Self { code, words: words.to_string(), parts: Vec::new(), wrong: None }
    }

    /// The same with what it has in it.
    #[must_use]
    pub fn with(self, parts: Vec<(&'static str, String)>) -> Self {
        Self { parts, ..self }
    }

    /// Something that was typed is wrong.
    #[must_use]
    pub fn of_wrong(code: &'static str, wrong: Wrong) -> Self {
        Self { wrong: Some(wrong.clone()), ..Self::new(code, wrong) }
    }
}

/// A part of an account that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountProblem {
    /// The address.
    #[error("the address must be an e-mail address")]
    Email,
    /// The language.
    #[error("there is no language {0:?}")]
    Language(String),
    /// The state.
    #[error("there is no state {0:?}")]
    State(String),
    /// A role, or where it is held.
    #[error("{0:?} is no role with its markets, such as market_manager@us,de or reader@*")]
    Role(String),
    /// A role in a market that there is not.
    #[error("there is no market {0}")]
    Market(String),
}

impl AccountProblem {
    /// The word for it in the keys of texts.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Language(_) => "language",
            Self::State(_) => "state",
            Self::Role(_) => "role",
            Self::Market(_) => "market",
        }
    }
}

/// Why an act cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// The evidence cannot be read.
    #[error("{field}: {problem}")]
    Row {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: Wrong,
    },
    /// There is no rule of this name.
    #[error("there is no clearance {0}")]
    UnknownClearance(String),
    /// The code is that of evidence for somewhere else.
    #[error("the code {0} belongs to evidence for another place or another clearance")]
    CodeTaken(String),
    /// There is no such withdrawal in force.
    #[error("there is no withdrawal {0} in force")]
    NoWithdrawal(String),
    /// The rules of opening a market.
    #[error(transparent)]
    Opening(Box<OpeningRefusal>),
    /// The rules about resellers.
    #[error(transparent)]
    Reseller(Box<ResellerRefusal>),
    /// The rules of dispatch.
    #[error(transparent)]
    Dispatch(Box<DispatchRefusal>),
    /// The rules of taking goods back.
    #[error(transparent)]
    TakeBack(Box<TakeBackRefusal>),
    /// The rules of sales.
    #[error(transparent)]
    Sale(Box<SetUpRefusal>),
    /// The books of stock.
    #[error(transparent)]
    Stock(Box<StockRefusal>),
    /// The rules of writing to waiting lists.
    #[error(transparent)]
    Tell(Box<TellRefusal>),
    /// It belongs to another market.
    #[error("it belongs to another market")]
    OtherMarket,
    /// A part of an account's change that cannot be read.
    #[error(transparent)]
    Account(AccountProblem),
    /// The order, its payment or its customer does not allow it.
    #[error("{why}")]
    Order {
        /// The stable code.
        code: &'static str,
        /// In words.
        why: String,
    },
    /// The paper that the evidence names is not kept here.
    #[error("the document {0} is not kept here")]
    NoDocument(String),
    /// Rows that cannot be taken, each with its line and column.
    #[error("{0}")]
    Rows(Box<BadFile>),
    /// The area that the act belongs to refuses it.
    #[error(transparent)]
    Area(Objection),
}

impl ActRefusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Row { .. } => "clearance.bad_row",
            Self::UnknownClearance(_) => "clearance.unknown",
            Self::CodeTaken(_) => "clearance.code_taken",
            Self::NoWithdrawal(_) => "opening.no_withdrawal",
            Self::Opening(refusal) => refusal.code(),
            Self::Reseller(refusal) => refusal.code(),
            Self::Dispatch(refusal) => refusal.code(),
            Self::TakeBack(refusal) => refusal.code(),
            Self::Sale(refusal) => refusal.code(),
            Self::Stock(refusal) => refusal.code(),
            Self::Tell(refusal) => refusal.code(),
            Self::OtherMarket => "staff.other_market",
            Self::Account(_) => "staff.bad_account",
            Self::Order { code, .. } => code,
            Self::NoDocument(_) => "staff.no_document",
            Self::Rows(_) => "exchange.bad_rows",
            Self::Area(objection) => objection.code,
        }
    }
}
