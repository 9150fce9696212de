//! What was agreed on with a reseller.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use kontor_base::{Country, Currency, Date, Money, Wrong};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Sku, Slug};

/// The most lines that a price list or an allotment has.
pub const LINES_MAX: usize = 10_000;

/// What a clause is about; each contract numbers its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clause {
    /// From when to when it holds.
    Term,
    /// In which countries they may sell.
    Territory,
    /// Which models they may sell.
    Models,
    /// What they pay.
    Price,
    /// From how many units on they order.
    Minimum,
    /// How many units are set aside for them.
    Allotment,
}

impl Clause {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 6] =
        [Self::Term, Self::Territory, Self::Models, Self::Price, Self::Minimum, Self::Allotment];

    /// The word in data and codes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Term => "term",
            Self::Territory => "territory",
            Self::Models => "models",
            Self::Price => "price",
            Self::Minimum => "minimum",
            Self::Allotment => "allotment",
        }
    }
}

/// Where a contract stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractState {
    /// Its first day has not come.
    NotYet,
    /// It holds.
    InForce,
    /// Its last day is over.
    Over,
    /// It was given notice of, with effect.
    Ended,
}

/// The numbers of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Where they may sell to.
    pub territory: BTreeSet<Country>,
    /// What they may sell.
    pub models: BTreeSet<Slug>,
    /// What a unit costs them.
    pub prices: BTreeMap<Sku, Money>,
    /// The fewest units of one order, all lines together.
    pub minimum_units: u32,
    /// How many units there are for them over the whole term.
    pub allotment: BTreeMap<Sku, u32>,
}

/// A contract with a reseller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Its name, such as `NL-2015-3`.
    pub code: String,
    /// The reseller's name.
    pub reseller: String,
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
    /// The first day after notice was given, if it was.
    pub ended_on: Option<Date>,
    /// The numbers.
    pub terms: Terms,
    /// The number of each clause in the signed paper.
    pub clauses: BTreeMap<Clause, String>,
}

/// What is wrong with a contract as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContractProblem {
    /// It ends before it begins.
    Dates,
    /// It allows nothing.
    Nothing(Clause),
    /// A refusal could not say which clause it rests on.
    NoClause(Clause),
    /// Prices in several currencies cannot be added up.
    Currencies,
    /// A price below zero.
    Price(Sku),
    /// An allotment for which there is no price.
    NoPrice(Sku),
    /// More than [`LINES_MAX`] lines.
    TooLong,
}

impl fmt::Display for ContractProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Wrong::from(self).fmt(f)
    }
}

impl std::error::Error for ContractProblem {}

impl From<&ContractProblem> for Wrong {
    fn from(problem: &ContractProblem) -> Self {
        let clause = |clause: &Clause| clause.word().to_owned();
        match problem {
            ContractProblem::Dates => Self::ContractDates,
            ContractProblem::Nothing(of) => Self::ContractNothing { clause: clause(of) },
            ContractProblem::NoClause(of) => Self::ContractNoClause { clause: clause(of) },
            ContractProblem::Currencies => Self::ContractCurrencies,
            ContractProblem::Price(sku) => Self::ContractPrice { sku: sku.to_string() },
            ContractProblem::NoPrice(sku) => Self::ContractNoPrice { sku: sku.to_string() },
            ContractProblem::TooLong => Self::ContractTooLong { max: LINES_MAX.to_string() },
        }
    }
}

impl Contract {
    /// Whether nothing is bought under it any more on a day: its last day has passed, or notice was given.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        today > self.until || self.ended_on.is_some_and(|ended| ended <= today)
    }

    /// Where it stands on a day.
    #[must_use]
    pub fn state(&self, at: Date) -> ContractState {
        if at < self.from {
            ContractState::NotYet
        } else if self.ended_on.is_some_and(|ended| ended <= at) {
            ContractState::Ended
        } else if at > self.until {
            ContractState::Over
        } else {
            ContractState::InForce
        }
    }

    /// The clause in the signed paper, with the contract's name.
    #[must_use]
    pub fn clause(&self, of: Clause) -> ClauseName {
        let number = self.clauses.get(&of).map_or("?", String::as_str).to_owned();
        ClauseName { number, of, contract: self.code.clone() }
    }

    /// The currency of its prices.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        self.terms.prices.values().next().map(|price| price.currency)
    }

    /// Everything that is wrong, in a fixed order; empty when orders can be judged by it.
    #[must_use]
    pub fn problems(&self) -> Vec<ContractProblem> {
        use ContractProblem as P;
        let terms = &self.terms;
        let mut problems = Vec::new();
        if self.until < self.from {
            problems.push(P::Dates);
        }
        for (empty, clause) in [
            (terms.territory.is_empty(), Clause::Territory),
            (terms.models.is_empty(), Clause::Models),
            (terms.prices.is_empty(), Clause::Price),
        ] {
            if empty {
                problems.push(P::Nothing(clause));
            }
        }
        let named = |clause: &Clause| self.clauses.get(clause).is_some_and(|text| !text.is_empty());
        problems.extend(Clause::ALL.into_iter().filter(|clause| !named(clause)).map(P::NoClause));
        if terms.prices.len() > LINES_MAX {
            problems.push(P::TooLong);
        }
        let currency = self.currency();
        if terms.prices.values().any(|price| Some(price.currency) != currency) {
            problems.push(P::Currencies);
        }
        problems.extend(
            terms
                .prices
                .iter()
                .filter(|(_, price)| price.minor <= 0)
                .map(|(sku, _)| P::Price(sku.clone())),
        );
        problems.extend(
            terms
                .allotment
                .keys()
                .filter(|sku| !terms.prices.contains_key(*sku))
                .map(|sku| P::NoPrice(sku.clone())),
        );
        problems
    }
}

/// A clause as a sentence names it: `clause 2.1 (territory) of NL-2015-3`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseName {
    /// Its number in the signed paper.
    pub number: String,
    /// What it is about.
    pub of: Clause,
    /// The contract's name.
    pub contract: String,
}

impl fmt::Display for ClauseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, of, contract } = self;
        write!(f, "clause {number} ({}) of {contract}", of.word())
    }
}
