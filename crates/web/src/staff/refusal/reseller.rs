//! Refusals about resellers: what a contract does not allow, with its clause, and what cannot be billed.

use kontor_base::{RowError, Wrong};
use kontor_domain::reseller::{
    BillState, ClauseName, ContractProblem, ORDER_LINES_MAX, ORDER_UNITS_MAX, ResellerRefusal,
    TaxUnknown,
};
use kontor_shop::reseller::{Refusal, SELL_OUT_ROWS_MAX};

use super::super::reseller_view::clause_words;
use super::{Parts, ROWS_TOLD, Refused, joined, keyed, one, say};
use crate::kit::text::Text;

impl Refused for Refusal {
    fn key(&self) -> String {
        let more = match self {
            Self::Text(problem) => problem.word(),
            Self::BillStands(_, BillState::Open) => "open",
            Self::BillStands(_, BillState::Paid) => "paid",
            Self::BillStands(_, BillState::Void) => "void",
            other => return keyed(other.code()),
        };
        format!("{}-{more}", keyed(self.code()))
    }

    fn parts(&self, t: &Text) -> Parts {
        match self {
            Self::UnknownContract(name) | Self::Billed(name) | Self::BillStands(name, _) => {
                one("name", name)
            }
            Self::Tax(unknown) => one("why", &say(t, unknown)),
            Self::BeyondAllotment { sku, allowed, wanted } => vec![
                ("name", sku.to_string()),
                ("allowed", allowed.to_string()),
                ("wanted", wanted.to_string()),
            ],
            Self::Rows(rows) => one("count", &rows.len()),
            Self::Size => one("max", &SELL_OUT_ROWS_MAX),
            _ => Vec::new(),
        }
    }

    fn said(&self, t: &Text) -> Option<String> {
        match self {
            Self::Money(refusal) => Some(say(t, refusal)),
            Self::Stock(refusal) => Some(say(t, refusal)),
            Self::Ship(refusal) => Some(say(t, refusal)),
            Self::Judged(refusals) if refusals.is_empty() => Some(say(t, &ResellerRefusal::Size)),
            Self::Judged(refusals) => Some(joined(t, refusals)),
            Self::Fields(fields) if !fields.is_empty() => {
                let field =
                    |error: &RowError| format!("{}: {}", error.field, t.wrong(&error.problem));
                Some(fields.iter().take(ROWS_TOLD).map(field).collect::<Vec<_>>().join("; "))
            }
            Self::Contract(problems) if !problems.is_empty() => {
                let problem =
                    |problem: &ContractProblem| t.wrong(&Wrong::from(problem)).into_owned();
                Some(problems.iter().map(problem).collect::<Vec<_>>().join("; "))
            }
            _ => None,
        }
    }
}

impl Refused for ResellerRefusal {
    fn key(&self) -> String {
        match self {
            // Dispatch has the same code and holds an order with it.
            Self::NotCleared { .. } => "reseller-not-cleared".to_owned(),
            other => keyed(other.code()),
        }
    }

    fn parts(&self, t: &Text) -> Parts {
        let of = |clause: &ClauseName| ("clause", say(t, clause));
        match self {
            Self::NotInForce { clause, on } => vec![of(clause), ("day", t.date(on))],
            Self::OutsideTerritory { clause, country } => {
                vec![of(clause), ("country", t.country(country).into_owned())]
            }
            Self::NotPermitted { clause, sku } | Self::NoPrice { clause, sku } => {
                vec![of(clause), ("name", sku.to_string())]
            }
            Self::TooFew { clause, units, least } => {
                vec![of(clause), ("units", units.to_string()), ("least", least.to_string())]
            }
            Self::Allotment { clause, sku, units, left } => vec![
                of(clause),
                ("name", sku.to_string()),
                ("units", units.to_string()),
                ("left", left.to_string()),
            ],
            Self::NotCleared { sku, reasons } => {
                vec![("name", sku.to_string()), ("reasons", reasons.clone())]
            }
            Self::Size => {
                vec![("lines", ORDER_LINES_MAX.to_string()), ("units", ORDER_UNITS_MAX.to_string())]
            }
            Self::Sum => Vec::new(),
        }
    }
}

/// A clause as the sentences of refusals begin with it.
impl Refused for ClauseName {
    fn key(&self) -> String {
        "reseller-clause".to_owned()
    }

    fn parts(&self, t: &Text) -> Parts {
        let Self { number, of, contract } = self;
        let of = clause_words(t, *of);
        vec![("number", number.clone()), ("of", of), ("contract", contract.clone())]
    }
}

impl Refused for TaxUnknown {
    fn key(&self) -> String {
        let more = match self {
            Self::NoRule(..) => "rule",
            Self::NoSeller(_) => "seller",
            Self::NoBuyer(_) => "buyer",
            Self::NoRate(..) => "rate",
            Self::Sum => "sum",
        };
        format!("reseller-tax-unknown-{more}")
    }

    fn parts(&self, t: &Text) -> Parts {
        let name = |country| t.country(country).into_owned();
        match self {
            Self::NoRule(from, to) => vec![("from", name(from)), ("to", name(to))],
            Self::NoSeller(country) | Self::NoBuyer(country) => vec![("country", name(country))],
            Self::NoRate(country, day) => vec![("country", name(country)), ("day", t.date(day))],
            Self::Sum => Vec::new(),
        }
    }
}
